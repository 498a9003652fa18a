"""The search of ObsPortal: /search, a plain form of GET; other programs link here with the same parameters.

``ra``, ``dec``, ``radius`` (arcsec) and ``program_id`` are those of the original; what the door of ASPRO2 takes is
taken here, too (``obsportal_rd.parameters``).
"""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from gavo import base
from gavo.formal import nevowc
from twisted.web import template
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.marks import Mark, marks_of_targets
from ingest.archive.obsportal_search import (
    MOST_COUNTED,
    SORTINGS,
    ExposureQuery,
    FoundExposure,
    find_exposures,
)
from ingest.archive.pool import BusyError
from obsportal_rd import elements
from obsportal_rd.adql import adql_of
from obsportal_rd.pages import ReadingPage, database, load
from obsportal_rd.parameters import ParameterError, Parameters, query_of
from obsportal_rd.places import known_place, resolved_place
from resdir import samp
from resdir.elements import moment

#: What is asked, in the order of the form.
FIELDS = (
    "target",
    "ra",
    "dec",
    "radius",
    "date_from",
    "date_to",
    "instrument",
    "instrument_mode",
    "instrument_submode",
    "interferometer",
    "stations",
    "program_id",
    "obs_type",
    "valid",
    "date_updated_from",
    "date_updated_to",
    "target_id",
    "obs_id",
)
INSTRUMENTS = ("MIDI", "AMBER", "PIONIER", "GRAVITY", "MATISSE", "SPICA")
_ROWS = 100
#: Pages behind this are of no use to people, and each costs all before it.
_MOST_PAGES = 200
_SORT_LABELS = {
    "newest": "newest first",
    "oldest": "oldest first",
    "target": "target",
    "instrument": "instrument and mode",
    "programme": "programme",
}


@dataclass(frozen=True)
class Found:
    """A page of what was found."""

    query: ExposureQuery
    told: str
    exposures: list[FoundExposure]
    total: int
    marks: dict[int, Mark]


