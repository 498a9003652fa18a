"""Uploads as browsers and programs send them, and archives as friends and foes make them."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

BOUNDARY = "----oivo7MA4YWxkTrZu0gW"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def form(files: Sequence[tuple[str, bytes]], fields: Mapping[str, str] | None = None) -> bytes:
    """The body of a form: files with their names, each in a field ``file``, and other fields."""
    parts = [part(f'name="{name}"', value.encode()) for name, value in (fields or {}).items()]
    parts += [part(f'name="file"; filename="{quoted(name)}"', content, fits=True) for name, content in files]
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def part(disposition: str, content: bytes, *, fits: bool = False) -> bytes:
    """One part of a form."""
    kind = "Content-Type: application/fits\r\n" if fits else ""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n{kind}\r\n"
    return head.encode() + content + b"\r\n"


def quoted(name: str) -> str:
    """A name as browsers write it (HTML, multipart/form-data encoding)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def archive(
    members: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED, mode: int = 0, flags: int = 0
) -> bytes:
    """A zip archive; `mode` is the members' mode of Unix, `flags` are set in their entries (1: encrypted)."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as made:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            info.external_attr = mode << 16
            made.writestr(info, content)
    content = bytearray(stream.getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = content.find(signature) if flags else -1
        while position >= 0:
            content[position + offset] |= flags
            position = content.find(signature, position + 4)
    return bytes(content)
