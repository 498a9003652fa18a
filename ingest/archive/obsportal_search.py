"""Searches in the exposures of ObsPortal: conditions in SQL, rows of a page, rows for programs.

What a user wrote gets into SQL as a parameter only. May import ``ingest.archive.connection``.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import IO, Any

from ingest.archive.connection import Cursor

#: Matches are counted up to here: counting all of a million rows costs half a second.
MOST_COUNTED = 100_000

#: The 29 columns of the original ObsPortal in its order, as SQL. Numbers that are not known are NaN there, too;
#: whole numbers and texts are empty.
COLUMNS = {
    "exp_id": "e.exp_id",
    "exp_header_id": "e.header_id",
    "exp_mjd_start": "e.mjd_start",
    "exp_mjd_end": "e.mjd_end",
    "exp_projected_baselines": "e.projected_baselines",
    "exp_validation_level": "e.validation_level",
    "exp_validation_log": "e.validation_log",
    "exp_tau0": "coalesce(e.tau0, 'NaN')",
    "exp_temperature": "coalesce(e.temperature, 'NaN')",
    "exp_seeing": "coalesce(e.seeing, 'NaN')",
    "exp_date_updated": """to_char(e.date_updated AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"+00:00"')""",
    "exp_date_release": """to_char(e.release_date AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"+00:00"')""",
    "obs_id": "e.observation_id",
    "obs_type": "e.obs_type",
    "obs_program": "e.prog_id",
    "obs_program_title": "e.prog_title",
    "obs_program_pi_coi": "e.pi_coi",
    "interferometer_name": "e.interferometer",
    "interferometer_stations": "e.stations",
    "instrument_name": "e.instrument",
    "instrument_mode": "e.mode",
    "instrument_submode": "e.submode",
    "instrument_em_min": "coalesce(e.em_min, 'NaN')",
    "instrument_em_max": "coalesce(e.em_max, 'NaN')",
    "instrument_em_res_power": "coalesce(e.em_res_power, 'NaN')",
    "target_id": "e.target_id",
    "target_name": "t.name",
    "target_ra": "t.ra",
    "target_dec": "t.dec",
}
#: Exposures whose frame is gone from its archive are not found any more.
_FRAME = "JOIN archive.frame AS f ON f.id = e.header_id AND f.gone IS NULL"
_FROM = f"archive.exposure AS e LEFT JOIN archive.target AS t ON t.id = e.target_id {_FRAME}"
_FROM_IDENTIFIED = f"archive.exposure AS e JOIN archive.target AS t ON t.id = e.target_id {_FRAME}"

#: What a page of results can be sorted by. The first two have an index.
SORTINGS = {
    "newest": "e.mjd_start DESC, e.id",
    "oldest": "e.mjd_start, e.id DESC",
    "target": "lower(coalesce(t.name, e.raw_target)), e.mjd_start DESC, e.id",
    "instrument": "e.instrument, e.mode, e.mjd_start DESC, e.id",
    "programme": "e.prog_id, e.mjd_start DESC, e.id",
}


@dataclass(frozen=True)
class Cone:
    """A circle on the sky: centre in degrees (ICRS), radius in degrees."""

    ra: float
    dec: float
    radius: float


@dataclass(frozen=True)
class ExposureQuery:
    """What is wanted of an exposure; what is empty does not matter.

    Attributes
    ----------
    cones, target_ids
        The target lies in one of the cones, or is one of these.
    program_id
        In lower case; without a run, all runs of the programme.
    stations
        All of them took part.
    observed_from, observed_to
        The exposure overlaps this interval (MJD, UTC), its end not included.
    updated_from, updated_to
        Moment of the last change of the row, both included.
    """

    cones: tuple[Cone, ...] = ()
    target_ids: tuple[int, ...] = ()
    instrument: str = ""
    mode: str = ""
    submode: str = ""
    interferometer: str = ""
    program_id: str = ""
    stations: tuple[str, ...] = ()
    obs_type: str = ""
    valid: bool | None = None
    observed_from: float | None = None
    observed_to: float | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
    observation_id: int | None = None


