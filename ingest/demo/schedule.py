"""When a target can be observed: at night, and high enough.

May import `ingest.stations` and `ingest.errors`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ingest.demo.stars import Star
from ingest.errors import OivoError
from ingest.stations import Array, altitude, apparent_place

#: Lowest altitude of a target and highest of the Sun (nautical twilight), degrees. The target's bound is 30 degrees;
#: the margin is for the grid of times.
LOWEST_TARGET = 31.5
HIGHEST_SUN = -12.0

_STEP = 6 / 1440
_MJD_ZERO = date(1858, 11, 17)
_TURNS_PER_DAY = 1.00273781191135448

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Request:
    """What to find time for."""

    #: All are to be up for all of the time.
    stars: tuple[Star, ...]
    #: Nights to choose from, as MJD (UTC) of the first and the last local midnight's date.
    first: int
    last: int
    #: Points in a night, and minutes between them.
    points: int
    cadence: float
    nights: int = 1
    #: The points are to lie on both sides of UT noon.
    across_noon: bool = False


def mjd_of(day: date) -> int:
    """MJD of a day's beginning (UTC)."""
    return (day - _MJD_ZERO).days


def date_of(mjd: float) -> date:
    """Day (UTC) of a MJD."""
    return _MJD_ZERO + timedelta(days=int(mjd // 1))


def schedule(array: Array, request: Request, rng: np.random.Generator) -> Vector:
    """Choose the times of the points.

    Parameters
    ----------
    array
        Where the observer is.
    request
        What is to be observed.
    rng
        Chooses among the nights, and the hour angle.

    Returns
    -------
    Vector
        MJD (UTC), shape (nights, points), ascending.

    Raises
    ------
    OivoError
        When there are not enough nights in which the targets are up long enough.
    """
    times = _grid(array.longitude, request.first, request.last)
    length = int(np.ceil((request.points - 1) * request.cadence / 1440 / _STEP)) + 2
    possible = sliding_window_view(_observable(array, request.stars, times), length, axis=1).all(axis=-1)
    middle = sliding_window_view(times, length, axis=1).mean(axis=-1)
    if request.across_noon:
        distance = np.abs(middle % 1 - 0.5)
        possible &= distance < 0.3 * length * _STEP
    else:
        distance = np.abs(_hour_angle(array, request.stars[0], middle) - rng.uniform(-0.3, 0.3))
    distance = np.where(possible, distance, np.inf)
    nights = np.flatnonzero(np.isfinite(distance).any(axis=1))
    if len(nights) < request.nights:
        names = ", ".join(star.name for star in request.stars)
        raise OivoError(
            f"{names} cannot be observed for {length * _STEP * 24:.1f} h in {request.nights} nights "
            f"between {date_of(request.first)} and {date_of(request.last)}",
            place=array.name,
        )
    chosen = nights[int(rng.integers(len(nights) - request.nights + 1)) :][: request.nights]
    begin = times[chosen, np.argmin(distance[chosen], axis=1)]
    jitter = rng.uniform(0, _STEP, size=request.nights)
    mjd: Vector = (begin + jitter)[:, np.newaxis] + np.arange(request.points) * (request.cadence / 1440)
    return mjd


def _grid(longitude: float, first: int, last: int) -> Vector:
    """Times within 6.5 hours of the local midnights; MJD, shape (nights, times)."""
    midnights = np.arange(first, last + 1) - longitude / 360
    times: Vector = midnights[:, np.newaxis] + np.arange(-65, 66) * _STEP
    return times


def _observable(array: Array, stars: Sequence[Star], times: Vector) -> NDArray[np.bool_]:
    """Tell when it is night and all stars are up."""
    up = sun_altitude(array, times) < HIGHEST_SUN
    for star in stars:
        _, declination = apparent_place(array.longitude, star.ra, star.dec, times.mean())
        up &= altitude(array.latitude, _hour_angle(array, star, times), declination) > LOWEST_TARGET
    return up


def _hour_angle(array: Array, star: Star, times: Vector) -> Vector:
    """Hour angles in radians, from the star's place of date in the middle: good to an arcminute within a year or two.

    One place instead of one for each time: 0.1 ms instead of 0.4 s for a year's grid.
    """
    middle = float(times.mean())
    hour_angle, _ = apparent_place(array.longitude, star.ra, star.dec, middle)
    turned: Vector = hour_angle + 2 * np.pi * _TURNS_PER_DAY * (times - middle)
    return (turned + np.pi) % (2 * np.pi) - np.pi


def sun_altitude(array: Array, times: Vector) -> Vector:
    """Altitude of the Sun in degrees.

    Astronomical Almanac, section C, low precision formulas: 0.01 degrees between 1950 and 2050.
    """
    days = times - 51544.5
    longitude = np.radians(280.460 + 0.9856474 * days)
    anomaly = np.radians(357.528 + 0.9856003 * days)
    longitude = longitude + np.radians(1.915) * np.sin(anomaly) + np.radians(0.020) * np.sin(2 * anomaly)
    obliquity = np.radians(23.439 - 4e-7 * days)
    ra = np.arctan2(np.cos(obliquity) * np.sin(longitude), np.cos(longitude))
    declination = np.arcsin(np.sin(obliquity) * np.sin(longitude))
    sidereal = np.radians(280.46062 + 360.98564737 * days + array.longitude)
    return altitude(array.latitude, sidereal - ra, declination)
