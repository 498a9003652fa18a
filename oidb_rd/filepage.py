"""Files at /files/ID/NAME, with ranges."""

from urllib.parse import quote

from gavo.svcs import UnknownURI
from twisted.web.http import Request

from ingest.archive.connection import Cursor
from ingest.archive.delivery import StoredFile, find_file
from ingest.archive.store import Store
from oidb_rd.delivery import CustomPage, GuardedResource, number_in, send_file


class MainPage(CustomPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    def getChild(self, name: bytes, request: Request) -> "FileResource":
        """Return the file that the rest of the path names."""
        segments = request.popSegments(name)
        if len(segments) != 2:
            raise UnknownURI("A file's address is /files/ID/NAME")
        return FileResource(number_in(segments[0]), segments[1])


class FileResource(GuardedResource):
    """One file of the store, under the name that its collection gives it."""

    def __init__(self, file_id: int, name: str) -> None:
        super().__init__()
        self.file_id, self.file_name = file_id, name

    def find(self, cursor: Cursor) -> StoredFile | None:
        """Return the file if it has this name."""
        file = find_file(cursor, self.file_id)
        return file if file is not None and file.name == self.file_name else None

    def file_of(self, found: StoredFile) -> StoredFile:
        """Return the file itself."""
        return found

    def answer(self, made: StoredFile, request: Request) -> object:
        """Send its bytes as they came, or the way to them."""
        if made.remote_url is not None:
            request.setResponseCode(302)
            request.setHeader(b"location", made.remote_url.encode("ascii", "ignore"))
            return b""
        request.setHeader(b"content-disposition", disposition(made.name))
        return send_file(Store(self.home.files).path(made.sha256), made.media_type, made.sha256, request)


def disposition(name: str) -> bytes:
    """Return Content-Disposition for a name of any characters (RFC 6266)."""
    plain = "".join(char if (char.isalnum() and char.isascii()) or char in "._+-" else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}".encode("ascii")
