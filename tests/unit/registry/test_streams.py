"""The RD of the streams: well-formed whatever the operator writes, without placeholders, open only when published."""

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from ingest.home import Home
from ingest.instance import registering
from ingest.instance.dachs import Dachs
from ingest.instance.registry import Registry
from ingest.registry.coverage import Facts, TestQuery
from ingest.registry.document import Document, News, load_document
from ingest.registry.rules import Trouble
from ingest.registry.streams import Site, identifier, streams

TEMPLATE = Path(__file__).resolve().parents[3] / "registry/registry.toml"
SITE = Site("observatory.oi", "oi", "Observatory", published=True)
FACTS = Facts("6/1-3", ((53000.0, 53001.5),), ((1e-19, 2e-19),), TestQuery(10.5, -3.25, 0.05), date(2026, 5, 1))


@pytest.fixture
def document() -> Document:
    return load_document(TEMPLATE)


def stream(text: str, name: str) -> Any:
    (found,) = etree.fromstring(text).xpath("STREAM[@id=$name]", name=name)
    return found


def metas(found: Any, key: str) -> list[str]:
    return [meta.text for meta in found.iter("meta") if meta.get("name").lstrip("!") == key]


def test_placeholders_are_left_out(document: Document) -> None:
    text = streams(document, {}, SITE)
    assert "&lt;" not in text
    assert metas(stream(text, "oidb"), "creator") == ["Observatory"]
    assert metas(stream(text, "oidb"), "rights") == []


def test_what_the_data_say(document: Document) -> None:
    text = streams(document, {"oidb": FACTS}, SITE)
    coverage = stream(text, "oidb").find("coverage")
    assert [part.text for part in coverage] == ["6/1-3", "53000.00000 53001.50000", "1e-19 2e-19"]
    service = stream(text, "oidb-service")
    assert [metas(service, f"testQuery.{key}") for key in ("ra", "dec", "sr")] == [["10.5"], ["-3.25"], ["0.05"]]
    assert metas(service, "_dataUpdated") == ["2026-05-01T00:00:00Z"]
    assert stream(text, "jmdc").find("coverage") is None
    assert metas(stream(text, "jmdc-service"), "testQuery.sr") == ["180"]


@pytest.mark.parametrize("published", [True, False])
def test_all_records_are_inactive_until_published(document: Document, published: bool) -> None:
    text = streams(document, {}, dataclasses.replace(SITE, published=published))
    wanted = "active" if published else "inactive"
    assert len(metas(etree.fromstring(text), "status")) == len(document.services) + 3
    assert set(metas(etree.fromstring(text), "status")) == {wanted}


def test_a_service_that_is_not_registered(document: Document) -> None:
    text = streams(dataclasses.replace(document, jmdc=dataclasses.replace(document.jmdc, registered=False)), {}, SITE)
    sets = {part.get("render"): part.get("sets") for part in stream(text, "jmdc-service").iter("publish")}
    assert sets == {"form": "local"}
    assert "ivo_managed" in {part.get("sets") for part in stream(text, "oidb-service").iter("publish")}


def test_hostile_texts_stay_texts(document: Document) -> None:
    evil = """</meta><!-- & "x" 'y' <b> ]]>"""
    oidb = dataclasses.replace(document.oidb, description=evil, title=evil, news=(News(date(2026, 1, 1), evil, evil),))
    found = stream(streams(dataclasses.replace(document, oidb=oidb), {}, SITE), "oidb")
    assert metas(found, "title") == metas(found, "description") == metas(found, "_news") == [evil]


def test_relations_between_services_follow_the_authority(document: Document) -> None:
    (relation,) = [
        meta for meta in stream(streams(document, {}, SITE), "oidb").iter("meta") if meta.get("name") == "isDerivedFrom"
    ]
    assert relation.get("ivoId") == identifier("observatory.oi", "obsportal") == "ivo://observatory.oi/obsportal"


def test_records_that_are_not_valid_are_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry(Home(tmp_path))
    trouble = Trouble("the site", "a record", "is not valid", "mend it")
    registered: list[str] = []
    monkeypatch.setattr(Registry, "ask_data", lambda self: {"oidb": FACTS})
    monkeypatch.setattr(Dachs, "register", lambda self: registered.append(registry.written()))
    monkeypatch.setattr(registering, "examine", lambda document, settings: [])
    registry.folder.mkdir(parents=True)
    (tmp_path / "dachs/etc").mkdir()
    registry.write({})
    before = registry.written()

    monkeypatch.setattr(registering, "examine_records", lambda home: [trouble])
    assert registering.publish(Home(tmp_path)) == [trouble]
    assert registry.published is None and registry.written() == before == registered[-1]
    assert len(registered) == 2 and 'name="status">active' in registered[0]

    monkeypatch.setattr(registering, "examine_records", lambda home: [])
    assert registering.publish(Home(tmp_path)) == []
    assert registry.published is not None and 'name="status">active' in registry.written()
    assert registry.known_facts() == {"oidb": FACTS}
    registering.withdraw(Home(tmp_path))
    assert registry.published is None and 'name="status">inactive' in registered[-1]
