"""Projected baselines: against astropy's own way to the sky, against headers, and as ASPRO2 gets them."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers

from ingest.eso.baselines import aspro_text, polar, turned, with_baselines
from ingest.eso.exposure import read_frame
from ingest.eso.model import ProjectedBaseline
from ingest.eso.sky import apparent_places
from ingest.stations import apparent_place, load_array
from tests.build import headers

SECOND = 1 / 86400
#: From a header to the angles that AMBER, or a header with the opposite baselines, would have.
FROM_EAST, OPPOSITE = (lambda angle: 90 - angle), (lambda angle: angle + 180)


def read(instrument="GRAVITY", **odd):
    return read_frame(headers.text(headers.cards(instrument, **odd)))


def told(exposure, angle=lambda angle: angle, stretch=0.0):
    """The exposure with baselines in its header: the computed ones, changed."""
    (computed,) = with_baselines([exposure])
    lines = []
    for line in computed.baselines:
        length, position_angle = polar(line.u_start, line.v_start)
        lines.append(
            replace(
                line,
                u_start=None,
                v_start=None,
                u_end=None,
                v_end=None,
                header_length_start=length + stretch,
                header_length_end=length + stretch,
                header_angle_start=angle(position_angle) % 360,
                header_angle_end=(angle(position_angle) + 1) % 360,
            )
        )
    return replace(exposure, baselines=tuple(lines))


def astropy_uv(exposure, mjd):
    """Baselines by astropy: the star's place in the local frame, and the vectors that it sees."""
    site = load_array("VLTI")
    place = EarthLocation.from_geodetic(site.longitude, site.latitude, site.altitude)
    with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("iers_degraded_accuracy", "ignore"):
        frame = AltAz(obstime=Time(mjd, format="mjd"), location=place)
        star = SkyCoord(exposure.ra * u.deg, exposure.dec * u.deg).transform_to(frame)
    altitude, azimuth = star.alt.rad, star.az.rad
    sight = np.array([np.cos(altitude) * np.sin(azimuth), np.cos(altitude) * np.cos(azimuth), np.sin(altitude)])
    latitude = np.radians(site.latitude)
    pole = np.array([0.0, np.cos(latitude), np.sin(latitude)])
    north = pole - (pole @ sight) * sight
    north /= np.linalg.norm(north)
    east = np.cross(north, sight)
    places = np.array(exposure.positions)
    for i, j in np.transpose(np.triu_indices(len(places), 1)):
        vector = places[j] - places[i]
        yield vector @ east, vector @ north


def test_against_astropy():
    exposures = [read(), read("MIDI", RA=10.0, DEC=15.0), read("AMBER", RA=359.9, DEC=-70.0)]
    for exposure in with_baselines(exposures):
        for when, mjd in (("start", exposure.mjd_start), ("end", exposure.mjd_end)):
            expected = list(astropy_uv(exposure, mjd))
            found = [(getattr(line, f"u_{when}"), getattr(line, f"v_{when}")) for line in exposure.baselines]
            # UT1 - UTC, polar motion
            assert np.abs(np.subtract(found, expected)).max() < 0.01


def test_the_sky_is_that_of_one_star_at_a_time():
    rng = np.random.default_rng(1)
    ra, dec = rng.uniform(0, 360, 200), rng.uniform(-89, 60, 200)
    mjd = rng.uniform(52000, 61000, (200, 1)) + np.array([0, 0.01])
    hour_angle, declination = apparent_places(-70.4, ra, dec, mjd)
    expected = apparent_place(-70.4, ra[:, None], dec[:, None], mjd)
    arcsec = np.radians(1 / 3600)
    assert np.abs(np.sin(hour_angle - expected[0]) * np.cos(declination)).max() < 0.03 * arcsec
    assert np.abs(declination - expected[1]).max() < 0.03 * arcsec


def test_many_at_once_are_as_one_at_a_time():
    exposures = [
        read(RA=float(ra), **odd)
        for ra in (0.0, 60.0, 100.0, 150.0)
        for odd in (
            {},
            {"ISS_CONF_NTEL": 1},
            {"ISS_CONF_T1X": None},
            {"ISS_CONF_STATION2": "Z9", "ISS_CONF_T2X": None},
            {"DEC": None, "ISS_REF_RA": None},
        )
    ]
    together = with_baselines(exposures)
    assert together == [with_baselines([exposure])[0] for exposure in exposures]
    assert with_baselines([]) == []
    known = [sum(line.u_start is not None for line in exposure.baselines) for exposure in together]
    assert known == [6, 0, 6, 3, 0] * 4


