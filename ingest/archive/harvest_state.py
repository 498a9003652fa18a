"""How far the harvest of ESO's archive has come: by month and instrument, and by the moment of the last change.

May import ``ingest.archive.connection``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.archive.connection import Cursor


@dataclass(frozen=True)
class SliceState:
    """Where the harvest of one slice stands.

    Attributes
    ----------
    done
        Whether it was read to its end.
    last_mod_date, last_id
        The last record that was written, in the order of changes; None before the first.
    """

    done: bool
    last_mod_date: datetime | None
    last_id: str | None


def find_slices(cursor: Cursor) -> dict[str, SliceState]:
    """Return all slices that were begun, by name."""
    cursor.execute("SELECT slice, state, last_mod_date, last_id FROM archive.harvest")
    return {row.slice: SliceState(row.state == "done", row.last_mod_date, row.last_id) for row in cursor.fetchall()}


def find_reconciled(cursor: Cursor) -> dict[str, datetime]:
    """Return when the counts of slices were last compared, by name; those that never were are not there."""
    cursor.execute("SELECT slice, reconciled FROM archive.harvest WHERE reconciled IS NOT NULL")
    return {row.slice: row.reconciled for row in cursor.fetchall()}


def write_slice(cursor: Cursor, name: str, state: SliceState) -> None:
    """Note where the harvest of a slice stands."""
    cursor.execute(
        """INSERT INTO archive.harvest (slice, state, last_mod_date, last_id) VALUES (%s, %s, %s, %s)
           ON CONFLICT (slice) DO UPDATE SET state = excluded.state, last_mod_date = excluded.last_mod_date,
               last_id = excluded.last_id, updated = now()""",
        [name, "done" if state.done else "begun", state.last_mod_date, state.last_id],
    )


def write_reconciliation(cursor: Cursor, name: str, counted: int, held: int) -> None:
    """Note how many frames ESO's archive counted in a slice, and how many are held."""
    cursor.execute(
        "UPDATE archive.harvest SET counted = %s, held = %s, reconciled = now() WHERE slice = %s",
        [counted, held, name],
    )


@dataclass(frozen=True)
class HarvestSummary:
    """How far the harvest is.

    Attributes
    ----------
    instruments
        A row each: instrument, frames, headers, wanted, put_off, gone, exposures.
    months, begun
        Slices of the first load that are done, and those that are not.
    last
        When the newest change that was seen happened.
    problems
        The commonest problems of headers, with how many frames have them.
    """

    instruments: list[Any]
    months: int
    begun: int
    last: datetime | None
    problems: list[tuple[str, int]]


def harvest_summary(cursor: Cursor) -> HarvestSummary:
    """Return how far the harvest is."""
    cursor.execute(
        """SELECT f.instrument, count(*) AS frames, count(f.pack_id) AS headers,
               count(*) FILTER (WHERE header_state = 'wanted' AND f.gone IS NULL) AS wanted,
               count(*) FILTER (WHERE header_state = 'wanted' AND attempts > 0) AS put_off,
               count(f.gone) AS gone, count(e.id) AS exposures
           FROM archive.frame AS f LEFT JOIN archive.exposure AS e ON e.header_id = f.id
           GROUP BY f.instrument ORDER BY f.instrument"""
    )
    instruments = cursor.fetchall()
    cursor.execute(
        """SELECT count(*) FILTER (WHERE state = 'done' AND slice NOT LIKE 'increment %') AS months,
               count(*) FILTER (WHERE state = 'begun') AS begun, max(last_mod_date) AS last FROM archive.harvest"""
    )
    state = cursor.fetchone()
    assert state is not None
    # most problems end with the frame's name
    cursor.execute(
        """SELECT replace(problem, id, '…') AS problem, count(*) AS nb FROM archive.frame
           WHERE header_state = 'wanted' AND problem IS NOT NULL GROUP BY 1 ORDER BY nb DESC, problem LIMIT 10"""
    )
    problems = [(row.problem, int(row.nb)) for row in cursor.fetchall()]
    return HarvestSummary(instruments, state.months, state.begun, state.last, problems)
