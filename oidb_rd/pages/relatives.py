"""What belongs to a granule: attached products, raw exposures, granules of its file, its target, its night.

May import ``ingest``, DaCHS and this package.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from gavo import base
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.lineage import RawExposure
from ingest.archive.oidb_pages import (
    MOST_RELATIVES,
    GranulePlace,
    ListedGranule,
    granules_of_file,
    granules_of_night,
    granules_of_target,
)
from ingest.archive.previews import cached_thumbnails
from ingest.archive.products import ProductFile, products_of_granule
from ingest.home import Home
from oidb_rd.pages.frame import path_to
from oidb_rd.pages.parts import granule_table, rights, search_path, size
from resdir.elements import link, moment, section, table

#: A file of thousands of granules is looked at in the search.
_MOST_SIBLINGS = 50


def sections(cursor: Cursor, place: GranulePlace, exposures: Sequence[RawExposure], now: datetime) -> list[Any]:
    """Return a section for each kind of relative that there is."""
    siblings = granules_of_file(cursor, place.file_id, _MOST_SIBLINGS + 1)
    target, night = granules_of_target(cursor, place), granules_of_night(cursor, place)
    shown = [granule.id for granule in (*siblings, *target, *night)]
    drawn = cached_thumbnails(Home.from_environment(), cursor, shown, now)
    products = products_of_granule(cursor, place.id)
    others = [granule for granule in siblings if granule.id != place.id]
    return [
        section("Attached files", _products(products, now), anchor="products") if products else "",
        section("Raw exposures that it was made from", _exposures(exposures, now), anchor="exposures")
        if exposures
        else "",
        _siblings(place, others, drawn),
        _list("The same target in other files", "target", target, drawn, search_path(target=place.target_name)),
        _list(
            f"The same night at {place.facility}",
            "night",
            night,
            drawn,
            search_path(
                facility=place.facility,
                date_from=str(place.local_night or ""),
                date_to=str(place.local_night or ""),
            ),
        ),
    ]


def _siblings(place: GranulePlace, others: Sequence[ListedGranule], drawn: frozenset[int]) -> Any:
    if not others:
        return ""
    ids = [place.id, *(granule.id for granule in others)][:8]
    return section(
        "Other granules of the file",
        tags.p[link(path_to("granule", ",".join(map(str, ids))), f"Compare {len(ids)} of them side by side"), "."],
        granule_table("Other granules of the file", others[:_MOST_SIBLINGS], drawn),
        anchor="siblings",
    )


def _list(title: str, anchor: str, granules: Sequence[ListedGranule], drawn: frozenset[int], search: str) -> Any:
    if not granules:
        return ""
    more = tags.p[tags.a(href=search, rel="nofollow")["All of them"], "."] if len(granules) == MOST_RELATIVES else ""
    return section(title, granule_table(title, granules, drawn), more, anchor=anchor)


def _products(products: Sequence[ProductFile], now: datetime) -> Any:
    rows = []
    for found in products:
        product = found.product
        address = base.makeSitePath(f"/products/{product.id}/{product.url_name}")
        rows.append(
            [
                tags.a(href=address, rel="nofollow")[product.name],
                product.description,
                product.semantics.removeprefix("#"),
                size(product.size_bytes),
                rights(found.stored.is_public(now), found.stored.public_from()),
            ]
        )
    heads = ("File", "What it is", "Kind", ("Size", "number"), ("Rights", "rights"))
    return table("Attached files", heads, rows, stacked=True)


def _exposures(exposures: Sequence[RawExposure], now: datetime) -> Any:
    rows = [
        [
            link(base.makeSitePath(f"/detail/exposure/{quote(found.exp_id, safe=':')}"), found.exp_id),
            moment(found.mjd_start),
            found.instrument,
            found.target,
            found.prog_id,
            rights(found.release_date is not None and found.release_date <= now, found.release_date),
        ]
        for found in exposures
    ]
    heads = ("Exposure", ("Start (UTC)", "moment"), "Instrument", "Target", "Programme", ("Rights", "rights"))
    return table("Raw exposures that it was made from", heads, rows, stacked=True)
