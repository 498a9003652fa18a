"""What was sent, taken apart: the fields and files of a form, the members of zip archives.

Nothing is written anywhere and no name is ever used as a path. May import the standard library, ``ingest.errors`` and
this package's ``limits``.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from io import BytesIO

from ingest.errors import OivoError
from ingest.validate.limits import MAX_RATIO, RATIO_FREE_BYTES, Limits

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_FITS = (b"SIMPLE", b"\x1f\x8b")
#: Headers of a part, and its fields that are no files, have some hundred bytes; more parts than this make no form.
_MOST_HEAD, _MOST_FIELD, _MOST_PARTS = 8192, 1000, 1000
_LONGEST_NAME = 200
#: What macOS and Windows put into archives without being asked.
_DROSS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class UploadError(OivoError):
    """The upload as a whole cannot be used."""


@dataclass(frozen=True)
class Submitted:
    """A file that was sent.

    Attributes
    ----------
    name
        As its owner calls it; within an archive ``archive.zip/folder/name``. Printable.
    content
        Its bytes; empty for one that is refused.
    refused
        Why it is not checked.
    """

    name: str
    content: bytes = b""
    refused: str = ""


@dataclass(frozen=True)
class Upload:
    """A form that was sent.

    Attributes
    ----------
    fields
        Of fields of one name, the last.
    lists
        All values of each field, where they were asked for.
    """

    fields: dict[str, str]
    files: tuple[Submitted, ...]
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A field of a form; a file where it has a file name."""

    name: str
    filename: str | None
    content: bytes


def read_upload(body: bytes, content_type: str, limits: Limits) -> Upload:
    """Take a form apart.

    Parameters
    ----------
    body
        As it came.
    content_type
        The header of the request, which tells what separates the parts.

    Raises
    ------
    UploadError
        It is no form, or it breaks off.
    """
    fields: dict[str, str] = {}
    files: list[Submitted] = []
    room = limits.unpacked_bytes
    for part in parts_of(body, content_type):
        if part.filename is None:
            fields[part.name] = part.content[:_MOST_FIELD].decode("utf-8", "replace").strip()
        elif part.filename or part.content:  # browsers send a nameless, empty file where none was chosen
            for file in files_in(_last_of(part.filename) or "upload", part.content, room):
                if len(files) >= limits.files:
                    raise UploadError(f"more than {limits.files} files", remedy="send them in several turns")
                room -= len(file.content) if file.content is not part.content else 0
                files.append(file)
    return Upload(fields, tuple(files))


def read_form(body: bytes, content_type: str) -> Upload:
    """Take a form apart whose archives stay closed and whose fields may be long; both are bounded by the body.

    Raises
    ------
    UploadError
        It is no form, or it breaks off.
    """
    lists: dict[str, tuple[str, ...]] = {}
    files: list[Submitted] = []
    for part in parts_of(body, content_type):
        if part.filename is None:
            value = part.content.decode("utf-8", "replace").replace("\0", "\ufffd").strip()
            lists[part.name] = (*lists.get(part.name, ()), value)
        elif part.filename or part.content:
            files.append(Submitted(_last_of(part.filename) or "upload", part.content))
    return Upload({name: values[0] for name, values in lists.items()}, tuple(files), lists)


def printable(name: str) -> str:
    """Return a name with what cannot be printed replaced, and not too long."""
    shown = "".join(char if char.isprintable() else "�" for char in name)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:_LONGEST_NAME]}…"


def _last_of(name: str) -> str:
    """Return the last part of a name: some browsers sent the whole path on the user's disk."""
    return printable(name.replace("\\", "/").rstrip("/").rpartition("/")[2])


