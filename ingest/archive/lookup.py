"""Short reads for the search: what a name in its form may mean.

May import ``ingest.archive.connection``.
"""

from dataclasses import dataclass

from ingest.archive.connection import Cursor


@dataclass(frozen=True)
class NamedData:
    """A granule (level 1 to 3), or an exposure (level 0), of which obs_id is the identifier."""

    id: int
    level: int
    obs_id: str | None


def find_data(cursor: Cursor, publisher_did: str) -> NamedData | None:
    """Return what a publisher's identifier names; None for what is not published, or not any more."""
    cursor.execute("SELECT id, level, obs_id FROM archive.dataset WHERE publisher_did = %s", [publisher_did])
    row = cursor.fetchone()
    return None if row is None else NamedData(*row)


def positions_of_names(cursor: Cursor, names: list[str], limit: int) -> list[tuple[float, float]]:
    """Return where granules and exposures of these target names point, one position for each 0.1 degree.

    Parameters
    ----------
    names
        Names in lower case; the index is on ``lower(target_name)``.
    limit
        Most positions to return.

    Returns
    -------
    list
        Right ascension and declination in degrees (ICRS); empty when nothing with a position has such a name.
    """
    cursor.execute(
        """SELECT DISTINCT ON (round(s_ra::numeric, 1), round(s_dec::numeric, 1)) s_ra, s_dec
           FROM archive.dataset WHERE lower(target_name) = ANY(%s) AND s_ra IS NOT NULL AND s_dec IS NOT NULL
           LIMIT %s""",
        [names, limit],
    )
    return [(row.s_ra, row.s_dec) for row in cursor.fetchall()]


def names_are_known(cursor: Cursor, names: list[str]) -> bool:
    """Tell whether a granule or an exposure has one of these target names (in lower case)."""
    cursor.execute("SELECT EXISTS (SELECT FROM archive.dataset WHERE lower(target_name) = ANY(%s)) AS known", [names])
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
