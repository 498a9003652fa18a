"""What the simulated stars look like to an interferometer.

Pure mathematics: imports nothing of oivo.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAS = np.radians(1 / 3.6e6)

#: Enough for |x| < 100: 15 times the argument that the largest star has on the longest baseline.
_CHORDS = 96


class Model(Protocol):
    """A brightness distribution with a known Fourier transform."""

    def visibility(self, u: ArrayLike, v: ArrayLike) -> NDArray[np.complex128]:
        """Complex visibility at spatial frequencies u (east), v (north) in cycles per radian."""

    @property
    def equivalent_diameter(self) -> float:
        """Diameter of the disk of the primary's surface brightness that gives the same flux, mas."""


@dataclass(frozen=True)
class UniformDisk:
    """A star of uniform surface brightness."""

    #: Angular diameter, mas.
    diameter: float

    def visibility(self, u: ArrayLike, v: ArrayLike) -> NDArray[np.complex128]:
        """Complex visibility: 2 J1(x) / x with x = pi * diameter * spatial frequency.

        Parameters
        ----------
        u, v
            Spatial frequencies in cycles per radian, of any shapes that broadcast.

        Returns
        -------
        NDArray[np.complex128]
            Real numbers, negative beyond the first null.
        """
        return disk_visibility(np.pi * self.diameter * MAS * np.hypot(u, v)).astype(complex)

    @property
    def equivalent_diameter(self) -> float:
        """The diameter itself, mas."""
        return self.diameter


@dataclass(frozen=True)
class Binary:
    """Two uniform disks."""

    primary: UniformDisk
    secondary: UniformDisk
    #: Flux of the secondary over that of the primary.
    flux_ratio: float
    #: Position of the secondary from the primary, mas.
    east: float
    north: float

    def visibility(self, u: ArrayLike, v: ArrayLike) -> NDArray[np.complex128]:
        """Complex visibility; the phase centre is the primary.

        V = (V1 + r V2 exp(-2 pi i (u east + v north))) / (1 + r), with the sign of the exponent of
        Pauls et al. 2005 (PASP 117, 1255), section 4.

        Parameters
        ----------
        u, v
            Spatial frequencies in cycles per radian, of any shapes that broadcast.
        """
        u, v = np.asarray(u), np.asarray(v)
        turn = np.exp(-2j * np.pi * MAS * (u * self.east + v * self.north))
        total = self.primary.visibility(u, v) + self.flux_ratio * self.secondary.visibility(u, v) * turn
        visibility: NDArray[np.complex128] = total / (1 + self.flux_ratio)
        return visibility

    @property
    def equivalent_diameter(self) -> float:
        """Diameter of the disk of the primary's surface brightness that gives the flux of both, mas."""
        return float(self.primary.diameter * np.sqrt(1 + self.flux_ratio))


def disk_visibility(x: ArrayLike) -> NDArray[np.float64]:
    """2 J1(x) / x, the visibility of a uniform disk.

    By Poisson's integral (NIST DLMF 10.9.4) that is 2/pi times the integral of sin(t)**2 cos(x cos t) for t from 0
    to pi: the disk cut into chords. For such a periodic integrand the midpoint rule is exact to rounding, and SciPy is
    not needed.
    """
    angle = (np.arange(_CHORDS) + 0.5) * (np.pi / _CHORDS)
    x = np.asarray(x, float)[..., np.newaxis]
    mean: NDArray[np.float64] = 2 * np.mean(np.sin(angle) ** 2 * np.cos(x * np.cos(angle)), axis=-1)
    return mean
