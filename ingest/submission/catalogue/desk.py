"""The desk of JMDC and BadCal: entries are submitted, looked at, put right, accepted or rejected.

Each method is one transaction; pages, HTTP interface and command line call nothing else. Everything that is done is in
the history of the entry, with who did it. May import ``ingest.access``, ``ingest.archive``, ``ingest.catalogs``,
``ingest.home`` and this package.
"""

from collections.abc import Mapping, Sequence

from ingest.archive.batches import find_batch
from ingest.archive.catalogues import DECISIONS, checked_reason, decide, lock, record, retract
from ingest.archive.connection import ArchiveError, Cursor, MissingError
from ingest.archive.entries import (
    Kept,
    Page,
    count_waiting,
    entries_of_batch,
    find_entry,
    list_entries,
    update_entry,
)
from ingest.archive.jmdc_stars import Place, give_stars
from ingest.archive.people import account_of_id
from ingest.catalogs.reading import Entry, texts_of
from ingest.errors import MisuseError
from ingest.submission.catalogue.examine import Sender
from ingest.submission.catalogue.keep import changes_of, entries_of, place_of
from ingest.submission.catalogue.model import Listing, ShownBatch, ShownEntry
from ingest.submission.catalogue.show import list_of, may_do, shown, submitter_of
from ingest.submission.catalogue.stars import resolver_of
from ingest.submission.catalogue.submitting import SubmissionDesk, check_catalogue
from ingest.submission.desk import NotAllowedError


