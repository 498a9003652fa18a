"""Angles on the sky by unit vectors, in numpy: what answers of the server are compared with."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def unit_vectors(ra: ArrayLike, dec: ArrayLike) -> NDArray[np.float64]:
    """Return an array of shape (n, 3) for positions in degrees."""
    r, d = np.radians(ra), np.radians(dec)
    return np.stack([np.cos(d) * np.cos(r), np.cos(d) * np.sin(r), np.sin(d)], axis=-1)


def separation(ra: ArrayLike, dec: ArrayLike, ra0: ArrayLike, dec0: ArrayLike) -> NDArray[Any]:
    """Return the angles between positions, degrees; exact for small angles and for antipodes."""
    a, b = unit_vectors(ra, dec), unit_vectors(ra0, dec0)
    return np.degrees(np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), np.sum(a * b, axis=-1)))
