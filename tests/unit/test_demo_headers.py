"""Simulated header texts: what is in them against independent calculations, and against what oivo reads from them."""

import csv
import gzip
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO, StringIO
from itertools import combinations, pairwise

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.io import fits
from astropy.time import Time
from astropy.utils import iers

from ingest.demo import survey
from ingest.demo.frames.cards import template
from ingest.demo.frames.instruments import INSTRUMENTS
from ingest.demo.frames.sky import packed, sexagesimal
from ingest.demo.headers import demo_chara_log, demo_frames, large_survey
from ingest.eso.baselines import with_baselines
from ingest.eso.exposure import read_frame
from ingest.eso.frames import may_be_exposure
from ingest.eso.model import Exposure
from ingest.stations import load_array

DAY = date(2026, 3, 1)
#: HEADERS, EXPOSURES, OBSERVATIONS, TARGETS of the original.
ORIGINAL = (1_035_757, 342_284, 47_263, 35_277)


@cache
def large():
    return tuple(large_survey(2500, 3))


@cache
def read(frames):
    """Pairs of the simulated frame and what oivo makes of it."""
    return [(frame, read_frame(frame.text, frame.record)) for frame in frames]


@cache
def exposures():
    return [(frame, found) for frame, found in read(large()) if isinstance(found, Exposure)]


@cache
def demo():
    return tuple(demo_frames(DAY))


def cards(frame):
    return fits.Header.fromstring(frame.text, sep="\n")


def one_of_each():
    """An exposure of each instrument, the last ones."""
    return list({found.instrument: (frame, found) for frame, found in exposures()}.values())


# The texts


def test_cards_have_eighty_columns_and_fits_reads_them():
    for frame, _ in one_of_each():
        lines = frame.text.splitlines()
        assert {len(line) for line in lines} == {80}
        assert lines[-1].strip() == "END"
        header = cards(frame)
        header.tostring()
        for card in header.cards:
            card.verify("exception")
        assert len(set(header)) == len(header)
        assert f"{frame.dp_id}.fits" == header["ARCFILE"]
        assert "SIMULATED" in header.comments["ORIGIN"]


def test_sizes_are_those_of_real_headers():
    sizes = Counter()
    for frame, found in exposures():
        sizes[found.instrument] = max(sizes[found.instrument], frame.text.count("\n"))
    assert {name: round(size, -2) for name, size in sizes.items()} == {
        "MIDI": 300, "AMBER": 500, "PIONIER": 500, "GRAVITY": 1000, "MATISSE": 1200,
    }  # fmt: skip


def test_keywords_come_with_the_years():
    old, new = (template("PIONIER", "AT", 4, day).text for day in (date(2011, 1, 1), date(2020, 1, 1)))
    assert "ISS AMBI IWV START" not in old
    assert "ISS AMBI IWV START" in new
    assert "ISS AT4 NAOMI" not in old
    assert "ISS AT4 NAOMI" in new
    assert "ISS AT1 NAOMI" not in template("PIONIER", "UT", 4, date(2020, 1, 1)).text
    assert "CONTAINER" not in template("MIDI", "UT", 2, date(2008, 1, 1)).text
    laboratory = template("GRAVITY", "AT", 0, date(2020, 1, 1)).text
    assert "ISS PBL" not in laboratory
    assert "ISS REF" not in laboratory


def test_the_same_seed_gives_the_same_frames():
    first, second, other = (list(large_survey(60, seed)) for seed in (5, 5, 6))
    assert first == second
    assert [frame.text for frame in first] == [frame.text for frame in second]
    assert {frame.dp_id for frame in first}.isdisjoint(frame.dp_id for frame in other)


@pytest.mark.parametrize(
    ("degrees", "hours", "text"),
    [
        (81.909458, True, "52738.27"),
        (-0.209583, False, "-1234.5"),
        (11.427517, False, "112539.06"),
        (0.0, True, "0.00"),
        (-57.236753, False, "-571412.31"),
    ],
)
def test_packed_angles(degrees, hours, text):
    """Values of real headers, section 'quirks' of the notes on them: without leading zeros, the sign of -00."""
    assert float(packed(degrees, hours=hours)) == pytest.approx(float(text), abs=0.011)
    assert not packed(degrees, hours=hours).lstrip("-").startswith("00")


@pytest.mark.parametrize(
    ("degrees", "hours", "text"),
    [
        (359.9999999, True, "24:00:00.0"),
        (-0.1, False, "-00:06:00.0"),
        (10.0, True, "00:40:00.0"),
        (9.9, False, "+09:54:00.0"),
    ],
)
def test_sexagesimal(degrees, hours, text):
    assert sexagesimal(degrees, hours=hours) == text


# What is in them


