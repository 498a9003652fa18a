"""A work as a Dataset of schema.org, for search engines: what Google's Dataset Search and Bioschemas ask for.

https://schema.org/Dataset, https://developers.google.com/search/docs/appearance/structured-data/dataset. May import
this package.
"""

from typing import Any

from ingest.citation.people import Name
from ingest.citation.subjects import SCHEME_URI, Subject, subjects_of
from ingest.citation.text import clean
from ingest.citation.work import Related, Work, doi_url

#: So long at least must a description be, and so long at most (Dataset Search).
_SHORTEST, _LONGEST = 50, 5000
#: Properties for what DataCite calls relations; others are not told here.
_RELATIONS = {"IsSupplementTo": "citation", "IsDerivedFrom": "isBasedOn"}


def dataset(work: Work) -> dict[str, Any]:
    """Return a work as an object of JSON-LD.

    ``contentUrl`` is given of what anybody may fetch only; the page tells how to get the rest.
    """
    told: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": work.permanent_url,
        "http://purl.org/dc/terms/conformsTo": {"@id": "https://bioschemas.org/profiles/Dataset/1.0-RELEASE"},
        "url": work.url,
        "identifier": _identifiers(work),
        "name": clean(work.title) or work.id,
        "description": described(work),
        "keywords": [
            *(_subject(subject) for subject in subjects_of(map(clean, work.keywords))),
            *map(clean, work.instruments[:20]),
        ],
        "creator": [_agent(name) for name in work.creators],
        "contributor": [_agent(name) for name in work.contributors],
        "publisher": _organisation(work),
        "dateCreated": f"{work.created:%Y-%m-%d}",
        "dateModified": f"{work.updated:%Y-%m-%d}",
        "datePublished": work.available[0].isoformat() if work.available else str(work.year),
        "version": work.version,
        "inLanguage": "en",
        "license": work.licence.url if work.licence else None,
        # free of charge once it is public; said so only of what is
        "isAccessibleForFree": work.access == "open" and not work.withdrawn,
        "conditionsOfAccess": conditions(work),
        "temporalCoverage": "/".join(dict.fromkeys(day.isoformat() for day in work.observed or ())),
        "measurementTechnique": "optical long-baseline interferometry",
        "variableMeasured": list(work.measured),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": f"OiDB at {clean(work.site.name)}",
            "url": work.site.url,
        },
        "isPartOf": _whole(work),
        "size": f"{work.size} bytes" if work.size else None,
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": found.media_type,
                "contentUrl": found.url,
                **({"contentSize": f"{found.size} B"} if found.size else {}),
            }
            for found in work.downloads
        ],
        "creativeWorkStatus": "Withdrawn" if work.withdrawn else None,
        **_related(work.related),
    }
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def described(work: Work) -> str:
    """Return a description as long as search engines want one."""
    text = " ".join(map(clean, work.description))
    if len(text) < _SHORTEST:
        count = f", {work.nb_granules:,} granules" if work.nb_granules > 1 else ""
        text = f"{text} {clean(work.title)}: data of optical long-baseline interferometry{count}.".strip()
    return text[:_LONGEST]


def conditions(work: Work) -> str:
    """Return in words who may read the files."""
    if work.withdrawn:
        return f"Withdrawn on {work.withdrawn:%Y-%m-%d}: {clean(work.why_withdrawn)}"
    if work.access == "open":
        return "Open to everybody."
    if work.access == "none":
        return "Metadata only: the files are kept elsewhere."
    which = "Some files are" if work.access == "partly" else "The files are"
    until = f" until {work.available[1]}" if work.available else " for now"
    return f"{which} private{until}; the metadata are public, and the page tells whom to ask."


def _identifiers(work: Work) -> list[Any]:
    told: list[Any] = [work.id]
    if work.doi:
        told.insert(
            0,
            {
                "@type": "PropertyValue",
                "@id": doi_url(work.doi),
                "propertyID": "https://registry.identifiers.org/registry/doi",
                "value": f"doi:{work.doi}",
                "url": doi_url(work.doi),
            },
        )
    return told


def _subject(subject: Subject) -> Any:
    if not subject.uri:
        return subject.text
    return {"@type": "DefinedTerm", "name": subject.text, "inDefinedTermSet": SCHEME_URI, "url": subject.uri}


def _agent(name: Name) -> dict[str, Any]:
    if name.organisation:
        return {"@type": "Organization", "name": clean(name.full)}
    told: dict[str, Any] = {"@type": "Person", "name": clean(name.direct)}
    if name.family and name.given:
        told |= {"givenName": clean(name.given), "familyName": clean(name.family)}
    if name.orcid:
        told |= {"@id": f"https://orcid.org/{name.orcid}", "identifier": f"https://orcid.org/{name.orcid}"}
    return told


def _organisation(work: Work) -> dict[str, str]:
    return {"@type": "Organization", "name": clean(work.site.organisation), "url": work.site.url}


def _whole(work: Work) -> dict[str, str] | None:
    if work.whole is None:
        return None
    return {
        "@type": "Dataset",
        "@id": doi_url(work.whole.doi) if work.whole.doi else work.whole.url,
        "name": clean(work.whole.title),
        "url": work.whole.url,
    }


def _related(related: tuple[Related, ...]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for other in related:
        name = _RELATIONS.get(other.relation)
        if name:
            told.setdefault(name, []).append(other.url)
    return told
