"""From stars and times to the rows of OIFITS data tables.

Pure: may import `ingest.stations`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.demo.instruments import Mode
from ingest.demo.model import MAS
from ingest.demo.stars import Star
from ingest.stations import Array, apparent_place, project

#: One data table: column name to values, shape (rows,) or (rows, k).
Columns = Mapping[str, NDArray[Any]]

#: Beyond this error a phase says nothing and is flagged, degrees.
LARGEST_PHASE_ERROR = 40.0

#: Standard deviation of a phase that is spread evenly over the circle: no phase error is larger, degrees.
_RANDOM_PHASE = 180 / np.sqrt(3)

_PLANCK, _LIGHT, _BOLTZMANN = 6.62607015e-34, 299792458.0, 1.380649e-23


@dataclass(frozen=True)
class Point:
    """A target at a time."""

    target_id: int
    star: Star
    #: UTC, middle of the integration.
    mjd: float


@dataclass(frozen=True)
class Setup:
    """The telescopes in use, and whether a pipeline has taken out what they do to the visibilities."""

    array: Array
    stations: tuple[str, ...]
    calibrated: bool = True

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Baselines, as positions in `stations`."""
        return list(combinations(range(len(self.stations)), 2))

    @property
    def triangles(self) -> list[tuple[int, int, int]]:
        """Triangles, as positions in `stations`."""
        return list(combinations(range(len(self.stations)), 3))

    def indices(self, members: Sequence[tuple[int, ...]]) -> NDArray[np.int16]:
        """STA_INDEX of baselines or triangles: the place of each station in `stations`, counted from 1."""
        return np.array(members, np.int16) + np.int16(1)


def uv_coordinates(setup: Setup, points: Sequence[Point]) -> NDArray[np.float64]:
    """Projected baselines.

    Returns
    -------
    NDArray[np.float64]
        u, v in m, shape (points, baselines, 2); baseline (i, j) is the vector from station i to station j.
    """
    baselines = np.array([setup.array.baseline(setup.stations[i], setup.stations[j]) for i, j in setup.pairs])
    places = [
        apparent_place(
            setup.array.longitude,
            point.star.ra,
            point.star.dec,
            point.mjd,
            pm_ra=point.star.pm_ra,
            pm_dec=point.star.pm_dec,
        )
        for point in points
    ]
    hour_angle, declination = np.array(places, float).T
    return project(baselines, hour_angle[:, np.newaxis], declination[:, np.newaxis])[..., :2]


