"""Instruments and arrays: lists at /instruments and /facilities, a page of each below /instrument and /facility."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from gavo import base
from gavo.svcs import UnknownURI
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.oidb_counts import Cell, Held, ListedCollection, list_collections, names_by_number
from oidb_rd.pages.frame import Asked, Shown, path_to
from oidb_rd.pages.parts import LEVELS, collection_table, search_path, span_of
from resdir import bars
from resdir.elements import facts, link, section, table

_LEVELS = tuple(LEVELS)


@dataclass(frozen=True)
class _Kind:
    """What instruments and arrays have in common.

    Attributes
    ----------
    name, title, list_title, list_path
        Its word in paths, in headings, and where the list of all is.
    of
        What a cell says of it.
    other, other_of
        The same of what it is used with: arrays of an instrument, instruments of an array.
    """

    name: str
    title: str
    list_title: str
    list_path: str
    of: Callable[[Cell], str]
    other: str
    other_title: str
    other_of: Callable[[Cell], str]


def _instrument(cell: Cell) -> str:
    return cell.instrument


def _facility(cell: Cell) -> str:
    return cell.facility


_INSTRUMENT = _Kind(
    "instrument", "Instrument", "Instruments", "/instruments", _instrument, "facility", "Arrays", _facility
)
_FACILITY = _Kind("facility", "Array", "Arrays", "/facilities", _facility, "instrument", "Instruments", _instrument)


def instruments(cursor: Cursor, asked: Asked) -> Shown:
    """List all instruments."""
    return _list(cursor, _INSTRUMENT)


def instrument(cursor: Cursor, asked: Asked) -> Shown:
    """Show an instrument."""
    return _one(cursor, asked, _INSTRUMENT)


def facilities(cursor: Cursor, asked: Asked) -> Shown:
    """List all arrays."""
    return _list(cursor, _FACILITY)


def facility(cursor: Cursor, asked: Asked) -> Shown:
    """Show an array."""
    return _one(cursor, asked, _FACILITY)


def _list(cursor: Cursor, kind: _Kind) -> Shown:
    cells = [cell for collection in list_collections(cursor) for cell in collection.held.cells]
    rows = []
    for name in names_by_number(cells, kind.of):
        mine = [cell for cell in cells if kind.of(cell) == name]
        numbers = [sum(cell.nb for cell in mine if cell.level == level) for level in _LEVELS]
        rows.append(
            [
                link(path_to(kind.name, name), name),
                ", ".join(names_by_number(mine, kind.other_of)[:8]),
                *(f"{number:,}" if number else "" for number in numbers),
                span_of(Held(0, 0, tuple(mine)).span),
            ]
        )
    heads = [
        kind.title,
        kind.other_title,
        *((f"L{level}", "number") for level in _LEVELS),
        "Observed (UTC)",
    ]
    levels = ", ".join(f"L{level} {told}" for level, told in LEVELS.items())
    body = [
        tags.p(class_="lead")[f"Numbers of granules by level: {levels}."],
        table(kind.list_title, heads, rows, stacked=True) if rows else tags.p(class_="hint")["There are no data yet."],
    ]
    return Shown(kind.list_title, body)


def _one(cursor: Cursor, asked: Asked, kind: _Kind) -> Shown:
    collections = list_collections(cursor)
    names = {kind.of(cell) for collection in collections for cell in collection.held.cells} - {""}
    name = asked.rest if asked.rest in names else _same(asked.rest, names)
    mine = [found for found in (_part(collection, kind, name) for collection in collections) if found.held.nb]
    cells = tuple(cell for collection in mine for cell in collection.held.cells)
    body = [
        facts(_facts(kind, name, cells)),
        _ways(kind, name, cells),
        section("By level", _by_level(cells), anchor="levels"),
        section("Granules by year", years(cells, "Granules"), anchor="years"),
        section("Modes", _modes(cells), anchor="modes") if any(cell.mode for cell in cells) else "",
        section("Collections", collection_table(f"Collections with {name}", mine), anchor="collections"),
    ]
    return Shown(name, body, ((kind.list_title, kind.list_path),), kicker=kind.title)


def _same(text: str, names: set[str]) -> str:
    found = [name for name in names if name.lower() == text.lower()]
    if not found:
        raise UnknownURI("There are no data of it here")
    return min(found)


def _part(collection: ListedCollection, kind: _Kind, name: str) -> ListedCollection:
    """Return a collection with what it holds of an instrument or array only; files are not counted."""
    cells = tuple(cell for cell in collection.held.cells if kind.of(cell) == name)
    return ListedCollection(**vars(collection) | {"held": Held(0, 0, cells)})


def _facts(kind: _Kind, name: str, cells: Sequence[Cell]) -> list[tuple[str, Any]]:
    others: list[Any] = []
    for other in names_by_number(cells, kind.other_of):
        others += [", " if others else "", link(path_to(kind.other, other), other)]
    held = Held(0, 0, tuple(cells))
    return [(kind.other_title, others), ("Observed (UTC)", span_of(held.span)), ("Granules", f"{held.nb:,}")]


def _ways(kind: _Kind, name: str, cells: Sequence[Cell]) -> Any:
    ways = []
    if any(cell.level for cell in cells):
        ways.append(tags.li[tags.a(href=search_path(**{kind.name: name}), rel="nofollow")["Search its reduced data"]])
    if any(cell.level == 0 for cell in cells):
        asked = {"instrument" if kind is _INSTRUMENT else "interferometer": name}
        address = f"{base.makeSitePath('/search')}?{urlencode(asked)}"
        ways.append(tags.li[tags.a(href=address, rel="nofollow")["Its raw exposures in ObsPortal"]])
    return tags.div(class_="toolbar")[tags.ul(class_="inline")[ways]]


def _by_level(cells: Sequence[Cell]) -> Any:
    rows = []
    for level, told in LEVELS.items():
        number = sum(cell.nb for cell in cells if cell.level == level)
        if number:
            rows.append([f"L{level}, {told}", f"{number:,}"])
    return table("Granules by level", ("Level", ("Granules", "number")), rows, stacked=False)


def years(cells: Sequence[Cell], what: str, key: str = "yearbars") -> Any:
    """Return granules by year and level, drawn and as a table."""
    number: dict[tuple[int, str], int] = {}
    for cell in cells:
        if cell.year is not None:
            place = (cell.year, f"L{cell.level}")
            number[place] = number.get(place, 0) + cell.nb
    if not number:
        return tags.p(class_="hint")["No times are known."]
    return bars.by_year(what, "level", dict(sorted(number.items(), key=lambda item: item[0][1])), key)


def _modes(cells: Sequence[Cell]) -> Any:
    rows = []
    for mode in names_by_number(cells, lambda cell: cell.mode):
        mine = [cell for cell in cells if cell.mode == mode]
        rows.append([mode, f"{sum(cell.nb for cell in mine):,}", span_of(Held(0, 0, tuple(mine)).span)])
    heads = ("Mode", ("Granules", "number"), "Observed (UTC)")
    return table("Granules by mode", heads, rows, stacked=False)
