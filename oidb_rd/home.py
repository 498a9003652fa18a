"""The front page: what the site is, a search box, the latest collections, and the addresses for programs.

A page of DaCHS' renderer ``custom``. The database is asked in a thread; titles come from users, and
twisted's templates escape them.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from gavo import base
from gavo.formal import nevowc
from gavo.web import grend
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.web import server, template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive import Archive
from ingest.archive.lookup import ListedCollection, latest_collections
from ingest.home import Home
from resdir import skin

_SHOWN = 10
_SEARCH = "/oidb/q/search/form"


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

    def _read(self) -> list[ListedCollection]:
        with Archive(Home.from_environment()).transaction() as cursor:
            return latest_collections(cursor, _SHOWN)

    def _write(self, collections: list[ListedCollection], request: Request) -> object:
        self.collections = collections
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
        """Insert the latest collections, one a row."""
        return tag[[_row(collection) for collection in self.collections]] if self.collections else ""

    @template.renderer
    def nothing(self, request: Request, tag: Any) -> Any:
        """Show this where there is no collection yet."""
        return "" if self.collections else tag


def _row(collection: ListedCollection) -> Any:
    facts = collection.facts
    address = f"{_SEARCH}?{urlencode({'__nevow_form__': 'genForm', 'collection': collection.id})}"
    simulated = "SIMULATED" in collection.title or collection.kind == "simulation"
    return tags.tr[
        tags.th(scope="row")[
            tags.a(href=address)[collection.title],
            [" ", tags.span(class_="badge badge-simulated")["simulated"]] if simulated else "",
        ],
        _cell("Kind", collection.kind),
        _cell("Level", "" if facts.level is None else f"L{facts.level}"),
        _cell("Instruments", ", ".join(facts.instruments)),
        _cell("Granules", f"{facts.nb_granules:,}", "number"),
        _cell("Files", f"{facts.nb_files:,}", "number"),
        _cell("Nights", _period(facts.first_night, facts.last_night)),
        _cell("Updated", f"{collection.updated:%Y-%m-%d}"),
    ]


def _cell(label: str, text: str, css: str = "") -> Any:
    return tags.td(class_=css or None, **{"data-label": label})[text]


def _period(first: Any, last: Any) -> str:
    if first is None:
        return ""
    return str(first) if first == last else f"{first} – {last}"
