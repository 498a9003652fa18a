"""`oivo obsportal status`: how far the harvest is."""

import click

from ingest.archive.harvest_state import harvest_summary
from ingest.cli.context import Context, pass_context


@click.command()
@pass_context
def status(context: Context) -> None:
    """Print how far the harvest is: frames, headers, exposures of each instrument, and what was put off."""
    context.enter()
    with context.archive.transaction() as cursor:
        summary = harvest_summary(cursor)
    click.echo(
        f"{'instrument':12}{'frames':>10}{'headers':>10}{'wanted':>10}{'put off':>10}{'gone':>8}{'exposures':>11}"
    )
    for row in summary.instruments:
        click.echo(
            f"{row.instrument:12}{row.frames:>10}{row.headers:>10}{row.wanted:>10}{row.put_off:>10}{row.gone:>8}"
            f"{row.exposures:>11}"
        )
    click.echo(f"{summary.months} months loaded, {summary.begun} begun; the last change seen: {summary.last or 'none'}")
    for problem, count in summary.problems:
        click.echo(f"{count} put off: {problem}")
