"""Groups of accounts, with which data can be shared; every change is in ``archive.access_log``.

May import ``ingest.archive.connection`` and ``ingest.archive.people``.
"""

import re
from dataclasses import dataclass

import psycopg2

from ingest.archive.connection import ArchiveError, Cursor
from ingest.archive.people import checked_line, find_account, log_access
from ingest.errors import MisuseError

_GROUP = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}")


@dataclass(frozen=True)
class Group:
    """A group of accounts."""

    id: str
    title: str
    members: tuple[str, ...]


def create_group(cursor: Cursor, group: str, title: str, *, actor: str) -> None:
    """Create a group.

    Raises
    ------
    ArchiveError
        When its identifier is taken.
    """
    if not _GROUP.fullmatch(group):
        raise MisuseError(f"{group[:60]!r} cannot identify a group", remedy="use a-z, 0-9 and . _ - inside, at most 41")
    try:
        cursor.execute(
            "INSERT INTO archive.account_group (id, title) VALUES (%s, %s)", [group, checked_line(title, "title")]
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ArchiveError("exists already", place=f"group {group}") from error
    log_access(cursor, actor, "group created", group)


def find_group(cursor: Cursor, group: str) -> Group:
    """Return a group.

    Raises
    ------
    ArchiveError
        When there is none of that identifier.
    """
    for found in list_groups(cursor):
        if found.id == group:
            return found
    raise ArchiveError("there is no such group", place=group[:60], remedy="see: ./oivo groups list")


def list_groups(cursor: Cursor) -> list[Group]:
    """Return all groups, with the logins of their members."""
    cursor.execute(
        """SELECT g.id, g.title, ARRAY(SELECT a.login FROM archive.account_group_member AS m
               JOIN archive.account AS a ON a.id = m.account_id WHERE m.group_id = g.id ORDER BY a.login) AS members
           FROM archive.account_group AS g ORDER BY g.id"""
    )
    return [Group(row.id, row.title, tuple(row.members)) for row in cursor.fetchall()]


def add_member(cursor: Cursor, group: str, login: str, *, actor: str) -> None:
    """Put a person into a group, which opens what is shared with it."""
    account = find_account(cursor, login)
    find_group(cursor, group)
    cursor.execute(
        "INSERT INTO archive.account_group_member (group_id, account_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [group, account.id],
    )
    if cursor.rowcount:
        log_access(cursor, actor, "member added", f"{group}: {account.login}")


def remove_member(cursor: Cursor, group: str, login: str, *, actor: str) -> None:
    """Take a person out of a group.

    Raises
    ------
    ArchiveError
        When the person is no member.
    """
    account = find_account(cursor, login)
    cursor.execute(
        "DELETE FROM archive.account_group_member WHERE group_id = %s AND account_id = %s", [group, account.id]
    )
    if not cursor.rowcount:
        raise ArchiveError("is no member", place=account.login, remedy=f"see: ./oivo groups show {group}")
    log_access(cursor, actor, "member removed", f"{group}: {account.login}")
