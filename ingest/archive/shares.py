"""Private data shared with persons and groups, and delegations of data PIs; every change is in ``archive.access_log``.

May import ``ingest.archive.connection``, ``ingest.archive.people``, ``ingest.archive.access`` and ``ingest.access``.
"""

from dataclasses import dataclass
from datetime import datetime

from ingest.access.policy import FileAccess, Visitor, may_share
from ingest.archive.access import collection_access, file_access
from ingest.archive.connection import ArchiveError, Cursor
from ingest.archive.groups import find_group
from ingest.archive.people import find_account, log_access
from ingest.errors import MisuseError, OivoError

#: What a delegation can be for, and how people call it.
SCOPES = {"collection": "collection", "progid": "programme", "proposal_subid": "sub-id"}
#: The command line may everything, as a curator may.
OPERATOR = Visitor(0, "operator", "curator", frozenset(), frozenset())


class NotYoursError(OivoError):
    """Somebody wants to decide about data that are not theirs."""


@dataclass(frozen=True)
class Share:
    """A share as people see it.

    Attributes
    ----------
    what
        ``collection ID`` or ``file NAME of ID``.
    shared_with
        Login or ``group ID``.
    with_name
        Name of the person or title of the group.
    granted_by
        Name of who did it; "" for the operator.
    """

    id: int
    collection_id: str
    file_id: int | None
    what: str
    shared_with: str
    with_name: str
    until: datetime | None
    granted_by: str
    granted: datetime
    ended: datetime | None

    def is_in_force(self, now: datetime) -> bool:
        """Tell whether it counts now."""
        return self.ended is None and (self.until is None or now < self.until)


@dataclass(frozen=True)
class Trust:
    """A delegation as people see it."""

    id: int
    pi: str
    pi_name: str
    trusted: str
    trusted_name: str
    scope: str
    value: str
    until: datetime | None
    granted: datetime
    ended: datetime | None

    def is_in_force(self, now: datetime) -> bool:
        """Tell whether it counts now."""
        return self.ended is None and (self.until is None or now < self.until)


def share(
    cursor: Cursor,
    visitor: Visitor,
    *,
    collection_id: str = "",
    file_id: int | None = None,
    login: str = "",
    group: str = "",
    until: datetime | None = None,
    now: datetime,
) -> int:
    """Let a person or a group read a collection, with all that comes into it, or one file; return the share's id.

    Parameters
    ----------
    visitor
        Who does it; `OPERATOR` for the command line.

    Raises
    ------
    MisuseError
        Unless exactly one thing is shared with exactly one; for a date that has passed.
    NotYoursError
        When the visitor may not decide that.
    ArchiveError
        When there is no such collection, file, group or active account.
    """
    if bool(collection_id) == (file_id is not None):
        raise MisuseError("either a collection or a file is shared")
    if bool(login) == bool(group):
        raise MisuseError("share with either a person or a group")
    _check_until(until, now)
    what = _what(cursor, visitor, collection_id, file_id)
    account = _active(cursor, login) if login else None
    if group:
        find_group(cursor, group)
    cursor.execute(
        """INSERT INTO archive.share (collection_id, file_id, account_id, group_id, until, granted_by, granted)
           VALUES (nullif(%s, ''), %s, %s, nullif(%s, ''), %s, nullif(%s, 0), %s) RETURNING id""",
        [collection_id, file_id, account, group, until, visitor.account_id, now],
    )
    row = cursor.fetchone()
    assert row is not None
    told = f"{what} with {login.strip().lower() or f'group {group}'}{_told(until)}"
    log_access(cursor, str(visitor.login), "shared", told)
    return int(row.id)


def end_share(cursor: Cursor, visitor: Visitor, share_id: int, now: datetime) -> None:
    """Take a share back.

    Raises
    ------
    ArchiveError
        When there is none of that id that is in force, or it is about data of others.
    """
    found = [known for known in list_shares(cursor) if known.id == share_id and known.ended is None]
    if not found or not may_share(_access_of(cursor, found[0]), visitor):
        raise ArchiveError("there is no such share", place=str(share_id), remedy="see: ./oivo share list")
    cursor.execute("UPDATE archive.share SET ended = %s WHERE id = %s", [now, share_id])
    log_access(cursor, str(visitor.login), "share ended", f"{found[0].what} with {found[0].shared_with}")


def list_shares(cursor: Cursor, collection_id: str | None = None, account_id: int | None = None) -> list[Share]:
    """Return shares, the newest first: all, those of a collection and its files, or those that an account profits of.

    Ended ones are among them.
    """
    cursor.execute(
        """SELECT s.id, coalesce(s.collection_id, f.collection_id) AS collection_id, s.file_id,
               CASE WHEN s.file_id IS NULL THEN 'collection ' || s.collection_id
                    ELSE 'file ' || f.name || ' of ' || f.collection_id END AS what,
               coalesce(a.login, 'group ' || g.id) AS shared_with, coalesce(a.name, g.title) AS with_name,
               s.until, coalesce(b.name, '') AS granted_by, s.granted, s.ended
           FROM archive.share AS s LEFT JOIN archive.file AS f ON f.id = s.file_id
               LEFT JOIN archive.account AS a ON a.id = s.account_id
               LEFT JOIN archive.account_group AS g ON g.id = s.group_id
               LEFT JOIN archive.account AS b ON b.id = s.granted_by
           WHERE (%(collection)s IS NULL OR coalesce(s.collection_id, f.collection_id) = %(collection)s)
             AND (%(account)s IS NULL OR s.account_id = %(account)s OR s.group_id IN
                  (SELECT group_id FROM archive.account_group_member WHERE account_id = %(account)s))
           ORDER BY s.granted DESC, s.id DESC""",
        {"collection": collection_id, "account": account_id},
    )
    return [Share(**row._asdict()) for row in cursor.fetchall()]


