"""How a collection or a granule is cited: the box of its page, what programs read of it, the files to download.

May import ``ingest``, DaCHS and this package.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gavo import base
from twisted.web.template import tags

from ingest.archive.citations import collection_work, granule_work, public_files, site_of
from ingest.archive.connection import Cursor
from ingest.archive.delivery import StoredFile
from ingest.archive.lineage import RawExposure
from ingest.archive.oidb_counts import Held, holdings_of
from ingest.archive.oidb_pages import CollectionRecord, GranulePlace, find_collection_record
from ingest.citation.bibtex import bibtex
from ingest.citation.forms import FORMS, Form
from ingest.citation.jsonld import dataset
from ingest.citation.signposts import LINKSET, LINKSET_TYPE, MOST_ITEMS, linkset
from ingest.citation.styles import reference
from ingest.citation.text import clean
from ingest.citation.work import Download, Work, doi_url
from ingest.home import Home
from oidb_rd.pages import structured
from oidb_rd.pages.frame import Asked, Document
from oidb_rd.pages.parts import article_link, search_path
from resdir.elements import link

#: A link set is read by programs, but not without end.
_MOST_LINKS = 5000
_TABLES = (("application/x-votable+xml", "VOTable"), ("text/csv", "CSV"))


def collection(cursor: Cursor, record: CollectionRecord, held: Held, wanted: dict[str, str]) -> Work:
    """Return a collection as a work.

    Parameters
    ----------
    wanted
        Conditions of the search that finds all that is in it.
    """
    site = site_of(Home.from_environment())
    work = collection_work(cursor, site, record, held)
    if record.retired is not None:
        return work
    tables = [(media_type, str(base.makeAbsoluteURL(search_path(form, **wanted)))) for media_type, form in _TABLES]
    return replace(
        work,
        downloads=tuple(Download(url, media_type) for media_type, url in tables),
        items=public_files(cursor, site, record.id, MOST_ITEMS + 1),
    )


def granule(
    cursor: Cursor, place: GranulePlace, file: StoredFile, exposures: Sequence[RawExposure], now: datetime
) -> Work:
    """Return a granule as a work."""
    record = find_collection_record(cursor, place.collection_id)
    assert record is not None
    held = holdings_of(cursor, {record.id: record.updated})[record.id]
    whole = collection_work(cursor, site_of(Home.from_environment()), record, held)
    return granule_work(cursor, whole, place, file, exposures, now)


def file_asked(rest: str) -> tuple[str, str]:
    """Return the identifier and the name of the file in a path such as ``sim_chara/cite.bib``; "" where none is."""
    identifier, slash, name = rest.rpartition("/")
    return (identifier, name) if slash and name in (LINKSET, *(form.name for form in FORMS)) else (rest, "")


def answer(cursor: Cursor, asked: Asked, work: Work, name: str) -> Document | None:
    """Return the file of that name, or what the client accepts instead of a page; None when it wants the page."""
    if name == LINKSET:
        collection = "" if work.whole else work.id
        items = public_files(cursor, work.site, collection, _MOST_LINKS) if collection else work.items
        return Document(linkset(replace(work, items=items)), LINKSET_TYPE, LINKSET)
    form = next((form for form in FORMS if form.name == name), None) or _accepted(asked.accept)
    if form is None:
        return None
    back = f'<{work.url}>; rel="describes"; type="text/html"'
    return Document(form.write(work), form.served, f"{_file_name(work)}-{form.name}", back)


def _accepted(accept: str) -> Form | None:
    """Return the form that a client names in its header Accept before HTML, if it does."""
    for part in accept.lower().split(","):
        media_type = part.partition(";")[0].strip()
        if media_type in ("text/html", "application/xhtml+xml"):
            return None
        form = next((form for form in FORMS if form.media_type == media_type), None)
        if form:
            return form
    return None


def _file_name(work: Work) -> str:
    told = work.id.rpartition("?")[2] if work.whole else work.id
    return "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in told)


def head(work: Work) -> list[Any]:
    """Return what the page's head tells search engines and reference managers."""
    told = [
        ("citation_title", clean(work.title)),
        *(("citation_author", clean(name.inverted)) for name in work.creators),
        ("citation_publication_date", str(work.year)),
        ("citation_publisher", clean(work.site.organisation)),
        ("citation_doi", work.doi or ""),
        ("DC.type", "Dataset"),
        ("DC.title", clean(work.title)),
        *(("DC.creator", clean(name.inverted)) for name in work.creators),
        ("DC.identifier", work.permanent_url),
        ("DC.publisher", clean(work.site.organisation)),
        ("DC.date", str(work.year)),
        ("DC.rights", work.licence.url if work.licence else ""),
    ]
    return [
        structured.json_ld(dataset(work)),
        tags.link(rel="canonical", href=work.url),
        [
            tags.link(rel="describedby", type=form.media_type, href=f"{work.url}/{form.name}")
            for form in FORMS
            if not form.cites
        ],
        [tags.meta(name=name, content=content) for name, content in told if content],
    ]


def box(work: Work, bibcode: str | None) -> Any:
    """Return how to cite: the reference in words and as BibTeX, and files of all forms."""
    return tags.div(class_="citing")[
        tags.p[_advice(work, bibcode)],
        tags.p(class_="reference", id="reference")[reference(work)],
        tags.details[
            tags.summary["BibTeX"],
            tags.pre(tabindex="0", **{"aria-label": "Entry of BibTeX"})[bibtex(work)],
        ],
        tags.p["They may be used under the licence ", link(work.licence.url, work.licence.name), "."]
        if work.licence
        else "",
        tags.p(class_="forms")["For programs that manage references: ", _ways(work, cites=True), "."],
        tags.p(class_="forms")["Metadata: ", _ways(work, cites=False), "."],
    ]


def _ways(work: Work, *, cites: bool) -> list[Any]:
    ways: list[Any] = []
    for form in FORMS:
        if form.cites is cites:
            way = tags.a(href=f"{work.url}/{form.name}", rel="nofollow", type=form.media_type)[form.label]
            ways += [", " if ways else "", way]
    return ways


def _advice(work: Work, bibcode: str | None) -> list[Any]:
    doi = work.cited_doi
    where = ["with their DOI, ", link(doi_url(doi), f"doi:{doi}")] if doi else ["with the address of this page"]
    if work.whole and doi:
        where = ["with the DOI of their collection, ", link(doi_url(doi), f"doi:{doi}"), ", and their identifier"]
    if bibcode:
        return ["Cite the article, ", article_link(bibcode), ", and the data ", where, ":"]
    return ["No article is known for these data. Cite them ", where, ":"]
