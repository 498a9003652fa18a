"""Granules: one target, one instrument mode, one night of one file.

May import numpy, the standard library and this package's other modules.
R numbers are the rules of the reference that oivo agrees with.
"""

import math
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.extension import extension_of
from ingest.oifits.geometry import angular_resolution, baseline_range, field_of_view, longitude_of
from ingest.oifits.granule import Granule, ReferenceValues
from ingest.oifits.model import OIFitsFile, Targets, Wavelengths
from ingest.oifits.names import facility_of, home_of, instrument_of, polarisation_of
from ingest.oifits.rows import MAX_GRANULES, Part, collect_parts, gather, too_many
from ingest.oifits.standard import DATA_TABLES, UNDEFINED
from ingest.oifits.times import believable, local_night, total_integration

Floats = NDArray[np.float64]

_TRUE = ord("T")


def granules_of(oifits: OIFitsFile, *, extended: bool = False) -> list[Granule]:
    """Cut a file into granules (R3): rows of OI_TARGET, then INSNAMEs by code point, then nights as they appear.

    Parameters
    ----------
    extended
        Whether to look at the measurements, too, for `Granule.extension`: the archive keeps that, a quick look at
        somebody's file does without (it takes half as long again).

    Returns
    -------
    list of Granule
        Empty for a file without targets, wavelengths or data that refer to them; `why_no_granules` says which.

    Raises
    ------
    LimitError
        More than `rows.MAX_GRANULES`.
    """
    if oifits.targets is None:
        return []
    by_target = collect_parts(oifits)
    granules: list[Granule] = []
    for row, target_id in enumerate(oifits.targets.ids.tolist()):
        for insname, nights in sorted(by_target.get(target_id, {}).items()):
            for night, parts in nights.items():
                if len(granules) == MAX_GRANULES:
                    raise too_many(oifits.name)
                granule = _granule(oifits, oifits.targets, row, insname, night, parts)
                if extended:
                    wavelengths = oifits.wavelengths_by_name[insname]
                    granule = replace(granule, extension=extension_of(oifits, wavelengths, parts))
                granules.append(granule)
    return granules


def why_no_granules(oifits: OIFitsFile) -> str:
    """Say why a file has no granules; empty when nothing is missing."""
    if oifits.targets is None:
        return "the file has no OI_TARGET table"
    if not oifits.targets.ids.size:
        return "OI_TARGET has no row"
    if not oifits.wavelengths:
        return "the file has no OI_WAVELENGTH table with an INSNAME"
    if not oifits.data:
        return f"the file has no data table with an INSNAME ({', '.join(DATA_TABLES)})"
    if not any(data.table.rows for data in oifits.data):
        return "no data table has a row"
    if not any(data.insname in oifits.wavelengths_by_name for data in oifits.data):
        return "no data table has the INSNAME of an OI_WAVELENGTH table"
    if not granules_of(oifits):
        return "no row of a data table has the TARGET_ID of a row of OI_TARGET"
    return ""


def _granule(oifits: OIFitsFile, targets: Targets, row: int, insname: str, night: int, parts: list[Part]) -> Granule:
    wavelengths = oifits.wavelengths_by_name[insname]
    mjd = gather(parts, lambda data: data.mjd)
    int_time = gather(parts, lambda data: data.int_time)
    values = _reference_values(targets, row, wavelengths, parts, mjd, int_time)
    stations, nb_stations = _stations(oifits, parts)
    shortest, longest = baseline_range(gather(parts, lambda data: data.baselines))
    em_min, t_min = _known(values.em_min), _known(values.t_min)
    facility, instrument = _normalised(oifits, values)
    durations = int_time[believable(int_time)]
    return Granule(
        target_row=row,
        insname=insname,
        night=night,
        reference=values,
        target_name=values.target_name or None,
        s_ra=_known(values.s_ra),
        s_dec=_known(values.s_dec),
        t_min=t_min,
        t_max=_known(values.t_max),
        em_res_power=_known(values.em_res_power),
        em_min=em_min,
        em_max=_known(values.em_max),
        facility_name=values.facility_name or None,
        instrument_name=values.instrument_name or None,
        nb_vis=values.nb_vis,
        nb_vis2=values.nb_vis2,
        nb_t3=values.nb_t3,
        nb_flux=_count(parts, "OI_FLUX"),
        nb_channels=values.nb_channels,
        nb_times=int(np.unique(mjd[np.isfinite(mjd)]).size),
        int_time_min=_known(values.t_exptime),
        t_exptime=total_integration(mjd, int_time),
        t_resolution=float(durations.min()) if durations.size else None,
        local_night=_local_night(oifits, parts, facility, t_min),
        stations=stations,
        nb_stations=nb_stations,
        baseline_min=shortest,
        baseline_max=longest,
        s_fov=field_of_view(_known(values.em_max), _smallest_telescope(oifits, parts)),
        s_resolution=angular_resolution(em_min, longest),
        flagged_share=_flagged_share(parts),
        bands=wavelengths.bands,
        facility=facility,
        instrument=instrument,
        target_category=_target_category(targets, row),
        polarisation=polarisation_of(insname),
    )


