"""Header texts to rows for the archive: read, packed, written down as lines for COPY.

All of this can be done by any process; `ingest.harvest.writing` only sends the result. May import ``ingest.archive``,
``ingest.eso`` and ``ingest.harvest.sources``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.archive.copying import copy_line
from ingest.archive.exposures import ExposureRows, exposure_rows
from ingest.archive.frames import KnownFrame, RecordRow, record_json, record_of_json
from ingest.archive.packs import Pack, digest_of, pack_texts
from ingest.errors import OivoError
from ingest.eso.baselines import aspro_text, with_baselines
from ingest.eso.client.raw import moment_of
from ingest.eso.exposure import read_frame
from ingest.eso.frames import may_be_exposure
from ingest.eso.model import Exposure, NotAnExposure, RawRecord
from ingest.harvest.sources import Source

#: What the archive takes as a frame's identifier.
_IDENTIFIER = re.compile(r"[!-~]{1,120}")
_ARCFILE = re.compile(r"ARCFILE *= *'([^'\n]*?)(?:\.fits)? *'")
_TIME = re.compile(r"\.(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})$")
_MJD_0 = datetime(1858, 11, 17, tzinfo=UTC)


@dataclass(frozen=True)
class HeaderText:
    """A header to read.

    Attributes
    ----------
    name
        Of the file or the frame, for messages.
    record
        What ESO's table says of the frame; None takes what the archive has.
    """

    name: str
    text: str
    record: RawRecord | None = None


#: A header in memory, or on disk.
Readable = HeaderText | Source
#: Looks up what the archive knows about frames.
Lookup = Callable[[Sequence[str]], Mapping[str, KnownFrame]]


@dataclass(frozen=True)
class Problem:
    """What could not be taken, and why."""

    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


@dataclass(frozen=True)
class ReadBatch:
    """What became of some headers.

    Attributes
    ----------
    names, ids
        Of those that were read: name of the text, identifier of the frame.
    records
        New records of the frames.
    lines, packs
        For `ingest.archive.frames.write_texts`.
    others
        Frames that are no exposures.
    fresh
        Whether the archive has none of these frames.
    """

    names: tuple[str, ...]
    ids: tuple[str, ...]
    records: tuple[RecordRow, ...]
    lines: bytes
    packs: tuple[Pack, ...]
    rows: ExposureRows
    others: tuple[str, ...]
    problems: tuple[Problem, ...]
    fresh: bool


def record_row(record: RawRecord) -> RecordRow:
    """Return a record of ESO's archive as the archive's row."""
    return RecordRow(
        record.dp_id,
        "eso",
        record.instrument,
        record.exp_start,
        record.release_date,
        record.last_mod_date,
        record_json(record),
        "wanted" if may_be_exposure(record) else "not wanted",
    )


def read_batch(sources: Sequence[Readable], lookup: Lookup) -> ReadBatch:
    """Read headers.

    Of several with one identifier the first counts. What is no header becomes a problem, and the others go on.
    """
    problems: list[Problem] = []
    items = list(_texts(sources, problems))
    guesses = [item.record.dp_id if item.record else _guess(item.text) for item in items]
    known = dict(lookup([guess for guess in guesses if guess]))
    found: dict[str, tuple[HeaderText, Exposure | NotAnExposure]] = {}
    for item, guess in zip(items, guesses, strict=True):
        try:
            frame = read_frame(item.text, item.record or record_of(known.get(guess)), item.name)
        except OivoError as error:
            problems.append(Problem(item.name, error.problem))
            continue
        if not _IDENTIFIER.fullmatch(frame.header_id):
            problems.append(Problem(item.name, f"{frame.header_id[:140]!r} cannot be an identifier"))
        elif frame.header_id in found:
            problems.append(Problem(item.name, f"is left out: {found[frame.header_id][0].name} has the same ARCFILE"))
        else:
            found[frame.header_id] = (item, frame)
    known.update(lookup([identifier for identifier in found if identifier not in known]))
    lines, packs = _kept(found, known)
    return ReadBatch(
        tuple(item.name for item, _ in found.values()),
        tuple(found),
        tuple(record_row(item.record) for item, _ in found.values() if item.record),
        lines,
        packs,
        rows_of([frame for _, frame in found.values()]),
        tuple(identifier for identifier, (_, frame) in found.items() if isinstance(frame, NotAnExposure)),
        tuple(problems),
        known.keys().isdisjoint(found),
    )


def _texts(sources: Sequence[Readable], problems: list[Problem]) -> Iterator[HeaderText]:
    for source in sources:
        if isinstance(source, HeaderText):
            yield source
            continue
        try:
            yield HeaderText(source.name, source.read())
        except OivoError as error:
            problems.append(Problem(source.name, error.problem))


def rows_of(frames: Sequence[Exposure | NotAnExposure]) -> ExposureRows:
    """Compute the baselines of exposures and write all down."""
    exposures = with_baselines([frame for frame in frames if isinstance(frame, Exposure)])
    return exposure_rows((("eso", exposure) for exposure in exposures), aspro_text)


def _guess(text: str) -> str:
    """Return the identifier that a header names, without reading all of it."""
    at = text.find("ARCFILE")
    match = _ARCFILE.match(text, at) if at >= 0 else None
    return match[1] if match else ""


def record_of(known: KnownFrame | None) -> RawRecord | None:
    """Return the record that the archive has of a frame."""
    return record_of_json(known.record) if known is not None and known.record else None


def _kept(
    found: Mapping[str, tuple[HeaderText, Exposure | NotAnExposure]], known: Mapping[str, KnownFrame]
) -> tuple[bytes, tuple[Pack, ...]]:
    """Pack the texts that the archive does not have yet, and write down where each is."""
    texts = {identifier: item.text.encode("utf-8", "replace") for identifier, (item, _) in found.items()}
    digests = {identifier: digest_of(text) for identifier, text in texts.items()}
    fresh = [name for name in found if name not in known or known[name].header_digest != digests[name]]
    packs, places = pack_texts([texts[name] for name in fresh])
    place_of = dict(zip(fresh, places, strict=True))
    lines = []
    for identifier, (item, frame) in found.items():
        place = place_of.get(identifier)
        where = (place.pack + 1, place.offset, place.length) if place else (None, None, None)
        source = "eso" if item.record else "disk"
        why = frame.reason if isinstance(frame, NotAnExposure) else None
        lines.append(copy_line((identifier, source, frame.instrument, _start(frame), digests[identifier], *where, why)))
    return "".join(lines).encode(), tuple(packs)


def _start(frame: Exposure | NotAnExposure) -> datetime | None:
    """Return when a frame began: the exposure's time, else what its identifier says."""
    if isinstance(frame, Exposure):
        return _MJD_0 + timedelta(days=frame.mjd_start)
    match = _TIME.search(frame.header_id)
    return moment_of(match[1]) if match else None
