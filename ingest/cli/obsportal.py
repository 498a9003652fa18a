"""`oivo obsportal`: raw frames of VLTI, their headers and exposures. Each command has a module of its own."""

import click

from ingest.cli.obsportal_load import load, rebuild
from ingest.cli.obsportal_parse import parse
from ingest.cli.obsportal_status import status
from ingest.cli.obsportal_sync import reconcile, sync
from ingest.cli.obsportal_targets import targets


@click.group()
def obsportal() -> None:
    """Raw frames of the VLTI: headers, exposures, targets."""


for command in (load, parse, rebuild, reconcile, status, sync, targets):
    obsportal.add_command(command)
