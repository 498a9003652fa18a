"""For programs that come again: the feed of changes (/feed.atom), the map of the site, and what robots may read.

May import ``ingest``, DaCHS and this package.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gavo import base
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.web import resource, server
from twisted.web.http import Request
from twisted.web.template import Tag, flattenString

from ingest.archive.comments import Comment, latest_comments
from ingest.archive.connection import Cursor
from ingest.archive.oidb_counts import list_collections, names_by_number
from ingest.archive.oidb_feed import Happening, happenings
from oidb_rd.pages.commenting import subject_path
from oidb_rd.pages.frame import database, path_to
from oidb_rd.pages.parts import without_addresses
from resdir import skin

_DAYS = 90
_MOST = 100
#: Sitemaps of more addresses are not read.
_MOST_ADDRESSES = 50_000
_LONGEST = 500
#: What XML 1.0 cannot hold.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: What an event is in a title: one, and several.
_EVENTS = {
    "collection created": ("New collection", "New collection"),
    "collection changed": ("Collection changed", "Collection changed"),
    "collection retired": ("Collection retired", "Collection retired"),
    "file added": ("1 new file", "{} new files"),
    "file replaced": ("1 file replaced", "{} files replaced"),
    "file corrected": ("1 file corrected", "{} files corrected"),
    "file moved": ("1 file came from another collection", "{} files came from another collection"),
    "file retired": ("1 file retired", "{} files retired"),
    "data released": ("1 file became public", "{} files became public"),
}


class _Document(resource.Resource):
    """Something that is made in a thread from the database."""

    isLeaf = True
    media_type = ""

    def render(self, request: Request) -> object:
        """Read in a thread, then write."""
        if request.method not in (b"GET", b"HEAD"):
            request.setResponseCode(405)
            request.setHeader("allow", "GET, HEAD")
            return b"This can be read only (GET, HEAD).\n"
        read = threads.deferToThread(self._read)
        read.addCallback(self._write, request).addErrback(renderDCErrorPage, request)
        return server.NOT_DONE_YET

    def _read(self) -> Any:
        with database().reading() as cursor:
            return self.element(cursor)

    def element(self, cursor: Cursor) -> Any:
        """Return the document's element; called in a thread."""
        raise NotImplementedError

    def _write(self, element: Any, request: Request) -> Any:
        request.setHeader("content-type", self.media_type)
        return flattenString(request, element).addCallback(_finish, request)


def _finish(text: bytes, request: Request) -> None:
    request.write(b'<?xml version="1.0" encoding="utf-8"?>\n' + text)
    request.finish()


def _site() -> str:
    return str(base.getConfig("web", "serverURL")).rstrip("/")


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


class Feed(_Document):
    """What changed, as Atom (RFC 4287)."""

    media_type = "application/atom+xml; charset=utf-8"

    def element(self, cursor: Cursor) -> Any:
        """Return the feed."""
        since = datetime.now(UTC) - timedelta(days=_DAYS)
        entries = [(found.latest, _happening(found)) for found in happenings(cursor, since, _MOST)]
        for comment in latest_comments(cursor, since, _MOST):
            assert comment.reviewed is not None
            entries.append((comment.reviewed, _comment(comment)))
        entries.sort(key=lambda entry: entry[0], reverse=True)
        latest = entries[0][0] if entries else since.replace(hour=0, minute=0, second=0)
        address = f"{_site()}/feed.atom"
        return Tag("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})[
            Tag("title")[_clean(f"OiDB – {skin.site_name()}")],
            Tag("subtitle")["Collections, files and comments that are new or have changed."],
            Tag("id")[address],
            Tag("updated")[_stamp(latest)],
            Tag("author")[Tag("name")[_clean(skin.site_name())]],
            Tag("link", {"rel": "self", "type": "application/atom+xml", "href": address}),
            Tag("link", {"rel": "alternate", "type": "text/html", "href": f"{_site()}/collections"}),
            [element for _, element in entries[:_MOST]],
        ]


