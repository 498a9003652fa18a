"""BadCal in the archive: reports read in, decided on, and read out.

May import ``ingest.archive.catalogues``, ``ingest.archive.connection`` and ``ingest.catalogs``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.archive.catalogues import Source, free_numbers, lock, record, record_edition
from ingest.archive.connection import Cursor
from ingest.catalogs.badcal import COLUMNS, KnownReport, ReadReport, Report


@dataclass(frozen=True)
class Change:
    """A report that a file has otherwise: its number, and of each field what it was and what it is."""

    id: int
    name: str
    fields: dict[str, tuple[Any, Any]]

    def __str__(self) -> str:
        told = "; ".join(f"{name} {old!r} → {new!r}" for name, (old, new) in self.fields.items())
        return f"{self.id} {self.name}: {told}"


@dataclass(frozen=True)
class Plan:
    """What a file would do to the archive: reports to add, those that it has otherwise, and numbers of equal ones."""

    added: tuple[ReadReport, ...]
    changed: tuple[Change, ...]
    same: tuple[int, ...]


@dataclass(frozen=True)
class Withdrawn:
    """What is left to see of a report that was withdrawn."""

    id: int
    name: str
    submitted: datetime
    withdrawn: datetime
    reason: str


def plan_reports(cursor: Cursor, reports: Sequence[ReadReport]) -> Plan:
    """Compare reports with the archive, by their numbers, else as a whole; nothing is written."""
    cursor.execute(f"SELECT id, {', '.join(COLUMNS)} FROM archive.badcal_report ORDER BY id")
    known = {row.id: _report(row[1:]) for row in cursor.fetchall()}
    numbers: dict[tuple[Any, ...], int] = {}
    for number, report in known.items():
        numbers.setdefault(_values(report), number)
    added: dict[tuple[Any, ...], ReadReport] = {}
    changed, same = [], []
    for each in reports:
        values = _values(each.report)
        number = each.id if each.id in known else numbers.get(values)
        if number is None:
            added.setdefault((each.id, *values), each)
        elif (old := _values(known[number])) != values:
            pairs = zip(COLUMNS, old, values, strict=True)
            changed.append(Change(number, each.report.name, {n: (a, b) for n, a, b in pairs if a != b}))
        else:
            same.append(number)
    return Plan(tuple(added.values()), tuple(changed), tuple(same))


def import_reports(cursor: Cursor, reports: Sequence[ReadReport], source: Source, *, accepted: bool = True) -> Plan:
    """Take reports in; what is there already changes nothing.

    Parameters
    ----------
    accepted
        Whether they are validated already; else they wait for review.
    """
    lock(cursor, "badcal")
    plan = plan_reports(cursor, reports)
    if not plan.added and not plan.changed:
        return plan
    edition_id = record_edition(
        cursor, "badcal", source, len(reports), added=len(plan.added), changed=len(plan.changed)
    )
    numbers = free_numbers(cursor, "badcal", [each.id for each in plan.added])
    for number, each in zip(numbers, plan.added, strict=True):
        _insert(cursor, number, each, edition_id, source, accepted=accepted)
    for change in plan.changed:
        _update(cursor, change, edition_id, source)
    cursor.execute(
        "UPDATE archive.badcal_report SET last_edition_id = %s WHERE id = ANY(%s)", [edition_id, list(plan.same)]
    )
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence('archive.badcal_report', 'id'), max(id)) FROM archive.badcal_report"
    )
    return plan


def _report(values: Sequence[Any]) -> Report:
    return Report(**dict(zip(COLUMNS, values, strict=True)))


def _values(report: Report) -> tuple[Any, ...]:
    return tuple(getattr(report, name) for name in COLUMNS)


def _insert(cursor: Cursor, number: int, each: ReadReport, edition_id: int, source: Source, *, accepted: bool) -> None:
    values = {name: getattr(each.report, name) for name in COLUMNS}
    cursor.execute(
        f"""INSERT INTO archive.badcal_report (id, state, submitted, validated, first_edition_id, last_edition_id,
                {", ".join(values)})
            VALUES (%(id)s, %(state)s,
                coalesce(%(submitted)s, now()), CASE WHEN %(accepted)s THEN coalesce(%(validated)s, now()) END,
                %(edition)s, %(edition)s, {", ".join(f"%({name})s" for name in values)})""",
        values
        | {"id": number, "state": "accepted" if accepted else "submitted", "accepted": accepted}
        | {"submitted": each.submitted, "validated": each.validated, "edition": edition_id},
    )
    if each.report.address:
        cursor.execute(
            "INSERT INTO archive.badcal_contact (report_id, address) VALUES (%s, %s)", [number, each.report.address]
        )
    event = "imported" if accepted else "submitted"
    record(cursor, "badcal", number, event, source.actor, edition_id=edition_id, run=source.run)


def _update(cursor: Cursor, change: Change, edition_id: int, source: Source) -> None:
    settings = ", ".join(f"{name} = %({name})s" for name in change.fields)
    cursor.execute(
        f"UPDATE archive.badcal_report SET {settings}, last_edition_id = %(edition)s, updated = now()"
        " WHERE id = %(id)s",
        {name: new for name, (_, new) in change.fields.items()} | {"edition": edition_id, "id": change.id},
    )
    record(
        cursor,
        *("badcal", change.id, "changed", source.actor),
        changes=change.fields,
        edition_id=edition_id,
        run=source.run,
    )


_KNOWN = f"SELECT id, submitted, validated, {', '.join(COLUMNS)} FROM archive.badcal_report WHERE state = 'accepted'"


def _known(rows: Sequence[Any]) -> list[KnownReport]:
    return [KnownReport(row[0], _report(row[3:]), row[1], row[2]) for row in rows]


def published(cursor: Cursor) -> list[KnownReport]:
    """Return all validated reports in the order of their numbers."""
    cursor.execute(f"{_KNOWN} ORDER BY id")
    return _known(cursor.fetchall())


def reports_within(cursor: Cursor, ra: float, dec: float, radius: float) -> list[KnownReport]:
    """Return validated reports within a radius (deg) of a position; 180 and more give all."""
    if radius >= 180:
        return published(cursor)
    cursor.execute(
        f"""{_KNOWN} AND spoint(radians(ra), radians(dec)) <-> spoint(radians(%(ra)s), radians(%(dec)s))
                <= radians(%(radius)s)
            ORDER BY id""",
        {"ra": ra, "dec": dec, "radius": radius},
    )
    return _known(cursor.fetchall())


def find_report(cursor: Cursor, number: int) -> KnownReport | Withdrawn | None:
    """Return a report; of a withdrawn one its trace, of one that was never validated nothing."""
    cursor.execute(f"{_KNOWN} AND id = %s", [number])
    if found := _known(cursor.fetchall()):
        return found[0]
    cursor.execute(
        """SELECT id, name, submitted, withdrawn, withdrawn_reason FROM archive.badcal_report
           WHERE id = %s AND state = 'withdrawn'""",
        [number],
    )
    row: Any = cursor.fetchone()
    return Withdrawn(*row) if row else None
