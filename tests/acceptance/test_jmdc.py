"""JMDC as it is published: table, cones, the export that today's programs read, the page of a star, joins."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import numpy as np
import psycopg2
import pytest
import pyvo

from ingest.instance.dachs import Dachs
from tests.acceptance.sky import separation
from tests.instances import Instance


@pytest.fixture(scope="module")
def diameters(tap: Any) -> Any:
    return tap.run_sync("SELECT * FROM jmdc.jmdc ORDER BY id").to_table()


@pytest.fixture(scope="module")
def jmdc_scs(site: Instance) -> Any:
    return pyvo.dal.SCSService(f"{site.base}/jmdc/q/scs/scs.xml?")


def text(site: Instance, path: str, **parameters: str) -> str:
    with site.get(path, parameters) as reply:
        return str(reply.read().decode())


def test_columns_of_the_catalogue(diameters: Any) -> None:
    names = "id id1 id2 ud_diam ld_diam e_ld_diam band mu_lambda method bandcode notes bibcode sinpe"
    assert " ".join(diameters.colnames).startswith(names + " ")
    assert len(diameters) > 15
    assert set(diameters["method"]) == {1, 2, 3}
    vega = diameters[diameters["star_name"] == "alf Lyr"]
    assert {(row["band_name"], round(float(row["wl_min"]), 3)) for row in vega} == {("B", 0.443), ("I", 0.8)}
    assert "HIP 91262" in vega["star_aliases"][0].split(" ; ")


def test_cones(jmdc_scs: Any, diameters: Any) -> None:
    ra, dec = np.array(diameters["ra"]), np.array(diameters["dec"])
    for place in ((101.287, -16.716), (279.23, 38.78), (0.0, 90.0), (10.0, -60.0)):
        apart = separation(ra, dec, *place)
        for radius in (0.02, 30, 89.5, 90.5, 150, 180, 360):
            found = jmdc_scs.search(pos=place, radius=radius)
            expected = diameters["id"][apart <= min(radius, 180)]
            assert sorted(int(row["id"]) for row in found) == sorted(expected), (place, radius)


@pytest.mark.parametrize("wrong", [{"RA": "x"}, {"DEC": "91"}, {"SR": "-1"}, {"SR": "nan"}, {"DEC": "inf"}])
def test_wrong_cones(site: Instance, wrong: dict[str, str]) -> None:
    with site.get("/jmdc/q/scs/scs.xml", {"RA": "1", "DEC": "1", "SR": "1"} | wrong) as reply:
        assert 'value="ERROR"' in reply.read().decode() or reply.headers["content-type"].startswith("application/x-vot")


def test_export_as_todays_programs_read_it(site: Instance, diameters: Any) -> None:
    with site.get("/export_csv") as reply:
        assert reply.headers["Content-Type"].startswith("text/csv")
        head, *lines = reply.read().decode().splitlines()
    names = [name.strip('"') for name in head.split(",")]
    assert " ".join(names) == "ID1 ID2 UD_DIAM LD_DIAM E_LD_DIAM BAND MU_LAMBDA METHOD BANDCODE NOTES BIBCODE SINPE"
    assert len(lines) == len(diameters)
    assert [line.split(",")[-2] for line in lines] == list(diameters["bibcode"])
    assert [int(line.split(",")[names.index("METHOD")]) for line in lines] == list(diameters["method"])


@pytest.mark.parametrize("name", ["Vega", "HD172167", "alf%20Lyr", "HIP91262", "ALP_LYR"])
def test_page_of_a_star(site: Instance, name: str) -> None:
    page = text(site, f"/jmdc/star/{name}")
    assert "<h1>alf Lyr</h1>" in page
    assert "Weighted mean" in page and "as published" in page
    assert page.count('<th scope="row"') == 2
    assert 'role="img"' in page and "<title id=" in page and 'class="legend"' in page
    assert "optical interferometry" in page and "intensity interferometry" in page
    assert "/oidb/q/search/form?" in page


@pytest.mark.parametrize("name", ["", "nobody", "%3Cscript%3E", "x" * 101, "a/b", "%00"])
def test_no_page(site: Instance, name: str) -> None:
    with pytest.raises(HTTPError) as caught:
        site.get(f"/jmdc/star/{name}")
    assert caught.value.code == 404
    assert "<script>" not in caught.value.read().decode().replace("<script>document", "")


def test_other_addresses_of_dachs_still_answer(site: Instance) -> None:
    assert "JMDC, measured stellar diameters" in text(site, "/jmdc/q/scs/info")
    assert "JMDC, measured stellar diameters" in text(site, "/jmdc")
    assert "/jmdc/star/" in text(site, "/jmdc/q/scs/form", __nevow_form__="genForm", star_name="alf Lyr")


# Joins

NEAR = "1 = CONTAINS(POINT('ICRS', {a}.{ra}, {a}.{dec}), CIRCLE('ICRS', {b}.ra, {b}.dec, 0.00139))"
JOINS = {
    "JMDC and OiDB": (
        "SELECT j.id, o.id AS other FROM jmdc.jmdc AS j JOIN oidb.oidb AS o ON "
        + NEAR.format(a="o", ra="s_ra", dec="s_dec", b="j"),
        "dataset",
    ),
    "JMDC and ObsPortal": (
        "SELECT j.id, e.exp_id FROM jmdc.jmdc AS j JOIN obsportal.exposure AS e ON "
        + NEAR.format(a="e", ra="target_ra", dec="target_dec", b="j"),
        "target",
    ),
    "BadCal and OiDB": (
        "SELECT b.id, o.id AS other FROM badcal.badcal AS b JOIN oidb.oidb AS o ON "
        + NEAR.format(a="o", ra="s_ra", dec="s_dec", b="b"),
        "dataset",
    ),
    "BadCal and JMDC": (
        "SELECT b.id, j.id AS other FROM badcal.badcal AS b JOIN jmdc.jmdc AS j ON "
        + NEAR.format(a="j", ra="ra", dec="dec", b="b"),
        "jmdc_star",
    ),
    "JMDC and BadCal": (
        "SELECT b.id, j.id AS other FROM jmdc.jmdc AS j JOIN badcal.badcal AS b ON "
        + NEAR.format(a="b", ra="ra", dec="dec", b="j"),
        "badcal_report",
    ),
    "names": (
        "SELECT j.id, o.id AS other FROM jmdc.jmdc AS j JOIN oidb.oidb AS o ON o.target_name = j.star_name"
        " WHERE j.bibcode = '2003A&A...408..681K'",
        "dataset",
    ),
}

#: Enough of everything that no plan without an index is the cheaper one.
FILL = """
SET LOCAL session_replication_role = replica;
INSERT INTO archive.jmdc_star (key, name, ra, dec, origin)
    SELECT 'crowd ' || n, 'crowd ' || n, (n * 137.50776) % 360, degrees(asin(1.98 * n / 20000 - 0.99)), 'edition'
    FROM generate_series(1, 20000) AS n;
