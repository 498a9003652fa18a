"""Exposures as rows with the published names (ObsPortal's 29 columns, then oivo's own), for JSON.

May import ``ingest.eso.baselines`` and ``ingest.eso.model``.
"""

import json
from datetime import datetime
from typing import Any

from ingest.eso.baselines import aspro_text, polar
from ingest.eso.model import Exposure, ProjectedBaseline

#: Attributes whose published name is another, in ObsPortal's order; those without an attribute come from the archive.
_NAMES = {
    "exp_id": "exp_id",
    "exp_header_id": "header_id",
    "exp_mjd_start": "mjd_start",
    "exp_mjd_end": "mjd_end",
    "exp_projected_baselines": "",
    "exp_validation_level": "validation_level",
    "exp_validation_log": "validation_log",
    "exp_tau0": "tau0",
    "exp_temperature": "temperature",
    "exp_seeing": "seeing",
    "exp_date_updated": "",
    "exp_date_release": "release_date",
    "obs_id": "",
    "obs_type": "obs_type",
    "obs_program": "prog_id",
    "obs_program_title": "prog_title",
    "obs_program_pi_coi": "pi_coi",
    "interferometer_name": "interferometer",
    "interferometer_stations": "stations",
    "instrument_name": "instrument",
    "instrument_mode": "mode",
    "instrument_submode": "submode",
    "instrument_em_min": "em_min",
    "instrument_em_max": "em_max",
    "instrument_em_res_power": "em_res_power",
    "target_id": "",
    "target_name": "raw_target",
    "target_ra": "ra",
    "target_dec": "dec",
}
#: Shown elsewhere in the object.
_ELSEWHERE = {"baselines", "findings", "aspro_log", "positions"}
_OWN = tuple(name for name in Exposure.__slots__ if name not in _ELSEWHERE and name not in _NAMES.values())


def exposure_row(exposure: Exposure) -> dict[str, Any]:
    """Give the published columns of an exposure, then its further attributes.

    What only an archive can tell (obs_id, target_id, exp_date_updated) is None; name and position of the target are
    those of the header.
    """
    row = {column: _plain(getattr(exposure, name)) if name else None for column, name in _NAMES.items()}
    row["exp_projected_baselines"] = json.loads(aspro_text(exposure.baselines) or "{}")
    row["exp_validation_log"] = list(exposure.validation_log)
    return row | {name: _plain(getattr(exposure, name)) for name in _OWN}


def _plain(value: Any) -> Any:
    """As JSON can have it; stations with blanks between, as ObsPortal has them."""
    if isinstance(value, datetime):
        return value.isoformat()
    return " ".join(value) if isinstance(value, tuple) else value


def baseline_rows(exposure: Exposure) -> list[dict[str, Any]]:
    """Give the baselines of an exposure: stations, u and v (m), length (m), angle (degrees), and the header's."""
    return [_baseline_row(line) for line in exposure.baselines]


def _baseline_row(line: ProjectedBaseline) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(line, name) for name in ProjectedBaseline.__slots__}
    for when in ("start", "end"):
        u, v = row[f"u_{when}"], row[f"v_{when}"]
        length, angle = (None, None) if u is None or v is None else polar(u, v)
        row |= {f"length_{when}": length, f"angle_{when}": angle}
    return row
