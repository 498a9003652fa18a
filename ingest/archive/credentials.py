"""What lets somebody in besides a password: sessions, tokens, links to set a password.

Of the random ones only SHA-256 digests are kept. May import ``ingest.archive.connection``, ``ingest.archive.people``
and ``ingest.access``.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.access.passwords import check_new_password, hash_password
from ingest.access.policy import ANONYMOUS, Visitor
from ingest.archive.connection import ArchiveError, Cursor
from ingest.archive.people import Account, account_of_id, checked_line, find_account, log_access, visitor_of_account
from ingest.errors import MisuseError

#: Begins every token, so that a password field can take either, and that a token found somewhere is recognised.
TOKEN_PREFIX = "oivo_"
PASSWORD_LINK_DAYS = 3
#: last_used is for people: not worth a write at each request.
_NOTE_USE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Credential:
    """A token or session as its owner sees it; ``hash`` identifies it and lets nobody in."""

    hash: str
    kind: str
    label: str
    created: datetime
    expires: datetime
    last_used: datetime | None


def digest(secret: str) -> str:
    """Return what is kept of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _create(cursor: Cursor, account_id: int, kind: str, label: str, now: datetime, lifetime: timedelta) -> str:
    secret = secrets.token_urlsafe(32)
    if kind == "token":
        secret = TOKEN_PREFIX + secret
    cursor.execute("DELETE FROM archive.credential WHERE account_id = %s AND expires < %s", [account_id, now])
    cursor.execute(
        "INSERT INTO archive.credential (hash, account_id, kind, label, created, expires) VALUES (%s,%s,%s,%s,%s,%s)",
        [digest(secret), account_id, kind, label, now, now + lifetime],
    )
    return secret


def _bearer(cursor: Cursor, secret: str, kind: str, now: datetime) -> int | None:
    """Return the account that a secret of this kind belongs to, if it is active and the secret in force."""
    cursor.execute(
        """SELECT c.hash, c.account_id, c.last_used FROM archive.credential AS c
               JOIN archive.account AS a ON a.id = c.account_id AND a.state = 'active'
           WHERE c.hash = %s AND c.kind = %s AND c.expires > %s""",
        [digest(secret), kind, now],
    )
    row = cursor.fetchone()
    if row is None:
        return None
    if row.last_used is None or now - row.last_used > _NOTE_USE_AFTER:
        cursor.execute("UPDATE archive.credential SET last_used = %s WHERE hash = %s", [now, row.hash])
    return int(row.account_id)


def create_session(cursor: Cursor, account_id: int, now: datetime, days: int) -> str:
    """Begin a session of the website and return its secret, which goes into a cookie."""
    return _create(cursor, account_id, "session", "", now, timedelta(days=days))


def visitor_of_session(cursor: Cursor, secret: str, now: datetime) -> Visitor:
    """Return who has this session; nobody when it has ended."""
    account_id = _bearer(cursor, secret, "session", now)
    return ANONYMOUS if account_id is None else visitor_of_account(cursor, account_id)


def end_session(cursor: Cursor, secret: str) -> None:
    """End one session."""
    cursor.execute("DELETE FROM archive.credential WHERE hash = %s AND kind = 'session'", [digest(secret)])


def end_sessions(cursor: Cursor, account_id: int) -> int:
    """End all sessions of an account, and say how many those were."""
    cursor.execute("DELETE FROM archive.credential WHERE account_id = %s AND kind = 'session'", [account_id])
    return int(cursor.rowcount)


def create_token(cursor: Cursor, login: str, label: str, now: datetime, days: int, *, actor: str) -> str:
    """Make a token for a person's programs and return it; it cannot be read again.

    Raises
    ------
    MisuseError
        Without a label, or for a time beyond 1 to 1096 days.
    """
    account, label = find_account(cursor, login), checked_line(label, "label", 100)
    if not label:
        raise MisuseError("a token needs a label", remedy="say what it is for")
    if not 1 <= days <= 1096:
        raise MisuseError("a token is for 1 to 1096 days")
    if account.state != "active":
        raise ArchiveError("is not active", place=account.login, remedy=f"./oivo users approve {account.login}")
    token = _create(cursor, account.id, "token", label, now, timedelta(days=days))
    log_access(cursor, actor, "token created", f"{account.login}: {label}, {days} days")
    return token