def true_visibility(mode: Mode, points: Sequence[Point], uv: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Visibilities of the targets' models, without noise; shape (points, baselines, channels).

    Channels are monochromatic, as most analyses take them. Their width would lower the fringes of the widest binary on
    the longest baseline by 7 per cent.
    """
    frequency = uv[..., np.newaxis] / mode.wavelength
    return np.array(
        [point.star.model.visibility(uv[:, 0], uv[:, 1]) for point, uv in zip(points, frequency, strict=True)]
    )


def simulate(mode: Mode, setup: Setup, points: Sequence[Point], rng: np.random.Generator) -> dict[str, Columns]:
    """Observe.

    Parameters
    ----------
    mode
        Spectral channels, noise, and which tables there are.
    setup
        Telescopes.
    points
        Targets and times.
    rng
        Source of the noise.

    Returns
    -------
    dict[str, Columns]
        Data tables by EXTNAME, in the order OI_VIS, OI_VIS2, OI_T3, OI_FLUX.
    """
    fringes = _observe(mode, setup, points, rng)
    tables: dict[str, Columns] = {}
    if mode.vis:
        tables["OI_VIS"] = _vis(fringes, rng)
    tables["OI_VIS2"] = _vis2(fringes, rng)
    if mode.t3 and setup.triangles:
        tables["OI_T3"] = _t3(fringes, rng)
    if mode.flux:
        tables["OI_FLUX"] = _flux(mode, setup, points, rng)
    return tables


@dataclass(frozen=True)
class Fringes:
    """What is measured in one mode, before noise."""

    mode: Mode
    setup: Setup
    points: Sequence[Point]
    #: m, shape (points, baselines, 2)
    uv: NDArray[np.float64]
    #: Shape (points, baselines, channels), and the error of its real and imaginary parts.
    visibility: NDArray[np.complex128]
    error: NDArray[np.float64]
    #: Where no fringes were found, shape (points, baselines).
    lost: NDArray[np.bool_]


def _observe(mode: Mode, setup: Setup, points: Sequence[Point], rng: np.random.Generator) -> Fringes:
    uv = uv_coordinates(setup, points)
    visibility = true_visibility(mode, points, uv)
    if not setup.calibrated:
        visibility = visibility * _transfer(len(setup.pairs), rng)[:, np.newaxis]
    error = np.hypot(mode.relative_error * np.abs(visibility), mode.floor)
    lost = rng.random(uv.shape[:2]) < mode.loss
    return Fringes(mode, setup, points, uv, visibility, error, lost)


def _transfer(baselines: int, rng: np.random.Generator) -> NDArray[np.complex128]:
    """What atmosphere and instrument make of the visibility of a point source, by baseline."""
    response: NDArray[np.complex128] = rng.uniform(0.70, 0.85, baselines) * np.exp(
        1j * np.radians(rng.normal(0, 3, baselines))
    )
    return response


def _frame(mode: Mode, points: Sequence[Point], stations: NDArray[np.int16]) -> dict[str, NDArray[Any]]:
    """The columns that all tables have: every point times every baseline, triangle or telescope."""
    each = len(stations)
    rows = each * len(points)
    return {
        "TARGET_ID": np.repeat(np.array([point.target_id for point in points], np.int16), each),
        "TIME": np.zeros(rows),
        "MJD": np.repeat([point.mjd for point in points], each),
        "INT_TIME": np.full(rows, mode.integration),
        "STA_INDEX": np.tile(stations, (len(points), 1)),
    }


def _rows(values: NDArray[np.float64], lost: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Flatten to (rows, channels); rows without fringes, which are flagged, hold no number at all."""
    return np.where(lost[..., np.newaxis], np.nan, values).reshape(-1, values.shape[-1])


def _vis(seen: Fringes, rng: np.random.Generator) -> Columns:
    """OI_VIS: amplitudes, and phases against their mean over the channels."""
    shape = seen.visibility.shape
    noisy = seen.visibility + seen.error * (rng.normal(size=shape) + 1j * rng.normal(size=shape))
    phase = np.degrees(np.angle(noisy * np.conj(noisy.mean(axis=-1, keepdims=True))))
    phase_error = np.minimum(np.degrees(seen.error / np.abs(seen.visibility)), _RANDOM_PHASE)
    flag = seen.lost[..., np.newaxis] | (phase_error > LARGEST_PHASE_ERROR)
    width = shape[-1]
    return _frame(seen.mode, seen.points, seen.setup.indices(seen.setup.pairs)) | {
        "VISAMP": _rows(np.abs(noisy), seen.lost),
        "VISAMPERR": _rows(seen.error, seen.lost),
        "VISPHI": _rows(phase, seen.lost),
        "VISPHIERR": _rows(phase_error, seen.lost),
        "UCOORD": seen.uv[..., 0].ravel(),
        "VCOORD": seen.uv[..., 1].ravel(),
        "FLAG": flag.reshape(-1, width),
        # Every channel is in the mean that every channel's phase is counted from.
        "VISREFMAP": np.ones((flag.shape[0] * flag.shape[1], width, width), bool),
    }


def _vis2(seen: Fringes, rng: np.random.Generator) -> Columns:
    """OI_VIS2."""
    # The second term is what noise alone squares to, so that a null still has an error.
    amplitude = np.abs(seen.visibility)
    squared_error = np.hypot(2 * amplitude * seen.error, seen.error**2)
    squared = amplitude**2 + squared_error * rng.normal(size=amplitude.shape)
    flag = np.broadcast_to(seen.lost[..., np.newaxis], amplitude.shape)
    return _frame(seen.mode, seen.points, seen.setup.indices(seen.setup.pairs)) | {
        "VIS2DATA": _rows(squared, seen.lost),
        "VIS2ERR": _rows(squared_error, seen.lost),
        "UCOORD": seen.uv[..., 0].ravel(),
        "VCOORD": seen.uv[..., 1].ravel(),
        "FLAG": flag.reshape(-1, amplitude.shape[-1]),
    }


def _t3(seen: Fringes, rng: np.random.Generator) -> Columns:
    """OI_T3: for stations a, b, c the product of the visibilities on ab, bc and ca."""
    setup, visibility, uv = seen.setup, seen.visibility, seen.uv
    place = {pair: number for number, pair in enumerate(setup.pairs)}
    ab, bc, ac = (
        [place[triangle[i], triangle[j]] for triangle in setup.triangles] for i, j in ((0, 1), (1, 2), (0, 2))
    )
    triple = visibility[:, ab] * visibility[:, bc] * np.conj(visibility[:, ac])
    # Of three independent errors the relative ones add in squares (radians are relative errors of the imaginary part).
    ratio = (seen.error / np.abs(visibility)) ** 2
    relative = np.sqrt(ratio[:, ab] + ratio[:, bc] + ratio[:, ac])
    amplitude_error = np.abs(triple) * relative
    phase_error = np.minimum(np.hypot(np.degrees(relative), seen.mode.phase_error), _RANDOM_PHASE)
    amplitude = np.abs(triple) + amplitude_error * rng.normal(size=triple.shape)
    phase = np.degrees(np.angle(triple)) + phase_error * rng.normal(size=triple.shape)
    missing = seen.lost[:, ab] | seen.lost[:, bc] | seen.lost[:, ac]
    flag = missing[..., np.newaxis] | (phase_error > LARGEST_PHASE_ERROR)
    return _frame(seen.mode, seen.points, setup.indices(setup.triangles)) | {
        "T3AMP": _rows(amplitude, missing),
        "T3AMPERR": _rows(amplitude_error, missing),
        "T3PHI": _rows((phase + 180) % 360 - 180, missing),
        "T3PHIERR": _rows(phase_error, missing),
        "U1COORD": uv[:, ab, 0].ravel(),
        "V1COORD": uv[:, ab, 1].ravel(),
        "U2COORD": uv[:, bc, 0].ravel(),
        "V2COORD": uv[:, bc, 1].ravel(),
        "FLAG": flag.reshape(-1, triple.shape[-1]),
    }


def _flux(mode: Mode, setup: Setup, points: Sequence[Point], rng: np.random.Generator) -> Columns:
    """OI_FLUX: when calibrated the target's spectrum in Jy, without STA_INDEX; else the counts of each telescope."""
    spectrum = np.array([flux_density(point.star, mode.wavelength) for point in points])[:, np.newaxis]
    stations = np.arange(1 if setup.calibrated else len(setup.stations), dtype=np.int16) + np.int16(1)
    relative_error = 0.03
    if not setup.calibrated:
        collected = np.array([setup.array.station(name).diameter ** 2 for name in setup.stations])
        # Counts a second of a 1 Jy star on 1 m**2, times what each fibre lets through.
        throughput = 40 * collected * rng.uniform(0.7, 1.0, len(collected))
        spectrum = spectrum * (throughput * mode.integration)[:, np.newaxis]
        relative_error = 0.01
    error = relative_error * spectrum
    flux = spectrum + error * rng.normal(size=spectrum.shape)
    columns = _frame(mode, points, stations[:, np.newaxis]) | {
        "FLUXDATA": flux.reshape(-1, mode.channels),
        "FLUXERR": error.reshape(-1, mode.channels),
        "FLAG": np.zeros((len(points) * len(stations), mode.channels), bool),
    }
    unwanted = {"TIME", "STA_INDEX"} if setup.calibrated else {"TIME"}
    return {name: values for name, values in columns.items() if name not in unwanted}


def flux_density(star: Star, wavelength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Black body of the star's temperature and solid angle.

    Parameters
    ----------
    star
        Temperature and size.
    wavelength
        In m.

    Returns
    -------
    NDArray[np.float64]
        Jy, of the shape of `wavelength`.
    """
    frequency = _LIGHT / wavelength
    exponent = _PLANCK * frequency / (_BOLTZMANN * star.temperature)
    brightness = 2 * _PLANCK * frequency**3 / _LIGHT**2 / np.expm1(exponent)
    solid_angle = np.pi * (star.model.equivalent_diameter * MAS / 2) ** 2
    flux: NDArray[np.float64] = 1e26 * brightness * solid_angle
    return flux
