"""Local time as Apache has it: never more open than the moment that is meant."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.access.clock import check_zone, wall_from, wall_until
from ingest.errors import MisuseError

ZONES = ["UTC", "Europe/Paris", "America/Santiago", "Pacific/Kiritimati", "Australia/Lord_Howe", "Asia/Kathmandu"]
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
HOUR = timedelta(hours=1)


def reading(moment, zone):
    """What %{TIME} is at a moment on a server in a zone."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y%m%d%H%M%S")


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=3)), st.sampled_from(ZONES), st.booleans())
# the hour that is there twice
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), HOUR, "Europe/Paris", True)
@example(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), HOUR, "Europe/Paris", True)
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), HOUR / 2, "Europe/Paris", True)
def test_never_too_open(moment, distance, zone, known):
    told = zone if known else ""
    late, early = moment + distance, moment - distance
    assert not reading(late, zone) < wall_until(moment, told), "let in after the end"
    if early < moment:
        assert not reading(early, zone) >= wall_from(moment, told), "let in before the beginning"


@given(MOMENTS, st.sampled_from(ZONES), st.booleans())
def test_not_closed_for_long(moment, zone, known):
    told, margin = (zone, 2 * HOUR) if known else ("", 27 * HOUR)
    assert reading(moment - margin, zone) < wall_until(moment, told)
    assert reading(moment + margin, zone) >= wall_from(moment, told)


def test_exact_where_it_can_be():
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert wall_until(noon, "Europe/Paris") == wall_from(noon, "Europe/Paris") == "20260701140000"
    assert wall_from(noon.replace(microsecond=1), "UTC") == "20260701120001"
    assert wall_until(noon.replace(microsecond=1), "UTC") == "20260701120000"
    assert wall_until(datetime.max.replace(tzinfo=UTC), "UTC") == "99900101000000"


@pytest.mark.parametrize("name", ["Europe/Pariss", "../../etc/passwd", "/etc/localtime", "\0"])
def test_unknown_zone(name):
    with pytest.raises(MisuseError, match="there is no time zone"):
        check_zone(name)
