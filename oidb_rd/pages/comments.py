"""Comments on their way: /comment takes one, /comments is where curators agree or refuse.

May import ``ingest``, DaCHS, ``resdir`` and this package.
"""

from datetime import UTC, datetime
from typing import Any

from gavo.svcs import UnknownURI
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.python.failure import Failure
from twisted.web import resource, server
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.access.policy import CURATOR
from ingest.archive import Archive
from ingest.archive.comments import (
    Comment,
    Subject,
    TooManyCommentsError,
    add_comment,
    pending_comments,
    review_comment,
    reviewed_comments,
)
from ingest.archive.connection import ArchiveError
from ingest.archive.people import account_of_id
from ingest.errors import OivoError
from ingest.home import Home
from oidb_rd.pages.commenting import comment_form, comment_item, subject_path
from oidb_rd.pages.frame import Asked, Shown, asked_of, set_headers, write
from resdir import identity
from resdir.elements import link, section
from resdir.people.denied import login_address
from resdir.people.pages import sentence

_REVIEWED = 20
#: More than a comment is not read.
_LONGEST_FORM = 40_000


class _LoginNeededError(Exception):
    """Somebody is not logged in."""


class _FormResource(resource.Resource):
    """A page that takes forms, for people who are logged in."""

    isLeaf = True
    methods: tuple[bytes, ...] = (b"GET", b"HEAD", b"POST")

    def render(self, request: Request) -> object:
        """Do what is wanted in a thread."""
        set_headers(request)
        request.setHeader("cache-control", "private, no-store")
        request.setHeader("vary", "Authorization, Cookie")
        if request.method not in self.methods:
            request.setResponseCode(405)
            request.setHeader("allow", b", ".join(self.methods))
            return b"This is for a form.\n"
        # taken off the request: whatever fails later writes the request's arguments into a log
        form, request.args = request.args, {} if request.method == b"POST" else request.args
        done = threads.deferToThread(self._do, request, form)
        done.addCallback(_answer, request).addErrback(_failed, request)
        return server.NOT_DONE_YET

    def _do(self, request: Request, form: dict[bytes, list[bytes]]) -> Shown | str:
        asked = asked_of(request)
        if asked.visitor.account_id is None:
            raise _LoginNeededError
        if request.method != b"POST":
            return self.show(asked)
        fields = {_text(name): _text(values[0]) for name, values in form.items() if values}
        try:
            if sum(map(len, fields.values())) > _LONGEST_FORM:
                raise OivoError("this is too long")
            identity.check_csrf(request, fields.get("csrf", ""))
            return self.take(asked, fields)
        except OivoError as error:
            return self.again(asked, fields, error)

    def show(self, asked: Asked) -> Shown:
        """Return the page."""
        raise NotImplementedError

    def take(self, asked: Asked, fields: dict[str, str]) -> str:
        """Do what the form wants; return where to go."""
        raise NotImplementedError

    def again(self, asked: Asked, fields: dict[str, str], error: OivoError) -> Shown:
        """Return the page with what was wrong."""
        raise NotImplementedError


def _text(raw: object) -> str:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return text.replace("\0", "\ufffd")


def _answer(answer: Shown | str, request: Request) -> object:
    if isinstance(answer, Shown):
        return write(answer, request)
    request.setResponseCode(303)
    request.setHeader("location", answer)
    request.finish()
    return None


def _failed(failure: Failure, request: Request) -> object:
    if request.finished:
        return None
    if failure.check(_LoginNeededError):
        return _answer(login_address(request), request)
    return renderDCErrorPage(failure, request)


def _archive() -> Archive:
    return Archive(Home.from_environment())


def _trouble(error: OivoError) -> Any:
    return tags.div(class_="errors", role="alert")[tags.p[sentence(error)]]


def _status(error: OivoError) -> int:
    if isinstance(error, identity.ForeignFormError):
        return 403
    if isinstance(error, TooManyCommentsError):
        return 429
    return 404 if isinstance(error, ArchiveError) else 400


