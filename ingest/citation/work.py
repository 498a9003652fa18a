"""What is cited: a collection, or a granule as a part of one.

May import this package's ``people``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from ingest.citation.people import Name

#: Whether anybody may read the files now: all of them, some, or none.
Access = Literal["open", "partly", "closed", "none"]


@dataclass(frozen=True)
class Licence:
    """Terms of use, named as SPDX does."""

    id: str
    name: str
    url: str


@dataclass(frozen=True)
class Site:
    """Who publishes.

    Attributes
    ----------
    organisation
        The publisher.
    url
        Of the site, without a slash at its end.
    licence
        Of the data, unless they say otherwise.
    """

    name: str
    organisation: str
    url: str
    licence: Licence | None = None


@dataclass(frozen=True)
class Related:
    """Something that the data stand in relation to.

    Attributes
    ----------
    kind
        One of DataCite's types of related identifiers: DOI, bibcode, URL.
    relation
        One of DataCite's relations, of the data to it: IsSupplementTo, IsPartOf, IsDerivedFrom.
    """

    identifier: str
    kind: str
    relation: str

    @property
    def url(self) -> str:
        """Where it is."""
        if self.kind == "DOI":
            return doi_url(self.identifier)
        if self.kind == "bibcode":
            return f"https://ui.adsabs.harvard.edu/abs/{self.identifier.replace('&', '%26')}"
        return self.identifier


@dataclass(frozen=True)
class Programme:
    """Observing time that an observatory awarded."""

    observatory: str
    id: str


@dataclass(frozen=True)
class Download:
    """Something that can be fetched; ``size`` in bytes where it is known."""

    url: str
    media_type: str
    size: int | None = None


@dataclass(frozen=True)
class Whole:
    """The collection that a granule is a part of."""

    title: str
    url: str
    doi: str | None


@dataclass(frozen=True)
class Work:
    """A collection or a granule, with all that citations and catalogues tell of it.

    Attributes
    ----------
    id
        Identifier of the collection, or the publisher's of the granule.
    doi
        Its own, registered one.
    url
        Of its page: what it is known by where there is no DOI.
    creators
        In their order; never empty.
    contributors
        Who else had a part.
    year
        When the first of it became, or will become, public.
    updated
        When it changed last; its day is the version.
    available
        First and last day of its files' becoming public; None where that is not known.
    observed
        First and last day of observation.
    access
        Whether anybody may read its files.
    downloads
        What anybody may fetch: the file of a granule, tables of what is in a collection.
    items
        Its files that anybody may fetch; of a large collection perhaps only some.
    withdrawn, why_withdrawn
        When and why it was taken out of publication.
    whole
        Of a granule.
    alternates
        Kind and text of other identifiers.
    """

    id: str
    doi: str | None
    url: str
    title: str
    creators: tuple[Name, ...]
    site: Site
    year: int
    created: datetime
    updated: datetime
    type_name: str = "Collection of optical interferometry data (OIFITS)"
    contributors: tuple[Name, ...] = ()
    description: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    facilities: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    available: tuple[date, date] | None = None
    observed: tuple[date, date] | None = None
    access: Access = "open"
    nb_granules: int = 0
    nb_files: int = 0
    size: int = 0
    media_types: tuple[str, ...] = ()
    programmes: tuple[Programme, ...] = ()
    related: tuple[Related, ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()
    licence: Licence | None = None
    downloads: tuple[Download, ...] = ()
    items: tuple[Download, ...] = ()
    withdrawn: datetime | None = None
    why_withdrawn: str = ""
    whole: Whole | None = field(default=None)

    @property
    def version(self) -> str:
        """The day of its last change."""
        return f"{self.updated:%Y-%m-%d}"

    @property
    def cited_doi(self) -> str | None:
        """The DOI to cite: its own, else that of the collection that it is in."""
        return self.doi or (self.whole.doi if self.whole else None)

    @property
    def permanent_url(self) -> str:
        """The address to cite: its DOI as a link, else its page."""
        return doi_url(self.doi) if self.doi else self.url


def doi_url(doi: str) -> str:
    """Return the address that a DOI resolves at."""
    return f"https://doi.org/{doi}"