def _entry(identifier: str, title: str, moment: datetime, path: str, summary: str, author: str = "") -> Any:
    return Tag("entry")[
        Tag("title")[_clean(title)],
        Tag("id")[f"{_site()}/feed.atom#{identifier}"],
        Tag("updated")[_stamp(moment)],
        Tag("author")[Tag("name")[_clean(author)]] if author else "",
        Tag("link", {"rel": "alternate", "type": "text/html", "href": f"{_site()}{path}"}),
        Tag("summary")[_clean(summary)],
    ]


def _happening(found: Happening) -> Any:
    once, often = _EVENTS[found.event]
    told = once if found.nb == 1 else often.format(found.nb)
    hour = f"{found.hour.astimezone(UTC):%Y-%m-%dT%H}"
    identifier = f"{found.event.replace(' ', '-')}/{quote(found.collection_id, safe='')}/{hour}"
    return _entry(
        identifier, f"{told}: {found.title}", found.latest, path_to("collection", found.collection_id), _summary(found)
    )


def _summary(found: Happening) -> str:
    if found.event == "collection retired":
        return found.reason
    if found.event.startswith("collection"):
        changed = ", ".join(found.subjects) if found.event == "collection changed" else ""
        return f"{found.title}{f' ({changed})' if changed else ''}"
    more = f" and {found.nb - len(found.subjects)} more" if found.nb > len(found.subjects) else ""
    return f"{', '.join(found.subjects)}{more}, in {found.title}."


def _comment(comment: Comment) -> Any:
    assert comment.reviewed is not None
    author = without_addresses(comment.author) or "somebody"
    title = f"{author} on {comment.subject.collection_id}"
    if comment.subject.granule_id is not None:
        title += f", granule {comment.subject.granule_id}"
    path = f"{subject_path(comment.subject)}#comment-{comment.id}"
    body = comment.body if len(comment.body) <= _LONGEST else f"{comment.body[:_LONGEST]} …"
    return _entry(f"comment/{comment.id}", f"Comment by {title}", comment.reviewed, path, body, author)


class SiteMap(_Document):
    """The addresses that search engines should know (sitemaps.org)."""

    media_type = "application/xml; charset=utf-8"

    def element(self, cursor: Cursor) -> Any:
        """Return the map: pages about all, collections, instruments, arrays."""
        collections = list_collections(cursor)
        cells = [cell for collection in collections for cell in collection.held.cells]
        names = [("instrument", name) for name in names_by_number(cells, lambda cell: cell.instrument)]
        names += [("facility", name) for name in names_by_number(cells, lambda cell: cell.facility)]
        fixed = ("/", "/collections", "/instruments", "/facilities", "/datapis", "/statistics/oidb", "/statistics")
        addresses: list[tuple[str, datetime | None]] = [(path, None) for path in fixed]
        addresses += [(path_to("collection", collection.id), collection.updated) for collection in collections]
        addresses += [(path_to(kind, name), None) for kind, name in names]
        return Tag("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})[list(_urls(addresses))]


def _urls(addresses: Iterable[tuple[str, datetime | None]]) -> Iterable[Any]:
    for path, changed in list(addresses)[:_MOST_ADDRESSES]:
        yield Tag("url")[Tag("loc")[f"{_site()}{path}"], Tag("lastmod")[_stamp(changed)] if changed else ""]


class Robots(resource.Resource):
    """What robots may read; DaCHS' own has rules that are for nobody."""

    isLeaf = True

    def render_GET(self, request: Request) -> bytes:
        """Return the rules, and where the map is."""
        request.setHeader("content-type", "text/plain; charset=utf-8")
        rules = (Path(base.getConfig("webDir")) / "robots.txt").read_text(encoding="utf-8")
        return f"{rules.rstrip()}\n\nSitemap: {_site()}/sitemap.xml\n".encode()
