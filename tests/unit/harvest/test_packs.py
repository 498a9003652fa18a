"""Texts survive packing, lines survive COPY's text form."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.copying import copy_line
from ingest.archive.packs import PACK_BYTES, digest_of, pack_texts, unpack


@given(st.lists(st.binary(max_size=2000), max_size=30))
def test_every_text_is_where_its_place_says(texts):
    packs, places = pack_texts(texts)
    contents = [unpack(pack.content) for pack in packs]
    assert [contents[place.pack][place.offset :][: place.length] for place in places] == texts
    assert sum(pack.members for pack in packs) == len(texts)


def test_packs_have_a_limit():
    texts = [bytes([number]) * (PACK_BYTES // 3) for number in range(7)] + [b"x" * (2 * PACK_BYTES)]
    packs, places = pack_texts(texts)
    assert [pack.members for pack in packs] == [3, 3, 1, 1]
    assert [len(unpack(packs[place.pack].content)) >= place.offset + place.length for place in places] == [True] * 8


def test_digests_tell_texts_apart():
    assert digest_of(b"a") == digest_of(b"a") != digest_of(b"b")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (None, "\\N"),
        ("", ""),
        ("a b", "a b"),
        ("a\tb\nc\rd\\e", "a\\tb\\nc\\rd\\\\e"),
        ("\\N", "\\\\N"),
        ("nul\0", "nul"),
        ("\ud800", "?"),
        (1, "1"),
        (True, "True"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (float("nan"), "\\N"),
        (float("inf"), "\\N"),
        ((), "[]"),
        (("a'b", 'c"d\n'), '["a\'b", "c\\\\"d\\\\n"]'),
        (b"\x00\xff", "\\\\x00ff"),
        (datetime(2014, 9, 25, 1, 2, 3, tzinfo=UTC), "2014-09-25T01:02:03+00:00"),
    ],
)
def test_fields_of_copy(value, field):
    assert copy_line([value, 5]) == f"{field}\t5\n"


@given(st.lists(st.text() | st.none(), min_size=1))
def test_a_row_is_one_line_of_so_many_fields(values):
    line = copy_line(values)
    assert line.endswith("\n") and line.count("\n") == 1 and "\r" not in line
    assert len(line[:-1].split("\t")) == len(values)