def test_what_is_read_is_what_was_simulated():
    modes = {name: {s.mode for s in i.settings} | {s.mode_n for s in i.settings} for name, i in INSTRUMENTS.items()}
    for frame, found in exposures():
        record = frame.record
        assert found.header_id == frame.dp_id == record.dp_id
        assert found.instrument == record.instrument
        assert found.mode in modes[found.instrument]
        assert len(found.stations) == INSTRUMENTS[found.instrument].telescopes == len(found.telescopes)
        assert found.mjd_start == pytest.approx(record.mjd_obs, abs=1e-9)
        assert found.exptime == pytest.approx(record.exposure, abs=1e-3)
        assert found.mjd_end > found.mjd_start
        assert found.ob_id == record.ob_id
        assert found.raw_target.upper() == record.target
        assert found.altitude > 25
        assert (found.obs_type == "science") == (record.dp_cat == "SCIENCE")
    assert len({found.mode for _, found in exposures()}) > 15


def test_every_exposure_is_found_and_nothing_else():
    found = [what for _, what in read(large()) if isinstance(what, Exposure)]
    assert len(found) == 2500
    assert all(may_be_exposure(frame.record) for frame, _ in exposures())


def test_weather_is_that_of_the_cards_and_changes_smoothly():
    for frame, found in one_of_each():
        header = cards(frame)
        mean = (header["ESO ISS AMBI FWHM START"] + header["ESO ISS AMBI FWHM END"]) / 2
        assert found.seeing == pytest.approx(mean)
        assert found.tau0 == pytest.approx((header["ESO ISS AMBI TAU0 START"] + header["ESO ISS AMBI TAU0 END"]) / 2)
        assert (found.temperature, found.humidity) == (header["ESO ISS AMBI TEMP"], header["ESO ISS AMBI RHUM"])
        assert header["ESO ISS AMBI TEMPDEW"] < header["ESO ISS AMBI TEMP"]
    by_night = {}
    for _, found in exposures():
        by_night.setdefault(round(found.mjd_start - 0.2), []).append(found)
    for night in by_night.values():
        for one, other in pairwise(night):
            if (
                None in (one.seeing, other.seeing, one.temperature, other.temperature)
                or other.mjd_start - one.mjd_start > 0.005
            ):
                continue
            assert abs(np.log(one.seeing / other.seeing)) < 0.25
            assert abs(one.temperature - other.temperature) < 1


def test_sentinels_and_gaps_are_there():
    """1.8 per cent of the original's exposures lacked a keyword; -1 means that nothing was measured."""
    found = [found for _, found in exposures()]
    incomplete = [what for what in found if not what.validation_level]
    assert 0 < len(incomplete) < 0.05 * len(found)
    assert any("Missing" in what.validation_log[0] for what in incomplete)
    assert any("FWHM START = -1.00" in frame.text for frame in large())
    assert any(what.seeing is None for what in found)


@pytest.fixture()
def without_tables():
    """Astropy then takes UT1 for UTC, and asks no server."""
    with iers.conf.set_temp("auto_download", False), iers.conf.set_temp("iers_degraded_accuracy", "ignore"):
        yield


@pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyWarning")
@pytest.mark.usefixtures("without_tables")
def test_pointing_against_astropy():
    """Altitude and azimuth (from south through west) without refraction; UT1 - UTC is at most 0.9 s, 15 arcsec."""
    array = load_array("VLTI")
    where = EarthLocation.from_geodetic(array.longitude, array.latitude, array.altitude)
    for frame, _ in one_of_each():
        header = cards(frame)
        place = SkyCoord(header["ESO COU GUID RA"] * u.deg, header["ESO COU GUID DEC"] * u.deg)
        time = Time(header["MJD-OBS"], format="mjd", scale="utc")
        seen = place.transform_to(AltAz(obstime=time, location=where))
        assert header["ESO ISS ALT"] == pytest.approx(seen.alt.deg, abs=0.01)
        assert np.cos(np.radians(header["ESO ISS AZ"] - seen.az.deg - 180)) == pytest.approx(1, abs=1e-6)
        sidereal = time.sidereal_time("apparent", longitude=array.longitude * u.deg).hour * 3600
        assert (header["LST"] + 2.5 - sidereal + 43200) % 86400 - 43200 == pytest.approx(0, abs=1.0)
        assert header["UTC"] + 2.5 == pytest.approx(header["MJD-OBS"] % 1 * 86400, abs=0.01)


def test_baselines_against_the_archives_own():
    """PBL and PBLA of the header and those that oivo computes: 5 cm, 0.1 degrees; AMBER's are without precession."""
    bounds = {"AMBER": (0.3, 1.0)}
    found = with_baselines([found for _, found in exposures()])
    assert {what.instrument for what in found} == set(INSTRUMENTS)
    for what in found:
        length_bound, angle_bound = bounds.get(what.instrument, (0.05, 0.1))
        assert len(what.baselines) == len(list(combinations(what.stations, 2)))
        for baseline in what.baselines:
            for when in ("start", "end"):
                u_, v_ = getattr(baseline, f"u_{when}"), getattr(baseline, f"v_{when}")
                length = getattr(baseline, f"header_length_{when}")
                turn = getattr(baseline, f"header_angle_{when}") - np.degrees(np.arctan2(u_, v_))
                assert np.hypot(u_, v_) == pytest.approx(length, abs=length_bound)
                assert (turn + 180) % 360 - 180 == pytest.approx(0, abs=angle_bound)
        assert not what.aspro_log


