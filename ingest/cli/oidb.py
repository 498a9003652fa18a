"""`oivo oidb`: OIFITS files and collections."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from ingest.access.policy import release_moment
from ingest.archive.collections import KINDS, Collection, create_collection, find_collection
from ingest.archive.files import FileIngest, Ingested, NoGranuleError, read_upload
from ingest.archive.reread import reread_files
from ingest.cli.check import check
from ingest.cli.context import Context, complain, pass_context, printable
from ingest.cli.curate import edit, move, retire
from ingest.cli.plot import plot
from ingest.cli.submit import compare_remote, import_vizier, submit
from ingest.errors import MisuseError, OivoError
from ingest.logs import log
from ingest.oifits import Granule, granules_of, read_oifits, why_no_granules, write_tsv
from ingest.oifits.source import read_source
from ingest.progress import Progress


@click.group()
def oidb() -> None:
    """OIFITS files, their granules and collections."""


for command in (check, plot, submit, edit, move, retire, import_vizier, compare_remote):
    oidb.add_command(command)

_FILES = click.argument(
    "files", metavar="FILE…", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path)
)


@oidb.command()
@_FILES
def granules(files: tuple[Path, ...]) -> None:
    """Print the granules of OIFITS files as tab-separated text.

    The 15 columns and their values are those of oitools, the library behind the original OiDB, with the file's name
    before them. Nothing is stored. Files that cannot be read are named on standard error, and the status is 1.
    """
    refused: list[OivoError] = []
    write_tsv(_granules_of_files(files, refused), click.get_text_stream("stdout"))
    for error in refused:
        complain(error)
    if refused:
        raise click.exceptions.Exit(1)


def _granules_of_files(files: Iterable[Path], refused: list[OivoError]) -> Iterator[tuple[str, Granule]]:
    """Yield the granules of files, each with its file's name; put files that cannot be read on the list."""
    for path in files:
        try:
            oifits = read_oifits(path)
            found = granules_of(oifits)
        except OivoError as error:
            refused.append(error)
            continue
        if not found:
            refused.append(NoGranuleError(why_no_granules(oifits), place=path.name))
        yield from ((printable(path.name), granule) for granule in found)


@oidb.command("create-collection")
@click.argument("identifier", metavar="ID")
@click.option("--title", required=True, help="Title, such as that of the article.")
@click.option("--name", help="Short name.  [default: the ID]")
@click.option("--kind", type=click.Choice(KINDS), default="public", show_default=True, help="Decides the embargo.")
@click.option("--description", default="", help="What it holds and how it was made.")
@click.option("--keyword", "keywords", multiple=True, help="Keyword; can be given several times.")
@click.option("--bibcode", help="Bibcode of the article that published the data (19 characters).")
@click.option("--datapi", default="", help="Whom to ask about the data; several names with / between.")
@click.option("--creator", default="", help="Name of the creator of the data.")
@click.option("--release-date", help="Nothing in it is public before this date (the whole day counts) or time, UTC.")
@click.option("--owner", default="", help="Account of the owner; never published.")
@pass_context
def create(context: Context, identifier: str, name: str | None, release_date: str | None, **given: str) -> None:
    """Create a collection."""
    context.enter()
    try:
        release = release_moment(release_date) if release_date else None
    except ValueError:
        raise MisuseError(
            f"{release_date!r} is no date", place="--release-date", remedy="write it like 2027-03-31"
        ) from None
    bibcode = given.pop("bibcode")
    collection = Collection(
        id=identifier,
        name=name or identifier,
        article_bibcode=bibcode,
        release_date=release,
        keywords=tuple(given.pop("keywords")),
        **given,
    )
    with context.archive.transaction() as cursor:
        create_collection(cursor, collection, context.run)
    log.info("created collection %s", identifier, extra={"run": context.run})
    click.echo(f"Created collection {identifier}.")


@oidb.command()
@_FILES
@click.option("--collection", "collection_id", metavar="ID", required=True, help="Collection to add to.")
@click.option("--level", type=click.IntRange(1, 3), required=True, help="1 uncalibrated, 2 calibrated, 3 published.")
@click.option("--replace", "replacing", is_flag=True, help="Let a file take the place of one of the same name.")
@click.option(
    "--accept-severe",
    "reason",
    metavar="REASON",
    default="",
    help="As a curator, take files of level 1 or 2 in spite of severe findings; the reason is kept.",
)
@click.option("--dry-run", is_flag=True, help="Read and check the files, store nothing.")
@pass_context
def add(
    context: Context,
    files: tuple[Path, ...],
    collection_id: str,
    level: int,
    replacing: bool,
    reason: str,
    dry_run: bool,
) -> None:
    """Ingest OIFITS files into a collection.

    Each file is in whole or not at all; those that are there already change nothing, so an interrupted call can simply
    be repeated. Files that are refused are named with the reason on standard error, and the status is then 1.
    """
    context.enter()
    with context.archive.transaction() as cursor:
        find_collection(cursor, collection_id)
    ingest = _ingest(context, collection_id, level)
    ingest = replace(ingest, replace=replacing, accepted_reason=reason.strip())
    counts: dict[str, int] = {}
    total = refused = 0
    with Progress("Ingesting", len(files)) as progress:
        for path in files:
            try:
                done = _add_one(ingest, path, _max_bytes(context), dry_run)
            except OivoError as error:
                refused += 1
                progress.clear()
                complain(f"refused: {error}")
                log.warning("refused: %s", error, extra={"run": context.run})
            else:
                word = "readable" if done is None else done.outcome.value
                counts[word] = counts.get(word, 0) + 1
                total += 0 if done is None else done.granules
                if done is not None and done.elsewhere:
                    progress.clear()
                    complain(f"{path.name}: collection {', '.join(done.elsewhere)} has the same file")
            progress.step(path.name)
    said = ", ".join(f"{number} {word}" for word, number in counts.items())
    click.echo(f"{said or 'Nothing added'}{f', {refused} refused' if refused else ''}; {total} granules.")
    log.info("add to %s: %s, %d refused, %d granules", collection_id, said, refused, total, extra={"run": context.run})
    if refused:
        raise click.exceptions.Exit(1)


def _add_one(ingest: FileIngest, path: Path, max_bytes: int, dry_run: bool) -> Ingested | None:
    upload = read_upload(path.name, read_source(path, str(path), max_bytes), max_bytes)
    ingest.admit(upload)
    return None if dry_run else ingest.add(upload)


def _max_bytes(context: Context) -> int:
    return context.home.settings.number("limits.oifits_bytes")


def _ingest(context: Context, collection_id: str, level: int) -> FileIngest:
    authority = context.home.settings.text("site.authority")
    return FileIngest(context.archive, context.store, collection_id, level, datetime.now(UTC), authority, context.run)


@oidb.command()
@pass_context
def reread(context: Context) -> None:
    """Read all stored files again, after an update of oivo; granules keep their ids."""
    context.enter()
    failed = count = 0
    with Progress("Reading again") as progress:
        for done in reread_files(_ingest(context, "", 1), _max_bytes(context)):
            count += done.granules
            if done.error is not None:
                failed += 1
                progress.clear()
                complain(done.error)
            progress.step(done.name)
    click.echo(f"{count} granules are up to date{f', {failed} files failed' if failed else ''}.")
    if failed:
        raise click.exceptions.Exit(1)
