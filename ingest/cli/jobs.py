"""`oivo jobs`: scheduled work, listed and run by hand."""

import click

from ingest.archive import Archive
from ingest.cli.context import Context, pass_context
from ingest.home import Home
from ingest.jobs import JOBS, find_job, run_job


@click.group()
def jobs() -> None:
    """Work that the server does by schedule."""


@jobs.command("list")
@pass_context
def list_jobs(context: Context) -> None:
    """List the jobs, when they run (UTC), and how the last run of each went."""
    context.enter()
    last = _last_runs(context.home)
    for job in JOBS:
        click.echo(f"{job.name:14} {job.schedule(context.home):16} {last.get(job.name, 'never run'):40}  {job.help}")


def _last_runs(home: Home) -> dict[str, str]:
    with Archive(home).transaction() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (job) job, started, outcome, message FROM archive.job_run ORDER BY job, started DESC"
        )
        return {
            run.job: f"{run.outcome or 'running since'} {run.started:%Y-%m-%d %H:%M} {run.message}"
            for run in cursor.fetchall()
        }


@jobs.command("run")
@click.argument("name", metavar="JOB")
@pass_context
def run(context: Context, name: str) -> None:
    """Run a job now, whatever its schedule."""
    context.enter()
    click.echo(run_job(context.home, find_job(name)))
