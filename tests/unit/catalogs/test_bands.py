"""Wavelengths out of the catalogue's free texts; every form that the edition of 2017 has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogs.bands import BAND_LETTERS, METHODS, fits_code, wavelengths_of

K, H = (1.995, 2.385), (1.476, 1.784)

READ = {
    "K": (*K, True),
    "K'": (*K, True),
    "H'": (*H, True),
    "H or K ?": (H[0], K[1], False),
    "B?": (0.391, 0.481, False),
    "U B R": (0.333, 0.720, True),
    "U,B,R": (0.333, 0.720, True),
    "V (eye)": (0.502, 0.587, True),
    "L Band": (3.214, 3.686, True),
    "b": (0.458, 0.476, True),
    "Halpha": (0.6563, 0.6563, True),
    "2.2": (2.2, 2.2, True),
    "11": (11, 11, True),
    "8-13": (8, 13, True),
    "0.6-0.8": (0.6, 0.8, True),
    "550 to 850": (0.55, 0.85, True),
    "550-850 nm": (0.55, 0.85, True),
    "800nm": (0.8, 0.8, True),
    "700 nm": (0.7, 0.7, True),
    "903": (0.903, 0.903, True),
    "4430A": (0.443, 0.443, True),
    "4430 Å": (0.443, 0.443, True),
    "441.6nm": (0.4416, 0.4416, True),
    "y=547nm": (0.547, 0.547, True),
    "2.2µm": (2.2, 2.2, True),
}


@pytest.mark.parametrize("text", READ)
def test_read(text):
    found = wavelengths_of(text)
    assert (found.low, found.high, found.certain) == READ[text]


@pytest.mark.parametrize("text", ["", "various", "?", "X", "0", "99999999", "-3", "K2.2", "1e5", "nm"])
def test_tells_nothing(text):
    assert wavelengths_of(text) is None


@given(st.text(max_size=20))
def test_never_crashes(text):
    found = wavelengths_of(text)
    assert found is None or 0.1 <= found.low <= found.high <= 100


@pytest.mark.parametrize("code", BAND_LETTERS)
def test_a_letter_fits_its_own_code(code):
    assert fits_code(wavelengths_of(BAND_LETTERS[code]), code)


@pytest.mark.parametrize(
    ("text", "code", "fits"), [("2.2", 8, True), ("K", 7, False), ("4430A", 2, True), ("y", 5, False)]
)
def test_bands_against_codes(text, code, fits):
    assert fits_code(wavelengths_of(text), code) is fits


def test_codes_of_the_catalogue():
    assert METHODS[1].startswith("optical") and METHODS[2].startswith("lunar") and METHODS[3].startswith("intensity")
    assert (BAND_LETTERS[1], BAND_LETTERS[8], BAND_LETTERS[11], len(BAND_LETTERS)) == ("U", "K", "N", 12)
