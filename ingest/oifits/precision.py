"""How many measurements of a granule can be used, and how precise they are.

May import numpy, the standard library, and this package's ``rows``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.rows import Part

_TRUE = ord("T")
_REAL = frozenset("DE")


@dataclass(frozen=True, slots=True)
class Precision:
    """Of one observable.

    Attributes
    ----------
    valid
        Number of values that are finite and not flagged: cells, row by row and channel by channel.
    error
        Median of their errors that are finite and positive, in the observable's unit; None when there is none.
    """

    valid: int
    error: float | None


def precision_of(parts: list[Part], kind: str, value: str, error: str) -> Precision:
    """Look at one observable of a granule.

    Parameters
    ----------
    kind, value, error
        Table, and columns of the values and their errors: OI_VIS2, VIS2DATA, VIS2ERR.
    """
    valid, errors = 0, []
    for part in parts:
        if part.data.kind != kind or (values := _reals(part, value)) is None:
            continue
        good = np.isfinite(values)
        flags = part.data.flags
        flags = flags if flags is None or part.rows is None else flags[part.rows]
        if flags is not None and flags.shape == values.shape:
            good &= flags != _TRUE
        valid += int(np.count_nonzero(good))
        sigma = _reals(part, error)
        if sigma is not None and sigma.shape == values.shape:
            errors.append(sigma[good])
    return Precision(valid, _median(errors))


def _reals(part: Part, name: str) -> NDArray[Any] | None:
    """Values of a column of real numbers over a granule's rows; None when it is absent or of another type."""
    column = part.data.table.column(name)
    values = part.data.table.raw(name) if column is not None and column.letter in _REAL else None
    return values if values is None or part.rows is None else values[part.rows]


def _median(pieces: list[NDArray[Any]]) -> float | None:
    """Median of those that are finite and positive (numpy.median takes four times as long on a few hundred)."""
    if not pieces:
        return None
    values = np.concatenate(pieces).astype(np.float64)
    with np.errstate(invalid="ignore"):
        values = values[(values > 0) & (values < np.inf)]
    if not values.size:
        return None
    middle = values.size // 2
    if values.size % 2:
        values.partition(middle)
        return float(values[middle])
    values.partition((middle - 1, middle))
    return float(values[middle - 1] / 2 + values[middle] / 2)
