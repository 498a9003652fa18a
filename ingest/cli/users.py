"""`oivo users`: accounts, their names as data PI, their passwords and tokens."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TextIO

import click

from ingest.access.passwords import check_imported_hash
from ingest.archive.accounts import (
    add_alias,
    approve_account,
    block_account,
    create_account,
    edit_account,
    remove_alias,
    set_facility,
)
from ingest.archive.connection import Cursor
from ingest.archive.credentials import (
    PASSWORD_LINK_DAYS,
    create_password_link,
    create_token,
    list_credentials,
    revoke_token,
    set_password_hash,
)
from ingest.archive.groups import add_member
from ingest.archive.people import ROLES, STATES, Account, contested_names, find_account, list_accounts
from ingest.cli.context import Context, complain, pass_context, printable
from ingest.errors import MisuseError

#: Who acts, in the log of access.
ACTOR = "operator"

_LOGIN = click.argument("login", metavar="LOGIN")
_ROLE = click.Choice(ROLES)


@click.group()
def users() -> None:
    """Accounts of people: who may log in, submit, decide."""


@users.command()
@_LOGIN
@click.option("--name", required=True, help="Name of the person.")
@click.option("--affiliation", default="", help="Institute.")
@click.option("--role", type=_ROLE, default="reader", show_default=True, help="What the person may do.")
@click.option("--alias", "aliases", multiple=True, help="Name under which the person is data PI; may be repeated.")
@click.option("--group", "groups", multiple=True, help="Group to put the person into; may be repeated.")
@click.option(
    "--hash-file",
    type=click.File(encoding="utf-8"),
    help="File (or -) with one bcrypt hash, cost 12 at least, of a password that the person has already.",
)
@pass_context
def add(
    context: Context,
    login: str,
    name: str,
    affiliation: str,
    role: str,
    aliases: tuple[str, ...],
    groups: tuple[str, ...],
    hash_file: TextIO | None,
) -> None:
    """Create an account, LOGIN being an e-mail address, and print a link to set its password.

    Roles: readers read what is shared with them; submitters also make collections and submit; curators may everything.
    """
    context.enter()
    password_hash = _hash_in(hash_file) if hash_file else ""
    with context.archive.transaction() as cursor:
        create_account(cursor, login, name, affiliation, actor=ACTOR, role=role)
        for alias in aliases:
            add_alias(cursor, login, alias, actor=ACTOR)
        for group in groups:
            add_member(cursor, group, login, actor=ACTOR)
        account = find_account(cursor, login)
        if password_hash:
            set_password_hash(cursor, account, password_hash, actor=ACTOR)
        link = "" if password_hash else _link(context, cursor, account.login)
    click.echo(f"Created {account.login} ({role}).")
    _tell_link(link)
    _warn_of_contested(context, account.aliases)


def _hash_in(stream: TextIO) -> str:
    text = stream.read(1000).strip()
    return check_imported_hash(text.partition(":")[2] if ":" in text else text)


def _link(context: Context, cursor: Cursor, login: str) -> str:
    secret = create_password_link(cursor, login, datetime.now(UTC), actor=ACTOR)
    return f"{context.home.settings.base_url}/account/password/{secret}"


def _tell_link(link: str) -> None:
    if link:
        click.echo(f"Send this to the person; it sets the password once, within {PASSWORD_LINK_DAYS} days:\n{link}")


def _warn_of_contested(context: Context, aliases: Iterable[str]) -> None:
    with context.archive.transaction() as cursor:
        contested = contested_names(cursor)
    for alias in aliases:
        if alias in contested:
            complain(f"{alias!r} is a name of {' and '.join(contested[alias])}: it opens nothing to any of them")


@users.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@pass_context
def list_users(context: Context, state: str | None, as_json: bool) -> None:
    """List the accounts."""
    context.enter()
    with context.archive.transaction() as cursor:
        accounts, contested = list_accounts(cursor, state), contested_names(cursor)
    if as_json:
        click.echo(json.dumps([asdict(account) for account in accounts], default=str, indent=1))
        return
    for account in accounts:
        last = f"last log-in {account.last_login:%Y-%m-%d}" if account.last_login else "never logged in"
        click.echo(f"{account.login:34} {account.state:10} {account.role:10} {printable(account.name)}, {last}")
    for alias, logins in contested.items():
        complain(f"{alias!r} is a name of {' and '.join(logins)}: it opens nothing to any of them")


@users.command()
@_LOGIN
@pass_context
def show(context: Context, login: str) -> None:
    """Show all of an account, but its secrets."""
    context.enter()
    with context.archive.transaction() as cursor:
        account = find_account(cursor, login)
        tokens = list_credentials(cursor, account.id, "token", datetime.now(UTC))
    for label, value in _facts(account):
        click.echo(f"{label:14} {printable(value)}")
    for token in tokens:
        click.echo(f"{'token':14} {token.hash[:8]}  {printable(token.label)}, until {token.expires:%Y-%m-%d}")


def _facts(account: Account) -> list[tuple[str, str]]:
    return [
        ("login", account.login),
        ("name", account.name),
        ("affiliation", account.affiliation),
        ("ORCID", account.orcid or ""),
        ("facility", account.facility + (", trusted" if account.facility_trusted else "")),
        ("state", account.state),
        ("role", account.role),
        ("data PI as", " / ".join(account.aliases)),
        ("groups", ", ".join(account.groups)),
        ("password", "set" if account.has_password else "none yet"),
        ("created", f"{account.created:%Y-%m-%d}"),
        ("last log-in", f"{account.last_login:%Y-%m-%d %H:%M}" if account.last_login else "never"),
    ]


@users.command()
@_LOGIN
@click.option("--login", "new_login", help="New e-mail address; collections that the person owns follow.")
@click.option("--name", help="New name.")
@click.option("--affiliation", help="New institute.")
@click.option("--role", type=_ROLE, help="New role.")
@click.option("--orcid", help='ORCID, by which citations name the person as data PI; "" for none.')
@pass_context
def edit(context: Context, login: str, new_login: str | None, **given: str | None) -> None:
    """Change an account."""
    context.enter()
    changes = {key: value for key, value in {"login": new_login, **given}.items() if value is not None}
    if not changes:
        raise MisuseError("there is nothing to change", remedy="see: ./oivo users edit --help")
    with context.archive.transaction() as cursor:
        edit_account(cursor, login, actor=ACTOR, **changes)
    click.echo(f"Changed {', '.join(changes)}.")


@users.command()
@_LOGIN
@click.option("--role", type=_ROLE, help="Role to give.  [default: as it is]")
@pass_context
def approve(context: Context, login: str, role: str | None) -> None:
    """Let somebody in who asked for an account, or was blocked, and print a link to set the password."""
    context.enter()
    with context.archive.transaction() as cursor:
        account = approve_account(cursor, login, actor=ACTOR, role=role)
        link = _link(context, cursor, account.login)
    click.echo(f"{account.login} is active ({account.role}).")
    _tell_link(link)
    _warn_of_contested(context, account.aliases)


@users.command()
@_LOGIN
@pass_context
def block(context: Context, login: str) -> None:
    """Block an account: sessions, tokens and links end now, nothing is open to it any more."""
    context.enter()
    with context.archive.transaction() as cursor:
        block_account(cursor, login, actor=ACTOR)
    click.echo("Blocked. What the person shared with others stays: see ./oivo share list")


@users.command()
@_LOGIN
@click.argument("name")
@click.option("--trusted", is_flag=True, help="Publish its reports of bad calibrators without review.")
@pass_context
def facility(context: Context, login: str, name: str, trusted: bool) -> None:
    """Let an account be that of an observatory, NAME, whose name its reports to BadCal carry; "" for a person again."""
    context.enter()
    with context.archive.transaction() as cursor:
        set_facility(cursor, login, name, trusted=trusted, actor=ACTOR)
    click.echo(f"Reports of {login} are {name}'s{', published at once' if trusted else ''}." if name else "A person's.")


@users.command("password-link")
@_LOGIN
@pass_context
def password_link(context: Context, login: str) -> None:
    """Print a link with which a person sets a new password; older links end."""
    context.enter()
    with context.archive.transaction() as cursor:
        link = _link(context, cursor, find_account(cursor, login).login)
    _tell_link(link)


@users.group()
def alias() -> None:
    """Names under which a person is data PI of collections: they open the data."""


@alias.command("add")
@_LOGIN
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
@pass_context
def alias_add(context: Context, login: str, names: tuple[str, ...]) -> None:
    """Add names, as collections have them; lower case and blanks do not matter."""
    context.enter()
    with context.archive.transaction() as cursor:
        known = [add_alias(cursor, login, name, actor=ACTOR) for name in names]
    click.echo(f"Data of {', '.join(known)} are open to {login}.")
    _warn_of_contested(context, known)


@alias.command("remove")
@_LOGIN
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
@pass_context
def alias_remove(context: Context, login: str, names: tuple[str, ...]) -> None:
    """Take names away."""
    context.enter()
    with context.archive.transaction() as cursor:
        for name in names:
            remove_alias(cursor, login, name, actor=ACTOR)
    click.echo("Removed.")


@users.group()
def token() -> None:
    """Tokens with which a person's programs log in."""


