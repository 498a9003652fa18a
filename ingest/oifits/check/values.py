"""Values of columns: those that must be positive, dated, coordinates, errors.

May import numpy, the standard library, this package's modules and ``ingest.oifits``' reading modules.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.check.context import Context, Floats, Integers, count_of, rows_of
from ingest.oifits.check.references import pairs_of
from ingest.oifits.check.structure import column_rules
from ingest.oifits.data import Data
from ingest.oifits.model import Wavelengths
from ingest.oifits.standard import UNDEFINED
from ingest.oifits.table import Table
from ingest.oifits.times import MJD_RANGE

#: Columns of which oitools wants values over 0 or NaN.
_POSITIVE = {
    "OI_ARRAY": ("DIAMETER", "FOV"),
    "OI_WAVELENGTH": ("EFF_WAVE", "EFF_BAND"),
    "OI_CORR": ("CORR",),
    "OI_INSPOL": ("MJD_OBS", "MJD_END"),
}

#: Columns with errors by data table.
ERRORS = {
    "OI_VIS": ("VISAMPERR", "VISPHIERR", "RVISERR", "IVISERR"),
    "OI_VIS2": ("VIS2ERR",),
    "OI_T3": ("T3AMPERR", "T3PHIERR"),
    "OI_FLUX": ("FLUXERR",),
}

#: What is nearer to the centre of the Earth is no observatory, m.
EARTH_RADIUS = 6_350_000.0
#: Arrays whose coordinates are known when a file does not have them.
_KNOWN_ARRAYS = ("VLTI", "CHARA")

#: Wavelengths of optical interferometry, m.
WAVELENGTHS = (np.float32(0.1e-6), np.float32(20e-6))

_TRUE = ord("T")


def check_targets(context: Context, table: Table) -> None:
    """Identifiers, names and coordinates of an OI_TARGET."""
    if not table.rows:
        context.add("OI_TARGET_TARGET_EXIST", table, message="OI_TARGET has no row")
        return
    ids = _identifiers(context, table, "TARGET_ID")
    low = ids < 1
    if count := count_of(low):
        # oitools reports it under another column
        member = "TARGET" if context.jmmc else "TARGET_ID"
        message = f"TARGET_ID is {ids[low.argmax()]} ({rows_of(low)}), it begins at 1"
        context.add(
            "OI_TARGET_TARGETID_MIN", table, member, message, count, "it is the only target" if table.rows == 1 else ""
        )
    names = _names(context, table, "TARGET")
    _check_repeated(context, table, "OI_TARGET_TARGETID_UNIQ", "TARGET_ID", ids)
    _check_repeated(context, table, "OI_TARGET_TARGET_UNIQ", "TARGET", names)
    if not context.jmmc:
        _check_empty(context, table, "OI_TARGET_TARGET", "TARGET", names)
    _check_coordinates(context, table)
    check_accepted(context, table)


def _check_coordinates(context: Context, table: Table) -> None:
    ra, dec = _numbers(table, "RAEP0"), _numbers(table, "DECEP0")
    missing, zero = np.isnan(ra) | np.isnan(dec), (ra == 0) & (dec == 0)
    if count := count_of(missing):
        for member in ("RAEP0", "DECEP0"):
            context.add("OI_TARGET_COORD_EXIST", table, member, f"no coordinates ({rows_of(missing)})", count)
    if count := count_of(zero):
        for member in ("RAEP0", "DECEP0"):
            context.add("OI_TARGET_COORD", table, member, f"RAEP0 and DECEP0 are 0 ({rows_of(zero)})", count)
    if context.jmmc:
        return
    for member, values, lowest, highest in (("RAEP0", ra, 0, 360), ("DECEP0", dec, -90, 90)):
        outside = (values < lowest) | (values > highest)
        if count := count_of(outside):
            message = f"{member} is {values[outside.argmax()]:g} degrees ({rows_of(outside)})"
            context.add("OI_TARGET_COORD_RANGE", table, member, message, count)
    equinox = _numbers(table, "EQUINOX")
    other = ~np.isnan(equinox) & (equinox != 2000)
    if count := count_of(other):
        message = f"EQUINOX is {equinox[other.argmax()]:g} ({rows_of(other)})"
        context.add("OI_TARGET_EQUINOX", table, "EQUINOX", message, count)


def check_array(context: Context, table: Table) -> None:
    """Name, position and stations of an OI_ARRAY."""
    arrname = table.header.text("ARRNAME")
    if arrname == "":
        context.add("OI_ARRAY_ARRNAME", table, "ARRNAME", "ARRNAME is empty")
    _check_position(context, table, arrname)
    indices = _identifiers(context, table, "STA_INDEX")
    low = indices < 1
    if count := count_of(low):
        message = f"STA_INDEX is {indices[low.argmax()]} ({rows_of(low)}), it begins at 1"
        context.add("OI_ARRAY_STA_INDEX_MIN", table, "STA_INDEX", message, count)
    names = _names(context, table, "STA_NAME")
    _check_repeated(context, table, "OI_ARRAY_STA_INDEX_UNIQ", "STA_INDEX", indices)
    _check_repeated(context, table, "OI_ARRAY_STA_NAME_UNIQ", "STA_NAME", names)
    if not context.jmmc:
        _check_empty(context, table, "OI_ARRAY_STA_NAME", "STA_NAME", names)
    check_accepted(context, table)
    check_positive(context, table)


def _check_position(context: Context, table: Table, arrname: str | None) -> None:
    if (table.header.text("FRAME") or "").upper() != "GEOCENTRIC":
        return
    names = ("ARRAYX", "ARRAYY", "ARRAYZ")
    xyz = [table.header.real(name) for name in names]
    if math.hypot(*(math.nan if value is None else value for value in xyz)) > EARTH_RADIUS:
        return
    for name, value in zip(names, xyz, strict=True):
        message = f"{name} is {'missing' if value is None else f'{value:g} m'}: that is not on the surface of the Earth"
        context.add("OI_ARRAY_XYZ", table, name, message)
    known = next((name for name in _KNOWN_ARRAYS if (arrname or "").startswith(name)), None)
    if known is not None:
        context.add("OI_ARRAY_XYZ_FIX", table, message=f"the known coordinates of {known} stand in for them")


def check_wavelengths(context: Context, table: Table, wavelengths: Wavelengths | None) -> None:
    """Name and channels of an OI_WAVELENGTH."""
    if table.header.text("INSNAME") == "":
        context.add("OI_WAVELENGTH_INSNAME", table, "INSNAME", "INSNAME is empty")
    check_positive(context, table)
    wave = wavelengths.wave if wavelengths is not None else table.numbers("EFF_WAVE")
    if wave is None or not wave.size:
        return
    shortest, longest = wave.min(), wave.max()
    if shortest >= WAVELENGTHS[0] and longest <= WAVELENGTHS[1]:
        return
    odd = (wave < WAVELENGTHS[0]) | (wave > WAVELENGTHS[1])
    odd |= np.isnan(wave) & (not context.jmmc)  # oitools lets them pass
    if count := count_of(odd):
        message = f"EFF_WAVE is {wave[odd.argmax()]:g} m ({rows_of(odd)}), outside of 0.1 to 20 µm"
        context.add("OI_WAVELENGTH_EFF_WAVE", table, "EFF_WAVE", message, count)


def check_times(context: Context, data: Data) -> None:
    """MJD and INT_TIME of a table of measurements."""
    table, mjd, int_time = data.table, data.mjd, data.int_time
    if table.rows:
        earliest, latest = data.mjd_range
        if not (earliest >= MJD_RANGE[0] and latest <= MJD_RANGE[1]):
            _odd_dates(context, data, earliest, latest)
            _note_not_positive(context, table, "MJD", mjd)
    _note_not_positive(context, table, "INT_TIME", int_time)


def _odd_dates(context: Context, data: Data, earliest: float, latest: float) -> None:
    """Outside of the years 1933 to 2150; oitools sees a column of NaN as reaching from infinity to minus infinity."""
    dates = [math.inf, -math.inf] if math.isnan(earliest) else [earliest, latest]
    count = sum(not MJD_RANGE[0] <= mjd <= MJD_RANGE[1] for mjd in dates)
    if math.isnan(earliest):
        message = "no MJD is given"
    else:
        message = f"MJD goes from {earliest:.10g} to {latest:.10g}: outside of the years 1933 to 2150"
    # a Julian date has a rule of its own
    context.add(
        "GENERIC_MJD_RANGE", data.table, "MJD", message, count, "it is a Julian date" if latest > 2_400_000 else ""
    )


def check_positive(context: Context, table: Table) -> None:
    """Columns whose values must be over 0 where they are given."""
    known = column_rules(table.extname, context.version)
    for name in _POSITIVE[table.extname]:
        if name in known and (values := table.numbers(name)) is not None:
            _note_not_positive(context, table, name, values, known[name].letter == "E")


def _note_not_positive(context: Context, table: Table, name: str, values: Floats, single: bool = False) -> None:
    if not values.size or (values.min() > 0 and values.max() < np.inf):  # false when one is NaN
        return
    if single:
        values = values.astype(np.float32).astype(np.float64)
    wrong = (values <= 0) | (values == np.inf)
    if count := count_of(wrong):
        message = f"{name} is {values[wrong.argmax()]:g} ({rows_of(wrong)}), a value over 0 is expected"
        context.add("GENERIC_COL_VAL_POSITIVE", table, name, message, count)


def check_errors(context: Context, data: Data, channels: int) -> None:
    """Errors that are 0, negative or infinite where data are not flagged."""
    table = data.table
    for name in ERRORS[data.kind]:
        errors = table.raw(name) if _readable(table, name, channels) else None
        if errors is None or not errors.size or (errors.min() > 0 and errors.max() < np.inf):
            continue
        wrong = (errors <= 0) | np.isinf(errors)
        good = unflagged(data, errors.shape)
        wrong &= good
        if count := count_of(wrong):
            value = errors[np.unravel_index(int(wrong.argmax()), errors.shape)]
            message = f"{name} is {value:g} in {count} unflagged value{'s' if count > 1 else ''} ({rows_of(wrong)})"
            context.add("GENERIC_COL_ERR_FIX", table, name, message, count)


def _readable(table: Table, name: str, channels: int) -> bool:
    column = table.column(name)
    return column is not None and column.letter in "BIJKED" and (not channels or column.repeat == channels)


def unflagged(data: Data, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where data of a shape are not flagged; everywhere when FLAG is missing or has another shape."""
    flags = data.flags
    if flags is None or flags.shape != shape:
        return np.ones(shape, bool)
    return np.asarray(flags != _TRUE)