def test_telescopes_stand_where_the_stations_are():
    """The headers count X to the west and Y to the south."""
    array = load_array("VLTI")
    for frame, _ in one_of_each():
        header = cards(frame)
        for beam in range(1, header["ESO ISS CONF NTEL"] + 1):
            x, y, z = (header[f"ESO ISS CONF T{beam}{axis}"] for axis in "XYZ")
            station = array.station(header[f"ESO ISS CONF STATION{beam}"])
            assert (-x, -y, z) == pytest.approx(tuple(station.position), abs=0.03)


# The survey


def test_proportions_are_those_of_the_original():
    headers, frames, observations, targets = ORIGINAL
    found = [found for _, found in exposures()]
    assert len(large()) == round(2500 * headers / frames)
    blocks = {(what.ob_id, what.prog_id) for what in found}
    assert len(found) / len(blocks) == pytest.approx(frames / observations, rel=0.02)
    # places without the errors of the telescopes, and motions of a year: nobody else is within an arcminute
    places = {(round(what.ref_ra, 2), round(what.ref_dec, 2)) for what in found if what.ref_ra is not None}
    assert len(places) == pytest.approx(2500 * targets / frames, rel=0.15)


def test_the_traps_of_real_archives():
    found = [found for _, found in exposures()]
    offsets = Counter(
        round((what.ra - what.ref_ra) * 3600) for what in found if what.instrument in ("GRAVITY", "MATISSE")
    )
    assert {-8, -4, 4, 8} & {key for key, number in offsets.items() if number > 5}
    early = [abs(what.ra - what.ref_ra) * 3600 for what in found if what.mjd_start < 57000]
    assert np.percentile(early, 90) < 3
    spelled = {what.raw_target for what in found}
    assert {"_", " "} <= {name[2:3] for name in spelled if name.startswith("HD")}
    dual = [what for what in found if what.submode == "DUAL"]
    assert dual
    assert all(what.sc_offset_ra and what.ft_object != what.sc_object for what in dual)
    assert any(what.container_type == "C" and what.container_id for what in found)


def test_identifiers_differ():
    assert len({frame.dp_id for frame in large()}) == len(large())


# The demo


def test_demo_files_come_from_demo_frames():
    ids = {found.header_id: found for _, found in read(demo()) if isinstance(found, Exposure)}
    files = 0
    for file in survey(DAY):
        data = gzip.decompress(file.data) if file.data[:2] == b"\x1f\x8b" else file.data
        with fits.open(BytesIO(data)) as hdus:
            header = hdus[0].header
            if header["TELESCOP"] == "CHARA":
                continue
            files += 1
            found = ids[header["ARCFILE"].removesuffix(".fits")]
            assert found.prog_id == header["ESO OBS PROG ID"]
            assert found.instrument == header["INSTRUME"]
            assert list(found.stations) == list(hdus["OI_ARRAY"].data["STA_NAME"])
            assert found.mjd_start <= hdus["OI_VIS2"].data["MJD"].min() <= found.mjd_start + 300 / 86400
            first = hdus["OI_TARGET"].data[0]
            assert (found.ref_ra, found.ref_dec) == pytest.approx((first["RAEP0"], first["DECEP0"]), abs=1e-4)
    assert files == 25


def test_demo_is_small_and_clean():
    found = with_baselines([found for _, found in read(demo()) if isinstance(found, Exposure)])
    assert 200 <= len(demo()) <= 400
    assert all(frame.dp_id.startswith("SIM_") and frame.record.access_url is None for frame in demo())
    assert not [what for what in found if what.findings or what.aspro_log or what.validation_log]
    assert demo() == tuple(demo_frames(DAY))


def test_calibrators_are_public_at_once():
    for frame, found in read(demo()):
        if isinstance(found, Exposure):
            wait = frame.record.release_date - frame.record.exp_start
            assert wait.days == (365 if found.obs_type == "science" else 0)


def test_chara_log():
    rows = list(csv.DictReader(StringIO(demo_chara_log(DAY))))
    assert 30 < len(rows) < 80
    assert {row["COMBINER"] for row in rows} == {"MIRC-X", "SPICA", "PAVO", "CLASSIC"}
    assert {row["TYPE"] for row in rows} == {"OBJ", "CAL1"}
    assert all(0 < float(row["B1"]) < 335 for row in rows)
    assert [float(row["B2"]) for row in rows if row["SCOPES"] == "S2-W2"] == [0.0] * 5


def test_frames_are_values():
    frame = demo()[0]
    assert replace(frame) == frame
    assert frame.text not in repr(frame)
