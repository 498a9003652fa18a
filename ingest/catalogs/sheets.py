"""Tables that are sent: CSV read into rows of texts, and names of columns that are known in several forms.

VOTables are read by ``ingest.validate.votable`` in a process of its own. May import `ingest.catalogs.fields`,
``ingest.errors``.
"""

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.catalogs.fields import COLUMNS
from ingest.errors import OivoError

if TYPE_CHECKING:
    import _csv

#: A sheet of JMDC's whole catalogue has 0.3 MB.
MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
_MOST_COLUMNS = 200
_SEPARATORS = ",;\t"


class SheetError(OivoError):
    """A table that cannot be read."""


def column_names(found: Sequence[str]) -> list[str]:
    """Return the fields that columns mean; what is no field stays under its own name, in lower case.

    Raises
    ------
    SheetError
        When two columns mean one field, or none has a name.
    """
    if len(found) > _MOST_COLUMNS:
        raise SheetError(f"has {len(found)} columns, {_MOST_COLUMNS} are possible")
    names = [" ".join(name.split()).lower() for name in found]
    names = [COLUMNS[name].name if name in COLUMNS else name for name in names]
    for name in names:
        if name and names.count(name) > 1:
            told = ", ".join(repr(one) for one, meant in zip(found, names, strict=True) if meant == name)
            raise SheetError(f"has several columns for {name[:40]}: {told[:200]}", remedy="leave one of them")
    if not any(names):
        raise SheetError("has no names of columns in its first line")
    return names


def read_csv(data: bytes) -> list[dict[str, str]]:
    """Read a CSV in UTF-8 whose first line names the columns; separated by commas, semicolons or tabs.

    Lines that are empty or begin with ``#`` before the names are passed over, empty rows too.

    Raises
    ------
    SheetError
        When it is none, or too large.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError(f"byte {error.start + 1} is no UTF-8", remedy="save it as CSV in UTF-8") from error
    if "\0" in text:
        raise SheetError("has NUL characters: it is no text", remedy="send CSV in UTF-8, or a VOTable")
    lines = text.splitlines(keepends=True)
    head = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if head is None:
        raise SheetError("is empty")
    reader = csv.reader(io.StringIO("".join(lines[head:]), newline=""), strict=True, delimiter=_separator(lines[head]))
    try:
        names = column_names(next(reader))
        return _rows(reader, names, head)
    except csv.Error as error:
        raise SheetError(f"line {head + reader.line_num} is no CSV: {error}") from error


def _rows(reader: "_csv.Reader", names: list[str], head: int) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            raise SheetError(f"line {head + reader.line_num} has {len(cells)} fields, the first has {len(names)}")
        if len(rows) == MOST_ROWS:
            raise SheetError(f"has more than {MOST_ROWS} rows", remedy="send it in several parts")
        rows.append({name: cell for name, cell in zip(names, cells, strict=True) if name or cell.strip()})
    return rows


def _separator(line: str) -> str:
    """Return the separator that gives most names that are known."""

    def known(separator: str) -> int:
        return sum(cell.strip(' "\r\n').lower() in COLUMNS for cell in line.split(separator))

    return max(_SEPARATORS, key=known)
