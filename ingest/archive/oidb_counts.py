"""What OiDB's collections hold, by level, instrument, array, mode and year: the source of lists and statistics.

Counts are kept in memory until their collection changes: a first count of 350,000 exposures costs half a second. May
import ``ingest.archive.connection``.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.archive.connection import Cursor

#: Counts older than this are made anew even where the collection says that nothing has changed.
_KEPT_SECONDS = 300.0
#: A collection that changes all the time is counted anew when its last count is a hundred times as old as it took.
_PATIENCE = 100.0
#: Counts that took less are cheap, and always made anew after a change.
_CHEAP_SECONDS = 0.05
_MOST_KEPT = 2000


@dataclass(frozen=True)
class Cell:
    """Granules, or exposures, that have the same level, instrument, array, mode and year (UTC).

    Names are the normalised ones, else the files' own; empty where nothing is told. Years outside 1900 to 2159 are
    None. Times are MJD.
    """

    level: int
    instrument: str
    facility: str
    mode: str
    year: int | None
    nb: int
    t_min: float | None
    t_max: float | None


@dataclass(frozen=True)
class Held:
    """What a collection holds.

    Attributes
    ----------
    size
        Bytes of its files.
    """

    nb_files: int
    size: int
    cells: tuple[Cell, ...]

    @property
    def nb(self) -> int:
        """Number of granules and exposures."""
        return sum(cell.nb for cell in self.cells)

    @property
    def levels(self) -> tuple[int, ...]:
        """Levels, the lowest first."""
        return tuple(sorted({cell.level for cell in self.cells}))

    @property
    def instruments(self) -> tuple[str, ...]:
        """Names of instruments, the one with most data first."""
        return names_by_number(self.cells, lambda cell: cell.instrument)

    @property
    def facilities(self) -> tuple[str, ...]:
        """Names of arrays, the one with most data first."""
        return names_by_number(self.cells, lambda cell: cell.facility)

    @property
    def span(self) -> tuple[float, float] | None:
        """First and last moment (MJD), or None."""
        first = [cell.t_min for cell in self.cells if cell.t_min is not None]
        last = [cell.t_max for cell in self.cells if cell.t_max is not None]
        return (min(first), max(last)) if first and last else None


@dataclass(frozen=True)
class ListedCollection:
    """A published collection as lists show it.

    Attributes
    ----------
    datapi, co_pis
        Names, separated by ``/``.
    """

    id: str
    kind: str
    name: str
    title: str
    datapi: str
    co_pis: str
    bibcode: str | None
    created: datetime
    updated: datetime
    held: Held


NOTHING = Held(0, 0, ())


@dataclass(frozen=True)
class _Kept:
    changed: datetime
    counted: float
    took: float
    held: Held

    def serves(self, changed: datetime, now: float) -> bool:
        age = now - self.counted
        if changed == self.changed:
            return age < _KEPT_SECONDS
        return self.took > _CHEAP_SECONDS and age < self.took * _PATIENCE


_kept: dict[str, _Kept] = {}
_lock = threading.Lock()


def names_by_number(cells: Iterable[Cell], name: Callable[[Cell], str]) -> tuple[str, ...]:
    """Return the names that cells have, without the empty one, that with most data first."""
    totals: dict[str, int] = {}
    for cell in cells:
        if name(cell):
            totals[name(cell)] = totals.get(name(cell), 0) + cell.nb
    return tuple(sorted(totals, key=lambda found: (-totals[found], found)))


def list_collections(cursor: Cursor, limit: int | None = None) -> list[ListedCollection]:
    """Return the collections that are not retired, the one that changed last first."""
    cursor.execute(
        """SELECT id, kind, name, title, datapi, co_pis, article_bibcode AS bibcode, created, updated
           FROM archive.collection WHERE retired IS NULL ORDER BY updated DESC, id LIMIT %s""",
        [limit],
    )
    rows = cursor.fetchall()
    held = holdings_of(cursor, {row.id: row.updated for row in rows})
    return [ListedCollection(**row._asdict(), held=held[row.id]) for row in rows]


def holdings_of(cursor: Cursor, changed: dict[str, datetime]) -> dict[str, Held]:
    """Return what collections hold, counted now or before.

    Parameters
    ----------
    changed
        When each of them changed last, by identifier.
    """
    now = time.monotonic()
    with _lock:
        found = {name: _kept[name].held for name in changed if name in _kept and _kept[name].serves(changed[name], now)}
        missing = [name for name in changed if name not in found]
        if not missing:
            return found
        counted = _count(cursor, missing)
        done = time.monotonic()
        # of several that were counted together, the large ones took the time
        total = sum(held.nb for held in counted.values()) or 1
        if len(_kept) > _MOST_KEPT:
            _kept.clear()
        for name, held in counted.items():
            _kept[name] = _Kept(changed[name], done, (done - now) * held.nb / total, held)
        return found | counted


_YEAR = """CASE WHEN {0} BETWEEN 15020 AND 109900
    THEN extract(year FROM timestamp '1858-11-17' + {0} * interval '1 day')::int END"""


def _count(cursor: Cursor, collections: Sequence[str]) -> dict[str, Held]:
    cells: dict[str, list[Cell]] = {name: [] for name in collections}
    cursor.execute(
        f"""SELECT f.collection_id, f.level, coalesce(g.instrument, g.instrument_name) AS instrument,
              coalesce(g.facility, g.facility_name) AS facility, coalesce(g.instrument_mode, '') AS mode,
              {_YEAR.format("g.t_min")} AS year, count(*) AS nb, min(g.t_min) AS t_min, max(g.t_max) AS t_max
            FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
            WHERE f.collection_id = ANY(%(ids)s) AND f.retired IS NULL GROUP BY 1, 2, 3, 4, 5, 6
            UNION ALL
            SELECT e.collection_id, 0, e.instrument, e.interferometer, coalesce(e.mode, ''),
              {_YEAR.format("e.mjd_start")}, count(*), min(e.mjd_start), max(e.mjd_end)
            FROM archive.exposure AS e JOIN archive.frame AS r ON r.id = e.header_id AND r.gone IS NULL
            WHERE e.collection_id = ANY(%(ids)s) GROUP BY 1, 3, 4, 5, 6
            ORDER BY 1, 2, 3, 4, 5, 6""",
        {"ids": list(collections)},
    )
    for row in cursor.fetchall():
        cells[row.collection_id].append(Cell(*row[1:]))
    cursor.execute(
        """SELECT collection_id, count(*) AS nb, sum(size_bytes)::bigint AS size FROM archive.file
           WHERE collection_id = ANY(%s) AND retired IS NULL GROUP BY 1""",
        [list(collections)],
    )
    files = {row.collection_id: (row.nb, row.size) for row in cursor.fetchall()}
    return {name: Held(*files.get(name, (0, 0)), tuple(cells[name])) for name in collections}
