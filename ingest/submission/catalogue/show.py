"""From entries of the archive to what a visitor is shown of them.

May import ``ingest.access``, ``ingest.archive``, ``ingest.catalogs`` and this package.
"""

from collections.abc import Sequence
from dataclasses import replace

from ingest.access.policy import CURATOR, Visitor
from ingest.archive.catalogues import DECISIONS, OPERATOR, Event, histories
from ingest.archive.connection import Cursor
from ingest.archive.entries import Kept
from ingest.archive.people import account_of_id
from ingest.catalogs.badcal import Report
from ingest.catalogs.badcal import findings as findings_of_report
from ingest.catalogs.findings import Severity
from ingest.catalogs.jmdc import check as check_measurement
from ingest.catalogs.reading import Entry, texts_of
from ingest.submission.catalogue.model import Examined, Listed, ShownEntry, Submitter


def may_do(visitor: Visitor, kept: Kept) -> frozenset[str]:
    """Return what a visitor can do with an entry in the state it is in."""
    can = set()
    if visitor.account_id is not None and kept.account_id == visitor.account_id and kept.state == "submitted":
        can |= {"revise", "take back"}
    if visitor.role == CURATOR:
        can |= {decision for decision, states in DECISIONS.items() if kept.state in states}
        if kept.state in ("submitted", "accepted"):
            can.add("amend")
    return frozenset(can)


def submitter_of(cursor: Cursor, account_id: int | None) -> Submitter | None:
    """Return who has an account."""
    if account_id is None:
        return None
    account = account_of_id(cursor, account_id)
    return Submitter(account.id, account.login, account.name, account.affiliation, account.facility)


def list_of(cursor: Cursor, visitor: Visitor, kept: Sequence[Kept]) -> tuple[Listed, ...]:
    """Return entries as lists show them; all of one catalogue."""
    if not kept:
        return ()
    events = histories(cursor, kept[0].catalogue, [each.id for each in kept])
    submitters = {number: submitter_of(cursor, number) for number in {each.account_id for each in kept}}
    curator = visitor.role == CURATOR
    return tuple(
        _listed(each, events.get(each.id, ()), visitor, submitters[each.account_id] if curator else None)
        for each in kept
    )


def _listed(kept: Kept, events: tuple[Event, ...], visitor: Visitor, submitter: Submitter | None) -> Listed:
    reasons = [event.reason for event in events if event.event in DECISIONS]
    return Listed(
        kept.id,
        kept.catalogue,
        kept.state,
        kept.title,
        kept.entry,
        kept.batch_id,
        kept.submitted,
        kept.reviewed,
        reasons[-1] if reasons else "",
        tuple(_told_to(visitor, event) for event in events),
        submitter,
        _warnings(kept.entry),
    )


def _told_to(visitor: Visitor, event: Event) -> Event:
    """Return an event as a visitor may know it: addresses of curators are for curators."""
    if visitor.role == CURATOR or event.actor in (visitor.login, OPERATOR):
        return event
    return replace(event, actor="a curator")


def _warnings(entry: Entry) -> int:
    found = findings_of_report(entry) if isinstance(entry, Report) else check_measurement(entry)
    return sum(finding.severity is Severity.WARNING for finding in found)


def shown(cursor: Cursor, visitor: Visitor, kept: Kept, examined: Examined) -> ShownEntry:
    """Return an entry with all that a visitor who may see it can know."""
    (listed,) = list_of(cursor, visitor, [kept])
    return ShownEntry(
        **vars(listed),
        values=texts_of(kept.entry, kept.given_place),
        star=examined.star,
        findings=examined.findings,
        similar=examined.similar,
        own=visitor.account_id is not None and kept.account_id == visitor.account_id,
        version=kept.version,
        may=may_do(visitor, kept),
    )
