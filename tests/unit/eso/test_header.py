"""The card parser: every form and every quirk of headers, and that no text breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.eso.exposure import read_frame
from ingest.eso.header import Header, degrees_of_packed, every_card
from ingest.eso.keywords import KEYWORDS
from ingest.eso.model import Exposure, NotAnExposure
from ingest.eso.plain import HeaderError, plain_text
from tests.build import headers

MADE = headers.cards()
#: Lines that a header can have, and what is read of them.
LINES = {
    "no blank before the sign": ("HIERARCH ESO INS MODE='A'", "INS MODE", "A"),
    "blanks everywhere": ("  HIERARCH  ESO  INS   MODE   =   'A'", "INS MODE", "A"),
    "no HIERARCH": ("INS MODE = 'A'", "INS MODE", "A"),
    "slash in a string": ("HIERARCH ESO INS MODE = 'A/B $Rev: 1 $' / c / d", "INS MODE", "A/B $Rev: 1 $"),
    "quotes": ("HIERARCH ESO INS MODE = 'it''s ''so''' / c", "INS MODE", "it's 'so'"),
    "a quote first": ("HIERARCH ESO INS MODE = '''s' / c", "INS MODE", "'s"),
    "padded": ("HIERARCH ESO INS MODE = 'A       ' / c", "INS MODE", "A"),
    "not closed": ("HIERARCH ESO INS MODE = 'A", "INS MODE", "A"),
    "bare word": ("HIERARCH ESO INS MODE = A B / c", "INS MODE", "A B"),
    "longer than 80": (f"HIERARCH ESO INS MODE = '{'x' * 100}' / c", "INS MODE", "x" * 100),
    "not ASCII": ("HIERARCH ESO OBS NAME = 'Étoile' / µm", "OBS NAME", "Étoile"),
    "continued": ("HIERARCH ESO OBS NAME = 'ab&' / c\nCONTINUE  'cd&'\nCONTINUE  'ef' / c", "OBS NAME", "abcdef"),
    "number": ("HIERARCH ESO DET NDIT = 4. / c", "DET NDIT", "4."),
}


@pytest.mark.parametrize("kind", LINES)
def test_lines(kind):
    line, key, value = LINES[kind]
    assert Header.parse(f"SIMPLE  = T\n{line}\nEND\n").text(key) == value


NUMBERS = {
    "57643.37638351": 57643.37638351, "0.": 0.0, "-1.": -1.0, "-4.0E-05": -4e-5, "1.0D5": 1e5, "4": 4.0, "+3": 3.0,
    "'-223718.16'": -223718.16, ".5": 0.5,
    "T": None, "NaN": None, "inf": None, "'x'": None, "": None, "1e999": None,
}  # fmt: skip


@pytest.mark.parametrize("written", NUMBERS)
def test_numbers(written):
    header = Header.parse(f"SIMPLE  = T\nRA = {written} / c\nEND")
    assert header.number("RA") == NUMBERS[written]


@pytest.mark.parametrize("word", ["UNDEFINED", "NODEFAULT", "invalid value", "NONE", "UNKNOWN", "N/A", "", "        "])
def test_words_for_nothing(word):
    assert Header.parse(f"SIMPLE  = T\nHIERARCH ESO INS MODE = '{word}'\nEND").text("INS MODE") is None


FORMS = {
    "text": headers.text(MADE),
    "text without blanks behind": "\n".join(line.rstrip() for line in headers.text(MADE).splitlines()),
    "CRLF": headers.text(MADE, newline="\r\n"),
    "blocks": headers.blocks(MADE),
    "blocks and data": headers.blocks(MADE) + bytes(range(256)) * 20 + headers.blocks({"SIMPLE": True, "RA": 3.0}),
    "page": headers.page(MADE),
    "bytes of a page": headers.page(MADE).encode(),
    "Latin-1": headers.text({**MADE, "OBS NAME": "é"}).encode("latin-1"),
    "byte order mark": "\ufeff" + headers.text(MADE),
    "blank lines before": "\n\n" + headers.text(MADE),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(form):
    found = read_frame(FORMS[form])
    assert isinstance(found, Exposure)
    expected = read_frame(headers.text(MADE))
    assert (found.exp_id, found.stations, found.seeing) == (expected.exp_id, expected.stations, expected.seeing)
    assert found.header_id == f"GRAVI.{headers.TIME}"


def test_the_first_of_several_cards_counts_and_is_noted():
    found = read_frame(headers.text(MADE, [headers.card("OBJECT", "other"), headers.card("DEC", MADE["DEC"])]))
    assert found.object_label == "HD 1"
    assert found.findings == ("OBJECT has several cards that differ: the first counts",)


NO_HEADERS = {
    "nothing": ("", "begin with SIMPLE"),
    "text": ("Once upon a time", "begin with SIMPLE"),
    "error page": ("<html><body>Invalid format for dp_id</body></html>", "a page without a header"),
    "page with another pre": ("<html><pre>Traceback</pre></html>", "begin with SIMPLE"),
    "cut": (headers.text(MADE).rpartition("END")[0][:-200], "no END"),
    "cut page": (headers.page(MADE)[:1500], "no END"),
    "END in a comment only": ("SIMPLE  = T / the\nRA = 1. / END\n", "no END"),
    "ENDED": ("SIMPLE  = T\nENDED   = 1\n", "no END"),
    "binary": (bytes(range(256)), "begin with SIMPLE"),
}


@pytest.mark.parametrize("kind", NO_HEADERS)
def test_no_headers(kind):
    given_text, problem = NO_HEADERS[kind]
    with pytest.raises(HeaderError, match=problem) as raised:
        read_frame(given_text, name="some.hdr")
    assert raised.value.place == "some.hdr"


@given(st.text(), st.sampled_from(["", "SIMPLE  = T\n"]), st.sampled_from(["", "\nEND\n"]))
def test_no_text_breaks_it(text, before, after):
    try:
        assert isinstance(read_frame(before + text + after), Exposure | NotAnExposure)
    except HeaderError:
        assert not (before and after and "\r" not in text and text.isprintable())


@given(st.binary())
def test_no_bytes_break_it(content):
    try:
        read_frame(content)
    except HeaderError:
        return
    assert b"SIMPLE" in content


ESO = [key for key in KEYWORDS if " " in key]
VALUES = st.one_of(st.text(max_size=70), st.floats(), st.integers(), st.booleans())


@given(
    st.sampled_from(["GRAVITY", "MATISSE", "PIONIER", "AMBER", "MIDI"]),
    st.dictionaries(st.sampled_from(KEYWORDS[2:]), st.one_of(st.none(), VALUES), max_size=12),
)
def test_no_value_breaks_it(instrument, odd):
    made = headers.changed(headers.cards(instrument), odd)
    assert isinstance(read_frame(headers.text(made)), Exposure | NotAnExposure)


QUALITY = {f"QC PARAMETER{number}": 1.5 for number in range(400)}


@given(st.permutations(list({**headers.cards("PIONIER"), **QUALITY}.items())[1:]))
def test_the_order_of_cards_does_not_matter(shuffled):
    made = headers.cards("PIONIER")
    lines = [headers.card(key, value) for key, value in [("SIMPLE", True), *shuffled]]
    assert read_frame(headers.lines(lines)) == read_frame(headers.text(made))


@given(st.lists(st.tuples(st.sampled_from(ESO), st.text("AB'/ =&\"", max_size=20)), unique_by=lambda pair: pair[0]))
def test_strings_come_back(pairs):
    lines = [f"HIERARCH ESO {key} = {headers.shown(value)} / comment" for key, value in pairs]
    plain = plain_text("\n".join(["SIMPLE  = T", *lines, "END"]))
    header = Header.of_lines(plain)
    for key, value in pairs:
        assert header.word(key) == value.strip()
    assert Header.skim(plain, Header.top(plain)) == header


@pytest.mark.parametrize("place", [0.3, 0.6, 1.0])
def test_the_name_in_the_archive_may_stand_anywhere(place):
    made = headers.cards()
    archived = headers.card("ARCFILE", made.pop("ARCFILE"))
    lines = headers.text({**made, **QUALITY}).splitlines()[:-1]
    lines.insert(int(place * len(lines)), archived)
    plain = plain_text(headers.lines(lines))
    assert Header.skim(plain, Header.top(plain)) == Header.of_lines(plain)
    assert read_frame(headers.lines(lines)) == read_frame(headers.text(headers.cards()))


def test_every_card():
    text = "SIMPLE  = T / c\nCOMMENT a = b\nHIERARCH ESO PRO  TYPE = 'X/Y'\nHIERARCH ESO A = 1 / c\n\nEND"
    assert list(every_card(text))[::2] == [("SIMPLE", "T"), ("PRO TYPE", "X/Y")]
    assert ("A", "1") in every_card(text)


PACKED = {
    (52738.27, True): (5 + 27 / 60 + 38.27 / 3600) * 15,
    (13742.84, True): (1 + 37 / 60 + 42.84 / 3600) * 15,
    (38.27, True): 38.27 / 240,
    (112539.06, False): 11 + 25 / 60 + 39.06 / 3600,
    (-1234.5, False): -(12 / 60 + 34.5 / 3600),
    (-303000.0, False): -30.5,
    (0.0, True): 0.0,
    (6000.0, False): None,
    (61.0, True): None,
    (-100.0, True): None,
    (240000.0, True): None,
    (910000.0, False): None,
    (None, True): None,
}


@pytest.mark.parametrize(("number", "hours"), PACKED)
def test_packed_coordinates(number, hours):
    assert degrees_of_packed(number, hours=hours) == pytest.approx(PACKED[number, hours], abs=1e-9)
