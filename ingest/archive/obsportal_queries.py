"""What the pages of ObsPortal show of one exposure, one observation, one target.

May import ``ingest.archive.connection``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from ingest.archive.connection import Cursor


@dataclass(frozen=True)
class ExposureRecord:
    """An exposure with everything that is stored of it; for meanings and units see `ingest.eso.model.Exposure`."""

    id: int
    exp_id: str
    header_id: str
    publisher_did: str
    observation_id: int
    target_id: int | None
    interferometer: str
    stations: str | None
    telescopes: str | None
    instrument: str
    mode: str | None
    submode: str | None
    em_min: float | None
    em_max: float | None
    em_res_power: float | None
    obs_type: str
    mjd_start: float
    mjd_end: float
    exptime: float | None
    dit: float | None
    ndit: int | None
    raw_target: str
    ra: float | None
    dec: float | None
    ref_ra: float | None
    ref_dec: float | None
    object_label: str
    ft_object: str | None
    sc_object: str | None
    sc_offset_ra: float | None
    sc_offset_dec: float | None
    prog_id: str | None
    prog_title: str | None
    pi_coi: str | None
    proposal_subid: str | None
    tpl_id: str | None
    tpl_start: datetime | None
    tpl_expno: int | None
    tpl_nexp: int | None
    seeing: float | None
    tau0: float | None
    temperature: float | None
    humidity: float | None
    pressure: float | None
    wind_speed: float | None
    wind_direction: float | None
    iwv: float | None
    airmass: float | None
    altitude: float | None
    azimuth: float | None
    fringe_tracker: str | None
    adaptive_optics: str | None
    quality_level: int | None
    release_date: datetime | None
    access_url: str | None
    access_estsize: int | None
    validation_level: int
    validation_log: str
    aspro_log: str
    findings: str
    date_updated: datetime
    #: of its target, its observation and its frame
    target_name: str | None
    target_ra: float | None
    target_dec: float | None
    ob_id: int | None
    ob_name: str | None
    source: str
    gone: datetime | None


_ELSEWHERE = {
    "access_url": "archive.raw_url(e.access_url, e.header_id, e.interferometer)",
    "target_name": "t.name",
    "target_ra": "t.ra",
    "target_dec": "t.dec",
    "ob_id": "o.ob_id",
    "ob_name": "o.ob_name",
    "source": "f.source",
    "gone": "f.gone",
}
_EXPOSURE = ", ".join(
    f"{_ELSEWHERE.get(field.name, f'e.{field.name}')} AS {field.name}" for field in fields(ExposureRecord)
)


@dataclass(frozen=True)
class StoredBaseline:
    """A projected baseline: computed u, v, and length and angle of the header; m and degrees."""

    exposure_id: int
    first: str
    second: str
    u_start: float | None
    v_start: float | None
    u_end: float | None
    v_end: float | None
    header_length_start: float | None
    header_length_end: float | None
    header_angle_start: float | None
    header_angle_end: float | None


@dataclass(frozen=True)
class Neighbour:
    """The exposure before or after another one."""

    exp_id: str
    mjd_start: float


@dataclass(frozen=True)
class ObservationRecord:
    """An observing block, or what stands for one."""

    id: int
    interferometer: str
    ob_id: int | None
    ob_name: str | None
    prog_id: str | None
    prog_title: str | None
    pi_coi: str | None
    container_id: int | None
    container_type: str | None


@dataclass(frozen=True)
class ListedObservation:
    """An observation as a list shows it."""

    id: int
    ob_name: str | None
    prog_id: str | None
    instruments: str
    targets: str
    mjd_start: float
    mjd_end: float
    nb_exposures: int


@dataclass(frozen=True)
class Weather:
    """Weather of an exposure, in the units of `ingest.eso.model.Exposure`."""

    exp_id: str
    mjd_start: float
    seeing: float | None
    tau0: float | None
    temperature: float | None
    humidity: float | None
    wind_speed: float | None
    iwv: float | None
    airmass: float | None


@dataclass(frozen=True)
class TargetRecord:
    """An identified target: degrees (ICRS, epoch 2000.0), mas/yr, arcsec."""

    id: int
    name: str
    ra: float
    dec: float
    pm_ra: float | None
    pm_dec: float | None
    origin: str
    scatter: float | None
    merged_into: int | None


@dataclass(frozen=True)
class Alias:
    """A name that headers gave to a target, how often, and the largest distance of its positions, arcsec."""

    raw_name: str
    nb: int
    separation: float | None


@dataclass(frozen=True)
class InstrumentCount:
    """Exposures of a target with an instrument and mode, and the time from the first to the last (MJD)."""

    instrument: str
    mode: str | None
    nb: int
    first: float
    last: float


def _columns(kind: type) -> str:
    return ", ".join(field.name for field in fields(kind))


def find_exposure(cursor: Cursor, exp_id: str) -> ExposureRecord | None:
    """Return an exposure by its identifier."""
    cursor.execute(
        f"""SELECT {_EXPOSURE} FROM archive.exposure AS e
            JOIN archive.observation AS o ON o.id = e.observation_id
            JOIN archive.frame AS f ON f.id = e.header_id
            LEFT JOIN archive.target AS t ON t.id = e.target_id WHERE e.exp_id = %s""",
        [exp_id],
    )
    row = cursor.fetchone()
    return ExposureRecord(*row) if row else None


def baselines_of_exposure(cursor: Cursor, exposure_id: int) -> list[StoredBaseline]:
    """Return an exposure's baselines in the order of the beams."""
    cursor.execute(
        f"SELECT {_columns(StoredBaseline)} FROM archive.baseline WHERE exposure_id = %s ORDER BY number", [exposure_id]
    )
    return [StoredBaseline(*row) for row in cursor.fetchall()]


