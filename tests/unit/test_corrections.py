"""What people may put right: each field's good and bad values."""

import pytest

from ingest.corrections import FIELDS, CorrectionError, checked_correction

KEY = (0, "PIONIER", 57000)

GOOD = [
    ("progid", " 0102.C-0519(A) ", "0102.C-0519(A)"),
    ("dataproduct_category", "science", "SCIENCE"),
    ("quality_level", "4", "4"),
    ("target_name", "HD 1234", "HD 1234"),
    ("s_ra", "12.5", "12.5"),
    ("s_dec", "-90", "-90.0"),
    ("instrument_mode", "GRISM-H", "GRISM-H"),
    ("note", "", None),
    ("procsoft", "  ", None),
]
BAD = [
    ("dataproduct_category", "sciense"),
    ("quality_level", "6"),
    ("quality_level", "4.5"),
    ("quality_level", "²"),
    ("s_ra", "361"),
    ("s_ra", "-0.1"),
    ("s_ra", "nan"),
    ("s_ra", "inf"),
    ("s_ra", "12h"),
    ("s_ra", ""),
    ("s_dec", "90.1"),
    ("target_name", ""),
    ("target_name", "a\nb"),
    ("target_name", "a\0b"),
    ("target_name", "x" * 101),
    ("progid", "x" * 101),
    ("note", "line\u2028separator"),
]


@pytest.mark.parametrize(("field", "value", "stored"), GOOD)
def test_good_values(field: str, value: str, stored: str | None) -> None:
    granule = KEY if FIELDS[field].of_granule else None
    assert checked_correction(field, value, granule).value == stored


@pytest.mark.parametrize(("field", "value"), BAD)
def test_bad_values_name_field_and_file(field: str, value: str) -> None:
    with pytest.raises(CorrectionError) as error:
        checked_correction(field, value, KEY if FIELDS[field].of_granule else None, "a.fits")
    assert error.value.field == field
    assert error.value.place == "a.fits"


@pytest.mark.parametrize("field", ["id", "data_rights", "obs_release_date", "owner", "", "s_ra; DROP TABLE x"])
def test_other_fields_cannot_be_corrected(field: str) -> None:
    with pytest.raises(CorrectionError, match="cannot be corrected"):
        checked_correction(field, "x")


def test_scope() -> None:
    with pytest.raises(CorrectionError, match="belongs to the granule"):
        checked_correction("target_name", "HD 1")
    with pytest.raises(CorrectionError, match="belongs to the file"):
        checked_correction("progid", "x", KEY)
