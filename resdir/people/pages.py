"""Pages with forms in twisted: a request taken apart, its view called in a thread, the answer written.

They are no service of DaCHS, which writes the arguments of requests, passwords among them, into its logs. May import
``ingest``, DaCHS and ``resdir``; which view answers what is told by ``resdir.people.install`` and by the catalogues.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from gavo import base, svcs
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
from resdir.headers import set_private
from resdir.people.ended import session_ended
from resdir.people.sent import read_sent
from resdir.people.visit import Answer, NeedsLoginError, NotFoundError, Page, Redirect, RefusedError, Visit
from resdir.people.widgets import messages

_METHODS = (b"GET", b"HEAD", b"POST")

View = Callable[[Visit], Answer]


class Pages(resource.Resource):
    """Everything below an address.

    Parameters
    ----------
    home
        The address: where people go on after they had to log in to send a form.
    views
        By what comes next in the path, "" for the address itself.
    below
        Those that have something below them.
    longest
        Characters that all fields of a form may have.
    members
        Whether nothing here is for strangers; what somebody typed is then kept when the session has ended meanwhile.
    """

    isLeaf = True

    def __init__(
        self, home: str, views: Mapping[str, View], below: Mapping[str, View], *, longest: int, members: bool = False
    ) -> None:
        super().__init__()
        self.home, self.views, self.below = home, views, below
        self.longest, self.members = longest, members

    def render(self, request: Request) -> object:
        """Call the view in a thread, then write what it answers."""
        set_private(request)
        if request.method not in _METHODS:
            request.setResponseCode(405)
            request.setHeader("allow", "GET, HEAD, POST")
            return b"These pages know GET, HEAD and POST.\n"
        threads.deferToThread(self._answer, request).addCallback(_write, request).addErrback(self._failed, request)
        return server.NOT_DONE_YET

    def _answer(self, request: Request) -> tuple[Visit, Answer]:
        visit = _visit(request)
        view = self._view(request)
        if not visit.posted:
            return visit, view(visit)
        try:
            visit = _with_form(visit, request)
            if sum(map(len, visit.form.values())) > self.longest:
                raise RefusedError("This is too long.", 413)
            if self.members and visit.account is None:
                return visit, self._ended(visit, request)
            identity.check_csrf(request, visit.form.get("csrf", ""))
            return visit, view(visit)
        except OivoError as error:
            return visit, _again(view, visit, error)

    def _ended(self, visit: Visit, request: Request) -> Answer:
        """Ask to log in again. Nobody is to send another site's form again."""
        if identity.is_foreign(request) or request.getHeader("origin") is None:
            raise NeedsLoginError
        return session_ended(visit, self.home, visit.form.items(), lost=bool(visit.files))

    def _view(self, request: Request) -> View:
        name, *rest = _segments(request) or ("",)
        view = (self.below if rest else self.views).get(name)
        if view is None:
            raise NotFoundError
        return view

    def _failed(self, failure: Failure, request: Request) -> object:
        if request.finished:
            return None
        if failure.check(NeedsLoginError):
            here = request.uri.decode("latin-1") if request.method != b"POST" else self.home
            _go(request, f"/account/login?next={quote(here, safe='')}")
            return None
        if failure.check(NotFoundError):
            failure = Failure(svcs.UnknownURI("There is nothing at this address"))
        return renderDCErrorPage(failure, request)


def _again(view: View, visit: Visit, error: OivoError) -> Answer:
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


def _with_form(visit: Visit, request: Request) -> Visit:
    sent = read_sent(request)
    return visit if sent is None else replace(visit, form=sent.fields, files=sent.files)


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
    def styles(self, request: Request, tag: Any) -> Any:
        """Link the styles that this page needs besides those of all."""
        path = base.makeSitePath
        return [template.tags.link(rel="stylesheet", href=path(f"/static/{name}")) for name in self.shown.styles]

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
