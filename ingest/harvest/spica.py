"""Exposures of SPICA: rows with the columns of an ObsPortal, as VOTable.

May import ``ingest.errors``, ``ingest.access.policy`` and ``ingest.eso``.
"""

import io
import json
import math
import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import numpy as np
from astropy.io import votable

from ingest.access.policy import rights_of_new_granule
from ingest.errors import OivoError
from ingest.eso.model import Exposure
from ingest.eso.modes import mode_by_name

_NEEDED = ("exp_id", "exp_header_id", "exp_mjd_start", "exp_mjd_end", "interferometer_name", "instrument_name")
_IDENTIFIER = re.compile(r"[!-~]{1,120}")


def records(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the place and the values, as texts, of each row; what is missing is left out.

    Raises
    ------
    OivoError
        When it is no VOTable, or one with other columns.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the original's namespace is not that of its version
            table = votable.parse(io.BytesIO(text.encode("utf-8", "replace")), verify="ignore").get_first_table()
    except Exception as error:
        raise OivoError(f"is no VOTable: {str(error).splitlines()[0]}") from error
    names = [str(field.name) for field in table.fields]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise OivoError(f"has no column {', '.join(missing)}", remedy="take the rows of an ObsPortal")
    for number, row in enumerate(table.array.tolist(), 1):
        values = {name: _text(value) for name, value in zip(names, row, strict=True)}
        yield f"row {number}", {name: value for name, value in values.items() if value}


def _text(value: object) -> str:
    """Return a cell as text; nothing where it is empty, masked or NaN."""
    if value is None or value is np.ma.masked or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.replace("\0", "").strip()


def exposure_of(record: Mapping[str, str]) -> Exposure:
    """Make the exposure of a row.

    Raises
    ------
    OivoError
        Naming the value that is not allowed.
    """
    for name in _NEEDED:
        if not record.get(name):
            raise OivoError(f"{name} is missing")
    if record["interferometer_name"] != "CHARA":
        raise OivoError(f"is an exposure of {record['interferometer_name']}: its header says more, load that")
    if not (_IDENTIFIER.fullmatch(record["exp_id"]) and _IDENTIFIER.fullmatch(record["exp_header_id"])):
        raise OivoError(f"exp_id {record['exp_id']!r} cannot be an identifier")
    start, end = _number(record, "exp_mjd_start"), _number(record, "exp_mjd_end")
    if start is None or end is None or end < start:
        raise OivoError(f"times are {record['exp_mjd_start']} to {record['exp_mjd_end']}")
    obs_type = record.get("obs_type", "science")
    if obs_type not in ("science", "calibrator"):
        raise OivoError(f"obs_type is {obs_type!r}: science or calibrator is wanted")
    instrument, mode_name = record["instrument_name"], record.get("instrument_mode")
    mode = mode_by_name(instrument, mode_name) if mode_name else None
    ra, dec = _number(record, "target_ra"), _number(record, "target_dec")
    placed = ra is not None and dec is not None and 0 <= ra < 360 and -90 <= dec <= 90
    return Exposure(
        exp_id=record["exp_id"],
        header_id=record["exp_header_id"],
        interferometer="CHARA",
        instrument=instrument,
        mode=mode.name if mode else mode_name,
        submode=record.get("instrument_submode"),
        em_min=_number(record, "instrument_em_min") or (mode.em_min if mode else None),
        em_max=_number(record, "instrument_em_max") or (mode.em_max if mode else None),
        em_res_power=_number(record, "instrument_em_res_power") or (mode.em_res_power if mode else None),
        obs_type=obs_type,
        mjd_start=start,
        mjd_end=end,
        exptime=round((end - start) * 86400, 3) or None,
        stations=tuple(record.get("interferometer_stations", "").split()),
        raw_target=record.get("target_name", ""),
        ra=ra if placed else None,
        dec=dec if placed else None,
        prog_id=record.get("obs_program"),
        prog_title=record.get("obs_program_title"),
        pi_coi=record.get("obs_program_pi_coi"),
        ob_id=_whole(record.get("obs_id")),
        seeing=_number(record, "exp_seeing"),
        tau0=_number(record, "exp_tau0"),
        temperature=_number(record, "exp_temperature"),
        release_date=_release(record, end, obs_type),
        validation_log=_sentences(record.get("exp_validation_log")),
    )


def _release(record: Mapping[str, str], end: float, obs_type: str) -> datetime | None:
    """Return what the row says, else the embargo of CHARA's collections."""
    try:
        moment = datetime.fromisoformat(record.get("exp_date_release", ""))
    except ValueError:
        category = "SCIENCE" if obs_type == "science" else "CALIB"
        observed = datetime.fromtimestamp((end - 40587) * 86400, UTC) if 40587 < end < 100000 else None
        if observed is None:
            return None
        return rights_of_new_granule("chara", 0, end, category, None, observed).release_date or observed
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(record: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(record.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,15}", text) else None


def _sentences(text: str | None) -> tuple[str, ...]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return (text or "",)
    return tuple(map(str, found)) if isinstance(found, list) else (str(found),)
