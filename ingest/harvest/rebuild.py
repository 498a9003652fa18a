"""Exposures built again from what the archive keeps: header texts, records, rows of logs. No network.

Everything keeps its identifier; only what comes out otherwise than before is changed. May import ``ingest.archive``
and ``ingest.harvest``.
"""

import os
from collections.abc import Callable, Iterator, Sequence

from ingest.archive import Archive
from ingest.archive.frames import frames_of_packs, log_frames
from ingest.archive.packs import pack_ids, remove_unreferenced_packs
from ingest.archive.pool import ReadPool
from ingest.archive.session import Session
from ingest.errors import OivoError
from ingest.harvest.load import write_log_rows
from ingest.harvest.logs import LogRow, exposure_of
from ingest.harvest.reading import Problem
from ingest.harvest.rereading import Reread, reread_frames, write_reread
from ingest.harvest.workers import chunked, in_order
from ingest.harvest.writing import Report, Totals, Writer
from ingest.home import Home

#: Packs a transaction: about 200 headers.
_PACKS = 4
_ROWS = 1000

#: What a worker reads from the archive with.
_pool: ReadPool | None = None


def rebuild(
    archive: Archive,
    authority: str,
    run: str,
    *,
    report: Report,
    step: Callable[[int], None],
    processes: int | None = None,
) -> Totals:
    """Build all exposures again.

    Parameters
    ----------
    authority, run
        IVOA authority of new identifiers; id of the run.
    report, step
        Told each problem; how many frames were read since the last time.
    processes
        How many parse; one a core by default.
    """
    processes = processes or len(os.sched_getaffinity(0))
    with archive.transaction() as cursor:
        remove_unreferenced_packs(cursor)
        packs = pack_ids(cursor)
    with Session(archive, patient=False) as session:
        writer = Writer(archive, authority, run, report, session)
        for _, found in in_order(_reread, chunked(packs, _PACKS), processes, _connect, (archive.home,)):
            with session.transaction() as cursor:
                writer.totals.exposures += write_reread(cursor, found, authority, run)
            writer.totals.headers += found.count
            for problem in found.problems:
                writer.complain(problem)
            step(found.count)
        for chunk in chunked(_log_rows(writer), _ROWS):
            write_log_rows(writer, chunk)
            step(len(chunk))
    return writer.totals


def _connect(home: Home) -> None:
    global _pool
    _pool = ReadPool(Archive(home), seconds=0)


def _reread(packs: Sequence[int]) -> Reread:
    assert _pool is not None
    with _pool.reading() as cursor:
        return reread_frames(cursor, frames_of_packs(cursor, packs))


def _log_rows(writer: Writer) -> Iterator[LogRow]:
    with writer.archive.transaction() as cursor:
        frames = log_frames(cursor)
    for identifier, source, record in frames:
        try:
            yield LogRow(source, record, exposure_of(source, record))
        except OivoError as error:
            writer.complain(Problem(identifier, error.problem))
