"""What the pages of the catalogues must know of JMDC: the form, an entry in words, an entry among those of its star.

May import ``ingest`` and ``resdir``.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.starpage import PublishedMeasurement, star_facts
from ingest.catalogs.bands import BAND_LETTERS, METHODS, wavelengths_of
from ingest.catalogs.jmdc import Measurement, is_placeholder
from ingest.submission.catalogue import FoundStar
from jmdc_rd.diameterplot import plot
from resdir.catalogue.kind import Kind
from resdir.elements import section, table
from resdir.marks import star_path

_GROUPS = (
    ("Star", ("id1", "id2", "sinpe")),
    ("Its position, where nobody knows the name", ("ra", "dec")),
    ("Measurement", ("ud_diam", "ld_diam", "e_ld_diam", "mu_lambda", "method", "band", "bandcode")),
    ("Publication", ("bibcode", "notes")),
)
_EXAMPLES = {
    "id1": "HD 48915",
    "id2": "alf CMa",
    "ra": "101.2871553",
    "dec": "-16.7161159",
    "bibcode": "2004A&A...426..601D",
    "band": "K",
    "ud_diam": "5.93",
    "ld_diam": "6.04",
    "e_ld_diam": "0.02",
    "mu_lambda": "1.018",
}


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _summary(one: Measurement) -> str:
    value, kind = (one.ld_diam, "LD") if one.ld_diam is not None else (one.ud_diam, "UD")
    error = "" if one.e_ld_diam is None else f" ± {_plain(one.e_ld_diam)}"
    where = f", {one.band}" if one.band else ""
    return f"{kind} {_plain(value)}{error} mas{where}, {one.bibcode}"


def _facts(one: Measurement) -> Iterator[tuple[str, Any]]:
    yield "Star", one.id1
    yield "Name in the publication", one.id2
    yield "Close double", {True: "yes: the name is not precise enough", False: "no", None: ""}[one.sinpe]
    yield "Publication", _publication(one.bibcode)
    yield "Method", METHODS.get(one.method, str(one.method))
    yield "Band", one.band
    yield "Letter of the band", BAND_LETTERS.get(one.bandcode or 0, "")
    yield "Uniform-disk diameter", f"{_plain(one.ud_diam)} mas" if one.ud_diam is not None else ""
    yield "Limb-darkened diameter", f"{_plain(one.ld_diam)} mas" if one.ld_diam is not None else ""
    yield "Error", f"{_plain(one.e_ld_diam)} mas" if one.e_ld_diam is not None else ""
    yield "Factor", _plain(one.mu_lambda)
    yield "Notes", one.notes


def _publication(bibcode: str) -> Any:
    if is_placeholder(bibcode):
        return bibcode
    return tags.a(href=f"https://ui.adsabs.harvard.edu/abs/{quote(bibcode)}", rel="nofollow")[bibcode]


def _around(cursor: Cursor, entry: Measurement | None, star: FoundStar | None) -> Any:
    """Show the diameters of the star that are published, the new one among them."""
    if star is None:
        return ""
    known = star_facts(cursor, star.name)
    published = known.measurements if known else ()
    new = _unpublished(entry) if entry else None
    if not published and new is None:
        return ""
    return section(
        f"Diameters of {star.name}",
        plot(star.name, published, new),
        _listed(published) if published else tags.p(class_="hint")["JMDC has no measurement of this star yet."],
        anchor="among",
    )


def _unpublished(entry: Measurement) -> PublishedMeasurement:
    waves = wavelengths_of(entry.band)
    low, high = (waves.low, waves.high) if waves else (None, None)
    return PublishedMeasurement(0, entry, "", low, high)


def _listed(published: tuple[PublishedMeasurement, ...]) -> Any:
    heads = ("Publication", *((name, "number") for name in ("UD (mas)", "LD (mas)", "Error (mas)")), "Band", "Method")
    rows = [
        [
            _publication(one.bibcode),
            *(_plain(value) for value in (one.ud_diam, one.ld_diam, one.e_ld_diam)),
            one.band,
            METHODS.get(one.method, ""),
        ]
        for one in (known.measurement for known in published)
    ]
    told = f"{len(rows)} published measurement{'' if len(rows) == 1 else 's'} of this star"
    return tags.details[tags.summary[told], table("Published measurements of this star", heads, rows, stacked=True)]


KIND = Kind(
    name="jmdc",
    title="JMDC",
    entry="measurement",
    lead=(
        "Published diameters measured by direct methods: optical interferometry, lunar occultations, intensity "
        "interferometry. One entry is one measurement of one star in one publication, with the values as published."
    ),
    groups=_GROUPS,
    examples=_EXAMPLES,
    summary=_summary,
    facts=lambda entry: list(_facts(entry)),
    around=_around,
    published=lambda number, title: star_path(title),
)
