"""Parts of the pages of submission: the list of all that is wrong, sizes.

Names and values come from strangers; twisted's templates escape them. May import ``ingest`` and ``resdir.people``.
"""

import re
from typing import Any

from twisted.web.template import tags

from ingest.corrections import FIELDS
from ingest.submission import Problem
from oidb_rd.submit.visit import SubmitVisit
from resdir.people.fields import capital, counted


def trouble(visit: SubmitVisit, where: dict[tuple[str, str], str], verb: str = "changed") -> Any:
    """Return what was wrong with the form, each problem with a link to its place; "" when nothing was.

    Parameters
    ----------
    where
        Address of the place by file and field of a problem.
    verb
        What did not happen.
    """
    if not visit.problems and not visit.trouble:
        return ""
    listed = [
        tags.li[_place(problem.file, problem.field, where), f"{capital(_without_name(problem))}."]
        for problem in visit.problems
    ]
    count = len(listed)
    heading = visit.trouble or f"{counted(count, 'problem')}: nothing was {verb}."
    return tags.div(class_="errors", role="alert", id="trouble", tabindex="-1", autofocus="autofocus")[
        tags.p[tags.strong[heading]], tags.ul[listed] if listed else ""
    ]


def _without_name(problem: Problem) -> str:
    """Return the message of a problem, which may begin with the name that stands before it."""
    return problem.message.removeprefix(f"{problem.file}: ")


def _place(file: str, field: str, where: dict[tuple[str, str], str]) -> Any:
    name = " – ".join(part for part in (file, _name_of(field)) if part)
    target = where.get((file, field)) or where.get((file, ""))
    if not name:
        return ""
    return [tags.a(href=target)[name] if target else tags.strong[name], ": "]


def _name_of(field: str) -> str:
    granule = re.fullmatch(r"g(\d+)\.(\w+)", field)
    name = granule[2] if granule else field
    label = FIELDS[name].label if name in FIELDS else _NAMES.get(name, name)
    return f"{label} of granule {int(granule[1]) + 1}" if granule else label


#: Names of fields in lists of problems.
_NAMES = {
    "collection": "Collection",
    "article_bibcode": "Bibcode",
    "release_date": "Release date",
    "id": "Identifier",
    "title": "Title",
    "kind": "Kind",
    "description": "Description",
    "datapi": "Data PI",
    "co_pis": "Co-PIs",
    "keywords": "Keywords",
    "reason": "Reason",
    "accepted_reason": "Reason to accept",
    "urls": "Addresses",
    "files": "Files",
    "granules": "Granules",
    "semantics": "What it is",
    "to": "Collection",
    "value": "Value",
    "field": "What to set",
    "file": "File",
}


def size(count: int | None) -> str:
    """Return a size in words."""
    if count is None:
        return ""
    return f"{max(1, round(count / 1000))} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"
