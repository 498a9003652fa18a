"""The forms in which a work can be had: their file names, media types, and what writes them.

May import this package.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from ingest.citation.bibtex import bibtex
from ingest.citation.datacite import SCHEMA, attributes
from ingest.citation.datacite_xml import datacite_xml
from ingest.citation.jsonld import dataset
from ingest.citation.styles import csl, reference, ris
from ingest.citation.work import Work


@dataclass(frozen=True)
class Form:
    """A form of a work.

    Attributes
    ----------
    name
        Name of its file below the address of the work's page.
    label
        For people.
    media_type
        Also what a client asks for with Accept.
    profile
        Says more than the media type, where that is common to many.
    cites
        Whether it is for reference lists; else it describes.
    """

    name: str
    label: str
    media_type: str
    write: Callable[[Work], str]
    profile: str = ""
    cites: bool = False

    @property
    def served(self) -> str:
        """The header Content-Type of its file; browsers show a plain text."""
        if self.media_type == "text/x-bibliography":
            return "text/plain; charset=utf-8"
        return self.media_type if "json" in self.media_type else f"{self.media_type}; charset=utf-8"


def _json(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


FORMS = (
    Form("cite.bib", "BibTeX", "application/x-bibtex", bibtex, cites=True),
    Form("cite.ris", "RIS", "application/x-research-info-systems", ris, cites=True),
    Form("cite.csl.json", "CSL-JSON", "application/vnd.citationstyles.csl+json", csl, cites=True),
    Form("cite.txt", "text", "text/x-bibliography", lambda work: f"{reference(work)}\n", cites=True),
    Form(
        "datacite.xml",
        "DataCite XML",
        "application/vnd.datacite.datacite+xml",
        lambda work: datacite_xml(attributes(work)),
        SCHEMA,
    ),
    Form(
        "datacite.json",
        "DataCite JSON",
        "application/vnd.datacite.datacite+json",
        lambda work: _json(attributes(work)),
        SCHEMA,
    ),
    Form(
        "schema.jsonld",
        "schema.org JSON-LD",
        "application/ld+json",
        lambda work: _json(dataset(work)),
        "https://schema.org/",
    ),
)
