"""Measurements that cannot be, flags, and what a table says about the kind of its data.

May import numpy, the standard library, this package's modules and ``ingest.oifits``' reading modules.
"""

import numpy as np

from ingest.oifits.check.context import Context, count_of, rows_of
from ingest.oifits.check.values import unflagged
from ingest.oifits.data import Data
from ingest.oifits.model import Wavelengths
from ingest.oifits.table import Table

#: An amplitude is too large from so many errors over 1; oifitslib says 1, which one good point in six exceeds.
_SIGMAS = 5.0

#: Amplitudes that are 1 at most, and their errors.
_AMPLITUDES = {"OI_VIS2": ("VIS2DATA", "VIS2ERR"), "OI_T3": ("T3AMP", "T3AMPERR")}

_TRUE, _FALSE = b"TF"


def check_flags(context: Context, data: Data) -> None:
    """FLAG is T or F, and not T everywhere."""
    flags = data.flags
    if flags is None or not flags.size:
        return
    bad = count_of(flags == _TRUE)
    good = flags.size - bad if bad == flags.size else count_of(flags == _FALSE)
    if bad == flags.size:
        context.add("ALL_FLAGGED", data.table, "FLAG", "all data are flagged", 1)
    elif bad + good < flags.size:
        odd = (flags != _TRUE) & (flags != _FALSE)
        message = f"FLAG is neither T nor F in {flags.size - bad - good} places ({rows_of(odd)})"
        context.add("FLAG_UNDEFINED", data.table, "FLAG", message, flags.size - bad - good)


def check_amplitudes(context: Context, data: Data) -> None:
    """Squared visibilities and triple amplitudes are not over 1 beyond their errors."""
    if data.kind not in _AMPLITUDES:
        return
    name, error_name = _AMPLITUDES[data.kind]
    values, errors = (_real(data.table, column) for column in (name, error_name))
    if values is None or errors is None or values.shape != errors.shape or not values.size:
        return
    if not np.fmax.reduce(values, axis=None) > 1:
        return
    odd = (values - 1 > _SIGMAS * errors) & (errors > 0) & unflagged(data, values.shape)
    if count := count_of(odd):
        place = np.unravel_index(int(odd.argmax()), odd.shape)
        message = f"{name} is {values[place]:.3g} ± {errors[place]:.2g} ({rows_of(odd)})"
        context.add("AMPLITUDE_RANGE", data.table, name, message, count)


def _real(table: Table, name: str) -> np.ndarray | None:  # type: ignore[type-arg]
    column = table.column(name)
    return table.raw(name) if column is not None and column.letter in "ED" else None


def check_kind(context: Context, data: Data) -> None:
    """What belongs to differential and absolute visibilities, to calibrated and raw fluxes."""
    table, header = data.table, data.table.header
    if (
        context.version == 2
        and not header.text("ARRNAME")
        and (data.kind != "OI_FLUX" or header.text("CALSTAT") == "U")
    ):
        context.add("ARRNAME_MISSING", table, "ARRNAME", "ARRNAME is missing")
    if data.kind == "OI_VIS" and context.version == 2:
        _check_reference_map(context, table)
    if data.kind == "OI_FLUX":
        _check_flux(context, table)


def _check_reference_map(context: Context, table: Table) -> None:
    kinds = [(name, table.header.text(name)) for name in ("AMPTYP", "PHITYP")]
    differential = [f"{name} is '{kind}'" for name, kind in kinds if kind == "differential"]
    there = table.column("VISREFMAP") is not None
    if differential and not there:
        context.add("VISREFMAP_MISSING", table, "VISREFMAP", f"{', '.join(differential)}, VISREFMAP is missing")
    elif there and not differential:
        message = "VISREFMAP is there, but neither AMPTYP nor PHITYP is 'differential'"
        context.add("VISREFMAP_NEEDLESS", table, "VISREFMAP", message)


def _check_flux(context: Context, table: Table) -> None:
    header = table.header
    calibrated = header.text("CALSTAT")
    stations = table.column("STA_INDEX") is not None
    if calibrated == "C":
        odd = [("ARRNAME", bool(header.text("ARRNAME"))), ("STA_INDEX", stations)]
        what = "is there, but CALSTAT is 'C': the flux is that of the target, not of a telescope"
    elif calibrated == "U":
        odd = [(name, name in header and header.text(name) != "") for name in ("FOV", "FOVTYPE")]
        what = "is there, but CALSTAT is 'U'"
        if not stations:
            message = "STA_INDEX is missing, but CALSTAT is 'U': the flux is that of a telescope"
            context.add("OI_FLUX_CALSTAT", table, "STA_INDEX", message)
    else:
        return
    for name, there in odd:
        if there:
            context.add("OI_FLUX_CALSTAT", table, name, f"{name} {what}")


def check_channels(context: Context, wavelengths: Wavelengths) -> None:
    """The channels of an OI_WAVELENGTH are in order and have bandwidths that can be."""
    table, wave, band = wavelengths.table, wavelengths.wave, wavelengths.band
    if wave is None or not wave.size:
        return
    steps = np.diff(wave)
    if not (steps > 0).all() and not np.isnan(wave).any():
        _check_order(context, table, steps)
    if band is not None and not (band < wave).all() and (odd := band >= wave).any():
        message = f"EFF_BAND is {band[odd.argmax()]:g} m, EFF_WAVE is {wave[odd.argmax()]:g} m ({rows_of(odd)})"
        context.add("EFF_BAND_RANGE", table, "EFF_BAND", message, count_of(odd))


def _check_order(context: Context, table: Table, steps: np.ndarray) -> None:  # type: ignore[type-arg]
    if (steps < 0).all():
        context.add("WAVELENGTH_DESCENDING", table, "EFF_WAVE", "EFF_WAVE goes down from channel to channel")
        return
    odd = np.concatenate([[False], steps <= 0])
    context.add("WAVELENGTH_UNSORTED", table, "EFF_WAVE", f"EFF_WAVE does not go up ({rows_of(odd)})", count_of(odd))
