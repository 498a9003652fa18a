"""The page of a collection at /collection/ID."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from gavo import base
from gavo.svcs import UnknownURI
from twisted.web.template import tags

from ingest.access.policy import may_share
from ingest.archive.access import collection_access
from ingest.archive.comments import Subject
from ingest.archive.connection import Cursor
from ingest.archive.oidb_counts import Held, holdings_of
from ingest.archive.oidb_pages import ORDERS, CollectionRecord, find_collection_record, granules_of_collection
from ingest.archive.previews import cached_thumbnails
from ingest.citation.signposts import link_header
from ingest.citation.styles import reference
from ingest.citation.work import Work, doi_url
from ingest.home import Home
from oidb_rd.pages import citing
from oidb_rd.pages.commenting import comments_section
from oidb_rd.pages.frame import Asked, Document, Shown, path_to
from oidb_rd.pages.parts import (
    GRANULE_HEADS,
    KINDS,
    LEVELS,
    article_link,
    granule_table,
    kind_badge,
    order_in,
    page_number,
    pages,
    people,
    search_path,
    size,
    sorted_heads,
    span_of,
)
from resdir import samp
from resdir.elements import facts, link, section

_ROWS = 50
#: Pages behind this row are of no use to people, and each costs all before it.
_LAST_ROW = 20_000
_CRUMBS = (("Collections", "/collections"),)


def view(cursor: Cursor, asked: Asked) -> Shown | Document:
    """Show a collection, or answer one of the files that describe it; of a retired one only that it is."""
    record, name = find_collection_record(cursor, asked.rest), ""
    if record is None:
        identifier, name = citing.file_asked(asked.rest)
        record = find_collection_record(cursor, identifier) if name else None
    if record is None:
        raise UnknownURI("No collection has this identifier")
    held = holdings_of(cursor, {record.id: record.updated})[record.id]
    work = citing.collection(cursor, record, held, _conditions(record, held))
    return citing.answer(cursor, asked, work, name) or _page(cursor, asked, record, held, work)


def _page(cursor: Cursor, asked: Asked, record: CollectionRecord, held: Held, work: Work) -> Shown:
    if record.retired is not None:
        return _retired(record, work)
    body = [
        _marks(record, held),
        [tags.p[paragraph] for paragraph in record.description.split("\n\n") if paragraph.strip()],
        facts(_facts(record, held, work)),
        _ways(cursor, asked, record, held),
        section("Data", _data(cursor, asked, record, held), anchor="data"),
        section("How to cite", citing.box(work, record.bibcode), anchor="cite"),
        comments_section(cursor, asked, Subject(record.id)),
    ]
    return Shown(
        record.title,
        body,
        _CRUMBS,
        citing.head(work),
        indexed=not asked.parameters,
        kicker="Collection",
        links=link_header(work),
    )


def _retired(record: CollectionRecord, work: Work) -> Shown:
    assert record.retired is not None
    body = [
        tags.p(class_="lead")[f"This collection is not published any more, since {record.retired:%Y-%m-%d}."],
        tags.p[record.retired_reason],
        facts([("Identifier", record.id), ("Article", article_link(record.bibcode) if record.bibcode else "")]),
        section("Where it was cited", tags.p(class_="reference")[reference(work)], anchor="cite"),
        tags.p[link("/collections", "All collections")],
    ]
    links = link_header(work)
    return Shown(record.title, body, _CRUMBS, citing.head(work), 410, kicker="Retired collection", links=links)


def _absolute(path: str) -> str:
    return str(base.makeAbsoluteURL(path))


def _marks(record: CollectionRecord, held: Held) -> Any:
    marks = [kind_badge(record.kind, record.title)] + [
        tags.span(class_="badge badge-level")[f"L{level} {LEVELS[level]}"] for level in held.levels
    ]
    return tags.p(class_="marks")[[[mark, " "] for mark in marks if mark]]


def _facts(record: CollectionRecord, held: Held, work: Work) -> Iterator[tuple[str, Any]]:
    yield "Identifier", tags.code[record.id]
    yield "DOI", link(doi_url(work.doi), work.doi) if work.doi else ""
    yield "Name", record.name if record.name not in (record.id, record.title) else ""
    yield "Kind", f"{record.kind}: {KINDS[record.kind]}"
    yield "Data PI", people(record.datapi)
    yield "Co-PIs", people(record.co_pis)
    yield "Article", article_link(record.bibcode) if record.bibcode else ""
    yield "Keywords", ", ".join(record.keywords)
    yield "Public", _release(record.release_date)
    yield "Instruments", _links("instrument", held.instruments)
    yield "Arrays", _links("facility", held.facilities)
    yield "Observed (UTC)", span_of(held.span)
    what = "exposures" if held.levels == (0,) else "granules"
    files = f" in {held.nb_files:,} files of {size(held.size)}" if held.nb_files else ""
    yield "Holds", f"{held.nb:,} {what}{files}"
    yield "Created", f"{record.created.astimezone(UTC):%Y-%m-%d}"
    yield "Last change", f"{record.updated.astimezone(UTC):%Y-%m-%d}"


def _release(release: datetime | None) -> str:
    if release is None:
        return "each file from its own date on"
    told = f"{release.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return (
        f"nothing before {told}" if release > datetime.now(UTC) else f"since {told}, or from a file’s own later date on"
    )


def _links(kind: str, names: tuple[str, ...]) -> Any:
    linked: list[Any] = []
    for name in names:
        linked += [", " if linked else "", link(path_to(kind, name), name)]
    return linked


def _conditions(record: CollectionRecord, held: Held) -> dict[str, str]:
    """Return what finds all of it: raw exposures must be asked for."""
    return {"collection": record.id} | ({"level": "0"} if held.levels == (0,) else {})


def _ways(cursor: Cursor, asked: Asked, record: CollectionRecord, held: Held) -> Any:
    if not held.nb:
        return _own_ways(cursor, asked, record)
    wanted = _conditions(record, held)
    script = f"{base.makeSitePath('/download')}?{urlencode(wanted)}"
    votable = _absolute(search_path("VOTable", **wanted))
    return [
        tags.div(class_="toolbar")[
            tags.ul(class_="inline")[
                tags.li[tags.a(href=search_path(**wanted), rel="nofollow")["Search in it"]],
                tags.li[tags.a(href="#cite")["Cite"]],
                [
                    tags.li[tags.a(href=search_path(form, **wanted), rel="nofollow")[form]]
                    for form in ("VOTable", "CSV")
                ],
                tags.li[
                    tags.a(href=script, rel="nofollow", title="Fetches the files and checks them")["Download script"]
                ]
                if held.nb_files
                else "",
            ],
            samp.buttons(samp.table_button(votable)),
        ],
        _own_ways(cursor, asked, record),
    ]


def _own_ways(cursor: Cursor, asked: Asked, record: CollectionRecord) -> Any:
    """Return what those who are responsible for it can do."""
    if asked.visitor.account_id is None or not may_share(collection_access(cursor, record.id), asked.visitor):
        return ""
    return tags.p(class_="own")[
        "You are responsible for this collection: ",
        link(f"/submit/collection/{quote(record.id, safe='')}", "edit it or add files"),
        ", ",
        link(f"/account/collection?id={quote(record.id, safe='')}", "see who may read it, and share it"),
        ".",
    ]


def _data(cursor: Cursor, asked: Asked, record: CollectionRecord, held: Held) -> Any:
    if not held.nb:
        return tags.p(class_="hint")["Nothing is in it yet."]
    order, descending = order_in(asked.parameters.get("sort", ""), ORDERS, "-date" if held.levels == (0,) else "target")
    last = max(1, -(-min(held.nb, _LAST_ROW) // _ROWS))
    number = page_number(asked.parameters.get("page", "1"), last)

    def address(**changes: str) -> str:
        told = {"sort": f"{'-' if descending else ''}{order}"} | changes
        return f"{path_to('collection', record.id)}?{urlencode(told)}#data"

    granules = granules_of_collection(cursor, record.id, order, descending, _ROWS, _ROWS * (number - 1))
    drawn = cached_thumbnails(
        Home.from_environment(), cursor, [granule.id for granule in granules if granule.level], datetime.now(UTC)
    )
    heads = sorted_heads(GRANULE_HEADS, lambda name: address(sort=name), order, descending)
    return [
        granule_table(f"Data of {record.title}", granules, drawn, heads),
        pages(number, last, lambda to: address(page=str(to))),
        tags.p(class_="hint")[f"Only the first {_LAST_ROW:,} are listed here: narrow the search."]
        if held.nb > _LAST_ROW
        else "",
    ]
