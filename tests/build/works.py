"""Works to cite: one with everything, of which tests change what they are about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ingest.citation.licences import licence
from ingest.citation.people import people_of
from ingest.citation.work import Download, Programme, Related, Site, Whole, Work

SITE = Site("oivo", "Observatory of Examples", "https://vo.example.org")

WORK = Work(
    id="pionier_2020",
    doi="10.12345/oidb.5pa8-39em",
    url="https://vo.example.org/collection/pionier_2020",
    title="Diameters of bright stars",
    creators=people_of(
        ("Ada Example / van der Meer, Jan", "GRAVITY Collaboration"), {"ada example": "0000-0002-1825-0097"}
    ),
    contributors=people_of(("Cem Curator",)),
    site=SITE,
    year=2021,
    created=datetime(2020, 5, 1, tzinfo=UTC),
    updated=datetime(2021, 6, 2, tzinfo=UTC),
    description=("Squared visibilities of forty stars.", "Calibrated with the usual pipeline, night by night."),
    keywords=("Binary stars", "stars: fundamental parameters"),
    instruments=("PIONIER", "GRAVITY"),
    facilities=("VLTI",),
    measured=("squared visibility", "closure phase"),
    available=(date(2021, 5, 1), date(2021, 5, 3)),
    observed=(date(2020, 4, 1), date(2020, 4, 3)),
    nb_granules=41,
    nb_files=40,
    size=123_456,
    media_types=("application/fits",),
    programmes=(Programme("European Southern Observatory", "0104.C-0567(A)"),),
    related=(Related("2020A&A...640A...1E", "bibcode", "IsSupplementTo"),),
    alternates=(("OiDB collection", "pionier_2020"),),
    licence=licence("CC-BY-4.0"),
    downloads=(Download("https://vo.example.org/table?collection=pionier_2020", "text/csv"),),
    items=(Download("https://vo.example.org/files/1/a.fits", "application/fits", 2880),),
)


def work(**changes: Any) -> Work:
    """Return the work with other values."""
    return replace(WORK, **changes)


def granule(**changes: Any) -> Work:
    """Return a granule of the work."""
    values: dict[str, Any] = {
        "id": "ivo://oivo.example/~?oidb/7",
        "doi": None,
        "url": "https://vo.example.org/granule/7",
        "title": "alf Cen A, PIONIER at VLTI, night of 2020-04-01",
        "whole": Whole(WORK.title, WORK.url, WORK.doi),
        "related": (Related("10.12345/oidb.5pa8-39em", "DOI", "IsPartOf"),),
    }
    return replace(WORK, **values | changes)
