"""Directions on the sky in numbers: separations, proper motion, pairs that are near each other.

Directions are unit vectors, so that nothing is special at 0 h or at the poles. Needs numpy only.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

_ARCSEC = np.radians(1 / 3600)


def directions(ra: ArrayLike, dec: ArrayLike) -> Floats:
    """Turn degrees, shape (n,), into unit vectors, shape (n, 3)."""
    ra, dec = np.radians(np.asarray(ra, float)), np.radians(np.asarray(dec, float))
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1)


def positions(places: Floats) -> tuple[Floats, Floats]:
    """Turn vectors, shape (n, 3), into right ascensions [0, 360) and declinations, deg, to 0.1 milliarcsecond."""
    x, y, z = places[:, 0], places[:, 1], places[:, 2]
    ra = np.round(np.degrees(np.arctan2(y, x)) % 360.0, 8)
    return np.where(ra >= 360.0, 0.0, ra), np.round(np.degrees(np.arctan2(z, np.hypot(x, y))), 8)


def separation(first: Floats, second: Floats) -> Floats:
    """Angles between unit vectors, arcsec; shapes (n, 3) to (n,). By the chord: exact where the angle is small."""
    chord = np.linalg.norm(first - second, axis=-1)
    angles: Floats = 2 * np.arcsin(np.minimum(chord / 2, 1)) / _ARCSEC
    return angles


def _axes(places: Floats) -> tuple[Floats, Floats]:
    """Unit vectors to the east and to the north of directions; shapes (n, 3)."""
    x, y, z = places[:, 0], places[:, 1], places[:, 2]
    level = np.hypot(x, y)
    # at a pole any direction will do for the east
    cos, sin = (
        np.where(level > 0, x / np.maximum(level, 1e-300), 1),
        np.where(level > 0, y / np.maximum(level, 1e-300), 0),
    )
    return np.stack([-sin, cos, np.zeros_like(x)], axis=-1), np.stack([-z * cos, -z * sin, level], axis=-1)


def moved(places: Floats, pm_ra: Floats, pm_dec: Floats, year: Floats) -> Floats:
    """Move stars from epoch 2000.0 to Julian years on great circles; mas/yr; without radial velocity.

    Within 0.1 arcsec over 30 years for every star: the perspective acceleration of Barnard's Star makes 1.1 mas/yr2,
    0.6 arcsec in 30 years, that of all others much less.
    """
    east, north = _axes(places)
    years = (np.asarray(year, float) - 2000.0) * _ARCSEC / 1000
    there = places + east * (pm_ra * years)[:, None] + north * (pm_dec * years)[:, None]
    unit: Floats = there / np.linalg.norm(there, axis=-1, keepdims=True)
    return unit


def middles(places: Floats, weights: Integers, owners: Integers, count: int) -> Floats:
    """Weighted medians of groups of directions that are near each other, coordinate by coordinate on tangent planes.

    They are the same for any order of the input, to the last bit.

    Parameters
    ----------
    places, weights, owners
        Unit vectors, shape (n, 3); their weights, and the number of the group of each, shape (n,).
    count
        Number of groups.

    Returns
    -------
    Floats
        Unit vectors, shape (count, 3); not numbers for groups without members.
    """
    order = np.lexsort((weights, places[:, 0], places[:, 1], places[:, 2], owners))
    places, weights, owners = places[order], weights[order], owners[order]
    sums = np.stack([np.bincount(owners, places[:, axis] * weights, count) for axis in range(3)], axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        poles = sums / np.linalg.norm(sums, axis=-1, keepdims=True)
        east, north = _axes(poles)
        offsets = places - poles[owners]
        medians = poles + sum(
            axes * _medians((offsets * axes[owners]).sum(axis=-1), weights, owners, count)[:, None]
            for axes in (east, north)
        )
        unit: Floats = medians / np.linalg.norm(medians, axis=-1, keepdims=True)
    return unit


def _medians(values: Floats, weights: Integers, owners: Integers, count: int) -> Floats:
    order = np.lexsort((values, owners))
    values, total = values[order], np.cumsum(weights[order])
    ends = np.cumsum(np.bincount(owners, weights, count))
    begins = np.concatenate([[0.0], ends[:-1]])
    half = (begins + ends) / 2
    last = max(len(values) - 1, 0)
    low, high = (np.minimum(np.searchsorted(total, half + more), last) for more in (0.0, 0.5))
    if not len(values):
        return np.full(count, np.nan)
    return np.where(ends > begins, (values[low] + values[high]) / 2, np.nan)


class Index:
    """Directions sorted by declination: finds those near others without comparing all with all.

    Parameters
    ----------
    places
        Unit vectors, shape (n, 3).
    """

    def __init__(self, places: Floats) -> None:
        self._order = np.argsort(places[:, 2], kind="stable")
        self._places = places[self._order]

    def pairs_with(self, others: Floats, radius: float) -> tuple[Integers, Integers]:
        """Find which of others are within a radius (arcsec) of which of these.

        Returns
        -------
        others, these
            Numbers of the pairs, shape (m,) each.
        """
        z = others[:, 2]
        reach = 2 * np.sin(min(radius * _ARCSEC, np.pi) / 2)
        # z changes less than the chord
        low = np.searchsorted(self._places[:, 2], z - reach, side="left")
        high = np.searchsorted(self._places[:, 2], z + reach, side="right")
        found = [
            self._compare(others, low, high, reach, start, min(start + 4096, len(others)))
            for start in range(0, len(others), 4096)
        ]
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return np.concatenate([first for first, _ in found]), np.concatenate([second for _, second in found])

    def _compare(
        self, others: Floats, low: Integers, high: Integers, reach: float, start: int, end: int
    ) -> tuple[Integers, Integers]:
        counts = high[start:end] - low[start:end]
        which = np.repeat(np.arange(start, end), counts)
        begin = np.repeat(low[start:end] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        there = begin + np.arange(len(which))
        near = ((others[which] - self._places[there]) ** 2).sum(axis=-1) <= reach * reach
        return which[near], self._order[there[near]]

    def pairs(self, radius: float) -> tuple[Integers, Integers]:
        """Find all pairs of these within a radius, arcsec; each once, the lower number first."""
        original = np.empty_like(self._places)
        original[self._order] = self._places
        first, second = self.pairs_with(original, radius)
        once = first < second
        return first[once], second[once]
