"""The validator at /validator: files are sent, checked in a process of their own, shown, and forgotten.

A page of DaCHS' renderer ``custom``. The body comes from ``resdir.uploads``, untouched; the work is done by
``ingest.validate``. Programs get JSON with the header ``Accept: application/json`` or with ``format=json``.
"""

import base64
import json
from pathlib import Path
from typing import Any

from gavo import base
from gavo.formal import nevowc
from gavo.svcs import UnknownURI
from gavo.web import grend
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import defer, threads
from twisted.web import server, template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.home import Home
from ingest.oifits.check import OIVO, PROFILES, Report, as_text, load_rules
from ingest.oifits.check.rules import Override
from ingest.validate.run import CheckedFile, Outcome, ValidationJob, limits_of
from oidb_rd import reportview
from resdir import uploads
from resdir.headers import content_policy

_TEMPLATES = Path(__file__).with_name("templates")
#: Uploads that may wait for their turn; each takes a second, a minute at most.
_MOST_WAITING = 6
_RETRY_SECONDS = "30"
#: Findings shown of each of many files.
_FEWEST_SHOWN = 10
_PROFILES = {
    OIVO: ("oivo", "the standard, what JMMC checks, and more"),
    "jmmc": ("jmmc", "as JMMC's oitools and OIFITS Explorer see it"),
}


class _Places:
    """The uploads that are checked or wait at this moment."""

    def __init__(self) -> None:
        self.waiting = 0
        self.turns: defer.DeferredSemaphore | None = None

    def turn(self) -> defer.Deferred | None:
        """Return what fires when there is a place; None when too many wait already."""
        if self.turns is None:
            self.turns = defer.DeferredSemaphore(Home.from_environment().settings.number("limits.validator_jobs"))
        if not self.turns.tokens and self.waiting >= _MOST_WAITING:
            return None
        self.waiting += 1
        return self.turns.acquire().addBoth(self._enter)

    def _enter(self, got: Any) -> Any:
        self.waiting -= 1
        return got

    def leave(self) -> None:
        """Let the next one in."""
        assert self.turns is not None
        self.turns.release()


_PLACES = _Places()


