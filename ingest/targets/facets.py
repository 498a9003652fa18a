"""When two names contradict each other, and clusters that take in no contradiction.

May import `ingest.targets.names`.
"""

import re
from collections.abc import Iterable, Mapping

from ingest.targets.names import Designation

Facets = dict[str, set[str]]


def facets_of(designation: Designation) -> Facets:
    """What a name says that another of the same star cannot gainsay.

    A star has one number in HD, one in the Gaia catalogue of each release, one name of Bayer's; where the components
    of a pair are told apart, A is not B. Names outside catalogues say nothing but a number after letters: IRS 7 is
    not IRS 16C.
    """
    found: Facets = {}
    if designation.kind == "Gaia":
        found[" ".join(designation.body.split()[:2])] = {designation.body}
    elif designation.kind != "name":
        found[designation.kind] = {designation.body}
    elif numbered := re.fullmatch(r"([A-Z*]+)[+-]?(\d.*)", designation.body):
        found[f"name {numbered[1]}"] = {numbered[2]}
    # AB is both, which does not gainsay A
    if designation.component and not re.fullmatch(r"[A-E]{2}", designation.component):
        found[f"component of {designation.body}"] = {designation.component}
    return found


def contradict(first: Facets, second: Facets) -> bool:
    """Tell whether two sets of names cannot be of one star."""
    if len(second) < len(first):
        first, second = second, first
    return any(kind in second and said.isdisjoint(second[kind]) for kind, said in first.items())


class Clusters:
    """Union-find over numbered groups that refuses to join what contradicts.

    Parameters
    ----------
    facets
        What the names of each group say.
    keys
        Keys of the names of each group.
    apart
        For a key, those that are known to be other stars.
    """

    def __init__(
        self,
        facets: Iterable[Facets],
        keys: Iterable[Iterable[str]],
        apart: Mapping[str, set[str]],
    ) -> None:
        self._facets = [{kind: set(said) for kind, said in each.items()} for each in facets]
        self._keys = [set(each) for each in keys]
        #: Number of the catalogue's star that a cluster is; -1 for none.
        self._stars = [-1] * len(self._keys)
        self._parents = list(range(len(self._stars)))
        self._apart = apart

    def root(self, group: int) -> int:
        """Return the number that stands for the cluster of a group."""
        while self._parents[group] != group:
            self._parents[group] = self._parents[self._parents[group]]
            group = self._parents[group]
        return group

    def star(self, group: int) -> int:
        """Return the star of a group's cluster; -1 for none."""
        return self._stars[self.root(group)]

    def claim(self, group: int, star: int, facets: Facets) -> None:
        """Let a cluster be a star of the catalogue, whose names count as its own."""
        root = self.root(group)
        self._stars[root] = star
        _add(self._facets[root], facets)

    def kept_apart(self, first: int, second: int) -> bool:
        """Tell whether two clusters hold names that are known to be different stars."""
        return any(self._apart.get(key, set()) & self._keys[second] for key in self._keys[first])

    def join(self, first: int, second: int, *, names_decide: bool = True) -> bool:
        """Join the clusters of two groups unless they are kept apart, or are two stars, or their names contradict.

        Parameters
        ----------
        names_decide
            Whether contradicting names and different stars are a reason; not where a catalogue or a person says that
            they are one.
        """
        first, second = sorted((self.root(first), self.root(second)))
        if first == second:
            return True
        if self.kept_apart(first, second):
            return False
        if names_decide and self._are_two(first, second):
            return False
        self._parents[second] = first
        if self._stars[first] < 0:
            self._stars[first] = self._stars[second]
        _add(self._facets[first], self._facets[second])
        self._keys[first] |= self._keys[second]
        return True

    def _are_two(self, first: int, second: int) -> bool:
        stars = {self._stars[first], self._stars[second]} - {-1}
        return len(stars) == 2 or contradict(self._facets[first], self._facets[second])


def _add(facets: Facets, more: Facets) -> None:
    for kind, said in more.items():
        facets.setdefault(kind, set()).update(said)
