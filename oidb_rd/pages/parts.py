"""Parts of OiDB's pages: names without addresses, sizes, links to searches, tables of granules and of collections.

May import ``ingest``, DaCHS and ``resdir``.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from gavo import base
from twisted.web.template import tags

from ingest.archive.oidb_counts import ListedCollection
from ingest.archive.oidb_pages import ListedGranule
from ingest.citation.people import names_of as names_of
from ingest.citation.people import without_addresses as without_addresses
from oidb_rd.pages.frame import path_to
from resdir.elements import Head, link, moment, table, two_lines

KINDS = {
    "public": "data of anybody, public at once unless their collection says otherwise",
    "simulation": "simulated data: no star was observed",
    "suv": "data reduced with the help of a VLTI expertise centre; private for 2 years",
    "VizieR": "data published with an article, from the catalogues of the CDS",
    "pionier": "data of PIONIER, calibrated by its team; private for a year",
    "eso": "data from ESO’s archive; private for a year",
    "chara": "data of the CHARA array; private for 18 months",
}
LEVELS = {0: "raw exposures", 1: "uncalibrated", 2: "calibrated", 3: "published"}
_SEARCH = "/oidb/q/search/form"
_RUN = ("__nevow_form__", "genForm")


def people(*texts: str | None) -> Any:
    """Return links to the pages of the people who are named."""
    linked: list[Any] = []
    for name in names_of(*texts):
        linked += [", " if linked else "", link(path_to("datapi", name), name)]
    return linked


def size(number: int | None) -> str:
    """Return a size in words; empty for None."""
    if number is None:
        return ""
    for unit, step in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= step:
            return f"{number / step:.1f}\N{NO-BREAK SPACE}{unit}"
    return f"{-(-number // 1000):,}\N{NO-BREAK SPACE}kB"


def search_path(form: str = "", **conditions: str) -> str:
    """Return the address of a search; in a form such as VOTable, of all that it finds."""
    how = [("_FORMAT", form), ("MAXREC", "100000"), ("VERB", "3")] if form else []
    return f"{base.makeSitePath(_SEARCH)}?{urlencode([_RUN, *conditions.items(), *how], quote_via=quote)}"


def collection_link(identifier: str, *shown: Any) -> Any:
    """Return a link to a collection."""
    return link(path_to("collection", identifier), shown or identifier)


def article_link(bibcode: str) -> Any:
    """Return a link to an article at ADS."""
    return link(f"https://ui.adsabs.harvard.edu/abs/{quote(bibcode, safe='')}", bibcode)


def span_of(span: tuple[float, float] | None) -> Any:
    """Return first and last day (UTC)."""
    if span is None:
        return ""
    days = dict.fromkeys(moment(mjd, "%Y-%m-%d") for mjd in span)
    first, *last = (tags.span(class_="day")[day] for day in days)
    return [first, " – ", last] if last else first


def rights(public: bool, release: datetime | None) -> Any:
    """Return whether something is public, or until when it is not."""
    if public:
        return "public"
    until = f"until {release.astimezone(UTC):%Y-%m-%d}" if release else ""
    return two_lines(tags.span(class_="badge badge-private")["private"], until)


def levels_of(levels: Iterable[int]) -> str:
    """Return levels as they are called."""
    return ", ".join(f"L{level}" for level in levels)


def kind_badge(kind: str, title: str = "") -> Any:
    """Return a mark for what was never observed."""
    if kind != "simulation" and "SIMULATED" not in title:
        return ""
    return tags.span(class_="badge badge-simulated")["simulated"]


def granule_path(granule: ListedGranule) -> str:
    """Return the address of a granule's page, or of that of an exposure."""
    if granule.level == 0:
        return str(base.makeSitePath(f"/detail/exposure/{quote(granule.obs_id or '', safe=':')}"))
    return path_to("granule", str(granule.id))


#: Head of each column of a list of granules: label, name of its order or none, class.
GRANULE_HEADS = (
    ("Target", "target", ""),
    ("Date (UTC)", "date", "moment"),
    ("Instrument", "instrument", ""),
    ("Bands", "", ""),
    ("Channels", "channels", "number"),
    ("Level", "level", ""),
    ("Rights", "release", "rights"),
    ("File", "file", ""),
)


def granule_table(
    label: str, granules: Sequence[ListedGranule], drawn: frozenset[int], heads: Sequence[Head] = ()
) -> Any:
    """Return a table of granules.

    Parameters
    ----------
    drawn
        Ids of those that have a thumbnail that this visitor may see.
    heads
        Heads instead of the plain ones: elements that sort.
    """
    shown = heads or [Head(label, css) for label, _, css in GRANULE_HEADS]
    return table(label, shown, [_granule_row(granule, granule.id in drawn) for granule in granules], stacked=True)


