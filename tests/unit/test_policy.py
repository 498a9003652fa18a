"""The access rules, from tables of cases and as properties."""

import calendar
import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from astropy.time import Time
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.access.policy import (
    EMBARGO_MONTHS,
    Rights,
    add_months,
    all_public,
    moment_of_mjd,
    release_moment,
    rights_of_new_granule,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PAST, FUTURE = NOW - SECOND, NOW + SECOND

RIGHTS = [
    ("public", None, True),
    ("public", PAST, True),
    ("public", FUTURE, True),
    ("secure", None, False),
    ("proprietary", None, False),
    ("secure", PAST, True),
    ("secure", NOW, True),  # at the very second
    ("secure", FUTURE, False),
    ("proprietary", NOW, True),
    ("proprietary", FUTURE, False),
    ("", None, False),
    ("PUBLIC", None, False),
    ("anything", FUTURE, False),
]


@pytest.mark.parametrize(("data_rights", "date", "public"), RIGHTS)
def test_one_granule(data_rights, date, public):
    assert Rights(data_rights, date).is_public(NOW) is public


@given(st.lists(st.sampled_from(RIGHTS), max_size=8))
@example([])
def test_the_most_restrictive_granule_decides(cases):
    granules = [Rights(data_rights, date) for data_rights, date, _ in cases]
    wanted = len(cases) > 0 and False not in {public for _, _, public in cases}
    assert all_public(granules, NOW) is wanted
    assert all_public(iter(granules), NOW) is wanted
    assert not all_public([*granules, Rights("secure", None)], NOW)


@given(st.lists(st.tuples(st.sampled_from(["public", "secure"]), st.none() | st.datetimes(timezones=st.just(UTC)))))
def test_what_is_public_stays_public(cases):
    granules = [Rights(*case) for case in cases]
    later = datetime(9999, 12, 31, tzinfo=UTC)
    assert all_public(granules, later) or not all_public(granules, NOW)


def mjd(*date):
    return float(Time(datetime(*date)).mjd)


OBSERVED = mjd(2026, 3, 31, 6)
OLD = mjd(2010, 1, 1)
SOON, LONG_AGO = NOW + timedelta(days=30), NOW - timedelta(days=3000)
FAR = datetime(2040, 1, 1, tzinfo=UTC)


def secure(*date):
    return ("secure", datetime(*date, tzinfo=UTC) if date else None)


NEW_GRANULES = {
    # kind, level, t_max, category, release date of the collection -> rights
    "suv, two years": ("suv", 2, OBSERVED, "SCIENCE", None, secure(2028, 3, 31, 6)),
    "pionier, one year": ("pionier", 2, OBSERVED, "SCIENCE", None, secure(2027, 3, 31, 6)),
    "eso, one year": ("eso", 1, OBSERVED, "SCIENCE", None, secure(2027, 3, 31, 6)),
    "chara, 18 months end in a short month": ("chara", 2, OBSERVED, "SCIENCE", None, secure(2027, 9, 30, 6)),
    "public collection": ("public", 2, OBSERVED, "SCIENCE", None, ("public", NOW)),
    "simulation": ("simulation", 1, OBSERVED, None, None, ("public", NOW)),
    "VizieR": ("VizieR", 3, OBSERVED, None, None, ("public", NOW)),
    "unknown kind": ("other", 2, OBSERVED, "SCIENCE", None, ("public", NOW)),
    "unknown category is science": ("eso", 2, OBSERVED, None, None, secure(2027, 3, 31, 6)),
    "empty category is science": ("eso", 2, OBSERVED, "", None, secure(2027, 3, 31, 6)),
    "calibrator at once": ("eso", 2, OBSERVED, "CALIB", None, ("public", NOW)),
    "calibrator without date": ("suv", 2, None, "CALIB", None, ("public", NOW)),
    "published data at once": ("chara", 3, OBSERVED, "SCIENCE", None, ("public", NOW)),
    "old data: the date has passed": ("eso", 2, OLD, "SCIENCE", None, secure(2011, 1, 1)),
    "no date": ("eso", 2, None, "SCIENCE", None, secure()),
    "NaN": ("eso", 2, math.nan, "SCIENCE", None, secure()),
    "infinite": ("eso", 2, math.inf, "SCIENCE", None, secure()),
    "minus infinite": ("eso", 2, -math.inf, "SCIENCE", None, secure()),
    "zero": ("eso", 2, 0.0, "SCIENCE", None, secure()),
    "JD for MJD": ("eso", 2, OBSERVED + 2400000.5, "SCIENCE", None, secure()),
    "huge": ("eso", 2, 1e300, "SCIENCE", None, secure()),
    "no date, collection released": ("eso", 2, None, "SCIENCE", LONG_AGO, secure()),
    "no date, collection held back": ("eso", 2, None, "SCIENCE", FAR, secure()),
    "collection later than embargo": ("eso", 2, OBSERVED, "SCIENCE", FAR, ("secure", FAR)),
    "collection sooner than embargo": ("eso", 2, OBSERVED, "SCIENCE", SOON, secure(2027, 3, 31, 6)),
    "collection holds a calibrator back": ("eso", 2, OBSERVED, "CALIB", SOON, ("secure", SOON)),
    "collection holds published data back": ("chara", 3, OBSERVED, "SCIENCE", SOON, ("secure", SOON)),
    "collection holds public kind back": ("public", 2, None, None, SOON, ("secure", SOON)),
    "collection released": ("public", 2, None, None, LONG_AGO, ("public", LONG_AGO)),
    "collection released this second": ("public", 2, None, None, NOW, ("public", NOW)),
}


@pytest.mark.parametrize("case", NEW_GRANULES.values(), ids=NEW_GRANULES)
def test_new_granule(case):
    *given_values, (data_rights, date) = case
    rights = rights_of_new_granule(*given_values, NOW)
    assert rights.data_rights == data_rights
    if date is None or rights.release_date is None:
        assert rights.release_date is date
    else:
        assert abs(rights.release_date - date) < timedelta(milliseconds=1)  # an MJD is good to 1 microsecond


@given(
    kind=st.sampled_from([*EMBARGO_MONTHS, "public", "VizieR", "other"]),
    level=st.integers(1, 3),
    t_max=st.none() | st.floats(),
    category=st.sampled_from(["SCIENCE", "CALIB", "", None, "ACQUISITION"]),
    release=st.none() | st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC)),
)
def test_never_before_the_collection_nor_the_embargo(kind, level, t_max, category, release):
    rights = rights_of_new_granule(kind, level, t_max, category, release, NOW)
    if release is not None and release > NOW:
        assert not rights.is_public(release - SECOND)
    if kind in EMBARGO_MONTHS and level < 3 and category in ("SCIENCE", "", None):
        observed = moment_of_mjd(t_max)
        if observed is None:
            assert not rights.is_public(datetime(9999, 1, 1, tzinfo=UTC))
        else:
            assert not rights.is_public(observed + timedelta(days=364))


