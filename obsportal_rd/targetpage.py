"""The page of a target: where it is, what headers call it, and all that was observed of it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from gavo import base
from gavo.svcs import UnknownURI, WebRedirect
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.marks import Mark, marks_of_targets
from ingest.archive.obsportal_queries import (
    aliases_of_target,
    find_target,
    instruments_of_target,
    observations_of_target,
)
from obsportal_rd import elements
from obsportal_rd.observationpage import observations_table
from obsportal_rd.pages import ReadingPage
from resdir import samp
from resdir.elements import facts, link, moment, number, section, sexagesimal, table
from resdir.marks import facts_of, submit_path

_MOST_OBSERVATIONS = 200
_ORIGINS = {
    "catalogue": "a table of stars",
    "resolver": "an answer of the name resolver",
    "positions": "positions and names in the headers alone",
}


class TargetPage(ReadingPage):
    """One target."""

    def __init__(self, request: Request, service: Any, target_id: int) -> None:
        super().__init__(request, service)
        self.target_id = target_id

    def read(self, cursor: Cursor) -> None:
        """Read the target, its names, and what it was observed with; of a merged one go to its successor."""
        found = find_target(cursor, self.target_id)
        if found is None:
            raise UnknownURI("No target has this number")
        if found.merged_into is not None:
            raise WebRedirect(base.makeSitePath(f"/detail/target/{found.merged_into}"))
        self.target = found
        self.aliases = aliases_of_target(cursor, found.id)
        self.instruments = instruments_of_target(cursor, found.id)
        self.observations = observations_of_target(cursor, found.id, _MOST_OBSERVATIONS)
        self.mark = marks_of_targets(cursor, [found.id]).get(found.id, Mark())

    def heading(self) -> str:
        """Return its name."""
        return f"Target {self.target.name}"

    def body(self) -> Any:
        """Return everything."""
        total = sum(count.nb for count in self.instruments)
        counts = [
            [
                link(_exposures(self.target_id, instrument=count.instrument), count.instrument),
                count.mode,
                f"{count.nb:,}",
                moment(count.first, "%Y-%m-%d"),
                moment(count.last, "%Y-%m-%d"),
            ]
            for count in self.instruments
        ]
        heads = ("Instrument", "Mode", ("Exposures", "number"), "First", "Last")
        many = len(self.observations) == _MOST_OBSERVATIONS
        return [
            tags.h1[self.target.name],
            facts(self._facts()),
            section(
                f"{total:,} exposure{'' if total == 1 else 's'}",
                tags.p[link(_exposures(self.target_id), "All of them, as a list"), "."],
                table("Exposures by instrument and mode", heads, counts, stacked=True) if counts else "",
                anchor="exposures",
            ),
            section(
                f"The latest {_MOST_OBSERVATIONS} observations" if many else "Observations",
                observations_table("Observations of this target", self.observations),
                anchor="observations",
            )
            if self.observations
            else "",
            section("Names in headers", self._names(), anchor="names") if self.aliases else "",
        ]

    def _facts(self) -> Iterator[tuple[str, Any]]:
        target = self.target
        point = samp.buttons(samp.point_button(target.ra, target.dec))
        yield "Position (ICRS, epoch 2000)", [sexagesimal(target.ra, target.dec), " ", point]
        yield "in degrees", f"{target.ra:.6f} {target.dec:+.6f}".replace("-", "\N{MINUS SIGN}")
        if target.pm_ra is not None and target.pm_dec is not None:
            yield "Proper motion", f"{number(target.pm_ra, 1)}, {number(target.pm_dec, 1, 'mas/yr')}"
        yield "Identified by", _ORIGINS[target.origin]
        yield from facts_of(self.mark)
        yield "Scatter of the headers’ positions", number(target.scatter, 2, "″")
        reduced = {"__nevow_form__": "genForm", "target": f"{target.ra:.6f} {target.dec:+.6f}"}
        yield "Reduced data", link(f"{base.makeSitePath('/oidb/q/search/form')}?{urlencode(reduced)}", "in OiDB")
        simbad = {"Coord": f"{target.ra:.6f} {target.dec:+.6f}", "Radius": "30", "Radius.unit": "arcsec"}
        address = f"https://simbad.cds.unistra.fr/simbad/sim-coo?{urlencode(simbad)}"
        yield "Elsewhere", tags.a(href=address, rel="nofollow")["SIMBAD, around this position"]
        star = {"name": target.name, "ra": f"{target.ra:.7f}", "dec": f"{target.dec:+.7f}"}
        report = tags.a(href=submit_path("badcal", **star), rel="nofollow")["Report it as a bad calibrator"]
        yield "No good calibrator?", report

    def _names(self) -> Any:
        rows = [[alias.raw_name or "(empty)", f"{alias.nb:,}", number(alias.separation, 1)] for alias in self.aliases]
        heads = ("Name", ("Exposures", "number"), ("Farthest position (″)", "number"))
        return table("Names that headers gave to this target", heads, rows, stacked=True)


def _exposures(target_id: int, **more: str) -> str:
    return elements.search_path(target_id=target_id, **more)
