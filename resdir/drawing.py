"""Drawings in SVG: elements, scales, colours. Nothing of them needs JavaScript, and each has a table beside it.

Pure but for twisted's elements, which escape what they hold.
"""

import math
from typing import Any

from twisted.web.template import Tag, tags

#: Colours that people with colour blindness can tell apart (Okabe and Ito), those with enough contrast on white first.
COLOURS = ("#0072b2", "#c04a00", "#00795a", "#a8457f", "#1a1a1a", "#3b8fc4", "#9a6d00", "#6d4bb5", "#7a7a7a", "#b3002d")


def element(name: str, *children: Any, **attributes: object) -> Any:
    """Return an element of SVG; ``_`` in attributes' names stands for ``-``, numbers are rounded."""
    shown = {key.rstrip("_").replace("_", "-"): _told(value) for key, value in attributes.items() if value is not None}
    return Tag(name, attributes=shown, children=list(children))


def _told(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def text(x: float, y: float, content: str, anchor: str = "middle", **attributes: object) -> Any:
    """Return a text."""
    return element("text", content, x=float(x), y=float(y), text_anchor=anchor, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> Any:
    """Return a line."""
    return element("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), **attributes)


def drawing(key: str, width: int, height: int, title: str, description: str, *content: Any) -> Any:
    """Return a whole drawing with its title and description, for those who hear it."""
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", description, id=f"{key}-desc"),
        *content,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        class_=f"drawing {key}",
    )


def legend(entries: list[tuple[str, str]]) -> Any:
    """Return what colours stand for."""
    swatch = [(tags.span(class_="swatch", style=f"background:{colour}"), name) for name, colour in entries]
    return tags.ul(class_="legend")[[tags.li[mark, name] for mark, name in swatch]]


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return round numbers from low to high.

    Examples
    --------
    >>> ticks(0, 130)
    [0.0, 50.0, 100.0]
    """
    span = high - low
    if not span > 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(span / wanted))
    step = next(size * power for size in (1, 2, 5, 10) if span / (size * power) <= wanted)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 10) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def short(value: float) -> str:
    """Return a number for an axis."""
    return f"{value:,.10g}".replace("-", "\N{MINUS SIGN}")
