"""What the desk of JMDC and BadCal shows: entries looked at, kept, listed. Data only.

May import ``ingest.archive`` and ``ingest.catalogs``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.archive.catalogues import Event
from ingest.catalogs.findings import Finding, Severity
from ingest.catalogs.reading import Entry
from ingest.submission.save import Problem, RefusedError


@dataclass(frozen=True)
class FoundStar:
    """The star that an entry means.

    Attributes
    ----------
    ra, dec, pm_ra, pm_dec
        ICRS, epoch 2000.0, deg and mas/yr; None where not known.
    origin
        Where the position is from: ``catalogue`` (the local star table), ``archive`` (the JMDC has it), ``resolver``,
        ``submitter`` (it was given with the entry).
    aliases
        Other names.
    known
        Whether the JMDC has published measurements of it.
    """

    name: str
    ra: float | None
    dec: float | None
    pm_ra: float | None = None
    pm_dec: float | None = None
    origin: str = "catalogue"
    aliases: tuple[str, ...] = ()
    known: bool = False


@dataclass(frozen=True)
class Similar:
    """Another entry that may be the same.

    Attributes
    ----------
    id, state
        Of an entry that is here.
    line
        Of another row of the same batch, which has no id yet.
    title
        Name of its star.
    why
        Why it may be the same.
    same
        Whether it is the same in everything.
    """

    id: int | None
    state: str
    title: str
    why: str
    line: int | None = None
    same: bool = False

    def __str__(self) -> str:
        which = f"row {self.line}" if self.id is None else f"{self.state} number {self.id}"
        return f"{which}, {self.title}: {self.why}"


@dataclass(frozen=True)
class Examined:
    """A row that was looked at.

    Attributes
    ----------
    line
        Its number in the batch, from 1.
    values
        Its texts as they were given.
    entry
        What they mean; None where that cannot be told.
    star
        None where nobody knows it.
    findings
        Errors first.
    """

    line: int
    values: Mapping[str, str]
    entry: Entry | None
    star: FoundStar | None
    findings: tuple[Finding, ...]
    similar: tuple[Similar, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what keeps it out."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return what whoever submits and reviews it should know."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)

    @property
    def fine(self) -> bool:
        """Whether it can be submitted, perhaps in spite of warnings."""
        return not self.errors


class EntriesRefusedError(RefusedError):
    """Entries cannot be taken; nothing was written.

    Attributes
    ----------
    examined
        All rows.
    only_warnings
        Whether they could be taken in spite of warnings.
    """

    def __init__(self, examined: tuple[Examined, ...]) -> None:
        self.examined = examined
        self.only_warnings = all(row.fine for row in examined)
        super().__init__(
            [
                Problem(finding.message, f"row {row.line}", finding.field)
                for row in examined
                for finding in (row.findings if self.only_warnings else row.errors)
            ]
        )


@dataclass(frozen=True)
class Batch:
    """What was submitted.

    Attributes
    ----------
    ids
        Of the entries, in the order of the rows.
    state
        ``submitted``; ``accepted`` for reports of a trusted facility.
    again
        Whether it had been submitted before, under the same key.
    """

    id: int
    catalogue: str
    ids: tuple[int, ...]
    state: str
    again: bool = False


@dataclass(frozen=True)
class Submitter:
    """Who submitted something, for curators.

    Attributes
    ----------
    facility
        Name of the observatory whose account it is; empty for persons.
    """

    account_id: int
    login: str
    name: str
    affiliation: str
    facility: str


@dataclass(frozen=True)
class Listed:
    """An entry in a list of its submitter or of curators.

    Attributes
    ----------
    title
        Name of its star, as the entry has it.
    reason
        Of the latest decision.
    history
        The oldest first; those who acted are named to curators only.
    submitter
        For curators; None for others, and for what nobody with an account submitted.
    warnings
        What the rules of the catalogue alone say against it.
    """

    id: int
    catalogue: str
    state: str
    title: str
    entry: Entry
    batch_id: int | None
    submitted: datetime | None
    reviewed: datetime | None
    reason: str
    history: tuple[Event, ...]
    submitter: Submitter | None
    warnings: int


@dataclass(frozen=True)
class Listing:
    """A part of a list, and how long the whole is."""

    entries: tuple[Listed, ...]
    total: int


@dataclass(frozen=True)
class ShownBatch:
    """A batch with its entries."""

    id: int
    catalogue: str
    name: str
    created: datetime
    submitter: Submitter | None
    entries: tuple[Listed, ...]


@dataclass(frozen=True)
class ShownEntry(Listed):
    """An entry with all that its submitter and curators can know.

    Attributes
    ----------
    values
        As texts by field, for a form.
    own
        Whether the visitor submitted it.
    version
        Changes with each change of the entry.
    may
        What the visitor can do with it now: ``revise``, ``take back``, ``amend``, ``accepted``, ``rejected``,
        ``withdrawn``.
    """

    values: Mapping[str, str]
    star: FoundStar | None
    findings: tuple[Finding, ...]
    similar: tuple[Similar, ...]
    own: bool
    version: str
    may: frozenset[str]
