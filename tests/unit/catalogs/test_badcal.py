"""Reports of bad calibrators: every field's bad values, files read and written, SearchCal's layouts."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badcal_rd import layouts
from ingest.catalogs.badcal import (
    REASONS,
    RULES,
    KnownReport,
    Report,
    ReportError,
    check,
    read_reports,
    sexagesimal,
    write_reports,
)

GOOD = Report(
    "HD 12345",
    30.25,
    -12.5,
    "binary",
    "closure phases of 10 deg",
    "ivo://oivo.example/~?oidb/1",
    "VLTI",
    "PIONIER",
    130.2,
    1.65,
    date(2020, 2, 29),
    "2020A&A...600A...1X",
    "A. Reporter",
    "An institute",
    "a.reporter@example.org",
)
KNOWN = KnownReport(7, GOOD, datetime(2020, 3, 1, tzinfo=UTC), datetime(2020, 3, 2, 12, 30, 1, tzinfo=UTC))
NAN = float("nan")

BAD = (
    ("name", "", "name"),
    ("name", "--", "name"),
    ("name", "HD 1, HD 2", "name"),
    ("name", "HD1\n", "name-text"),
    ("name", "x" * 81, "name-text"),
    ("ra", -0.1, "ra"),
    ("ra", 360.0, "ra"),
    ("ra", NAN, "ra"),
    ("dec", 90.1, "dec"),
    ("dec", NAN, "dec"),
    ("reason", "", "reason"),
    ("reason", "Binary", "reason"),
    ("evidence", "x" * 2001, "evidence-text"),
    ("evidence_did", "http://elsewhere", "evidence-did"),
    ("evidence_did", "ivo://" + "x" * 300, "evidence_did-text"),
    ("interferometer", "x\t", "interferometer-text"),
    ("instrument", "x" * 41, "instrument-text"),
    ("baseline", 0.0, "baseline"),
    ("baseline", NAN, "baseline"),
    ("baseline", 1e6, "baseline"),
    ("wavelength", 1650.0, "wavelength"),
    ("wavelength", -1.0, "wavelength"),
    ("observed", date(1066, 1, 1), "observed"),
    ("observed", date(2200, 1, 1), "observed"),
    ("bibliography", "x" * 401, "bibliography-text"),
    ("reporter", "a\nb", "reporter-text"),
    ("affiliation", "x" * 201, "affiliation-text"),
    ("address", "nobody", "address"),
    ("address", "a b@example.org", "address"),
    ("address", "a@" + "x" * 260 + ".org", "address-text"),
)


def test_the_good_one_is_good():
    assert check(GOOD) == []


@pytest.mark.parametrize(("field", "value", "rule"), BAD)
def test_bad_values(field, value, rule):
    named = next(each for each in RULES if each.name == rule)
    report = replace(GOOD, **{field: value})
    assert named.test(report) and named.field == field
    assert field in dict(check(report))


def test_every_rule_has_its_bad_value():
    assert {rule.name for rule in RULES} == {rule for _, _, rule in BAD}


def test_an_address_is_in_no_text():
    assert "example.org" not in repr(GOOD)
    assert "a.reporter" not in write_reports([KNOWN])


def test_what_is_written_is_read_again():
    read, refused = read_reports(write_reports([KNOWN]))
    assert refused == []
    assert read[0].report == replace(GOOD, address="")
    assert (read[0].id, read[0].submitted, read[0].validated) == (7, KNOWN.submitted, KNOWN.validated)


def test_a_batch_with_few_columns():
    read, refused = read_reports("Name, RA ,dec,extra\nHD 1,10.5,-20,x\n\n")
    assert refused == []
    assert (read[0].report.name, read[0].report.ra, read[0].report.reason, read[0].id) == ("HD 1", 10.5, "other", None)


def test_what_the_old_service_gives():
    read, refused = read_reports(layouts.comma_separated([KNOWN]))
    assert refused == []
    assert (read[0].id, read[0].report.name, read[0].report.dec, read[0].line) == (7, "HD 12345", -12.5, 6)


@pytest.mark.parametrize(
    "row",
    [
        "HD 1,x,2,,,",
        "HD 1,,2,,,",
        "HD 1,1,2,nonsense,,",
        "HD 1,1,2,,tomorrow,",
        "HD 1,1,2,,,0",
        "HD 1,1,2,,,99999999999",
        "HD 1,1,2",
        ",1,2,,,",
        "HD 1,1e400,2,,,",
    ],
)
def test_a_wrong_row_does_not_stop_the_others(row):
    read, refused = read_reports(f"name,ra,dec,reason,observed,id\n{row}\nHD 2,1,2,,,\n")
    assert [each.report.name for each in read] == ["HD 2"]
    assert [each.line for each in refused] == [2]


@pytest.mark.parametrize("text", ["", "a,b\n", "id,ra\n1,2\n", "\x00"])
def test_no_list(text):
    with pytest.raises(ReportError, match="no list of reports"):
        read_reports(text)


@given(st.text(max_size=200))
def test_never_crashes(text):
    try:
        read_reports("name,ra,dec,id,observed,submitted\n" + text)
    except ReportError as error:
        assert "no CSV" in str(error)


@pytest.mark.parametrize(
    ("ra", "dec", "told"),
    [
        (0.0, 0.0, ("00 00 00.000", "+00 00 00.00")),
        (359.99999999, -0.001, ("00 00 00.000", "-00 00 03.60")),
        (101.2871553, -16.7161159, ("06 45 08.917", "-16 42 58.02")),
        (15.0, 89.9999999, ("01 00 00.000", "+90 00 00.00")),
    ],
)
def test_sexagesimal(ra, dec, told):
    assert sexagesimal(ra, dec) == told


def test_layout_of_searchcal():
    """As its script does it: leave out five lines, turn commas into tabs, scan three numbers."""
    lines = layouts.comma_separated([KNOWN, replace(KNOWN, id=8)]).splitlines()
    assert lines[4] == "id,ra,dec,ra_sexa,dec_sexa,name"
    for line in lines[5:]:
        number, ra, dec, ra_sexa, dec_sexa, name = line.replace(",", "\t").split("\t")
        hours, minutes, seconds = map(float, ra_sexa.split())
        assert 15 * (hours + minutes / 60 + seconds / 3600) == pytest.approx(float(ra), abs=1e-5)
        assert len(dec_sexa.split()) == 3 and float(dec) == -12.5
        assert (int(number) in (7, 8)) and name == "HD 12345"


def test_votable_escapes():
    known = replace(KNOWN, report=replace(GOOD, name="<a> & b"))
    root = ET.fromstring(layouts.votable([known]))
    names = [field.get("name") for field in root.iter("{http://www.ivoa.net/xml/VOTable/v1.3}FIELD")]
    cells = [cell.text for cell in root.iter("{http://www.ivoa.net/xml/VOTable/v1.3}TD")]
    assert names == ["id", "ra", "dec", "ra_sexa", "dec_sexa", "name"]
    assert cells[0] == "7" and cells[5] == "<a> & b"
    assert "&lt;x&gt;" in layouts.error("<x>")


def test_reasons_are_explained():
    assert all(len(meaning.split()) >= 3 for meaning in REASONS.values())
