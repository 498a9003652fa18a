"""Axis limits that show the bulk of the data, whatever single values say.

May import numpy and the standard library.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Values are far out beyond this many times the distance between 5 and 95 per cent of all from there (Tukey's fence
#: has the same factor on quartiles, which visibilities at a few baselines would often cross).
_REACH = 1.5
#: Of the values that are not far out, all up to some hundreds, and all but some in ten thousand of more, per cent.
_BULK = (0.1, 99.9)
#: Half-heights of a phase axis, deg, with ticks that divide them well.
_PHASES = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 90.0, 120.0)
#: A whole turn, with room for the marks at its ends.
FULL_TURN = 190.0


def value_limits(value: Floats, error: Floats, *, from_zero: bool) -> tuple[float, float]:
    """Limits of an axis of values: all that is not far out, and its error bars as far as they are not.

    Parameters
    ----------
    value, error
        Shape (points,); errors may be NaN.
    from_zero
        Zero is on the axis unless the values are far from it for their spread.

    Returns
    -------
    low, high
        Finite, low < high; 0 and 1 when there is no value.
    """
    fence_low, fence_high = _fence(value)
    inside = (value >= fence_low) & (value <= fence_high)
    if not inside.any():
        return 0.0, 1.0
    value, error = value[inside], np.nan_to_num(error[inside], nan=0.0, posinf=0.0)
    lowest, highest = (float(limit) for limit in np.percentile(value, _BULK))
    # error bars take no more height than the points, or than what a typical one needs if the points are all alike
    typical = min(float(np.median(error)), float(np.abs(value).max()))
    span = max(highest - lowest, typical) or abs(highest) * 0.1 or 0.1
    low = max(lowest - span, float(np.percentile(value - error, _BULK[0])))
    high = min(highest + span, float(np.percentile(value + error, _BULK[1])))
    low, high = min(low, lowest), max(high, highest)
    if from_zero and 0 < low < 0.6 * high:
        low = 0.0
    if from_zero and 0.6 * low < high < 0:
        high = 0.0
    if from_zero and 0.75 < high < 1.0 and low >= 0:
        high = 1.0  # the visibility of a point
    return _padded(low, high, keep_low=low == 0.0)


def phase_limits(phase: Floats, error: Floats) -> tuple[float, float]:
    """Limits of an axis of phases in deg: symmetrical, the whole turn unless all but outliers are small."""
    if not phase.size:
        return -FULL_TURN, FULL_TURN
    bars = error[np.isfinite(error)]
    size = np.abs(phase)
    largest = float(size.max())
    # single points far outside of the others are counted, not shown
    typical = float(np.percentile(size, 98))
    typical += float(np.median(bars)) if bars.size else 0.0
    wanted = max(typical, largest if largest < 2 * typical else 0.0) * 1.05
    limit = next((limit for limit in _PHASES if wanted <= limit), FULL_TURN)
    return -limit, limit


def reach(value: Floats) -> float:
    """How far an axis from zero goes: to the largest value, unless that is far out."""
    if not value.size:
        return 1.0
    largest = float(value.max())
    usual = float(np.percentile(value, 95))
    end = largest if largest <= 5 * usual or usual <= 0 else 1.5 * usual
    return end * 1.06 or 1.0


def range_limits(value: Floats) -> tuple[float, float]:
    """Limits of an axis of positions: from the smallest to the largest value that are not far out."""
    low, high = _fence(value)
    inside = value[(value >= low) & (value <= high)]
    if not inside.size:
        return 0.0, 1.0
    return _padded(float(inside.min()), float(inside.max()))


def outside(value: Floats, limits: tuple[float, float]) -> int:
    """Number of values that an axis does not show."""
    low, high = min(limits), max(limits)
    return int(np.count_nonzero((value < low) | (value > high)))


def _fence(value: Floats) -> tuple[float, float]:
    if not value.size:
        return 0.0, 1.0
    low, high = (float(limit) for limit in np.percentile(value, (5, 95)))
    margin = _REACH * (high - low) + 0.02 * max(abs(low), abs(high))
    return low - margin, high + margin


def _padded(low: float, high: float, *, keep_low: bool = False) -> tuple[float, float]:
    size = high - low
    if size <= 1e-9 * max(abs(low), abs(high)):
        size = max(abs(low), abs(high)) * 0.2 or 0.2
        return low - size / 2, high + size / 2
    margin = 0.05 * size
    return (low - (margin * 0.5 if keep_low else margin)), high + margin
