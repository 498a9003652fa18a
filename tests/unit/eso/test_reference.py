"""All real headers: what is read of them against astropy and against the text, baselines against the header's."""

import re
import warnings
from datetime import UTC, datetime

import pytest
from astropy.io import fits

from ingest.eso.baselines import polar, turned, with_baselines
from ingest.eso.exposure import read_frame
from ingest.eso.frames import vlti_instruments
from ingest.eso.header import Header
from ingest.eso.model import Exposure, NotAnExposure
from ingest.eso.plain import plain_text

#: Headers that are no exposures: a word of the reason.
REJECTED = {
    "GRAVITY.2016-09-19T16_35_33": "calibration unit",
    "GRAVITY.2016-10-26T07_34_39": "calibration unit",
    "GRAVITY.GRAVI_STATIC_CALIB": "STATIC_PARAM",
    "GRAVITY.GRAVI_WAVE": "WAVE_PARAM",
    "MATISSE.2025-02-10T10_18_15.3091": "calibration unit",
}
#: ISS PBL END of this one is that of 12 s after the start of 200 s.
EARLY_END = "GRAVITY.2018-04-18T08_08_28"

#: Header values to the mode, written down apart from modes.toml.
MODES = {
    "GRAVITY": lambda card: f"{card('INS SPEC RES')}-{card('INS POLA MODE')}",
    "MATISSE": lambda card: (
        f"HIGH_SENS_N_{card('INS DIN NAME')}"
        if card("DET CHIP NAME") == "AQUARIUS"
        else f"SI_PHOT_{'L' if card('SEQ DIL WL0') == 3.5 else card('INS FIL NAME')}_{card('INS DIL NAME')}"
    ),
    "PIONIER": lambda card: f"{'GRISM' if card('INS OPTI2 NAME') == 'GRISM' else card('INS OPTI3 NAME')}-H",
    "AMBER": lambda card: card("OCS OBS SPECCONF"),
}


