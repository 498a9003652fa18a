"""Targets and observing blocks of the simulated raw frames.

Pure: may import the modules beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.demo.frames.instruments import Instrument, Setting, Shot
from ingest.demo.frames.sky import packed, sexagesimal

_MS_PER_DAY = 86_400_000
_MJD_ZERO = np.datetime64("1858-11-17", "ms")
_J2000, _DAYS_PER_YEAR = 51544.5, 365.25
_DEGREES_PER_MAS = 1 / 3.6e6

#: DEL FT SENSOR and STATUS; others track no fringes.
_TRACKERS = {"GRAVITY": ("GRAVITY", "ON"), "MATISSE": ("MATISSE", "UNDEFINED"), "AMBER": ("FINITO", "ON")}


@dataclass(frozen=True)
class Target:
    """A star as somebody typed it into an observing block."""

    typed: str
    #: ICRS at epoch 2000.0, degrees.
    ra: float
    dec: float
    #: mas/yr, that in right ascension with cos(dec).
    pm_ra: float = 0.0
    pm_dec: float = 0.0
    magnitude: float = 5.0
    #: What is typed as its place, where that is another one, degrees.
    stale: tuple[float, float] | None = None
    #: GRAVITY, dual field: names of the two stars, and from the first to the second: RA, DEC, mas.
    pair: tuple[str, str, float, float] | None = None

    def place(self, mjd: float) -> tuple[float, float]:
        """RA and DEC at an epoch, degrees."""
        years = (mjd - _J2000) / _DAYS_PER_YEAR * _DEGREES_PER_MAS
        ra = self.ra + self.pm_ra * years / float(np.cos(np.radians(self.dec)))
        return ra % 360, self.dec + self.pm_dec * years


@dataclass(frozen=True)
class Block:
    """An observing block, carried out: frames of one target in one setting."""

    target: Target
    setting: Setting
    calibrator: bool
    ob_id: int
    ob_name: str
    prog_id: str
    prog_title: str
    pi: str
    #: Acquisition frames, then whole runs of the observing template.
    acquisition: tuple[Shot, ...]
    cycle: tuple[Shot, ...]
    shots: tuple[Shot, ...]
    #: ms since MJD 0, shape (shots,).
    starts: NDArray[np.int64]
    container_id: int = -999
    container_type: str = "U"
    #: Keywords that the header lacks.
    missing: tuple[str, ...] = ()

    @cached_property
    def category(self) -> str:
        """DPR CATG of its exposures."""
        return "CALIB" if self.calibrator else "SCIENCE"

    def type_of(self, shot: Shot) -> str:
        """DPR TYPE of a frame."""
        if "{" not in shot.type:
            return shot.type
        return shot.type.format(object="STD" if self.calibrator else "OBJECT", field=self.field)

    def label_of(self, shot: Shot) -> str:
        """OBJECT of a frame: a label, or the target."""
        if self.calibrator and shot.exposure and self.ob_id % 3 == 0:
            return "STD"
        return shot.label or self.target.typed

    @property
    def field(self) -> str:
        """SINGLE, or DUAL where GRAVITY looks at two stars."""
        return "DUAL" if self.target.pair else "SINGLE"

    def pointed(self, mjd: float, ra_offset: float) -> tuple[float, float]:
        """RA and DEC of the header: the place at that epoch, and what the telescopes are off (arcsec)."""
        ra, dec = self.target.place(mjd)
        return (ra + ra_offset / 3600) % 360, dec

    def template_rows(self, instrument: Instrument) -> Iterator[tuple[Any, ...]]:
        """Give TPLNO, TPL ID, NAME, START, EXPNO, NEXP of each frame."""
        acquisition, science, calibrator = (name.format(field=self.field.lower()) for name in instrument.templates)
        observing = calibrator if self.calibrator else science
        first, run = len(self.acquisition), max(1, len(self.cycle))
        begin = ""
        for place in range(len(self.shots)):
            number, nexp, acquires = (place, first, True) if place < first else ((place - first) % run, run, False)
            if number == 0:
                begin = self._time(int(self.starts[place]) - 20_000)
            name = "Acquisition" if acquires else "Observation"
            tplno = 1 if acquires else 2 + (place - first) // run
            yield tplno, acquisition if acquires else observing, name, begin, number + 1, nexp

    def _time(self, milliseconds: int) -> str:
        return str((_MJD_ZERO + np.timedelta64(milliseconds, "ms")).astype("datetime64[s]"))

    @property
    def ob_start(self) -> str:
        """OBS START: five minutes before the first frame, to the second."""
        return self._time(int(self.starts[0]) - 300_000)

    def until(self, frames: int) -> "Block":
        """Give the block as it were, had it been stopped after so many frames."""
        return replace(self, shots=self.shots[:frames], starts=self.starts[:frames])


def start_times(first: int, shots: Sequence[Shot], setting: Setting, rng: np.random.Generator) -> NDArray[np.int64]:
    """Give starts of frames one after the other; ms since MJD 0, shape (shots + 1,), the end of the last included."""
    seconds = [(shot.dit or setting.dit) * (shot.ndit or setting.ndit) + shot.overhead for shot in shots]
    jitter = rng.uniform(0, 1, len(seconds))
    steps = ((np.array(seconds) + jitter) * 1000).astype(np.int64)
    starts: NDArray[np.int64] = first + np.concatenate([[0], np.cumsum(steps)])
    return starts


def block_values(block: Block, instrument: str, mjd: float, ra_offset: float) -> dict[str, object]:
    """Values of `cards.txt` that belong to a block, of a night (MJD) with telescopes that are off (arcsec)."""
    ra, dec = block.pointed(mjd, ra_offset)
    # no pointing model in what guides, nor proper motion in what was typed
    guide_ra, guide_dec = block.target.place(mjd)
    typed_ra, typed_dec = block.target.stale or (block.target.ra, block.target.dec)
    tracker, status = _TRACKERS.get(instrument, ("NONE", "OFF"))
    return {
        "ra": ra, "dec": dec, "guide_ra": guide_ra, "guide_dec": guide_dec,
        "ra_text": sexagesimal(ra, hours=True), "dec_text": sexagesimal(dec, hours=False, decimals=0),
        "ref_ra": packed(typed_ra, hours=True), "ref_dec": packed(typed_dec, hours=False),
        "target": block.target.typed, "magnitude": block.target.magnitude,
        "ob_id": block.ob_id, "ob_name": block.ob_name[:32].replace("%", ""), "ob_start": block.ob_start,
        "prog_id": block.prog_id, "pi_id": block.ob_id % 90_000,
        "container_id": block.container_id, "container_type": block.container_type,
        "tracker": tracker, "tracker_status": status,
        "ft_dit": 0.00085, "roof": "OFFAXIS" if block.target.pair else "ONAXIS", "pola": "COMBINED",
        "ins_mode": f"3Tstd_{block.setting.mode}",
        **_pair_values(block.target), **block.setting.cards,
    }  # fmt: skip


def _pair_values(target: Target) -> dict[str, object]:
    """Cards of GRAVITY's two objects; proper motions there are in arcsec/yr."""
    ft_name, sc_name, x, y = target.pair or (target.typed, target.typed, 0.0, 0.0)
    return {
        "ft_name": ft_name.replace(" ", "_"),
        "sc_name": sc_name.replace(" ", "_"),
        "sc_x": x,
        "sc_y": y,
        "ft_alpha": sexagesimal(target.ra, hours=True, separator="", decimals=3),
        "ft_delta": sexagesimal(target.dec, hours=False, separator="", decimals=3).lstrip("+"),
        "ft_pma": f"{target.pm_ra / 1000:.5f}",
        "ft_pmd": f"{target.pm_dec / 1000:.5f}",
    }
