"""Axes show the bulk of the data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ingest.quicklook.limits import FULL_TURN, outside, phase_limits, range_limits, reach, value_limits

NONE = np.empty(0)


def test_a_single_absurd_value_does_not_set_the_axis():
    value = np.append(np.linspace(0.1, 0.9, 100), 1e10)
    low, high = value_limits(value, np.full(101, 0.01), from_zero=True)
    assert -0.1 <= low <= 0 and 0.9 < high < 1.2
    assert outside(value, (low, high)) == 1


def test_absurd_errors_do_not_set_the_axis():
    low, high = value_limits(np.linspace(0.1, 0.9, 10), np.full(10, 1e10), from_zero=True)
    assert -2 < low < high < 3


def test_errors_count_when_all_values_are_alike():
    low, high = value_limits(np.full(10, 0.5), np.full(10, 0.3), from_zero=True)
    assert low <= 0.2 and 0.8 <= high < 1.1


@pytest.mark.parametrize(("values", "zero"), [((0.2, 0.9), True), ((0.95, 1.0), False)])
def test_zero_is_shown_unless_the_values_are_far(values, zero):
    low, _ = value_limits(np.array(values), np.full(2, 0.001), from_zero=True)
    assert (low <= 0) is zero


@pytest.mark.parametrize(
    ("phases", "error", "limit"),
    [
        ([0.1, -0.2], 0.1, 1.0),
        ([0.0, 0.0], 4.0, 5.0),
        ([3.0, -8.0], 1.0, 10.0),
        ([170.0, -170.0], 1.0, FULL_TURN),
        ([0.0] * 99 + [100.0], 1.0, 2.0),
        ([1.0, 2.0], 1e10, FULL_TURN),
        ([], 0.0, FULL_TURN),
    ],
)
def test_phases(phases, error, limit):
    assert phase_limits(np.array(phases), np.full(len(phases), error)) == (-limit, limit)


def test_nothing_has_limits_too():
    assert value_limits(NONE, NONE, from_zero=True) == range_limits(NONE) == (0.0, 1.0)
    assert reach(NONE) == 1.0


numbers = st.floats(-1e30, 1e30) | st.floats(-1, 1)


@given(arrays(float, st.integers(1, 50), elements=numbers), st.booleans())
def test_limits_are_always_limits(value, from_zero):
    for error in (np.full(value.size, np.nan), np.abs(value[::-1])):
        for low, high in (
            value_limits(value, error, from_zero=from_zero),
            range_limits(value),
            phase_limits(np.mod(value, 360) - 180, error),
            (0.0, reach(np.abs(value))),
        ):
            assert np.isfinite([low, high]).all() and low < high
    low, high = range_limits(value)
    assert outside(value, (low, high)) < value.size
