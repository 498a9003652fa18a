"""`oivo badcal`: the registry of calibrators that are none."""

import hashlib
from pathlib import Path

import click

from ingest.archive.badcal import import_reports, list_reports, plan_reports, published
from ingest.archive.catalogues import OPERATOR, Source, decide
from ingest.catalogs.badcal import read_reports, write_reports
from ingest.cli.context import Context, complain, pass_context, printable
from ingest.cli.jmdc import decoded, read_file, write_file
from ingest.errors import OivoError
from ingest.logs import log


@click.group()
def badcal() -> None:
    """Reports of bad calibrators: in, out, and decided on."""


_IDS = click.argument("ids", metavar="ID…", nargs=-1, required=True, type=int)


@badcal.command("import")
@click.argument("file", metavar="FILE", type=click.Path(readable=False, path_type=Path))
@click.option("--edition", metavar="NAME", help="Name of the list.  [default: the file's, without its ending]")
@click.option("--submitted", is_flag=True, help="Let them wait for review; else they are published at once.")
@click.option("--dry-run", is_flag=True, help="Show what would change, write nothing.")
@pass_context
def import_(context: Context, file: Path, edition: str | None, submitted: bool, dry_run: bool) -> None:
    """Read a CSV of reports: our own export, a batch with some of its columns, or what the older service gives.

    Rows that are wrong are named with the reason on standard error, the others are taken, and the status is then 1.
    """
    context.enter()
    data = read_file(file)
    try:
        reports, refused = read_reports(decoded(data))
    except OivoError as error:
        error.place = error.place or file.name
        raise
    source = Source(edition or file.name.split(".")[0], file.name, hashlib.sha256(data).hexdigest(), context.run)
    with context.archive.transaction() as cursor:
        if dry_run:
            plan = plan_reports(cursor, reports)
        else:
            plan = import_reports(cursor, reports, source, accepted=not submitted)
    for each in plan.added:
        click.echo(f"+ {each.report.name}: {each.report.reason}")
    for change in plan.changed:
        click.echo(f"~ {change}")
    for refusal in refused:
        complain(f"{file.name}, {refusal}")
    counts = f"{len(plan.added)} new, {len(plan.changed)} changed, {len(plan.same)} the same"
    more = f", {len(refused)} refused" if refused else ""
    click.echo(f"{'Nothing is written. It has: ' if dry_run else ''}{counts}{more}.")
    if not dry_run:
        log.info("badcal: %s: %s%s", source.edition, counts, more, extra={"run": context.run})
    if refused:
        raise click.exceptions.Exit(1)


@badcal.command()
@click.option("--output", type=click.Path(path_type=Path), help="File to write.  [default: standard output]")
@pass_context
def export(context: Context, output: Path | None) -> None:
    """Write the validated reports as CSV, without addresses."""
    context.enter()
    with context.archive.transaction() as cursor:
        text = write_reports(published(cursor))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_file(output, text)


@badcal.command("list")
@click.option(
    "--state", type=click.Choice(["submitted", "accepted", "rejected", "withdrawn"]), help="Only those in this state."
)
@pass_context
def list_(context: Context, state: str | None) -> None:
    """List reports with their states, also those that are not public."""
    context.enter()
    with context.archive.transaction() as cursor:
        found = list_reports(cursor, state)
    for report in found:
        told = (
            str(report.id),
            report.state,
            report.name,
            report.reason,
            f"{report.submitted:%Y-%m-%d}",
            report.reporter,
        )
        click.echo(printable("  ".join(told)))


@badcal.command()
@_IDS
@click.option("--reason", default="", help="Why; for the history.")
@pass_context
def accept(context: Context, ids: tuple[int, ...], reason: str) -> None:
    """Validate reports that wait, or that were rejected or withdrawn before: they become public."""
    _decide(context, ids, "accepted", reason)


@badcal.command()
@_IDS
@click.option("--reason", required=True, help="Why; for the history.")
@pass_context
def reject(context: Context, ids: tuple[int, ...], reason: str) -> None:
    """Reject reports that wait; they never become public."""
    _decide(context, ids, "rejected", reason)


@badcal.command()
@_IDS
@click.option("--reason", required=True, help="Why; everybody can read it.")
@pass_context
def withdraw(context: Context, ids: tuple[int, ...], reason: str) -> None:
    """Withdraw public reports: number, name, dates and this reason stay, the reporter's address is deleted."""
    _decide(context, ids, "withdrawn", reason)


def _decide(context: Context, ids: tuple[int, ...], decision: str, reason: str) -> None:
    context.enter()
    with context.archive.transaction() as cursor:
        decide(cursor, "badcal", ids, decision, OPERATOR, reason, context.run)
    log.info("badcal: %s %s", decision, ", ".join(map(str, ids)), extra={"run": context.run})
    click.echo(f"{len(ids)} {'report is' if len(ids) == 1 else 'reports are'} {decision}.")
