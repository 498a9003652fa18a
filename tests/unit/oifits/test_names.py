"""Normalised names and bands."""

import pytest

from ingest.oifits.names import BANDS, bands_of, facility_of, home_of, instrument_of, polarisation_of


@pytest.mark.parametrize(
    ("text", "facility"),
    [
        ("VLTI", "VLTI"),
        ("VLTI_v2", "VLTI"),
        ("VLTI-like", "VLTI"),
        ("ESO-VLTI-A1234", "VLTI"),
        ("vlti", "VLTI"),
        ("MtW.CHARA", "CHARA"),
        ("CHARA_2008", "CHARA"),
        ("CHARA_v3_v1", "CHARA"),
        ("Chara", "CHARA"),
        ("NPOI_2004-01-07", "NPOI"),
        ("IOTA_2002Dec17", "IOTA"),
        ("IOTA_AB", "IOTA"),
        ("COAST", "COAST"),
        ("PTI", "PTI"),
        ("OPTIMUS", None),
        ("KI", "Keck-I"),
        ("MARKIII", None),
        ("PARISIAN", None),
        ("JWST", "JWST"),
        ("g7", None),
        ("", None),
    ],
)
def test_facilities(text, facility):
    assert facility_of(text) == facility


@pytest.mark.parametrize(
    ("text", "instrument"),
    [
        ("PIONIER_Pnat(1.5884629/1.7604805)", "PIONIER"),
        ("PIONIER_1.533-1.772-6ch", "PIONIER"),
        ("GRAVITY_SC_P1", "GRAVITY"),
        ("MATISSE_LM_2.86542-4.18239-62ch", "MATISSE"),
        ("AMBER-like", "AMBER"),
        ("CHARA_MIRC", "MIRC"),
        ("MIRC_6T_1.47493-1.75256-8ch", "MIRC"),
        ("MIRCX_v2", "MIRC-X"),
        ("MIRC-X", "MIRC-X"),
        ("MYSTIC_K", "MYSTIC"),
        ("SPICA_VIS", "SPICA"),
        ("IOTA_IONIC_PICNIC", "IONIC"),
        ("IONIC3_1.79", "IONIC"),
        ("JOUFLU_2.13499-1ch", "JOUFLU"),
        ("FLUOR", "FLUOR"),
        ("CLASSIC_4T_0.5669-0.84309-21ch", "CLASSIC"),
        ("CLIMB1", "CLIMB"),
        ("NIRISS", "NIRISS"),
        ("H_PRISM", None),
        ("COAST_NICMOS", None),
        ("", None),
    ],
)
def test_instruments(text, instrument):
    assert instrument_of(text) == instrument


def test_homes():
    assert (home_of("PIONIER"), home_of("IONIC"), home_of("unheard of")) == ("VLTI", None, None)


@pytest.mark.parametrize(
    ("insname", "channel"),
    [("GRAVITY_SC_P1", "P1"), ("GRAVITY_FT_P2", "P2"), ("GRAVITY_SC", None), ("GRAVITY_SC_P12", None), ("X_P1", None)],
)
def test_polarisations(insname, channel):
    assert polarisation_of(insname) == channel


@pytest.mark.parametrize(
    ("wavelengths", "bands"),
    [
        ((1.51e-6, 1.76e-6), "H"),
        ((1.972e-6, 2.43e-6), "K"),
        ((1.1e-6, 1.6e-6, 2.2e-6), "JHK"),
        ((2.2e-6, 1.6e-6), "HK"),
        ((0.48e-6, 0.65e-6, 0.85e-6), "BRI"),
        ((3.3e-6, 4.8e-6), "LM"),
        ((8.1e-6, 12.9e-6), "N"),
        ((17e-6,), "Q"),
        ((0.36e-6, 0.55e-6), "UV"),
        ((6.5e-6, 15e-6, 30e-6, 0.1e-6, 1.3e-3, -1.0, 5.0), ""),
        ((float("nan"), float("inf"), float("-inf")), ""),
        ((), ""),
    ],
)
def test_bands(wavelengths, bands):
    assert bands_of(wavelengths) == tuple(bands)


def test_band_letters():
    assert "".join(BANDS) == "UBVRIJHKLMNQ"
