"""Geometry: projected baselines, angular resolution, the longitude of an array.

May import numpy and the standard library.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ARCSEC_PER_RADIAN = math.degrees(1) * 3600

#: An array is on Earth between these distances from its centre, m. The lower one is that of the OIFITS checks
#: (OI_ARRAY_XYZ); files of the VLTI have up to 6 403 000 m.
EARTH_RADII = (6_350_000.0, 6_450_000.0)

#: Longitudes, degrees east, of the facilities that OI_ARRAY names without saying where they are.
#: VLTI and CHARA from the coordinates that the OIFITS checks put in (OI_ARRAY_XYZ_FIX), NPOI and COAST from OI_ARRAY of
#: their files, the others from the sites' published positions.
LONGITUDES = {
    "VLTI": -70.405,
    "CHARA": -118.057,
    "NPOI": -111.535,
    "COAST": 0.042,
    "IOTA": -110.885,
    "PTI": -116.863,
    "Keck-I": -155.474,
    "LBTI": -109.889,
    "SUSI": 149.548,
    "MROI": -107.185,
    "GI2T": 6.923,
    "ISI": -118.059,
}
#: Coordinates that put a known facility further off than this, in degrees, are wrong: two of the 103 reference
#: files swap ARRAYX and ARRAYY, which moves the VLTI to 160 degrees east, into the next night.
_LONGITUDE_TOLERANCE = 5.0


def longitude_of(xyz: tuple[float | None, float | None, float | None], facility: str | None) -> float | None:
    """Longitude of an array, degrees east.

    Parameters
    ----------
    xyz
        ARRAYX, ARRAYY, ARRAYZ, geocentric, m; None where missing.
    facility
        Normalised facility name; None when unknown.

    Returns
    -------
    float or None
        From the coordinates when they are on Earth and do not contradict the facility, else the facility's,
        else None.
    """
    known = LONGITUDES.get(facility) if facility else None
    x, y, z = xyz
    if x is None or y is None or z is None:
        return known
    if not EARTH_RADII[0] < math.hypot(x, y, z) < EARTH_RADII[1]:
        return known
    longitude = math.degrees(math.atan2(y, x))
    if known is not None and abs((longitude - known + 180) % 360 - 180) > _LONGITUDE_TOLERANCE:
        return known
    return longitude


def baseline_range(lengths: Floats) -> tuple[float | None, float | None]:
    """Shortest and longest projected baseline, m; None for both when there is none.

    Parameters
    ----------
    lengths
        m, any shape. NaN, infinities and zero are passed over: two telescopes are never in one place, so
        zero says that the writer had no coordinates.
    """
    with np.errstate(invalid="ignore"):
        usable = lengths[(lengths > 0) & (lengths < np.inf)]
    if not usable.size:
        return None, None
    return float(usable.min()), float(usable.max())


def field_of_view(wavelength: float | None, diameter: float | None) -> float | None:
    """Width of the sky that a single-mode interferometer sees, deg: the Airy disk of its smallest telescope.

    Light that a fibre or a spatial filter lets through comes from about lambda / D (Guyon 2002, A&A 387, 366); the
    longest wavelength sees most.

    Parameters
    ----------
    wavelength, diameter
        m; None when unknown.
    """
    if wavelength is None or diameter is None or not 0 < wavelength < 1e-3:
        return None
    return math.degrees(wavelength / diameter)


def angular_resolution(wavelength: float | None, baseline: float | None) -> float | None:
    """Best angular resolution, arcsec: shortest wavelength over longest projected baseline.

    This is the best resolution within the data set: lambda_min / L with L the largest distance in the uv plane, as the
    ObsCore extension for radio data (IVOA 2025, section on s_resolution and its best value) has it for visibilities,
    so that optical and radio interferometers compare. The often quoted lambda / 2B is half of this.

    Parameters
    ----------
    wavelength, baseline
        m; None when unknown.
    """
    if wavelength is None or baseline is None or wavelength <= 0:
        return None
    resolution = wavelength / baseline * ARCSEC_PER_RADIAN
    return resolution if resolution < math.inf else None
