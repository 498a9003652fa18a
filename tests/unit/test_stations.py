"""The stations of the arrays and the baselines that a target sees."""

import warnings
from itertools import combinations

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.io import fits
from astropy.time import Time
from astropy.utils import iers
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import OivoError
from ingest.stations import altitude, apparent_place, load_array, project, projected_baseline

ANGLES = st.floats(-np.pi, np.pi)
ELEVATIONS = st.floats(-np.pi / 2, np.pi / 2)
METRES = st.floats(-400, 400)

# ten Brummelaar et al. 2005, ApJ 628, 453, and ESO's VLTI manual; metres.
PUBLISHED_LENGTHS = {
    "CHARA": {
        ("S1", "S2"): 34.1,
        ("E1", "E2"): 65.9,
        ("W1", "W2"): 107.9,
        ("E2", "W2"): 156.3,
        ("S2", "W2"): 177.5,
        ("S1", "W2"): 211.0,
        ("E2", "W1"): 251.3,
        ("S2", "E2"): 248.1,
        ("S2", "W1"): 249.4,
        ("S1", "W1"): 278.5,
        ("S1", "E2"): 278.8,
        ("S2", "E1"): 302.3,
        ("E1", "W1"): 313.5,
        ("S1", "E1"): 330.7,
    },
    "VLTI": {
        ("U1", "U2"): 56.6,
        ("U1", "U3"): 102.4,
        ("U1", "U4"): 130.2,
        ("U2", "U3"): 46.6,
        ("U2", "U4"): 89.4,
        ("U3", "U4"): 62.5,
    },
}


@pytest.fixture(autouse=True)
def offline_earth_orientation():
    with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("auto_max_age", None):
        yield


@pytest.mark.parametrize(("name", "stations", "diameters"), [("VLTI", 35, {8.2, 1.8}), ("CHARA", 6, {1.0})])
def test_arrays_have_their_stations(name, stations, diameters):
    array = load_array(name)
    assert array.name == name
    assert len(array.stations) == stations
    assert {station.diameter for station in array.stations.values()} == diameters
    assert all(name == station.name for name, station in array.stations.items())


@pytest.mark.parametrize("name", ["vlti", "VLTI", "Chara"])
def test_array_names_in_any_case(name):
    assert load_array(name).name == name.upper()


def test_unknown_array_says_which_are_known():
    with pytest.raises(OivoError, match=r"no array 'NPOI'.*vlti, chara"):
        load_array("NPOI")


def test_unknown_station_says_which_are_known():
    with pytest.raises(OivoError, match=r"CHARA: no station 'S3'.*S1, S2, E1"):
        load_array("CHARA").station("S3")


@pytest.mark.parametrize(
    ("array", "pair", "length"),
    [(array, pair, length) for array, lengths in PUBLISHED_LENGTHS.items() for pair, length in lengths.items()],
)
def test_baseline_lengths_are_the_published_ones(array, pair, length):
    assert np.linalg.norm(load_array(array).baseline(*pair)) == pytest.approx(length, abs=0.1)


@pytest.mark.parametrize("name", ["VLTI", "CHARA"])
def test_geocentric_place_agrees_with_astropy(name):
    array = load_array(name)
    place = EarthLocation.from_geodetic(array.longitude, array.latitude, array.altitude)
    assert array.geocentric == pytest.approx([place.x.value, place.y.value, place.z.value], abs=1e-3)


@pytest.mark.parametrize("name", ["VLTI", "CHARA"])
@pytest.mark.parametrize("station", [0, 3, 5])
def test_geocentric_offsets_are_east_north_up(name, station):
    """Against astropy: the station, seen from the reference point, on the horizontal axes."""
    array = load_array(name)
    station = list(array.stations.values())[station]
    lon, lat, height = array.longitude, array.latitude, array.altitude
    here = array.geocentric

    def towards(dlon, dlat, dheight):
        place = EarthLocation.from_geodetic(lon + dlon, lat + dlat, height + dheight)
        direction = np.array([place.x.value, place.y.value, place.z.value]) - here
        return direction / np.linalg.norm(direction)

    axes = np.array([towards(1e-4, 0, 0), towards(0, 1e-4, 0), towards(0, 0, 10)])
    assert axes @ array.geocentric_offset(station) == pytest.approx(station.position, abs=1e-2)


@given(METRES, METRES, METRES, ANGLES, ELEVATIONS)
def test_projection_keeps_the_length(x, y, z, hour_angle, declination):
    uvw = project([x, y, z], hour_angle, declination)
    assert np.linalg.norm(uvw) == pytest.approx(np.linalg.norm([x, y, z]), abs=1e-9)


@given(METRES, METRES, METRES)
def test_projection_of_a_target_at_the_zenith_of_the_equator(x, y, z):
    """On the equator at the zenith, east is u, north is v and up is the delay."""
    assert project([x, y, z], 0.0, 0.0) == pytest.approx([y, z, x], abs=1e-12)


def test_baselines_have_a_sign_and_close():
    array = load_array("CHARA")
    mjd = np.linspace(60000.2, 60000.5, 7)

    def uvw(first, second):
        return projected_baseline(array, first, second, 84.0, 20.0, mjd)

    assert uvw("S1", "E1").shape == (7, 3)
    assert uvw("S1", "E1") == pytest.approx(-uvw("E1", "S1"))
    assert uvw("S1", "E1") + uvw("E1", "W2") + uvw("W2", "S1") == pytest.approx(np.zeros((7, 3)), abs=1e-9)


