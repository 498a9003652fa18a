"""What JMDC and BadCal share in the archive: editions that were read in, states of entries, their history.

Entries are never deleted. The states: an edition's entries are accepted at once; what people submit waits as submitted
until a curator accepts or rejects it, or its submitter takes it back (retracted); accepted entries can be withdrawn,
and accepted again. May import ``ingest.archive.connection``, ``ingest.archive.jmdc_stars`` and ``ingest.errors``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg2.extras

from ingest.archive.connection import ArchiveError, Cursor, MissingError
from ingest.archive.jmdc_stars import give_stars
from ingest.errors import MisuseError

STATES = ("submitted", "accepted", "rejected", "withdrawn", "retracted")
TABLES = {"jmdc": "jmdc_measurement", "badcal": "badcal_report"}
#: For each decision the states in which an entry can be for it.
DECISIONS = {
    "accepted": ("submitted", "rejected", "withdrawn"),
    "rejected": ("submitted",),
    "withdrawn": ("accepted",),
}
_LONGEST_REASON = 1000
#: What the command line calls itself in the history.
OPERATOR = "operator"


@dataclass(frozen=True)
class Source:
    """Where imported entries are from.

    Attributes
    ----------
    edition
        Name of the edition.
    file_name, sha256
        The file.
    run
        Of the command, as in the logs.
    actor
        Who imports: a login, or `OPERATOR`.
    """

    edition: str
    file_name: str = ""
    sha256: str | None = None
    run: str = ""
    actor: str = OPERATOR

    def __post_init__(self) -> None:
        if not self.edition.strip() or not self.edition.isprintable() or len(self.edition) > 80:
            raise MisuseError("the name of an edition has 1 to 80 characters", place="--edition")


@dataclass(frozen=True)
class Event:
    """A line of an entry's history."""

    event: str
    actor: str
    reason: str
    changes: Mapping[str, Any]
    happened: datetime


