"""Longitudes, baselines, resolution."""

import math

import numpy as np
import pytest

from ingest.oifits.geometry import LONGITUDES, angular_resolution, baseline_range, field_of_view, longitude_of
from ingest.oifits.names import facility_of
from tests.build.oifits import CHARA, VLTI


@pytest.mark.parametrize(
    ("xyz", "facility", "longitude"),
    [
        (VLTI, None, -70.4),
        (VLTI, "VLTI", -70.4),
        (CHARA, "CHARA", -118.06),
        ((3920635.0, 2889.0, 5013987.0), "COAST", 0.042),
        ((-5483173.0, 1951952.0, -2668147.0), "VLTI", -70.4),
        ((-5483173.0, 1951952.0, -2668147.0), None, 160.4),
        ((0.0, 0.0, 0.0), "VLTI", -70.4),
        ((0.0, 0.0, 0.0), None, None),
        ((10.0, 20.0, 30.0), "IOTA", -110.9),
        ((None, None, None), "NPOI", -111.5),
        ((6378e3, None, 0.0), None, None),
        ((math.nan, 0.0, 0.0), None, None),
        ((math.inf, 0.0, 0.0), "nowhere", None),
    ],
)
def test_longitude(xyz, facility, longitude):
    found = longitude_of(xyz, facility)
    assert found == (None if longitude is None else pytest.approx(longitude, abs=0.05))


def test_longitudes_are_those_of_known_facilities():
    assert {name for name in LONGITUDES if facility_of(name) != name} == set()
    assert all(-180 < longitude <= 180 for longitude in LONGITUDES.values())


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([30.0, 10.0], (10.0, 30.0)),
        ([[30.0, 10.0, math.nan]], (10.0, 30.0)),
        ([0.0, 5.0, math.inf], (5.0, 5.0)),
        ([0.0], (None, None)),
        ([], (None, None)),
    ],
)
def test_baseline_range(lengths, expected):
    assert baseline_range(np.array(lengths)) == expected


@pytest.mark.parametrize(
    ("wavelength", "baseline", "resolution"),
    [(2.2e-6, 130.0, 0.003491), (None, 130.0, None), (2e-6, None, None), (0.0, 130.0, None), (1.0, 5e-324, None)],
)
def test_resolution(wavelength, baseline, resolution):
    found = angular_resolution(wavelength, baseline)
    assert found == (None if resolution is None else pytest.approx(resolution, rel=1e-3))


@pytest.mark.parametrize(
    ("wavelength", "diameter", "expected"),
    [
        (1.65e-6, 1.8, math.degrees(1.65e-6 / 1.8)),  # H band with an Auxiliary Telescope: 0.19 arcsec
        (None, 1.8, None),
        (1.65e-6, None, None),
        (1.65, 1.8, None),  # metres written as micrometres: no field of view of 50 degrees
        (0.0, 1.8, None),
    ],
)
def test_field_of_view(wavelength, diameter, expected):
    assert field_of_view(wavelength, diameter) == expected
