"""Seeing and coherence time through an observation, drawn."""

from collections.abc import Sequence
from typing import Any

from twisted.web.template import tags

from ingest.archive.obsportal_queries import Weather
from resdir import drawing
from resdir.elements import moment

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _PANEL, _GAP = 640, 330, 62, 14, 120, 34
_TOP = 12


def plot(weather: Sequence[Weather]) -> Any:
    """Return two panels over time; nothing where the headers do not tell."""
    panels = (
        ("Seeing (″)", [(at.mjd_start, at.seeing) for at in weather]),
        ("τ0 (ms)", [(at.mjd_start, None if at.tau0 is None else 1000 * at.tau0) for at in weather]),
    )
    known = [(label, [(t, value) for t, value in points if value is not None]) for label, points in panels]
    if not any(points for _, points in known):
        return tags.p(class_="hint")["The headers tell nothing of seeing and coherence time."]
    first, last = weather[0].mjd_start, weather[-1].mjd_start
    margin = max((last - first) * 0.03, 0.0007)
    span = (first - margin, last + margin)
    return tags.figure(class_="weather")[
        drawing.drawing(
            "weatherplot",
            _WIDTH,
            _HEIGHT,
            "Seeing and coherence time through the observation",
            f"From {moment(first)} to {moment(last, '%H:%M:%S')} UTC. The numbers are in the table.",
            *(
                _panel(label, points, span, _TOP + number * (_PANEL + _GAP))
                for number, (label, points) in enumerate(known)
            ),
            drawing.text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, "Time (UTC)", class_="axis"),
        )
    ]


def _panel(label: str, points: list[tuple[float, float]], span: tuple[float, float], top: float) -> Any:
    width, bottom = _WIDTH - _LEFT - _RIGHT, top + _PANEL
    highest = max((value for _, value in points), default=1.0) * 1.15 or 1.0

    def x_of(t: float) -> float:
        return _LEFT + width * (t - span[0]) / (span[1] - span[0])

    def y_of(value: float) -> float:
        return bottom - _PANEL * value / highest

    made = [
        drawing.element("rect", x=_LEFT, y=top, width=width, height=_PANEL, class_="frame"),
        drawing.text(14, top + _PANEL / 2, label, class_="axis", transform=f"rotate(-90 14 {top + _PANEL / 2})"),
    ]
    for tick in drawing.ticks(0.0, highest, 4):
        y = y_of(tick)
        made += [
            drawing.line(_LEFT - 5, y, _LEFT, y, class_="tick"),
            drawing.text(_LEFT - 8, y + 4, drawing.short(tick), "end"),
        ]
    for t in _times(span):
        made += [
            drawing.line(x_of(t), bottom, x_of(t), bottom + 5, class_="tick"),
            drawing.text(x_of(t), bottom + 18, moment(t, "%H:%M")),
        ]
    path = " ".join(f"{x_of(t):.1f},{y_of(value):.1f}" for t, value in points)
    made.append(drawing.element("polyline", points=path, class_="curve"))
    made += [drawing.element("circle", cx=x_of(t), cy=y_of(value), r=3.4, class_="dot") for t, value in points]
    return drawing.element("g", *made, style=f"--tone:{drawing.COLOURS[0]}")


def _times(span: tuple[float, float]) -> list[float]:
    """Return round moments, at most six, between two (MJD)."""
    for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440, 14400, 144000):
        step = minutes / 1440
        if (span[1] - span[0]) / step <= 6:
            break
    first = int(span[0] / step) + 1
    return [number * step for number in range(first, int(span[1] / step) + 1)]
