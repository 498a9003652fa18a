"""Small regions of the sky, as pgsphere writes them.

May import the standard library only.
"""

import math

#: Radius, in degrees, of the region of an observation whose field of view is not known: 1 arcsec, more than a
#: single-mode interferometer sees (the Airy disk of its telescopes) and about the width of the largest ones' (MATISSE).
DEFAULT_RADIUS = 1 / 3600

_CORNERS = 8


def polygon_around(ra: float, dec: float, radius: float) -> str:
    """Return a regular octagon around a position, as the text of a pgsphere ``spoly``.

    Parameters
    ----------
    ra, dec
        Its centre, deg.
    radius
        Distance of its corners from the centre, deg; small.
    """
    r, d = math.radians(radius), math.radians(dec)
    corners = []
    for corner in range(_CORNERS):
        angle = 2 * math.pi * corner / _CORNERS
        north, east = math.sin(r) * math.cos(angle), math.sin(r) * math.sin(angle)
        # Cartesian, x towards the centre's meridian: exact at the poles, too, where asin of a sine loses 3 mas.
        x, y = math.cos(d) * math.cos(r) - math.sin(d) * north, east
        z = math.sin(d) * math.cos(r) + math.cos(d) * north
        lon, lat = ra + math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))
        corners.append(f"({lon % 360:.9f}d,{lat:.9f}d)")
    return "{" + ",".join(corners) + "}"
