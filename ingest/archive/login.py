"""Logging in with a password, and how often that may fail.

May import ``ingest.archive.connection``, ``ingest.archive.people``, ``ingest.home`` and ``ingest.access``.
"""

import hmac
import ipaddress
import os
import secrets
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ingest.access.passwords import hash_password, needs_rehash, verify_password
from ingest.access.policy import ANONYMOUS, Visitor
from ingest.archive.connection import Cursor
from ingest.archive.people import visitor_of_account
from ingest.home import Home

#: Failures count for this long.
FAILURE_MINUTES = 15


@dataclass(frozen=True)
class Limits:
    """How many failed log-ins within `FAILURE_MINUTES` an account and an address may have.

    Attributes
    ----------
    key
        Secret with which logins and addresses are hashed before they are noted.
    """

    account: int
    address: int
    key: bytes


def limits_of(home: Home) -> Limits:
    """Return the operator's limits, with the key of this home, which the first call makes."""
    settings = home.settings
    return Limits(
        settings.number("limits.login_failures"), settings.number("limits.login_failures_address"), _key_of(home)
    )


def _key_of(home: Home) -> bytes:
    path = home.root / "login.key"
    if not path.exists():
        descriptor, made = tempfile.mkstemp(dir=home.root)  # closed to others
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(32))
        try:
            path.hardlink_to(made)  # another process may be faster: one key wins, and it is whole
        except FileExistsError:
            pass
        finally:
            Path(made).unlink()
    return path.read_bytes()


@dataclass(frozen=True)
class Login:
    """How an attempt to log in ended.

    Attributes
    ----------
    visitor
        Who it is; nobody unless the outcome is ``ok``.
    outcome
        ``ok``, ``wrong``, or ``limited`` for too many failures.
    """

    visitor: Visitor
    outcome: str


class _Proven:
    """Passwords that were right a moment ago: bcrypt takes 0.2 s of a core, and programs send theirs each time.

    Kept in this process only, as HMACs with a key that dies with it; a new hash, an account that is blocked, make the
    entry useless, since the account is read each time.
    """

    _MOST, _SECONDS = 1000, timedelta(minutes=10)

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, datetime] = OrderedDict()
        self._lock = threading.Lock()

    def _digest(self, password: str, stored: str) -> bytes:
        return hmac.digest(self._key, f"{stored}\0{password}".encode("utf-8", "replace"), "sha256")

    def holds(self, password: str, stored: str, now: datetime) -> bool:
        """Tell whether this password was right for this hash within the last minutes."""
        with self._lock:
            seen = self._known.get(self._digest(password, stored))
        return seen is not None and timedelta() <= now - seen < self._SECONDS

    def note(self, password: str, stored: str, now: datetime) -> None:
        """Remember that it was."""
        with self._lock:
            self._known[self._digest(password, stored)] = now
            while len(self._known) > self._MOST:
                self._known.popitem(last=False)


_PROVEN = _Proven()


def authenticate(cursor: Cursor, login: str, password: str, address: str, now: datetime, limits: Limits) -> Login:
    """Find out who gives a login and a password; count the failures.

    Logins that do not exist take as long, count as much and are answered in the same way as others. The attempts at one
    login are looked at one after another, so that many at once do not get around the limit.

    Parameters
    ----------
    cursor
        Of a transaction that is committed whatever the outcome: failures must stay.
    address
        IP address of the client.
    """
    login = login.strip().lower()[:254].replace("\0", "\ufffd")  # PostgreSQL takes no NUL
    cursor.execute("SELECT id, state, password_hash FROM archive.account WHERE login = %s", [login])
    row = cursor.fetchone()
    stored = row.password_hash if row is not None and row.state == "active" else None
    if row is not None and stored is not None and _PROVEN.holds(password, stored, now):
        return Login(visitor_of_account(cursor, row.id), "ok")
    subjects = {
        _subject(limits.key, "account", login): limits.account,
        _of_address(limits.key, address): limits.address,
    }
    if not _has_room(cursor, subjects, now):
        return Login(ANONYMOUS, "limited")
    right = verify_password(password, stored)  # also for nobody: it takes its time
    if row is None or stored is None or not right:
        _note_failure(cursor, list(subjects), now)
        return Login(ANONYMOUS, "wrong")
    cursor.execute("DELETE FROM archive.login_failure WHERE subject = %s", [next(iter(subjects))])
    if needs_rehash(stored):
        stored = hash_password(password)
        cursor.execute("UPDATE archive.account SET password_hash = %s WHERE id = %s", [stored, row.id])
    cursor.execute("UPDATE archive.account SET last_login = %s WHERE id = %s", [now, row.id])
    _PROVEN.note(password, stored, now)
    return Login(visitor_of_account(cursor, row.id), "ok")


def count_request(cursor: Cursor, address: str, now: datetime, limits: Limits) -> bool:
    """Count a request of a stranger's that costs us something; False when the address had too many."""
    subject = _subject(limits.key, "request", _network(address))
    if not _has_room(cursor, {subject: limits.account}, now):
        return False
    _note_failure(cursor, [subject], now)
    return True


def _has_room(cursor: Cursor, subjects: dict[str, int], now: datetime) -> bool:
    first = next(iter(subjects))
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [first])
    cursor.execute(
        """SELECT subject, count(*) AS failures FROM archive.login_failure
           WHERE subject = ANY(%s) AND happened > %s GROUP BY subject""",
        [list(subjects), now - timedelta(minutes=FAILURE_MINUTES)],
    )
    return all(row.failures < subjects[row.subject] for row in cursor.fetchall())


def _note_failure(cursor: Cursor, subjects: list[str], now: datetime) -> None:
    cursor.execute("DELETE FROM archive.login_failure WHERE happened < %s", [now - timedelta(days=1)])
    for subject in subjects:
        cursor.execute("INSERT INTO archive.login_failure (subject, happened) VALUES (%s, %s)", [subject, now])


def _subject(key: bytes, kind: str, value: str) -> str:
    # people type passwords into the field for the login: not even that one is kept in clear
    return f"{kind} {hmac.new(key, f'{kind} {value}'.encode('utf-8', 'replace'), 'sha256').hexdigest()[:32]}"


def _of_address(key: bytes, address: str) -> str:
    return _subject(key, "address", _network(address))


def _network(address: str) -> str:
    """Return what counts as one address: of IPv6 the /64 that a household has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
