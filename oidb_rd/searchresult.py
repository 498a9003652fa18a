"""What a search found: how many, the pages of the table, and the forms in which all of it can be had.

Used by ``oidb_rd.searchpage``.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from gavo import base
from gavo.formal import nevowc
from twisted.web import template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.corrections import QUALITY
from oidb_rd.search import LAST_ROW, MOST_ROWS
from resdir import samp

_TEMPLATES = Path(__file__).with_name("templates")
SEARCH = "/oidb/q/search/form"
#: What DaCHS wants to see before it runs a search.
RUN = ("__nevow_form__", "genForm")
#: Parameters that say how to answer, not what was asked.
_ANSWER = {"__nevow_form__", "_charset_", "page", "_FORMAT", "RESPONSEFORMAT", "_VERB", "VERB", "_TDENC"}
_FORMATS = (("VOTable", "VOTable"), ("CSV", "CSV"), ("FITS", "FITS"), ("JSON", "JSON"))
#: Heads of the columns: label, name of the order (`oidb_rd.sorting`) or none, class, explanation.
_HEADS = (
    ("Target", "target", None, None),
    ("Date (UTC)", "date", None, None),
    ("Instrument", "instrument", None, None),
    ("Bands", None, None, None),
    ("Stations", None, None, None),
    ("Baselines (m)", "baseline", "number", "Projected baselines in metres"),
    ("Channels", "channels", "number", "Spectral channels"),
    ("V²", "vis2", "number", "Rows of squared visibilities"),
    ("T3", "t3", "number", "Rows of closure phases"),
    ("Level", "level", None, None),
    ("Rights", "release", None, None),
    ("Collection", "collection", None, None),
    ("File", None, None, None),
)


class SearchResult(nevowc.NevowcElement):
    """The section of the page below the heading."""

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
        found = self.search
        number = f"{found.matched:,}" if found.matched_exactly else f"More than {found.matched:,}"
        first = (found.page - 1) * found.rows
        shown = f", {first + 1:,} to {first + len(self.rows):,} here" if len(self.rows) < found.matched else ""
        what = "exposures and granules" if "0" in dict(self.asked).get("level", "") else "granules"
        return tag[f"{number} {what if found.matched != 1 else what[:-1]}{shown if self.rows else ''}"]

    @template.renderer
    def conditions(self, request: Request, tag: Any) -> Any:
        """List what was asked."""
        told = [tags.li[condition.told] for condition in self.search.conditions if condition.told]
        return tag[told] if told else ""

    @template.renderer
    def downloads(self, request: Request, tag: Any) -> Any:
        """Link the whole result in other formats."""
        script = f"{base.makeSitePath('/download')}?{urlencode(self._question())}"
        return tag[
            [tags.li[tags.a(href=self._address(code), rel="nofollow")[label]] for code, label in _FORMATS],
            tags.li[tags.a(href=script, rel="nofollow", title="Fetches the files and checks them")["download script"]],
        ]

    @template.renderer
    def samp_buttons(self, request: Request, tag: Any) -> Any:
        """Insert the button that sends the table to a program."""
        return samp.buttons(samp.table_button(base.makeAbsoluteURL(self._address("VOTable"))))

    def _question(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.asked if name not in ("MAXREC", "sort")]

    def _address(self, code: str) -> str:
        how = [("_FORMAT", code), ("MAXREC", str(MOST_ROWS)), ("VERB", "3")]
        asked = [(name, value) for name, value in self.asked if name != "MAXREC"]
        return f"{base.makeSitePath(SEARCH)}?{urlencode([RUN, *asked, *how])}"

    def _page(self, **changes: str) -> str:
        kept = [(name, value) for name, value in self.asked if name not in changes]
        return f"{base.makeSitePath(SEARCH)}?{urlencode([RUN, *kept, *changes.items()])}"

    @template.renderer
    def heads(self, request: Request, tag: Any) -> Any:
        """Insert the heads of the columns, which sort."""
        return tag[[self._head(*head) for head in _HEADS]]

    def _head(self, label: str, order: str | None, css: str | None, told: str | None) -> Any:
        if order is None:
            return tags.th(scope="col", class_=css, title=told)[label]
        name, descending = self.search.sort
        here = name == order
        # numbers and dates are wanted from the largest on
        first_down = css == "number" or order in ("date", "level", "release")
        down = not descending if here else first_down
        sorted_now = ("descending" if descending else "ascending") if here else None
        mark = tags.span(class_="sorted", **{"aria-hidden": "true"})[" ▼" if descending else " ▲"] if here else ""
        link = tags.a(href=self._page(sort=f"{'-' if down else ''}{order}"), rel="nofollow")[label]
        return tags.th(scope="col", class_=css, title=told, **{"aria-sort": sorted_now})[link, mark]

    @template.renderer
    def pages(self, request: Request, tag: Any) -> Any:
        """Insert the ways to other pages."""
        found = self.search
        last = max(1, -(-min(found.matched, LAST_ROW) // found.rows))
        if last == 1 and found.page == 1:
            return ""
        ways = [(number, label) for number, label in self._ways(found.page, last)]
        return tag[
            tags.ul(class_="inline")[
                [tags.li[tags.a(href=self._page(page=str(number)), rel="nofollow")[label]] for number, label in ways]
            ],
            tags.span[f"page {found.page:,} of {last:,}"],
        ]

    @staticmethod
    def _ways(page: int, last: int) -> list[tuple[int, str]]:
        ways = [(1, "first"), (page - 1, "previous")] if page > 1 else []
        return [*ways, (page + 1, "next"), (last, "last")] if page < last else ways

    @template.renderer
    def adql(self, request: Request, tag: Any) -> Any:
        """Show the search as ADQL."""
        return tag[self.search.adql]

    @template.renderer
    def adqllink(self, request: Request, tag: Any) -> Any:
        """Link the page where it can be changed and run."""
        address = f"{base.makeSitePath('/__system__/adql/query/form')}?{urlencode({'query': self.search.adql})}"
        return tag[tags.a(href=address, rel="nofollow")["Open it in the query form"], ", change it and run it there."]

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
        tags.th(scope="row")[_details(row), _plot(row) if drawn else ""],
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
        _cell("Level", _two_lines(f"L{row['calib_level']}", _level_notes(row))),
        _cell("Rights", _rights(row), "rights"),
        _cell("Collection", _two_lines(_collection(row["obs_collection"]), row["datapi"] or "")),
        _cell("File", _two_lines(*_file(row))),
    ]


def _details(row: dict[str, Any]) -> Any:
    """Link the page of the granule, or of the exposure."""
    path = f"/detail/exposure/{quote(row['obs_id'], safe=':')}" if row["calib_level"] == 0 else f"/granule/{row['id']}"
    return tags.a(href=base.makeSitePath(path))[row["target_name"] or "(no name)"]


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


def _level_notes(row: dict[str, Any]) -> str:
    calibrator = "calibrator" if (row["dataproduct_category"] or "").startswith("CAL") else ""
    quality = row["quality_level"]
    return " · ".join(filter(None, (calibrator, QUALITY[quality] if quality else "")))


def _rights(row: dict[str, Any]) -> Any:
    if row["data_rights"] == "public":
        return "public"
    until = row["obs_release_date"]
    return _two_lines(tags.span(class_="badge badge-private")["private"], f"until {until:%Y-%m-%d}" if until else "")


def _collection(identifier: str) -> Any:
    return tags.a(href=base.makeSitePath(f"/collection/{quote(identifier, safe='/')}"))[identifier]


def _file(row: dict[str, Any]) -> tuple[Any, Any]:
    size = row["access_estsize"]
    told = "" if size is None else f"{size / 1000:.1f} MB" if size >= 1000 else f"{size} kB"
    links = base.makeSitePath(f"/oidb/q/dl/dlmeta?ID={quote(row['obs_publisher_did'], safe='')}")
    what = "OIFITS" if row["calib_level"] else "frame"
    file = tags.a(href=row["access_url"], title=row["file_name"], rel="nofollow")[what]
    more = tags.a(href=links, rel="nofollow", title="What belongs to it: file, article and more")["links"]
    return file, [told, " · ", more]