class MainPage(ReadingPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    loader = load("search.html")

    def __init__(self, request: Request, service: Any) -> None:
        super().__init__(request, service)
        self.arguments = {
            name.decode("utf-8", "replace"): [value.decode("utf-8", "replace") for value in values]
            for name, values in request.args.items()
        }
        self.parameters = Parameters(self.arguments)
        self.asked = [(name, text) for name in FIELDS if (text := self.first(name))]
        self.errors: dict[str, str] = {}
        self.found: Found | None = None
        self.sorting, self.page = "newest", 1

    def first(self, name: str) -> str:
        """Return what a field of the form shows."""
        return next((value.strip() for value in self.arguments.get(name, []) if value.strip()), "")

    def _read(self) -> None:
        # a form without anything filled in that was sent lists everything
        if not self.asked and "sort" not in self.arguments:
            return
        try:
            self.found = self._search()
        except ParameterError as error:
            self.errors[error.name] = error.told
        except BusyError as error:
            self.errors["form"] = str(error)

    def _search(self) -> Found:
        self.sorting = self.parameters.text("sort") or "newest"
        if self.sorting not in SORTINGS:
            raise ParameterError("sort", f"give one of {', '.join(SORTINGS)}")
        page = self.parameters.text("page") or "1"
        if not (page.isascii() and page.isdigit() and 0 < int(page[:6]) <= _MOST_PAGES):
            raise ParameterError("page", f"pages go from 1 to {_MOST_PAGES}; for more take the VOTable")
        self.page = int(page)
        query, told = query_of(self.parameters), ""
        if target := self.parameters.text("target"):
            query, told = self._at(target, query)
        with database().reading() as cursor:
            exposures, total = find_exposures(cursor, query, self.sorting, (self.page - 1) * _ROWS, _ROWS)
            marks = marks_of_targets(cursor, [found.target_id for found in exposures])
        return Found(query, told, exposures, total, marks)

    def _at(self, target: str, query: ExposureQuery) -> tuple[ExposureQuery, str]:
        radius = self.parameters.radius()
        with database().reading() as cursor:
            place = known_place(cursor, target, radius)
        place = place or resolved_place(target, radius)
        cones, targets = (*query.cones, *place.cones), (*query.target_ids, *place.target_ids)
        return replace(query, cones=cones, target_ids=targets), place.told

    def read(self, cursor: Cursor) -> None:
        """Nothing: this page takes a connection when it knows what to ask."""

    def heading(self) -> str:
        """Return the title, with what was looked for."""
        asked = self.first("target") or self.first("program_id")
        return f"{asked} – ObsPortal search" if asked else "ObsPortal search"

    def body(self) -> Any:
        """Return the result with the form folded below it, or the form alone."""
        form = SearchForm(self)
        if self.found is None:
            return [tags.h1["Search the exposures"], form]
        return [
            tags.h1["Search the exposures"],
            _result(self, self.found),
            tags.details(class_="refine", open=None if self.found.exposures else "open")[
                tags.summary["Change the search"], form
            ],
        ]

    def address(self, **changes: object) -> str:
        """Return the address of this search with something changed."""
        pairs = dict(self.asked) | {"sort": self.sorting} | {name: str(value) for name, value in changes.items()}
        return f"{base.makeSitePath('/search')}?{urlencode(pairs)}"


class SearchForm(nevowc.NevowcElement):
    """The form, filled with what was asked."""

    loader = load("search_form.html")

    def __init__(self, page: MainPage) -> None:
        super().__init__()
        self.page = page

    @template.renderer
    def text(self, request: Request, tag: Any) -> Any:
        """Fill an input with what was typed; tell where its hint and its error are."""
        name = tag.attributes["name"]
        described = [f"hint-{name}"] if tag.attributes.pop("data-hint", None) else []
        if name in self.page.errors:
            described.append(f"error-{name}")
            tag(**{"aria-invalid": "true"})
        if value := self._value(name):
            tag(value=value)
        return tag(id=f"field-{name}", **{"aria-describedby": " ".join(described) or None})

    def _value(self, name: str) -> str:
        ra, dec = self.page.first("ra"), self.page.first("dec")
        if name == "target" and not self.page.first("target") and ra and dec:
            return f"{ra} {dec}"
        return self.page.first(name)

    @template.renderer
    def box(self, request: Request, tag: Any) -> Any:
        """Check a box or a radio button as it was."""
        wanted = self.page.first(tag.attributes["name"]).lower() == tag.attributes["value"]
        return tag(checked="checked" if wanted else None)

    @template.renderer
    def options(self, name: str) -> Any:
        """Fill a select."""
        choices = list(_SORT_LABELS.items())
        if name == "instrument":
            asked = self.page.first("instrument").upper()
            # a link may ask for one that is not in the list
            known = INSTRUMENTS if not asked or asked in INSTRUMENTS else (*INSTRUMENTS, asked)
            choices = [("", "any"), *((instrument, instrument) for instrument in known)]
        chosen = self.page.first(name).upper() if name == "instrument" else self.page.sorting
        return lambda request, tag: tag[
            [
                tags.option(value=value, selected="selected" if value == chosen else None)[label]
                for value, label in choices
            ]
        ]

    @template.renderer
    def error(self, name: str) -> Any:
        """Show what is wrong with a field."""
        return lambda request, tag: (
            tag(id=f"error-{name}", class_="message")[self.page.errors[name]] if name in self.page.errors else ""
        )

    @template.renderer
    def summary(self, request: Request, tag: Any) -> Any:
        """Tell above the form what has to be put right."""
        if not self.page.errors:
            return ""
        known = [
            tags.li[tags.a(href=f"#{_SHOWN_AT.get(name, f'field-{name}')}")[f"{name.replace('_', ' ')}: {message}"]]
            for name, message in self.page.errors.items()
        ]
        return tag(role="alert")[tags.p["The search was not made:"], tags.ul[known]]

    @template.renderer
    def others(self, request: Request, tag: Any) -> Any:
        """Keep conditions that came with a link and have no field of their own."""
        kept = [
            (name, value)
            for name, value in self.page.asked
            if name in ("target_id", "obs_id", "instrument_submode", "date_updated_from", "date_updated_to")
        ]
        return tag[
            [
                tags.label(class_="kept")[
                    tags.input(type="checkbox", name=name, value=value, checked="checked"),
                    f" {name.replace('_', ' ')} {value}",
                ]
                for name, value in kept
            ]
        ]

    @template.renderer
    def action(self, request: Request, tag: Any) -> Any:
        """Set where the form goes."""
        return tag(action=base.makeSitePath("/search"))


#: Where the message of a parameter without a field of its own leads.
_SHOWN_AT = dict.fromkeys(("form", "page", "sort", "target_id", "obs_id", "instrument_submode"), "obsportal-search") | {
    "ra": "field-target",
    "dec": "field-target",
}


def _result(page: MainPage, found: Found) -> Any:
    exact = found.total <= MOST_COUNTED
    count = f"{found.total:,}" if exact else f"More than {MOST_COUNTED:,}"
    head = tags.h2(id="result-head")[f"{count} exposure{'' if found.total == 1 else 's'}"]
    if not found.exposures:
        nothing = "There is nothing on this page." if found.total else "Nothing matches."
        return tags.section(class_="result", **{"aria-labelledby": "result-head"})[
            head, _chips(page, found), tags.p[f"{nothing} Widen the radius or the dates, or leave a field empty."]
        ]
    return tags.section(class_="result", **{"aria-labelledby": "result-head"})[
        head,
        _chips(page, found),
        _toolbar(found),
        _sortings(page),
        elements.exposures_table("Exposures", found.exposures, found.marks),
        _pages(page, found),
        tags.details(class_="adql")[
            tags.summary["The same in ADQL"],
            tags.pre(tabindex="0", **{"aria-label": "ADQL"})[tags.code[adql_of(found.query)]],
            tags.p[tags.a(href=_adql_address(found.query), rel="nofollow")["Try it"], ", or change it first."],
        ],
    ]


def _chips(page: MainPage, found: Found) -> Any:
    told = [found.told] if found.told else []
    hidden = {"target", "radius"} if found.told else set()
    told += [f"{name.replace('_', ' ')}: {value}" for name, value in page.asked if name not in hidden]
    return tags.ul(class_="chips", **{"aria-label": "Conditions"})[[tags.li[text] for text in told]] if told else ""


def votable_path(query: ExposureQuery) -> str:
    """Return the address at which the whole result is a VOTable."""
    pairs: list[tuple[str, str]] = []
    for cone in query.cones[:1]:
        pairs += [("ra", repr(cone.ra)), ("dec", repr(cone.dec)), ("radius", f"{cone.radius * 3600:.10g}")]
    if query.target_ids:
        pairs.append(("target_id", ",".join(map(str, query.target_ids))))
    names = ("instrument", "interferometer", "program_id", "obs_type")
    pairs += [(name, getattr(query, name)) for name in names]
    pairs += [("instrument_mode", query.mode), ("instrument_submode", query.submode)]
    pairs += [("stations", " ".join(query.stations)), ("valid", "" if query.valid is None else str(int(query.valid)))]
    pairs.append(("obs_id", "" if query.observation_id is None else str(query.observation_id)))
    for name, mjd in (("date_from", query.observed_from), ("date_to", query.observed_to)):
        pairs.append((name, "" if mjd is None else moment(mjd, "%Y-%m-%dT%H:%M:%S")))
    for name in ("date_updated_from", "date_updated_to"):
        updated = getattr(query, name.removeprefix("date_"))
        pairs.append((name, updated.isoformat() if updated else ""))
    return f"/search.votable?{urlencode([(name, value) for name, value in pairs if value])}"


def _toolbar(found: Found) -> Any:
    votable = votable_path(found.query)
    query = {"LANG": "ADQL", "FORMAT": "csv", "MAXREC": "1000000", "QUERY": adql_of(found.query)}
    csv = f"{base.makeSitePath('/tap/sync')}?{urlencode(query)}"
    return tags.div(class_="toolbar")[
        tags.span(id="download-label")["All of them as"],
        tags.ul(class_="inline", **{"aria-labelledby": "download-label"})[
            tags.li[tags.a(href=base.makeSitePath(votable), rel="nofollow")["VOTable"]],
            tags.li[tags.a(href=csv, rel="nofollow")["CSV"]],
        ],
        samp.buttons(samp.table_button(base.makeAbsoluteURL(votable))),
    ]


def _sortings(page: MainPage) -> Any:
    """Let people sort without the form: each order is a link."""
    links = [
        tags.li[
            tags.strong(**{"aria-current": "true"})[label]
            if name == page.sorting
            else tags.a(href=page.address(sort=name), rel="nofollow")[label]
        ]
        for name, label in _SORT_LABELS.items()
    ]
    return tags.nav(class_="sortings", **{"aria-label": "Order"})[tags.span["Order:"], tags.ul[links]]


def _pages(page: MainPage, found: Found) -> Any:
    last = min(_MOST_PAGES, -(-found.total // _ROWS))
    if last <= 1:
        return ""
    wanted = sorted({1, page.page - 1, page.page, page.page + 1, last} & set(range(1, last + 1)))
    links: list[Any] = []
    for number, before in zip(wanted, [0, *wanted], strict=False):
        if number > before + 1:
            links.append(tags.li["…"])
        links.append(
            tags.li[tags.strong(**{"aria-current": "page"})[f"{number:,}"]]
            if number == page.page
            else tags.li[tags.a(href=page.address(page=number), rel="nofollow")[f"{number:,}"]]
        )
    start = (page.page - 1) * _ROWS
    told = f"Rows {start + 1:,} to {start + len(found.exposures):,}."
    return tags.nav(class_="pages", **{"aria-label": "Pages"})[tags.span[told], tags.ul[links]]


def _adql_address(query: ExposureQuery) -> str:
    return f"{base.makeSitePath('/__system__/adql/query/form')}?{urlencode({'query': adql_of(query)})}"
