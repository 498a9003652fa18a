"""What DataCite's metadata schema 4.6 asks of a record: mandatory properties, controlled lists, forms of values.

Written from the schema's documentation (https://datacite-metadata-schema.readthedocs.io/en/4.6/), for records as
JSON (the attributes of the REST API) and as XML. Only the values that oivo could use are in the lists.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

NAMESPACE = "{http://datacite.org/schema/kernel-4}"

RESOURCE_TYPES = {"Collection", "Dataset", "Image", "Other", "PhysicalObject", "Service", "Software", "Text"}
RELATIONS = {
    *("IsCitedBy", "Cites", "IsSupplementTo", "IsSupplementedBy", "IsContinuedBy", "Continues", "IsDescribedBy"),
    *(
        "Describes",
        "HasMetadata",
        "IsMetadataFor",
        "HasVersion",
        "IsVersionOf",
        "IsNewVersionOf",
        "IsPreviousVersionOf",
    ),
    *("IsPartOf", "HasPart", "IsPublishedIn", "IsReferencedBy", "References", "IsDocumentedBy", "Documents"),
    *("IsCompiledBy", "Compiles", "IsVariantFormOf", "IsOriginalFormOf", "IsIdenticalTo", "IsReviewedBy", "Reviews"),
    *("IsDerivedFrom", "IsSourceOf", "IsRequiredBy", "Requires", "IsObsoletedBy", "Obsoletes", "IsCollectedBy"),
    *("Collects", "IsTranslationOf", "HasTranslation"),
}
IDENTIFIER_TYPES = {
    *("ARK", "arXiv", "bibcode", "CSTR", "DOI", "EAN13", "EISSN", "Handle", "IGSN", "ISBN", "ISSN", "ISTC", "LISSN"),
    *("LSID", "PMID", "PURL", "RRID", "UPC", "URL", "URN", "w3id"),
}
CONTRIBUTOR_TYPES = {
    *("ContactPerson", "DataCollector", "DataCurator", "DataManager", "Distributor", "Editor", "HostingInstitution"),
    *("Producer", "ProjectLeader", "ProjectManager", "ProjectMember", "RegistrationAgency", "RegistrationAuthority"),
    *("RelatedPerson", "Researcher", "ResearchGroup", "RightsHolder", "Sponsor", "Supervisor", "Translator"),
    *("WorkPackageLeader", "Other"),
}
DATE_TYPES = {
    *("Accepted", "Available", "Copyrighted", "Collected", "Coverage", "Created", "Issued", "Submitted", "Updated"),
    *("Valid", "Withdrawn", "Other"),
}
DESCRIPTION_TYPES = {"Abstract", "Methods", "SeriesInformation", "TableOfContents", "TechnicalInfo", "Other"}
NAME_TYPES = {"Personal", "Organizational"}

#: Member of an attribute's entries, and the values it may have.
_LISTS = (
    ("contributors", "contributorType", CONTRIBUTOR_TYPES),
    ("dates", "dateType", DATE_TYPES),
    ("descriptions", "descriptionType", DESCRIPTION_TYPES),
    ("relatedIdentifiers", "relationType", RELATIONS),
    ("relatedIdentifiers", "relatedIdentifierType", IDENTIFIER_TYPES),
)
#: Text that the entries of an attribute must have.
_TEXTS = {
    "creators": "name",
    "contributors": "name",
    "titles": "title",
    "subjects": "subject",
    "dates": "date",
    "alternateIdentifiers": "alternateIdentifier",
    "relatedIdentifiers": "relatedIdentifier",
    "rightsList": "rights",
    "descriptions": "description",
    "fundingReferences": "funderName",
}
_DAY = r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\dZ)?)?)?"
_DATE = re.compile(rf"{_DAY}(/{_DAY})?")
_MANDATORY = ("creators", "titles", "publisher", "publicationYear", "types", "url")


def problems_of(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the attributes that are wrong, and what is wrong with each."""
    for name in _MANDATORY:
        if not told.get(name):
            yield name, "can't be blank"
    year = told.get("publicationYear")
    if not isinstance(year, int) or not 1000 <= year <= 2100:
        yield "publicationYear", "is not a year"
    if told.get("types", {}).get("resourceTypeGeneral") not in RESOURCE_TYPES:
        yield "types", "has no resourceTypeGeneral of the list"
    if not isinstance(told.get("publisher"), dict) or not told["publisher"].get("name"):
        yield "publisher", "has no name"
    for name, member, values in _LISTS:
        for entry in told.get(name, []):
            if entry.get(member) not in values:
                yield name, f"has {member} {entry.get(member)!r}"
    for name, member in _TEXTS.items():
        for entry in told.get(name, []):
            if not isinstance(entry.get(member), str) or not entry[member].strip():
                yield name, f"has an entry without {member}"
    for entry in [*told.get("creators", []), *told.get("contributors", [])]:
        if entry.get("nameType", "Personal") not in NAME_TYPES:
            yield "creators", f"has nameType {entry['nameType']!r}"
    for entry in told.get("dates", []):
        if not _DATE.fullmatch(entry.get("date", "")):
            yield "dates", f"has the date {entry.get('date')!r}"
    for name in ("sizes", "formats"):
        if not all(isinstance(entry, str) and entry for entry in told.get(name, [])):
            yield name, "has an entry that is no text"


