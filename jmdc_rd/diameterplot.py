"""Diameter against wavelength, drawn: a colour a method, filled limb-darkened, open uniform disk.

Pure but for ``resdir.drawing``; may import ``ingest``.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from twisted.web.template import tags

from ingest.archive.starpage import PublishedMeasurement
from ingest.catalogs.bands import METHODS
from resdir import drawing

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 380, 66, 16, 14, 50
#: Ticks of the wavelengths, µm.
_TICKS = (0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0)


@dataclass(frozen=True)
class _Point:
    low: float
    high: float
    value: float
    error: float
    method: int
    limb_darkened: bool
    told: str
    is_new: bool

    @property
    def middle(self) -> float:
        return math.sqrt(self.low * self.high)


def plot(name: str, entries: Sequence[PublishedMeasurement], new: PublishedMeasurement | None = None) -> Any:
    """Return the drawing with its legend; a sentence where no wavelength is known.

    Parameters
    ----------
    new
        A measurement that is not published: it gets a ring.
    """
    points = [point for entry in entries for point in _points(entry)]
    points += _points(new, is_new=True) if new else []
    without = sum(1 for entry in entries if entry.wl_min is None)
    hint = tags.p(class_="hint")[
        f"{without} of {len(entries)} measurements tell no wavelength and are only in the table."
    ]
    if not points:
        return hint
    methods = sorted({point.method for point in points})
    span = f"{min(p.value for p in points):.4g} to {max(p.value for p in points):.4g} mas"
    return [
        tags.figure(class_="diameters")[
            drawing.drawing(
                "diameterplot",
                _WIDTH,
                _HEIGHT,
                f"Diameters of {name} against wavelength",
                f"{len(points)} diameters of {span}. The numbers are in the table below.",
                *_Axes(points).draw(points),
            ),
            drawing.legend([(METHODS[method], drawing.COLOURS[method - 1]) for method in methods]),
        ],
        tags.p(class_="hint")[
            "Filled: limb-darkened; open: uniform disk. Horizontal bars span the band.",
            " With a ring: this measurement." if any(point.is_new for point in points) else "",
        ],
        hint if without else "",
    ]


def _points(entry: PublishedMeasurement, *, is_new: bool = False) -> Iterator[_Point]:
    one = entry.measurement
    if entry.wl_min is None or entry.wl_max is None:
        return
    for value, limb_darkened in ((one.ud_diam, False), (one.ld_diam, True)):
        if value is not None:
            kind = "limb-darkened" if limb_darkened else "uniform disk"
            spread = "" if one.e_ld_diam is None else f" ± {one.e_ld_diam:g}"
            told = f"{value:g}{spread} mas, {kind}, {one.band}, {one.bibcode}"
            error = one.e_ld_diam or 0.0
            yield _Point(entry.wl_min, entry.wl_max, value, error, one.method, limb_darkened, told, is_new)


class _Axes:
    def __init__(self, points: Sequence[_Point]) -> None:
        self.shortest, self.longest = min(p.low for p in points) / 1.1, max(p.high for p in points) * 1.1
        # an error larger than the value itself tells nothing of where the axis should end
        low = min(p.value - min(p.error, p.value / 2) for p in points)
        high = max(p.value + min(p.error, p.value / 2) for p in points)
        margin = (high - low) * 0.08 or high * 0.1
        self.low, self.high = max(0.0, low - margin), high + margin

    def x(self, wave: float) -> float:
        whole = math.log(self.longest / self.shortest)
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log(wave / self.shortest) / whole

    def y(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (inside - self.low) / (self.high - self.low)

    def draw(self, points: Sequence[_Point]) -> Iterator[Any]:
        width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        bottom, middle = _HEIGHT - _BOTTOM, _TOP + height / 2
        yield drawing.element("rect", x=_LEFT, y=_TOP, width=width, height=height, class_="frame")
        for tick in drawing.ticks(self.low, self.high):
            yield drawing.line(_LEFT - 5, self.y(tick), _LEFT, self.y(tick), class_="tick")
            yield drawing.text(_LEFT - 8, self.y(tick) + 4, drawing.short(tick), "end")
        for tick in self._waves():
            yield drawing.line(self.x(tick), bottom, self.x(tick), bottom + 5, class_="tick")
            yield drawing.text(self.x(tick), bottom + 18, drawing.short(tick))
        yield drawing.text(_LEFT + width / 2, _HEIGHT - 8, "Wavelength (µm)", class_="axis")
        yield drawing.text(16, middle, "Diameter (mas)", class_="axis", transform=f"rotate(-90 16 {middle})")
        for point in points:
            yield self._point(point)

    def _waves(self) -> list[float]:
        inside = [tick for tick in _TICKS if self.shortest <= tick <= self.longest]
        return inside or [round(math.sqrt(self.shortest * self.longest), 2)]

    def _point(self, point: _Point) -> Any:
        x, y = self.x(point.middle), self.y(point.value)
        made = [drawing.element("title", point.told)]
        if point.error:
            made.append(
                drawing.line(x, self.y(point.value - point.error), x, self.y(point.value + point.error), class_="track")
            )
        if point.high > point.low:
            made.append(drawing.line(self.x(point.low), y, self.x(point.high), y, class_="curve"))
        made.append(drawing.element("circle", cx=x, cy=y, r=4.0, class_="start" if point.limb_darkened else "end"))
        if point.is_new:
            made.append(drawing.element("circle", cx=x, cy=y, r=10.0, class_="curve ring"))
        return drawing.element("g", *made, style=f"--tone:{drawing.COLOURS[point.method - 1]}")