def test_pairs_and_names():
    (found,) = with_baselines([read()])
    assert [(line.first, line.second) for line in found.baselines] == [
        ("A0", "G1"), ("A0", "J2"), ("A0", "J3"), ("G1", "J2"), ("G1", "J3"), ("J2", "J3"),
    ]  # fmt: skip


def test_the_position_asked_for_is_used_where_the_pointing_is_missing():
    (found,), (expected,) = with_baselines([read(RA=None)]), with_baselines([read()])
    for one, other in zip(found.baselines, expected.baselines, strict=True):
        assert one.u_start == pytest.approx(other.u_start, abs=0.01)


#: Change of the header's baselines, words of the finding (None: no finding).
HEADERS = [
    ({}, None),
    ({"stretch": 0.4}, None),
    ({"stretch": 0.6}, "up to 0.60 m from the computed ones"),
    ({"angle": lambda angle: angle + 1.5}, None),
    ({"angle": lambda angle: angle + 5}, "up to 5.0 deg from the computed ones"),
    ({"angle": FROM_EAST}, "counted from east"),
    ({"angle": OPPOSITE}, "opposite"),
]


@pytest.mark.parametrize(("change", "words"), HEADERS)
def test_comparison_with_the_header(change, words):
    (found,) = with_baselines([told(read(), **change)])
    assert len(found.findings) == bool(words)
    assert words is None or words in found.findings[0]


def test_below_the_horizon():
    (found,) = with_baselines([read(RA=280.0)])
    assert "altitude of -" in found.findings[0]


#: Odd cards, a word of what ASPRO2 objects to.
OBJECTIONS = [
    ({}, None),
    ({"INS_SPEC_RES": "HUGE"}, "INVALID_UV: unknown mode of GRAVITY"),
    ({"EXPTIME": 0.5, "DET2_NDIT": None}, "INVALID_TIMES"),
    ({"ISS_CONF_NTEL": 1}, "INVALID_UV: no projected baselines"),
    ({"RA": None, "ISS_REF_RA": None}, "no position"),
    ({"ISS_CONF_STATION1": ""}, "INVALID_META: no stations"),
    ({"EXPTIME": 7200.0}, "turns by"),
]


@pytest.mark.parametrize(("odd", "word"), OBJECTIONS)
def test_what_aspro_objects_to(odd, word):
    (found,) = with_baselines([read(**odd)])
    assert bool(found.aspro_log) == bool(word)
    assert word is None or any(word in objection for objection in found.aspro_log)


def test_aspro_text_is_strict_json():
    (found,) = with_baselines([read()])
    written = json.loads(aspro_text(found.baselines))
    assert list(written)[:2] == ["A0-G1", "A0-J2"]
    line = found.baselines[0]
    shown = written["A0-G1"]
    length, angle = shown["length"]["end"], math.radians(shown["angle"]["end"])
    assert length * math.sin(angle) == pytest.approx(line.u_end, abs=1e-3)
    assert length * math.cos(angle) == pytest.approx(line.v_end, abs=1e-3)


def test_aspro_text_falls_back_to_the_header():
    lines = [
        ProjectedBaseline("U1", "U2", None, None, None, None, 50.1, 50.2, 14.6, 15.4),
        ProjectedBaseline("U1", "U3", None, None, None, None, 50.1, None, 14.6, 15.4),
        ProjectedBaseline("U2", "U3"),
    ]
    assert json.loads(aspro_text(lines)) == {
        "U1-U2": {"length": {"start": 50.1, "end": 50.2}, "angle": {"start": 14.6, "end": 15.4}}
    }
    assert aspro_text(lines[2:]) == ""


def test_chara_rows_with_stations_get_baselines_too():
    row = replace(read(), interferometer="CHARA", stations=("S1", "E2"), positions=(), baselines=(), dec=20.0)
    (found,) = with_baselines([row])
    assert found.baselines[0].u_start is not None and found.aspro_log == ()
    (elsewhere,) = with_baselines([replace(row, interferometer="ATLANTIS")])
    assert elsewhere.baselines == () and "unknown interferometer ATLANTIS" in elsewhere.aspro_log[0]


@pytest.mark.parametrize(("first", "second", "angle"), [(359.5, 0.5, 1.0), (10.0, 20.0, 10.0), (0.0, 180.0, 180.0)])
def test_turned(first, second, angle):
    assert turned(first, second) == turned(second, first) == pytest.approx(angle)
