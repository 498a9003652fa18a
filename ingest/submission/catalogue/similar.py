"""Entries like those that somebody wants to submit: in the archive, as far as shown to the person, and in the batch.

May import ``ingest.archive``, ``ingest.catalogs`` and this package.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.archive.connection import Cursor
from ingest.archive.entries import Kept
from ingest.archive.neighbours import measurements_like, reports_near
from ingest.catalogs.badcal import Report
from ingest.catalogs.findings import Finding, error, warning
from ingest.catalogs.jmdc import Measurement, looks_like
from ingest.catalogs.reading import Entry
from ingest.submission.catalogue.model import Similar
from ingest.submission.catalogue.stars import APART, Names, separation


@dataclass(frozen=True)
class Seer:
    """Who looks, which decides what is shown: curators see everything, others what is public and their own."""

    account_id: int | None
    curator: bool

    def sees(self, kept: Kept) -> bool:
        """Tell whether an entry is shown to them. What was taken back is nobody's any more."""
        if kept.state == "retracted":
            return False
        public = kept.state == "accepted" or (kept.state == "withdrawn" and kept.catalogue == "badcal")
        own = self.account_id is not None and kept.account_id == self.account_id
        return public or own or self.curator


class Watch:
    """Compares the entries of a batch with each other and with the archive.

    Parameters
    ----------
    entries
        Of the rows of the batch, in their order; None for those that could not be read.
    but
        Number of the entry that is to be changed.
    """

    def __init__(
        self, cursor: Cursor, seer: Seer, catalogue: str, entries: Sequence[Entry | None], but: int | None = None
    ) -> None:
        self.catalogue, self.entries = catalogue, entries
        self._names = Names()
        measured = [entry for entry in entries if isinstance(entry, Measurement)]
        reported = [entry for entry in entries if isinstance(entry, Report)]
        if catalogue == "jmdc":
            found = measurements_like(
                cursor,
                {entry.bibcode for entry in measured},
                {value for entry in measured for value in (entry.ud_diam, entry.ld_diam) if value is not None},
            )
        else:
            found = reports_near(cursor, [(entry.ra, entry.dec) for entry in reported])
        self._found = [kept for kept in found if seer.sees(kept) and kept.id != but]
        names = [entry.id1 for entry in measured]
        self._names.load(cursor, names + [kept.title for kept in self._found if kept.catalogue == "jmdc"])
        self._by_star: dict[int | str, list[Kept]] = defaultdict(list)
        for kept in self._found:
            if catalogue == "jmdc":
                self._by_star[self._names.identity(kept.title, kept.star_id)].append(kept)
        self._rows: dict[int | str, list[int]] = defaultdict(list)
        for number, entry in enumerate(entries):
            if entry is not None:
                self._rows[self._star(entry)].append(number)

    def _star(self, entry: Entry) -> int | str:
        return self._names.identity(entry.id1) if isinstance(entry, Measurement) else entry.name

    def like(self, number: int) -> tuple[Similar, ...]:
        """Return what is like a row of the batch, the same before what only looks like it."""
        entry = self.entries[number]
        if entry is None:
            return ()
        found = [*self._kept_like(entry), *self._rows_like(number, entry)]
        return tuple(sorted(found, key=lambda similar: not similar.same))

    def _kept_like(self, entry: Entry) -> Iterator[Similar]:
        if isinstance(entry, Measurement):
            for kept in self._by_star.get(self._star(entry), ()):
                assert isinstance(kept.entry, Measurement)
                if why := looks_like(entry, kept.entry):
                    yield _similar(entry, kept, why)
            return
        for kept in self._found:
            assert isinstance(kept.entry, Report)
            if separation(entry.ra, entry.dec, kept.entry.ra, kept.entry.dec) <= APART:
                yield _similar(entry, kept, f"reported for the same star: {kept.entry.reason}")

    def _rows_like(self, number: int, entry: Entry) -> Iterator[Similar]:
        """Yield earlier rows; the later one of two is the one to leave out."""
        for other in self._rows[self._star(entry)]:
            theirs = self.entries[other]
            if other >= number or theirs is None:
                continue
            title = theirs.id1 if isinstance(theirs, Measurement) else theirs.name
            if _content(entry) == _content(theirs):
                yield Similar(None, "new", title, _SAME, other + 1, same=True)
            elif why := _looks_like(entry, theirs):
                yield Similar(None, "new", title, why, other + 1)

    def findings(self, similar: Sequence[Similar]) -> Iterator[Finding]:
        """Yield what is to be said of similar entries: the same one twice is an error."""
        if not similar:
            return
        more = f" (and {len(similar) - 1} more)" if len(similar) > 1 else ""
        field = "bibcode" if self.catalogue == "jmdc" else "name"
        if similar[0].same:
            yield error("same-entry", field, f"{similar[0]}{more}")
        else:
            yield warning("similar", field, f"{similar[0]}{more}")


_SAME = "everything is the same"


def _looks_like(entry: Entry, other: Entry) -> str | None:
    """Say why two rows of a batch may be the same; reports of several nights of one star are what batches are for."""
    if isinstance(entry, Measurement) and isinstance(other, Measurement):
        return looks_like(entry, other)
    return None


def _similar(entry: Entry, kept: Kept, why: str) -> Similar:
    same = kept.state in ("submitted", "accepted") and _content(entry) == _content(kept.entry)
    return Similar(kept.id, kept.state, kept.title, _SAME if same else why, same=same)


def _content(entry: Entry) -> Entry:
    """Return an entry without who sends it."""
    return entry if isinstance(entry, Measurement) else replace(entry, reporter="", affiliation="", address="")
