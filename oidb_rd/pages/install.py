"""Where OiDB's pages are; called by ``resdir.customise``."""

from typing import Any

from oidb_rd.pages import collection, collections, datapi, granule, instruments
from oidb_rd.pages.comments import CommentQueue, CommentTaker
from oidb_rd.pages.feed import Feed, Robots, SiteMap
from oidb_rd.pages.frame import Page


def install(archive_service: Any) -> None:
    """Put the pages into DaCHS' server."""
    for name, view in (
        ("collections", collections.view),
        ("collection", collection.view),
        ("granule", granule.view),
        ("instruments", instruments.instruments),
        ("instrument", instruments.instrument),
        ("facilities", instruments.facilities),
        ("facility", instruments.facility),
        ("datapis", datapi.people),
        ("datapi", datapi.person),
    ):
        archive_service.addStatic(name, Page(view))
    archive_service.addStatic("comment", CommentTaker())
    archive_service.addStatic("comments", CommentQueue())
    archive_service.addStatic("feed.atom", Feed())
    archive_service.addStatic("sitemap.xml", SiteMap())
    archive_service.addStatic("robots.txt", Robots())
