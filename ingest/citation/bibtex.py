"""A work as an entry of BibTeX. May import this package."""

import re
import unicodedata

from ingest.citation.people import Name
from ingest.citation.text import latex
from ingest.citation.work import Work


def bibtex(work: Work) -> str:
    """Return an entry: ``@misc``, which every style knows.

    The DOI is that of the collection where a granule has none; the note then names the granule.
    """
    fields = [
        ("author", " and ".join(map(_author, work.creators))),
        ("title", f"{{{latex(work.title)}}}"),
        ("year", str(work.year)),
        ("publisher", f"{{{latex(work.site.organisation)}}}"),
        ("howpublished", latex(f"OiDB at {work.site.name}, {work.type_name}")),
        ("version", work.version),
        ("note", latex(note(work))),
        ("doi", work.cited_doi or ""),
        ("url", work.url),
    ]
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields if value)
    return f"@misc{{{key(work)},\n{lines}}}\n"


def key(work: Work) -> str:
    """Return the entry's key: who, when, what."""
    who = work.creators[0].family or work.creators[0].full
    what = work.id.rpartition("?")[2] if work.whole else work.id
    return f"{_plain(who) or 'oidb'}{work.year}:{_plain(what)}"


def note(work: Work) -> str:
    """Return what else a reference must say: the granule, the version, that it was withdrawn."""
    parts = []
    if work.whole:
        parts.append(f"Granule {work.id} of the collection: {work.whole.title}")
    parts.append(f"Version {work.version}")
    if work.withdrawn:
        parts.append(f"Withdrawn {work.withdrawn:%Y-%m-%d}")
    return ". ".join(parts)


def _author(name: Name) -> str:
    if name.family and name.given:
        return f"{{{latex(name.family)}}}, {latex(name.given)}"
    # in braces " and " parts no names
    return f"{{{latex(name.full)}}}"


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "_", ascii_only).strip("_")
