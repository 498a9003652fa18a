"""`oivo share`: private data opened to persons and groups, for a time; and who has access."""

from datetime import UTC, datetime

import click

from ingest.access.policy import release_moment
from ingest.archive.access import who_may_read
from ingest.archive.collections import find_collection
from ingest.archive.shares import (
    OPERATOR,
    SCOPES,
    delegate,
    end_delegation,
    end_share,
    list_delegations,
    list_shares,
    share,
)
from ingest.cli.context import Context, pass_context, printable
from ingest.cli.users import ACTOR
from ingest.errors import MisuseError

_UNTIL = click.option(
    "--until", metavar="DATE", help="Last day (the whole day counts) or moment, UTC.  [default: no end]"
)


@click.group("share")
def shares() -> None:
    """Private data shared with persons and groups, and delegations of data PIs."""


@shares.command()
@click.option("--collection", "collection_id", metavar="ID", default="", help="A collection, with all that comes in.")
@click.option("--file", "file_id", type=click.IntRange(1), help="One file, by its number.")
@click.option("--with", "login", metavar="LOGIN", default="", help="The person.")
@click.option("--group", default="", help="The group.")
@_UNTIL
@pass_context
def add(context: Context, collection_id: str, file_id: int | None, login: str, group: str, until: str | None) -> None:
    """Let a person or a group read a collection or a file."""
    context.enter()
    with context.archive.transaction() as cursor:
        number = share(
            cursor,
            OPERATOR,
            collection_id=collection_id,
            file_id=file_id,
            login=login,
            group=group,
            until=moment_of(until),
            now=datetime.now(UTC),
        )
    click.echo(f"Shared: number {number}.")


def moment_of(until: str | None) -> datetime | None:
    """Return the moment that an option's date stands for.

    Raises
    ------
    MisuseError
        When it is none.
    """
    if not until:
        return None
    try:
        return release_moment(until)
    except ValueError:
        raise MisuseError(f"{until!r} is no date", place="--until", remedy="write it like 2027-03-31") from None


@shares.command("list")
@click.option("--collection", "collection_id", metavar="ID", help="Only those of this collection.")
@click.option("--all", "with_ended", is_flag=True, help="Also those that have ended.")
@pass_context
def list_all(context: Context, collection_id: str | None, with_ended: bool) -> None:
    """List shares and delegations, with their numbers."""
    context.enter()
    now = datetime.now(UTC)
    with context.archive.transaction() as cursor:
        found, trusts = list_shares(cursor, collection_id), list_delegations(cursor)
    for known in found:
        if with_ended or known.is_in_force(now):
            by = f", by {known.granted_by}" if known.granted_by else ""
            click.echo(
                f"share {known.id}: {printable(known.what)} with {known.shared_with}{_state(known.until, known.ended)}"
                f"{printable(by)}"
            )
    for trust in trusts:
        concerned = collection_id is None or (trust.scope, trust.value) == ("collection", collection_id)
        if concerned and (with_ended or trust.is_in_force(now)):
            click.echo(
                f"delegation {trust.id}: {trust.pi} trusts {trust.trusted}, {SCOPES[trust.scope]} "
                f"{printable(trust.value)}{_state(trust.until, trust.ended)}"
            )


def _state(until: datetime | None, ended: datetime | None) -> str:
    if ended is not None:
        return f", ended {ended:%Y-%m-%d}"
    return f", until {until:%Y-%m-%d %H:%M}" if until else ""


@shares.command()
@click.argument("number", type=int)
@pass_context
def end(context: Context, number: int) -> None:
    """Take the share of this number back."""
    context.enter()
    with context.archive.transaction() as cursor:
        end_share(cursor, OPERATOR, number, datetime.now(UTC))
    click.echo("Ended.")


@shares.command("delegate")
@click.option("--pi", required=True, metavar="LOGIN", help="The data PI who trusts.")
@click.option("--to", "trusted", required=True, metavar="LOGIN", help="The person who is trusted.")
@click.option("--collection", metavar="ID", help="The PI's data of this collection.")
@click.option("--progid", metavar="ID", help="The PI's data of this programme.")
@click.option("--subid", "proposal_subid", metavar="ID", help="The PI's data of this sub-id of proposals.")
@_UNTIL
@pass_context
def delegate_to(context: Context, pi: str, trusted: str, until: str | None, **scopes: str | None) -> None:
    """Let somebody read a data PI's own data of a collection, a programme or a sub-id."""
    context.enter()
    given = [(scope, value) for scope, value in scopes.items() if value]
    if len(given) != 1:
        raise MisuseError("name one of --collection, --progid and --subid")
    scope, value = given[0]
    with context.archive.transaction() as cursor:
        number = delegate(
            cursor,
            ACTOR,
            pi=pi,
            trusted=trusted,
            scope=scope,
            value=value,
            until=moment_of(until),
            now=datetime.now(UTC),
        )
    click.echo(f"Delegated: number {number}.")


@shares.command("end-delegation")
@click.argument("number", type=int)
@pass_context
def end_trust(context: Context, number: int) -> None:
    """Take the delegation of this number back."""
    context.enter()
    with context.archive.transaction() as cursor:
        end_delegation(cursor, OPERATOR, number, datetime.now(UTC))
    click.echo("Ended.")


@shares.command()
@click.argument("collection_id", metavar="COLLECTION")
@pass_context
def access(context: Context, collection_id: str) -> None:
    """List who may read private files of a collection now, and why."""
    context.enter()
    with context.archive.transaction() as cursor:
        find_collection(cursor, collection_id)
        for reader in who_may_read(cursor, collection_id, datetime.now(UTC)):
            click.echo(
                f"{reader.login:34} {reader.nb_files:5} files  {', '.join(reader.reasons):14} {printable(reader.name)}"
            )
