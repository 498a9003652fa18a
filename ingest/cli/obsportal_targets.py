"""`oivo obsportal targets`: targets of exposures, and decisions about them."""

import click

from ingest.archive.resolved import resolver_for
from ingest.archive.rulings import list_rulings, rule, undo
from ingest.archive.targetlist import ListedTarget, list_targets, targets_named
from ingest.archive.targets import identify_targets
from ingest.cli.context import Context, pass_context, printable
from ingest.errors import OivoError
from ingest.logs import log


@click.group()
def targets() -> None:
    """Targets: which names and positions in the headers are one star.

    They follow from all exposures, the star table and the rulings made here, and are identified anew after each
    harvest. Raw names and positions stay with the exposures, so that a ruling can be undone.
    """


@targets.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Most targets to print.")
@click.option("--like", metavar="NAME", help="Only those with a name that begins so.")
@pass_context
def list_command(context: Context, limit: int, like: str | None) -> None:
    """Print targets, those with most exposures first."""
    context.enter()
    with context.archive.transaction() as cursor:
        found = list_targets(cursor, limit, like)
    for target in found:
        click.echo(_line(target))


def _line(target: ListedTarget) -> str:
    return (
        f"{target.id:>8}  {printable(target.name):28} {target.ra:10.5f} {target.dec:+10.5f}  {target.origin:10}"
        f"{target.nb_exposures:>7} exposures"
    )


@targets.command()
@click.argument("name")
@pass_context
def show(context: Context, name: str) -> None:
    """Print the targets with a name, and all names and the scatter of each."""
    context.enter()
    with context.archive.transaction() as cursor:
        found = targets_named(cursor, name)
    if not found:
        raise OivoError(f"no target is called {name!r}", remedy="./oivo obsportal targets list --like finds names")
    for target in found:
        click.echo(_line(target))
        if target.merged_into is not None:
            click.echo(f"{'':10}now part of target {target.merged_into}")
        for alias in target.aliases:
            apart = "" if alias.separation is None else f"within {alias.separation:.2f} arcsec"
            click.echo(f"{'':10}{printable(alias.raw_name):28} {alias.nb:>7} exposures  {apart}")


_REASON = click.option("--reason", required=True, help="Why; kept for those who come later.")


@targets.command()
@click.argument("first", metavar="NAME")
@click.argument("second", metavar="NAME")
@_REASON
@pass_context
def together(context: Context, first: str, second: str, reason: str) -> None:
    """Decide that two names are one star, wherever they are."""
    _rule(context, "together", first, second, reason)


@targets.command()
@click.argument("first", metavar="NAME")
@click.argument("second", metavar="NAME")
@_REASON
@pass_context
def apart(context: Context, first: str, second: str, reason: str) -> None:
    """Decide that two names are two stars, even at the same place."""
    _rule(context, "apart", first, second, reason)


def _rule(context: Context, kind: str, first: str, second: str, reason: str) -> None:
    context.enter()
    with context.archive.transaction() as cursor:
        number = rule(cursor, kind, first, second, reason)
        changes = identify_targets(cursor)
    log.info("ruling %d: %r and %r %s", number, first, second, kind, extra={"run": context.run})
    click.echo(f"Ruling {number} made. {changes}")


@targets.command()
@pass_context
def rulings(context: Context) -> None:
    """Print the rulings in force."""
    context.enter()
    with context.archive.transaction() as cursor:
        found = list_rulings(cursor)
    for each in found:
        names = f"{printable(each.first)} | {printable(each.second)}"
        click.echo(f"{each.id:>6}  {each.made:%Y-%m-%d}  {each.kind:8}  {names:40}  {printable(each.reason)}")


@targets.command("undo")
@click.argument("number", type=int)
@pass_context
def undo_command(context: Context, number: int) -> None:
    """Remove a ruling; targets become what they would be without it, with their old identifiers."""
    context.enter()
    with context.archive.transaction() as cursor:
        removed = undo(cursor, number)
        changes = identify_targets(cursor)
    log.info("ruling %d on %r and %r removed", number, removed.first, removed.second, extra={"run": context.run})
    click.echo(f"Ruling {number} removed. {changes}")


@targets.command()
@pass_context
def identify(context: Context) -> None:
    """Identify the targets of all exposures anew; done after each harvest, too."""
    context.enter()
    with context.archive.transaction() as cursor:
        changes = identify_targets(cursor, resolver_for(context.home))
    click.echo(str(changes))
