"""/export_csv: all published measurements with the columns and the layout that SearchCal's scripts and bibdb read."""

from typing import Any

from gavo.web import grend
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.web import server
from twisted.web.http import Request

from ingest.archive.jmdc import published
from ingest.catalogs.writing import export_csv
from obsportal_rd.pages import database


class MainPage(grend.ServiceBasedPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    name = "custom"
    checkedRenderer = False

    @classmethod
    def isBrowseable(cls, service: object) -> bool:
        """Tell that this is no page to look at."""
        return False

    def render(self, request: Request) -> object:
        """Read in a thread, then write."""
        if request.method not in (b"GET", b"HEAD"):
            request.setResponseCode(405)
            request.setHeader("allow", "GET, HEAD")
            return b"This can be read only (GET, HEAD).\n"
        threads.deferToThread(_read).addCallback(_write, request).addErrback(renderDCErrorPage, request)
        return server.NOT_DONE_YET


def _read() -> bytes:
    with database().reading() as cursor:
        return export_csv(row.measurement for row in published(cursor)).encode("utf-8")


def _write(text: bytes, request: Any) -> None:
    request.setHeader("content-type", "text/csv; charset=utf-8; header=present")
    request.setHeader("content-disposition", 'attachment; filename="jmdc.csv"')
    request.setHeader("access-control-allow-origin", "*")
    request.setHeader("x-content-type-options", "nosniff")
    request.write(text)
    request.finish()
