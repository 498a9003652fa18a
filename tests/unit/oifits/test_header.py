"""Header cards."""

import pytest

from ingest.oifits.header import Header, clean_text

CARDS = [
    "SIMPLE  =                    T / conforms",
    "NAXIS   =                    2",
    "FREE    =12/ free format",
    "TEXT    = 'it''s /here/  '     / a comment",
    "OPEN    = 'no end",
    "EMPTY   = ''",
    "REAL    =             -1.5D+03",
    "REAL2   = .5",
    "COMPLEX = (1.0, -2)",
    "ODDPAIR = (1.0)",
    "UNDEF   =                      / nothing",
    "WORD    = hello",
    "BIG     = " + "9" * 65,
    "COMMENT   'not a value'",
    "HISTORY of it all",
    "TWICE   =                    1",
    "TWICE   =                    2",
    "HIERARCH ESO OBS PROG ID = '60.A-9257(E)' / programme",
    "HIERARCH ESO OBS PROG IDX = 'other'",
    "HIERARCH ESO PRO SCIENCE =T",
    "HIERARCH NO VALUE",
    "CTRL    = 'a\x01b\x00c'",
]
HEADER = Header(b"".join(card.ljust(80).encode("latin-1") for card in CARDS))


@pytest.mark.parametrize(
    ("keyword", "kind", "value"),
    [
        ("SIMPLE", "L", True),
        ("NAXIS", "I", 2),
        ("FREE", "I", 12),
        ("TEXT", "A", "it's /here/"),
        ("OPEN", "A", "no end"),
        ("EMPTY", "A", ""),
        ("REAL", "R", -1500.0),
        ("REAL2", "R", 0.5),
        ("COMPLEX", "C", 1 - 2j),
        ("ODDPAIR", "U", None),
        ("UNDEF", "U", None),
        ("WORD", "U", None),
        ("BIG", "I", int("9" * 65)),
        ("TWICE", "I", 1),
        ("HIERARCH ESO OBS PROG ID", "A", "60.A-9257(E)"),
        ("HIERARCH ESO PRO SCIENCE", "L", True),
        ("HIERARCH NO VALUE", None, None),
        ("HIERARCH ESO OBS PROG", None, None),
        ("GONE", None, None),
    ],
)
def test_values(keyword, kind, value):
    assert (HEADER.kind(keyword), HEADER.value(keyword)) == (kind, value)
    assert (keyword in HEADER) == (kind is not None)


def test_a_card_without_equals_sign_has_no_value():
    assert "HISTORY" in HEADER
    assert (HEADER.kind("HISTORY"), HEADER.integer("COMMENT"), HEADER.text("COMMENT")) == (None, None, None)


def test_values_of_one_type():
    assert (HEADER.text("TEXT"), HEADER.text("NAXIS"), HEADER.text("GONE")) == ("it's /here/", None, None)
    assert (HEADER.integer("NAXIS"), HEADER.integer("SIMPLE"), HEADER.integer("REAL")) == (2, None, None)
    assert (HEADER.real("NAXIS"), HEADER.real("REAL"), HEADER.real("SIMPLE")) == (2.0, -1500.0, None)
    assert HEADER.text("CTRL") == "a b"


def test_cards_keep_their_order_text_and_comment():
    cards = list(HEADER.cards())
    assert [card.image.rstrip() for card in cards] == [card.rstrip() for card in CARDS]
    assert (cards[0].keyword, cards[0].comment) == ("SIMPLE", "conforms")
    assert cards[3].comment == "a comment"
    assert (cards[14].keyword, cards[14].kind, cards[14].comment) == ("HISTORY", "", "of it all")
    assert (cards[17].keyword, cards[17].value) == ("HIERARCH ESO OBS PROG ID", "60.A-9257(E)")
    assert (cards[20].keyword, cards[20].kind) == ("HIERARCH", "")


@pytest.mark.parametrize(
    ("raw", "text"), [(b" a ", "a"), (b"a\0b", "a"), (b"\x07", ""), (b"\xe9ta", "éta"), (b"a\x85b\x7f", "a b")]
)
def test_clean_text(raw, text):
    assert clean_text(raw) == text
