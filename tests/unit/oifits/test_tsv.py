"""The text that is compared with the reference."""

import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.oifits import granules_of, read_oifits, write_tsv
from ingest.oifits.tsv import HEADER, java_double
from tests.build.oifits import data, file, plain, target, wavelength


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (600.0, "600.0"),
        (0.001, "0.001"),
        (59353.062217027415, "59353.062217027415"),
        (1.972727204702096e-06, "1.972727204702096E-6"),
        (1e-5, "1.0E-5"),
        (-2e-5, "-2.0E-5"),
        (9999999.5, "9999999.5"),
        (1e7, "1.0E7"),
        (1.23456789e22, "1.23456789E22"),
        (5e-324, "5.0E-324"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
    ],
)
def test_java_double(value, text):
    assert java_double(value) == text


@given(st.floats(allow_nan=False))
def test_java_double_tells_the_value(value):
    assert float(java_double(value)) == value


def test_write_tsv():
    stream = io.StringIO()
    granules = granules_of(read_oifits(plain()))
    odd = granules_of(
        read_oifits(file(target((" ",), ra=(math.nan,)), wavelength(), data(arrname=None, int_time=-1e-9)))
    )
    assert write_tsv([("a.fits", granules[0]), ("b.fits", odd[0])], stream) == 2
    header, first, second = stream.getvalue().splitlines()
    assert header.split("\t") == list(HEADER)
    assert first.split("\t")[:5] == ["a.fits", "HD 1", "10.0", "-20.0", "60.0"]
    assert second.split("\t")[:5] == ["b.fits", "", "NaN", "-20.0", "-1.0E-9"]
    assert len(first.split("\t")) == len(second.split("\t")) == 16


def test_header_is_that_of_the_reference():
    assert "\t".join(HEADER) == (
        "file\ttarget_name\ts_ra\ts_dec\tt_exptime\tt_min\tt_max\tem_res_power\tem_min\tem_max\tfacility_name\t"
        "instrument_name\tnb_vis\tnb_vis2\tnb_t3\tnb_channels"
    )
