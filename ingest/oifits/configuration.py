"""The telescopes that a granule's light came from: baselines, triangles, distances on the ground, diameters.

May import the standard library, and this package's ``model``, ``rows`` and ``standard``.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from ingest.oifits.model import Array, OIFitsFile
from ingest.oifits.rows import Part
from ingest.oifits.standard import UNDEFINED

#: An array of more telescopes than this has no distances: no optical one has, and pairs grow with the square.
MAX_TELESCOPES = 30


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the file's OI_ARRAY and STA_INDEX tell; None where they do not.

    Attributes
    ----------
    nb_baselines, nb_triplets
        Number of different pairs of telescopes with visibilities or as sides of triangles, and of different triangles.
    distance_min, distance_max
        Shortest and longest distance between two of the telescopes (STAXYZ), m: not projected.
    diameter_min, diameter_max
        Smallest and largest of their diameters, m.
    """

    nb_baselines: int
    nb_triplets: int
    distance_min: float | None
    distance_max: float | None
    diameter_min: float | None
    diameter_max: float | None


def configuration_of(oifits: OIFitsFile, parts: list[Part]) -> Configuration:
    """Gather the telescopes of a granule."""
    groups = {group for part in parts for group in _groups(part)}
    triplets = [group for group in groups if len(group) == 3]
    pairs = {group for group in groups if len(group) == 2}
    pairs.update(side for triplet in triplets for side in combinations(triplet, 2))
    telescopes = {index for group in groups for index in group}
    array = _array(oifits, parts)
    diameters = [array.diameters[index] for index in telescopes if array and index in array.diameters]
    shortest, longest = _distances(array, telescopes)
    return Configuration(
        nb_baselines=len(pairs),
        nb_triplets=len(triplets),
        distance_min=shortest,
        distance_max=longest,
        diameter_min=min(diameters, default=None),
        diameter_max=max(diameters, default=None),
    )


def _groups(part: Part) -> Iterable[tuple[int, ...]]:
    """The different telescopes, pairs or triangles of a table's rows: STA_INDEX in ascending order."""
    indices = part.data.stations
    if indices is None:
        return
    if part.rows is not None:
        indices = indices[part.rows]
    for row in set(zip(*indices.T.tolist(), strict=True)):
        yield tuple(index for index in sorted(set(row)) if index != UNDEFINED)


def _array(oifits: OIFitsFile, parts: list[Part]) -> Array | None:
    """The OI_ARRAY that a granule's tables name; None without one, and when they name several."""
    named = {part.data.arrname for part in parts if part.data.arrname}
    return oifits.arrays_by_name.get(named.pop()) if len(named) == 1 else None


def _distances(array: Array | None, telescopes: set[int]) -> tuple[float | None, float | None]:
    """Shortest and longest distance, m; None for both unless the places of all telescopes are known."""
    if array is None or not 2 <= len(telescopes) <= MAX_TELESCOPES:
        return None, None
    places = [array.places[index] for index in telescopes if index in array.places]
    if len(places) < len(telescopes):
        return None, None
    lengths = [math.dist(*pair) for pair in combinations(places, 2)]
    # two telescopes are never in one place: a writer without coordinates puts all of them at the origin
    return (min(lengths), max(lengths)) if min(lengths) > 0 else (None, None)