#: Element, its parent, the attribute that it must have, and the values of that.
_ELEMENTS = (
    ("resourceType", "", "resourceTypeGeneral", RESOURCE_TYPES),
    ("contributor", "contributors", "contributorType", CONTRIBUTOR_TYPES),
    ("date", "dates", "dateType", DATE_TYPES),
    ("description", "descriptions", "descriptionType", DESCRIPTION_TYPES),
    ("relatedIdentifier", "relatedIdentifiers", "relationType", RELATIONS),
    ("relatedIdentifier", "relatedIdentifiers", "relatedIdentifierType", IDENTIFIER_TYPES),
)
#: Children of the root that there may be, each once.
_ROOT = {
    *("identifier", "creators", "titles", "publisher", "publicationYear", "resourceType", "subjects", "contributors"),
    *("dates", "language", "alternateIdentifiers", "relatedIdentifiers", "sizes", "formats", "version", "rightsList"),
    *("descriptions", "geoLocations", "fundingReferences", "relatedItems"),
}
#: Attributes of XML that there may be, by element.
_ATTRIBUTES = {
    "identifier": {"identifierType"},
    "creatorName": {"nameType"},
    "contributorName": {"nameType"},
    "contributor": {"contributorType"},
    "nameIdentifier": {"nameIdentifierScheme", "schemeURI"},
    "resourceType": {"resourceTypeGeneral"},
    "subject": {"subjectScheme", "schemeURI", "valueURI"},
    "date": {"dateType", "dateInformation"},
    "alternateIdentifier": {"alternateIdentifierType"},
    "relatedIdentifier": {"relatedIdentifierType", "relationType"},
    "rights": {"rightsURI", "rightsIdentifier", "rightsIdentifierScheme", "schemeURI"},
    "description": {"descriptionType"},
}
#: Order of the children of a creator or contributor.
_PERSON = ("{}Name", "givenName", "familyName", "nameIdentifier", "affiliation")


def problems_of_xml(text: str) -> Iterator[str]:
    """Yield what is wrong with a document of the schema."""
    root = ET.fromstring(text.encode())
    if root.tag != f"{NAMESPACE}resource":
        yield f"root is {root.tag}"
    names = [child.tag.removeprefix(NAMESPACE) for child in root]
    if len(names) != len(set(names)) or not set(names) <= _ROOT:
        yield f"children of the root: {names}"
    for name in ("identifier", "creators", "titles", "publisher", "publicationYear", "resourceType"):
        if name not in names:
            yield f"no {name}"
    for name, parent, attribute, values in _ELEMENTS:
        path = "/".join(f"{NAMESPACE}{part}" for part in (parent, name) if part)
        for element in root.findall(path):
            if element.get(attribute) not in values:
                yield f"{name} has {attribute} {element.get(attribute)!r}"
    yield from _wrong_elements(root)


def _wrong_elements(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        name = element.tag.removeprefix(NAMESPACE)
        if not len(element) and not (element.text or "").strip():
            yield f"{name} is empty"
        unknown = {key for key in element.attrib if not key.startswith("{")} - _ATTRIBUTES.get(name, set())
        if unknown:
            yield f"{name} has {unknown}"
        if name in ("creator", "contributor"):
            order = [part.format(name) for part in _PERSON]
            children = [child.tag.removeprefix(NAMESPACE) for child in element]
            if children != sorted(children, key=order.index):
                yield f"{name} has {children}"
    year = root.findtext(f"{NAMESPACE}publicationYear", "")
    if not re.fullmatch(r"\d{4}", year):
        yield f"publicationYear {year!r}"
    for element in root.iter(f"{NAMESPACE}date"):
        if not _DATE.fullmatch(element.text or ""):
            yield f"date {element.text!r}"
