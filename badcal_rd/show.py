"""/badcal/show.jsp?type=detail&id=NUMBER: the page of a report; of a withdrawn one what is left of it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from gavo import base
from gavo.formal import nevowc
from gavo.svcs import UnknownURI
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive.badcal import Withdrawn, find_report
from ingest.archive.connection import Cursor
from ingest.archive.lookup import NamedData, find_data
from ingest.archive.marks import mark_at
from ingest.catalogs.badcal import REASONS, KnownReport
from obsportal_rd.pages import ReadingPage
from resdir.elements import facts, link, number, sexagesimal
from resdir.marks import data_path, star_path


class MainPage(ReadingPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    loader = nevowc.XMLFile(__file__.rpartition("/")[0] + "/templates/page.html")

    def render(self, request: Request) -> object:
        """Read the number, then the report."""
        given = request.args.get(b"id", [b""])[0]
        text = given.decode("ascii", "replace") if isinstance(given, bytes) else ""
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise UnknownURI("Addresses here are /badcal/show.jsp?type=detail&id=NUMBER")
        self.number = int(text)
        return super().render(request)

    def read(self, cursor: Cursor) -> None:
        """Read the report."""
        found = find_report(cursor, self.number)
        if found is None:
            raise UnknownURI("No public report has this number")
        self.found = found
        if isinstance(found, Withdrawn):
            return
        report = found.report
        self.data = find_data(cursor, report.evidence_did) if report.evidence_did else None
        self.star = mark_at(cursor, report.ra, report.dec).star

    def heading(self) -> str:
        """Return the star's name."""
        name = self.found.name if isinstance(self.found, Withdrawn) else self.found.report.name
        return f"Report {self.number}: {name}"

    def body(self) -> Any:
        """Return everything."""
        if isinstance(self.found, Withdrawn):
            return [tags.h1[self.heading()], tags.p[_WITHDRAWN], facts(_trace(self.found))]
        return [
            tags.h1[self.heading()],
            tags.p[f"This star is not suitable as a calibrator: {REASONS[self.found.report.reason]}."],
            facts(_facts(self.found, self.data, self.star)),
        ]


_WITHDRAWN = "This report has been withdrawn: it does not say any more that the star is a bad calibrator."


def _trace(found: Withdrawn) -> Iterator[tuple[str, Any]]:
    yield "Why", found.reason
    yield "Submitted", f"{found.submitted:%Y-%m-%d}"
    yield "Withdrawn", f"{found.withdrawn:%Y-%m-%d}"


def _facts(found: KnownReport, data: NamedData | None, star: str) -> Iterator[tuple[str, Any]]:
    report = found.report
    yield "Evidence", report.evidence
    if report.evidence_did:
        address = f"{base.makeSitePath('/oidb/q/dl/dlmeta')}?ID={quote(report.evidence_did, safe='')}"
        what = "granule" if data and data.level else "exposure"
        page = [link(data_path(data), f"the {what} that shows it"), " · "] if data else ""
        yield "Data", [page, link(address, "DataLink"), " ", tags.code[report.evidence_did]]
    yield "Position (ICRS, epoch 2000)", sexagesimal(report.ra, report.dec)
    yield "Interferometer", report.interferometer
    yield "Instrument", report.instrument
    yield "Longest baseline", number(report.baseline, 1, "m")
    yield "Wavelength", number(report.wavelength, 3, "µm")
    yield "Observed", report.observed and f"{report.observed:%Y-%m-%d}"
    yield "Bibliography", report.bibliography
    yield "Reported by", ", ".join(part for part in (report.reporter, report.affiliation) if part)
    yield "Submitted", f"{found.submitted:%Y-%m-%d}"
    yield "Validated", f"{found.validated:%Y-%m-%d}"
    if star:
        yield "In JMDC", link(star_path(star), f"measured diameters of {star}")
    place = f"{report.ra:.6f} {report.dec:+.6f}"
    reduced = urlencode({"__nevow_form__": "genForm", "target": place})
    yield (
        "Around it",
        [
            link(f"{base.makeSitePath('/oidb/q/search/form')}?{reduced}", "OiDB"),
            " · ",
            link(f"{base.makeSitePath('/search')}?{urlencode({'target': place})}", "ObsPortal"),
        ],
    )
