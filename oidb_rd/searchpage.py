"""The page of the search: its form, filled with what was asked, and the table of what was found.

Elements for DaCHS' renderer ``form``; the work is done in ``oidb_rd.search``. The form is plain GET: a search is an
address that can be kept, and nothing needs JavaScript.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from gavo import base
from gavo.formal import nevowc
from twisted.web import template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.oifits.names import FACILITIES, INSTRUMENTS
from oidb_rd.search import DEFAULT_ROWS, MOST_HTML_ROWS, MOST_ROWS

_TEMPLATES = Path(__file__).with_name("templates")
_SEARCH = "/oidb/q/search/form"
#: What DaCHS wants to see before it runs a search.
_RUN = ("__nevow_form__", "genForm")
#: Parameters that say how to answer, not what was asked.
_ANSWER = {"__nevow_form__", "_charset_", "MAXREC", "_FORMAT", "RESPONSEFORMAT", "_VERB", "VERB", "_TDENC"}
_FORMATS = (("VOTable", "VOTable"), ("CSV", "CSV"), ("FITS", "FITS"), ("JSON", "JSON"))
_SORT_LABELS = {
    "newest": "newest first",
    "oldest": "oldest first",
    "target": "target",
    "instrument": "instrument",
    "submitted": "latest submission first",
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
        return tag(action=base.makeSitePath(_SEARCH))


def errors_of(page: Any) -> dict[str, str]:
    """Return what is wrong with the fields of a page that was just processed."""
    form = getattr(page, "genForm", None)
    errors = form.errors.getFormErrors() if form is not None else []
    return {
        getattr(error, "fieldName", None) or "form": re.sub(r"^Field \w+: ", "", str(error.message)) for error in errors
    }


class SearchResult(nevowc.NevowcElement):
    """What was found: how many, in which formats it can be had, and the table."""

    loader = nevowc.XMLFile(str(_TEMPLATES / "search_result.html"))

    def __init__(self, page: Any, request: Request) -> None:
        super().__init__()
        self.rows = page.result.getPrimaryTable().rows
        self.search = page.queryMeta["search"]
        self.asked = [
            (name, value)
            for name, values in request.strargs.items()
            if name not in _ANSWER
            for value in values
            if isinstance(value, str) and value
        ]

    @template.renderer
    def total(self, request: Request, tag: Any) -> Any:
        """Tell how many match."""
        matched = self.search.matched
        number = f"{matched:,}" if self.search.matched_exactly else f"More than {matched:,}"
        shown = len(self.rows)
        part = f", the first {shown:,} of them here" if shown < matched else ""
        return tag[f"{number} granule{'' if matched == 1 else 's'}{part}"]

    @template.renderer
    def conditions(self, request: Request, tag: Any) -> Any:
        """List what was asked."""
        told = [tags.li[condition.told] for condition in self.search.conditions]
        return tag[told] if told else ""

    @template.renderer
    def downloads(self, request: Request, tag: Any) -> Any:
        """Link the whole result in other formats."""
        return tag[[tags.li[tags.a(href=self._address(code), rel="nofollow")[label]] for code, label in _FORMATS]]

    @template.renderer
    def samp(self, request: Request, tag: Any) -> Any:
        """Give the button that sends the table to a program its address."""
        address = base.makeAbsoluteURL(self._address("VOTable"))
        return tag(**{"data-samp-table": address})

    def _address(self, code: str) -> str:
        how = [("_FORMAT", code), ("MAXREC", str(MOST_ROWS)), ("VERB", "3")]
        return f"{base.makeSitePath(_SEARCH)}?{urlencode([_RUN, *self.asked, *how])}"

    @template.renderer
    def found(self, request: Request, tag: Any) -> Any:
        """Show this where there are rows."""
        return tag if self.rows else ""

    @template.renderer
    def nothing(self, request: Request, tag: Any) -> Any:
        """Show this where there is none."""
        return "" if self.rows else tag

    @template.renderer
    def body(self, request: Request, tag: Any) -> Any:
        """Insert the rows."""
        drawn = self.search.thumbnails
        return tag[[_row(row, row["id"] in drawn) for row in self.rows]]


def _row(row: dict[str, Any], drawn: bool) -> Any:
    night = row["local_night"]
    instrument = row["instrument"] or row["instrument_name"]
    return tags.tr[
        tags.th(scope="row")[row["target_name"] or "(no name)", _plot(row) if drawn else ""],
        _cell("Date (UTC)", _two_lines(_moment(row["t_min"]), f"night of {night}" if night else ""), "moment"),
        _cell(
            "Instrument", _two_lines(instrument, row["facility"] or row["facility_name"]), title=row["instrument_name"]
        ),
        _cell("Bands", row["bands"]),
        _cell("Stations", row["interferometer_stations"]),
        _cell("Baselines (m)", _baselines(row), "number"),
        _cell("Channels", row["nb_channels"], "number"),
        _cell("V²", row["nb_vis2"], "number"),
        _cell("T3", row["nb_t3"], "number"),
        _cell("Level", _two_lines(f"L{row['calib_level']}", _category(row))),
        _cell("Rights", _rights(row), "rights"),
        _cell("Collection", _two_lines(_collection(row["obs_collection"]), row["datapi"] or "")),
        _cell("File", _two_lines(*_file(row))),
    ]


def _plot(row: dict[str, Any]) -> Any:
    path = base.makeSitePath(f"/plots/{row['id']}")
    told = f"Quick look at {row['target_name'] or 'the granule'}: uv plane, visibilities, closure phases"
    return tags.a(href=f"{path}.png", class_="thumbnail")[
        tags.img(src=f"{path}-thumbnail.png", alt=told, loading="lazy", width="150", height="100")
    ]


def _two_lines(first: Any, second: Any) -> Any:
    """Put what belongs to a value below it."""
    return tags.span[first, [tags.span(class_="below")[second]] if second else ""]


def _cell(label: str, content: Any, css: str = "", title: str | None = None) -> Any:
    shown = "" if content is None else str(content) if isinstance(content, (int, float)) else content
    return tags.td(class_=css or None, title=title or None, **{"data-label": label})[shown]


def _moment(mjd: float | None) -> str:
    if mjd is None:
        return ""
    try:
        return f"{datetime(1858, 11, 17) + timedelta(days=mjd):%Y-%m-%d %H:%M}"
    except OverflowError:
        return f"MJD {mjd:g}"


def _baselines(row: dict[str, Any]) -> str:
    low, high = row["baseline_min"], row["baseline_max"]
    if high is None:
        return ""
    return f"{high:.0f}" if low is None or f"{low:.0f}" == f"{high:.0f}" else f"{low:.0f}–{high:.0f}"


def _category(row: dict[str, Any]) -> str:
    return "calibrator" if (row["dataproduct_category"] or "").startswith("CAL") else ""


def _rights(row: dict[str, Any]) -> Any:
    if row["data_rights"] == "public":
        return "public"
    until = row["obs_release_date"]
    return _two_lines(tags.span(class_="badge badge-private")["private"], f"until {until:%Y-%m-%d}" if until else "")


def _collection(identifier: str) -> Any:
    query = urlencode([_RUN, ("collection", identifier)])
    return tags.a(href=f"{base.makeSitePath(_SEARCH)}?{query}")[identifier]


def _file(row: dict[str, Any]) -> tuple[Any, Any]:
    size = row["access_estsize"]
    told = "" if size is None else f"{size / 1000:.1f} MB" if size >= 1000 else f"{size} kB"
    links = base.makeSitePath(f"/oidb/q/dl/dlmeta?ID={quote(row['obs_publisher_did'], safe='')}")
    file = tags.a(href=row["access_url"], title=row["file_name"], rel="nofollow")["OIFITS"]
    more = tags.a(href=links, rel="nofollow", title="What belongs to this granule: file, article and more")["links"]
    return file, [told, " · ", more]


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
