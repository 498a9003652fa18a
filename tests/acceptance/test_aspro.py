"""The door of ASPRO2: /search.votable, asked as ASPRO2, OiDB and others ask it."""

import gzip
import http.client
import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest

from ingest.archive.obsportal_search import COLUMNS
from tests.acceptance import aspro
from tests.acceptance.stilts import stilts
from tests.build import portal
from tests.instances import OPENER, Instance

FEW = [
    "exp_id",
    "exp_header",
    "exp_mjd_start",
    "exp_mjd_end",
    "exp_projected_baselines",
    "exp_validation_level",
    "exp_tau0",
    "exp_temperature",
    "exp_seeing",
    "obs_id",
    "obs_type",
    "obs_program",
    "interferometer_name",
    "interferometer_stations",
    "instrument_name",
    "instrument_mode",
    "instrument_submode",
    "target_id",
    "target_name",
    "target_ra",
    "target_dec",
]
TARGET = {"ra": "246.83", "dec": "-24.42", "radius": "30.0", "all_fields": "false"}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """ASPRO2 follows none after a POST."""

    def redirect_request(self, *_: Any) -> None:
        return None


def post(
    instance: Instance, body: bytes, content_type: str = "application/x-www-form-urlencoded"
) -> tuple[int, bytes, Any]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect())
    headers = {"Content-Type": content_type, "User-Agent": "Java/17 (OpenJDK 64-Bit Server VM) [Linux-6] (JMMC)"}
    request = urllib.request.Request(f"{instance.base}/search.votable", body, headers)
    try:
        with opener.open(request, timeout=60) as reply:
            return reply.status, reply.read(), reply.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def get(instance: Instance, parameters: dict[str, str] | str, **headers: str) -> tuple[int, bytes, Any]:
    query = parameters if isinstance(parameters, str) else urlencode(parameters)
    request = urllib.request.Request(f"{instance.base}/search.votable?{query}", headers=headers)
    try:
        with OPENER.open(request, timeout=60) as reply:
            return reply.status, reply.read(), reply.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def ids(text: bytes) -> list[str]:
    return [row.cells["exp_id"] for row in aspro.read(text)]


def test_the_question_of_aspro2(exposures_site: Instance) -> None:
    status, text, headers = post(exposures_site, urlencode(TARGET).encode())
    assert status == 200
    assert headers["Content-Encoding"] is None
    assert "charset=utf-8" in headers["Content-Type"]
    rows = aspro.read(text)
    assert len(rows) == 5
    assert all(not row.flags for row in rows)
    starts = [float(row.cells["exp_mjd_start"]) for row in rows]
    assert starts == sorted(starts)
    first = rows[0].cells
    assert first["exp_id"].startswith("GRAVI.2019-01-01T")
    assert first["target_name"] == "V2062 Oph"
    assert (first["target_ra"], first["target_dec"]) == ("246.83", "-24.42")
    assert (first["exp_tau0"], first["exp_seeing"], first["exp_temperature"]) == ("0.0049675", "0.64", "12.3")
    assert first["interferometer_stations"] == "U1 U2 U3 U4"
    assert re.fullmatch(r"\d+", first["obs_id"])
    assert list(first) == FEW


def test_all_columns_are_those_of_the_original(exposures_site: Instance) -> None:
    for more in ({}, {"all_fields": "true"}):
        _, text, _ = get(exposures_site, {"ra": "134.872365", "dec": "-43.76717"} | more)
        rows = aspro.read(text)
        assert len(rows) == 5
        assert list(rows[0].cells) == list(COLUMNS)
        assert rows[0].cells["exp_date_updated"] == "2022-01-15 13:04:32+00:00"
        assert rows[0].cells["exp_date_release"] == "2020-01-01 00:00:00+00:00"
    assert len(COLUMNS) == 29


