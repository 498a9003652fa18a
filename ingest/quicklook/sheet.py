"""The plot sheet of a granule: panels, colour bar, title and footer on one figure.

May import numpy, matplotlib, the standard library, ``ingest.oifits`` and this package's other modules.
"""

import math
import re
from datetime import date, timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ingest.oifits import Granule, OIFitsFile
from ingest.oifits.times import MJD_RANGE
from ingest.quicklook.panels import (
    PHASE_WAVELENGTH,
    T3_FREQUENCY,
    V2_ANGLE,
    V2_FREQUENCY,
    V2_WAVELENGTH,
    Colours,
    Panel,
    chosen,
    colours_of,
    draw_panel,
    draw_uv,
)
from ingest.quicklook.points import OBSERVABLES, V2, Selection, select
from ingest.quicklook.style import ALARM, FAINT, INK, shown, wavelength_map

#: More channels than this and spectra are drawn, as in the original OiDB.
FEW_CHANNELS = 8
#: Inches; 3 to 2. A page of A&A is 7.2 inches wide: printed on it, the smallest type has 5.5 points.
SIZE = (10.0, 20.0 / 3.0)
THUMBNAIL_SIZE = (4.0, 8.0 / 3.0)
#: Sheets narrower than this, in pixels, are drawn as thumbnails: three panels, large type.
THUMBNAIL_WIDTH = 600

Box = tuple[float, float, float, float]

_UV: Box = (0.068, 0.435, 0.29, 0.435)
_BAR: Box = (0.068, 0.335, 0.27, 0.016)
_TOP_LEFT: Box = (0.43, 0.54, 0.235, 0.33)
_TOP: Box = (0.43, 0.54, 0.555, 0.33)
_TOP_RIGHT: Box = (0.75, 0.54, 0.235, 0.33)
_LOW_LEFT: Box = (0.43, 0.115, 0.235, 0.33)
_LOW_RIGHT: Box = (0.75, 0.115, 0.235, 0.33)

_SPECTRAL = ((V2_FREQUENCY, _TOP_LEFT), (T3_FREQUENCY, _TOP_RIGHT), (V2_WAVELENGTH, _LOW_LEFT))
_SPECTRAL_PANELS: tuple[tuple[Panel, Box], ...] = (*_SPECTRAL, (PHASE_WAVELENGTH, _LOW_RIGHT))
_BROAD_PANELS: tuple[tuple[Panel, Box], ...] = (
    (V2_FREQUENCY, _TOP),
    (T3_FREQUENCY, _LOW_LEFT),
    (V2_ANGLE, _LOW_RIGHT),
)

_SIMULATED = re.compile(r"simul", re.IGNORECASE)
_MJD_ZERO = date(1858, 11, 17)


def make_sheet(oifits: OIFitsFile, granule: Granule) -> Figure:
    """Draw the sheet of a granule."""
    selection = select(oifits, granule)
    colours = colours_of(selection)
    figure = Figure(figsize=SIZE)
    spectral = granule.nb_channels > FEW_CHANNELS
    draw_uv(figure.add_axes(_UV), selection, colours)
    _colour_bar(figure, selection, colours)
    for panel, box in _SPECTRAL_PANELS if spectral else _BROAD_PANELS:
        draw_panel(figure.add_axes(box), panel, selection, colours)
    _facts(figure, granule, selection)
    if spectral:
        _legend(figure, selection, colours)
    _title(figure, oifits, granule)
    _footer(figure, oifits, granule, selection)
    return figure


