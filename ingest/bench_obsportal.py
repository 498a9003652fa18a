"""How fast ObsPortal takes in headers and answers ASPRO2: in an instance of its own, with simulated headers.

Each figure has its yardstick, measured in the same run. May import ``ingest.archive``, ``ingest.harvest`` and the
other modules of the measurement.
"""

import http.client
import io
import multiprocessing
import re
import resource
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.archive import Archive
from ingest.archive.connection import Cursor
from ingest.archive.obsportal_search import Cone, ExposureQuery, copy_exposures
from ingest.archive.targets import identify_targets
from ingest.bench_headers import parse_times, write_headers
from ingest.bench_site import Site, post
from ingest.errors import OivoError
from ingest.harvest.load import load_paths
from ingest.harvest.reading import Problem
from ingest.home import Home
from ingest.progress import Progress

#: What ASPRO2 asks for, arcsec.
_RADIUS = 30.0
_AUTHORITY = "oivo.bench"
#: Tables whose rows a load makes. The texts, as packs, are copied nowhere: they are no rows that were computed.
_TABLES = ("frame", "observation", "exposure", "baseline")
#: Targets that are asked for once by HTTP and once in SQL.
_COMPARED = 200
_FIELD = re.compile(rb'<FIELD[^>]* name="([^"]+)"')
#: The original's name of a column in short answers.
_RENAMED = {"exp_header": "exp_header_id"}


@dataclass(frozen=True)
class Figure:
    """A result.

    Attributes
    ----------
    name, value
        What was measured.
    yardstick, ratio
        What it is compared with, and how; None: with nothing.
    bar
        What the ratio is to stay under; or to exceed, where `at_least`.
    """

    name: str
    value: str
    yardstick: str = ""
    ratio: float | None = None
    bar: float | None = None
    at_least: bool = False

    def __str__(self) -> str:
        line = f"{self.name:<28}{self.value:>20}"
        if self.ratio is None:
            return line
        bar = "" if self.bar is None else f"   bar: {'over' if self.at_least else 'under'} {self.bar:g}"
        return f"{line}   {self.ratio:>7.2f} {self.yardstick}{bar}"


def figures(site: Site, exposures: int, requests: int, seed: int) -> Iterator[Figure]:
    """Measure everything, one figure after the other.

    Raises
    ------
    OivoError
        When headers were refused, or not all requests were answered.
    """
    headers = site.work / "headers"
    written = write_headers(headers, exposures, seed)
    yield Figure("simulated headers", f"{written.headers:,}")
    yield Figure("  text, tar.zst on disk", f"{written.size / 1e6:,.0f} {written.packed / 1e6:,.0f} MB")
    yield Figure("  made in (not counted)", f"{written.seconds:.1f} s")
    yield from _parser(written.sample)
    loaded = _loaded(site.home, headers)
    yield from _load_figures(loaded, exposures)
    with site.archive.transaction() as cursor:
        cursor.execute("ANALYZE")
        yield from _disk_figures(cursor)
    copied = _copied(site)
    rows = f"{copied.rows:,} rows"
    yield Figure("COPY of the same rows", f"{copied.seconds:.1f} s", rows)
    yield Figure("load", f"{loaded.seconds:.1f} s", f"times COPY of its {rows}", loaded.seconds / copied.seconds, 10)
    yield from _search_figures(site, requests)


def _parser(sample: Mapping[str, Sequence[str]]) -> Iterator[Figure]:
    """Times of the parser: of all headers, as many of each instrument as a survey has, then of each instrument."""
    astropy = "times faster than astropy's Header.fromstring"
    times = {name: parse_times(texts) for name, texts in sample.items()}
    headers = sum(each.headers for each in times.values())
    exposure, baselines, yardstick = (
        sum(getattr(each, name) * each.headers for each in times.values()) / headers
        for name in ("exposure", "with_baselines", "astropy")
    )
    yield Figure("header to exposure", f"{exposure * 1e6:.0f} us", astropy, yardstick / exposure, 20, at_least=True)
    for name, each in times.items():
        yield Figure(f"  {name}", f"{each.exposure * 1e6:.0f} us", astropy, each.astropy / each.exposure)
    yield Figure("  and its baselines computed", f"{baselines * 1e6:.0f} us", astropy, yardstick / baselines)


@dataclass(frozen=True)
class _Loaded:
    """What a load took: headers; s; s for its targets; kB of memory of the loader and of its largest parser."""

    headers: int
    seconds: float
    identification: float
    targets: int
    memory: int
    memory_of_parsers: int


