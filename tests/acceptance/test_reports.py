"""Reports on the archive's files, as pages, JSON and text; they are as private as their files."""

import json
import re
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.build import oifits as build
from tests.instances import Instance

NAME = "<b>severe & 'odd'.fits"


@pytest.fixture(scope="module")
def report(empty_site: Instance, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """A published file with severe findings and a name of its author's; its id and where it is."""
    path = tmp_path_factory.mktemp("severe") / NAME
    path.write_bytes(build.file(build.target(), build.array(), build.wavelength(), build.data(), version=2))
    empty_site.oivo("oidb", "create-collection", "reports", "--title", "Reports")
    empty_site.oivo("oidb", "add", "--collection", "reports", "--level", "3", str(path))
    return empty_site.sql("SELECT id FROM archive.file WHERE name = %s", [NAME])[0].id, path


def page_of(site: Instance, path: str) -> str:
    with site.get(path) as reply:
        assert reply.headers["x-content-type-options"] == "nosniff"
        return str(reply.read().decode())


def test_json_is_that_of_the_command_line(empty_site: Instance, report: tuple[int, Path]) -> None:
    number, path = report
    done = empty_site.oivo("oidb", "check", "--format", "json", str(path), check=False)
    with empty_site.get(f"/reports/{number}.json") as reply:
        assert reply.headers["content-type"] == "application/json"
        assert json.load(reply) == json.loads(done.stdout)[0]


def test_text_is_that_of_the_command_line(empty_site: Instance, report: tuple[int, Path]) -> None:
    number, path = report
    done = empty_site.oivo("oidb", "check", str(path), check=False)
    with empty_site.get(f"/reports/{number}.txt") as reply:
        assert reply.headers["content-type"] == "text/plain; charset=utf-8"
        assert reply.read().decode().strip() == done.stdout.strip()


def test_page(empty_site: Instance, report: tuple[int, Path]) -> None:
    number, _ = report
    page = page_of(empty_site, f"/reports/{number}")
    found = json.loads(page_of(empty_site, f"/reports/{number}.json"))["findings"]
    severe = sum(finding["severity"] == "SEVERE" for finding in found)
    assert severe
    assert f">{severe} severe</li>" in page
    assert "<b>" not in page
    assert "&lt;b&gt;severe" in page
    for finding in found:
        assert f'href="/validator/rules#{finding["rule"]}"' in page
        assert finding["rule"] in page
        assert finding["table"].replace("PRIMARY", "Primary header") in page
    assert "The file has no granules" not in page
    for link in re.findall(r'href="(/(?:files|reports|oidb/q/search)[^"]*)"', page):
        assert empty_site.get(link.replace("&amp;", "&").replace("&#x27;", "'")).status == 200, link


def test_file_without_findings(site: Instance) -> None:
    number = site.sql(
        """SELECT f.id FROM archive.file f WHERE nb_severe + nb_warnings = 0
             AND NOT EXISTS (SELECT FROM archive.finding WHERE file_id = f.id)
             AND NOT EXISTS (SELECT FROM archive.granule WHERE file_id = f.id AND data_rights <> 'public')"""
    )[0].id
    assert "nothing found" in page_of(site, f"/reports/{number}")
    assert json.loads(page_of(site, f"/reports/{number}.json"))["findings"] == []


@pytest.mark.parametrize("form", ["", ".json", ".txt"])
def test_report_is_as_private_as_its_file(site: Instance, form: str) -> None:
    private = site.sql("SELECT file_id FROM archive.granule WHERE data_rights <> 'public' AND obs_release_date > now()")
    with pytest.raises(HTTPError) as refused:
        site.get(f"/reports/{private[0].file_id}{form}")
    assert refused.value.code == 401
    told = refused.value.read().decode()
    assert "private until" in told
    assert "finding" not in told.lower()


@pytest.mark.parametrize(
    "path", ["", "/", "/0", "/999999999", "/x", "/1.xml", "/1.json/2", "/-1", "/1%00", "/" + "9" * 30]
)
def test_no_report(site: Instance, path: str) -> None:
    with pytest.raises(HTTPError) as refused:
        site.get(f"/reports{path}")
    assert refused.value.code == 404
