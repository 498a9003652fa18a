"""What the pages of the catalogues must know of BadCal: the form, a report in words, what is known of its star.

May import ``ingest`` and ``resdir``.
"""

from collections.abc import Iterator
from typing import Any

from twisted.web.template import tags

from ingest.archive.badcal import reports_within
from ingest.archive.connection import Cursor
from ingest.archive.lookup import find_data
from ingest.archive.marks import NEAR, mark_at
from ingest.archive.starpage import observed_near
from ingest.catalogs.badcal import REASONS, Report
from ingest.submission.catalogue import FoundStar
from resdir.catalogue.kind import Kind
from resdir.elements import facts, link, number, section, sexagesimal, table
from resdir.marks import data_path, report_path, star_path

_GROUPS = (
    ("Star", ("name", "ra", "dec")),
    ("What is wrong with it", ("reason", "evidence", "evidence_did", "bibliography")),
    ("Observation", ("interferometer", "instrument", "baseline", "wavelength", "observed")),
    ("You", ("reporter", "affiliation", "address")),
)
_EXAMPLES = {
    "name": "HD 48915",
    "ra": "101.2871553",
    "dec": "-16.7161159",
    "evidence": "Closure phases of 10° on the three longest triangles, on two nights.",
    "baseline": "130.2",
    "wavelength": "1.65",
}


def _summary(report: Report) -> str:
    parts = (report.reason, report.instrument or report.interferometer, str(report.observed or ""))
    return ", ".join(part for part in parts if part)


def _facts(report: Report) -> Iterator[tuple[str, Any]]:
    yield "Star", report.name
    yield "Position (ICRS, epoch 2000)", sexagesimal(report.ra, report.dec)
    yield "Reason", f"{report.reason}: {REASONS.get(report.reason, '')}"
    yield "Evidence", report.evidence
    yield "Data", tags.code[report.evidence_did] if report.evidence_did else ""
    yield "Bibliography", report.bibliography
    yield "Interferometer", report.interferometer
    yield "Instrument", report.instrument
    yield "Longest baseline", number(report.baseline, 1, "m")
    yield "Wavelength", number(report.wavelength, 3, "µm")
    yield "Observed", report.observed and str(report.observed)
    yield "Reported by", ", ".join(part for part in (report.reporter, report.affiliation) if part)
    yield "Address", report.address and [report.address, tags.span(class_="below")["seen by you and by curators only"]]


def _around(cursor: Cursor, entry: Report | None, star: FoundStar | None) -> Any:
    """Show what BadCal, JMDC and ObsPortal have there, and the data that were named as evidence."""
    place = (entry.ra, entry.dec) if entry else (star.ra, star.dec) if star else (None, None)
    if place[0] is None or place[1] is None:
        return ""
    ra, dec = place[0], place[1]
    observed = observed_near(cursor, ra, dec)
    data = find_data(cursor, entry.evidence_did) if entry and entry.evidence_did else None
    measured = "" if star and star.known else mark_at(cursor, ra, dec).star
    rows: list[tuple[str, Any]] = [
        ("In JMDC", link(star_path(measured), f"measured diameters of {measured}") if measured else ""),
        ("In ObsPortal", f"{observed.exposures:,} exposures, {observed.calibrations:,} of them as a calibrator"),
        ("Evidence in OiDB", link(data_path(data), "the data that are named") if data else ""),
    ]
    reports = [
        [link(report_path(known.id), str(known.id)), known.report.name, known.report.reason, known.report.evidence]
        for known in reports_within(cursor, ra, dec, NEAR / 3600)
    ]
    heads = ("Report", "Name", "Reason", "Evidence")
    return section(
        "What is known at its place",
        facts(rows),
        table("Published reports of this star", heads, reports, stacked=True) if reports else "",
        anchor="among",
    )


KIND = Kind(
    name="badcal",
    title="BadCal",
    entry="report",
    lead=(
        "Stars that were used as calibrators and are not suitable. Tell what you saw, and with what: others decide by "
        "it whether they use the star."
    ),
    groups=_GROUPS,
    examples=_EXAMPLES,
    summary=_summary,
    facts=lambda report: list(_facts(report)),
    around=_around,
    published=lambda number, title: report_path(number),
)
