"""DataCite's metadata, JSON-LD and signposts: complete, of the schema's words, the same in all forms."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.collections import KINDS
from ingest.citation.datacite import attributes, digest
from ingest.citation.datacite_xml import datacite_xml
from ingest.citation.forms import FORMS
from ingest.citation.jsonld import conditions, dataset
from ingest.citation.licences import licence
from ingest.citation.people import Name
from ingest.citation.signposts import MOST_ITEMS, link_header, linkset, signposts
from ingest.citation.subjects import subjects_of
from ingest.citation.text import clean
from ingest.citation.work import Download, Work
from ingest.settings import SETTINGS
from tests.build.works import granule, work
from tests.standins.datacite_rules import NAMESPACE, problems_of, problems_of_xml

BARE = {
    "doi": None, "contributors": (), "description": (), "keywords": (), "instruments": (), "facilities": (),
    "measured": (), "available": None, "observed": None, "nb_granules": 0, "nb_files": 0, "size": 0, "media_types": (),
    "programmes": (), "related": (), "alternates": (), "licence": None, "downloads": (), "items": (), "access": "none",
}  # fmt: skip
WORKS = {
    "collection": work(),
    "granule": granule(),
    "without a DOI": work(doi=None),
    "with next to nothing": work(**BARE),
    "withdrawn": work(withdrawn=datetime(2022, 1, 2, tzinfo=UTC), why_withdrawn="wrong"),
    "private": work(access="closed", items=()),
    "hostile": work(
        title="</title> & \x00\x0b\ud800 ]]> \u202e",
        creators=(Name("</creatorName>\ufffe"),),
        description=("<b>\x1b[31m</b>",),
        keywords=("&amp;", "</script>"),
        why_withdrawn="<!--",
        withdrawn=datetime(2022, 1, 2, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize("cited", WORKS.values(), ids=WORKS)
def test_metadata_follow_the_schema(cited: Work) -> None:
    told = attributes(cited)
    assert list(problems_of(told)) == []
    assert list(problems_of_xml(datacite_xml(told))) == []
    assert json.loads(json.dumps(told)) == told


def test_the_check_sees_what_is_wrong() -> None:
    good = attributes(work())
    for name, value in (
        ("creators", []), ("titles", [{"title": " "}]), ("publicationYear", "2020"), ("types", {}), ("publisher", "x"),
        ("dates", [{"date": "2020/13", "dateType": "Created"}]), ("dates", [{"date": "2020", "dateType": "Made"}]),
        ("relatedIdentifiers", [{"relatedIdentifier": "x", "relatedIdentifierType": "IVOID", "relationType": "Cites"}]),
        ("contributors", [{"name": "x", "contributorType": "Friend"}]),
    ):  # fmt: skip
        assert list(problems_of(good | {name: value})), name
    text = datacite_xml(good)
    for before, after in (
        ("publicationYear>2021", "publicationYear>MMXXI"), ("IsSupplementTo", "Supplements"),
        ("<version>", "<wersion>"), ("dateType", "kind"), ("<givenName>Ada</givenName>", ""),
        ("2020-05-01", "May 2020"), (">Diameters of bright stars<", "><"),
    ):  # fmt: skip
        assert before in text
        changed = text.replace(before, after)
        changed = changed.replace("</version>", "</wersion>") if "<wersion>" in changed else changed
        assert bool(list(problems_of_xml(changed))) is ("givenName" not in before), before


def test_datacite_attributes() -> None:
    told = attributes(work())
    assert told["creators"][0] == {
        "name": "Example, Ada",
        "nameType": "Personal",
        "givenName": "Ada",
        "familyName": "Example",
        "nameIdentifiers": [
            {
                "nameIdentifier": "https://orcid.org/0000-0002-1825-0097",
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            }
        ],
    }
    assert told["creators"][2] == {"name": "GRAVITY Collaboration", "nameType": "Organizational"}
    assert {(each["name"], each["contributorType"]) for each in told["contributors"]} == {
        ("Curator, Cem", "DataCurator"),
        ("Observatory of Examples", "HostingInstitution"),
    }
    assert {each["dateType"]: each["date"] for each in told["dates"]} == {
        "Created": "2020-05-01",
        "Updated": "2021-06-02",
        "Available": "2021-05-01/2021-05-03",
        "Collected": "2020-04-01/2020-04-03",
    }
    assert told["sizes"] == ["41 granules", "40 files", "123456 bytes"]
    assert told["rightsList"][1]["rightsIdentifier"] == "CC-BY-4.0"
    assert told["fundingReferences"] == [
        {"funderName": "European Southern Observatory", "awardNumber": "0104.C-0567(A)"}
    ]
    assert "identifiers" not in told
    assert attributes(work(doi=None))["identifiers"] == [{"identifier": work().url, "identifierType": "URL"}]


def test_xml_says_what_json_says() -> None:
    root = ET.fromstring(datacite_xml(attributes(work())).encode())
    told = attributes(work())

    def texts(path: str) -> list[str | None]:
        return [element.text for element in root.findall("/".join(NAMESPACE + part for part in path.split("/")))]

    assert texts("identifier") == [told["doi"]]
    assert texts("creators/creator/creatorName") == [each["name"] for each in told["creators"]]
    assert texts("subjects/subject") == [each["subject"] for each in told["subjects"]]
    assert texts("rightsList/rights") == [each["rights"] for each in told["rightsList"]]
    assert texts("descriptions/description") == [each["description"] for each in told["descriptions"]]
    assert texts("sizes/size") == told["sizes"]
    assert texts("fundingReferences/fundingReference/awardNumber") == ["0104.C-0567(A)"]
    assert root.find(f"{NAMESPACE}identifier").get("identifierType") == "DOI"  # type: ignore[union-attr]
    lonely = ET.fromstring(datacite_xml(attributes(work(doi=None))).encode())
    assert lonely.find(f"{NAMESPACE}identifier").get("identifierType") == "URL"  # type: ignore[union-attr]


def test_each_change_has_another_digest() -> None:
    changes: list[dict[str, Any]] = [
        {}, {"title": "x"}, {"year": 2022}, {"updated": datetime(2021, 6, 3, tzinfo=UTC)}, {"access": "closed"},
        {"keywords": ()}, {"licence": None}, {"size": 1}, {"url": "https://x.example"}, {"related": ()},
    ]  # fmt: skip
    assert len({digest(attributes(work(**change))) for change in changes}) == len(changes)
    # what is not told to DataCite changes nothing
    assert digest(attributes(work(downloads=(), items=()))) == digest(attributes(work()))


@pytest.mark.parametrize("cited", WORKS.values(), ids=WORKS)
def test_search_engines_find_all_they_want(cited: Work) -> None:
    """Required and recommended properties of Dataset Search, and what Bioschemas calls the minimum."""
    told = dataset(cited)
    assert told["@context"] == "https://schema.org/"
    assert told["@type"] == "Dataset"
    wanted = ("@id", "name", "description", "url", "identifier", "keywords", "creator", "publisher", "version")
    assert [name for name in wanted if not told.get(name)] == []
    assert 50 <= len(told["description"]) <= 5000
    assert all(agent["@type"] in ("Person", "Organization") and agent["name"] for agent in told["creator"])
    assert isinstance(told["isAccessibleForFree"], bool)
    assert told["conditionsOfAccess"]
    assert all({"encodingFormat", "contentUrl"} <= set(entry) for entry in told.get("distribution", []))


def test_json_ld_of_a_collection() -> None:
    told = dataset(work())
    assert told["@id"] == "https://doi.org/10.12345/oidb.5pa8-39em"
    assert told["identifier"][0]["value"] == "doi:10.12345/oidb.5pa8-39em"
    assert told["temporalCoverage"] == "2020-04-01/2020-04-03"
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert told["citation"] == ["https://ui.adsabs.harvard.edu/abs/2020A%26A...640A...1E"]
    assert told["creator"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert {"GRAVITY", "PIONIER"} <= {word for word in told["keywords"] if isinstance(word, str)}
    assert {"Binary stars", "Optical interferometry"} <= {
        word["name"] for word in told["keywords"] if not isinstance(word, str)
    }
    part = dataset(granule())["isPartOf"]
    assert part["@id"] == "https://doi.org/10.12345/oidb.5pa8-39em"


def test_private_data_are_said_to_be_private() -> None:
    told = dataset(work(access="closed", available=(date(2027, 1, 1), date(2027, 2, 1)), downloads=(), items=()))
    assert told["isAccessibleForFree"] is False
    assert "private until 2027-02-01" in told["conditionsOfAccess"]
    assert "distribution" not in told
    assert conditions(work(access="partly", available=None)).startswith("Some files are private for now")
    rights = {each["rights"] for each in attributes(work(access="closed"))["rightsList"]}
    assert "embargoed access" in rights
    assert "open access" not in rights


@given(st.text(), st.text())
def test_any_text_gives_metadata_of_the_schema(title: str, name: str) -> None:
    told = attributes(work(title=title, keywords=tuple(filter(clean, (name,)))))
    assert list(problems_of(told)) == []
    assert list(problems_of_xml(datacite_xml(told))) == []


def test_signposts() -> None:
    links = {(found.rel, found.href) for found in signposts(work())}
    assert {
        ("cite-as", "https://doi.org/10.12345/oidb.5pa8-39em"),
        ("type", "https://schema.org/Dataset"),
        ("type", "https://schema.org/AboutPage"),
        ("author", "https://orcid.org/0000-0002-1825-0097"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
        ("item", "https://vo.example.org/files/1/a.fits"),
        ("describedby", f"{work().url}/datacite.xml"),
    } <= links
    assert ("collection", work().url) in {(found.rel, found.href) for found in signposts(granule())}
    header = link_header(work())
    assert f'<{work().url}/linkset.json>; rel="linkset"; type="application/linkset+json"' in header
    assert 'rel="item"; type="application/fits"' in header


def test_many_files_are_in_the_link_set_only() -> None:
    many = tuple(
        Download(f"https://vo.example.org/files/{n}/a.fits", "application/fits") for n in range(MOST_ITEMS + 1)
    )
    large = work(items=many)
    assert 'rel="item"' not in link_header(large)
    forward, *back = json.loads(linkset(large))["linkset"]
    assert forward["anchor"] == large.url
    assert [found["href"] for found in forward["item"]] == [found.url for found in many]
    assert {"anchor": many[0].url, "collection": [{"href": large.url, "type": "text/html"}]} in back
    assert [found["href"] for found in forward["cite-as"]] == [large.permanent_url]


def test_forms_are_told_apart() -> None:
    assert len({form.name for form in FORMS}) == len({form.media_type for form in FORMS}) == len(FORMS)
    for form in FORMS:
        assert form.write(work())
        assert form.write(granule())


def test_keywords_of_the_thesaurus_have_its_addresses() -> None:
    found = {subject.text: subject.uri for subject in subjects_of(("binary STARS", "whatever", "whatever"))}
    assert found == {
        "Optical interferometry": "http://www.ivoa.net/rdf/uat#optical-interferometry",
        "Long baseline interferometry": "http://www.ivoa.net/rdf/uat#long-baseline-interferometry",
        "Binary stars": "http://www.ivoa.net/rdf/uat#binary-stars",
        "whatever": "",
    }


def test_licences() -> None:
    assert licence("") is None
    other = licence("etalab-2.0")
    assert other is not None
    assert other.url == "https://spdx.org/licenses/etalab-2.0.html"


def test_the_setting_knows_all_kinds_of_collections() -> None:
    check = next(setting.check for setting in SETTINGS if setting.key == "doi.kinds")
    assert check(" ".join(KINDS))