def test_door_and_published_table_agree(exposures_site: Instance) -> None:
    _, text, _ = get(exposures_site, {"program_id": "0102.C-0519"})
    door = [row.cells for row in aspro.read(text)]
    names = [name for name in COLUMNS if not name.startswith("exp_date")]
    table = json.loads(
        exposures_site.adql(
            f"SELECT {', '.join(names)} FROM obsportal.exposure WHERE obs_program LIKE '0102.C-0519(%' "
            "AND exp_withdrawn IS NULL AND target_id IS NOT NULL ORDER BY exp_mjd_start",
            "application/json",
        )
    )["data"]
    assert len(door) == len(table) == 9
    for ours, row in zip(door, table, strict=True):
        for name, value in zip(names, row, strict=True):
            if isinstance(value, float):
                assert float(ours[name]) == value, name
            else:
                assert ours[name] == ("" if value is None else str(value)) or ours[name] == "NaN", name


def test_nothing_breaks_aspro2_whatever_headers_say(exposures_site: Instance) -> None:
    rows = aspro.read(get(exposures_site, "")[1])
    assert len(rows) >= len([row for row in portal.exposures() if row["target"] is not None and not row["gone"]])
    by_mode = {row.cells["instrument_mode"]: row for row in rows if row.cells["target_dec"] == "-0.0003"}
    hostile = by_mode[""]
    assert hostile.cells["target_name"] == portal.TARGETS[2][0]
    assert hostile.cells["obs_program_title"] == portal.HOSTILE
    assert json.loads(hostile.cells["exp_validation_log"])[0] == "Missing 'EXPTIME'"
    assert json.loads(hostile.cells["exp_validation_log"])[1] == portal.HOSTILE
    assert hostile.flags == {"META", "UV"}
    bare = by_mode["MEDIUM-SPLIT"].cells
    assert (bare["interferometer_stations"], bare["exp_projected_baselines"], bare["obs_program"]) == ("", "", "")
    silent = next(row.cells for row in rows if row.cells["instrument_name"] == "MATISSE")
    assert (silent["exp_tau0"], silent["exp_seeing"]) == ("NaN", "NaN")
    assert "-1" not in {row.cells["obs_id"] for row in rows}
    # one without a target, one whose frame is gone
    assert not [row for row in rows if row.cells["instrument_mode"] == "FREE-H"]


#: Parameters, and how many rows they find.
QUESTIONS = (
    ({"ra": "2.4683E2", "dec": "-2.442E1"}, 5),
    ({"ra": "-113.17", "dec": "-24.42"}, 5),
    ({"ra": "606.83", "dec": "-24.42"}, 5),
    ({"ra": "359.9999", "dec": "0"}, 2),
    ({"ra": "246.83", "dec": "-24.42", "radius": "0.001"}, 5),
    ({"ra": "246.84", "dec": "-24.42", "radius": "30"}, 0),
    ({"ra": "246.84", "dec": "-24.42", "radius": "60"}, 5),
    ({"ra": "0", "dec": "90", "radius": "648000"}, 12),
    ({"ra": "0", "dec": "-90", "radius": "180000"}, 5),
    ({"instrument": "gravity"}, 7),
    ({"instrument": "GRAVITY", "instrument_mode": "high-combined"}, 5),
    ({"instrument": "MATISSE", "instrument_mode": "GRISM-H"}, 0),
    ({"instrument_submode": "SINGLE"}, 7),
    ({"instrument": "NACO"}, 0),
    ({"interferometer": "VLTI"}, 12),
    ({"interferometer": "CHARA"}, 0),
    ({"program_id": "0102.C-0519(A)"}, 6),
    ({"program_id": "0102.c-0519"}, 9),
    ({"program_id": "010*"}, 11),
    ({"program_id": "0102.C-0519%"}, 0),
    ({"stations": "U1 U4"}, 11),
    ({"stations": "UT4-UT1"}, 11),
    ({"stations": "A0"}, 0),
    ({"obs_type": "calibrator"}, 3),
    ({"valid": "1"}, 11),
    ({"valid": "false"}, 1),
    ({"date_from": "2019-01-03", "date_to": "2019-01-03"}, 2),
    ({"date_from": "2019-01-01T02:45:00Z", "date_to": "2019-01-01T03:05:00Z"}, 3),
    ({"date_from": "2019-01-01T02:45:00+10:00", "date_to": "2019-01-01T03:05:00+1000"}, 0),
    ({"date_updated_from": "2022-01-14T00:00:00+00:00", "date_updated_to": "2022-01-15T00:00:00+00:00"}, 5),
    ({"date_updated_from": "2022-01-14T00:00:00 00:00", "date_updated_to": "2022-01-15T00:00:00 00:00"}, 5),
    ({"date_updated_from": "2030-01-01"}, 0),
    ({"target_id": "999999"}, 0),
    ({"unknown": "x", "format": "html", "MAXREC": "1", "RESPONSEFORMAT": "csv", "obs_type": ""}, 12),
)


