"""View: the page of a submission, on which all of its steps are.

May import ``ingest`` and this package.
"""

from typing import Any

from twisted.web.template import tags

from ingest.archive.submissions import Item, Submission
from ingest.corrections import FIELDS
from oidb_rd import reportview
from oidb_rd.submit import collecting, saving
from oidb_rd.submit.shown import (
    corrected,
    file_value,
    granule_table,
    granules_of,
    is_corrected,
    plot,
    report_of,
    severe_problem,
    version_of,
)
from oidb_rd.submit.start import level_name
from oidb_rd.submit.visit import SubmitVisit, address, collection_address, is_owner
from oidb_rd.submit.widgets import size, trouble
from resdir.people.fields import actions, area, choice, counted, entry, open_form, submit
from resdir.people.visit import Page
from resdir.people.widgets import button, form, section

#: Findings of a file in the list of files; its own page has all.
_FEW_FINDINGS = 60
#: Files shown with all that is known of them; of more, only lines.
_MOST_DETAILED = 60
_STATES = {"awaited": "not here yet", "received": "received", "checked": "checked", "refused": "cannot be taken"}


def page(visit: SubmitVisit) -> Page:
    """Show a submission: its files, its collection, and what saving it would do."""
    desk = visit.desk
    submission = desk.see(visit.rest[0])
    if submission.state == "saved":
        return saving.saved_page(visit, submission)
    if submission.state == "abandoned":
        return Page(
            "Submission given up", tags.p["Nothing of it was saved. ", tags.a(href="/submit")["Submit data"], "."]
        )
    body = tags.transparent[
        trouble(visit, places(submission), "saved" if "seen" in visit.form else "changed"),
        _done(visit),
        _head(visit, submission),
        section("add", "1. Add files", *_adding(visit, submission)),
        tags.div(id="file-part", **{"data-refresh": "yes"})[_files(visit, submission)],
        section("collection-part", "3. Choose the collection", *collecting.part(visit, submission)),
        tags.div(id="save-part", **{"data-refresh": "yes"})[
            section("save", "4. Look at it, and save", *saving.part(visit, submission, places(submission)))
        ],
        _giving_up(visit, submission),
    ]
    return Page(f"Submission: {level_name(submission.level)}", body, 400 if visit.problems else 200)


def places(submission: Submission) -> dict[tuple[str, str], str]:
    """Return where what is wrong can be put right, by file and field."""
    here = address(submission)
    found = {("", field): f"{here}#{ident}" for field, ident in collecting.PLACES.items()}
    found |= {("", field): f"#{field}" for field in ("urls", "value", "field")} | {("", "files"): "#files-field"}
    if submission.collection_id is not None:
        found[("", "article_bibcode")] = f"{collection_address(submission.collection_id)}#article_bibcode"
    for item in submission.items:
        own = address(submission, "file", item.id)
        found[(item.name, "")] = f"{here}#file-{item.id}"
        found |= {(item.name, name): f"{own}#{name}" for name, field in FIELDS.items() if not field.of_granule}
        found |= {(item.name, name): f"{own}#granules" for name, field in FIELDS.items() if field.of_granule}
        found[(item.name, "accepted_reason")] = f"{own}#accepted_reason"
    return found


def _head(visit: SubmitVisit, submission: Submission) -> Any:
    steps = (("add", "Files"), ("values", "Values"), ("collection-part", "Collection"), ("save", "Save"))
    others = "" if is_owner(visit.visitor, submission) else tags.p(class_="hint")["This is somebody else's submission."]
    return [
        others,
        tags.nav(class_="steps", **{"aria-label": "Steps"})[
            tags.ol[[tags.li[tags.a(href=f"#{ident}")[name]] for ident, name in steps]]
        ],
        tags.p(class_="hint")[
            "Nothing is in the archive before you save. You can leave this page and come back: it is among your open "
            "submissions for 30 days after the last change."
        ],
    ]


def _done(visit: SubmitVisit) -> Any:
    """Say what the step before has done."""
    said = {
        "removed": "The file is left out.",
        "collection": "The collection is set.",
        "values": "The values are set.",
    }.get(visit.asked.get("done", ""))
    added = visit.asked.get("added", "")
    if added.isascii() and added.isdigit():
        said = f"{counted(int(added), 'file')} added."
    return tags.div(class_="note", role="status")[tags.p[said]] if said else ""


def _adding(visit: SubmitVisit, submission: Submission) -> list[Any]:
    most = visit.home.settings.number("limits.submission_bytes")
    files = open_form(
        visit,
        address(submission, "files"),
        tags.div(class_="drop", id="drop")[
            tags.label(for_="files-field")["OIFITS files, plain or gzipped, or a zip archive of them"],
            tags.input(
                type="file",
                id="files-field",
                name="files",
                multiple="multiple",
                required="required",
                accept=".fits,.oifits,.fit,.gz,.zip,.fits.gz",
                **{"aria-describedby": "files-hint"},
            ),
            tags.p(class_="hint", id="files-hint")[
                tags.span(class_="drag", hidden="hidden")["Or drop them here. "],
                f"As many as you like; up to {size(most)} at a time. Each is checked at once.",
            ],
        ],
        actions(submit("Add the files"), tags.span(role="status", id="sending")),
        css="sending",
        files=True,
        ident="send-files",
    )
    files(**{"data-bytes": str(most), "data-page": address(submission)})
    urls = open_form(
        visit,
        address(submission, "urls"),
        area(
            "urls",
            "Addresses, one a line",
            visit.said("urls", 100_000),
            hint="For files that stay where they are, such as https://cdsarc.cds.unistra.fr/…: they are fetched once "
            "to be checked and plotted, and compared with their checksum each month.",
            error=visit.error("urls"),
            rows=3,
        ),
        actions(submit("Add the addresses")),
        ident="send-urls",
    )
    is_open = bool(visit.said("urls", 100_000))
    return [
        files,
        tags.ol(id="queue", class_="queue", hidden="hidden", **{"aria-label": "Files that are sent"}),
        tags.details(open="open" if is_open else None)[tags.summary["Add files that are on the web, by address"], urls],
    ]


