"""What a file holds: the values that granules and checks share.

May import numpy, the standard library, and this package's ``data``, ``facts``, ``fits``, ``header``, ``names`` and
``table``.
R numbers are the rules of the reference that oivo agrees with (oitools, compared on real files).
"""

import hashlib
import math
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.data import Data
from ingest.oifits.facts import HeaderFacts, read_facts
from ingest.oifits.fits import HDU
from ingest.oifits.header import Header
from ingest.oifits.names import bands_of
from ingest.oifits.table import Table

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: m/s.
SPEED_OF_LIGHT = 299_792_458.0


class Severity(IntEnum):
    """How bad a finding is."""

    #: oitools never says how bad a file is that it cannot load.
    UNDEFINED = 0
    INFO = 1
    WARNING = 2
    SEVERE = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd in a file: met while reading without stopping it, or found by `ingest.oifits.check`.

    Attributes
    ----------
    rule
        What was met. The reader says TRAILING_BYTES, TABLE_NAME_CASE, TABLE_NOT_BINARY, TABLE_REPEATED and
        INSNAME_MISSING; the checks say the rules of `ingest.oifits.check.rules`.
    message
        What was found and what was done.
    hdu, extname, member
        Where; None and empty when it concerns the file.
    severity
        How bad it is; the reader leaves that to the checks.
    occurrences
        In how many places of the member: rows, cells, values.
    """

    rule: str
    message: str
    hdu: int | None = None
    extname: str = ""
    member: str = ""
    severity: Severity = Severity.UNDEFINED
    occurrences: int = 1


@dataclass(frozen=True, slots=True)
class Repair:
    """A value that is read as another one than is written (R13); the bytes of the file stay as they are.

    Attributes
    ----------
    rule
        R13a to R13d.
    before, after
        What is written (the first value that differs) and what it is read as.
    cells
        How many values.
    """

    rule: str
    hdu: int
    extname: str
    member: str
    before: str
    after: str
    cells: int


@dataclass(frozen=True, eq=False)
class Targets:
    """The first OI_TARGET of a file (R2).

    Attributes
    ----------
    ids
        TARGET_ID, repaired (R13a), shape (targets,); `UNDEFINED` when the column is absent.
    names
        TARGET, cleaned (R12); empty when the column is absent.
    ra, dec
        RAEP0, DECEP0 as stored, deg, shape (targets,); NaN when the column is absent.
    categories
        CATEGORY (OIFITS 2), cleaned; None when the column is absent.
    """

    table: Table
    ids: Integers
    names: list[str]
    ra: Floats
    dec: Floats
    categories: list[str] | None


@dataclass(frozen=True, eq=False)
class Wavelengths:
    """An OI_WAVELENGTH.

    Attributes
    ----------
    insname
        INSNAME, cleaned.
    wave, band
        EFF_WAVE and EFF_BAND, m, single precision as the standard has it (R5), shape (channels,); None when absent.
    """

    table: Table
    insname: str
    wave: NDArray[np.float32] | None
    band: NDArray[np.float32] | None

    @cached_property
    def range(self) -> tuple[float, float]:
        """Smallest and largest EFF_WAVE, m (R5); (inf, -inf) when there is none."""
        if self.wave is None:
            return np.inf, -np.inf
        shortest = np.fmin.reduce(self.wave, initial=np.float32(np.inf))
        return float(shortest), float(np.fmax.reduce(self.wave, initial=np.float32(-np.inf)))

    @cached_property
    def resolving_power(self) -> float:
        """Mean of EFF_WAVE / EFF_BAND over the channels where it is finite and positive (R6); NaN when nowhere."""
        if self.wave is None or self.band is None:
            return np.nan
        with np.errstate(all="ignore"):
            ratios = self.wave.astype(np.float64) / self.band.astype(np.float64)
            ratios = ratios[(ratios > 0) & (ratios < np.inf)]
        # Summed one after the other, as the reference does: numpy's pairwise sum differs in the last bit.
        return float(np.add.accumulate(ratios)[-1] / ratios.size) if ratios.size else np.nan

    @cached_property
    def channels(self) -> Floats:
        """Those EFF_WAVE that are finite and positive, m, shape (channels,)."""
        if self.wave is None:
            return np.empty(0)
        wave = self.wave.astype(np.float64)
        return np.asarray(wave[(wave > 0) & (wave < np.inf)], np.float64)

    @cached_property
    def widest_channel(self) -> float | None:
        """Largest c EFF_BAND / EFF_WAVE² over the channels where it is finite and positive, Hz; None when nowhere."""
        if self.wave is None or self.band is None:
            return None
        with np.errstate(all="ignore"):
            widths = SPEED_OF_LIGHT * self.band.astype(np.float64) / self.wave.astype(np.float64) ** 2
            widths = widths[(widths > 0) & (widths < np.inf)]
        return float(widths.max()) if widths.size else None

    @cached_property
    def bands(self) -> tuple[str, ...]:
        """Letters of the bands in which channels are centred."""
        return bands_of(self.wave.tolist()) if self.wave is not None else ()


@dataclass(frozen=True, eq=False)
class Array:
    """An OI_ARRAY.

    Attributes
    ----------
    arrname
        ARRNAME, cleaned.
    stations
        STA_NAME by STA_INDEX, cleaned, TEL_NAME where it is blank; of a repeated index the first.
    xyz
        ARRAYX, ARRAYY, ARRAYZ, m; None where missing.
    """

    table: Table
    arrname: str
    stations: dict[int, str]
    xyz: tuple[float | None, float | None, float | None]

    @cached_property
    def smallest_diameter(self) -> float | None:
        """Smallest credible DIAMETER of a telescope (1 cm to 100 m), m; None when there is none."""
        values = self.table.numbers("DIAMETER")
        credible = () if values is None else values[(values > 0.01) & (values < 100)]
        return float(min(credible)) if len(credible) else None

    @cached_property
    def diameters(self) -> dict[int, float]:
        """Credible DIAMETER by STA_INDEX, m (as written in single precision: 1.8, not 1.7999999523)."""
        values = self.table.numbers("DIAMETER")
        if values is None:
            return {}
        return {
            index: float(f"{value:.6g}")
            for index, value in reversed(list(zip(self._indices, values.tolist(), strict=False)))
            if 0.01 < value < 100
        }

    @cached_property
    def places(self) -> dict[int, tuple[float, ...]]:
        """STAXYZ by STA_INDEX, m; those that are not finite are left out."""
        values = self.table.numbers("STAXYZ", 3)
        if values is None:
            return {}
        rows = reversed(list(zip(self._indices, values.tolist(), strict=False)))
        return {index: tuple(place) for index, place in rows if all(map(math.isfinite, place))}

    @property
    def _indices(self) -> list[int]:
        indices = self.table.integers("STA_INDEX")
        return [] if indices is None else indices.tolist()


@dataclass(frozen=True, eq=False, repr=False)
class OIFitsFile:
    """A file that was read.

    Attributes
    ----------
    name
        How the user knows it.
    stored, content
        Its bytes as stored, and inflated (the same when it is not compressed).
    hdus
        All HDUs in file order.
    tables
        The binary tables of the standard in file order, further OI_TARGETs and OI_CORR, OI_INSPOL included.
    targets
        The first OI_TARGET; None without.
    arrays, wavelengths
        The OI_ARRAYs and OI_WAVELENGTHs in file order, those without a name left out.
    data
        The data tables in file order, those without INSNAME left out (R16).
    findings, repairs
        What was met and what was mended on the way.
    """

    name: str
    stored: bytes
    content: bytes
    hdus: tuple[HDU, ...]
    tables: tuple[Table, ...]
    targets: Targets | None
    arrays: tuple[Array, ...]
    wavelengths: tuple[Wavelengths, ...]
    data: tuple[Data, ...]
    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...] = field(default=())

    def __repr__(self) -> str:
        return f"<OIFitsFile {self.name}: {len(self.hdus)} HDUs, {self.size} bytes>"

    @property
    def size(self) -> int:
        """Bytes as stored."""
        return len(self.stored)

    @property
    def header(self) -> Header:
        """The primary header."""
        return self.hdus[0].header

    @cached_property
    def version(self) -> int:
        """OIFITS version: 2 if and only if CONTENT is OIFITS2, whatever OI_REVN says (2.1 of the reference)."""
        return 2 if self.header.text("CONTENT") == "OIFITS2" else 1

    @cached_property
    def facts(self) -> HeaderFacts:
        """What the primary header says."""
        return read_facts(self.header)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the bytes as stored, hexadecimal."""
        return hashlib.sha256(self.stored).hexdigest()

    @cached_property
    def md5(self) -> str:
        """MD5 of the bytes as stored, hexadecimal: the column access_md5 of OiDB."""
        return hashlib.md5(self.stored, usedforsecurity=False).hexdigest()

    @cached_property
    def wavelengths_by_name(self) -> dict[str, Wavelengths]:
        """OI_WAVELENGTH by INSNAME; of a repeated INSNAME the first (R7)."""
        return {table.insname: table for table in reversed(self.wavelengths)}

    @cached_property
    def arrays_by_name(self) -> dict[str, Array]:
        """OI_ARRAY by ARRNAME; of a repeated ARRNAME the first (ARRNAME_UNIQ)."""
        return {table.arrname: table for table in reversed(self.arrays)}
