"""Measurements (JMDC) and reports (BadCal) through the HTTP interface: functions of a `Call`.

May import ``ingest`` and this package.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ingest.archive.catalogues import STATES
from ingest.catalogs.fields import FIELDS
from ingest.catalogs.findings import Finding
from ingest.catalogs.reading import texts_of
from ingest.catalogs.sheets import MOST_BYTES
from ingest.catalogs.texts import told
from ingest.submission import Problem
from ingest.submission.catalogue import (
    Batch,
    EntriesRefusedError,
    Examined,
    Listed,
    Listing,
    ShownEntry,
    Submitter,
    read_sheet,
)
from resdir.api.call import ApiError, Call, Reply, only

_MOST_LISTED = 1000


def described_finding(finding: Finding) -> dict[str, str]:
    """Return a finding as JSON has it."""
    return {
        "rule": finding.rule,
        "field": finding.field,
        "severity": finding.severity.value,
        "message": finding.message,
    }


def described_row(examined: Examined) -> dict[str, Any]:
    """Return a row that was looked at as JSON has it."""
    return {
        "row": examined.line,
        "fine": examined.fine,
        "values": dict(examined.values),
        "understood": None if examined.entry is None else texts_of(examined.entry),
        "star": None if examined.star is None else asdict(examined.star),
        "findings": [described_finding(finding) for finding in examined.findings],
        "similar": [asdict(similar) for similar in examined.similar],
    }


def described_entry(entry: Listed) -> dict[str, Any]:
    """Return an entry as JSON has it; in full where there is more of it than in a list."""
    whole: dict[str, Any] = {
        "id": entry.id,
        "state": entry.state,
        "title": entry.title,
        "values": texts_of(entry.entry),
        "batch": entry.batch_id,
        "submitted": _moment(entry.submitted),
        "reviewed": _moment(entry.reviewed),
        "reason": entry.reason,
        "warnings": entry.warnings,
        "history": [asdict(event) | {"happened": _moment(event.happened)} for event in entry.history],
    }
    if entry.submitter is not None:
        whole["submitter"] = described_submitter(entry.submitter)
    if isinstance(entry, ShownEntry):
        whole |= {
            "values": dict(entry.values),
            "star": None if entry.star is None else asdict(entry.star),
            "findings": [described_finding(finding) for finding in entry.findings],
            "similar": [asdict(similar) for similar in entry.similar],
            "version": entry.version,
            "may": sorted(entry.may),
        }
    return whole


def described_submitter(submitter: Submitter) -> dict[str, str]:
    """Return who submitted something as JSON has it, for curators."""
    return {name: value for name, value in asdict(submitter).items() if name != "account_id"}


def _moment(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()


def fields(call: Call) -> Reply:
    """Tell what can be filled in."""
    return Reply({"fields": [asdict(field) for field in FIELDS[call.path[0]]]})


def examine(call: Call) -> Reply:
    """Look at rows; nothing is written."""
    rows, _ = _rows_of(call)
    examined = call.catalogue_desk.examine(call.path[0], rows)
    return Reply({"fine": all(row.fine for row in examined), "rows": [described_row(row) for row in examined]})


def submit(call: Call) -> Reply:
    """Submit rows: all or none; the same key again gives the same batch."""
    rows, options = _rows_of(call)
    try:
        batch = call.catalogue_desk.submit(
            call.path[0],
            rows,
            despite_warnings=bool(options.get("despite_warnings", False)),
            name=options.get("name", ""),
            key=options.get("key", ""),
        )
    except EntriesRefusedError as error:
        return _refused(error)
    address = f"{call.home.settings.base_url}/api/{batch.catalogue}/batches/{batch.id}"
    return Reply(_described_batch(batch), 200 if batch.again else 201, {"location": address})


def _described_batch(batch: Batch) -> dict[str, Any]:
    return {"batch": batch.id, "ids": list(batch.ids), "state": batch.state, "again": batch.again}


def _refused(error: EntriesRefusedError) -> Reply:
    """Say what is wrong (400); or what is doubtful, so that the same can be sent with ``despite_warnings`` (409)."""
    problems = [
        {"file": problem.file, "field": problem.field, "message": problem.message} for problem in error.problems
    ]
    content = {"message": str(error), "only_warnings": error.only_warnings, "problems": problems}
    rows = [described_row(row) for row in error.examined if row.findings]
    return Reply({"error": content, "rows": rows}, 409 if error.only_warnings else 400)


def mine(call: Call) -> Reply:
    """List the visitor's entries, the latest first."""
    return _listing(call.catalogue_desk.mine(call.path[0], **_page(call)))


def queue(call: Call) -> Reply:
    """List entries that wait, or those in another state; for curators."""
    state = call.query.get("state", "submitted")
    if state not in (*STATES, "all"):
        raise ApiError(400, f"state is one of {', '.join(STATES)}, all", (Problem("is no state", field="state"),))
    return _listing(call.catalogue_desk.queue(call.path[0], state=None if state == "all" else state, **_page(call)))


