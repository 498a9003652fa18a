"""What an exposure is told to be: times, stations, weather, names, validity; one odd card at a time."""

from datetime import UTC, datetime

import pytest

from ingest.eso.exposure import read_frame
from ingest.eso.model import RawRecord
from tests.build import headers

SECOND = 1 / 86400
ID = f"GRAVI.{headers.TIME}"
RELEASE = datetime(2020, 2, 16, tzinfo=UTC)


def read(instrument="GRAVITY", record=None, **odd):
    return read_frame(headers.text(headers.cards(instrument, **odd)), record)


def test_a_plain_exposure():
    found = read()
    assert (found.exp_id, found.header_id) == (f"{ID}_1", ID)
    assert (found.interferometer, found.obs_type) == ("VLTI", "science")
    assert (found.prog_id, found.ob_id, found.ob_name) == ("0102.C-0519(A)", 2109876, "SCI_HD_1")
    assert (found.container_id, found.container_type) == (2109870, "C")
    assert (found.tpl_expno, found.tpl_nexp, found.tpl_id) == (1, 5, "GRAVITY_single_obs_exp")
    assert found.tpl_start == datetime(2019, 2, 16, 4, 20, tzinfo=UTC)
    assert found.stations == ("A0", "G1", "J2", "J3")
    assert found.telescopes == ("AT1", "AT2", "AT3", "AT4")
    assert found.positions[1] == (66.7157, -95.5015, 4.5397)
    assert (found.raw_target, found.ra, found.dec) == ("HD 1", 100.123456, -30.5)
    assert (found.ref_ra, found.ref_dec) == (pytest.approx(100.1234583, abs=1e-6), -30.5)
    assert (found.seeing, found.tau0, found.iwv, found.airmass) == (0.85, 0.0045, 2.5, 1.11)
    assert (found.temperature, found.humidity, found.pressure) == (12.3, 14.0, 744.2)
    assert (found.wind_speed, found.wind_direction) == (5.5, 30.0)
    assert (found.altitude, found.azimuth) == (65.0, 350.5)
    assert (found.adaptive_optics, found.fringe_tracker) == ("NAOMI", None)
    assert found.access_url == f"https://dataportal.eso.org/dataPortal/file/{ID}"
    assert (found.validation_level, found.validation_log, found.findings) == (1, (), ())


#: Instrument, odd cards, exposure of ESO's table, integration time.
EXPOSURE_TIMES = [
    ("GRAVITY", {}, None, 300.0),
    ("GRAVITY", {"EXPTIME": None}, None, 300.0),
    ("GRAVITY", {"EXPTIME": 310.0}, None, 310.0),
    ("MATISSE", {}, None, 55.5),
    ("AMBER", {}, None, 60.0),
    ("AMBER", {}, 61.5, 61.5),
    ("AMBER", {}, 0.5, 60.0),
    ("PIONIER", {"DET_NDIT": None}, None, 51.2),
    ("PIONIER", {"EXPTIME": 256.0, "PRO_CATG": "TARGET_OIDATA_CALIBRATED"}, None, 51.2),
    ("PIONIER", {"EXPTIME": 256.0}, None, 256.0),
    ("MIDI", {"DET_DIT": -1.0, "EXPTIME": -1.0}, None, None),
    ("GRAVITY", {}, 0.0, 300.0),
]


@pytest.mark.parametrize(("instrument", "odd", "told", "exptime"), EXPOSURE_TIMES)
def test_exposure_times(instrument, odd, told, exptime):
    record = None if told is None else RawRecord(f"X.{headers.TIME}", instrument, exposure=told)
    found = read(instrument, record, **odd)
    assert found.exptime == (None if exptime is None else pytest.approx(exptime))
    assert found.mjd_end == pytest.approx(found.mjd_start + (exptime or 0) * SECOND, abs=1e-9)


#: Odd cards, start relative to the identifier's time (s), a word of the finding.
STARTS = [
    ({}, 0.0, None),
    ({"MJD-OBS": headers.MJD + 0.9 * SECOND}, 0.9, None),
    ({"MJD-OBS": headers.MJD - 254 * SECOND}, 0.0, "MJD-OBS is -254 s from"),
    ({"MJD-OBS": None}, 0.0, "MJD-OBS is missing"),
    ({"MJD-OBS": 0.0}, 0.0, "MJD-OBS is missing"),
    ({"ARCFILE": None}, 0.0, "ARCFILE is missing"),
    ({"ARCFILE": None, "MJD-OBS": headers.MJD - 10 * SECOND}, -10.0, "ARCFILE is missing"),
    ({"ARCFILE": None, "MJD-OBS": headers.MJD - 60 * SECOND}, -60.0, "MJD-OBS counts"),
    ({"ARCFILE": None, "MJD-OBS": headers.MJD - 60 * SECOND, "PRO_CATG": "VIS_1"}, 0.0, "DATE-OBS counts"),
    ({"ARCFILE": None, "MJD-OBS": None}, 0.0, "the time is DATE-OBS"),
    ({"DATE-OBS": None}, 0.0, None),
]


