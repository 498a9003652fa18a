"""Texts of forms and tables become entries, or findings that say why not."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.catalogs.badcal import DOUBTS, Report
from ingest.catalogs.badcal import RULES as BADCAL_RULES
from ingest.catalogs.fields import FIELDS
from ingest.catalogs.findings import Severity
from ingest.catalogs.jmdc import RULES as JMDC_RULES
from ingest.catalogs.jmdc import Measurement
from ingest.catalogs.reading import entry_of, read_values, texts_of
from tests.catalogue_cases import BIBCODE, CASES, GOOD, OF_THE_DESK, Case


def read(catalogue, row):
    draft = read_values(catalogue, row)
    return entry_of(draft, draft.place)


@pytest.mark.parametrize("catalogue", FIELDS)
def test_the_good_ones_are_good(catalogue):
    assert GOOD[catalogue].keys() == {field.name for field in FIELDS[catalogue]}
    entry, findings = read(catalogue, GOOD[catalogue])
    assert findings == ()
    assert texts_of(entry) == GOOD[catalogue]


@pytest.mark.parametrize("case", [case for case in CASES if case.rule not in OF_THE_DESK], ids=str)
def test_bad_values(case: Case):
    _, findings = read(case.catalogue, case.row)
    found = [finding for finding in findings if finding.rule == case.rule and finding.field == case.about]
    assert found, findings
    assert found[0].message.isprintable()
    assert (found[0].severity is Severity.ERROR) == case.severe
    assert len(str(found[0])) < 500


def test_every_rule_and_every_field_has_its_bad_value():
    for catalogue, rules in (("jmdc", JMDC_RULES), ("badcal", (*BADCAL_RULES, *DOUBTS))):
        told = {case.rule for case in CASES if case.catalogue == catalogue}
        # positions are read before the rules see them; these two need several fields at once
        assert {rule.name for rule in rules} - told <= {
            "ra",
            "dec",
            "reason",
            "method",
            "band-code",
            "diameter",
            "no-evidence",
        }
        assert {case.changed for case in CASES if case.catalogue == catalogue} >= {f.name for f in FIELDS[catalogue]}


def test_what_needs_several_fields():
    _, findings = read("jmdc", GOOD["jmdc"] | {"ud_diam": "", "ld_diam": "", "mu_lambda": ""})
    assert "diameter" in {finding.rule for finding in findings}
    _, findings = read("jmdc", GOOD["jmdc"] | {"ud_diam": "", "ld_diam": "x"})
    assert {finding.rule for finding in findings} == {"unreadable"}
    _, findings = read("badcal", GOOD["badcal"] | {"evidence": "", "bibliography": ""})
    assert [finding.rule for finding in findings] == ["no-evidence"]


def test_words_letters_and_positions_as_people_write_them():
    row = GOOD["jmdc"] | {
        "id1": " HD 172167 ",
        "method": "Optical  interferometry",
        "bandcode": "k",
        "sinpe": "yes",
        "ra": "18:36:56.336",
        "dec": "+38 47 01.3",
        "ud_diam": "+3.202e0",
        "notes": "two\nlines\u00a0here",
    }
    draft = read_values("jmdc", row)
    entry, findings = entry_of(draft, None)
    assert findings == ()
    assert draft.place == pytest.approx((279.23473, 38.78369), abs=1e-5)
    assert (entry.id1, entry.method, entry.bandcode, entry.sinpe) == ("HD172167", 1, 8, True)
    assert (entry.ud_diam, entry.notes) == (3.202, "two lines here")


def test_the_letter_of_the_band_follows_from_the_band():
    for band, code in (("K'", 8), ("H", 7), ("2.2", None), ("K", 8)):
        entry, _ = read("jmdc", GOOD["jmdc"] | {"band": band, "bandcode": ""})
        assert entry.bandcode == code


def test_a_report_without_position_is_none():
    entry, findings = read("badcal", GOOD["badcal"] | {"ra": "", "dec": ""})
    assert (entry, findings) == (None, ())


def test_entries_become_texts_that_mean_the_same():
    entry = Measurement("HD1", "", 0.1, None, 1e-05, "K", None, 3, None, "", BIBCODE, None)
    assert read("jmdc", texts_of(entry))[0] == replace(entry, bandcode=8)
    report = Report("HD 1", 0.1, -1e-07, "other", observed=date(2020, 1, 2))
    assert read("badcal", texts_of(report))[0] == report


texts = st.dictionaries(
    st.sampled_from([field.name for fields in FIELDS.values() for field in fields]) | st.text(max_size=5),
    st.text(max_size=40) | st.floats().map(str) | st.dates().map(str) | st.integers().map(str),
)


@given(st.sampled_from(list(FIELDS)), texts)
def test_whatever_is_written_gives_findings_or_an_entry(catalogue, row):
    entry, findings = read(catalogue, row)
    assert entry is not None or any(f.severity is Severity.ERROR for f in findings) or catalogue == "badcal"
    if entry is not None and not any(finding.severity is Severity.ERROR for finding in findings):
        draft = read_values(catalogue, row)
        assert read(catalogue, texts_of(entry, draft.place))[0] == entry
