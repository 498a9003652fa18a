"""Records of raw frames (``dbo.raw``), page by page in the order in which they changed.

May import ``ingest.eso.client.tap`` and ``ingest.eso.model``.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from ingest.eso.client.http import EsoError
from ingest.eso.client.tap import QueryError, TapClient
from ingest.eso.model import RawRecord

#: For records without a moment of change: before ESO's archive existed.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = tuple(field.name for field in fields(RawRecord))
_MOMENTS = ("exp_start", "tpl_start", "release_date", "last_mod_date")
_NUMBERS = ("ra", "dec", "mjd_obs", "exposure")
_WHOLE = ("ob_id", "access_estsize")
_TEXTS = ("dp_cat", "dp_type", "dp_tech")


@dataclass(frozen=True, order=True)
class Place:
    """Where in the order of changes: after this record."""

    last_mod_date: datetime
    dp_id: str = ""


@dataclass(frozen=True)
class Part:
    """A part of ``dbo.raw``: one instrument's frames that began in [begin, end); no limit where None."""

    instrument: str
    begin: datetime | None = None
    end: datetime | None = None

    def conditions(self) -> list[str]:
        """Return the part as conditions of ADQL."""
        found = [f"instrument = {_quoted(self.instrument)}"]
        if self.begin is not None:
            found.append(f"exp_start >= {_moment(self.begin)}")
        if self.end is not None:
            found.append(f"exp_start < {_moment(self.end)}")
        return found


@dataclass(frozen=True)
class Page:
    """Some records, in order; the last page of a part says so."""

    records: list[RawRecord]
    last: bool


class RawFrames:
    """The raw frames of ESO's archive.

    Parameters
    ----------
    tap
        The service.
    page_size
        Records a request.
    """

    def __init__(self, tap: TapClient, page_size: int = 5000) -> None:
        self._tap = tap
        self.page_size = page_size

    def pages(self, part: Part, after: Place | None = None) -> Iterator[Page]:
        """Yield the records of a part that changed after a place, in the order of changes, by keyset.

        Raises
        ------
        EsoError
            When the service refuses, or repeats itself.
        UnreachableError
            When it does not answer.
        """
        before: list[str] = []
        while True:
            page = self._page(part, after)
            yield page
            if page.last:
                return
            now = [record.dp_id for record in page.records]
            if now == before:
                # A database that rounds moments lets the same rows through for ever.
                raise EsoError(
                    f"the archive repeats its records from {now[0]} to {now[-1]}",
                    place=part.instrument,
                    remedy="report this to the makers of oivo",
                )
            before, after = now, place_of(page.records[-1])

    def count(self, part: Part) -> int:
        """Return how many frames the archive has in a part."""
        adql = f"SELECT COUNT(*) AS nb FROM dbo.raw WHERE {' AND '.join(part.conditions())}"
        rows = self._tap.query(adql, 10).rows
        if len(rows) != 1 or rows[0].get("nb") is None:
            raise QueryError("the archive does not count", place="TAP", remedy="try again later")
        return int(rows[0]["nb"])

    def _page(self, part: Part, after: Place | None) -> Page:
        conditions = part.conditions()
        if after is not None:
            moment, dp_id = _moment(after.last_mod_date), _quoted(after.dp_id)
            conditions.append(
                f"(last_mod_date > {moment} OR (last_mod_date = {moment} AND dp_id > {dp_id}))"
                if after.dp_id
                else f"last_mod_date >= {moment}"
            )
        adql = (
            f"SELECT TOP {self.page_size} {', '.join(_COLUMNS)} FROM dbo.raw"
            f" WHERE {' AND '.join(conditions)} ORDER BY last_mod_date, dp_id"
        )
        # One more than the page: the service then has no reason of its own to cut it.
        answer = self._tap.query(adql, self.page_size + 1)
        records = [record_of_row(row) for row in answer.rows]
        return Page(records, last=not records or (len(records) < self.page_size and not answer.overflow))


def place_of(record: RawRecord) -> Place:
    """Return the place after a record."""
    return Place(record.last_mod_date or _LONG_AGO, record.dp_id)


def record_of_row(row: dict[str, Any]) -> RawRecord:
    """Make a record of a row of ``dbo.raw``; a value that cannot be read is None.

    Raises
    ------
    EsoError
        When the row has no identifier or instrument.
    """
    if not row.get("dp_id") or not row.get("instrument"):
        raise EsoError("a record has no dp_id or no instrument", place="TAP")
    values: dict[str, Any] = {name: row.get(name) for name in _COLUMNS}
    for name in _MOMENTS:
        values[name] = moment_of(values[name])
    for name in _NUMBERS:
        values[name] = _number(values[name])
    for name in _WHOLE:
        number = _number(values[name])
        values[name] = None if number is None else int(number)
    for name in _TEXTS:
        values[name] = values[name] or ""
    return RawRecord(**values)


def moment_of(text: Any) -> datetime | None:
    """Return an ISO date and time as a moment; UTC where it does not say another zone."""
    try:
        moment = datetime.fromisoformat(str(text).strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _moment(moment: datetime) -> str:
    """Write a moment as the archive does, with ms; with more digits only where it gave some."""
    digits = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return _quoted(moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=digits) + "Z")