@token.command("create")
@_LOGIN
@click.option("--label", required=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1, 1096), default=365, show_default=True, help="How long it is valid.")
@pass_context
def token_create(context: Context, login: str, label: str, days: int) -> None:
    """Make a token and print it; it is not shown again."""
    context.enter()
    with context.archive.transaction() as cursor:
        click.echo(create_token(cursor, login, label, datetime.now(UTC), days, actor=ACTOR))


@token.command("list")
@_LOGIN
@pass_context
def token_list(context: Context, login: str) -> None:
    """List the tokens of a person, each with the beginning of its hash."""
    context.enter()
    with context.archive.transaction() as cursor:
        for found in list_credentials(cursor, find_account(cursor, login).id, "token", datetime.now(UTC)):
            used = f"last used {found.last_used:%Y-%m-%d}" if found.last_used else "never used"
            click.echo(f"{found.hash[:8]}  {printable(found.label)}, until {found.expires:%Y-%m-%d}, {used}")


@token.command("revoke")
@_LOGIN
@click.argument("start", metavar="HASH")
@pass_context
def token_revoke(context: Context, login: str, start: str) -> None:
    """End the token whose hash begins with HASH (8 characters or more)."""
    context.enter()
    with context.archive.transaction() as cursor:
        revoke_token(cursor, login, start, actor=ACTOR)
    click.echo("Revoked.")
