"""`oivo obsportal sync`, `reconcile`: the harvest of ESO's archive."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from ingest.cli.context import Context, complain, pass_context
from ingest.errors import MisuseError
from ingest.harvest.lock import one_harvest
from ingest.harvest.reading import Problem
from ingest.harvest.records import Scope
from ingest.harvest.sync import Service, reconcile_all, whole_scope
from ingest.harvest.sync import sync as run_sync
from ingest.logs import log
from ingest.settings import VLTI_INSTRUMENTS

_OPTIONS = (
    click.option(
        "--instrument",
        "instruments",
        multiple=True,
        type=click.Choice(VLTI_INSTRUMENTS, case_sensitive=False),
        help="Only this instrument; can be given several times.  [default: eso.instruments of oivo.toml]",
    ),
    click.option("--tap-url", metavar="URL", help="TAP service of the archive.  [default: eso.tap_url of oivo.toml]"),
    click.option("--header-url", metavar="URL", help="Its header service.  [default: eso.header_url of oivo.toml]"),
    click.option(
        "--workers",
        type=click.IntRange(1, 16),
        help="Header requests at a time.  [default: eso.connections of oivo.toml]",
    ),
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.option("--since", metavar="DATE", help="Look through the months from this date (YYYY-MM-DD or YYYY-MM) on.")
@click.option("--until", metavar="DATE", help="Look through the months up to this date, which counts, too.")
@_with_options
@pass_context
def sync(context: Context, since: str | None, until: str | None, **given: Any) -> None:
    """Harvest ESO's archive: what is new or changed there, then the headers that are missing here.

    The first call loads everything from eso.since on, month by month; later ones ask for what changed. It can be
    interrupted at any moment, and goes on there at the next call. With --since or --until only whole months of that
    range are looked through. A header that cannot be had is put off, with its problem.
    """
    context.enter()
    now = datetime.now(UTC)
    scope = _scope(context, given["instruments"], now)
    if since or until:
        scope = replace(
            scope,
            begin=_day(since, "--since") if since else scope.begin,
            end=_end(until) if until else scope.end,
            whole=False,
        )
        if scope.begin >= scope.end:
            raise MisuseError(f"ends before it begins: {since} to {until}", place="--until")
    with one_harvest(context.archive):
        done = run_sync(context.archive, scope, _service(context, given), context.run, _report, now)
    log.info("sync: %s", done, extra={"run": context.run})
    click.echo(f"{done}.")


@click.command()
@_with_options
@pass_context
def reconcile(context: Context, **given: Any) -> None:
    """Compare the number of frames of each month with ESO's archive, and repair what differs.

    `sync` does the same for some months a run. Frames that ESO's archive does not have any more are marked as gone;
    they and their exposures are kept.
    """
    context.enter()
    now = datetime.now(UTC)
    scope = _scope(context, given["instruments"], now)
    with one_harvest(context.archive):
        done = reconcile_all(context.archive, scope, _service(context, given), context.run, _report, now)
    log.info("reconcile: %s", done, extra={"run": context.run})
    click.echo(f"{done}.")


def _report(problem: Problem) -> None:
    complain(f"put off: {problem}")


def _scope(context: Context, instruments: tuple[str, ...], now: datetime) -> Scope:
    scope = whole_scope(context.home, now)
    return replace(scope, instruments=instruments) if instruments else scope


def _service(context: Context, given: dict[str, Any]) -> Service:
    service = Service.of(context.home)
    chosen = {name: given[name] for name in ("tap_url", "header_url", "workers") if given[name]}
    return replace(service, **chosen)


def _day(text: str, option: str) -> datetime:
    try:
        day = date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        raise MisuseError(f"{text!r} is no date", place=option, remedy="write it like 2014-09-25 or 2014-09") from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _end(text: str) -> datetime:
    """Return the moment at which a day, or a month, has passed."""
    begin = _day(text, "--until")
    return (begin + timedelta(days=31)).replace(day=1) if len(text) == 7 else begin + timedelta(days=1)
