"""What the data say of themselves: where on the sky, when, at which wavelengths; written as records want it.

Pure: numbers in, texts and intervals out. May import the standard library only.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

#: HEALPix order of the cells: about a degree, what DaCHS and the registries use.
ORDER = 6
#: Planck's constant (J s) times the speed of light (m/s), both exact in the SI.
_HC = 6.62607015e-34 * 299792458.0
#: Observations that are further apart (days) make another interval.
_GAP = 365.25

Interval = tuple[float, float]


@dataclass(frozen=True)
class TestQuery:
    """A cone that has something in it: ra and dec (deg, ICRS), radius (deg)."""

    __test__ = False

    ra: float
    dec: float
    sr: float


@dataclass(frozen=True)
class Facts:
    """What is known of the data of one service.

    Attributes
    ----------
    spatial
        MOC in its ASCII form (MOC 2.0, section 4.3.2), empty where nothing has a position.
    temporal
        Intervals of MJD.
    spectral
        Intervals of the energy of a photon, in joule (VODataService 1.2, section 3.2).
    test
        A cone search that finds something; None where there is nothing.
    updated
        Day of the last change of the data.
    """

    spatial: str = ""
    temporal: tuple[Interval, ...] = ()
    spectral: tuple[Interval, ...] = ()
    test: TestQuery | None = None
    updated: datetime.date | None = None


def moc(cells: Iterable[int], order: int = ORDER) -> str:
    """Return the MOC of HEALPix cells (nested numbers of one order) in ASCII, four put together where they can be.

    Examples
    --------
    >>> moc([0, 1, 2, 3, 9, 10, 11], order=1)
    '0/0 1/9-11'
    >>> moc([])
    ''
    """
    found: list[str] = []
    here = set(cells)
    while here:
        whole = (
            set() if order == 0 else {cell >> 2 for cell in here if all(4 * (cell >> 2) + k in here for k in range(4))}
        )
        rest = {cell for cell in here if cell >> 2 not in whole} if order else here
        if rest:
            found.append(f"{order}/{_ranges(rest)}")
        here, order = whole, order - 1
    return " ".join(reversed(found))


def _ranges(cells: set[int]) -> str:
    parts = []
    for cell in sorted(cells):
        if cell - 1 in cells:
            continue
        last = cell
        while last + 1 in cells:
            last += 1
        parts.append(str(cell) if last == cell else f"{cell}-{last}")
    return ",".join(parts)


def periods(spans: Iterable[Interval], gap: float = _GAP) -> tuple[Interval, ...]:
    """Return intervals of time (days) with those put together that overlap or are not further apart than a gap."""
    found: list[Interval] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + gap:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def energies(wavelengths: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return intervals of energy (J, rising) of intervals of wavelength (m, from short to long)."""
    bands = periods((span for span in wavelengths if span[0] > 0), gap=0.0)
    return tuple((_HC / longest, _HC / shortest) for shortest, longest in reversed(bands))
