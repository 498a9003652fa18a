"""When a job is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import MisuseError
from ingest.jobs import JOBS, find_job, last_due
from ingest.settings import SCHEDULE

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def at(*moment):
    return datetime(2026, *moment, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "due"),
    [
        ("off", at(5, 2), None),
        ("03:30", at(5, 2, 3, 29, 59), at(5, 1, 3, 30)),
        ("03:30", at(5, 2, 3, 30), at(5, 2, 3, 30)),
        ("03:30", at(5, 2, 23, 59), at(5, 2, 3, 30)),
        ("00:00", at(1, 1), at(1, 1)),
        ("23:59", at(1, 1), datetime(2025, 12, 31, 23, 59, tzinfo=UTC)),
        ("every 15 minutes", at(5, 2, 0, 5), at(5, 1, 23, 50)),
        ("every 2 hours", at(5, 2, 1), at(5, 1, 23)),
        ("every 9999 hours", at(5, 2), at(5, 2) - timedelta(hours=9999)),
    ],
)
def test_last_due(schedule, now, due):
    assert SCHEDULE.fullmatch(schedule)
    assert last_due(schedule, now) == due


@given(MOMENTS, st.from_regex(SCHEDULE, fullmatch=True).filter(str.isascii))
def test_every_schedule_that_can_be_set_has_a_last_moment(now, schedule):
    due = last_due(schedule, now)
    if schedule == "off":
        assert due is None
        return
    assert due is not None and due <= now
    if schedule.startswith("every"):
        _, number, unit = schedule.split()
        assert (now - due) / timedelta(**{unit: 1}) == int(number)
    else:
        assert f"{due:%H:%M}" == schedule and now - due < timedelta(days=1)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_due_moments_never_go_back(now, later):
    for schedule in ("03:30", "every 15 minutes"):
        assert last_due(schedule, now) <= last_due(schedule, now + later)


def test_every_job_has_a_schedule_and_a_help(home):
    for job in JOBS:
        assert SCHEDULE.fullmatch(job.schedule(home))
        assert job.help.endswith(".")
        assert find_job(job.name) is job


@pytest.mark.parametrize("name", ["", "backups", "release_dates", "BACKUP"])
def test_unknown_job(name):
    with pytest.raises(MisuseError, match=", ".join(job.name for job in JOBS)):
        find_job(name)
