"""Which frames are exposures, and in which mode: tables of cases, and the tables of rules themselves."""

import tomllib

import pytest

from ingest.eso import frames, modes
from ingest.eso.exposure import read_frame
from ingest.eso.frames import may_be_exposure, vlti_instruments
from ingest.eso.keywords import KEYWORDS
from ingest.eso.model import Exposure, NotAnExposure, RawRecord
from ingest.eso.modes import mode_by_name, mode_keywords
from tests.build import headers

#: DPR CATG, TYPE, TECH, and why it is no exposure (None: it is one).
CLASSES = [
    ("GRAVITY", "SCIENCE", "OBJECT,SINGLE", "INTERFEROMETRY", None),
    ("GRAVITY", "SCIENCE", "OBJECT,DUAL", "INTERFEROMETRY", None),
    ("GRAVITY", "CALIB", "OBJECT,SINGLE", "INTERFEROMETRY", None),
    ("GRAVITY", "CALIB", "STD,DUAL", "INTERFEROMETRY", None),
    ("GRAVITY", "CALIB", "OBJECT", "INTERFEROMETRY", None),
    ("GRAVITY", "SCIENCE", "SKY,SINGLE", "SPECTRUM", "sky"),
    ("GRAVITY", "CALIB", "DARK", "INTERFEROMETRY", "dark"),
    ("GRAVITY", "CALIB", "FLAT", "INTERFEROMETRY", "flat field"),
    ("GRAVITY", "CALIB", "WAVE,SC", "INTERFEROMETRY", "internal source"),
    ("GRAVITY", "CALIB", "P2VM", "INTERFEROMETRY", "P2VM calibration"),
    ("GRAVITY", "CALIB", "PIEZOTF", "INTERFEROMETRY", "instrument calibration"),
    ("GRAVITY", "ACQUISITION", "OBJECT", "IMAGE", "acquisition"),
    ("MATISSE", "SCIENCE", "OBJECT", "INTERFEROMETRY", None),
    ("MATISSE", "TEST", "OBJECT", "INTERFEROMETRY", None),
    ("MATISSE", "CALIB", "STD", "INTERFEROMETRY", None),
    ("MATISSE", "CALIB", "OBJECT,FLUX", "INTERFEROMETRY", None),
    ("MATISSE", "SCIENCE", "OBJECT", "IMAGE", "no fringes: DPR TECH is IMAGE"),
    ("MATISSE", "SCIENCE", "SKY", "INTERFEROMETRY", "sky"),
    ("MATISSE", "CALIB", "KAPPA,BACKGROUND", "INTERFEROMETRY", "background"),
    ("MATISSE", "CALIB", "SEARCH,OBJECT", "INTERFEROMETRY", "acquisition"),
    ("MATISSE", "CALIB", "SOURCE,FLUX", "INTERFEROMETRY", "internal source"),
    ("PIONIER", "SCIENCE", "OBJECT", "IMAGE", None),
    ("PIONIER", "SCIENCE", "FRINGE,OBJECT", "INTERFEROMETRY", None),
    ("PIONIER", "CALIB", "FRINGE,OBJECT", "INTERFEROMETRY", None),
    ("PIONIER", "SCIENCE", "KAPPA,OBJECT", "INTERFEROMETRY", "kappa matrix, one beam"),
    ("PIONIER", "CALIB", "FRINGE,LAMP", "INTERFEROMETRY", "internal source"),
    ("PIONIER", "CALIB", "DARK", "INTERFEROMETRY", "dark"),
    ("PIONIER", "CALIB", "PTC", "INTERFEROMETRY", "detector test"),
    ("AMBER", "SCIENCE", "OBJECT", "INTERFEROMETRY", None),
    ("AMBER", "CALIB", "STD", "INTERFEROMETRY", None),
    ("AMBER", "SCIENCE", "DARK", "INTERFEROMETRY", "dark"),
    ("AMBER", "SCIENCE", "SKY", "INTERFEROMETRY", "sky"),
    ("AMBER", "CALIB", "3P2V", "INTERFEROMETRY", "P2VM calibration"),
    ("AMBER", "CALIB", "FRNSRC,BASE12", "INTERFEROMETRY", "internal source"),
    ("AMBER", "CALIB", "FLUX", "INTERFEROMETRY", "no fringes on a target: DPR TYPE is FLUX"),
    ("MIDI", "SCIENCE", "TRACK,OBJECT,DISPERSED", "IMAGE,WINDOW", None),
    ("MIDI", "ACQUISITION", "TRACK,OBJECT,DISPERSED", "INTERFEROMETRY", None),
    ("MIDI", "CALIB", "FRINGE_TRACK,OBJECT,FOURIER", "INTERFEROMETRY", None),
    ("MIDI", "SCIENCE", "SEARCH,OBJECT,DISPERSED", "INTERFEROMETRY", None),
    ("MIDI", "SCIENCE", "PHOTOMETRY,OBJECT", "INTERFEROMETRY", "photometry, one beam"),
    ("MIDI", "SCIENCE", "COARSE,OBJECT", "IMAGE", "acquisition"),
    ("MIDI", "CALIB", "TRACK,LAMP", "INTERFEROMETRY", "internal source"),
]


