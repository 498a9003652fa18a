"""What the checker said of a file: stored with it, and read for reports.

May import ``ingest.archive.connection`` and ``ingest.oifits``.
"""

from dataclasses import dataclass

import psycopg2.extras

from ingest.archive.connection import Cursor
from ingest.archive.delivery import StoredFile, find_file
from ingest.archive.granules import storable
from ingest.errors import OivoError
from ingest.oifits.check.report import Report, verdict
from ingest.oifits.check.rules import load_rules
from ingest.oifits.model import Severity

#: Messages are for people; a hostile file cannot fill the database with them.
_LONGEST_MESSAGE = 1000


class SevereFindingsError(OivoError):
    """A file breaks the standard so badly that it is not taken as level 1 or 2."""


@dataclass(frozen=True)
class StoredFinding:
    """A finding as it is published."""

    hdu: int | None
    hdu_name: str
    member: str
    rule: str
    origin: str
    severity: str
    occurrences: int
    message: str


@dataclass(frozen=True)
class StoredReport:
    """The findings of a file."""

    file: StoredFile
    collection_id: str
    oifits_version: int
    findings: tuple[StoredFinding, ...]


def refuse_severe(report: Report, level: int, accepted_reason: str) -> None:
    """Refuse an uncalibrated or calibrated file with severe findings, unless a curator gave a reason.

    Published data (level 3) are what was published: they are taken with their findings.

    Raises
    ------
    SevereFindingsError
        Naming the first of the findings.
    """
    if accepted_reason or not verdict(report, level).refused:
        return
    severe = [finding for finding in report.findings if finding.severity is Severity.SEVERE]
    first = severe[0]
    where = f"HDU {first.hdu} ({first.extname})" if first.hdu is not None else "the file"
    more = f", and {len(severe) - 1} more" if len(severe) > 1 else ""
    raise SevereFindingsError(
        f"severe: {where}: {first.message}{more}",
        place=report.file,
        remedy="see ./oivo oidb check; mend it, or let a curator take it with --accept-severe REASON",
    )


def write_findings(cursor: Cursor, file_id: int, report: Report, accepted_reason: str) -> None:
    """Make the findings of a file those given."""
    rules = load_rules()
    cursor.execute("DELETE FROM archive.finding WHERE file_id = %s", [file_id])
    rows = [
        (
            *(file_id, number, finding.hdu, storable(finding.extname), storable(finding.member), finding.rule),
            *(rules[finding.rule].source, max(finding.severity, Severity.INFO).name, finding.occurrences),
            storable(finding.message[:_LONGEST_MESSAGE]),
        )
        for number, finding in enumerate(report.findings, start=1)
    ]
    psycopg2.extras.execute_values(
        cursor,
        """INSERT INTO archive.finding (file_id, number, hdu, hdu_name, member, rule, origin, severity, occurrences,
               message) VALUES %s""",
        rows,
    )
    severe, warnings = report.count(Severity.SEVERE), report.count(Severity.WARNING)
    cursor.execute(
        """UPDATE archive.file SET checked_at = now(), nb_severe = %s, nb_warnings = %s,
               accepted_reason = coalesce(nullif(%s, ''), accepted_reason) WHERE id = %s""",
        [severe, warnings, accepted_reason, file_id],
    )


def find_report(cursor: Cursor, file_id: int) -> StoredReport | None:
    """Return the stored findings of a file, the worst first."""
    file = find_file(cursor, file_id)
    if file is None:
        return None
    cursor.execute("SELECT collection_id, oifits_version FROM archive.file WHERE id = %s", [file_id])
    row = cursor.fetchone()
    assert row is not None
    cursor.execute(
        """SELECT hdu, hdu_name, member, rule, origin, severity, occurrences, message FROM archive.finding
           WHERE file_id = %s ORDER BY array_position('{SEVERE,WARNING,INFO}', severity), number""",
        [file_id],
    )
    findings = tuple(StoredFinding(**found._asdict()) for found in cursor.fetchall())
    return StoredReport(file, row.collection_id, row.oifits_version, findings)
