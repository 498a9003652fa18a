"""Times: nights and the total integration time.

May import numpy and the standard library. R numbers are the rules of the reference that oivo agrees with.
"""

import math
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SECONDS_PER_DAY = 86400.0
#: Night of rows without MJD (R4: what a NaN becomes as a 32-bit integer in the reference).
NO_NIGHT = -(2**31)
_LAST_NIGHT = 2**31 - 1

#: Longest INT_TIME believed, s. A row has one (u, v), which the Earth turns by 60 degrees in four hours. PIONIER files
#: of 2012 and 2013 write 2e4 to 1.6e6 s for exposures of minutes; the largest other value in 103 real files is 600 s.
MAX_INTEGRATION = 4 * 3600.0

#: The MJDs that the OIFITS checks take for real (GENERIC_MJD_RANGE): 1933 to 2150. A Julian date is not among them.
MJD_RANGE = (27073.5, 106332.5)
_MJD_ZERO = date(1858, 11, 17)


def nights_of(mjd: Floats) -> Integers:
    """Night of each row, floor(MJD + 0.5): from UT noon to UT noon (R4).

    Parameters
    ----------
    mjd
        Modified Julian dates, d, shape (rows,).

    Returns
    -------
    nights
        MJD of the midnight in the night, shape (rows,); NaN gives `NO_NIGHT`, what does not fit in 32 bits
        the nearest that does.
    """
    with np.errstate(invalid="ignore"):
        nights = np.nan_to_num(np.floor(mjd + 0.5), nan=NO_NIGHT, posinf=_LAST_NIGHT, neginf=NO_NIGHT)
        return np.asarray(nights.clip(NO_NIGHT, _LAST_NIGHT), np.int64)


def common_night(mjd: Floats) -> int | None:
    """Night that all rows share; None when there are several, or none, or rows without MJD."""
    if not mjd.size:
        return None
    first, last = float(mjd.min()), float(mjd.max())
    if not (abs(first) < _LAST_NIGHT and abs(last) < _LAST_NIGHT):
        return None
    night = math.floor(first + 0.5)
    return night if night == math.floor(last + 0.5) else None


def local_night(mjd: float, longitude: float) -> date | None:
    """Date of the evening of the night that holds a moment, from local noon to local noon.

    Local is the mean solar time of the array, UT + longitude / 15 h.

    Parameters
    ----------
    mjd
        Moment, d.
    longitude
        Of the array, degrees east.

    Returns
    -------
    date or None
        None when the moment is no date of an observation (outside `MJD_RANGE`).
    """
    if not MJD_RANGE[0] <= mjd <= MJD_RANGE[1]:
        return None
    return _MJD_ZERO + timedelta(days=math.floor(mjd + longitude / 360.0 - 0.5))


def believable(int_time: Floats) -> NDArray[np.bool_]:
    """Which INT_TIMEs are durations: over 0 and up to `MAX_INTEGRATION`, s."""
    return np.asarray((int_time > 0.0) & (int_time <= MAX_INTEGRATION))


def total_integration(mjd: Floats, int_time: Floats) -> float | None:
    """Time on target that a set of rows covers.

    Each row integrated from MJD - INT_TIME/2 to MJD + INT_TIME/2 (MJD is the middle of the integration in both
    versions of OIFITS). The total is the length of the union of these intervals: an exposure counts once however many
    baselines, triangles and tables record it, also when they give its middle some seconds apart (GRAVITY does), and
    the total never exceeds the elapsed time. For exposures that do not overlap it is the sum of INT_TIME over
    the distinct (MJD, INT_TIME). This is the support of the time axis, which is what ObsCore 1.1 means by t_exptime
    (utype Char.TimeAxis.Coverage.Support.Extent).

    Parameters
    ----------
    mjd, int_time
        d and s, shape (rows,). Rows without MJD or with an INT_TIME that is not `believable` are left out.

    Returns
    -------
    float or None
        s; None when no row is left.
    """
    with np.errstate(invalid="ignore"):
        used = believable(int_time) & (np.abs(mjd) < _LAST_NIGHT)
    if not used.all():
        mjd, int_time = mjd[used], int_time[used]
    if not mjd.size:
        return None
    middle = (mjd - mjd[0]) * SECONDS_PER_DAY
    start, end = middle - int_time / 2, middle + int_time / 2
    order = start.argsort()
    start, end = start[order], np.maximum.accumulate(end[order])
    gaps = start[1:] - end[:-1]
    return float(end[-1] - start[0] - gaps[gaps > 0].sum())
