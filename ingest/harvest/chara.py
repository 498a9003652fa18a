"""The observation log of the CHARA array: one record a line, as CSV.

The rules are those of OiDB's import: TYPE is one of five words, baselines are numbers that are not negative nor all
zero, combiner and filter are a known pair (chara.toml). May import ``ingest.errors``, ``ingest.access.policy`` and
``ingest.eso.model``.
"""

import csv
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from ingest.access.policy import rights_of_new_granule
from ingest.errors import OivoError
from ingest.eso.model import Exposure

COLUMNS = (
    *("UT-DATE", "STAR", "PI", "PROGRAM", "COMBINER", "TYPE", "MJD", "FILTER", "SCOPES", "B1", "B2", "B3"),
    *("T0_OBS", "T0_500nm"),
)
TABLE = Path(__file__).with_name("chara.toml")
#: What TYPE says: object, two kinds of calibrators, check star, unknown.
_TYPES = {"OBJ": "science", "CAL1": "calibrator", "CAL2": "calibrator", "CHK": "calibrator", "UNKNO": "science"}
#: CHARA's first fringes, and a year that nobody plans for.
_MJD_RANGE = (51000.0, 88000.0)
_MJD_0 = datetime(1858, 11, 17, tzinfo=UTC)
_MISSING = ("Missing 'EXPTIME'",)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def records(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the place and the values of each line; the line of names is skipped.

    Raises
    ------
    OivoError
        When the first line does not have the columns of the log.
    """
    rows = csv.reader(StringIO(text), skipinitialspace=True)
    names = [name.strip().lstrip("\ufeff") for name in next(rows, [])]
    if names[: len(COLUMNS)] != list(COLUMNS):
        raise OivoError("is no observation log of CHARA", remedy=f"its first line is {','.join(COLUMNS)}")
    for row in rows:
        if any(value.strip() for value in row):
            values = [value.strip().replace("\0", "") for value in row] + [""] * len(COLUMNS)
            yield f"line {rows.line_num}", dict(zip(COLUMNS, values, strict=False))


def exposure_of(record: Mapping[str, str]) -> Exposure:
    """Make the exposure of a line.

    Raises
    ------
    OivoError
        Naming the value that is not allowed.
    """
    obs_type = _TYPES.get(record["TYPE"].upper())
    if obs_type is None:
        raise OivoError(f"TYPE is {record['TYPE']!r}: one of {', '.join(_TYPES)} is wanted")
    if not record["STAR"]:
        raise OivoError("STAR is missing")
    _check_baselines(record)
    mjd = _number(record, "MJD")
    if not _MJD_RANGE[0] <= mjd <= _MJD_RANGE[1]:
        raise OivoError(f"MJD is {record['MJD']!r}: that is no time of CHARA")
    combiner, band = record["COMBINER"].upper(), record["FILTER"]
    if band not in _table()["combiner"].get(combiner, ()):
        raise OivoError(f"COMBINER {record['COMBINER']!r} with FILTER {band!r} is not known")
    em_min, em_max = (micrometres * 1e-6 for micrometres in _table()["filter"][band])
    identifier = _identifier(combiner, mjd, record["STAR"])
    category = "SCIENCE" if obs_type == "science" else "CALIB"
    start = _MJD_0 + timedelta(days=mjd)
    stations = tuple(re.findall(r"[SEW][12]", record["SCOPES"].upper()))
    return Exposure(
        exp_id=f"{identifier}_1",
        header_id=identifier,
        interferometer="CHARA",
        instrument=combiner,
        mode=band,
        submode=None,
        em_min=em_min,
        em_max=em_max,
        em_res_power=None,
        obs_type=obs_type,
        mjd_start=mjd,
        mjd_end=mjd,
        stations=stations,
        raw_target=record["STAR"],
        prog_id=record["PROGRAM"] or None,
        pi_coi=record["PI"].split()[0].rstrip(",;") if record["PI"] else None,
        release_date=rights_of_new_granule("chara", 0, mjd, category, None, start).release_date or start,
        validation_log=_MISSING,
    )


def _check_baselines(record: Mapping[str, str]) -> None:
    lengths = [_number(record, name) for name in ("B1", "B2", "B3")]
    if min(lengths) < 0 or sum(lengths) == 0:
        raise OivoError(f"baselines are {', '.join(record[name] for name in ('B1', 'B2', 'B3'))}: no such can be")


def _number(record: Mapping[str, str], name: str) -> float:
    try:
        value = float(record[name])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise OivoError(f"{name} is {record[name]!r}: a number is wanted")
    return value


def _identifier(combiner: str, mjd: float, star: str) -> str:
    """Name a line by its combiner, its time to the second and its star: a combiner sees one star at a time."""
    moment = _MJD_0 + timedelta(seconds=round(mjd * 86400))
    return f"CHARA.{combiner}.{moment:%Y-%m-%dT%H:%M:%S}.{re.sub(r'[^A-Za-z0-9+-]+', '_', star)[:60]}"
