"""What rules say of an entry of a catalogue: findings, and how bad each is.

May import nothing of oivo.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """What a finding does to an entry: errors keep it out, warnings are for whoever reviews it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """Something that a rule found.

    Attributes
    ----------
    rule
        Name of the rule.
    field
        Field that it is about.
    """

    rule: str
    field: str
    severity: Severity
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


def error(rule: str, field: str, message: str) -> Finding:
    """Return a finding that keeps an entry out."""
    return Finding(rule, field, Severity.ERROR, message)


def warning(rule: str, field: str, message: str) -> Finding:
    """Return a finding for whoever reviews the entry."""
    return Finding(rule, field, Severity.WARNING, message)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether findings keep an entry out."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, errors first."""
    return tuple(sorted(findings, key=lambda finding: finding.severity is Severity.WARNING))
