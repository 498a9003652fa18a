"""The uv plane of exposures: each baseline from its start to its end, and its mirror image.

North up and east to the left, as on the sky and as OiDB's quick looks have it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from twisted.web.template import tags

from ingest.archive.obsportal_queries import StoredBaseline
from resdir import drawing

_SIZE, _LEFT, _BOTTOM, _TOP = 480, 62, 52, 14
_HALF = (_SIZE - _LEFT - _TOP) / 2


@dataclass(frozen=True)
class Track:
    """A baseline in the uv plane, in m; computed, or where that is not possible the header's."""

    first: str
    second: str
    u_start: float
    v_start: float
    u_end: float
    v_end: float
    computed: bool

    @property
    def name(self) -> str:
        """Both stations."""
        return f"{self.first}\N{EN DASH}{self.second}"


def track_of(baseline: StoredBaseline) -> Track | None:
    """Return where a baseline lies in the uv plane; None where nobody knows."""
    computed = (baseline.u_start, baseline.v_start, baseline.u_end, baseline.v_end)
    if None not in computed:
        return Track(baseline.first, baseline.second, *computed, computed=True)  # type: ignore[arg-type]
    start = _components(baseline.header_length_start, baseline.header_angle_start)
    end = _components(baseline.header_length_end, baseline.header_angle_end) or start
    if start is None or end is None:
        return None
    return Track(baseline.first, baseline.second, *start, *end, computed=False)


def _components(length: float | None, angle: float | None) -> tuple[float, float] | None:
    if length is None or angle is None:
        return None
    return length * math.sin(math.radians(angle)), length * math.cos(math.radians(angle))


def tracks_of(baselines: Iterable[StoredBaseline]) -> list[Track]:
    """Return the tracks of all baselines that have one."""
    return [track for track in map(track_of, baselines) if track is not None]


def plot(tracks: Sequence[Track], title: str) -> Any:
    """Return the drawing with its legend; nothing where there is no track."""
    if not tracks:
        return tags.p(class_="hint")["There is no projected baseline to draw."]
    names = list(dict.fromkeys(track.name for track in tracks))
    colours = {name: drawing.COLOURS[number % len(drawing.COLOURS)] for number, name in enumerate(names)}
    longest = max(math.hypot(u, v) for track in tracks for u, v in _ends(track))
    limit = max(10.0, 1.12 * longest)
    told = f"{len(names)} baseline{'s' * (len(names) > 1)}, the longest {longest:.0f} m, each with its mirror image."
    return tags.figure(class_="uv")[
        drawing.drawing(
            "uvplane",
            _SIZE,
            _SIZE,
            title,
            told + " The numbers are in the table.",
            *_axes(limit),
            *(_drawn(track, colours[track.name], limit) for track in tracks),
        ),
        tags.figcaption[
            drawing.legend(list(colours.items())),
            "Filled: the start; open: the end. ",
            ""
            if all(track.computed for track in tracks)
            else "Some are the header\N{RIGHT SINGLE QUOTATION MARK}s own. ",
        ],
    ]


def _ends(track: Track) -> tuple[tuple[float, float], tuple[float, float]]:
    return (track.u_start, track.v_start), (track.u_end, track.v_end)


def _place(u: float, v: float, limit: float) -> tuple[float, float]:
    return _LEFT + _HALF * (1 - u / limit), _TOP + _HALF * (1 - v / limit)


def _axes(limit: float) -> list[Any]:
    left, right, top, bottom = _LEFT, _LEFT + 2 * _HALF, _TOP, _TOP + 2 * _HALF
    made = [
        drawing.element("rect", x=left, y=top, width=2 * _HALF, height=2 * _HALF, class_="frame"),
        drawing.line(left, top + _HALF, right, top + _HALF, class_="zero"),
        drawing.line(left + _HALF, top, left + _HALF, bottom, class_="zero"),
    ]
    for tick in drawing.ticks(-limit, limit):
        x, y = _place(tick, tick, limit)
        made += [
            drawing.line(x, bottom, x, bottom + 5, class_="tick"),
            drawing.text(x, bottom + 18, drawing.short(tick)),
            drawing.line(left - 5, y, left, y, class_="tick"),
            drawing.text(left - 8, y + 4, drawing.short(tick), "end"),
        ]
    middle = top + _HALF
    made += [
        drawing.text(left + _HALF, bottom + 40, "u (m), east to the left", class_="axis"),
        drawing.text(14, middle, "v (m), north up", class_="axis", transform=f"rotate(-90 14 {middle})"),
    ]
    return made


def _drawn(track: Track, colour: str, limit: float) -> Any:
    parts = [drawing.element("title", track.name)]
    for sign in (1, -1):
        (x1, y1), (x2, y2) = (_place(sign * u, sign * v, limit) for u, v in _ends(track))
        parts += [
            drawing.line(x1, y1, x2, y2, class_="track"),
            drawing.element("circle", cx=x2, cy=y2, r=4.2, class_="end"),
            drawing.element("circle", cx=x1, cy=y1, r=4.2, class_="start"),
        ]
    return drawing.element("g", *parts, style=f"--tone:{colour}")
