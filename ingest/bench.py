"""How fast OIFITS files become granules and reports, on one core, against the `sha256` of the same files.

Each piece of work reads every file from disk; the rounds are interleaved, so that whatever else the machine does falls
on all alike, and medians count. What one piece of work leaves to the garbage collector is collected before the next
one starts. May import ``ingest.oifits`` and the standard library.
"""

import gc
import hashlib
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.oifits import OIFitsError, granules_of, read_oifits
from ingest.oifits.check import JMMC, check

Work = Callable[[Path], object]


@dataclass(frozen=True)
class Timing:
    """Median time of a piece of work over all files.

    Attributes
    ----------
    name
        Of the work.
    seconds
        For all files.
    files, size
        Their number and bytes.
    """

    name: str
    seconds: float
    files: int
    size: int


def sha256(path: Path) -> None:
    """The yardstick: what any archive has to do with a file."""
    hashlib.sha256(path.read_bytes()).hexdigest()


def read(path: Path) -> None:
    """Bytes to tables."""
    read_oifits(path)


def granules(path: Path) -> None:
    """Bytes to granules."""
    granules_of(read_oifits(path))


def checks(path: Path) -> None:
    """Bytes to findings."""
    check(read_oifits(path))


def checks_of_oitools(path: Path) -> None:
    """Bytes to the findings that oitools has."""
    check(read_oifits(path), JMMC)


def granules_and_checks(path: Path) -> None:
    """Bytes to granules and findings: what ingestion does."""
    oifits = read_oifits(path)
    granules_of(oifits)
    check(oifits)


WORK: tuple[Work, ...] = (sha256, read, granules, checks, checks_of_oitools, granules_and_checks)


def readable(folder: Path) -> Iterator[Path | OIFitsError]:
    """The OIFITS files in a folder and all below it; for what is none, why."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            granules_and_checks(path)
            yield path
        except OIFitsError as error:
            yield error


def measure(paths: Sequence[Path], rounds: int, work: Sequence[Work] = WORK) -> list[Timing]:
    """Time pieces of work over all files, after one round that does not count."""
    times: dict[Work, list[float]] = {piece: [] for piece in work}
    for turn in range(rounds + 1):
        for piece in work:
            seconds = _time(piece, paths)
            if turn:
                times[piece].append(seconds)
    size = sum(path.stat().st_size for path in paths)
    return [
        Timing(getattr(piece, "__name__", "work").replace("_", " "), statistics.median(seconds), len(paths), size)
        for piece, seconds in times.items()
    ]


def table(timings: Sequence[Timing]) -> Iterator[str]:
    """Lines of a table; the first timing is the yardstick."""
    yardstick = timings[0]
    yield f"{'work':<24}{'files/s':>10}{'MB/s':>10}{'ms/file':>10}{'/ ' + yardstick.name:>12}"
    for timing in timings:
        rate = timing.files / timing.seconds
        yield (
            f"{timing.name:<24}{rate:>10.0f}{timing.size / 1e6 / timing.seconds:>10.0f}{1e3 / rate:>10.2f}"
            f"{timing.seconds / yardstick.seconds:>12.2f}"
        )


def _time(work: Work, paths: Sequence[Path]) -> float:
    gc.collect()
    start = time.perf_counter()
    for path in paths:
        work(path)
    return time.perf_counter() - start
