"""`oivo registry check`, `publish`, `show`…: what the registries of the Virtual Observatory are told of this site."""

import click

from ingest.cli.context import Context, complain, pass_context
from ingest.errors import OivoError
from ingest.instance.records import harvest
from ingest.instance.registering import check as check_all
from ingest.instance.registering import publish as publish_all
from ingest.instance.registering import withdraw as withdraw_all
from ingest.instance.registry import Registry
from ingest.registry.rules import Trouble

#: Where a publishing registry is made known (Registry of Registries of the IVOA).
_ROFR = "https://rofr.ivoa.net"


@click.command("check")
@pass_context
def check(context: Context) -> None:
    """Say what keeps the records from being published; status 1 if something does.

    Looks at registry.toml, at the settings, and at the records that the running site gives: against the schemas, and
    whether their test queries find something.
    """
    context.enter()
    _refuse(check_all(context.home), "not fit to be published")
    click.echo("Nothing is in the way: ./oivo registry publish")


@click.command("publish")
@pass_context
def publish(context: Context) -> None:
    """Let the world harvest the records, as registry.toml has them now; call it again after each change.

    The same check as `check` comes first; if there is any trouble nothing is changed.
    """
    context.enter()
    first = Registry(context.home).published is None
    _refuse(publish_all(context.home), "not published")
    harvesting = f"{context.home.settings.base_url}/oai.xml"
    click.echo(f"Published: {len(harvest(context.home))} records at {harvesting}")
    if first:
        click.echo(f"Make the registry known, once, at {_ROFR} (docs/registry.md); harvesters come within a day.")


@click.command("unpublish")
@pass_context
def unpublish(context: Context) -> None:
    """Take the records back: they become inactive, and registries drop them at their next harvest."""
    context.enter()
    withdraw_all(context.home)
    click.echo("The records are inactive now.")


@click.command("show")
@click.argument("name", required=False)
@click.option(
    "--format",
    "prefix",
    type=click.Choice(["ivo_vor", "oai_dc"]),
    default="ivo_vor",
    show_default=True,
    help="VOResource, or Dublin Core.",
)
@pass_context
def show(context: Context, name: str | None, prefix: str) -> None:
    """List the records that the running site gives, or print the one of NAME (oidb, tap …, or an identifier)."""
    context.enter()
    records = harvest(context.home, prefix)
    if name is None:
        for record in records:
            state = "deleted" if record.deleted else "active" if record.active else "inactive"
            if prefix == "oai_dc":
                state = "deleted" if record.deleted else ""
            title = record.text("title") or record.text("{http://purl.org/dc/elements/1.1/}title")
            click.echo(f"{record.identifier:44} {record.changed}  {state:9} {record.kind:16} {title}")
        return
    authority = context.home.settings.text("site.authority")
    found = [record for record in records if record.identifier in (name, f"ivo://{authority}/{name}")]
    if not found:
        known = ", ".join(record.identifier for record in records)
        raise OivoError(f"there is no record {name}", remedy=f"there are: {known}")
    click.echo(found[0].xml)


@click.command("status")
@pass_context
def status(context: Context) -> None:
    """Tell whether the records are published, since when, and what is in the way; status 1 if they are not."""
    context.enter()
    site = Registry(context.home)
    troubles = check_all(context.home)
    click.echo(f"file       {site.file}")
    click.echo(f"harvest    {context.home.settings.base_url}/oai.xml")
    click.echo(f"published  {f'{site.published:%Y-%m-%d %H:%M} UTC' if site.published else 'no'}")
    records = harvest(context.home)
    click.echo(f"records    {len(records)}, {sum(record.active for record in records)} of them active")
    click.echo(f"changed    {max(record.changed for record in records)}")
    click.echo(f"troubles   {f'{len(troubles)}, see ./oivo registry check' if troubles else 'none'}")
    if not site.published:
        raise click.exceptions.Exit(1)


def _refuse(troubles: list[Trouble], what: str) -> None:
    for trouble in troubles:
        complain(trouble)
    if troubles:
        raise OivoError(f"{what}: {len(troubles)} troubles", remedy="mend them, and call again")
