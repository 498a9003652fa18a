"""How files reach the validator and submissions: bounded while they arrive, and not looked at by the server.

DaCHS takes forms apart in the thread that answers everybody (0.5 s for 64 MB, bytes of strangers), and its limit on
uploads is that of TAP. Here the body goes into a file without a name, never more than allowed, and who wants it takes
it apart. Written against twisted 22 and 24; may import ``ingest``.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from twisted.internet import reactor

from ingest.home import Home

#: Where files arrive, by path (the validator's two, what is below /api and /submit, forms of the catalogues), and the
#: setting that says how large.
PLACES = (
    (re.compile(rb"/validator|/oidb/q/validator/custom"), "limits.validator_bytes"),
    (re.compile(rb"/(api|submit|jmdc/submit|badcal/submit)(/.*)?"), "limits.submission_bytes"),
)
_METHODS = (b"POST", b"PUT", b"PATCH")
#: Uploads that may arrive, wait and be looked at at a time: what they take of the disk is bounded.
_MOST_BODIES = 24
#: Smaller ones are not counted.
_SMALL = 2**16
#: An upload that takes longer is cut off: 64 MB at 2 Mbit/s.
_SECONDS = 300

_held = 0


@dataclass
class FileUpload:
    """What arrived of an upload.

    Attributes
    ----------
    limit
        Bytes that are allowed.
    length
        Bytes that are announced, or have come; those beyond the limit are dropped.
    busy
        There are too many uploads at this moment; nothing was kept of this one.
    content_type
        The header of the request, which DaCHS does not see.
    """

    limit: int
    length: int = 0
    busy: bool = False
    content_type: str = ""

    @property
    def too_large(self) -> bool:
        """Whether it is more than allowed."""
        return self.length > self.limit


class _Body:
    """A file that takes no more than it may; the rest is dropped."""

    def __init__(self, file: IO[bytes], upload: FileUpload) -> None:
        self._file, self._upload, self._written = file, upload, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> None:
        self._written += len(data)
        self._upload.length = max(self._upload.length, self._written)
        if not self._upload.too_large and not self._upload.busy:
            self._file.write(data)

    def finish(self) -> IO[bytes]:
        """Return the file; DaCHS calls this when everything has arrived."""
        return self._file


class FileUploads:
    """What a request of DaCHS' does otherwise when it brings a file."""

    oivo_upload: FileUpload | None = None

    def gotLength(self, length: int | None) -> None:  # noqa: D102
        super().gotLength(length)  # type: ignore[misc]
        channel = self.channel  # type: ignore[attr-defined]
        # DaCHS reads the path in this way, too: the request itself has none yet
        path = channel._path.partition(b"?")[0].rstrip(b"/")
        setting = next((setting for place, setting in PLACES if place.fullmatch(path)), None)
        if channel._command not in _METHODS or setting is None:
            return
        upload = FileUpload(Home.from_environment().settings.number(setting), length or 0)
        self.oivo_upload = upload
        if length is None or length > _SMALL:
            self._take_place(upload)
        self.content = _Body(getattr(self.content, "original", self.content), upload)
        if (upload.too_large or upload.busy) and self._waits():
            self._refuse_now(upload)

    def _take_place(self, upload: FileUpload) -> None:
        global _held
        if _held >= _MOST_BODIES:
            upload.busy = True
            return
        _held += 1
        self._clock = reactor.callLater(_SECONDS, self.channel.transport.abortConnection)  # type: ignore[attr-defined]
        self.notifyFinish().addBoth(self._leave_place)  # type: ignore[attr-defined]

    def _leave_place(self, _: Any) -> None:
        global _held
        _held -= 1
        self._stop_clock()
        with suppress(Exception):
            self.content.close()  # at once: the file goes with it

    def _stop_clock(self) -> None:
        clock = getattr(self, "_clock", None)
        if clock is not None and clock.active():
            clock.cancel()

    def _waits(self) -> bool:
        """Tell whether the client sends nothing before it hears that it may, as curl does."""
        return bool(self.requestHeaders.hasHeader("expect"))  # type: ignore[attr-defined]

    def _refuse_now(self, upload: FileUpload) -> None:
        """Answer before anything is sent; to others only when they have sent all, or they would not listen."""
        self.requestHeaders.removeHeader("expect")  # type: ignore[attr-defined]
        status, told = refusal(upload)
        text = f"{told}\n".encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(text)}\r\n"
        retry = "Retry-After: 30\r\n" if upload.busy else ""
        channel = self.channel  # type: ignore[attr-defined]
        channel.transport.write(f"{head}{retry}Connection: close\r\n\r\n".encode() + text)
        channel.loseConnection()

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: D102
        if self.oivo_upload is not None:
            self._stop_clock()
            headers = self.requestHeaders  # type: ignore[attr-defined]
            self.oivo_upload.content_type = str((headers.getRawHeaders("content-type") or [""])[0])
            # without this header DaCHS leaves the body alone
            headers.removeHeader("content-type")
        super().requestReceived(command, path, version)  # type: ignore[misc]


def refusal(upload: FileUpload) -> tuple[str, str]:
    """Return status and message for an upload that was not kept."""
    if upload.too_large:
        return (
            "413 Request Entity Too Large",
            f"This is too large: at most {upload.limit:,} bytes can be sent at a time.",
        )
    return "503 Service Unavailable", "Too many files are arriving at this moment; please try again in a minute."
