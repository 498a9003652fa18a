"""Texts that people write into OiDB's pages: what is kept of a comment, what search engines are told."""

import json
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.comments import LONGEST, clean_body
from ingest.archive.oidb_counts import Cell, Held, names_by_number
from ingest.archive.oidb_pages import CollectionRecord
from ingest.errors import MisuseError
from oidb_rd.pages import structured


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


def record(**changes: object) -> CollectionRecord:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    facts = {
        "id": "a/b",
        "kind": "public",
        "name": "n",
        "title": "t",
        "description": "",
        "keywords": ("k",),
        "bibcode": None,
        "creator": "",
        "datapi": "",
        "co_pis": "",
        "release_date": None,
        "created": moment,
        "updated": moment,
        "owner": "owner@example.org",
        "retired": None,
        "retired_reason": "",
    }
    return CollectionRecord(**facts | changes)  # type: ignore[arg-type]


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
    facts = structured.dataset(
        record(title=text, description=text), HELD, [text], "https://a/b", ("s", "https://a"), {}
    )
    inside = structured.json_text(facts)
    assert not set("<>&") & set(inside)
    assert json.loads(inside)["name"] == text


def test_what_search_engines_are_told() -> None:
    article = record(bibcode="2000A&A...000....1X")
    facts = structured.dataset(article, HELD, [], "https://a/b", ("s", "https://a"), {})
    assert facts["temporalCoverage"] == "2020-05-31/2020-06-01"
    assert facts["citation"].endswith("/2000A%26A...000....1X")
    assert len(facts["description"]) >= 50
    assert "creator" not in facts
    assert "owner@example.org" not in json.dumps(facts)


def test_what_a_collection_holds() -> None:
    assert (HELD.nb, HELD.levels, HELD.instruments, HELD.span) == (8, (2, 3), ("GRAVITY",), (59000.2, 59001.9))
    assert names_by_number(HELD.cells, lambda cell: str(cell.level)) == ("3", "2")
    assert Held(0, 0, ()).span is None
