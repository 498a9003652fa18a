"""Submissions as the archive knows them: what was sent, what was found in it, what its sender put right.

A submission becomes files and granules only by `ingest.submission.save`. May import
``ingest.archive.connection``.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg2 import errors
from psycopg2.extras import Json

from ingest.archive.connection import ArchiveError, Cursor, MissingError


@dataclass(frozen=True)
class Item:
    """One file of a submission.

    Attributes
    ----------
    state
        ``awaited`` (announced, bytes missing), ``received``, ``checked`` or ``refused``.
    problem
        Why it is refused.
    report
        What `ingest.validate.inspect` says of it.
    corrections
        By field for the file; under ``granules`` by ``row|insname|night``, then by field.
    file_id
        The file that it became.
    """

    id: int
    name: str
    state: str
    size_bytes: int | None = None
    sha256: str | None = None
    url: str | None = None
    problem: str | None = None
    report: dict[str, Any] | None = field(default=None, repr=False)
    corrections: dict[str, Any] = field(default_factory=dict, repr=False)
    accepted_reason: str = ""
    file_id: int | None = None


@dataclass(frozen=True)
class Submission:
    """Files that go into one collection together, or not at all."""

    id: str
    account_id: int | None
    level: int
    state: str
    collection_id: str | None
    new_collection: dict[str, Any] | None
    created: datetime
    updated: datetime
    items: tuple[Item, ...] = ()

    def item(self, item_id: int) -> Item:
        """Return one of its files.

        Raises
        ------
        ArchiveError
            When there is none of that number.
        """
        for item in self.items:
            if item.id == item_id:
                return item
        raise MissingError(f"the submission has no file {item_id}")


_SUBMISSION = "id, account_id, level, state, collection_id, new_collection, created, updated"
_ITEM = "id, name, state, size_bytes, sha256, url, problem, report, corrections, accepted_reason, file_id"


def open_submission(cursor: Cursor, account_id: int | None, level: int) -> Submission:
    """Begin a submission."""
    cursor.execute(
        f"INSERT INTO archive.submission (id, account_id, level) VALUES (%s, %s, %s) RETURNING {_SUBMISSION}",
        [secrets.token_hex(16), account_id, level],
    )
    row = cursor.fetchone()
    assert row is not None
    return Submission(**row._asdict())


def find_submission(cursor: Cursor, identifier: str, lock: bool = False) -> Submission:
    """Return a submission with its files.

    Parameters
    ----------
    lock
        Whether others that want to change it have to wait until the transaction ends.

    Raises
    ------
    ArchiveError
        When there is none.
    """
    cursor.execute(
        f"SELECT {_SUBMISSION} FROM archive.submission WHERE id = %s {'FOR UPDATE' if lock else ''}", [identifier]
    )
    row = cursor.fetchone()
    if row is None:
        raise MissingError("there is no such submission", place=identifier[:40])
    cursor.execute(f"SELECT {_ITEM} FROM archive.submission_item WHERE submission_id = %s ORDER BY id", [identifier])
    items = tuple(Item(**item._asdict()) for item in cursor.fetchall())
    return Submission(**row._asdict(), items=items)


def submissions_of(cursor: Cursor, account_id: int, limit: int = 50) -> list[Submission]:
    """Return the submissions of a person without their files, the latest first."""
    cursor.execute(
        f"SELECT {_SUBMISSION} FROM archive.submission WHERE account_id = %s ORDER BY created DESC LIMIT %s",
        [account_id, limit],
    )
    return [Submission(**row._asdict()) for row in cursor.fetchall()]


def add_item(
    cursor: Cursor, submission_id: str, name: str, *, url: str | None = None, size_bytes: int | None = None
) -> Item:
    """Announce a file.

    Raises
    ------
    ArchiveError
        When the submission has one of that name.
    """
    try:
        cursor.execute(
            f"""INSERT INTO archive.submission_item (submission_id, name, url, size_bytes, state)
                VALUES (%s, %s, %s, %s, 'awaited') RETURNING {_ITEM}""",
            [submission_id, name, url, size_bytes],
        )
    except errors.UniqueViolation as error:
        raise ArchiveError("the submission has a file of this name", place=name, remedy="rename one of them") from error
    row = cursor.fetchone()
    assert row is not None
    return Item(**row._asdict())


def set_received(cursor: Cursor, item_id: int, sha256: str, size_bytes: int, report: dict[str, Any]) -> None:
    """Note the bytes of a file and what is in them."""
    problem = report.get("refused") or None
    cursor.execute(
        """UPDATE archive.submission_item SET sha256 = %s, size_bytes = %s, report = %s, problem = %s, state = %s
           WHERE id = %s""",
        [sha256, size_bytes, Json(report), problem, "refused" if problem else "checked", item_id],
    )


def set_problem(cursor: Cursor, item_id: int, problem: str) -> None:
    """Note why a file cannot be taken."""
    cursor.execute(
        "UPDATE archive.submission_item SET problem = %s, state = 'refused' WHERE id = %s", [problem, item_id]
    )


def set_corrections(cursor: Cursor, item_id: int, corrections: dict[str, Any], accepted_reason: str) -> None:
    """Note what a file's sender put right."""
    cursor.execute(
        "UPDATE archive.submission_item SET corrections = %s, accepted_reason = %s WHERE id = %s",
        [Json(corrections), accepted_reason, item_id],
    )


def set_saved(cursor: Cursor, submission_id: str, files: dict[int, int]) -> None:
    """Note that a submission is in the archive: its files' ids by item."""
    for item_id, file_id in files.items():
        cursor.execute("UPDATE archive.submission_item SET file_id = %s WHERE id = %s", [file_id, item_id])
    cursor.execute("UPDATE archive.submission SET state = 'saved', updated = now() WHERE id = %s", [submission_id])


def set_target(
    cursor: Cursor, submission_id: str, collection_id: str | None, new_collection: dict[str, Any] | None
) -> None:
    """Note into which collection a submission goes."""
    cursor.execute(
        "UPDATE archive.submission SET collection_id = %s, new_collection = %s, updated = now() WHERE id = %s",
        [collection_id, None if new_collection is None else Json(new_collection), submission_id],
    )


def set_state(cursor: Cursor, submission_id: str, state: str) -> None:
    """Note that a submission is abandoned, or open again."""
    cursor.execute("UPDATE archive.submission SET state = %s, updated = now() WHERE id = %s", [state, submission_id])


def remove_item(cursor: Cursor, submission_id: str, item_id: int) -> None:
    """Leave a file out of a submission."""
    cursor.execute("DELETE FROM archive.submission_item WHERE id = %s AND submission_id = %s", [item_id, submission_id])


def touch(cursor: Cursor, submission_id: str) -> None:
    """Note that something happened to a submission now."""
    cursor.execute("UPDATE archive.submission SET updated = now() WHERE id = %s", [submission_id])


def digests_in_submissions(cursor: Cursor, days: int = 30) -> set[str]:
    """Return the digests of files in open submissions that somebody worked on lately."""
    cursor.execute(
        """SELECT DISTINCT i.sha256
           FROM archive.submission_item AS i JOIN archive.submission AS s ON s.id = i.submission_id
           WHERE i.sha256 IS NOT NULL AND s.state = 'open' AND s.updated > now() - make_interval(days => %s)""",
        [days],
    )
    return {row.sha256 for row in cursor.fetchall()}