def _listing(listing: Listing) -> Reply:
    return Reply({"total": listing.total, "entries": [described_entry(entry) for entry in listing.entries]})


def batch(call: Call) -> Reply:
    """Show a batch with its entries."""
    found = call.catalogue_desk.batch(int(call.path[1]))
    if found.catalogue != call.path[0]:
        raise ApiError(404, "there is no such batch")
    entries = [described_entry(entry) for entry in found.entries]
    shown = {"batch": found.id, "name": found.name, "created": found.created.isoformat(), "entries": entries}
    return Reply(shown | ({"submitter": described_submitter(found.submitter)} if found.submitter else {}))


def see(call: Call) -> Reply:
    """Show an entry."""
    return Reply(described_entry(call.catalogue_desk.entry(call.path[0], int(call.path[1]))))


def change(call: Call) -> Reply:
    """Change fields of an entry: its submitter while it waits; curators with a reason, also when it is published."""
    values = call.json()
    despite = _despite(values)
    only(values, values=dict, reason=str, seen=str)
    desk, catalogue, number = call.catalogue_desk, call.path[0], int(call.path[1])
    fields, seen = _texts(values.get("values", {})), values.get("seen", "")
    try:
        if "reason" in values:
            return Reply(described_entry(desk.amend(catalogue, number, fields, values["reason"], seen=seen)))
        return Reply(described_entry(desk.revise(catalogue, number, fields, despite_warnings=despite, seen=seen)))
    except EntriesRefusedError as error:
        return _refused(error)


def take_back(call: Call) -> Reply:
    """Take an entry back that waits."""
    call.catalogue_desk.take_back(call.path[0], int(call.path[1]))
    return Reply(None, 204)


def decide(call: Call) -> Reply:
    """Accept, reject or withdraw entries; for curators."""
    values = only(call.json(), ids=list, decision=str, reason=str, seen=dict)
    ids, seen = values.get("ids", []), values.get("seen", {})
    if not ids or not all(type(number) is int and 0 < number < 2**63 for number in ids):
        raise ApiError(400, "ids are a list of numbers", (Problem("numbers of entries are wanted", field="ids"),))
    if not all(isinstance(version, str) and number.isdecimal() for number, version in seen.items()):
        raise ApiError(400, "seen has versions by number", (Problem("versions are wanted", field="seen"),))
    call.catalogue_desk.decide(
        call.path[0],
        ids,
        values.get("decision", ""),
        values.get("reason", ""),
        seen={int(number): version for number, version in seen.items()},
    )
    return Reply(None, 204)


def _page(call: Call) -> dict[str, int]:
    """Return the part of a list that is wanted: ``?offset=&limit=``."""
    wanted = {}
    for name, default in (("offset", 0), ("limit", 100)):
        text = call.query.get(name, str(default))
        if not text.isascii() or not text.isdecimal() or len(text) > 9:
            raise ApiError(400, f"{name} is a number", (Problem("a number is wanted", field=name),))
        wanted[name] = int(text)
    return wanted | {"limit": min(wanted["limit"], _MOST_LISTED)}


def _rows_of(call: Call) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Return the rows of a request, and what else it says: of JSON, or a table with its options in the address."""
    if call.media_type != "application/json":
        name = call.query.get("name", "")
        options = {"name": name, "key": call.query.get("key", "")}
        despite = call.query.get("despite_warnings", "").lower() in ("1", "true", "yes")
        return read_sheet(call.body.read(MOST_BYTES + 1), name), options | {"despite_warnings": despite}
    values = call.json()
    despite = _despite(values)
    only(values, rows=list, name=str, key=str)
    rows = values.get("rows", [])
    if not all(isinstance(row, dict) for row in rows):
        raise ApiError(400, "rows are objects", (Problem("objects are wanted", field="rows"),))
    return [_texts(row) for row in rows], values | {"despite_warnings": despite}


def _despite(values: dict[str, Any]) -> bool:
    """Take the one member out that is true or false."""
    despite = values.pop("despite_warnings", False)
    if not isinstance(despite, bool):
        raise ApiError(400, "despite_warnings is true or false", (Problem("is no bool", field="despite_warnings"),))
    return despite


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a row as texts.

    Raises
    ------
    ApiError
        Naming those that are neither texts nor numbers, yes or no.
    """
    fine = (str, int, float, bool, type(None))
    wrong = [name for name, value in row.items() if type(value) not in fine]
    if wrong:
        problems = tuple(Problem("a text or a number is wanted", field=name[:80]) for name in wrong)
        raise ApiError(400, "a row has values that are none", problems)
    return {name: told(value) for name, value in row.items()}
