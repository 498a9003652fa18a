"""Sightings with the same name at the same place, and the stars that are where sightings are.

May import `ingest.targets.sightings`, `ingest.targets.sphere`, `ingest.targets.stars`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ingest.targets.sightings import Candidates
from ingest.targets.sphere import Floats, Integers, separation
from ingest.targets.stars import FASTEST, StarTable

Bools: TypeAlias = NDArray[np.bool_]

#: Farthest from a star that a position of its name may be, or from others of the same name; from a star without its
#: name, by ISS REF and by RA and DEC only; arcsec.
SAME_NAME, STAR_REF, STAR_POINTING = 60.0, 5.0, 8.0


@dataclass(frozen=True)
class Group:
    """Sightings with one name, or without any, at one place."""

    members: Integers
    #: Key of the name; "" for none.
    key: str
    #: Number of the star that the name says it is; -1 for none.
    star: int
    #: Middle of its positions.
    place: Floats
    #: Middle of those from ISS REF in single-field observations; not numbers without one.
    ref: Floats
    count: int


def nearest_stars(where: Candidates, table: StarTable, single: Bools) -> Integers:
    """Number of the star at each position, shape (n,); -1 for none, and in dual fields."""
    nearest = np.full(len(single), -1)
    asked = np.flatnonzero(where.known & single)
    nearest[asked] = table.near(
        where.places[asked],
        where.years[asked],
        np.where(where.from_ref[asked], STAR_REF, STAR_POINTING),
        as_typed=where.from_ref[asked],
    )
    return nearest


def named_groups(keys: Sequence[str | None], where: Candidates, table: StarTable, single: Bools) -> list[Group]:
    """Rule 1: by name, then by place; in an order that does not depend on that of the sightings."""
    by_key = defaultdict(list)
    for number, key in enumerate(keys):
        if key and where.known[number]:
            by_key[key].append(number)
    parts = [
        (key, star, members)
        for key, numbers in by_key.items()
        for star, members in _places_of_name(np.array(numbers), table.number(key), where, table)
    ]
    everything = [members for _, _, members in parts]
    places = where.middles(everything)
    refs = where.middles([members[where.from_ref[members] & single[members]] for members in everything])
    groups = [
        Group(members, key, star, place, ref, int(where.counts[members].sum()))
        for (key, star, members), place, ref in zip(parts, places, refs, strict=True)
    ]
    return sorted(groups, key=lambda group: (group.key, -group.star, group.place.tolist()))


def _places_of_name(
    numbers: Integers, star: int | None, where: Candidates, table: StarTable
) -> Iterator[tuple[int, Integers]]:
    """Part the sightings of a name into those of its star and those at other places."""
    if star is not None:
        at_star = _at_star(numbers, star, where, table)
        if at_star.any():
            yield star, numbers[at_star]
        numbers = numbers[~at_star]
    while len(numbers):
        together = _connected(numbers, where)
        yield -1, numbers[together]
        numbers = numbers[~together]


def _at_star(numbers: Integers, star: int, where: Candidates, table: StarTable) -> Bools:
    """Whether positions are near that of a star, at their date or at epoch 2000.0."""
    which = np.full(len(numbers), star)
    places = where.places[numbers]
    years = where.years[numbers]
    now = separation(places, table.places(which, years))
    then = separation(places, table.places(which, np.full(len(numbers), 2000.0)))
    return np.minimum(now, then) <= SAME_NAME


def _connected(numbers: Integers, where: Candidates) -> Bools:
    """Whether sightings of one name are at the place of the first of them, or at that of another that is."""
    places, years = where.places[numbers], where.years[numbers]
    if len(numbers) == 1:
        return np.ones(1, bool)
    reached = np.zeros(len(numbers), bool)
    reached[0] = True
    fresh = [0]
    while fresh:
        one = fresh.pop()
        allowed = SAME_NAME + FASTEST * np.abs(years - years[one])
        new = np.flatnonzero(~reached & (separation(places, places[one]) <= allowed))
        reached[new] = True
        fresh += new.tolist()
        if reached.all():
            break
    return reached
