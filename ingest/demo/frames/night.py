"""A night of simulated raw frames: from observing blocks to header texts.

May import `ingest.stations`, `ingest.eso.model` and the modules beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.demo.frames.block import Block, block_values
from ingest.demo.frames.cards import Template, template
from ingest.demo.frames.instruments import Instrument, Shot
from ingest.demo.frames.sky import Sky
from ingest.demo.frames.weather import Weather
from ingest.eso.model import RawRecord
from ingest.stations import load_array

_MS_PER_DAY = 86_400_000
_MJD_ZERO = np.datetime64("1858-11-17", "ms")
#: A model of the array's geometry is fitted anew now and then: places of the telescopes change by that, m.
_MODEL_ERROR = 0.004
_YEAR = timedelta(days=365)

_OPTIONAL: Mapping[str, object] = MappingProxyType(
    {"chop": "F", "scan": "T", "lamp": "EMPTY", "shutter": "ABOPEN", "nrts": "OBS_FRINGE_TRACK"}
    | {"bcd1": "OUT", "bcd2": "OUT", "chip_name": "HAWAII-2RG", "chip_type": "IR-LM", "det_name": "MATISSE-LM"}
)


@dataclass(frozen=True, slots=True)
class SimulatedFrame:
    """A raw frame that never was: its identifier, its header, and its row in ESO's table of raw frames."""

    dp_id: str
    text: str = field(repr=False)
    record: RawRecord


@dataclass(frozen=True)
class Night:
    """An instrument's night, or day in the laboratory."""

    instrument: Instrument
    #: MJD (UTC) of its middle.
    midnight: float
    #: Names of the stations in the order of the beams, and the numbers of their telescopes; empty: laboratory.
    stations: tuple[str, ...]
    telescopes: tuple[int, ...]
    blocks: Sequence[Block]
    seed: int = 0
    #: What the telescopes' right ascension is off, arcsec.
    ra_offset: float = 0.0
    #: What identifiers begin with, before the prefix of the instrument.
    mark: str = ""


@dataclass(frozen=True)
class _Frames:
    """The frames of a night, as columns."""

    shots: Sequence[Shot]
    #: Place of the block in the night's list.
    block: NDArray[np.int64]
    #: Start, ms since MJD 0.
    start: NDArray[np.int64]
    dit: NDArray[np.float64]
    ndit: NDArray[np.int64]
    columns: dict[str, Sequence[Any]]


def headers(night: Night) -> Iterator[SimulatedFrame]:
    """Write the headers of a night's frames, in the order of their blocks."""
    if not any(block.shots for block in night.blocks):
        return
    kind = night.stations[0][0] + "T" if night.stations and night.stations[0][0] == "U" else "AT"
    day = date(1858, 11, 17) + timedelta(days=int(night.midnight))
    card_template = template(night.instrument.name, kind, len(night.stations), day)
    rng = np.random.default_rng((night.seed, int(night.midnight), len(night.stations)))
    frames = _frames(night)
    places = _places(night)
    _add_numbers(frames, night, places, rng)
    _add_words(frames, night)
    _add_noise(frames, card_template, rng)
    rows = list(zip(*(frames.columns[name] for name in card_template.frame), strict=True))
    yield from _texts(night, frames, card_template, rows, places, kind, rng)


def _frames(night: Night) -> _Frames:
    shots = [shot for block in night.blocks for shot in block.shots]
    settings = [block.setting for block in night.blocks for _ in block.shots]
    pairs = list(zip(shots, settings, strict=True))
    return _Frames(
        shots=shots,
        block=np.repeat(np.arange(len(night.blocks)), [len(block.shots) for block in night.blocks]),
        start=np.concatenate([block.starts for block in night.blocks]).astype(np.int64),
        dit=np.array([shot.dit or setting.dit for shot, setting in pairs]),
        ndit=np.array([shot.ndit or setting.ndit for shot, setting in pairs]),
        columns={},
    )


