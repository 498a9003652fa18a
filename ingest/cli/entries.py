"""Commands that `oivo jmdc` and `oivo badcal` share: entries listed, shown, submitted, amended, decided on."""

from pathlib import Path

import click

from ingest.access.policy import CURATOR, Visitor
from ingest.archive.catalogues import STATES
from ingest.archive.people import visitor_of_login
from ingest.catalogs.badcal import Report
from ingest.catalogs.fields import FIELDS, field_of
from ingest.catalogs.texts import told
from ingest.cli.context import Context, complain, pass_context, printable
from ingest.errors import MisuseError, OivoError
from ingest.logs import log
from ingest.submission.catalogue import CatalogueDesk, EntriesRefusedError, Examined, Listed, ShownEntry, read_sheet

#: Who works on the command line of the server: somebody who may everything.
_OPERATOR = Visitor(None, None, CURATOR, frozenset(), frozenset())
_MOST_BYTES = 100_000_000

_IDS = click.argument("ids", metavar="ID…", nargs=-1, required=True, type=click.IntRange(1, 2**63 - 1))
_ID = click.argument("number", metavar="ID", type=click.IntRange(1, 2**63 - 1))


def add_commands(group: click.Group, catalogue: str) -> None:
    """Give a group the commands for the entries of its catalogue."""
    one, many = ("measurement", "measurements") if catalogue == "jmdc" else ("report", "reports")
    reason_seen = "" if catalogue == "jmdc" else "; everybody can read it"

    def desk_of(context: Context, login: str | None = None) -> CatalogueDesk:
        context.enter()
        return CatalogueDesk(context.home, _visitor(context, login), run=context.run)

    @group.command("list", help=f"List {many} with their states, also those that are not public.")
    @click.option("--state", type=click.Choice(STATES), help="Only those in this state; submitted ones wait.")
    @pass_context
    def list_(context: Context, state: str | None) -> None:
        desk, offset = desk_of(context), 0
        while True:
            listing = desk.queue(catalogue, state=state, offset=offset, limit=1000)
            for entry in listing.entries:
                click.echo(printable(_line(entry)))
            offset += len(listing.entries)
            if offset >= listing.total or not listing.entries:
                return

    @group.command("show", help=f"Show a {one}: values, doubts, what is like it, its history, who submitted it.")
    @_ID
    @pass_context
    def show(context: Context, number: int) -> None:
        for line in _described(desk_of(context).entry(catalogue, number)):
            click.echo(printable(line))

    @group.command(
        "submit", help=f"Submit a table of {many} (CSV or VOTable), all of it or nothing; it waits for review."
    )
    @click.argument("file", metavar="FILE", type=click.Path(readable=False, path_type=Path))
    @click.option("--as", "login", metavar="E-MAIL", help="Submit in the name of this account.")
    @click.option("--despite-warnings", is_flag=True, help="Take what is only doubtful.")
    @click.option("--dry-run", is_flag=True, help="Say what is wrong or doubtful, write nothing.")
    @pass_context
    def submit(context: Context, file: Path, login: str | None, despite_warnings: bool, dry_run: bool) -> None:
        desk = desk_of(context, login)
        rows = read_sheet(_read(file), file.name)
        if dry_run:
            _tell(desk.examine(catalogue, rows), file.name)
            click.echo("Nothing is written.")
            return
        try:
            batch = desk.submit(catalogue, rows, despite_warnings=despite_warnings, name=file.name)
        except EntriesRefusedError as error:
            _tell(error.examined, file.name)
            remedy = "look at the warnings, then --despite-warnings" if error.only_warnings else "mend the errors"
            raise OivoError("nothing was submitted", place=file.name, remedy=remedy) from error
        click.echo(f"Batch {batch.id}, {len(batch.ids)} {many}: {batch.state}.")

    @group.command(
        "amend", help=f"Put values of a {one} right that waits or is public; what it was stays in its history."
    )
    @_ID
    @click.argument("values", metavar="FIELD=VALUE…", nargs=-1, required=True)
    @click.option("--reason", required=True, help="Why; for the history.")
    @pass_context
    def amend(context: Context, number: int, values: tuple[str, ...], reason: str) -> None:
        given = dict(_assignment(catalogue, text) for text in values)
        desk = desk_of(context)
        before = desk.entry(catalogue, number).version
        try:
            entry = desk.amend(catalogue, number, given, reason)
        except EntriesRefusedError as error:
            _tell(error.examined, f"{catalogue} {number}")
            raise OivoError("nothing was changed", place=f"{catalogue} {number}", remedy="mend the errors") from error
        changes = entry.history[-1].changes if entry.version != before else {}
        for line in _changes(changes) or ["Nothing changes."]:
            click.echo(printable(line))

    def add_decision(name: str, decision: str, help_text: str, *, needed: bool, reason_help: str) -> None:
        @group.command(name, help=help_text)
        @_IDS
        @click.option("--reason", default="", required=needed, help=reason_help)
        @pass_context
        def decide(context: Context, ids: tuple[int, ...], reason: str) -> None:
            desk_of(context).decide(catalogue, ids, decision, reason)
            log.info("%s: %s %s", catalogue, decision, ", ".join(map(str, ids)), extra={"run": context.run})
            click.echo(f"{len(ids)} {f'{one} is' if len(ids) == 1 else f'{many} are'} {decision}.")

    add_decision(
        *("accept", "accepted", f"Accept {many} that wait, or were rejected or withdrawn before: they become public."),
        needed=False,
        reason_help="Why; for the history.",
    )
    add_decision(
        *("reject", "rejected", f"Reject {many} that wait; their submitters read the reason."),
        needed=True,
        reason_help="Why; for the submitter.",
    )
    leaves = "" if catalogue == "jmdc" else ": number, name, dates and this reason stay, the address is deleted"
    add_decision(
        *("withdraw", "withdrawn", f"Withdraw public {many}{leaves}."),
        needed=True,
        reason_help=f"Why{reason_seen or '; for the history'}.",
    )