@pytest.mark.parametrize(("parameters", "count"), QUESTIONS)
def test_get_and_post_give_the_same_rows(exposures_site: Instance, parameters: dict[str, str], count: int) -> None:
    status, asked, _ = get(exposures_site, parameters)
    assert status == 200
    found = [exp for exp in ids(asked) if exp.removesuffix("_1") in {row["frame"] for row in portal.exposures()}]
    assert len(found) == count
    assert post(exposures_site, urlencode(parameters).encode())[1] == asked
    boundary = "xyz"
    parts = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parameters.items()
    )
    multipart = f"{parts}--{boundary}--\r\n".encode()
    assert post(exposures_site, multipart, f"multipart/form-data; boundary={boundary}")[1] == asked


#: What cannot be answered, and the parameter that is to blame.
REFUSED = (
    ({"ra": "1"}, "dec"),
    ({"dec": "1"}, "ra"),
    ({"ra": "x", "dec": "1"}, "ra"),
    ({"ra": "nan", "dec": "1"}, "ra"),
    ({"ra": "inf", "dec": "1"}, "ra"),
    ({"ra": "1e999", "dec": "1"}, "ra"),
    ({"ra": "1_0", "dec": "1"}, "ra"),
    ({"ra": "١", "dec": "1"}, "ra"),
    ({"ra": "1", "dec": "90.1"}, "dec"),
    ({"ra": "1", "dec": "1", "radius": "-1"}, "radius"),
    ({"ra": "1", "dec": "1", "radius": "1e9"}, "radius"),
    ({"instrument_mode": "29"}, "instrument_mode"),
    ({"date_from": "yesterday"}, "date_from"),
    ({"date_from": "2019-13-01"}, "date_from"),
    ({"date_to": "0001-01-01T00:00:00+23:00"}, "date_to"),
    ({"date_from": "2020-01-01", "date_to": "2019-01-01"}, "date_to"),
    ({"obs_type": "SKY"}, "obs_type"),
    ({"all_fields": "maybe"}, "all_fields"),
    ({"valid": "2"}, "valid"),
    ({"target_id": "1;DROP"}, "target_id"),
    ({"program_id": "x" * 201}, "program_id"),
    ({"program_id": "a\0b"}, "program_id"),
)


@pytest.mark.parametrize(("parameters", "to_blame"), REFUSED)
def test_what_cannot_be_understood_is_refused(
    exposures_site: Instance, parameters: dict[str, str], to_blame: str
) -> None:
    for status, text, headers in (
        get(exposures_site, parameters),
        post(exposures_site, urlencode(parameters).encode()),
    ):
        assert status == 400
        assert "x-votable+xml" in headers["Content-Type"]
        assert f'<INFO name="QUERY_STATUS" value="ERROR">{to_blame}: '.encode() in text
        assert text.count(b"<RESOURCE") == 1


def test_a_parameter_twice(exposures_site: Instance) -> None:
    assert get(exposures_site, "instrument=GRAVITY&instrument=PIONIER")[0] == 400
    assert len(ids(get(exposures_site, "instrument=PIONIER&instrument=PIONIER&instrument=")[1])) == 3


@pytest.mark.parametrize("text", ["'; DROP TABLE archive.exposure; --", "%", "_", "\\", "%(ra0)s", "<!--", "]]>", "Ω'"])
def test_hostile_texts_find_nothing(exposures_site: Instance, text: str) -> None:
    for name in ("instrument", "instrument_mode", "instrument_submode", "interferometer", "program_id", "stations"):
        status, answer, _ = get(exposures_site, {name: text})
        assert (status, ids(answer)) == (200, []), name


