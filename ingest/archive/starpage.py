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
class Observed:
    """What ObsPortal has within 30 arcsec of a place.

    Attributes
    ----------
    targets
        Numbers of its targets there.
    exposures, calibrations
        Exposures of these, and those of them that were of a calibrator.
    last_calibration
        When the last one of a calibrator began (MJD, UTC).
    """

    targets: tuple[int, ...] = ()
    exposures: int = 0
    calibrations: int = 0
    last_calibration: float | None = None


@dataclass(frozen=True)
class StarFacts:
    """A star of the JMDC.

    Attributes
    ----------
    ra, dec, pm_ra, pm_dec
        ICRS, epoch 2000.0, deg and mas/yr.
    measurements
        Published ones, the oldest publication first.
    granules
        Count within 30 arcsec, in OiDB.
    observed
        What ObsPortal has there.
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
    observed: Observed = Observed()
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


def _around(cursor: Cursor, ra: float, dec: float) -> tuple[int, Observed, tuple[tuple[int, str], ...]]:
    place = {"ra": ra, "dec": dec, "near": _NEAR / 3600, "observed": _NEAR_OBSERVED / 3600}
    cursor.execute(
        """SELECT count(*) FILTER (WHERE level > 0) AS granules FROM archive.dataset
           WHERE q3c_radial_query(s_ra, s_dec, %(ra)s, %(dec)s, %(observed)s)""",
        place,
    )
    granules: Any = cursor.fetchone()
    cursor.execute(
        """SELECT id, name FROM archive.badcal_report
           WHERE state = 'accepted' AND q3c_radial_query(ra, dec, %(ra)s, %(dec)s, %(near)s) ORDER BY id""",
        place,
    )
    reports = tuple((row.id, row.name) for row in cursor.fetchall())
    return granules.granules, observed_near(cursor, ra, dec), reports


def observed_near(cursor: Cursor, ra: float, dec: float) -> Observed:
    """Return what ObsPortal has of the star at a place (deg, ICRS)."""
    cursor.execute(
        """SELECT t.id, e.nb, e.calibrations, e.last
           FROM archive.target AS t CROSS JOIN LATERAL (
               SELECT count(*) AS nb, count(*) FILTER (WHERE obs_type = 'calibrator') AS calibrations,
                   max(mjd_start) FILTER (WHERE obs_type = 'calibrator') AS last
               FROM archive.exposure WHERE target_id = t.id) AS e
           WHERE t.merged_into IS NULL AND q3c_radial_query(t.ra, t.dec, %(ra)s, %(dec)s, %(radius)s)
           ORDER BY t.id""",
        {"ra": ra, "dec": dec, "radius": _NEAR_OBSERVED / 3600},
    )
    rows = cursor.fetchall()
    return Observed(
        tuple(row.id for row in rows),
        sum(row.nb for row in rows),
        sum(row.calibrations for row in rows),
        max((row.last for row in rows if row.last is not None), default=None),
    )
