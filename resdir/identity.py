"""Who asks: credentials of programs, sessions of browsers, and proof that a form is ours.

Programs send ``Authorization: Basic`` with login and password, or login and token, or ``Authorization: Bearer`` with a
token; browsers a cookie. May import ``ingest`` and twisted.
"""

import base64
import binascii
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from twisted.web.http import Request

from ingest.access.policy import ANONYMOUS, Visitor
from ingest.archive import Archive
from ingest.archive.credentials import TOKEN_PREFIX, visitor_of_session, visitor_of_token
from ingest.archive.login import FAILURE_MINUTES, authenticate, limits_of
from ingest.errors import OivoError
from ingest.home import Home

SESSION_COOKIE = "oivo_session"
#: For forms of people who are not logged in.
_FORM_COOKIE = "oivo_form"
_LONGEST_HEADER = 4096
RETRY_SECONDS = FAILURE_MINUTES * 60


class ForeignFormError(OivoError):
    """A form that was not sent from a page of ours, or too late."""


@dataclass(frozen=True)
class Identity:
    """Who asks, and how we know.

    Attributes
    ----------
    visitor
        The person; `ANONYMOUS` for everybody else.
    means
        ``password``, ``token``, ``session``, or "" for nobody.
    trouble
        "", ``wrong`` for credentials that do not hold, ``limited`` where there were too many of these.
    """

    visitor: Visitor = ANONYMOUS
    means: str = ""
    trouble: str = ""


def visitor_of(request: Request) -> Visitor:
    """Return who asks; nobody for credentials that do not hold. Called in a thread."""
    return identify(request).visitor


def identify(request: Request) -> Identity:
    """Find out who asks, once a request. Called in a thread: it asks the database, and hashes passwords."""
    known = getattr(request, "oivo_identity", None)
    if known is None:
        known = request.oivo_identity = _identify(request)
    return known


def _identify(request: Request) -> Identity:
    header = request.getHeader("authorization")
    if header is not None:
        return _of_header(header, request)
    secret = session_secret(request)
    if not secret:
        return Identity()
    with Archive(Home.from_environment()).transaction() as cursor:
        visitor = visitor_of_session(cursor, secret, datetime.now(UTC))
    return Identity() if visitor == ANONYMOUS else Identity(visitor, "session")


def _of_header(header: str, request: Request) -> Identity:
    """Return who an Authorization header stands for; a wrong one is never helped out by a cookie."""
    scheme, _, value = header.strip().partition(" ")
    if len(header) > _LONGEST_HEADER:
        return Identity(trouble="wrong")
    if scheme.lower() == "bearer":
        return _of_token(value.strip(), "")
    if scheme.lower() != "basic":
        return Identity(trouble="wrong")
    login, _, password = _basic(value).partition(":")
    if password.startswith(TOKEN_PREFIX):
        return _of_token(password, login.strip().lower())
    home = Home.from_environment()
    with Archive(home).transaction() as cursor:
        found = authenticate(cursor, login, password, address_of(request), datetime.now(UTC), limits_of(home))
    if found.outcome != "ok":
        return Identity(trouble=found.outcome)
    return Identity(found.visitor, "password")


def _of_token(token: str, login: str) -> Identity:
    with Archive(Home.from_environment()).transaction() as cursor:
        visitor = visitor_of_token(cursor, token, datetime.now(UTC))
    if visitor == ANONYMOUS or (login and login != visitor.login):
        return Identity(trouble="wrong")
    return Identity(visitor, "token")


def _basic(value: str) -> str:
    """Return the credentials of HTTP Basic (RFC 7617); older clients send Latin-1, and what is odd is nobody's."""
    try:
        raw = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        return ""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def session_secret(request: Request) -> str:
    """Return what the cookie of a session holds, or ""."""
    return _cookie(request, SESSION_COOKIE)


def _cookie(request: Request, name: str) -> str:
    value = request.getCookie(name.encode())
    return value.decode("latin-1") if value and len(value) <= 200 else ""


def set_session(request: Request, secret: str, days: int) -> None:
    """Give the browser a session's secret; scripts cannot read it, other sites cannot use it."""
    _set_cookie(request, SESSION_COOKIE, secret, days * 86400)


def forget_session(request: Request) -> None:
    """Take it back."""
    _set_cookie(request, SESSION_COOKIE, "", 0)


def _set_cookie(request: Request, name: str, value: str, seconds: int) -> None:
    secure = Home.from_environment().settings.base_url.startswith("https:")
    request.addCookie(name, value, path="/", max_age=str(seconds), httpOnly=True, sameSite="lax", secure=secure)


def address_of(request: Request) -> str:
    """Return the IP address of the client: behind a proxy on this host, the one that the proxy saw."""
    peer = getattr(request.getClientAddress(), "host", "") or ""
    if not _is_loopback(peer):
        return peer  # whoever comes directly may write into the header what he likes
    hops = ",".join(request.requestHeaders.getRawHeaders("x-forwarded-for", [])).split(",")
    return next((hop.strip() for hop in reversed(hops) if hop.strip() and not _is_loopback(hop.strip())), peer)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def csrf_token(request: Request) -> str:
    """Return what a form of this visitor must bring along, in the field ``csrf`` or the header ``X-CSRF-Token``.

    It belongs to the session; people without one get a cookie for it, so call it before the reply has begun.
    """
    secret = session_secret(request) or _cookie(request, _FORM_COOKIE)
    if not secret:
        secret = getattr(request, "oivo_form_secret", "")
    if not secret:
        secret = request.oivo_form_secret = secrets.token_urlsafe(32)
        _set_cookie(request, _FORM_COOKIE, secret, 86400)
    return _proof(secret)


def check_csrf(request: Request, sent: str | None = None) -> None:
    """Make sure that a request that changes something comes from a page of ours, or from a program.

    Programs that send ``Authorization`` need no token; but browsers that remember Basic credentials send these for
    other sites' forms, too, and say where they come from.

    Parameters
    ----------
    sent
        The token; by default that of the header or of the form.

    Raises
    ------
    ForeignFormError
        When it does not.
    """
    if is_foreign(request):
        raise ForeignFormError("this was sent by another site", remedy="open the form here and send it again")
    if request.getHeader("authorization") is not None:
        return
    if sent is None:
        field = request.args.get(b"csrf", [b""])[0]
        sent = request.getHeader("x-csrf-token") or (field if isinstance(field, str) else field.decode("latin-1"))
    known = [secret for secret in (session_secret(request), _cookie(request, _FORM_COOKIE)) if secret]
    if not any(hmac.compare_digest(_proof(secret).encode(), sent.encode("utf-8", "replace")) for secret in known):
        raise ForeignFormError("the form is too old, or cookies are off", remedy="send it again")


def _proof(secret: str) -> str:
    return hmac.new(secret.encode("latin-1"), b"form of oivo", "sha256").hexdigest()


def is_foreign(request: Request) -> bool:
    """Tell whether a browser says that another site sent this."""
    if request.getHeader("sec-fetch-site") not in (None, "same-origin", "none"):
        return True
    origin = request.getHeader("origin")
    if origin is None:
        return False
    ours = {urlsplit(Home.from_environment().settings.base_url).netloc, request.getHeader("host") or ""}
    return urlsplit(origin).netloc not in ours - {""}


def place_within(text: str) -> str:
    """Return a path of this site that somebody is to be sent to, or / for anything else."""
    parts = urlsplit(text) if text.isprintable() and "\\" not in text else None
    inside = parts is not None and not parts.scheme and not parts.netloc and text.startswith("/")
    return text if inside and not text.startswith("//") and len(text) < 2000 and text.isascii() else "/"
