"""Which sightings are one target: a pure function of all of them, of the star table and of what people ruled.

The rules, in the order in which they count:

1. the same name within 60 arcsec, and what the star moves meanwhile, is one group; a group whose name the star table
   knows, within 60 arcsec of that star, is that star;
2. a group whose positions are within 5 arcsec of a star at their date (8 where only RA and DEC are known) is that
   star, unless its name contradicts;
3. groups whose ISS REF are within 3 arcsec are one, the nearest first, unless their names contradict;
4. exposures without a name belong to the nearest star or group (3 arcsec; 12 without REF), else to each other;
5. exposures without a position belong to the star, or the only cluster, of their name.

Positions of dual-field observations count in rule 1 only: the two stars are a few arcseconds apart, and headers
mix up which of them a position is of. May import the other modules of this folder.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.targets.facets import Clusters, Facets, contradict, facets_of
from ingest.targets.groups import Group, named_groups, nearest_stars
from ingest.targets.leftovers import SAME_REF, Cluster, Found, place_by_name, place_nameless
from ingest.targets.names import designation_of
from ingest.targets.sightings import Candidates, Sighting
from ingest.targets.sphere import Index, Integers, separation
from ingest.targets.stars import StarTable


@dataclass(frozen=True)
class Rulings:
    """What people decided: pairs of keys that are one star, and pairs that are not."""

    together: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()


def cluster(
    sightings: Sequence[Sighting],
    keys: Sequence[str | None],
    where: Candidates,
    table: StarTable,
    rulings: Rulings,
) -> list[Cluster]:
    """Put sightings of one target together.

    Parameters
    ----------
    sightings
        All there are. Their order does not change what is put together.
    keys, where
        Their names and places, in the same order.
    table
        Stars by name and position.
    rulings
        What people decided.

    Returns
    -------
    list of Cluster
        By their lowest member; sightings about which nothing is known are in none.
    """
    if not sightings:
        return []
    paired = [each.pair for each in sightings]
    pairs = {pair for pair in paired if pair}
    single = np.array([pair is None for pair in paired], bool)
    nearest = nearest_stars(where, table, single)
    groups = named_groups(keys, where, table, single)
    found = Found(groups, _join_named(groups, nearest, where, table, _apart(pairs, table, rulings), rulings))
    named = np.array([key is not None for key in keys], bool)
    place_nameless(found, np.flatnonzero(~named & where.known), nearest, groups, where)
    place_by_name(found, np.flatnonzero(named & ~where.known).tolist(), keys, table)
    return sorted(found.clusters(), key=lambda each: each.members)


def _apart(pairs: Iterable[tuple[str, str]], table: StarTable, rulings: Rulings) -> dict[str, set[str]]:
    """For each key those that are other stars: by ruling, and the two stars of dual fields unless they are one."""
    apart = defaultdict(set)
    together = {frozenset(pair) for pair in rulings.together}
    observed = {
        pair
        for pair in pairs
        if frozenset(pair) not in together
        and (table.number(pair[0]) is None or table.number(pair[0]) != table.number(pair[1]))
    }
    for first, second in observed.union(rulings.apart):
        apart[first].add(second)
        apart[second].add(first)
    return apart


def _join_named(
    groups: Sequence[Group],
    nearest: Integers,
    where: Candidates,
    table: StarTable,
    apart: Mapping[str, set[str]],
    rulings: Rulings,
) -> Clusters:
    """Rulings, then rule 2, then rule 3."""
    clusters = Clusters([_facets(group.key) for group in groups], [{group.key} for group in groups], apart)
    numbers = defaultdict(list)
    for number, group in enumerate(groups):
        numbers[group.key].append(number)
    for pair in sorted(rulings.together):
        these = [number for key in pair for number in numbers[key]]
        for other in these[1:]:
            clusters.join(these[0], other, names_decide=False)
    _join_stars(clusters, groups, nearest, where, table)
    for first, second in _same_refs(groups):
        clusters.join(first, second)
    return clusters


def _facets(key: str) -> Facets:
    designation = designation_of(key)
    return facets_of(designation) if designation else {}


def _join_stars(
    clusters: Clusters, groups: Sequence[Group], nearest: Integers, where: Candidates, table: StarTable
) -> None:
    """Let the groups that are a star be one cluster: first by name, then by position unless the name contradicts."""
    first_of: dict[int, int] = {}
    by_weight = sorted(range(len(groups)), key=lambda number: (groups[number].star < 0, -groups[number].count, number))
    for number in by_weight:
        group = groups[number]
        by_name = group.star >= 0
        star = group.star if by_name else _star_by_position(group, nearest, where)
        if star < 0:
            continue
        says = _facets_of_star(table, star)
        if not by_name and _gainsays(group.key, says):
            continue
        if star in first_of:
            clusters.join(first_of[star], number, names_decide=not by_name)
        elif clusters.star(number) < 0:
            first_of[star] = number
            clusters.claim(number, star, says)


def _star_by_position(group: Group, nearest: Integers, where: Candidates) -> int:
    """Number of the star at which at least half of the exposures are; -1 for none."""
    stars, counts = nearest[group.members], where.counts[group.members]
    weights = {int(star): int(counts[stars == star].sum()) for star in np.unique(stars) if star >= 0}
    if not weights:
        return -1
    star = max(weights, key=lambda each: (weights[each], -each))
    return star if 2 * weights[star] >= group.count else -1


def _facets_of_star(table: StarTable, number: int) -> Facets:
    says: Facets = {}
    for designation in table.stars[number].designations:
        for kind, said in facets_of(designation).items():
            says.setdefault(kind, set()).update(said)
    return says


def _gainsays(key: str, star_says: Facets) -> bool:
    """Tell whether a name cannot be that of a star; one of a companion must be among the star's."""
    designation = designation_of(key)
    if designation is None:
        return False
    if designation.component not in ("", "A") and f"component of {designation.body}" not in star_says:
        return True
    return contradict(facets_of(designation), star_says)


def _same_refs(groups: Sequence[Group]) -> list[tuple[int, int]]:
    """Pairs of groups whose middle ISS REF is the same, the nearest first."""
    numbers = [number for number, group in enumerate(groups) if not np.isnan(group.ref[0])]
    if not numbers:
        return []
    places = np.array([groups[number].ref for number in numbers])
    first, second = Index(places).pairs(SAME_REF)
    apart = separation(places[first], places[second]).round(4)
    order = np.lexsort((second, first, apart))
    return [(numbers[first[each]], numbers[second[each]]) for each in order]
