"""All columns of granules in ``oidb.oidb``, with what the RD says of them.

Knows DaCHS; may import this package.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gavo import base
from twisted.web.template import tags

from oidb_rd.pages.parts import without_addresses
from resdir.elements import table

#: Columns whose texts people wrote about people.
_NAMES = ("datapi", "obs_creator_name")


def rows_of(identifiers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the rows of granules by their ids."""
    published = base.resolveCrossId("oidb/q#oidb")
    columns = ", ".join(column.name for column in published)
    with base.getTableConn() as connection:
        found = connection.queryToDicts(
            f"SELECT {columns} FROM {published.getQName()} WHERE id = ANY(%(ids)s)", {"ids": list(identifiers)}
        )
        return {row["id"]: row for row in found}


def metadata_table(rows: Sequence[dict[str, Any]]) -> Any:
    """Return all columns that have a value in one of the rows: one column of values a granule."""
    published = base.resolveCrossId("oidb/q#oidb")
    single = len(rows) == 1
    heads = [
        ("Column", "name"),
        *([("Value", "value")] if single else [(f"Granule {row['id']}", "value") for row in rows]),
    ]
    shown = []
    for column in published:
        values = [_told(column.name, row[column.name]) for row in rows]
        if not any(values):
            continue
        unit = f" ({column.unit})" if column.unit else ""
        name = tags.span(title=column.description)[tags.code[column.name], unit]
        cells = [value if len(set(values)) == 1 else tags.mark[value] if value else "" for value in values]
        shown.append([name, *cells, *([column.description] if single else [])])
    return table("All metadata", [*heads, *(["Meaning"] if single else [])], shown, stacked=True)


def _told(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return str(value)
    if hasattr(value, "asSTCS"):
        return str(value.asSTCS("ICRS"))
    return without_addresses(str(value)) if name in _NAMES else str(value)


def summary_facts(row: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return label and value of the columns that matter."""
    return [(label, tell(row)) for label, tell in _SUMMARY]


def summary_table(rows: Sequence[dict[str, Any]], heads: Sequence[Any]) -> Any:
    """Return the columns that matter, one a line, granules side by side."""
    lines = [[label, *(tell(row) for row in rows)] for label, tell in _SUMMARY]
    kept = [line for line in lines if any(value not in (None, "") for value in line[1:])]
    return table("Comparison", ["", *heads], kept, stacked=False)


def _range(low: float | None, high: float | None, scale: float, digits: int) -> str:
    if low is None or high is None:
        return ""
    first, last = f"{low * scale:.{digits}f}", f"{high * scale:.{digits}f}"
    return first if first == last else f"{first} – {last}"


def _number(row: dict[str, Any], name: str, digits: int = 0) -> str:
    value = row[name]
    return "" if value is None else f"{value:,.{digits}f}"


#: Label, and what a row tells.
_SUMMARY: tuple[tuple[str, Any], ...] = (
    ("Night at the array", lambda row: str(row["local_night"] or "")),
    ("MJD", lambda row: _range(row["t_min"], row["t_max"], 1, 5)),
    ("Array", lambda row: row["facility"] or row["facility_name"]),
    ("Instrument", lambda row: row["instrument"] or row["instrument_name"]),
    ("Mode", lambda row: row["instrument_mode"]),
    ("Stations", lambda row: row["interferometer_stations"]),
    ("Projected baselines (m)", lambda row: _range(row["baseline_min"], row["baseline_max"], 1, 1)),
    ("Angular resolution (mas)", lambda row: _range(row["s_resolution"], row["s_resolution"], 1000, 2)),
    ("Bands", lambda row: row["bands"]),
    ("Wavelengths (µm)", lambda row: _range(row["em_min"], row["em_max"], 1e6, 3)),
    ("Spectral channels", lambda row: _number(row, "nb_channels")),
    ("Resolving power", lambda row: _number(row, "em_res_power")),
    ("Integration (s)", lambda row: _number(row, "t_exptime", 1)),
    ("Rows of V², T3, VIS, flux", lambda row: " · ".join(_number(row, f"nb_{kind}") for kind in _TABLES)),
    ("Flagged (%)", lambda row: "" if row["flagged_share"] is None else f"{100 * row['flagged_share']:.1f}"),
    ("Level", lambda row: f"L{row['calib_level']}"),
    ("Category", lambda row: row["dataproduct_category"]),
    ("Programme", lambda row: row["progid"]),
    ("Software", lambda row: row["procsoft"]),
)
_TABLES = ("vis2", "t3", "vis", "flux")
