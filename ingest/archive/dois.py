"""DOIs of collections: which have one, what DataCite has of them, what went wrong.

May import ``ingest.archive.connection``.
"""

from dataclasses import dataclass
from datetime import datetime

import psycopg2

from ingest.archive.connection import ArchiveError, Cursor

STATES = ("draft", "registered", "findable")


@dataclass(frozen=True)
class DoiRecord:
    """The DOI of a collection.

    Attributes
    ----------
    state
        One of `STATES`, as DataCite said last; None until it has answered.
    sha256
        Digest of the metadata that DataCite has.
    problem
        Why the last attempt failed; "" after one that went well.
    """

    collection_id: str
    doi: str
    state: str | None
    sha256: str | None
    registered: datetime | None
    updated: datetime | None
    attempted: datetime | None
    problem: str


def find_doi(cursor: Cursor, collection: str) -> DoiRecord | None:
    """Return the DOI of a collection, also one that is reserved only."""
    cursor.execute(f"{_SELECT} WHERE collection_id = %s", [collection])
    row = cursor.fetchone()
    return None if row is None else DoiRecord(*row)


def list_dois(cursor: Cursor) -> list[DoiRecord]:
    """Return all DOIs, by collection."""
    cursor.execute(f"{_SELECT} ORDER BY collection_id")
    return [DoiRecord(*row) for row in cursor.fetchall()]


_SELECT = """SELECT collection_id, doi, state, sha256, registered, updated, attempted, problem FROM archive.doi"""


def reserve_doi(cursor: Cursor, collection: str, doi: str) -> DoiRecord:
    """Give a collection its DOI, before DataCite is told; one that was registered stays, whatever the settings say.

    Raises
    ------
    ArchiveError
        When another collection has it.
    """
    try:
        cursor.execute(
            """INSERT INTO archive.doi AS d (collection_id, doi) VALUES (%s, %s)
               ON CONFLICT (collection_id) DO UPDATE SET doi = EXCLUDED.doi WHERE d.state IS NULL""",
            [collection, doi],
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ArchiveError("is the DOI of another collection", place=doi, remedy="set another doi.namespace") from error
    found = find_doi(cursor, collection)
    assert found is not None
    return found


def note_registered(cursor: Cursor, collection: str, state: str, sha256: str) -> None:
    """Note that DataCite has the metadata of this digest."""
    cursor.execute(
        """UPDATE archive.doi SET state = %(state)s, sha256 = %(sha256)s, registered = coalesce(registered, now()),
               updated = now(), attempted = now(), problem = '' WHERE collection_id = %(id)s""",
        {"id": collection, "state": state, "sha256": sha256},
    )


def note_problem(cursor: Cursor, collection: str, problem: str) -> None:
    """Note why DataCite has not taken the metadata."""
    cursor.execute(
        "UPDATE archive.doi SET attempted = now(), problem = %s WHERE collection_id = %s", [problem, collection]
    )
