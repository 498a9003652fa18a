"""The local star table: bright and fast stars by name, and by position at a date.

Reads `resdir/stars/bright.csv`; its README tells the sources. Pure otherwise. May import `ingest.targets.names`,
`ingest.targets.sphere`, `ingest.errors`.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.errors import OivoError
from ingest.targets.names import Designation, designation_of, key_of
from ingest.targets.sphere import Floats, Index, Integers, directions, moved, positions, separation

TABLE = Path(__file__).resolve().parent.parent.parent / "resdir" / "stars" / "bright.csv"

#: Largest proper motion known, of Barnard's Star, arcsec/yr.
FASTEST = 10.5
_LATE_VARIABLE = re.compile(r"V\d{3,4} ")
#: Years from 2000 within which observations are looked for.
_YEARS = 40.0


@dataclass(frozen=True)
class Star:
    """A star of a catalogue.

    Attributes
    ----------
    name
        Its main name: a Greek letter of Bayer's, Flamsteed's number, a Latin letter of Bayer's, else that of a
        variable (one with letters), else HD, else HIP.
    ra, dec
        ICRS at epoch 2000.0, deg.
    pm_ra, pm_dec
        Proper motion, mas/yr, that in right ascension with cos(dec).
    aliases
        Other names.
    origin
        Where it comes from: ``catalogue`` or ``resolver``.
    """

    name: str
    ra: float
    dec: float
    pm_ra: float = 0.0
    pm_dec: float = 0.0
    aliases: tuple[str, ...] = field(default=(), repr=False)
    origin: str = "catalogue"

    def at(self, year: float) -> tuple[float, float]:
        """Give the position at a Julian year: right ascension and declination, deg."""
        place = moved(
            directions([self.ra], [self.dec]), np.array([self.pm_ra]), np.array([self.pm_dec]), np.array([year])
        )
        ra, dec = positions(place)
        return float(ra[0]), float(dec[0])

    @property
    def designations(self) -> tuple[Designation, ...]:
        """All its names, read."""
        return tuple(found for name in (self.name, *self.aliases) if (found := designation_of(name)))


class StarTable:
    """Stars, found by name and by position.

    Parameters
    ----------
    stars
        In the order of preference: of stars with the same name the first has it.
    """

    def __init__(self, stars: Iterable[Star]) -> None:
        self.stars = tuple(stars)
        self._numbers: dict[str, int] = {}
        for number, star in enumerate(self.stars):
            for name in (star.name, *star.aliases):
                key = key_of(name)
                if key:
                    self._numbers.setdefault(key, number)

    def __len__(self) -> int:
        return len(self.stars)

    def number(self, key: str) -> int | None:
        """Return the number of the star with a key; None if there is none.

        Where a name of Bayer's is written in capitals (`MU Cep`) it is also understood; `Sirius A` is Sirius.
        """
        if key in self._numbers:
            return self._numbers[key]
        folded = key_of(key.upper())
        if folded in self._numbers:
            return self._numbers[folded]
        named = designation_of(key)
        if named and named.component == "A":
            return self._numbers.get(named.body)
        return None

    def find(self, name: str) -> Star | None:
        """Return the star of that name, written in any way; None if there is none."""
        key = key_of(name)
        number = self.number(key) if key else None
        return None if number is None else self.stars[number]

    @cached_property
    def _motions(self) -> tuple[Floats, Floats]:
        return np.array([star.pm_ra for star in self.stars]), np.array([star.pm_dec for star in self.stars])

    @cached_property
    def _places(self) -> Floats:
        return directions([star.ra for star in self.stars], [star.dec for star in self.stars])

    @cached_property
    def _index(self) -> Index:
        return Index(self._places)

    def places(self, numbers: Integers, years: Floats) -> Floats:
        """Give directions of stars at Julian years, shape (n, 3)."""
        pm_ra, pm_dec = self._motions
        return moved(self._places[numbers], pm_ra[numbers], pm_dec[numbers], years)

    def near(self, places: Floats, years: Floats, radius: Floats, *, as_typed: NDArray[np.bool_]) -> Integers:
        """Find the nearest star of each place at its date.

        Parameters
        ----------
        places
            Unit vectors, shape (n, 3).
        years
            Julian years, shape (n,).
        radius
            Largest separation, arcsec, shape (n,).
        as_typed
            Whether a place may be that of epoch 2000.0 as well, as what observers typed often is; shape (n,).

        Returns
        -------
        Integers
            Numbers of stars, shape (n,); -1 where none is near enough.
        """
        found = np.full(len(places), -1)
        if not len(self) or not len(places):
            return found
        # Only the few fast stars need the wide circle: one search for each kind, 60,000 places in 0.2 s.
        pm = np.hypot(*self._motions) / 1000
        best = np.full(len(places), np.inf)
        for low, high in ((-1.0, 0.3), (0.3, 3.0), (3.0, np.inf)):
            numbers = np.flatnonzero((pm > low) & (pm <= high))
            if not len(numbers):
                continue
            wide = float(np.max(radius)) + min(high, float(pm[numbers].max())) * _YEARS
            which, star = Index(self._places[numbers]).pairs_with(places, wide)
            star = numbers[star]
            apart = separation(places[which], self.places(star, years[which]))
            apart = np.where(as_typed[which], np.minimum(apart, separation(places[which], self._places[star])), apart)
            near = apart <= radius[which]
            which, star, apart = which[near], star[near], apart[near]
            for each in np.lexsort((star, apart))[::-1]:
                if apart[each] <= best[which[each]]:
                    best[which[each]], found[which[each]] = apart[each], star[each]
        return found


@cache
def bright_stars() -> StarTable:
    """Read the local star table, once a process (0.4 s).

    Raises
    ------
    OivoError
        When the file is missing or damaged.
    """
    return StarTable(sorted_stars(TABLE))


def find_star(name: str) -> Star | None:
    """Return the star of the local table that has a name, written in any way; None if it has none.

    >>> find_star("ALP_ERI").name, find_star("Achernar").name
    ('alf Eri', 'alf Eri')
    """
    return bright_stars().find(name)


def sorted_stars(path: Path) -> list[Star]:
    """Read a star table, the brightest first: some pairs share a number, and the name is that of the brighter star."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = sorted(_rows(lines), key=lambda row: row[0])
    except (OSError, ValueError, KeyError) as error:
        raise OivoError(f"the star table cannot be read ({error})", place=str(path)) from error
    return [star for _, star in rows]


def _rows(lines: Iterable[str]) -> Iterator[tuple[float, Star]]:
    for row in csv.DictReader(lines):
        names = [name for name in row["names"].split("|") if name]
        numbers = [f"HD {number}" for number in row["hd"].split("|") if number]
        numbers += [f"HIP {row['hip']}"]
        # nobody calls HD 142884 V928 Sco
        names = numbers + names if not names or _LATE_VARIABLE.match(names[0]) else names + numbers
        names += [f"HR {number}" for number in row["hr"].split("|") if number]
        yield (
            float(row["hp_mag"]),
            Star(
                name=names[0],
                ra=float(row["ra_deg"]),
                dec=float(row["dec_deg"]),
                pm_ra=float(row["pm_ra_mas_yr"]),
                pm_dec=float(row["pm_dec_mas_yr"]),
                aliases=tuple(names[1:]),
            ),
        )
