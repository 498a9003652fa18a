"""Counts and recent changes of ObsPortal, kept for some minutes: counting 342,000 exposures takes half a second.

May import ``ingest.archive.connection``.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from ingest.archive.connection import Cursor

#: How old numbers may get, in seconds, and how much older than it takes to read them: those of a small archive, which
#: are read in no time, are never old.
KEPT_SECONDS = 300.0
_PATIENCE = 100.0
_DAYS = 60

T = TypeVar("T")


@dataclass(frozen=True)
class InstrumentYear:
    """Exposures of an instrument in a year (UTC), and how many of them are not valid."""

    instrument: str
    year: int
    nb: int
    nb_invalid: int


@dataclass(frozen=True)
class Counts:
    """What ObsPortal holds.

    Attributes
    ----------
    headers
        Header texts that were kept.
    frames
        Raw frames that are known, exposures or not.
    not_exposures
        Frames that are none, by reason.
    """

    frames: int
    headers: int
    exposures: int
    invalid: int
    withdrawn: int
    observations: int
    targets: int
    programmes: int
    years: tuple[InstrumentYear, ...]
    not_exposures: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Day:
    """Exposures that came, changed, and were found to be gone on a day (UTC)."""

    day: date
    added: int
    changed: int
    withdrawn: int


@dataclass(frozen=True)
class Slice:
    """A part of the harvest, how far it is, and what the last comparison with ESO's archive counted."""

    slice: str
    state: str
    counted: int | None
    held: int | None
    reconciled: datetime | None
    updated: datetime


@dataclass(frozen=True)
class Changes:
    """The latest changes by day, the latest first, and the state of the harvest."""

    days: tuple[Day, ...]
    slices: tuple[Slice, ...]
    slices_done: int
    slices_begun: int


class Kept(Generic[T]):
    """A value that is read anew when it has got old; one thread reads, others wait for it."""

    def __init__(self, read: Callable[[Cursor], T]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._value: T | None = None
        self._moment = self._took = 0.0

    def get(self, cursor: Cursor) -> tuple[T, float]:
        """Return the value and its age in seconds."""
        with self._lock:
            now = time.monotonic()
            if self._value is None or now - self._moment > min(KEPT_SECONDS, _PATIENCE * self._took):
                self._value, self._moment = self._read(cursor), time.monotonic()
                self._took = self._moment - now
            return self._value, max(0.0, time.monotonic() - self._moment)


def count(cursor: Cursor) -> Counts:
    """Count everything."""
    cursor.execute(
        """SELECT (SELECT count(*) FROM archive.frame) AS frames,
             (SELECT count(*) FROM archive.frame WHERE header_state = 'kept') AS headers,
             (SELECT count(*) FROM archive.exposure) AS exposures,
             (SELECT count(*) FROM archive.exposure WHERE validation_level = 0) AS invalid,
             (SELECT count(*) FROM archive.exposure AS e JOIN archive.frame AS f ON f.id = e.header_id
              WHERE f.gone IS NOT NULL) AS withdrawn,
             (SELECT count(*) FROM archive.observation AS o
              WHERE EXISTS (SELECT FROM archive.exposure WHERE observation_id = o.id)) AS observations,
             (SELECT count(*) FROM archive.target AS t
              WHERE EXISTS (SELECT FROM archive.exposure WHERE target_id = t.id)) AS targets,
             (SELECT count(DISTINCT prog_id) FROM archive.exposure) AS programmes"""
    )
    totals = cursor.fetchone()
    assert totals is not None
    cursor.execute(
        """SELECT instrument, extract(year FROM timestamp '1858-11-17' + mjd_start * interval '1 day')::int AS year,
             count(*) AS nb, count(*) FILTER (WHERE validation_level = 0) AS nb_invalid
           FROM archive.exposure GROUP BY 1, 2 ORDER BY 1, 2"""
    )
    years = tuple(InstrumentYear(*row) for row in cursor.fetchall())
    cursor.execute(
        """SELECT not_exposure, count(*) AS nb FROM archive.frame WHERE not_exposure IS NOT NULL
           GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 30"""
    )
    others = tuple((row.not_exposure, row.nb) for row in cursor.fetchall())
    return Counts(**totals._asdict(), years=years, not_exposures=others)


def changes(cursor: Cursor) -> Changes:
    """Count the changes of the last weeks, and read the state of the harvest."""
    cursor.execute(
        """SELECT day::date, sum(added)::bigint AS added, sum(changed)::bigint AS changed,
             sum(withdrawn)::bigint AS withdrawn
           FROM (
             SELECT (subdate AT TIME ZONE 'UTC')::date AS day, count(*) AS added, 0 AS changed, 0 AS withdrawn
             FROM archive.exposure WHERE subdate > now() - %(days)s * interval '1 day' GROUP BY 1
             UNION ALL
             SELECT (date_updated AT TIME ZONE 'UTC')::date, 0, count(*), 0 FROM archive.exposure
             WHERE date_updated > now() - %(days)s * interval '1 day'
               AND date_updated > subdate + interval '1 second' GROUP BY 1
             UNION ALL
             SELECT (gone AT TIME ZONE 'UTC')::date, 0, 0, count(*) FROM archive.frame AS f
             WHERE gone > now() - %(days)s * interval '1 day'
               AND EXISTS (SELECT FROM archive.exposure AS e WHERE e.header_id = f.id) GROUP BY 1
           ) AS events GROUP BY 1 ORDER BY 1 DESC""",
        {"days": _DAYS},
    )
    days = tuple(Day(*row) for row in cursor.fetchall())
    cursor.execute(
        """SELECT slice, state, counted, held, reconciled, updated FROM archive.harvest
           ORDER BY updated DESC, slice LIMIT 40"""
    )
    slices = tuple(Slice(*row) for row in cursor.fetchall())
    cursor.execute(
        """SELECT count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'begun') AS begun
           FROM archive.harvest WHERE slice <> 'increment'"""
    )
    states = cursor.fetchone()
    assert states is not None
    return Changes(days, slices, states.done, states.begun)


COUNTS = Kept(count)
CHANGES = Kept(changes)
