"""The part of a submission's page that says where its files go, and what it does.

May import ``ingest`` and this package.
"""

import re
from typing import Any

from twisted.web.template import tags

from ingest.access.policy import CURATOR, EMBARGO_MONTHS, normalised_name
from ingest.archive.collections import IDENTIFIER, KINDS
from ingest.archive.submissions import Submission
from ingest.submission import Problem, RefusedError
from ingest.submission.desk import SUBMITTERS_KINDS
from oidb_rd.submit.visit import Answer, SubmitVisit, address, collection_address
from resdir.people.fields import actions, area, choice, entry, open_form, submit
from resdir.people.visit import Redirect

_KINDS = {
    "public": "public data",
    "simulation": "simulated data",
    "suv": "VLTI expertise centre (SUV)",
    "chara": "CHARA",
    "VizieR": "a VizieR catalogue",
    "pionier": "PIONIER's archive",
    "eso": "ESO's archive",
}
#: Where the fields of a collection are on the page.
PLACES = {
    "collection": "collection-part",
    **{
        name: name
        for name in (
            *("id", "title", "kind", "description", "keywords", "article_bibcode", "datapi", "co_pis", "release_date"),
        )
    },
}
_BIBCODE = re.compile(r"[0-9]{4}\S{15}")


def kinds_for(visit: SubmitVisit, present: str = "") -> list[tuple[str, str]]:
    """Return the kinds that somebody may choose, with the embargo of each."""
    allowed = KINDS if visit.visitor.role == CURATOR else SUBMITTERS_KINDS
    return [
        (kind, f"{_KINDS.get(kind, kind)} – {embargo(kind)}") for kind in KINDS if kind in allowed or kind == present
    ]


def embargo(kind: str) -> str:
    """Return the embargo of a kind of collection in words."""
    months = EMBARGO_MONTHS.get(kind, 0)
    return f"private for {months} months" if months else "public at once"


def part(visit: SubmitVisit, submission: Submission) -> list[Any]:
    """Return what is chosen, and the forms to choose or describe."""
    writable = visit.desk.writable_collections()
    new = submission.new_collection or {}
    describing = bool(new) or visit.said("do") == "describe" or not writable
    described = tags.details(open="open" if describing else None, id="new-collection")[
        tags.summary["Describe the new collection" if new else "A new collection"],
        _describe_form(visit, submission, new),
    ]
    return [_chosen(submission), _choose_form(visit, submission, writable) if writable else "", described]


def _chosen(submission: Submission) -> Any:
    if submission.collection_id:
        link = tags.a(href=collection_address(submission.collection_id))[submission.collection_id]
        return tags.p(class_="chosen", id="chosen")["The files go into ", tags.strong[link], "."]
    if submission.new_collection:
        title = submission.new_collection.get("title", "")
        return tags.p(class_="chosen", id="chosen")["The files go into a new collection, ", tags.strong[title], "."]
    return tags.p(class_="chosen", id="chosen")["Not chosen yet."]


def _choose_form(visit: SubmitVisit, submission: Submission, writable: list[tuple[str, str]]) -> Any:
    options = [(identifier, f"{title} ({identifier})") for identifier, title in writable]
    present = submission.collection_id
    if present is None:
        options.insert(0, ("", "– choose –"))
    return open_form(
        visit,
        address(submission, "collection"),
        choice("collection", "One of your collections", options, visit.typed("collection", present or "")),
        actions(submit("Use this collection")),
        do="choose",
    )