def _granule_row(granule: ListedGranule, drawn: bool) -> list[Any]:
    path = granule_path(granule)
    return [
        [link(path, granule.target_name or "(no name)"), _thumbnail(granule, path) if drawn else ""],
        "" if granule.t_min is None else moment(granule.t_min, "%Y-%m-%d %H:%M"),
        two_lines(granule.instrument, " ".join(part for part in (granule.facility, granule.mode) if part)),
        granule.bands,
        "" if granule.nb_channels is None else f"{granule.nb_channels:,}",
        f"L{granule.level}",
        rights(granule.public, granule.release_date),
        _file(granule),
    ]


def _thumbnail(granule: ListedGranule, path: str) -> Any:
    told = f"Quick look at {granule.target_name or 'the granule'}: uv plane, visibilities, closure phases"
    return tags.a(href=path, class_="thumbnail")[
        tags.img(
            src=base.makeSitePath(f"/plots/{granule.id}-thumbnail.png"),
            alt=told,
            loading="lazy",
            width="150",
            height="100",
        )
    ]


def _file(granule: ListedGranule) -> Any:
    if granule.file_id is None or granule.file_name is None:
        return granule.obs_id or ""
    address = base.makeSitePath(f"/files/{granule.file_id}/{granule.url_name}")
    return two_lines(tags.a(href=address, rel="nofollow", class_="file")[granule.file_name], size(granule.file_size))


COLLECTION_HEADS = (
    ("Collection", "title", ""),
    ("Kind", "kind", ""),
    ("Level", "level", ""),
    ("Instruments", "", ""),
    ("Data PI", "", ""),
    ("Granules", "granules", "number"),
    ("Files", "files", "number"),
    ("Observed (UTC)", "observed", ""),
    ("Updated", "updated", "moment"),
)


def collection_table(label: str, collections: Iterable[ListedCollection], heads: Sequence[Head] = ()) -> Any:
    """Return a table of collections."""
    shown = heads or [Head(label, css) for label, _, css in COLLECTION_HEADS]
    return table(label, shown, map(_collection_row, collections), stacked=True)


def _collection_row(collection: ListedCollection) -> list[Any]:
    held = collection.held
    badge = kind_badge(collection.kind, collection.title)
    return [
        two_lines(
            [collection_link(collection.id, collection.title), " " if badge else "", badge],
            collection.id if collection.id != collection.title else "",
        ),
        collection.kind,
        levels_of(held.levels),
        ", ".join(held.instruments[:6]) + (" …" if len(held.instruments) > 6 else ""),
        ", ".join(names_of(collection.datapi)),
        f"{held.nb:,}",
        f"{held.nb_files:,}" if held.nb_files else "",
        span_of(held.span),
        f"{collection.updated.astimezone(UTC):%Y-%m-%d}",
    ]


def sorted_heads(
    heads: Sequence[tuple[str, str, str]], address: Callable[[str], str], order: str, descending: bool
) -> list[Head]:
    """Return heads that sort.

    Parameters
    ----------
    heads
        Label, name of the order or "", class, of each column.
    address
        Gives the address of the page in an order, named with ``-`` before it where it descends.
    """
    made: list[Head] = []
    for label, name, css in heads:
        if not name:
            made.append(Head(label, css))
            continue
        here = name == order
        # numbers and dates are wanted from the largest on
        down = not descending if here else css in ("number", "moment")
        mark = tags.span(class_="sorted", **{"aria-hidden": "true"})[" ▼" if descending else " ▲"] if here else ""
        way = tags.a(href=address(f"{'-' if down else ''}{name}"), rel="nofollow")[label]
        turned = "descending" if descending else "ascending"
        made.append(Head(label, css, [way, mark], turned if here else None))
    return made


def order_in(text: str, orders: Iterable[str], default: str) -> tuple[str, bool]:
    """Return the name of an order and whether it descends; the default for what is none."""
    name = text.removeprefix("-")
    wanted = text if name in set(orders) else default
    return wanted.removeprefix("-"), wanted.startswith("-")


def pages(number: int, last: int, address: Callable[[int], str]) -> Any:
    """Return the ways to other pages of a list."""
    if last <= 1:
        return ""
    ways = [(1, "first"), (number - 1, "previous")] if number > 1 else []
    ways += [(number + 1, "next"), (last, "last")] if number < last else []
    return tags.nav(class_="pages", **{"aria-label": "Pages"})[
        tags.ul[[tags.li[tags.a(href=address(to), rel="nofollow")[label]] for to, label in ways]],
        tags.span[f"page {number:,} of {last:,}"],
    ]


def page_number(text: str, last: int) -> int:
    """Return the number of a page that exists: what is none is the first, what is beyond the last."""
    return max(1, min(int(text), last)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