@pytest.mark.parametrize(("instrument", "catg", "kind", "tech", "reason"), CLASSES)
def test_classes(instrument, catg, kind, tech, reason):
    found = read_frame(headers.text(headers.cards(instrument, DPR_CATG=catg, DPR_TYPE=kind, DPR_TECH=tech)))
    record = RawRecord("X.1", instrument, catg, kind, tech)
    assert may_be_exposure(record) == (reason is None)
    if reason is None:
        assert isinstance(found, Exposure)
        return
    assert found == NotAnExposure(found.header_id, instrument, reason)
    assert found.header_id.endswith(headers.TIME)


def test_may_be_exposure_is_generous():
    assert may_be_exposure(RawRecord("X.1", "GRAVITY"))
    assert may_be_exposure(RawRecord("X.1", "MATISSE", "SCIENCE", "OBJECT", ""))
    assert may_be_exposure(RawRecord("X.1", "pionier", "science", "fringe,object"))
    assert not may_be_exposure(RawRecord("X.1", "SPHERE", "SCIENCE", "OBJECT"))


#: Instrument, cards that are odd, why it is none.
OTHERS = [
    ("PIONIER", {"INS_OPTI1_NAME": "MIRROR"}, "internal source"),
    ("GRAVITY", {"INS_OPTI1_NAME": "CALIB"}, "calibration unit"),
    ("GRAVITY", {"TPL_ID": "GRAVITY_gen_cal_p2vm"}, "calibration unit"),
    ("MATISSE", {"TPL_ID": "MATISSE_img_acq"}, "acquisition"),
    ("MATISSE", {"INS_MODE": "AUTOTEST"}, "calibration unit"),
    ("MIDI", {"INS_SHUT_NAME": "AOPEN"}, "photometry, one beam"),
    ("AMBER", {"ISS_CONF_NTEL": 0}, "laboratory"),
    ("GRAVITY", {"MJD-OBS": None, "DATE-OBS": None, "ARCFILE": None}, "no time"),
    ("GRAVITY", {"MJD-OBS": 1e300, "DATE-OBS": "soon", "ARCFILE": None}, "no time"),
    ("SPHERE", {}, "no instrument of VLTI: INSTRUME is SPHERE"),
    ("GRAVITY", {"INSTRUME": None}, "INSTRUME is missing"),
]


@pytest.mark.parametrize(("instrument", "odd", "reason"), OTHERS)
def test_other_reasons(instrument, odd, reason):
    found = read_frame(headers.text(headers.cards(instrument, **odd)), name="some.hdr")
    assert isinstance(found, NotAnExposure)
    assert reason in found.reason


