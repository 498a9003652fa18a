"""What the catalogues say of places: reports of bad calibrators and measured stars, in one question for many places.

May import ``ingest.archive.connection``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.archive.connection import Cursor

#: How near an entry must be to be of the star, arcsec: as SearchCal matches.
NEAR = 5.0


@dataclass(frozen=True)
class Mark:
    """What the catalogues have at a place.

    Attributes
    ----------
    reports
        Number and reason (a code) of each published report of BadCal, the latest first.
    star
        Name of the star of which JMDC has published measurements; "" for none.
    """

    reports: tuple[tuple[int, str], ...] = ()
    star: str = ""


#: Places are few: each looks into both indexes. PostgreSQL expects a ninth of all stars near a place, and would read
#: all stars and all measurements for a join; OFFSET 0 and a subquery for a value leave it no choice.
_AT = """
    SELECT p.key, r.id, r.reason, NULL AS star
    FROM places AS p JOIN archive.badcal_report AS r ON q3c_join(p.ra, p.dec, r.ra, r.dec, %(near)s)
    WHERE r.state = 'accepted'
    UNION ALL
    SELECT p.key, NULL, NULL, s.name
    FROM places AS p CROSS JOIN LATERAL (
        SELECT id, name FROM archive.jmdc_star AS j WHERE q3c_join(p.ra, p.dec, j.ra, j.dec, %(near)s) OFFSET 0) AS s
    WHERE (SELECT true FROM archive.jmdc_measurement AS m WHERE m.star_id = s.id AND m.state = 'accepted' LIMIT 1)
    ORDER BY 1, 2 DESC NULLS LAST, 4
"""


def mark_at(cursor: Cursor, ra: float | None, dec: float | None) -> Mark:
    """Return what the catalogues have at a position (deg, ICRS); nothing where there is no position."""
    if ra is None or dec is None:
        return Mark()
    places = "SELECT 0::bigint AS key, %(ra)s::float8 AS ra, %(dec)s::float8 AS dec"
    cursor.execute(f"WITH places AS MATERIALIZED ({places}) {_AT}", {"ra": ra, "dec": dec, "near": NEAR / 3600})
    return _marks(cursor).get(0, Mark())


def marks_of_targets(cursor: Cursor, target_ids: Sequence[int | None]) -> dict[int, Mark]:
    """Return what the catalogues have of ObsPortal's targets, by their numbers; only targets that have something."""
    ids = sorted({number for number in target_ids if number is not None})
    if not ids:
        return {}
    places = "SELECT id AS key, ra, dec FROM archive.target WHERE id = ANY(%(ids)s)"
    cursor.execute(f"WITH places AS MATERIALIZED ({places}) {_AT}", {"ids": ids, "near": NEAR / 3600})
    return _marks(cursor)


def _marks(cursor: Cursor) -> dict[int, Mark]:
    reports: dict[int, list[tuple[int, str]]] = {}
    stars: dict[int, str] = {}
    for row in cursor.fetchall():
        if row.star is None:
            reports.setdefault(row.key, []).append((row.id, row.reason))
        else:
            stars.setdefault(row.key, row.star)
    return {key: Mark(tuple(reports.get(key, ())), stars.get(key, "")) for key in reports.keys() | stars.keys()}
