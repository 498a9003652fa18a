"""A table of measurements: what granules and checks take from its rows, each column converted once.

May import numpy, the standard library, and this package's ``table``.
R numbers are the rules of the reference that oivo agrees with.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.table import Table

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Data:
    """A table of measurements: OI_VIS, OI_VIS2, OI_T3 or OI_FLUX.

    Attributes
    ----------
    insname, arrname
        Repaired (R13c, R13d) and cleaned; as written they are in the table's header. ARRNAME may be None.
    target_ids
        TARGET_ID, repaired (R13b), shape (rows,); None when the column is absent or cannot be used.
    """

    table: Table
    insname: str
    arrname: str | None
    target_ids: Integers | None

    @property
    def kind(self) -> str:
        """EXTNAME."""
        return self.table.extname

    @cached_property
    def mjd(self) -> Floats:
        """MJD, d, shape (rows,); NaN when the column is absent."""
        return self._or_nan("MJD")

    @cached_property
    def mjd_range(self) -> tuple[float, float]:
        """Smallest and largest MJD, d; NaN for both when there is none."""
        if not self.table.rows:
            return np.nan, np.nan
        return float(np.fmin.reduce(self.mjd)), float(np.fmax.reduce(self.mjd))

    @cached_property
    def int_time(self) -> Floats:
        """INT_TIME, s, shape (rows,); NaN when the column is absent."""
        return self._or_nan("INT_TIME")

    @cached_property
    def uv(self) -> Floats | None:
        """Projected baselines (u, v), m, shape (rows, 1, 2) or for triangles (rows, 3, 2); None without them.

        The sides of a triangle are (u1, v1), (u2, v2) and their sum.
        """
        sides = self._sides
        return np.array(sides).transpose(2, 0, 1) if sides is not None else None

    @cached_property
    def baselines(self) -> Floats | None:
        """Lengths of the projected baselines, m, shape (rows, 1) or for triangles (rows, 3); None without (u, v)."""
        if self._sides is None:
            return None
        with np.errstate(all="ignore"):
            return np.array([np.hypot(u, v) for u, v in self._sides]).T

    @cached_property
    def _sides(self) -> list[tuple[Floats, Floats]] | None:
        names = ("U1COORD", "V1COORD", "U2COORD", "V2COORD") if self.kind == "OI_T3" else ("UCOORD", "VCOORD")
        columns = [values for name in names if (values := self.table.numbers(name)) is not None]
        if len(columns) != len(names):
            return None
        sides = list(zip(columns[::2], columns[1::2], strict=True))
        if len(sides) == 2:
            with np.errstate(all="ignore"):
                sides.append((columns[0] + columns[2], columns[1] + columns[3]))
        return sides

    @cached_property
    def stations(self) -> Integers | None:
        """STA_INDEX, shape (rows, stations); None when the column is absent or has another repeat."""
        repeat = {"OI_T3": 3, "OI_FLUX": 1}.get(self.kind, 2)
        indices = self.table.integers("STA_INDEX", repeat)
        return indices.reshape(-1, repeat) if indices is not None else None

    @cached_property
    def flags(self) -> NDArray[Any] | None:
        """FLAG as bytes, shape (rows,) or (rows, channels); None when the column is absent or not logical."""
        column = self.table.column("FLAG")
        return self.table.raw("FLAG") if column is not None and column.letter == "L" else None

    def _or_nan(self, name: str) -> Floats:
        values = self.table.numbers(name)
        return values if values is not None else np.broadcast_to(np.float64(np.nan), (self.table.rows,))
