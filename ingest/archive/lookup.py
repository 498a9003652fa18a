"""Short reads for pages: the latest collections, and what a name in a search form may mean.

May import ``ingest.archive.connection``.
"""

import threading
from dataclasses import dataclass
from datetime import date, datetime

from ingest.archive.connection import Cursor

#: Facts of collections by identifier and time of change: counting 350,000 granules costs 0.3 s, so that is done
#: once a change and not once a visit.
_facts: dict[tuple[str, datetime], "CollectionFacts"] = {}
_facts_lock = threading.Lock()
_MOST_FACTS = 500


@dataclass(frozen=True)
class CollectionFacts:
    """What the files of a collection hold; None where it has none."""

    level: int | None
    nb_files: int
    nb_granules: int
    instruments: tuple[str, ...]
    first_night: date | None
    last_night: date | None


@dataclass(frozen=True)
class ListedCollection:
    """A collection as a list shows it."""

    id: str
    kind: str
    title: str
    updated: datetime
    facts: CollectionFacts


def latest_collections(cursor: Cursor, limit: int) -> list[ListedCollection]:
    """Return the collections that changed last, the latest first."""
    cursor.execute(
        "SELECT id, kind, title, updated FROM archive.collection ORDER BY updated DESC, id LIMIT %s", [limit]
    )
    rows = cursor.fetchall()
    return [
        ListedCollection(row.id, row.kind, row.title, row.updated, _facts_of(cursor, row.id, row.updated))
        for row in rows
    ]


def _facts_of(cursor: Cursor, collection_id: str, updated: datetime) -> CollectionFacts:
    key = (collection_id, updated)
    known = _facts.get(key)
    if known is not None:
        return known
    cursor.execute(
        """SELECT (SELECT max(level) FROM archive.file WHERE collection_id = %(id)s) AS level,
               (SELECT count(*) FROM archive.file WHERE collection_id = %(id)s) AS nb_files,
               count(*) AS nb_granules,
               array_agg(DISTINCT instrument) FILTER (WHERE instrument IS NOT NULL) AS instruments,
               min(local_night) AS first_night, max(local_night) AS last_night
           FROM archive.granule JOIN archive.file ON file.id = file_id WHERE collection_id = %(id)s""",
        {"id": collection_id},
    )
    row = cursor.fetchone()
    assert row is not None
    facts = CollectionFacts(
        row.level, row.nb_files, row.nb_granules, tuple(row.instruments or ()), row.first_night, row.last_night
    )
    with _facts_lock:
        if len(_facts) >= _MOST_FACTS:
            _facts.clear()
        _facts[key] = facts
    return facts


def positions_of_names(cursor: Cursor, names: list[str], limit: int) -> list[tuple[float, float]]:
    """Return where granules of these target names point, one position for each 0.1 degree.

    Parameters
    ----------
    names
        Names in lower case; the index is on ``lower(target_name)``.
    limit
        Most positions to return.

    Returns
    -------
    list
        Right ascension and declination in degrees (ICRS); empty when no granule with a position has such a name.
    """
    cursor.execute(
        """SELECT DISTINCT ON (round(s_ra::numeric, 1), round(s_dec::numeric, 1)) s_ra, s_dec
           FROM archive.granule WHERE lower(target_name) = ANY(%s) AND s_ra IS NOT NULL AND s_dec IS NOT NULL
           LIMIT %s""",
        [names, limit],
    )
    return [(row.s_ra, row.s_dec) for row in cursor.fetchall()]


def names_are_known(cursor: Cursor, names: list[str]) -> bool:
    """Tell whether a granule has one of these target names (in lower case)."""
    cursor.execute("SELECT EXISTS (SELECT FROM archive.granule WHERE lower(target_name) = ANY(%s)) AS known", [names])
    row = cursor.fetchone()
    assert row is not None
    return bool(row.known)


def collections_like(cursor: Cursor, pattern: str) -> list[str]:
    """Return identifiers of the collections whose identifier, name or title is LIKE a pattern in lower case."""
    cursor.execute(
        """SELECT id FROM archive.collection
           WHERE lower(id) LIKE %(like)s OR lower(name) LIKE %(like)s OR lower(title) LIKE %(like)s ORDER BY id""",
        {"like": pattern},
    )
    return [row.id for row in cursor.fetchall()]
