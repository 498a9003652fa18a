"""Where the telescopes of an array stand, and the baselines that a target sees.

Pure: reads the tables of `resdir/stations` and needs ERFA; imports nothing of oivo but its errors.

The sign rules, which real files show to be easy to get wrong (`resdir/stations/README.md`):

- the baseline of stations (A, B) is the vector from A to B, that is position of B minus position of A. UCOORD and
  VCOORD of rows with STA_INDEX = (A, B) are so in files of GRAVITY, MATISSE, PIONIER and MIRC; MIRC-X,
  JouFLU and the simulator of ASPRO2 write the opposite vector;
- u grows to the east, v to the north on the sky;
- hour angles grow to the west.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import erfa  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ingest.errors import OivoError

TABLES = Path(__file__).resolve().parent.parent / "resdir" / "stations"

#: Julian date of MJD 0: ERFA takes dates in two parts.
_JD_OF_MJD_ZERO = 2400000.5

_MAS_PER_YEAR = np.radians(1 / 3.6e6)

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Station:
    """One place where a telescope of an array can stand."""

    name: str
    #: Kind of telescope: UT, AT, CHARA.
    telescope: str
    #: Diameter of the primary mirror, m.
    diameter: float
    #: Position from the array's reference point in the local horizontal frame, m.
    east: float
    north: float
    up: float

    @property
    def position(self) -> Vector:
        """East, north, up; m, shape (3,)."""
        return np.array([self.east, self.north, self.up])


@dataclass(frozen=True)
class Array:
    """An interferometer: its site and its stations."""

    name: str
    title: str
    #: East of Greenwich, degrees.
    longitude: float
    #: Geodetic (WGS84), degrees.
    latitude: float
    #: Above the WGS84 ellipsoid, m.
    altitude: float
    stations: Mapping[str, Station]

    def station(self, name: str) -> Station:
        """Return the station of that name.

        Raises
        ------
        OivoError
            When the array has no such station.
        """
        try:
            return self.stations[name]
        except KeyError:
            known = ", ".join(self.stations)
            raise OivoError(f"no station {name!r}", place=self.name, remedy=f"known are {known}") from None

    @property
    def geocentric(self) -> Vector:
        """The reference point in the terrestrial frame: X to Greenwich, Z to the pole; m, shape (3,)."""
        place: Vector = erfa.gd2gc(1, np.radians(self.longitude), np.radians(self.latitude), self.altitude)
        return place

    def equatorial(self, horizontal: ArrayLike) -> Vector:
        """Turn east, north, up into X (meridian and equator), Y (east), Z (pole).

        Parameters
        ----------
        horizontal
            Vectors in the local horizontal frame, m, shape (..., 3).

        Returns
        -------
        Vector
            The same vectors on the axes of Thompson, Moran & Swenson (Interferometry and Synthesis in Radio Astronomy,
            3rd edition, section 4.1), m, shape (..., 3).
        """
        east, north, up = np.moveaxis(np.asarray(horizontal, float), -1, 0)
        sin, cos = np.sin(np.radians(self.latitude)), np.cos(np.radians(self.latitude))
        return np.stack([cos * up - sin * north, east, sin * up + cos * north], axis=-1)

    def geocentric_offset(self, station: Station) -> Vector:
        """Give a station's place from the reference point on the geocentric axes, as STAXYZ in OIFITS has it.

        Returns
        -------
        Vector
            X to Greenwich, Y to 90 degrees east, Z to the pole; m, shape (3,).
        """
        x, y, z = self.equatorial(station.position)
        sin, cos = np.sin(np.radians(self.longitude)), np.cos(np.radians(self.longitude))
        return np.array([cos * x - sin * y, sin * x + cos * y, z])

    def baseline(self, first: str, second: str) -> Vector:
        """Give the vector from one station to another on the axes of `equatorial`; m, shape (3,)."""
        return self.equatorial(self.station(second).position - self.station(first).position)


@cache
def load_array(name: str) -> Array:
    """Read an array's site and stations.

    Parameters
    ----------
    name
        ``VLTI`` or ``CHARA``, in any case.

    Raises
    ------
    OivoError
        When there is no table for that array.
    """
    key = name.lower()
    sites = _sites()
    if key not in sites:
        raise OivoError(f"no array {name!r}", place="arrays.toml", remedy=f"known are {', '.join(sites)}")
    site = sites[key]
    return Array(
        name=site["name"],
        title=site["title"],
        longitude=site["longitude_deg"],
        latitude=site["latitude_deg"],
        altitude=site["altitude_m"],
        stations=MappingProxyType({station.name: station for station in _stations(TABLES / f"{key}.csv")}),
    )


def arrays() -> list[Array]:
    """Read all arrays that there are tables of."""
    return [load_array(name) for name in _sites()]


def _sites() -> dict[str, dict[str, Any]]:
    return tomllib.loads((TABLES / "arrays.toml").read_text(encoding="utf-8"))


def _stations(path: Path) -> list[Station]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Station(
                name=row["station"],
                telescope=row["telescope"],
                diameter=float(row["diameter_m"]),
                east=float(row["east_m"]),
                north=float(row["north_m"]),
                up=float(row["up_m"]),
            )
            for row in csv.DictReader(lines)
        ]


def apparent_place(
    longitude: float,
    ra: ArrayLike,
    dec: ArrayLike,
    mjd: ArrayLike,
    *,
    pm_ra: float = 0.0,
    pm_dec: float = 0.0,
) -> tuple[Vector, Vector]:
    """Hour angle and declination of date of a star, without refraction.

    ERFA does the work: IAU 2006/2000A precession, nutation, aberration, Earth rotation angle. Polar motion and
    UT1 - UTC are neglected; the latter is at most 0.9 s, 2 cm in u and v on a baseline of 300 m.

    Parameters
    ----------
    longitude
        Of the observer, east of Greenwich, degrees.
    ra, dec
        ICRS at epoch 2000.0, degrees; they broadcast with `mjd`.
    mjd
        UTC.
    pm_ra, pm_dec
        Proper motion in mas/yr, that in right ascension with the factor cos(dec), as catalogues give it.

    Returns
    -------
    hour_angle, declination
        Radians; hour angles in [-pi, pi), positive to the west.
    """
    ra, dec = np.radians(ra), np.radians(dec)
    mjd = np.asarray(mjd, float)
    # Here a UTC date passes for TDB: 70 s change the place by less than a milliarcsecond, and ERFA then needs
    # no table of leap seconds, which would make it complain about dates a few years ahead.
    ra_of_date, dec_of_date, _ = erfa.atci13(
        ra, dec, pm_ra * _MAS_PER_YEAR / np.cos(dec), pm_dec * _MAS_PER_YEAR, 0.0, 0.0, _JD_OF_MJD_ZERO, mjd
    )
    # CIRS right ascension is counted from the origin that the Earth rotation angle is counted from.
    local_angle = erfa.era00(_JD_OF_MJD_ZERO, mjd) + np.radians(longitude)
    hour_angle: Vector = (local_angle - ra_of_date + np.pi) % (2 * np.pi) - np.pi
    return hour_angle, dec_of_date


def altitude(latitude: float, hour_angle: ArrayLike, declination: ArrayLike) -> Vector:
    """Height above the horizon, without refraction.

    Parameters
    ----------
    latitude
        Of the observer, degrees.
    hour_angle, declination
        Radians, of any shapes that broadcast.

    Returns
    -------
    Vector
        Degrees.
    """
    _, height = erfa.hd2ae(hour_angle, declination, np.radians(latitude))
    degrees: Vector = np.degrees(height)
    return degrees


def project(baseline: ArrayLike, hour_angle: ArrayLike, declination: ArrayLike) -> Vector:
    """Baseline as the target sees it.

    Thompson, Moran & Swenson, Interferometry and Synthesis in Radio Astronomy, 3rd edition, equation 4.1.

    Parameters
    ----------
    baseline
        X (meridian and equator), Y (east), Z (pole), m; shape (..., 3), as `Array.baseline` gives it.
    hour_angle, declination
        Of date, radians; they broadcast with the leading axes of `baseline`.

    Returns
    -------
    Vector
        u (east), v (north), w (to the target); m, shape (..., 3). East and north are those of the declination's
        equinox: of date, as in the files of the instruments.
    """
    x, y, z = np.moveaxis(np.asarray(baseline, float), -1, 0)
    sin_h, cos_h = np.sin(hour_angle), np.cos(hour_angle)
    sin_d, cos_d = np.sin(declination), np.cos(declination)
    return np.stack(
        [
            sin_h * x + cos_h * y,
            -sin_d * cos_h * x + sin_d * sin_h * y + cos_d * z,
            cos_d * cos_h * x - cos_d * sin_h * y + sin_d * z,
        ],
        axis=-1,
    )


def projected_baseline(array: Array, first: str, second: str, ra: float, dec: float, mjd: ArrayLike) -> Vector:
    """Baseline from one station to another as a target sees it at given times.

    Parameters
    ----------
    array
        The array of the two stations.
    first, second
        Names of the stations; exchanging them changes all signs.
    ra, dec
        ICRS, degrees.
    mjd
        UTC, any shape.

    Returns
    -------
    Vector
        u, v, w in m, shape ``mjd.shape + (3,)``.
    """
    hour_angle, declination = apparent_place(array.longitude, ra, dec, mjd)
    return project(array.baseline(first, second), hour_angle, declination)
