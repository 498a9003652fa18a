"""Tables in HTML and documents in XML: whatever a table says of itself is text there, never markup.

DaCHS 2.7 (Debian 12) and 2.11 (Debian 13) write the heads of HTML tables raw, so that an alias becomes markup on the
site's own origin; take values of some columns for HTML; link to addresses of any scheme (``javascript:``); and write
characters into XML that XML has not, or that a parser changes. Knows DaCHS; may import nothing of oivo.
"""

import re
import sys
from types import GeneratorType
from typing import Any

from gavo.utils import stanxml

#: What a browser may be led to from a cell.
_SCHEMES = frozenset({"http", "https", "ftp", "mailto"})
_SCHEME = re.compile(r"([^/?#]*?):")
#: Browsers leave these out before they look for a scheme.
_BLANK = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_ADDRESSES = ("href", "src", "action", "formaction", "xlink:href")
#: XML 1.0, section 2.2
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTES = str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


def guard() -> None:
    """Escape what tables say of themselves, in XML."""
    stanxml.escapePCDATA, stanxml.escapeAttrVal = escape_text, escape_attribute
    for name, module in list(sys.modules.items()):
        # these have imported the functions by their names
        if name.startswith("gavo.") and module is not stanxml:
            for function in ("escapePCDATA", "escapeAttrVal"):
                if hasattr(module, function):
                    setattr(module, function, getattr(stanxml, function))


def guard_pages() -> None:
    """Escape what tables say of themselves, in HTML; for the server, which alone writes any."""
    from gavo.web import htmltable
    from twisted.web.template import renderer

    htmltable.HeadCellsMixin.headCell = renderer(_head_cell)
    htmltable.HTMLDataRenderer._makeSerializer = _make_serializer


def escape_text(value: str) -> str:
    """Escape text for XML; what XML cannot say at all is replaced by U+FFFD.

    Looking whether a text is printable takes 30 ns a cell, so that only odd ones are searched.
    """
    if not value.isprintable():
        value = _NO_XML.sub("\ufffd", value).replace("\r", "\0")
        return _escaped(value).replace("\0", "&#13;")
    return _escaped(value)


def escape_attribute(value: str) -> str:
    """Escape and quote a value for an attribute in XML; white space keeps its kind, which parsers else do not."""
    possible = _NO_XML.sub("\ufffd", str(value))
    return f'"{_escaped(possible).translate(_QUOTES)}"'


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _head_cell(self: Any, request: Any, tag: Any) -> Any:
    """Stand in for DaCHS' head of a column, which takes the label for markup."""
    from twisted.web.template import tags

    column = tag.slotData
    if hasattr(column, "key"):
        column = self.serManager.getColumnByName(column.key)
    label = str(column.original.getLabel())
    tag = tag(title=str(column["description"] or label))[label]
    if column["unit"]:
        tag[tags.br, f"[{column['unit']}]"]
    if column["note"]:
        tag[tags.sup[tags.a(href=f"#note-{column['note'].tag}")[column["note"].tag]]]
    return tag


def _make_serializer(self: Any) -> None:
    """Stand in for DaCHS' function that writes source: the same by a loop, and of each cell only what is harmless."""
    keys = [str(column.original.key) for column in self.serManager]
    cells = [
        (key, write, whole, _written_by_operator(column))
        for key, (_, write, whole), column in zip(keys, self.formatterSeq, self.table.tableDef, strict=True)
    ]

    def serialize(row: Any) -> list[Any]:
        made = []
        for key, write, whole, trusted in cells:
            value = write(row if whole else row[key])
            made.append("N/A" if value is None else harmless(value, trusted))
        return made

    self.serializeRow = serialize


def _written_by_operator(column: Any) -> bool:
    return bool(getattr(column, "formatter", None))


def harmless(value: Any, trusted: bool = False) -> Any:
    """Return what a cell may be: links lead to pages, and markup comes from code alone.

    Parameters
    ----------
    value
        What a mapper or formatter made: text, tags, raw markup, or several.
    trusted
        Whether code of a resource descriptor made it, which may write raw markup.
    """
    from gavo.formal import nevowc
    from twisted.web.template import Tag

    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, nevowc.Passthrough):
        return value if trusted else value.content.decode("utf-8", "replace")
    if isinstance(value, Tag):
        made = value.clone(deep=False)
        made.attributes = {name: text for name, text in value.attributes.items() if not _leads_astray(str(name), text)}
        made.children = [harmless(child, trusted) for child in value.children]
        return made
    if isinstance(value, list | tuple | GeneratorType):
        return [harmless(part, trusted) for part in value]
    return value


def _leads_astray(name: str, address: Any) -> bool:
    if name.lower() not in _ADDRESSES:
        return False
    scheme = _SCHEME.match(_BLANK.sub("", str(address)))
    return bool(scheme) and scheme[1].lower() not in _SCHEMES
