"""One binary table of a file: its columns as arrays over the bytes of the file, nothing copied.

May import numpy, the standard library, and this package's ``errors``, ``fits`` and ``header``.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.errors import StructureError, hdu_place
from ingest.oifits.fits import HDU, Column, table_columns
from ingest.oifits.header import Header, clean_text
from ingest.oifits.standard import UNDEFINED

_CODES = "Lu1 Bu1 Xu1 I>i2 J>i4 K>i8 E>f4 D>f8 C>c8 M>c16 PV8 QV16"
_TYPES = {code[0]: np.dtype(code[1:]) for code in _CODES.split()}
_INTEGERS = frozenset("BIJK")
_NUMBERS = frozenset("BIJKED")


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """A binary table of the standard.

    Attributes
    ----------
    hdu
        Its header and place.
    place
        How messages call it.
    rows, row_bytes
        NAXIS2 and NAXIS1; the bytes are there.
    columns
        In file order, unknown ones too.
    content
        The bytes of the file.
    """

    hdu: HDU
    place: str
    rows: int
    row_bytes: int
    columns: tuple[Column, ...]
    content: bytes

    def __repr__(self) -> str:
        return f"<Table {self.place}: {self.rows} rows>"

    @property
    def extname(self) -> str:
        """EXTNAME."""
        return self.hdu.extname

    @property
    def header(self) -> Header:
        """The cards."""
        return self.hdu.header

    def column(self, name: str) -> Column | None:
        """First column of that name (R14: exact case); None when it is absent."""
        return self._by_name.get(name)

    def raw(self, name: str) -> NDArray[Any] | None:
        """Values of a column as stored: big-endian, unscaled (R15), read-only, not copied.

        Returns
        -------
        array or None
            Shape (rows,) when a cell has one element or is text, else (rows, repeat); cells with NWAVE = 1 are
            therefore scalar, whatever TDIM says. Logical and bit columns come as bytes. None when absent.
        """
        column = self.column(name)
        if column is None:
            return None
        dtype = np.dtype(f"S{column.repeat}") if column.letter == "A" else _TYPES[column.letter]
        shape: tuple[int, ...] = (self.rows,)
        strides: tuple[int, ...] = (self.row_bytes,)
        if column.letter == "X":
            shape, strides = (self.rows, column.width), (self.row_bytes, 1)
        elif column.letter != "A" and column.repeat != 1:
            shape, strides = (self.rows, column.repeat), (self.row_bytes, dtype.itemsize)
        if not self.rows or not column.width:
            return np.empty(shape, dtype)
        return np.ndarray(shape, dtype, self.content, self.hdu.start + column.offset, strides)

    def numbers(self, name: str, repeat: int = 1) -> NDArray[np.float64] | None:
        """Values of a numeric column as native doubles.

        Returns
        -------
        array or None
            Shape (rows,) for `repeat` 1, else (rows, repeat). None when the column is absent, not numeric or of
            another repeat (the reference discards such a column: GENERIC_COL_FORMAT).
        """
        column = self.column(name)
        if column is None or column.letter not in _NUMBERS or column.repeat != repeat:
            return None
        if column.letter == "D":
            return np.array(self.raw(name), np.float64)
        with np.errstate(invalid="ignore"):  # a signalling NaN
            return np.array(self.raw(name), np.float64)

    def integers(self, name: str, repeat: int = 1) -> NDArray[np.int64] | None:
        """Values of an integer column as native integers; a real column is converted as the reference does.

        Returns
        -------
        array or None
            As `numbers`; what is no integer of 32 bits becomes `UNDEFINED`.
        """
        column = self.column(name)
        if column is None or column.letter not in _NUMBERS or column.repeat != repeat:
            return None
        if column.letter in _INTEGERS:
            return np.array(self.raw(name), np.int64)
        with np.errstate(invalid="ignore"):  # a signalling NaN
            values = np.array(self.raw(name), np.float64)
            return np.where(np.abs(values) < 2**31, values, UNDEFINED).astype(np.int64)

    def strings(self, name: str) -> list[str] | None:
        """Texts of a column, cleaned (R12); None when the column is absent or not text."""
        column = self.column(name)
        if column is None or column.letter != "A":
            return None
        raw = self.raw(name)
        return [""] * self.rows if raw is None or not column.width else [clean_text(cell) for cell in raw.tolist()]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in reversed(self.columns)}


def open_table(hdu: HDU, content: bytes, name: str) -> Table:
    """Check what the header of a binary table says against itself and the bytes, and open it.

    Raises
    ------
    StructureError
        With the HDU in their place.
    """
    place = hdu_place(name, hdu.index, hdu.extname)
    header = hdu.header
    for keyword, found, value in (
        ("BITPIX", header.integer("BITPIX"), 8),
        ("NAXIS", len(hdu.axes), 2),
        ("GCOUNT", header.integer("GCOUNT"), 1),
    ):
        if found != value:
            remedy = f"a binary table has {keyword} = {value}"
            raise StructureError(f"{keyword} is {found}", place=place, remedy=remedy)
    row_bytes, rows = hdu.axes
    columns = table_columns(header, row_bytes, place)
    if rows and not row_bytes:
        raise StructureError(f"{rows} rows of no bytes", place=place)
    heap = header.integer("THEAP")
    if heap is not None and not rows * row_bytes <= heap <= hdu.size:
        raise StructureError(f"THEAP is {heap}, outside of the {hdu.size} bytes of the table", place=place)
    return Table(hdu, place, rows, row_bytes, columns, content)
