"""The front page: what the site is, a search box, the latest collections, and the addresses for programs.

A page of DaCHS' renderer ``custom``. The database is asked in a thread; titles come from users, and
twisted's templates escape them.
"""

from datetime import UTC
from pathlib import Path
from typing import Any

from gavo import base
from gavo.formal import nevowc
from gavo.web import grend
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.web import server, template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive import Archive
from ingest.archive.obsportal_statistics import COUNTS, Counts
from ingest.archive.oidb_counts import ListedCollection, list_collections
from ingest.home import Home
from oidb_rd.pages.parts import collection_link, kind_badge, levels_of, span_of
from resdir import skin

_SHOWN = 6


class MainPage(grend.ServiceBasedPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    name = "custom"
    checkedRenderer = False
    loader = nevowc.XMLFile(str(Path(__file__).with_name("templates") / "home.html"))

    @classmethod
    def isBrowseable(cls, service: object) -> bool:
        """Tell that this is a page to look at."""
        return True

    def render(self, request: Request) -> object:
        """Read the collections in a thread, then write the page."""
        threads.deferToThread(self._read).addCallback(self._write, request).addErrback(renderDCErrorPage, request)
        return server.NOT_DONE_YET

    def _read(self) -> tuple[list[ListedCollection], Counts]:
        with Archive(Home.from_environment()).transaction() as cursor:
            return list_collections(cursor, _SHOWN), COUNTS.get(cursor)[0]

    def _write(self, read: tuple[list[ListedCollection], Counts], request: Request) -> object:
        self.collections, self.counts = read
        return self.renderDocument(request).addCallback(self.finishRequest, request)

    @template.renderer
    def site(self, request: Request, tag: Any) -> Any:
        """Insert the site's name."""
        return tag[skin.site_name()]

    @template.renderer
    def setting(self, key: str) -> Any:
        """Insert a setting of the operator's."""
        return lambda request, tag: tag[str(Home.from_environment().settings[key])]

    @template.renderer
    def address(self, path: str) -> Any:
        """Insert the full address of a path of the site."""
        return lambda request, tag: tag[base.getConfig("web", "serverURL") + path]

    @template.renderer
    def contact(self, request: Request, tag: Any) -> Any:
        """Insert a link for mail to the operator."""
        settings = Home.from_environment().settings
        address = settings.text("site.contact_email")
        return tag(href=f"mailto:{address}")[f"{settings.text('site.contact_name')} <{address}>"]

    @template.renderer
    def listed(self, request: Request, tag: Any) -> Any:
        """Insert the latest collections, a card each."""
        return tag[[_card(collection) for collection in self.collections]] if self.collections else ""

    @template.renderer
    def exposures(self, request: Request, tag: Any) -> Any:
        """Tell how many exposures ObsPortal has."""
        counts = self.counts
        if not counts.exposures:
            return tag["No exposures yet."]
        return tag[f"{counts.exposures:,} exposures of {counts.targets:,} targets."]

    @template.renderer
    def nothing(self, request: Request, tag: Any) -> Any:
        """Show this where there is no collection yet."""
        return "" if self.collections else tag


def _card(collection: ListedCollection) -> Any:
    held = collection.held
    number = f"{held.nb:,} {'exposures' if held.levels == (0,) else 'granules'}"
    facts = [levels_of(held.levels), ", ".join(held.instruments[:4]), number]
    badge = kind_badge(collection.kind, collection.title)
    return tags.li[
        tags.h3[collection_link(collection.id, collection.title), " " if badge else "", badge],
        tags.p[" · ".join(fact for fact in facts if fact)],
        tags.p[span_of(held.span)],
        tags.p(class_="hint")[f"updated {collection.updated.astimezone(UTC):%Y-%m-%d}"],
    ]
