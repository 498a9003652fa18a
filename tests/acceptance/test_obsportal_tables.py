"""The tables of ObsPortal as they are published, their cone search, and the links between raw and reduced data."""

import io
import math
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import pyvo
import requests
from astropy.io.votable import parse as parse_votable

from tests.acceptance.sky import separation
from tests.instances import Instance

#: Of the original service, in its order.
_ORIGINAL = """
    exp_id exp_header_id exp_mjd_start exp_mjd_end exp_projected_baselines exp_validation_level exp_validation_log
    exp_tau0 exp_temperature exp_seeing exp_date_updated exp_date_release obs_id obs_type obs_program obs_program_title
    obs_program_pi_coi interferometer_name interferometer_stations instrument_name instrument_mode instrument_submode
    instrument_em_min instrument_em_max instrument_em_res_power target_id target_name target_ra target_dec
"""
ORIGINAL = _ORIGINAL.split()

#: What is told twice, in obsportal.exposure and in oidb.oidb.
SAME = {
    "exp_id": "obs_id",
    "target_ra": "s_ra",
    "target_dec": "s_dec",
    "exp_mjd_start": "t_min",
    "exp_mjd_end": "t_max",
    "exp_time": "t_exptime",
    "instrument_name": "instrument",
    "instrument_mode": "instrument_mode",
    "instrument_em_min": "em_min",
    "interferometer_stations": "interferometer_stations",
    "exp_baseline_max": "baseline_max",
    "obs_program": "progid",
    "exp_data_rights": "data_rights",
    "access_url": "access_url",
    "access_estsize": "access_estsize",
    "obs_publisher_did": "obs_publisher_did",
}


@pytest.fixture(scope="module")
def exposures(tap: Any) -> Any:
    return tap.run_sync("SELECT * FROM obsportal.exposure").to_table()


@pytest.fixture(scope="module")
def portal_scs(site: Instance) -> Any:
    return pyvo.dal.SCSService(f"{site.base}/obsportal/q/scs/scs.xml?")


def links_of(site: Instance, *identifiers: str) -> list[Any]:
    # DaCHS gives 100 links at a time unless it is asked for more
    query = "&".join(["MAXREC=10000", *(f"ID={quote(did, safe='')}" for did in identifiers)])
    return list(pyvo.dal.adhoc.DatalinkResults.from_result_url(f"{site.base}/oidb/q/dl/dlmeta?{query}"))


# Tables


def test_columns_of_the_original(exposures: Any) -> None:
    assert exposures.colnames[: len(ORIGINAL)] == ORIGINAL


def test_exposures_are_the_raw_data_of_oidb(tap: Any, exposures: Any) -> None:
    pairs = ", ".join(f"e.{ours} AS a_{ours}, o.{theirs} AS b_{ours}" for ours, theirs in SAME.items())
    rows = tap.run_sync(
        f"SELECT {pairs} FROM obsportal.exposure AS e JOIN oidb.oidb AS o ON o.id = e.id WHERE o.calib_level = 0"
    ).to_table()
    assert len(rows) == len(exposures) > 40
    for name in SAME:
        assert list(np.ma.filled(rows[f"a_{name}"], -1)) == list(np.ma.filled(rows[f"b_{name}"], -1)), name


def test_rights_follow_the_release_date(exposures: Any) -> None:
    released = exposures["exp_date_release"]
    assert {"public", "secure"} == set(exposures["exp_data_rights"])
    undated = np.ma.getmaskarray(released) | (np.ma.filled(released, "") == "")
    assert set(exposures["exp_data_rights"][undated]) <= {"secure"}
    assert max(released[exposures["exp_data_rights"] == "public"]) < min(
        released[(exposures["exp_data_rights"] == "secure") & ~undated]
    )


def test_baselines_are_vectors(tap: Any) -> None:
    rows = tap.run_sync("SELECT * FROM obsportal.baseline WHERE baseline_u_start IS NOT NULL").to_table()
    assert len(rows) > 100
    for when in ("start", "end"):
        u, v = rows[f"baseline_u_{when}"], rows[f"baseline_v_{when}"]
        length, angle = rows[f"baseline_length_{when}"], rows[f"baseline_angle_{when}"]
        assert np.allclose(length, np.hypot(u, v))
        assert np.allclose(length * np.sin(np.radians(angle)), u, atol=1e-6)
        assert all((angle >= 0) & (angle < 360))
        told = ~np.ma.getmaskarray(rows[f"header_length_{when}"]) & np.isfinite(rows[f"header_length_{when}"])
        assert told.any()
        difference = (rows[f"header_length_{when}"] - length)[told]
        assert np.allclose(rows[f"diff_length_{when}"][told], difference)
        turned = (rows[f"header_angle_{when}"] - angle)[told]
        assert np.allclose(rows[f"diff_angle_{when}"][told], (turned + 180) % 360 - 180)


