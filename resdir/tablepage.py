"""What columns hold, on DaCHS' pages of tables (``/tableinfo/oidb.oidb``): from the schema ``stats``.

Knows DaCHS; may import nothing of oivo.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from gavo import base
from gavo.web import metarender

_FIGURES = """SELECT column_name, nulls_share, value_min, value_max, common_values FROM stats.columns
    WHERE table_name = %(table)s"""


def install() -> None:
    """Add the slot ``holds`` to the columns that the page lists."""
    metarender.TableInfoRenderer.data_fields = _with_figures(metarender.TableInfoRenderer.data_fields)


def _with_figures(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def fields(self: Any, request: Any, tag: Any) -> Any:
        found = original(self, request, tag)
        holds = _holds(self.table.getQName().lower())
        for field in found:
            field["holds"] = holds.get(str(field["name"]).lower(), "")
        return found

    return fields


def _holds(table: str) -> dict[str, str]:
    """Return what each column of a table holds, in words; nothing where it was not counted."""
    with base.getTableConn() as connection:
        rows = list(connection.query(_FIGURES, {"table": table}))
    return {name: _words(nulls, low, high, common) for name, nulls, low, high, common in rows}


def _words(nulls: float | None, low: str | None, high: str | None, common: str | None) -> str:
    if nulls is None:
        return ""
    if nulls == 1:
        return "always NULL"
    parts = [common or (f"{_short(low)} to {_short(high)}" if low is not None and high is not None else "")]
    if nulls:
        parts.append(f"{100 * nulls:.1f} % NULL")
    return "; ".join(part for part in parts if part)


def _short(value: str) -> str:
    """Return a number with six digits, as people read it; other texts as they are."""
    try:
        return f"{float(value):.6g}" if "." in value or "e" in value else value
    except ValueError:
        return value.partition(".")[0]
