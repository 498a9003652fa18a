"""Views: many entries by a file, and what became of them.

May import ``ingest`` and ``resdir``.
"""

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Any

from twisted.web.template import tags

from ingest.submission.catalogue import EntriesRefusedError, Examined, Listed, read_sheet
from resdir.catalogue.desk import desk_of, number_in, or_nothing
from resdir.catalogue.entering import STYLES, confirmation
from resdir.catalogue.kind import STATES, Kind, entry_path
from resdir.catalogue.shown import finding_list, moment, person, similar_list, state_badge, tally
from resdir.elements import table
from resdir.people.fields import actions, counted, open_form, submit
from resdir.people.visit import Answer, NotFoundError, Page, Redirect, RefusedError, Visit
from resdir.people.widgets import section

#: Rows without findings that a preview shows.
_MOST_FINE = 50


def sheet(kind: Kind, visit: Visit) -> Answer:
    """Show the form for a file, what was found in one, or hand its rows in."""
    desk = desk_of(visit)
    if not visit.posted:
        return _page(kind, visit)
    if visit.said("do") != "submit":
        rows, name = _read(visit)
        return _page(kind, visit, rows, name, desk.examine(kind.name, rows))
    rows, name = _sent(visit), visit.said("name", 200)
    confirmed = visit.said("confirmed") == "yes"
    try:
        batch = desk.submit(kind.name, rows, despite_warnings=confirmed, name=name, key=visit.said("key"))
    except EntriesRefusedError as error:
        return _page(kind, visit, rows, name, error.examined, refused=True)
    return Redirect(f"{kind.home}/batch/{batch.id}?done={batch.state}")


def _read(visit: Visit) -> tuple[list[dict[str, str]], str]:
    if len(visit.files) != 1:
        raise RefusedError("Choose a file.")
    (file,) = visit.files
    return read_sheet(file.content, file.name), file.name


def _sent(visit: Visit) -> list[dict[str, str]]:
    """Return the rows that the preview put into its form."""
    try:
        rows = json.loads(visit.form.get("rows", ""))
    except ValueError:
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RefusedError("Send the file again.")
    return [{str(name): str(value) for name, value in row.items()} for row in rows]


def _page(
    kind: Kind,
    visit: Visit,
    rows: Sequence[dict[str, str]] = (),
    name: str = "",
    examined: Sequence[Examined] = (),
    *,
    refused: bool = False,
) -> Page:
    body = tags.transparent[
        tags.p(class_="lead")[kind.lead],
        _preview(kind, visit, rows, name, examined) if examined else "",
        section("file-part", "Another file" if examined else "Choose a file", _chooser(kind, visit)),
        section("columns", "Its columns", *_columns(kind)),
    ]
    return Page(f"Submit {kind.entry}s to {kind.title} by a file", body, 400 if refused else 200, styles=STYLES)


def _chooser(kind: Kind, visit: Visit) -> Any:
    most = visit.home.settings.number("limits.batch_entries")
    return open_form(
        visit,
        f"{kind.home}/file",
        tags.div(class_="field")[
            tags.label(for_="sheet")["CSV or VOTable"],
            tags.input(
                type="file", id="sheet", name="sheet", required="required", **{"aria-describedby": "sheet-hint"}
            ),
            tags.p(class_="hint", id="sheet-hint")[
                f"Up to {most:,} rows at a time: all are handed in, or none. CSV in UTF-8, its first line the names of "
                "the columns."
            ],
        ],
        actions(submit("Check the file", "do", "check")),
        css="account",
        files=True,
    )


_COLUMN_HEADS = (("Column", "whole"), "Unit", "What it is", ("Needed", "whole"), "Values, or an example")


def _columns(kind: Kind) -> list[Any]:
    rows = [
        [
            tags.code[field.name],
            field.unit,
            field.help,
            "yes" if field.needed else "",
            ", ".join(code for code, _ in field.choices) or kind.examples.get(field.name, ""),
        ]
        for field in kind.fields.values()
    ]
    return [
        table("Columns of a file", _COLUMN_HEADS, rows, stacked=True),
        tags.p["The first line of a CSV with all of them:"],
        tags.pre(class_="code", tabindex="0", **{"aria-label": "First line of a CSV"})[",".join(kind.fields)],
    ]


