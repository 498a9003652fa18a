"""Each rule has a file that breaches it and nothing else; sound files breach none."""

import pytest

from ingest.demo import survey
from ingest.oifits import OIFitsError, read_oifits
from ingest.oifits.check import JMMC, OIVO, PROFILES, check, load_rules
from ingest.oifits.check.checker import unreadable
from tests.build.oifits import sound
from tests.unit.oifits.check.cases import CASES, UNREACHABLE


def found(content: bytes, profile: str = OIVO):
    try:
        return check(read_oifits(content, name="x.fits"), profile)
    except OIFitsError as error:
        return unreadable("x.fits", error, profile)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case):
    report = found(case.content)
    seen = [(finding.rule, finding.extname, finding.member, finding.occurrences) for finding in report.findings]
    assert sorted(seen) == sorted(case.found)
    assert all(finding.message and finding.severity for finding in report.findings)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_case_finds_besides_its_rule_follows_from_it(case):
    rules = load_rules()
    first = case.found[0][0]
    for rule in {rule for rule, *_ in case.found} - {first}:
        assert first in rules[rule].implied_by, (first, rule)


def test_every_rule_has_a_case():
    seen = {rule for case in CASES for rule, *_ in case.found}
    assert seen | set(UNREACHABLE) == set(load_rules())
    assert not seen & set(UNREACHABLE)


def test_a_rule_that_no_case_begins_with_follows_from_another():
    alone = {case.found[0][0] for case in CASES}
    rules = load_rules()
    assert {name for name in set(rules) - alone - set(UNREACHABLE) if not rules[name].implied_by} == set()


@pytest.mark.parametrize("version", [1, 2])
def test_a_sound_file(version):
    report = found(sound(version))
    assert (report.version, report.findings, report.acceptable) == (version, (), True)


@pytest.mark.parametrize("version", [1, 2])
def test_a_sound_file_under_the_rules_of_oitools(version):
    members = [(finding.rule, finding.member) for finding in found(sound(version), JMMC).findings]
    # oitools never knows the channels of OI_INSPOL
    assert members == [("GENERIC_COL_DIM", name) for name in ("JXX", "JXY", "JYX", "JYY")] * (version == 2)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_rule_of_oivo_under_the_rules_of_oitools(case):
    rules = load_rules()
    assert all(rules[finding.rule].source != "oivo" for finding in found(case.content, JMMC).findings)


def test_the_simulated_survey():
    seen = {finding.rule for file in survey() for finding in found(file.data).findings}
    assert seen <= {"MAIN_HEADER_TYPE_MULTI"}


@pytest.mark.parametrize("profile", PROFILES)
def test_checking_twice_is_checking_once(profile):
    content = CASES[3].content
    assert found(content, profile) == found(content, profile)