def test_counts_of_observations_and_targets(tap: Any, exposures: Any) -> None:
    for table, key in (("observation", "obs_id"), ("target", "target_id")):
        rows = tap.run_sync(f"SELECT {key}, nb_exposures FROM obsportal.{table}").to_table()
        counted = {int(row[key]): int(row["nb_exposures"]) for row in rows}
        numbers, counts = np.unique(np.ma.compressed(exposures[key]), return_counts=True)
        assert counted == dict(zip(numbers.tolist(), counts.tolist(), strict=True))


def test_observation_holds_its_exposures(tap: Any) -> None:
    rows = tap.run_sync(
        """SELECT o.obs_id FROM obsportal.observation AS o JOIN obsportal.exposure AS e ON e.obs_id = o.obs_id
           WHERE e.exp_mjd_start < o.obs_mjd_start OR e.exp_mjd_end > o.obs_mjd_end"""
    )
    assert len(rows) == 0


def test_target_has_the_names_of_its_headers(tap: Any) -> None:
    rows = tap.run_sync(
        """SELECT DISTINCT t.target_aliases, e.target_raw_name FROM obsportal.target AS t
           JOIN obsportal.exposure AS e ON e.target_id = t.target_id"""
    )
    assert len(rows) > 5
    for row in rows:
        assert row["target_raw_name"] in row["target_aliases"].split(" ; ")


# Cones


@pytest.mark.parametrize(
    "form",
    [
        "1 = CONTAINS(POINT(target_ra, target_dec), CIRCLE({ra}, {dec}, {radius}))",
        "DISTANCE(target_ra, target_dec, {ra}, {dec}) < {radius}",
    ],
)
@pytest.mark.parametrize("radius", [0.003, 5, 40])
def test_cone_in_adql(tap: Any, exposures: Any, form: str, radius: float) -> None:
    ra, dec = float(exposures["target_ra"][0]) + 0.0005, float(exposures["target_dec"][0])
    condition = form.format(ra=ra, dec=dec, radius=radius)
    found = tap.run_sync(f"SELECT exp_id FROM obsportal.exposure WHERE {condition}")["exp_id"]
    inside = separation(np.array(exposures["target_ra"]), np.array(exposures["target_dec"]), ra, dec) < radius
    assert sorted(found) == sorted(exposures["exp_id"][inside])
    assert len(found) > 0


def test_cone_search(portal_scs: Any, exposures: Any) -> None:
    row = exposures[0]
    found = portal_scs.search(pos=(row["target_ra"], row["target_dec"]), radius=0.01, instrument_name="GRAVITY")
    same = (exposures["target_id"] == row["target_id"]) & (exposures["instrument_name"] == "GRAVITY")
    assert sorted(found["exp_id"]) == sorted(exposures["exp_id"][same])


def test_radius_zero_asks_for_metadata(site: Instance) -> None:
    with site.get("/obsportal/q/scs/scs.xml", {"RA": "10", "DEC": "10", "SR": "0"}) as reply:
        table = parse_votable(io.BytesIO(reply.read())).get_first_table()
    main = [(field.ucd, field.datatype) for field in table.fields if str(field.ucd).endswith("_MAIN")]
    assert sorted(main) == [("ID_MAIN", "char"), ("POS_EQ_DEC_MAIN", "double"), ("POS_EQ_RA_MAIN", "double")]
    assert len(table.array) == 0


def test_cone_search_has_a_form(site: Instance) -> None:
    with site.get("/obsportal/q/scs/form") as reply:
        assert "instrument_name" in reply.read().decode()


# Links


def test_links_of_an_exposure(site: Instance, exposures: Any) -> None:
    did = str(exposures["obs_publisher_did"][0])
    this = [link for link in links_of(site, did) if link["semantics"] == "#this"]
    assert [link["access_url"] for link in this] == [exposures["access_url"][0]]


def test_links_between_levels_go_both_ways(site: Instance, tap: Any) -> None:
    granules = tap.run_sync("SELECT obs_publisher_did, access_url FROM oidb.oidb WHERE calib_level > 0")
    files = {granule["obs_publisher_did"]: granule["access_url"] for granule in granules}
    pages = {
        row["access_url"]: row["obs_publisher_did"]
        for row in tap.run_sync("SELECT access_url, obs_publisher_did FROM oidb.oidb WHERE calib_level = 0")
    }
    links = links_of(site, *files)
    made = [(link["ID"], pages[link["access_url"]]) for link in links if link["semantics"] == "#progenitor"]
    assert len(made) > 50
    assert {did for did, _ in made} < set(files), "some granules have no exposures here"
    derived = links_of(site, *{exposure for _, exposure in made})
    back = {(link["ID"], link["access_url"]) for link in derived if link["semantics"] == "#derivation"}
    assert {(exposure, files[granule]) for granule, exposure in made} == back


