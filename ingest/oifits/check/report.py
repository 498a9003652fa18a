"""What was found in a file, and what follows for an archive.

May import the standard library and ``ingest.oifits.model``. ``text`` writes it for people.
"""

from dataclasses import dataclass
from typing import Any

from ingest.oifits.model import Finding, Severity

#: Data of this level were published by their authors: they are taken as they are, with their findings.
PUBLISHED = 3


@dataclass(frozen=True)
class Report:
    """The findings of one file.

    Attributes
    ----------
    file
        How the user knows it.
    profile
        Under which it was checked.
    version
        Of OIFITS; None when the file cannot be read.
    findings
        By HDU, rule and member.
    error
        Why the file cannot be read; None when it can.
    """

    file: str
    profile: str
    version: int | None
    findings: tuple[Finding, ...]
    error: str | None = None

    def count(self, severity: Severity) -> int:
        """Number of findings of a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def acceptable(self) -> bool:
        """Whether the file can be read and has no severe finding."""
        return self.error is None and not self.count(Severity.SEVERE)

    def as_json(self) -> dict[str, Any]:
        """The report as what `json.dumps` takes."""
        made: dict[str, Any] = {"file": self.file, "version": self.version}
        if self.error is not None:
            made["error"] = self.error
        made["findings"] = [
            {
                "hdu": finding.hdu,
                "table": finding.extname,
                "member": finding.member,
                "rule": finding.rule,
                "severity": finding.severity.name,
                "occurrences": finding.occurrences,
                "message": finding.message,
            }
            for finding in self.findings
        ]
        return made


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an archive does with a file.

    Attributes
    ----------
    severe, warnings, infos
        Number of findings.
    refused
        Why the file is refused; empty when it is not.
    """

    severe: int
    warnings: int
    infos: int
    refused: str


def verdict(report: Report, level: int) -> Verdict:
    """Say whether an archive takes a file of a calibration level.

    A file that cannot be read is never taken. Levels 1 and 2 are refused with severe findings, which their makers can
    still repair; published data (level 3) are taken with them.
    """
    severe, warnings, infos = (report.count(kind) for kind in (Severity.SEVERE, Severity.WARNING, Severity.INFO))
    refused = ""
    if report.error is not None:
        refused = report.error
    elif severe and level < PUBLISHED:
        rules = dict.fromkeys(finding.rule for finding in report.findings if finding.severity is Severity.SEVERE)
        refused = f"{severe} severe finding{'s' if severe > 1 else ''}: {', '.join(rules)}"
    return Verdict(severe, warnings, infos, refused)
