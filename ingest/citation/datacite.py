"""A work as DataCite's metadata (schema 4.6): the attributes that its REST API takes, and the same as XML.

https://schema.datacite.org/meta/kernel-4.6/ and https://support.datacite.org/docs/api-create-dois. May import this
package.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

from ingest.citation.licences import SPDX
from ingest.citation.people import Name
from ingest.citation.subjects import SCHEME, SCHEME_URI, Subject, subjects_of
from ingest.citation.text import clean
from ingest.citation.work import Work

SCHEMA = "http://datacite.org/schema/kernel-4"

#: Rights to read, in the vocabulary of COAR (https://vocabularies.coar-repositories.org/access_rights/).
_ACCESS = {
    "open": ("open access", "http://purl.org/coar/access_right/c_abf2"),
    "partly": ("embargoed access", "http://purl.org/coar/access_right/c_f1cf"),
    "closed": ("embargoed access", "http://purl.org/coar/access_right/c_f1cf"),
    "none": ("metadata only access", "http://purl.org/coar/access_right/c_14cb"),
}


def attributes(work: Work) -> dict[str, Any]:
    """Return the metadata of a work as the attributes of a DOI in DataCite's JSON.

    Of one without a DOI, ``doi`` is left out and ``identifiers`` has the address of its page.
    """
    told: dict[str, Any] = {
        "doi": work.doi,
        "identifiers": [] if work.doi else [{"identifier": work.url, "identifierType": "URL"}],
        "url": work.url,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": work.type_name},
        "creators": [_name(name) for name in work.creators],
        "titles": [{"title": clean(work.title) or work.id, "lang": "en"}],
        "publisher": {"name": clean(work.site.organisation)},
        "publicationYear": work.year,
        "subjects": [_subject(subject) for subject in subjects_of(map(clean, work.keywords))],
        "contributors": [_contributor(name, "DataCurator") for name in work.contributors]
        + [_contributor(Name(clean(work.site.organisation), organisation=True), "HostingInstitution")],
        "dates": _dates(work),
        "language": "en",
        "alternateIdentifiers": [
            {"alternateIdentifierType": kind, "alternateIdentifier": text} for kind, text in work.alternates
        ],
        "relatedIdentifiers": [
            {
                "relatedIdentifier": other.identifier,
                "relatedIdentifierType": other.kind,
                "relationType": other.relation,
            }
            for other in work.related
        ],
        "sizes": _sizes(work),
        "formats": list(work.media_types),
        "version": work.version,
        "rightsList": _rights(work),
        "descriptions": _descriptions(work),
        "fundingReferences": [
            {"funderName": programme.observatory, "awardNumber": programme.id} for programme in work.programmes
        ],
        "schemaVersion": SCHEMA,
    }
    return {name: value for name, value in told.items() if value not in (None, [], "")}


def digest(told: dict[str, Any]) -> str:
    """Return the SHA-256 of attributes: another one means that DataCite must be told."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _name(name: Name) -> dict[str, Any]:
    told: dict[str, Any] = {"name": clean(name.inverted)}
    if name.organisation:
        return told | {"nameType": "Organizational"}
    if name.family and name.given:
        told |= {"nameType": "Personal", "givenName": clean(name.given), "familyName": clean(name.family)}
    if name.orcid:
        told["nameIdentifiers"] = [
            {
                "nameIdentifier": f"https://orcid.org/{name.orcid}",
                "nameIdentifierScheme": "ORCID",
                "schemeUri": "https://orcid.org",
            }
        ]
    return told


def _contributor(name: Name, kind: str) -> dict[str, Any]:
    return {**_name(name), "contributorType": kind}


def _subject(subject: Subject) -> dict[str, str]:
    if not subject.uri:
        return {"subject": subject.text}
    return {"subject": subject.text, "subjectScheme": SCHEME, "schemeUri": SCHEME_URI, "valueUri": subject.uri}


def _dates(work: Work) -> list[dict[str, str]]:
    told = [
        {"date": _day(work.created), "dateType": "Created"},
        {"date": _day(work.updated), "dateType": "Updated"},
    ]
    if work.available:
        told.append({"date": _span(work.available), "dateType": "Available"})
    if work.observed:
        told.append({"date": _span(work.observed), "dateType": "Collected", "dateInformation": "Observed"})
    if work.withdrawn:
        told.append(
            {"date": _day(work.withdrawn), "dateType": "Withdrawn", "dateInformation": clean(work.why_withdrawn)}
        )
    return told


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _span(days: tuple[date, date]) -> str:
    """Return a day, or first and last day as RKMS-ISO8601 has ranges."""
    return "/".join(dict.fromkeys(day.isoformat() for day in days))


def _sizes(work: Work) -> list[str]:
    counts = ((work.nb_granules, "granule"), (work.nb_files, "file"), (work.size, "byte"))
    return [f"{number} {word}{'s' if number != 1 else ''}" for number, word in counts if number]


def _rights(work: Work) -> list[dict[str, str]]:
    words, uri = _ACCESS["none" if work.withdrawn else work.access]
    told = [{"rights": words, "rightsUri": uri}]
    if work.licence:
        told.append(
            {
                "rights": work.licence.name,
                "rightsUri": work.licence.url,
                "rightsIdentifier": work.licence.id,
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": SPDX,
            }
        )
    return told


def _descriptions(work: Work) -> list[dict[str, str]]:
    told = []
    abstract = "\n\n".join(filter(None, map(clean, work.description)))
    if abstract:
        told.append({"description": abstract, "descriptionType": "Abstract", "lang": "en"})
    names = (("Arrays", work.facilities), ("Instruments", work.instruments))
    methods = ["Optical long-baseline interferometry."]
    methods += [f"{label}: {', '.join(map(clean, found))}." for label, found in names if found]
    told.append({"description": " ".join(methods), "descriptionType": "Methods", "lang": "en"})
    return told