def baselines_of_observation(cursor: Cursor, observation_id: int, limit: int) -> list[StoredBaseline]:
    """Return the baselines of an observation's exposures, in the order of time; at most so many."""
    columns = ", ".join(f"b.{field.name}" for field in fields(StoredBaseline))
    cursor.execute(
        f"""SELECT {columns} FROM archive.exposure AS e JOIN archive.baseline AS b ON b.exposure_id = e.id
            WHERE e.observation_id = %s ORDER BY e.mjd_start, e.id, b.number LIMIT %s""",
        [observation_id, limit],
    )
    return [StoredBaseline(*row) for row in cursor.fetchall()]


def neighbours(cursor: Cursor, exposure: ExposureRecord) -> tuple[Neighbour | None, Neighbour | None]:
    """Return the exposures with the same instrument before and after one."""
    found: list[Neighbour | None] = []
    for compare, order in (("<", "DESC"), (">", "ASC")):
        cursor.execute(
            f"""SELECT exp_id, mjd_start FROM archive.exposure
                WHERE instrument = %(instrument)s AND mjd_start {compare}= %(mjd)s
                  AND (mjd_start, exp_id) {compare} (%(mjd)s, %(exp_id)s)
                ORDER BY mjd_start {order}, exp_id {order} LIMIT 1""",
            {"instrument": exposure.instrument, "mjd": exposure.mjd_start, "exp_id": exposure.exp_id},
        )
        row = cursor.fetchone()
        found.append(Neighbour(*row) if row else None)
    return found[0], found[1]


def find_observation(cursor: Cursor, observation_id: int) -> ObservationRecord | None:
    """Return an observation by its identifier."""
    cursor.execute(
        f"SELECT {_columns(ObservationRecord)} FROM archive.observation WHERE id = %s",
        [observation_id],
    )
    row = cursor.fetchone()
    return ObservationRecord(*row) if row else None


def weather_of_observation(cursor: Cursor, observation_id: int, limit: int) -> list[Weather]:
    """Return the weather through an observation, in the order of time."""
    cursor.execute(
        f"""SELECT {_columns(Weather)} FROM archive.exposure WHERE observation_id = %s
            ORDER BY mjd_start, id LIMIT %s""",
        [observation_id, limit],
    )
    return [Weather(*row) for row in cursor.fetchall()]


_LISTED = """SELECT o.id, o.ob_name, o.prog_id, string_agg(DISTINCT e.instrument, ' ') AS instruments,
        coalesce(string_agg(DISTINCT t.name, ', '), '') AS targets, min(e.mjd_start) AS mjd_start,
        max(e.mjd_end) AS mjd_end, count(*) AS nb_exposures
    FROM archive.observation AS o JOIN archive.exposure AS e ON e.observation_id = o.id
        LEFT JOIN archive.target AS t ON t.id = e.target_id
    WHERE {} GROUP BY o.id ORDER BY min(e.mjd_start) {}, o.id LIMIT %(limit)s"""


def container_of(cursor: Cursor, observation: ObservationRecord, limit: int) -> list[ListedObservation]:
    """Return the observations of an observation's container, itself among them, in the order of time."""
    if observation.container_id is None:
        return []
    cursor.execute(
        _LISTED.format("o.container_id = %(container)s AND o.interferometer = %(array)s", "ASC"),
        {"container": observation.container_id, "array": observation.interferometer, "limit": limit},
    )
    return [ListedObservation(*row) for row in cursor.fetchall()]


def observations_of_target(cursor: Cursor, target_id: int, limit: int) -> list[ListedObservation]:
    """Return the observations of a target, the latest first."""
    cursor.execute(_LISTED.format("e.target_id = %(target)s", "DESC"), {"target": target_id, "limit": limit})
    return [ListedObservation(*row) for row in cursor.fetchall()]


def find_target(cursor: Cursor, target_id: int) -> TargetRecord | None:
    """Return a target by its identifier, merged ones, too."""
    cursor.execute(f"SELECT {_columns(TargetRecord)} FROM archive.target WHERE id = %s", [target_id])
    row = cursor.fetchone()
    return TargetRecord(*row) if row else None


def aliases_of_target(cursor: Cursor, target_id: int) -> list[Alias]:
    """Return the names that headers gave to a target, the most frequent first."""
    cursor.execute(
        "SELECT raw_name, nb, separation FROM archive.target_alias WHERE target_id = %s ORDER BY nb DESC, raw_name",
        [target_id],
    )
    return [Alias(*row) for row in cursor.fetchall()]


def instruments_of_target(cursor: Cursor, target_id: int) -> list[InstrumentCount]:
    """Return what a target was observed with, and how often."""
    cursor.execute(
        """SELECT instrument, mode, count(*) AS nb, min(mjd_start) AS first, max(mjd_end) AS last
           FROM archive.exposure WHERE target_id = %s GROUP BY instrument, mode ORDER BY instrument, mode""",
        [target_id],
    )
    return [InstrumentCount(*row) for row in cursor.fetchall()]


def positions_of_targets(cursor: Cursor, target_ids: Sequence[int]) -> list[tuple[float, float]]:
    """Return right ascensions and declinations of targets, in degrees."""
    cursor.execute("SELECT ra, dec FROM archive.target WHERE id = ANY(%s) ORDER BY id", [list(target_ids)])
    return [(row.ra, row.dec) for row in cursor.fetchall()]