def lock(cursor: Cursor, catalogue: str) -> None:
    """Let others that change a catalogue wait until this transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"oivo {catalogue}"])


def record_edition(cursor: Cursor, catalogue: str, source: Source, rows: int, added: int, changed: int) -> int:
    """Write down that an edition was read in; one of the same name goes on."""
    cursor.execute(
        """INSERT INTO archive.catalogue_edition AS e (catalogue, name, file_name, sha256, rows, added, changed, run)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (catalogue, name) DO UPDATE SET (file_name, sha256, rows, added, changed, run, imported)
               = (excluded.file_name, excluded.sha256, excluded.rows, e.added + excluded.added,
                  e.changed + excluded.changed, excluded.run, now())
           RETURNING id""",
        [catalogue, source.edition, source.file_name, source.sha256, rows, added, changed, source.run],
    )
    return int(_one(cursor).id)


def find_editions(cursor: Cursor, catalogue: str, names: Sequence[str]) -> dict[str, int]:
    """Return the numbers of editions by name; those that are not known are made, empty."""
    cursor.execute(
        """INSERT INTO archive.catalogue_edition (catalogue, name, rows, added, changed)
           SELECT %s, name, 0, 0, 0 FROM unnest(%s::text[]) AS name ON CONFLICT DO NOTHING""",
        [catalogue, list(names)],
    )
    cursor.execute("SELECT name, id FROM archive.catalogue_edition WHERE catalogue = %s", [catalogue])
    return {row.name: row.id for row in cursor.fetchall()}


def free_numbers(cursor: Cursor, catalogue: str, wanted: Sequence[int | None]) -> list[int]:
    """Return numbers for new entries: those that are wanted where they are free, else new ones.

    The caller holds the catalogue's lock, and sets the series of numbers afterwards.
    """
    table = TABLES[catalogue]
    asked = [number for number in wanted if number is not None]
    cursor.execute(f"SELECT id FROM archive.{table} WHERE id = ANY(%s::bigint[])", [asked])
    taken = {row.id for row in cursor.fetchall()}
    cursor.execute(f"SELECT coalesce(max(id), 0) AS highest FROM archive.{table}")
    highest = max([int(_one(cursor).highest), *asked])
    numbers = []
    for number in wanted:
        if number is None or number in taken:
            highest += 1
            number = highest
        taken.add(number)
        numbers.append(number)
    return numbers


def record(
    cursor: Cursor,
    catalogue: str,
    entry_id: int,
    event: str,
    actor: str,
    *,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    edition_id: int | None = None,
    run: str = "",
) -> None:
    """Write a line of an entry's history."""
    cursor.execute(
        """INSERT INTO archive.catalogue_event (catalogue, entry_id, event, actor, reason, changes, edition_id, run)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        [catalogue, entry_id, event, actor, reason, psycopg2.extras.Json(changes or {}, _dumps), edition_id, run],
    )


def _dumps(value: Any) -> str:
    return json.dumps(value, default=str)


def history(cursor: Cursor, catalogue: str, entry_id: int) -> list[Event]:
    """Return an entry's history, the oldest first."""
    cursor.execute(
        """SELECT event, actor, reason, changes, happened FROM archive.catalogue_event
           WHERE catalogue = %s AND entry_id = %s ORDER BY id""",
        [catalogue, entry_id],
    )
    return [Event(*row) for row in cursor.fetchall()]


def histories(cursor: Cursor, catalogue: str, ids: Sequence[int]) -> dict[int, tuple[Event, ...]]:
    """Return the histories of several entries, each the oldest first."""
    cursor.execute(
        """SELECT entry_id, event, actor, reason, changes, happened FROM archive.catalogue_event
           WHERE catalogue = %s AND entry_id = ANY(%s::bigint[]) ORDER BY id""",
        [catalogue, list(ids)],
    )
    found: dict[int, tuple[Event, ...]] = {}
    for number, *event in cursor.fetchall():
        found[number] = (*found.get(number, ()), Event(*event))
    return found


def checked_reason(text: str, *, needed: bool) -> str:
    """Return a reason on one line.

    Raises
    ------
    MisuseError
        When it is missing, too long, or has control characters.
    """
    reason = " ".join(text.split())
    if needed and not reason:
        raise MisuseError("a reason is needed", place="reason")
    if len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise MisuseError(f"a text of at most {_LONGEST_REASON} characters is wanted", place="reason")
    return reason


def decide(
    cursor: Cursor, catalogue: str, ids: Sequence[int], decision: str, actor: str, reason: str = "", run: str = ""
) -> None:
    """Accept, reject or withdraw entries: all, or none after an error.

    Parameters
    ----------
    decision
        One of `DECISIONS`; rejecting and withdrawing need a reason.

    Raises
    ------
    ArchiveError
        When there is no such entry, or it is in a state where that cannot be decided.
    MisuseError
        When the reason is missing, or cannot be one.
    """
    reason = checked_reason(reason, needed=decision != "accepted")
    table = TABLES[catalogue]
    lock(cursor, catalogue)
    cursor.execute(f"SELECT id, state FROM archive.{table} WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(ids)])
    states = {row.id: row.state for row in cursor.fetchall()}
    for entry_id in dict.fromkeys(ids):
        state = states.get(entry_id)
        if state is None:
            raise MissingError("there is no such entry", place=f"{catalogue} {entry_id}")
        if state not in DECISIONS[decision]:
            raise ArchiveError(f"it is {state} and cannot be {decision}", place=f"{catalogue} {entry_id}")
    if (catalogue, decision) == ("jmdc", "accepted"):
        give_stars(cursor, [number for number, state in states.items() if state != "withdrawn"])
    more = _MORE.get((catalogue, decision), "")
    cursor.execute(
        f"""UPDATE archive.{table} SET state = %(decision)s, reviewed = now(), updated = now() {more}
            WHERE id = ANY(%(ids)s)""",
        {"decision": decision, "reason": reason, "ids": list(ids)},
    )
    if (catalogue, decision) == ("badcal", "withdrawn"):
        cursor.execute("DELETE FROM archive.badcal_contact WHERE report_id = ANY(%s)", [list(ids)])
    for entry_id in dict.fromkeys(ids):
        record(cursor, catalogue, entry_id, decision, actor, reason=reason, run=run)


def retract(cursor: Cursor, catalogue: str, entry_id: int, actor: str, run: str = "") -> None:
    """Take an entry back that waits: its submitter does not want it to be looked at any more.

    Raises
    ------
    ArchiveError
        When it does not wait.
    """
    cursor.execute(
        f"""UPDATE archive.{TABLES[catalogue]} SET state = 'retracted', updated = now()
            WHERE id = %s AND state = 'submitted'""",
        [entry_id],
    )
    if not cursor.rowcount:
        raise ArchiveError("it does not wait for review any more", place=f"{catalogue} {entry_id}")
    if catalogue == "badcal":
        cursor.execute("DELETE FROM archive.badcal_contact WHERE report_id = %s", [entry_id])
    record(cursor, catalogue, entry_id, "retracted", actor, run=run)


#: What else a decision writes.
_MORE = {
    ("badcal", "accepted"): ", validated = coalesce(validated, now()), withdrawn = NULL, withdrawn_reason = ''",
    ("badcal", "withdrawn"): ", withdrawn = now(), withdrawn_reason = %(reason)s",
}


def _one(cursor: Cursor) -> Any:
    row = cursor.fetchone()
    assert row is not None
    return row
