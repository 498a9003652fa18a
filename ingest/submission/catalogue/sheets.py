"""Tables of entries that people send: CSV or VOTable, told apart by their content.

May import ``ingest.catalogs`` and ``ingest.validate``.
"""

import re

from ingest.catalogs.sheets import MOST_BYTES, SheetError, read_csv
from ingest.errors import OivoError
from ingest.validate.confined import read_table_confined
from ingest.validate.limits import Limits
from ingest.validate.upload import printable

#: What reading a VOTable may cost.
_LIMITS = Limits(MOST_BYTES, seconds=20, unpacked_bytes=MOST_BYTES, memory_bytes=2 * 2**30)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"SIMPLE", b"%PDF", b"\xff\xfe", b"\xfe\xff")


def read_sheet(data: bytes, name: str = "") -> list[dict[str, str]]:
    """Return the rows of a table as texts by field; columns that are no field keep their names, in lower case.

    Parameters
    ----------
    name
        Of the file, for messages.

    Raises
    ------
    OivoError
        When it is neither CSV nor VOTable, is broken, too large, or has no row.
    """
    try:
        rows = _rows(data)
        if not rows:
            raise SheetError("has no rows")
    except OivoError as error:
        error.place = printable(name) or error.place
        raise
    return rows


def _rows(data: bytes) -> list[dict[str, str]]:
    if len(data) > MOST_BYTES:
        raise SheetError(f"has {len(data)} bytes, {MOST_BYTES} are possible", remedy="send it in several parts")
    if data.startswith(_BINARY):
        raise SheetError("is neither CSV in UTF-8 nor VOTable", remedy="save it as CSV in UTF-8")
    if not _XML.match(data):
        return read_csv(data)
    answer = read_table_confined(data, _LIMITS)
    if "refused" in answer:
        raise SheetError(answer["refused"])
    rows: list[dict[str, str]] = answer["rows"]
    return rows
