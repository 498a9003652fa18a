"""OI_INSPOL: instrumental polarisation.

May import numpy, the standard library, this package's ``context`` and ``references``, and ``ingest.oifits.table``.
"""

from ingest.oifits.check.context import Context, count_of, rows_of
from ingest.oifits.check.header import check_arrname
from ingest.oifits.check.references import check_insnames, check_stations, check_target_ids
from ingest.oifits.check.values import check_positive
from ingest.oifits.table import Table


def check_polarisation(context: Context, table: Table) -> None:
    """An OI_INSPOL: its references and its intervals of time."""
    check_arrname(context, table)
    check_target_ids(context, table)
    check_insnames(context, table)
    arrname = table.header.text("ARRNAME")
    arrays = context.oifits.arrays_by_name
    if arrname is not None and arrname not in arrays and len(arrays) == 1:
        arrname = next(iter(arrays))
    indices = table.integers("STA_INDEX")
    check_stations(context, table, None if indices is None else indices.reshape(-1, 1), arrname)
    check_positive(context, table)
    starts, ends = (table.numbers(name) for name in ("MJD_OBS", "MJD_END"))
    for member, mjd in (("MJD_OBS", starts), ("MJD_END", ends)):
        if mjd is not None and (count := count_of(mjd < 0)):
            message = f"{member} is negative ({rows_of(mjd < 0)})"
            context.add("OI_INSPOL_MJD_RANGE", table, member, message, count)
    if starts is not None and ends is not None and (count := count_of(starts > ends)):
        message = f"MJD_OBS is later than MJD_END ({rows_of(starts > ends)})"
        context.add("OI_INSPOL_MJD_DIFF", table, "MJD_OBS", message, count)


def check_instruments(context: Context) -> None:
    """An INSNAME may be in one OI_INSPOL only; like oitools this names the later tables."""
    if context.version == 1:
        return
    seen: set[str] = set()
    for table in context.of("OI_INSPOL"):
        names = set(table.strings("INSNAME") or ())
        again = sorted(names & seen)
        if again:
            message = f"another OI_INSPOL has the INSNAME {', '.join(again[:5])} too"
            context.add("OI_INSPOL_INSNAME_UNIQ", table, "INSNAME", message, len(again))
        seen |= names
