"""The part of a submission's page that shows what saving does, the saving, and what comes after it.

May import ``ingest`` and this package.
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from twisted.web.template import tags

from ingest.archive.collections import Collection, find_collection
from ingest.archive.submissions import Submission
from ingest.errors import OivoError
from ingest.submission import Problem, RefusedError
from ingest.submission.review import Review, review
from ingest.submission.save import collection_from
from oidb_rd.submit.visit import Answer, SubmitVisit, address, collection_address
from resdir.people.fields import actions, counted, open_form, submit
from resdir.people.visit import Page, Redirect

_SEARCH = "/oidb/q/search/form"


def part(visit: SubmitVisit, submission: Submission, where: dict[tuple[str, str], str]) -> list[Any]:
    """Return what would happen, what stands in its way (`where` to mend it), and the button."""
    problems = visit.desk.problems(submission.id)
    collection = _collection_of(visit, submission)
    parts: list[Any] = []
    if collection is not None:
        parts.append(_told(review(submission, collection, visit.now), submission, collection, visit.now))
    if problems:
        parts.append(
            tags.div(class_="todo", id="todo")[
                tags.p[tags.strong["Before it can be saved:"]], tags.ul[[_problem(one, where) for one in problems]]
            ]
        )
    parts.append(
        open_form(
            visit,
            address(submission, "save"),
            actions(submit("Save all", css="main")),
            tags.p(class_="hint")["All files are saved together; if one cannot be taken, none is."],
            css="submitting",
            seen=seen(submission),
        )
    )
    return parts


def seen(submission: Submission) -> str:
    """Return what tells whether a submission has changed since a page was made."""
    return submission.updated.isoformat()


def _problem(problem: Problem, where: dict[tuple[str, str], str]) -> Any:
    target = where.get((problem.file, problem.field)) or where.get((problem.file, ""))
    told = problem.message.removeprefix(f"{problem.file}: ")
    link = tags.a(href=target)[told] if target else told
    return tags.li[[problem.file, ": "] if problem.file else "", link]


def _collection_of(visit: SubmitVisit, submission: Submission) -> Collection | None:
    try:
        if submission.new_collection is not None:
            return collection_from(submission.new_collection)
        if submission.collection_id is not None:
            with visit.archive.transaction() as cursor:
                return find_collection(cursor, submission.collection_id)
    except OivoError:  # the problems of the submission say so
        return None
    return None


def _told(told: Review, submission: Submission, collection: Collection, now: datetime) -> Any:
    where = "a new collection" if submission.new_collection is not None else "the collection"
    return tags.div(class_="review")[
        tags.p[
            tags.strong[counted(told.files, "file")],
            " with ",
            tags.strong[counted(told.granules, "granule")],
            f" will go into {where} ",
            tags.strong[collection.title],
            f", as level {submission.level}.",
        ],
        tags.ul[[tags.li[_release(moment, count, now)] for moment, count in told.releases]],
    ]


def _release(moment: datetime | None, count: int, now: datetime) -> str:
    verb = "becomes" if count == 1 else "become"
    if moment is None:
        return (
            f"{counted(count, 'granule')} {'stays' if count == 1 else 'stay'} private until you tell a date: the "
            "observation has none"
        )
    if moment <= now:
        return f"{counted(count, 'granule')} {verb} public at once"
    return f"{counted(count, 'granule')} {verb} public after {moment:%Y-%m-%d}"


def save(visit: SubmitVisit) -> Answer:
    """Save all files, or say why none was."""
    desk = visit.desk
    submission = desk.see(visit.rest[0])
    if submission.state == "open" and visit.said("seen") != seen(submission):
        raise RefusedError(
            [Problem("the submission has changed since this page was made, perhaps in another tab: look at it again")]
        )
    desk.save(submission.id)
    return Redirect(address(submission))


def saved_page(visit: SubmitVisit, submission: Submission) -> Page:
    """Show what a submission became."""
    saved = visit.desk.save(submission.id)  # changes nothing any more
    with visit.archive.transaction() as cursor:
        title = find_collection(cursor, saved.collection_id).title
    search = f"{_SEARCH}?{urlencode({'__nevow_form__': 'genForm', 'collection': saved.collection_id})}"
    files = [
        tags.li[
            tags.a(href=f"/files/{number}/{quote(name, safe='')}", rel="nofollow")[name],
            " · ",
            tags.a(href=f"/reports/{number}")["report", tags.span(class_="unseen")[f" on {name}"]],
        ]
        for name, number in saved.files.items()
    ]
    body = tags.transparent[
        tags.div(class_="note", role="status", id="saved")[
            tags.p[
                tags.strong[f"Saved: {counted(len(saved.files), 'file')} with {counted(saved.granules, 'granule')}"],
                " in ",
                tags.a(href=search)[title],
                ".",
            ]
        ],
        _late_trouble(visit),
        tags.ul(class_="ways")[
            tags.li[tags.a(href=search)["See the granules"], " as others find them"],
            tags.li[tags.a(href=collection_address(saved.collection_id))["Change the collection"], ", or add to it"],
            tags.li[tags.a(href=f"/account/collection?id={quote(saved.collection_id, safe='')}")["Share private data"]],
            tags.li[tags.a(href="/submit")["Submit more"]],
        ],
        tags.h2["Files"],
        tags.ul(class_="saved-files")[files],
    ]
    return Page("Saved", body)


def _late_trouble(visit: SubmitVisit) -> Any:
    """Return why something could not be done with a submission that is saved."""
    return tags.p(class_="message", role="alert")[visit.trouble] if visit.trouble else ""


def abandon(visit: SubmitVisit) -> Answer:
    """Give the submission up."""
    visit.desk.abandon(visit.rest[0])
    return Redirect("/submit")
