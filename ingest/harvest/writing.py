"""What was read goes into the archive, a batch a transaction; a row that the database refuses stays out alone.

May import ``ingest.archive`` and ``ingest.harvest.reading``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg2

from ingest.archive import Archive
from ingest.archive.connection import Cursor
from ingest.archive.exposures import ExposureChanges, write_exposures
from ingest.archive.frames import known_frames, write_records, write_texts
from ingest.archive.session import Session
from ingest.harvest.reading import Problem, Readable, ReadBatch, read_batch
from ingest.logs import log

#: Says what could not be taken.
Report = Callable[[Problem], None]


@dataclass
class Totals:
    """What a run has done so far."""

    headers: int = 0
    records: int = 0
    problems: int = 0
    exposures: ExposureChanges = field(default_factory=ExposureChanges)

    def __str__(self) -> str:
        done = self.exposures
        said = f"{self.headers} headers"
        if self.records:
            said += f", {self.records} rows of logs"
        said += f": {done.new} new exposures, {done.changed} changed"
        if done.removed:
            said += f", {done.removed} removed"
        return f"{said}{f'; {self.problems} problems' if self.problems else ''}"


@dataclass
class Writer:
    """Writes batches of headers.

    Attributes
    ----------
    archive, authority, run
        Where to; IVOA authority of new identifiers; id of the run.
    report
        Is told each problem.
    session
        The connection that it writes with.
    """

    archive: Archive
    authority: str
    run: str
    report: Report
    session: Session
    totals: Totals = field(default_factory=Totals)
    #: Frames of this run, as hashes: a million of them take 70 MB, their names twice that.
    _seen: set[int] = field(default_factory=set)

    def write(self, items: Sequence[Readable], batch: ReadBatch) -> None:
        """Write a batch; frames that this run has written already are left out and reported.

        Parameters
        ----------
        items
            What the batch was read from.
        """
        again = {name for name, known in zip(batch.names, batch.ids, strict=True) if hash(known) in self._seen}
        if again:
            for name in sorted(again):
                self.complain(Problem(name, "is left out: another file of this run has the same ARCFILE"))
            items = [item for item in items if item.name not in again]
            batch = self.read(items)
        self._write(items, batch)
        self._seen.update(map(hash, batch.ids))

    def read(self, items: Sequence[Readable]) -> ReadBatch:
        """Read headers in this process."""
        with self.session.transaction() as cursor:
            return read_batch(items, lambda ids: known_frames(cursor, ids))

    def complain(self, problem: Problem) -> None:
        """Report and count a problem."""
        self.totals.problems += 1
        log.warning("%s", problem, extra={"run": self.run})
        self.report(problem)

    def _write(self, items: Sequence[Readable], batch: ReadBatch) -> None:
        try:
            with self.session.transaction() as cursor:
                changes = write_batch(cursor, batch, self.authority, self.run)
        except (psycopg2.DataError, psycopg2.IntegrityError) as error:
            if len(batch.ids) <= 1:
                self.complain(Problem(batch.names[0], f"the database refuses it: {str(error).splitlines()[0]}"))
                return
            # One of them is odd in a way that nobody foresaw: halves find it, and the others go in.
            middle = len(items) // 2
            for half in (items[:middle], items[middle:]):
                self._write(half, self.read(half))
            return
        self.totals.headers += len(batch.ids)
        self.totals.exposures += changes
        for problem in batch.problems:
            self.complain(problem)


def write_batch(cursor: Cursor, batch: ReadBatch, authority: str, run: str) -> ExposureChanges:
    """Write what was read of some headers: records, texts, exposures."""
    if batch.records:
        write_records(cursor, batch.records)
    write_texts(cursor, batch.lines, batch.packs, fresh=batch.fresh and not batch.records)
    return write_exposures(cursor, batch.rows, batch.others, authority, run, fresh=batch.fresh)
