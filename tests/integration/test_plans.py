"""Queries on a big archive find their rows through an index: read from the plans that PostgreSQL really ran.

The archive gets half a million granules. Each query goes through the real services; auto_explain
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

from tests.instances import Instance, start

GRANULES = 500_000
#: Granules of a file; files of a collection.
GRANULES_PER_FILE, FILES = 5, 2000

# Regions go to every 20th granule only: the index of half a million takes 23 s to make, all the rest 17 s.

#: A place with granules around it, and what one granule in the middle of the archive has.
RA, DEC = 123.0, 20.0
DID = "ivo://oivo.example/~?crowd/250000"

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

#: Indexes that no constraint needs: made after the rows, in half the time.
INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
WHERE indrelid = 'archive.granule'::regclass AND NOT indisunique
"""


@pytest.fixture(scope="module")
def crowded_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with half a million granules, whose database logs the plan of every statement of the servers."""
    instance = start(tmp_path_factory.mktemp("crowd"), "--empty")
    indexes = instance.sql(INDEXES)
    drop = "; ".join(f"DROP INDEX {index.name}" for index in indexes)
    # no triggers of foreign keys, which are right here
    quick = "SET session_replication_role = replica"
    instance.sql("; ".join([quick, drop, FILL.rstrip("; \n"), *(index.definition for index in indexes)]))
    for role in ("gavo", "untrusted", "oivo", "gavoadmin"):
        instance.sql(f"ALTER ROLE {role} SET session_preload_libraries = 'auto_explain'")
        instance.sql(f"ALTER ROLE {role} SET auto_explain.log_min_duration = 0")
        instance.sql(f"ALTER ROLE {role} SET auto_explain.log_format = 'json'")
        instance.sql(f"ALTER ROLE {role} SET auto_explain.log_nested_statements = on")
    for table in ("collection", "file", "granule"):
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
    }.items():
        REQUESTS[f"{_table}: {_name}"] = adql(f"SELECT * FROM {_table} WHERE {_condition}")


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


#: Requests that read a whole table, and the index that would find their rows.


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
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in ("granule", "file")
    ]


@pytest.mark.parametrize("request_name", REQUESTS)
def test_request_uses_an_index(crowded_site: Instance, request_name: str) -> None:
    plans = Plans(crowded_site)
    with crowded_site.get(*REQUESTS[request_name]) as reply:
        answer = reply.read().decode()
    assert 'value="ERROR"' not in answer, answer
    assert scans(plans.wait_for("granule")) == []


@pytest.mark.parametrize("table", ["oidb.oidb", "ivoa.obscore"])
def test_match_of_an_upload_uses_an_index(crowded_site: Instance, table: str) -> None:
    plans = Plans(crowded_site)
    result = pyvo.dal.TAPService(crowded_site.tap).run_sync(
        f"SELECT u.n, o.obs_publisher_did FROM TAP_UPLOAD.mine AS u"
        f" JOIN {table} AS o ON 1 = CONTAINS(POINT(o.s_ra, o.s_dec), CIRCLE(u.ra, u.dec, 0.2))",
        uploads={"mine": Table({"n": [1, 2], "ra": [RA, RA + 50], "dec": [DEC, -DEC]})},
    )
    assert len(result) > 0
    assert scans(plans.wait_for("granule")) == []


def test_a_scan_would_be_seen(crowded_site: Instance) -> None:
    plans = Plans(crowded_site)
    crowded_site.adql("SELECT COUNT(*) AS n FROM oidb.oidb WHERE nb_vis2 > 1000")
    assert scans(plans.wait_for("granule"))
