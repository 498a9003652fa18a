"""What oitools finds in real files, and the checker with its rules: one by one."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from ingest.oifits import read_oifits
from ingest.oifits.check import JMMC, Report, check
from ingest.oifits.model import Severity

#: Where the checker differs, and why: defects of the original that are not imitated.
EXCEPTIONS = {
    "MWC275_T4a.oifits": "oitools throws on TDIM = '(1)' of scalar columns: it stops half-way, before severities",
}

Row = tuple[str, str, str, str, str, int]


@pytest.fixture(scope="module")
def folder(reference) -> Path:
    return reference / "oifits"


@pytest.fixture(scope="module")
def expected(folder) -> dict[str, list[dict[str, str]]]:
    rows = defaultdict(list)
    with (folder / "checks.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            rows[row["file"]].append(row)
    return rows


@pytest.fixture(scope="module")
def reports(folder) -> dict[str, Report]:
    return {path.name: check(read_oifits(path), JMMC) for path in sorted((folder / "files").iterdir())}


def rows_of(report: Report) -> Counter[Row]:
    """The findings in the words of checks.csv, taken from the JSON that users get."""
    return Counter(
        (
            "" if found["hdu"] is None else str(found["hdu"]),
            found["table"],
            found["member"],
            found["rule"],
            found["severity"],
            found["occurrences"],
        )
        for found in report.as_json()["findings"]
    )


def stated(rows: list[dict[str, str]]) -> Counter[Row]:
    return Counter(
        (row["ext_nb"], row["ext_name"], row["member"], row["rule"], row["severity"], int(row["occurrences"]))
        for row in rows
        if row["rule"]
    )


def test_every_finding_of_every_file(expected, reports):
    assert set(expected) == set(reports)
    differences = {
        name: (stated(rows) - rows_of(reports[name]), rows_of(reports[name]) - stated(rows))
        for name, rows in expected.items()
        if name not in EXCEPTIONS and stated(rows) != rows_of(reports[name])
    }
    assert differences == {}
    assert sum(sum(stated(rows).values()) for name, rows in expected.items() if name not in EXCEPTIONS) > 1600


def test_versions_and_counts_of_severities(expected, reports):
    for name, rows in expected.items():
        if name not in EXCEPTIONS:
            report = reports[name]
            counts = report.count(Severity.WARNING), report.count(Severity.SEVERE)
            assert (f"VERSION_{report.version}", *counts) == (
                rows[0]["version"],
                int(rows[0]["nb_warning"]),
                int(rows[0]["nb_severe"]),
            ), name


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_what_oitools_found_before_it_threw(name, expected, reports):
    assert expected[name][0]["load_error"]
    without_severity = [
        Counter(row[:4] + row[5:] for row in rows.elements())
        for rows in (stated(expected[name]), rows_of(reports[name]))
    ]
    assert without_severity[0] - without_severity[1] == Counter()


def test_known_false_alarms_are_not_in_our_profile(folder, reports):
    for name in ("2_testdata.fits", "gravity-3.fits", "Bin_Ary--MIRC_H.fits", "rho_Cas_example.oifits"):
        report = check(read_oifits(folder / "files" / name))
        assert reports[name].count(Severity.SEVERE)
        assert not report.count(Severity.SEVERE), name


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("bad_dup_target.fits", "OI_TARGET_TARGET_UNIQ"),
        ("bad_neg_error.fits", "GENERIC_COL_ERR_FIX"),
        ("bad_big_t3amp.fits", "AMPLITUDE_RANGE"),
        ("2_bad_big_t3amp.fits", "AMPLITUDE_RANGE"),
        ("bad_wave_reversed.fits", "WAVELENGTH_DESCENDING"),
        ("2_bad_wave_reversed.fits", "WAVELENGTH_DESCENDING"),
        ("bad_fovtype.fits", "GENERIC_KEYWORD_VAL_ACCEPTED_STR"),
        ("bad_flux.fits", "OI_FLUX_CALSTAT"),
        ("bad_flux.fits", "ARRNAME_MISSING"),
        ("bad_content_kw.fits", "GENERIC_KEYWORD_MANDATORY"),
    ],
)
def test_what_oifitslib_expects_of_its_own_test_files(folder, name, rule):
    assert rule in {finding.rule for finding in check(read_oifits(folder / "files" / name)).findings}
