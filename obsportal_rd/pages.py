"""What the pages of ObsPortal share: reading in a thread, then writing a template.

Knows DaCHS; may import ``ingest``.
"""

from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from gavo.formal import nevowc
from gavo.web import grend
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.web import server, template
from twisted.web.http import Request

from ingest.archive import Archive
from ingest.archive.connection import Cursor
from ingest.archive.pool import ReadPool
from ingest.home import Home

_TEMPLATES = Path(__file__).with_name("templates")
_METHODS = (b"GET", b"HEAD")
#: A page that takes longer helps nobody.
_SECONDS = 20


@cache
def database() -> ReadPool:
    """Return the connections of all pages."""
    return ReadPool(Archive(Home.from_environment()), seconds=_SECONDS)


def load(name: str) -> Any:
    """Return a template of this folder."""
    return nevowc.XMLFile(str(_TEMPLATES / name))


class ReadingPage(grend.ServiceBasedPage):
    """A page that shows what the database has.

    Subclasses say what to read (`read`) and what to show of it (`heading`, `content`).
    """

    name: ClassVar[str] = "custom"
    checkedRenderer = False
    loader = load("page.html")

    @classmethod
    def isBrowseable(cls, service: object) -> bool:
        """Tell that this is a page to look at."""
        return True

    def read(self, cursor: Cursor) -> None:
        """Read what is needed; called in a thread.

        Raises
        ------
        UnknownURI
            When there is no such thing.
        """
        raise NotImplementedError

    def heading(self) -> str:
        """Return the title of the page."""
        raise NotImplementedError

    def body(self) -> Any:
        """Return what is below the title."""
        raise NotImplementedError

    def render(self, request: Request) -> object:
        """Read in a thread, then write."""
        if request.method not in _METHODS:
            request.setResponseCode(405)
            request.setHeader("allow", "GET, HEAD")
            return b"This can be read only (GET, HEAD).\n"
        request.setHeader("x-content-type-options", "nosniff")
        threads.deferToThread(self._read).addCallback(self._write, request).addErrback(renderDCErrorPage, request)
        return server.NOT_DONE_YET

    def _read(self) -> None:
        with database().reading() as cursor:
            self.read(cursor)

    def _write(self, _: object, request: Request) -> object:
        request.setHeader("content-type", "text/html; charset=utf-8")
        return self.renderDocument(request).addCallback(self.finishRequest, request)

    @template.renderer
    def headline(self, request: Request, tag: Any) -> Any:
        """Insert the title."""
        return tag[self.heading()]

    @template.renderer
    def content(self, request: Request, tag: Any) -> Any:
        """Insert everything else."""
        return tag[self.body()]
