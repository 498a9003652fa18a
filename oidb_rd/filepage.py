"""Delivery of files: /files/ID/NAME, with ranges, to those who may read them.

A page of DaCHS' renderer ``custom``. The policy is asked at each request, so a release date
takes effect by itself.
"""

from datetime import UTC, datetime
from urllib.parse import quote

from gavo.svcs import ForbiddenURI, UnknownURI
from gavo.web import grend
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.python.failure import Failure
from twisted.web import http, server, static
from twisted.web.http import Request

from ingest.archive import Archive
from ingest.archive.delivery import StoredFile, find_file
from ingest.archive.store import Store
from ingest.home import Home

#: Only these: a file cannot be changed here, and TRACE and the like have no business with it.
_METHODS = (b"GET", b"HEAD")


class MainPage(grend.ServiceBasedPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    name = "custom"
    checkedRenderer = False

    @classmethod
    def isBrowseable(cls, service: object) -> bool:
        """Tell that this is no page to look at."""
        return False

    def render(self, request: Request) -> bytes:
        """Answer the bare address."""
        raise UnknownURI("A file's address is /files/ID/NAME")

    def getChild(self, name: bytes, request: Request) -> "FileResource":
        """Return the file that the rest of the path names."""
        segments = request.popSegments(name)
        if len(segments) != 2 or not segments[0].isascii() or not segments[0].isdigit() or len(segments[0]) > 18:
            raise UnknownURI("A file's address is /files/ID/NAME")
        return FileResource(int(segments[0]), segments[1])


class FileResource(static.File):
    """One file of the store, under the name that its collection gives it."""

    isLeaf = True

    def __init__(self, file_id: int, name: str) -> None:
        self.file_id, self.file_name = file_id, name
        self.home = Home.from_environment()
        super().__init__("/nonexistent")

    def render(self, request: Request) -> object:
        """Look the file up in a thread, then deliver or refuse it."""
        if request.method not in _METHODS:
            request.setResponseCode(405)
            request.setHeader(b"allow", b"GET, HEAD")
            return b"Files can be read only (GET, HEAD).\n"
        threads.deferToThread(self._find).addCallback(self._answer, request).addErrback(self._fail, request)
        return server.NOT_DONE_YET

    def _find(self) -> StoredFile | None:
        with Archive(self.home).transaction() as cursor:
            return find_file(cursor, self.file_id)

    def _answer(self, file: StoredFile | None, request: Request) -> None:
        if file is None or file.name != self.file_name:
            raise UnknownURI("There is no such file")
        if not file.is_public(datetime.now(UTC)):
            moment = file.public_from()
            raise ForbiddenURI(
                f"{file.name} is private{f' until {moment:%Y-%m-%d}' if moment else ''}; please ask its data PI"
            )
        self.path = str(Store(self.home.files).path(file.sha256))
        self.restat(False)
        self.type, self.encoding = file.media_type, None
        request.setHeader(b"cache-control", b"no-cache")
        request.setHeader(b"x-content-type-options", b"nosniff")
        request.setHeader(b"content-disposition", _disposition(file.name))
        if request.setETag(f'"{file.sha256}"'.encode()) is http.CACHED:
            request.finish()
            return
        result = self.render_GET(request)
        if result is not server.NOT_DONE_YET:
            request.write(result)
            request.finish()

    @staticmethod
    def _fail(failure: Failure, request: Request) -> None:
        renderDCErrorPage(failure, request)


def _disposition(name: str) -> bytes:
    """Return Content-Disposition for a name of any characters (RFC 6266)."""
    plain = "".join(char if (char.isalnum() and char.isascii()) or char in "._+-" else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}".encode("ascii")
