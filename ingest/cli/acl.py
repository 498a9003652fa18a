"""`oivo acl`: rules for files that other Apache servers deliver."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ingest.access.canary import asker
from ingest.access.canary import check as check_server
from ingest.archive.acl import Outcome, rules_of_tree, write_tree
from ingest.archive.collections import find_collection
from ingest.archive.hosting import HostedTree, add_tree, checked_tree, find_tree, list_trees, remove_tree
from ingest.cli.context import Context, complain, pass_context, printable
from ingest.errors import MisuseError, OivoError

#: So many names of a list are shown.
_SHOWN = 5


@click.group()
def acl() -> None:
    """Rules for files that other Apache servers deliver: .htaccess and .htpasswd."""


@acl.group()
def trees() -> None:
    """Trees of files whose rules are written daily and at each change."""


def _server_options(command: Any) -> Any:
    for option in (
        click.option("--hardened", is_flag=True, help="Write Options and SetHandler, too: see docs/acl.md."),
        click.option(
            "--timezone", default="", help="Time zone of the server, as Europe/Paris: else times end a day early."
        ),
        click.option(
            "--password-file",
            default="",
            help="Absolute path of the .htpasswd on the server, best outside of its document root.",
        ),
        click.option("--collection", "collection_id", metavar="ID", help="The tree holds this collection's files."),
    ):
        command = option(command)
    return command


@acl.command()
@_server_options
@click.option("--url", default="", help="Address of the tree: binds each rule to its folder.")
@click.option("--dry-run", is_flag=True, help="Say what would change, write nothing.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@pass_context
def write(
    context: Context,
    folder: Path,
    collection_id: str | None,
    url: str,
    password_file: str,
    timezone: str,
    hardened: bool,
    dry_run: bool,
) -> None:
    """Write the rules into DIR, a folder of this host that an Apache server delivers.

    Without --collection the files of each collection are expected in a folder of the collection's id. Options that are
    not given are taken from the registered tree of that folder, if there is one.
    """
    context.enter()
    target = str(folder.absolute())
    with context.archive.transaction() as cursor:
        known = next((tree for tree in list_trees(cursor) if tree.target == target), None)
        if collection_id is not None:
            find_collection(cursor, collection_id)
    if known and any((collection_id, url, password_file, timezone, hardened)):
        raise MisuseError(
            f"is the registered tree {known.id}", place=target, remedy="leave the options away, or remove that tree"
        )
    tree = known or HostedTree("", collection_id, url, target, password_file, timezone, hardened)
    _tell(write_tree(context.home, tree, datetime.now(UTC), dry_run=dry_run), dry_run)


@acl.command()
@click.argument("names", metavar="[TREE]…", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would change, write nothing.")
@pass_context
def push(context: Context, names: tuple[str, ...], dry_run: bool) -> None:
    """Write the rules of registered trees, of all if none is named, and copy them to their servers."""
    context.enter()
    with context.archive.transaction() as cursor:
        wanted = [find_tree(cursor, name) for name in names] or list_trees(cursor)
    if not wanted:
        raise MisuseError("no tree is registered", remedy="register one: ./oivo acl trees add")
    failed = 0
    for tree in wanted:
        try:
            _tell(write_tree(context.home, tree, datetime.now(UTC), dry_run=dry_run), dry_run)
        except OivoError as error:
            failed += 1
            complain(error)
    if failed:
        raise click.exceptions.Exit(1)


def _tell(outcome: Outcome, dry_run: bool) -> None:
    tree = outcome.tree
    click.echo(f"{printable(tree.id or tree.target)}: {outcome}{' (nothing written)' if dry_run else ''}")
    for path, reason in outcome.plan.left_out.items():
        complain(f"{path}: {reason}; it stays denied (rename it)")
    _list("in the folder, but not in the archive: denied", outcome.unknown)
    _list("in the archive, but not in the folder", outcome.missing)
    _list("may read something, but have no password that works here", sorted(outcome.plan.without_password))
    if not tree.zone:
        complain("the server's time zone is not known, so that shares end up to 26 hours early here (--timezone)")


def _list(what: str, names: Any) -> None:
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        complain(f"{len(names)} {what}: {', '.join(names[:_SHOWN])}{more}")


@acl.command("check")
@click.option("--collection", "collection_id", metavar="ID", help="Collection in the tree, if it is not registered.")
@click.argument("url", metavar="URL")
@pass_context
def check(context: Context, url: str, collection_id: str | None) -> None:
    """Ask the live server at URL for files of a tree, as a stranger would, and judge its answers.

    Status 1 if anything is open that should not be, or closed that should be open.
    """
    context.enter()
    now = datetime.now(UTC)
    with context.archive.transaction() as cursor:
        known = next((tree for tree in list_trees(cursor) if tree.base_url == url.rstrip("/")), None)
    tree = known or checked_tree(HostedTree("", collection_id, url, "/nowhere", ""))
    wrong = 0
    if known and known.expires is not None and known.expires <= now:
        wrong += 1
        complain(f"the rules of {known.id} have expired at {known.expires:%Y-%m-%d %H:%M} (./oivo acl push {known.id})")
    if tree.base_url.startswith("http://"):
        complain("passwords travel readable without https")
    for verdict in check_server(asker(tree.base_url), rules_of_tree(context.archive, tree, now), tree.server, now):
        if verdict.right:
            click.echo(f"right: {printable(verdict.what)}")
        else:
            wrong += 1
            complain(f"WRONG: {verdict.what} ({verdict.remedy})")
    if wrong:
        raise click.exceptions.Exit(1)


@trees.command("add")
@click.argument("name", metavar="NAME")
@click.argument("target", metavar="TARGET")
@click.option("--url", required=True, help="Address of the tree on its server.")
@_server_options
@pass_context
def add(
    context: Context,
    name: str,
    target: str,
    url: str,
    collection_id: str | None,
    password_file: str,
    timezone: str,
    hardened: bool,
) -> None:
    """Register a tree at TARGET: a folder of this host, or host:/folder for the push command.

    Files that were registered by an address below --url are in it, and those of the collection, or of each collection
    in a folder of its id, by their names. Its rules are written from then on by the job `acl`; `oivo acl push NAME`
    writes them now.
    """
    context.enter()
    tree = HostedTree(name, collection_id, url, target, password_file, timezone, hardened)
    with context.archive.transaction() as cursor:
        tree = add_tree(cursor, tree)
    click.echo(f"Registered {tree.id}; the password file is {tree.password_file}.")


@trees.command("list")
@pass_context
def list_registered(context: Context) -> None:
    """List the registered trees, when their rules were written, and until when they hold."""
    context.enter()
    now = datetime.now(UTC)
    with context.archive.transaction() as cursor:
        found = list_trees(cursor)
    for tree in found:
        click.echo(f"{tree.id:16} {tree.collection_id or 'all collections':24} {tree.base_url} -> {tree.target}")
        click.echo(f"{'':16} {_state(tree, now)}")


def _state(tree: HostedTree, now: datetime) -> str:
    if tree.written is None or tree.expires is None:
        state = "never written"
    else:
        state = f"written {tree.written:%Y-%m-%d %H:%M}, until {tree.expires:%Y-%m-%d %H:%M}"
        state += " EXPIRED" if tree.expires <= now else ""
    return f"{state}; FAILED: {tree.problem}" if tree.problem else state


@trees.command("remove")
@click.argument("name", metavar="NAME")
@pass_context
def remove(context: Context, name: str) -> None:
    """Forget a tree. Its files of rules stay and let nobody in who needs a password after they expire."""
    context.enter()
    with context.archive.transaction() as cursor:
        tree = remove_tree(cursor, name)
    click.echo(f"Forgot {name}; what it wrote is still in {printable(tree.target)}.")
