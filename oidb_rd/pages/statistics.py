"""Statistics of OiDB at /statistics/oidb: what it holds by level, instrument, array, kind and year."""

from collections.abc import Callable, Sequence
from typing import Any

from gavo import base
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.oidb_counts import Cell, ListedCollection, list_collections, names_by_number
from oidb_rd.pages.frame import Asked, Shown, path_to
from oidb_rd.pages.instruments import years
from oidb_rd.pages.parts import LEVELS, size
from resdir import bars
from resdir.elements import link, section, table

_MOST_ROWS = 30


def view(cursor: Cursor, asked: Asked) -> Shown:
    """Show the numbers."""
    collections = list_collections(cursor)
    cells = [cell for collection in collections for cell in collection.held.cells]
    reduced = [cell for cell in cells if cell.level]
    body = [
        tags.p[
            "What OiDB holds. The raw exposures have ",
            link(base.makeSitePath("/statistics"), "statistics of their own"),
            ".",
        ],
        table("Totals", ("What", ("Number", "number")), _totals(collections, cells), stacked=False),
        section("By level", _levels(collections), anchor="levels"),
        section("Reduced data by year and level", years(reduced, "Granules", "levelbars"), anchor="years")
        if reduced
        else "",
        section("Reduced data by year and instrument", _by_year(reduced), anchor="instrument-years") if reduced else "",
        section("By instrument", _names(cells, "instrument", lambda cell: cell.instrument), anchor="instruments"),
        section("By array", _names(cells, "facility", lambda cell: cell.facility), anchor="facilities"),
        section("Collections by kind", _kinds(collections), anchor="kinds"),
    ]
    return Shown("OiDB statistics", body, (("Collections", "/collections"),))


def _totals(collections: Sequence[ListedCollection], cells: Sequence[Cell]) -> list[list[Any]]:
    files = sum(collection.held.nb_files for collection in collections)
    return [
        ["Collections", f"{len(collections):,}"],
        ["Granules", f"{sum(cell.nb for cell in cells if cell.level):,}"],
        ["OIFITS files", f"{files:,}"],
        ["Size of the files", size(sum(collection.held.size for collection in collections))],
        ["Raw exposures", f"{sum(cell.nb for cell in cells if not cell.level):,}"],
        ["Instruments", f"{len(names_by_number(cells, lambda cell: cell.instrument)):,}"],
    ]


def _levels(collections: Sequence[ListedCollection]) -> Any:
    rows = [
        [
            f"L{level}, {told}",
            f"{sum(level in collection.held.levels for collection in collections):,}",
            f"{sum(cell.nb for collection in collections for cell in collection.held.cells if cell.level == level):,}",
        ]
        for level, told in LEVELS.items()
    ]
    heads = ("Level", ("Collections", "number"), ("Granules", "number"))
    return table("Collections and granules by level", heads, rows, stacked=False)


def _by_year(cells: Sequence[Cell]) -> Any:
    number: dict[tuple[int, str], int] = {}
    for cell in cells:
        if cell.year is not None:
            place = (cell.year, cell.instrument or "not told")
            number[place] = number.get(place, 0) + cell.nb
    if not number:
        return tags.p(class_="hint")["No times are known."]
    return bars.by_year("Granules", "instrument", dict(sorted(number.items(), key=lambda item: item[0][1])))


def _names(cells: Sequence[Cell], kind: str, name_of: Callable[[Cell], str]) -> Any:
    rows = []
    for name in names_by_number(cells, name_of)[:_MOST_ROWS]:
        mine = [cell for cell in cells if name_of(cell) == name]
        numbers = [sum(cell.nb for cell in mine if cell.level == level) for level in LEVELS]
        rows.append([link(path_to(kind, name), name), *(f"{number:,}" if number else "" for number in numbers)])
    heads = ["Name", *((f"L{level}", "number") for level in LEVELS)]
    return table(f"Granules by {kind} and level", heads, rows, stacked=False) if rows else ""


def _kinds(collections: Sequence[ListedCollection]) -> Any:
    rows = []
    for kind in sorted({collection.kind for collection in collections}):
        mine = [collection for collection in collections if collection.kind == kind]
        rows.append([kind, f"{len(mine):,}", f"{sum(collection.held.nb for collection in mine):,}"])
    heads = ("Kind", ("Collections", "number"), ("Granules", "number"))
    return table("Collections by kind", heads, rows, stacked=False) if rows else ""
