"""Subjects of data as terms of the Unified Astronomy Thesaurus (UAT), in the IVOA's form of it.

May import the standard library only.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SCHEME = "Unified Astronomy Thesaurus"
SCHEME_URI = "http://www.ivoa.net/rdf/uat"

#: What all data here are about.
_ALWAYS = ("Optical interferometry", "Long baseline interferometry")
#: Further labels of the thesaurus that authors use as keywords; a term is its label in lower case with hyphens.
_LABELS = (
    "Active galactic nuclei",
    "Be stars",
    "Binary stars",
    "Circumstellar disks",
    "Exoplanets",
    "Interferometers",
    "Protoplanetary disks",
    "Stellar radii",
    "Surveys",
    "Young stellar objects",
)


@dataclass(frozen=True)
class Subject:
    """A keyword; ``uri`` where it is a term of the thesaurus, else ""."""

    text: str
    uri: str = ""


def subjects_of(keywords: Iterable[str]) -> tuple[Subject, ...]:
    """Return the subjects of data with some keywords, each once."""
    labels = {label.lower(): label for label in (*_ALWAYS, *_LABELS)}
    found = {label: Subject(label, _uri(label)) for label in _ALWAYS}
    for keyword in keywords:
        label = labels.get(keyword.lower())
        found.setdefault(label or keyword, Subject(label, _uri(label)) if label else Subject(keyword))
    return tuple(found.values())


def _uri(label: str) -> str:
    return f"{SCHEME_URI}#{label.lower().replace(' ', '-')}"
