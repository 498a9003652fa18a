"""The table of rules: complete, sound, and on the page that explains it."""

import pytest

from ingest.oifits.check import JMMC, OIVO, PROFILES, load_rules
from ingest.oifits.check.rules import severity_of
from ingest.oifits.model import Severity
from ingest.oifits.standard import TABLES
from tests.build_docs import DOCS

RULES = load_rules()

#: The 66 rules of oitools.
NAMES = """
ARRNAME_REF ARRNAME_UNIQ CORRNAME_REF CORRNAME_UNIQ FILE_EXIST FILE_LOAD GENERIC_COL_DIM GENERIC_COL_ERR_FIX
GENERIC_COL_FORMAT GENERIC_COL_MANDATORY GENERIC_COL_NBROWS GENERIC_COL_UNIT GENERIC_COL_UNIT_EXIST
GENERIC_COL_VAL_ACCEPTED_INT GENERIC_COL_VAL_ACCEPTED_STR GENERIC_COL_VAL_POSITIVE GENERIC_CORRINDX_MAX
GENERIC_CORRINDX_MIN GENERIC_CORRINDX_UNIQ GENERIC_DATE_OBS_RANGE GENERIC_DATE_OBS_STANDARD GENERIC_KEYWORD_FORMAT
GENERIC_KEYWORD_MANDATORY GENERIC_KEYWORD_VAL_ACCEPTED_INT GENERIC_KEYWORD_VAL_ACCEPTED_STR GENERIC_MJD_RANGE
GENERIC_OIREV_FIX GENERIC_STA_INDEX_UNIQ INSNAME_REF INSNAME_UNIQ MAIN_HEADER_TYPE_MULTI OIFITS_MAIN_HEADER_EXIST_V2
OIFITS_OIDATA OIFITS_OI_ARRAY_EXIST_V2 OIFITS_OI_TARGET_EXIST OIFITS_OI_WAVELENGTH_EXIST OIFITS_TABLE_NOT_V2
OI_ARRAY_ARRNAME OI_ARRAY_STA_INDEX_MIN OI_ARRAY_STA_INDEX_UNIQ OI_ARRAY_STA_NAME OI_ARRAY_STA_NAME_UNIQ OI_ARRAY_XYZ
OI_ARRAY_XYZ_FIX OI_CORR_CORRNAME OI_CORR_IINDEX_MIN OI_CORR_IJINDEX_MAX OI_CORR_JINDEX_SUP OI_FLUX_CORRINDX
OI_INSPOL_INSNAME_UNIQ OI_INSPOL_MJD_DIFF OI_INSPOL_MJD_RANGE OI_T3_CORRINDX OI_TARGET_COORD OI_TARGET_COORD_EXIST
OI_TARGET_TARGET OI_TARGET_TARGETID_MIN OI_TARGET_TARGETID_UNIQ OI_TARGET_TARGET_EXIST OI_TARGET_TARGET_UNIQ
OI_VIS2_CORRINDX OI_VIS_CORRINDX OI_WAVELENGTH_EFF_WAVE OI_WAVELENGTH_INSNAME UNKNOWN_COLUMN UNKNOWN_TABLE
"""
OITOOLS = set(NAMES.split())


def test_all_rules_of_oitools_and_only_they_are_not_ours():
    assert len(OITOOLS) == 66
    assert {name for name, rule in RULES.items() if rule.source != "oivo"} == OITOOLS


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_sound(rule):
    assert rule.source in ("OIFITS", "JMMC", "oivo")
    assert rule.versions in ((1,), (2,), (1, 2))
    assert bool(rule.paragraph) or rule.source != "OIFITS"
    assert rule.severity is not Severity.UNDEFINED
    assert not rule.asks[0].isspace() and not rule.asks.endswith(".")
    assert rule.explains.endswith(".") and rule.repair.endswith(".")
    assert set(rule.implied_by) <= set(RULES) - {rule.name}
    for other in rule.exceptions:
        assert other.profile in ("", *PROFILES)
        assert set(other.tables) <= set(TABLES)
        assert other.profile != OIVO or other.why, "a difference to oitools needs its reason"


@pytest.mark.parametrize(
    ("rule", "profile", "extname", "member", "severity"),
    [
        ("GENERIC_COL_UNIT_EXIST", JMMC, "OI_VIS2", "UCOORD", Severity.INFO),
        ("GENERIC_COL_UNIT_EXIST", JMMC, "OI_VIS", "RVISERR", Severity.SEVERE),
        ("GENERIC_COL_UNIT_EXIST", JMMC, "OI_VIS", "VISPHI", Severity.INFO),
        ("GENERIC_COL_UNIT", JMMC, "OI_FLUX", "FLUXERR", Severity.SEVERE),
        ("GENERIC_COL_MANDATORY", JMMC, "OI_ARRAY", "FOVTYPE", Severity.WARNING),
        ("GENERIC_COL_MANDATORY", JMMC, "OI_ARRAY", "STAXYZ", Severity.SEVERE),
        ("GENERIC_COL_VAL_ACCEPTED_STR", JMMC, "OI_TARGET", "VELDEF", Severity.WARNING),
        ("GENERIC_COL_VAL_ACCEPTED_STR", JMMC, "OI_TARGET", "CATEGORY", Severity.SEVERE),
        ("GENERIC_KEYWORD_MANDATORY", JMMC, "HDU", "INSMODE", Severity.WARNING),
        ("GENERIC_KEYWORD_VAL_ACCEPTED_INT", JMMC, "OI_VIS", "OI_REVN", Severity.SEVERE),
        ("GENERIC_KEYWORD_VAL_ACCEPTED_INT", OIVO, "OI_VIS", "OI_REVN", Severity.WARNING),
        ("FILE_LOAD", JMMC, "", "", Severity.UNDEFINED),
        ("FILE_LOAD", OIVO, "", "", Severity.SEVERE),
        ("MJD_IS_JD", JMMC, "OI_VIS", "MJD", None),
    ],
)
def test_severities(rule, profile, extname, member, severity):
    assert severity_of(rule, profile, extname, member) is severity


def test_the_page_lists_every_rule():
    page = (DOCS / "validator.md").read_text(encoding="utf-8")
    for name in RULES:
        assert f"| `{name}` |" in page
