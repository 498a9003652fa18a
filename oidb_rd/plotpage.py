"""Plot sheets of granules at /plots/ID.png, /plots/ID.svg and /plots/ID-thumbnail.png."""

import re
from pathlib import Path

from gavo.svcs import UnknownURI
from twisted.web.http import Request

from ingest.archive.connection import Cursor
from ingest.archive.delivery import StoredFile
from ingest.archive.previews import MEDIA_TYPES, BusyError, Drawable, PreviewError, ensure_preview, find_drawable
from ingest.logs import log
from oidb_rd.delivery import CustomPage, GuardedResource, send_file

_NAME = re.compile(r"([0-9]{1,18})(?:(-thumbnail)\.png|\.(png|svg))")


class MainPage(CustomPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    def getChild(self, name: bytes, request: Request) -> "PlotResource":
        """Return the sheet that the rest of the path names."""
        segments = request.popSegments(name)
        found = _NAME.fullmatch(segments[0]) if len(segments) == 1 else None
        if found is None:
            raise UnknownURI("A plot's address is /plots/ID.png, /plots/ID.svg or /plots/ID-thumbnail.png")
        return PlotResource(int(found[1]), found[3] or "thumbnail")


class PlotResource(GuardedResource):
    """The sheet of one granule; it is as private as the granule's file."""

    def __init__(self, granule_id: int, form: str) -> None:
        super().__init__()
        self.granule_id, self.form = granule_id, form

    def find(self, cursor: Cursor) -> Drawable | None:
        """Return the granule."""
        return find_drawable(cursor, self.granule_id)

    def file_of(self, found: Drawable) -> StoredFile:
        """Return the granule's file."""
        return found.file

    def make(self, found: Drawable) -> Path | None:
        """Return the cached sheet; None when it cannot be drawn at this moment."""
        try:
            return ensure_preview(self.home, found, self.form)
        except BusyError:
            return None
        except PreviewError as error:
            log.warning("%s", error)
            raise UnknownURI("There is no plot of this granule") from error

    def answer(self, made: Path | None, request: Request) -> object:
        """Send the picture."""
        if made is None:
            request.setResponseCode(503)
            request.setHeader(b"retry-after", b"30")
            return b"Other plots are being drawn; try again in half a minute.\n"
        return send_file(made, MEDIA_TYPES[self.form], made.stem, request)
