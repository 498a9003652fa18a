"""pyvo as a user has it: TAP, SCS, DataLink, and the files behind the links."""

import gzip
import hashlib
import io
from typing import Any
from urllib.error import HTTPError

import pytest
import pyvo
import requests
from astropy.io import fits
from astropy.io.votable import parse as parse_votable

from tests.instances import Instance

BY_RIGHTS = "SELECT TOP 1 * FROM oidb.oidb WHERE data_rights {} 'public' AND calib_level > 0 ORDER BY id"


@pytest.fixture(scope="module")
def public(tap: Any) -> Any:
    """A granule that anybody may read."""
    return tap.run_sync(BY_RIGHTS.format("=")).to_table()[0]


@pytest.fixture(scope="module")
def private(tap: Any) -> Any:
    """A granule whose file is under embargo."""
    return tap.run_sync(BY_RIGHTS.format("<>")).to_table()[0]


def path_of(site: Instance, url: str) -> str:
    assert url.startswith(f"{site.base}/files/"), url
    return url.removeprefix(site.base)


def refusal(site: Instance, path: str, **headers: str) -> HTTPError:
    with pytest.raises(HTTPError) as caught:
        site.get(path, **headers)
    return caught.value


# TAP


def test_sync_query(tap: Any) -> None:
    result = tap.run_sync("SELECT TOP 5 * FROM ivoa.obscore")
    assert len(result) == 5


def test_maxrec_tells_that_rows_are_missing(tap: Any) -> None:
    result = tap.run_sync("SELECT id FROM oidb.oidb", maxrec=3)
    assert len(result) == 3
    assert "OVERFLOW" in [info.value for info in result.votable.resources[0].infos if info.name == "QUERY_STATUS"]


def test_bad_query_is_an_error_of_the_client(tap: Any) -> None:
    with pytest.raises(pyvo.DALQueryError, match="no_such_column"):
        tap.run_sync("SELECT no_such_column FROM oidb.oidb")


@pytest.mark.parametrize(
    ("condition", "same"),
    [
        ("calib_level <> 2", "calib_level != 2"),
        ("NOT target_name <> 'del Sco'", "target_name = 'del Sco'"),
        ("0 <> CONTAINS(POINT(s_ra, s_dec), CIRCLE(240, -22, 3))", "target_name = 'del Sco'"),
        ("target_name LIKE '%Sco'", "target_name = 'del Sco'"),
        ("target_name <> 'a\\'", "target_name <> 'it''s'"),
    ],
)
def test_conditions_of_standard_adql(tap: Any, condition: str, same: str) -> None:
    counts = [tap.run_sync(f"SELECT COUNT(*) AS n FROM oidb.oidb WHERE {where}")["n"][0] for where in (condition, same)]
    assert counts[0] == counts[1] > 0


def test_async_job_from_creation_to_deletion(tap: Any) -> None:
    job = tap.submit_job("SELECT TOP 7 obs_publisher_did FROM oidb.oidb")
    assert job.phase == "PENDING"
    job.run()
    job.wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
    assert job.phase == "COMPLETED"
    assert len(job.fetch_result()) == 7
    url = job.url
    job.delete()
    assert requests.get(url, timeout=60).status_code == 404


def test_async_job_that_fails_says_why(tap: Any) -> None:
    job = tap.submit_job("SELECT 1/0 AS nothing FROM oidb.oidb").run()
    job.wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
    assert job.phase == "ERROR"
    assert "division by zero" in requests.get(f"{job.url}/error", timeout=60).text
    job.delete()


def test_async_job_with_upload(tap: Any) -> None:
    stars = tap.run_sync("SELECT DISTINCT target_name FROM oidb.oidb WHERE instrument = 'SPICA'").to_table()
    result = tap.run_async(
        "SELECT DISTINCT o.target_name FROM oidb.oidb AS o JOIN TAP_UPLOAD.stars AS s ON s.target_name = o.target_name",
        uploads={"stars": stars},
    )
    assert sorted(result["target_name"]) == sorted(stars["target_name"])
    assert len(stars) > 1


