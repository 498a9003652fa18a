"""A sighting: exposures of one night or season that tell the same name and the same place, and where they point.

May import `ingest.targets.names`, `ingest.targets.sphere`, `ingest.targets.stars`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.targets.names import key_of
from ingest.targets.sphere import Floats, Integers, directions, middles, separation
from ingest.targets.stars import StarTable

#: How far ISS REF may be from RA and DEC, arcsec, the star's motion since 2000 apart: it is copied from other
#: observing blocks now and then.
STALE = 60.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """What headers tell about a target.

    Attributes
    ----------
    name
        As the header has it; labels such as `STD` are allowed.
    ra, dec
        RA and DEC of the header, deg: where the telescopes pointed, at the epoch of the observation.
    ref_ra, ref_dec
        ISS REF, deg: what the observer typed, mostly for epoch 2000.0.
    year
        When, Julian year.
    count
        Number of exposures.
    fringe_object, science_object
        The two stars of a dual-field observation; "" for others.
    """

    name: str
    ra: float | None
    dec: float | None
    ref_ra: float | None
    ref_dec: float | None
    year: float
    count: int = 1
    fringe_object: str = ""
    science_object: str = ""

    @property
    def key(self) -> str | None:
        """Its name in the one form; of the science object where the target has no name."""
        return key_of(self.name) or (key_of(self.science_object) if self.science_object else None)

    @property
    def pair(self) -> tuple[str, str] | None:
        """Keys of two different stars that were observed at the same time; None in a single field."""
        if not self.fringe_object or not self.science_object:
            return None
        first, second = key_of(self.fringe_object), key_of(self.science_object)
        return (first, second) if first and second and first != second else None


@dataclass(frozen=True)
class Candidates:
    """Where sightings point, in arrays of one length.

    Attributes
    ----------
    places
        Unit vectors, shape (n, 3); zeros where nothing usable is known.
    known, from_ref
        Whether a position is known, and whether it is that of ISS REF; shape (n,).
    years, counts
        As the sightings have them, shape (n,).
    """

    places: Floats
    known: NDArray[np.bool_]
    from_ref: NDArray[np.bool_]
    years: Floats
    counts: Integers

    def middles(self, members: Sequence[Integers]) -> Floats:
        """Middle of the positions of groups of sightings; of those from ISS REF where there are any.

        Returns
        -------
        Floats
            Unit vectors, shape (number of groups, 3); not numbers for groups without a position.
        """
        owners = np.repeat(np.arange(len(members)), [len(each) for each in members])
        numbers = np.concatenate([np.zeros(0, np.int64), *members])
        typed = np.bincount(owners, self.from_ref[numbers], len(members)) > 0
        used = self.known[numbers] & (self.from_ref[numbers] | ~typed[owners])
        numbers, owners = numbers[used], owners[used]
        return middles(self.places[numbers], self.counts[numbers], owners, len(members))


def candidates(sightings: Sequence[Sighting], table: StarTable, keys: Sequence[str | None]) -> Candidates:
    """Choose the position of each sighting: ISS REF unless it is stale, else RA and DEC.

    REF is preferred since RA differs by 2 to 8 arcsec from night to night from 2016 on.
    """
    pointed, has_pointed = _sane([(each.ra, each.dec) for each in sightings])
    typed, has_typed = _sane([(each.ref_ra, each.ref_dec) for each in sightings])
    years = np.array([each.year for each in sightings], float)
    apart = separation(pointed, typed)
    fresh = has_typed & (~has_pointed | (apart <= STALE + _motions(table, keys) * np.abs(years - 2000)))
    return Candidates(
        places=np.where(fresh[:, None], typed, pointed),
        known=fresh | has_pointed,
        from_ref=fresh,
        years=years,
        counts=np.array([each.count for each in sightings], np.int64),
    )


def _sane(positions: Sequence[tuple[float | None, float | None]]) -> tuple[Floats, NDArray[np.bool_]]:
    """Turn positions into vectors; not those that are missing, 0 0, or off the sky as MIDI's -596.52."""
    values = np.array([[np.nan if part is None else part for part in pair] for pair in positions], float)
    values = values.reshape(-1, 2)
    ra, dec = values[:, 0], values[:, 1]
    with np.errstate(invalid="ignore"):
        sane = (ra >= 0) & (ra <= 360) & (np.abs(dec) <= 90) & ~((ra == 0) & (dec == 0))
    return directions(np.where(sane, ra, 0), np.where(sane, dec, 0)) * sane[:, None], sane


def _motions(table: StarTable, keys: Sequence[str | None]) -> Floats:
    """Proper motions of the stars with these keys, arcsec/yr; 0 for others."""
    numbers = {key: table.number(key) for key in set(keys) if key}
    motion = {
        key: float(np.hypot(table.stars[number].pm_ra, table.stars[number].pm_dec)) / 1000
        for key, number in numbers.items()
        if number is not None
    }
    return np.array([motion.get(key, 0.0) if key else 0.0 for key in keys], float)