def make_thumbnail(oifits: OIFitsFile, granule: Granule) -> Figure:
    """Draw what can still be read at 300 pixels: uv plane, V² and closure phase."""
    selection = select(oifits, granule)
    colours = colours_of(selection)
    figure = Figure(figsize=THUMBNAIL_SIZE)
    figure.text(0.02, 0.975, shown(granule.target_name or "no name", 28), va="top", fontsize=10, fontweight="bold")
    said = f"{_instrument(granule, 18)} {night_of(granule)}"
    figure.text(0.02, 0.885, said, va="top", fontsize=8.5, color=FAINT)
    if is_simulated(oifits):
        figure.text(0.98, 0.975, "SIMULATED", va="top", ha="right", fontsize=8, color=ALARM)
    uv = figure.add_axes((0.02, 0.05, 0.485, 0.7275))
    draw_uv(uv, selection, colours, scale=0.8)
    _bare(uv, "u, v")
    for panel, box in ((V2_FREQUENCY, (0.535, 0.44, 0.445, 0.3375)), (T3_FREQUENCY, (0.535, 0.05, 0.445, 0.3375))):
        axes = figure.add_axes(box)
        draw_panel(axes, panel, selection, colours, scale=0.8)
        points = chosen(panel, selection)
        _bare(
            axes,
            "" if points is None else "V²" if points.observable is V2 else "|V|" if panel is V2_FREQUENCY else "T3φ",
        )
    return figure


def sheet_title(granule: Granule) -> str:
    """Say in one line what is drawn."""
    return f"{shown(granule.target_name or 'no name')}, {_instrument(granule, 40)}, {night_of(granule)}"


def night_of(granule: Granule) -> str:
    """Date of the evening of a granule's night; of its midnight when the array's longitude is not known."""
    if granule.local_night is not None:
        return granule.local_night.isoformat()
    if MJD_RANGE[0] <= granule.night <= MJD_RANGE[1]:
        return (_MJD_ZERO + timedelta(days=granule.night)).isoformat()
    return "night unknown"


def _said_night(granule: Granule) -> str:
    night = night_of(granule)
    return f"night of {night}" if night[0].isdigit() else night


def is_simulated(oifits: OIFitsFile) -> bool:
    """Tell whether ORIGIN or AUTHOR say that the file is simulated."""
    return any(_SIMULATED.search(oifits.header.text(keyword) or "") for keyword in ("ORIGIN", "AUTHOR"))


def _instrument(granule: Granule, longest: int) -> str:
    """Instrument, with what INSNAME says of it when that is short: ``GRAVITY SC P1``."""
    known = granule.instrument
    if known is None or (known in granule.insname and len(granule.insname) <= len(known) + 8):
        known = granule.insname.replace("_", " ") or "instrument unknown"
    return shown(known, longest)


def _title(figure: Figure, oifits: OIFitsFile, granule: Granule) -> None:
    left = _UV[0]
    figure.text(left, 0.968, shown(granule.target_name or "no name", 70), va="top", fontsize=15, fontweight="bold")
    stations = "-".join(granule.stations)
    if granule.nb_stations and (not stations or len(granule.stations) > 8 or len(stations) > 40):
        stations = f"{granule.nb_stations} station{'s' * (granule.nb_stations > 1)}"
    bands = f"band{'s' * (len(granule.bands) > 1)} {' '.join(granule.bands)}" if granule.bands else ""
    parts = (_instrument(granule, 40), bands, _said_night(granule), shown(stations, 40))
    if granule.facility and granule.facility not in parts[0]:
        parts = (f"{granule.facility} {parts[0]}", *parts[1:])
    figure.text(left, 0.918, " · ".join(part for part in parts if part), va="top", fontsize=11)
    if is_simulated(oifits):
        figure.text(0.985, 0.968, "SIMULATED", va="top", ha="right", fontsize=13, fontweight="bold", color=ALARM)


def _colour_bar(figure: Figure, selection: Selection, colours: Colours) -> None:
    wave = selection.wavelength * 1e6
    wave = np.unique(np.round(wave[np.isfinite(wave)], 4))
    if colours.norm is None or wave.size <= 1:
        said = f"Wavelength {' to '.join(f'{one:.4g}' for one in wave[[0, -1][: wave.size]])} µm"
        figure.text(_BAR[0], _BAR[1], said if wave.size else "No wavelengths", va="top", color=INK)
        return
    axes = figure.add_axes(_BAR)
    bar = figure.colorbar(ScalarMappable(colours.norm, wavelength_map()), cax=axes, orientation="horizontal")
    bar.outline.set_linewidth(0.5)
    bar.set_label("Wavelength (µm)")
    axes.grid(visible=False)
    axes.tick_params(top=False, direction="out")
    span = float(wave[-1] - wave[0])
    if wave.size <= 6 and np.diff(wave).min() > 0.14 * span:
        bar.set_ticks(wave.tolist(), labels=[f"{one:.{3 if span < 0.5 else 2}f}" for one in wave])