def _reference_values(
    targets: Targets, row: int, wavelengths: Wavelengths, parts: list[Part], mjd: Floats, int_time: Floats
) -> ReferenceValues:
    em_min, em_max = wavelengths.range
    return ReferenceValues(
        target_name=targets.names[row],
        s_ra=float(targets.ra[row]),
        s_dec=float(targets.dec[row]),
        t_exptime=float(np.fmin.reduce(int_time, initial=np.inf)),
        t_min=float(np.fmin.reduce(mjd, initial=np.inf)),
        t_max=float(np.fmax.reduce(mjd, initial=-np.inf)),
        em_res_power=wavelengths.resolving_power,
        em_min=em_min,
        em_max=em_max,
        facility_name=next((part.data.arrname for part in parts if part.data.arrname), ""),
        instrument_name=wavelengths.insname,
        nb_vis=_count(parts, "OI_VIS"),
        nb_vis2=_count(parts, "OI_VIS2"),
        nb_t3=_count(parts, "OI_T3"),
        nb_channels=wavelengths.table.rows,
    )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _count(parts: list[Part], kind: str) -> int:
    return sum(part.count for part in parts if part.data.kind == kind)


def _flagged_share(parts: list[Part]) -> float | None:
    cells = flagged = 0
    for part in parts:
        flags = part.data.flags
        if flags is not None:
            flags = flags if part.rows is None else flags[part.rows]
            cells += flags.size
            flagged += int(np.count_nonzero(flags == _TRUE))
    return flagged / cells if cells else None


def _stations(oifits: OIFitsFile, parts: list[Part]) -> tuple[tuple[str, ...], int]:
    """Names of the stations of a granule, and how many stations there are, nameless ones included."""
    names: set[str] = set()
    nameless: set[int] = set()
    for part in parts:
        indices = part.data.stations
        if indices is None:
            continue
        array = oifits.arrays_by_name.get(part.data.arrname or "")
        known = array.stations if array is not None else {}
        for index in set((indices if part.rows is None else indices[part.rows]).ravel().tolist()) - {UNDEFINED}:
            name = known.get(index)
            if name:
                names.add(name)
            else:
                nameless.add(index)
    return tuple(sorted(names)), len(names) + len(nameless)


def _normalised(oifits: OIFitsFile, values: ReferenceValues) -> tuple[str | None, str | None]:
    """Facility and instrument: from ARRNAME and INSNAME, else from the primary header, else from each other."""
    instrument = instrument_of(values.instrument_name) or instrument_of(oifits.header.text("INSTRUME") or "")
    facility = facility_of(values.facility_name) or facility_of(oifits.header.text("TELESCOP") or "")
    if facility is None and instrument is not None:
        facility = home_of(instrument)
    return facility, instrument


def _target_category(targets: Targets, row: int) -> str | None:
    return {"SCI": "SCIENCE", "CAL": "CALIB"}.get(targets.categories[row]) if targets.categories else None


def _smallest_telescope(oifits: OIFitsFile, parts: list[Part]) -> float | None:
    """Diameter of the smallest telescope of the arrays that a granule's tables name, m."""
    named = {part.data.arrname for part in parts if part.data.arrname}
    arrays = (oifits.arrays_by_name[name] for name in named if name in oifits.arrays_by_name)
    return min((array.smallest_diameter for array in arrays if array.smallest_diameter), default=None)


def _local_night(oifits: OIFitsFile, parts: list[Part], facility: str | None, mjd: float | None) -> date | None:
    if mjd is None:
        return None
    names = (part.data.arrname for part in parts if part.data.arrname)
    array = next((oifits.arrays_by_name[name] for name in names if name in oifits.arrays_by_name), None)
    longitude = longitude_of(array.xyz if array is not None else (None, None, None), facility)
    return local_night(mjd, longitude) if longitude is not None else None
