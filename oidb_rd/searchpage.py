"""The page of the search: its form, filled with what was asked, and the table of what was found.

Elements for DaCHS' renderer ``form``; the work is done in ``oidb_rd.search``. The form is plain GET: a search is an
address that can be kept, and nothing needs JavaScript.
"""

import re
from pathlib import Path
from typing import Any

from gavo import base
from gavo.formal import nevowc
from twisted.web import template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.oifits.names import FACILITIES, INSTRUMENTS
from oidb_rd.search import DEFAULT_ROWS, MOST_HTML_ROWS
from oidb_rd.searchresult import SEARCH, SearchResult

_TEMPLATES = Path(__file__).with_name("templates")
_SORT_LABELS = {
    "newest": "newest first",
    "oldest": "oldest first",
    "target": "target",
    "instrument": "instrument",
    "submitted": "latest submission first",
    "quality": "best quality first",
}
_ROWS = (50, 100, 250, MOST_HTML_ROWS)


class SearchForm(nevowc.NevowcElement):
    """The form, as `page` was asked for it."""

    loader = nevowc.XMLFile(str(_TEMPLATES / "search_form.html"))

    def __init__(self, page: Any, request: Request) -> None:
        super().__init__()
        self.arguments = request.strargs
        self.errors = errors_of(page)

    def _values(self, name: str) -> list[str]:
        return [str(value) for value in self.arguments.get(name, [])]

    @template.renderer
    def text(self, request: Request, tag: Any) -> Any:
        """Fill an input with what was typed; tell where its hint and its error are."""
        name = tag.attributes["name"]
        values = self._values(name)
        described = [f"hint-{name}"] if "data-hint" in tag.attributes else []
        tag.attributes.pop("data-hint", None)
        if name in self.errors:
            described.append(f"error-{name}")
            tag(**{"aria-invalid": "true"})
        if values:
            tag(value=values[0])
        return tag(id=f"field-{name}", **{"aria-describedby": " ".join(described) or None})

    @template.renderer
    def box(self, request: Request, tag: Any) -> Any:
        """Check a box or a radio button as it was; the one with ``data-default`` where nothing was said."""
        values = self._values(tag.attributes["name"])
        default = tag.attributes.pop("data-default", None)
        wanted = tag.attributes["value"] in values if any(values) else default is not None
        return tag(checked="checked" if wanted else None)

    @template.renderer
    def options(self, name: str) -> Any:
        """Fill a select or a list of suggestions."""
        return lambda request, tag: tag[self._options(name)]

    def _options(self, name: str) -> Any:
        if name in ("instruments", "facilities"):
            return [tags.option(value=known) for known in (INSTRUMENTS if name == "instruments" else FACILITIES)]
        choices = list(_SORT_LABELS.items()) if name == "sort" else [(str(rows), f"{rows:,}") for rows in _ROWS]
        chosen = (self._values(name) or ["newest" if name == "sort" else str(DEFAULT_ROWS)])[0]
        return [
            tags.option(value=value, selected="selected" if value == chosen else None)[label]
            for value, label in choices
        ]

    @template.renderer
    def error(self, name: str) -> Any:
        """Show what is wrong with a field."""
        return lambda request, tag: (
            tag(id=f"error-{name}", class_="message")[self.errors[name]] if name in self.errors else ""
        )

    @template.renderer
    def summary(self, request: Request, tag: Any) -> Any:
        """Tell above the form what has to be put right."""
        if not self.errors:
            return ""
        known = [
            tags.li[tags.a(href="#genForm" if name.startswith("_") else f"#field-{name}")[message]]
            for name, message in self.errors.items()
        ]
        return tag(role="alert")[tags.p["The search was not made:"], tags.ul[known]]

    @template.renderer
    def action(self, request: Request, tag: Any) -> Any:
        """Set where the form goes."""
        return tag(action=base.makeSitePath(SEARCH))


def errors_of(page: Any) -> dict[str, str]:
    """Return what is wrong with the fields of a page that was just processed."""
    form = getattr(page, "genForm", None)
    errors = form.errors.getFormErrors() if form is not None else []
    return {
        getattr(error, "fieldName", None) or "form": re.sub(r"^Field \w+: ", "", str(error.message)) for error in errors
    }


def title(page: Any, request: Request, tag: Any) -> Any:
    """Give the page its title, with what was looked for where there is something."""
    asked = next((value for value in request.strargs.get("target", []) if isinstance(value, str) and value), "")
    return tag[f"{asked + ' – ' if asked else ''}OiDB search"]


def page(page: Any, request: Request, tag: Any) -> Any:
    """Show the result with the form folded below it, or the form alone."""
    form = SearchForm(page, request)
    heading = tags.h1["OiDB search"]
    if page.result is None or "search" not in page.queryMeta or form.errors:
        return tag[heading, form]
    return tag[
        heading,
        SearchResult(page, request),
        tags.details(class_="refine", open=None if page.queryMeta["Matched"] else "open")[
            tags.summary["Change the search"], form
        ],
    ]
