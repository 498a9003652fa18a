"""Files that others host, against a stand-in for CDS: registered, delivered by redirect, compared, missed."""

import urllib.request
from collections.abc import Iterator
from datetime import date
from urllib.error import HTTPError

import pytest

from ingest.demo import survey
from tests.instances import Instance
from tests.standins.cds import Cds, serve

CATALOGUE = "J/X+Y/12/A34"
README = f"""{CATALOGUE}      Disks of two simulated stars     (Example+, 2031)
{"=" * 80}
The disks of two simulated stars.
    Example A., Sample B.
   <Imag. Astrophys. 12, A34 (2031)>
   =2031ImAst..12A..34E
{"=" * 80}
Keywords: techniques: interferometric - stars: imaginary

Abstract:
    We look at two stars that do not exist.

{"=" * 80}
(End)
"""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


@pytest.fixture
def cds(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Cds, str]]:
    stand_in = Cds()
    files = list(survey(date(2026, 5, 5)))[:3]
    root = f"/ftp/{CATALOGUE}/"
    stand_in.files = {f"{root}ReadMe": README.encode(), f"{root}fits/notes.fits": b"SIMPLE  = no OIFITS"}
    stand_in.files |= {f"{root}fits/{file.name}": file.data for file in files}
    with serve(stand_in) as address:
        monkeypatch.setenv("OIVO_REMOTE_VIZIER", f"{address}/ftp")
        monkeypatch.setenv("OIVO_REMOTE_ALLOW", "127.0.0.0/8")
        yield stand_in, address


def test_a_catalogue_of_vizier(empty_site: Instance, cds: tuple[Cds, str]) -> None:
    stand_in, address = cds
    dry = empty_site.oivo("oidb", "import-vizier", CATALOGUE, "--dry-run")
    assert "3 files could be registered" in dry.stdout
    assert not empty_site.sql("SELECT 1 AS one FROM archive.collection WHERE id = %s", [CATALOGUE])
    done = empty_site.oivo("oidb", "import-vizier", CATALOGUE)
    assert "Registered 3 files" in done.stdout
    assert "left out: notes.fits" in done.stderr
    row = empty_site.sql("SELECT * FROM archive.collection WHERE id = %s", [CATALOGUE])[0]
    assert (row.kind, row.datapi, row.article_bibcode) == ("VizieR", "Example", "2031ImAst..12A..34E")
    assert row.description == "We look at two stars that do not exist."
    granules = empty_site.sql("SELECT calib_level, data_rights FROM oidb.oidb WHERE obs_collection = %s", [CATALOGUE])
    assert {tuple(granule) for granule in granules} == {(3, "public")}
    again = empty_site.oivo("oidb", "import-vizier", CATALOGUE, check=False)
    assert again.returncode == 1 and "is here already" in again.stderr

    file = empty_site.sql("SELECT * FROM archive.file WHERE collection_id = %s ORDER BY id", [CATALOGUE])[0]
    path = f"/files/{file.id}/{file.url_name}"
    with pytest.raises(HTTPError) as redirect:
        OPENER.open(f"{empty_site.base}{path}")
    assert redirect.value.code == 302
    assert redirect.value.headers["location"] == f"{address}/ftp/{CATALOGUE}/fits/{file.name}"

    assert "3 files compared, 0" in empty_site.oivo("oidb", "compare-remote").stdout
    stand_in.files[f"/ftp/{CATALOGUE}/fits/{file.name}"] += b" "
    del stand_in.files[f"/ftp/{CATALOGUE}/fits/{empty_site.sql(*_second())[0].name}"]
    compared = empty_site.oivo("oidb", "compare-remote", check=False)
    assert compared.returncode == 1
    assert "has other content" in compared.stderr and "status 404" in compared.stderr
    # what was registered is still delivered, by us
    with OPENER.open(f"{empty_site.base}{path}") as reply:
        assert len(reply.read()) == file.size_bytes


def _second() -> tuple[str, list[str]]:
    return "SELECT name FROM archive.file WHERE collection_id = %s ORDER BY id OFFSET 1 LIMIT 1", [CATALOGUE]


def test_what_is_no_catalogue(empty_site: Instance, cds: tuple[Cds, str]) -> None:
    for name, said in (("J/A+A/1/1", "status 404"), ("nonsense", "no catalogue")):
        done = empty_site.oivo("oidb", "import-vizier", name, check=False)
        assert done.returncode in (1, 2) and said in done.stderr and "Traceback" not in done.stderr


def test_inside_addresses_are_not_asked(
    empty_site: Instance, cds: tuple[Cds, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in, address = cds
    monkeypatch.setenv("OIVO_REMOTE_ALLOW", "")
    url = f"{address}/ftp/{CATALOGUE}/fits/any.fits"
    done = empty_site.oivo(
        *("oidb", "submit", "--level", "2", "--new", "inside", "--title", "Inside", url), check=False
    )
    assert done.returncode == 1 and "not on the public internet" in done.stderr
    assert stand_in.asked == []


def test_a_mixed_submission_keeps_addresses(empty_site: Instance, cds: tuple[Cds, str]) -> None:
    stand_in, address = cds
    name = next(path for path in stand_in.files if path.endswith((".fits", ".gz")) and "notes" not in path)
    empty_site.oivo("oidb", "submit", "--level", "2", "--new", "mixed", "--title", "Mixed", f"{address}{name}")
    row = empty_site.sql("SELECT remote_url, remote_checked FROM archive.file WHERE collection_id = 'mixed'")[0]
    assert row.remote_url == f"{address}{name}" and row.remote_checked is not None