def _files(visit: SubmitVisit, submission: Submission) -> Any:
    items = submission.items
    if not items:
        return tags.transparent[
            section("files", "Files", tags.p(class_="hint")["None yet."]),
            section("values", "2. Put values right", tags.p(class_="hint")["When there are files."]),
        ]
    same = visit.desk.duplicates(submission.id)
    cards = [
        _card(visit, submission, item, same.get(item.id, []), detailed=number < _MOST_DETAILED)
        for number, item in enumerate(items)
    ]
    return tags.transparent[
        section("files", f"Files ({len(items)})", tags.ul(class_="files")[cards]),
        section("values", "2. Put values right", *_values(visit, submission)),
    ]


def _card(visit: SubmitVisit, submission: Submission, item: Item, same: list[str], *, detailed: bool) -> Any:
    """Return what is known of a file."""
    report = report_of(item)
    return tags.li(id=f"file-{item.id}", class_=f"file is-{item.state}", **{"data-version": version_of(item)})[
        tags.div(class_="file-head")[
            tags.h3[item.name],
            tags.p(class_="file-facts")[_facts(submission, item)],
            "" if report is None else reportview.badges(report),
            _buttons(visit, submission, item),
        ],
        tags.p(class_="message")[_sentence(item.problem.removeprefix(f"{item.name}: "))] if item.problem else "",
        _severe(submission, item),
        tags.p(class_="same")[tags.strong["The same bytes are in: "], "; ".join(same), "."] if same else "",
        _details(submission, item) if detailed and report is not None else "",
    ]


def _buttons(visit: SubmitVisit, submission: Submission, item: Item) -> Any:
    correct = tags.a(class_="button", href=address(submission, "file", item.id))[
        "Correct values", tags.span(class_="unseen")[f" of {item.name}"]
    ]
    return tags.div(class_="buttons")[
        correct if report_of(item) is not None else "",
        button(visit, address(submission, "remove"), "Leave out", item.name, item=str(item.id)),
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _facts(submission: Submission, item: Item) -> Any:
    parts = [size(item.size_bytes), _STATES.get(item.state, item.state)]
    for name in ("progid", "dataproduct_category", "quality_level"):
        value = file_value(item, name)
        if value:
            parts.append(f"{FIELDS[name].label.lower()} {value}")
    shown: list[Any] = [" · ".join(part for part in parts if part)]
    if is_corrected(item):
        shown += [" ", corrected()]
    if item.url:
        shown += [" · ", tags.a(href=item.url, rel="nofollow noreferrer")["where it stays"]]
    return shown


def _severe(submission: Submission, item: Item) -> Any:
    problem = severe_problem(item, submission.level)
    if not problem:
        return ""
    if item.accepted_reason:
        return tags.p(class_="hint")[f"Accepted in spite of its severe findings: {item.accepted_reason}"]
    return tags.p(class_="message")[
        f"Too broken for level {submission.level}: {problem}. Mend it, leave it out, or let a curator take it."
    ]


def _details(submission: Submission, item: Item) -> Any:
    report = report_of(item)
    granules = granules_of(item)
    assert report is not None
    findings = ""
    if report.findings:
        findings = tags.details(class_="finding-list")[
            tags.summary[counted(len(report.findings), "finding"), tags.span(class_="unseen")[f" in {item.name}"]],
            reportview.findings(report, tags.h4, _FEW_FINDINGS),
        ]
    return tags.div(class_="file-body")[
        plot(submission, item, granules[0]) if granules else "", tags.div[granule_table(item), findings]
    ]


def _values(visit: SubmitVisit, submission: Submission) -> list[Any]:
    """Return the form that sets a value of many files at once."""
    fields = [(name, f"{field.label} – {field.help}") for name, field in FIELDS.items()]
    scopes = [("", "all files"), *((str(item.id), item.name) for item in submission.items if item.report)]
    return [
        tags.p[
            "What a file says can be wrong or missing. Values that you put right win over it, also later. For a file "
            "or a granule, use ",
            tags.em["Correct values"],
            " above; to set one value for many, do it here.",
        ],
        open_form(
            visit,
            address(submission, "all"),
            choice("field", "Set", fields, visit.said("field") or "progid"),
            entry(
                "value",
                "to",
                visit.typed("value", ""),
                hint="Empty takes the value away.",
                error=visit.error("value"),
                autocomplete="off",
            ),
            choice(
                "scope",
                "for",
                scopes,
                visit.said("scope"),
                hint="A granule's value is set for all granules of the file.",
            ),
            actions(submit("Set it")),
            css="account inline",
        ),
    ]


def _giving_up(visit: SubmitVisit, submission: Submission) -> Any:
    return tags.details(class_="giving-up")[
        tags.summary["Give this submission up"],
        form(
            visit,
            address(submission, "abandon"),
            tags.p["Its files go away; nothing was saved."],
            button="Give it up",
            css="button",
        ),
    ]