@pytest.mark.parametrize(("odd", "late", "word"), STARTS)
def test_starts(odd, late, word):
    found = read(**odd)
    assert found.mjd_start == pytest.approx(headers.MJD + late * SECOND, abs=1e-3 * SECOND * 2)
    assert bool(found.findings) == bool(word)
    assert word is None or any(word in finding for finding in found.findings)


def test_identifiers():
    assert read(ARCFILE="GRAVI.2019-02-16T04:26:53.206.fits.Z").header_id == ID
    assert read(ARCFILE=None).header_id == ID
    record = RawRecord("GRAVI.2019-02-16T04:26:53.207", "GRAVITY")
    found = read(record=record)
    assert found.header_id == record.dp_id
    assert "ARCFILE is GRAVI.2019-02-16T04:26:53.206, but" in found.findings[0]
    unnamed = headers.text(headers.cards(ARCFILE=None, DATE_OBS=None, **{"DATE-OBS": None}))
    assert read_frame(unnamed, name="my file.hdr").header_id == "my_file"


def test_what_the_table_of_raw_frames_adds():
    record = RawRecord(
        ID, "GRAVITY", prog_id="other", prog_title="Title", pi_coi="PI", target="STAR", release_date=RELEASE,
        access_url="https://x.example/1", access_estsize=12,
    )  # fmt: skip
    found = read(record=record, OBS_TARG_NAME=None)
    assert (found.prog_id, found.prog_title, found.pi_coi) == ("0102.C-0519(A)", "Title", "PI")
    assert (found.raw_target, found.release_date) == ("STAR", RELEASE)
    assert (found.access_url, found.access_estsize) == ("https://x.example/1", 12)
    assert read(record=record, OBS_PROG_ID=None).prog_id == "other"


#: Odd cards, attribute, its value, a word of a finding.
VALUES = [
    ({"DPR_CATG": "CALIB"}, "obs_type", "calibrator", None),
    ({"OBS_TARG_NAME": None, "OBJECT": "STD"}, "raw_target", "", None),
    ({"OBS_TARG_NAME": "UNKNOWN"}, "raw_target", "HD 1", None),
    ({"ISS_AMBI_FWHM_START": -1.0}, "seeing", 0.9, "ISS AMBI FWHM START is -1: not measured"),
    ({"ISS_AMBI_FWHM_START": -1.0, "ISS_AMBI_FWHM_END": -1.0}, "seeing", None, "not measured"),
    ({"ISS_AMBI_TAU0_START": 0.0, "ISS_AMBI_TAU0_END": 0.0}, "tau0", None, "not measured"),
    ({"ISS_AMBI_IWV_START": None}, "iwv", 3.0, None),
    ({"ISS_AMBI_TEMP": -999.0}, "temperature", None, None),
    ({"ISS_AMBI_RHUM": 4}, "humidity", 4.0, None),
    ({"ISS_AMBI_WINDSP": -1.0}, "wind_speed", None, None),
    ({"ISS_AZ": 0.0}, "azimuth", 180.0, None),
    ({"ISS_AZ": 270.0}, "azimuth", 90.0, None),
    ({"RA": -596.52323555, "DEC": -596.52323555}, "ra", None, "are no position"),
    ({"RA": None}, "dec", None, "RA or DEC is missing"),
    ({"DEC": 60.0}, "dec", 60.0, "too far north"),
    ({"ISS_REF_RA": 999999.0}, "ref_dec", None, None),
    ({"OBS_ID": -1}, "ob_id", None, "OBS ID is -1"),
    ({"OBS_CONTAINER_ID": -999}, "container_id", None, None),
    ({"OBS_START": "yesterday"}, "ob_start", None, None),
    (
        {"ISS_CONF_STATION1": "UT1", "ISS_CONF_T1NAME": None, "ISS_CONF_T1X": None},
        "stations",
        ("U1", "G1", "J2", "J3"),
        None,
    ),
    ({"ISS_CONF_T2NAME": None}, "telescopes", ("AT1", "AT", "AT3", "AT4"), None),
    ({"ISS_CONF_NTEL": 3, "TELESCOP": "ESO-VLTI-A124"}, "stations", ("A0", "G1", "J2"), None),
    ({"ISS_CONF_NTEL": 3}, "stations", ("A0", "G1", "J2"), "TELESCOP has 4 telescopes"),
    ({"ISS_CONF_STATION4": None}, "stations", ("A0", "G1", "J2"), "ISS CONF NTEL is 4, but there are 3 stations"),
    ({"ISS_CONF_STATION4": "Z9"}, "stations", ("A0", "G1", "J2", "Z9"), "no such station: Z9"),
    ({"ISS_CONF_STATION4": "A0"}, "stations", ("A0", "G1", "J2", "A0"), "a station is named twice"),
    ({"DEL_FT_SENSOR": "GRAVITY", "DEL_FT_STATUS": "ON"}, "fringe_tracker", "GRAVITY", None),
    ({"DEL_FT_SENSOR": "MATISSE", "DEL_FT_STATUS": "ON"}, "fringe_tracker", None, None),
    ({"DEL_FT_SENSOR": "FINITO", "DEL_FT_STATUS": "OFF"}, "fringe_tracker", None, None),
    ({"ISS_PBL12_START": 0.0}, "stations", ("A0", "G1", "J2", "J3"), "ISS PBL12 START is 0 m"),
    ({"DPR_CATG": None}, "obs_type", "science", "DPR CATG is missing"),
    ({"COU_AO_SYSTEM": "CIAO"}, "adaptive_optics", None, "COU AO SYSTEM is CIAO, which the telescopes do not have"),
    ({"COU_AO_SYSTEM": "NONE"}, "adaptive_optics", None, None),
    ({"INS_SOBJ_X": -2051.0}, "sc_offset_ra", -2051.0, None),
    ({"FT_ROBJ_NAME": "CO_Ori_A"}, "ft_object", "CO_Ori_A", None),
]