@dataclass(frozen=True)
class FoundExposure:
    """An exposure as a list shows it; for names and units see `ingest.eso.model.Exposure`."""

    exp_id: str
    mjd_start: float
    mjd_end: float
    instrument: str
    mode: str | None
    submode: str | None
    interferometer: str
    stations: str | None
    obs_type: str
    prog_id: str | None
    observation_id: int
    target_id: int | None
    target_name: str
    seeing: float | None
    tau0: float | None
    validation_level: int
    release_date: datetime | None
    baseline_min: float | None
    baseline_max: float | None


_FOUND = ", ".join(
    "coalesce(t.name, e.raw_target) AS target_name" if field.name == "target_name" else f"e.{field.name}"
    for field in fields(FoundExposure)
)


def _conditions(query: ExposureQuery) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from _places(query)
    for name, column in (("instrument", "e.instrument"), ("mode", "e.mode"), ("submode", "e.submode")):
        if value := getattr(query, name):
            # names of instruments are written in capitals; the index is on the column itself
            if name == "instrument":
                value = value.upper()
                yield f"{column} = %({name})s", {name: value}
            else:
                yield f"lower({column}) = lower(%({name})s)", {name: value}
    if query.interferometer:
        yield "e.interferometer = %(interferometer)s", {"interferometer": query.interferometer.upper()}
    if query.program_id:
        yield _programme(query.program_id)
    if query.stations:
        yield "string_to_array(e.stations, ' ') @> %(stations)s::text[]", {"stations": list(query.stations)}
    if query.obs_type:
        yield "e.obs_type = %(obs_type)s", {"obs_type": query.obs_type}
    if query.valid is not None:
        yield "e.validation_level = %(valid)s", {"valid": int(query.valid)}
    for name, term in (
        ("observed_from", "e.mjd_end >="),
        ("observed_to", "e.mjd_start <"),
        ("updated_from", "e.date_updated >="),
        ("updated_to", "e.date_updated <="),
        ("observation_id", "e.observation_id ="),
    ):
        if (value := getattr(query, name)) is not None:
            yield f"{term} %({name})s", {name: value}


def _places(query: ExposureQuery) -> Iterator[tuple[str, dict[str, Any]]]:
    """Find the targets first: 35,000 of them, for each some exposures by index.

    With pgsphere the database plans such a query in 1 ms, with q3c, whose condition has 70 terms, in 4 ms.
    """
    terms: list[str] = []
    values: dict[str, Any] = {}
    for number, cone in enumerate(query.cones):
        centre = f"spoint(%(ra{number})s, %(dec{number})s)"
        place = "spoint(radians(t.ra), radians(t.dec))"
        terms.append(
            f"{place} <@ scircle({centre}, %(radius{number})s)"
            # circles that are larger than half of the sky are none for pgsphere
            if cone.radius < 90
            else f"{place} <-> {centre} <= %(radius{number})s"
        )
        angles = {f"ra{number}": cone.ra, f"dec{number}": cone.dec, f"radius{number}": cone.radius}
        values |= {name: math.radians(angle) for name, angle in angles.items()}
    if query.target_ids:
        terms.append("t.id = ANY(%(target_ids)s)")
        values["target_ids"] = list(query.target_ids)
    if terms:
        yield " OR ".join(terms), values


def _programme(text: str) -> tuple[str, dict[str, Any]]:
    """Compare a programme, or all of its runs where none is named; ``*`` stands for anything."""
    pattern = re.sub(r"([\\%_])", r"\\\1", text.lower())
    if "*" in pattern:
        return "lower(e.prog_id) LIKE %(program_id)s", {"program_id": pattern.replace("*", "%")}
    return "(lower(e.prog_id) = %(program_id)s OR lower(e.prog_id) LIKE %(runs)s)", {
        "program_id": text.lower(),
        "runs": f"{pattern}(%",
    }