class MainPage(grend.ServiceBasedPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    name = "custom"
    checkedRenderer = False
    loader = nevowc.XMLFile(str(_TEMPLATES / "validator.html"))

    def __init__(self, request: Request, service: Any) -> None:
        super().__init__(request, service)
        self.limits = limits_of(Home.from_environment())
        self.outcome: Outcome | None = None
        self.refused = ""

    @classmethod
    def isBrowseable(cls, service: object) -> bool:
        """Tell that this is a page to look at."""
        return True

    def getChild(self, name: bytes, request: Request) -> Any:
        """Return the list of rules."""
        segments = request.popSegments(name)
        if segments == ["rules"]:
            return RulesPage(request, self.service)
        if segments == [""]:
            return self
        raise UnknownURI("There is nothing at this address")

    def render(self, request: Request) -> object:
        """Show the form, or check what was sent."""
        request.setHeader("x-content-type-options", "nosniff")
        request.setHeader("content-security-policy", content_policy())
        request.setHeader("referrer-policy", "same-origin")
        request.setHeader("cache-control", "no-store" if request.method == b"POST" else "no-cache")
        if request.method in (b"GET", b"HEAD"):
            return self._write(request)
        if request.method != b"POST":
            request.setHeader("allow", "GET, HEAD, POST")
            return self._refuse(request, 405, "Send files with POST.")
        upload = getattr(request, "oivo_upload", None)
        if upload is None:
            return self._refuse(request, 404, f"Send files to {base.makeAbsoluteURL('/validator')}.")
        if upload.too_large or upload.busy:
            status, told = uploads.refusal(upload)
            return self._refuse(request, int(status[:3]), told)
        turn = _PLACES.turn()
        if turn is None:
            upload.busy = True
            return self._refuse(request, 503, uploads.refusal(upload)[1])
        job = ValidationJob(
            request.content,
            upload.content_type,
            self.limits,
            profile=_asked(request, "profile"),
            plots=_form_of(request, {}) == "html",
        )
        # nobody waits for a job whose client went away
        request.notifyFinish().addErrback(lambda _: job.cancel())
        turn.addCallback(lambda _: threads.deferToThread(job.run).addBoth(_left))
        turn.addCallback(self._answer, request).addErrback(self._failed, request)
        return server.NOT_DONE_YET

    def _answer(self, outcome: Outcome, request: Request) -> None:
        if request.finished:
            return
        self.outcome = outcome
        form = _form_of(request, outcome.fields)
        if outcome.refused or not outcome.files:
            self._refuse(request, 422 if outcome.killed else 400, outcome.refused or "No file was chosen.", form)
        elif form == "json":
            _send(request, "application/json", json.dumps([file.as_json() for file in outcome.files], indent=1))
        elif form == "text":
            _send(request, "text/plain; charset=utf-8", "\n".join(_text(file, outcome) for file in outcome.files))
        else:
            self._write(request)

    def _failed(self, failure: Any, request: Request) -> object:
        return None if request.finished else renderDCErrorPage(failure, request)

    def _refuse(self, request: Request, status: int, told: str, form: str = "") -> object:
        """Say why nothing is checked."""
        request.setResponseCode(status)
        if status == 503:
            request.setHeader("retry-after", _RETRY_SECONDS)
        form = form or _form_of(request, {})
        if form == "html":
            self.refused = told
            return self._write(request)
        text = json.dumps({"error": told}) if form == "json" else f"{told}\n"
        _send(request, "application/json" if form == "json" else "text/plain; charset=utf-8", text)
        return server.NOT_DONE_YET

    def _write(self, request: Request) -> object:
        request.setHeader("content-type", "text/html; charset=utf-8")
        self.renderDocument(request).addCallback(self.finishRequest, request).addErrback(self._failed, request)
        return server.NOT_DONE_YET

    @template.renderer
    def headtitle(self, request: Request, tag: Any) -> Any:
        """Put the result before the page's title."""
        if self.refused:
            return tag["Not checked – "]
        if self.outcome is None:
            return ""
        files = self.outcome.files
        if len(files) > 1:
            return tag[f"{len(files)} files – "]
        told = "not checked" if files[0].report is None else reportview.told_counts(report_of(files[0], self.outcome))
        return tag[f"{files[0].name}: {told} – "]

    @template.renderer
    def trouble(self, request: Request, tag: Any) -> Any:
        """Say why nothing was checked."""
        return tags.div(class_="errors", role="alert")[tags.p[self.refused]] if self.refused else ""

    @template.renderer
    def results(self, request: Request, tag: Any) -> Any:
        """Insert what was found in each file."""
        if self.outcome is None or self.refused:
            return ""
        files = [_result(number, file, self.outcome) for number, file in enumerate(self.outcome.files)]
        return tags.div(class_="results")[_overview(self.outcome), _plots_told(self.outcome), files]

    @template.renderer
    def formhead(self, request: Request, tag: Any) -> Any:
        """Head the form."""
        return tag["Check files" if self.outcome is None or self.refused else "Check other files"]

    @template.renderer
    def sendform(self, request: Request, tag: Any) -> Any:
        """Set where the form goes, and what it may carry."""
        return tag(
            action=base.makeSitePath("/validator"),
            **{"data-bytes": str(self.limits.body_bytes), "data-files": str(self.limits.files)},
        )

    @template.renderer
    def profiles(self, request: Request, tag: Any) -> Any:
        """Insert the choice of profiles."""
        chosen = self.outcome.profile if self.outcome is not None and self.outcome.profile else OIVO
        return [
            tags.label[
                tags.input(type="radio", name="profile", value=name, checked="checked" if name == chosen else None),
                tags.span[tags.strong[_PROFILES[name][0]], f": {_PROFILES[name][1]}"],
            ]
            for name in PROFILES
        ]

    @template.renderer
    def limitfiles(self, request: Request, tag: Any) -> Any:
        """Insert how many files can be sent."""
        return str(self.limits.files)

    @template.renderer
    def limitsize(self, request: Request, tag: Any) -> Any:
        """Insert how much can be sent."""
        most = self.limits.body_bytes
        return f"{most / 1e6:.0f} MB" if most >= 1e6 else f"{most:,} bytes"

    @template.renderer
    def curl(self, request: Request, tag: Any) -> Any:
        """Insert the command for programs."""
        return tag[f"curl -F file=@NAME.fits '{base.makeAbsoluteURL('/validator')}?format=json'"]


class RulesPage(grend.ServiceBasedPage):
    """All rules of the checker."""

    name = "custom"
    checkedRenderer = False
    isLeaf = True
    loader = nevowc.XMLFile(str(_TEMPLATES / "rules.html"))

    def render(self, request: Request) -> object:
        """Write the page."""
        request.setHeader("x-content-type-options", "nosniff")
        request.setHeader("content-security-policy", content_policy())
        return self.render_GET(request)

    @template.renderer
    def rulecount(self, request: Request, tag: Any) -> Any:
        """Insert how many there are."""
        return str(len(load_rules()))

    @template.renderer
    def rulelist(self, request: Request, tag: Any) -> Any:
        """Insert them, each with an anchor."""
        return tags.ul(class_="rules")[[_rule(name) for name in load_rules()]]


def _rule(name: str) -> Any:
    rule = load_rules()[name]
    usual = rule.severity_at(OIVO, "", "", "")
    word = "off" if usual is None else reportview.severity_word(usual)
    versions = " and ".join(str(version) for version in rule.versions)
    others = [_exception(found) for found in rule.exceptions if not _is_usual(found)]
    return tags.li(id=name)[
        tags.h2[tags.code[name]],
        tags.p(class_="rulefacts")[
            tags.span(class_=f"mark is-{word}")[word],
            f" OIFITS {versions} · {reportview.source_of(rule)}",
        ],
        reportview.explanation(rule, source=False),
        tags.details(class_="exceptions")[tags.summary["Other severities"], tags.ul[others]] if others else "",
    ]


def _is_usual(found: Override) -> bool:
    """Tell whether an exception holds everywhere in the usual profile, so that it is told already."""
    return found.profile in ("", OIVO) and not (found.case or found.tables or found.members)


def _exception(found: Override) -> Any:
    where = [
        *([f"profile {found.profile}"] if found.profile else []),
        *([", ".join(found.tables)] if found.tables else []),
        *([", ".join(found.members)] if found.members else []),
        *([f"case “{found.case}”"] if found.case else []),
    ]
    severity = "not reported" if found.severity is None else reportview.severity_word(found.severity)
    return tags.li[tags.strong[severity], f" in {' · '.join(where)}{f': {found.why}' if found.why else ''}"]


def report_of(file: CheckedFile, outcome: Outcome) -> Report:
    """Return the report on a file, which came as JSON."""
    assert file.report is not None
    return reportview.report_from(file.name, outcome.profile, file.report)


def _left(result: Any) -> Any:
    _PLACES.leave()
    return result


def _asked(request: Request, name: str) -> str:
    """Return a parameter of the address."""
    return str(request.args.get(name.encode(), [b""])[0].decode("utf-8", "replace"))


def _form_of(request: Request, fields: dict[str, str]) -> str:
    """Return what kind of answer is wanted: ``html``, ``json`` or ``text``."""
    asked = _asked(request, "format") or fields.get("format", "")
    if asked in ("json", "text", "html"):
        return asked
    accepted = request.getHeader("accept") or ""
    return "json" if "application/json" in accepted and "text/html" not in accepted else "html"


def _send(request: Request, media_type: str, text: str) -> None:
    request.setHeader("content-type", media_type)
    request.write(text.encode("utf-8", "replace"))
    request.finish()


def _text(file: CheckedFile, outcome: Outcome) -> str:
    return f"{file.name}: {file.trouble}\n" if file.report is None else as_text(report_of(file, outcome))


def _overview(outcome: Outcome) -> Any:
    """Return a table of the files where there are several."""
    if len(outcome.files) < 2:
        return ""
    rows = [
        tags.tr[
            tags.th(scope="row")[tags.a(href=f"#file-{number}")[file.name]],
            tags.td(**{"data-label": "Result"})[
                tags.span(class_="left-out")[file.trouble]
                if file.report is None
                else reportview.badges(report_of(file, outcome))
            ],
            tags.td(class_="number", **{"data-label": "Granules"})[
                "" if file.report is None else str(file.nb_granules)
            ],
        ]
        for number, file in enumerate(outcome.files)
    ]
    return tags.section(**{"aria-labelledby": "overview"})[
        tags.h2(id="overview")[f"{len(outcome.files)} files"],
        tags.div(class_="tablewrap", role="region", tabindex="0", **{"aria-labelledby": "overview"})[
            tags.table(class_="list stacked")[
                tags.thead[
                    tags.tr[
                        tags.th(scope="col")["File"],
                        tags.th(scope="col")["Result"],
                        tags.th(scope="col", class_="number")["Granules"],
                    ]
                ],
                tags.tbody[rows],
            ]
        ],
    ]


def _plots_told(outcome: Outcome) -> Any:
    drawn, total = outcome.plots_drawn, outcome.plots_total
    if total is not None and drawn < total:
        return tags.p(class_="hint")[f"{drawn} of {total} granules are drawn, beginning with the first of each file."]
    if total is None and outcome.killed:
        return tags.p(class_="hint")["The time was over before everything was drawn."]
    return ""


def _result(number: int, file: CheckedFile, outcome: Outcome) -> Any:
    """Return what was found in one file."""
    head = f"file-{number}"
    if file.report is None:
        shown = tags.div(class_="note")[tags.p[file.trouble]]
    else:
        report = report_of(file, outcome)
        contents = f"{head}-contents"
        shown = tags.transparent[
            reportview.badges(report),
            tags.p(class_="hint")[
                _told(report, outcome),
                [" · ", tags.a(href=f"#{contents}")["to the plots" if file.plots else "to the contents"]]
                if file.granules and report.findings
                else "",
            ],
            reportview.findings(report, tags.h3, max(_FEWEST_SHOWN, reportview.MOST_SHOWN // len(outcome.files))),
            tags.p(class_="hint")[f"{file.findings_left} more findings are left out."] if file.findings_left else "",
            tags.h3(id=contents, class_="contents")["What is in it"],
            _granules(file),
            tags.p(class_="hint")[file.trouble] if file.trouble else "",
            [_figure(file, place) for place in sorted(file.plots)],
        ]
    return tags.section(class_="checked", id=head, **{"aria-labelledby": f"{head}-name"})[
        tags.h2(class_="filename", id=f"{head}-name")[file.name], shown
    ]


def _told(report: Report, outcome: Outcome) -> str:
    version = "cannot be read" if report.version is None else f"OIFITS {report.version}"
    return f"{version} · rules of profile {outcome.profile}"


#: Columns of the table of granules: key of the fact, head, class.
_FACTS = (
    ("night", "Night", ""),
    ("instrument", "Instrument", ""),
    ("stations", "Stations", ""),
    ("bands", "Bands", ""),
    ("channels", "Channels", "number"),
    ("vis", "VIS", "number"),
    ("vis2", "V²", "number"),
    ("t3", "T3", "number"),
    ("flux", "Flux", "number"),
)


def _granules(file: CheckedFile) -> Any:
    """Return the table of what an archive would make of the file."""
    if not file.granules:
        return tags.p[f"Nothing that an archive could take in: {file.why_none or 'the file cannot be read'}."]
    shown = file.granules[:20]
    facts = [(key, label, css) for key, label, css in _FACTS if any(granule[key] for granule in shown)]
    rows = [
        tags.tr[
            tags.th(scope="row")[granule["target"] or "(no name)"],
            [tags.td(class_=css or None, **{"data-label": label})[_fact(granule[key])] for key, label, css in facts],
        ]
        for granule in shown
    ]
    left = file.nb_granules - len(shown)
    return tags.transparent[
        tags.div(class_="tablewrap", role="region", tabindex="0", **{"aria-label": f"Granules of {file.name}"})[
            tags.table(class_="list stacked granules")[
                tags.thead[
                    tags.tr[
                        tags.th(scope="col")["Target"],
                        [tags.th(scope="col", class_=css or None)[label] for _, label, css in facts],
                    ]
                ],
                tags.tbody[rows],
            ]
        ],
        tags.p(class_="hint")[f"{left} more granules"] if left else "",
    ]


def _fact(value: Any) -> str:
    return "" if value in (None, "", 0) else str(value)


def _figure(file: CheckedFile, place: int) -> Any:
    granule = file.granules[place] if place < len(file.granules) else {}
    told = ", ".join(str(granule[key]) for key in ("target", "instrument", "night") if granule.get(key))
    source = f"data:image/png;base64,{base64.b64encode(file.plots[place]).decode('ascii')}"
    return tags.figure(class_="plot", tabindex="0")[
        tags.img(
            src=source,
            width="1200",
            height="800",
            alt=f"Quick look at {told or 'the granule'}: uv plane, visibilities and closure phases",
        ),
        tags.figcaption[told],
    ]
