"""Numbers by year as stacked bars, and as the table that says the same.

May import the standard library, twisted, ``resdir.drawing`` and ``resdir.elements``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from twisted.web.template import tags

from resdir import drawing
from resdir.elements import table

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 340, 66, 10, 12, 40
#: More parts cannot be told apart by colour: the smallest are drawn as one.
_MOST_PARTS = len(drawing.COLOURS)
_OTHERS = "others"


def by_year(what: str, part: str, number: Mapping[tuple[int, str], int], key: str = "yearbars") -> Any:
    """Return bars and table.

    Parameters
    ----------
    what
        What is counted: ``Exposures``.
    part
        What the bars are made of: ``instrument``.
    number
        Counts by year and part.
    key
        Name of the drawing, unique on its page.
    """
    title = f"{what} by year and {part}"
    shown = _merged(number)
    parts = list(dict.fromkeys(name for _, name in shown))
    colours = dict(zip(parts, drawing.COLOURS, strict=False))
    span = range(min(year for year, _ in shown), max(year for year, _ in shown) + 1)
    rows = [
        [
            str(year),
            *(f"{shown[year, name]:,}" if (year, name) in shown else "" for name in parts),
            f"{sum(shown.get((year, name), 0) for name in parts):,}",
        ]
        for year in reversed(span)
    ]
    heads = ("Year", *((name, "number") for name in parts), ("All", "number"))
    return [
        tags.figure(class_="years")[
            _bars(key, title, what, span, shown, colours), tags.figcaption[drawing.legend(list(colours.items()))]
        ],
        table(title, heads, rows, stacked=False),
    ]


def _merged(number: Mapping[tuple[int, str], int]) -> dict[tuple[int, str], int]:
    """Return the counts with no more parts than there are colours."""
    totals: dict[str, int] = {}
    for (_, name), count in number.items():
        totals[name] = totals.get(name, 0) + count
    if len(totals) <= _MOST_PARTS:
        return dict(number)
    kept = set(sorted(totals, key=lambda name: -totals[name])[: _MOST_PARTS - 1])
    merged = {place: count for place, count in number.items() if place[1] in kept}
    for (year, name), count in number.items():
        if name not in kept:
            merged[year, _OTHERS] = merged.get((year, _OTHERS), 0) + count
    return merged


def _bars(
    key: str,
    title: str,
    what: str,
    span: Sequence[int],
    number: Mapping[tuple[int, str], int],
    colours: Mapping[str, str],
) -> Any:
    """Return stacked bars, one a year."""
    bottom, width = _HEIGHT - _BOTTOM, _WIDTH - _LEFT - _RIGHT
    highest = 1.05 * max(sum(number.get((year, name), 0) for name in colours) for year in span)
    made = []
    for tick in drawing.ticks(0, highest):
        y = bottom - (bottom - _TOP) * tick / highest
        made += [
            drawing.line(_LEFT, y, _WIDTH - _RIGHT, y, class_="grid"),
            drawing.text(_LEFT - 8, y + 4, drawing.short(tick), "end"),
        ]
    step = width / len(span)
    bar = min(0.74 * step, 60)
    every = -(-len(span) // 14)
    for place, year in enumerate(span):
        middle, y = _LEFT + step * (place + 0.5), float(bottom)
        for name, colour in colours.items():
            count = number.get((year, name), 0)
            height = (bottom - _TOP) * count / highest
            y -= height
            if count:
                told = drawing.element("title", f"{name} {year}: {count:,}")
                made.append(
                    drawing.element("rect", told, x=middle - bar / 2, y=y, width=bar, height=height, fill=colour)
                )
        if place % every == 0:
            made.append(drawing.text(middle, bottom + 18, str(year)))
    axis = (_TOP + bottom) / 2
    made.append(drawing.text(14, axis, what, class_="axis", transform=f"rotate(-90 14 {axis})"))
    described = f"Bars from {span[0]} to {span[-1]}, stacked. The numbers are in the table."
    return drawing.drawing(key, _WIDTH, _HEIGHT, title, described, *made)
