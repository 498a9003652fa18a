"""Exposures without a name or a position: which cluster they belong to.

May import `ingest.targets.facets`, `ingest.targets.groups` and what those may.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.targets.facets import Clusters
from ingest.targets.groups import Group
from ingest.targets.sightings import Candidates
from ingest.targets.sphere import Index, Integers, separation
from ingest.targets.stars import StarTable

#: How far positions of one target may be from each other by ISS REF, and where one of them is RA and DEC; arcsec.
SAME_REF, SAME_POINTING = 3.0, 12.0


@dataclass(frozen=True)
class Cluster:
    """Sightings that are one target.

    Attributes
    ----------
    members
        Numbers of the sightings, ascending.
    star
        Number of the star in the table; None for none.
    """

    members: tuple[int, ...]
    star: int | None


class Found:
    """Clusters so far, to which exposures without name or position are added."""

    def __init__(self, groups: Sequence[Group], clusters: Clusters) -> None:
        self.members: list[list[int]] = []
        self.stars: list[int] = []
        self.of_group: list[int] = []
        self._of_star: dict[int, int] = {}
        self._of_key: dict[str, set[int]] = defaultdict(set)
        of_root: dict[int, int] = {}
        for number, group in enumerate(groups):
            root = clusters.root(number)
            if root not in of_root:
                of_root[root] = self.add(clusters.star(root))
            self.of_group.append(of_root[root])
            self.members[of_root[root]] += group.members.tolist()
            self._of_key[group.key].add(of_root[root])

    def add(self, star: int = -1) -> int:
        """Begin a cluster; return its number."""
        self.members.append([])
        self.stars.append(star)
        number = len(self.members) - 1
        if star >= 0:
            self._of_star[star] = number
        return number

    def of_star(self, star: int) -> int:
        """Return the cluster of a star, a new one if it has none."""
        number = self._of_star.get(star)
        return self.add(star) if number is None else number

    def of_key(self, key: str) -> int | None:
        """Return the cluster with a name; None where none or several have it."""
        found = self._of_key.get(key, set())
        return next(iter(found)) if len(found) == 1 else None

    def clusters(self) -> Iterator[Cluster]:
        """Yield what was found."""
        for members, star in zip(self.members, self.stars, strict=True):
            yield Cluster(tuple(sorted(members)), star if star >= 0 else None)


def place_nameless(
    found: Found, numbers: Integers, nearest: Integers, groups: Sequence[Group], where: Candidates
) -> None:
    """Rule 4."""
    near = _nearest_groups(numbers, groups, where)
    left = []
    for number in numbers.tolist():
        if nearest[number] >= 0:
            found.members[found.of_star(int(nearest[number]))].append(number)
        elif number in near:
            found.members[found.of_group[near[number]]].append(number)
        else:
            left.append(number)
    for members in _connected_by_place(np.array(left, np.int64), where):
        found.members[found.add()] += members


def _nearest_groups(numbers: Integers, groups: Sequence[Group], where: Candidates) -> dict[int, int]:
    """For each sighting the group that it is nearest to, if near enough."""
    if not groups or not len(numbers):
        return {}
    places = np.array([group.place for group in groups])
    which, group = Index(places).pairs_with(where.places[numbers], SAME_POINTING)
    apart = separation(where.places[numbers[which]], places[group])
    near = apart <= np.where(where.from_ref[numbers[which]], SAME_REF, SAME_POINTING)
    which, group, apart = which[near], group[near], apart[near]
    farthest_first = np.lexsort((group, apart))[::-1]
    return {int(numbers[which[each]]): int(group[each]) for each in farthest_first}


def _connected_by_place(numbers: Integers, where: Candidates) -> list[list[int]]:
    """Put sightings without a name together by their positions."""
    if not len(numbers):
        return []
    places, from_ref = where.places[numbers], where.from_ref[numbers]
    first, second = Index(places).pairs(SAME_POINTING)
    limit = np.where(from_ref[first] & from_ref[second], SAME_REF, SAME_POINTING)
    near = separation(places[first], places[second]) <= limit
    links = Clusters([{} for _ in numbers], [set() for _ in numbers], {})
    for one, other in zip(first[near].tolist(), second[near].tolist(), strict=True):
        links.join(one, other)
    together = defaultdict(list)
    for each, number in enumerate(numbers.tolist()):
        together[links.root(each)].append(number)
    return list(together.values())


def place_by_name(found: Found, numbers: Iterable[int], keys: Sequence[str | None], table: StarTable) -> None:
    """Rule 5."""
    for number in numbers:
        key = keys[number] or ""
        star = table.number(key)
        place = found.of_key(key) if star is None else found.of_star(star)
        if place is not None:
            found.members[place].append(number)
