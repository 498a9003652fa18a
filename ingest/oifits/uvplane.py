"""The uv plane of a data set: how far, how evenly and in which directions it is sampled.

Numbers of the ObsCore extension for radio data (IVOA, draft of 2025-09-15, section "Spatial frequency coverage for
visibilities"), and the range of position angles. Vectors are projected baselines in metres; a visibility at (u, v) is
one at (-u, -v), too, so every vector counts in both places. May import numpy and the standard library.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Cells of the draft's grid along each axis; even, so that no cell holds both a point and its opposite.
GRID = 1000
#: Most samples (points times channels) that are counted. The 231 granules of the reference have up to 51,000; a small
#: file can claim thousands of millions.
MAX_SAMPLES = 10_000_000

#: Vectors that are the same to this are one point, m: the side of a triangle and the baseline are not the same to the
#: last bit.
_SAME = 1e-3
#: A distribution this many times longer than wide lies on a line.
_LINE = 1e6
#: Cells are marked in a table of the whole grid from this many samples on; fewer are sorted, which is then faster.
_MANY = 5000
_CHUNK = 1 << 18


def distinct_points(u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Leave out what is no baseline and all but one of equal or opposite ones.

    Parameters
    ----------
    u, v
        m, towards east and north, shape (n,). NaN, infinities and (0, 0) are passed over.

    Returns
    -------
    u, v
        In the half plane v > 0 or v = 0, u > 0; shape (points,).
    """
    with np.errstate(invalid="ignore", over="ignore"):
        cells = (u / _SAME).round() + 1j * (v / _SAME).round()
        usable = np.isfinite(cells) & (cells != 0)
    if not usable.all():
        cells, u, v = cells[usable], u[usable], v[usable]
    opposite = (cells.imag < 0) | ((cells.imag == 0) & (cells.real < 0))
    sign = np.where(opposite, -1.0, 1.0)
    _, first = np.unique(cells * sign, return_index=True)
    return (u * sign)[first], (v * sign)[first]


class Ellipse:
    """The ellipse around a distribution of points, as the draft makes it.

    A principal component analysis of the points gives the axes; the half axes are the largest distances from the
    origin along them. Of the two the longer one is the major axis: the one of the largest scatter need not be.
    Wavelengths change the scale and not the shape, so metres serve for any of them.

    Attributes
    ----------
    x, y
        The points along the major and the minor axis, m, shape (points,).
    major, minor
        The half axes, m.
    """

    def __init__(self, u: Floats, v: Floats) -> None:
        angle = 0.5 * math.atan2(2 * float(u @ v), float(u @ u) - float(v @ v))
        cos, sin = math.cos(angle), math.sin(angle)
        self.x, self.y = cos * u + sin * v, cos * v - sin * u
        self.major, self.minor = float(np.abs(self.x).max()), float(np.abs(self.y).max())
        if self.minor > self.major:
            self.x, self.y, self.major, self.minor = self.y, self.x, self.minor, self.major

    @property
    def is_line(self) -> bool:
        """Whether all points lie on one line through the origin."""
        return self.minor * _LINE < self.major

    @property
    def eccentricity(self) -> float:
        """sqrt(1 - b²/a²): 0 for a circle, 1 for a line (``uv_distribution_ecc``)."""
        return 1.0 if self.is_line else math.sqrt(1 - (self.minor / self.major) ** 2)

    def filling(self, waves: Floats) -> float | None:
        """Share of the grid's cells that hold a sample (``uv_distribution_fill``).

        The draft lays a grid of `GRID` x `GRID` equal cells over the rectangle around the ellipse, here in spatial
        frequencies: each point once a channel, at (x, y) / wavelength. Its formula sums the number of samples in each
        cell, which is the number of all samples however they lie; here a cell counts once, which is what filling means,
        and the same where no two samples share a cell.

        Parameters
        ----------
        waves
            Wavelengths of the channels, m, positive, shape (channels,).

        Returns
        -------
        float or None
            None for points on a line, which has no area, without channels, and for more than `MAX_SAMPLES`.
        """
        samples = self.x.size * waves.size
        if self.is_line or not 0 < samples <= MAX_SAMPLES:
            return None
        # samples with x < 0 are looked at in their opposite place: then what is missing is exactly the other half
        sign = np.where(self.x < 0, -1.0, 1.0)
        x, y = self.x * sign / self.major, self.y * sign / self.minor
        scale = waves.min() / waves
        step = max(1, _CHUNK // waves.size)
        cells = [_cells(x[n : n + step, None] * scale, y[n : n + step, None] * scale) for n in range(0, x.size, step)]
        return 2 * _different(cells, samples) / GRID**2


def _cells(x: Floats, y: Floats) -> NDArray[np.intp]:
    """Numbers of the cells of samples, each coordinate -1 to 1, flattened."""
    column = ((x + 1) * (GRID / 2)).astype(np.intp)
    row = ((y + 1) * (GRID / 2)).astype(np.intp)
    # the last cell includes its edge
    return np.asarray(np.minimum(column, GRID - 1) * GRID + np.minimum(row, GRID - 1), np.intp).ravel()


def _different(cells: list[NDArray[np.intp]], samples: int) -> int:
    if samples < _MANY:
        numbers = np.sort(np.concatenate(cells) if len(cells) > 1 else cells[0])
        return 1 + int(np.count_nonzero(numbers[1:] != numbers[:-1]))
    marked = np.zeros(GRID * GRID, np.bool_)
    for part in cells:
        marked[part] = True
    return int(np.count_nonzero(marked))


def angle_coverage(u: Floats, v: Floats) -> float:
    """Range of position angles that the points cover, deg: half a turn but the largest gap between two neighbours.

    Parameters
    ----------
    u, v
        m, shape (points,), not empty.

    Returns
    -------
    float
        0 for one direction, up to 180.
    """
    angles = np.sort(np.degrees(np.arctan2(u, v)) % 180.0)
    gaps = angles[1:] - angles[:-1]
    around = 180.0 - float(angles[-1] - angles[0])
    return 180.0 - max(around, float(gaps.max(initial=0.0)))
