"""Moments as an Apache server's clock reads them: ``%{TIME}`` is 14 digits of local time.

Apache's expressions know no UTC, and local time runs twice through an hour when summer time ends. What is written
here is never more open than the moment that it stands for. Pure.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.errors import MisuseError

#: Clocks on Earth differ from UTC by these at most: what is safe where the server's time zone is not known.
_EARLIEST, _LATEST = timedelta(hours=-12), timedelta(hours=14)
#: Longer than any step of local time.
_STEP = timedelta(hours=3)
#: Apache reads the year from two digits and a century; far moments are as good as these.
_LAST = datetime(9990, 1, 1, tzinfo=UTC)


def check_zone(name: str) -> str:
    """Return the name of a time zone, or "" for one that is not known.

    Raises
    ------
    MisuseError
        When there is no such time zone.
    """
    if name:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise MisuseError(
                f"there is no time zone {name!r}", place="--timezone", remedy="name one like Europe/Paris, or UTC"
            ) from None
    return name


def wall_until(moment: datetime, zone: str) -> str:
    """Return the clock reading below which it is surely before a moment.

    Examples
    --------
    >>> wall_until(datetime(2026, 7, 1, 12, tzinfo=UTC), "Europe/Paris")
    '20260701140000'
    """
    moment = min(moment, _LAST)
    return _digits(moment, _EARLIEST if not zone else min(_offsets(zone, moment, moment + _STEP)))


def wall_from(moment: datetime, zone: str) -> str:
    """Return the clock reading from which on it is surely a moment or later.

    Examples
    --------
    >>> wall_from(datetime(2026, 7, 1, 12, tzinfo=UTC), "")
    '20260702020000'
    """
    moment = min(moment, _LAST)
    if moment.microsecond:
        moment = moment.replace(microsecond=0) + timedelta(seconds=1)
    return _digits(moment, _LATEST if not zone else max(_offsets(zone, moment - _STEP, moment)))


def _offsets(zone: str, *moments: datetime) -> list[timedelta]:
    found = [moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in moments]
    return [offset for offset in found if offset is not None]


def _digits(moment: datetime, offset: timedelta) -> str:
    return (moment.astimezone(UTC) + offset).strftime("%4Y%m%d%H%M%S")
