"""`oivo jmdc`: the catalogue of measured stellar diameters."""

import hashlib
from pathlib import Path

import click

from ingest.archive.catalogues import Source
from ingest.archive.jmdc import Plan, close_edition, import_edition, plan_edition, published
from ingest.catalogs.editions import Edition, read_edition
from ingest.catalogs.writing import archive_csv, bibtex, export_csv, vizier
from ingest.cli.context import Context, complain, pass_context
from ingest.cli.entries import add_commands
from ingest.errors import MisuseError, OivoError
from ingest.logs import log

#: How many differences are shown, unless all are wanted.
_SHOWN = 20
#: The catalogue of 2021 has 0.7 MB.
_LARGEST = 100_000_000


@click.group()
def jmdc() -> None:
    """Measured stellar diameters: editions in and out, measurements submitted and decided on."""


@jmdc.command("import")
@click.argument("file", metavar="FILE", type=click.Path(readable=False, path_type=Path))
@click.option("--readme", type=click.Path(readable=False, path_type=Path), help="ReadMe of a fixed-width table.")
@click.option("--edition", metavar="NAME", help="Name of the edition.  [default: the file's, without its ending]")
@click.option("--complete", is_flag=True, help="Withdraw published measurements that the edition has not.")
@click.option("--all", "everything", is_flag=True, help=f"Show all differences, not only the first {_SHOWN} of a kind.")
@click.option("--dry-run", is_flag=True, help="Show what would change, write nothing.")
@pass_context
def import_(
    context: Context,
    file: Path,
    readme: Path | None,
    edition: str | None,
    complete: bool,
    everything: bool,
    dry_run: bool,
) -> None:
    """Read an edition in: the service's CSV, the table of 2017, VizieR's table with its ReadMe, or our own export.

    Measurements keep their numbers; what is there already changes nothing. Rows that are wrong are named with the
    reason on standard error, the others are taken, and the status is then 1.
    """
    context.enter()
    data = read_file(file)
    if readme is None and file.suffix == ".dat" and (file.parent / "ReadMe").is_file():
        readme = file.parent / "ReadMe"
    found = _read(file, data, decoded(read_file(readme)) if readme else None)
    name = edition or file.name.split(".")[0]
    source = Source(name, file.name, hashlib.sha256(data).hexdigest(), context.run)
    with context.archive.transaction() as cursor:
        plan = plan_edition(cursor, found) if dry_run else import_edition(cursor, found, source, complete=complete)
    _tell(plan, None if everything else _SHOWN, complete=complete)
    for refusal in found.refused:
        complain(f"{file.name}, {refusal}")
    counts = f"{len(plan.added)} new, {len(plan.changed)} changed, {len(plan.same)} the same"
    aside = f", {len(plan.set_aside)} left as they are" if plan.set_aside else ""
    refused = f", {len(found.refused)} refused" if found.refused else ""
    missing = f"; {len(plan.missing)} here are not in it" if plan.missing else ""
    would = "Nothing is written. It has: " if dry_run else ""
    click.echo(f"{would}{counts}{aside}{refused}{missing}.")
    if not dry_run:
        log.info("jmdc: %s: %s%s%s", name, counts, refused, missing, extra={"run": context.run})
    if found.refused:
        raise click.exceptions.Exit(1)


def _read(file: Path, data: bytes, readme: str | None) -> Edition:
    try:
        return read_edition(decoded(data), readme)
    except OivoError as error:
        error.place = error.place or file.name
        raise


def _tell(plan: Plan, most: int | None, *, complete: bool) -> None:
    """Show differences, a line each."""
    missing = [f"{number} {entry.id1} {entry.bibcode}" for number, entry in plan.missing]
    for sign, lines in (
        ("+", [f"{row.measurement.id1} {row.measurement.bibcode} {row.measurement.band}" for row in plan.added]),
        ("~", [str(change) for change in plan.changed]),
        ("-" if complete else "?", missing),
    ):
        for line in lines[:most]:
            click.echo(f"{sign} {line.rstrip()}")
        if most is not None and len(lines) > most:
            click.echo(f"{sign} … and {len(lines) - most} more")


@jmdc.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "vizier", "bibtex", "archive"]),
    default="csv",
    show_default=True,
    help="csv as /export_csv has it; ReadMe and jmdc.dat; references; or all that `import` restores.",
)
@click.option("--edition", metavar="NAME", help="Only what is in this edition.")
@click.option("--output", type=click.Path(path_type=Path), help="File to write; for vizier the folder.")
@pass_context
def export(context: Context, form: str, edition: str | None, output: Path | None) -> None:
    """Write the published measurements to a file, or to standard output."""
    if form == "vizier" and output is None:
        raise MisuseError("two files need a folder", place="--output")
    context.enter()
    with context.archive.transaction() as cursor:
        rows = published(cursor, edition)
    if edition and not rows:
        raise MisuseError(f"there is no edition {edition!r}, or nothing of it is published", place="--edition")
    entries = [row.measurement for row in rows]
    if form == "vizier":
        assert output is not None
        made = vizier(entries, edition or "of this site")
        write_file(output / "ReadMe", made.readme)
        write_file(output / "jmdc.dat", made.table)
        return
    text = {
        "csv": lambda: export_csv(entries),
        "archive": lambda: archive_csv(rows),
        "bibtex": lambda: bibtex(entry.bibcode for entry in entries),
    }[form]()
    if output is None:
        click.echo(text, nl=False)
    else:
        write_file(output, text)


@jmdc.command()
@click.argument("name")
@pass_context
def edition(context: Context, name: str) -> None:
    """Close an edition: all that is public now is in it, under this name.

    Measurements that were accepted since the one before have it as their first. Exports can then name it.
    """
    context.enter()
    with context.archive.transaction() as cursor:
        measurements, new = close_edition(cursor, name, context.run)
    log.info("jmdc: edition %s: %d measurements, %d new", name, measurements, new, extra={"run": context.run})
    click.echo(f"Edition {name} has {measurements} measurements; {new} of them are in no earlier one.")


add_commands(jmdc, "jmdc")


def read_file(path: Path) -> bytes:
    """Return a file.

    Raises
    ------
    MisuseError
        When it cannot be read, or is far too large.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise MisuseError(f"is larger than {_LARGEST // 1_000_000} MB", place=str(path))
        return path.read_bytes()
    except OSError as error:
        raise MisuseError(f"cannot be read ({error.strerror})", place=str(path)) from error


def decoded(data: bytes) -> str:
    """Return text in UTF-8, else in Latin 1, which older tables have."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def write_file(path: Path, text: str) -> None:
    """Write a text.

    Raises
    ------
    MisuseError
        When it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise MisuseError(f"cannot be written ({error.strerror})", place=str(path)) from error