def _places(night: Night) -> NDArray[np.float64]:
    """Where the telescopes stand according to the night's model of the array: east, north, up; m."""
    array = load_array("VLTI")
    rng = np.random.default_rng((night.seed, int(night.midnight)))
    places = np.array([array.station(name).position for name in night.stations]).reshape(-1, 3)
    moved: NDArray[np.float64] = places + rng.normal(0, _MODEL_ERROR, places.shape)
    return moved


def _add_numbers(frames: _Frames, night: Night, places: NDArray[np.float64], rng: np.random.Generator) -> None:
    mjd = np.round(frames.start / _MS_PER_DAY, 8)
    total = frames.dit * frames.ndit
    end = mjd + total / 86400
    sky = Sky(load_array("VLTI"), night.midnight)
    numbers: dict[str, Any] = {
        "mjd": mjd,
        "mjd_end": end,
        "exptime": frames.dit if night.instrument.exptime_is_dit else total,
        "dit": frames.dit,
        "ndit": frames.ndit,
        **sky.clocks(mjd),
        **Weather(np.random.default_rng((night.seed, int(night.midnight), 1))).columns(mjd, end),
    }
    if night.stations:
        ra, dec = (
            np.array([block.target.place(night.midnight)[axis] for block in night.blocks])[frames.block]
            for axis in (0, 1)
        )
        numbers |= sky.pointing(ra, dec, mjd, end)
        numbers |= sky.baselines(places, ra, dec, mjd, end, precess=night.instrument.name != "AMBER")
        for i, j in combinations(range(1, len(night.stations)), 2):
            # angles of the baselines with the fourth telescope have three decimals, those of the others one
            if j < 4:
                for name in (f"pbla{i}{j}_start", f"pbla{i}{j}_end"):
                    numbers[name] = np.round(numbers[name], 1)
    frames.columns.update({name: values.tolist() for name, values in numbers.items()})


def _add_words(frames: _Frames, night: Night) -> None:
    instrument = night.instrument
    blocks = [night.blocks[number] for number in frames.block.tolist()]
    times = frames.start.astype("timedelta64[ms]") + _MJD_ZERO
    stamps: list[str] = np.datetime_as_string(times, unit="ms").tolist()
    late = times
    if instrument.coarse_date:
        # of the order of the real files: 4.4 to 11.8 s after the start
        late = (times + np.timedelta64(5500, "ms") + (frames.start % 6000).astype("timedelta64[ms]")).astype("M8[s]")
    words: dict[str, Sequence[Any]] = {
        "dp_id": [f"{night.mark}{instrument.prefix}.{stamp}" for stamp in stamps],
        "date": stamps,
        "date_obs": np.datetime_as_string(late).tolist(),
        "origfile": [f"{instrument.origfile}{n:03d}_{n:04d}.fits" for n in range(1, len(stamps) + 1)],
        "checksum": [f"{hash_ * 2654435761 % 2**64:016x}" for hash_ in frames.start.tolist()],
        "catg": [shot.catg or block.category for shot, block in zip(frames.shots, blocks, strict=True)],
        "tech": [shot.tech for shot in frames.shots],
        "type": [block.type_of(shot) for shot, block in zip(frames.shots, blocks, strict=True)],
        "object": [block.label_of(shot) for shot, block in zip(frames.shots, blocks, strict=True)],
        **_templates(night),
    }
    words["tpl_preseq"] = [f"{tpl_id}.seq" for tpl_id in words["tpl_id"]]
    words["arcfile"] = [f"{dp_id}.fits" for dp_id in words["dp_id"]]
    for name, default in _OPTIONAL.items():
        words[name] = [shot.cards.get(name, default) for shot in frames.shots]
    frames.columns.update(words)


def _templates(night: Night) -> dict[str, Sequence[Any]]:
    """Columns of the TPL group: an acquisition, then runs of the observing template."""
    rows = [row for block in night.blocks for row in block.template_rows(night.instrument)]
    names = ("tplno", "tpl_id", "tpl_name", "tpl_start", "tpl_expno", "tpl_nexp")
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def _add_noise(frames: _Frames, card_template: Template, rng: np.random.Generator) -> None:
    noise = card_template.frame_noise
    if not noise:
        return
    means = np.array([[item.mean] for item in noise.values()])
    deviations = np.array([[item.deviation] for item in noise.values()])
    values = means + deviations * rng.standard_normal((len(noise), len(frames.shots)))
    frames.columns.update(zip(noise, values.tolist(), strict=True))


