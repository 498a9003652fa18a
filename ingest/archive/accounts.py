"""Accounts and their names as data PI: made, changed, blocked; every change is in ``archive.access_log``.

May import ``ingest.archive.connection``, ``ingest.archive.people``, ``ingest.access`` and ``ingest.citation``.
"""

import psycopg2

from ingest.access.policy import normalised_name
from ingest.archive.connection import ArchiveError, Cursor
from ingest.archive.people import Account, checked_line, checked_login, find_account, log_access
from ingest.citation.people import is_orcid
from ingest.errors import MisuseError

#: Requests that may wait for a curator at a time; more are somebody's program.
_MOST_REQUESTS = 500


def create_account(
    cursor: Cursor, login: str, name: str, affiliation: str, *, actor: str, role: str = "reader", state: str = "active"
) -> int:
    """Create an account and return its id.

    Raises
    ------
    ArchiveError
        When the login is taken.
    """
    login, name = checked_login(login), checked_line(name, "name")
    if not name:
        raise MisuseError("a person needs a name", place=login)
    try:
        cursor.execute(
            """INSERT INTO archive.account (login, name, affiliation, state, role)
               VALUES (%s, %s, %s, %s, %s) RETURNING id""",
            [login, name, checked_line(affiliation, "affiliation"), state, role],
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ArchiveError("has an account already", place=login, remedy=f"see: ./oivo users show {login}") from error
    row = cursor.fetchone()
    assert row is not None
    log_access(cursor, actor, f"account {state}", f"{login} ({role})")
    return int(row.id)


def request_account(cursor: Cursor, login: str, name: str, affiliation: str) -> bool:
    """Note that somebody wants an account; False when too many wait.

    A login that has an account already changes nothing and is answered in the same way: whoever asks is a stranger.
    """
    login, name = checked_login(login), checked_line(name, "name")
    if not name:
        raise MisuseError("a person needs a name", place=login)
    cursor.execute("SELECT count(*) AS waiting FROM archive.account WHERE state = 'requested'")
    row = cursor.fetchone()
    assert row is not None
    if row.waiting >= _MOST_REQUESTS:
        return False
    cursor.execute(
        """INSERT INTO archive.account (login, name, affiliation, state) VALUES (%s, %s, %s, 'requested')
           ON CONFLICT (login) DO NOTHING""",
        [login, name, checked_line(affiliation, "affiliation")],
    )
    if cursor.rowcount:
        log_access(cursor, "anonymous", "account requested", login)
    return True


def edit_account(cursor: Cursor, login: str, /, *, actor: str, **changes: str) -> None:
    """Change login, name, affiliation, role or ORCID of an account; an ORCID of "" is taken away.

    Collections that the person owns follow a new login.
    """
    account = find_account(cursor, login)
    checked = {
        key: checked_login(value) if key == "login" else checked_line(value, key) for key, value in changes.items()
    }
    if not checked.get("name", account.name):
        raise MisuseError("a person needs a name", place=login)
    orcid = checked.get("orcid", "").removeprefix("https://orcid.org/")
    if orcid and not is_orcid(orcid):
        raise MisuseError(f"{orcid!r} is no ORCID", place=login, remedy="write it like 0000-0002-1825-0097")
    values = {key: checked.get(key, getattr(account, key)) for key in ("login", "name", "affiliation", "role")}
    values["orcid"] = orcid if "orcid" in checked else account.orcid or ""
    try:
        cursor.execute(
            """UPDATE archive.account SET login = %(login)s, name = %(name)s, affiliation = %(affiliation)s,
                   role = %(role)s, orcid = nullif(%(orcid)s, '')
               WHERE id = %(id)s""",
            values | {"id": account.id},
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ArchiveError("has an account already", place=values["login"]) from error
    if values["login"] != account.login:
        cursor.execute(
            "UPDATE archive.collection SET owner = %s WHERE lower(owner) = %s", [values["login"], account.login]
        )
    told = ", ".join(f"{key} {value}" for key, value in checked.items())
    log_access(cursor, actor, "account changed", f"{account.login}: {told}")


def set_facility(cursor: Cursor, login: str, name: str, *, trusted: bool, actor: str) -> None:
    """Let an account be that of an observatory, or of a person again.

    Parameters
    ----------
    name
        Of the observatory; "" makes it a person's account.
    trusted
        Whether its reports of bad calibrators are published without review.

    Raises
    ------
    MisuseError
        When an account that is no observatory's is to be trusted.
    """
    account, name = find_account(cursor, login), checked_line(name, "name", 100)
    if trusted and not name:
        raise MisuseError("only an observatory's account can be trusted", place=account.login)
    cursor.execute(
        "UPDATE archive.account SET facility = %s, facility_trusted = %s WHERE id = %s", [name, trusted, account.id]
    )
    told = f"{name}{', trusted' if trusted else ''}" if name else "none"
    log_access(cursor, actor, "facility set", f"{account.login}: {told}")


def approve_account(cursor: Cursor, login: str, *, actor: str, role: str | None = None) -> Account:
    """Make a requested or blocked account active; its role stays unless one is given.

    Raises
    ------
    ArchiveError
        When it is active already.
    """
    account = find_account(cursor, login)
    if account.state == "active":
        raise ArchiveError("is active already", place=account.login)
    cursor.execute(
        "UPDATE archive.account SET state = 'active', role = %s WHERE id = %s", [role or account.role, account.id]
    )
    log_access(cursor, actor, "account approved", f"{account.login} ({role or account.role})")
    return find_account(cursor, login)


def block_account(cursor: Cursor, login: str, *, actor: str) -> None:
    """Block an account: its sessions, tokens and links to set a password end at once."""
    account = find_account(cursor, login)
    cursor.execute("UPDATE archive.account SET state = 'blocked' WHERE id = %s", [account.id])
    cursor.execute("DELETE FROM archive.credential WHERE account_id = %s", [account.id])
    log_access(cursor, actor, "account blocked", account.login)


def refuse_request(cursor: Cursor, login: str, *, actor: str) -> None:
    """Forget the request of an account that nobody approves.

    Raises
    ------
    ArchiveError
        When the account is more than a request.
    """
    account = find_account(cursor, login)
    if account.state != "requested":
        raise ArchiveError("is no request any more", place=account.login, remedy="block it instead")
    cursor.execute("DELETE FROM archive.account WHERE id = %s", [account.id])
    log_access(cursor, actor, "account refused", account.login)


def add_alias(cursor: Cursor, login: str, name: str, *, actor: str) -> str:
    """Let a person be known as data PI under a name, too; return the name as it is compared.

    Raises
    ------
    MisuseError
        For several names at once, or none.
    """
    account = find_account(cursor, login)
    alias = normalised_name(checked_line(name, "name"))
    if not alias or "/" in alias:
        raise MisuseError(f"{name!r} is not one name", remedy="give one name, without /")
    cursor.execute(
        "INSERT INTO archive.account_alias (account_id, alias) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [account.id, alias],
    )
    if cursor.rowcount:
        log_access(cursor, actor, "alias added", f"{account.login}: {alias}")
    return alias


def remove_alias(cursor: Cursor, login: str, name: str, *, actor: str) -> None:
    """Take a name as data PI from a person.

    Raises
    ------
    ArchiveError
        When the person has no such name.
    """
    account, alias = find_account(cursor, login), normalised_name(name)
    cursor.execute("DELETE FROM archive.account_alias WHERE account_id = %s AND alias = %s", [account.id, alias])
    if not cursor.rowcount:
        raise ArchiveError(
            f"has no name {alias!r}", place=account.login, remedy=f"names are: {', '.join(account.aliases) or 'none'}"
        )
    log_access(cursor, actor, "alias removed", f"{account.login}: {alias}")
