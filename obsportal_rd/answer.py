"""The VOTable of ASPRO2's door, as that program reads it, made from rows of PostgreSQL's COPY.

ASPRO2 finds columns by their names alone, reads TABLEDATA only, and loses everything when there is a second
RESOURCE. Pure: knows neither DaCHS nor the database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE type="results">
"""
_TAIL = b"</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>\n"
#: What XML 1.0 does not allow.
_FORBIDDEN = bytes(code for code in range(32) if code not in (9, 10)) + b"\x7f"
#: In this order: "&" before what is written with it; ends of cells and rows before the texts' own; backslashes last.
_ESCAPES = (
    (b"&", b"&amp;"),
    (b"<", b"&lt;"),
    (b">", b"&gt;"),
    (b"\t", b"</TD><TD>"),
    (b"\n", b"</TD></TR>\n<TR><TD>"),
    (b"\\\\", b"\x00"),
    (b"\\t", b"\t"),
    (b"\\n", b"\n"),
    (b"\\r", b"&#13;"),
    (b"\x00", b"\\"),
)
#: Rows are handed on when they fill this.
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Field:
    """A column: its name, VOTable datatype (``unicodeChar`` is a text), unit, UCD and meaning."""

    name: str
    datatype: str
    unit: str = ""
    ucd: str = ""
    description: str = ""


def _element(field: Field) -> str:
    text = ' arraysize="*"' if field.datatype == "unicodeChar" else ""
    unit = f" unit={quoteattr(field.unit)}" if field.unit else ""
    ucd = f" ucd={quoteattr(field.ucd)}" if field.ucd else ""
    described = f"<DESCRIPTION>{_escaped(field.description)}</DESCRIPTION>" if field.description else ""
    start = f'<FIELD ID="{field.name}" name="{field.name}" datatype="{field.datatype}"{text}{unit}{ucd}'
    return f"{start}>{described}</FIELD>\n" if described else f"{start}/>\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _param(name: str, value: str) -> str:
    return f'<PARAM ID="{name}" name="{name}" datatype="unicodeChar" arraysize="*" value={quoteattr(value)}/>\n'


def head(fields: Sequence[Field], last_change: str) -> bytes:
    """Return everything before the first row."""
    status = '<INFO name="QUERY_STATUS" value="OK"/>\n' + _param("status", "OK")
    table = '<TABLE name="exposure">\n' + "".join(map(_element, fields)) + "<DATA><TABLEDATA>\n"
    return (_HEAD + status + _param("last_mod_date", last_change) + table).encode()


def error(message: str) -> bytes:
    """Return the answer to something that cannot be answered."""
    clean = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in message)
    status = f'<INFO name="QUERY_STATUS" value="ERROR">{_escaped(clean)}</INFO>\n'
    return (_HEAD + status + _param("status", "ERROR") + "</RESOURCE></VOTABLE>\n").encode("utf-8", "replace")


class RowsToXml:
    """Turns lines of COPY into rows of TABLEDATA and hands them on, whole blocks at a time: no cell is looked at alone.

    Parameters
    ----------
    hand_on
        Gets each block.
    start
        What comes before the first row.
    """

    def __init__(self, hand_on: Callable[[bytes], None], start: bytes) -> None:
        self._hand_on = hand_on
        self._lines: list[bytes] = []
        self._size = 0
        self._start = start

    def write(self, lines: bytes | memoryview) -> int:
        """Take lines of COPY, always whole ones."""
        self._lines.append(bytes(lines))
        self._size += len(lines)
        if self._size >= _BLOCK:
            self._flush()
        return len(lines)

    def _flush(self) -> None:
        text = b"".join(self._lines)
        self._lines, self._size = [], 0
        text = text.translate(None, _FORBIDDEN)
        for plain, escaped in _ESCAPES:
            text = text.replace(plain, escaped)
        # what follows the last line begins with the next block, or is nothing
        self._hand_on(self._start + b"<TR><TD>" + text.removesuffix(b"<TR><TD>") if text else self._start)
        self._start = b""

    def finish(self) -> None:
        """Hand on what is left, and the end of the document."""
        self._flush()
        self._hand_on(_TAIL)
