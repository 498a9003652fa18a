"""Bytes into an `OIFitsFile`.

May import numpy, the standard library and this package's other modules, but not ``granules``.
R numbers are the rules of the reference that oivo agrees with.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.data import Data
from ingest.oifits.errors import LimitError
from ingest.oifits.fits import HDU, split_hdus
from ingest.oifits.model import Array, Finding, OIFitsFile, Repair, Targets, Wavelengths
from ingest.oifits.source import MAX_BYTES, inflate, read_source
from ingest.oifits.standard import DATA_TABLES, TABLES, UNDEFINED
from ingest.oifits.table import Table, open_table

#: Most rows of all tables together, OI_CORR aside, of which nothing is derived. What is derived from a row takes up to
#: 200 bytes of memory; the largest of 385 collected files has 10,000 rows.
MAX_ROWS = 2_000_000


def read_oifits(source: Path | bytes, *, name: str | None = None, max_bytes: int = MAX_BYTES) -> OIFitsFile:
    """Read an OIFITS file of version 1 or 2, plain or gzipped.

    Any FITS file is read: one without the tables of the standard has no granules (`why_no_granules` says why).

    Parameters
    ----------
    source
        A path, or the bytes of the file.
    name
        How messages call the file; the last part of the path when not given, so that no path of the server
        gets into a message.
    max_bytes
        Largest file allowed, stored and inflated.

    Raises
    ------
    OIFitsError
        `FileUnreadableError`, `NotFITSError`, `TruncatedError`, `LimitError` or `StructureError`.
    """
    called = name or (source.name or str(source) if isinstance(source, Path) else "upload")
    stored = read_source(source, called, max_bytes)
    content, trailing = inflate(stored, called, max_bytes)
    findings = []
    if trailing:
        findings.append(Finding("TRAILING_BYTES", f"{trailing} bytes behind the gzip stream are not read"))
    hdus, trailing = split_hdus(content, called)
    if trailing:
        findings.append(Finding("TRAILING_BYTES", f"{trailing} bytes behind the last HDU are not read"))
    tables = [open_table(hdu, content, called) for hdu in hdus[1:] if _is_standard(hdu, findings)]
    rows = sum(table.rows for table in tables if table.extname != "OI_CORR")
    if rows > MAX_ROWS:
        raise LimitError(f"{rows} rows in its tables, {MAX_ROWS} are read", place=called, remedy="split the file")
    return _assemble(called, stored, content, hdus, tables, findings)


def _is_standard(hdu: HDU, findings: list[Finding]) -> bool:
    """Tell whether an HDU is a table of the standard (R1: exact case)."""
    if hdu.extname not in TABLES:
        if hdu.extname.upper() in TABLES:
            message = f"{hdu.extname} is not {hdu.extname.upper()}: the table is not read"
            findings.append(Finding("TABLE_NAME_CASE", message, hdu.index, hdu.extname))
        return False
    if hdu.xtension not in ("BINTABLE", "A3DTABLE"):
        message = f"XTENSION is {hdu.xtension}, not BINTABLE: the table is not read"
        findings.append(Finding("TABLE_NOT_BINARY", message, hdu.index, hdu.extname))
        return False
    return True


def _assemble(
    name: str, stored: bytes, content: bytes, hdus: list[HDU], tables: list[Table], findings: list[Finding]
) -> OIFitsFile:
    repairs: list[Repair] = []
    targets = None
    arrays, wavelengths = [], []
    for table in tables:
        if table.extname == "OI_TARGET" and targets is None:
            targets = _targets(table, repairs)
        elif table.extname == "OI_TARGET":
            findings.append(_finding("TABLE_REPEATED", table, "the first OI_TARGET counts"))
        elif table.extname == "OI_ARRAY" and (arrname := table.header.text("ARRNAME")) is not None:
            arrays.append(_array(table, arrname))
        elif table.extname == "OI_WAVELENGTH" and (insname := _insname(table, findings)) is not None:
            wavelengths.append(Wavelengths(table, insname, _singles(table, "EFF_WAVE"), _singles(table, "EFF_BAND")))
    mender = _Mender(targets, {table.insname for table in wavelengths}, {table.arrname for table in arrays}, repairs)
    data = [
        mender.data(table, insname)
        for table in tables
        if table.extname in DATA_TABLES and (insname := _insname(table, findings)) is not None
    ]
    return OIFitsFile(
        name=name,
        stored=stored,
        content=content,
        hdus=tuple(hdus),
        tables=tuple(tables),
        targets=targets,
        arrays=tuple(arrays),
        wavelengths=tuple(wavelengths),
        data=tuple(data),
        findings=tuple(findings),
        repairs=tuple(repairs),
    )


def _finding(rule: str, table: Table, message: str, member: str = "") -> Finding:
    return Finding(rule, message, table.hdu.index, table.extname, member)


def _insname(table: Table, findings: list[Finding]) -> str | None:
    """INSNAME of a table; without it nothing says at which wavelengths it was measured.

    The reference gives up on the whole file (R16); here the rest of the file counts.
    """
    insname = table.header.text("INSNAME")
    if insname is None:
        findings.append(_finding("INSNAME_MISSING", table, "no INSNAME: the table is left out", "INSNAME"))
    return insname


def _targets(table: Table, repairs: list[Repair]) -> Targets:
    ids = table.integers("TARGET_ID")
    if ids is None:
        ids = np.full(table.rows, UNDEFINED, np.int64)
    if table.rows == 1 and ids[0] < 1:
        repairs.append(Repair("R13a", table.hdu.index, table.extname, "TARGET_ID", str(ids[0]), "1", 1))
        ids = np.ones(1, np.int64)
    ra, dec = table.numbers("RAEP0"), table.numbers("DECEP0")
    nowhere = np.broadcast_to(np.float64(np.nan), (table.rows,))
    names = table.strings("TARGET")
    return Targets(
        table=table,
        ids=ids,
        names=[""] * table.rows if names is None else names,
        ra=nowhere if ra is None else ra,
        dec=nowhere if dec is None else dec,
        categories=table.strings("CATEGORY"),
    )


def _array(table: Table, arrname: str) -> Array:
    indices = table.integers("STA_INDEX")
    names = table.strings("STA_NAME") or [""] * table.rows
    telescopes = table.strings("TEL_NAME") or [""] * table.rows
    rows = [] if indices is None else list(zip(indices.tolist(), names, telescopes, strict=True))
    stations = {index: name or telescope for index, name, telescope in reversed(rows)}
    header = table.header
    return Array(table, arrname, stations, (header.real("ARRAYX"), header.real("ARRAYY"), header.real("ARRAYZ")))


def _singles(table: Table, name: str) -> NDArray[np.float32] | None:
    values = table.numbers(name)
    if values is None:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(np.float32)


class _Mender:
    """Opens data tables, mending the references that can only mean one thing (R13b to R13d)."""

    def __init__(self, targets: Targets | None, insnames: set[str], arrnames: set[str], repairs: list[Repair]) -> None:
        self._target = int(targets.ids[0]) if targets is not None and targets.ids.size == 1 else None
        self._insname = next(iter(insnames)) if len(insnames) == 1 else None
        self._arrname = next(iter(arrnames)) if len(arrnames) == 1 else None
        self._repairs = repairs

    def data(self, table: Table, insname: str) -> Data:
        arrname = table.header.text("ARRNAME")
        if self._insname is not None and insname != self._insname:
            self._note("R13c", table, "INSNAME", insname, self._insname, 1)
            insname = self._insname
        if self._arrname is not None and arrname is not None and arrname != self._arrname:
            self._note("R13d", table, "ARRNAME", arrname, self._arrname, 1)
            arrname = self._arrname
        return Data(table, insname, arrname, self._target_ids(table))

    def _target_ids(self, table: Table) -> NDArray[np.int64] | None:
        ids = table.integers("TARGET_ID")
        if ids is None or self._target is None or not ids.size:
            return ids
        wrong = ids != self._target
        if not wrong.any():
            return ids
        wrong &= ids != UNDEFINED
        cells = int(np.count_nonzero(wrong))
        if cells:
            self._note("R13b", table, "TARGET_ID", str(ids[wrong.argmax()]), str(self._target), cells)
            ids[wrong] = self._target
        return ids

    def _note(self, rule: str, table: Table, member: str, before: str, after: str, cells: int) -> None:
        self._repairs.append(Repair(rule, table.hdu.index, table.extname, member, before, after, cells))
