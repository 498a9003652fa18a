"""Rules of a measurement: every field's bad values, from a table."""

from dataclasses import replace

import pytest

from ingest.catalogs.findings import Severity
from ingest.catalogs.jmdc import RULES, Measurement, check, errors, looks_like
from ingest.catalogs.summary import summarise

GOOD = Measurement(
    "HD48915", "ALF CMA", 5.936, 6.039, 0.016, "K", 1.0174, 1, 8, "a note, with a comma", "2003A&A...408..681K", False
)
NAN, INFINITE = float("nan"), float("inf")

#: Field, value, rule that must say something.
BAD = (
    ("id1", "", "name"),
    ("id1", "...", "name"),
    ("id1", "HD 1, HD 2", "id1-text"),
    ("id1", "HD1\n", "id1-text"),
    ("id1", "H" * 29, "id1-text"),
    ("id2", "a,b", "id2-text"),
    ("id2", "x" * 29, "id2-text"),
    ("ud_diam", 0.0, "ud-range"),
    ("ud_diam", -5.0, "ud-range"),
    ("ud_diam", NAN, "ud-range"),
    ("ud_diam", INFINITE, "ud-range"),
    ("ud_diam", 1001.0, "ud-range"),
    ("ld_diam", -1.0, "ld-range"),
    ("ld_diam", NAN, "ld-range"),
    ("ld_diam", 5.0, "ld-against-ud"),
    ("ld_diam", 9.0, "ld-against-ud"),
    ("e_ld_diam", 0.0, "error-range"),
    ("e_ld_diam", -0.1, "error-range"),
    ("e_ld_diam", NAN, "error-range"),
    ("e_ld_diam", 7.0, "error-against-value"),
    ("e_ld_diam", 0.0001, "error-against-value"),
    ("e_ld_diam", None, "no-error"),
    ("band", "K,H", "band-text"),
    ("band", "\x00", "band-text"),
    ("band", "a very long band", "band-text"),
    ("band", "various", "band-text"),
    ("band", "", "band-text"),
    ("mu_lambda", 0.0, "factor-range"),
    ("mu_lambda", NAN, "factor-range"),
    ("mu_lambda", 11.0, "factor-range"),
    ("mu_lambda", 0.32, "factor"),
    ("mu_lambda", 1.2, "factor"),
    ("method", 0, "method"),
    ("method", 4, "method"),
    ("method", None, "method"),
    ("bandcode", 0, "band-code"),
    ("bandcode", 13, "band-code"),
    ("bandcode", 7, "band-against-code"),
    ("notes", "x" * 401, "notes-text"),
    ("notes", "line\nbreak", "notes-text"),
    ("bibcode", "", "bibcode"),
    ("bibcode", "2003A&A...408..681", "bibcode"),
    ("bibcode", "2003A&A...408..681Kx", "bibcode"),
    ("bibcode", "3003A&A...408..681K", "bibcode"),
    ("bibcode", "2003A,A...408..681K", "bibcode"),
    ("bibcode", "2003A&A 408 681 K  ", "bibcode"),
    ("bibcode", "1978...............", "not-in-ads"),
)


def test_the_good_one_is_good():
    assert check(GOOD) == []


@pytest.mark.parametrize(("field", "value", "rule"), BAD)
def test_bad_values(field, value, rule):
    found = {finding.rule: finding for finding in check(replace(GOOD, **{field: value}))}
    # the text of a band has two rules of one name: what it may hold, and whether it can be read
    assert rule in found
    assert found[rule].message and found[rule].field == next(each.field for each in RULES if each.name == rule)


def test_every_rule_has_its_bad_value():
    assert {rule.name for rule in RULES} - {"diameter"} == {rule for _, _, rule in BAD}


def test_a_diameter_is_needed():
    assert [each.rule for each in errors(replace(GOOD, ud_diam=None, ld_diam=None))] == ["diameter"]


def test_errors_come_first():
    severities = [each.severity for each in check(replace(GOOD, e_ld_diam=None, method=0, bibcode="x"))]
    assert severities == sorted(severities, key=lambda severity: severity is Severity.WARNING)
    assert len(set(severities)) == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "same publication has the same values"),
        ({"ld_diam": 6.1}, "another value in the same band"),
        ({"ld_diam": 6.1, "band": "H"}, None),
        ({"bibcode": "2011PASA...28...58D"}, "another publication has the same values"),
        ({"bibcode": "2011PASA...28...58D", "ld_diam": 6.1}, None),
    ],
)
def test_duplicates(changes, told):
    found = looks_like(replace(GOOD, **changes), GOOD)
    assert (found is None) if told is None else told in found


def test_weighted_mean():
    entries = [replace(GOOD, ld_diam=6.0, e_ld_diam=0.1), replace(GOOD, ld_diam=6.4, e_ld_diam=0.2)]
    left_out = (replace(GOOD, ld_diam=None), replace(GOOD, e_ld_diam=None), replace(GOOD, ld_diam=3.6))
    found = summarise([*entries, *left_out])
    # by hand: weights 100 and 25
    assert found.mean == pytest.approx(6.08)
    assert found.error == pytest.approx(125**-0.5)
    assert found.chi2 == pytest.approx(100 * 0.08**2 + 25 * 0.32**2)
    assert found.number == 2
    assert any("2 without a limb-darkened diameter" in caveat for caveat in found.caveats)
    assert any("1 whose two diameters contradict" in caveat for caveat in found.caveats)
    assert any("one publication" in caveat for caveat in found.caveats)
    assert summarise([replace(GOOD, ld_diam=None)]) is None
    assert summarise(entries[:1]).chi2 is None
