"""The search of OiDB: the core that asks the database for what the form's fields stand for.

The fields are ``oidb_rd.conditions``, the page around it is ``oidb_rd.searchpage``.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gavo import base, rsc
from gavo.svcs import outputdef, standardcores

from ingest.archive import Archive
from ingest.archive.previews import cached_thumbnails
from ingest.home import Home
from oidb_rd.conditions import Condition, conditions_of, fail, text_of
from oidb_rd.sorting import COLUMNS, WORDS, order_by, order_of

#: Columns of the result page; other formats carry those of DaCHS' verbosity.
HTML_COLUMNS = (
    "id",
    "obs_publisher_did",
    "target_name",
    "instrument",
    "instrument_name",
    "facility",
    "facility_name",
    "bands",
    "t_min",
    "local_night",
    "interferometer_stations",
    "baseline_min",
    "baseline_max",
    "nb_channels",
    "nb_vis2",
    "nb_t3",
    "calib_level",
    "data_rights",
    "obs_release_date",
    "obs_collection",
    "datapi",
    "dataproduct_category",
    "access_url",
    "file_name",
    "access_estsize",
    "quality_level",
    "obs_id",
)

DEFAULT_ROWS = 100
#: A page of more rows is of no use to people, and DaCHS answers nobody else while it writes one (1000 rows: 1 s).
MOST_HTML_ROWS = 500
#: Files may have more; who wants all of the archive uses TAP.
MOST_ROWS = 100_000
#: Matches are counted up to here: counting all of a million rows costs half a second.
MOST_COUNTED = 100_000
#: Pages behind this row are of no use to people, and each costs all before it.
LAST_ROW = 20_000


@dataclass(frozen=True)
class SearchResult:
    """What the result page needs to know besides the rows.

    Attributes
    ----------
    matched, matched_exactly
        How many match, counted up to `MOST_COUNTED`.
    thumbnails
        Ids of granules that have one.
    sort
        Name of the column, and whether descending.
    page, rows
        Number of the page from 1, and rows a page.
    """

    conditions: tuple[Condition, ...]
    matched: int
    matched_exactly: bool
    sort: tuple[str, bool]
    page: int
    rows: int
    thumbnails: frozenset[int] = frozenset()

    @property
    def adql(self) -> str:
        """The same search for TAP."""
        where = "\n  AND ".join(condition.adql for condition in self.conditions if condition.adql)
        name, descending = self.sort
        # ADQL knows no NULLS LAST, and sorts by columns only
        column = {"target": "target_name"}.get(name, COLUMNS[name])
        order = f"ORDER BY {column} {'DESC' if descending else 'ASC'}"
        return f"SELECT TOP 1000 *\nFROM oidb.oidb{f'{chr(10)}WHERE {where}' if where else ''}\n{order}"


def run(service: Any, query_meta: Any, arguments: Mapping[str, Any]) -> Any:
    """Run the search for DaCHS: the table of a page, or that of a VOTable, a CSV file and so on.

    Sorted as asked, the newest first by default; how many match in all is in ``query_meta["search"]``.
    """
    order = order_of(text_of(arguments, "sort") or "newest")
    if order is None:
        raise fail("sort", f"give one of {', '.join((*WORDS, *COLUMNS))}, the latter also with - before it")
    on_page = query_meta.get("format") in (None, "HTML")
    limit = _limit(arguments, MOST_HTML_ROWS if on_page else MOST_ROWS)
    page = _page(arguments, limit) if on_page else 1
    conditions = conditions_of(arguments)
    table = service.rd.getById("oidb")
    columns = (
        [outputdef.OutputField.fromColumn(table.getColumnByName(name)) for name in HTML_COLUMNS]
        if on_page
        else service.getCurOutputFields(query_meta)
    )
    shape = base.makeStruct(
        outputdef.OutputTableDef, parent_=table.parent, id="result", onDisk=False, columns=list(columns)
    )
    shape.copyMetaFrom(table)
    where = " AND ".join(f"({condition.sql})" for condition in conditions)
    parameters = {name: value for condition in conditions for name, value in condition.parameters.items()}
    try:
        with base.getTableConn() as connection:
            ask = _Question(connection, table, where, parameters, query_meta["timeout"])
            result, counted = ask.answer(shape, order_by(*order), limit, (page - 1) * limit)
    except base.Error:
        raise
    except Exception:
        standardcores.mapDBErrors(*sys.exc_info())
    result.noPostprocess = True
    query_meta["Matched"] = len(result.rows)
    thumbnails = _thumbnails(result.rows) if on_page else frozenset()
    exactly = counted <= MOST_COUNTED
    query_meta["search"] = SearchResult(conditions, min(counted, MOST_COUNTED), exactly, order, page, limit, thumbnails)
    result.setMeta("_queryStatus", "OVERFLOW" if counted > len(result.rows) else "OK")
    return result


def _thumbnails(rows: list[dict[str, Any]]) -> frozenset[int]:
    home = Home.from_environment()
    with Archive(home).transaction() as cursor:
        return cached_thumbnails(home, cursor, [row["id"] for row in rows], datetime.now(UTC))


def _limit(arguments: Mapping[str, Any], most: int) -> int:
    text = text_of(arguments, "MAXREC") or str(DEFAULT_ROWS)
    if not re.fullmatch(r"[0-9]{1,9}", text) or not int(text):
        raise fail("MAXREC", f"{text!r} is not a number of rows")
    return min(int(text), most)


def _page(arguments: Mapping[str, Any], rows: int) -> int:
    text = text_of(arguments, "page") or "1"
    if not re.fullmatch(r"[0-9]{1,6}", text) or not int(text):
        raise fail("page", f"{text!r} is not the number of a page")
    if int(text) > 1 and (int(text) - 1) * rows >= LAST_ROW:
        raise fail("page", f"there are pages up to row {LAST_ROW:,}: narrow the search, or take all rows as a file")
    return int(text)


@dataclass(frozen=True)
class _Question:
    """A search on its way to the database."""

    connection: Any
    table: Any
    where: str
    parameters: dict[str, Any]
    timeout: float

    def answer(self, shape: Any, order: str, limit: int, offset: int) -> tuple[Any, int]:
        """Return the rows of a page, and the number of all that match (up to one more than `MOST_COUNTED`)."""
        with self.connection.parameters([("statement_timeout", f"{int(1000 * self.timeout)}ms")]):
            queried = rsc.TableForDef(self.table, nometa=True, create=False, connection=self.connection)
            clause = (f"ORDER BY {order} LIMIT %(_rows)s OFFSET %(_offset)s", {"_rows": limit, "_offset": offset})
            result = queried.getTableForQuery(shape, self.where, dict(self.parameters), limits=clause)
            if 0 < len(result.rows) < limit or (not result.rows and not offset):
                return result, offset + len(result.rows)
            return result, self._count()

    def _count(self) -> int:
        clause = f"WHERE {self.where}" if self.where else ""
        counted: Sequence[Any] = list(
            self.connection.query(
                f"SELECT count(*) FROM (SELECT 1 FROM {self.table.getQName()} {clause} LIMIT %(_most)s) AS matches",
                self.parameters | {"_most": MOST_COUNTED + 1},
            )
        )
        return int(counted[0][0])
