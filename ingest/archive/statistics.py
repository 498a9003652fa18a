"""Sizes of the published tables and values of their columns, counted with the rights of DaCHS.

Big tables are drawn from: a million granules with 60 columns took 18 s on two busy cores. DaCHS and TAP_SCHEMA learn
the sizes; the rest is published as the schema ``stats``. May import ``ingest.archive.connection``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.archive.connection import Archive, Cursor
from ingest.home import Home

#: DaCHS' role: owner of the published views. What it may not read is not public.
_ROLE = "gavoadmin"
#: Rows that are looked at, at most about.
_ROWS = 50_000
#: A column with more values is no vocabulary; of longer values neither.
_MOST_VALUES, _LONGEST_VALUE = 60, 60

_NUMBERS = ("smallint", "integer", "bigint", "real", "double precision", "numeric")
_MOMENTS = ("timestamp without time zone", "date")
_WORDS = ("text", "character varying", "smallint", "boolean")


@dataclass(frozen=True)
class ColumnStatistics:
    """What one column holds.

    Attributes
    ----------
    nulls_share
        Share of rows without a value, 0 to 1; None of a table without rows.
    nb_distinct
        Different values, estimated where not all rows were seen; None where values cannot be compared.
    lowest, median, highest
        As PostgreSQL writes them, of numbers and moments.
    values
        Each value and the share of rows that have it, of columns with few values.
    """

    name: str
    nulls_share: float | None = None
    nb_distinct: int | None = None
    lowest: str | None = None
    median: str | None = None
    highest: str | None = None
    values: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class TableStatistics:
    """What one published table holds; `rows_seen` of its rows were looked at."""

    name: str
    nb_rows: int
    rows_seen: int
    columns: tuple[ColumnStatistics, ...]


def count_tables(home: Home) -> str:
    """Count all published tables anew and say how many; tables that are not published any more are forgotten."""
    names = []
    with Archive(home, role=_ROLE).transaction() as cursor:
        published = _published(cursor)
    for name, columns in published.items():
        with Archive(home, role=_ROLE).transaction() as cursor:
            found = measure(cursor, name, columns)
            _tell_dachs(cursor, found)
        with Archive(home).transaction() as cursor:
            _save(cursor, found)
        names.append(name)
    with Archive(home).transaction() as cursor:
        cursor.execute("DELETE FROM archive.table_statistics WHERE table_name <> ALL (%s::text[])", [names])
    return f"{len(names)} tables counted"


def _published(cursor: Cursor) -> dict[str, list[str]]:
    """Return the columns of the tables that TAP lists, but those about tables."""
    cursor.execute(
        """SELECT table_name, array_agg(column_name ORDER BY column_index) AS columns
           FROM tap_schema.tables JOIN tap_schema.columns USING (table_name)
           WHERE schema_name NOT IN ('tap_schema', 'stats') GROUP BY table_name ORDER BY table_name"""
    )
    return {row.table_name: row.columns for row in cursor.fetchall()}


def measure(cursor: Cursor, table: str, columns: Sequence[str], rows: int = _ROWS) -> TableStatistics:
    """Count a table, and look at all its rows or about so many, drawn by chance."""
    source = ".".join(_quoted(part) for part in table.split("."))
    cursor.execute(f"SELECT count(*) AS n FROM {source}")
    total = _one(cursor).n
    drawn = f"WHERE random() < {rows / total:.9f}" if total > rows else ""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.seen")
    cursor.execute(
        f"CREATE TEMPORARY TABLE seen ON COMMIT DROP AS SELECT {', '.join(map(_quoted, columns))} FROM {source} {drawn}"
    )
    cursor.execute("ANALYZE pg_temp.seen")
    cursor.execute("SELECT count(*) AS n FROM pg_temp.seen")
    seen = _one(cursor).n
    return TableStatistics(table, total, seen, tuple(_columns(cursor, seen, total)))


def _columns(cursor: Cursor, seen: int, total: int) -> Iterator[ColumnStatistics]:
    cursor.execute(
        """SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type, s.n_distinct
           FROM pg_attribute AS a LEFT JOIN pg_stats AS s ON s.tablename = 'seen' AND s.attname = a.attname
               AND s.schemaname = (SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema())
           WHERE a.attrelid = 'pg_temp.seen'::regclass AND a.attnum > 0 ORDER BY a.attnum"""
    )
    for row in cursor.fetchall():
        if not seen:
            yield ColumnStatistics(row.name)
            continue
        cursor.execute(f"SELECT count({_quoted(row.name)}) AS n FROM pg_temp.seen")
        filled = _one(cursor).n
        known = ColumnStatistics(row.name, 1 - filled / seen, _distinct(row.n_distinct, seen, filled, total))
        yield _with_values(cursor, _with_range(cursor, known, row.type), row.type, seen)


def _distinct(told: float | None, seen: int, filled: int, total: int) -> int | None:
    """Return the number of different values: PostgreSQL's, which is negative where it grows with the table."""
    if told is None or (told == 0 and filled):
        return None
    return round(-told * total) if told < 0 else round(told)


