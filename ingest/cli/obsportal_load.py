"""`oivo obsportal load`, `rebuild`: exposures without the network."""

from pathlib import Path

import click

from ingest.cli.context import Context, complain, pass_context
from ingest.harvest.load import load_paths
from ingest.harvest.lock import one_harvest
from ingest.harvest.reading import Problem
from ingest.harvest.rebuild import rebuild as run_rebuild
from ingest.harvest.targets import update_targets
from ingest.harvest.writing import Totals
from ingest.logs import log
from ingest.progress import Progress


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option("--processes", type=click.IntRange(1, 256), help="How many processes parse: one a core by default.")
@pass_context
def load(context: Context, paths: tuple[Path, ...], processes: int | None) -> None:
    """Load header texts, and logs of other arrays, from disk.

    In folders and tar archives these count: header texts (.hdr, .txt) and pages of ESO's header service (.html), each
    also with .gz or .zst; CHARA's observation log (.csv); rows of an ObsPortal as VOTable, for SPICA (.vot, .xml).
    What is there already changes nothing. What cannot be taken is named on standard error, and the status is 1; the
    rest goes in.
    """
    context.enter()
    authority = context.home.settings.text("site.authority")
    with one_harvest(context.archive), Progress("Loading") as progress:

        def report(problem: Problem) -> None:
            progress.clear()
            complain(problem)

        totals = load_paths(
            context.archive, paths, authority, context.run, report=report, step=progress.step, processes=processes
        )
        targets = update_targets(context.archive)
    _say(context, "load", totals, targets)


@click.command()
@click.option("--processes", type=click.IntRange(1, 256), help="How many processes parse: one a core by default.")
@pass_context
def rebuild(context: Context, processes: int | None) -> None:
    """Make all exposures anew from the kept header texts, after an update of oivo; identifiers stay."""
    context.enter()
    authority = context.home.settings.text("site.authority")
    with one_harvest(context.archive), Progress("Rebuilding") as progress:

        def report(problem: Problem) -> None:
            progress.clear()
            complain(problem)

        def step(frames: int) -> None:
            for _ in range(frames):
                progress.step()

        totals = run_rebuild(context.archive, authority, context.run, report=report, step=step, processes=processes)
        targets = update_targets(context.archive)
    _say(context, "rebuild", totals, targets)


def _say(context: Context, what: str, totals: Totals, targets: str) -> None:
    log.info("%s: %s; %s", what, totals, targets, extra={"run": context.run})
    click.echo(f"{totals}; {targets}.")
    if totals.problems:
        raise click.exceptions.Exit(1)
