"""Where many targets stood, each at a few times: what `ingest.stations.apparent_place` does, for thousands at once.

May import ``ingest.stations``.
"""

import erfa  # type: ignore[import-untyped]
import numpy as np

from ingest.stations import Vector

_JD_OF_MJD_ZERO = 2400000.5
#: Precession, nutation and aberration are those of the nearest tenth of a day, which moves a star by 0.02 arcsec at
#: most: 13 micrometres on 130 m. They take 60 microseconds each, all the rest less than one.
_TENTHS = 10.0


def apparent_places(longitude: float, ra: Vector, dec: Vector, mjd: Vector) -> tuple[Vector, Vector]:
    """Hour angles and declinations of date, without refraction and proper motion.

    Parameters
    ----------
    longitude
        Of the observer, east of Greenwich, degrees.
    ra, dec
        ICRS, degrees; shape (n,).
    mjd
        UTC, shape (n, m): times close to each other (the declination is that of the first).

    Returns
    -------
    hour_angle, declination
        Radians, shapes (n, m) and (n, 1); hour angles in [-pi, pi).
    """
    epochs, of_each = np.unique(np.round(mjd[:, 0] * _TENTHS) / _TENTHS, return_inverse=True)
    # A UTC date passes for TDB, as in `apparent_place`: 70 s are nothing here.
    astrometry, _ = erfa.apci13(_JD_OF_MJD_ZERO, epochs)
    ra_of_date, dec_of_date = erfa.atciq(np.radians(ra), np.radians(dec), 0.0, 0.0, 0.0, 0.0, astrometry[of_each])
    local_angle = erfa.era00(_JD_OF_MJD_ZERO, mjd) + np.radians(longitude)
    hour_angle: Vector = (local_angle - ra_of_date[:, None] + np.pi) % (2 * np.pi) - np.pi
    return hour_angle, dec_of_date[:, None]