INSERT INTO archive.jmdc_measurement (star_id, id1, ld_diam, method, bibcode, state)
    SELECT id, name, 1, 1, '2020A&A...' || lpad((id % 1000)::text, 9, '0'), 'accepted' FROM archive.jmdc_star
    WHERE name LIKE 'crowd %';
INSERT INTO archive.badcal_report (name, ra, dec, reason, submitted, validated, state)
    SELECT name, ra, dec, 'other', now(), now(), 'accepted' FROM archive.jmdc_star WHERE name LIKE 'crowd %';
INSERT INTO archive.target (name, ra, dec, origin) SELECT name, ra, dec, 'positions' FROM archive.jmdc_star
    WHERE name LIKE 'crowd %';
INSERT INTO archive.dataset (id, level, collection_id, publisher_did, target_name, s_ra, s_dec,
        instrument_name)
    SELECT 900000000 + id, 0, 'crowd', 'ivo://crowd/' || id, name, ra, dec, 'X' FROM archive.jmdc_star
    WHERE name LIKE 'crowd %';
INSERT INTO archive.exposure (exp_id, header_id, publisher_did, collection_id, observation_id, target_id,
        interferometer, instrument, obs_type, mjd_start, mjd_end, validation_level)
    SELECT 'crowd_' || id, 'crowd', 'ivo://crowd/' || id, 'crowd', 1, id, 'VLTI', 'X', 'science', 60000, 60000, 1
    FROM archive.target WHERE name LIKE 'crowd %';
