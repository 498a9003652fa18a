"""One panel of a sheet: its points, axes, limits and what it says about points that it does not show.

May import numpy, matplotlib, the standard library and this package's ``limits``, ``points`` and ``style``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator, MultipleLocator
from numpy.typing import NDArray

from ingest.quicklook.limits import FULL_TURN, outside, phase_limits, range_limits, reach, value_limits
from ingest.quicklook.points import FLUX, T3PHI, V2, VISAMP, VISPHI, Observable, Points, Selection
from ingest.quicklook.style import FAINT, baseline_colours, mark_size, opacity, shown, wavelength_map

Floats = NDArray[np.float64]

#: More points than this in a panel become an image within an SVG: a point takes 0.3 kB as a shape, and five panels
#: are to stay below 1 MB.
VECTOR_POINTS = 500

#: V² beyond this is no light of a star, unless half of the points say so: not calibrated.
_V2_RANGE = (-0.25, 1.5)
_PHASES = (T3PHI, VISPHI)
_GREY = (0.5, 0.5, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel shows.

    Attributes
    ----------
    across
        Horizontal axis: ``frequency``, ``wavelength`` or ``angle``.
    wanted
        Quantities on the vertical axis, by preference: the first that has points is drawn.
    by_baseline
        Colours tell baselines, not wavelengths.
    """

    across: str
    wanted: tuple[Observable, ...]
    by_baseline: bool = False


V2_FREQUENCY = Panel("frequency", (V2, VISAMP))
T3_FREQUENCY = Panel("frequency", (T3PHI,))
V2_ANGLE = Panel("angle", (V2, VISAMP))
V2_WAVELENGTH = Panel("wavelength", (V2, VISAMP, FLUX), by_baseline=True)
PHASE_WAVELENGTH = Panel("wavelength", (VISPHI, T3PHI), by_baseline=True)


@dataclass(frozen=True, eq=False)
class Colours:
    """Colours that all panels of a sheet share.

    Attributes
    ----------
    norm
        Wavelengths in µm to 0..1; None when no wavelength is known.
    baselines
        Colour of each baseline and triangle, shape (4,).
    """

    norm: Normalize | None
    baselines: dict[str, NDArray[np.float64]]

    def of(self, points: Points, by_baseline: bool) -> NDArray[np.float64]:
        """Colours of points, shape (points, 4)."""
        if by_baseline:
            table = [self.baselines.get(name, np.array(_GREY)) for name in points.names]
            return np.array(table).reshape(-1, 4)[points.baseline]
        if self.norm is None:
            return np.tile(_GREY, (points.value.size, 1))
        known = np.isfinite(points.wavelength)
        colours = np.asarray(wavelength_map()(self.norm(np.where(known, points.wavelength * 1e6, self.norm.vmin))))
        colours[~known] = _GREY
        return colours


def colours_of(selection: Selection) -> Colours:
    """Colours for the points of a granule."""
    used = [points.wavelength[np.isfinite(points.wavelength)] for points in selection.points.values()]
    wave = np.concatenate(used) * 1e6
    norm = None
    if wave.size:
        low, high = float(wave.min()), float(wave.max())
        norm = Normalize(low, high if high > low else low * 1.01)
    baselines: dict[str, NDArray[np.float64]] = {}
    for points in selection.points.values():
        for name, colour in zip(points.names, baseline_colours(len(points.names)), strict=True):
            baselines.setdefault(name, colour)
    return Colours(norm, baselines)


def chosen(panel: Panel, selection: Selection) -> Points | None:
    """The points that a panel draws; None when there are none."""
    return next((selection.points[kind] for kind in panel.wanted if selection.points[kind].value.size), None)