def _preview(kind: Kind, visit: Visit, rows: Sequence[dict[str, str]], name: str, examined: Sequence[Examined]) -> Any:
    findings = [finding for row in examined for finding in row.findings]
    wrong = [row for row in examined if not row.fine]
    verdict = _wrong(examined, wrong, findings) if wrong else _fine(kind, visit, rows, name, examined, findings)
    return section("preview", f"Preview of {name or 'the file'}", verdict, _table(kind, examined))


def _wrong(examined: Sequence[Examined], wrong: Sequence[Examined], findings: Sequence[Any]) -> Any:
    return tags.div(class_="errors", role="alert", id="trouble", tabindex="-1", autofocus="autofocus")[
        tags.p[
            tags.strong[f"{tally(findings)}: nothing was handed in."],
            f" {len(wrong)} of {counted(len(examined), 'row')} cannot be taken. Put it right and send the file again.",
        ]
    ]


def _fine(
    kind: Kind,
    visit: Visit,
    rows: Sequence[dict[str, str]],
    name: str,
    examined: Sequence[Examined],
    findings: Sequence[Any],
) -> Any:
    return tags.div(class_="review", role="status", id="verdict", tabindex="-1", autofocus="autofocus")[
        tags.p[tags.strong[f"{counted(len(examined), 'row')}, {tally(findings) or 'nothing is wrong with them'}."],],
        open_form(
            visit,
            f"{kind.home}/file",
            confirmation(visit, "what the file says") if findings else "",
            actions(
                submit(f"Submit all {len(examined)}" if len(examined) > 1 else "Submit it", "do", "submit", "main")
            ),
            css="submitting",
            rows=json.dumps(list(rows)),
            name=name,
            key=visit.said("key") or secrets.token_urlsafe(18),
        ),
        tags.p(class_="hint")["A curator looks at them before they are published."],
    ]


def _table(kind: Kind, examined: Sequence[Examined]) -> Any:
    """Return the rows with what was found: those with errors first, of those without anything only some."""
    troubled = sorted((row for row in examined if row.findings or row.similar), key=lambda row: (row.fine, row.line))
    fine = [row for row in examined if not row.findings and not row.similar]
    rows = [
        [
            str(row.line),
            kind.title_of(row.values) or "(no name)",
            kind.summary(row.entry) if row.entry else "",
            row.star.name if row.star else "not known",
            [
                finding_list(kind, row.findings, linked=False) if row.findings else "",
                similar_list(kind, row.similar) if row.similar else "",
            ],
        ]
        for row in (*troubled, *fine[:_MOST_FINE])
    ]
    left_out = len(fine) - _MOST_FINE
    return [
        table("Rows of the file", ("Row", "Name", "What", "Star", "Found"), rows, stacked=True),
        tags.p(class_="hint")[f"{left_out:,} more rows have no findings."] if left_out > 0 else "",
    ]


def batch(kind: Kind, visit: Visit) -> Answer:
    """Show what became of the entries that were handed in together."""
    if visit.posted or len(visit.rest) != 1:
        raise NotFoundError
    desk = desk_of(visit)
    with or_nothing():
        found = desk.batch(number_in(visit.rest[0]))
    if found.catalogue != kind.name:
        raise NotFoundError
    states = Counter(entry.state for entry in found.entries)
    told = [f"{count:,} {STATES.get(state, state)}" for state, count in states.items()]
    body = tags.transparent[
        tags.p(class_="lead")[f"{counted(len(found.entries), kind.entry)}: {', '.join(told)}."],
        tags.p[
            f"Handed in {moment(found.created)} UTC",
            f" by {person(found.submitter)}" if found.submitter else "",
            f" as {found.name}" if found.name else "",
            ".",
        ],
        entries_table(kind, found.entries),
        tags.p[
            tags.a(href=kind.home)[f"Submit another {kind.entry}"],
            " · ",
            tags.a(href="/account/entries")["All your entries"],
        ],
    ]
    return Page(f"Handed in to {kind.title}", body, styles=STYLES)


def entries_table(kind: Kind, entries: Sequence[Listed]) -> Any:
    """Return entries with their states."""
    rows = [
        [
            tags.a(href=entry_path(kind.name, entry.id))[entry.title],
            kind.summary(entry.entry) if entry.entry else "",
            state_badge(entry.state),
            entry.reason,
            moment(entry.submitted),
            moment(entry.reviewed),
        ]
        for entry in entries
    ]
    heads = ("Name", "What", "State", "Reason", ("Handed in (UTC)", "whole"), ("Decided (UTC)", "whole"))
    return table(f"Entries in {kind.title}", heads, rows, stacked=True)
