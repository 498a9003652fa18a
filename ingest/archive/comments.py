"""Comments on collections and granules: written by people with an account, shown when a curator has agreed.

May import ``ingest.archive.connection`` and ``ingest.archive.collections``.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.archive.collections import note
from ingest.archive.connection import ArchiveError, Cursor
from ingest.errors import MisuseError, OivoError

LONGEST = 4000
#: An account may write so many in an hour, and have so many that wait for a curator.
MOST_AN_HOUR = 10
MOST_PENDING = 20
_UNSEEN = ("Cc", "Cf", "Cs", "Cn")


class TooManyCommentsError(OivoError):
    """Somebody writes faster than curators read."""


@dataclass(frozen=True)
class Subject:
    """What a comment is on: a collection, or a granule and with it a collection."""

    collection_id: str
    granule_id: int | None = None


@dataclass(frozen=True)
class Comment:
    """A comment.

    Attributes
    ----------
    author
        Name as it was when it was written; may look like an address, which pages must not show.
    state
        ``pending``, ``shown`` or ``refused``.
    """

    id: int
    subject: Subject
    author: str
    body: str
    state: str
    created: datetime
    reviewed: datetime | None


_COMMENT = """SELECT m.id, coalesce(m.collection_id, f.collection_id) AS collection_id, m.granule_id, m.author, m.body,
    m.state, m.created, m.reviewed
  FROM archive.comment AS m LEFT JOIN archive.granule AS g ON g.id = m.granule_id
    LEFT JOIN archive.file AS f ON f.id = g.file_id"""


def clean_body(text: str) -> str:
    """Return a comment's text as it is kept: lines without what cannot be seen, no empty ones at its ends.

    Raises
    ------
    MisuseError
        When it is empty or too long.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # letters are kept; controls, and marks that turn the direction of all that follows, are not
    kept = [
        "".join(char for char in line if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn")) for line in lines
    ]
    body = "\n".join(line.rstrip() for line in kept).strip()
    if not body:
        raise MisuseError("the comment is empty")
    if len(body) > LONGEST:
        raise MisuseError(f"the comment has {len(body):,} characters; at most {LONGEST:,} are wanted")
    return body


def add_comment(
    cursor: Cursor, subject: Subject, account_id: int, author: str, body: str, now: datetime, *, shown: bool
) -> int:
    """Keep a comment, and return its id.

    Parameters
    ----------
    shown
        Whether it is shown at once: curators need nobody's consent.

    Raises
    ------
    MisuseError
        For a text that is none.
    TooManyCommentsError
        When the account has written too many.
    ArchiveError
        When what it is on is not there.
    """
    text = clean_body(body)
    _check_published(cursor, subject)
    # two forms sent at once count one after the other
    cursor.execute("SELECT FROM archive.account WHERE id = %s FOR UPDATE", [account_id])
    cursor.execute(
        """SELECT count(*) FILTER (WHERE created > %s) AS recent, count(*) FILTER (WHERE state = 'pending') AS pending
           FROM archive.comment WHERE account_id = %s""",
        [now - timedelta(hours=1), account_id],
    )
    row = cursor.fetchone()
    assert row is not None
    if row.recent >= MOST_AN_HOUR or row.pending >= MOST_PENDING:
        raise TooManyCommentsError(
            "you have written many comments that nobody has read yet", remedy="wait an hour, or write to the curators"
        )
    cursor.execute(
        """INSERT INTO archive.comment (collection_id, granule_id, account_id, author, body, created)
           VALUES (%s, %s, %s, %s, %s, %s) RETURNING id""",
        [None if subject.granule_id else subject.collection_id, subject.granule_id, account_id, author, text, now],
    )
    made = cursor.fetchone()
    assert made is not None
    if shown:
        review_comment(cursor, made.id, now, shown=True)
    return int(made.id)


def _check_published(cursor: Cursor, subject: Subject) -> None:
    if subject.granule_id is None:
        cursor.execute(
            "SELECT FROM archive.collection WHERE id = %s AND retired IS NULL FOR SHARE", [subject.collection_id]
        )
    else:
        cursor.execute(
            """SELECT FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
                 JOIN archive.collection AS c ON c.id = f.collection_id
               WHERE g.id = %s AND f.retired IS NULL AND c.retired IS NULL FOR SHARE OF g""",
            [subject.granule_id],
        )
    if cursor.fetchone() is None:
        raise ArchiveError("what the comment is on is not there any more")


def comments_on(cursor: Cursor, subject: Subject) -> list[Comment]:
    """Return the comments that are shown with a collection, or with a granule, the first first."""
    column, value = (
        ("granule_id", subject.granule_id) if subject.granule_id else ("collection_id", subject.collection_id)
    )
    cursor.execute(
        f"{_COMMENT} WHERE m.{column} = %s AND m.state = 'shown' ORDER BY m.created, m.id LIMIT 500", [value]
    )
    return _comments(cursor)


def pending_comments(cursor: Cursor) -> list[Comment]:
    """Return the comments that wait for a curator, the first first."""
    cursor.execute(f"{_COMMENT} WHERE m.state = 'pending' ORDER BY m.created, m.id LIMIT 200")
    return _comments(cursor)


def reviewed_comments(cursor: Cursor, limit: int) -> list[Comment]:
    """Return the comments that were judged last."""
    cursor.execute(f"{_COMMENT} WHERE m.state <> 'pending' ORDER BY m.reviewed DESC, m.id DESC LIMIT %s", [limit])
    return _comments(cursor)


def latest_comments(cursor: Cursor, since: datetime, limit: int) -> list[Comment]:
    """Return the comments that came to be shown since a moment, on what is published, the latest first."""
    cursor.execute(
        f"""{_COMMENT} JOIN archive.collection AS c ON c.id = coalesce(m.collection_id, f.collection_id)
            WHERE m.state = 'shown' AND m.reviewed > %s AND c.retired IS NULL AND f.retired IS NULL
            ORDER BY m.reviewed DESC, m.id DESC LIMIT %s""",
        [since, limit],
    )
    return _comments(cursor)


def _comments(cursor: Cursor) -> list[Comment]:
    return [Comment(row.id, Subject(row.collection_id, row.granule_id), *row[3:]) for row in cursor.fetchall()]


def review_comment(cursor: Cursor, comment_id: int, now: datetime, *, shown: bool) -> None:
    """Show a comment or refuse it; what was decided before can be changed.

    Raises
    ------
    ArchiveError
        When there is none.
    """
    cursor.execute(f"{_COMMENT} WHERE m.id = %s FOR UPDATE OF m", [comment_id])
    found = _comments(cursor)
    if not found:
        raise ArchiveError("there is no such comment", place=str(comment_id))
    comment, state = found[0], "shown" if shown else "refused"
    if comment.state == state:
        return
    cursor.execute("UPDATE archive.comment SET state = %s, reviewed = %s WHERE id = %s", [state, now, comment_id])
    if shown:
        subject = f"granule {comment.subject.granule_id}" if comment.subject.granule_id else ""
        note(cursor, "comment", comment.subject.collection_id, subject)