def check_accepted(context: Context, table: Table) -> None:
    """Columns of texts that must be one of a few."""
    for rule in _accepting(table.extname, context.version):
        column = table.column(rule)
        if column is None:
            continue
        accepted = column_rules(table.extname, context.version)[rule].accepted
        values = table.strings(rule) or [""] * table.rows
        if set(values) <= set(accepted):
            continue
        wrong = np.array([value not in accepted for value in values], bool)
        message = f"{rule} is '{values[int(wrong.argmax())]}' ({rows_of(wrong)}), which must be {' or '.join(accepted)}"
        context.add("GENERIC_COL_VAL_ACCEPTED_STR", table, rule, message, count_of(wrong))


@lru_cache(maxsize=32)
def _accepting(extname: str, version: int) -> tuple[str, ...]:
    return tuple(name for name, rule in column_rules(extname, version).items() if rule.accepted)


def _check_repeated(
    context: Context, table: Table, rule: str, member: str, values: NDArray[np.int64] | list[str]
) -> None:
    count, which = pairs_of(values)
    if count:
        context.add(rule, table, member, f"{member} has more than once the {which}", count)


def _check_empty(context: Context, table: Table, rule: str, member: str, names: list[str]) -> None:
    if "" in names:
        empty = np.array([not name for name in names], bool)
        context.add(rule, table, member, f"{member} is empty ({rows_of(empty)})", count_of(empty))


def _identifiers(context: Context, table: Table, name: str) -> Integers:
    """Values of a column of identifiers; without it none, where oitools sees as many undefined ones as rows."""
    values = table.integers(name)
    return np.full(table.rows if context.jmmc else 0, UNDEFINED, np.int64) if values is None else values


def _names(context: Context, table: Table, name: str) -> list[str]:
    """Texts of a column of names; without it none, where oitools sees as many empty ones as rows."""
    values = table.strings(name)
    return [""] * (table.rows if context.jmmc else 0) if values is None else values


def _numbers(table: Table, name: str) -> Floats:
    values = table.numbers(name)
    return np.full(table.rows, np.nan) if values is None else values