def boundary_of(content_type: str) -> bytes:
    """Return what separates the parts of a form, from the header of the request; empty if that is no multipart form."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        return b""
    return boundary.encode("latin-1", "replace")


def parts_of(body: bytes, content_type: str, most: int = _MOST_PARTS) -> Iterator[Part]:
    """Yield the parts of multipart/form-data (RFC 7578), in a time that grows with the body's length and no faster.

    Parameters
    ----------
    most
        Parts that are looked at.

    Raises
    ------
    UploadError
        It is no form, it breaks off, or it has more parts.
    """
    boundary = boundary_of(content_type)
    if not boundary:
        raise UploadError("no form with a file", remedy="send it as multipart/form-data, like curl -F file=@NAME")
    marker = b"\r\n--" + boundary
    position = 0 if body.startswith(marker[2:]) else body.find(marker) + 2
    if position == 1:
        raise UploadError("the form cannot be read", remedy="send it again")
    position += len(marker) - 2
    for _ in range(most):
        if body.startswith(b"--", position):
            return
        start = body.find(b"\r\n\r\n", position, position + _MOST_HEAD)
        end = body.find(marker, start + 4)
        if start < 0 or end < 0:
            raise UploadError("the form breaks off", remedy="send it again")
        yield _part(body[position:start], body[start + 4 : end])
        position = end + len(marker)
    raise UploadError(f"the form has more than {most} fields", remedy="send fewer files at a time")


def _part(head: bytes, content: bytes) -> Part:
    header = Message()
    for line in head.decode("utf-8", "replace").splitlines():
        key, colon, value = line.partition(":")
        if colon and key.strip().lower() == "content-disposition":
            header["content-disposition"] = value.strip()
    name = header.get_param("name", "", "content-disposition")
    return Part(name if isinstance(name, str) else "", header.get_filename(None), content)


#: What zipfile raises for archives that are broken, or made in a way that it does not know.
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, ArithmeticError, OSError, EOFError)


def files_in(name: str, content: bytes, room: int) -> Iterator[Submitted]:
    """Yield a file, or the files in it when it is a zip archive.

    Parameters
    ----------
    name
        As its owner calls it.
    room
        Bytes that its members may have, unpacked.
    """
    if not content.startswith(_ZIP):
        yield Submitted(name, content)
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            yield from _members_of(name, archive, room)
    except _DAMAGED as error:
        # the messages of zipfile name what is wrong, not where it is on this host
        yield Submitted(name, refused=f"the archive is damaged: {printable(str(error))}")


def _members_of(name: str, archive: zipfile.ZipFile, room: int) -> Iterator[Submitted]:
    members = [member for member in archive.infolist() if not member.is_dir() and not _is_dross(member)]
    if not members:
        yield Submitted(name, refused="the archive is empty")
    for member in members:
        called = printable(f"{name}/{member.orig_filename}")
        why = _refusal(member, room)
        content = b"" if why else _inflated(archive, member)
        room -= len(content)
        if why is None and content.startswith(_ZIP):
            why, content = "archives within archives are not opened", b""
        elif why is None and not content.startswith(_FITS):
            why, content = "not FITS: left out", b""
        yield Submitted(called, content, why or "")


def _is_dross(member: zipfile.ZipInfo) -> bool:
    return member.filename.startswith(_DROSS[0]) or member.filename.rpartition("/")[2] in _DROSS[1:]


def _refusal(member: zipfile.ZipInfo, room: int) -> str | None:
    """Return why a member is not read."""
    name = member.orig_filename.replace("\\", "/")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
        return "its name leads out of the archive"
    if kind not in (0, stat.S_IFREG):
        return "a link or a device, not a file"
    if member.flag_bits & 1:
        return "encrypted: send it without a password"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "compressed in an unusual way: use deflate"
    if member.file_size > RATIO_FREE_BYTES and member.file_size > MAX_RATIO * member.compress_size:
        return f"inflates to too much: {member.file_size} from {member.compress_size} bytes"
    if member.file_size > room:
        return f"too large: {member.file_size} bytes, {max(room, 0)} more may be unpacked"
    return None


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return the bytes of a member: never more than its directory entry says, which was checked."""
    try:
        with archive.open(member) as stream:
            return stream.read(member.file_size)
    except (zlib.error, NotImplementedError, RuntimeError) as error:
        raise zipfile.BadZipFile("it cannot be inflated") from error
