"""How fast header texts become exposures, against `astropy.io.fits.Header.fromstring` of the same texts.

Astropy only splits the text into cards there and parses none of them: the least that a general reader does. May
import ``ingest.eso.exposure`` and ``ingest.eso.model``.
"""

import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from astropy.io.fits import Header as AstropyHeader

from ingest.eso.exposure import read_frame
from ingest.eso.model import Exposure


@dataclass(frozen=True, slots=True)
class ParseRate:
    """Result of `bench_parse`; times are of the processor, ms a header, medians of the rounds.

    Attributes
    ----------
    exposures, others
        Headers that are exposures, and that are none (sky, dark, ...).
    size
        Mean characters of a header.
    exposure_ms, other_ms
        Text to exposure, and to the reason why it is none; NaN where there are no such headers.
    astropy_ms, astropy_other_ms
        `astropy.io.fits.Header.fromstring` of the same texts.
    """

    exposures: int
    others: int
    size: float
    exposure_ms: float
    other_ms: float
    astropy_ms: float
    astropy_other_ms: float

    @property
    def ratio(self) -> float:
        """How many exposures are read in the time that astropy takes for one header; the bar is 20."""
        return self.astropy_ms / self.exposure_ms


def bench_parse(texts: Sequence[str], rounds: int = 7) -> ParseRate:
    """Time the reading of header texts, exposures and others apart.

    Parameters
    ----------
    texts
        Headers as plain text, a card a line.
    rounds
        Repetitions; ours and astropy's alternate, so that both meet the same machine.
    """
    kinds = [isinstance(read_frame(text), Exposure) for text in texts]
    exposures = [text for text, is_one in zip(texts, kinds, strict=True) if is_one]
    others = [text for text, is_one in zip(texts, kinds, strict=True) if not is_one]
    ours, theirs = _medians(exposures, rounds)
    ours_other, theirs_other = _medians(others, rounds)
    size = statistics.fmean(map(len, texts)) if texts else 0.0
    return ParseRate(len(exposures), len(others), size, ours, ours_other, theirs, theirs_other)


def _astropy(text: str) -> object:
    return AstropyHeader.fromstring(text, sep="\n")


def _medians(texts: Sequence[str], rounds: int) -> tuple[float, float]:
    """Ours and astropy's time of a header, ms."""
    if not texts:
        return float("nan"), float("nan")
    times: tuple[list[float], list[float]] = ([], [])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(rounds):
            for work, seconds in zip((read_frame, _astropy), times, strict=True):
                seconds.append(_seconds(work, texts))
    ours, theirs = (statistics.median(seconds) / len(texts) * 1e3 for seconds in times)
    return ours, theirs


def _seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    start = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - start
