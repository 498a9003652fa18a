"""The list of all collections at /collections."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from gavo import base
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.oidb_counts import ListedCollection, list_collections
from oidb_rd.pages.frame import Asked, Shown
from oidb_rd.pages.parts import (
    COLLECTION_HEADS,
    KINDS,
    LEVELS,
    collection_table,
    order_in,
    page_number,
    pages,
    sorted_heads,
)

_ROWS = 100
_ORDERS: dict[str, Callable[[ListedCollection], Any]] = {
    "title": lambda found: (found.title.lower(), found.id),
    "kind": lambda found: (found.kind, found.title.lower()),
    "level": lambda found: (found.held.levels[-1:], found.title.lower()),
    "granules": lambda found: (found.held.nb, found.id),
    "files": lambda found: (found.held.nb_files, found.id),
    "observed": lambda found: (found.held.span or (0.0, 0.0), found.id),
    "updated": lambda found: (found.updated, found.id),
}
_FILTERS = ("text", "kind", "level", "instrument")


def view(cursor: Cursor, asked: Asked) -> Shown:
    """Show the collections that fit."""
    everything = list_collections(cursor)
    wanted = {name: asked.parameters.get(name, "").strip()[:100] for name in _FILTERS}
    found = [collection for collection in everything if _fits(collection, wanted)]
    order, descending = order_in(asked.parameters.get("sort", ""), _ORDERS, "-updated")
    found.sort(key=_ORDERS[order], reverse=descending)
    last = max(1, -(-len(found) // _ROWS))
    number = page_number(asked.parameters.get("page", "1"), last)

    def address(**changes: str) -> str:
        kept = wanted | {"sort": f"{'-' if descending else ''}{order}"} | changes
        told = {name: value for name, value in kept.items() if value and (name, value) != ("sort", "-updated")}
        return str(base.makeSitePath("/collections")) + (f"?{urlencode(told)}" if told else "")

    heads = sorted_heads(COLLECTION_HEADS, lambda name: address(sort=name), order, descending)
    rows = found[_ROWS * (number - 1) : _ROWS * number]
    body = [
        tags.p(class_="lead")[
            "A collection is data that belong together: those of an article, of a programme, of an instrument’s team."
        ],
        _filters(everything, wanted),
        tags.p(role="status")[_told(len(found), len(everything), sum(collection.held.nb for collection in found))],
        collection_table("Collections", rows, heads) if rows else "",
        pages(number, last, lambda to: address(page=str(to))),
        _legend(),
    ]
    return Shown("Collections", body, indexed=not asked.parameters)


def _fits(collection: ListedCollection, wanted: dict[str, str]) -> bool:
    text = wanted["text"].lower()
    words = f"{collection.id}\n{collection.name}\n{collection.title}\n{collection.datapi}\n{collection.co_pis}".lower()
    return (
        text in words
        and wanted["kind"] in ("", collection.kind)
        and wanted["level"] in ("", *map(str, collection.held.levels))
        and wanted["instrument"] in ("", *collection.held.instruments)
    )


def _told(found: int, all_: int, granules: int) -> str:
    number = f"{found:,} collection{'s' * (found != 1)}"
    return f"{number}{'' if found == all_ else f' of {all_:,}'}, {granules:,} granules and exposures."


def _filters(everything: list[ListedCollection], wanted: dict[str, str]) -> Any:
    instruments = sorted({name for collection in everything for name in collection.held.instruments})
    levels = sorted({level for collection in everything for level in collection.held.levels})
    kinds = sorted({collection.kind for collection in everything})
    return tags.form(method="get", action=base.makeSitePath("/collections"), class_="filters", role="search")[
        tags.div[
            tags.label(for_="text")["Word in title, id or PI"],
            tags.input(type="search", id="text", name="text", value=wanted["text"] or None, maxlength="100"),
        ],
        _choice("kind", "Kind", [(kind, kind) for kind in kinds], wanted),
        _choice("level", "Level", [(str(level), f"L{level}, {LEVELS[level]}") for level in levels], wanted),
        _choice("instrument", "Instrument", [(name, name) for name in instruments], wanted),
        tags.div[tags.button(type="submit")["Show"]],
    ]


def _choice(name: str, label: str, options: list[tuple[str, str]], wanted: dict[str, str]) -> Any:
    return tags.div[
        tags.label(for_=name)[label],
        tags.select(id=name, name=name)[
            tags.option(value="")["any"],
            [
                tags.option(value=value, selected="selected" if value == wanted[name] else None)[shown]
                for value, shown in options
            ],
        ],
    ]


def _legend() -> Any:
    levels = ", ".join(f"L{level} {told}" for level, told in LEVELS.items())
    return tags.details(class_="legend")[
        tags.summary["Kinds and levels"],
        tags.p[f"Levels: {levels}."],
        tags.dl(class_="values")[[tags.div[tags.dt[kind], tags.dd[told]] for kind, told in KINDS.items()]],
    ]
