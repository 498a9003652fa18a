"""Parts of the pages of submission: fields that show what is wrong with them, the list of all that is wrong.

Names and values come from strangers; twisted's templates escape them. May import ``ingest`` and ``resdir.people``.
"""

import re
from typing import Any

from twisted.web.template import tags

from ingest.corrections import FIELDS
from ingest.submission import Problem
from oidb_rd.submit.visit import SubmitVisit

#: Names of the fields whose label does not say it all.
_DESCRIBED = "aria-describedby"


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
        tags.li[_place(problem.file, problem.field, where), f"{_capital(_without_name(problem))}."]
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


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


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


def entry(
    name: str, label: Any, value: str, *, hint: Any = "", error: str = "", optional: bool = False, **more: str | None
) -> Any:
    """Return a labelled field of one line."""
    given = {"type": "text", "id": name, "name": name, "value": value, **_aria(more.get("id") or name, hint, error)}
    given |= more
    ident = str(given["id"])
    return tags.div(class_="field")[
        _label(ident, label, optional),
        tags.input(**{key: shown for key, shown in given.items() if shown is not None}),
        _below(ident, hint, error),
    ]


def area(
    name: str, label: Any, value: str, *, hint: Any = "", error: str = "", rows: int = 4, optional: bool = False
) -> Any:
    """Return a labelled field of several lines."""
    aria = {key: shown for key, shown in _aria(name, hint, error).items() if shown is not None}
    return tags.div(class_="field")[
        _label(name, label, optional),
        tags.textarea(id=name, name=name, rows=str(rows), **aria)[value],
        _below(name, hint, error),
    ]


def choice(
    name: str,
    label: Any,
    options: list[tuple[str, str]],
    chosen: str,
    *,
    hint: Any = "",
    error: str = "",
    ident: str = "",
    optional: bool = False,
) -> Any:
    """Return a labelled list to choose from; a value that is not among the options is shown, too."""
    ident = ident or name
    if chosen not in [value for value, _ in options]:
        options = [*options, (chosen, chosen)]
    aria = {key: shown for key, shown in _aria(ident, hint, error).items() if shown is not None}
    return tags.div(class_="field")[
        _label(ident, label, optional),
        tags.select(id=ident, name=name, **aria)[
            [
                tags.option(value=value, **({"selected": "selected"} if value == chosen else {}))[text]
                for value, text in options
            ]
        ],
        _below(ident, hint, error),
    ]


def _label(ident: str, label: Any, optional: bool) -> Any:
    return tags.label(for_=ident)[label, tags.span(class_="optional")[" (optional)"] if optional else ""]


def _aria(ident: str, hint: Any, error: str) -> dict[str, str | None]:
    described = [f"{ident}-hint"] * bool(hint) + [f"{ident}-error"] * bool(error)
    return {_DESCRIBED: " ".join(described) or None, "aria-invalid": "true" if error else None}


def _below(ident: str, hint: Any, error: str) -> Any:
    return [
        tags.p(class_="message", id=f"{ident}-error")[f"{_capital(error)}."] if error else "",
        tags.p(class_="hint", id=f"{ident}-hint")[hint] if hint else "",
    ]


def open_form(visit: SubmitVisit, to: str, *content: Any, css: str = "account", ident: str = "", **hidden: str) -> Any:
    """Return a form with its proof that it is ours; files can be in it."""
    more = {"id": ident} if ident else {}
    has_files = css.endswith("sending")
    return tags.form(
        method="post",
        action=to,
        class_=css,
        enctype="multipart/form-data" if has_files else None,
        **{"accept-charset": "utf-8", **more},
    )[
        [tags.input(type="hidden", name=name, value=value) for name, value in {"csrf": visit.csrf, **hidden}.items()],
        list(content),
    ]


def actions(*content: Any) -> Any:
    """Return the row of buttons at a form's end."""
    return tags.p(class_="actions")[list(content)]


def submit(label: Any, name: str | None = None, value: str | None = None, css: str | None = None) -> Any:
    """Return a button that sends its form."""
    return tags.button(type="submit", name=name, value=value, class_=css)[label]


def size(count: int | None) -> str:
    """Return a size in words."""
    if count is None:
        return ""
    return f"{max(1, round(count / 1000))} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
