"""`oivo groups`: groups of accounts, with which data can be shared."""

import click

from ingest.archive.groups import add_member, create_group, find_group, list_groups, remove_member
from ingest.cli.context import Context, pass_context, printable
from ingest.cli.users import ACTOR

_GROUP = click.argument("group", metavar="ID")
_LOGINS = click.argument("logins", metavar="LOGIN…", nargs=-1, required=True)


@click.group()
def groups() -> None:
    """Groups of accounts: teams with which data are shared."""


@groups.command()
@_GROUP
@click.option("--title", required=True, help="What it is.")
@pass_context
def create(context: Context, group: str, title: str) -> None:
    """Create a group."""
    context.enter()
    with context.archive.transaction() as cursor:
        create_group(cursor, group, title, actor=ACTOR)
    click.echo(f"Created group {group}.")


@groups.command("list")
@pass_context
def list_all(context: Context) -> None:
    """List the groups."""
    context.enter()
    with context.archive.transaction() as cursor:
        for group in list_groups(cursor):
            click.echo(f"{group.id:24} {len(group.members):4} members  {printable(group.title)}")


@groups.command()
@_GROUP
@pass_context
def show(context: Context, group: str) -> None:
    """List the members of a group."""
    context.enter()
    with context.archive.transaction() as cursor:
        for login in find_group(cursor, group).members:
            click.echo(login)


@groups.command()
@_GROUP
@_LOGINS
@pass_context
def add(context: Context, group: str, logins: tuple[str, ...]) -> None:
    """Put people into a group, which opens to them what is shared with it."""
    context.enter()
    with context.archive.transaction() as cursor:
        for login in logins:
            add_member(cursor, group, login, actor=ACTOR)
    click.echo(f"Added {len(logins)}.")


@groups.command()
@_GROUP
@_LOGINS
@pass_context
def remove(context: Context, group: str, logins: tuple[str, ...]) -> None:
    """Take people out of a group."""
    context.enter()
    with context.archive.transaction() as cursor:
        for login in logins:
            remove_member(cursor, group, login, actor=ACTOR)
    click.echo(f"Removed {len(logins)}.")
