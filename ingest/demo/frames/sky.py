"""Where the telescopes point, and what baselines the targets see: for all frames of a night at once.

May import `ingest.stations`.
"""

from collections.abc import Mapping
from itertools import combinations

import erfa  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from ingest.stations import Array, project

Vector = NDArray[np.float64]
Columns = Mapping[str, Vector]

_JD_OF_MJD_ZERO = 2400000.5
_SECONDS_PER_RADIAN = 86400 / (2 * np.pi)
#: UTC and LST of a header are taken that long before MJD-OBS, s.
_CLOCK_LEADS = 2.5


class Sky:
    """The sky of a night above an array.

    Precession, nutation and aberration are those of the middle of the night: within half a day they change places by
    less than half an arcsecond, which is 0.3 mm on a baseline of 130 m. One place costs a microsecond so, not thirty.
    """

    def __init__(self, array: Array, midnight: float) -> None:
        self._array = array
        self._astrom, self._origins = erfa.apci13(_JD_OF_MJD_ZERO, midnight)

    def sidereal_time(self, mjd: Vector | float) -> Vector:
        """Local apparent sidereal time, radians, not reduced to a turn."""
        time: Vector = erfa.era00(_JD_OF_MJD_ZERO, mjd) + np.radians(self._array.longitude) - self._origins
        return time

    def place(self, ra: Vector, dec: Vector, mjd: Vector) -> tuple[Vector, Vector]:
        """Hour angle and declination of date of ICRS places of that epoch; degrees in, radians out."""
        ra_of_date, dec_of_date = erfa.atciqz(np.radians(ra), np.radians(dec), self._astrom)
        return self.sidereal_time(mjd) + self._origins - ra_of_date, dec_of_date

    def without_precession(self, ra: Vector, dec: Vector, mjd: Vector) -> tuple[Vector, Vector]:
        """As `place`, by hour angle = sidereal time - right ascension of J2000: what AMBER's files have."""
        return self.sidereal_time(mjd) - np.radians(ra), np.radians(dec)

    def clocks(self, mjd: Vector) -> Columns:
        """UTC and LST as headers have them, s of the day."""
        earlier = mjd - _CLOCK_LEADS / 86400
        return {
            "utc": (earlier % 1) * 86400,
            "lst": (self.sidereal_time(earlier) * _SECONDS_PER_RADIAN) % 86400,
        }

    def pointing(self, ra: Vector, dec: Vector, start: Vector, end: Vector) -> Columns:
        """Altitude, azimuth (from south through west, as in the headers), airmass, parallactic angle, encoders."""
        columns: dict[str, Vector] = {}
        latitude = np.radians(self._array.latitude)
        for name, mjd in (("start", start), ("end", end)):
            hour_angle, declination = self.place(ra, dec, mjd)
            azimuth, height = erfa.hd2ae(hour_angle, declination, latitude)
            azimuth = (azimuth + np.pi) % (2 * np.pi)
            columns[f"airm_{name}"] = 1 / np.sin(np.maximum(height, 0.05))
            columns[f"parang_{name}"] = np.degrees(erfa.hd2pa(hour_angle, declination, latitude))
            columns[f"enc_alt_{name}"] = height
            columns[f"enc_az_{name}"] = azimuth - 2 * np.pi * (azimuth > np.pi)
            if name == "start":
                columns |= {"alt": np.degrees(height), "az": np.degrees(azimuth)}
        return columns

    def baselines(
        self, places: Vector, ra: Vector, dec: Vector, start: Vector, end: Vector, *, precess: bool = True
    ) -> Columns:
        """Projected baselines (m, degrees) and delays (m).

        Parameters
        ----------
        places
            East, north, up of the telescopes, m, shape (telescopes, 3).
        ra, dec
            ICRS at the epoch of the night, degrees, shape (frames,).
        start, end
            MJD (UTC), shape (frames,).
        precess
            Whether to turn the places to those of date.
        """
        columns: dict[str, Vector] = {}
        equatorial = self._array.equatorial(places)
        pairs = list(combinations(range(len(places)), 2))
        vectors = np.array([equatorial[j] - equatorial[i] for i, j in pairs])
        for name, mjd in (("start", start), ("end", end)):
            hour_angle, declination = (self.place if precess else self.without_precession)(ra, dec, mjd)
            uvw = project(vectors, hour_angle[:, np.newaxis], declination[:, np.newaxis])
            for (i, j), (u, v, _) in zip(pairs, np.moveaxis(uvw, (1, 2), (0, 1)), strict=True):
                columns[f"pbl{i + 1}{j + 1}_{name}"] = np.hypot(u, v)
                columns[f"pbla{i + 1}{j + 1}_{name}"] = np.degrees(np.arctan2(u, v)) % 360
            delays = project(equatorial, hour_angle[:, np.newaxis], declination[:, np.newaxis])[..., 2]
            for number, delay in enumerate(delays.T, 1):
                columns[f"opl{number}_{name}"] = 60 - delay / 2
        return columns


def sexagesimal(degrees: float, *, hours: bool, separator: str = ":", decimals: int = 1) -> str:
    """Write an angle as ``hh:mm:ss.s`` or ``-dd:mm:ss.s``."""
    units = round(abs(degrees) / (15 if hours else 1) * 3600 * 10**decimals)
    seconds, rest = units // 10**decimals, units % 10**decimals
    fraction = f".{rest:0{decimals}d}" if decimals else ""
    minutes = seconds // 60
    sign = "-" if degrees < 0 else "" if hours else "+"
    return f"{sign}{minutes // 60:02d}{separator}{minutes % 60:02d}{separator}{seconds % 60:02d}{fraction}"


def packed(degrees: float, *, hours: bool, decimals: int = 2) -> str:
    """Write an angle as the number HHMMSS.ss without leading zeros, as ISS REF has it."""
    text = sexagesimal(degrees, hours=hours, separator="", decimals=decimals).lstrip("+")
    sign = "-" if text.startswith("-") else ""
    digits = text.lstrip("-").lstrip("0")
    return f"{sign}{'0' if digits.startswith('.') else ''}{digits}"
