"""`oivo registry`: what the site tells registries of itself and of its data."""

import click

from ingest.cli.registry_doi import doi
from ingest.cli.registry_records import check, publish, show, status, unpublish


@click.group()
def registry() -> None:
    """What registries know of the site and its data."""


for command in (check, publish, unpublish, status, show, doi):
    registry.add_command(command)
