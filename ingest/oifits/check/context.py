"""What the checks share: the file, the profile, what its tables refer to, and where findings go.

May import numpy, the standard library, this package's ``rules``, and ``ingest.oifits``' reading modules.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.check.rules import JMMC, severity_of
from ingest.oifits.data import Data
from ingest.oifits.fits import HDU
from ingest.oifits.model import Array, Finding, OIFitsFile, Repair
from ingest.oifits.standard import DATA_TABLES, UNDEFINED
from ingest.oifits.table import Table

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: How messages and JSON call the primary HDU; oitools writes HDU.
PRIMARY_NAMES = {JMMC: "HDU"}

#: Highest STA_INDEX of which distances are computed. Real arrays have up to 40 stations.
_MAX_INDEX = 200

#: Characters of a message.
_MESSAGE = 500

#: Rows named in one message; the count of all is in `Finding.occurrences`.
_ROWS_NAMED = 5


class Context:
    """One file under one profile.

    Parameters
    ----------
    oifits
        The file, read.
    profile
        ``jmmc`` or ``oivo``.
    """

    def __init__(self, oifits: OIFitsFile, profile: str) -> None:
        self.oifits = oifits
        self.profile = profile
        self.jmmc = profile == JMMC
        self.version = oifits.version
        self.findings: list[Finding] = []
        self._stations: dict[int, Integers] = {}
        self._distances: tuple[int, Floats | None] | None = None  # of one array only: they are squares
        self._data = {data.table.hdu.index: data for data in oifits.data}

    def add(
        self,
        rule: str,
        where: Table | HDU | None = None,
        member: str = "",
        message: str = "",
        occurrences: int = 1,
        case: str = "",
    ) -> None:
        """Note a finding, unless the profile has the rule switched off there.

        Parameters
        ----------
        where
            The table or HDU; None for the file as a whole.
        member
            Column or keyword.
        message
            What was found, with values and rows counted from 1.
        case
            A case of the rule with a severity of its own.
        """
        hdu = where.hdu if isinstance(where, Table) else where
        extname = "" if hdu is None else hdu.extname
        severity = severity_of(rule, self.profile, extname, member, case)
        if severity is None:
            return
        if hdu is not None and hdu.index == 0:
            extname = PRIMARY_NAMES.get(self.profile, "PRIMARY")
        if len(message) > _MESSAGE:  # texts in columns can be of any length
            message = f"{message[: _MESSAGE - 1]}…"
        index = None if hdu is None else hdu.index
        self.findings.append(Finding(rule, message, index, extname, member, severity, occurrences))

    @property
    def primary(self) -> HDU:
        """The primary HDU."""
        return self.oifits.hdus[0]

    @cached_property
    def data_tables(self) -> list[Data]:
        """All tables of measurements in file order, those without INSNAME too."""
        return [
            self._data.get(table.hdu.index)
            or Data(table, "", table.header.text("ARRNAME"), table.integers("TARGET_ID"))
            for table in self.oifits.tables
            if table.extname in DATA_TABLES
        ]

    @cached_property
    def correlations(self) -> dict[str, Table]:
        """OI_CORR by CORRNAME; of a repeated CORRNAME the first."""
        named = [(table.header.text("CORRNAME"), table) for table in self.of("OI_CORR")]
        return {name: table for name, table in reversed(named) if name is not None}

    @cached_property
    def renumbered(self) -> bool:
        """Whether the reader gave a single target the TARGET_ID 1 (R13a)."""
        return any(repair.rule == "R13a" for repair in self.oifits.repairs)

    @cached_property
    def mended_ids(self) -> dict[int, Repair]:
        """Where the reader put the TARGET_ID of a single target in the place of others (R13b), by HDU."""
        return {repair.hdu: repair for repair in self.oifits.repairs if repair.rule == "R13b"}

    def of(self, extname: str) -> list[Table]:
        """The tables of that EXTNAME, in file order."""
        return [table for table in self.oifits.tables if table.extname == extname]

    def channels(self, insname: str) -> int:
        """NWAVE of an INSNAME; 0 when no OI_WAVELENGTH has it."""
        wavelengths = self.oifits.wavelengths_by_name.get(insname)
        return 0 if wavelengths is None else wavelengths.table.rows

    def array_of(self, arrname: str | None) -> Array | None:
        """OI_ARRAY of an ARRNAME; None without."""
        return None if arrname is None else self.oifits.arrays_by_name.get(arrname)

    def stations_of(self, array: Array) -> Integers:
        """STA_INDEX of an OI_ARRAY, shape (rows,); `UNDEFINED` where the column is absent."""
        known = self._stations.get(array.table.hdu.index)
        if known is None:
            known = array.table.integers("STA_INDEX")
            if known is None:
                known = np.full(array.table.rows, UNDEFINED, np.int64)
            self._stations[array.table.hdu.index] = known
        return known

    def distances_of(self, array: Array) -> Floats | None:
        """Distances of the stations of an OI_ARRAY by STAXYZ.

        Returns
        -------
        array or None
            m, shape (n, n), by STA_INDEX; NaN for those that there are not, and for n - 1. None when the table does
            not say, or has indices too high to keep such a square.
        """
        index = array.table.hdu.index
        if self._distances is None or self._distances[0] != index:
            self._distances = index, _distances(self.stations_of(array), array.table.numbers("STAXYZ", 3))
        return self._distances[1]


def _distances(indices: Integers, places: Floats | None) -> Floats | None:
    if places is None or not 1 < indices.size <= _MAX_INDEX or indices.min() < 0 or indices.max() > _MAX_INDEX:
        return None
    spread = np.full((int(indices.max()) + 2, 3), np.nan)
    spread[indices[::-1]] = places[::-1]
    return np.asarray(np.sqrt(((spread[:, None] - spread) ** 2).sum(axis=2)))


def count_of(mask: NDArray[Any]) -> int:
    """Number of trues."""
    return int(np.count_nonzero(mask))


def rows_of(mask: NDArray[Any]) -> str:
    """Name the rows in which a mask is true, counted from 1: ``row 3`` or ``rows 1, 2, 5 and 12 more``.

    Parameters
    ----------
    mask
        Shape (rows,) or (rows, elements); not all false.
    """
    rows = np.flatnonzero(mask if mask.ndim == 1 else mask.any(axis=1))
    return named("row", [str(row + 1) for row in rows[:_ROWS_NAMED].tolist()], rows.size)


def named(noun: str, first: Sequence[str], count: int) -> str:
    """List some of several things: ``row 3``, ``rows 1, 2``, ``rows 1, 2 and 12 more``."""
    more = count - len(first)
    return f"{noun}{'s' if count > 1 else ''} {', '.join(first)}{f' and {more} more' if more else ''}"
