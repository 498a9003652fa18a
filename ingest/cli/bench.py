"""`oivo bench`: how fast this machine does the work."""

from pathlib import Path

import click

from ingest.bench import measure, readable, table
from ingest.bench_obsportal import figures
from ingest.bench_site import temporary_site
from ingest.bench_tap import figures as tap_figures
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


@bench.command()
@click.option(
    "--exposures", type=click.IntRange(20), default=5000, show_default=True, help="Exposures; the original has 342284."
)
@click.option(
    "--requests", type=click.IntRange(1), default=1000, show_default=True, help="Requests as ASPRO2 sends them."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Another one makes other headers.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where to make the temporary instance.  [default: the folder for temporary files]",
)
def obsportal(exposures: int, requests: int, seed: int, folder: Path | None) -> None:
    """Measure loading of headers and searches, in an instance of its own that is removed afterwards.

    Headers are simulated, three for each exposure, and written to disk first. The yardsticks are astropy's parser,
    PostgreSQL's COPY of the finished rows, and the search's SQL. The original's size takes 10 GB of disk.
    """
    with temporary_site(folder) as site:
        for figure in figures(site, exposures, requests, seed):
            click.echo(str(figure))


@bench.command()
@click.option("--granules", type=click.IntRange(1000), default=1_000_000, show_default=True, help="Granules to make.")
@click.option("--requests", type=click.IntRange(1), default=100, show_default=True, help="Cones to ask for.")
@click.option("--rounds", type=click.IntRange(1, 100), default=3, show_default=True, help="Repetitions; medians count.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Another one asks at other places.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where to make the temporary instance.  [default: the folder for temporary files]",
)
def tap(granules: int, requests: int, rounds: int, seed: int, folder: Path | None) -> None:
    """Measure TAP on many granules, in an instance of its own that is removed afterwards.

    100,000 rows in each format against PostgreSQL's COPY of them; cones on ivoa.obscore against the same SQL; matches
    of an upload of 1000 sources in both orders. The full size takes 3 GB of disk and two minutes to fill.
    """
    with temporary_site(folder) as site:
        for figure in tap_figures(site, granules, requests, rounds, seed):
            click.echo(str(figure))
