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
    def int_time(self) -> Floats:
        """INT_TIME, s, shape (rows,); NaN when the column is absent."""
        return self._or_nan("INT_TIME")

    @cached_property
    def baselines(self) -> Floats | None:
        """Lengths of the projected baselines, m, shape (rows, 1) or for triangles (rows, 3); None without (u, v).

        The sides of a triangle are (u1, v1), (u2, v2) and their sum.
        """
        if self.kind == "OI_T3":
            u1, v1 = self.table.numbers("U1COORD"), self.table.numbers("V1COORD")
            u2, v2 = self.table.numbers("U2COORD"), self.table.numbers("V2COORD")
            if u1 is None or v1 is None or u2 is None or v2 is None:
                return None
            u, v = np.array((u1, u2, u1 + u2)), np.array((v1, v2, v1 + v2))
        else:
            u1, v1 = self.table.numbers("UCOORD"), self.table.numbers("VCOORD")
            if u1 is None or v1 is None:
                return None
            u, v = u1[np.newaxis], v1[np.newaxis]
        with np.errstate(all="ignore"):
            return np.asarray(np.hypot(u, v)).T

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
