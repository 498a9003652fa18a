"""The look of all pages: what DaCHS' templates cannot say, said once when OiDB's RD is loaded.

Templates and styles are in ``resdir/web``. DaCHS takes its sidebar, its footer and most pages from there by itself.
Three things are in its code instead: the head of every page, the frame around every body, and its error pages.
"""

from typing import Any

from gavo import base, svcs
from gavo.formal import nevowc, twistedpatch
from gavo.web import common, grend, weberrors
from twisted.web import template
from twisted.web.template import tags

DOCTYPE = "<!DOCTYPE html>"

#: Names of the errors in words for people; DaCHS' own speak of exceptions.
_ERRORS = {
    401: ("Login needed", "This needs a login: reload the page to enter your name and password."),
    403: ("Not allowed", "This is not open to you, or not in this way."),
    404: ("Not found", "There is nothing at this address. It may be misspelt, or out of date."),
    405: ("Not possible", "This address does not answer to that kind of request."),
    406: ("Not available in this form", "The data cannot be given in the form that was asked for."),
    413: ("Too large", "What you sent is larger than this site accepts."),
}
#: What DaCHS says when it has nothing to say.
_EMPTY_MESSAGES = {"No matching RD"}
_FAILURE = ("Failed", "Something went wrong on our side. Please tell us what you did, so that we can mend it.")


def site_name() -> str:
    """Return the operator's name for the site."""
    return str(base.getConfig("web", "sitename"))


def apply() -> None:
    """Give DaCHS' pages the site's head, frame and error page; a second call changes nothing."""
    if getattr(common.CommonRenderers, "oivo_skin", False):
        return
    common.CommonRenderers.oivo_skin = True
    common.CommonRenderers.commonhead = template.renderer(_head_of(common.CommonRenderers.commonhead))
    common.CommonRenderers.siteheader = template.renderer(_header)
    grend.GavoRenderMixin.withsidebar = template.renderer(_frame)
    nevowc.TemplatedPage.defaultDoctype = DOCTYPE
    weberrors.ErrorPage.loader = svcs.loadSystemTemplate("error.html")
    weberrors.ErrorPage._getDoc = _with_doctype(weberrors.ErrorPage._getDoc)
    weberrors.ErrorPage.headline = template.renderer(_headline)
    weberrors.ErrorPage.explanation = template.renderer(_explanation)
    weberrors.ErrorPage.detail = template.renderer(_detail)
    weberrors.ErrorPage.footer = template.renderer(_footer)


def _head_of(original: Any) -> Any:
    """Return DaCHS' renderer of heads, with what phones and tabs need added to it."""

    def commonhead(self: Any, request: Any, tag: Any) -> Any:
        path = base.makeSitePath
        tag.children = [_with_site_name(child) for child in tag.children]
        return original(self, request, tag)[
            tags.meta(name="viewport", content="width=device-width, initial-scale=1"),
            tags.link(rel="icon", type="image/svg+xml", href=path("/static/img/mark.svg")),
            tags.link(rel="icon", sizes="48x48", href=path("/favicon.ico")),
            tags.link(rel="alternate", type="application/atom+xml", title="OiDB: changes", href=path("/feed.atom")),
            tags.script(src=path("/static/js/oivo.js"), defer="defer"),
        ]

    return commonhead


def _with_site_name(element: Any) -> Any:
    """Let a page's title end in the site's name; other elements stay as they are."""
    if getattr(element, "tagName", None) != "title":
        return element
    original = element.clone()
    original.tagName = ""
    return tags.title[original, f" – {site_name()}"]


def _frame(self: Any, request: Any, tag: Any) -> Any:
    """Put header, navigation and the service's metadata before a page, the footer after it."""
    # twisted's list of elements does not know this one
    main = twistedpatch.Tag("main", {"id": "main", "tabindex": "-1"}, tag.children)
    tag.children = []
    return tag(class_="container", lang="en")[self._sidebar, tags.div(id="body")[main], self._footer]


def _with_doctype(original: Any) -> Any:
    def document(self: Any, request: Any) -> Any:
        return [tags.xml(DOCTYPE), original(self, request)]

    return document


def _words_of(page: Any) -> tuple[str, str]:
    return _ERRORS.get(page.status, _FAILURE if page.status >= 500 else (page.titleMessage, ""))


def _headline(self: Any, request: Any, tag: Any) -> Any:
    return tag[_words_of(self)[0]]


def _explanation(self: Any, request: Any, tag: Any) -> Any:
    return tag[_words_of(self)[1]]


def _detail(self: Any, request: Any, tag: Any) -> Any:
    """Show DaCHS' message where it tells people more than ours."""
    return "" if self.flr.getErrorMessage() in _EMPTY_MESSAGES else tag


def _header(self: Any, request: Any, tag: Any) -> Any:
    """Insert the site's name and navigation."""
    return tag[svcs.loadSystemTemplate("header.html").load()]


def _footer(self: Any, request: Any, tag: Any) -> Any:
    return tag[svcs.loadSystemTemplate("footer.html").load()]
