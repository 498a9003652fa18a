"""FITS bytes into HDUs, and binary table headers into columns; nothing is believed before the bytes bear it out.

May import the standard library, numpy, and this package's ``errors`` and ``header``.
Sections are those of the FITS standard 4.0.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.oifits.errors import LimitError, NotFITSError, StructureError, TruncatedError, hdu_place
from ingest.oifits.header import CARD, Header

BLOCK = 2880
#: Longest header that is searched for its END: 65,536 cards. The longest seen in real files has 2,200.
MAX_HEADER = 65_536 * CARD
#: All headers of a file together: an index of a card takes about 150 bytes of memory.
MAX_HEADERS = 32 * 2**20
#: Most HDUs of one file. The largest number seen is 107.
MAX_HDUS = 10_000
#: Section 7.2.1.
MAX_FIELDS = 999

#: Bytes of one element by TFORM letter (section 7.3.1); X counts bits.
ELEMENT_BYTES = dict(zip("LBIJKAEDCMPQX", (1, 1, 2, 4, 8, 1, 4, 8, 8, 16, 8, 16, 0), strict=True))

_TFORM = re.compile(r"(\d{0,9})([LXBIJKAEDCMPQ])")
#: Layouts are remembered for headers of up to this many T cards (the 103 reference files have at most 70);
#: beyond, a hostile file could fill the cache.
_CACHED_CARDS = 400


@dataclass(frozen=True, slots=True, eq=False)
class HDU:
    """One header and the place of its data.

    Attributes
    ----------
    index
        Position in the file; 0 is the primary HDU.
    extname
        EXTNAME, stripped; empty when there is none.
    xtension
        XTENSION, stripped; empty for the primary HDU.
    header
        The cards.
    axes
        NAXIS1 to NAXISn.
    start, size
        Offset and length of the data in bytes, without padding. The bytes are there.
    """

    index: int
    extname: str
    xtension: str
    header: Header
    axes: tuple[int, ...]
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a binary table as its header describes it.

    Attributes
    ----------
    number
        n of TTYPEn.
    name
        TTYPE, stripped; case kept (R14).
    form, unit, dim
        TFORM, TUNIT and TDIM as written, stripped; None when absent.
    letter, repeat
        The parts of TFORM.
    offset, width
        Place in the row, in bytes.
    scaled
        TSCAL or TZERO is there. The values are read as stored all the same (R15).
    """

    number: int
    name: str
    form: str
    letter: str
    repeat: int
    unit: str | None
    dim: str | None
    offset: int
    width: int
    scaled: bool


def split_hdus(data: bytes, name: str) -> tuple[list[HDU], int]:
    """Find the HDUs of a FITS file.

    Parameters
    ----------
    data
        The file, inflated.
    name
        How messages call it.

    Returns
    -------
    hdus
        In file order, at least one.
    trailing
        Number of bytes behind the last HDU that are not an HDU (section 3.5); they are not read.

    Raises
    ------
    NotFITSError, TruncatedError, LimitError, StructureError
        With the HDU in their place.
    """
    if not data.startswith(b"SIMPLE  "):
        raise NotFITSError(_looks_like(data), place=name, remedy="give an OIFITS file, plain or gzipped")
    hdus: list[HDU] = []
    position = headers = 0
    while position < len(data) and (not hdus or data.startswith(b"XTENSION", position)):
        if len(hdus) == MAX_HDUS:
            raise LimitError(f"more than {MAX_HDUS} HDUs", place=name)
        hdu = _read_hdu(data, position, len(hdus), name)
        hdus.append(hdu)
        headers += len(hdu.header.raw)
        if headers > MAX_HEADERS:
            raise LimitError(f"more than {MAX_HEADERS} bytes of headers", place=name)
        position = _padded(hdu.start + hdu.size)
    return hdus, max(0, len(data) - position)


def table_columns(header: Header, row_bytes: int, place: str) -> tuple[Column, ...]:
    """Read the columns of a binary table (section 7.3.2).

    Parameters
    ----------
    header
        Of the table.
    row_bytes
        NAXIS1.
    place
        For messages.

    Raises
    ------
    StructureError
        TFIELDS, TFORM and NAXIS1 contradict each other.
    """
    fields = header.integer("TFIELDS")
    if fields is None or not 0 <= fields <= MAX_FIELDS:
        raise StructureError(
            f"TFIELDS is {header.value('TFIELDS')!r}", place=place, remedy=f"it must be 0 to {MAX_FIELDS}"
        )
    images = header.images(b"T")
    read = _columns if len(images) <= _CACHED_CARDS else _columns.__wrapped__
    columns = read(images, fields)
    if isinstance(columns, str):
        raise StructureError(columns, place=place, remedy="the table must be written again")
    width = columns[-1].offset + columns[-1].width if columns else 0
    if width != row_bytes:
        raise StructureError(
            f"the columns take {width} bytes a row, NAXIS1 says {row_bytes}",
            place=place,
            remedy="the table must be written again",
        )
    return columns


