"""What the page of a collection knows of it.

May import ``ingest`` and this package.
"""

from dataclasses import dataclass

from ingest.archive.collections import Collection, find_collection
from ingest.archive.holdings import HeldFile, held_files
from ingest.archive.products import Product, products_of_collection
from ingest.submission import Desk
from oidb_rd.submit.visit import SubmitVisit


@dataclass(frozen=True)
class Known:
    """A collection with all that its page shows; `retired` is the reason, or ""."""

    collection: Collection
    retired: str
    files: list[HeldFile]
    products: list[Product]

    @property
    def highest_level(self) -> int:
        """Highest level of its files."""
        return max((file.level for file in self.files), default=2)


def identifier_of(visit: SubmitVisit) -> str:
    """Return the collection that a page is about."""
    return "/".join(visit.rest)


def known_of(desk: Desk, identifier: str) -> Known:
    """Return what a collection's page shows, to those who may change it."""
    with desk.archive.transaction() as cursor:
        desk.check_writable(cursor, identifier, retired=True)
        cursor.execute("SELECT retired_reason FROM archive.collection WHERE id = %s", [identifier])
        row = cursor.fetchone()
        return Known(
            find_collection(cursor, identifier),
            row.retired_reason if row is not None else "",
            held_files(cursor, identifier),
            products_of_collection(cursor, identifier),
        )
