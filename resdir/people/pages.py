"""The account pages in twisted: a request taken apart, its view called in a thread, the answer written.

They are no service of DaCHS, which writes the arguments of requests, passwords among them, into its logs. May import
``ingest``, DaCHS and ``resdir``.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from gavo import svcs
from gavo.formal import nevowc
from gavo.web import common
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.python.failure import Failure
from twisted.web import resource, server, template
from twisted.web.http import Request

from ingest.archive import Archive
from ingest.archive.people import account_of_id
from ingest.errors import OivoError
from ingest.home import Home
from resdir import identity
from resdir.people import account, curators, entry, sharing
from resdir.people.visit import Answer, NeedsLoginError, NotFoundError, Page, Redirect, RefusedError, Visit
from resdir.people.widgets import messages

#: DaCHS' own scripts, which every page loads, set styles.
_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_METHODS = (b"GET", b"HEAD", b"POST")
#: No form of ours is longer.
_LONGEST_FORM = 20_000

_VIEWS: dict[str, Callable[[Visit], Answer]] = {
    "": account.overview,
    "login": entry.log_in,
    "logout": account.log_out,
    "request": entry.ask,
    "password": entry.set_password,
    "tokens": account.tokens,
    "change-password": account.change_password,
    "sharing": sharing.sharing,
    "collection": sharing.collection,
    "people": curators.people,
}
#: Views that have something below them.
_BELOW = {"password": entry.set_password, "sharing": sharing.change}


class AccountPages(resource.Resource):
    """Everything below /account."""

    isLeaf = True

    def render(self, request: Request) -> object:
        """Call the view in a thread, then write what it answers."""
        request.setHeader("cache-control", "private, no-store")
        request.setHeader("vary", "Authorization, Cookie")
        request.setHeader("content-security-policy", _POLICY)
        request.setHeader("referrer-policy", "same-origin")
        request.setHeader("x-content-type-options", "nosniff")
        request.setHeader("x-robots-tag", "noindex")
        request.setHeader("content-type", "text/html; charset=utf-8")
        if request.method not in _METHODS:
            request.setResponseCode(405)
            request.setHeader("allow", "GET, HEAD, POST")
            return b"These pages know GET, HEAD and POST.\n"
        threads.deferToThread(_answer, request).addCallback(_write, request).addErrback(_failed, request)
        return server.NOT_DONE_YET


def _answer(request: Request) -> tuple[Visit, Answer]:
    visit = _visit(request)
    view = _view(request)
    if visit.posted:
        try:
            if sum(map(len, visit.form.values())) > _LONGEST_FORM:
                raise RefusedError("This is too long.", 413)
            identity.check_csrf(request, visit.form.get("csrf", ""))
            return visit, view(visit)
        except OivoError as error:
            return visit, _again(view, visit, error)
    return visit, view(visit)


def _again(view: Callable[[Visit], Answer], visit: Visit, error: OivoError) -> Answer:
    """Show the page again, with what was wrong above the form and what was typed in it."""
    answer = view(replace(visit, posted=False))
    if isinstance(answer, Redirect):
        return answer
    return replace(answer, status=getattr(error, "status", 400), body=[_trouble(error), answer.body])


def _trouble(error: OivoError) -> Any:
    shown = template.tags.div(class_="errors", role="alert", id="trouble")
    return shown[template.tags.p[sentence(error)]]


def sentence(error: OivoError) -> str:
    """Return an error for people who have no command line."""
    place = f"{error.place}: " if error.place else ""
    remedy = f" ({error.remedy})" if error.remedy and "./oivo" not in error.remedy else ""
    text = f"{place}{error.problem}{remedy}"
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"


def _view(request: Request) -> Callable[[Visit], Answer]:
    name, *rest = _segments(request) or ("",)
    view = (_BELOW if rest else _VIEWS).get(name)
    if view is None:
        raise NotFoundError
    return view


def _segments(request: Request) -> list[str]:
    segments = [segment.decode("utf-8", "replace") for segment in request.postpath]
    return segments[:-1] if segments[-1:] == [""] else segments


def _visit(request: Request) -> Visit:
    posted = request.method == b"POST"
    # taken off the request: whatever fails later writes the request's arguments into a log
    args, request.args = request.args, {}
    fields = {_text(name): _text(values[0]) for name, values in args.items() if values}
    known = identity.identify(request) if request.getHeader("authorization") is None else identity.Identity()
    home = Home.from_environment()
    mine = None
    if known.visitor.account_id is not None:
        with Archive(home).transaction() as cursor:
            mine = account_of_id(cursor, known.visitor.account_id)
    return Visit(
        home,
        posted,
        tuple(_segments(request)[1:]),
        {} if posted else fields,
        fields if posted else {},
        known.visitor,
        mine,
        identity.session_secret(request),
        identity.csrf_token(request),
        identity.address_of(request),
    )


def _text(raw: object) -> str:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return text.replace("\0", "\ufffd")  # PostgreSQL takes no NUL


def _write(answered: tuple[Visit, Answer], request: Request) -> None:
    visit, answer = answered
    if answer.forget:
        identity.forget_session(request)
    if isinstance(answer, Redirect):
        if answer.session:
            identity.set_session(request, answer.session, visit.home.settings.number("limits.session_days"))
        _go(request, answer.to)
        return
    request.setResponseCode(answer.status)
    if answer.status == 429:
        request.setHeader("retry-after", str(identity.RETRY_SECONDS))
    page = AccountPage(visit, answer)
    page.renderDocument(request).addCallback(page.finishRequest, request).addErrback(renderDCErrorPage, request)


def _failed(failure: Failure, request: Request) -> object:
    if request.finished:
        return None
    if failure.check(NeedsLoginError):
        here = request.uri.decode("latin-1") if request.method != b"POST" else "/account"
        _go(request, f"/account/login?next={quote(here, safe='')}")
        return None
    if failure.check(NotFoundError):
        failure = Failure(svcs.UnknownURI("There is nothing at this address"))
    return renderDCErrorPage(failure, request)


def _go(request: Request, path: str) -> None:
    request.setResponseCode(303)
    request.setHeader("location", path)
    request.finish()


class AccountPage(nevowc.TemplatedPage, common.CommonRenderers):
    """A view's page in the site's frame."""

    loader = svcs.loadSystemTemplate("account.html")

    def __init__(self, visit: Visit, shown: Page) -> None:
        super().__init__()
        self.visit, self.shown = visit, shown

    @template.renderer
    def heading(self, request: Request, tag: Any) -> Any:
        """Insert title or heading."""
        return tag[self.shown.title]

    @template.renderer
    def said(self, request: Request, tag: Any) -> Any:
        """Say what was done."""
        return messages(self.visit)

    @template.renderer
    def content(self, request: Request, tag: Any) -> Any:
        """Insert the view's content."""
        return tag[self.shown.body]

    @template.renderer
    def footer(self, request: Request, tag: Any) -> Any:
        """Insert the site's footer."""
        return tag[svcs.loadSystemTemplate("footer.html").load()]
