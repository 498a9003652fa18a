"""Records over TAP: every one once, in order, whatever the pages; failures are said or sat out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.eso.client.http import EsoError, UnreachableError
from ingest.eso.client.raw import Part, Place, RawFrames, moment_of, record_of_row
from ingest.eso.client.tap import QueryError, TapClient
from tests.unit.eso.client.conftest import BEGIN, frame

ALL = Part("PIONIER")
CHANGED = BEGIN + timedelta(days=1)


def names(pages):
    return [record.dp_id for page in pages for record in page.records]


def test_records_come_back_as_they_were(raw, eso):
    assert [record for page in raw.pages(ALL) for record in page.records] == [frame(n)[0] for n in range(10)]


def test_pages_of_a_multiple_of_their_size(tap, eso):
    pages = list(RawFrames(tap, page_size=5).pages(ALL))
    assert [len(page.records) for page in pages] == [5, 5, 0]
    assert [page.last for page in pages] == [False, False, True]


def test_many_records_of_one_moment(tap, eso):
    for number in range(10):
        eso.change(frame(number)[0].dp_id, CHANGED)
    assert names(RawFrames(tap, page_size=3).pages(ALL)) == [frame(n)[0].dp_id for n in range(10)]


def test_going_on_after_a_place(raw):
    third = frame(3)[0]
    after = Place(third.last_mod_date, third.dp_id)
    assert names(raw.pages(ALL, after)) == [frame(n)[0].dp_id for n in range(4, 10)]
    assert names(raw.pages(ALL, Place(third.last_mod_date))) == [frame(n)[0].dp_id for n in range(3, 10)]


def test_parts_meet_and_do_not_overlap(raw, eso):
    middle = BEGIN + timedelta(minutes=4)
    first, second = Part("PIONIER", BEGIN, middle), Part("PIONIER", middle, BEGIN + timedelta(minutes=9))
    assert names(raw.pages(first)) == [frame(n)[0].dp_id for n in range(4)]
    assert names(raw.pages(second)) == [frame(n)[0].dp_id for n in range(4, 9)]
    assert (raw.count(first), raw.count(second), raw.count(ALL), raw.count(Part("MIDI"))) == (4, 5, 10, 0)


def test_a_service_that_cuts_answers_itself_loses_nothing(raw, eso):
    eso.limit = 3  # below the size of our pages
    pages = list(raw.pages(ALL))
    assert names(pages) == [frame(n)[0].dp_id for n in range(10)]


def test_a_service_that_repeats_itself_is_found_out(tap, eso, monkeypatch):
    answer = tap.query("SELECT TOP 4 dp_id, instrument, last_mod_date FROM dbo.raw ORDER BY dp_id", 5)
    monkeypatch.setattr(tap, "query", lambda *_: answer)
    with pytest.raises(EsoError, match="repeats"):
        list(RawFrames(tap, page_size=4).pages(ALL))


def test_quotes_in_an_instrument_are_no_adql(raw):
    assert raw.count(Part("PIO' OR instrument = 'PIONIER")) == 0


@pytest.mark.parametrize("failure", ["tap reset", "tap error page", "tap cut", "tap 500"])
def test_failures_that_pass_are_sat_out(raw, eso, failure, pauses):
    eso.failures[failure] = 2
    assert len(names(raw.pages(ALL))) == 10
    assert len(pauses) == 2
    eso.chance[failure] = 1.0
    with pytest.raises(UnreachableError):
        raw.count(ALL)


def test_an_error_in_the_table_is_said(tap, raw, eso):
    eso.failures["tap error"] = 1
    with pytest.raises(QueryError, match="deadlocked"):
        raw.count(ALL)
    with pytest.raises(QueryError, match="Invalid column name 'nothing'"):
        tap.query("SELECT nothing FROM dbo.raw", 10)


def test_an_address_that_is_wrong(eso, fetcher):
    with pytest.raises(EsoError, match="status 404"):
        TapClient(f"{eso.base}/elsewhere", fetcher).query("SELECT dp_id FROM dbo.raw", 1)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2013-08-27T01:05:24.327Z", datetime(2013, 8, 27, 1, 5, 24, 327000, UTC)),
        ("2013-08-27T01:05:24", datetime(2013, 8, 27, 1, 5, 24, tzinfo=UTC)),
        ("2013-08-27 01:05:24.3", datetime(2013, 8, 27, 1, 5, 24, 300000, UTC)),
        ("2013-08-27", datetime(2013, 8, 27, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("2013-02-30T00:00:00", None),
        ("yesterday", None),
    ],
)
def test_moments(text, moment):
    assert moment_of(text) == moment


@given(st.dictionaries(st.sampled_from(["ra", "ob_id", "exposure", "exp_start", "dp_type", "target"]), st.text()))
def test_odd_values_are_missing_values(values):
    record = record_of_row({"dp_id": "PIONI.x", "instrument": "PIONIER", **values})
    assert record.ob_id is None or isinstance(record.ob_id, int)


@pytest.mark.parametrize("value", ["inf", "nan", "1e400", float("inf"), "12x", ""])
def test_numbers_that_are_none(value):
    record = record_of_row({"dp_id": "PIONI.x", "instrument": "PIONIER", "ob_id": value, "ra": value})
    assert (record.ob_id, record.ra) == (None, None)


@pytest.mark.parametrize("row", [{}, {"dp_id": "x"}, {"instrument": "MIDI"}, {"dp_id": None, "instrument": "MIDI"}])
def test_rows_without_identity_are_refused(row):
    with pytest.raises(EsoError):
        record_of_row(row)
