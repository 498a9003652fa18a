"""DataCite's attributes as XML of its schema, kernel 4.

May import this package's ``datacite``.
"""

import xml.etree.ElementTree as ET
from typing import Any

from ingest.citation.datacite import SCHEMA

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LOCATION = f"{SCHEMA} https://schema.datacite.org/meta/kernel-4.6/metadata.xsd"


def datacite_xml(told: dict[str, Any]) -> str:
    """Return attributes (`ingest.citation.datacite.attributes`) as a document of DataCite's schema."""
    ET.register_namespace("", SCHEMA)
    ET.register_namespace("xsi", _XSI)
    root = ET.Element(f"{{{SCHEMA}}}resource", {f"{{{_XSI}}}schemaLocation": _LOCATION})
    if "doi" in told:
        _add(root, "identifier", told["doi"], identifierType="DOI")
    else:
        _add(root, "identifier", told["identifiers"][0]["identifier"], identifierType="URL")
    _people(root, "creators", "creator", told)
    _list(root, "titles", "title", told, "title", lang="lang")
    _add(root, "publisher", told["publisher"]["name"])
    _add(root, "publicationYear", str(told["publicationYear"]))
    types = told["types"]
    _add(root, "resourceType", types["resourceType"], resourceTypeGeneral=types["resourceTypeGeneral"])
    _list(
        root, "subjects", "subject", told, "subject",
        subjectScheme="subjectScheme", schemeURI="schemeUri", valueURI="valueUri",
    )  # fmt: skip
    _people(root, "contributors", "contributor", told)
    _list(root, "dates", "date", told, "date", dateType="dateType", dateInformation="dateInformation")
    _add(root, "language", told["language"])
    _list(
        root, "alternateIdentifiers", "alternateIdentifier", told, "alternateIdentifier",
        alternateIdentifierType="alternateIdentifierType",
    )  # fmt: skip
    _list(
        root, "relatedIdentifiers", "relatedIdentifier", told, "relatedIdentifier",
        relatedIdentifierType="relatedIdentifierType", relationType="relationType",
    )  # fmt: skip
    _list(root, "sizes", "size", told, "")
    _list(root, "formats", "format", told, "")
    _add(root, "version", told["version"])
    _list(
        root, "rightsList", "rights", told, "rights",
        rightsURI="rightsUri", rightsIdentifier="rightsIdentifier", rightsIdentifierScheme="rightsIdentifierScheme",
        schemeURI="schemeUri",
    )  # fmt: skip
    _list(root, "descriptions", "description", told, "description", descriptionType="descriptionType", lang="lang")
    _funding(root, told)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add(parent: ET.Element, name: str, text: str, **given: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{SCHEMA}}}{name}")
    element.text = text
    for key, value in given.items():
        element.set(_LANG if key == "lang" else key, value)
    return element


def _list(root: ET.Element, wrapper: str, name: str, told: dict[str, Any], content: str, **names: str) -> None:
    """Add a list of the attributes: names of XML's attributes are given with those that JSON has for them.

    Parameters
    ----------
    content
        Member of an entry that is the element's text; "" where entries are texts.
    """
    entries = told.get(wrapper, [])
    if not entries:
        return
    parent = ET.SubElement(root, f"{{{SCHEMA}}}{wrapper}")
    for entry in entries:
        given = {key: entry[member] for key, member in names.items() if content and member in entry}
        _add(parent, name, entry[content] if content else entry, **given)


def _people(root: ET.Element, wrapper: str, name: str, told: dict[str, Any]) -> None:
    parent = ET.SubElement(root, f"{{{SCHEMA}}}{wrapper}")
    for entry in told[wrapper]:
        element = ET.SubElement(parent, f"{{{SCHEMA}}}{name}")
        if "contributorType" in entry:
            element.set("contributorType", entry["contributorType"])
        kind = {"nameType": entry["nameType"]} if "nameType" in entry else {}
        _add(element, f"{name}Name", entry["name"], **kind)
        for part in ("givenName", "familyName"):
            if part in entry:
                _add(element, part, entry[part])
        for known in entry.get("nameIdentifiers", []):
            _add(
                element,
                "nameIdentifier",
                known["nameIdentifier"],
                nameIdentifierScheme=known["nameIdentifierScheme"],
                schemeURI=known["schemeUri"],
            )


def _funding(root: ET.Element, told: dict[str, Any]) -> None:
    entries = told.get("fundingReferences", [])
    if not entries:
        return
    parent = ET.SubElement(root, f"{{{SCHEMA}}}fundingReferences")
    for entry in entries:
        element = ET.SubElement(parent, f"{{{SCHEMA}}}fundingReference")
        _add(element, "funderName", entry["funderName"])
        _add(element, "awardNumber", entry["awardNumber"])
