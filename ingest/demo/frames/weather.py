"""The weather of a night: it changes smoothly, and instruments that measure it fail now and then.

Pure: imports nothing of oivo.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

#: How often the seeing monitor gave its word for nothing, -1.
_NO_SEEING = 0.004
#: The isoplanatic angle and the coherence time at a seeing of an arcsecond, arcsec and s.
_THETA0, _TAU0 = 1.7, 0.0038


class Weather:
    """The weather of one night on Paranal."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._seeing = _Course(rng, float(rng.lognormal(np.log(0.75), 0.3)), 0.18)
        self._tau0 = _Course(rng, float(rng.lognormal(0, 0.25)), 0.15)
        self._temperature = _Course(rng, float(rng.normal(12, 2.5)), 0.06)
        self._humidity = _Course(rng, float(rng.lognormal(np.log(14), 0.5)), 0.15)
        self._pressure = _Course(rng, float(rng.normal(743.5, 1)), 0.0006)
        self._wind = _Course(rng, float(rng.lognormal(np.log(6), 0.4)), 0.25)
        self._vapour = _Course(rng, float(rng.lognormal(np.log(2.5), 0.5)), 0.15)
        self._from = float(rng.uniform(0, 360))
        self._rng = rng

    def columns(self, start: Vector, end: Vector) -> Mapping[str, Vector]:
        """Give what headers tell of the weather between the starts and the ends of exposures (MJD)."""
        columns: dict[str, Vector] = {}
        for name, mjd in (("start", start), ("end", end)):
            seeing = self._seeing.at(mjd)
            columns[f"fwhm_{name}"] = np.round(seeing, 2)
            columns[f"tau0_{name}"] = _TAU0 * self._tau0.at(mjd) / seeing
            columns[f"theta0_{name}"] = _THETA0 / seeing
            columns[f"iwv_{name}"] = self._vapour.at(mjd)
        temperature, humidity = self._temperature.at(start), np.minimum(self._humidity.at(start), 95)
        columns |= {
            "temp": temperature,
            "rhum": np.round(humidity),
            # August, Roche & Magnus: the dew point
            "dew": _dew_point(temperature, humidity),
            "pres": self._pressure.at(start),
            "windsp": self._wind.at(start),
            "winddir": np.round((self._from + 25 * np.sin(6 * (start % 1) + self._from)) % 360) % 360,
            "irsky": -85 - 3 * columns["iwv_start"],
        }
        failed = self._rng.random(len(start)) < _NO_SEEING
        for name in ("fwhm_start", "fwhm_end", "tau0_start", "tau0_end"):
            columns[name] = np.where(failed, -1.0, columns[name])
        return columns


class _Course:
    """A positive quantity about a mean, with three slow waves of relative amplitude."""

    def __init__(self, rng: np.random.Generator, mean: float, amplitude: float) -> None:
        self._mean = mean
        self._amplitudes = amplitude * rng.normal(0, (0.7, 0.5, 0.3))
        #: Periods of hours, rad/d.
        self._frequencies = 2 * np.pi * 24 / rng.uniform((6, 2, 0.6), (12, 5, 1.5))
        self._phases = rng.uniform(0, 2 * np.pi, 3)

    def at(self, mjd: Vector) -> Vector:
        waves = np.sin(np.outer(mjd % 10, self._frequencies) + self._phases) @ self._amplitudes
        course: Vector = self._mean * np.exp(waves)
        return course


def _dew_point(temperature: Vector, humidity: Vector) -> Vector:
    gamma = np.log(np.maximum(humidity, 1) / 100) + 17.625 * temperature / (243.04 + temperature)
    point: Vector = 243.04 * gamma / (17.625 - gamma)
    return point
