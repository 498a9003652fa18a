"""Accounts, credentials, shares on a real archive: hashes, limits, sessions, names of two, what is written down."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import bcrypt
import psycopg2.extras
import pytest

from ingest.access.passwords import PasswordError, hash_password, needs_rehash
from ingest.access.policy import ANONYMOUS
from ingest.archive import accounts, credentials, groups, login, people, shares
from ingest.archive.access import collection_access, decided_by, who_may_read, whom_to_ask
from ingest.archive.connection import ArchiveError
from ingest.errors import MisuseError, OivoError
from tests.instances import Instance

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PASSWORD = "wool Larch 48 quay"
LIMITS = login.Limits(account=3, address=8, key=b"k" * 32)
ACTOR = "test"


@pytest.fixture
def cursor(empty_site: Instance) -> Any:
    """A cursor whose work is forgotten at the end."""
    connection = psycopg2.connect(empty_site.archive.dsn)
    with connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as made:
        yield made
    connection.rollback()
    connection.close()


def person(cursor: Any, name: str = "Test", **more: Any) -> people.Account:
    mail = f"{secrets.token_hex(6)}@example.org"
    accounts.create_account(cursor, mail, name, "Institute", actor=ACTOR, **more)
    return people.find_account(cursor, mail)


def with_password(cursor: Any, cost: int = 4, **more: Any) -> people.Account:
    account = person(cursor, **more)
    stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(cost)).decode()
    cursor.execute("UPDATE archive.account SET password_hash = %s WHERE id = %s", [stored, account.id])
    return replace(account, has_password=True)


def log_in(cursor: Any, account: str, password: str = PASSWORD, now: datetime = NOW, address: str = "192.0.2.1") -> str:
    return login.authenticate(cursor, account, password, address, now, LIMITS).outcome


def collection(cursor: Any, **columns: Any) -> str:
    identifier = f"people-{secrets.token_hex(5)}"
    values = {"id": identifier, "kind": "public", "name": "n", "title": "t", **columns}
    names = ", ".join(values)
    cursor.execute(
        f"INSERT INTO archive.collection ({names}) VALUES ({', '.join(['%s'] * len(values))})", list(values.values())
    )
    return identifier


def private_file(cursor: Any, collection_id: str) -> int:
    """A row of a file with one private granule; nobody reads its bytes here."""
    cursor.execute(
        """INSERT INTO archive.file (collection_id, name, url_name, level, size_bytes, sha256, md5, media_type,
               oifits_version) VALUES (%s, 'f.fits', 'f.fits', 2, 1, %s, %s, 'x', 1) RETURNING id""",
        [collection_id, secrets.token_hex(32), secrets.token_hex(16)],
    )
    number = int(cursor.fetchone().id)
    cursor.execute(
        """INSERT INTO archive.granule (file_id, target_row, insname, night, publisher_did, data_rights, target_name,
               nb_channels, nb_vis, nb_vis2, nb_t3, nb_flux)
           VALUES (%s, 1, 'I', 1, %s, 'secure', 'x', 1, 0, 0, 0, 0)""",
        [number, f"ivo://x/{secrets.token_hex(8)}"],
    )
    return number


def logged(cursor: Any, action: str) -> list[str]:
    cursor.execute("SELECT subject FROM archive.access_log WHERE action = %s ORDER BY id", [action])
    return [row.subject for row in cursor.fetchall()]


def test_weak_hash_is_made_anew_at_login(cursor: Any) -> None:
    account = with_password(cursor, cost=4)
    assert log_in(cursor, account.login, "wrong") == "wrong"
    assert log_in(cursor, f" {account.login.upper()} ") == "ok"
    cursor.execute("SELECT password_hash, last_login FROM archive.account WHERE id = %s", [account.id])
    row = cursor.fetchone()
    assert row.password_hash.startswith("$2y$12$")
    assert not needs_rehash(row.password_hash)
    assert row.last_login == NOW
    assert log_in(cursor, account.login) == "ok"


def test_failures_are_limited_by_account_and_over_after_a_while(cursor: Any) -> None:
    account = with_password(cursor)
    assert [log_in(cursor, account.login, "x") for _ in range(4)] == ["wrong"] * 3 + ["limited"]
    assert log_in(cursor, account.login) == "limited"
    assert log_in(cursor, account.login, address="198.51.100.7") == "limited"
    assert log_in(cursor, account.login, now=NOW + timedelta(minutes=15)) == "ok"
    # success forgets the account's failures
    assert [log_in(cursor, account.login, "x", NOW + DAY) for _ in range(2)] == ["wrong"] * 2
    assert log_in(cursor, account.login, now=NOW + DAY) == "ok"
    assert [log_in(cursor, account.login, "x", NOW + DAY) for _ in range(3)] == ["wrong"] * 3


def test_failures_are_limited_by_address(cursor: Any) -> None:
    account = with_password(cursor)
    tried = [log_in(cursor, f"{number}@example.org", "x", address="203.0.113.5") for number in range(9)]
    assert tried == ["wrong"] * 8 + ["limited"]
    assert log_in(cursor, account.login, address="203.0.113.5") == "limited"
    assert log_in(cursor, account.login, address="203.0.113.6") == "ok"


def test_addresses_of_a_household_are_one(cursor: Any) -> None:
    for number in range(8):
        assert log_in(cursor, f"{number}@example.org", "x", address=f"2001:db8:1:2:{number}::1") == "wrong"
    assert log_in(cursor, "9@example.org", "x", address="2001:db8:1:2:ffff::9") == "limited"
    assert log_in(cursor, "9@example.org", "x", address="2001:db8:1:3::1") == "wrong"
    assert log_in(cursor, "10@example.org", "x", address="::ffff:192.0.2.77") == "wrong"
    assert log_in(cursor, "11@example.org", "x", address="no address") == "wrong"


def test_failures_hold_no_login_and_no_address(cursor: Any) -> None:
    log_in(cursor, "somebody@example.org", "x", address="203.0.113.9")
    cursor.execute("SELECT string_agg(subject, ' ') AS all FROM archive.login_failure")
    subjects = cursor.fetchone().all
    assert "somebody" not in subjects
    assert "203.0" not in subjects


@pytest.mark.parametrize("state", ["requested", "blocked"])
def test_accounts_that_are_not_active_are_nobody(cursor: Any, state: str) -> None:
    account = with_password(cursor, state=state, role="curator")
    token = credentials._create(cursor, account.id, "token", "x", NOW, DAY)
    session = credentials.create_session(cursor, account.id, NOW, 1)
    assert log_in(cursor, account.login) == "wrong"
    assert credentials.visitor_of_token(cursor, token, NOW) == ANONYMOUS
    assert credentials.visitor_of_session(cursor, session, NOW) == ANONYMOUS
    assert people.visitor_of_login(cursor, account.login) == ANONYMOUS
    assert account.login not in {visitor.login for visitor in people.people(cursor)}
    with pytest.raises(ArchiveError):
        credentials.create_token(cursor, account.login, "x", NOW, 1, actor=ACTOR)
    with pytest.raises(ArchiveError):
        credentials.create_password_link(cursor, account.login, NOW, actor=ACTOR)


def test_account_without_password_lets_nobody_in(cursor: Any) -> None:
    account = person(cursor)
    for password in ("", "x", "None", PASSWORD):
        assert log_in(cursor, account.login, password, address=secrets.token_hex(4)) in ("wrong", "limited")


def test_many_attempts_at_once_do_not_get_around_the_limit(empty_site: Instance) -> None:
    mail = f"{secrets.token_hex(6)}@example.org"

    def attempt(_: int) -> str:
        with empty_site.archive.transaction() as cursor:
            return login.authenticate(cursor, mail, "x", "192.0.2.200", datetime.now(UTC), LIMITS).outcome

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(attempt, range(10)))
    assert sorted(outcomes) == ["limited"] * 7 + ["wrong"] * 3


def test_unknown_logins_take_as_long_as_others(cursor: Any) -> None:
    """Not in seconds: each attempt computes one hash of the same cost, of which this compares the times."""
    account = with_password(cursor, cost=12)
    times: dict[str, list[float]] = {account.login: [], "nobody@example.org": []}
    for number in range(3):
        for mail, taken in times.items():
            begun = time.thread_time()
            log_in(cursor, mail, "x", address=f"192.0.2.{number}")
            taken.append(time.thread_time() - begun)
    known, unknown = (min(taken) for taken in times.values())
    assert 0.5 < known / unknown < 2


def test_sessions_end(cursor: Any) -> None:
    account = with_password(cursor)
    one, two = (credentials.create_session(cursor, account.id, NOW, 7) for _ in range(2))
    assert credentials.visitor_of_session(cursor, one, NOW).login == account.login
    assert credentials.visitor_of_session(cursor, one, NOW + 7 * DAY) == ANONYMOUS
    credentials.end_session(cursor, one)
    assert credentials.visitor_of_session(cursor, one, NOW) == ANONYMOUS
    assert credentials.visitor_of_session(cursor, two, NOW).login == account.login
    token = credentials.create_token(cursor, account.login, "x", NOW, 30, actor=ACTOR)
    credentials.set_password_hash(cursor, account, hash_password("other Larch 48 quay"), actor=ACTOR)
    assert credentials.visitor_of_session(cursor, two, NOW) == ANONYMOUS
    assert credentials.visitor_of_token(cursor, token, NOW).login == account.login
    assert log_in(cursor, account.login) == "wrong"
    three = credentials.create_session(cursor, account.id, NOW, 7)
    accounts.block_account(cursor, account.login, actor=ACTOR)
    accounts.approve_account(cursor, account.login, actor=ACTOR)
    for secret in (three, token):
        assert credentials.visitor_of_session(cursor, secret, NOW) == ANONYMOUS
        assert credentials.visitor_of_token(cursor, secret, NOW) == ANONYMOUS


def test_a_password_that_was_right_is_asked_for_again_when_it_changes(cursor: Any) -> None:
    account = with_password(cursor, cost=12)
    assert log_in(cursor, account.login) == "ok"
    assert log_in(cursor, account.login) == "ok"  # known from the moment before
    credentials.set_password_hash(cursor, account, hash_password("other Larch 48 quay"), actor=ACTOR)
    assert log_in(cursor, account.login) == "wrong"
    assert log_in(cursor, account.login, "other Larch 48 quay") == "ok"
    accounts.block_account(cursor, account.login, actor=ACTOR)
    assert log_in(cursor, account.login, "other Larch 48 quay") == "wrong"


def test_secrets_are_for_what_they_were_made(cursor: Any) -> None:
    account = with_password(cursor)
    session = credentials.create_session(cursor, account.id, NOW, 7)
    token = credentials.create_token(cursor, account.login, "x", NOW, 30, actor=ACTOR)
    link = credentials.create_password_link(cursor, account.login, NOW, actor=ACTOR)
    assert credentials.visitor_of_token(cursor, session, NOW) == ANONYMOUS
    assert credentials.visitor_of_session(cursor, token, NOW) == ANONYMOUS
    assert credentials.visitor_of_session(cursor, link, NOW) == ANONYMOUS
    assert credentials.account_of_link(cursor, token, NOW) is None
    cursor.execute("SELECT hash FROM archive.credential WHERE account_id = %s", [account.id])
    for row in cursor.fetchall():
        assert credentials.visitor_of_token(cursor, row.hash, NOW) == ANONYMOUS
        assert row.hash not in (session, token, link)
    assert token.startswith("oivo_")


def test_password_link_works_once_within_three_days(cursor: Any) -> None:
    account = person(cursor)
    old = credentials.create_password_link(cursor, account.login, NOW, actor=ACTOR)
    link = credentials.create_password_link(cursor, account.login, NOW, actor=ACTOR)
    assert credentials.account_of_link(cursor, old, NOW) is None
    assert credentials.account_of_link(cursor, link, NOW + 3 * DAY) is None
    session = credentials.create_session(cursor, account.id, NOW, 7)
    with pytest.raises(PasswordError):
        credentials.use_link(cursor, link, "password123", NOW)
    used = credentials.use_link(cursor, link, PASSWORD, NOW + 2 * DAY)
    assert used is not None
    assert used.login == account.login
    assert credentials.use_link(cursor, link, PASSWORD, NOW + 2 * DAY) is None
    assert log_in(cursor, account.login) == "ok"
    assert credentials.visitor_of_session(cursor, session, NOW) == ANONYMOUS


def test_link_is_used_by_one_of_two(empty_site: Instance) -> None:
    with empty_site.archive.transaction() as cursor:
        account = person(cursor)
        link = credentials.create_password_link(cursor, account.login, NOW, actor=ACTOR)

    def use(number: int) -> bool:
        with empty_site.archive.transaction() as cursor:
            return credentials.use_link(cursor, link, f"{PASSWORD} {number}", NOW) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(4))) == 1


def test_name_of_two_opens_nothing_to_either(cursor: Any) -> None:
    name = f"twin {secrets.token_hex(4)}"
    one, two = person(cursor), person(cursor)
    accounts.add_alias(cursor, one.login, f"  {name.upper()} ", actor=ACTOR)
    assert people.visitor_of_login(cursor, one.login).aliases == {name}
    accounts.add_alias(cursor, two.login, name, actor=ACTOR)
    accounts.add_alias(cursor, two.login, f"{name} jr", actor=ACTOR)
    assert people.visitor_of_login(cursor, one.login).aliases == frozenset()
    assert people.visitor_of_login(cursor, two.login).aliases == {f"{name} jr"}
    assert people.contested_names(cursor)[name] == tuple(sorted([one.login, two.login]))
    everybody = {visitor.login: visitor for visitor in people.people(cursor)}
    for account in (one, two):
        assert everybody[account.login] == people.visitor_of_login(cursor, account.login)
    accounts.block_account(cursor, two.login, actor=ACTOR)
    assert people.visitor_of_login(cursor, one.login).aliases == {name}


def test_delegation_of_a_pi_whose_name_is_contested(cursor: Any) -> None:
    name = f"pi {secrets.token_hex(4)}"
    pi, trusted, twin = person(cursor), person(cursor), person(cursor)
    accounts.add_alias(cursor, pi.login, name, actor=ACTOR)
    identifier = collection(cursor, datapi=name.upper())
    private_file(cursor, identifier)
    shares.delegate(cursor, ACTOR, pi=pi.login, trusted=trusted.login, scope="collection", value=identifier, now=NOW)

    def who() -> dict[str, tuple[str, ...]]:
        return {reader.login: reader.reasons for reader in who_may_read(cursor, identifier, NOW)}

    assert who()[pi.login] == ("data PI",)
    assert who()[trusted.login] == ("delegate",)
    accounts.add_alias(cursor, twin.login, name, actor=ACTOR)
    assert not {pi.login, trusted.login, twin.login} & set(who())
    accounts.remove_alias(cursor, twin.login, name, actor=ACTOR)
    accounts.block_account(cursor, pi.login, actor=ACTOR)
    assert not {pi.login, trusted.login} & set(who())


def test_who_may_share(cursor: Any) -> None:
    name = f"pi {secrets.token_hex(4)}"
    owner, pi, guest, reader = (person(cursor) for _ in range(4))
    accounts.add_alias(cursor, pi.login, name, actor=ACTOR)
    identifier = collection(cursor, co_pis=f"Somebody Else / {name}", owner=owner.login)
    number = private_file(cursor, identifier)

    def visitor(account: people.Account) -> Any:
        return people.visitor_of_login(cursor, account.login)

    for who in (owner, pi):
        shares.share(cursor, visitor(who), collection_id=identifier, login=guest.login, now=NOW)
        shares.share(cursor, visitor(who), file_id=number, login=guest.login, now=NOW)
        assert [known.id for known in decided_by(cursor, visitor(who), NOW)] == [identifier]
    for who in (guest, reader):
        with pytest.raises(shares.NotYoursError):
            shares.share(cursor, visitor(who), collection_id=identifier, login=reader.login, now=NOW)
        with pytest.raises(shares.NotYoursError):
            shares.share(cursor, visitor(who), file_id=number, login=reader.login, now=NOW)
        with pytest.raises(ArchiveError):
            shares.end_share(cursor, visitor(who), shares.list_shares(cursor, identifier)[0].id, NOW)
        assert decided_by(cursor, visitor(who), NOW) == []
    with pytest.raises(shares.NotYoursError):
        shares.share(cursor, ANONYMOUS, collection_id=identifier, login=reader.login, now=NOW)
    for known in shares.list_shares(cursor, identifier):
        shares.end_share(cursor, visitor(owner), known.id, NOW)
    assert guest.login not in {found.login for found in who_may_read(cursor, identifier, NOW)}
    assert len(shares.list_shares(cursor, identifier)) == 4
    assert len(shares.list_shares(cursor, account_id=guest.id)) == 4


def test_delegation_is_ended_by_its_pi_or_a_curator(cursor: Any) -> None:
    pi, trusted, curator = person(cursor), person(cursor), person(cursor, role="curator")
    accounts.add_alias(cursor, pi.login, secrets.token_hex(8), actor=ACTOR)
    made = [
        shares.delegate(cursor, ACTOR, pi=pi.login, trusted=trusted.login, scope="progid", value="1.A", now=NOW)
        for _ in range(2)
    ]
    with pytest.raises(ArchiveError):
        shares.end_delegation(cursor, people.visitor_of_login(cursor, trusted.login), made[0], NOW)
    shares.end_delegation(cursor, people.visitor_of_login(cursor, pi.login), made[0], NOW)
    shares.end_delegation(cursor, people.visitor_of_login(cursor, curator.login), made[1], NOW)
    with pytest.raises(ArchiveError):
        shares.end_delegation(cursor, people.visitor_of_login(cursor, curator.login), made[1], NOW)


BAD: dict[str, Any] = {
    "collection and file": {"collection_id": "c", "file_id": 1, "login": "g"},
    "nothing": {"login": "g"},
    "nobody": {"collection_id": "c"},
    "person and group": {"collection_id": "c", "login": "g", "group": "x"},
    "in the past": {"collection_id": "c", "login": "g", "until": NOW},
    "unknown collection": {"collection_id": "no such", "login": "g"},
    "unknown file": {"file_id": 10**15, "login": "g"},
    "unknown person": {"collection_id": "c", "login": "nobody@example.org"},
    "unknown group": {"collection_id": "c", "group": "nobody"},
}


@pytest.mark.parametrize("case", BAD)
def test_bad_shares(cursor: Any, case: str) -> None:
    identifier, guest = collection(cursor), person(cursor)
    asked = {key: {"c": identifier, "g": guest.login}.get(value, value) for key, value in BAD[case].items()}
    with pytest.raises(OivoError):
        shares.share(cursor, shares.OPERATOR, **asked, now=NOW)
    assert shares.list_shares(cursor, identifier) == []


def test_people_who_are_not_active_get_no_share(cursor: Any) -> None:
    identifier, guest = collection(cursor), person(cursor, state="requested")
    with pytest.raises(ArchiveError, match="requested"):
        shares.share(cursor, shares.OPERATOR, collection_id=identifier, login=guest.login, now=NOW)


@pytest.mark.parametrize(
    "mail",
    ["", "ada", "ada@", "@example.org", "a b@example.org", "a@b@c", "a,b@example.org", "a:b@example.org", "a\n@b.org",
     "x" * 250 + "@example.org", '"ada"@example.org', "a\u202e@example.org", "a\0@example.org"],
)  # fmt: skip
def test_bad_logins(cursor: Any, mail: str) -> None:
    with pytest.raises(MisuseError):
        accounts.create_account(cursor, mail, "Ada", "", actor=ACTOR)
    with pytest.raises(MisuseError):
        accounts.request_account(cursor, mail, "Ada", "")


@pytest.mark.parametrize("alias", ["", " ", "Ada / Bao", "a\0b", "a\x1bb", "x" * 201])
def test_bad_aliases(cursor: Any, alias: str) -> None:
    with pytest.raises(MisuseError):
        accounts.add_alias(cursor, person(cursor).login, alias, actor=ACTOR)


def test_request_changes_no_account(cursor: Any) -> None:
    account = with_password(cursor, name="Ada Example", role="submitter")
    assert accounts.request_account(cursor, account.login, "Mallory", "")
    assert people.find_account(cursor, account.login) == account
    mail = f"{secrets.token_hex(6)}@example.org"
    assert accounts.request_account(cursor, mail, "Ada  Example", "Obs")
    assert people.find_account(cursor, mail).state == "requested"
    assert people.find_account(cursor, mail).role == "reader"
    accounts.refuse_request(cursor, mail, actor=ACTOR)
    with pytest.raises(ArchiveError):
        people.find_account(cursor, mail)
    with pytest.raises(ArchiveError):
        accounts.refuse_request(cursor, account.login, actor=ACTOR)


def test_new_login_takes_collections_along(cursor: Any) -> None:
    account = person(cursor)
    identifier = collection(cursor, owner=account.login)
    new = f"{secrets.token_hex(6)}@example.org"
    accounts.edit_account(cursor, account.login, actor=ACTOR, login=new.upper())
    assert collection_access(cursor, identifier).owner == new
    with pytest.raises(ArchiveError):
        accounts.edit_account(cursor, new, actor=ACTOR, login=person(cursor).login)


def test_group(cursor: Any) -> None:
    group, member = f"g-{secrets.token_hex(4)}", person(cursor)
    groups.create_group(cursor, group, "A team", actor=ACTOR)
    groups.add_member(cursor, group, member.login, actor=ACTOR)
    assert people.visitor_of_login(cursor, member.login).groups == {group}
    groups.remove_member(cursor, group, member.login, actor=ACTOR)
    assert people.visitor_of_login(cursor, member.login).groups == frozenset()
    with pytest.raises(ArchiveError):
        groups.remove_member(cursor, group, member.login, actor=ACTOR)


def test_all_is_written_down(cursor: Any) -> None:
    account = person(cursor)
    accounts.add_alias(cursor, account.login, "some name", actor=ACTOR)
    identifier = collection(cursor)
    number = shares.share(
        cursor, shares.OPERATOR, collection_id=identifier, login=account.login, until=NOW + DAY, now=NOW
    )
    shares.end_share(cursor, shares.OPERATOR, number, NOW)
    accounts.edit_account(cursor, account.login, actor=ACTOR, role="curator")
    accounts.block_account(cursor, account.login, actor=ACTOR)
    assert f"{account.login}: some name" in logged(cursor, "alias added")
    assert f"collection {identifier} with {account.login} until 2026-06-02" in logged(cursor, "shared")
    assert f"collection {identifier} with {account.login}" in logged(cursor, "share ended")
    assert f"{account.login}: role curator" in logged(cursor, "account changed")
    assert account.login in logged(cursor, "account blocked")


def test_whom_to_ask(cursor: Any) -> None:
    for columns, names in (
        ({"datapi": "Ada  Example/ Bao Sample", "co_pis": "Chidi / Ada Example"}, "Ada Example, Bao Sample, Chidi"),
        ({"creator": "The Team"}, "The Team"),
        ({}, ""),
    ):
        assert whom_to_ask(cursor, private_file(cursor, collection(cursor, **columns))) == names


CLI: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no e-mail": (("users", "add", "ada", "--name", "A"), 2, "is no e-mail address"),
    "no such role": (("users", "add", "a@b.org", "--name", "A", "--role", "king"), 2, "king"),
    "no such account": (("users", "show", "nobody@example.org"), 1, "there is no such account"),
    "nothing to change": (("users", "edit", "nobody@example.org"), 2, "nothing to change"),
    "no such group": (("groups", "show", "none"), 1, "there is no such group"),
    "bad group": (("groups", "create", "Big Team", "--title", "x"), 2, "cannot identify a group"),
    "bad date": (("share", "add", "--collection", "x", "--with", "a@b.org", "--until", "soon"), 2, "is no date"),
    "no share": (("share", "end", "999999"), 1, "there is no such share"),
    "no scope": (("share", "delegate", "--pi", "a@b.org", "--to", "c@d.org"), 2, "name one of"),
    "no collection": (("share", "access", "nowhere"), 1, "there is no collection"),
    "no token": (("users", "token", "revoke", "nobody@example.org", "0123456789"), 1, "there is no such account"),
}


@pytest.mark.parametrize("case", CLI)
def test_command_line_complains_in_a_line(empty_site: Instance, case: str) -> None:
    arguments, status, told = CLI[case]
    done = empty_site.oivo(*arguments, check=False)
    assert done.returncode == status
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_hash_of_elsewhere(empty_site: Instance, tmp_path: Any) -> None:
    mail = f"{secrets.token_hex(6)}@example.org"
    weak, good = tmp_path / "weak", tmp_path / "good"
    weak.write_text("$2y$05$" + "." * 53)
    good.write_text(f"whoever:{hash_password(PASSWORD)}\n")
    arguments = ("users", "add", mail, "--name", "A", "--hash-file")
    done = empty_site.oivo(*arguments, str(weak), check=False)
    assert done.returncode == 1
    assert "cost 5" in done.stderr
    assert "account/password" not in empty_site.oivo(*arguments, str(good)).stdout
    with empty_site.archive.transaction() as cursor:
        assert log_in(cursor, mail, now=datetime.now(UTC), address="198.51.100.99") == "ok"


def test_share_is_in_force_until_its_end(cursor: Any) -> None:
    """A share that ends counts no more for the person's list, and stays in the record."""
    identifier, guest = collection(cursor), person(cursor)
    shares.share(cursor, shares.OPERATOR, collection_id=identifier, login=guest.login, until=NOW + DAY, now=NOW)
    [known] = shares.list_shares(cursor, account_id=guest.id)
    assert known.is_in_force(NOW)
    assert not known.is_in_force(NOW + DAY)
    assert not replace(known, ended=NOW, until=None).is_in_force(NOW)