def test_relatives_have_programme_and_time_in_common(site: Instance, tap: Any) -> None:
    granule = tap.run_sync("SELECT TOP 1 * FROM oidb.oidb WHERE calib_level = 2 AND instrument = 'PIONIER' ORDER BY id")
    did = str(granule["obs_publisher_did"][0])
    urls = [link["access_url"] for link in links_of(site, did) if link["semantics"] == "#progenitor"]
    texts = ", ".join(f"'{url}'" for url in urls)
    raw = tap.run_sync(f"SELECT * FROM oidb.oidb WHERE access_url IN ({texts}) ORDER BY t_min")
    assert len(raw) == len(urls) > 1
    assert set(raw["progid"]) == set(granule["progid"])
    assert set(raw["instrument"]) == {"PIONIER"}
    for row in raw:
        assert math.isclose(row["s_ra"], granule["s_ra"][0], abs_tol=0.05)
        assert row["t_min"] <= granule["t_max"][0] + 1e-3
        assert row["t_max"] >= granule["t_min"][0] - 1e-3


def test_tables_tell_of_datalink(site: Instance) -> None:
    reply = requests.get(
        f"{site.tap}/sync", {"LANG": "ADQL", "QUERY": "SELECT TOP 2 * FROM obsportal.exposure"}, timeout=60
    )
    result = pyvo.dal.tap.TAPResults(parse_votable(io.BytesIO(reply.content)))
    linked = [next(links.bysemantics("#this", include_narrower=False)) for links in result.iter_datalinks()]
    assert [link["ID"] for link in linked] == list(result["obs_publisher_did"])


# Withdrawn, undated, at ESO: written into another instance


@pytest.fixture(scope="module")
def portal(exposures_site: Instance) -> Instance:
    return exposures_site


def test_withdrawn_exposures_stay_in_obsportal_only(portal: Instance) -> None:
    rows = portal.adql("SELECT exp_id, id FROM obsportal.exposure WHERE exp_withdrawn IS NOT NULL").split()[1:]
    assert rows == [f"{row.exp_id}," for row in portal.sql(_WITHDRAWN)]
    assert len(rows) == 1
    assert portal.adql(f"SELECT id FROM oidb.oidb WHERE obs_id = '{rows[0][:-1]}'").split() == ["id"]
    (did,) = (row.publisher_did for row in portal.sql(_WITHDRAWN))
    assert [link["semantics"] for link in links_of(portal, did)] == ["#auxiliary", "#documentation"]


_WITHDRAWN = """SELECT exp_id, publisher_did FROM archive.exposure JOIN archive.frame ON frame.id = header_id
    WHERE gone IS NOT NULL"""


def test_links_to_eso(portal: Instance) -> None:
    (row,) = portal.sql(
        """SELECT publisher_did, header_id, exp_id FROM archive.exposure
           WHERE collection_id = 'portal_test' ORDER BY mjd_start LIMIT 1"""
    )
    links = {link["semantics"]: link for link in links_of(portal, row.publisher_did)}
    assert links["#this"]["access_url"] == f"https://dataportal.eso.org/dataPortal/file/{row.header_id}"
    assert links["#this"]["content_type"] == "application/fits"
    assert "public since 2020-01-01" in links["#this"]["description"]
    assert links["#auxiliary"]["access_url"] == f"{portal.base}/detail/exposure/{row.exp_id}"
    assert links["#documentation"]["access_url"].endswith("sched_rep_arc/query?progid=0102.C-0519%28A%29")


@pytest.mark.parametrize(
    ("date", "rights", "told"),
    [
        (None, "secure", "not known"),
        ("2999-12-31", "secure", "private until 2999-12-31"),
        ("2001-01-01", "public", "public since 2001-01-01"),
    ],
)
def test_rights_are_decided_at_each_request(portal: Instance, date: str | None, rights: str, told: str) -> None:
    (row,) = portal.sql(
        """UPDATE archive.exposure SET release_date = %s, access_estsize = 1234 WHERE id =
               (SELECT min(id) FROM archive.exposure WHERE collection_id = 'portal_test') RETURNING publisher_did""",
        [date],
    )
    query = f"SELECT data_rights FROM oidb.oidb WHERE obs_publisher_did = '{row.publisher_did}'"
    assert portal.adql(query).split() == ["data_rights", rights]
    this = next(link for link in links_of(portal, row.publisher_did) if link["semantics"] == "#this")
    assert told in this["description"]
    assert this["content_length"] == 1_234_000


def test_odd_identifiers_are_quoted_in_addresses(portal: Instance) -> None:
    """Identifiers of logs are any printable text; the page's address must lead there."""
    sql = "SELECT archive.url_part(%s) AS part"
    for text in ("CHARA.2020-01-01T01:02:03_1", "a b%c/d?e#f&g=h+i\"j<k>'l\\m", "~.-_:"):
        text = text.replace(" ", "")
        assert portal.sql(sql, [text])[0].part == quote(text, safe=":~")
