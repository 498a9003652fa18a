"""Parts of pages that OiDB and ObsPortal share: numbers and moments in words, lists of values, tables, links.

What they show may come from anybody; twisted's templates escape it. May import the standard library and twisted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from twisted.web.template import tags

_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)


def moment(mjd: float, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Return a time (MJD, UTC) in words, to the second; one of no calendar as it is."""
    try:
        return f"{_MJD_EPOCH + timedelta(days=mjd, milliseconds=500):{form}}"
    except (OverflowError, ValueError):
        return f"MJD {mjd:g}"


def number(value: float | None, digits: int, unit: str = "") -> str:
    """Return a number with its unit; empty for None."""
    if value is None:
        return ""
    gap = "" if unit in ("", "°", "″") else "\N{NO-BREAK SPACE}"
    return f"{value:,.{digits}f}{gap}{unit}".replace("-", "\N{MINUS SIGN}")


def sexagesimal(ra: float, dec: float) -> str:
    """Return a position in degrees as hours and degrees.

    Examples
    --------
    >>> sexagesimal(101.2871553, -16.7161159)
    '06 45 08.92 −16 42 58.0'
    """
    return f"{_parts(ra / 15 % 24, 2)} {'−' if dec < 0 else '+'}{_parts(abs(dec), 1)}"


def _parts(value: float, digits: int) -> str:
    units = 10**digits
    whole = round(value * 3600 * units)
    minutes, seconds = divmod(whole, 60 * units)
    width = digits + 3
    return f"{minutes // 60:02d} {minutes % 60:02d} {seconds / units:0{width}.{digits}f}"


def link(href: str, *shown: Any) -> Any:
    """Return a link."""
    return tags.a(href=href)[shown]


def facts(rows: Iterable[tuple[str, Any]]) -> Any:
    """Return labels and values; those without a value are left out."""
    shown = [(label, value) for label, value in rows if value not in (None, "", [], ())]
    if not shown:
        return tags.p(class_="hint")["Nothing is known."]
    return tags.dl(class_="values")[[tags.div[tags.dt[label], tags.dd[value]] for label, value in shown]]


def section(title: str, *content: Any, anchor: str = "") -> Any:
    """Return a section with its heading."""
    heading = tags.h2(id=anchor or None)[title]
    return tags.section(**({"aria-labelledby": anchor} if anchor else {}))[heading, content]


@dataclass(frozen=True)
class Head:
    """Head of a column.

    Attributes
    ----------
    label
        Its text, which the cells' cards on small screens have, too.
    css
        Class of the column.
    way
        What stands in the head instead of its text: a link that sorts.
    order
        ``ascending`` or ``descending`` where the table is sorted by it.
    """

    label: str
    css: str = ""
    way: Any = None
    order: str | None = None


def _head(told: "str | tuple[str, str] | Head") -> Head:
    if isinstance(told, Head):
        return told
    return Head(told) if isinstance(told, str) else Head(*told)


def table(
    label: str, heads: Sequence[str | tuple[str, str] | Head], rows: Iterable[Sequence[Any]], *, stacked: bool
) -> Any:
    """Return a table whose rows become cards on small screens where it is `stacked`.

    Parameters
    ----------
    label
        What it shows, for those who do not see it.
    heads
        Of each column its label, or label and class, or `Head`.
    """
    named = [_head(head) for head in heads]
    body = []
    for row in rows:
        first, *others = named
        cells = [tags.th(scope="row", class_=first.css or None)[row[0]]]
        cells += [
            tags.td(class_=head.css or None, **{"data-label": head.label})[_whole(cell)]
            for head, cell in zip(others, row[1:], strict=True)
        ]
        body.append(tags.tr[cells])
    return tags.div(class_="tablewrap", role="region", tabindex="0", **{"aria-label": label})[
        tags.table(class_="list stacked" if stacked else "list")[
            tags.thead[
                tags.tr[
                    [
                        tags.th(scope="col", class_=head.css or None, **{"aria-sort": head.order})[
                            head.way or head.label
                        ]
                        for head in named
                    ]
                ]
            ],
            tags.tbody[body],
        ]
    ]


def _whole(cell: Any) -> Any:
    """Return a cell's content as one element: beside its label, in cards, several would stand side by side."""
    return tags.div[cell] if cell and not isinstance(cell, str) else cell or ""


def two_lines(first: Any, second: Any) -> Any:
    """Return something with something smaller below it."""
    return tags.transparent[first, tags.span(class_="below")[second] if second else ""]
