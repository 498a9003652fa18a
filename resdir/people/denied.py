"""What somebody gets instead of private data: a page for people, HTTP's own form for programs.

May import ``ingest``, DaCHS and ``resdir``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from gavo import base, svcs
from gavo.formal import nevowc
from gavo.web import common
from twisted.web import template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive.delivery import StoredFile
from ingest.home import Home
from resdir.identity import RETRY_SECONDS, Identity


class PrivateDataError(Exception):
    """Somebody asks for what he may not read."""

    def __init__(self, refusal: "Refusal") -> None:
        super().__init__(refusal.told)
        self.refusal = refusal


@dataclass(frozen=True)
class Refusal:
    """Why something is not given, and to whom.

    Attributes
    ----------
    name
        What was asked for.
    until
        When it becomes public, or None.
    responsible
        Names of those who can be asked, or "".
    identity
        Who asked.
    """

    name: str
    until: datetime | None
    responsible: str
    identity: Identity

    @classmethod
    def of(cls, file: StoredFile, responsible: str, identity: Identity) -> "Refusal":
        """Return the refusal of a file."""
        return cls(file.name, file.public_from(), responsible, identity)

    @property
    def told(self) -> str:
        """What is private, and until when."""
        return f"{self.name} is private{f' until {self.until:%Y-%m-%d}' if self.until else ''}"

    @property
    def advice(self) -> str:
        """Whom to ask."""
        if self.responsible:
            return f"Please ask {self.responsible} to share it with you."
        return f"Please ask {Home.from_environment().settings.text('site.contact_name')}, who runs this site."


def is_browser(request: Request) -> bool:
    """Tell whether a person looks at the answer; pictures inside pages are asked for by browsers, too."""
    if "text/html" in (request.getHeader("accept") or "") or request.getHeader("sec-fetch-mode"):
        return True
    return (request.getHeader("user-agent") or "").startswith("Mozilla/")


def refuse(refusal: Refusal, request: Request) -> None:
    """Write the refusal.

    Programs that sent nothing, or something wrong, are asked for credentials (401). Browsers get a page with a link to
    log in (403): after a 401 they would open a window of their own, which knows no way out.
    """
    identity = refusal.identity
    request.setHeader("cache-control", "private, no-store")
    request.setHeader("vary", "Authorization, Cookie")
    request.setHeader("x-content-type-options", "nosniff")
    if identity.trouble == "limited":
        request.setResponseCode(429)
        request.setHeader("retry-after", str(RETRY_SECONDS))
        _text(request, f"Too many wrong passwords: wait {RETRY_SECONDS // 60} minutes, or use a token.")
    elif identity.trouble or (identity.visitor.account_id is None and not is_browser(request)):
        request.setResponseCode(401)
        request.setHeader("www-authenticate", challenge())
        wrong = "These credentials do not hold. " if identity.trouble else ""
        _text(
            request,
            f"{wrong}{refusal.told}. Send login and password, or login and token (HTTP Basic), or a token "
            f"(Authorization: Bearer). {refusal.advice}",
        )
    else:
        request.setResponseCode(403)
        if is_browser(request):
            page = DeniedPage(refusal)
            page.renderDocument(request).addCallback(page.finishRequest, request).addErrback(page.handleError, request)
        else:
            _text(request, f"{refusal.told}. {refusal.advice}")


def challenge() -> str:
    """Return the value of WWW-Authenticate (RFC 7617)."""
    realm = Home.from_environment().settings.text("site.name").replace("\\", "").replace('"', "'")
    realm = realm.encode("ascii", "ignore").decode()  # other characters have no agreed form there
    return f'Basic realm="{realm or "oivo"}", charset="UTF-8"'


def _text(request: Request, text: str) -> None:
    request.setHeader("content-type", "text/plain; charset=utf-8")
    request.write(f"{text}\n".encode("utf-8", "replace"))
    request.finish()


def login_address(request: Request) -> str:
    """Return the address of the log-in page that leads back to where the request came to."""
    here = request.uri.decode("latin-1") if request.method in (b"GET", b"HEAD") else "/"
    return base.makeSitePath(f"/account/login?next={quote(here, safe='')}")


class DeniedPage(nevowc.TemplatedPage, common.CommonRenderers):
    """The page for people."""

    loader = svcs.loadSystemTemplate("denied.html")

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.refusal = refusal

    @template.renderer
    def told(self, request: Request, tag: Any) -> Any:
        """Say what is private."""
        return tag[f"{self.refusal.told}."]

    @template.renderer
    def advice(self, request: Request, tag: Any) -> Any:
        """Say whom to ask."""
        return tag[self.refusal.advice]

    @template.renderer
    def way_in(self, request: Request, tag: Any) -> Any:
        """Offer to log in, or say as whom somebody is."""
        login = self.refusal.identity.visitor.login
        if login:
            return tag[f"You are logged in as {login}."]
        return tag["If it is open to you, ", tags.a(href=login_address(request))["log in"], " and you come back here."]

    @template.renderer
    def footer(self, request: Request, tag: Any) -> Any:
        """Insert the site's footer."""
        return tag[svcs.loadSystemTemplate("footer.html").load()]
