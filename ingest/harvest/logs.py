"""Logs of other arrays: CHARA's observation log (CSV) and SPICA's exposures (rows of an ObsPortal as VOTable).

Pure: text in, exposures out. A row keeps what the log said, so that its exposure can be made again (`exposure_of`).
May import ``ingest.errors``, ``ingest.access.policy`` and ``ingest.eso``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.errors import OivoError
from ingest.eso.model import Exposure
from ingest.harvest import chara, spica

#: What makes an exposure of a row, by source.
_READERS = {"chara": chara.exposure_of, "spica": spica.exposure_of}


@dataclass(frozen=True)
class LogRow:
    """A row of a log that is an exposure.

    Attributes
    ----------
    source
        ``chara`` or ``spica``.
    record
        What the log said.
    """

    source: str
    record: Mapping[str, str]
    exposure: Exposure


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken: where it stands in its log, and why."""

    place: str
    problem: str


def exposure_of(source: str, record: Mapping[str, str]) -> Exposure:
    """Make the exposure of a row.

    Raises
    ------
    OivoError
        When the row says something that no exposure can have.
    """
    return _READERS[source](record)


def rows_of_log(text: str) -> Iterator[LogRow | BadRow]:
    """Read a log; bad rows are told and the others go on.

    Raises
    ------
    OivoError
        When it is neither of the two kinds of logs, or cannot be read at all.
    """
    source = "spica" if text.lstrip()[:1] == "<" else "chara"
    for place, record in (spica if source == "spica" else chara).records(text):
        try:
            yield LogRow(source, record, exposure_of(source, record))
        except OivoError as error:
            yield BadRow(place, error.problem)
