"""/submit in twisted: the form taken apart, its view called in a thread, the answer written.

Bodies come as files from ``resdir.uploads``. May import ``ingest``, DaCHS, ``resdir`` and this package.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gavo import svcs
from gavo.formal import nevowc
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import defer, threads
from twisted.python.failure import Failure
from twisted.web import resource, server, template
from twisted.web.http import Request

from ingest.archive import Archive
from ingest.archive.connection import ArchiveError
from ingest.archive.people import account_of_id
from ingest.errors import OivoError
from ingest.home import Home
from ingest.submission import NotAllowedError, RefusedError
from oidb_rd.delivery import send_file
from oidb_rd.submit import changing, collecting, curating, denied, filepage, plots, saving, start, steps, work
from oidb_rd.submit.visit import Answer, Picture, SubmitVisit, Told
from resdir import identity
from resdir.headers import set_private
from resdir.people.pages import AccountPage, sentence
from resdir.people.sent import read_sent
from resdir.people.visit import NeedsLoginError, NotFoundError, Page, Redirect

_METHODS = (b"GET", b"HEAD", b"POST")

View = Callable[[SubmitVisit], Answer]
_ID, _NUMBER = r"([0-9a-f]{32})", r"(\d{1,15})"

#: Path below /submit; what is shown; what a form sent there does, if anything. After an error the first shows it.
_ROUTES: tuple[tuple[str, View, View | None], ...] = (
    ("", start.page, start.begin),
    (_ID, work.page, None),
    (f"{_ID}/files", work.page, steps.add_files),
    (f"{_ID}/urls", work.page, steps.add_urls),
    (f"{_ID}/remove", work.page, steps.remove),
    (f"{_ID}/all", work.page, steps.set_for_all),
    (f"{_ID}/collection", work.page, collecting.set_collection),
    (f"{_ID}/save", work.page, saving.save),
    (f"{_ID}/abandon", work.page, saving.abandon),
    (f"{_ID}/file/{_NUMBER}", filepage.page, filepage.save_values),
    (rf"{_ID}/plot/{_NUMBER}/(\d{{1,4}})-(thumbnail|sheet)\.png", plots.picture, None),
    ("collection/(.{1,120})", curating.page, changing.change),
)
#: Files that are read, and pictures that are drawn, at a time: each takes one of the server's ten threads.
_READING, _DRAWING = defer.DeferredSemaphore(4), defer.DeferredSemaphore(2)


class SubmitPages(resource.Resource):
    """Everything below /submit."""

    isLeaf = True

    def render(self, request: Request) -> object:
        """Call the view in a thread, when it is its turn, then write what it answers."""
        set_private(request)
        if request.method not in _METHODS:
            request.setResponseCode(405)
            request.setHeader("allow", "GET, HEAD, POST")
            return b"These pages know GET, HEAD and POST.\n"
        gone: list[Any] = []
        request.notifyFinish().addErrback(gone.append)
        done = _in_turn(request, gone)
        done.addCallback(_write, request).addErrback(_failed, request)
        return server.NOT_DONE_YET


def _in_turn(request: Request, gone: list[Any]) -> defer.Deferred:
    """Answer in a thread; what takes long waits without one, and is left undone when nobody waits for it any more."""

    def answer() -> Any:
        return defer.succeed(None) if gone else threads.deferToThread(_answer, request)

    path = _path(request)
    if request.method == b"POST" and path.endswith(("/files", "/urls")):
        return _READING.run(answer)
    return _DRAWING.run(answer) if "/plot/" in path else answer()


def _answer(request: Request) -> tuple[SubmitVisit, Answer]:
    show, act, groups = _route(_path(request))
    visit = _visit(request, groups)
    if not visit.posted:
        return visit, _shown(show, visit)
    if act is None:
        raise NotFoundError
    try:
        visit = _with_form(visit, request)
        if visit.visitor.account_id is None:
            return visit, _ended(visit, request)
        identity.check_csrf(request, visit.form.get("csrf", ""))
        return visit, act(visit)
    except OivoError as error:
        return visit, _again(show, visit, error)


def _ended(visit: SubmitVisit, request: Request) -> Answer:
    """Ask to log in again. What was typed is kept for our own forms only: nobody is to send another site's again."""
    if identity.is_foreign(request) or request.getHeader("origin") is None:
        raise NeedsLoginError
    return denied.session_ended(visit, _here(request))


def _route(path: str) -> tuple[View, View | None, tuple[str, ...]]:
    for pattern, show, act in _ROUTES:
        match = re.fullmatch(pattern, path)
        if match:
            return show, act, match.groups()
    raise NotFoundError


def _path(request: Request) -> str:
    segments = [segment.decode("utf-8", "replace") for segment in request.postpath]
    return "/".join(segments).strip("/")


def _shown(show: View, visit: SubmitVisit) -> Answer:
    try:
        return show(visit)
    except NotAllowedError:
        return denied.not_a_submitter(visit)
    except ArchiveError as error:
        raise _absent(error) from error


def _absent(error: ArchiveError) -> Exception:
    """Return what an error of the archive is to somebody who looks at a page."""
    absent = error.problem.startswith(("there is no", "the submission has no file"))
    return NotFoundError() if absent else error


