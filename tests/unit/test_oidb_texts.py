"""Texts that people write into OiDB's pages: what is kept of a comment, what search engines are told."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.comments import LONGEST, clean_body
from ingest.archive.oidb_counts import Cell, Held, names_by_number
from ingest.citation.jsonld import dataset
from ingest.citation.people import Name
from ingest.citation.text import clean
from ingest.errors import MisuseError
from oidb_rd.pages import structured
from tests.build.works import work


@given(st.text(max_size=5000))
def test_a_comment_has_only_what_can_be_seen(text: str) -> None:
    try:
        body = clean_body(text)
    except MisuseError:
        return
    assert 0 < len(body) <= LONGEST
    assert body == body.strip()
    assert not [char for char in body if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs")]
    assert clean_body(body) == body


@pytest.mark.parametrize("text", ["", " \r\n\t", "\u200b\u202e", "x" * (LONGEST + 1), "\ud800"])
def test_a_comment_that_is_none(text: str) -> None:
    with pytest.raises(MisuseError):
        clean_body(text)


def test_a_comment_keeps_its_lines() -> None:
    assert clean_body(" a\r\nb \r\r c\x00\n") == "a\nb\n\n c"


HELD = Held(
    1,
    10,
    (
        Cell(2, "GRAVITY", "VLTI", "", 2020, 3, 59000.2, 59001.9),
        Cell(3, "", "VLTI", "", None, 5, None, None),
    ),
)


@given(st.text())
def test_no_text_ends_what_search_engines_are_told(text: str) -> None:
    inside = structured.json_text(dataset(work(title=text, description=(text,), creators=(Name(text),))))
    assert not set("<>&") & set(inside)
    assert json.loads(inside)["name"] == (clean(text) or "pionier_2020")


def test_what_a_collection_holds() -> None:
    assert (HELD.nb, HELD.levels, HELD.instruments, HELD.span) == (8, (2, 3), ("GRAVITY",), (59000.2, 59001.9))
    assert names_by_number(HELD.cells, lambda cell: str(cell.level)) == ("3", "2")
    assert Held(0, 0, ()).span is None
