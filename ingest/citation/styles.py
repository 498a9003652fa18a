"""A work as a reference: in a line of text, as RIS, as CSL-JSON.

RIS as reference managers read it, CSL-JSON 1.0.2 (citationstyles.org). May import this package.
"""

import json
from typing import Any

from ingest.citation.bibtex import key, note
from ingest.citation.jsonld import described
from ingest.citation.people import Name
from ingest.citation.text import clean
from ingest.citation.work import Work, doi_url

_MOST_NAMES = 8


def reference(work: Work) -> str:
    """Return the reference as DataCite recommends: creators (year): title. Version. Publisher. Type. Identifier."""
    names = [clean(name.inverted) for name in work.creators]
    shown = "; ".join(names[:_MOST_NAMES]) + (" et al." if len(names) > _MOST_NAMES else "")
    title = (clean(work.title) or work.id).rstrip(".")
    doi = work.cited_doi
    where = doi_url(doi) if doi else work.url
    parts = [f"{shown} ({work.year}): {title}", f"Version {work.version}", clean(work.site.organisation), "Dataset"]
    if work.whole:
        parts.insert(1, f"Granule {work.id} of the collection “{clean(work.whole.title)}”")
    if work.withdrawn:
        parts.append(f"Withdrawn {work.withdrawn:%Y-%m-%d}")
    return f"{'. '.join(parts)}. {where}"


def ris(work: Work) -> str:
    """Return an entry of RIS."""
    lines = [("TY", "DATA")]
    lines += [("AU", clean(name.inverted)) for name in work.creators]
    lines += [
        ("TI", clean(work.title) or work.id),
        ("PY", str(work.year)),
        ("PB", clean(work.site.organisation)),
        ("DP", f"OiDB at {clean(work.site.name)}"),
        ("ET", work.version),
        ("M3", clean(work.type_name)),
        ("N1", clean(note(work))),
        ("AB", described(work)),
    ]
    lines += [("KW", clean(word)) for word in work.keywords]
    lines += [("DO", work.cited_doi or ""), ("UR", work.url), ("ID", key(work))]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in lines if text) + "ER  - \r\n"


def csl(work: Work) -> str:
    """Return CSL-JSON, a list of one."""
    told: dict[str, Any] = {
        "id": key(work),
        "type": "dataset",
        "title": clean(work.title) or work.id,
        "author": [_csl_name(name) for name in work.creators],
        "issued": {"date-parts": [[work.year]]},
        "publisher": clean(work.site.organisation),
        "version": work.version,
        "abstract": described(work),
        "keyword": ", ".join(map(clean, work.keywords)),
        "note": clean(note(work)),
        "DOI": work.cited_doi,
        "URL": work.url,
        "archive": f"OiDB at {clean(work.site.name)}",
    }
    shown = {name: value for name, value in told.items() if value}
    return json.dumps([shown], ensure_ascii=False, indent=1) + "\n"


def _csl_name(name: Name) -> dict[str, str]:
    if name.family and name.given:
        return {"family": clean(name.family), "given": clean(name.given)}
    return {"literal": clean(name.full)}
