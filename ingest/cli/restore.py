"""`oivo restore`: a dump in the place of the archive."""

from pathlib import Path

import click

from ingest.cli.context import Context, pass_context
from ingest.errors import MisuseError
from ingest.instance.backup import restore as put_back
from ingest.instance.dachs import Dachs
from ingest.instance.postgres import Cluster
from ingest.instance.supervisor import is_served
from ingest.instance.up import publish_if_changed


@click.command()
@click.argument("dump", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_context
def restore(context: Context, dump: Path, yes: bool) -> None:
    """Put a dump of the job backup in the place of the archive, and publish it.

    The site must be down. The files themselves are not in the dump: copy the folder `files` of the home, too.
    """
    context.enter()
    home = context.home
    if not dump.is_file():
        raise MisuseError("there is no such dump", place=str(dump), remedy=f"dumps are in {home.backups}")
    if is_served(home):
        raise MisuseError("the site is running", place=str(home.root), remedy="stop it: ./oivo down")
    if not yes:
        click.confirm(f"Replace all that is in the archive of {home.root}?", abort=True)
    cluster = Cluster(home)
    was_running = cluster.is_running()
    cluster.start()
    try:
        dachs = Dachs(home)
        dachs.withdraw()  # its views hold the archive's tables
        try:
            put_back(home, dump.absolute())
        finally:
            publish_if_changed(dachs, click.echo)
    finally:
        if not was_running:
            cluster.stop()
    click.echo("Restored. Start the site: ./oivo up --detach")
