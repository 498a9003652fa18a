"""Nights and integration times."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.oifits.times import MAX_INTEGRATION, common_night, local_night, nights_of, total_integration

SECOND = 1 / 86400

mjds = st.floats(40000, 60000)
durations = st.floats(0.1, 3600)


@given(st.lists(st.floats(width=64), min_size=1, max_size=8))
def test_common_night_agrees_with_nights(values):
    mjd = np.array(values)
    common = common_night(mjd)
    nights = set(nights_of(mjd).tolist())
    if common is not None:
        assert nights == {common}
    elif len(nights) == 1:
        assert not np.all(np.abs(mjd) < 2**31 - 1)


def test_no_rows_have_no_night():
    assert common_night(np.empty(0)) is None


@pytest.mark.parametrize(
    ("mjd", "longitude", "night"),
    [
        (51544.0, 0.0, date(1999, 12, 31)),  # 2000-01-01 0 h at Greenwich
        (51544.49, 0.0, date(1999, 12, 31)),
        (51544.5, 0.0, date(2000, 1, 1)),
        (51544.5, -70.4, date(1999, 12, 31)),
        (51544.0, 149.5, date(1999, 12, 31)),
        (51544.4, 149.5, date(2000, 1, 1)),
        (math.nan, 0.0, None),
        (math.inf, 0.0, None),
        (2451544.5, 0.0, None),
        (0.0, 0.0, None),
    ],
)
def test_local_night(mjd, longitude, night):
    assert local_night(mjd, longitude) == night


@pytest.mark.parametrize(
    ("starts", "int_times", "total"),
    [
        ((0,), (60,), 60),
        ((0, 0, 0), (60, 60, 60), 60),
        ((0, 300), (60, 60), 120),
        ((300, 0), (60, 60), 120),
        ((0, 60), (60, 60), 120),
        ((0, 30), (60, 60), 90),
        ((0, 10), (60, 20), 60),
        ((0, 0), (60, math.nan), 60),
        ((0, 0), (60, MAX_INTEGRATION * 1.01), 60),
        ((0, math.nan), (60, 60), 60),
        ((0,), (0,), None),
        ((0,), (-1,), None),
        ((0,), (math.inf,), None),
        ((math.inf,), (60,), None),
        ((), (), None),
    ],
)
def test_total_integration(starts, int_times, total):
    int_time = np.array(int_times, float)
    mjd = 55000.0 + (np.array(starts, float) + int_time / 2 if len(starts) else np.empty(0)) * SECOND
    mjd[np.isnan(int_time)] = 55000.0
    found = total_integration(mjd, int_time)
    assert found == (None if total is None else pytest.approx(total, abs=1e-4))


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 300)), min_size=1, max_size=20), st.randoms())
def test_total_integration_is_the_number_of_seconds_covered(exposures, random):
    covered = {second for start, length in exposures for second in range(start, start + length)}
    rows = exposures * 3
    random.shuffle(rows)
    int_time = np.array([length for _, length in rows], float)
    mjd = 55000 + (np.array([start for start, _ in rows]) + int_time / 2) * SECOND
    assert total_integration(mjd, int_time) == pytest.approx(len(covered), abs=1e-3)


@given(st.lists(st.tuples(mjds, durations), min_size=1, max_size=10))
def test_total_integration_is_between_the_longest_and_the_sum(exposures):
    mjd, int_time = np.array(exposures).T
    total = total_integration(mjd, int_time)
    assert total >= int_time.max() - 1e-3
    assert total <= int_time.sum() + 1e-3