@pytest.fixture(scope="module")
def real(reference):
    paths = sorted((reference / "headers").glob("*/*.hdr"))
    if not paths:
        pytest.skip("no headers among the reference data")
    return {path.name.removesuffix(".hdr"): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def exposures(real):
    """Exposures and astropy's reading of their headers."""
    read = {name: read_frame(content, name=name) for name, content in real.items()}
    found = {name: frame for name, frame in read.items() if isinstance(frame, Exposure)}
    computed = dict(zip(found, with_baselines(list(found.values())), strict=True))
    return {name: (exposure, cards_of(real[name])) for name, exposure in computed.items()}


def cards_of(content):
    """Values by astropy: a function of the keyword."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = fits.Header.fromstring(content.decode("latin-1"), sep="\n")

    def card(key, default=None):
        for spelled in (key, f"ESO {key}"):
            if spelled in header:
                value = header[spelled]
                return value.strip() if isinstance(value, str) else value
        return default

    return card


def test_every_header_is_read(real, exposures):
    for name, content in real.items():
        frame = read_frame(content, name=name)
        known = name.split(".")[0] in vlti_instruments()
        assert isinstance(frame, Exposure) == (known and name not in REJECTED), name
        if isinstance(frame, NotAnExposure):
            assert REJECTED.get(name, "INSTRUME is missing") in frame.reason
    assert len(exposures) == len(real) - len([name for name in real if name in REJECTED or name[:7] == "UNKNOWN"])


def test_skimming_misses_nothing(real):
    for name, content in real.items():
        plain = plain_text(content)
        assert Header.skim(plain, Header.top(plain)) == Header.of_lines(plain), name


def test_modes(exposures):
    for name, (exposure, card) in exposures.items():
        assert exposure.mode == MODES[exposure.instrument](card), name
        assert exposure.em_min and exposure.em_max and exposure.em_res_power
        assert exposure.submode == ("SINGLE" if exposure.instrument == "GRAVITY" else None), name


def test_stations(exposures):
    for name, (exposure, card) in exposures.items():
        arms = range(1, card("ISS CONF NTEL") + 1)
        assert exposure.stations == tuple(card(f"ISS CONF STATION{arm}") for arm in arms), name
        assert exposure.telescopes == tuple(card(f"ISS CONF T{arm}NAME") for arm in arms), name
        assert None not in exposure.positions
        assert exposure.positions[0][0] == -card("ISS CONF T1X")


def test_times(exposures):
    for name, (exposure, card) in exposures.items():
        archived = card("ARCFILE")
        stamp = re.search(r"(\d{4}-\S+T[\d:.]+?)(\.fits)?$", archived or card("DATE-OBS")).group(1)
        moment = datetime.fromisoformat(stamp).replace(tzinfo=UTC)
        mjd = (moment - datetime(1858, 11, 17, tzinfo=UTC)).total_seconds() / 86400
        # DATE-OBS of PIONIER is 1 s late
        assert abs(exposure.mjd_start - mjd) * 86400 < (0.01 if archived else 1.1), name
        dit, ndit = DITS[exposure.instrument](card)
        assert exposure.exptime == pytest.approx(dit * ndit, rel=1e-4), name
        assert (exposure.mjd_end - exposure.mjd_start) * 86400 == pytest.approx(exposure.exptime, abs=1e-3), name
        assert archived is None or exposure.header_id == archived.removesuffix(".fits")


DITS = {
    "GRAVITY": lambda card: (card("DET2 SEQ1 DIT"), card("DET2 NDIT")),
    "MATISSE": lambda card: (card("DET SEQ1 DIT"), card("DET NDIT")),
    "PIONIER": lambda card: (card("DET DIT"), card("DET NDIT")),
    "AMBER": lambda card: (card("DET DIT"), card("DET NDIT")),
}


def test_weather(exposures):
    for name, (exposure, card) in exposures.items():
        for attribute, key, scale in (
            ("seeing", "ISS AMBI FWHM", 1e-3),
            ("tau0", "ISS AMBI TAU0", 1e-6),
            ("iwv", "ISS AMBI IWV", 1e-3),
        ):
            start, end = card(f"{key} START", -1), card(f"{key} END", -1)
            expected = pytest.approx((start + end) / 2, abs=scale) if start > 0 else None
            assert getattr(exposure, attribute) == expected, (name, attribute)
        assert exposure.temperature == card("ISS AMBI TEMP"), name
        assert exposure.humidity == card("ISS AMBI RHUM"), name
        assert exposure.pressure == card("ISS AMBI PRES"), name
        assert exposure.wind_speed == card("ISS AMBI WINDSP"), name
        assert exposure.wind_direction == card("ISS AMBI WINDDIR"), name
        assert exposure.altitude == card("ISS ALT"), name
        assert exposure.azimuth == pytest.approx((card("ISS AZ") + 180) % 360), name


def test_names_and_types(exposures):
    for name, (exposure, card) in exposures.items():
        assert exposure.raw_target == card("OBS TARG NAME"), name
        assert exposure.prog_id == card("OBS PROG ID"), name
        assert exposure.ob_id == (card("OBS ID") if card("OBS ID") > 0 else None), name
        assert (exposure.ra, exposure.dec) == (card("RA"), card("DEC")), name
        assert exposure.obs_type == ("calibrator" if card("OBJECT") == "STD" else "science"), name
        assert exposure.tpl_expno == card("TPL EXPNO"), name
        separation = max(abs(exposure.ref_ra - exposure.ra), abs(exposure.ref_dec - exposure.dec)) * 3600
        assert separation < 120, name  # alpha Cen A; coordinate differences, not on the sky


def test_baselines_are_those_of_the_header(exposures):
    for name, (exposure, card) in exposures.items():
        assert len(exposure.baselines) == card("ISS CONF NTEL") * (card("ISS CONF NTEL") - 1) / 2
        for line in exposure.baselines:
            length, angle = polar(line.u_start, line.v_start)
            # exception: AMBER counts angles from east (2010)
            counted = 90 - line.header_angle_start if exposure.instrument == "AMBER" else line.header_angle_start
            assert abs(length - line.header_length_start) < 0.05, name
            assert turned(angle, counted) < 0.1, name


def test_baselines_at_the_end_are_those_of_the_header(exposures):
    """The header's are those of when the file was closed: up to 40 s after the last integration."""
    for name, (exposure, _) in exposures.items():
        for line in exposure.baselines:
            if name == EARLY_END:
                continue
            length, _ = polar(line.u_end, line.v_end)
            assert abs(length - line.header_length_end) < 0.2, name


def test_aspro_accepts_all(exposures):
    assert {name: exposure.aspro_log for name, (exposure, _) in exposures.items() if exposure.aspro_log} == {}


def test_validity(exposures):
    for name, (exposure, card) in exposures.items():
        expected = () if card("EXPTIME") is not None else ("Missing 'EXPTIME'",)
        assert exposure.validation_log == expected, name
