"""How people come into DaCHS' server: their pages, their names in the header, and nothing of DaCHS' own accounts.

Called by ``resdir.customise``. Knows DaCHS; may import ``ingest`` and ``resdir``.
"""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from gavo import base
from gavo.web import caching, common
from twisted.internet import threads
from twisted.python.failure import Failure
from twisted.web import template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive import Archive
from ingest.archive.people import account_of_id
from ingest.home import Home
from ingest.logs import log
from resdir.identity import Identity, identify, session_secret
from resdir.people import account, curators, entry, sharing
from resdir.people.denied import login_address
from resdir.people.pages import Pages, View

#: Where nobody's name is shown, and many small files are fetched.
_NAMELESS = (b"/static/", b"/favicon")
#: A link to set a password is a secret.
_SECRET_PATH = re.compile(r"(/account/password/)[^ ?'\"]+")


#: No form of ours is longer.
_LONGEST_FORM = 20_000

_VIEWS: dict[str, View] = {
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
_BELOW: dict[str, View] = {"password": entry.set_password, "sharing": sharing.change}


class PersonalRequest:
    """What a request of DaCHS' does otherwise, because people are known by us."""

    #: Name of who is logged in, for the header of pages.
    oivo_name = ""

    def process(self) -> None:
        """Find out who is logged in before anything is answered: DaCHS' templates cannot wait for it.

        Nobody on the way may keep a page with somebody's name on it.
        """
        request: Any = self
        if not session_secret(request) or request.path.startswith(_NAMELESS):
            super().process()  # type: ignore[misc]
            return
        request.setHeader("cache-control", "private, no-cache")
        request.setHeader("vary", "Cookie")
        threads.deferToThread(_name_of, request).addCallback(self._go_on).addErrback(_log_failure)

    def _go_on(self, name: str) -> None:
        self.oivo_name = name
        if getattr(self, "channel", None) is not None:
            super().process()  # type: ignore[misc]

    def getUser(self) -> None:
        """Return nobody: DaCHS would look for the login among its own accounts, refuse it, or believe it."""

    def getPassword(self) -> None:
        """Return nothing, for the same reason."""


def install(archive_service: Any, views: Mapping[str, View], below: Mapping[str, View]) -> None:
    """Put the account pages in, DaCHS' own log-in page out, and the person into the header of all pages.

    Parameters
    ----------
    views, below
        Further pages below /account, as `Pages` has them.
    """
    pages = Pages("/account", {**_VIEWS, **views}, {**_BELOW, **below}, longest=_LONGEST_FORM)
    archive_service.addStatic("account", pages)
    archive_service.statics.pop("login", None)
    archive_service.addRedirect("login", "/account/login")
    common.CommonRenderers.person = template.renderer(_person)
    caching.getFromRDCache = _for_strangers(caching.getFromRDCache)


def redacted(line: str) -> str:
    """Return a line of a log without what lets somebody in."""
    return _SECRET_PATH.sub(r"\1…", line)


def _for_strangers(original: Callable[..., Any]) -> Callable[..., Any]:
    """Let DaCHS keep no page, and give none that it kept, to people who are logged in: their name is on it."""

    @wraps(original)
    def from_cache(request: Request, *arguments: Any) -> Any:
        return None if session_secret(request) else original(request, *arguments)

    return from_cache


def _person(self: Any, request: Request | None, tag: Any) -> Any:
    """Insert the way to log in, or to the own account."""
    if request is None:  # DaCHS' error pages do not know their request
        return tag[tags.a(href=base.makeSitePath("/account"))["Account"]]
    name = getattr(request, "oivo_name", "")
    if name:
        return tag[tags.a(href=base.makeSitePath("/account"))[name]]
    return tag[tags.a(href=login_address(request), rel="nofollow")["Log in"]]


def _name_of(request: Request) -> str:
    """Return the name of who has a session; "" for nobody, also when the database cannot be asked."""
    try:
        visitor = Identity().visitor if request.getHeader("authorization") is not None else identify(request).visitor
        if visitor.account_id is None:
            return ""
        with Archive(Home.from_environment()).transaction() as cursor:
            return account_of_id(cursor, visitor.account_id).name
    except Exception:
        log.exception("who is logged in")
        return ""


def _log_failure(failure: Failure) -> None:
    log.error("a request of somebody who is logged in: %s", failure.getTraceback())
