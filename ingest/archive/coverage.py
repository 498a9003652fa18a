"""What the data of each service cover on the sky, in time and in wavelength, for its record in the registry.

Metadata are public, so private granules count, too. May import ``ingest.archive.connection`` and
``ingest.registry.coverage``.
"""

from ingest.archive.connection import Cursor
from ingest.registry.coverage import ORDER, Facts, Interval, TestQuery, energies, moc, periods

#: What each service publishes: a key, a position (deg), a time span (MJD), a wavelength span (m), when it changed.
_SOURCES = {
    "oidb": """SELECT d.id AS key, d.s_ra AS ra, d.s_dec AS dec, d.t_min AS start, d.t_max AS finish,
            coalesce(g.em_min, e.em_min) AS shortest, coalesce(g.em_max, e.em_max) AS longest,
            coalesce(g.subdate, e.date_updated) AS changed
        FROM archive.dataset AS d LEFT JOIN archive.granule AS g ON g.id = d.id
            LEFT JOIN archive.exposure AS e ON e.id = d.id""",
    "obsportal": """SELECT e.id AS key, t.ra, t.dec, e.mjd_start AS start, e.mjd_end AS finish,
            e.em_min AS shortest, e.em_max AS longest, e.date_updated AS changed
        FROM archive.exposure AS e LEFT JOIN archive.target AS t ON t.id = e.target_id""",
    "jmdc": """SELECT m.id AS key, s.ra, s.dec, CAST(NULL AS float8) AS start, CAST(NULL AS float8) AS finish,
            m.wl_min * 1e-6 AS shortest, m.wl_max * 1e-6 AS longest, greatest(m.updated, s.updated) AS changed
        FROM archive.jmdc_measurement AS m JOIN archive.jmdc_star AS s ON s.id = m.star_id
        WHERE m.state = 'accepted'""",
    "badcal": """SELECT id AS key, ra, dec, CAST(observed - date '1858-11-17' AS float8) AS start,
            CAST(observed - date '1858-11-17' + 1 AS float8) AS finish,
            wavelength * 1e-6 AS shortest, wavelength * 1e-6 AS longest, updated AS changed
        FROM archive.badcal_report WHERE state = 'accepted'""",
}

#: Radius (deg) of the test query: it holds the position that it was made of, and little else.
_RADIUS = 0.05


def facts(cursor: Cursor, service: str) -> Facts:
    """Return what is known of the data of a service: four scans of them.

    Raises
    ------
    KeyError
        For a service that has no data of its own.
    """
    source = _SOURCES[service]
    cursor.execute(f"SELECT CAST(max(changed) AT TIME ZONE 'UTC' AS date) AS day FROM ({source}) AS s")
    changed = cursor.fetchone()
    return Facts(
        spatial=moc(_cells(cursor, source)),
        temporal=periods(_spans(cursor, source)),
        spectral=energies(_wavelengths(cursor, source)),
        test=_test_query(cursor, source),
        updated=changed.day if changed else None,
    )


def _cells(cursor: Cursor, source: str) -> list[int]:
    cursor.execute(
        f"""SELECT DISTINCT healpix_nest({ORDER}, spoint(radians(ra), radians(dec))) AS cell FROM ({source}) AS s
            WHERE ra IS NOT NULL AND dec IS NOT NULL"""
    )
    return [row.cell for row in cursor.fetchall()]


def _spans(cursor: Cursor, source: str) -> list[Interval]:
    # by months, so that few rows come out of a million
    cursor.execute(
        f"""SELECT min(start) AS first, max(greatest(start, finish)) AS last FROM ({source}) AS s
            WHERE start IS NOT NULL GROUP BY floor(start / 30)"""
    )
    return [(row.first, row.last) for row in cursor.fetchall()]


def _wavelengths(cursor: Cursor, source: str) -> list[Interval]:
    # by twentieths of a decade at both ends
    cursor.execute(
        f"""SELECT min(shortest) AS first, max(longest) AS last FROM ({source}) AS s
            WHERE shortest > 0 AND longest >= shortest
            GROUP BY floor(log(shortest) * 20), floor(log(longest) * 20)"""
    )
    return [(row.first, row.last) for row in cursor.fetchall()]


def _test_query(cursor: Cursor, source: str) -> TestQuery | None:
    # the oldest row: it is the same as long as that row stays, so that records do not change without need
    cursor.execute(
        f"""SELECT ra, dec FROM ({source}) AS s WHERE ra IS NOT NULL AND dec IS NOT NULL ORDER BY key LIMIT 1"""
    )
    row = cursor.fetchone()
    return TestQuery(round(row.ra, 4), round(row.dec, 4), _RADIUS) if row else None
