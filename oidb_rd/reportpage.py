"""Reports on the archive's files at /reports/ID, /reports/ID.json and /reports/ID.txt.

They are as private as their files.
"""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gavo import base
from gavo.formal import nevowc
from gavo.svcs import UnknownURI
from gavo.web import grend
from gavo.web.weberrors import renderDCErrorPage
from twisted.web import server, template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.delivery import StoredFile
from ingest.archive.findings import StoredFinding, StoredReport, find_report
from ingest.oifits.check import OIVO, Report, as_text
from ingest.oifits.model import Finding, Severity
from oidb_rd import reportview
from oidb_rd.delivery import CustomPage, GuardedResource

_NAME = re.compile(r"([0-9]{1,18})(?:\.(json|txt))?")
_MEDIA_TYPES = {"json": "application/json", "txt": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8"}


class MainPage(CustomPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    def getChild(self, name: bytes, request: Request) -> "ReportResource":
        """Return the report that the rest of the path names."""
        segments = request.popSegments(name)
        found = _NAME.fullmatch(segments[0]) if len(segments) == 1 else None
        if found is None:
            raise UnknownURI("A report's address is /reports/ID, /reports/ID.json or /reports/ID.txt")
        return ReportResource(self.service, int(found[1]), found[2] or "html")


class ReportResource(GuardedResource):
    """The report on one file."""

    def __init__(self, service: Any, file_id: int, form: str) -> None:
        super().__init__()
        self.service, self.file_id, self.form = service, file_id, form

    def find(self, cursor: Cursor) -> StoredReport | None:
        """Return the stored findings."""
        return find_report(cursor, self.file_id)

    def file_of(self, found: StoredReport) -> StoredFile:
        """Return the file that they are about."""
        return found.file

    def answer(self, made: StoredReport, request: Request) -> object:
        """Write it in the form that is wanted."""
        request.setHeader("content-type", _MEDIA_TYPES[self.form])
        report = report_of(made)
        if self.form == "json":
            return json.dumps(report.as_json(), ensure_ascii=False, indent=1).encode()
        if self.form == "txt":
            return as_text(report).encode("utf-8", "replace")
        page = ReportPage(request, self.service, made, report)
        page.renderDocument(request).addCallback(page.finishRequest, request).addErrback(renderDCErrorPage, request)
        return server.NOT_DONE_YET


def report_of(stored: StoredReport) -> Report:
    """Return what was stored as the checker gave it."""
    findings = tuple(
        Finding(
            rule=found.rule,
            message=found.message,
            hdu=found.hdu,
            extname=found.hdu_name,
            member=found.member,
            severity=Severity[found.severity],
            occurrences=found.occurrences,
        )
        for found in sorted(stored.findings, key=_order)
    )
    return Report(stored.file.name, OIVO, stored.oifits_version, findings)


def _order(found: StoredFinding) -> tuple[int, str, str]:
    """Return what the checker sorts by; the archive hands out the worst first."""
    return -1 if found.hdu is None else found.hdu, found.rule, found.member


class ReportPage(grend.ServiceBasedPage):
    """The report as a page to read."""

    name = "custom"
    checkedRenderer = False
    loader = nevowc.XMLFile(str(Path(__file__).with_name("templates") / "report.html"))

    def __init__(self, request: Request, service: Any, stored: StoredReport, report: Report) -> None:
        super().__init__(request, service)
        self.stored, self.report = stored, report

    @template.renderer
    def filename(self, request: Request, tag: Any) -> Any:
        """Insert the file's name."""
        return tag[self.stored.file.name]

    @template.renderer
    def summary(self, request: Request, tag: Any) -> Any:
        """Insert the counts by severity."""
        return reportview.badges(self.report)

    @template.renderer
    def facts(self, request: Request, tag: Any) -> Any:
        """Insert what leads to the file, its collection and the report in other forms."""
        file, path = self.stored.file, base.makeSitePath
        collection = path(f"/collection/{quote(self.stored.collection_id, safe='/')}")
        here = f"/reports/{file.id}"
        rows = (
            (
                "File",
                [tags.a(href=path(f"/files/{file.id}/{file.url_name}"), rel="nofollow")["OIFITS"], f" {_size(file)}"],
            ),
            ("Collection", tags.a(href=collection)[self.stored.collection_id]),
            ("Standard", f"OIFITS {self.stored.oifits_version}"),
            (
                "This report as",
                [tags.a(href=path(f"{here}.json"))["JSON"], " · ", tags.a(href=path(f"{here}.txt"))["text"]],
            ),
        )
        return tags.dl(class_="facts")[[tags.div[tags.dt[label], tags.dd[shown]] for label, shown in rows]]

    @template.renderer
    def body(self, request: Request, tag: Any) -> Any:
        """Insert the findings."""
        if not self.report.findings:
            return tags.p["The checker has no objection to this file."]
        return reportview.findings(self.report)


def _size(file: StoredFile) -> str:
    size = file.size_bytes
    return f"({size / 1e6:.1f} MB)" if size >= 1e6 else f"({size / 1000:.0f} kB)"
