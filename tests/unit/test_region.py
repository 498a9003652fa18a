"""The octagon around a position, measured with astropy."""

import re
from itertools import pairwise

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from hypothesis import given
from hypothesis import strategies as st

from ingest.region import DEFAULT_RADIUS, polygon_around

#: Nine decimals of a degree are 3.6 microarcseconds.
ROUNDING = 2e-9


def corners(text):
    number = r"(-?[0-9]+\.[0-9]{9})d"
    assert re.fullmatch(rf"\{{\({number},{number}\)(,\({number},{number}\)){{7}}\}}", text)
    return SkyCoord([tuple(map(float, pair)) for pair in re.findall(rf"\({number},{number}\)", text)], unit="deg")


POSITIONS = [(ra, dec) for ra in (0, 1e-7, 359.9999999, 180, 68.98, 360) for dec in (0, 16.51, -45, 89.9999, 90, -90)]


@pytest.mark.parametrize(("ra", "dec"), POSITIONS)
@pytest.mark.parametrize("radius", [DEFAULT_RADIUS, 1e-6, 0.5])
def test_corners_are_at_the_radius(ra, dec, radius):
    found = corners(polygon_around(ra, dec, radius))
    centre = SkyCoord(ra, dec, unit="deg")
    assert np.allclose(centre.separation(found).deg, radius, rtol=0, atol=ROUNDING)
    assert (found.ra.deg >= 0).all() and (found.ra.deg <= 360).all()
    sides = [one.separation(other).deg for one, other in pairwise([*found, found[0]])]
    assert np.allclose(sides, 2 * radius * np.sin(np.pi / 8), rtol=1e-4, atol=2 * ROUNDING)


@given(st.floats(0, 360), st.floats(-90, 90), st.floats(1e-7, 1))
def test_every_position(ra, dec, radius):
    found = corners(polygon_around(ra, dec, radius))
    assert np.allclose(SkyCoord(ra, dec, unit="deg").separation(found).deg, radius, rtol=0, atol=ROUNDING)


def test_the_corners_go_round_from_north_to_east():
    found = corners(polygon_around(10, 20, 0.1))
    angles = SkyCoord(10, 20, unit="deg").position_angle(found).wrap_at(350 * u.deg).deg
    assert np.allclose(angles, np.arange(8) * 45, atol=1e-4)
