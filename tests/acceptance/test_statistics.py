"""Sizes and values of the published tables: right, of published columns only, shown where people look."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from ingest.archive import Archive
from ingest.archive.statistics import measure
from tests.instances import Instance


@pytest.fixture(scope="module")
def figures(tap: Any) -> dict[tuple[str, str], Any]:
    rows = tap.run_sync("SELECT * FROM stats.columns").to_table()
    return {(str(row["table_name"]), str(row["column_name"])): row for row in rows}


def test_every_published_column_is_there(tap: Any, figures: dict[tuple[str, str], Any]) -> None:
    published = tap.run_sync(
        "SELECT table_name, column_name FROM tap_schema.columns"
        " WHERE table_name NOT LIKE 'tap_schema.%' AND table_name NOT LIKE 'stats.%'"
    )
    assert set(figures) == {(str(row["table_name"]), str(row["column_name"])) for row in published}


@pytest.mark.parametrize("table", ["oidb.oidb", "obsportal.exposure", "jmdc.jmdc", "badcal.badcal", "ivoa.obscore"])
def test_sizes_are_shown(site: Instance, tap: Any, table: str) -> None:
    expected = site.sql(f"SELECT count(*) AS n FROM {table}")[0].n
    assert expected > 0
    sizes = tap.run_sync(f"SELECT nrows FROM tap_schema.tables WHERE table_name = '{table}'")
    assert int(sizes["nrows"][0]) == expected
    with site.get("/tap/tables") as reply:
        shown = {
            element.findtext("name"): element.findtext("nrows")
            for element in ElementTree.fromstring(reply.read()).iter("table")
        }
    assert shown[table] == str(expected)


@pytest.mark.parametrize("column", ["nb_vis2", "em_min", "t_min", "obs_release_date", "quality_level", "note"])
def test_figures_of_a_column(site: Instance, figures: dict[tuple[str, str], Any], column: str) -> None:
    expected = site.sql(
        f"""SELECT min({column})::text AS low, max({column})::text AS high, count(DISTINCT {column}) AS n,
              1 - count({column})::float8 / count(*) AS nulls FROM oidb.oidb"""
    )[0]
    found = figures["oidb.oidb", column]
    if column != "note":
        assert (found["value_min"], found["value_max"]) == (expected.low, expected.high)
    assert int(found["nb_distinct"]) == expected.n
    assert float(found["nulls_share"]) == pytest.approx(expected.nulls)


@pytest.mark.parametrize(
    ("table", "column"),
    [("oidb.oidb", "instrument"), ("oidb.oidb", "calib_level"), ("obsportal.exposure", "obs_type")],
)
def test_vocabulary(site: Instance, tap: Any, table: str, column: str) -> None:
    found = tap.run_sync(
        f"SELECT term, share FROM stats.vocabulary WHERE table_name = '{table}' AND column_name = '{column}'"
    )
    expected = site.sql(
        f"SELECT {column}::text AS term, count(*)::float8 / sum(count(*)) OVER () AS share FROM {table} GROUP BY 1"
    )
    assert {str(row["term"]): pytest.approx(float(row["share"])) for row in found} == {
        row.term: row.share for row in expected if row.term
    }


def test_what_is_drawn_is_near(site: Instance) -> None:
    """Of a table with more rows than are looked at; counts are exact still."""
    with Archive(site.home, role="gavoadmin").transaction() as cursor:
        found = measure(cursor, "obsportal.baseline", ["exp_id", "baseline_number"], rows=200)
    total = site.sql("SELECT count(*) AS n FROM obsportal.baseline")[0].n
    assert found.nb_rows == total > 400
    assert 100 < found.rows_seen < 300
    numbers = {column.name: column for column in found.columns}["baseline_number"]
    assert (numbers.lowest, numbers.nulls_share) == ("1", 0)


def test_the_job_counts_again_and_forgets(empty_site: Instance) -> None:
    empty_site.sql("INSERT INTO archive.table_statistics VALUES ('old.table', 1, 1)")
    assert re.fullmatch(r"\d+ tables counted\n", empty_site.oivo("jobs", "run", "statistics").stdout)
    left = [row.table_name for row in empty_site.sql("SELECT table_name FROM archive.table_statistics")]
    assert "old.table" not in left
    assert "oidb.oidb" in left


def test_pages_of_tables_show_values(site: Instance) -> None:
    with site.get("/tableinfo/oidb.oidb") as reply:
        page = reply.read().decode()
    assert "What is in it" in page
    assert re.search(r"PIONIER \([\d.]+ %\)", page)
    assert re.search(r"always NULL", page)
