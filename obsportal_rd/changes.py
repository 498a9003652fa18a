"""The change log of ObsPortal: /changes, and as an Atom feed at /changes/feed.atom."""

from datetime import UTC, datetime, time
from typing import Any

from gavo import base
from gavo.svcs import UnknownURI
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.web import resource, server
from twisted.web.http import Request
from twisted.web.template import Tag, flattenString, tags

from ingest.archive.connection import Cursor
from ingest.archive.obsportal_statistics import CHANGES, Changes, Day
from obsportal_rd import elements
from obsportal_rd.pages import ReadingPage, database
from resdir import skin
from resdir.elements import link, section, table


class MainPage(ReadingPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    def getChild(self, name: bytes, request: Request) -> Any:
        """Return the feed."""
        segments = request.popSegments(name)
        if segments == ["feed.atom"]:
            return Feed()
        raise UnknownURI("There is nothing at this address")

    def read(self, cursor: Cursor) -> None:
        """Take the changes, which may be some minutes old."""
        self.changes, self.age = CHANGES.get(cursor)

    def heading(self) -> str:
        """Return the title."""
        return "ObsPortal changes"

    def body(self) -> Any:
        """Return everything."""
        return [
            tags.h1["ObsPortal changes"],
            tags.p[
                "Exposures that came, changed, or disappeared from their archive; also as an ",
                link(base.makeSitePath("/changes/feed.atom"), "Atom feed"),
                ".",
            ],
            section("By day (UTC)", _days(self.changes), anchor="days"),
            section("Harvest", _harvest(self.changes), anchor="harvest"),
        ]


def _updated(day: Day, number: int) -> Any:
    if not number:
        return ""
    span = {"date_updated_from": day.day, "date_updated_to": day.day}
    return link(elements.search_path(**span, sort="newest"), f"{number:,}")


def _days(changes: Changes) -> Any:
    if not changes.days:
        return tags.p["Nothing has changed in the last 60 days."]
    rows = [
        [
            str(day.day),
            _updated(day, day.added),
            _updated(day, day.changed),
            f"{day.withdrawn:,}" if day.withdrawn else "",
        ]
        for day in changes.days
    ]
    heads = ("Day", ("New", "number"), ("Changed", "number"), ("Withdrawn", "number"))
    return table("Changes by day", heads, rows, stacked=False)


def _harvest(changes: Changes) -> Any:
    if not changes.slices:
        return tags.p["Nothing was harvested from ESO’s archive yet."]
    total = changes.slices_done + changes.slices_begun
    rows = [
        [
            found.slice,
            {"done": "done", "begun": "under way"}[found.state] if found.slice != "increment" else "",
            f"{found.updated.astimezone(UTC):%Y-%m-%d %H:%M}",
            "" if found.counted is None else f"{found.counted:,}",
            "" if found.held is None else f"{found.held:,}",
        ]
        for found in changes.slices
    ]
    heads = ("Part", "State", ("Last change", "moment"), ("At ESO", "number"), ("Here", "number"))
    return [
        tags.p[f"{changes.slices_done:,} of {total:,} parts (instrument and month) of the first load are done."],
        table("State of the harvest", heads, rows, stacked=False),
    ]


class Feed(resource.Resource):
    """The days as an Atom feed (RFC 4287)."""

    isLeaf = True

    def render_GET(self, request: Request) -> object:
        """Read in a thread, then write."""
        threads.deferToThread(self._read).addCallback(self._write, request).addErrback(renderDCErrorPage, request)
        return server.NOT_DONE_YET

    def _read(self) -> Changes:
        with database().reading() as cursor:
            return CHANGES.get(cursor)[0]

    def _write(self, changes: Changes, request: Request) -> Any:
        request.setHeader("content-type", "application/atom+xml; charset=utf-8")
        return flattenString(request, _feed(changes)).addCallback(_finish, request)


def _finish(text: bytes, request: Request) -> None:
    request.write(b'<?xml version="1.0" encoding="utf-8"?>\n' + text)
    request.finish()


def _feed(changes: Changes) -> Any:
    address = base.getConfig("web", "serverURL") + "/changes"
    latest = _moment(changes.days[0]) if changes.days else f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return Tag("feed", {"xmlns": "http://www.w3.org/2005/Atom"})[
        Tag("title")[f"ObsPortal changes – {skin.site_name()}"],
        Tag("id")[address],
        Tag("updated")[latest],
        Tag("author")[Tag("name")[skin.site_name()]],
        Tag("link", {"rel": "alternate", "href": address}),
        Tag("link", {"rel": "self", "href": f"{address}/feed.atom"}),
        [_entry(day, address) for day in changes.days],
    ]


def _entry(day: Day, address: str) -> Any:
    told = f"{day.added:,} new, {day.changed:,} changed, {day.withdrawn:,} withdrawn"
    return Tag("entry")[
        Tag("title")[f"{day.day}: {told}"],
        Tag("id")[f"{address}#{day.day}"],
        Tag("updated")[_moment(day)],
        Tag("link", {"rel": "alternate", "href": address}),
        Tag("summary")[f"{told} exposures."],
    ]


def _moment(day: Day) -> str:
    return f"{datetime.combine(day.day, time(), UTC):%Y-%m-%dT%H:%M:%SZ}"
