"""The raw frames behind the VLTI files of the simulated survey.

May import the modules beside it and the rest of `ingest.demo`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from zlib import crc32

import numpy as np

from ingest.demo import MARK, DemoCollection, collections, observed, start_of
from ingest.demo.frames.block import Block, Target, start_times
from ingest.demo.frames.instruments import INSTRUMENTS, Instrument, Setting, Shot
from ingest.demo.frames.night import Night, SimulatedFrame, headers
from ingest.demo.frames.stars import spelled
from ingest.demo.plan import PLANS, Plan
from ingest.demo.simulate import Point
from ingest.demo.stars import Star
from ingest.stations import load_array

#: ASPRO2's name of the settings in `ingest.demo.instruments`, by instrument.
_MODES = {"PIONIER": "GRISM-H", "GRAVITY": "LOW-COMBINED", "MATISSE": "SI_PHOT_L_LOW"}
_MS_PER_DAY = 86_400_000
_MJD_ZERO = datetime(1858, 11, 17)
#: From the beginning of an acquisition to that of the first frame on the target, ms.
_ACQUISITION = 420_000


def demo_frames(reference_date: date) -> Iterator[SimulatedFrame]:
    """Give the frames: for each target and night of a file an observing block, for each point a run of its template."""
    known = {collection.id: collection for collection in collections(reference_date)}
    for number, plan in enumerate(PLANS):
        if plan.modes[0].array == "VLTI":
            yield from _frames_of(plan, number, known[plan.collection], reference_date)


def _frames_of(plan: Plan, number: int, collection: DemoCollection, day: date) -> Iterator[SimulatedFrame]:
    instrument = INSTRUMENTS[plan.modes[0].instrument]
    stations = tuple(plan.stations.split())
    rng = np.random.default_rng(crc32(repr(plan).encode()))
    points = sorted(observed(plan, day), key=lambda point: point.mjd)
    for nth, (midnight, of_night) in enumerate(groupby(points, key=lambda point: _midnight(point.mjd))):
        by_star = sorted(of_night, key=lambda point: (point.target_id, point.mjd))
        blocks = [
            _block(plan, instrument, collection, 1000 * number + 10 * nth + place, list(group), rng)
            for place, (_, group) in enumerate(groupby(by_star, key=lambda point: point.target_id), 1)
        ]
        yield from headers(
            Night(instrument, midnight, stations, _telescopes(stations), blocks, crc32(b"demo"), mark=MARK)
        )


def _midnight(mjd: float) -> float:
    """MJD of the local midnight of the night."""
    shift = load_array("VLTI").longitude / 360
    return round(mjd + shift) - shift


def _telescopes(stations: Sequence[str]) -> tuple[int, ...]:
    return tuple(int(name[1]) if name.startswith("U") else beam for beam, name in enumerate(stations, 1))


def _block(
    plan: Plan, instrument: Instrument, collection: DemoCollection, number: int, points: Sequence[Point],
    rng: np.random.Generator,
) -> Block:  # fmt: skip
    star = points[0].star
    setting = next(setting for setting in instrument.settings if setting.mode == _MODES[instrument.name])
    cycle = _short(instrument.cycle(date(2020, 1, 1)))
    shots, starts = _timed(plan, instrument, setting, cycle, points, rng)
    calibrator = star.category == "CAL"
    return Block(
        spelled(_target(star), rng),
        setting,
        calibrator,
        ob_id=199_000_000 + number,
        ob_name=f"{'CAL' if calibrator else 'SCI'}_{star.name.replace(' ', '_')}_SIMULATED",
        prog_id=collection.programme,
        prog_title=collection.title,
        pi=collection.datapi,
        acquisition=instrument.acquisition,
        cycle=cycle,
        shots=shots,
        starts=starts,
    )


def _short(cycle: tuple[Shot, ...]) -> tuple[Shot, ...]:
    """Give the first exposures and one of each other kind, which is enough to show."""
    exposures = [shot for shot in cycle if shot.exposure][:2]
    others: Mapping[str, Shot] = {
        shot.type: shot for shot in cycle if not shot.exposure and "{object}" not in shot.type
    }
    return (*exposures, *others.values())


def _timed(
    plan: Plan, instrument: Instrument, setting: Setting, cycle: tuple[Shot, ...], points: Sequence[Point],
    rng: np.random.Generator,
) -> tuple[tuple[Shot, ...], np.ndarray[tuple[int], np.dtype[np.int64]]]:  # fmt: skip
    """Frames and their starts (ms since MJD 0): an acquisition, and at each point the template from its first frame."""
    firsts = [_milliseconds(start_of(point, plan.modes[0])) for point in points]
    times = [start_times(firsts[0] - _ACQUISITION, instrument.acquisition, setting, rng)[:-1]]
    times += [start_times(first, cycle, setting, rng)[:-1] for first in firsts]
    return instrument.acquisition + cycle * len(points), np.concatenate(times)


def _milliseconds(moment: datetime) -> int:
    return round((moment - _MJD_ZERO).total_seconds() * 1000)


def _target(star: Star) -> Target:
    return replace(Target(star.name, star.ra, star.dec), pm_ra=star.pm_ra, pm_dec=star.pm_dec, magnitude=3.0)