def visitor_of_token(cursor: Cursor, token: str, now: datetime) -> Visitor:
    """Return whose token this is; nobody when it is unknown, revoked or too old."""
    account_id = _bearer(cursor, token, "token", now)
    return ANONYMOUS if account_id is None else visitor_of_account(cursor, account_id)


def list_credentials(cursor: Cursor, account_id: int, kind: str, now: datetime) -> list[Credential]:
    """Return the tokens or sessions of an account that are in force, the newest first."""
    cursor.execute(
        """SELECT hash, kind, label, created, expires, last_used FROM archive.credential
           WHERE account_id = %s AND kind = %s AND expires > %s ORDER BY created DESC, hash""",
        [account_id, kind, now],
    )
    return [Credential(**row._asdict()) for row in cursor.fetchall()]


def revoke_token(cursor: Cursor, login: str, start: str, *, actor: str) -> None:
    """End the token of a person whose hash begins with this text.

    Raises
    ------
    ArchiveError
        When it is not exactly one.
    """
    account = find_account(cursor, login)
    cursor.execute(
        "SELECT hash, label FROM archive.credential WHERE account_id = %s AND kind = 'token' AND starts_with(hash, %s)",
        [account.id, start],
    )
    found = cursor.fetchall()
    if len(found) != 1 or len(start) < 8:
        raise ArchiveError(
            "has no such token", place=account.login, remedy=f"see: ./oivo users token list {account.login}"
        )
    cursor.execute("DELETE FROM archive.credential WHERE hash = %s", [found[0].hash])
    log_access(cursor, actor, "token revoked", f"{account.login}: {found[0].label}")


def create_password_link(cursor: Cursor, login: str, now: datetime, *, actor: str) -> str:
    """Return the secret of a link with which a person sets a password, once; older links end.

    Raises
    ------
    ArchiveError
        When the account is not active.
    """
    account = find_account(cursor, login)
    if account.state != "active":
        raise ArchiveError(f"is {account.state}", place=account.login, remedy=f"./oivo users approve {account.login}")
    _end_links(cursor, account.id)
    log_access(cursor, actor, "password link", account.login)
    return _create(cursor, account.id, "password link", "", now, timedelta(days=PASSWORD_LINK_DAYS))


def account_of_link(cursor: Cursor, secret: str, now: datetime) -> Account | None:
    """Return whose link this is, or None when it was used or is too old."""
    account_id = _bearer(cursor, secret, "password link", now)
    return None if account_id is None else account_of_id(cursor, account_id)


def use_link(cursor: Cursor, secret: str, password: str, now: datetime) -> Account | None:
    """Set a password by a link, which ends by that; None when it is in force no more.

    Raises
    ------
    PasswordError
        When the password is not good enough; the link stays.
    """
    account = account_of_link(cursor, secret, now)
    if account is None:
        return None
    check_new_password(password, account.login, account.name)
    cursor.execute("DELETE FROM archive.credential WHERE hash = %s RETURNING hash", [digest(secret)])
    if cursor.fetchone() is None:  # somebody else was faster
        return None
    set_password_hash(cursor, account, hash_password(password), actor=account.login)
    return account


def set_password_hash(cursor: Cursor, account: Account, password_hash: str, *, actor: str) -> None:
    """Give an account a new password; its sessions and links end, its tokens stay."""
    cursor.execute("UPDATE archive.account SET password_hash = %s WHERE id = %s", [password_hash, account.id])
    end_sessions(cursor, account.id)
    _end_links(cursor, account.id)
    log_access(cursor, actor, "password set", account.login)


def _end_links(cursor: Cursor, account_id: int) -> None:
    cursor.execute("DELETE FROM archive.credential WHERE account_id = %s AND kind = 'password link'", [account_id])