NO_CLASS = {"DPR CATG": None, "DPR TYPE": None, "DPR TECH": None}
#: Instrument, other cards of a product that has lost DPR, its type or why it is none.
PRODUCTS = [
    ("GRAVITY", {"PRO CATG": "SINGLE_SCI_VIS_CALIBRATED"}, "science"),
    ("GRAVITY", {"PRO CATG": "DUAL_CAL_VIS"}, "calibrator"),
    ("GRAVITY", {"PRO CATG": "POSTPROCESSED"}, "science"),
    ("GRAVITY", {"PRO CATG": "POSTPROCESSED", "PRO REC1 RAW1 CATG": "SINGLE_CAL_RAW"}, "calibrator"),
    ("GRAVITY", {}, "science"),
    ("GRAVITY", {"PRO CATG": "P2VM"}, "calibration product: PRO CATG is P2VM"),
    ("GRAVITY", {"PRO CATG": "STATIC_PARAM"}, "calibration product"),
    ("GRAVITY", {"PRO CATG": "SINGLE_SCI_VIS", "ISS CONF STATION1": ""}, "nothing says that it was on a target"),
    ("GRAVITY", {"PRO CATG": "SINGLE_SCI_VIS", "OBS TARG NAME": None}, "nothing says that it was on a target"),
    ("MATISSE", {"PRO CATG": "TARGET_CAL_INT"}, "science"),
    ("MATISSE", {"PRO CATG": "TARGET_CAL_INT", "OBJECT": "STD"}, "calibrator"),
    ("MATISSE", {"PRO CATG": "CALIB_RAW_INT"}, "calibrator"),
    ("MATISSE", {"PRO CATG": "BADPIX"}, "calibration product"),
]


@pytest.mark.parametrize(("instrument", "odd", "outcome"), PRODUCTS)
def test_products(instrument, odd, outcome):
    found = read_frame(headers.text(headers.changed(headers.cards(instrument), {**NO_CLASS, **odd})))
    if isinstance(found, NotAnExposure):
        assert outcome in found.reason
    else:
        assert found.obs_type == outcome
        assert "DPR CATG is missing, as in products: judged by PRO CATG, stations and target" in found.findings


#: Instrument, settings, mode and sub-mode.
SETTINGS = [
    ("GRAVITY", {}, "HIGH-COMBINED", "SINGLE"),
    ("GRAVITY", {"INS SPEC RES": "MED", "INS POLA MODE": "SPLIT"}, "MEDIUM-SPLIT", "SINGLE"),
    ("GRAVITY", {"INS SPEC RES": "medium"}, "MEDIUM-COMBINED", "SINGLE"),
    ("GRAVITY", {"INS SPEC RES": "LOW", "DPR TYPE": "OBJECT,DUAL"}, "LOW-COMBINED", "DUAL"),
    ("GRAVITY", {"DPR TYPE": "OBJECT", "TPL ID": "GRAVITY_dual_obs_exp"}, "HIGH-COMBINED", "DUAL"),
    ("GRAVITY", {"DPR TYPE": "OBJECT", "TPL ID": None}, "HIGH-COMBINED", None),
    ("GRAVITY", {"INS SPEC RES": "HUGE"}, None, "SINGLE"),
    ("MATISSE", {}, "SI_PHOT_LM_LOW", None),
    ("MATISSE", {"SEQ DIL WL0": 3.5}, "SI_PHOT_L_LOW", None),
    ("MATISSE", {"SEQ DIL WL0": 4.8}, "SI_PHOT_M_LOW", None),
    ("MATISSE", {"SEQ DIL WL0": None}, "SI_PHOT_LM_LOW", None),
    ("MATISSE", {"INS FIL NAME": "M"}, "SI_PHOT_M_LOW", None),
    ("MATISSE", {"INS DIL NAME": "MED"}, "SI_PHOT_LM_MEDIUM", None),
    ("MATISSE", {"INS DIL NAME": "HIGH"}, "SI_PHOT_L_HIGH", None),
    ("MATISSE", {"INS DIL NAME": "HIGH+"}, "SI_PHOT_L_VERY_HIGH", None),
    ("MATISSE", {"INS DIL NAME": "HIGH+", "SEQ DIL WL0": 4.7}, "SI_PHOT_M_VERY_HIGH", None),
    ("MATISSE", {"DET NAME": "MATISSE-N", "DET CHIP NAME": "AQUARIUS"}, "HIGH_SENS_N_LOW", None),
    ("MATISSE", {"DET NAME": "MATISSE-N", "DET CHIP NAME": None, "INS DIN NAME": "HIGH"}, "HIGH_SENS_N_HIGH", None),
    ("PIONIER", {}, "GRISM-H", None),
    ("PIONIER", {"INS OPTI2 NAME": "FREE"}, "FREE-H", None),
    ("PIONIER", {"INS OPTI2 NAME": "H", "INS OPTI3 NAME": "SMALL"}, "SMALL-H", None),
    ("PIONIER", {"INS OPTI2 NAME": "H", "INS OPTI3 NAME": "LARGE"}, "LARGE-H", None),
    ("PIONIER", {"INS OPTI2 NAME": "H", "INS OPTI3 NAME": "FREE"}, "BROAD-H", None),
    ("PIONIER", {"INS OPTI2 NAME": "K", "INS OPTI3 NAME": "LARGE", "INS FILT1 NAME": "K"}, "LARGE-K", None),
    ("PIONIER", {"INS OPTI2 NAME": "K", "INS OPTI3 NAME": "SMALL", "INS FILT1 NAME": "K"}, None, None),
    ("AMBER", {}, "Medium_K_1_2.1", None),
    ("AMBER", {"OCS OBS SPECCONF": None, "INS MODE": "3Tstd_Low_JHK"}, "Low_JHK", None),
    ("AMBER", {"OCS OBS SPECCONF": None, "INS MODE": "2Tstd_High_K_1_2.172"}, "High_K_1_2.172", None),
    ("AMBER", {"OCS OBS SPECCONF": "Low_HK", "INS MODE": "3Tstd_Low_HK"}, None, None),
    ("MIDI", {}, "HIGH_SENS+PRISM", None),
    ("MIDI", {"INS OPT1 NAME": "SCI_PHOT", "INS GRIS NAME": "GRISM"}, "SCI_PHOT+GRISM", None),
    ("MIDI", {"INS OPT1 NAME": 3}, None, None),
]