def _texts(
    night: Night,
    frames: _Frames,
    card_template: Template,
    rows: Sequence[tuple[Any, ...]],
    places: NDArray[np.float64],
    kind: str,
    rng: np.random.Generator,
) -> Iterator[SimulatedFrame]:
    constant = _constant_values(night, places, kind)
    means = np.array([item.mean for item in card_template.noise.values()])
    deviations = np.array([item.deviation for item in card_template.noise.values()])
    records = _records(night, frames)
    number = 0
    for block in night.blocks:
        noise = means + deviations * rng.standard_normal(len(means))
        values = (
            constant
            | block_values(block, night.instrument.name, night.midnight, night.ra_offset)
            | dict(zip(card_template.noise, noise.tolist(), strict=True))
        )
        text = card_template.text % values
        for _ in block.shots:
            record = next(records)
            yield SimulatedFrame(record.dp_id, _without(text % rows[number], block.missing), record)
            number += 1


def _without(text: str, keywords: Sequence[str]) -> str:
    """Take out the cards of these keywords."""
    if not keywords:
        return text
    heads = tuple(f"HIERARCH ESO {keyword} =" for keyword in keywords)
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(heads))


def _constant_values(night: Night, places: NDArray[np.float64], kind: str) -> dict[str, object]:
    numbers = "".join(str(number) for number in sorted(night.telescopes))
    values: dict[str, object] = {
        "instrument": night.instrument.name,
        "telescop": f"ESO-VLTI-{kind[0] if numbers else ''}{numbers}",
        "ntel": len(night.stations),
        "requested": "-".join(sorted(night.stations)),
        "baseline": "UTs" if kind == "UT" else "medium",
        "ao": "NAOMI" if kind == "AT" else "MACAO",
        "p2vm": int(night.midnight) * 1000,
    }
    for beam, (station, telescope, place) in enumerate(zip(night.stations, night.telescopes, places, strict=True), 1):
        # the headers count X to the west and Y to the south
        values |= {f"station{beam}": station, f"telescope{beam}": f"{kind}{telescope}", f"input{beam}": 2 * beam - 1}
        values |= {f"t{beam}x": -place[0], f"t{beam}y": -place[1], f"t{beam}z": place[2]}
    return values


def _records(night: Night, frames: _Frames) -> Iterator[RawRecord]:
    columns = frames.columns
    times: list[datetime] = (frames.start.astype("timedelta64[ms]") + _MJD_ZERO).tolist()
    total = (frames.dit * frames.ndit).tolist()
    for number, block_number in enumerate(frames.block.tolist()):
        block = night.blocks[block_number]
        start = times[number].replace(tzinfo=UTC)
        target = block.target if night.stations else None
        ra, dec = block.pointed(night.midnight, night.ra_offset) if target else (None, None)
        dp_id = columns["dp_id"][number]
        yield RawRecord(
            dp_id=dp_id,
            instrument=night.instrument.name,
            dp_cat=columns["catg"][number],
            dp_type=columns["type"][number],
            dp_tech=columns["tech"][number],
            ob_id=block.ob_id,
            prog_id=block.prog_id,
            prog_title=block.prog_title,
            pi_coi=block.pi,
            target=target.typed.upper() if target else None,
            ra=ra,
            dec=dec,
            mjd_obs=columns["mjd"][number],
            exp_start=start,
            exposure=round(total[number], 4),
            tpl_start=datetime.fromisoformat(columns["tpl_start"][number]).replace(tzinfo=UTC),
            release_date=start + _YEAR if columns["catg"][number] == "SCIENCE" else start,
            last_mod_date=start + timedelta(hours=1),
            # what is marked as simulated is in no archive
            access_url=None if night.mark else f"https://dataportal.eso.org/dataPortal/file/{dp_id}",
            datalink_url=None if night.mark else f"https://archive.eso.org/datalink/links?ID=ivo://eso.org/ID?{dp_id}",
            access_estsize=30_000,
        )
