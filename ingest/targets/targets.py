"""Targets from clusters of sightings: name, position, aliases.

May import the other modules of this folder.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ingest.targets.cluster import Rulings, cluster
from ingest.targets.leftovers import Cluster
from ingest.targets.names import designation_of
from ingest.targets.sightings import Candidates, Sighting, candidates
from ingest.targets.sphere import Floats, Integers, directions, positions, separation
from ingest.targets.stars import Star, StarTable


@dataclass(frozen=True)
class Alias:
    """A name under which a target was observed.

    Attributes
    ----------
    raw_name, key
        As headers have it, and in its one form.
    count
        Number of exposures with it.
    separation
        Largest distance of its positions from the target's, arcsec; None without a position.
    """

    raw_name: str
    key: str
    count: int
    separation: float | None


@dataclass(frozen=True)
class Target:
    """A target, and which sightings are of it.

    Attributes
    ----------
    name
        Main name in the star table; else the commonest that headers have; else one made of the position.
    ra, dec
        ICRS, epoch 2000.0 where the star is known, else as observers typed it or telescopes pointed; deg.
    pm_ra, pm_dec
        mas/yr, that in right ascension with cos(dec); None where the star is not known.
    origin
        ``catalogue``, ``resolver`` or ``positions``.
    scatter
        Root of the mean square of the distances of the positions from the target's, arcsec.
    members
        Numbers of its sightings.
    """

    name: str
    ra: float
    dec: float
    pm_ra: float | None
    pm_dec: float | None
    origin: str
    scatter: float | None
    aliases: tuple[Alias, ...]
    members: tuple[int, ...] = field(repr=False)


def identify(sightings: Sequence[Sighting], table: StarTable, rulings: Rulings | None = None) -> list[Target]:
    """Identify the targets of sightings; see `ingest.targets.cluster` for the rules.

    Returns
    -------
    list of Target
        By name and position; their members are disjoint.
    """
    keys = [each.key for each in sightings]
    where = candidates(sightings, table, keys)
    found = cluster(sightings, keys, where, table, rulings or Rulings())
    middles = where.middles([np.array(each.members) for each in found])
    ras, decs = (values.tolist() for values in positions(middles))
    stars = [None if each.star is None else table.stars[each.star] for each in found]
    places = [
        (star.ra, star.dec) if star else place for star, place in zip(stars, zip(ras, decs, strict=True), strict=True)
    ]
    apart = _distances(found, places, where, table)
    targets = [
        _target(each, star, place, sightings, keys, where, apart)
        for each, star, place in zip(found, stars, places, strict=True)
    ]
    return sorted(targets, key=lambda target: (target.name, target.ra, target.dec))


def _distances(
    found: Sequence[Cluster], places: Sequence[tuple[float, float]], where: Candidates, table: StarTable
) -> Floats:
    """Distances of sightings from their targets at their date or at epoch 2000.0, whichever is nearer: REF is for one.

    Shape (number of sightings,); not a number for those without a target or a position.
    """
    apart = np.full(len(where.years), np.nan)
    members = np.concatenate([np.zeros(0, np.int64), *(np.array(each.members) for each in found)])
    owners = np.repeat(np.arange(len(found)), [len(each.members) for each in found])
    there = directions([ra for ra, _ in places], [dec for _, dec in places])
    apart[members] = separation(where.places[members], there[owners])
    stars = np.array([-1 if each.star is None else each.star for each in found], np.int64)[owners]
    moving = members[stars >= 0]
    now = table.places(stars[stars >= 0], where.years[moving])
    apart[moving] = np.minimum(apart[moving], separation(where.places[moving], now))
    apart[~where.known] = np.nan
    return apart


def _target(
    found: Cluster,
    star: Star | None,
    place: tuple[float, float],
    sightings: Sequence[Sighting],
    keys: Sequence[str | None],
    where: Candidates,
    apart: Floats,
) -> Target:
    members = np.array(found.members)
    placed = members[where.known[members]]
    return Target(
        name=star.name if star else _name(found.members, sightings, keys, *place),
        ra=place[0],
        dec=place[1],
        pm_ra=star.pm_ra if star else None,
        pm_dec=star.pm_dec if star else None,
        origin=star.origin if star else "positions",
        scatter=_scatter(apart[placed], where.counts[placed]),
        aliases=_aliases(found.members, sightings, keys, apart),
        members=found.members,
    )


def _scatter(apart: Floats, counts: Integers) -> float | None:
    if not len(apart):
        return None
    # added in order of size, so that the last bit does not depend on the order of the sightings
    order = np.lexsort((counts, apart))
    return round(float(np.sqrt(np.average(apart[order] ** 2, weights=counts[order]))), 4)


def _name(
    members: Sequence[int], sightings: Sequence[Sighting], keys: Sequence[str | None], ra: float, dec: float
) -> str:
    """The commonest name; as a catalogue has it, else as it was typed."""
    by_key: Counter[str] = Counter()
    typed: dict[str, Counter[str]] = defaultdict(Counter)
    for number in members:
        key = keys[number]
        if key:
            by_key[key] += sightings[number].count
            typed[key][_name_of(sightings[number])] += sightings[number].count
    if not by_key:
        return _name_of_place(ra, dec)
    key = _commonest(by_key)
    designation = designation_of(key)
    if designation and designation.kind != "name":
        return key
    return " ".join(_commonest(typed[key]).replace("_", " ").split())


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def _name_of(sighting: Sighting) -> str:
    """The raw name that its key is of."""
    return sighting.name if designation_of(sighting.name) else sighting.science_object


def _name_of_place(ra: float, dec: float) -> str:
    """Write a position as a name, in the way of 2MASS: J06450892-1642580, cut and not rounded."""
    seconds = int(ra * 240 * 100)
    arcsec = int(abs(dec) * 36000)
    return (
        f"J{seconds // 360000:02d}{seconds // 6000 % 60:02d}{seconds % 6000:04d}"
        f"{'-' if dec < 0 else '+'}{arcsec // 36000:02d}{arcsec // 600 % 60:02d}{arcsec % 600:03d}"
    )


def _aliases(
    members: Sequence[int], sightings: Sequence[Sighting], keys: Sequence[str | None], apart: Floats
) -> tuple[Alias, ...]:
    by_name = defaultdict(list)
    for number in members:
        key = keys[number]
        if key:
            by_name[(_name_of(sightings[number]), key)].append(number)
    return tuple(
        Alias(
            raw_name,
            key,
            sum(sightings[number].count for number in numbers),
            max((round(float(apart[number]), 4) for number in numbers if not np.isnan(apart[number])), default=None),
        )
        for (raw_name, key), numbers in sorted(by_name.items())
    )
