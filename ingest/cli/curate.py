"""`oivo oidb edit-collection | move | retire`: collections and files that change."""

from typing import Any

import click

from ingest.access.policy import release_moment
from ingest.archive.collections import KINDS
from ingest.archive.curation import (
    edit_collection,
    move_files,
    restore_collection,
    restore_files,
    retire_collection,
    retire_files,
)
from ingest.cli.context import Context, pass_context
from ingest.errors import MisuseError
from ingest.logs import log


@click.command("edit-collection")
@click.argument("identifier", metavar="ID")
@click.option("--title", help="Title.")
@click.option("--name", help="Short name.")
@click.option("--kind", type=click.Choice(KINDS), help="Decides the embargo of what is added from now on.")
@click.option("--description", help="What it holds and how it was made.")
@click.option("--keyword", "keywords", multiple=True, help="Keyword; those given replace all that it has.")
@click.option("--bibcode", "article_bibcode", help='Bibcode of the article, or "" for none.')
@click.option("--datapi", help="Whom to ask about the data; several names with / between.")
@click.option("--co-pis", help="Further people responsible, who may read private data: names with / between.")
@click.option("--creator", help="Name of the creator of the data.")
@click.option("--release-date", help='Nothing in it is public before (makes public data private, too); "" for none.')
@click.option("--owner", help="Account of the owner; never published.")
@pass_context
def edit(context: Context, identifier: str, **given: Any) -> None:
    """Change what is told about a collection; options that are not given change nothing."""
    context.enter()
    changes = {name: value for name, value in given.items() if value not in (None, ())}
    if not changes:
        raise MisuseError("nothing to change", remedy="see oivo oidb edit-collection --help")
    if "article_bibcode" in changes:
        changes["article_bibcode"] = changes["article_bibcode"] or None
    if "release_date" in changes:
        changes["release_date"] = _moment(changes["release_date"])
    with context.archive.transaction() as cursor:
        edit_collection(cursor, identifier, changes, context.run)
    log.info("edited collection %s: %s", identifier, ", ".join(changes), extra={"run": context.run})
    click.echo(f"Changed {', '.join(sorted(changes))} of collection {identifier}.")


def _moment(text: str) -> Any:
    try:
        return release_moment(text) if text else None
    except ValueError:
        raise MisuseError(f"{text!r} is no date", place="--release-date", remedy="write it like 2027-03-31") from None


@click.command()
@click.argument("file_ids", metavar="FILE-ID…", nargs=-1, required=True, type=int)
@click.option("--to", "target", metavar="ID", required=True, help="Collection that they go to.")
@pass_context
def move(context: Context, file_ids: tuple[int, ...], target: str) -> None:
    """Move files to another collection; they keep ids, granules and rights, or get stricter ones."""
    context.enter()
    with context.archive.transaction() as cursor:
        move_files(cursor, file_ids, target, context.run)
    click.echo(f"{len(file_ids)} files are in collection {target}.")


@click.command()
@click.option("--collection", "collection_id", metavar="ID", help="A whole collection.")
@click.option("--file", "file_ids", metavar="FILE-ID", type=int, multiple=True, help="A file; can be repeated.")
@click.option("--reason", default="", help="Why; people who have the identifier will read it.")
@click.option("--undo", is_flag=True, help="Publish it again.")
@pass_context
def retire(context: Context, collection_id: str | None, file_ids: tuple[int, ...], reason: str, undo: bool) -> None:
    """Take a collection or files out of publication; nothing is deleted, identifiers stay known."""
    if bool(collection_id) == bool(file_ids):
        raise MisuseError("give either --collection or --file")
    context.enter()
    with context.archive.transaction() as cursor:
        if collection_id and undo:
            restore_collection(cursor, collection_id, context.run)
        elif collection_id:
            retire_collection(cursor, collection_id, reason, context.run)
        elif undo:
            restore_files(cursor, file_ids, context.run)
        else:
            retire_files(cursor, file_ids, reason, context.run)
    what = f"collection {collection_id}" if collection_id else f"{len(file_ids)} files"
    click.echo(f"{'Published again' if undo else 'Retired'}: {what}.")
