"""`oivo oidb check`: the checker on files, in parallel."""

import json
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import click

from ingest.cli.context import printable
from ingest.oifits.check import OIVO, PROFILES, Report, as_text, check_path, load_rules, sum_up
from ingest.progress import Progress

#: Starting a process takes as long as checking ten files.
_FILES_A_PROCESS = 10
#: Files handed to a process at a time: 2 ms each, so that progress is seen and handing over costs nothing.
_CHUNK = 8


@click.command("check")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default=OIVO,
    show_default=True,
    help="Rules: oivo's, or those of oitools (jmmc) with their names, severities and counts.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="A report for people, or a list for machines.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes to use; as many as there are processors by default.",
)
def check(files: tuple[Path, ...], profile: str, form: str, jobs: int | None) -> None:
    """Check OIFITS files: what is wrong, how bad it is, and how to repair it.

    Nothing is stored. The status is 1 when a file cannot be read or has a severe finding. Rows are counted from 1.
    """
    reports: list[Report] = []
    load_rules()  # before the processes part, so that each has them
    with Progress("Checking", len(files)) as progress:
        for path, report in zip(files, _reports(files, profile, jobs), strict=True):
            progress.clear()
            click.echo(_shown(report, form, first=not reports), nl=False)
            reports.append(report)
            progress.step(path.name)
    if form == "json":
        click.echo("\n]")
    elif len(reports) > 1:
        click.echo(sum_up(reports))
    if not all(report.acceptable for report in reports):
        raise click.exceptions.Exit(1)


def _reports(files: Sequence[Path], profile: str, jobs: int | None) -> Iterator[Report]:
    """The reports in the order of the files."""
    check_one = partial(check_path, profile=profile)
    wanted = min(jobs or len(os.sched_getaffinity(0)), -(-len(files) // _FILES_A_PROCESS))
    if wanted == 1:
        yield from map(check_one, files)
        return
    with ProcessPoolExecutor(wanted, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
        try:
            yield from pool.map(check_one, files, chunksize=_CHUNK)
        except GeneratorExit:
            pool.shutdown(cancel_futures=True)
            raise


def _shown(report: Report, form: str, *, first: bool) -> str:
    if form == "json":
        return f"{'[' if first else ','}\n{json.dumps(report.as_json())}"
    return "".join(f"{printable(line)}\n" for line in as_text(report).splitlines()) + "\n"
