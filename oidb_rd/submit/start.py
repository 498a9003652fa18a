"""Views: begin a submission, go on with one, see what is mine.

May import ``ingest`` and this package.
"""

from typing import Any

from twisted.web.template import tags

from ingest.archive.submissions import Submission, submissions_of
from ingest.errors import MisuseError
from oidb_rd.submit.visit import Answer, SubmitVisit, address, collection_address
from oidb_rd.submit.widgets import trouble
from resdir.people.fields import actions, open_form, submit
from resdir.people.visit import Page, Redirect
from resdir.people.widgets import button, section, table

#: What the levels mean, in words for somebody who does it for the first time.
LEVELS = {
    2: (
        "Calibrated",
        "Visibilities and closure phases, calibrated and ready for science, not published yet. Most submissions are "
        "this. With an embargo if the collection's kind has one.",
    ),
    3: (
        "Published",
        "Calibrated data as they were used in a refereed article. The article's bibcode is needed. Public at once.",
    ),
    1: (
        "Uncalibrated",
        "Reduced by the pipeline, but not calibrated: the transfer function is still in them. For those who calibrate "
        "themselves.",
    ),
}
_SHOWN = 20


def level_name(level: int) -> str:
    """Return a level as people know it."""
    return f"level {level}, {LEVELS[level][0].lower()}"


def page(visit: SubmitVisit) -> Page:
    """Show the levels to choose from, open and saved submissions, and collections."""
    desk = visit.desk
    with desk.archive.transaction() as cursor:
        found = [] if visit.me.id is None else submissions_of(cursor, visit.me.id)
        counts = _counts(cursor, [submission.id for submission in found])
    collections = desk.writable_collections()
    unfinished = [submission for submission in found if submission.state == "open"]
    done = [submission for submission in found if submission.state == "saved"]
    body = tags.transparent[
        trouble(visit, {}),
        tags.p(class_="lead")[
            "Put OIFITS files into the archive: add them, see what the checker finds, put values right, save all "
            "together."
        ],
        section("go-on", "Go on", _open_table(visit, unfinished, counts)) if unfinished else "",
        section("begin", "Begin a submission", _level_form(visit)),
        section("mine", "Your collections", _collections(collections)),
        section("saved", "Your saved submissions", _saved_table(done[:_SHOWN], counts)) if done else "",
        section(
            "other-ways",
            "Other ways",
            tags.p[
                "Programs use the ",
                tags.a(href="/api")["HTTP interface"],
                " with a ",
                tags.a(href="/account/tokens")["token"],
                ". To only check files, use the ",
                tags.a(href="/validator")["validator"],
                ": it keeps nothing.",
            ],
            tags.p[
                "For the catalogues there are forms of their own: ",
                tags.a(href="/jmdc/submit")["a measured diameter for JMDC"],
                ", ",
                tags.a(href="/badcal/submit")["a bad calibrator for BadCal"],
                ".",
            ],
        ),
    ]
    return Page("Submit data", body)


def begin(visit: SubmitVisit) -> Answer:
    """Begin a submission of the chosen level."""
    level = visit.said("level")
    if level not in ("1", "2", "3"):
        raise MisuseError("choose what kind of data you have")
    return Redirect(address(visit.desk.open(int(level))))


def _level_form(visit: SubmitVisit) -> Any:
    chosen = visit.said("level") or "2"
    return open_form(
        visit,
        "/submit",
        tags.fieldset(class_="levels")[
            tags.legend["What kind of data do you have?"],
            [
                tags.label[
                    tags.input(
                        type="radio",
                        name="level",
                        value=str(level),
                        checked="checked" if str(level) == chosen else None,
                    ),
                    tags.span[tags.strong[f"{name} (level {level})"], tags.span(class_="below")[meaning]],
                ]
                for level, (name, meaning) in LEVELS.items()
            ],
            tags.p(class_="hint")[
                "All files of a submission have one level. Raw data (level 0) are not submitted: they come from the "
                "observatories' archives."
            ],
        ],
        actions(submit("Begin")),
        css="submitting",
    )


def _counts(cursor: Any, identifiers: list[str]) -> dict[str, int]:
    cursor.execute(
        "SELECT submission_id, count(*) AS n FROM archive.submission_item WHERE submission_id = ANY(%s) GROUP BY 1",
        [identifiers],
    )
    return {row.submission_id: row.n for row in cursor.fetchall()}


def _place(submission: Submission) -> str:
    if submission.new_collection is not None:
        return str(submission.new_collection.get("title") or "a new collection")
    return submission.collection_id or "not chosen yet"


def _open_table(visit: SubmitVisit, found: list[Submission], counts: dict[str, int]) -> Any:
    rows = [
        (
            tags.a(href=address(submission))[f"{submission.created:%Y-%m-%d %H:%M} UTC"],
            level_name(submission.level),
            str(counts.get(submission.id, 0)),
            _place(submission),
            button(
                visit,
                address(submission, "abandon"),
                "Give up",
                f"the submission of {submission.created:%Y-%m-%d %H:%M}",
            ),
        )
        for submission in found
    ]
    return table("Open submissions", ("Begun", "Level", "Files", "Collection", ""), rows, "")


def _saved_table(found: list[Submission], counts: dict[str, int]) -> Any:
    rows = [
        (
            tags.a(href=address(submission))[f"{submission.updated:%Y-%m-%d %H:%M} UTC"],
            level_name(submission.level),
            str(counts.get(submission.id, 0)),
            _place(submission),
        )
        for submission in found
    ]
    return table("Saved submissions", ("Saved", "Level", "Files", "Collection"), rows, "")


def _collections(found: list[tuple[str, str]]) -> Any:
    rows = [(tags.a(href=collection_address(identifier))[title], identifier) for identifier, title in found[:_SHOWN]]
    shown = table("Your collections", ("Collection", "Identifier"), rows, "None yet: your first submission makes one.")
    if len(found) <= _SHOWN:
        return shown
    others = [tags.li[tags.a(href=collection_address(identifier))[title]] for identifier, title in found[_SHOWN:200]]
    return [shown, tags.details[tags.summary[f"{len(found) - _SHOWN} more"], tags.ul[others]]]
