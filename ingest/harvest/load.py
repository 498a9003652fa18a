"""Header texts and logs from disk into the archive.

Workers read and parse, one a core; this process writes, a batch a transaction. Everything can be loaded again: what is
there already changes nothing. May import ``ingest.access.policy``, ``ingest.archive``, ``ingest.eso`` and
``ingest.harvest``.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ingest.access.policy import moment_of_mjd
from ingest.archive import Archive
from ingest.archive.exposures import exposure_rows, write_exposures
from ingest.archive.frames import RecordRow, known_frames, write_records
from ingest.archive.pool import ReadPool
from ingest.archive.session import Session
from ingest.errors import OivoError
from ingest.eso.baselines import aspro_text, with_baselines
from ingest.eso.model import RawRecord
from ingest.harvest.logs import BadRow, LogRow, rows_of_log
from ingest.harvest.reading import HeaderText, Problem, Readable, ReadBatch, read_batch
from ingest.harvest.sources import Source, sources
from ingest.harvest.workers import chunked, in_order
from ingest.harvest.writing import Report, Totals, Writer
from ingest.home import Home

#: Headers a transaction.
CHUNK = 500

Step = Callable[[str], None]

#: What a worker reads from the archive with.
_pool: ReadPool | None = None


def load_texts(
    archive: Archive,
    texts: Iterable[tuple[str, str, RawRecord | None]],
    authority: str,
    run: str,
    *,
    report: Report,
    step: Step,
    processes: int | None = None,
) -> Totals:
    """Load header texts.

    Parameters
    ----------
    texts
        Name, text, and what ESO's table says of the frame (None: what the archive knows of it).
    authority, run
        IVOA authority of new identifiers; id of the run.
    report, step
        Told each problem, and each name when its batch is written.
    processes
        How many parse; one a core by default.
    """
    with Session(archive, patient=False) as session:
        writer = Writer(archive, authority, run, report, session)
        _load(writer, (HeaderText(name, text, record) for name, text, record in texts), step, processes)
    return writer.totals


def load_paths(
    archive: Archive,
    paths: Iterable[Path],
    authority: str,
    run: str,
    *,
    report: Report,
    step: Step,
    processes: int | None = None,
) -> Totals:
    """Load files and folders: headers and logs, see `ingest.harvest.sources`; the rest as `load_texts`.

    Raises
    ------
    SourceError
        When a path does not exist, or an archive cannot be read to its end.
    """
    tables: list[Source] = []
    with Session(archive, patient=False) as session:
        writer = Writer(archive, authority, run, report, session)
        _load(writer, _without_tables(sources(paths), tables), step, processes)
        for table in tables:
            _load_log(writer, table)
            step(table.name)
    return writer.totals


def _without_tables(found: Iterable[Source], tables: list[Source]) -> Iterator[Source]:
    for source in found:
        if source.is_table:
            tables.append(source)
        else:
            yield source


def _load(writer: Writer, items: Iterable[Readable], step: Step, processes: int | None) -> None:
    processes = processes or len(os.sched_getaffinity(0))
    for chunk, batch in in_order(_read, chunked(items, CHUNK), processes, _connect, (writer.archive.home,)):
        writer.write(chunk, batch)
        for item in chunk:
            step(item.name)


def _connect(home: Home) -> None:
    global _pool
    _pool = ReadPool(Archive(home), seconds=0)


def _read(items: Sequence[Readable]) -> ReadBatch:
    assert _pool is not None
    with _pool.reading() as cursor:
        return read_batch(items, lambda ids: known_frames(cursor, ids))


def _load_log(writer: Writer, table: Source) -> None:
    try:
        rows = rows_of_log(table.read())
        for chunk in chunked(_good(writer, table.name, rows), 1000):
            write_log_rows(writer, chunk)
    except OivoError as error:
        writer.complain(Problem(table.name, error.problem))


def _good(writer: Writer, name: str, rows: Iterable[LogRow | BadRow]) -> Iterator[LogRow]:
    """Yield the good rows, each exposure once; report the others."""
    seen = set()
    for row in rows:
        if isinstance(row, BadRow):
            writer.complain(Problem(f"{name}, {row.place}", row.problem))
        elif row.exposure.header_id in seen:
            writer.complain(Problem(f"{name}, {row.exposure.header_id}", "is there twice; the first counts"))
        else:
            seen.add(row.exposure.header_id)
            yield row


def write_log_rows(writer: Writer, rows: Sequence[LogRow]) -> None:
    """Write rows of logs with their exposures, in one transaction."""
    exposures = with_baselines([row.exposure for row in rows])
    lines = exposure_rows(zip((row.source for row in rows), exposures, strict=True), aspro_text)
    records = [_record(row) for row in rows]
    with writer.session.transaction() as cursor:
        changes = write_records(cursor, records)
        writer.totals.records += changes.new + changes.changed
        writer.totals.exposures += write_exposures(cursor, lines, (), writer.authority, writer.run)


def _record(row: LogRow) -> RecordRow:
    exposure = row.exposure
    record = json.dumps(dict(row.record))
    start = moment_of_mjd(exposure.mjd_start)
    release = exposure.release_date
    return RecordRow(exposure.header_id, row.source, exposure.instrument, start, release, None, record, "none")
