"""What search engines and reference managers are told of a collection: schema.org in JSON-LD. Pure but for twisted's
elements.
"""

import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any
from urllib.parse import quote

from twisted.web.template import tags

from ingest.archive.oidb_counts import Held
from ingest.archive.oidb_pages import CollectionRecord
from resdir.elements import moment

#: So long at least must a description be, and so long at most.
_SHORTEST, _LONGEST = 50, 5000


def json_ld(facts: dict[str, Any]) -> Any:
    """Return the element."""
    return tags.script(type="application/ld+json")[json_text(facts)]


def json_text(facts: dict[str, Any]) -> str:
    """Return JSON in which no text can end the element that it is in."""
    text = json.dumps(facts, ensure_ascii=True, indent=1)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def dataset(
    record: CollectionRecord,
    held: Held,
    names: Sequence[str],
    address: str,
    site: tuple[str, str],
    tables: dict[str, str],
) -> dict[str, Any]:
    """Return a collection as a Dataset of schema.org.

    Parameters
    ----------
    names
        Data PI and co-PIs.
    address
        Of the collection's page.
    site
        Name and address of the site.
    tables
        Address of the list of its data by media type.
    """
    told = " ".join(record.description.split())
    if len(told) < _SHORTEST:
        told = f"{told} {record.title}: optical long-baseline interferometry, {held.nb:,} granules.".strip()
    facts: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "identifier": record.id,
        "name": record.title,
        "description": told[:_LONGEST],
        "keywords": ["optical interferometry", *held.instruments[:20], *record.keywords],
        "dateCreated": f"{record.created.astimezone(UTC):%Y-%m-%d}",
        "dateModified": f"{record.updated.astimezone(UTC):%Y-%m-%d}",
        "measurementTechnique": "optical long-baseline interferometry",
        "variableMeasured": ["squared visibility", "closure phase", "complex visibility"],
        "isAccessibleForFree": True,
        "includedInDataCatalog": {"@type": "DataCatalog", "name": f"OiDB at {site[0]}", "url": site[1]},
        "publisher": {"@type": "Organization", "name": site[0], "url": site[1]},
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": url}
            for media_type, url in tables.items()
        ],
    }
    if names:
        facts["creator"] = [{"@type": "Person", "name": name} for name in names]
    if held.span:
        facts["temporalCoverage"] = "/".join(moment(mjd, "%Y-%m-%d") for mjd in held.span)
    if record.release_date:
        facts["datePublished"] = f"{record.release_date.astimezone(UTC):%Y-%m-%d}"
    if record.bibcode:
        facts["citation"] = f"https://ui.adsabs.harvard.edu/abs/{quote(record.bibcode, safe='')}"
    return facts
