"""A page to read, in the site's frame: a view is called in a thread with a cursor, what it returns is written.

The pages are no services of DaCHS: nothing of them is a query, and people write comments into them. Views know
nothing of twisted's requests. May import ``ingest``, DaCHS and ``resdir``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gavo import base, svcs
from gavo.formal import nevowc
from gavo.web import common
from gavo.web.weberrors import renderDCErrorPage
from twisted.internet import threads
from twisted.web import resource, server, template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.access.policy import ANONYMOUS, Visitor
from ingest.archive import Archive
from ingest.archive.connection import Cursor
from ingest.archive.pool import ReadPool
from ingest.home import Home
from resdir import identity
from resdir.headers import content_policy

_METHODS = (b"GET", b"HEAD")
#: A page that takes longer helps nobody.
_SECONDS = 20
#: Tables are sent to a SAMP hub on the visitor's own host.
POLICY = content_policy("http://localhost:*", "http://127.0.0.1:*")


@dataclass(frozen=True)
class Asked:
    """A request, taken apart.

    Attributes
    ----------
    rest
        What comes after the page's name in the path, decoded.
    parameters
        Those of the address, the first of each name.
    visitor
        Who asks; `ANONYMOUS` for strangers.
    csrf
        What forms must bring along; "" for strangers, who get no form.
    accept
        What the header Accept says.
    """

    rest: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    visitor: Visitor = ANONYMOUS
    csrf: str = ""
    accept: str = ""


@dataclass(frozen=True)
class Shown:
    """A page.

    Attributes
    ----------
    title, body
        Its title, which is also its heading, and what is below.
    crumbs
        Where it is: labels and paths of the pages above.
    head
        More elements of its head.
    status
        Status of HTTP.
    indexed
        Whether search engines may keep it.
    kicker
        What kind of thing it is about.
    links
        Value of the header Link.
    """

    title: str
    body: Any
    crumbs: tuple[tuple[str, str], ...] = ()
    head: Any = ""
    status: int = 200
    indexed: bool = True
    kicker: str = "OiDB"
    links: str = ""


@dataclass(frozen=True)
class Document:
    """What a view answers instead of a page: a text for programs.

    Attributes
    ----------
    name
        Name of the file that a browser saves it as.
    """

    content: str
    media_type: str
    name: str
    links: str = ""


View = Callable[[Cursor, Asked], "Shown | Document"]


@cache
def database() -> ReadPool:
    """Return the connections of all pages."""
    return ReadPool(Archive(Home.from_environment()), seconds=_SECONDS)


class Page(resource.Resource):
    """The page of a view, with all that is below its address."""

    isLeaf = True

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view

    def render(self, request: Request) -> object:
        """Read in a thread, then write."""
        set_headers(request)
        if request.method not in _METHODS:
            request.setResponseCode(405)
            request.setHeader("allow", "GET, HEAD")
            return b"This can be read only (GET, HEAD).\n"
        read = threads.deferToThread(self._read, request)
        read.addCallback(write, request).addErrback(renderDCErrorPage, request)
        return server.NOT_DONE_YET

    def _read(self, request: Request) -> Shown | Document:
        asked = asked_of(request)
        with database().reading() as cursor:
            return self.view(cursor, asked)


def set_headers(request: Request) -> None:
    """Set what all answers say."""
    request.setHeader("content-type", "text/html; charset=utf-8")
    request.setHeader("content-security-policy", POLICY)
    request.setHeader("x-content-type-options", "nosniff")


def asked_of(request: Request) -> Asked:
    """Take a request apart; called in a thread."""
    rest = "/".join(_text(segment) for segment in request.postpath).rstrip("/")
    parameters = {_text(name): _text(values[0]) for name, values in request.args.items() if values}
    visitor = identity.visitor_of(request)
    csrf = identity.csrf_token(request) if visitor.account_id is not None else ""
    return Asked(rest, parameters, visitor, csrf, _text(request.getHeader("accept") or ""))


def _text(raw: object) -> str:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return text.replace("\0", "\ufffd")  # PostgreSQL takes no NUL


def write(shown: Shown | Document, request: Request) -> object:
    """Write a page, or what is instead of one."""
    if request.finished:
        return None
    if shown.links:
        request.setHeader("link", shown.links.encode("ascii", "replace"))
        request.setHeader("vary", "Accept")
    if isinstance(shown, Document):
        return _write_document(shown, request)
    request.setResponseCode(shown.status)
    if not shown.indexed or shown.status >= 400:
        request.setHeader("x-robots-tag", "noindex")
    page = FramedPage(shown)
    return page.renderDocument(request).addCallback(page.finishRequest, request)


def _write_document(document: Document, request: Request) -> None:
    request.setHeader("content-type", document.media_type)
    request.setHeader("content-disposition", f'inline; filename="{document.name}"')
    request.setHeader("x-robots-tag", "noindex")
    # public metadata, which programs in others' pages may read, too
    request.setHeader("access-control-allow-origin", "*")
    body = document.content.encode()
    request.setHeader("content-length", str(len(body)))
    if request.method != b"HEAD":
        request.write(body)
    request.finish()


def path_to(*parts: str) -> str:
    """Return the path of a page below a name, such as ``path_to("collection", identifier)``."""
    return str(base.makeSitePath("/" + "/".join(quote(part, safe="/,") for part in parts)))


class FramedPage(nevowc.TemplatedPage, common.CommonRenderers):  # type: ignore[misc]
    """What a view has shown, in the site's frame."""

    loader = nevowc.XMLFile(str(Path(__file__).with_name("page.html")))

    def __init__(self, shown: Shown) -> None:
        super().__init__()
        self.shown = shown

    @template.renderer
    def heading(self, request: Request, tag: Any) -> Any:
        """Insert title or heading."""
        return tag[self.shown.title]

    @template.renderer
    def kicker(self, request: Request, tag: Any) -> Any:
        """Insert the kind of thing."""
        return tag[self.shown.kicker]

    @template.renderer
    def more_head(self, request: Request, tag: Any) -> Any:
        """Insert what else the head has."""
        return self.shown.head

    @template.renderer
    def crumbs(self, request: Request, tag: Any) -> Any:
        """Insert the way down to this page."""
        ways = [
            tags.li[tags.a(href=path)[label]] for label, path in (("Home", base.makeSitePath("/")), *self.shown.crumbs)
        ]
        return tag[tags.ol[ways, tags.li(**{"aria-current": "page"})[self.shown.title]]]

    @template.renderer
    def content(self, request: Request, tag: Any) -> Any:
        """Insert everything else."""
        return tag[self.shown.body]

    @template.renderer
    def footer(self, request: Request, tag: Any) -> Any:
        """Insert the site's footer."""
        return tag[svcs.loadSystemTemplate("footer.html").load()]
