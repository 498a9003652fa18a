"""Header texts for measuring: simulated and written to disk; how fast they are read.

May import ``ingest.demo``, ``ingest.eso`` and ``ingest.progress``.
"""

import gc
import io
import statistics
import tarfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import zstandard
from astropy.io import fits

from ingest.demo.headers import SimulatedFrame, large_survey
from ingest.eso.baselines import with_baselines
from ingest.eso.exposure import read_frame
from ingest.eso.frames import may_be_exposure
from ingest.eso.model import Exposure
from ingest.progress import Progress

#: Headers that parsers are measured with: one of so many exposures, at most; and rounds of which the median counts.
_SAMPLE, _ROUNDS = 400, 5


@dataclass
class Written:
    """Headers on disk.

    Attributes
    ----------
    headers, size, packed
        Their number; bytes of the texts and of the files.
    seconds
        That making them took.
    sample
        Some texts of exposures, by instrument.
    """

    headers: int = 0
    size: int = 0
    packed: int = 0
    seconds: float = 0.0
    sample: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def write_headers(folder: Path, exposures: int, seed: int) -> Written:
    """Simulate a survey and write its headers, an archive a night: as ``oivo obsportal load`` takes them."""
    folder.mkdir()
    written = Written()
    every = max(1, exposures // _SAMPLE)
    candidates = 0
    begin = time.perf_counter()
    with Progress("Simulating headers", round(exposures * 3.026)) as progress:
        for night, frames in groupby(large_survey(exposures, seed), key=_night):
            with _tar(folder / f"{night}.tar.zst") as archive:
                for frame in frames:
                    data = frame.text.encode("ascii")
                    member = tarfile.TarInfo(f"{frame.dp_id}.hdr")
                    member.size = len(data)
                    archive.addfile(member, io.BytesIO(data))
                    written.headers += 1
                    written.size += len(data)
                    if frame.record.target and may_be_exposure(frame.record):
                        candidates += 1
                        if candidates % every == 0:
                            written.sample[frame.record.instrument].append(frame.text)
                    progress.step(frame.dp_id)
    written.seconds = time.perf_counter() - begin
    written.packed = sum(path.stat().st_size for path in folder.iterdir())
    return written


def _night(frame: SimulatedFrame) -> str:
    instrument, _, stamp = frame.dp_id.partition(".")
    return f"{stamp[:10]}-{instrument}"


@contextmanager
def _tar(path: Path) -> Iterator[tarfile.TarFile]:
    with (
        path.open("wb") as file,
        zstandard.ZstdCompressor(level=3).stream_writer(file) as stream,
        tarfile.open(fileobj=stream, mode="w|") as archive,
    ):
        yield archive


@dataclass(frozen=True)
class ParseTimes:
    """Seconds a header, medians over rounds: text to exposure, that with baselines computed, astropy's parser."""

    headers: int
    exposure: float
    with_baselines: float
    astropy: float


def parse_times(texts: Sequence[str], rounds: int = _ROUNDS) -> ParseTimes:
    """Time parsers on the same texts of exposures, in turn."""
    exposures = [text for text in texts if isinstance(read_frame(text), Exposure)]
    work: tuple[Callable[[], object], ...] = (
        lambda: [read_frame(text) for text in exposures],
        lambda: with_baselines([frame for text in exposures if isinstance(frame := read_frame(text), Exposure)]),
        lambda: [fits.Header.fromstring(text, sep="\n") for text in exposures],
    )
    times: list[list[float]] = [[], [], []]
    for turn in range(rounds + 1):
        for piece, seconds in zip(work, times, strict=True):
            gc.collect()
            begin = time.perf_counter()
            piece()
            if turn:
                seconds.append((time.perf_counter() - begin) / len(exposures))
    return ParseTimes(len(exposures), *map(statistics.median, times))
