"""Accounts as they are read: for people who run the site, and as the access policy sees them.

They are changed in ``ingest.archive.accounts`` and ``ingest.archive.groups``.

May import ``ingest.archive.connection``, ``ingest.access`` and ``ingest.errors``.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from ingest.access.policy import ANONYMOUS, Visitor, contested_aliases
from ingest.archive.connection import ArchiveError, Cursor
from ingest.errors import MisuseError

ROLES = ("reader", "submitter", "curator")
STATES = ("requested", "active", "blocked")
_LOGIN = re.compile(r'[^@\s,;:<>"\x00-\x1f\x7f]+@[^@\s,;:<>"\x00-\x1f\x7f]+')


@dataclass(frozen=True)
class Account:
    """A person's account, with what the curators see of it; an observatory's has the name of the ``facility``."""

    id: int
    login: str
    name: str
    affiliation: str
    state: str
    role: str
    has_password: bool
    created: datetime
    last_login: datetime | None
    aliases: tuple[str, ...]
    groups: tuple[str, ...]
    orcid: str | None = None
    facility: str = ""
    facility_trusted: bool = False


def log_access(cursor: Cursor, actor: str, action: str, subject: str = "") -> None:
    """Write down who did what about access; never published.

    Parameters
    ----------
    actor
        Login of the person, or ``operator`` for the command line.
    """
    cursor.execute(
        "INSERT INTO archive.access_log (actor, action, subject) VALUES (%s, %s, %s)", [actor, action, subject]
    )


def checked_login(text: str) -> str:
    """Return an e-mail address as logins are stored.

    Raises
    ------
    MisuseError
        When it is none.
    """
    login = text.strip().lower()
    if len(login) > 254 or not _LOGIN.fullmatch(login) or not login.isprintable():
        raise MisuseError(f"{text[:80]!r} is no e-mail address", remedy="write it like ada@example.org")
    return login


def checked_line(text: str, what: str, longest: int = 200) -> str:
    """Return a text of one line, blanks collapsed.

    Raises
    ------
    MisuseError
        When it is too long or has control characters.
    """
    line = " ".join(text.split())
    if len(line) > longest or not line.isprintable():
        raise MisuseError(f"the {what} must be one line of at most {longest} characters")
    return line


_ACCOUNT = """SELECT a.id, a.login, a.name, a.affiliation, a.state, a.role, a.password_hash IS NOT NULL AS has_password,
    a.created, a.last_login, a.orcid, a.facility, a.facility_trusted,
    ARRAY(SELECT alias FROM archive.account_alias WHERE account_id = a.id ORDER BY alias) AS aliases,
    ARRAY(SELECT group_id FROM archive.account_group_member WHERE account_id = a.id ORDER BY group_id) AS groups
  FROM archive.account AS a"""


def _account(row: tuple[object, ...]) -> Account:
    facts = row._asdict()  # type: ignore[attr-defined]
    return Account(**facts | {"aliases": tuple(facts["aliases"]), "groups": tuple(facts["groups"])})


def list_accounts(cursor: Cursor, state: str | None = None) -> list[Account]:
    """Return all accounts, or those of a state, by login."""
    cursor.execute(f"{_ACCOUNT} WHERE %(state)s IS NULL OR a.state = %(state)s ORDER BY a.login", {"state": state})
    return [_account(row) for row in cursor.fetchall()]


def find_account(cursor: Cursor, login: str) -> Account:
    """Return the account of a login.

    Raises
    ------
    ArchiveError
        When there is none.
    """
    cursor.execute(f"{_ACCOUNT} WHERE a.login = %s", [login.strip().lower()])
    row = cursor.fetchone()
    if row is None:
        raise ArchiveError("there is no such account", place=login[:100], remedy="see: ./oivo users list")
    return _account(row)


def account_of_id(cursor: Cursor, account_id: int) -> Account:
    """Return an account by its id, which must be there."""
    cursor.execute(f"{_ACCOUNT} WHERE a.id = %s", [account_id])
    row = cursor.fetchone()
    if row is None:
        raise ArchiveError("there is no such account", place=str(account_id))
    return _account(row)


def people(cursor: Cursor) -> list[Visitor]:
    """Return all active accounts as the policy sees them, without names that several have."""
    known = _visitors(cursor, None)
    contested = contested_aliases(known)
    return [_without(visitor, contested) for visitor in known]


def visitor_of_account(cursor: Cursor, account_id: int) -> Visitor:
    """Return an account as the policy sees it; nobody when it is not active."""
    found = _visitors(cursor, account_id)
    if not found:
        return ANONYMOUS
    cursor.execute(
        """SELECT mine.alias FROM archive.account_alias AS mine JOIN archive.account_alias AS other USING (alias)
               JOIN archive.account AS a ON a.id = other.account_id AND a.state = 'active'
           WHERE mine.account_id = %(id)s AND other.account_id <> %(id)s""",
        {"id": account_id},
    )
    return _without(found[0], frozenset(row.alias for row in cursor.fetchall()))


def visitor_of_login(cursor: Cursor, login: str) -> Visitor:
    """Return the account of a login as the policy sees it; nobody when there is none that is active."""
    cursor.execute("SELECT id FROM archive.account WHERE login = %s", [login.strip().lower()])
    row = cursor.fetchone()
    return ANONYMOUS if row is None else visitor_of_account(cursor, row.id)


def contested_names(cursor: Cursor) -> dict[str, tuple[str, ...]]:
    """Return the names that several active accounts have, with their logins: they open nothing until one is left."""
    cursor.execute(
        """SELECT alias, array_agg(login ORDER BY login) AS logins
           FROM archive.account_alias JOIN archive.account ON account.id = account_id AND state = 'active'
           GROUP BY alias HAVING count(*) > 1 ORDER BY alias"""
    )
    return {row.alias: tuple(row.logins) for row in cursor.fetchall()}


def _visitors(cursor: Cursor, account_id: int | None) -> list[Visitor]:
    cursor.execute(
        f"{_ACCOUNT} WHERE a.state = 'active' AND (%(id)s IS NULL OR a.id = %(id)s) ORDER BY a.login",
        {"id": account_id},
    )
    return [
        Visitor(row.id, row.login, row.role, frozenset(row.aliases), frozenset(row.groups)) for row in cursor.fetchall()
    ]


def _without(visitor: Visitor, contested: frozenset[str]) -> Visitor:
    return Visitor(visitor.account_id, visitor.login, visitor.role, visitor.aliases - contested, visitor.groups)
