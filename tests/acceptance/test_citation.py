"""What pages tell programs of collections and granules: JSON-LD, typed links, files of references and metadata."""

import html
import json
import re
import subprocess
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import quote

import pytest

from ingest.citation.forms import FORMS
from tests.acceptance.test_access import ask
from tests.instances import ROOT, Instance
from tests.standins.datacite_rules import NAMESPACE, problems_of, problems_of_xml

PAGES = ("/collection/sim_diameters", "/collection/eso_vlti_import", "/granule/1")


def links_of(header: str) -> list[tuple[str, str, str]]:
    """Return relation, address and media type of the links in a header (RFC 8288)."""
    found = []
    for address, parameters in re.findall(r"<([^>]*)>((?:; [a-z]+=\"[^\"]*\")*)", header):
        told = dict(re.findall(r"([a-z]+)=\"([^\"]*)\"", parameters))
        found.append((told["rel"], address, told.get("type", "")))
    return found


def embedded(source: str) -> Any:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', source, re.DOTALL)
    return json.loads(found)


@pytest.mark.parametrize("path", PAGES)
def test_links_of_a_page_lead_where_they_say(site: Instance, path: str) -> None:
    reply = ask(site, path)
    links = links_of(reply.headers["link"])
    assert {relation for relation, *_ in links} >= {"cite-as", "type", "describedby", "linkset"}
    for relation, address, media_type in links:
        if not address.startswith(site.base):
            continue
        answer = ask(site, address.removeprefix(site.base))
        assert answer.status == 200, address
        if media_type:
            assert answer.headers["content-type"].partition(";")[0] == media_type, address
        if relation == "describedby":
            assert links_of(answer.headers["link"]) == [("describes", f"{site.base}{path}", "text/html")]
    (linkset,) = [address for relation, address, _ in links if relation == "linkset"]
    forward = json.loads(ask(site, linkset.removeprefix(site.base)).body)["linkset"][0]
    assert forward["anchor"] == f"{site.base}{path}"
    shown = [(relation, address) for relation, address, _ in links if relation != "linkset"]
    assert set(shown) <= {(name, to["href"]) for name in forward if name != "anchor" for to in forward[name]}


@pytest.mark.parametrize("path", PAGES)
def test_the_page_and_its_files_tell_the_same(site: Instance, path: str) -> None:
    source = ask(site, path).body.decode()
    told = embedded(source)
    assert json.loads(ask(site, f"{path}/schema.jsonld").body) == told
    metadata = json.loads(ask(site, f"{path}/datacite.json").body)
    assert list(problems_of(metadata)) == []
    assert metadata["titles"][0]["title"] == told["name"]
    document = ask(site, f"{path}/datacite.xml").body.decode()
    assert list(problems_of_xml(document)) == []
    titles = ET.fromstring(document.encode()).findall(f"{NAMESPACE}titles/{NAMESPACE}title")
    assert [title.text for title in titles] == [told["name"]]
    reference = ask(site, f"{path}/cite.txt").body.decode().strip()
    assert f'id="reference">{html.escape(reference, quote=False)}</p>' in source
    assert html.escape(ask(site, f"{path}/cite.bib").body.decode(), quote=False) in source
    assert json.loads(ask(site, f"{path}/cite.csl.json").body)[0]["title"] == told["name"]
    assert ask(site, f"{path}/cite.ris").body.startswith(b"TY  - DATA\r\n")


@pytest.mark.parametrize("path", PAGES)
def test_a_client_has_the_form_it_accepts(site: Instance, path: str) -> None:
    for form in FORMS:
        reply = ask(site, path, accept=f"{form.media_type}, text/html;q=0.5")
        assert reply.headers["content-type"] == form.served
        assert reply.body == ask(site, f"{path}/{form.name}").body
        assert reply.headers["vary"] == "Accept"
    for accept in ("text/html,application/ld+json", "*/*", "application/json", ""):
        assert ask(site, path, accept=accept).headers["content-type"] == "text/html; charset=utf-8"


def test_a_collection_is_found_by_its_properties(site: Instance) -> None:
    told = embedded(ask(site, "/collection/sim_diameters").body.decode())
    rows = site.sql(
        """SELECT min(t_min) AS first, max(t_max) AS last, count(DISTINCT file_id) AS files
           FROM archive.granule AS g JOIN archive.file AS f ON f.id = file_id WHERE collection_id = 'sim_diameters'"""
    )
    first, last = told["temporalCoverage"].split("/")
    (days,) = site.sql(
        """SELECT (date '1858-11-17' + floor(%s)::int)::text AS first,
             (date '1858-11-17' + floor(%s)::int)::text AS last""",
        [rows[0].first, rows[0].last],
    )
    assert (first, last) == (days.first, days.last)
    assert told["creator"][0]["name"] == "Ada Example"
    assert told["variableMeasured"]
    assert told["isAccessibleForFree"] is True
    metadata = json.loads(ask(site, "/collection/sim_diameters/datacite.json").body)
    assert f"{rows[0].files} files" in metadata["sizes"]
    # nobody gave time to simulated data
    assert "fundingReferences" not in metadata


def test_a_public_granule_has_its_file_as_distribution(site: Instance) -> None:
    told = embedded(ask(site, "/granule/1").body.decode())
    (entry,) = told["distribution"]
    reply = ask(site, entry["contentUrl"].removeprefix(site.base))
    assert reply.body.startswith(b"SIMPLE")
    assert entry["contentSize"] == f"{len(reply.body)} B"
    assert told["isPartOf"]["url"].startswith(f"{site.base}/collection/")
    did = site.sql("SELECT publisher_did AS did FROM archive.granule WHERE id = 1")[0].did
    assert did in told["identifier"]
    exposures = told["isBasedOn"]
    assert all(ask(site, address.removeprefix(site.base)).status == 200 for address in exposures)


@pytest.mark.parametrize(
    "path",
    [
        "/collection/nothing/cite.bib",
        "/collection/cite.bib",
        "/collection/sim_diameters/cite.doc",
        "/collection/sim_diameters/cite.bib/x",
        "/granule/999999999/cite.bib",
        "/granule/1,2/cite.bib",
        "/granule/x/cite.bib",
        f"/collection/{quote('sim_diameters/../eso_vlti_import', safe='')}/cite.bib",
    ],
)
def test_there_is_no_such_file(site: Instance, path: str) -> None:
    assert ask(site, path).status == 404


def test_the_page_of_the_documentation_is_true(site: Instance) -> None:
    page = (ROOT / "docs/citation.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    script = script.replace("http://localhost:8080", site.base).replace("curl ", "curl --noproxy '*' ")
    done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("@misc{Example") == 2
    assert 'rel="linkset"' in done.stdout
    for form in FORMS:
        assert f"…/{form.name}`" in page and form.media_type.replace("application/vnd.datacite.datacite", "…") in (
            page.replace("application/vnd.datacite.datacite", "…")
        )


def test_files_are_for_programs_of_others_too(site: Instance) -> None:
    reply = ask(site, "/collection/sim_diameters/cite.bib", "HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["content-disposition"] == 'inline; filename="sim_diameters-cite.bib"'
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert ask(site, "/collection/sim_diameters/cite.bib", "POST").status == 405