def _loaded(home: Home, folder: Path) -> _Loaded:
    """Load a folder in a process of its own, so that its memory can be told from ours."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_load, args=(there, home, folder), daemon=False)
    process.start()
    there.close()
    try:
        answer = here.recv()
    except EOFError:
        answer = "the loader died"
    process.join()
    if isinstance(answer, str):
        raise OivoError(answer, place=str(folder))
    assert isinstance(answer, _Loaded)
    return answer


def _load(pipe: Connection, home: Home, folder: Path) -> None:
    problems: list[Problem] = []
    archive = Archive(home)
    try:
        begin = time.perf_counter()
        with Progress("Loading headers") as progress:
            totals = load_paths(archive, [folder], _AUTHORITY, "bench", report=problems.append, step=progress.step)
        loaded = time.perf_counter()
        with archive.transaction() as cursor:
            changes = identify_targets(cursor)
        done = time.perf_counter()
    except OivoError as error:
        pipe.send(str(error))
        return
    if problems:
        pipe.send(f"{len(problems)} headers were refused, the first: {problems[0]}")
        return
    own, parsers = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    pipe.send(_Loaded(totals.headers, loaded - begin, done - loaded, changes.targets, own, parsers))


def _load_figures(loaded: _Loaded, exposures: int) -> Iterator[Figure]:
    yield Figure("load", f"{loaded.seconds:.1f} s")
    yield Figure(
        "  headers, exposures a second", f"{loaded.headers / loaded.seconds:,.0f} {exposures / loaded.seconds:,.0f}"
    )
    yield Figure("  memory: loader, a parser", f"{loaded.memory / 1e3:.0f} {loaded.memory_of_parsers / 1e3:.0f} MB")
    yield Figure("targets identified", f"{loaded.identification:.1f} s")
    yield Figure("  targets", f"{loaded.targets:,}")


def _disk_figures(cursor: Cursor) -> Iterator[Figure]:
    cursor.execute("SELECT pg_database_size(current_database()) AS size")
    yield Figure("database on disk", _megabytes(cursor))
    for name in ("header_pack", *_TABLES, "target"):
        cursor.execute("SELECT pg_total_relation_size(('archive.' || %s)::regclass) AS size", [name])
        yield Figure(f"  archive.{name}", _megabytes(cursor))


def _megabytes(cursor: Cursor) -> str:
    row = cursor.fetchone()
    assert row is not None
    return f"{row.size / 1e6:,.1f} MB"


@dataclass(frozen=True)
class _Copied:
    rows: int
    seconds: float


def _copied(site: Site) -> _Copied:
    """Copy the rows out to files, and time copying them into new tables with the same columns, checks and indexes."""
    files = {name: site.work / f"{name}.copy" for name in _TABLES}
    rows = 0
    with site.archive.transaction() as cursor:
        for name, path in files.items():
            cursor.execute(f"CREATE TABLE archive.bench_{name} (LIKE archive.{name} INCLUDING ALL)")
            with path.open("wb") as file:
                cursor.copy_expert(f"COPY archive.{name} TO STDOUT", file)
            rows += cursor.rowcount
    begin = time.perf_counter()
    with site.archive.transaction() as cursor:
        for name, path in files.items():
            with path.open("rb") as file:
                cursor.copy_expert(f"COPY archive.bench_{name} FROM STDIN", file)
    seconds = time.perf_counter() - begin
    with site.archive.transaction() as cursor:
        for name, path in files.items():
            cursor.execute(f"DROP TABLE archive.bench_{name}")
            path.unlink()
    return _Copied(rows, seconds)


def _search_figures(site: Site, requests: int) -> Iterator[Figure]:
    with site.archive.transaction() as cursor:
        cursor.execute(
            "SELECT ra, dec FROM archive.target WHERE merged_into IS NULL ORDER BY md5(id::text) LIMIT %s", [requests]
        )
        places = [(row.ra, row.dec) for row in cursor.fetchall()]
        if not places:
            raise OivoError("there is no target to ask for", remedy="take more exposures")
        with site.client() as client:
            columns = _columns(client, places[0])
            by_http, by_sql = [], []
            for place in (places * _COMPARED)[:_COMPARED]:
                by_http.append(_asked(client, place))
                by_sql.append(_selected(cursor, place, columns))
            http, sql = statistics.median(by_http), statistics.median(by_sql)
            yield Figure("cone search, SQL alone", f"{sql * 1e3:.2f} ms")
            yield Figure("/search.votable", f"{http * 1e3:.2f} ms", "times the same SQL, fetched", http / sql, 3)
            yield from _many(client, places, requests)


def _many(client: http.client.HTTPConnection, places: Sequence[tuple[float, float]], requests: int) -> Iterator[Figure]:
    """One request after the other, a target each, as ASPRO2 does."""
    times = []
    with Progress("Asking", requests) as progress:
        for number in range(requests):
            times.append(_asked(client, places[number % len(places)]))
            progress.step()
    yield Figure(f"{requests:,} requests, no failure", f"{sum(times):.1f} s")
    late = statistics.quantiles(times, n=100)[94] if len(times) > 1 else times[0]
    yield Figure(
        "  median, 95 of 100, longest",
        f"{statistics.median(times) * 1e3:.1f} {late * 1e3:.1f} {max(times) * 1e3:.0f} ms",
    )


def _asked(client: http.client.HTTPConnection, place: tuple[float, float]) -> float:
    begin = time.perf_counter()
    _answer(client, place)
    return time.perf_counter() - begin


def _answer(client: http.client.HTTPConnection, place: tuple[float, float]) -> bytes:
    parameters = {"ra": place[0], "dec": place[1], "radius": _RADIUS, "all_fields": "false"}
    status, body = post(client, "/search.votable", parameters)
    if status != 200 or b"<TR>" not in body or not body.rstrip().endswith(b"</VOTABLE>"):
        raise OivoError(f"/search.votable answers {status}: {body[:200]!r}", place=f"position {place[0]}, {place[1]}")
    return body


def _columns(client: http.client.HTTPConnection, place: tuple[float, float]) -> list[str]:
    """Give the columns of the answer, so that SQL is asked for the same."""
    names = [name.decode() for name in _FIELD.findall(_answer(client, place))]
    return [_RENAMED.get(name, name) for name in names]


def _selected(cursor: Cursor, place: tuple[float, float], columns: Sequence[str]) -> float:
    begin = time.perf_counter()
    copy_exposures(cursor, ExposureQuery(cones=(Cone(*place, _RADIUS / 3600),)), columns, io.BytesIO())
    return time.perf_counter() - begin
