"""Which rows of which data tables belong to which granule.

May import numpy, the standard library, and this package's ``data``, ``errors``, ``model``, ``standard``, ``times``.
R numbers are the rules of the reference that oivo agrees with.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.data import Data
from ingest.oifits.errors import LimitError
from ingest.oifits.model import OIFitsFile
from ingest.oifits.standard import UNDEFINED
from ingest.oifits.times import common_night, nights_of

Floats = NDArray[np.float64]

#: Most granules of one file. Real ones have up to 66; a row of 10 bytes can make one, and each costs 0.15 ms.
MAX_GRANULES = 20_000

_NO_FLOATS: Floats = np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The rows of one data table that belong to one granule.

    Attributes
    ----------
    rows
        Row numbers, ascending; None means all.
    """

    data: Data
    rows: NDArray[np.intp] | None

    @property
    def count(self) -> int:
        """Number of rows."""
        return self.data.table.rows if self.rows is None else self.rows.size


#: The parts by target id, by INSNAME, by night in order of appearance.
Parts = dict[int, dict[str, dict[int, list[Part]]]]


def collect_parts(oifits: OIFitsFile) -> Parts:
    """Sort the rows of all data tables by target, INSNAME and night (R3).

    Rows of a target that OI_TARGET does not have and tables whose INSNAME no OI_WAVELENGTH has are left out.

    Raises
    ------
    LimitError
        More than `MAX_GRANULES`.
    """
    parts: Parts = {}
    if oifits.targets is None:
        return parts
    wanted = np.unique(oifits.targets.ids)
    groups = 0
    for data in oifits.data:
        if data.insname not in oifits.wavelengths_by_name:
            continue
        for target_id, night, part in _split(data, wanted, oifits.name):
            groups += 1
            if groups > MAX_GRANULES:
                raise too_many(oifits.name)
            parts.setdefault(target_id, {}).setdefault(data.insname, {}).setdefault(night, []).append(part)
    return parts


def too_many(name: str) -> LimitError:
    """The error of a file with more than `MAX_GRANULES`."""
    return LimitError(f"more than {MAX_GRANULES} granules", place=name, remedy="split the file")


def gather(parts: list[Part], column: Callable[[Data], Floats | None]) -> Floats:
    """The values of a column over the rows of a granule, flattened; tables without the column are left out."""
    pieces = [
        (values if part.rows is None else values[part.rows]).ravel()
        for part in parts
        if (values := column(part.data)) is not None
    ]
    if not pieces:
        return _NO_FLOATS
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def _split(data: Data, wanted: NDArray[np.int64], name: str) -> Iterator[tuple[int, int, Part]]:
    """Cut a table by target and night, in order of first appearance."""
    ids = data.target_ids
    if not data.table.rows:
        return
    if ids is None:
        ids = np.broadcast_to(np.int64(UNDEFINED), (data.table.rows,))
    first = int(ids[0])
    night = common_night(data.mjd)
    if night is not None and (ids == first).all():
        if first in wanted:
            yield first, night, Part(data, None)
        return
    known = np.flatnonzero(np.isin(ids, wanted))
    ids, nights = ids[known], nights_of(data.mjd[known])
    order = np.lexsort((nights, ids))
    cuts = np.flatnonzero(np.diff(ids[order]) | np.diff(nights[order])) + 1
    if cuts.size >= MAX_GRANULES:
        raise too_many(name)
    groups = np.split(order, cuts) if order.size else []
    for rows in sorted(groups, key=lambda rows: int(rows[0])):
        yield int(ids[rows[0]]), int(nights[rows[0]]), Part(data, known[rows])
