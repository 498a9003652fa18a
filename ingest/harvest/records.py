"""Records of ESO's raw frames into the archive, by slices that can be interrupted anywhere.

The first load goes by month and instrument, later runs by what changed since the last one, a day earlier to be sure:
rows of a night can come late, and clocks differ. Each page is a transaction with the place where the next one begins.
May import ``ingest.archive``, ``ingest.eso`` and ``ingest.harvest``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ingest.archive import Archive
from ingest.archive.exposures import ExposureChanges
from ingest.archive.frames import write_records
from ingest.archive.harvest_state import SliceState, find_slices, write_slice
from ingest.eso.client import RawFrames
from ingest.eso.client.raw import Page, Part, Place, place_of
from ingest.harvest.reading import record_row
from ingest.harvest.rereading import reread_frames, write_reread

#: How far before the last change an increment begins.
OVERLAP = timedelta(days=1)


@dataclass(frozen=True)
class Scope:
    """What of ESO's archive is harvested.

    Attributes
    ----------
    instruments
        Their names.
    begin, end
        Exposures that began in [begin, end).
    whole
        Whether this is all that the site wants, so that increments are asked for; otherwise each month is looked
        through for its changes.
    """

    instruments: tuple[str, ...]
    begin: datetime
    end: datetime
    whole: bool = True

    def parts(self) -> Iterator[tuple[str, Part]]:
        """Yield the slices of the first load with their names, month by month."""
        for begin, end in months(self.begin, self.end):
            for instrument in self.instruments:
                yield f"{instrument} {begin:%Y-%m}", Part(instrument, begin, end)


def months(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield first and last moment of each calendar month that has a part in [begin, end)."""
    first = datetime(begin.year, begin.month, 1, tzinfo=UTC)
    while first < end:
        following = (first + timedelta(days=31)).replace(day=1)
        yield first, following
        first = following


@dataclass
class Records:
    """Harvests records.

    Attributes
    ----------
    archive, authority, run
        Where to; IVOA authority of new identifiers; id of the run.
    raw
        ESO's raw frames.
    step
        Told the name of a slice for each page.
    """

    archive: Archive
    authority: str
    run: str
    raw: RawFrames
    step: Callable[[str], None]
    new: int = 0
    changed: int = 0
    exposures: ExposureChanges = field(default_factory=ExposureChanges)

    def harvest(self, scope: Scope, now: datetime) -> None:
        """Bring the records of a scope up to date.

        Raises
        ------
        EsoError
            When ESO's archive fails; what was committed stays, and the next run goes on there.
        """
        with self.archive.transaction() as cursor:
            known = find_slices(cursor)
            for instrument in scope.instruments:
                if _increment(instrument) not in known:
                    # whatever changes from now on is asked for by the increments, also in months that are done
                    write_slice(cursor, _increment(instrument), SliceState(True, now, None))
            known = find_slices(cursor)
        for name, part in scope.parts():
            if not (scope.whole and name in known and known[name].done):
                self.slice(name, part, known.get(name))
        if scope.whole:
            for instrument in scope.instruments:
                name = _increment(instrument)
                self.slice(name, Part(instrument, scope.begin), known[name])

    def slice(self, name: str, part: Part, state: SliceState | None) -> None:
        """Go on with one slice, to its end."""
        state = state or SliceState(False, None, None)
        for page in self.raw.pages(part, _after(state)):
            state = self.write(name, page, state)
            self.step(name)

    def write(self, name: str, page: Page, state: SliceState) -> SliceState:
        """Write a page and where its slice stands now; frames whose header is kept are read again if they changed."""
        state = replace(state, done=page.last)
        if page.records:
            place = place_of(page.records[-1])
            state = replace(state, last_mod_date=place.last_mod_date, last_id=place.dp_id)
        with self.archive.transaction() as cursor:
            changes = write_records(cursor, [record_row(record) for record in page.records])
            if changes.with_text:
                found = reread_frames(cursor, changes.with_text)
                self.exposures += write_reread(cursor, found, self.authority, self.run)
            write_slice(cursor, name, state)
        self.new += changes.new
        self.changed += changes.changed
        return state


def _increment(instrument: str) -> str:
    return f"increment {instrument}"


def _after(state: SliceState) -> Place | None:
    """Return where to go on: exactly, after an interruption; a little earlier, for what came since the last run."""
    if state.last_mod_date is None:
        return None
    if state.done:
        return Place(state.last_mod_date - OVERLAP)
    return Place(state.last_mod_date, state.last_id or "")


def slices_to_reconcile(
    scope: Scope, known: Mapping[str, SliceState], reconciled: Mapping[str, datetime], before: datetime
) -> list[tuple[str, Part]]:
    """Return the done slices that were not reconciled since a moment, those longest ago first."""
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    due = [
        (name, part)
        for name, part in scope.parts()
        if name in known and known[name].done and reconciled.get(name, long_ago) < before
    ]
    return sorted(due, key=lambda each: (reconciled.get(each[0], long_ago), each[0]))