# SCS


def test_radius_zero_asks_for_metadata(site: Instance) -> None:
    """SCS 1.03, 2.2: one field each of these UCDs of old, the main identifier a text."""
    with site.get("/oidb/q/scs/scs.xml", {"RA": "10", "DEC": "10", "SR": "0"}) as reply:
        table = parse_votable(io.BytesIO(reply.read())).get_first_table()
    main = [(field.ucd, field.datatype) for field in table.fields if str(field.ucd).endswith("_MAIN")]
    assert sorted(main) == [("ID_MAIN", "char"), ("POS_EQ_DEC_MAIN", "double"), ("POS_EQ_RA_MAIN", "double")]
    assert len(table.array) == 0


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"RA": "abc", "DEC": "0", "SR": "1"}, "RA"),
        ({"RA": "", "DEC": "0", "SR": "1"}, "RA"),
        ({"DEC": "0", "SR": "1"}, "RA"),
        ({"RA": "1", "DEC": "north", "SR": "1"}, "DEC"),
        ({"RA": "1", "DEC": "0"}, "SR"),
        ({"RA": "1", "DEC": "0", "SR": "wide"}, "SR"),
    ],
)
def test_bad_cone_is_an_error(site: Instance, parameters: dict[str, str], named: str) -> None:
    """SCS 1.03, 2.3: the error is an INFO (or PARAM) named Error."""
    with site.get("/oidb/q/scs/scs.xml", parameters) as reply:
        votable = parse_votable(io.BytesIO(reply.read()))
    errors = [info.value for resource in votable.resources for info in resource.infos if info.name == "Error"]
    assert len(errors) == 1
    assert named in errors[0]
    assert not list(votable.iter_tables())


# DataLink
#
# Narrower terms are not asked for: pyvo would fetch the vocabulary from ivoa.net.


def test_links_of_a_tap_result(tap: Any) -> None:
    result = tap.run_sync("SELECT TOP 12 * FROM oidb.oidb ORDER BY id")
    this = [next(links.bysemantics("#this", include_narrower=False)) for links in result.iter_datalinks()]
    # pyvo 1.6 and later give them in whatever order the service does
    assert sorted((link["ID"], link["access_url"], link["content_type"]) for link in this) == sorted(
        zip(result["obs_publisher_did"], result["access_url"], result["access_format"], strict=True)
    )


def test_links_of_an_scs_result(scs: Any) -> None:
    found = scs.search(pos=(240.083, -22.622), radius=1)
    # pyvo 1.2's own SCSResults does not read services that are described beside the table.
    result = pyvo.dal.tap.TAPResults(found.votable, url=found.queryurl)
    this = [next(links.bysemantics("#this", include_narrower=False)) for links in result.iter_datalinks()]
    assert len(this) == len(result) > 0
    assert sorted(link["access_url"] for link in this) == sorted(result["access_url"])


def test_link_to_the_article(tap: Any) -> None:
    result = tap.run_sync("SELECT TOP 1 * FROM oidb.oidb WHERE bib_reference IS NOT NULL")
    documentation = [
        link
        for links in result.iter_datalinks()
        for link in links.bysemantics("#documentation", include_narrower=False)
    ]
    assert [link["access_url"] for link in documentation] == [
        f"https://ui.adsabs.harvard.edu/abs/{result['bib_reference'][0]}"
    ]


def links_of(site: Instance, *identifiers: str) -> Any:
    return pyvo.dal.adhoc.DatalinkResults.from_result_url(
        f"{site.base}/oidb/q/dl/dlmeta?" + "&".join(f"ID={requests.utils.quote(did, safe='')}" for did in identifiers)
    )


