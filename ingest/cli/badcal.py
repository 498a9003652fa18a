"""`oivo badcal`: the registry of calibrators that are none."""

import hashlib
from pathlib import Path

import click

from ingest.archive.badcal import import_reports, plan_reports, published
from ingest.archive.catalogues import Source
from ingest.catalogs.badcal import read_reports, write_reports
from ingest.cli.context import Context, complain, pass_context
from ingest.cli.entries import add_commands
from ingest.cli.jmdc import decoded, read_file, write_file
from ingest.errors import OivoError
from ingest.logs import log


@click.group()
def badcal() -> None:
    """Reports of bad calibrators: in, out, submitted, decided on."""


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


add_commands(badcal, "badcal")