def delegate(
    cursor: Cursor,
    actor: str,
    *,
    pi: str,
    trusted: str,
    scope: str,
    value: str,
    until: datetime | None = None,
    now: datetime,
) -> int:
    """Let a data PI trust somebody with the PI's data of a collection, a programme or a sub-id; return its id.

    It opens only data that name the PI, whatever is said here.

    Raises
    ------
    MisuseError
        For an unknown scope, an empty value, a date that has passed, or a PI who trusts himself.
    ArchiveError
        When one of the two has no active account, or the PI no name as such.
    """
    value = value.strip()
    if scope not in SCOPES or not value or len(value) > 200 or not value.isprintable():
        raise MisuseError(f"name one of: {', '.join(SCOPES.values())}")
    _check_until(until, now)
    pi_id, trusted_id = _active(cursor, pi), _active(cursor, trusted)
    if pi_id == trusted_id:
        raise MisuseError("a data PI need not trust himself", place=pi)
    if not find_account(cursor, pi).aliases:
        raise ArchiveError(
            "has no name as data PI, so there is nothing to delegate",
            place=pi,
            remedy=f"let a curator add one: ./oivo users alias add {pi} NAME",
        )
    cursor.execute(
        """INSERT INTO archive.delegation (pi_id, trusted_id, scope, value, until, granted)
           VALUES (%s, %s, %s, %s, %s, %s) RETURNING id""",
        [pi_id, trusted_id, scope, value, until, now],
    )
    row = cursor.fetchone()
    assert row is not None
    log_access(cursor, actor, "delegated", f"{pi} to {trusted}: {SCOPES[scope]} {value}{_told(until)}")
    return int(row.id)


def end_delegation(cursor: Cursor, visitor: Visitor, delegation_id: int, now: datetime) -> None:
    """Take a delegation back: the PI himself, or a curator.

    Raises
    ------
    ArchiveError
        When there is none of that id that is in force, or it is somebody else's.
    """
    found = [trust for trust in list_delegations(cursor) if trust.id == delegation_id and trust.ended is None]
    if not found or not (found[0].pi == visitor.login or visitor.role == "curator"):
        raise ArchiveError("there is no such delegation", place=str(delegation_id), remedy="see: ./oivo share list")
    cursor.execute("UPDATE archive.delegation SET ended = %s WHERE id = %s", [now, delegation_id])
    told = f"{found[0].pi} to {found[0].trusted}: {SCOPES[found[0].scope]} {found[0].value}"
    log_access(cursor, str(visitor.login), "delegation ended", told)


def list_delegations(cursor: Cursor, account_id: int | None = None) -> list[Trust]:
    """Return delegations, the newest first: all, or those of and to an account; ended ones are among them."""
    cursor.execute(
        """SELECT d.id, p.login AS pi, p.name AS pi_name, t.login AS trusted, t.name AS trusted_name, d.scope, d.value,
               d.until, d.granted, d.ended
           FROM archive.delegation AS d JOIN archive.account AS p ON p.id = d.pi_id
               JOIN archive.account AS t ON t.id = d.trusted_id
           WHERE %(account)s IS NULL OR d.pi_id = %(account)s OR d.trusted_id = %(account)s
           ORDER BY d.granted DESC, d.id DESC""",
        {"account": account_id},
    )
    return [Trust(**row._asdict()) for row in cursor.fetchall()]


def _what(cursor: Cursor, visitor: Visitor, collection_id: str, file_id: int | None) -> str:
    """Return what is shared in words, after making sure that the visitor may share it."""
    if file_id is None:
        access, what = collection_access(cursor, collection_id), f"collection {collection_id}"
    else:
        access, what = file_access(cursor, file_id), f"file {file_id}"
    if not access.collection_id:
        raise ArchiveError(f"there is no {what}")
    if not may_share(access, visitor):
        raise NotYoursError("only its owner, its data PIs and curators decide who reads it", place=what)
    return what


def _access_of(cursor: Cursor, known: Share) -> FileAccess:
    return collection_access(cursor, known.collection_id)


def _active(cursor: Cursor, login: str) -> int:
    account = find_account(cursor, login)
    if account.state != "active":
        raise ArchiveError(f"is {account.state}", place=account.login, remedy="only active accounts can read")
    return account.id


def _check_until(until: datetime | None, now: datetime) -> None:
    if until is not None and until <= now:
        raise MisuseError(f"{until:%Y-%m-%d} has passed already", remedy="give a day to come, or none")


def _told(until: datetime | None) -> str:
    return f" until {until:%Y-%m-%d}" if until else ""