@pytest.mark.parametrize("unknown", ["ivo://oivo.example/~?oidb/987654321", "ivo://elsewhere/~?x", "' OR 1=1 --"])
def test_unknown_identifier_gives_a_fault(site: Instance, public: Any, unknown: str) -> None:
    known = str(public["obs_publisher_did"])
    rows = list(links_of(site, unknown, known))
    faults = [row for row in rows if row["error_message"]]
    assert [(row["ID"], row["access_url"]) for row in faults] == [(unknown, "")]
    assert faults[0]["error_message"].startswith("NotFoundFault:")
    assert {row["ID"] for row in rows if not row["error_message"]} == {known}


# Files


def test_public_file_is_what_the_columns_say(site: Instance, tap: Any) -> None:
    granules = tap.run_sync(
        "SELECT DISTINCT TOP 6 file_name, access_url, access_format, access_estsize, access_md5, access_sha256"
        " FROM oidb.oidb WHERE data_rights = 'public' AND calib_level > 0 ORDER BY access_sha256"
    )
    for granule in granules:
        with site.get(path_of(site, granule["access_url"])) as reply:
            data = reply.read()
            headers = reply.headers
        assert hashlib.md5(data).hexdigest() == granule["access_md5"]
        assert hashlib.sha256(data).hexdigest() == granule["access_sha256"]
        assert -(-len(data) // 1000) == granule["access_estsize"]
        assert headers["Content-Type"] == granule["access_format"]
        assert int(headers["Content-Length"]) == len(data)
        assert f'filename="{granule["file_name"]}"' in headers["Content-Disposition"]
        plain = gzip.decompress(data) if granule["access_format"] == "application/gzip" else data
        with fits.open(io.BytesIO(plain)) as hdus:
            assert "OI_VIS2" in [hdu.name for hdu in hdus]


def test_file_by_its_link(site: Instance, public: Any) -> None:
    this = next(links_of(site, str(public["obs_publisher_did"])).bysemantics("#this", include_narrower=False))
    with site.get(path_of(site, this["access_url"])) as reply:
        data = reply.read()
    assert len(data) == this["content_length"]
    assert hashlib.sha256(data).hexdigest() == public["access_sha256"]


def test_part_of_a_file(site: Instance, public: Any) -> None:
    path = path_of(site, str(public["access_url"]))
    with site.get(path) as reply:
        whole = reply.read()
    for wanted, part in (("0-79", whole[:80]), ("2880-2959", whole[2880:2960]), ("-100", whole[-100:])):
        with site.get(path, Range=f"bytes={wanted}") as reply:
            assert reply.status == 206
            assert reply.read() == part
    assert refusal(site, path, Range=f"bytes={len(whole)}-").code == 416


def test_unchanged_file_is_not_sent_again(site: Instance, public: Any) -> None:
    path = path_of(site, str(public["access_url"]))
    with site.get(path) as reply:
        etag = reply.headers["ETag"]
    assert refusal(site, path, **{"If-None-Match": etag}).code == 304


def test_private_file_is_refused(site: Instance, private: Any) -> None:
    """Its metadata are public, its bytes are not, whole or in part."""
    path = path_of(site, str(private["access_url"]))
    assert private["obs_release_date"]
    this = next(links_of(site, str(private["obs_publisher_did"])).bysemantics("#this", include_narrower=False))
    assert "private" in this["description"]
    for headers in ({}, {"Range": "bytes=0-79"}, {"If-None-Match": f'"{private["access_sha256"]}"'}):
        error = refusal(site, path, **headers)
        assert error.code == 401, headers
        assert b"SIMPLE" not in error.read()
    assert requests.head(site.base + path, timeout=60).status_code == 401


@pytest.mark.parametrize("path", ["/files/987654321/x.fits", "/files/1/other.fits", "/files/1", "/files/x/y", "/files"])
def test_unknown_file_is_not_found(site: Instance, path: str) -> None:
    assert refusal(site, path).code == 404
