"""Tables that refer to each other: names that must be unique, and identifiers that must lead somewhere.

May import numpy, the standard library, this package's ``context`` and ``ingest.oifits``' reading modules.
R numbers are the repairs of the reader, which are oitools' own.
"""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from ingest.oifits.check.context import Context, Integers, count_of, named, rows_of
from ingest.oifits.data import Data
from ingest.oifits.model import Array
from ingest.oifits.standard import UNDEFINED
from ingest.oifits.table import Table

#: Up to so many values Python's sets are faster than numpy.isin: 5 µs against 40 µs for 36 values, equal at 2000.
_FEW = 1000


def check_unique_names(context: Context) -> None:
    """Of the tables that others refer to by name, no two may have one name."""
    for extname, keyword, rule in (
        ("OI_ARRAY", "ARRNAME", "ARRNAME_UNIQ"),
        ("OI_WAVELENGTH", "INSNAME", "INSNAME_UNIQ"),
        ("OI_CORR", "CORRNAME", "CORRNAME_UNIQ"),
    ):
        tables = context.of(extname)
        if len(tables) < 2:
            continue
        names = [table.header.text(keyword) for table in tables]
        counts = Counter(names)
        for table, name in zip(tables, names, strict=True):
            if name is not None and counts[name] > 1:
                context.add(rule, table, keyword, f"{counts[name]} {extname} tables have the {keyword} '{name}'")


def check_target_ids(context: Context, table: Table, data: Data | None = None) -> None:
    """TARGET_ID of a table must be that of a row of OI_TARGET.

    With a single target the reader has mended them (R13b), and its repairs are what is found.
    """
    targets = context.oifits.targets
    if targets is None or not targets.ids.size:
        return
    if context.renumbered:  # the data rows were renumbered with their only target: one finding is enough
        return
    if targets.ids.size == 1 and data is not None:
        repair = context.mended_ids.get(table.hdu.index)
        if repair is not None:
            message = f"TARGET_ID {repair.before} is not that of the target, {repair.after}"
            context.add("GENERIC_COL_VAL_ACCEPTED_INT", table, "TARGET_ID", message, repair.cells)
        return
    ids = data.target_ids if data is not None else table.integers("TARGET_ID")
    if ids is None:
        return
    wrong = _strangers(ids, targets.ids)
    if count := count_of(wrong):
        message = f"OI_TARGET has no TARGET_ID {_first(ids, wrong)} ({rows_of(wrong)})"
        context.add("GENERIC_COL_VAL_ACCEPTED_INT", table, "TARGET_ID", message, count)


def check_stations(context: Context, table: Table, stations: Integers | None, arrname: str | None) -> None:
    """STA_INDEX of a table must be that of a row of its OI_ARRAY, and no station may stand twice in a cell."""
    if stations is None:
        return
    array = context.array_of(arrname)
    if array is not None and array.table.rows:
        stations = _check_known(context, table, stations, array)
    if table.extname in ("OI_FLUX", "OI_INSPOL"):
        return
    first, second = stations[:, 0], stations[:, 1]
    twice = (first == second).astype(np.int64)
    if stations.shape[1] == 3:
        twice += (first == stations[:, 2]).astype(np.int64) + (second == stations[:, 2])
    if count := int(twice.sum()):
        message = f"a station is in one STA_INDEX twice ({rows_of(twice > 0)})"
        context.add("GENERIC_STA_INDEX_UNIQ", table, "STA_INDEX", message, count)


def _check_known(context: Context, table: Table, stations: Integers, array: Array) -> Integers:
    known = context.stations_of(array)
    wrong = _strangers(stations, known)
    count = count_of(wrong)
    if not count:
        return stations
    message = f"OI_ARRAY '{array.arrname}' has no STA_INDEX {_first(stations, wrong)} ({rows_of(wrong)})"
    context.add("GENERIC_COL_VAL_ACCEPTED_INT", table, "STA_INDEX", message, count)
    # oitools puts the only station there is in the place of all others
    return np.where(wrong, known[0], stations) if known.size == 1 else stations


def check_insnames(context: Context, table: Table) -> None:
    """INSNAME of the rows of OI_INSPOL must be that of an OI_WAVELENGTH."""
    accepted = context.oifits.wavelengths_by_name
    names = table.strings("INSNAME")
    if not accepted or names is None:
        return
    wrong = np.array([name not in accepted for name in names], bool)
    if count := count_of(wrong):
        message = f"no OI_WAVELENGTH has the INSNAME '{names[int(wrong.argmax())]}' ({rows_of(wrong)})"
        context.add("GENERIC_COL_VAL_ACCEPTED_STR", table, "INSNAME", message, count)


def pairs_of(values: Integers | list[str]) -> tuple[int, str]:
    """Count the pairs of rows that have one value, and name some of the values.

    Three rows with one value are three pairs, as oitools counts.
    """
    if len(values) < 2:
        return 0, ""
    repeated = {
        value: n for value, n in Counter(values if isinstance(values, list) else values.tolist()).items() if n > 1
    }
    names = [f"'{value}'" if isinstance(value, str) else str(value) for value in list(repeated)[:5]]
    return sum(n * (n - 1) // 2 for n in repeated.values()), named("value", names, len(repeated)) if repeated else ""


def _strangers(values: Integers, known: Integers) -> NDArray[np.bool_]:
    """Which values are neither known nor undefined."""
    if values.size <= _FEW and {UNDEFINED, *known.tolist()}.issuperset(values.ravel().tolist()):
        return np.zeros(values.shape, bool)
    wrong = ~np.isin(values, known)
    if wrong.any():
        wrong &= values != UNDEFINED
    return wrong


def _first(values: Integers, wrong: NDArray[np.bool_]) -> str:
    found = np.unique(values[wrong])
    return ", ".join(map(str, found[:5].tolist())) + (" …" if found.size > 5 else "")