@pytest.mark.parametrize(("instrument", "odd", "mode", "submode"), SETTINGS)
def test_modes(instrument, odd, mode, submode):
    found = read_frame(headers.text(headers.changed(headers.cards(instrument), odd)))
    assert (found.instrument, found.mode, found.submode) == (instrument, mode, submode)
    if mode is None:
        assert found.em_min is None and found.findings == (
            "no mode that ASPRO2 knows: the instrument's settings fit none",
        )
    else:
        assert 0 < found.em_min < found.em_max < 20e-6 and found.em_res_power > 0


def test_wavelengths():
    assert mode_by_name("GRAVITY", "high-combined").em_min == 1.95e-6
    assert mode_by_name("SPICA", "LR").em_max == 9e-7
    assert mode_by_name("SPICA", "HR").em_min is None
    assert mode_by_name("GRAVITY", "KALMAN") is None


def test_the_reference_has_the_same_modes(reference):
    text = (reference / "obsportal" / "aspro-conf-VLTI.xml").read_text()
    names = {
        part.partition("</name>")[0] for part in text.split("<mode>")[1:] for part in [part.partition("<name>")[2]]
    }
    ours = {row["name"] for row in tomllib.loads(modes.TABLE.read_text())["mode"] if row["instrument"] != "SPICA"}
    assert ours == names - {"KALMAN", "LOW"}


def test_the_tables_ask_for_keywords_that_are_read():
    asked = {keyword for _, keyword, _, _ in tomllib.loads(frames.TABLE.read_text())["values"]}
    rules = tomllib.loads(modes.TABLE.read_text())["rules"]
    assert set(rules) == set(vlti_instruments())
    for instrument, table in rules.items():
        asked |= {keyword for group in mode_keywords(instrument) for keyword in group}
        for *patterns, mode, source in table["lines"]:
            assert len(patterns) == len(table["keywords"])
            assert source
            assert mode in ("", r"\1") or mode_by_name(instrument, mode), mode
    assert asked <= set(KEYWORDS)
