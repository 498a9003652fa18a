"""Data PIs: the list at /datapis, and the data of each below /datapi. Names only: addresses are nobody's business."""

from gavo.svcs import UnknownURI
from twisted.web.template import tags

from ingest.access.policy import normalised_name
from ingest.archive.connection import Cursor
from ingest.archive.oidb_counts import ListedCollection, list_collections
from oidb_rd.pages.frame import Asked, Shown, path_to
from oidb_rd.pages.parts import collection_table, names_of, search_path
from resdir.elements import facts, link, table


def people(cursor: Cursor, asked: Asked) -> Shown:
    """List all who are named as data PI or co-PI."""
    rows = []
    for name, mine in sorted(_by_person(list_collections(cursor)).items(), key=lambda item: normalised_name(item[0])):
        rows.append(
            [
                link(path_to("datapi", name), name),
                f"{len(mine):,}",
                f"{sum(collection.held.nb for collection in mine):,}",
                ", ".join(dict.fromkeys(one for collection in mine for one in collection.held.instruments[:3])),
            ]
        )
    heads = ("Name", ("Collections", "number"), ("Granules", "number"), "Instruments")
    body = [
        tags.p(class_="lead")["People who are responsible for collections, and can be asked about their data."],
        table("Data PIs", heads, rows, stacked=True) if rows else tags.p(class_="hint")["Nobody is named yet."],
    ]
    return Shown("Data PIs", body)


def person(cursor: Cursor, asked: Asked) -> Shown:
    """Show the collections of somebody."""
    wanted = normalised_name(asked.rest)
    by_person = _by_person(list_collections(cursor))
    name = next((name for name in by_person if normalised_name(name) == wanted), None)
    if name is None:
        raise UnknownURI("No collection names this person")
    mine = by_person[name]
    number = sum(collection.held.nb for collection in mine)
    body = [
        facts([("Collections", f"{len(mine):,}"), ("Granules", f"{number:,}")]),
        tags.div(class_="toolbar")[
            tags.ul(class_="inline")[tags.li[tags.a(href=search_path(datapi=name), rel="nofollow")["Search the data"]]]
        ],
        collection_table(f"Collections of {name}", mine),
    ]
    return Shown(name, body, (("Data PIs", "/datapis"),), kicker="Data PI")


def _by_person(collections: list[ListedCollection]) -> dict[str, list[ListedCollection]]:
    """Return each person's collections; of several spellings that are the same the first counts."""
    spelling: dict[str, str] = {}
    found: dict[str, list[ListedCollection]] = {}
    for collection in collections:
        for name in names_of(collection.datapi, collection.co_pis):
            known = spelling.setdefault(normalised_name(name), name)
            mine = found.setdefault(known, [])
            if collection not in mine:
                mine.append(collection)
    return found
