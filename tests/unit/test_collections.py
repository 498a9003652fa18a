"""What can be said of a collection."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.collections import IDENTIFIER, KINDS, Collection, find_collection
from ingest.archive.connection import ArchiveError
from ingest.errors import MisuseError

GOOD = [
    "a", "A1", "J/A+A/545/A130", "J/ApJ/694/1085", "J/other/NewA/12.34", "II/311", "B/denis", "VII/233/xsc",
    "J/A&A/1/2", "pionier_2012-2013", "a b", "J/A+A", "a+", "2MASS", "v1.0", "a..b", "a" * 80,
]  # fmt: skip
BAD = [
    "", " ", ".", "..", "../x", "x/..", "x/../y", "x/./y", "x//y", "/x", "x/", "a\n", "a\nb", "a\tb", "a\0b", " a",
    "a ", "-a", "--help", "_a", "+a", "a.", "a'b", 'a"b', "a;b", "a<b", "a%2Fb", "a?b", "a#b", "a\\b", "é",
    "a" * 81, "a:b",
]  # fmt: skip


def described(identifier, **other):
    return Collection(**{"id": identifier, "name": "n", "title": "t"} | other)


@pytest.mark.parametrize("identifier", GOOD)
def test_good_identifier(identifier):
    assert described(identifier).id == identifier


@pytest.mark.parametrize("identifier", BAD)
def test_bad_identifier(identifier):
    with pytest.raises(MisuseError, match="cannot identify a collection"):
        described(identifier)


@given(st.from_regex(IDENTIFIER, fullmatch=True))
def test_no_identifier_climbs(identifier):
    assert len(identifier) <= 80 and identifier.isascii() and identifier.isprintable()
    assert not {"", ".", ".."} & set(identifier.split("/"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind(kind):
    assert described("a", kind=kind).kind == kind


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"kind": "Public"}, "public, simulation"),
        ({"kind": ""}, "no kind"),
        ({"name": " "}, "name and a title"),
        ({"title": ""}, "name and a title"),
        ({"article_bibcode": ""}, "bibcode"),
        ({"article_bibcode": "2012A&A...545A.130"}, "19 characters"),
        ({"article_bibcode": "2012A&A...545A.130LL"}, "19 characters"),
        ({"article_bibcode": "2012A&A...545A 130L"}, "19 characters"),
    ],
)
def test_bad_description(other, said):
    with pytest.raises(MisuseError, match=said):
        described("a", **other)


def test_good_bibcode():
    assert described("a", article_bibcode="2012A&A...545A.130L").article_bibcode == "2012A&A...545A.130L"


class Empty:
    """A cursor over an archive that has other collections than the one that is asked for."""

    def __init__(self, *known):
        self.known = known

    def execute(self, query, parameters=None):
        pass

    def fetchone(self):
        return None

    def fetchall(self):
        return [SimpleNamespace(id=identifier) for identifier in self.known]


@pytest.mark.parametrize(("known", "said"), [(("J/A+A/1/2", "demo"), "J/A+A/1/2, demo"), ((), "none yet")])
def test_unknown_collection(known, said):
    with pytest.raises(ArchiveError) as caught:
        find_collection(Empty(*known), "nothing")
    assert "'nothing'" in str(caught.value) and said in str(caught.value)


def test_the_owner_is_not_in_messages():
    assert "somebody" not in repr(described("a", owner="somebody"))
