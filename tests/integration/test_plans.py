"""Queries on a big archive find their rows through an index: read from the plans that PostgreSQL really ran.

The archive gets half a million granules and 100,000 exposures. Each query goes through the real services; auto_explain
writes the plan of each of its statements into the log of the database, and the test reads it
there. Nothing is timed.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pyvo
from astropy.table import Table

from ingest.bench_site import Site
from ingest.bench_tap import measured
from tests.build.exposures import fill
from tests.instances import Instance, start

GRANULES, EXPOSURES = 500_000, 100_000
#: Granules of a file; files of a collection.
GRANULES_PER_FILE, FILES = 5, 400

# Regions go to every 20th granule only: the index of half a million takes 23 s to make, all the rest 17 s.

#: A place with granules around it, and what one granule in the middle of the archive has.
RA, DEC = 123.0, 20.0
DID = "ivo://oivo.example/~?crowd/250000"
#: An exposure, where its target is (see `fill`), and others of it.
EXPOSURE, EXPOSURE_RA, EXPOSURE_DEC = 1_050_001, 181.08, 0.0
RAW = "GRAVITY.2002-03-18T09:04:51.001"
RAW_DID = f"ivo://oivo.example/~?obsportal/{RAW}_1"

FILL = f"""
INSERT INTO archive.collection (id, kind, name, title)
SELECT 'crowd_' || c, 'public', 'Crowd', 'Many granules'
FROM generate_series(0, {GRANULES // GRANULES_PER_FILE // FILES}) AS c;

INSERT INTO archive.file (id, collection_id, name, url_name, level, size_bytes, sha256, md5, media_type,
    oifits_version, progid, obs_id)
SELECT f, 'crowd_' || f / {FILES}, f || '.fits', f || '.fits', 2, 100000 + f,
    md5(f::text) || md5('2' || f), md5(f::text), 'application/fits', 2, '0' || f % 5000 || '.C-0001(A)', 'OBS.' || f
FROM generate_series(1, {GRANULES // GRANULES_PER_FILE}) AS f;

INSERT INTO archive.granule (id, file_id, target_row, insname, night, publisher_did, data_rights,
    target_name, s_ra, s_dec, s_region, s_resolution, t_min, t_max, t_exptime, nb_times,
    em_min, em_max, em_res_power, facility, facility_name, instrument, instrument_name,
    nb_channels, nb_vis, nb_vis2, nb_t3, nb_flux)
SELECT g, (g - 1) / {GRANULES_PER_FILE} + 1, g, 'INS', 1, 'ivo://oivo.example/~?crowd/' || g, 'public',
    'HD ' || g % 50000, ra, dec,
    CASE WHEN g % 20 = 0 THEN
        CAST(format('{{(%sd,%sd),(%sd,%sd),(%sd,%sd)}}', ra, dec + 2e-4, ra + 2e-4, dec, ra - 2e-4, dec) AS spoly) END,
    0.002, 50000 + g / 50.0, 50000.02 + g / 50.0, 600, 5,
    1.5e-6, 1.8e-6, 30, 'VLTI', 'VLTI',
    CASE WHEN g % 1000 = 0 THEN 'VEGA' ELSE 'PIONIER' END, CASE WHEN g % 1000 = 0 THEN 'VEGA_1' ELSE 'PIONIER_1' END,
    6, 0, 18, 12, 0
FROM (SELECT g, (g * 137.50776405) % 359.9 + 0.01 AS ra, degrees(asin(1.98 * g / {GRANULES} - 0.99)) AS dec
      FROM generate_series(1, {GRANULES}) AS g) AS places;
"""

#: What the triggers do row by row.
DATASETS = """
INSERT INTO archive.region SELECT -id, s_region FROM archive.granule WHERE s_region IS NOT NULL;
INSERT INTO archive.region SELECT id, archive.small_region(ra, dec) FROM archive.target;
INSERT INTO archive.dataset SELECT * FROM archive.dataset_of_granule;
INSERT INTO archive.dataset SELECT * FROM archive.dataset_of_exposure;
"""

#: Indexes that no constraint needs: made after the rows, in half the time.
INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
WHERE indrelid = ANY('{archive.granule,archive.dataset,archive.region,archive.exposure}'::regclass[])
    AND NOT indisunique
"""

#: Tables in which a scan would be noticed by users.
BIG = ("granule", "file", "dataset", "region", "exposure", "observation", "target", "baseline", "frame")


@pytest.fixture(scope="module")
def crowded_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with half a million granules, whose database logs the plan of every statement of the servers."""
    instance = start(tmp_path_factory.mktemp("crowd"), "--empty")
    indexes = instance.sql(INDEXES)
    drop = "; ".join(f"DROP INDEX {index.name}" for index in indexes)
    # no triggers: foreign keys are right here, and datasets are written at once
    quick = "SET session_replication_role = replica"
    rows = [FILL.rstrip("; \n"), fill(EXPOSURES).rstrip("; \n"), DATASETS.rstrip("; \n")]
    instance.sql("; ".join([quick, drop, *rows, *(index.definition for index in indexes)]))
    for role in ("gavo", "untrusted", "oivo", "gavoadmin"):
        instance.sql(f"ALTER ROLE {role} SET session_preload_libraries = 'auto_explain'")
        instance.sql(f"ALTER ROLE {role} SET auto_explain.log_min_duration = 0")
        instance.sql(f"ALTER ROLE {role} SET auto_explain.log_format = 'json'")
        instance.sql(f"ALTER ROLE {role} SET auto_explain.log_nested_statements = on")
    for table in ("collection", *BIG):
        instance.sql(f"ANALYZE archive.{table}")
    # Connections that DaCHS opened before do not log: it begins anew.
    instance.oivo("down")
    instance.oivo("up", "--detach", "--empty")
    yield instance
    instance.oivo("down")


def adql(query: str) -> tuple[str, dict[str, str]]:
    return "/tap/sync", {"LANG": "ADQL", "QUERY": query}


#: What is asked: the path and the parameters of a request that must find its granules through an index.
REQUESTS: dict[str, tuple[str, dict[str, str]]] = {
    "SCS": ("/oidb/q/scs/scs.xml", {"RA": f"{RA}", "DEC": f"{DEC}", "SR": "0.2"}),
    "SCS with instrument": (
        "/oidb/q/scs/scs.xml",
        {"RA": f"{RA}", "DEC": f"{DEC}", "SR": "0.2", "instrument": "PIONIER"},
    ),
    "DataLink": ("/oidb/q/dl/dlmeta", {"ID": DID}),
    "night and instrument": adql(
        "SELECT * FROM oidb.oidb WHERE t_min > 59000 AND t_min < 59000.5 AND instrument = 'PIONIER'"
    ),
    "programme": adql("SELECT * FROM oidb.oidb WHERE progid = '0123.C-0001(A)'"),
    "instrument": adql("SELECT * FROM oidb.oidb WHERE instrument = 'VEGA'"),
}
for _table in ("oidb.oidb", "ivoa.obscore"):
    for _name, _condition in {
        "cone": f"1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE({RA}, {DEC}, 0.2))",
        "distance": f"DISTANCE(s_ra, s_dec, {RA}, {DEC}) < 0.2",
        "cone and instrument": f"DISTANCE(s_ra, s_dec, {RA}, {DEC}) < 0.2 AND instrument_name LIKE 'PIONIER%'",
        "place in region": f"1 = CONTAINS(POINT({RA}, {DEC}), s_region)",
        "identifier": f"obs_publisher_did = '{DID}'",
        "identifiers": f"obs_publisher_did IN ('{DID}', '{DID}1', '{DID}2')",
        "start": "t_min BETWEEN 59000 AND 59000.5",
        "time in observation": "t_min <= 50001.01 AND t_max >= 50001",
        "target": "target_name = 'HD 12345'",
        "instrument as the file has it": "instrument_name = 'VEGA'",
        "collection": "obs_collection = 'crowd_7'",
        "observation": "obs_id = 'OBS.7777'",
        "exposure": f"obs_id = '{RAW}_1'",
        "identifier of an exposure": f"obs_publisher_did = '{RAW_DID}'",
        "target of exposures": "target_name = 'CROWD 1005000'",
        "instrument of exposures": "instrument_name = 'MIDI'",
        "cone around exposures": f"DISTANCE(s_ra, s_dec, {EXPOSURE_RA}, {EXPOSURE_DEC}) < 0.2",
        "circle over regions": f"1 = INTERSECTS(s_region, CIRCLE({EXPOSURE_RA}, {EXPOSURE_DEC}, 0.2))",
    }.items():
        REQUESTS[f"{_table}: {_name}"] = adql(f"SELECT * FROM {_table} WHERE {_condition}")
REQUESTS["oidb.oidb: programme of exposures"] = adql("SELECT * FROM oidb.oidb WHERE progid = '0123.D-0001(B)'")
REQUESTS["oidb.oidb: newest"] = adql("SELECT TOP 10 * FROM oidb.oidb WHERE t_min > 51000 ORDER BY t_min DESC")
for _name, _condition in {
    "cone": f"DISTANCE(s_ra, s_dec, {RA}, {DEC}) < 0.2",
    "circle and resolution": f"1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE({RA}, {DEC}, 0.2)) AND s_resolution_min < 1",
    "cone around exposures": f"DISTANCE(s_ra, s_dec, {EXPOSURE_RA}, {EXPOSURE_DEC}) < 0.2",
    "start": "t_min BETWEEN 59000 AND 59000.5 AND uv_distance_max > 1",
    "target": "target_name = 'HD 12345'",
    "identifier": f"obs_publisher_did = '{DID}'",
    "identifier of an exposure": f"obs_publisher_did = '{RAW_DID}'",
}.items():
    REQUESTS[f"extensions: {_name}"] = adql(
        "SELECT * FROM ivoa.obscore NATURAL JOIN ivoa.obscore_radio NATURAL JOIN oidb.obscore_optical"
        f" WHERE {_condition}"
    )
REQUESTS["extensions: of oidb.oidb"] = adql(
    "SELECT o.*, e.*, r.* FROM oidb.oidb AS o"
    " JOIN oidb.obscore_optical AS e ON e.obs_publisher_did = o.obs_publisher_did"
    " JOIN ivoa.obscore_radio AS r ON r.obs_publisher_did = o.obs_publisher_did"
    f" WHERE 1 = CONTAINS(POINT(o.s_ra, o.s_dec), CIRCLE({RA}, {DEC}, 0.2))"
)
REQUESTS["extensions: identifier alone"] = adql(f"SELECT * FROM ivoa.obscore_radio WHERE obs_publisher_did = '{DID}'")
REQUESTS["DataLink of an exposure"] = ("/oidb/q/dl/dlmeta", {"ID": RAW_DID})

#: The same for ObsPortal: requests that find exposures.
PORTAL_REQUESTS: dict[str, tuple[str, dict[str, str]]] = {
    "SCS": ("/obsportal/q/scs/scs.xml", {"RA": f"{EXPOSURE_RA}", "DEC": f"{EXPOSURE_DEC}", "SR": "0.2"}),
    "SCS with instrument": (
        "/obsportal/q/scs/scs.xml",
        {"RA": f"{EXPOSURE_RA}", "DEC": f"{EXPOSURE_DEC}", "SR": "0.2", "instrument_name": "GRAVITY"},
    ),
    "baselines of an exposure": adql(f"SELECT * FROM obsportal.baseline WHERE exp_id = '{RAW}_1'"),
    "exposures of an observation": adql(
        "SELECT * FROM obsportal.observation JOIN obsportal.exposure USING (obs_id) WHERE obs_id = 1010000"
    ),
    "exposures of a container": adql(
        "SELECT e.exp_id FROM obsportal.exposure AS e JOIN obsportal.observation AS o ON o.obs_id = e.obs_id"
        " WHERE o.obs_container_id = 505000"
    ),
    "observations of a programme": adql("SELECT * FROM obsportal.observation WHERE obs_program = '0123.D-0001(B)'"),
    "targets in a circle": adql(
        f"SELECT * FROM obsportal.target WHERE DISTANCE(target_ra, target_dec, {EXPOSURE_RA}, {EXPOSURE_DEC}) < 0.2"
    ),
    "a target by name": adql("SELECT * FROM obsportal.target WHERE target_name = 'CROWD 1005000'"),
    "both tables by id": adql(
        "SELECT o.s_region, e.exp_seeing FROM oidb.oidb AS o JOIN obsportal.exposure AS e ON e.id = o.id"
        f" WHERE e.exp_header_id = '{RAW}'"
    ),
}
for _name, _condition in {
    "cone": f"1 = CONTAINS(POINT(target_ra, target_dec), CIRCLE({EXPOSURE_RA}, {EXPOSURE_DEC}, 0.2))",
    "distance": f"DISTANCE(target_ra, target_dec, {EXPOSURE_RA}, {EXPOSURE_DEC}) < 0.2",
    "exposure": f"exp_id = '{RAW}_1'",
    "frame": f"exp_header_id = '{RAW}'",
    "identifier": f"obs_publisher_did = '{RAW_DID}'",
    "id": f"id = {EXPOSURE}",
    "programme": "obs_program = '0123.D-0001(B)'",
    "observing block": "obs_block_id = 1010000",
    "start": "exp_mjd_start BETWEEN 52000 AND 52001",
    "time in exposure": "exp_mjd_start <= 51001.01 AND exp_mjd_end >= 51001",
    "instrument and time": "instrument_name = 'GRAVITY' AND exp_mjd_start BETWEEN 52000 AND 52001",
    "instrument": "instrument_name = 'MIDI' AND exp_mjd_start < 51200",
    "target": "target_name = 'CROWD 1005000'",
    "target by id": "target_id = 1005000",
}.items():
    PORTAL_REQUESTS[f"obsportal.exposure: {_name}"] = adql(f"SELECT * FROM obsportal.exposure WHERE {_condition}")


for _name, _fields in {
    "target": {"target": "HD 12345"},
    "beginning of a target": {"target": "HD 1234*"},
    "position": {"target": f"{RA} {DEC}", "radius": "10"},
    "day": {"date_from": "2020-05-31", "date_to": "2020-05-31"},
    "instrument": {"instrument": "VEGA"},
    "programme": {"progid": "0123.C"},
    "observation": {"obs_id": "OBS.7777"},
    "newest": {},
}.items():
    REQUESTS[f"form: {_name}"] = ("/oidb/q/search/form", {"__nevow_form__": "genForm", **_fields})


#: A page of results tells how many there are: that reads on to 100,001 rows that are reduced data, and no further.
COUNTING = {"form: newest": "dataset: (level = ANY"}


class Plans:
    """The plans that were logged since this was made."""

    def __init__(self, site: Instance) -> None:
        self.site = site
        self.seen = {path: path.stat().st_size for path in self._logs()}

    def _logs(self) -> Iterator[Path]:
        # one a weekday
        return self.site.home.logs.glob("postgresql-[A-Z]??.log")

    def read(self) -> list[dict[str, Any]]:
        text = ""
        for path in self._logs():
            with path.open(encoding="utf-8", errors="replace") as log:
                log.seek(self.seen.get(path, 0))
                text += log.read()
        decoder = json.JSONDecoder()
        plans = []
        for _, _, rest in (part.partition("plan:\n") for part in text.split("LOG:  duration: ")[1:]):
            try:
                plans.append(decoder.raw_decode(rest.strip())[0])
            except json.JSONDecodeError:
                return []  # the last one is being written
        return plans

    def wait_for(self, relation: str) -> list[dict[str, Any]]:
        """Return the nodes of the plans once there is one that reads this relation.

        A plan is logged when its cursor is closed, which may be after the reply was sent.
        """
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            nodes = [node for plan in self.read() for node in nodes_of(plan["Plan"])]
            if any(node.get("Relation Name") == relation for node in nodes):
                return nodes
            time.sleep(0.02)
        raise AssertionError(f"no plan of a query on {relation} was logged{self.site.logs()}")


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes_of(child)


def scans(nodes: list[dict[str, Any]]) -> list[str]:
    """Name the big tables that were read from one end to the other."""
    return [
        f"{node['Relation Name']}: {node.get('Filter', 'no condition')}"
        for node in nodes
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG
    ]


@pytest.mark.parametrize("request_name", REQUESTS)
def test_request_uses_an_index(crowded_site: Instance, request_name: str) -> None:
    plans = Plans(crowded_site)
    with crowded_site.get(*REQUESTS[request_name]) as reply:
        answer = reply.read().decode()
    assert 'value="ERROR"' not in answer, answer
    found = scans(plans.wait_for("granule" if request_name == "DataLink" else "dataset"))
    assert [scan for scan in found if request_name not in COUNTING or COUNTING[request_name] not in scan] == []


@pytest.mark.parametrize("request_name", PORTAL_REQUESTS)
def test_request_for_exposures_uses_an_index(crowded_site: Instance, request_name: str) -> None:
    plans = Plans(crowded_site)
    with crowded_site.get(*PORTAL_REQUESTS[request_name]) as reply:
        answer = reply.read().decode()
    assert 'value="ERROR"' not in answer, answer
    assert scans(plans.wait_for("exposure")) == []


@pytest.mark.parametrize("table", ["oidb.oidb", "ivoa.obscore"])
@pytest.mark.parametrize(
    "condition",
    [
        "1 = CONTAINS(POINT(o.s_ra, o.s_dec), CIRCLE(u.ra, u.dec, 0.2))",
        "1 = CONTAINS(POINT(u.ra, u.dec), CIRCLE(o.s_ra, o.s_dec, 0.2))",
        "DISTANCE(o.s_ra, o.s_dec, u.ra, u.dec) < 0.2",
        "DISTANCE(u.ra, u.dec, o.s_ra, o.s_dec) < 0.2",
    ],
)
def test_match_of_an_upload_uses_an_index(crowded_site: Instance, table: str, condition: str) -> None:
    plans = Plans(crowded_site)
    result = pyvo.dal.TAPService(crowded_site.tap).run_sync(
        f"SELECT u.n, o.obs_publisher_did FROM TAP_UPLOAD.mine AS u JOIN {table} AS o ON {condition}",
        uploads={"mine": Table({"n": [1, 2], "ra": [RA, RA + 50], "dec": [DEC, -DEC]})},
    )
    assert len(result) > 0
    assert scans(plans.wait_for("dataset")) == []


def test_match_of_an_upload_with_exposures_uses_an_index(crowded_site: Instance) -> None:
    plans = Plans(crowded_site)
    result = pyvo.dal.TAPService(crowded_site.tap).run_sync(
        "SELECT u.n, e.exp_id FROM TAP_UPLOAD.mine AS u JOIN obsportal.exposure AS e"
        " ON 1 = CONTAINS(POINT(e.target_ra, e.target_dec), CIRCLE(u.ra, u.dec, 0.5))",
        uploads={"mine": Table({"n": [1, 2], "ra": [EXPOSURE_RA, 10.0], "dec": [EXPOSURE_DEC, -10.0]})},
    )
    assert len(result) > 0
    assert scans(plans.wait_for("exposure")) == []


def test_stars_data_and_good_calibrators_use_an_index(crowded_site: Instance) -> None:
    """The first of TAP's examples finds data by position through the index.

    pgsphere guesses a thousandth of all rows for each star, so that the rights of what was found may be read in one
    pass over the granules: 0.5 s for 2000 stars and a million granules.
    """
    plans = Plans(crowded_site)
    query = str(pyvo.dal.TAPService(crowded_site.tap).examples[0]["QUERY"])
    assert "GRAVITY" in query
    # the archive here has no diameters: an upload stands for them
    stars = Table({"star_name": ["a", "b"], "ld_diam": [1.0, 2.0], "id": [1, 2], "ra": [RA, 10.0], "dec": [DEC, -10.0]})
    pyvo.dal.TAPService(crowded_site.tap).run_sync(
        query.replace("jmdc.jmdc", "TAP_UPLOAD.stars").replace("'GRAVITY'", "'PIONIER'"), uploads={"stars": stars}
    )
    assert [scan for scan in scans(plans.wait_for("dataset")) if scan.startswith("dataset")] == []


def test_bench_of_tap(crowded_site: Instance) -> None:
    """`oivo bench tap` without its own instance: each figure is there, and what has a bar names it."""
    site = Site(crowded_site.home, crowded_site.port)
    lines = [str(figure) for figure in measured(site, GRANULES, requests=3, rounds=1, seed=0, rows=500)]
    for beginning in ("COPY of 500 rows", "  /tap/sync, votable", "cone of 0.1 deg", "upload of 1000, oidb.oidb"):
        assert [line for line in lines if line.startswith(beginning)], lines
    assert sum("bar: under 6" in line for line in lines) == 5
    assert sum("bar: under 3" in line for line in lines) == 1


def test_a_scan_would_be_seen(crowded_site: Instance) -> None:
    plans = Plans(crowded_site)
    crowded_site.adql("SELECT COUNT(*) AS n FROM oidb.oidb WHERE nb_vis2 > 1000")
    assert scans(plans.wait_for("granule"))


def test_a_scan_of_exposures_would_be_seen(crowded_site: Instance) -> None:
    plans = Plans(crowded_site)
    crowded_site.adql("SELECT COUNT(*) AS n FROM obsportal.exposure WHERE exp_seeing > 1000")
    assert scans(plans.wait_for("exposure"))
