"""The table of access cases in a real archive: accounts, groups, collection, files, shares, delegations."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.archive.accounts import add_alias, create_account
from ingest.archive.collections import Collection, create_collection
from ingest.archive.credentials import digest
from ingest.archive.files import FileIngest, read_upload
from ingest.archive.groups import add_member, create_group
from ingest.archive.people import find_account
from ingest.archive.store import Store
from tests import access_cases as table
from tests.build import oifits as build
from tests.instances import Instance

ACTOR = "test"


@dataclass(frozen=True)
class Loaded:
    """The table as it is in an archive: a token of each account, and the ids of files and their first granules."""

    tokens: dict[str, str]
    files: dict[str, int]
    granules: dict[str, int]


def load(site: Instance) -> Loaded:
    """Load the whole table; its "now" is the clock's."""
    now = datetime.now(UTC)
    with site.archive.transaction() as cursor:
        for group in table.GROUPS:
            create_group(cursor, group, group.title(), actor=ACTOR)
        tokens = {account.login: _account(cursor, account) for account in table.ACCOUNTS}
        for identifier in (table.COLLECTION, table.OTHER_COLLECTION):
            create_collection(
                cursor,
                Collection(
                    id=identifier,
                    name=identifier,
                    title="Who may read what",
                    datapi=table.DATA_PIS,
                    co_pis=table.CO_PIS,
                    owner=table.OWNER,
                ),
            )
    files = {state: _file(site, state, now) for state in table.STATES}
    with site.archive.transaction() as cursor:
        _shares(cursor, files, now)
        cursor.execute("SELECT file_id, min(id) AS id FROM archive.granule GROUP BY file_id")
        first = {row.file_id: row.id for row in cursor.fetchall()}
    return Loaded(tokens, files, {state: first[number] for state, number in files.items()})


def _account(cursor: Any, account: table.Account) -> str:
    """Create an account, and a token even for one that is not active: it must not let anybody in."""
    number = create_account(
        cursor, account.login, account.name, "", actor=ACTOR, role=account.role, state=account.state
    )
    for alias in account.aliases:
        add_alias(cursor, account.login, alias, actor=ACTOR)
    for group in account.groups:
        add_member(cursor, group, account.login, actor=ACTOR)
    token = f"oivo_{secrets.token_urlsafe(32)}"
    cursor.execute(
        """INSERT INTO archive.credential (hash, account_id, kind, label, expires)
           VALUES (%s, %s, 'token', 'test', now() + interval '1 day')""",
        [digest(token), number],
    )
    return token


def _file(site: Instance, state: str, now: datetime) -> int:
    """Store a file with a granule for each of the state's rights."""
    granules = table.STATES[state].granules
    ids = range(1, len(granules) + 1)
    content = build.file(
        build.target([f"HD {number}" for number in ids]),
        build.array(),
        build.wavelength(),
        build.data(mjd=[build.MJD + number / 100 for number in ids], target_id=list(ids)),
        version=1,
        cards={"OBSERVER": state},
    )
    ingest = FileIngest(site.archive, Store(site.home.files), table.COLLECTION, 3, now, "oivo.example")
    ingest.add(read_upload(table.file_name(state), content, 1 << 22))
    with site.archive.transaction() as cursor:
        cursor.execute(
            """UPDATE archive.file SET progid = %s, proposal_subid = %s WHERE collection_id = %s AND name = %s
               RETURNING id""",
            [table.PROGID, table.PROPOSAL_SUBID, table.COLLECTION, table.file_name(state)],
        )
        number = int(cursor.fetchone().id)
        cursor.execute("SELECT id FROM archive.granule WHERE file_id = %s ORDER BY target_row", [number])
        found = [row.id for row in cursor.fetchall()]
        assert len(found) == len(granules), state
        for granule, (rights, distance) in zip(found, granules, strict=True):
            cursor.execute(
                "UPDATE archive.granule SET data_rights = %s, obs_release_date = %s WHERE id = %s",
                [rights, None if distance is None else now + distance, granule],
            )
    return number


def _shares(cursor: Any, files: dict[str, int], now: datetime) -> None:
    """Write shares and delegations as they would be now: some of them could not be made today."""

    def account(login: str | None) -> int | None:
        return None if login is None else find_account(cursor, login).id

    def moment(distance: timedelta | None) -> datetime | None:
        return None if distance is None else now + distance

    for share in table.SHARES:
        cursor.execute(
            """INSERT INTO archive.share (collection_id, file_id, account_id, group_id, until, ended)
               VALUES (%s, %s, %s, %s, %s, %s)""",
            [
                None if share.state else table.COLLECTION,
                files[share.state] if share.state else None,
                account(share.login),
                share.group,
                moment(share.until),
                moment(share.ended),
            ],
        )
    for given in table.DELEGATIONS:
        cursor.execute(
            "INSERT INTO archive.delegation (pi_id, trusted_id, scope, value, until) VALUES (%s, %s, %s, %s, %s)",
            [account(given.pi), account(given.trusted), given.scope, given.value, moment(given.until)],
        )


def pass_days(site: Instance, files: dict[str, int], distance: timedelta) -> None:
    """Let time pass: every moment of the table moves into the past by this much, which is what a clock would do."""
    with site.archive.transaction() as cursor:
        cursor.execute(
            "UPDATE archive.granule SET obs_release_date = obs_release_date - %s WHERE file_id = ANY(%s)",
            [distance, list(files.values())],
        )
        for name in ("share", "delegation"):
            cursor.execute(
                f"UPDATE archive.{name} SET until = until - %(by)s, ended = ended - %(by)s", {"by": distance}
            )
