"""/jmdc/star/NAME: the measurements of a star, drawn and listed, what they say together, what else is here of it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from gavo import base
from gavo.formal import nevowc
from gavo.svcs import UnknownURI
from gavo.web import grend
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.starpage import PublishedMeasurement, star_facts
from ingest.catalogs.bands import METHODS
from ingest.catalogs.jmdc import check, is_placeholder
from ingest.catalogs.summary import Summary, summarise
from jmdc_rd.diameterplot import plot
from obsportal_rd.pages import ReadingPage
from resdir import samp
from resdir.elements import facts, link, moment, number, section, sexagesimal, table
from resdir.marks import report_path, submit_path

_NOTHING = "Addresses here are /jmdc/star/NAME."
_LONGEST_NAME = 100
#: What the table shows without words.
_SEEN = ("not-in-ads", "no-error", "band-text")


class StarPage(ReadingPage):
    """One star."""

    loader = nevowc.XMLFile(__file__.rpartition("/")[0] + "/templates/page.html")

    def __init__(self, request: Request, service: Any, name: str) -> None:
        super().__init__(request, service)
        self.asked = name

    def read(self, cursor: Cursor) -> None:
        """Read all about the star."""
        star = star_facts(cursor, self.asked)
        if star is None:
            raise UnknownURI("No star with measurements has this name; try its HD number, or search by position")
        self.star = star

    def heading(self) -> str:
        """Return its name."""
        return f"Diameters of {self.star.name}"

    def body(self) -> Any:
        """Return everything."""
        entries = self.star.measurements
        found = summarise([entry.measurement for entry in entries])
        return [
            tags.h1[self.star.name],
            facts(self._facts()),
            tags.p[
                link(submit_path("jmdc", id1=self.star.name), "Submit a measurement of this star"),
                " · ",
                link(submit_path("badcal", **self._place()), "Report it as a bad calibrator"),
            ],
            section("Diameter against wavelength", plot(self.star.name, entries), anchor="plot"),
            section("All measurements together", _summary(found), anchor="summary"),
            section(
                f"{len(entries)} measurement{'' if len(entries) == 1 else 's'}",
                _measurements(entries),
                anchor="measurements",
            ),
        ]

    def _place(self) -> dict[str, str]:
        star = self.star
        if star.ra is None or star.dec is None:
            return {"name": star.name}
        return {"name": star.name, "ra": f"{star.ra:.7f}", "dec": f"{star.dec:+.7f}"}

    def _facts(self) -> Iterator[tuple[str, Any]]:
        star = self.star
        yield "Other names", ", ".join(star.aliases)
        if star.ra is None or star.dec is None:
            yield "Position", "not known"
            return
        point = samp.buttons(samp.point_button(star.ra, star.dec))
        yield "Position (ICRS, epoch 2000)", [sexagesimal(star.ra, star.dec), " ", point]
        if star.pm_ra is not None and star.pm_dec is not None:
            yield "Proper motion", f"{number(star.pm_ra, 1)}, {number(star.pm_dec, 1, 'mas/yr')}"
        place = f"{star.ra:.6f} {star.dec:+.6f}"
        reduced = {"__nevow_form__": "genForm", "target": place, "radius": "30 arcsec"}
        address = f"{base.makeSitePath('/oidb/q/search/form')}?{urlencode(reduced)}"
        yield "In OiDB", link(address, _counted(star.granules, "granule")) if star.granules else "nothing within 30″"
        yield "In ObsPortal", self._exposures()
        yield "Used as calibrator", self._calibrations()
        bad = [
            [
                link(report_path(number_), f"report {number_} ({name})"),
                " ",
            ]
            for number_, name in star.reports
        ]
        yield "In BadCal", bad or "no report: nobody said here that it is a bad calibrator"
        simbad = urlencode({"Coord": place, "Radius": "10", "Radius.unit": "arcsec"})
        yield (
            "Elsewhere",
            tags.a(href=f"https://simbad.cds.unistra.fr/simbad/sim-coo?{simbad}", rel="nofollow")["SIMBAD"],
        )

    def _calibrations(self) -> Any:
        star, observed = self.star, self.star.observed
        if observed.last_calibration is None:
            return "not in ObsPortal"
        search = {"target": f"{star.ra:.6f} {star.dec:+.6f}", "obs_type": "calibrator"}
        address = f"{base.makeSitePath('/search')}?{urlencode(search)}"
        bad = ", although BadCal has it" if star.reports else ""
        last = moment(observed.last_calibration, "%Y-%m-%d")
        return [link(address, _counted(observed.calibrations, "exposure")), f", the last on {last}{bad}"]

    def _exposures(self) -> Any:
        observed = self.star.observed
        if not observed.targets:
            return "nothing within 30″"
        first, *others = observed.targets
        shown = [link(base.makeSitePath(f"/detail/target/{first}"), _counted(observed.exposures, "exposure"))]
        shown += [[", ", link(base.makeSitePath(f"/detail/target/{other}"), f"target {other}")] for other in others]
        return shown


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _summary(found: Summary | None) -> Any:
    if found is None:
        return tags.p(class_="hint")["No measurement has both a limb-darkened diameter and an error."]
    digits = 4 if found.error < 0.01 else 3
    return [
        facts(
            [
                (
                    "Weighted mean of limb-darkened diameters",
                    f"{number(found.mean, digits)} ± {number(found.error, digits, 'mas')}",
                ),
                ("Measurements used", str(found.number)),
                ("Reduced χ²", number(found.chi2, 2)),
            ]
        ),
        tags.ul[[tags.li[caveat] for caveat in found.caveats]],
    ]


def _measurements(entries: tuple[PublishedMeasurement, ...]) -> Any:
    heads = (
        "Publication",
        *(("UD (mas)", "number"), ("LD (mas)", "number"), ("Error (mas)", "number")),
        *("Band", "Method", "Notes", "Doubts", "Edition"),
    )
    rows = []
    for entry in entries:
        one = entry.measurement
        doubts = "; ".join(str(each) for each in check(one) if each.rule not in _SEEN)
        rows.append(
            [
                _publication(one.bibcode),
                *(_plain(one.ud_diam), _plain(one.ld_diam), _plain(one.e_ld_diam)),
                *(one.band, METHODS[one.method], one.notes, doubts, entry.edition),
            ]
        )
    return table("Measurements of this star", heads, rows, stacked=True)


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _publication(bibcode: str) -> Any:
    if is_placeholder(bibcode):
        return bibcode.strip(".") or "not in ADS"
    return tags.a(href=f"https://ui.adsabs.harvard.edu/abs/{quote(bibcode)}", rel="nofollow")[bibcode]


class MainPage(grend.ServiceBasedPage):
    """The page that DaCHS' renderer ``custom`` asks for; everything is below it."""

    name = "custom"
    checkedRenderer = False

    @classmethod
    def isBrowseable(cls, service: object) -> bool:
        """Tell that this is no page to look at."""
        return False

    def render(self, request: Request) -> bytes:
        """Answer the bare address."""
        raise UnknownURI(_NOTHING)

    def getChild(self, name: bytes, request: Request) -> Any:
        """Return the page of the star that the rest of the path names."""
        star = "/".join(request.popSegments(name))
        if not 0 < len(star) <= _LONGEST_NAME or not star.isprintable():
            raise UnknownURI(_NOTHING)
        return StarPage(request, self.service, star)
