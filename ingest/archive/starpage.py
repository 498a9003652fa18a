"""What the page of a star shows: its measurements, and what else is at its place.

May import ``ingest.archive.connection`` and ``ingest.catalogs``.
"""

from dataclasses import dataclass
from typing import Any

from ingest.archive.connection import Cursor
from ingest.catalogs.jmdc import COLUMNS, Measurement
from ingest.catalogs.names import star_key

#: How near things must be to be of the star, arcsec; positions of observations are less good.
_NEAR, _NEAR_OBSERVED = 5.0, 30.0


@dataclass(frozen=True)
class PublishedMeasurement:
    """A published measurement: its number, edition, and wavelengths read from its band, µm."""

    id: int
    measurement: Measurement
    edition: str
    wl_min: float | None
    wl_max: float | None


@dataclass(frozen=True)
class StarFacts:
    """A star of the JMDC.

    Attributes
    ----------
    ra, dec, pm_ra, pm_dec
        ICRS, epoch 2000.0, deg and mas/yr.
    measurements
        Published ones, the oldest publication first.
    granules, exposures
        Counts within 30 arcsec, in OiDB and in ObsPortal.
    targets
        Numbers of ObsPortal's targets there.
    reports
        Numbers and names of BadCal's reports within 5 arcsec.
    """

    name: str
    ra: float | None
    dec: float | None
    pm_ra: float | None
    pm_dec: float | None
    aliases: tuple[str, ...]
    measurements: tuple[PublishedMeasurement, ...]
    granules: int = 0
    exposures: int = 0
    targets: tuple[int, ...] = ()
    reports: tuple[tuple[int, str], ...] = ()


def star_facts(cursor: Cursor, name: str) -> StarFacts | None:
    """Return what is known of the star that has a name, written in any way; None without published measurements."""
    cursor.execute(
        """SELECT s.* FROM archive.jmdc_star_name AS n JOIN archive.jmdc_star AS s ON s.id = n.star_id
           WHERE n.key = %s""",
        [star_key(name)],
    )
    star: Any = cursor.fetchone()
    if star is None:
        return None
    measurements = _measurements(cursor, star.id)
    if not measurements:
        return None
    cursor.execute("SELECT name FROM archive.jmdc_star_name WHERE star_id = %s ORDER BY key", [star.id])
    aliases = tuple(row.name for row in cursor.fetchall() if row.name != star.name)
    known = (star.name, star.ra, star.dec, star.pm_ra, star.pm_dec, aliases, measurements)
    return StarFacts(*known) if star.ra is None else StarFacts(*known, *_around(cursor, star.ra, star.dec))


def _measurements(cursor: Cursor, star_id: int) -> tuple[PublishedMeasurement, ...]:
    cursor.execute(
        f"""SELECT m.id, coalesce(e.name, '') AS edition, m.wl_min, m.wl_max,
                {", ".join(f"m.{name}" for name in COLUMNS)}
            FROM archive.jmdc_measurement AS m LEFT JOIN archive.catalogue_edition AS e ON e.id = m.first_edition_id
            WHERE m.star_id = %s AND m.state = 'accepted' ORDER BY m.bibcode, m.id""",
        [star_id],
    )
    return tuple(
        PublishedMeasurement(row[0], Measurement(*row[4:]), row[1], row[2], row[3]) for row in cursor.fetchall()
    )


def _around(cursor: Cursor, ra: float, dec: float) -> tuple[int, int, tuple[int, ...], tuple[tuple[int, str], ...]]:
    place = {"ra": ra, "dec": dec, "near": _NEAR / 3600, "observed": _NEAR_OBSERVED / 3600}
    cursor.execute(
        """SELECT count(*) FILTER (WHERE level > 0) AS granules FROM archive.dataset
           WHERE q3c_radial_query(s_ra, s_dec, %(ra)s, %(dec)s, %(observed)s)""",
        place,
    )
    granules: Any = cursor.fetchone()
    cursor.execute(
        """SELECT t.id, (SELECT count(*) FROM archive.exposure AS e WHERE e.target_id = t.id) AS nb
           FROM archive.target AS t
           WHERE t.merged_into IS NULL AND q3c_radial_query(t.ra, t.dec, %(ra)s, %(dec)s, %(observed)s)
           ORDER BY t.id""",
        place,
    )
    targets = cursor.fetchall()
    cursor.execute(
        """SELECT id, name FROM archive.badcal_report
           WHERE state = 'accepted' AND q3c_radial_query(ra, dec, %(ra)s, %(dec)s, %(near)s) ORDER BY id""",
        place,
    )
    reports = tuple((row.id, row.name) for row in cursor.fetchall())
    exposures = sum(row.nb for row in targets)
    return granules.granules, exposures, tuple(row.id for row in targets), reports
