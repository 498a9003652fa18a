"""All checks of one file, in one pass over its tables.

May import numpy, the standard library, this package's modules and ``ingest.oifits``' reading modules.
"""

from pathlib import Path

import numpy as np

from ingest.oifits.check import (
    checksum,
    correlation,
    dates,
    header,
    polarisation,
    quality,
    references,
    sites,
    structure,
    values,
)
from ingest.oifits.check.context import Context
from ingest.oifits.check.report import Report
from ingest.oifits.check.rules import OIVO, severity_of
from ingest.oifits.data import Data
from ingest.oifits.errors import FileUnreadableError, OIFitsError
from ingest.oifits.model import Finding, OIFitsFile, Severity
from ingest.oifits.reader import read_oifits
from ingest.oifits.source import MAX_BYTES


def check(oifits: OIFitsFile, profile: str = OIVO) -> Report:
    """Check a file that was read.

    Parameters
    ----------
    oifits
        The file.
    profile
        ``oivo`` or ``jmmc``.
    """
    context = Context(oifits, profile)
    with np.errstate(all="ignore"):  # once: entering it costs 3 µs, as much as a comparison of a column
        _check_standard(context)
        if not context.jmmc:
            _check_ours(context)
    return Report(oifits.name, profile, oifits.version, in_order(context.findings))


def _check_standard(context: Context) -> None:
    """The rules of the standard and of oitools."""
    oifits = context.oifits
    structure.check_tables(context)
    header.check_primary(context)
    references.check_unique_names(context)
    polarisation.check_instruments(context)
    data = {table.table.hdu.index: table for table in context.data_tables}
    wavelengths = {table.table.hdu.index: table for table in oifits.wavelengths}
    for table in oifits.tables:
        index = table.hdu.index
        measured = data.get(index)
        channels = structure.channels_of(context, table, measured)
        header.check_keywords(context, table)
        structure.check_columns(context, table, channels)
        if measured is not None:
            _check_data(context, measured, channels)
        elif table.extname == "OI_WAVELENGTH":
            values.check_wavelengths(context, table, wavelengths.get(index))
        elif table.extname == "OI_TARGET":
            values.check_targets(context, table)
        elif table.extname == "OI_ARRAY":
            values.check_array(context, table)
        elif table.extname == "OI_CORR":
            correlation.check_matrix(context, table)
            values.check_positive(context, table)
        else:
            polarisation.check_polarisation(context, table)
    correlation.check_pointers(context, context.data_tables)


def _check_data(context: Context, data: Data, channels: int) -> None:
    header.check_names(context, data)
    header.check_date(context, data.table)
    references.check_target_ids(context, data.table, data)
    references.check_stations(context, data.table, data.stations, data.arrname)
    values.check_times(context, data)
    values.check_errors(context, data, channels)


def _check_ours(context: Context) -> None:
    """The rules that are neither the standard's nor oitools'."""
    for hdu in context.oifits.hdus:
        checksum.check_sums(context, hdu)
    for array in context.oifits.arrays:
        sites.check_site(context, array)
    for wavelengths in context.oifits.wavelengths:
        quality.check_channels(context, wavelengths)
    for data in context.data_tables:
        dates.check_dates(context, data)
        quality.check_kind(context, data)
        quality.check_flags(context, data)
        quality.check_amplitudes(context, data)
        sites.check_geometry(context, data)


def check_path(path: Path, profile: str = OIVO, *, name: str | None = None, max_bytes: int = MAX_BYTES) -> Report:
    """Read and check a file; one that cannot be read has a report that says so.

    Parameters
    ----------
    name
        How the report calls the file; the last part of the path when not given.
    """
    called = name or path.name
    try:
        return check(read_oifits(path, name=called, max_bytes=max_bytes), profile)
    except OIFitsError as error:
        missing = isinstance(error, FileUnreadableError) and not path.exists()
        return unreadable(called, error, profile, "FILE_EXIST" if missing else "FILE_LOAD")


def unreadable(name: str, error: OIFitsError, profile: str = OIVO, rule: str = "FILE_LOAD") -> Report:
    """The report of a file that cannot be read."""
    finding = Finding(rule, str(error), severity=severity_of(rule, profile) or Severity.UNDEFINED)
    return Report(name, profile, None, (finding,), str(error))


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """By HDU, the file's own first; then by rule and member."""
    return tuple(sorted(findings, key=lambda found: (-1 if found.hdu is None else found.hdu, found.rule, found.member)))
