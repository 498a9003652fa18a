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
        # the point at distance r and position angle `angle` (great circle, so right at the poles, too)
        sin_dec = math.sin(d) * math.cos(r) + math.cos(d) * math.sin(r) * math.cos(angle)
        east = math.sin(angle) * math.sin(r) * math.cos(d)
        offset = math.atan2(east, math.cos(r) - math.sin(d) * sin_dec)
        corners.append(f"({(ra + math.degrees(offset)) % 360:.9f}d,{math.degrees(math.asin(sin_dec)):.9f}d)")
    return "{" + ",".join(corners) + "}"