def description_fields(visit: SubmitVisit, known: dict[str, Any], *, level: int, with_id: bool) -> list[Any]:
    """Return the fields of a collection, with what was typed or is known."""

    def value(name: str) -> str:
        return visit.typed(name, str(known.get(name) or ""))

    keywords = known.get("keywords") or ()
    release = str(known.get("release_date") or "")[:10]
    published = level == 3
    return [
        entry("title", "Title", value("title"), error=visit.error("title"), maxlength="200"),
        area(
            "description",
            "Description",
            value("description"),
            hint="What was observed, why, and how it was reduced.",
            error=visit.error("description"),
            optional=True,
        ),
        choice(
            "kind",
            "Kind",
            kinds_for(visit, str(known.get("kind", ""))),
            value("kind") or "public",
            hint="It decides how long science data stay private after the observation. Calibrators and published data "
            "(level 3) do not.",
            error=visit.error("kind"),
        ),
        entry(
            "article_bibcode",
            "Bibcode of the article",
            value("article_bibcode"),
            hint="19 characters, such as 2012A&A...545A.130B."
            + ("" if published else " Published data (level 3) need one."),
            error=visit.error("article_bibcode"),
            optional=not published,
            maxlength="19",
        ),
        entry(
            "datapi",
            "Data PI",
            visit.typed("datapi", str(known["datapi"] if "datapi" in known else _own_name(visit))),
            hint="Who is asked about the data, and decides who reads private ones.",
            error=visit.error("datapi"),
            optional=True,
        ),
        entry(
            "co_pis",
            "Co-PIs",
            value("co_pis"),
            hint="Names with / between them.",
            error=visit.error("co_pis"),
            optional=True,
        ),
        entry(
            "keywords",
            "Keywords",
            visit.typed("keywords", ", ".join(keywords)),
            hint="With commas between them.",
            error=visit.error("keywords"),
            optional=True,
        ),
        entry(
            "release_date",
            "Release date",
            visit.typed("release_date", release),
            type="date",
            hint="Nothing in the collection is public before the end of this day (UTC).",
            error=visit.error("release_date"),
            optional=True,
        ),
        entry(
            "id",
            "Identifier",
            value("id"),
            hint="Others cite it: letters, digits and + & . _ / -, such as vega-2026. Without one, one is made up; it "
            "stays for ever.",
            error=visit.error("id"),
            optional=True,
            maxlength="80",
        )
        if with_id
        else "",
    ]


def _own_name(visit: SubmitVisit) -> str:
    """Return the name under which the visitor is data PI, as he writes it, or ""."""
    aliases = sorted(visit.visitor.aliases)
    name = visit.me.name
    return name if normalised_name(name) in aliases else next(iter(aliases), "")


def _describe_form(visit: SubmitVisit, submission: Submission, new: dict[str, Any]) -> Any:
    return open_form(
        visit,
        address(submission, "collection"),
        *description_fields(visit, new, level=submission.level, with_id=True),
        actions(submit("Use this description" if new else "Use a new collection")),
        css="account describing",
        do="describe",
    )


def set_collection(visit: SubmitVisit) -> Answer:
    """Let the submission go into an existing collection, or a new one."""
    submission = visit.desk.see(visit.rest[0])
    if visit.said("do") == "describe":
        problems = wrong_description(visit, submission.level)
        if problems:
            raise RefusedError(problems)
        visit.desk.describe(submission.id, description(visit))
    elif not visit.said("collection"):
        raise RefusedError([Problem("choose one from the list, or describe a new one", field="collection")])
    else:
        visit.desk.choose(submission.id, visit.said("collection"))
    return Redirect(f"{address(submission)}?done=collection#collection-part")


def description(visit: SubmitVisit) -> dict[str, Any]:
    """Return the description of a collection that was typed."""
    names = ("id", "title", "kind", "article_bibcode", "datapi", "co_pis", "release_date")
    told: dict[str, Any] = {name: visit.said(name) for name in names if visit.said(name)}
    told["description"] = visit.said("description", 20_000).replace("\r\n", "\n")
    told["keywords"] = keywords(visit)
    return told


def keywords(visit: SubmitVisit) -> list[str]:
    """Return the keywords that were typed."""
    return [word for part in visit.said("keywords").split(",") if (word := " ".join(part.split()))]


def wrong_description(visit: SubmitVisit, level: int, *, with_id: bool = True) -> list[Problem]:
    """Return what of a typed description cannot be, by field; the engine has the last word."""
    problems = []
    bibcode = visit.said("article_bibcode")
    if not visit.said("title"):
        problems.append(Problem("a title is needed", field="title"))
    if bibcode and not _BIBCODE.fullmatch(bibcode):
        problems.append(Problem("a bibcode has 19 characters and begins with the year", field="article_bibcode"))
    if level == 3 and not bibcode:
        problems.append(Problem("published data (level 3) need the bibcode of their article", field="article_bibcode"))
    if with_id and visit.said("id") and not IDENTIFIER.fullmatch(visit.said("id")):
        problems.append(
            Problem(
                "letters, digits and + & . _ / - are possible, at most 80, with a letter or digit first", field="id"
            )
        )
    return problems
