"""Names of people: found, taken apart, never with an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.citation.identifiers import DOI, doi_of
from ingest.citation.people import is_orcid, names_of, people_of, take_apart

#: A name as it is told, and as bibliographies have it; None for organisations.
NAMES = {
    "Ada Example": "Example, Ada",
    "Example, Ada": "Example, Ada",
    "Jan van der Meer": "van der Meer, Jan",
    "María de la Cruz": "de la Cruz, María",
    "J.-B. Le Bouquin": "Le Bouquin, J.-B.",
    "Le Bouquin J.-B.": "Le Bouquin, J.-B.",
    "Lee JB": "Lee, JB",
    "Al Wootten": "Wootten, Al",
    "MERAND, ANTOINE": "MERAND, ANTOINE",
    "Madonna": "Madonna",
    "de la Cruz": "de la Cruz",
    "Smith, J., Jones, K.": "Smith, J., Jones, K.",
    "GRAVITY Collaboration": None,
    "ESO": None,
    "Observatoire de la Côte d’Azur": None,
    "JMMC archive team": None,
}


@pytest.mark.parametrize(("told", "inverted"), NAMES.items())
def test_a_name_is_taken_apart(told: str, inverted: str | None) -> None:
    name = take_apart(told)
    assert name.organisation is (inverted is None)
    assert name.inverted == (inverted or told)
    assert name.full == told
    if name.family:
        assert take_apart(name.inverted).direct == name.direct


@given(st.text())
def test_no_text_breaks_names(text: str) -> None:
    for name in people_of((text,)):
        assert name.full and "@" not in name.full
        assert name.inverted and name.direct


def test_addresses_are_nobodys_business() -> None:
    found = names_of("Ada Example <ada@example.org> / Bao (bao@example.org)", "bao@example.org / Ada Example", None)
    assert found == ("Ada Example", "Bao")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("0000-0002-1825-0097", True),
        ("0000-0001-5109-3700", True),
        ("0000-0002-1694-233X", True),
        ("0000-0002-1825-0098", False),
        ("0000-0002-1694-2330", False),
        ("0000-0002-1694-233x", False),
        ("0000000218250097", False),
        ("https://orcid.org/0000-0002-1825-0097", False),
        ("٠٠٠٠-0002-1825-0097", False),
        ("", False),
    ],
)
def test_orcid(text: str, good: bool) -> None:
    assert is_orcid(text) is good


def test_an_orcid_goes_with_its_person() -> None:
    found = people_of(("ADA Example / Bao Sample",), {"ada example": "0000-0002-1825-0097"})
    assert [name.orcid for name in found] == ["0000-0002-1825-0097", ""]


@given(st.text(min_size=1))
def test_a_doi_is_a_doi_whatever_the_collection_is_called(identifier: str) -> None:
    doi = doi_of("10.12345", "oidb", identifier)
    assert DOI.fullmatch(doi)
    assert doi == doi.lower() == doi_of("10.12345", "oidb", identifier)


def test_dois_differ_where_only_letters_case_does() -> None:
    assert doi_of("10.12345", "oidb", "PIONIER") != doi_of("10.12345", "oidb", "pionier")
    names = [f"collection {number}" for number in range(20_000)]
    assert len({doi_of("10.12345", "oidb", name) for name in names}) == len(names)
    # what was announced once is announced for ever
    assert doi_of("10.12345", "oidb", "sim_chara") == "10.12345/oidb.5pa8-39em"