def _where(query: ExposureQuery) -> tuple[str, dict[str, Any]]:
    terms = list(_conditions(query))
    clause = " AND ".join(f"({sql})" for sql, _ in terms) or "true"
    return clause, {name: value for _, values in terms for name, value in values.items()}


def find_exposures(
    cursor: Cursor, query: ExposureQuery, sorting: str, offset: int, limit: int
) -> tuple[list[FoundExposure], int]:
    """Return a page of what matches, and how many match in all (up to one more than `MOST_COUNTED`)."""
    clause, values = _where(query)
    cursor.execute(
        f"SELECT {_FOUND} FROM {_FROM} WHERE {clause} ORDER BY {SORTINGS[sorting]} LIMIT %(_limit)s OFFSET %(_offset)s",
        values | {"_limit": limit, "_offset": offset},
    )
    rows = [FoundExposure(*row) for row in cursor.fetchall()]
    if len(rows) < limit and (rows or not offset):
        return rows, offset + len(rows)
    cursor.execute(
        f"SELECT count(*) AS nb FROM (SELECT FROM {_FROM} WHERE {clause} LIMIT %(_most)s) AS matches",
        values | {"_most": MOST_COUNTED + 1},
    )
    counted = cursor.fetchone()
    assert counted is not None
    return rows, int(counted.nb)


def copy_exposures(cursor: Cursor, query: ExposureQuery, columns: Sequence[str], sink: IO[bytes]) -> None:
    """Write what matches in PostgreSQL's text form of COPY, in the order of time.

    Exposures without a target have no position and are left out: ASPRO2 drops them, too.

    COPY hands rows on as they are found, and none is an object of this process: all 342,000 (402 MB as a VOTable)
    leave in 8 s, and the server keeps to 155 MB.

    Parameters
    ----------
    columns
        Names of `COLUMNS`, in the order that is wanted.
    sink
        Gets bytes as they come, a line a row, columns parted by tabs.
    """
    clause, values = _where(query)
    chosen = ", ".join(COLUMNS[name] for name in columns)
    statement = cursor.mogrify(
        f"SELECT {chosen} FROM {_FROM_IDENTIFIED} WHERE {clause} ORDER BY e.mjd_start, e.exp_id",
        values,
    )
    cursor.copy_expert(f"COPY ({statement.decode()}) TO STDOUT (FORMAT text, NULL '', ENCODING 'UTF8')", sink)


def latest_change(cursor: Cursor) -> str:
    """Return when an exposure changed last, as the original wrote it; empty where there is none."""
    cursor.execute(
        f"SELECT {COLUMNS['exp_date_updated']} AS moment FROM archive.exposure AS e ORDER BY date_updated DESC LIMIT 1"
    )
    row = cursor.fetchone()
    return str(row.moment) if row else ""


def targets_called(cursor: Cursor, keys: Sequence[str], limit: int) -> list[int]:
    """Return the targets that have one of these names, normalised, or were merged into one that has."""
    cursor.execute(
        """SELECT DISTINCT coalesce(t.merged_into, t.id) AS id
           FROM archive.target_alias AS a JOIN archive.target AS t ON t.id = a.target_id
           WHERE a.key = ANY(%s) ORDER BY id LIMIT %s""",
        [list(keys), limit],
    )
    return [row.id for row in cursor.fetchall()]


def targets_like(cursor: Cursor, pattern: str, limit: int) -> list[int]:
    """Return the targets whose name is LIKE a pattern in lower case."""
    cursor.execute("SELECT id FROM archive.target WHERE lower(name) LIKE %s ORDER BY id LIMIT %s", [pattern, limit])
    return [row.id for row in cursor.fetchall()]
