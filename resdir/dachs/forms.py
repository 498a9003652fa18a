"""Forms are taken apart in a time that grows with their length, and have no more fields than anybody needs.

DaCHS 2.7 (Debian 12) takes multipart forms apart with Python's ``cgi``, line by line, and then looks through all
fields once for each of them: 100,000 fields of one byte held the server, which has one thread for that, for seven
minutes. DaCHS 2.11 (Debian 13) has a parser of its own that is linear, but knows no bound. Here one bound holds for all
addresses and both, before DaCHS looks at a form at all; and 2.7 gets the parser that the validator has. Knows DaCHS;
may import ``ingest``.
"""

import cgi
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import IO, Any

from gavo.web import common

from ingest.home import Home
from ingest.validate.upload import Part, UploadError, boundary_of, parts_of

_BLOCK = 2**20


class BoundedForms:
    """What a request of DaCHS' does before it takes a form apart."""

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: D102
        request: Any = self
        most = Home.from_environment().settings.number("limits.form_fields")
        content_type = (request.requestHeaders.getRawHeaders(b"content-type") or [b""])[0]
        if path.count(b"&") + path.count(b";") >= most or _fields(request.content, content_type) > most:
            refuse(request, command, path, version, 413, f"At most {most} fields can be sent at a time.")
            return
        if getattr(request.content, "discard", False):
            # more than DaCHS takes: it says so when it does not try to read the half that it kept
            request.requestHeaders.removeHeader(b"content-type")
        super().requestReceived(command, path, version)  # type: ignore[misc]


def _fields(content: IO[bytes], content_type: bytes) -> int:
    """Count what separates the fields of a form: never fewer than DaCHS would find."""
    if b"x-www-form-urlencoded" in content_type.lower():
        separators = [b"&", b";"]
    elif boundary := boundary_of(content_type.decode("latin-1")):
        separators = [b"--" + boundary]
    else:
        return 0
    count, rest = 0, b""
    overlap = max(map(len, separators)) - 1
    content.seek(0)
    while block := content.read(_BLOCK):
        text = rest + block
        count += sum(text.count(separator) for separator in separators)
        rest = text[-overlap:] if overlap else b""
    content.seek(0)
    return count


def refuse(request: Any, command: bytes, path: bytes, version: bytes, status: int, reason: str) -> None:
    """Answer a request that is not looked at any further, and end the connection."""
    request.method, request.uri, request.clientproto = command, path, version
    request.path, _, _ = path.partition(b"?")
    request.args = {}
    request.content.close()
    request.setResponseCode(status)
    request.setHeader("content-type", "text/plain; charset=utf-8")
    request.setHeader("connection", "close")
    request.write(f"{reason}\n".encode())
    request.finish()


class _Field:
    """A part as DaCHS and its forms know it from ``cgi``."""

    def __init__(self, part: Part) -> None:
        self.name, self.filename = part.name, part.filename
        self.file = BytesIO(part.content)
        self.value: str | bytes = (
            part.content.decode("utf-8", "surrogateescape") if part.filename is None else part.content
        )


class _Fields(Mapping[str, Any]):
    """The fields of a form as DaCHS knows them from ``cgi.FieldStorage``."""

    def __init__(self, parts: Iterator[Part]) -> None:
        self._fields: dict[str, list[_Field]] = {}
        for part in parts:
            self._fields.setdefault(part.name, []).append(_Field(part))

    def __getitem__(self, name: str) -> Any:
        fields = self._fields[name]
        return fields if len(fields) > 1 else fields[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def getlist(self, name: str) -> list[str | bytes]:
        """Return the values of all fields of a name."""
        return [field.value for field in self._fields.get(name, [])]


def guard() -> None:
    """Give DaCHS 2.7 a parser that is linear; 2.11 has one."""
    magic = getattr(common, "_FSHACK_MAGIC", None)
    if magic is None:
        return

    def parse_multipart(content: IO[bytes], parameters: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        boundary = parameters["boundary"].decode("ascii")
        most = Home.from_environment().settings.number("limits.form_fields")
        try:
            fields = _Fields(parts_of(content.read(), f'multipart/form-data; boundary="{boundary}"', most))
        except UploadError as error:
            raise ValueError(str(error)) from error  # DaCHS answers 400
        return {**{name: fields.getlist(name) for name in fields}, magic: fields}

    # DaCHS, too, puts its own there
    cgi.parse_multipart = parse_multipart
