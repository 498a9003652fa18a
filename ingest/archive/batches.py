"""What was handed in together to JMDC or BadCal: who, when, which file, under which key.

May import ``ingest.archive.connection`` and ``ingest.errors``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.archive.connection import ArchiveError, Cursor, MissingError


@dataclass(frozen=True)
class KeptBatch:
    """A batch.

    Attributes
    ----------
    name
        Of the file, or empty.
    """

    id: int
    catalogue: str
    account_id: int | None
    name: str
    created: datetime


def create_batch(
    cursor: Cursor, catalogue: str, account_id: int | None, submitter: str, name: str, key: str, sha256: str
) -> int:
    """Write down that somebody hands in a batch; return its number."""
    cursor.execute(
        """INSERT INTO archive.catalogue_batch (catalogue, account_id, submitter, name, key, sha256)
           VALUES (%s, %s, %s, %s, %s, %s) RETURNING id""",
        [catalogue, account_id, submitter, name, key or None, sha256],
    )
    made: Any = cursor.fetchone()
    return int(made.id)


def find_by_key(cursor: Cursor, catalogue: str, submitter: str, key: str, sha256: str) -> int | None:
    """Return the batch that a person handed in under a key; None when there is none.

    Raises
    ------
    ArchiveError
        When it had other rows.
    """
    cursor.execute(
        "SELECT id, sha256 FROM archive.catalogue_batch WHERE (catalogue, submitter, key) = (%s, %s, %s)",
        [catalogue, submitter, key],
    )
    row: Any = cursor.fetchone()
    if row is None:
        return None
    if row.sha256 != sha256:
        raise ArchiveError(f"batch {row.id} has this key and other rows", remedy="use a new key for a new batch")
    return int(row.id)


def find_batch(cursor: Cursor, batch_id: int) -> KeptBatch:
    """Return a batch.

    Raises
    ------
    MissingError
        When there is none of this number.
    """
    cursor.execute(
        "SELECT id, catalogue, account_id, name, created FROM archive.catalogue_batch WHERE id = %s", [batch_id]
    )
    row: Any = cursor.fetchone()
    if row is None:
        raise MissingError("there is no such batch", place=str(batch_id))
    return KeptBatch(*row)
