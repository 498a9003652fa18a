"""Which rows of an edition are measurements that the archive has.

Neither identifiers nor a unique key are in editions: a publication has up to 31 rows of one star, some of them equal.
Pure; may import `ingest.catalogs.jmdc`.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from ingest.catalogs.jmdc import Measurement

#: Measurement of a star; the star is whatever tells stars apart.
Entry = tuple[Hashable, Measurement]


@dataclass(frozen=True)
class Matches:
    """Numbers of entries: known ones and rows that are the same, known ones that a row changes, and the rest."""

    same: tuple[tuple[int, int], ...]
    changed: tuple[tuple[int, int], ...]
    new: tuple[int, ...]
    missing: tuple[int, ...]


def match(known: Sequence[Entry], rows: Sequence[Entry]) -> Matches:
    """Pair known measurements with rows, each used once.

    Equal ones first. Of those left in one publication on one star, the ones in the same band by the same method are
    paired in the order of their diameters where there are as many of both; then a single one with a single one.
    """
    pairs: list[tuple[int, int]] = []
    open_known, open_rows = set(range(len(known))), set(range(len(rows)))

    def take(found: Iterable[tuple[int, int]]) -> None:
        for one, other in found:
            pairs.append((one, other))
            open_known.discard(one)
            open_rows.discard(other)

    groups = _groups(known, rows, open_known, open_rows, _everything)
    take(pair for ours, theirs in groups for pair in zip(ours, theirs, strict=False))
    same = tuple(sorted(pairs))
    for key in (_band, _publication):
        for ours, theirs in _groups(known, rows, open_known, open_rows, key):
            if len(ours) == len(theirs) and (key is _band or len(ours) == 1):
                take(zip(_sorted(known, ours), _sorted(rows, theirs), strict=True))
    changed = tuple(sorted(set(pairs) - set(same)))
    return Matches(same, changed, tuple(sorted(open_rows)), tuple(sorted(open_known)))


def _everything(entry: Entry) -> Hashable:
    return entry


def _band(entry: Entry) -> Hashable:
    star, measurement = entry
    return star, measurement.bibcode, measurement.band, measurement.method


def _publication(entry: Entry) -> Hashable:
    star, measurement = entry
    return star, measurement.bibcode


def _groups(
    known: Sequence[Entry], rows: Sequence[Entry], ours: set[int], theirs: set[int], key: Callable[[Entry], Hashable]
) -> list[tuple[list[int], list[int]]]:
    groups: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number in sorted(ours):
        groups[key(known[number])][0].append(number)
    for number in sorted(theirs):
        groups[key(rows[number])][1].append(number)
    return [group for group in groups.values() if group[0] and group[1]]


def _sorted(entries: Sequence[Entry], numbers: list[int]) -> list[int]:
    return sorted(numbers, key=lambda number: (entries[number][1].diameter or 0.0, number))