def _facts(figure: Figure, granule: Granule, selection: Selection) -> None:
    """A few numbers below the colour bar."""
    lines = []
    if granule.baseline_min is not None and granule.baseline_max is not None:
        lines.append(f"Baselines {_span(granule.baseline_min, granule.baseline_max)} m")
    if granule.s_resolution is not None:
        lines[-1:] = [f"{lines[-1] if lines else 'Resolution'}, λ/B ≥ {granule.s_resolution * 1e3:.3g} mas"]
    channels = f"{granule.nb_channels} channel{'s' * (granule.nb_channels != 1)}"
    if granule.em_res_power is not None and 0 < granule.em_res_power < 1e7:
        channels += f", resolving power {granule.em_res_power:.0f}"
    lines.append(channels)
    if granule.t_min is not None and granule.t_max is not None and abs(granule.t_max) < 1e7:
        lines.append(f"MJD {granule.t_min:.4f}" + (f" to {granule.t_max:.4f}" if granule.t_max > granule.t_min else ""))
    if selection.unit_mended:
        lines.append(f"EFF_WAVE is in {selection.unit_mended}, not m: read so")
    figure.text(_BAR[0], 0.245, "\n".join(lines), va="top", fontsize=8.5, color=INK, linespacing=1.35)


def _legend(figure: Figure, selection: Selection, colours: Colours) -> None:
    """Which colour is which baseline in the spectra."""
    drawn = [points for panel in (V2_WAVELENGTH, PHASE_WAVELENGTH) if (points := chosen(panel, selection)) is not None]
    names = list(dict.fromkeys(name for points in drawn for name in points.names))
    if not names:
        return
    columns = next((4 - n for n, longest in enumerate((6, 9)) if max(map(len, names)) < longest), 2)
    most = 5 * columns
    left_out = len(names) - most + 1 if len(names) > most else 0
    names = names[: most - 1] if left_out else names
    handles = [
        Line2D([], [], marker="o", markersize=4, linestyle="", color=tuple(colours.baselines[name])) for name in names
    ]
    labels = [shown(name, 14) for name in names]
    if left_out:
        handles.append(Line2D([], [], linestyle=""))
        labels.append(f"{left_out} more")
    figure.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(_BAR[0] - 0.012, 0.165),
        ncol=columns,
        fontsize=7,
        handletextpad=0.0,
        columnspacing=0.8,
        labelspacing=0.25,
        borderaxespad=0.0,
    )


def _footer(figure: Figure, oifits: OIFitsFile, granule: Granule, selection: Selection) -> None:
    counts = {}
    for kind in OBSERVABLES:
        points = selection.points[kind]
        if points.cells and kind.table not in counts:
            flagged = f", {points.flagged:,} flagged" if points.flagged else ""
            unusable = f", {points.unusable:,} not finite" if points.unusable else ""
            counts[kind.table] = f"{kind.table} {points.used:,} of {points.cells:,} points{flagged}{unusable}"
    file = f"{shown(oifits.name, 90)}   INSNAME {shown(granule.insname, 50)}"
    figure.text(_UV[0], 0.032, file, fontsize=7.5, color=FAINT)
    figure.text(_UV[0], 0.010, " · ".join(counts.values()) or "no points", fontsize=7.5, color=FAINT)


def _bare(axes: Axes, name: str) -> None:
    """Leave of a panel only what can be read on a thumbnail."""
    axes.set_xlabel("")
    axes.set_ylabel("")
    for where in ("left", "right"):
        axes.set_title("", loc=where)
    axes.tick_params(labelbottom=False, labelleft=False)
    axes.text(0.03, 0.92, name, transform=axes.transAxes, va="top", fontsize=8, color=INK)
    for text in axes.texts[:-1]:
        text.set_fontsize(7)


def _span(low: float, high: float) -> str:
    digits = 0 if high >= 10 else 2
    short, long = f"{low:.{digits}f}", f"{high:.{digits}f}"
    return long if short == long or not math.isfinite(low) else f"{short} to {long}"
