"""The harvest of ESO's archive: records, then headers, then targets; some counts are compared on the way.

It can be ended at any moment, and goes on there at the next call. May import ``ingest.archive``, ``ingest.eso`` and
``ingest.harvest``.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.archive import Archive
from ingest.archive.frames import Wanted
from ingest.archive.harvest_state import find_reconciled, find_slices
from ingest.archive.session import Session
from ingest.eso.client import Fetcher, HeaderClient, Manners, RawFrames, TapClient
from ingest.eso.client.raw import moment_of
from ingest.harvest.headers import Headers
from ingest.harvest.reconcile import Reconciled, reconcile
from ingest.harvest.records import Records, Scope, slices_to_reconcile
from ingest.harvest.targets import update_targets
from ingest.harvest.writing import Report, Writer
from ingest.home import Home
from ingest.progress import Progress

#: Counts are compared again after this time, and not all in one run: each is a query.
RECONCILE_AFTER = timedelta(days=30)
RECONCILE_AT_ONCE = 50


@dataclass(frozen=True)
class Service:
    """Where ESO's archive is, and how we behave there."""

    tap_url: str
    header_url: str
    workers: int
    manners: Manners

    @classmethod
    def of(cls, home: Home) -> "Service":
        """Return what the settings say."""
        settings = home.settings
        manners = Manners(settings.text("site.contact_email"), tries=settings.number("eso.tries"))
        return cls(
            settings.text("eso.tap_url"), settings.text("eso.header_url"), settings.number("eso.connections"), manners
        )


def whole_scope(home: Home, now: datetime) -> Scope:
    """Return what the settings want of ESO's archive."""
    settings = home.settings
    begin = moment_of(settings.text("eso.since"))
    assert begin is not None, "the settings were checked"
    return Scope(tuple(settings.text("eso.instruments").split()), begin, now + timedelta(days=1))


@dataclass(frozen=True)
class Synced:
    """What a harvest did."""

    new: int
    changed: int
    headers: int
    put_off: int
    exposures: int
    reconciled: Reconciled
    targets: str

    def __str__(self) -> str:
        said = (
            f"{self.new} new frames, {self.changed} changed; {self.headers} headers fetched, {self.put_off} put off; "
            f"{self.exposures} exposures new or changed"
        )
        if self.reconciled.slices:
            said += f"; {self.reconciled.slices} months counted, {self.reconciled.differed} differed"
        if self.reconciled.gone:
            said += f", {self.reconciled.gone} frames are gone"
        return f"{said}; {self.targets}"


def sync(archive: Archive, scope: Scope, service: Service, run: str, report: Report, now: datetime) -> Synced:
    """Bring the archive up to date with ESO's.

    Raises
    ------
    EsoError
        When ESO's archive fails; what was written stays.
    OivoError
        When another harvest is at work.
    """
    return _harvest(archive, scope, service, run, report, now, now - RECONCILE_AFTER, RECONCILE_AT_ONCE)


def reconcile_all(archive: Archive, scope: Scope, service: Service, run: str, report: Report, now: datetime) -> Synced:
    """Compare all counts now, and fetch what is missing; see `sync`."""
    return _harvest(archive, scope, service, run, report, now, now, None)


def _harvest(
    archive: Archive,
    scope: Scope,
    service: Service,
    run: str,
    report: Report,
    now: datetime,
    counted_before: datetime,
    at_most: int | None,
) -> Synced:
    authority = archive.home.settings.text("site.authority")
    stop = threading.Event()
    fetcher = Fetcher(service.manners, wait=stop.wait)
    try:
        raw = RawFrames(TapClient(service.tap_url, fetcher))
        with Progress("Records") as progress:
            records = Records(archive, authority, run, raw, progress.step)
            records.harvest(scope, now)
        reconciled = Reconciled()
        if scope.whole:
            with archive.transaction() as cursor:
                due = slices_to_reconcile(scope, find_slices(cursor), find_reconciled(cursor), counted_before)[:at_most]
            with Progress("Counts", len(due)) as progress:
                reconciled = reconcile(archive, records, due, progress.step)
        with Session(archive) as session:
            writer = Writer(archive, authority, run, report, session)
            headers = _fetch(archive, scope, service, writer, fetcher, stop)
    finally:
        stop.set()
        fetcher.close()
    changes = records.exposures + headers.writer.totals.exposures
    return Synced(
        records.new,
        records.changed,
        headers.fetched,
        headers.put_off,
        changes.new + changes.changed,
        reconciled,
        update_targets(archive),
    )


def _fetch(
    archive: Archive, scope: Scope, service: Service, writer: Writer, fetcher: Fetcher, stop: threading.Event
) -> Headers:
    wanted = Wanted(scope.instruments, scope.begin, scope.end)
    with archive.transaction() as cursor:
        now, _ = wanted.count(cursor)
    with Progress("Headers", now) as progress:
        client = HeaderClient(service.header_url, fetcher)
        headers = Headers(archive, writer, client, service.workers, stop, progress.step)
        headers.fetch(wanted)
    return headers
