"""Where the bytes come from: a path or bytes, plain or gzipped, never more than allowed.

May import the standard library and this package's ``errors``.
"""

import stat
import zlib
from pathlib import Path

from ingest.oifits.errors import FileUnreadableError, LimitError, TruncatedError

#: Largest file, stored or inflated: 512 MiB. The largest of 385 collected files has 8 MB.
MAX_BYTES = 512 * 2**20
#: Inflated over deflated size; real OIFITS reach 12, deflate itself ends at 1032.
MAX_RATIO = 200
#: Below this size no ratio is refused: an empty image of the primary HDU deflates to nothing.
RATIO_FREE_BYTES = 16 * 2**20
#: Most members of a gzip file; blocked gzip has one for each 64 kB.
MAX_MEMBERS = 20_000

_GZIP = b"\x1f\x8b"
#: Deflated bytes looked at, and inflated bytes made, at a time.
_WINDOW = 2**16
_PIECE = 2**20


def read_source(source: Path | bytes, name: str, max_bytes: int) -> bytes:
    """Read the bytes as they are stored.

    Raises
    ------
    FileUnreadableError
        No such file, not a regular file, no permission, or the disk fails.
    LimitError
        More than `max_bytes`.
    """
    if isinstance(source, Path):
        return _read_path(source, name, max_bytes)
    _check_size(len(source), name, max_bytes)
    return bytes(source)


def inflate(stored: bytes, name: str, max_bytes: int) -> tuple[bytes, int]:
    """Inflate gzip; hand anything else back as it is.

    Several gzip members are one file (RFC 1952, 2.2). Whatever follows the last one is counted, not read: real
    files carry a stray byte there.

    Returns
    -------
    content
        The inflated bytes.
    trailing
        Number of bytes behind the last gzip member.

    Raises
    ------
    TruncatedError
        The stream ends early or is damaged.
    LimitError
        It inflates to more than `max_bytes` or more than `MAX_RATIO` times, or has more than `MAX_MEMBERS` members.
    """
    if not stored.startswith(_GZIP):
        return stored, 0
    room = min(max_bytes, max(RATIO_FREE_BYTES, MAX_RATIO * len(stored)))
    pieces: list[bytes] = []
    position = members = 0
    while stored.startswith(_GZIP, position):
        if members == MAX_MEMBERS:
            raise LimitError(f"more than {MAX_MEMBERS} gzip members", place=name, remedy="compress it again")
        inflated, position = _inflate_member(stored, position, name, room)
        room -= len(inflated)
        pieces.append(inflated)
        members += 1
    return pieces[0] if members == 1 else b"".join(pieces), len(stored) - position


def _read_path(path: Path, name: str, max_bytes: int) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise FileUnreadableError("is a directory", place=name, remedy="give a file")
        if not stat.S_ISREG(status.st_mode):
            raise FileUnreadableError("is not a regular file", place=name, remedy="give a file")
        _check_size(status.st_size, name, max_bytes)
        with path.open("rb") as stream:
            return stream.read(status.st_size)  # not max_bytes: Python would take that much memory at once
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise FileUnreadableError(f"cannot be read: {reason}", place=name) from error


def _check_size(size: int, name: str, max_bytes: int) -> None:
    if size > max_bytes:
        raise LimitError(f"has {size} bytes, {max_bytes} are allowed", place=name, remedy="raise the limit or split it")


def _inflate_member(stored: bytes, position: int, name: str, room: int) -> tuple[bytes, int]:
    """Inflate one gzip member to at most `room` bytes; says also where it ends."""
    member = zlib.decompressobj(wbits=31)
    pieces: list[bytes] = []
    inflated = 0
    while not member.eof:
        window = member.unconsumed_tail
        if not window:
            window = stored[position : position + _WINDOW]
            position += len(window)
        try:
            piece = member.decompress(window, _PIECE)
        except zlib.error as error:
            raise TruncatedError("the gzip stream is damaged", place=name, remedy="fetch the file again") from error
        if not window and not piece:
            raise TruncatedError("the gzip stream ends early", place=name, remedy="fetch the file again")
        inflated += len(piece)
        if inflated > room:
            remedy = "inflate it and give the plain file"
            raise LimitError(f"inflates to too much from {len(stored)} bytes", place=name, remedy=remedy)
        pieces.append(piece)
    return b"".join(pieces), position - len(member.unused_data)
