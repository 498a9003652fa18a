"""Slices of the harvest: months without gaps, the place where each goes on."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.frames import record_json, record_of_json
from ingest.archive.harvest_state import SliceState
from ingest.eso.client.raw import Place
from ingest.eso.model import RawRecord
from ingest.harvest.records import OVERLAP, Scope, _after, months, slices_to_reconcile

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))
TEXTS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"))


@given(MOMENTS, st.timedeltas(timedelta(seconds=1), timedelta(days=2000)))
def test_months_meet_and_cover_the_range(begin, length):
    found = list(months(begin, begin + length))
    assert found[0][0] <= begin and found[-1][1] >= begin + length
    assert [end for _, end in found[:-1]] == [first for first, _ in found[1:]]
    assert all(moment.day == 1 and moment.time() == datetime.min.time() for pair in found for moment in pair)


def test_where_a_slice_goes_on():
    moment = datetime(2020, 5, 1, tzinfo=UTC)
    assert _after(SliceState(False, None, None)) is None
    assert _after(SliceState(True, None, None)) is None
    assert _after(SliceState(False, moment, "GRAVI.x")) == Place(moment, "GRAVI.x")
    assert _after(SliceState(True, moment, "GRAVI.x")) == Place(moment - OVERLAP)


def test_which_counts_are_compared():
    scope = Scope(("MIDI",), datetime(2010, 1, 1, tzinfo=UTC), datetime(2010, 6, 1, tzinfo=UTC))
    done, begun = SliceState(True, None, None), SliceState(False, None, None)
    known = {"MIDI 2010-01": done, "MIDI 2010-02": done, "MIDI 2010-03": begun, "MIDI 2010-04": done}
    day = datetime(2020, 1, 1, tzinfo=UTC)
    reconciled = {"MIDI 2010-01": day, "MIDI 2010-02": day + timedelta(days=5)}
    due = slices_to_reconcile(scope, known, reconciled, day + timedelta(days=2))
    assert [name for name, _ in due] == ["MIDI 2010-04", "MIDI 2010-01"]


@given(
    st.builds(
        RawRecord,
        st.just("MIDI.x"),
        st.just("MIDI"),
        dp_type=TEXTS,
        target=TEXTS | st.none(),
        ra=st.floats(0, 360) | st.none(),
        ob_id=st.integers() | st.none(),
        exp_start=MOMENTS | st.none(),
        tpl_start=MOMENTS | st.none(),
        release_date=MOMENTS | st.none(),
        last_mod_date=MOMENTS | st.none(),
    )
)
def test_records_survive_json(record):
    import json
    from dataclasses import replace

    back = record_of_json(json.loads(record_json(record)))
    assert back == replace(record, target=record.target or None)
