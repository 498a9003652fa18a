"""Nights, observing blocks and targets of a simulated VLTI archive of any size, in the proportions of a real one.

May import `ingest.stations` and the modules beside it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from ingest.demo.frames.block import Block, Target, start_times
from ingest.demo.frames.instruments import INSTRUMENTS, Instrument, Setting, Shot
from ingest.demo.frames.night import Night, SimulatedFrame, headers
from ingest.demo.frames.sky import Sky
from ingest.demo.frames.stars import FAMOUS, spelled
from ingest.stations import load_array

#: What ObsPortal of JMMC held: https://obs.jmmc.fr, statistics.
HEADERS, EXPOSURES, OBSERVATIONS, TARGETS = 1_035_757, 342_284, 47_263, 35_277
#: Of its exposures, those whose headers lack something.
_INCOMPLETE = 6092 / EXPOSURES

_FIRST, _LAST = date(2004, 5, 1), date(2025, 4, 1)
_MJD_ZERO = date(1858, 11, 17)
_MS_PER_DAY = 86_400_000
#: What a night yields at most, and how long it is: half of it, days.
_EXPOSURES_A_NIGHT, _HALF_A_NIGHT = 110, 4.2 / 24
#: When the day's calibrations begin, days after midnight.
_MORNING = 0.27

#: Stations in use: before 2015, since then; the last are the UTs'.
_OLD = (("D0", "H0", "G1", "I1"), ("A1", "G1", "K0", "J3"), ("A1", "B2", "C1", "D0"))
_NEW = (("A0", "B2", "D0", "C1"), ("K0", "G2", "D0", "J3"), ("A0", "G1", "J2", "J3"), ("A0", "B5", "J2", "J6"))
_UTS = ("U1", "U2", "U3", "U4")
_PART_OF_UTS = 0.3

#: Errors of the right ascension since 2016, in arcsec of the coordinate: multiples of 0.137 s of time.
_RA_OFFSETS = (0.0, 0.0, 2.05, -2.05, 4.1, -4.1, 8.2, -8.2)
_SINCE_OFFSETS = date(2016, 1, 1)
_SINCE_DUAL = date(2017, 1, 1)

_MISSING = (
    ("ISS AMBI TAU0 START", "ISS AMBI TAU0 END"),
    ("ISS AMBI FWHM START", "ISS AMBI FWHM END"),
    ("ISS AMBI FWHM END",),
    ("ISS AMBI TEMP",),
)


@dataclass
class _Counts:
    """What there is so far."""

    headers: int = 0
    exposures: int = 0
    blocks: int = 0
    targets: int = 0


@dataclass
class _Stock:
    """Targets that somebody has observed, by the hour of their right ascension."""

    by_hour: dict[int, list[Target]] = field(default_factory=lambda: defaultdict(list))

    def near(self, hour: float, rng: np.random.Generator) -> Target | None:
        """Give one that passes the meridian within two hours of that sidereal time."""
        known = [target for shift in (-2, -1, 0, 1) for target in self.by_hour[int(hour + shift) % 24]]
        return known[int(rng.integers(len(known)))] if known else None

    def add(self, target: Target) -> None:
        self.by_hour[int(target.ra / 15)].append(target)


def survey(exposures: int, seed: int) -> Iterator[SimulatedFrame]:
    """Give the frames of a survey of that many exposures, night by night."""
    rng = np.random.default_rng(seed)
    counts, stock = _Counts(), _Stock()
    day = _FIRST
    while counts.exposures < exposures:
        progress = (_LAST - _FIRST) * (counts.exposures / exposures)
        day = max(day + timedelta(days=1), _FIRST + timedelta(days=progress.days))
        instrument = _instrument(day, rng)
        midnight = (day - _MJD_ZERO).days - load_array("VLTI").longitude / 360
        night = _night(instrument, day, midnight, seed, rng)
        night = replace(night, blocks=_blocks(night, day, counts, stock, exposures, rng))
        counts.headers += sum(len(block.shots) for block in night.blocks)
        wanted = round(counts.exposures * HEADERS / EXPOSURES) - counts.headers
        counts.headers += max(0, wanted)
        yield from headers(night)
        yield from headers(_laboratory(night, max(0, wanted), day, rng))


def _instrument(day: date, rng: np.random.Generator) -> Instrument:
    there = [instrument for instrument in INSTRUMENTS.values() if instrument.first <= day < instrument.last]
    shares = np.array([instrument.share for instrument in there])
    return there[int(rng.choice(len(there), p=shares / shares.sum()))]


def _night(instrument: Instrument, day: date, midnight: float, seed: int, rng: np.random.Generator) -> Night:
    uts = rng.random() < _PART_OF_UTS
    choices = _OLD if day.year < 2015 else _NEW
    stations = _UTS if uts else choices[int(rng.integers(len(choices)))]
    chosen = sorted(rng.choice(4, instrument.telescopes, replace=False).tolist())
    numbers = [1, 2, 3, 4] if uts else rng.permutation([1, 2, 3, 4]).tolist()
    return Night(
        instrument,
        midnight,
        tuple(stations[place] for place in chosen),
        tuple(numbers[place] for place in chosen),
        (),
        seed,
        float(rng.choice(_RA_OFFSETS)) if day >= _SINCE_OFFSETS else 0.0,
    )


def _blocks(
    night: Night, day: date, counts: _Counts, stock: _Stock, exposures: int, rng: np.random.Generator
) -> list[Block]:
    """Fill a night: calibrators and science targets in turn."""
    sky = Sky(load_array("VLTI"), night.midnight)
    now = int((night.midnight - _HALF_A_NIGHT + rng.uniform(0, 0.02)) * _MS_PER_DAY)
    dawn = int((night.midnight + _HALF_A_NIGHT) * _MS_PER_DAY)
    last = min(exposures, counts.exposures + _EXPOSURES_A_NIGHT)
    settings = night.instrument.settings_on(day)
    setting = settings[int(rng.integers(len(settings)))]
    blocks: list[Block] = []
    while now < dawn and counts.exposures < last:
        calibrator = len(blocks) % 2 == 1
        if not calibrator:
            setting = settings[int(rng.integers(len(settings)))]
        target = _target(sky, now, day, night.instrument, calibrator, counts, stock, rng)
        block, now = _block(night.instrument, day, now, target, setting, calibrator, counts, rng)
        block = _stopped(block, last - counts.exposures)
        counts.exposures += _exposures(block.shots)
        counts.blocks += 1
        blocks.append(block)
    return blocks


def _exposures(shots: tuple[Shot, ...]) -> int:
    return sum(shot.exposure for shot in shots)


def _stopped(block: Block, exposures: int) -> Block:
    """Stop a block after so many exposures."""
    for number in range(len(block.shots)):
        if _exposures(block.shots[: number + 1]) == exposures:
            return block.until(number + 1)
    return block


def _target(
    sky: Sky, now: int, day: date, instrument: Instrument, calibrator: bool, counts: _Counts, stock: _Stock,
    rng: np.random.Generator,
) -> Target:  # fmt: skip
    """Choose a target that is up: a new one, or one that was observed before and is now typed anew."""
    sidereal = np.degrees(float(sky.sidereal_time(now / _MS_PER_DAY))) % 360
    known = stock.near(sidereal / 15, rng)
    if known is None or counts.targets < (counts.exposures + 1) * TARGETS / EXPOSURES:
        known = _new_target(counts.targets, (sidereal + rng.uniform(-30, 15)) % 360, rng)
        famous = [star for star in FAMOUS if abs((star.ra - sidereal + 187.5) % 360 - 180) < 30]
        if famous and rng.random() < 0.02:
            # an old acquaintance, which is in no list yet
            return spelled(famous[int(rng.integers(len(famous)))], rng)
        counts.targets += 1
        stock.add(known)
    target = spelled(known, rng)
    if rng.random() < 0.001:
        # the place of another block, left in when that was copied
        target = replace(target, stale=(target.ra + 0.7, target.dec - 2.0))
    if instrument.name == "GRAVITY" and not calibrator and day >= _SINCE_DUAL and rng.random() < 0.25:
        offset = (round(float(rng.normal(0, 1200)), 3), round(float(rng.normal(0, 900)), 3))
        target = replace(target, pair=(f"{target.typed}_A", f"{target.typed}_B", *offset))
    return target


def _new_target(number: int, ra: float, rng: np.random.Generator) -> Target:
    # 7919 is prime: no number of the catalogue comes twice
    name = f"HD {1000 + number * 7919 % 350_000}"
    dec = float(np.degrees(np.arcsin(rng.uniform(np.sin(np.radians(-72)), np.sin(np.radians(12))))))
    motion = rng.standard_t(2, 2) * 15
    return Target(name, ra, dec, float(motion[0]), float(motion[1]), round(float(rng.uniform(1, 8)), 1))


def _block(
    instrument: Instrument, day: date, now: int, target: Target, setting: Setting, calibrator: bool, counts: _Counts,
    rng: np.random.Generator,
) -> tuple[Block, int]:  # fmt: skip
    """Carry out a block, and say when it has ended."""
    cycle = instrument.cycle(day)
    # Runs of the template, so that blocks have as many exposures as the real ones on average.
    wanted = EXPOSURES / OBSERVATIONS * (counts.blocks + 1) - counts.exposures
    runs = int(np.clip(round(wanted / _exposures(cycle)), 1, 4))
    shots = (*instrument.acquisition, *cycle * runs)
    starts = start_times(now + 300_000, shots, setting, rng)
    number = counts.blocks + 1
    role = "CAL" if calibrator else "SCI"
    block = Block(
        target,
        setting,
        calibrator,
        ob_id=200_000_000 + number,
        ob_name=f"{role}_{target.typed.replace(' ', '')}",
        prog_id=_programme(day, number // 8),
        prog_title=f"SIMULATED programme {number // 8}",
        pi=f"EXAMPLE, A. {number // 40}",
        acquisition=instrument.acquisition,
        cycle=cycle,
        shots=shots,
        starts=starts[:-1],
        container_id=300_000 + number // 2 if day.year > 2012 and number % 6 < 4 else -999,
        container_type="C" if day.year > 2012 and number % 6 < 4 else "U",
        missing=_MISSING[int(rng.integers(len(_MISSING)))] if rng.random() < _INCOMPLETE else (),
    )
    return block, int(starts[-1])


def _programme(day: date, number: int) -> str:
    """Give an identifier in the form of the day; those of ESO do not reach these numbers."""
    months = (day.year - 1967) * 12 + day.month - 4
    period = months // 6 - 1
    if period > 105:
        return f"{period}.9{number % 26 + 65:c}{number // 26 % 26 + 65:c}{number % 10}.001"
    return f"{period:03d}.{'BCD'[number % 3]}-{9000 + number % 1000}({'ABC'[number % 3]})"


def _laboratory(night: Night, frames: int, day: date, rng: np.random.Generator) -> Night:
    """The calibrations of the day after: frames without a target."""
    shots = (night.instrument.laboratory * (frames // len(night.instrument.laboratory) + 1))[:frames]
    shots = tuple(replace(shot, dit=0.5, ndit=12) for shot in shots)
    setting = night.instrument.settings_on(day)[0]
    morning = night.midnight + _MORNING + rng.uniform(0, 0.02)
    starts = start_times(int(morning * _MS_PER_DAY), shots, setting, rng)
    block = Block(
        Target("", 0.0, 0.0), setting, True, -1, "Calibration", "60.A-9000(A)", "SIMULATED calibrations", "", (), (),
        shots, starts[:-1],
    )  # fmt: skip
    return replace(night, stations=(), telescopes=(), blocks=(block,), ra_offset=0.0)
