"""The process that reads a VOTable somebody sent: it reads standard input and writes its rows as JSON.

``python -m ingest.validate.votable LIMITS``. Astropy reads the table; before that the document is looked at, because
astropy would fetch what a STREAM names, and allocate what a TABLE announces. Pure: no database, no DaCHS, no network.
"""

import io
import json
import re
import sys
import urllib.request
import warnings
from typing import Any
from xml.parsers import expat

import numpy as np

from ingest.catalogs.fields import COLUMNS
from ingest.catalogs.sheets import MOST_ROWS, SheetError, column_names
from ingest.validate.__main__ import confine
from ingest.validate.limits import Limits

_MOST_DEPTH = 40
_ARRAY = re.compile(r"\d{1,6}\*?|\*")


def main(arguments: list[str]) -> int:
    """Read the table on standard input."""
    limits = Limits(**json.loads(arguments[0]))
    confine(limits)
    warnings.simplefilter("ignore")
    urllib.request.urlopen = _refuse
    try:
        answer: dict[str, Any] = {"rows": read_votable(sys.stdin.buffer.read())}
    except SheetError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": "takes more memory than there is here"}
    sys.stdout.write(json.dumps(answer))
    return 0


def _refuse(*_: object, **__: object) -> None:
    raise SheetError("names data that are elsewhere", remedy="put them into the table")


def read_votable(data: bytes) -> list[dict[str, str]]:
    """Return the rows of the first table as texts; numbers in the units that the fields have.

    Raises
    ------
    SheetError
        When it cannot be read, or does what no list of entries does.
    """
    look_at(data)
    from astropy.io.votable import parse

    try:
        table = parse(io.BytesIO(data), verify="ignore").get_first_table()
        fields, array = table.fields, table.array
    except SheetError:
        raise
    except MemoryError:
        raise
    except Exception as error:  # whatever astropy stumbles over
        raise SheetError(f"is no VOTable that can be read: {_first_line(error)}") from error
    if len(array) > MOST_ROWS:
        raise SheetError(f"has more than {MOST_ROWS} rows", remedy="send it in several parts")
    names = column_names([field.name or field.ID or "" for field in fields])
    columns = [_texts(field, name, array[field.ID]) for field, name in zip(fields, names, strict=True)]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _first_line(error: Exception) -> str:
    said = str(error).strip() or type(error).__name__
    return "".join(char if char.isprintable() else " " for char in said.splitlines()[0])[:200]


def look_at(data: bytes) -> None:
    """Refuse a document that has a DTD, names data elsewhere, or announces more than it can hold.

    Raises
    ------
    SheetError
        Saying what.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def doctype(*_: object) -> None:
        raise SheetError("has a document type, which no VOTable needs", remedy="remove <!DOCTYPE …>")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEPTH:
            raise SheetError("is nested too deeply")
        _look_at_element(name.rpartition(" ")[2], attributes)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise SheetError(f"is no XML: {error}") from error


def _look_at_element(name: str, attributes: dict[str, str]) -> None:
    if name == "STREAM" and "href" in attributes:
        _refuse()
    if name == "TABLE" and not re.fullmatch(r"\d{0,5}", attributes.get("nrows", "").strip(), re.ASCII):
        raise SheetError(f"announces {attributes['nrows'][:20]!r} rows", remedy="send it in several parts")
    if name == "FIELD" and not _ARRAY.fullmatch(attributes.get("arraysize", "*").strip()):
        raise SheetError(f"has cells of {attributes['arraysize'][:20]!r} values; one each is wanted")


def _texts(field: Any, name: str, column: Any) -> list[str]:
    """Return the cells of a column as texts."""
    known = COLUMNS.get(name)
    factor = _factor(field, known.unit) if known and known.unit else None
    mask = np.ma.getmaskarray(column)  # type: ignore[no-untyped-call]
    return ["" if np.all(hidden) else _text(cell, factor) for cell, hidden in zip(column, mask, strict=True)]


def _text(cell: Any, factor: float | None) -> str:
    if isinstance(cell, bytes):
        cell = cell.decode("utf-8", "replace")
    if isinstance(cell, np.bool_):
        return str(int(cell))
    if isinstance(cell, np.floating):
        return "" if np.isnan(cell) else _number(cell, factor)
    if isinstance(cell, np.integer):
        return str(cell) if factor in (None, 1.0) else _number(np.float64(cell), factor)
    if isinstance(cell, np.ndarray):
        raise SheetError("has cells of several values; one each is wanted")
    return str(cell)


def _number(value: Any, factor: float | None) -> str:
    """Return a number with the digits that its precision has: 0.0099999998 of 32 bits is 0.01."""
    plain = float(str(value))
    return repr(plain if factor in (None, 1.0) else float(f"{plain * factor:.12g}"))


def _factor(field: Any, unit: str) -> float | None:
    """Return by what a column's numbers are multiplied to be in our unit.

    Raises
    ------
    SheetError
        When its unit is another quantity's.
    """
    from astropy import units

    if field.unit is None or field.datatype in ("char", "unicodeChar"):
        return None
    try:
        return float(units.Unit(field.unit).to(units.Unit(unit.replace("µ", "u"))))
    except (units.UnitConversionError, ValueError, TypeError) as error:
        raise SheetError(f"column {field.name!r} is in {str(field.unit)[:40]!r}, which is no {unit}") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
