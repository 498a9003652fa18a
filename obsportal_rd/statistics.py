"""Statistics of ObsPortal: what it holds, by instrument and by year."""

from collections.abc import Sequence
from typing import Any

from gavo.svcs import UnknownURI
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.obsportal_statistics import COUNTS, InstrumentYear
from obsportal_rd import elements
from obsportal_rd.pages import ReadingPage
from oidb_rd.pages import statistics as oidb
from oidb_rd.pages.frame import Page
from resdir import bars
from resdir.elements import link, section, table


class MainPage(ReadingPage):
    """The page that DaCHS' renderer ``custom`` asks for."""

    def getChild(self, name: bytes, request: Request) -> Any:
        """Return the statistics of OiDB."""
        if request.popSegments(name) == ["oidb"]:
            return Page(oidb.view)
        raise UnknownURI("There are statistics at /statistics and at /statistics/oidb")

    def read(self, cursor: Cursor) -> None:
        """Take the counts, which may be some minutes old."""
        self.counts, self.age = COUNTS.get(cursor)

    def heading(self) -> str:
        """Return the title."""
        return "ObsPortal statistics"

    def body(self) -> Any:
        """Return everything."""
        counts = self.counts
        rows = [
            ("Raw frames known", counts.frames, "frames of the instruments, exposures or not"),
            ("Headers", counts.headers, "texts of headers that are kept here"),
            ("Exposures", counts.exposures, "frames on a target with the array"),
            (
                "Invalid exposures",
                counts.invalid,
                "something is missing in the header; they are published all the same",
            ),
            ("Withdrawn", counts.withdrawn, "exposures whose frame the observatory does not have any more"),
            ("Observations", counts.observations, "observing blocks, or templates without one"),
            ("Targets", counts.targets, "stars and other objects, identified by name and position"),
            ("Programmes", counts.programmes, "observing programmes and their runs"),
        ]
        return [
            tags.h1["ObsPortal statistics"],
            tags.p[
                "The raw exposures. The reduced data have ", link("/statistics/oidb", "statistics of their own"), "."
            ],
            table(
                "Counts",
                ("What", ("Number", "number"), "Meaning"),
                [[name, f"{number:,}", meaning] for name, number, meaning in rows],
                stacked=False,
            ),
            tags.p(class_="hint")[f"Counted {_told(self.age)}."],
            section("Exposures by year and instrument", _years(counts.years), anchor="years"),
            section("By instrument", _instruments(counts.years), anchor="instruments"),
            section("Frames that are no exposures", _others(counts.not_exposures), anchor="others")
            if counts.not_exposures
            else "",
        ]


def _told(age: float) -> str:
    if age < 60:
        return "just now"
    minutes = round(age / 60)
    return f"{minutes} minute{'s' * (minutes != 1)} ago"


def _years(years: Sequence[InstrumentYear]) -> Any:
    if not years:
        return tags.p(class_="hint")["There are no exposures yet."]
    return bars.by_year("Exposures", "instrument", {(row.year, row.instrument): row.nb for row in years})


def _instruments(years: Sequence[InstrumentYear]) -> Any:
    rows = []
    for name in dict.fromkeys(row.instrument for row in years):
        mine = [row for row in years if row.instrument == name]
        total, invalid = sum(row.nb for row in mine), sum(row.nb_invalid for row in mine)
        rows.append(
            [
                link(elements.search_path(instrument=name), name),
                f"{total:,}",
                f"{invalid:,}",
                f"{100 * invalid / total:.1f}",
                f"{mine[0].year}–{mine[-1].year}" if len(mine) > 1 else str(mine[0].year),
            ]
        )
    heads = ("Instrument", ("Exposures", "number"), ("Invalid", "number"), ("Invalid (%)", "number"), "Years")
    return table("Exposures by instrument", heads, rows, stacked=False) if rows else ""


def _others(reasons: Sequence[tuple[str, int]]) -> Any:
    rows = [[reason, f"{number:,}"] for reason, number in reasons]
    return table("Frames that are no exposures, by reason", ("Reason", ("Frames", "number")), rows, stacked=False)