class CommentTaker(_FormResource):
    """Takes a comment from the form below a collection or a granule."""

    methods = (b"POST",)

    def take(self, asked: Asked, fields: dict[str, str]) -> str:
        """Keep it, and lead back to the page."""
        subject = _subject(fields)
        visitor = asked.visitor
        assert visitor.account_id is not None
        at_once = visitor.role == CURATOR
        with _archive().transaction() as cursor:
            author = account_of_id(cursor, visitor.account_id).name
            body = fields.get("body", "")
            now = datetime.now(UTC)
            add_comment(cursor, subject, visitor.account_id, author, body, now, shown=at_once)
        return f"{subject_path(subject)}?comment={'shown' if at_once else 'sent'}#comments"

    def again(self, asked: Asked, fields: dict[str, str], error: OivoError) -> Shown:
        """Show the form with what was typed."""
        body = [_trouble(error), comment_form(asked, _subject(fields), fields.get("body", "")[:_LONGEST_FORM])]
        return Shown("Comment", body, status=_status(error), indexed=False)


def _subject(fields: dict[str, str]) -> Subject:
    granule = fields.get("granule", "")
    number = int(granule) if granule.isascii() and granule.isdigit() and len(granule) <= 18 else None
    return Subject(fields.get("collection", "")[:200], number or None)


class CommentQueue(_FormResource):
    """The comments that wait, for curators."""

    def show(self, asked: Asked) -> Shown:
        """List them."""
        _check_curator(asked)
        with _archive().transaction() as cursor:
            pending, reviewed = pending_comments(cursor), reviewed_comments(cursor, _REVIEWED)
        body = [
            tags.p(class_="lead")["Comments are seen by nobody but you until you show them."],
            section("Waiting", _queue(asked, pending), anchor="waiting"),
            section("Judged last", _queue(asked, reviewed), anchor="reviewed") if reviewed else "",
        ]
        return Shown("Comments to read", body, indexed=False)

    def take(self, asked: Asked, fields: dict[str, str]) -> str:
        """Show a comment, or refuse it."""
        _check_curator(asked)
        number, verdict = fields.get("id", ""), fields.get("verdict", "")
        if not number.isascii() or not number.isdigit() or len(number) > 18 or verdict not in ("show", "refuse"):
            raise OivoError("this form is not ours")
        with _archive().transaction() as cursor:
            review_comment(cursor, int(number), datetime.now(UTC), shown=verdict == "show")
        return "/comments"

    def again(self, asked: Asked, fields: dict[str, str], error: OivoError) -> Shown:
        """Say what was wrong."""
        return Shown("Comments to read", [_trouble(error)], status=_status(error), indexed=False)


def _check_curator(asked: Asked) -> None:
    if asked.visitor.role != CURATOR:
        raise UnknownURI("There is nothing at this address")


def _queue(asked: Asked, comments: list[Comment]) -> Any:
    if not comments:
        return tags.p(class_="hint")["Nothing waits."]
    return tags.ol(class_="comments queue")[
        [
            comment_item(comment)[
                tags.p(class_="hint")[
                    "On ",
                    link(subject_path(comment.subject), _called(comment.subject)),
                    "" if comment.state == "pending" else f" · {comment.state}",
                ],
                tags.div(class_="buttons")[
                    [
                        _button(asked, comment.id, verdict, label)
                        for verdict, label, state in (("show", "Show it", "shown"), ("refuse", "Refuse it", "refused"))
                        if comment.state != state
                    ]
                ],
            ]
            for comment in comments
        ]
    ]


def _called(subject: Subject) -> str:
    return f"granule {subject.granule_id} of {subject.collection_id}" if subject.granule_id else subject.collection_id


def _button(asked: Asked, number: int, verdict: str, label: str) -> Any:
    hidden = {"csrf": asked.csrf, "id": str(number), "verdict": verdict}
    return tags.form(method="post", action="/comments", class_="button")[
        [tags.input(type="hidden", name=name, value=value) for name, value in hidden.items()],
        tags.button(type="submit", **{"aria-describedby": f"comment-{number}"})[label],
    ]
