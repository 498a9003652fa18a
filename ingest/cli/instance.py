"""`oivo up`, `down`, `status`: the life of an instance."""

import os
import signal

import click

from ingest.archive import ArchiveError
from ingest.archive.summary import summary
from ingest.cli.context import Context, pass_context
from ingest.cli.populate import populate, survey_marker
from ingest.home import Home
from ingest.instance.account import drop_privileges
from ingest.instance.postgres import Cluster
from ingest.instance.supervisor import ServerError, Supervisor, home_lock, is_served, stop_instance
from ingest.instance.up import prepare, serve_detached
from ingest.logs import log, start_log


@click.command()
@click.option("--detach", "-d", is_flag=True, help="Return when the site answers; it goes on in the background.")
@click.option("--empty", is_flag=True, help="Do not load the simulated survey into an empty archive.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="DaCHS processes, behind HAProxy if more than one.  [default: server.workers of oivo.toml]",
)
@pass_context
def up(context: Context, detach: bool, empty: bool, workers: int | None) -> None:
    """Start the instance, making whatever is missing.

    The first start makes a private database, publishes the services and loads a small simulated survey; later ones
    take seconds. Without --detach it serves until Ctrl-C.
    """
    home = context.home
    if workers is not None:
        os.environ["OIVO_SERVER_WORKERS"] = str(workers)
    drop_privileges(home)
    home.create()
    context.run = start_log(home)
    with home_lock(home) as lock:
        if lock is None:
            click.echo(f"It is running already.\n{urls(home)}")
            return
        prepare(
            home,
            _report,
            populate=None if empty else lambda: populate(context),
            unfinished=lambda home: survey_marker(home).exists(),
        )
        if detach:
            serve_detached(home, lock)
            click.echo(urls(home))
        else:
            Supervisor(home).run(lambda: click.echo(f"{urls(home)}\nCtrl-C stops it."))


def _report(step: str) -> None:
    log.info("%s", step)
    click.echo(f"{step} …", err=True)


@click.command()
@pass_context
def down(context: Context) -> None:
    """Stop the instance: web server and database."""
    context.enter()
    click.echo("Stopped." if stop_instance(context.home) else "Nothing was running.")


@click.command()
@pass_context
def status(context: Context) -> None:
    """Tell what runs, where, and what the archive holds; status 1 if the site is down."""
    context.enter()
    home = context.home
    served = is_served(home)
    database = Cluster(home).is_running()
    click.echo(f"home      {home.root}")
    click.echo(f"server    {'running, ' + home.settings.base_url if served else 'stopped'}")
    click.echo(f"database  {'running' if database else 'stopped'}")
    if database:
        try:
            click.echo("\n".join(summary(context.archive)))
        except ArchiveError as error:
            click.echo(f"archive   {error}")
    if not served:
        raise click.exceptions.Exit(1)


@click.command(hidden=True)
@pass_context
def supervise(context: Context) -> None:
    """Serve in the background; `up --detach` calls this with the home's lock."""
    context.run = start_log(context.home)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        Supervisor(context.home).run()
    except ServerError as error:
        log.error("%s", error)
        raise


def urls(home: Home) -> str:
    """Return what to try first, a line each."""
    base = home.settings.base_url
    query = "SELECT+TOP+5+target_name,instrument_name,t_min+FROM+ivoa.obscore"
    return "\n".join(
        (
            f"site      {base}/",
            f"search    {base}/oidb/q/search/form",
            f"TAP       {base}/tap   (give this to TOPCAT and pyvo)",
            f"cone      {base}/oidb/q/scs/scs.xml?RA=68.98&DEC=16.51&SR=0.1",
            f"query     {base}/tap/sync?LANG=ADQL&FORMAT=csv&QUERY={query}",
        )
    )
