"""What a column of a result is called inside, and outside.

Aliases and the columns of uploads are called as their authors like, and DaCHS 2.7 (Debian 12) and 2.11 (Debian 13) use
these names for everything: keys of rows, identifiers in documents, heads, and the source of functions that they write.
Here a column of a result has a name of ours inside, where it is no plain identifier; the name that its author gave is
its label, which is all that any format writes. Knows DaCHS; may import nothing of oivo.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from gavo import utils
from gavo.base import valuemappers
from gavo.protocols import adqlglue

#: What may be a name inside: an identifier in Python, SQL and XML.
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
#: The property of a column that has its label; DaCHS copies properties with the column.
_LABEL = "oivo-label"


def guard() -> None:
    """Name the columns of results inside, label them outside."""
    adqlglue._makeColumnFromFieldInfo = _with_plain_name(adqlglue._makeColumnFromFieldInfo)
    column = valuemappers.AnnotatedColumn
    column._initAnnotation = _with_label(column._initAnnotation)
    manager = valuemappers.SerManager
    manager._makeAnnotatedColumns = _by_key(manager._makeAnnotatedColumns)
    manager._makeDictFactory = _dict_factory
    manager._makeTupleFactory = _tuple_factory


def _with_plain_name(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def make(context: Any, name: Any, info: Any) -> Any:
        column = original(context, name, info)
        label = column.name.name if isinstance(column.name, utils.QuotedName) else str(column.name)
        taken = context.__dict__.setdefault("plain_names", set())
        plain = label if PLAIN.fullmatch(label) and label not in taken else _free(taken)
        taken.add(plain)
        column.name = column.key = plain
        column.clearProperty(_LABEL)
        if plain != label:
            column.setProperty(_LABEL, label)
            column.tablehead = label
        return column

    return make


def _free(taken: set[str]) -> str:
    number = len(taken)
    while f"column_{number}" in taken:
        number += 1
    return f"column_{number}"


def _with_label(original: Callable[..., None]) -> Callable[..., None]:
    """Let formats know a column by its label."""

    @wraps(original)
    def annotate(self: Any) -> None:
        original(self)
        has_property = getattr(self.original, "hasProperty", None)
        if has_property is not None and has_property(_LABEL):
            self.annotations["name"] = self.original.getProperty(_LABEL)

    return annotate


def _by_key(original: Callable[..., None]) -> Callable[..., None]:
    """Look columns up by what they are called inside."""

    @wraps(original)
    def annotate(self: Any) -> None:
        original(self)
        self.byName = {str(column.original.key): column for column in self.annCols}

    return annotate


def _values(manager: Any) -> list[tuple[str, str]]:
    """Return source of the key of each column, and of its value; the label, which is anybody's text, is in neither."""
    return [
        (repr(str(column.original.key)), f"map{number}(row[{str(column.original.key)!r}])")
        if manager.mappers[number] is not utils.identity
        else (repr(str(column.original.key)), f"row[{str(column.original.key)!r}]")
        for number, column in enumerate(manager)
    ]


def _dict_factory(self: Any) -> Callable[..., Any]:
    """Stand in for DaCHS' function, which takes a column's outer name for the key of its value."""
    mapped = [f"\trow[{key}] = {value}" for key, value in _values(self) if value.startswith("map")]
    made: Callable[..., Any] = self._compileMapFunction(["def buildRec(row):", *mapped, "\treturn row"])
    return made


def _tuple_factory(self: Any) -> Callable[..., Any]:
    """Stand in for DaCHS' function, which takes a column's outer name for the key of its value."""
    values = [f"\t\t{value}," for _, value in _values(self)]
    made: Callable[..., Any] = self._compileMapFunction(["def buildRec(row):", "\treturn (", *values, "\t)"])
    return made
