"""The table of access cases as the policy sees it: visitors and files, without a database."""

from datetime import UTC, datetime

from ingest.access.policy import (
    Delegation,
    FileAccess,
    Grant,
    Rights,
    Visitor,
    contested_aliases,
    names_in,
    normalised_name,
)
from ingest.access.rules import HostedFile, RuleMaker
from tests import access_cases as table

#: Hash of every account's password, of the lowest cost: tests verify it hundreds of times.
PASSWORD, HASH = "correct horse", "$2y$04$.zjVoY3CyrxLboWUI7miPeRI4R9z0x4mQ.tKIkp9vgcd8tIcR48/G"
HASHES = {account.login: HASH for account in table.ACCOUNTS if account.state == "active"}

_ID = {account.login: number for number, account in enumerate((*table.ACCOUNTS, table.WITHOUT_PASSWORD), 1)}


def people() -> list[Visitor]:
    """The active accounts."""
    found = [
        Visitor(
            _ID[account.login],
            account.login,
            account.role,
            frozenset(map(normalised_name, account.aliases)),
            frozenset(account.groups),
        )
        for account in (*table.ACCOUNTS, table.WITHOUT_PASSWORD)
        if account.state == "active"
    ]
    contested = contested_aliases(found)
    return [
        Visitor(person.account_id, person.login, person.role, person.aliases - contested, person.groups)
        for person in found
    ]


def access(state: str, origin: datetime) -> FileAccess:
    """What decides about the file in a state, when the table's origin is at a moment."""

    def moment(distance):
        return None if distance is None else origin + distance

    shares = tuple(
        Grant(_ID.get(share.login), share.group, moment(share.until), moment(share.ended))
        for share in table.SHARES
        if share.state in (None, state)
    )
    aliases = {person.login: person.aliases for person in people()}
    delegations = tuple(
        Delegation(
            aliases.get(given.pi, frozenset()), _ID[given.trusted], given.scope, given.value, moment(given.until), None
        )
        for given in table.DELEGATIONS
    )
    return FileAccess(
        tuple(Rights(rights, moment(date)) for rights, date in table.STATES[state].granules),
        table.OWNER,
        names_in(table.DATA_PIS, table.CO_PIS),
        shares,
        delegations,
        table.COLLECTION,
        table.PROGID,
        table.PROPOSAL_SUBID,
    )


def hosted(origin: datetime) -> list[HostedFile]:
    """All files of the table, in a tree."""
    return [HostedFile(table.file_name(state), (access(state, origin),)) for state in table.STATES]


def rules(files: list[HostedFile], now: datetime | None = None):
    """What a tree with these files is told."""
    maker = RuleMaker(people(), now or datetime.now(UTC))
    return [maker.rule(file) for file in files]
