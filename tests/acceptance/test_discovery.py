"""Somebody elsewhere finds each service with pyvo and uses it: harvest, a registry after RegTAP, search, query.

The records come from the site over OAI-PMH; the registry is made of them in the other instance.
"""

import importlib.metadata
import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from astropy import units as u
from packaging.version import Version

from ingest.instance.dachs import Dachs
from tests.build import regtap
from tests.instances import ROOT, Instance

if Version(importlib.metadata.version("pyvo")) < Version("1.7"):
    pytest.skip("this pyvo (Debian's) cannot search by UAT, author or position", allow_module_level=True)

from pyvo import registry
from pyvo.utils import vocabularies

CATALOGUES = ("oidb", "obsportal", "jmdc", "badcal")
#: The simulated survey has data of this star, its measured diameter, and none of the hour of the other side.
TAU_CET = (26.017, -15.937)


@pytest.fixture(scope="module")
def records(site: Instance) -> list[Any]:
    """What a harvester gets of a published site; on localhost `registry publish` refuses, so the test says so here."""
    found = regtap.harvest(site)
    for element in found:
        resource = element.find(".//{http://www.ivoa.net/xml/RegistryInterface/v1.0}Resource")
        assert resource.get("status") == "inactive"
        resource.set("status", "active")
    return found


@pytest.fixture(scope="module", autouse=True)
def searched(site: Instance, empty_site: Instance, records: list[Any]) -> Iterator[None]:
    """A registry with the site's records in the other instance, and pyvo that asks it."""
    dachs = Dachs(empty_site.home)
    folder = empty_site.home.dachs / "inputs/rr"
    folder.mkdir()
    (folder / "rows.json").write_text(json.dumps(regtap.load(records, f"ivo://{site.port}")), encoding="utf-8")
    (folder / "q.rd").write_text(regtap.descriptor(str(folder / "rows.json")), encoding="utf-8")
    dachs.run("imp", "rr/q")
    registry.choose_RegTAP_service(empty_site.tap)
    known = json.loads((ROOT / "resdir/vocabularies.json").read_text(encoding="utf-8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabularies, "get_vocabulary", known.__getitem__)
        yield
    dachs.run("drop", "rr/q")
    shutil.rmtree(folder)


def names(found: Any) -> set[str]:
    """The services that were found: the last part of their identifiers."""
    return {str(resource.ivoid).rpartition("/")[2] for resource in found}


@pytest.mark.parametrize(
    ("constraints", "wanted", "others"),
    [
        ({"keywords": ["exposures", "VLTI"]}, {"obsportal"}, {"jmdc", "badcal", "tap"}),
        ({"keywords": "binaries"}, {"badcal"}, {"oidb", "jmdc", "obsportal"}),
        ({"uat": "optical-interferometry"}, {*CATALOGUES, "tap", "obscore"}, {"registry", "organisation"}),
        ({"uat": "lunar-occultation"}, {"jmdc"}, {"oidb", "obsportal", "badcal", "tap"}),
        ({"datamodel": "obscore"}, {"tap"}, {*CATALOGUES}),
        ({"datamodel": "obscore_new"}, {"obscore"}, {*CATALOGUES, "tap"}),
        ({"servicetype": "tap"}, {"tap"}, {*CATALOGUES, "obscore"}),
        ({"servicetype": "tap", "includeaux": True}, {*CATALOGUES, "tap", "obscore"}, set()),
        ({"waveband": "infrared"}, {*CATALOGUES, "tap", "obscore"}, {"registry"}),
        ({"author": "oivo%"}, {*CATALOGUES, "tap", "obscore"}, set()),
        ({"author": "Somebody else"}, set(), {*CATALOGUES, "tap"}),
        ({"spatial": TAU_CET}, {"oidb", "obsportal", "obscore"}, {"tap"}),
        ({"spatial": (200.0, 85.0)}, set(), {*CATALOGUES, "obscore"}),
        ({"spectral": 2.2 * u.um}, {"oidb", "obsportal", "obscore"}, set()),
        ({"temporal": (40000, 40010)}, set(), {*CATALOGUES, "obscore"}),
        ({"ucd": "phys.angsize%"}, {"jmdc", "tap"}, {"badcal"}),
    ],
    ids=lambda value: " ".join(f"{key}={word}" for key, word in value.items()) if isinstance(value, dict) else "",
)
def test_search(constraints: dict[str, Any], wanted: set[str], others: set[str]) -> None:
    found = names(registry.search(**constraints))
    assert wanted <= found
    assert not others & found


@pytest.mark.parametrize("name", CATALOGUES)
def test_cone_searches_are_found_and_give_rows(name: str, records: list[Any]) -> None:
    (resource,) = [found for found in registry.search(servicetype="conesearch") if names([found]) == {name}]
    query = next(part for part in records if part.findtext(".//identifier") == str(resource.ivoid)).find(".//testQuery")
    position = (float(query.findtext("ra")), float(query.findtext("dec")))
    assert len(resource.get_service("conesearch").search(position, radius=float(query.findtext("sr")))) > 0


@pytest.mark.parametrize("name", [*CATALOGUES, "obscore"])
def test_the_tables_of_a_record_are_those_that_its_tap_service_has(name: str, site: Instance) -> None:
    (resource,) = registry.search(ivoid=f"ivo://oivo.example/{name}")
    tap = resource.get_service("tap")
    assert tap.baseurl == site.tap
    # one without columns is a hint of DaCHS: the data are in ObsCore, too
    tables = {name: table for name, table in resource.get_tables().items() if list(table.columns)}
    assert tables
    for table in tables:
        result = tap.run_sync(f"SELECT TOP 1 * FROM {table}")
        assert {column.name.lower() for column in tables[table].columns} == {name.lower() for name in result.fieldnames}
    assert len(tap.run_sync(f"SELECT TOP 3 * FROM {'ivoa.obscore' if name == 'obscore' else next(iter(tables))}")) > 0


def test_obscore_is_found_by_its_model_and_gives_rows() -> None:
    (resource,) = registry.search(datamodel="obscore_new", uat="optical-interferometry")
    rows = resource.get_service("tap").run_sync("SELECT TOP 5 obs_publisher_did FROM ivoa.obscore")
    assert len(rows) == 5


def test_what_people_read_of_a_resource(capsys: pytest.CaptureFixture[str]) -> None:
    (resource,) = registry.search(ivoid="ivo://oivo.example/jmdc")
    resource.describe(verbose=True)
    said = capsys.readouterr().out
    for word in ("JMDC, measured stellar diameters", "2016yCat.2345....0D", "ivo://oivo.example/jmdc"):
        assert word in said, said
    assert "operator@example.org" in resource.get_contact()
    assert resource.access_modes() >= {"conesearch", "tap#aux", "web"}