@pytest.mark.parametrize(("odd", "attribute", "value", "word"), VALUES)
def test_values(odd, attribute, value, word):
    found = read(**odd)
    assert getattr(found, attribute) == value
    assert bool(word) == bool(found.findings), found.findings
    assert word is None or any(word in finding for finding in found.findings)


def test_places_that_are_another_station_s_do_not_count():
    found = read(ISS_CONF_T1X=-38.063, ISS_CONF_T2Z=0.0)
    assert found.positions[:2] == (None, None) and found.positions[2] is not None
    assert [finding[:14] for finding in found.findings] == ["ISS CONF T1X, ", "ISS CONF T2X, "]


#: OB name, DPR CATG of MIDI, type.
MIDI_TYPES = [
    ("SCI_HD1", "CALIB", "science"), ("CAL_HD1", "SCIENCE", "calibrator"), ("HD1", "CALIB", "calibrator"),
    ("HD1", "SCIENCE", "science"), ("Cal_HD1", "CALIB", "calibrator"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "category", "expected"), MIDI_TYPES)
def test_types_of_midi(block, category, expected):
    found = read("MIDI", OBS_NAME=block, DPR_CATG=category)
    assert found.obs_type == expected
    assert bool(found.findings) == (expected != {"SCIENCE": "science", "CALIB": "calibrator"}[category])


#: In the original's words and order.
ALL_MISSING = (
    "Missing 'HIERARCH ISS CONF NTEL'",
    "Missing 'EXPTIME'",
    "Missing 'HIERARCH ISS AMBI TAU0 START'",
    "Missing 'HIERARCH ISS AMBI TAU0 END'",
    "Missing 'HIERARCH ISS AMBI TEMP'",
    "Missing 'HIERARCH ISS AMBI FWHM START'",
    "Missing 'HIERARCH ISS AMBI FWHM END'",
)


@pytest.mark.parametrize("sentence", ALL_MISSING)
def test_validity(sentence):
    key = sentence.split("'")[1].removeprefix("HIERARCH ")
    found = read(**{key: None})
    assert (found.validation_log, found.validation_level) == ((sentence,), 0)


def test_validity_of_a_header_without_all():
    keys = [sentence.split("'")[1].removeprefix("HIERARCH ") for sentence in ALL_MISSING]
    assert read(**dict.fromkeys(keys)).validation_log == ALL_MISSING
