"""What the primary header says of the file."""

import pytest

from ingest.oifits import read_oifits
from tests.build.oifits import plain


def facts(**cards):
    return read_oifits(plain(**cards)).facts


def hierarch(**cards):
    return {f"HIERARCH {keyword.replace('_', ' ')}": value for keyword, value in cards.items()}


def test_a_bare_header_says_nothing():
    bare = facts()
    assert [getattr(bare, name) for name in type(bare).__slots__] == [None] * len(type(bare).__slots__)


@pytest.mark.parametrize(
    ("cards", "name", "value"),
    [
        ({"HIERARCH ESO OBS PROG ID": "60.A-9257(E)", "PROG_ID": "x"}, "progid", "60.A-9257(E)"),
        ({"HIERARCH OBS PROG ID": "2023B-M1"}, "progid", "2023B-M1"),
        ({"PROG_ID": "0101.C-0907(B)"}, "progid", "0101.C-0907(B)"),
        ({"HIERARCH ESO OBS PROG ID": "  "}, "progid", None),
        ({"HIERARCH SPICADB-ID": "42"}, "proposal_subid", "42"),
        ({"HIERARCH SPICADB-ID": 42}, "proposal_subid", "42"),
        ({"HIERARCH QUALITY LEVEL": 4}, "quality_level", 4),
        ({"HIERARCH QUALITY LEVEL": "3"}, "quality_level", 3),
        ({"HIERARCH QUALITY LEVEL": 6}, "quality_level", None),
        ({"HIERARCH QUALITY LEVEL": True}, "quality_level", None),
        ({"ARCFILE": "GRAVI.2018-04-18T08:08:19.739.fits"}, "obs_id", "GRAVI.2018-04-18T08:08:19.739"),
        ({"ARCFILE": "SPICA.1"}, "obs_id", "SPICA.1"),
        ({"ARCFILE": ".fits"}, "obs_id", None),
        ({"PROCSOFT": "pndrs_v3.53", "HIERARCH ESO PRO REC1 PIPE ID": "x"}, "procsoft", "pndrs_v3.53"),
        ({"HIERARCH ESO PRO REC1 PIPE ID": "matisse/1.7.0"}, "procsoft", "matisse/1.7.0"),
        ({"HIERARCH ESO INS POLA MODE": "SPLIT"}, "polarisation_mode", "SPLIT"),
        ({"OBJECT": "omi Leo"}, "object_name", "omi Leo"),
        ({"DATE-OBS": "        "}, "date_obs", None),
    ],
)
def test_facts(cards, name, value):
    assert getattr(facts(**cards), name) == value


@pytest.mark.parametrize(
    ("cards", "category"),
    [
        (hierarch(PRO_SCIENCE=True), "SCIENCE"),
        (hierarch(PRO_SCIENCE=False), "CALIB"),
        (hierarch(PRO_SCIENCE="T"), None),
        (hierarch(PRO_SCIENCE=False, ESO_PRO_CATG="SINGLE_SCI_VIS_CALIBRATED"), "CALIB"),
        (hierarch(ESO_PRO_CATG="SINGLE_SCI_VIS_CALIBRATED", ESO_PRO_SCIENCE=False), "SCIENCE"),
        (hierarch(ESO_PRO_CATG="SCIENCE_CALIBRATED"), "SCIENCE"),
        (hierarch(ESO_PRO_CATG="TARGET_OIDATA_CALIBRATED"), "SCIENCE"),
        (hierarch(ESO_PRO_CATG="SINGLE_CAL_VIS"), "CALIB"),
        (hierarch(ESO_PRO_CATG="CALIB_RAW_INT"), "CALIB"),
        (hierarch(ESO_PRO_CATG="TARGET_CAL_INT"), None),
        (hierarch(ESO_PRO_CATG="TARGET_CAL_INT", ESO_PRO_SCIENCE=True), "SCIENCE"),
        (hierarch(ESO_PRO_CATG="TARGET_CAL_INT", ESO_PRO_REC1_RAW1_CATG="CALIB_RAW"), "CALIB"),
        (hierarch(ESO_PRO_CATG="POSTPROCESSED", ESO_PRO_REC1_RAW1_CATG="SINGLE_SCI_RAW"), "SCIENCE"),
        (hierarch(ESO_DPR_CATG="CALIB"), "CALIB"),
        (hierarch(ESO_DPR_CATG="TECHNICAL"), "TECHNICAL"),
        (hierarch(ESO_DPR_CATG="whatever", ESO_PRO_SCIENCE=False), "CALIB"),
    ],
)
def test_category(cards, category):
    assert facts(**cards).dataproduct_category == category
