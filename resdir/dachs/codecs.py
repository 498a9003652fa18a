"""VOTable's encoders and decoders without a stranger's word in their source.

DaCHS 2.7 (Debian 12) and 2.11 (Debian 13) write a Python function for each table that is read from or written to a
VOTable, and put what the table says of its columns into the source: names between apostrophes, null values between
quotation marks, array sizes. An alias of a query or a FIELD of an upload thus became code. Here DaCHS writes these
functions from columns of our own making, which have a number for a name and otherwise only what a grammar allows; the
names are put back into the errors when they occur. Knows DaCHS; may import nothing of oivo.
"""

import re
import struct
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from gavo.votable import coding, common
from gavo.votable.model import VOTable

_WHOLE = frozenset({"bit", "unsignedByte", "short", "int", "long"})
_FLOAT = frozenset({"float", "double", "floatComplex", "doubleComplex"})
_TEXT = frozenset({"char", "unicodeChar"})
#: VOTable 1.4, section 2.1
DATATYPES = _WHOLE | _FLOAT | _TEXT | {"boolean"}
#: VOTable 1.4, section 2.2: ``2x3x*``
ARRAYSIZE = re.compile(r"(?:[0-9]{1,9}x)*(?:[0-9]{1,9}\*?|\*)")
XTYPE = re.compile(r"[A-Za-z0-9:_-]{1,40}")
_NUMBER = r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?|[+-]?(?:[Nn]a[Nn]|[Ii]nf)"
_NULLS = (
    (_WHOLE, re.compile(r"[+-]?[0-9]{1,20}|0x[0-9a-fA-F]{1,16}")),
    (_FLOAT, re.compile(rf"(?:{_NUMBER})(?: (?:{_NUMBER}))?")),
    (_TEXT, re.compile(r".*", re.DOTALL)),
)

Codec = Callable[[Any], Any]


def guard() -> None:
    """Let DaCHS write its functions from columns of our own making."""
    for name in ("buildEncoder", "buildDecoder"):
        if hasattr(coding, name):
            setattr(coding, name, _without_names(getattr(coding, name)))


def _without_names(original: Callable[[Any, Any], Codec]) -> Callable[[Any, Any], Codec]:
    @wraps(original)
    def build(table: Any, module: Any) -> Codec:
        fields = list(table.iterChildrenOfType(VOTable.FIELD))
        plain = VOTable.TABLE[[_plain(number, field) for number, field in enumerate(fields)]]
        try:
            codec = original(plain, module)
        except (ValueError, OverflowError, struct.error) as error:
            # a null value that does not fit its column's type
            raise common.VOTableError(f"a column's null value or array size is not of its type: {error}") from error
        return _with_names(codec, [_name(field) for field in fields])

    return build


def _name(field: Any) -> str:
    return str(field.name or field.ID or "without a name")


def _plain(number: int, field: Any) -> Any:
    """Return a column that is coded in the same way, of which each word is known to be harmless in source."""
    datatype, arraysize, xtype = field.datatype, (field.arraysize or "").strip() or None, field.xtype
    if datatype not in DATATYPES:
        raise _refused(number, field, f"datatype is {datatype!r}: {', '.join(sorted(DATATYPES))} are known")
    if arraysize is not None and not ARRAYSIZE.fullmatch(arraysize):
        raise _refused(number, field, f"arraysize is {arraysize!r}: a form like *, 3, 8* or 2x3 is wanted")
    if xtype is not None and not XTYPE.fullmatch(xtype):
        xtype = None
    plain = VOTable.FIELD(name=f"column_{number}", datatype=datatype, arraysize=arraysize, xtype=xtype)
    null = _null(number, field)
    return plain if null is None else plain[VOTable.VALUES(null=null)]


def _null(number: int, field: Any) -> str | None:
    nulls = [values.null for values in field.iterChildrenOfType(VOTable.VALUES) if values.null is not None]
    if not nulls or nulls[-1] == "":
        return None
    null = str(nulls[-1])
    for datatypes, form in _NULLS:
        if field.datatype in datatypes:
            if form.fullmatch(null.strip() if datatypes is not _TEXT else null):
                return null.strip() if datatypes is not _TEXT else null
            raise _refused(number, field, f"VALUES null is {null!r}, which is no {field.datatype}")
    return None


def _refused(number: int, field: Any, reason: str) -> Exception:
    error: Exception = common.VOTableError(f"column {number + 1} ({_name(field)!r}): {reason}")
    return error


def _with_names(codec: Codec, names: Sequence[str]) -> Codec:
    """Let errors name the columns as they were called."""
    known = {f"column_{number}": name for number, name in enumerate(names)}

    def run(row: Any) -> Any:
        try:
            return codec(row)
        except common.BadVOTableData as error:
            error.fieldName = known.get(error.fieldName, error.fieldName)
            raise
        except common.BadVOTableLiteral as error:
            error.name = known.get(error.name, error.name)
            raise

    return run
