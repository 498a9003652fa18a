"""Where entries of JMDC and BadCal are handed in: looked at, and taken all or none.

May import ``ingest.access``, ``ingest.archive``, ``ingest.catalogs``, ``ingest.home`` and this package.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from ingest.access.policy import CURATOR, Visitor
from ingest.access.writing import may_submit_entries
from ingest.archive.batches import create_batch, find_by_key
from ingest.archive.catalogues import OPERATOR, decide, lock, record
from ingest.archive.connection import Archive, ArchiveError, Cursor
from ingest.archive.entries import (
    count_waiting,
    entries_of_batch,
    insert_entry,
)
from ingest.archive.people import account_of_id
from ingest.catalogs.fields import FIELDS
from ingest.errors import MisuseError
from ingest.home import Home
from ingest.submission.catalogue.examine import Examiner, Sender
from ingest.submission.catalogue.keep import digest_of, doubts_of, entries_of, place_of
from ingest.submission.catalogue.model import Batch, Examined
from ingest.submission.catalogue.similar import Seer
from ingest.submission.catalogue.stars import Resolver, resolver_of
from ingest.submission.desk import NotAllowedError

_LONGEST_NAME, _LONGEST_KEY = 200, 100


class SubmissionDesk:
    """Takes entries of JMDC and BadCal.

    Parameters
    ----------
    home
        The instance.
    visitor
        Who is there; somebody without account only as the operator at the command line.
    clock
        Gives the present moment.
    run
        Of the command, as in the logs.

    Raises
    ------
    NotAllowedError
        For anonymous visitors.
    """

    def __init__(
        self,
        home: Home,
        visitor: Visitor,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        run: str = "",
    ) -> None:
        if not may_submit_entries(visitor):
            raise NotAllowedError("only people with an account submit", remedy="log in")
        self.home, self.visitor, self.clock, self.run = home, visitor, clock, run
        self.archive = Archive(home)
        self.actor = visitor.login or OPERATOR

    @property
    def is_curator(self) -> bool:
        """Whether the visitor decides about entries."""
        return self.visitor.role == CURATOR

    def examine(self, catalogue: str, rows: Sequence[Mapping[str, str]]) -> tuple[Examined, ...]:
        """Look at rows as `submit` would; nothing is written."""
        examiner = self.examiner(catalogue, resolver_of(self.home))
        prepared = examiner.prepare(self._bounded(rows))
        with self.archive.transaction() as cursor:
            return examiner.judge(cursor, prepared)

    def submit(
        self,
        catalogue: str,
        rows: Sequence[Mapping[str, str]],
        *,
        despite_warnings: bool = False,
        name: str = "",
        key: str = "",
    ) -> Batch:
        """Submit rows: all of them, or none.

        Parameters
        ----------
        rows
            Texts by field.
        despite_warnings
            Whether rows are taken that are only doubtful.
        name
            Of the file that they are from.
        key
            What the form or program calls this batch: the same key again gives the same batch, and writes nothing.

        Raises
        ------
        EntriesRefusedError
            With all that is wrong, or doubtful.
        ArchiveError
            When a batch of this key had other rows, or too many entries of the person wait.
        """
        name, key = _checked(name, "name", _LONGEST_NAME), _checked(key, "key", _LONGEST_KEY)
        digest = digest_of(catalogue, self._bounded(rows))
        if key and (before := self._before(catalogue, key, digest)):
            return before
        examiner = self.examiner(catalogue, resolver_of(self.home))
        prepared = examiner.prepare(rows)
        with self.archive.transaction() as cursor:
            lock(cursor, catalogue)
            if key and (known := find_by_key(cursor, catalogue, self.actor, key, digest)):
                return self._again(cursor, catalogue, known)
            self._check_room(cursor, catalogue, len(rows))
            examined = examiner.judge(cursor, prepared)
            entries = entries_of(examined, despite_warnings=despite_warnings)
            batch_id = create_batch(cursor, catalogue, self.visitor.account_id, self.actor, name, key, digest)
            ids = []
            for entry, row, judged in zip(entries, prepared, examined, strict=True):
                place, account_id = place_of(row), self.visitor.account_id
                ids.append(insert_entry(cursor, entry, place, account_id=account_id, batch_id=batch_id))
                record(cursor, catalogue, ids[-1], "submitted", self.actor, reason=doubts_of(judged), run=self.run)
            state = self._accept_trusted(cursor, catalogue, ids)
        return Batch(batch_id, catalogue, tuple(ids), state)

    def owns(self, account_id: int | None) -> bool:
        """Tell whether an account is the visitor's."""
        return account_id is not None and account_id == self.visitor.account_id

    def _bounded(self, rows: Sequence[Mapping[str, str]]) -> Sequence[Mapping[str, str]]:
        most = self.home.settings.number("limits.batch_entries")
        if not rows:
            raise MisuseError("there is no entry")
        if len(rows) > most:
            raise MisuseError(f"{len(rows)} entries are too many", remedy=f"send at most {most} at a time")
        return rows

    def _check_room(self, cursor: Cursor, catalogue: str, more: int) -> None:
        if self.visitor.account_id is None:
            return
        most = self.home.settings.number("limits.waiting_entries")
        waiting = count_waiting(cursor, catalogue, self.visitor.account_id)
        if waiting + more > most:
            raise ArchiveError(
                f"{waiting} entries of yours wait for review, at most {most} can", remedy="let curators look at them"
            )

    def examiner(self, catalogue: str, resolver: Resolver | None, sender: Sender | None = None) -> Examiner:
        """Return who looks at rows for the visitor."""
        check_catalogue(catalogue)
        seer = Seer(self.visitor.account_id, self.is_curator)
        return Examiner(
            self.archive, catalogue, resolver, seer, self._sender() if sender is None else sender, self.clock().date()
        )

    def _sender(self) -> Sender:
        if self.visitor.account_id is None:
            return Sender()
        with self.archive.transaction() as cursor:
            account = account_of_id(cursor, self.visitor.account_id)
        return Sender(account.name, account.affiliation, account.facility)

    def _before(self, catalogue: str, key: str, digest: str) -> Batch | None:
        """Return what was submitted under a key, without asking anybody for its stars again."""
        with self.archive.transaction() as cursor:
            known = find_by_key(cursor, catalogue, self.actor, key, digest)
            return self._again(cursor, catalogue, known) if known else None

    def _again(self, cursor: Cursor, catalogue: str, batch_id: int) -> Batch:
        kept = entries_of_batch(cursor, catalogue, batch_id)
        state = "accepted" if all(each.state == "accepted" for each in kept) else "submitted"
        return Batch(batch_id, catalogue, tuple(each.id for each in kept), state, again=True)

    def _accept_trusted(self, cursor: Cursor, catalogue: str, ids: Sequence[int]) -> str:
        """Accept reports of an observatory whose review the operator has given up; return their state."""
        if catalogue != "badcal" or self.visitor.account_id is None:
            return "submitted"
        account = account_of_id(cursor, self.visitor.account_id)
        if not account.facility_trusted:
            return "submitted"
        decide(cursor, catalogue, ids, "accepted", self.actor, f"trusted facility {account.facility}", self.run)
        return "accepted"


def check_catalogue(catalogue: str) -> str:
    """Return the name of a catalogue.

    Raises
    ------
    MisuseError
        When it is none.
    """
    if catalogue not in FIELDS:
        raise MisuseError(f"there is no catalogue {catalogue[:40]!r}", remedy=f"there are: {', '.join(FIELDS)}")
    return catalogue


def _checked(text: str, what: str, longest: int) -> str:
    if len(text) > longest or not text.isprintable():
        raise MisuseError(f"a text of at most {longest} characters is wanted", place=what)
    return text
