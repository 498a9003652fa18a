"""The access rules (design.md 5), as pure functions of rights, dates and a clock.

May import the standard library only: no database, no web, so that every case can be tested.
All moments are timezone-aware.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

#: Months that new data of a collection stay private, by kind of collection; 0 for the kinds not listed.
EMBARGO_MONTHS = {"suv": 24, "pionier": 12, "eso": 12, "chara": 18}

#: Moment of MJD 0.
_MJD_0 = datetime(1858, 11, 17, tzinfo=UTC)

#: MJDs outside (years 1933 to 2150, as the OIFITS checker has them) are mistakes, not dates.
_MJD_RANGE = (27073.5, 106332.5)


@dataclass(frozen=True)
class Rights:
    """What the archive knows about a granule's accessibility.

    Attributes
    ----------
    data_rights
        ``public``, ``secure`` or ``proprietary`` (ObsCore's words).
    release_date
        From when on it is public, or None.
    """

    data_rights: str
    release_date: datetime | None

    def is_public(self, now: datetime) -> bool:
        """Tell whether anybody may read it: said to be public, or released. Everything else is private."""
        return self.data_rights == "public" or (self.release_date is not None and self.release_date <= now)


def all_public(granules: Iterable[Rights], now: datetime) -> bool:
    """Tell whether a file, or a product linked to several granules, is public: all must be; none is not enough."""
    rights = list(granules)
    return bool(rights) and all(granule.is_public(now) for granule in rights)


def rights_of_new_granule(
    kind: str,
    level: int,
    t_max: float | None,
    category: str | None,
    collection_release: datetime | None,
    now: datetime,
) -> Rights:
    """Return the rights of a granule that is ingested without any being given.

    Published data (L3) and calibrators are public at once; the rest waits for the embargo of its
    kind of collection, counted from its last observation; nothing goes before the collection's
    own release date. Where a date is needed and the observation has no credible one, the data
    stay private until somebody tells.

    Parameters
    ----------
    kind
        Kind of the collection: a key of `EMBARGO_MONTHS`, or another.
    level
        1, 2 or 3.
    t_max
        Last observation as MJD, or None.
    category
        ``SCIENCE``, ``CALIB`` or None for unknown, which counts as science.
    collection_release
        The collection's release date, or None.
    now
        The moment of ingestion.
    """
    science = category in (None, "", "SCIENCE")
    months = EMBARGO_MONTHS.get(kind, 0) if science and level < 3 else 0
    held_back = collection_release is not None and collection_release > now
    if months == 0:
        return (
            Rights("secure", collection_release)
            if held_back
            else Rights("public", _later(None, collection_release, now))
        )
    observed = moment_of_mjd(t_max)
    if observed is None:
        return Rights("secure", None)
    return Rights("secure", _later(add_months(observed, months), collection_release, now))


def _later(own: datetime | None, collection: datetime | None, now: datetime) -> datetime:
    moments = [moment for moment in (own, collection) if moment is not None]
    return max(moments, default=now)


def moment_of_mjd(mjd: float | None) -> datetime | None:
    """Return the moment of an MJD (UTC), or None for no or no credible date."""
    if mjd is None or not _MJD_RANGE[0] <= mjd <= _MJD_RANGE[1]:
        return None
    return _MJD_0 + timedelta(days=mjd)


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day and time some months later; the last day of a month that is too short.

    Examples
    --------
    >>> add_months(datetime(2024, 8, 31, tzinfo=UTC), 18).date()
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    last_day = (first_of_next - timedelta(days=1)).day
    return moment.replace(year=year, month=month, day=min(moment.day, last_day))


def release_moment(text: str) -> datetime:
    """Return the moment that a release date stands for.

    A plain date means the end of that day (UTC), the stricter reading and the one that OiDB's
    users know; a date with a time is taken as it is, in UTC unless it says otherwise.

    Raises
    ------
    ValueError
        When the text is neither.
    """
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
    except ValueError:
        moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(f"{text} is outside of the years 1 to 9999") from None
