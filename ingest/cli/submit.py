"""`oivo oidb submit`: several files into one collection, all or none."""

from pathlib import Path
from typing import Any

import click

from ingest.access.policy import CURATOR, Visitor
from ingest.archive.people import visitor_of_login
from ingest.cli.context import Context, complain, pass_context
from ingest.corrections import FIELDS
from ingest.errors import MisuseError, OivoError
from ingest.oifits.source import read_source
from ingest.progress import tracked
from ingest.submission import Desk, RefusedError
from ingest.submission.desk import key_text
from ingest.submission.remote import compare_remote_files
from ingest.submission.vizier import import_catalogue

#: Who works on the command line of the server: somebody who may everything.
_OPERATOR = Visitor(None, None, CURATOR, frozenset(), frozenset())


@click.command()
@click.argument("files", metavar="FILE-OR-URL…", nargs=-1, required=True)
@click.option("--level", type=click.IntRange(1, 3), required=True, help="1 uncalibrated, 2 calibrated, 3 published.")
@click.option("--collection", "collection_id", metavar="ID", help="Existing collection to add to.")
@click.option("--new", "new_id", metavar="ID", help="Identifier of a new collection; give --title, too.")
@click.option("--title", help="Title of the new collection.")
@click.option("--kind", help="Kind of the new collection, such as public, simulation, suv, chara.")
@click.option("--bibcode", help="Article of the new collection; level 3 needs it.")
@click.option("--datapi", help="Whom to ask about the data of the new collection.")
@click.option("--release-date", help="Nothing in the new collection is public before this date.")
@click.option(
    "--set",
    "corrections",
    metavar="FIELD=VALUE",
    multiple=True,
    help=f"Put a value right in all files: {', '.join(FIELDS)}; or in one: NAME:FIELD=VALUE.",
)
@click.option("--as", "login", metavar="E-MAIL", help="Submit in the name of this account.")
@click.option("--accept-severe", "reason", metavar="REASON", default="", help="Take files in spite of severe findings.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, save nothing.")
@pass_context
def submit(
    context: Context,
    files: tuple[str, ...],
    level: int,
    collection_id: str | None,
    new_id: str | None,
    corrections: tuple[str, ...],
    login: str | None,
    reason: str,
    dry_run: bool,
    **described: str | None,
) -> None:
    """Submit OIFITS files, or zip archives of them, into a collection: all of them, or none.

    Files given as http:// or https:// addresses stay where they are; size and checksum are kept.
    """
    if bool(collection_id) == bool(new_id):
        raise MisuseError("give either --collection or --new")
    wanted = [_correction(text) for text in corrections]
    context.enter()
    desk = Desk(context.home, _visitor(context, login))
    submission = desk.open(level).id
    try:
        for file in tracked("Reading", files):
            if file.startswith(("http://", "https://")):
                desk.register(submission, file)
            else:
                desk.receive(submission, Path(file).name, read_source(Path(file), file, desk.max_bytes))
        _describe(desk, submission, collection_id, new_id, described)
        _correct(desk, submission, wanted, reason)
        _say_duplicates(desk, submission)
        problems = desk.problems(submission)
        if problems:
            raise RefusedError(problems)
        if dry_run:
            desk.abandon(submission)
            click.echo(f"{len(desk.see(submission).items)} files could be saved.")
            return
        saved = desk.save(submission, context.run)
    except OivoError as error:
        for problem in error.problems if isinstance(error, RefusedError) else ():
            complain(
                f"{problem.file or 'submission'}: {problem.field + ': ' if problem.field else ''}{problem.message}"
            )
        desk.abandon(submission)
        raise OivoError("nothing was saved", place=error.place, remedy=str(error)) from error
    click.echo(f"Saved {len(saved.files)} files with {saved.granules} granules in collection {saved.collection_id}.")


def _visitor(context: Context, login: str | None) -> Visitor:
    if login is None:
        return _OPERATOR
    with context.archive.transaction() as cursor:
        visitor = visitor_of_login(cursor, login)
    if visitor.account_id is None:
        raise MisuseError("there is no active account of this name", place=login, remedy="see ./oivo users list")
    return visitor


def _correction(text: str) -> tuple[str, str, str]:
    """Return file name (or empty), field and value of an option ``NAME:FIELD=VALUE``."""
    name, equals, value = text.partition("=")
    file, _, field = name.rpartition(":")
    if not equals or field not in FIELDS:
        raise MisuseError(
            f"{text!r} sets nothing", place="--set", remedy=f"FIELD=VALUE with one of {', '.join(FIELDS)}"
        )
    return file, field, value


def _describe(
    desk: Desk, submission: str, collection_id: str | None, new_id: str | None, described: dict[str, str | None]
) -> None:
    if collection_id:
        desk.choose(submission, collection_id)
        return
    description: dict[str, Any] = {"id": new_id, **described}
    description["article_bibcode"] = description.pop("bibcode")
    desk.describe(submission, description)


def _correct(desk: Desk, submission: str, wanted: list[tuple[str, str, str]], reason: str) -> None:
    for item in desk.see(submission).items:
        mine = {field: value for file, field, value in wanted if file in ("", item.name)}
        of_file: dict[str, str | None] = {field: value for field, value in mine.items() if not FIELDS[field].of_granule}
        of_granule: dict[str, str | None] = {field: value for field, value in mine.items() if FIELDS[field].of_granule}
        granules = {key_text(granule): dict(of_granule) for granule in (item.report or {}).get("granules", [])}
        if mine or reason:
            desk.correct(submission, item.id, of_file, granules if of_granule else {}, reason)


def _say_duplicates(desk: Desk, submission: str) -> None:
    names = {item.id: item.name for item in desk.see(submission).items}
    for item, places in desk.duplicates(submission).items():
        complain(f"{names[item]}: the same content is {', '.join(places)}")


@click.command("import-vizier")
@click.argument("identifier", metavar="CATALOGUE")
@click.option("--dry-run", is_flag=True, help="Fetch and check everything, save nothing.")
@pass_context
def import_vizier(context: Context, identifier: str, dry_run: bool) -> None:
    """Register the OIFITS files of a VizieR catalogue, such as J/A+A/545/A130; they stay at CDS."""
    context.enter()
    imported = import_catalogue(Desk(context.home, _OPERATOR), identifier, dry_run=dry_run)
    for problem in imported.left_out:
        complain(f"left out: {problem}")
    if imported.saved is None:
        number = len(imported.catalogue.files) - len(imported.left_out)
        click.echo(f"{identifier}, {imported.catalogue.title}: {number} files could be registered.")
        return
    saved = imported.saved
    click.echo(f"Registered {len(saved.files)} files with {saved.granules} granules as collection {identifier}.")


@click.command("compare-remote")
@pass_context
def compare_remote(context: Context) -> None:
    """Fetch all files that others host again and compare them with their checksums."""
    context.enter()
    done = compare_remote_files(context.home, seconds=float("inf"), days=0.0)
    for problem in done.problems:
        complain(problem)
    click.echo(f"{done.compared} files compared, {len(done.problems)} of them changed or gone.")
    if done.problems:
        raise click.exceptions.Exit(1)
