"""OI_CORR: correlation matrices, and the tables of measurements that point into them.

May import numpy, the standard library, this package's ``context`` and ``ingest.oifits``' reading modules.
"""

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.check.context import Context, Integers, count_of, rows_of
from ingest.oifits.data import Data
from ingest.oifits.table import Table

#: Columns that point to the first element of an observable in the matrix, in the order in which oitools looks.
_POINTERS = {
    "OI_VIS": ("CORRINDX_VISAMP", "CORRINDX_VISPHI", "CORRINDX_RVIS", "CORRINDX_IVIS"),
    "OI_VIS2": ("CORRINDX_VIS2DATA",),
    "OI_T3": ("CORRINDX_T3AMP", "CORRINDX_T3PHI"),
    "OI_FLUX": ("CORRINDX_FLUXDATA",),
}

_NO_LIMIT = 2**62


def check_matrix(context: Context, table: Table) -> None:
    """An OI_CORR: its name, and indices within the upper triangle of the matrix."""
    if table.header.text("CORRNAME") == "":
        context.add("OI_CORR_CORRNAME", table, "CORRNAME", "CORRNAME is empty")
    size = _size(context, table)
    i, j = _indices(table, "IINDX"), _indices(table, "JINDX")
    for rule, member, wrong, what in (
        ("OI_CORR_IINDEX_MIN", "IINDX", i < 1, "IINDX is under 1"),
        ("OI_CORR_JINDEX_SUP", "JINDX", j <= i, "JINDX is not over IINDX"),
        ("OI_CORR_IJINDEX_MAX", "IINDX", i > size, f"IINDX is over NDATA = {size}"),
        ("OI_CORR_IJINDEX_MAX", "JINDX", j > size, f"JINDX is over NDATA = {size}"),
    ):
        if count := count_of(wrong):
            context.add(rule, table, member, f"{what} ({rows_of(wrong)})", count)
    if not context.jmmc:
        _check_coefficients(context, table)


def _check_coefficients(context: Context, table: Table) -> None:
    values = table.numbers("CORR")
    if values is None or not values.size or (values.min() >= -1 and values.max() <= 1):
        return
    wrong = ~(np.abs(values) <= 1)
    message = f"CORR is {values[wrong.argmax()]:g} ({rows_of(wrong)}), a correlation is between -1 and 1"
    context.add("OI_CORR_RANGE", table, "CORR", message, count_of(wrong))


def check_pointers(context: Context, tables: list[Data]) -> None:
    """CORRINDX columns of all tables of measurements: into the matrix, and no element of it twice."""
    used: dict[str, _Intervals] = {}
    for data in tables:
        for name in _POINTERS[data.kind]:
            column = data.table.column(name)
            if column is None or (context.version == 1 and data.kind != "OI_FLUX"):
                continue
            pointers = data.table.integers(name)
            if pointers is None:
                continue
            corrname = data.table.header.text("CORRNAME") if context.version == 2 else None
            if corrname is not None and corrname not in context.correlations and len(context.correlations) == 1:
                corrname = next(iter(context.correlations))  # the only one there is stands for any other
            matrix = context.correlations.get(corrname) if corrname is not None else None
            if corrname is None or matrix is None:
                message = f"{name} is there, but CORRNAME leads to no OI_CORR"
                context.add(f"{data.kind}_CORRINDX", data.table, name, message)
                continue
            intervals = used.setdefault(corrname, _Intervals())
            _check_pointer(context, data, name, pointers, _size(context, matrix), intervals)


def _check_pointer(context: Context, data: Data, name: str, pointers: Integers, size: int, used: "_Intervals") -> None:
    for rule, wrong, what in (
        ("GENERIC_CORRINDX_MIN", pointers < 1, "under 1"),
        ("GENERIC_CORRINDX_MAX", pointers > size, f"over NDATA = {size}"),
    ):
        if count := count_of(wrong):
            context.add(rule, data.table, name, f"{name} is {what} ({rows_of(wrong)})", count)
    channels = context.channels(data.insname)
    repeated = used.add(pointers, channels)
    if repeated:
        message = f"{name} leads to {repeated} elements of the matrix that another value has"
        context.add("GENERIC_CORRINDX_UNIQ", data.table, name, message, repeated)


class _Intervals:
    """Elements of a matrix in use, as sorted intervals: their number does not matter for speed and memory."""

    def __init__(self) -> None:
        self._edges: NDArray[np.int64] = np.empty((0, 2), np.int64)

    def add(self, starts: Integers, length: int) -> int:
        """Use the elements from each start on; return how many were in use before, by this call or an earlier one."""
        if not length or not starts.size:
            return 0
        before = self._total()
        edges = np.concatenate([self._edges, np.stack([starts, starts + length], axis=1)])
        edges = edges[edges[:, 0].argsort()]
        ends = np.maximum.accumulate(edges[:, 1])
        opens = np.concatenate([[True], edges[1:, 0] > ends[:-1]])
        closes = np.concatenate([opens[1:], [True]])
        self._edges = np.stack([edges[opens, 0], ends[closes]], axis=1)
        return int(starts.size * length - (self._total() - before))

    def _total(self) -> int:
        return int((self._edges[:, 1] - self._edges[:, 0]).sum())


def _size(context: Context, table: Table) -> int:
    """NDATA. When it is missing, which another rule says, oitools takes it for 0; here there is no limit then."""
    value = table.header.real("NDATA")
    if value is None or not abs(value) < _NO_LIMIT:
        return 0 if context.jmmc else _NO_LIMIT
    return int(value)


def _indices(table: Table, name: str) -> Integers:
    values = table.integers(name)
    return np.full(table.rows, -(2**31), np.int64) if values is None else values
