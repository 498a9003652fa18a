"""What keeps the records from being published: every rule once, and a file that breaks none."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from ingest.registry.document import Document, Relation, Rights, load_document
from ingest.registry.rules import RELATIONS, examine, terms, unreachable
from ingest.settings import Settings, load_settings

TEMPLATE = Path(__file__).resolve().parents[3] / "registry/registry.toml"
SITE = {
    "OIVO_SITE_ORGANISATION": "Observatory of Somewhere",
    "OIVO_SITE_CONTACT_NAME": "The archive's team",
    "OIVO_SITE_CONTACT_EMAIL": "archive@observatory.org",
    "OIVO_SITE_AUTHORITY": "observatory.oi",
    "OIVO_SITE_BASE_URL": "https://vo.observatory.org",
}


def settings(tmp_path: Path, **changes: str) -> Settings:
    return load_settings(tmp_path / "missing.toml", {**SITE, **changes})


@pytest.fixture
def good() -> Document:
    document = load_document(TEMPLATE)
    return dataclasses.replace(
        document,
        creators=("Somebody, A.",),
        authority=dataclasses.replace(document.authority, title="Names of the observatory", description="Its names."),
        organisation=dataclasses.replace(
            document.organisation, homepage="https://www.observatory.org/", description="An observatory."
        ),
        contact=dataclasses.replace(document.contact, address="Hill 1, Town"),
        rights=Rights("CC-BY-4.0"),
    )


def test_a_good_file_has_no_trouble(tmp_path: Path, good: Document) -> None:
    assert examine(good, settings(tmp_path)) == []


def test_the_template_and_the_defaults_are_refused(tmp_path: Path) -> None:
    troubles = examine(load_document(TEMPLATE), load_settings(tmp_path / "missing.toml", {}))
    places = {(trouble.file, trouble.place) for trouble in troubles}
    assert {("oivo.toml", key) for key in ("site.authority", "site.base_url", "site.organisation")} <= places
    assert {("registry.toml", key) for key in ("creators[1]", "rights.licence", "contact.address")} <= places
    # each is said once, and nothing else is wrong with what we hand out
    assert len(troubles) == len(places) == 12
    assert all(word not in place for _, place in places for word in ("subjects", "bibcodes", "relations"))


@pytest.mark.parametrize(
    ("variable", "value", "place"),
    [
        ("OIVO_SITE_AUTHORITY", "oi.example", "site.authority"),
        ("OIVO_SITE_AUTHORITY", "localhost", "site.authority"),
        ("OIVO_SITE_BASE_URL", "http://localhost:8080", "site.base_url"),
        ("OIVO_SITE_BASE_URL", "http://127.0.0.1", "site.base_url"),
        ("OIVO_SITE_BASE_URL", "http://vo.example.org", "site.base_url"),
        ("OIVO_SITE_BASE_URL", "http://server", "site.base_url"),
        ("OIVO_SITE_BASE_URL", "", "site.base_url"),
        ("OIVO_SITE_CONTACT_EMAIL", "root@localhost", "site.contact_email"),
        ("OIVO_SITE_CONTACT_EMAIL", "a@b", "site.contact_email"),
        ("OIVO_SITE_CONTACT_EMAIL", "me@example.com", "site.contact_email"),
    ],
)
def test_bad_settings(tmp_path: Path, good: Document, variable: str, value: str, place: str) -> None:
    troubles = examine(good, settings(tmp_path, **{variable: value}))
    assert [(trouble.file, trouble.place) for trouble in troubles] == [("oivo.toml", place)]
    assert all(part for trouble in troubles for part in (trouble.problem, trouble.remedy))


#: Key of OiDB's section, value, where the trouble is.
BAD: list[tuple[str, Any, str]] = [
    ("title", " ", "oidb.title"),
    ("description", "", "oidb.description"),
    ("short_name", "Seventeen letters", "oidb.short_name"),
    ("short_name", "JMDC", "jmdc.short_name"),
    ("creators", ("A, B.; C, D.",), "oidb.creators[1]"),
    ("subjects", (), "oidb.subjects"),
    ("subjects", ("optical-interferometry", "Optical interferometry"), "oidb.subjects"),
    ("waveband", ("infrared",), "oidb.waveband"),
    ("content_level", ("Researcher",), "oidb.content_level"),
    ("type", ("archive",), "oidb.type"),
    ("reference_url", "ftp://archive.org/x", "oidb.reference_url"),
    ("reference_url", "http://localhost/oidb", "oidb.reference_url"),
    ("bibcodes", ("2016yCat.2345....0D", "2016A&A...589A.112"), "oidb.bibcodes[2]"),
    ("bibcodes", ("VizieR II/345",), "oidb.bibcodes[1]"),
    ("doi", "https://doi.org/10.1/x", "oidb.doi"),
    ("rights", Rights("CC-BY"), "oidb.rights.licence"),
    ("relations", (Relation("related-to", "Other", "ivo://other/x"),), "oidb.relations[1]"),
    ("relations", (Relation("Cites", "Other", "https://other.org"),), "oidb.relations[1]"),
    ("relations", (Relation("Cites", "", "ivo://other/x"),), "oidb.relations[1].title"),
    ("relations", (Relation("Cites", service="oidb"),), "oidb.relations[1]"),
    ("relations", (Relation("Cites", service="jmdc", title="JMDC"),), "oidb.relations[1]"),
]


@pytest.mark.parametrize(("key", "value", "place"), BAD, ids=[f"{key} {value}"[:50] for key, value, _ in BAD])
def test_bad_values(tmp_path: Path, good: Document, key: str, value: Any, place: str) -> None:
    oidb = dataclasses.replace(good.oidb, **{key: value})
    troubles = examine(dataclasses.replace(good, oidb=oidb), settings(tmp_path))
    assert [trouble.place for trouble in troubles] == [place], troubles
    assert troubles[0].problem and troubles[0].remedy and "registry.toml" in str(troubles[0])


@pytest.mark.parametrize(
    "bibcode", ["2016yCat.2345....0D", "2016A&A...589A.112C", "1974MNRAS.167..121H", "2014SPIE.9146E..0OH"]
)
def test_bibcodes(tmp_path: Path, good: Document, bibcode: str) -> None:
    oidb = dataclasses.replace(good.oidb, bibcodes=(bibcode,))
    assert examine(dataclasses.replace(good, oidb=oidb), settings(tmp_path)) == []


def test_relations_are_terms_of_the_vocabulary() -> None:
    assert terms("voresource/relationship_type") >= RELATIONS


@pytest.mark.parametrize(
    ("address", "ok"), [("https://vo.jmmc.fr", True), ("vo.jmmc.fr", False), ("http://[::1]/", False)]
)
def test_addresses(address: str, ok: bool) -> None:
    assert (unreachable(address) == "") is ok
