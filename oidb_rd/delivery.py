"""Delivery of what belongs to a file, to those who may read it: one way for files, plots and reports.

The archive is asked in a thread and the policy at each request, so a release date takes effect
by itself, and so does a share, its end, a blocked account. Knows DaCHS and twisted; may import
``ingest`` and ``resdir``.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from gavo.svcs import UnknownURI
from gavo.web import grend
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.python.failure import Failure
from twisted.web import http, resource, server, static
from twisted.web.http import Request

from ingest.access.policy import may_read
from ingest.archive import Archive
from ingest.archive.access import file_access, whom_to_ask
from ingest.archive.connection import Cursor
from ingest.archive.delivery import StoredFile
from ingest.home import Home
from resdir.identity import Identity, identify
from resdir.people.denied import PrivateDataError, Refusal, refuse

#: Only these: nothing can be changed here, and TRACE and the like have no business with it.
_METHODS = (b"GET", b"HEAD")


def number_in(text: str) -> int:
    """Return the identifier in a path.

    Raises
    ------
    UnknownURI
        When it is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise UnknownURI("There is nothing at this address")
    return int(text)


class GuardedResource(resource.Resource):
    """Something that belongs to a file.

    Subclasses say what they need of the archive (`find`), what file it belongs to (`file_of`) and
    how it is delivered (`answer`); the rest, and above all who may have it, is decided here.
    """

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.home = Home.from_environment()

    def find(self, cursor: Cursor) -> object | None:
        """Return what was asked for, or None; called in a thread."""
        raise NotImplementedError

    def file_of(self, found: object) -> StoredFile:
        """Return the file that it belongs to."""
        raise NotImplementedError

    def make(self, found: object) -> object:
        """Return what is to be delivered; called in a thread, after access was granted."""
        return found

    def answer(self, made: object, request: Request) -> object:
        """Write the reply; called in the reactor."""
        raise NotImplementedError

    def render(self, request: Request) -> object:
        """Look it up in a thread, then deliver or refuse it."""
        if request.method not in _METHODS:
            request.setResponseCode(405)
            request.setHeader(b"allow", b"GET, HEAD")
            return b"This can be read only (GET, HEAD).\n"
        threads.deferToThread(self._grant, request).addCallback(self._write, request).addErrback(_failed, request)
        return server.NOT_DONE_YET

    def _grant(self, request: Request) -> tuple[object, bool]:
        """Return what is to be delivered, and whether it is public.

        Raises
        ------
        UnknownURI
            When there is nothing.
        PrivateDataError
            When this visitor may not have it.
        """
        with Archive(self.home).transaction() as cursor:
            found = self.find(cursor)
        if found is None:
            raise UnknownURI("There is nothing at this address")
        file = self.file_of(found)
        public = file.is_public(datetime.now(UTC))
        if not public:
            self._check(file, identify(request))
        return self.make(found), public

    def _check(self, file: StoredFile, identity: Identity) -> None:
        """Let only those pass who may read a private file."""
        with Archive(self.home).transaction() as cursor:
            # the rights that came with the bytes, which may be those of a file that is just being replaced
            access = replace(file_access(cursor, file.id), rights=file.rights)
            if not may_read(access, identity.visitor, datetime.now(UTC)).allowed:
                raise PrivateDataError(Refusal.of(file, whom_to_ask(cursor, file.id), identity))

    def _write(self, granted: tuple[object, bool], request: Request) -> None:
        made, public = granted
        # kept by nobody on the way, and not given to the next one at the same computer
        request.setHeader(b"cache-control", b"no-cache" if public else b"private, no-store")
        request.setHeader(b"vary", b"Authorization, Cookie")
        request.setHeader(b"x-content-type-options", b"nosniff")
        result = self.answer(made, request)
        if result is not server.NOT_DONE_YET:
            if result:
                request.write(result)
            request.finish()


def _failed(failure: Failure, request: Request) -> object:
    """Say why nothing is delivered."""
    if request.finished:
        return None
    if failure.check(PrivateDataError):
        return refuse(failure.value.refusal, request)
    return renderDCErrorPage(failure, request)


def send_file(path: Path, media_type: str, etag: str, request: Request) -> object:
    """Deliver a file of this host with ranges, or say that the client has it already."""
    if request.setETag(f'"{etag}"'.encode()) is http.CACHED:
        return b""
    sender = static.File(str(path))
    sender.type, sender.encoding = media_type, None
    return sender.render_GET(request)


class CustomPage(grend.ServiceBasedPage):
    """A page of DaCHS' renderer ``custom`` that only has things below it."""

    name: ClassVar[str] = "custom"
    checkedRenderer = False

    @classmethod
    def isBrowseable(cls, service: object) -> bool:
        """Tell that this is no page to look at."""
        return False

    def render(self, request: Request) -> bytes:
        """Answer the bare address."""
        raise UnknownURI("There is nothing at this address")
