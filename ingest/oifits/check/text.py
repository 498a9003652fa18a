"""A report as text that a person reads: what, where, how bad, what it means, how to repair it.

May import the standard library, this package's ``report`` and ``rules``, and ``ingest.oifits.model``.
"""

import textwrap
from collections.abc import Iterable
from itertools import groupby

from ingest.oifits.check.report import Report
from ingest.oifits.check.rules import Rule, load_rules
from ingest.oifits.model import Finding, Severity

_WIDTH = 100
#: Places listed for one rule; JSON has all.
_PLACES = 8
#: Members of one table that are listed with what was found in each; more are only named.
_MEMBERS = 3
_NAMES = 30

_NOUNS = {
    Severity.SEVERE: ("severe", "severe"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("note", "notes"),
}


def as_text(report: Report) -> str:
    """Write a report: a line that sums it up, then the rules, the worst first."""
    lines = [summary(report)]
    worst_first = sorted(report.findings, key=lambda finding: (-finding.severity, finding.rule))
    for (severity, name), group in groupby(worst_first, key=lambda finding: (finding.severity, finding.rule)):
        lines += ["", *_paragraph(severity, load_rules()[name], list(group))]
    return "\n".join(lines) + "\n"


def summary(report: Report) -> str:
    """One line: the file, its version, and how many findings of which severity it has."""
    if report.error is not None:
        return f"{report.file}: cannot be read"
    counts = [(report.count(severity), nouns) for severity, nouns in _NOUNS.items()]
    said = ", ".join(f"{count} {nouns[count > 1]}" for count, nouns in counts if count)
    return f"{report.file} (OIFITS {report.version}): {said or 'nothing found'}"


def sum_up(reports: Iterable[Report]) -> str:
    """One line about many files."""
    kinds = [_kind(report) for report in reports]
    words = ("unreadable", "with severe findings", "with warnings", "in order")
    said = ", ".join(f"{kinds.count(word)} {word}" for word in words if word in kinds)
    return f"{len(kinds)} files: {said}"


def _kind(report: Report) -> str:
    if report.error is not None:
        return "unreadable"
    if report.count(Severity.SEVERE):
        return "with severe findings"
    return "with warnings" if report.count(Severity.WARNING) else "in order"


def _paragraph(severity: Severity, rule: Rule, findings: list[Finding]) -> list[str]:
    source = f"{rule.source} {rule.paragraph}".strip()
    lines = [f"  {severity.name:<8} {rule.name} [{source}]", *_wrapped("Rule: ", f"{rule.asks}.")]
    places = [
        place for _, group in groupby(findings, key=lambda finding: finding.hdu) for place in _places(list(group))
    ]
    for place in places[:_PLACES]:
        lines += _wrapped("- ", place)
    if len(places) > _PLACES:
        lines += _wrapped("- ", f"and {len(places) - _PLACES} more places")
    return [*lines, *_wrapped("", rule.explains), *_wrapped("Repair: ", rule.repair)]


def _places(findings: list[Finding]) -> list[str]:
    """Where in one table, and what was found there."""
    first = findings[0]
    where = f"HDU {first.hdu} {first.extname}".rstrip() if first.hdu is not None else ""
    members = [finding.member for finding in findings]
    if len(findings) > _MEMBERS:
        more = f" and {len(members) - _NAMES} more" if len(members) > _NAMES else ""
        return [f"{where}: {', '.join(members[:_NAMES])}{more}".removeprefix(": ")]
    return [f"{where}: {finding.message}".removeprefix(": ") for finding in findings]


def _wrapped(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        label + text,
        _WIDTH,
        initial_indent=" " * 11,
        subsequent_indent=" " * (11 + (2 if label == "- " else 0)),
        break_long_words=False,
    )