def test_bytes_that_are_no_text(exposures_site: Instance) -> None:
    assert get(exposures_site, "instrument=%FF%FE")[0] == 400
    assert get(exposures_site, "%FF=1&instrument=GRAVITY")[0] == 200
    assert post(exposures_site, b"ra=1&dec=%zz")[0] == 400
    assert post(exposures_site, b"\xff\x00&&&===")[0] == 200


def test_other_methods_and_addresses(exposures_site: Instance) -> None:
    connection = http.client.HTTPConnection("localhost", exposures_site.port, timeout=30)
    for method, path, status in (
        ("HEAD", "/search.votable?instrument=GRAVITY", 200),
        ("HEAD", "/search.votable?ra=x", 400),
        ("PUT", "/search.votable", 405),
        ("DELETE", "/search.votable", 405),
        ("GET", "/search.votable/", 200),
        ("GET", "/search.votable/more", 404),
    ):
        connection.request(method, path)
        reply = connection.getresponse()
        text = reply.read()
        assert (reply.status, reply.headers["Location"]) == (status, None), (method, path)
        assert "x-votable+xml" in reply.headers["Content-Type"]
        assert bool(text) == (method != "HEAD")
    connection.close()


def test_compressed_only_for_those_who_ask(exposures_site: Instance) -> None:
    plain = get(exposures_site, "instrument=GRAVITY")
    packed = get(exposures_site, "instrument=GRAVITY", **{"Accept-Encoding": "gzip"})
    assert plain[2]["Content-Encoding"] is None
    assert packed[2]["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed[1]) == plain[1]


def test_answer_is_a_valid_votable(exposures_site: Instance, tmp_path: Any) -> None:
    astropy = pytest.importorskip("astropy.io.votable")
    for name, parameters in (("few", TARGET), ("all", {}), ("none", {"instrument": "NACO"}), ("bad", {"ra": "x"})):
        text = get(exposures_site, parameters)[1]
        path = tmp_path / f"{name}.vot"
        path.write_bytes(text)
        assert [line for line in stilts("votlint", str(path)).splitlines() if "ERROR" in line] == []
        if name != "bad":
            table = astropy.parse_single_table(io.BytesIO(text), verify="exception")
            assert len(table.array) == text.count(b"<TR>")


def test_thousands_of_targets_one_after_the_other(exposures_site: Instance) -> None:
    connection = http.client.HTTPConnection("localhost", exposures_site.port, timeout=30)
    body = urlencode(TARGET)
    answers: set[bytes] = set()
    for number in range(300):
        if number == 150:
            # the database ends what is idle: the door must not mind
            exposures_site.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'oivo'", role="oivo_admin"
            )
        connection.request("POST", "/search.votable", body, {"Content-Type": "application/x-www-form-urlencoded"})
        reply = connection.getresponse()
        assert reply.status == 200, number
        answers.add(reply.read())
    connection.close()
    assert len(answers) == 1


def test_every_target_of_the_demo(site: Instance) -> None:
    targets: Sequence[Any] = site.sql("SELECT ra, dec FROM archive.target WHERE merged_into IS NULL")
    if not targets:
        pytest.skip("the simulated survey has no exposures")
    seen: set[str] = set()
    for target in targets:
        status, text, _ = post(
            site,
            urlencode(
                {"ra": repr(target.ra), "dec": repr(target.dec), "radius": "30.0", "all_fields": "false"}
            ).encode(),
        )
        assert status == 200
        rows = aspro.read(text)
        starts = [float(row.cells["exp_mjd_start"]) for row in rows]
        assert starts == sorted(starts)
        seen |= {row.cells["exp_id"] for row in rows}
        for row in rows:
            (held,) = site.sql("SELECT aspro_log FROM archive.exposure WHERE exp_id = %s", [row.cells["exp_id"]])
            assert bool(row.flags) == (held.aspro_log != "[]"), row
    known = site.sql(
        "SELECT exp_id FROM archive.exposure JOIN archive.frame AS f ON f.id = header_id "
        "WHERE target_id IS NOT NULL AND f.gone IS NULL"
    )
    assert seen == {row.exp_id for row in known}