def _visitor(context: Context, login: str | None) -> Visitor:
    if login is None:
        return _OPERATOR
    with context.archive.transaction() as cursor:
        visitor = visitor_of_login(cursor, login)
    if visitor.account_id is None:
        raise MisuseError("there is no active account of this name", place=login, remedy="see ./oivo users list")
    return visitor


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise MisuseError("is far too large", place=str(path))
        return path.read_bytes()
    except OSError as error:
        raise MisuseError(f"cannot be read ({error.strerror})", place=str(path)) from error


def _assignment(catalogue: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or field_of(catalogue, name) is None:
        names = ", ".join(field.name for field in FIELDS[catalogue])
        raise MisuseError(f"{text[:60]!r} sets nothing", remedy=f"FIELD=VALUE with one of {names}")
    return name, value


def _line(entry: Listed) -> str:
    day = f"{entry.submitted:%Y-%m-%d}" if entry.submitted else ""
    if isinstance(entry.entry, Report):
        words = [entry.entry.reason, day, entry.entry.reporter]
    else:
        own = entry.entry
        words = [own.bibcode, own.band, told(own.ud_diam), told(own.ld_diam), day]
        words.append(entry.submitter.login if entry.submitter else "")
    return "  ".join([str(entry.id), entry.state, entry.title, *words]).rstrip()


def _described(entry: ShownEntry) -> list[str]:
    lines = [f"{entry.catalogue} {entry.id}: {entry.state}"]
    lines += [f"  {name}: {value}" for name, value in entry.values.items() if value]
    if entry.star is not None and entry.star.ra is not None:
        star = entry.star
        lines.append(f"star: {star.name}, {star.ra:.5f} {star.dec:+.5f} ({star.origin})")
    if entry.submitter is not None:
        who = entry.submitter
        lines.append(f"submitted by: {who.login}, {who.name}{f', {who.facility}' if who.facility else ''}")
    lines += [f"{finding.severity.value}: {finding}" for finding in entry.findings]
    lines += [f"similar: {similar}" for similar in entry.similar]
    for event in entry.history:
        why = f": {event.reason}" if event.reason else ""
        lines.append(f"{event.happened:%Y-%m-%d %H:%M} {event.event} by {event.actor}{why}")
        lines += [f"  {line}" for line in _changes(event.changes)]
    return lines


def _changes(changes: object) -> list[str]:
    assert isinstance(changes, dict)
    return [f"{name}: {told(before)!r} → {told(after)!r}" for name, (before, after) in changes.items()]


def _tell(examined: tuple[Examined, ...], place: str) -> None:
    for row in examined:
        for finding in row.findings:
            complain(f"{place}, row {row.line}: {finding.severity.value}: {finding}")