def draw_panel(axes: Axes, panel: Panel, selection: Selection, colours: Colours, scale: float = 1.0) -> None:
    """Draw a panel, or say in it why it is empty.

    Parameters
    ----------
    scale
        Factor on the sizes of marks.
    """
    points = chosen(panel, selection)
    if points is None:
        say(axes, " · ".join(dict.fromkeys(selection.points[kind].why_empty for kind in panel.wanted[:2])))
        return
    x, label, limits = _across(panel.across, points, selection)
    y, error = points.value, points.error
    phase = points.observable in _PHASES
    if phase:
        y = np.mod(y + 180.0, 360.0) - 180.0
    here = np.isfinite(x)
    if not here.any():
        say(axes, f"{_symbol(points)}: · {_NOWHERE[panel.across]}")
        return
    x, y, error, rgba = x[here], y[here], error[here], colours.of(points, panel.by_baseline)[here]
    vertical = phase_limits(y, error) if phase else _value_limits(points, panel, y, error)
    axes.set_xlim(limits)
    axes.set_ylim(vertical)
    vague = error > min((vertical[1] - vertical[0]) / 2, 90.0 if phase else np.inf)
    _draw_points(axes, (x, y, np.where(vague, np.nan, error)), rgba, vague, scale)
    axes.set_xlabel(label)
    axes.set_ylabel(_label(points))
    _ticks(axes, panel.across, limits, vertical if phase else None)
    first = panel.wanted[0]
    if points.observable is not first:
        axes.set_title(selection.points[first].why_empty, loc="left")
    hidden = np.count_nonzero((x < min(limits)) | (x > max(limits)) | (y < vertical[0]) | (y > vertical[1]))
    axes.set_title(_notes(points, int(hidden), int(np.count_nonzero(~here)), vague), loc="right")


def draw_uv(axes: Axes, selection: Selection, colours: Colours, scale: float = 1.0) -> None:
    """Draw the uv plane: each point and its mirror image, north up and east to the left as on the sky."""
    points = selection.uv
    unit = _length_unit(selection)
    by = points.wavelength * 1e6 if unit == "Mλ" else np.ones(points.value.size)
    with np.errstate(all="ignore"):
        u, v = points.u / by, points.v / by
    here = np.isfinite(u) & np.isfinite(v)
    if not here.any():
        why = "no (u, v) coordinates" if points.value.size else points.why_empty
        say(axes, why if points.observable is V2 or points.value.size else f"{why}, nor others")
        return
    u, v, rgba = u[here], v[here], colours.of(points, by_baseline=False)[here]
    places, unique = np.unique(np.array([u, v]), axis=1, return_index=True)
    u, v, rgba = places[0], places[1], rgba[unique]
    size = reach(np.hypot(u, v)) * 1.04
    axes.set_aspect("equal")
    axes.set_xlim(size, -size)
    axes.set_ylim(-size, size)
    axes.axhline(0, color="#c8c8c8", linewidth=0.6, zorder=1)
    axes.axvline(0, color="#c8c8c8", linewidth=0.6, zorder=1)
    both = np.concatenate([u, -u]), np.concatenate([v, -v]), np.full(2 * u.size, np.nan)
    _draw_points(axes, both, np.concatenate([rgba, rgba]), np.zeros(2 * u.size, bool), scale)
    axes.set_xlabel(f"u ({unit}), east to the left")
    axes.set_ylabel(f"v ({unit}), north up")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5, steps=(1, 2, 5, 10), symmetric=True))
    hidden = outside(np.hypot(u, v), (0.0, size))
    axes.set_title(_notes(points, hidden, 0, None), loc="right")


def say(axes: Axes, text: str) -> None:
    """Put a sentence where a plot would be."""
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_linestyle((0, (4, 4)))
        spine.set_edgecolor("#b0b0b0")
    lines = shown(text, 120).replace(" · ", "\n")
    axes.text(0.5, 0.5, lines, transform=axes.transAxes, ha="center", va="center", color=FAINT, fontsize=9.5)


_NOWHERE = {
    "frequency": "no (u, v) coordinates",
    "angle": "no (u, v) coordinates",
    "wavelength": "no wavelengths",
}


def _length_unit(selection: Selection) -> str:
    return "Mλ" if np.isfinite(selection.wavelength).any() else "m"


def _across(across: str, points: Points, selection: Selection) -> tuple[Floats, str, tuple[float, float]]:
    """Horizontal positions, label and limits."""
    if across == "wavelength":
        x = points.wavelength * 1e6
        return x, "Wavelength (µm)", range_limits(x[np.isfinite(x)])
    if across == "angle":
        return points.position_angle, "Position angle (°), north to east", (-4.0, 184.0)
    in_metres = _length_unit(selection) == "m"
    x = points.length if in_metres else points.mega_frequency
    label = "Projected baseline (m)" if in_metres else "Spatial frequency (Mλ)"
    if points.observable is T3PHI:
        label = f"Longest {label[0].lower()}{label[1:]}"
    return x, label, (0.0, reach(x[np.isfinite(x)]))


