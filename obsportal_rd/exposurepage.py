"""The page of an exposure: what its header tells, where its baselines lie, and what was made of it."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from gavo import base
from gavo.svcs import UnknownURI
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.lineage import MadeGranule, granules_of_exposure
from ingest.archive.marks import mark_at
from ingest.archive.obsportal_queries import (
    ExposureRecord,
    Neighbour,
    StoredBaseline,
    baselines_of_exposure,
    find_exposure,
    neighbours,
)
from obsportal_rd import elements, uvplot
from obsportal_rd.pages import ReadingPage
from resdir.elements import facts, link, moment, number, section, sexagesimal, table
from resdir.marks import facts_of, warning

_QUALITY = ("unknown", "trash", "to be reduced again", "quick look", "science ready", "outstanding")


class ExposurePage(ReadingPage):
    """One exposure."""

    def __init__(self, request: Request, service: Any, exp_id: str) -> None:
        super().__init__(request, service)
        self.exp_id = exp_id

    def read(self, cursor: Cursor) -> None:
        """Read the exposure, its baselines, its neighbours and its products."""
        found = find_exposure(cursor, self.exp_id) if "\0" not in self.exp_id else None
        if found is None:
            raise UnknownURI("No exposure has this identifier")
        self.exposure = found
        self.baselines = baselines_of_exposure(cursor, found.id)
        self.before, self.after = neighbours(cursor, found)
        self.products = granules_of_exposure(cursor, found.id)
        self.mark = mark_at(cursor, found.target_ra, found.target_dec)

    def heading(self) -> str:
        """Return what it is of, and its identifier."""
        return f"Exposure {self.exposure.exp_id}"

    def body(self) -> Any:
        """Return everything."""
        exposure = self.exposure
        tracks = uvplot.tracks_of(self.baselines)
        return [
            tags.h1[elements.breakable(exposure.exp_id)],
            tags.p(class_="lead")[_summary(exposure)],
            _warnings(exposure),
            warning(self.mark) if exposure.obs_type == "calibrator" else "",
            _around(exposure, self.before, self.after),
            tags.div(class_="columns")[
                tags.div[
                    section("When and what", facts([*_observed(exposure), *facts_of(self.mark)]), anchor="what"),
                    section("Instrument", facts(_instrument(exposure)), anchor="instrument"),
                    section("Weather", facts(_weather(exposure)), anchor="weather"),
                ],
                tags.div[
                    section("uv plane", uvplot.plot(tracks, f"uv plane of {exposure.exp_id}"), anchor="uv"),
                    section("Programme", facts(_programme(exposure)), anchor="programme"),
                    section("Target in the header", facts(_pointing(exposure)), anchor="header"),
                ],
            ],
            section("Projected baselines", _baseline_table(self.baselines), anchor="baselines")
            if self.baselines
            else "",
            section("File", facts(_file(exposure)), anchor="file"),
            section("Data made from it", _products(self.products), anchor="products"),
            section("Checks", _checks(exposure), anchor="checks"),
        ]


def _summary(exposure: ExposureRecord) -> list[Any]:
    set_up = " ".join(part for part in (exposure.instrument, exposure.mode, exposure.submode) if part)
    name = exposure.target_name or exposure.raw_target or "no name"
    return [
        elements.target_link(exposure.target_id, name),
        f" ({exposure.obs_type}), {moment(exposure.mjd_start)} UTC, {set_up}",
        f", {exposure.interferometer} {exposure.stations}" if exposure.stations else f", {exposure.interferometer}",
    ]


def _warnings(exposure: ExposureRecord) -> Any:
    if exposure.gone is None:
        return ""
    return tags.div(class_="note")[
        tags.p[f"Withdrawn: since {exposure.gone:%Y-%m-%d} the archive does not have this frame any more."]
    ]


def _around(exposure: ExposureRecord, before: Neighbour | None, after: Neighbour | None) -> Any:
    steps = []
    for label, found in (("Previous", before), ("Next", after)):
        if found:
            told = f"{label} with {exposure.instrument}: {moment(found.mjd_start, '%Y-%m-%d %H:%M:%S')}"
            steps.append(tags.li[link(elements.exposure_path(found.exp_id), told)])
    block = f"Observation {exposure.ob_name or exposure.observation_id}"
    steps.append(tags.li[elements.observation_link(exposure.observation_id, block)])
    return tags.nav(**{"aria-label": "Neighbours"})[tags.ul(class_="steps")[steps]]


def _observed(exposure: ExposureRecord) -> Iterator[tuple[str, Any]]:
    yield "Target", elements.target_link(exposure.target_id, exposure.target_name or "")
    if exposure.target_ra is not None and exposure.target_dec is not None:
        yield "Position (ICRS)", sexagesimal(exposure.target_ra, exposure.target_dec)
        yield "in degrees", f"{exposure.target_ra:.6f} {exposure.target_dec:+.6f}".replace("-", "\N{MINUS SIGN}")
    yield "Kind", exposure.obs_type
    yield "Start (UTC)", moment(exposure.mjd_start)
    yield "End (UTC)", moment(exposure.mjd_end)
    yield "MJD", f"{exposure.mjd_start:.6f} \N{EN DASH} {exposure.mjd_end:.6f}"
    yield "Integration", number(exposure.exptime, 1, "s")
    if exposure.dit is not None and exposure.ndit is not None:
        yield "Detector", f"{exposure.ndit} × {exposure.dit:g}\N{NO-BREAK SPACE}s"
    yield "Template", _template(exposure)


def _template(exposure: ExposureRecord) -> str:
    parts = [exposure.tpl_id or ""]
    if exposure.tpl_expno is not None:
        parts.append(f"exposure {exposure.tpl_expno}" + (f" of {exposure.tpl_nexp}" if exposure.tpl_nexp else ""))
    if exposure.tpl_start is not None:
        parts.append(f"started {exposure.tpl_start.astimezone(UTC):%Y-%m-%d %H:%M:%S}")
    return ", ".join(part for part in parts if part)


def _instrument(exposure: ExposureRecord) -> Iterator[tuple[str, Any]]:
    yield "Array", exposure.interferometer
    yield "Stations", exposure.stations
    yield "Telescopes", exposure.telescopes
    yield "Instrument", exposure.instrument
    yield "Mode", exposure.mode
    yield "Sub-mode", exposure.submode
    if exposure.em_min is not None and exposure.em_max is not None:
        yield "Wavelengths", f"{exposure.em_min * 1e6:.3f}\N{EN DASH}{exposure.em_max * 1e6:.3f}\N{NO-BREAK SPACE}µm"
    yield "Resolving power", number(exposure.em_res_power, 0)
    yield "Fringe tracker", exposure.fringe_tracker
    yield "Adaptive optics", exposure.adaptive_optics


def _weather(exposure: ExposureRecord) -> Iterator[tuple[str, Any]]:
    yield "Seeing", number(exposure.seeing, 2, "″")
    yield "Coherence time τ0", number(None if exposure.tau0 is None else 1000 * exposure.tau0, 2, "ms")
    yield "Temperature", number(exposure.temperature, 1, "°C")
    yield "Humidity", number(exposure.humidity, 0, "%")
    yield "Pressure", number(exposure.pressure, 1, "hPa")
    wind = number(exposure.wind_speed, 1, "m/s")
    direction = number(exposure.wind_direction, 0, "°")
    yield "Wind", f"{wind} from {direction}" if wind and direction else wind
    yield "Water vapour", number(exposure.iwv, 2, "mm")
    yield "Airmass", number(exposure.airmass, 2)
    if exposure.altitude is not None and exposure.azimuth is not None:
        yield "Altitude, azimuth", f"{exposure.altitude:.1f}°, {exposure.azimuth:.1f}° (north through east)"


def _programme(exposure: ExposureRecord) -> Iterator[tuple[str, Any]]:
    yield "Programme", elements.programme_link(exposure.prog_id)
    yield "Title", exposure.prog_title
    yield "PI and co-investigators", exposure.pi_coi
    yield "Number in the proposal", exposure.proposal_subid
    yield (
        "Observing block",
        elements.observation_link(
            exposure.observation_id, exposure.ob_name or str(exposure.ob_id or exposure.observation_id)
        ),
    )
    if exposure.prog_id and exposure.interferometer == "VLTI":
        address = "https://archive.eso.org/wdb/wdb/eso/sched_rep_arc/query?" + urlencode({"progid": exposure.prog_id})
        yield "At ESO", tags.a(href=address, rel="nofollow")["schedule and reports of the programme"]


def _pointing(exposure: ExposureRecord) -> Iterator[tuple[str, Any]]:
    yield "Name", exposure.raw_target
    yield "OBJECT", exposure.object_label if exposure.object_label != exposure.raw_target else ""
    if exposure.ra is not None and exposure.dec is not None:
        yield "Pointing", sexagesimal(exposure.ra, exposure.dec)
    if exposure.ref_ra is not None and exposure.ref_dec is not None:
        yield "Reference", sexagesimal(exposure.ref_ra, exposure.ref_dec)
    yield "Fringe-tracked star", exposure.ft_object
    yield "Science object", exposure.sc_object
    if exposure.sc_offset_ra is not None and exposure.sc_offset_dec is not None:
        yield "Offset between them", f"{exposure.sc_offset_ra:.1f}, {exposure.sc_offset_dec:.1f}\N{NO-BREAK SPACE}mas"


_BASELINE_HEADS = (
    "Baseline",
    ("Length (m)", "number"),
    ("Angle (°)", "number"),
    ("u (m)", "number"),
    ("v (m)", "number"),
    ("Header’s length (m)", "number"),
    ("Header’s angle (°)", "number"),
)


def _baseline_table(baselines: Sequence[StoredBaseline]) -> Any:
    rows = [_baseline_row(baseline) for baseline in baselines]
    return [
        tags.p(class_="hint")["Start → end. Angles from north through east."],
        table("Projected baselines", _BASELINE_HEADS, rows, stacked=True),
    ]


def _baseline_row(baseline: StoredBaseline) -> list[str]:
    track = uvplot.track_of(baseline)
    if track is not None and track.computed:
        lengths = [number(math.hypot(u, v), 2) for u, v in ((track.u_start, track.v_start), (track.u_end, track.v_end))]
        angles = [
            number(math.degrees(math.atan2(u, v)) % 360, 2)
            for u, v in ((track.u_start, track.v_start), (track.u_end, track.v_end))
        ]
        us = [number(track.u_start, 2), number(track.u_end, 2)]
        vs = [number(track.v_start, 2), number(track.v_end, 2)]
    else:
        lengths = angles = us = vs = ["", ""]
    header_lengths = [number(baseline.header_length_start, 2), number(baseline.header_length_end, 2)]
    header_angles = [number(baseline.header_angle_start, 2), number(baseline.header_angle_end, 2)]
    pairs = (lengths, angles, us, vs, header_lengths, header_angles)
    return [f"{baseline.first}\N{EN DASH}{baseline.second}", *(" → ".join(filter(None, pair)) for pair in pairs)]


def _file(exposure: ExposureRecord) -> Iterator[tuple[str, Any]]:
    yield "Frame", tags.code[exposure.header_id]
    yield "Rights", _rights(exposure)
    # only what can be followed safely: the address came with the frame
    if exposure.access_url and exposure.access_url.startswith(("https://", "http://")):
        told = f" ({exposure.access_estsize / 1000:.0f}\N{NO-BREAK SPACE}MB)" if exposure.access_estsize else ""
        yield "At the observatory", [tags.a(href=exposure.access_url, rel="nofollow")["the file in its archive"], told]
    if exposure.interferometer == "VLTI":
        header = f"https://archive.eso.org/hdr?DpId={quote(exposure.header_id, safe=':')}"
        yield "Header", tags.a(href=header, rel="nofollow")["all cards of the header, at ESO"]
    datalink = base.makeSitePath(f"/oidb/q/dl/dlmeta?ID={quote(exposure.publisher_did, safe='')}")
    yield "For programs", [tags.a(href=datalink, rel="nofollow")["DataLink"], " ", tags.code[exposure.publisher_did]]


def _rights(exposure: ExposureRecord) -> str:
    if exposure.release_date is None:
        return "private, until when is not known"
    day = f"{exposure.release_date.astimezone(UTC):%Y-%m-%d}"
    return f"public since {day}" if exposure.release_date <= datetime.now(UTC) else f"private until {day}"


def _products(products: Sequence[MadeGranule]) -> Any:
    if not products:
        return tags.p(class_="hint")["OiDB has no reduced data of this exposure."]
    rows = [
        [
            link(base.makeSitePath(f"/granule/{product.id}"), product.target_name or "(no name)"),
            f"L{product.calib_level}",
            product.instrument,
            moment(product.t_min, "%Y-%m-%d %H:%M") if product.t_min is not None else "",
            link(base.makeSitePath(f"/collection/{quote(product.collection_id, safe='/')}"), product.collection_id),
        ]
        for product in products
    ]
    heads = ("Granule", "Level", "Instrument", ("Start (UTC)", "moment"), "Collection")
    return table("Granules of OiDB made from this exposure", heads, rows, stacked=True)


def _checks(exposure: ExposureRecord) -> Any:
    lists = [
        ("Missing in the header", elements.sentences(exposure.validation_log)),
        ("What ASPRO2 would hold against it", elements.sentences(exposure.aspro_log)),
        ("Found when it was read", elements.sentences(exposure.findings)),
    ]
    level = "The header is complete." if exposure.validation_level else "The header is not complete."
    quality = "" if exposure.quality_level is None else f" A curator’s judgement: {_QUALITY[exposure.quality_level]}."
    changed = f" Last change here: {exposure.date_updated.astimezone(UTC):%Y-%m-%d %H:%M} UTC."
    shown = [
        [tags.h3[title], tags.ul(class_="checks")[[tags.li[sentence] for sentence in found]]]
        for title, found in lists
        if found
    ]
    return [tags.p[level, quality, changed], shown]
