"""`oivo bench`: how fast this machine does the work."""

from pathlib import Path

import click

from ingest.bench import measure, readable, table
from ingest.cli.context import complain
from ingest.errors import MisuseError


@click.group()
def bench() -> None:
    """How fast this machine does the work."""


@bench.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--rounds", type=click.IntRange(1, 1000), default=5, show_default=True, help="Repetitions; medians count."
)
def oifits(folder: Path, rounds: int) -> None:
    """Measure granules and checks of all OIFITS files in a folder, on one core.

    The yardstick is the sha256 of the same files. What is no OIFITS file is named and left out.
    """
    paths = []
    for found in readable(folder):
        if isinstance(found, Path):
            paths.append(found)
        else:
            complain(f"left out: {found}")
    if not paths:
        raise MisuseError("no OIFITS file there", place=str(folder), remedy="give a folder that has some")
    timings = measure(paths, rounds)
    files = f"{len(paths)} file{'s' if len(paths) > 1 else ''}, {timings[0].size / 1e6:.1f} MB"
    click.echo(f"{files}, medians of {rounds} rounds, one core")
    for line in table(timings):
        click.echo(line)