def test_a_target_in_the_meridian_sees_the_ground_plan_upright():
    """At upper culmination u is the way east: a target in the south sees east on its left, as the sky has it."""
    array = load_array("VLTI")
    hour_angle, _ = apparent_place(array.longitude, 40.0, -24.6, 60000.0)
    culmination = 60000.0 - hour_angle / (2 * np.pi) / 1.0027379
    u_, v_, _ = projected_baseline(array, "U1", "U4", 40.0, -24.6, culmination)
    first, second = array.station("U1"), array.station("U4")
    assert u_ == pytest.approx(second.east - first.east, abs=0.1)
    assert v_ == pytest.approx(second.north - first.north, abs=0.1)


@pytest.mark.parametrize(
    ("name", "pair", "ra", "dec", "mjd"),
    [
        ("VLTI", ("A0", "J3"), 26.017, -15.937, 58840.1),
        ("VLTI", ("U1", "U4"), 210.956, -60.373, 58600.3),
        ("CHARA", ("S1", "W1"), 89.882, 44.947, 58840.4),
        ("CHARA", ("E1", "W2"), 331.753, 25.345, 58700.3),
    ],
)
def test_projection_agrees_with_astropy(name, pair, ra, dec, mjd):
    """Independently: how the delay towards the target changes with its place in the sky gives u and v."""
    array = load_array(name)
    place = EarthLocation.from_geodetic(array.longitude, array.latitude, array.altitude)
    frame = AltAz(obstime=Time(mjd, format="mjd", scale="utc"), location=place)
    step = 1e-3
    # North of 2000.0 and north of date differ by up to 0.1 degrees, which turns u and v into each other: w and the
    # length are compared closely, u and v with the tolerance that this angle asks for.
    east_north_up = array.station(pair[1]).position - array.station(pair[0]).position

    def delay(delta_ra, delta_dec):
        seen = SkyCoord(ra + delta_ra, dec + delta_dec, unit=u.deg).transform_to(frame)
        alt, az = seen.alt.rad, seen.az.rad
        direction = np.array([np.cos(alt) * np.sin(az), np.cos(alt) * np.cos(az), np.sin(alt)])
        return east_north_up @ direction

    radians = np.radians(2 * step)
    expected_u = (delay(step, 0) - delay(-step, 0)) / radians / np.cos(np.radians(dec))
    expected_v = (delay(0, step) - delay(0, -step)) / radians
    u_, v_, w_ = projected_baseline(array, *pair, ra, dec, mjd)
    length = np.linalg.norm(east_north_up)
    assert w_ == pytest.approx(delay(0, 0), abs=0.02)
    assert np.hypot(u_, v_) == pytest.approx(np.hypot(expected_u, expected_v), abs=0.04)
    assert (u_, v_) == pytest.approx((expected_u, expected_v), abs=4e-3 * length)


def test_altitude_agrees_with_astropy():
    array = load_array("CHARA")
    place = EarthLocation.from_geodetic(array.longitude, array.latitude, array.altitude)
    mjd = 58840 + np.linspace(0, 1, 25)
    expected = SkyCoord(279.2347, 38.7837, unit=u.deg).transform_to(
        AltAz(obstime=Time(mjd, format="mjd", scale="utc"), location=place)
    )
    hour_angle, declination = apparent_place(array.longitude, 279.2347, 38.7837, mjd)
    assert altitude(array.latitude, hour_angle, declination) == pytest.approx(expected.alt.deg, abs=0.01)


def test_proper_motion_moves_the_place():
    """Barnard's star has moved by 10.36 arcsec a year to the north."""
    _, now = apparent_place(0.0, 269.452, 4.693, 51544.5 + 3652.5, pm_ra=-802.8, pm_dec=10362.5)
    _, still = apparent_place(0.0, 269.452, 4.693, 51544.5 + 3652.5)
    assert np.degrees(now - still) * 3600 == pytest.approx(103.6, abs=0.2)


@pytest.mark.parametrize(
    ("file", "array"),
    [
        ("GRAVI.2020-01-27T03:39:22.003_singlescivis_singlesciviscalibrated.fits", "VLTI"),
        ("PIONI.2017-12-22T06_45_09.235_oidataCalibrated.fits", "VLTI"),
        ("PIONIER.2013-06-07T01 46 06_oidataCalibrated.fits", "VLTI"),
        ("OiXP_Alf_CMa_MATISSE_B2-D0-J3-K0_2019-04-12.fits", "VLTI"),
        ("AZCYG2014NEW.oifits", "CHARA"),
    ],
)
def test_signs_and_lengths_are_those_of_real_files(reference, file, array):
    """UCOORD and VCOORD of real files, which average over minutes, within 0.6 m."""
    path = reference / "oifits" / "files" / file
    if not path.exists():
        pytest.skip(f"the reference data lack {file}")
    with warnings.catch_warnings(), fits.open(path) as hdus:
        warnings.simplefilter("ignore")
        stations = {
            hdu.header["ARRNAME"]: dict(zip(hdu.data["STA_INDEX"], hdu.data["STA_NAME"], strict=True))
            for hdu in hdus
            if hdu.name == "OI_ARRAY"
        }
        target = hdus["OI_TARGET"].data[0]
        table = hdus["OI_VIS2"]
        name = {index: text.strip() for index, text in stations[table.header["ARRNAME"]].items()}
        for row in table.data:
            pair = [name[index] for index in row["STA_INDEX"]]
            seen = projected_baseline(load_array(array), *pair, target["RAEP0"], target["DECEP0"], row["MJD"])
            assert seen[:2] == pytest.approx([row["UCOORD"], row["VCOORD"]], abs=0.7)


def test_every_station_pair_is_apart():
    for name in ("VLTI", "CHARA"):
        array = load_array(name)
        assert all(np.linalg.norm(array.baseline(*pair)) > 5 for pair in combinations(array.stations, 2))
