"""What an uploaded table says of its columns becomes a type of SQL by a grammar, and a name that SQL can carry.

DaCHS 2.7 (Debian 12) and 2.11 (Debian 13) put ``arraysize`` into the text of CREATE TABLE as it comes, so that it
became statements of its author's, and names into texts that psycopg2 formats. Knows DaCHS; may import nothing of oivo.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from gavo import base
from gavo.base import typesystems
from gavo.formats import votableread

from resdir.dachs.codecs import ARRAYSIZE, DATATYPES, XTYPE

#: All types of SQL that a column of an upload may have.
_SQL = re.compile(
    r"(?:smallint|integer|bigint|real|boolean|double precision|text|char|unicode|bytea|date|timestamp|time"
    r"|spoint|scircle|spoly|smoc|sbox)(?:\[[0-9]{0,9}\])?"
)
#: PostgreSQL cuts names that are longer, so that two could become one.
_LONGEST_NAME = 63


def guard() -> None:
    """Let types and names of uploads through that are of the grammar, and nothing else."""
    base.voTableToSQLType = _to_known_types(base.voTableToSQLType)
    maker = votableread.AutoQuotedNameMaker
    maker.makeName = _of_possible_names(maker.makeName)


def _to_known_types(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def convert(datatype: Any, arraysize: Any, xtype: Any = None) -> str:
        size = None if arraysize is None else str(arraysize).strip()
        if datatype not in DATATYPES:
            raise typesystems.ConversionError(f"datatype is {datatype!r}: {', '.join(sorted(DATATYPES))} are known")
        if size and not ARRAYSIZE.fullmatch(size):
            raise typesystems.ConversionError(f"arraysize is {arraysize!r}: a form like *, 3, 8* or 2x3 is wanted")
        if xtype is not None and not XTYPE.fullmatch(str(xtype)):
            xtype = None
        # a bound on the length is none to PostgreSQL, and of several dimensions DaCHS makes one
        if size and ("x" in size or size.endswith("*")):
            size = "*"
        made = str(original(datatype, size, xtype))
        if not _SQL.fullmatch(made):
            raise typesystems.ConversionError(f"no type for {datatype} and arraysize {arraysize!r}")
        return made

    return convert


def _of_possible_names(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def make_name(self: Any, field: Any) -> Any:
        name = getattr(field, "name", None)
        if name is not None:
            _check(str(name))
        return original(self, field)

    return make_name


def _check(name: str) -> None:
    """Refuse a name that SQL or psycopg2's formatting cannot carry."""
    depth, balanced = 0, True
    for char in name:
        depth += (char == "(") - (char == ")")
        balanced = balanced and depth >= 0
    if "%" in name or "\0" in name or not name.isprintable() or depth or not balanced:
        raise base.ValidationError(
            f"a column cannot be called {name!r} here: rename it, without %, control characters and single parentheses",
            "UPLOAD",
        )
    if not name or len(name.encode()) > _LONGEST_NAME:
        raise base.ValidationError(
            f"the name of a column has {len(name.encode())} bytes: between 1 and {_LONGEST_NAME} are possible", "UPLOAD"
        )
