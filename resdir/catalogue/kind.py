"""What the pages must know of a catalogue.

May import ``ingest``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.archive.connection import Cursor
from ingest.catalogs.fields import FIELDS, Field
from ingest.submission.catalogue import FoundStar


@dataclass(frozen=True)
class Kind:
    """A catalogue.

    Attributes
    ----------
    name, title
        As addresses and people have it: ``jmdc``, JMDC.
    entry
        What an entry is: ``measurement``.
    lead
        What is taken, in a sentence or two.
    groups
        Heading and names of the fields of each part of the form.
    examples
        Of fields that need one.
    summary
        Tells an entry in a line: what a list shows beside its title.
    facts
        Labels and values of an entry.
    around
        Shows what is known of an entry's star already, the entry among it.
    published
        Address of the page on which a published entry is, from its number and its title.
    """

    name: str
    title: str
    entry: str
    lead: Any
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    examples: Mapping[str, str]
    summary: Callable[[Any], str]
    facts: Callable[[Any], list[tuple[str, Any]]]
    around: Callable[[Cursor, Any, FoundStar | None], Any]
    published: Callable[[int, str], str]

    @property
    def fields(self) -> dict[str, Field]:
        """Fields of an entry by their names."""
        return {field.name: field for field in FIELDS[self.name]}

    def title_of(self, values: Mapping[str, str]) -> str:
        """Return the name of the star in an entry's values: the first field has it."""
        return values.get(FIELDS[self.name][0].name, "").strip()

    @property
    def home(self) -> str:
        """Path of the form."""
        return f"/{self.name}/submit"


def entry_path(catalogue: str, entry_id: int) -> str:
    """Return the path of an entry's page, for who handed it in and for curators."""
    return f"/account/entries/{catalogue}/{entry_id}"


#: States of entries in words.
STATES = {
    "submitted": "waiting for a curator",
    "accepted": "published",
    "rejected": "rejected",
    "withdrawn": "withdrawn",
    "retracted": "taken back",
}