def _with_range(cursor: Cursor, column: ColumnStatistics, kind: str) -> ColumnStatistics:
    if kind not in _NUMBERS + _MOMENTS:
        return column
    name = _quoted(column.name)
    cursor.execute(
        f"""SELECT min({name})::text AS low, max({name})::text AS high,
              (percentile_disc(0.5) WITHIN GROUP (ORDER BY {name}))::text AS median
            FROM pg_temp.seen WHERE {name}::text <> 'NaN'"""
    )
    row = _one(cursor)
    return replace(column, lowest=row.low, median=row.median, highest=row.high)


def _with_values(cursor: Cursor, column: ColumnStatistics, kind: str, seen: int) -> ColumnStatistics:
    if kind not in _WORDS or not column.nb_distinct or column.nb_distinct > _MOST_VALUES:
        return column
    name = _quoted(column.name)
    cursor.execute(
        f"""SELECT {name}::text AS value, count(*) AS n FROM pg_temp.seen WHERE {name} IS NOT NULL
            GROUP BY {name} ORDER BY n DESC, value LIMIT {_MOST_VALUES + 1}"""
    )
    rows = cursor.fetchall()
    if len(rows) > _MOST_VALUES or any(len(row.value) > _LONGEST_VALUE for row in rows):
        return column
    return replace(column, nb_distinct=len(rows), values=tuple((row.value, row.n / seen) for row in rows))


def _tell_dachs(cursor: Cursor, table: TableStatistics) -> None:
    """Let DaCHS and TAP_SCHEMA know the size: the one sorts matches by it, the other shows it."""
    values = [table.nb_rows, table.name]
    cursor.execute("UPDATE dc.tablemeta SET nrows = %s WHERE lower(tablename) = %s", values)
    cursor.execute("UPDATE tap_schema.tables SET nrows = %s WHERE table_name = %s", values)


def _save(cursor: Cursor, table: TableStatistics) -> None:
    cursor.execute("DELETE FROM archive.table_statistics WHERE table_name = %s", [table.name])
    cursor.execute(
        "INSERT INTO archive.table_statistics (table_name, nb_rows, rows_seen) VALUES (%s, %s, %s)",
        [table.name, table.nb_rows, table.rows_seen],
    )
    for column in table.columns:
        cursor.execute(
            "INSERT INTO archive.column_statistics VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                table.name,
                column.name,
                column.nulls_share,
                column.nb_distinct,
                column.lowest,
                column.median,
                column.highest,
            ],
        )
        if column.values:
            names, shares = zip(*column.values, strict=True)
            cursor.execute(
                "INSERT INTO archive.value_statistics SELECT %s, %s, * FROM unnest(%s::text[], %s::float8[])",
                [table.name, column.name, list(names), list(shares)],
            )


def _quoted(name: str) -> str:
    """Write a name as SQL; the names come from DaCHS' own tables."""
    return '"' + name.replace('"', '""') + '"'


def _one(cursor: Cursor) -> Any:
    row = cursor.fetchone()
    assert row is not None
    return row