def _looks_like(data: bytes) -> str:
    if not data:
        return "the file is empty"
    if data[:64].lstrip().startswith((b"<", b"{")):
        return "not a FITS file but a web page or document"
    return "not a FITS file: it does not begin with SIMPLE"


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _read_hdu(data: bytes, start: int, index: int, name: str) -> HDU:
    end = _find_end(data, start, hdu_place(name, index))
    header = Header(data[start:end])
    extname = header.text("EXTNAME") or ""
    place = hdu_place(name, index, extname)
    axes = _axes(header, place)
    size = _data_bytes(header, axes, index, place)
    body = start + _padded(end + CARD - start)
    if size and size > len(data) - body:
        raise TruncatedError(
            f"the file is truncated: {size} bytes of data announced, {max(0, len(data) - body)} there",
            place=place,
            remedy="fetch the file again",
        )
    xtension = (header.text("XTENSION") or "") if index else ""
    return HDU(index, extname, xtension, header, axes, body, size)


def _find_end(data: bytes, start: int, place: str) -> int:
    limit = min(len(data), start + MAX_HEADER)
    found = start
    while (found := data.find(b"END     ", found, limit)) >= 0:
        if (found - start) % CARD == 0:
            return found
        found += 1
    if limit < len(data):
        raise LimitError(f"no END in the first {MAX_HEADER // CARD} cards of the header", place=place)
    raise TruncatedError("the file ends inside a header: no END card", place=place, remedy="fetch the file again")


def _data_bytes(header: Header, axes: tuple[int, ...], index: int, place: str) -> int:
    """Size of the data that a header announces (section 4.4.1.2, equations 1 and 2)."""
    bitpix = header.integer("BITPIX")
    if bitpix not in (8, 16, 32, 64, -32, -64):
        raise StructureError(f"BITPIX is {header.value('BITPIX')!r}", place=place)
    if not axes:
        return 0
    groups = index == 0 and axes[0] == 0 and header.value("GROUPS") is True
    if index == 0 and not groups:
        return abs(bitpix) // 8 * math.prod(axes)
    pcount = _count(header, "PCOUNT", 0, place)
    gcount = _count(header, "GCOUNT", 1, place)
    return abs(bitpix) // 8 * gcount * (pcount + math.prod(axes[1:] if groups else axes))


def _axes(header: Header, place: str) -> tuple[int, ...]:
    naxis = _count(header, "NAXIS", None, place)
    if naxis > 999:
        raise StructureError(f"NAXIS is {naxis}", place=place, remedy="it must be 0 to 999")
    return tuple([_count(header, f"NAXIS{n}", None, place) for n in range(1, naxis + 1)])


def _count(header: Header, keyword: str, default: int | None, place: str) -> int:
    value = header.integer(keyword)
    if value is None and keyword not in header and default is not None:
        return default
    if value is None or value < 0:
        found = f"is {header.value(keyword)!r}" if keyword in header else "is missing"
        raise StructureError(f"{keyword} {found}", place=place, remedy="it must be an integer, 0 or more")
    return value


@lru_cache(maxsize=256)
def _columns(images: tuple[bytes, ...], fields: int) -> tuple[Column, ...] | str:
    """Columns of a table from its T cards, or what is wrong with them.

    Cached by the cards themselves: the tables of one instrument and pipeline share them, and decoding
    costs about 30 µs a table.
    """
    header = Header(b"".join(images))
    columns = []
    offset = 0
    for n in range(1, fields + 1):
        form = header.text(f"TFORM{n}")
        parsed = _TFORM.match(form) if form else None
        if form is None or parsed is None:
            return f"TFORM{n} is {header.value(f'TFORM{n}')!r}"
        repeat, letter = int(parsed[1] or 1), parsed[2]
        width = -(-repeat // 8) if letter == "X" else repeat * ELEMENT_BYTES[letter]
        columns.append(
            Column(
                number=n,
                name=header.text(f"TTYPE{n}") or "",
                form=form,
                letter=letter,
                repeat=repeat,
                unit=header.text(f"TUNIT{n}"),
                dim=header.text(f"TDIM{n}"),
                offset=offset,
                width=width,
                scaled=f"TSCAL{n}" in header or f"TZERO{n}" in header,
            )
        )
        offset += width
    return tuple(columns)
