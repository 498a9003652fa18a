"""`oivo registry doi`: DOIs of collections, registered and kept up to date at DataCite."""

import click

from ingest.archive.dois import DoiRecord, list_dois
from ingest.cli.context import Context, complain, pass_context, printable
from ingest.doi.account import account_of, missing
from ingest.doi.client import Client
from ingest.doi.register import Task, carry_out, one_registration, plan
from ingest.errors import MisuseError
from ingest.logs import log
from ingest.progress import Progress

_DONE = {"register": "registered", "update": "updated", "hide": "hidden", "unchanged": "unchanged", "skip": "skipped"}


@click.command()
@click.argument("collections", metavar="[COLLECTION…]", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show what would be done; ask nobody, write nothing.")
@click.option("--status", is_flag=True, help="Show which collections have a DOI, and what went wrong.")
@pass_context
def doi(context: Context, collections: tuple[str, ...], dry_run: bool, status: bool) -> None:
    """Register DOIs of collections at DataCite, and update those whose metadata have changed.

    Without COLLECTION all of them, as far as their kind gets DOIs (doi.kinds) and they hold files. A DOI that was
    registered stays for ever: look at it with --dry-run first, and try it at DataCite's test system (doi.api_url). A
    retired collection's DOI goes on leading to its page; DataCite lists it no more.
    """
    if dry_run and status:
        raise MisuseError("give either --dry-run or --status")
    context.enter()
    if status:
        _tell_status(context, collections)
    elif dry_run:
        _rehearse(context, collections)
    else:
        _register(context, collections)


def _tell_status(context: Context, collections: tuple[str, ...]) -> None:
    with context.archive.transaction() as cursor:
        known = [record for record in list_dois(cursor) if not collections or record.collection_id in collections]
    for record in known:
        click.echo(_line_of(record))
    registered = sum(record.state is not None for record in known)
    troubled = sum(bool(record.problem) for record in known)
    click.echo(f"{registered} DOIs registered{f', {troubled} with problems' if troubled else ''}.")
    lacking = missing(context.home)
    if lacking:
        click.echo(f"Nothing is sent to DataCite: set {', '.join(lacking)} (docs/citation.md).")


def _line_of(record: DoiRecord) -> str:
    told = f"{record.updated:%Y-%m-%d %H:%M}" if record.updated else "never"
    line = f"{record.doi:30} {record.state or 'not yet':11} {record.collection_id:24} told {told}"
    return printable(f"{line}  {record.problem}".rstrip())


def _rehearse(context: Context, collections: tuple[str, ...]) -> None:
    with context.archive.transaction() as cursor:
        tasks = plan(context.home, cursor, collections)
    for task in tasks:
        if task.what == "skip":
            click.echo(f"- {task.collection_id}: {task.why_not}")
        elif task.what != "unchanged":
            click.echo(f"{'+' if task.what == 'register' else '~'} {task.collection_id}: {task.what} {task.doi}")
    click.echo(f"Nothing is sent. It would be: {_counts([task.what for task in tasks])}.")
    lacking = missing(context.home)
    if lacking:
        click.echo(f"DOIs are off: set {', '.join(lacking)} (docs/citation.md).")


def _register(context: Context, collections: tuple[str, ...]) -> None:
    account = account_of(context.home)
    archive = context.archive
    done: list[str] = []
    with one_registration(archive), Client(account) as client:
        with archive.transaction() as cursor:
            tasks = plan(context.home, cursor, collections)
        with Progress("Telling DataCite", len(tasks)) as progress:
            for task in tasks:
                done.append(_one(context, client, task, progress, named=bool(collections)))
                progress.step(task.collection_id)
    click.echo(f"DOIs: {_counts(done)}.")
    if "failed" in done:
        raise click.exceptions.Exit(1)


def _one(context: Context, client: Client, task: Task, progress: Progress, *, named: bool) -> str:
    """Do what one collection needs, say so, and return what it was."""
    if task.what == "unchanged":
        return task.what
    if task.what == "skip":
        if not named:
            return task.what
        progress.clear()
        complain(f"{task.collection_id}: {task.why_not}")
        return "failed"
    problem = carry_out(context.archive, client, task)
    progress.clear()
    if problem:
        complain(f"{task.collection_id}: {problem}")
        return "failed"
    click.echo(f"{task.collection_id}: {task.doi} is {_DONE[task.what]}")
    log.info("doi: %s %s %s", _DONE[task.what], task.collection_id, task.doi, extra={"run": context.run})
    return task.what


def _counts(done: list[str]) -> str:
    told = [f"{done.count(what)} {words}" for what, words in {**_DONE, "failed": "failed"}.items() if what in done]
    return ", ".join(told) or "no collections"
