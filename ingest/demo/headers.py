"""Header texts of raw frames: those of the simulated survey, and of an archive of any size for measuring.

May import the rest of `ingest.demo`.
"""

from collections.abc import Iterator
from datetime import date

from ingest.demo.frames import demo as _demo
from ingest.demo.frames import survey as _survey
from ingest.demo.frames.chara import chara_log
from ingest.demo.frames.night import SimulatedFrame

__all__ = ["SimulatedFrame", "demo_chara_log", "demo_frames", "large_survey"]


def demo_frames(reference_date: date) -> Iterator[SimulatedFrame]:
    """Make up the raw frames of the simulated survey's VLTI files.

    ARCFILE of each file, and so its obs_id, is the identifier of one of them; programmes, targets, nights and stations
    are those of the files.

    Parameters
    ----------
    reference_date
        As for `ingest.demo.survey`.
    """
    return _demo.demo_frames(reference_date)


def demo_chara_log(reference_date: date) -> str:
    """Make up the observation log of the simulated survey's CHARA files, as CSV.

    Parameters
    ----------
    reference_date
        As for `ingest.demo.survey`.
    """
    return chara_log(reference_date)


def large_survey(exposures: int, seed: int = 0) -> Iterator[SimulatedFrame]:
    """Make up the raw frames of a VLTI archive, in the proportions of JMMC's ObsPortal.

    To 342,284 exposures there are 1,035,757 headers, 47,263 observing blocks and 35,277 targets.

    Parameters
    ----------
    exposures
        How many of the frames are exposures on a target.
    seed
        The same gives the same frames.

    Yields
    ------
    SimulatedFrame
        Night by night, from 2004 to 2025.
    """
    return _survey.survey(exposures, seed)