"""
ANALYZE = "".join(
    f"ANALYZE archive.{table};"
    for table in ("jmdc_star", "jmdc_measurement", "badcal_report", "target", "dataset", "exposure")
)

TRANSLATE = """
import json, sys
from gavo import api
from gavo.protocols import adqlglue
print(json.dumps([adqlglue.morphADQL(query)[0] for query in json.load(sys.stdin)]))
"""


@pytest.fixture(scope="module")
def translated(site: Instance) -> dict[str, str]:
    """The joins in SQL, as DaCHS writes it."""
    dachs = Dachs(site.home)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "from resdir import customise; customise.customise_any()\n" + TRANSLATE],
        input=json.dumps([query for query, _ in JOINS.values()]),
        env=dachs.environment(),
        cwd=dachs.home.dachs,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(JOINS, json.loads(done.stdout), strict=True))


@pytest.fixture(scope="module")
def crowd(site: Instance) -> Iterator[Any]:
    """A cursor in a transaction with 20,000 stars more, which nobody else sees and which is rolled back."""
    connection = psycopg2.connect(f"host={site.home.sockets} dbname=oivo user=oivo_admin")
    try:
        with connection.cursor() as cursor:
            cursor.execute(FILL)
            cursor.execute(ANALYZE)
            yield cursor
    finally:
        connection.rollback()
        connection.close()


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes_of(child)


@pytest.mark.parametrize("name", JOINS)
def test_joins_use_an_index(crowd: Any, translated: dict[str, str], name: str) -> None:
    crowd.execute(f"EXPLAIN (FORMAT JSON) {translated[name]}")
    nodes = list(nodes_of(crowd.fetchone()[0][0]["Plan"]))
    inner = [node["Node Type"] for node in nodes if node.get("Relation Name") == JOINS[name][1]]
    assert inner, nodes
    assert not any("Seq Scan" in kind for kind in inner), translated[name]


def test_a_scan_would_be_seen(crowd: Any) -> None:
    crowd.execute("EXPLAIN (FORMAT JSON) SELECT * FROM archive.dataset WHERE s_ra > 5")
    kinds = [node["Node Type"] for node in nodes_of(crowd.fetchone()[0][0]["Plan"])]
    assert "Seq Scan" in kinds


@pytest.mark.parametrize("name", ["JMDC and OiDB", "JMDC and ObsPortal", "BadCal and OiDB"])
def test_joins_find_the_stars_of_the_survey(tap: Any, name: str) -> None:
    assert len(tap.run_sync(JOINS[name][0])) > 0


def test_examples_are_run(site: Instance, tap: Any) -> None:
    """The examples that speak of the two catalogues, as TOPCAT's menu gets them."""
    page = text(site, "/tap/examples")
    found = [unescape(query) for query in re.findall(r'property="query"[^>]*>(.*?)</', page, re.DOTALL)]
    ours = [query for query in found if "jmdc.jmdc" in query or "badcal.badcal" in query]
    assert len(ours) == 5
    for query in ours:
        assert tap.run_sync(re.sub(r"<[^>]+>", "", query)).fieldnames


# The real edition


def test_the_edition_of_2017(empty_site: Instance, reference: Path) -> None:
    empty_site.oivo("jmdc", "import", str(reference / "jmdc/jmdc_2017.csv"), "--edition", "2017")
    tap = pyvo.dal.TAPService(empty_site.tap)
    rows = tap.run_sync("SELECT method, COUNT(*) AS n FROM jmdc.jmdc WHERE edition = '2017' GROUP BY method")
    assert {int(row["method"]): int(row["n"]) for row in rows} == {1: 902, 2: 288, 3: 49}
    bands = tap.run_sync("SELECT COUNT(*) AS n FROM jmdc.jmdc WHERE bandcode IS NULL AND edition = '2017'")
    assert bands["n"][0] == 25
    scs = pyvo.dal.SCSService(f"{empty_site.base}/jmdc/q/scs/scs.xml?")
    for place, number in (
        ((101.2872, -16.7161), 5),
        ((279.2347, 38.7837), 5),
        ((213.9153, 19.1824), 6),
        ((68.9802, 16.5093), 18),
    ):
        assert len(scs.search(pos=place, radius=0.01)) == number
    assert len(scs.search(pos=(0, 0), radius=180)) == 1239
    achernar = tap.run_sync("SELECT ld_diam FROM jmdc.jmdc WHERE id1 = 'HD10144' AND bibcode = '1974MNRAS.167..121H'")
    assert achernar["ld_diam"].tolist() == [1.92]
    assert len(text(empty_site, "/export_csv").splitlines()) == 1240