@pytest.mark.filterwarnings("ignore:.*dubious year")
@given(st.floats(27073.5, 106332.5))
def test_moment_of_mjd_agrees_with_astropy(value):
    moment = moment_of_mjd(value)
    assert moment is not None
    # datetime has no leap seconds, astropy stretches the days that have one: a second at most
    assert abs(Time(moment.replace(tzinfo=None)).mjd - value) < 1.1 / 86400


@given(st.datetimes(datetime(1900, 1, 1), datetime(2400, 1, 1), timezones=st.just(UTC)), st.integers(0, 300))
@example(datetime(2024, 2, 29, tzinfo=UTC), 12)
@example(datetime(2023, 2, 28, tzinfo=UTC), 12)
@example(datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), 2)
@example(datetime(2099, 12, 31, tzinfo=UTC), 2)
def test_add_months_step_by_step(moment, months):
    year, month = moment.year, moment.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    day = min(moment.day, calendar.monthrange(year, month)[1])
    assert add_months(moment, months) == datetime.combine(
        datetime(year, month, day).date(), moment.time(), moment.tzinfo
    )


RELEASES = {
    "2027-03-31": datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC),
    "20270331": datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC),
    "2027-W13-3": datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC),
    "2024-02-29": datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
    "9999-12-31": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    "0001-01-01": datetime(1, 1, 1, 23, 59, 59, tzinfo=UTC),
    "2027-03-31T10:00": datetime(2027, 3, 31, 10, tzinfo=UTC),
    "2027-03-31 10:00:30": datetime(2027, 3, 31, 10, 0, 30, tzinfo=UTC),
    "2027-03-31T10:00:00Z": datetime(2027, 3, 31, 10, tzinfo=UTC),
    "2027-03-31T10:00:00+02:00": datetime(2027, 3, 31, 10, tzinfo=timezone(timedelta(hours=2))),
    "2027-03-31T23:00-04:00": datetime(2027, 4, 1, 3, tzinfo=UTC),
    "2027-03-31T00:00": datetime(2027, 3, 31, tzinfo=UTC),
}


@pytest.mark.parametrize(("text", "moment"), RELEASES.items())
def test_release_moment(text, moment):
    assert release_moment(text) == moment
    assert release_moment(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2027", "2027-13-01", "2027-02-29", "31/03/2027", "2027-03-31T25:00", " 2027-03-31", "2027-03-31\n",
     "0000-01-01", "10000-01-01", "0001-01-01T00:00+02:00", "9999-12-31T23:00-02:00", "٢٠٢٧-٠٣-٣١", "2027-03-31T"],
)  # fmt: skip
def test_no_release_moment(text):
    with pytest.raises(ValueError):
        release_moment(text)


@given(st.text())
def test_any_text_is_a_moment_or_a_value_error(text):
    with suppress(ValueError):
        assert release_moment(text).tzinfo is not None
