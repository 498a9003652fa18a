"""Kept header texts, read again: after a change of the record, or of oivo.

May import ``ingest.archive``, ``ingest.eso`` and ``ingest.harvest.reading``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.archive.connection import Cursor
from ingest.archive.copying import copy_line
from ingest.archive.exposures import ExposureChanges, ExposureRows, write_exposures
from ingest.archive.frames import KnownFrame, known_frames, write_kinds
from ingest.archive.packs import texts_of_frames
from ingest.errors import OivoError
from ingest.eso.exposure import read_frame
from ingest.eso.model import Exposure, NotAnExposure
from ingest.harvest.reading import Problem, record_of, rows_of


@dataclass(frozen=True)
class Reread:
    """What came out.

    Attributes
    ----------
    rows
        The exposures.
    others
        Frames that are none.
    kinds
        For `ingest.archive.frames.write_kinds`.
    """

    count: int
    rows: ExposureRows
    others: tuple[str, ...]
    kinds: bytes
    problems: tuple[Problem, ...]


def reread(texts: Iterable[tuple[str, str]], known: Mapping[str, KnownFrame]) -> Reread:
    """Read the texts of frames again; frames keep their identifiers whatever the rules for new ones are."""
    problems: list[Problem] = []
    frames: dict[str, Exposure | NotAnExposure] = {}
    for identifier, text in texts:
        try:
            frame = read_frame(text, record_of(known.get(identifier)), identifier)
        except OivoError as error:
            problems.append(Problem(identifier, error.problem))
            continue
        frames[identifier] = _named(frame, identifier)
    reasons = {name: frame.reason for name, frame in frames.items() if isinstance(frame, NotAnExposure)}
    kinds = "".join(copy_line((name, reasons.get(name))) for name in frames)
    return Reread(len(frames), rows_of(list(frames.values())), tuple(reasons), kinds.encode(), tuple(problems))


def _named(frame: Exposure | NotAnExposure, identifier: str) -> Exposure | NotAnExposure:
    if frame.header_id == identifier:
        return frame
    if isinstance(frame, NotAnExposure):
        return replace(frame, header_id=identifier)
    return replace(frame, header_id=identifier, exp_id=f"{identifier}_1")


def reread_frames(cursor: Cursor, frame_ids: Sequence[str]) -> Reread:
    """Read the kept texts of frames again, with their records of now."""
    known = known_frames(cursor, frame_ids)
    return reread(texts_of_frames(cursor, frame_ids), known)


def write_reread(cursor: Cursor, found: Reread, authority: str, run: str) -> ExposureChanges:
    """Write what came out."""
    write_kinds(cursor, found.kinds)
    return write_exposures(cursor, found.rows, found.others, authority, run)
