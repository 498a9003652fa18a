"""Data in OiDB that reports point at: whether they are there, are public, and are of the star.

May import ``ingest.archive``, ``ingest.catalogs`` and this package.
"""

from collections.abc import Iterator, Sequence

from ingest.archive.connection import Cursor
from ingest.archive.neighbours import EvidenceData, evidence_data
from ingest.catalogs.badcal import Report
from ingest.catalogs.findings import Finding, error, warning
from ingest.catalogs.reading import Entry
from ingest.submission.catalogue.stars import separation

#: Positions in files are of pointings, some arcsec wrong, or of a date.
_NEAR = 60.0


def about_data(cursor: Cursor, entries: Sequence[Entry | None]) -> list[tuple[Finding, ...]]:
    """Return for each entry what is to be said of the data that it points at."""
    reports = [entry if isinstance(entry, Report) and entry.evidence_did else None for entry in entries]
    known = evidence_data(cursor, {report.evidence_did or "" for report in reports if report is not None})
    return [() if report is None else tuple(_about(report, known.get(report.evidence_did or ""))) for report in reports]


def _about(report: Report, data: EvidenceData | None) -> Iterator[Finding]:
    if data is None:
        yield error("no-such-data", "evidence_did", "OiDB has no such data, or does not publish them any more")
        return
    if data.private:
        until = f" until {data.released:%Y-%m-%d}" if data.released else ""
        yield warning("private-data", "evidence_did", f"these data are private{until}: few can look at them")
    if data.ra is None or data.dec is None:
        return
    if separation(report.ra, report.dec, data.ra, data.dec) > _NEAR:
        yield warning("other-target", "evidence_did", f"these data are of {data.target}, at another position")