class CatalogueDesk(SubmissionDesk):
    """Takes entries of JMDC and BadCal, shows them to who may see them, and lets curators decide about them."""

    # looking at what was submitted

    def batch(self, batch_id: int) -> ShownBatch:
        """Return a batch of one's own; curators see all.

        Raises
        ------
        MissingError
            When there is none, or it is somebody else's.
        """
        with self.archive.transaction() as cursor:
            found = find_batch(cursor, batch_id)
            if not self.owns(found.account_id) and not self.is_curator:
                raise MissingError("there is no such batch", place=str(batch_id))
            kept = entries_of_batch(cursor, found.catalogue, found.id)
            entries = list_of(cursor, self.visitor, kept)
            submitter = submitter_of(cursor, found.account_id) if self.is_curator else None
        return ShownBatch(found.id, found.catalogue, found.name, found.created, submitter, entries)

    def mine(self, catalogue: str, *, offset: int = 0, limit: int = 100) -> Listing:
        """Return one's own entries, the latest first."""
        check_catalogue(catalogue)
        if self.visitor.account_id is None:
            return Listing((), 0)
        with self.archive.transaction() as cursor:
            page = Page(offset, limit)
            kept, total = list_entries(cursor, catalogue, page, account_id=self.visitor.account_id, latest_first=True)
            return Listing(list_of(cursor, self.visitor, kept), total)

    def queue(self, catalogue: str, *, state: str | None = "submitted", offset: int = 0, limit: int = 100) -> Listing:
        """Return entries in a state (None: in any), the oldest first; for curators."""
        check_catalogue(catalogue)
        self._check_curator()
        with self.archive.transaction() as cursor:
            kept, total = list_entries(cursor, catalogue, Page(offset, limit), state=state)
            return Listing(list_of(cursor, self.visitor, kept), total)

    def waiting(self, catalogue: str) -> int:
        """Return how many entries wait for the visitor to decide."""
        check_catalogue(catalogue)
        if not self.is_curator:
            return 0
        with self.archive.transaction() as cursor:
            return count_waiting(cursor, catalogue)

    def entry(self, catalogue: str, entry_id: int) -> ShownEntry:
        """Return an entry of one's own; curators see all.

        Raises
        ------
        MissingError
            When there is none, or it is somebody else's.
        """
        with self.archive.transaction() as cursor:
            return self._shown(cursor, self._visible(cursor, catalogue, entry_id))

    # changing it

    def revise(
        self,
        catalogue: str,
        entry_id: int,
        values: Mapping[str, str],
        *,
        despite_warnings: bool = False,
        seen: str = "",
    ) -> ShownEntry:
        """Change an entry of one's own that waits.

        Parameters
        ----------
        values
            Texts of the fields that change; "" empties one.
        seen
            Its version, as the visitor knows it.

        Raises
        ------
        EntriesRefusedError
            With all that would be wrong, or doubtful; nothing is changed then.
        ArchiveError
            When it does not wait any more, or has changed since.
        """
        return self._change(
            catalogue, entry_id, values, "revise", event="revised", despite_warnings=despite_warnings, seen=seen
        )

    def amend(
        self, catalogue: str, entry_id: int, values: Mapping[str, str], reason: str, *, seen: str = ""
    ) -> ShownEntry:
        """Put an entry right that waits or is published; for curators. What was and what is, is in its history.

        Raises
        ------
        EntriesRefusedError
            With all that would be wrong; warnings do not keep a curator from it.
        ArchiveError, MisuseError
            When it is in another state or has changed since; without a reason.
        """
        self._check_curator()
        reason = checked_reason(reason, needed=True)
        return self._change(
            catalogue, entry_id, values, "amend", event="amended", despite_warnings=True, seen=seen, reason=reason
        )

    def decide(
        self,
        catalogue: str,
        ids: Sequence[int],
        decision: str,
        reason: str = "",
        *,
        seen: Mapping[int, str] | None = None,
    ) -> None:
        """Accept, reject or withdraw entries: all, or none after an error; for curators.

        Parameters
        ----------
        decision
            ``accepted``, ``rejected`` or ``withdrawn``; the latter two need a reason.
        seen
            Versions of entries, as the visitor knows them.
        """
        check_catalogue(catalogue)
        self._check_curator()
        if decision not in DECISIONS:
            raise MisuseError(f"{decision[:40]!r} is no decision", remedy=f"there are: {', '.join(DECISIONS)}")
        if not ids:
            raise MisuseError("there is no entry to decide about")
        reason = checked_reason(reason, needed=decision != "accepted")
        with self.archive.transaction() as cursor:
            lock(cursor, catalogue)
            kept = [find_entry(cursor, catalogue, entry_id) for entry_id in dict.fromkeys(ids)]
            own = [each.id for each in kept if self.owns(each.account_id)]
            for each in kept:
                _check_version(each, (seen or {}).get(each.id, ""))
            others = [each.id for each in kept if each.id not in own]
            if others:
                decide(cursor, catalogue, others, decision, self.actor, reason, self.run)
            if own:
                told = f"own submission{f': {reason}' if reason else ''}"
                decide(cursor, catalogue, own, decision, self.actor, told, self.run)

    def take_back(self, catalogue: str, entry_id: int) -> None:
        """Take an entry of one's own back that waits.

        Raises
        ------
        ArchiveError
            When it does not wait any more.
        """
        with self.archive.transaction() as cursor:
            lock(cursor, check_catalogue(catalogue))
            kept = self._visible(cursor, catalogue, entry_id)
            if not self.owns(kept.account_id):
                raise NotAllowedError("only its submitter takes it back", remedy="reject it instead")
            retract(cursor, catalogue, entry_id, self.actor, self.run)

    # helpers

    def _check_curator(self) -> None:
        if not self.is_curator:
            raise NotAllowedError("only curators do that")

    def _visible(self, cursor: Cursor, catalogue: str, entry_id: int) -> Kept:
        kept = find_entry(cursor, check_catalogue(catalogue), entry_id)
        if not self.owns(kept.account_id) and not self.is_curator:
            raise MissingError("there is no such entry", place=f"{catalogue} {entry_id}")
        return kept

    def _shown(self, cursor: Cursor, kept: Kept) -> ShownEntry:
        """Return an entry with what can be said of it; no resolver is asked again."""
        examiner = self.examiner(kept.catalogue, None, Sender())
        (examined,) = examiner.judge(cursor, examiner.prepare_kept(cursor, kept), but=kept.id)
        return shown(cursor, self.visitor, kept, examined)

    def _change(
        self,
        catalogue: str,
        entry_id: int,
        values: Mapping[str, str],
        action: str,
        *,
        event: str,
        despite_warnings: bool,
        seen: str,
        reason: str = "",
    ) -> ShownEntry:
        with self.archive.transaction() as cursor:
            before = self._visible(cursor, catalogue, entry_id)
            sender = self._sender_of(cursor, before)
        examiner = self.examiner(catalogue, resolver_of(self.home), sender)
        texts = texts_of(before.entry, before.given_place) | dict(values)
        prepared = examiner.prepare([texts])
        with self.archive.transaction() as cursor:
            lock(cursor, catalogue)
            kept = find_entry(cursor, catalogue, entry_id, lock=True)
            _check_version(kept, seen or before.version)
            if action not in may_do(self.visitor, kept):
                raise ArchiveError(f"it is {kept.state}: you cannot {action} it", place=f"{catalogue} {entry_id}")
            judged = examiner.judge(cursor, prepared, but=entry_id)
            (entry,) = entries_of(judged, despite_warnings=despite_warnings)
            self._write(cursor, kept, entry, place_of(prepared[0]), event, reason)
            return self._shown(cursor, find_entry(cursor, catalogue, entry_id))

    def _sender_of(self, cursor: Cursor, kept: Kept) -> Sender:
        """Return who sent an entry: whoever changes it, a facility's report stays the facility's."""
        if kept.account_id is None:
            return Sender()
        return Sender(facility=account_of_id(cursor, kept.account_id).facility)

    def _write(self, cursor: Cursor, kept: Kept, entry: Entry, place: Place | None, event: str, reason: str) -> None:
        changes = changes_of(kept, entry, place)
        if not changes:
            return
        update_entry(cursor, kept.id, entry, place)
        if kept.catalogue == "jmdc" and kept.state == "accepted" and {"id1", "ra", "dec"} & changes.keys():
            give_stars(cursor, [kept.id], correct=True)
        record(cursor, kept.catalogue, kept.id, event, self.actor, reason=reason, changes=changes, run=self.run)


def _check_version(kept: Kept, seen: str) -> None:
    if seen and seen != kept.version:
        raise ArchiveError(
            "it was changed meanwhile", place=f"{kept.catalogue} {kept.id}", remedy="look at it again, then decide"
        )
