"""What was made from what: raw exposures of a granule, granules of an exposure.

Nothing records it, so it is inferred: a file that bears the frame's identifier as its obs_id, or data of the same
programme, instrument and place on the sky whose times overlap. May import ``ingest.archive.connection``.
"""

from dataclasses import dataclass
from datetime import datetime

from ingest.archive.connection import Cursor

#: Most relatives that are listed: a night of one star rarely has more.
MOST = 50

#: Times of OIFITS are means of integrations, and rounded (d); positions are those of different catalogues (deg).
_MINUTE, _NEAR = 1 / 1440, 60 / 3600
#: A granule is of one night: it begins at most so long before its last exposure, d.
_NIGHT = 1.0

#: Programmes are written with and without leading zeros: 0104.C-0567(A), 104.C-0567(A).
_PROGRAMME = "lower(ltrim(btrim({}), '0'))"


@dataclass(frozen=True)
class RawExposure:
    """An exposure as its links tell of it.

    Attributes
    ----------
    url
        Where its archive delivers the frame; None for logs without files.
    size_kb
        Size as its archive estimates it, kilobytes.
    withdrawn
        When the frame was found to be gone from its archive.
    """

    publisher_did: str
    id: int
    exp_id: str
    interferometer: str
    instrument: str
    target: str
    mjd_start: float
    prog_id: str | None
    url: str | None
    size_kb: int | None
    release_date: datetime | None
    withdrawn: datetime | None


@dataclass(frozen=True)
class MadeGranule:
    """A granule that was made from an exposure; t_min is MJD."""

    id: int
    publisher_did: str
    obs_id: str | None
    target_name: str
    calib_level: int
    instrument: str | None
    t_min: float | None
    collection_id: str


_EXPOSURE = """e.publisher_did, e.id, e.exp_id, e.interferometer, e.instrument,
    coalesce(t.name, e.raw_target) AS target, e.mjd_start, e.prog_id,
    archive.raw_url(e.access_url, e.header_id, e.interferometer) AS url, e.access_estsize AS size_kb, e.release_date,
    r.gone AS withdrawn"""
_FROM_EXPOSURE = """archive.exposure AS e JOIN archive.frame AS r ON r.id = e.header_id
    LEFT JOIN archive.target AS t ON t.id = e.target_id"""


def find_exposure(cursor: Cursor, publisher_did: str) -> RawExposure | None:
    """Return an exposure by its publisher's identifier."""
    cursor.execute(f"SELECT {_EXPOSURE} FROM {_FROM_EXPOSURE} WHERE e.publisher_did = %s", [publisher_did])
    row = cursor.fetchone()
    return None if row is None else RawExposure(**row._asdict())


# Both ask twice, first for one row and then with its values: with a join instead, PostgreSQL knows nothing of the
# times and scans the files (measured on 500,000 granules).


def exposures_of_granule(cursor: Cursor, granule_id: int) -> list[RawExposure]:
    """Return the exposures that a granule was made from, in the order of time; at most `MOST`."""
    cursor.execute(
        f"""SELECT f.obs_id, {_PROGRAMME.format("f.progid")} AS programme, g.instrument, g.t_min, g.t_max, g.s_ra,
                g.s_dec
            FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id WHERE g.id = %s""",
        [granule_id],
    )
    granule = cursor.fetchone()
    if granule is None:
        return []
    cursor.execute(
        f"""WITH relative AS (
              SELECT id FROM archive.exposure WHERE header_id = %(obs_id)s OR exp_id = %(obs_id)s
              UNION
              (SELECT e.id FROM archive.exposure AS e LEFT JOIN archive.target AS t ON t.id = e.target_id
              WHERE e.instrument = %(instrument)s AND {_PROGRAMME.format("e.prog_id")} = %(programme)s
                AND e.mjd_start BETWEEN %(t_min)s - {_NIGHT} AND %(t_max)s + {_MINUTE}
                AND e.mjd_end >= %(t_min)s - {_MINUTE}
                AND (%(s_ra)s IS NULL OR q3c_dist(%(s_ra)s, %(s_dec)s, t.ra, t.dec) < {_NEAR})
              ORDER BY e.mjd_start, e.id LIMIT {MOST}))
            SELECT {_EXPOSURE} FROM relative JOIN {_FROM_EXPOSURE} ON relative.id = e.id
            WHERE r.gone IS NULL ORDER BY e.mjd_start, e.id LIMIT {MOST}""",
        granule._asdict(),
    )
    return [RawExposure(**row._asdict()) for row in cursor.fetchall()]


def versions_of_granule(cursor: Cursor, granule_id: int) -> list[MadeGranule]:
    """Return the granules of other levels that bear the same observation's identifier, target and instrument.

    Those of a lower level are what it was made from, those of a higher one were made from it; at most `MOST`.
    """
    cursor.execute(
        f"""SELECT d.id, d.publisher_did, d.obs_id, d.target_name, d.level AS calib_level, d.instrument, d.t_min,
                d.collection_id
            FROM archive.dataset AS own JOIN archive.dataset AS d ON d.obs_id = own.obs_id AND d.level > 0
                AND d.level <> own.level AND d.instrument = own.instrument
                AND lower(d.target_name) = lower(own.target_name)
            WHERE own.id = %s ORDER BY d.level, d.t_min, d.id LIMIT {MOST}""",
        [granule_id],
    )
    return [MadeGranule(**row._asdict()) for row in cursor.fetchall()]


def granules_of_exposure(cursor: Cursor, exposure_id: int) -> list[MadeGranule]:
    """Return the granules made from an exposure, the highest level first; at most `MOST`."""
    cursor.execute(
        f"""SELECT e.header_id, e.exp_id, {_PROGRAMME.format("e.prog_id")} AS programme, e.instrument, e.mjd_start,
                e.mjd_end, t.ra, t.dec
            FROM archive.exposure AS e LEFT JOIN archive.target AS t ON t.id = e.target_id WHERE e.id = %s""",
        [exposure_id],
    )
    exposure = cursor.fetchone()
    if exposure is None:
        return []
    cursor.execute(
        f"""SELECT id, publisher_did, obs_id, target_name, level AS calib_level, instrument, t_min, collection_id
            FROM archive.dataset WHERE level > 0 AND obs_id IN (%(header_id)s, %(exp_id)s)
            UNION
            SELECT id, publisher_did, obs_id, target_name, level, instrument, t_min, collection_id
            FROM archive.dataset WHERE level > 0 AND instrument = %(instrument)s
              AND {_PROGRAMME.format("progid")} = %(programme)s
              AND t_min BETWEEN %(mjd_start)s - {_NIGHT} AND %(mjd_end)s + {_MINUTE}
              AND t_max >= %(mjd_start)s - {_MINUTE}
              AND (s_ra IS NULL OR q3c_dist(s_ra, s_dec, %(ra)s, %(dec)s) < {_NEAR})
            ORDER BY calib_level DESC, t_min, id LIMIT {MOST}""",
        exposure._asdict(),
    )
    return [MadeGranule(**row._asdict()) for row in cursor.fetchall()]