def _again(show: View, visit: SubmitVisit, error: OivoError) -> Answer:
    """Show the page again, with what was wrong above it and beside the fields, and what was typed in them."""
    if isinstance(error, NotAllowedError):
        return denied.not_a_submitter(visit) if visit.visitor.role == "reader" else _refusal(visit, error, 403)
    if isinstance(error, ArchiveError) and isinstance(_absent(error), NotFoundError):
        raise NotFoundError from error
    if visit.wants_json:
        return _refusal(visit, error, 400)
    if isinstance(error, RefusedError):
        done = getattr(error, "done", 0)
        count = len(error.problems)
        trouble = f"{count} could not be taken; the other {done} {'was' if done == 1 else 'were'}." if done else ""
        again = replace(visit, problems=tuple(error.problems), trouble=trouble)
    else:
        again = replace(visit, trouble=sentence(error))
    answer = _shown(show, again)
    return replace(answer, status=getattr(error, "status", 400)) if isinstance(answer, Page) else answer


def _refusal(visit: SubmitVisit, error: OivoError, status: int) -> Answer:
    if visit.wants_json:
        return Told({"files": [], "problems": [{"file": error.place, "message": error.problem}]}, status)
    return Page("Not possible", template.tags.p(class_="message", role="alert")[sentence(error)], status)


def _visit(request: Request, groups: tuple[str, ...]) -> SubmitVisit:
    fields = {_text(name): _text(values[0]) for name, values in request.args.items() if values}
    request.args = {}
    known = identity.identify(request) if request.getHeader("authorization") is None else identity.Identity()
    home = Home.from_environment()
    mine = None
    if known.visitor.account_id is not None:
        with Archive(home).transaction() as cursor:
            mine = account_of_id(cursor, known.visitor.account_id)
    return SubmitVisit(
        home,
        request.method == b"POST",
        groups,
        fields,
        {},
        known.visitor,
        mine,
        identity.session_secret(request),
        identity.csrf_token(request),
        identity.address_of(request),
        wants_json="application/json" in (request.getHeader("accept") or ""),
    )


def _with_form(visit: SubmitVisit, request: Request) -> SubmitVisit:
    """Return the visit with the form that was sent.

    Raises
    ------
    OivoError
        When it is too large, or none.
    """
    sent = read_sent(request)
    if sent is None:
        raise NotFoundError
    return replace(visit, form=sent.fields, files=sent.files, lists=sent.lists)


def _here(request: Request) -> str:
    """Return the page that a form was on."""
    path = _path(request)
    match = re.match(f"{_ID}(/file/{_NUMBER})?", path)
    if match:
        return f"/submit/{match[0]}"
    return f"/submit/{quote(path, safe='/')}" if path.startswith("collection/") else "/submit"


def _text(raw: object) -> str:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return text.replace("\0", "\ufffd")


def _write(answered: tuple[SubmitVisit, Answer] | None, request: Request) -> object:
    if answered is None or request.finished:
        return None
    visit, answer = answered
    if isinstance(answer, Redirect):
        return _go(request, answer.to)
    if isinstance(answer, Told):
        return _send(request, answer.status, "application/json", json.dumps(answer.content).encode())
    if isinstance(answer, Picture):
        return _picture(answer, request)
    request.setResponseCode(answer.status)
    page = SubmitPage(visit, answer)
    page.renderDocument(request).addCallback(page.finishRequest, request).addErrback(renderDCErrorPage, request)
    return None


def _picture(answer: Picture, request: Request) -> None:
    if answer.path is None:
        request.setHeader("retry-after", "10")
        _send(request, 503, "text/plain; charset=utf-8", b"Other plots are being drawn; try again.\n")
        return
    # the address names the bytes that were drawn; nobody but this browser keeps it
    request.setHeader("cache-control", "private, max-age=600")
    request.setHeader("content-security-policy", "default-src 'none'")
    result = send_file(answer.path, answer.media_type, answer.path.stem, request)
    if result is not server.NOT_DONE_YET:
        if result:
            request.write(result)
        request.finish()


def _send(request: Request, status: int, media_type: str, body: bytes) -> None:
    request.setResponseCode(status)
    request.setHeader("content-type", media_type)
    request.setHeader("content-length", str(len(body)))
    if request.method != b"HEAD":
        request.write(body)
    request.finish()


def _failed(failure: Failure, request: Request) -> object:
    if request.finished:
        return None
    if failure.check(NeedsLoginError):
        here = request.uri.decode("latin-1") if request.method != b"POST" else _here(request)
        return _go(request, f"/account/login?next={quote(here, safe='')}")
    if failure.check(NotFoundError):
        failure = Failure(svcs.UnknownURI("There is nothing at this address"))
    return renderDCErrorPage(failure, request)


def _go(request: Request, path: str) -> None:
    request.setResponseCode(303)
    request.setHeader("location", path)
    request.finish()


class SubmitPage(AccountPage):
    """A view's page in the site's frame."""

    loader = nevowc.XMLFile(str(Path(__file__).with_name("submit.html")))

    @template.renderer
    def said(self, request: Request, tag: Any) -> Any:
        """Leave it to the views to say what was done."""
        return ""
