"""From the policy to rules with moments: what an Apache server, which cannot ask us, has to be told.

The policy (`may_read` by way of `readers`) stays the only judge: it is asked for now and for every moment at which
something ends or is released. Pure; may import ``ingest.access``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.access.htaccess import FileRule
from ingest.access.policy import FileAccess, Visitor, all_public, readers


@dataclass(frozen=True)
class HostedFile:
    """A file of a tree.

    Attributes
    ----------
    path
        Relative to the tree.
    accesses
        All must allow it: of a file its own; of a product those of all files that it was made of; of a path that
        several records name, all of theirs.
    """

    path: str
    accesses: tuple[FileAccess, ...]


def merged(files: Iterable[HostedFile]) -> list[HostedFile]:
    """Return each path once, with the accesses of all that are there: the strictest wins."""
    found: dict[str, tuple[FileAccess, ...]] = {}
    for file in files:
        found[file.path] = found.get(file.path, ()) + file.accesses
    return [HostedFile(path, accesses) for path, accesses in sorted(found.items())]


class RuleMaker:
    """Makes rules for a moment and for these people.

    A rule tells who may read a file until when, and from when on everybody may. Who may read a product later, when
    one of its files but not the others are released, is told by the run at that moment (`next_change`).

    Attributes
    ----------
    next_change
        The first moment at which the rules that were made say something else than now; None if they never do.

    Parameters
    ----------
    people
        All active accounts.
    now
        The moment.
    """

    def __init__(self, people: Sequence[Visitor], now: datetime) -> None:
        self.people, self.now = people, now
        self.next_change: datetime | None = None
        # files of a collection mostly have the same answer: 3000 files ask the policy once, not 3000 times
        self._known: dict[tuple[FileAccess, ...], FileRule] = {}

    def rule(self, file: HostedFile) -> FileRule:
        """Return the rule of a file."""
        known = self._known.get(file.accesses)
        if known is None:
            known = self._known[file.accesses] = self._make(file.accesses)
        return FileRule(file.path, known.public_from, known.readers)

    def _make(self, accesses: tuple[FileAccess, ...]) -> FileRule:
        moments = [self.now, *sorted({moment for moment in _moments(accesses) if moment > self.now})]
        public_from = next((moment for moment in moments if _is_public(accesses, moment)), None)
        before = [moment for moment in moments if public_from is None or moment < public_from]
        answers = [self._readers(accesses, moment) for moment in before]
        self._note(moment for moment, answer in zip(before, answers, strict=True) if answer != answers[0])
        self._note([public_from] if public_from is not None and public_from > self.now else [])
        allowed = answers[0] if answers else frozenset()
        until: dict[str, datetime | None] = dict.fromkeys(allowed)
        for moment, answer in zip(before, answers, strict=True):
            until.update(dict.fromkeys(allowed - answer, moment))
            allowed &= answer
        return FileRule("", public_from, until)

    def _note(self, moments: Iterable[datetime]) -> None:
        known = [] if self.next_change is None else [self.next_change]
        self.next_change = min([*known, *moments], default=None)

    def _readers(self, accesses: tuple[FileAccess, ...], moment: datetime) -> frozenset[str]:
        sets = [readers(access, self.people, moment) for access in accesses]
        return frozenset.intersection(*sets) if sets else frozenset()


def _is_public(accesses: tuple[FileAccess, ...], moment: datetime) -> bool:
    return bool(accesses) and all(all_public(access.rights, moment) for access in accesses)


def _moments(accesses: tuple[FileAccess, ...]) -> Iterator[datetime]:
    """Yield every moment at which the policy's answer may change."""
    for access in accesses:
        for rights in access.rights:
            if rights.release_date is not None:
                yield rights.release_date
        for share in access.shares:
            yield from _ends(share.until, share.ended)
        # of the few hundred of the site, those that can concern the file
        for delegation in access.delegations:
            if not delegation.pi_aliases.isdisjoint(access.data_pis):
                yield from _ends(delegation.until, delegation.ended)


def _ends(*moments: datetime | None) -> list[datetime]:
    return [moment for moment in moments if moment is not None]