def _value_limits(points: Points, panel: Panel, y: Floats, error: Floats) -> tuple[float, float]:
    low, high = value_limits(y, error, from_zero=panel.across != "wavelength" or points.observable is FLUX)
    if points.observable is V2 and _V2_RANGE[0] < float(np.median(y)) < _V2_RANGE[1]:
        return max(low, _V2_RANGE[0]), min(high, _V2_RANGE[1])
    return low, high


def _draw_points(
    axes: Axes, data: tuple[Floats, Floats, Floats], rgba: NDArray[np.float64], vague: NDArray[np.bool_], scale: float
) -> None:
    x, y, error = data
    count = x.size
    size, alpha, rasterized = mark_size(count) * scale, opacity(count), count > VECTOR_POINTS
    low, high = axes.get_ylim()
    bars = np.isfinite(error)
    if bars.any():
        ends = np.clip([y[bars] - error[bars], y[bars] + error[bars]], low - (high - low), high + (high - low))
        lines = np.stack([np.stack([x[bars], ends[0]], axis=1), np.stack([x[bars], ends[1]], axis=1)], axis=1)
        axes.add_collection(
            LineCollection(
                lines,
                colors=rgba[bars],
                linewidths=0.8 if count < 1000 else 0.4,
                alpha=alpha * (0.5 if count < 1000 else 0.3),
                rasterized=rasterized,
                zorder=2,
            ),
            autolim=False,
        )
    marks: dict[str, Any] = {"s": size**2, "alpha": alpha, "rasterized": rasterized, "zorder": 3}
    axes.scatter(x[~vague], y[~vague], c=rgba[~vague], linewidths=0, **marks)
    if vague.any():
        axes.scatter(x[vague], y[vague], facecolors="none", edgecolors=rgba[vague], linewidths=0.6, **marks)


def _symbol(points: Points) -> str:
    return {V2: "V²", T3PHI: "closure phase"}.get(points.observable, points.observable.column)


def _label(points: Points) -> str:
    """Label of the vertical axis with its unit."""
    if points.observable is V2:
        return "Squared visibility V²"
    if points.observable is T3PHI:
        return "Closure phase (°)"
    if points.observable is VISPHI:
        name = {"absolute": "Absolute phase", "differential": "Differential phase"}.get(points.kind, "Visibility phase")
        return f"{name} VISPHI (°)"
    unit = f" ({shown(points.unit, 16)})" if points.unit else ""
    name = "Flux" if points.observable is FLUX else "Visibility amplitude |V|"
    if points.kind in ("correlated flux", "differential"):
        name = {"correlated flux": "Correlated flux", "differential": "Differential amplitude"}[points.kind]
    return f"{name}{unit}"


def _ticks(axes: Axes, across: str, limits: tuple[float, float], phases: tuple[float, float] | None) -> None:
    if across == "angle":
        axes.xaxis.set_major_locator(MultipleLocator(45))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=(1, 2, 5, 10)))
    if phases is None:
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=(1, 2, 5, 10)))
        return
    axes.axhline(0, color="#a0a0a0", linewidth=0.7, zorder=1)
    if phases[1] >= 120.0:
        axes.yaxis.set_major_locator(MultipleLocator(90 if phases[1] == FULL_TURN else 60))
    else:
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=(1, 2, 3, 5, 10)))


def _notes(points: Points, hidden: int, lost: int, vague: NDArray[np.bool_] | None) -> str:
    """What the panel does not show."""
    notes = []
    if points.step > 1:
        notes.append(f"1 in {points.step} points")
    if hidden:
        notes.append(f"{hidden:,} outside")
    if lost:
        notes.append(f"{lost:,} without place")
    if vague is not None and vague.any():
        notes.append(f"○ {np.count_nonzero(vague):,} with large errors")
    return " · ".join(notes)
