"""When data were taken: MJD, DATE-OBS, TIME and INT_TIME must agree and make sense.

May import numpy, the standard library, this package's modules and ``ingest.oifits``' reading modules.
"""

from datetime import date

import numpy as np

from ingest.oifits.check.context import Context, Floats, count_of, rows_of
from ingest.oifits.check.header import parse_date, written
from ingest.oifits.data import Data
from ingest.oifits.times import MAX_INTEGRATION, MJD_RANGE, SECONDS_PER_DAY

#: Below this a date is an MJD, above a Julian date: 4429, and the year 1858.
_JULIAN = 2_400_000.0

#: Days by which DATE-OBS and MJD may differ: it is the date of the evening, or of the first of several exposures.
_DAYS = 1
#: Seconds by which TIME and MJD may differ: one may be the beginning, one the middle of an average.
_SECONDS = 1800.0

_MJD_ZERO = date(1858, 11, 17)


def check_dates(context: Context, data: Data) -> None:
    """Dates and times of a table of measurements."""
    table, mjd = data.table, data.mjd
    if not table.rows:
        return
    if data.mjd_range[1] > _JULIAN:
        julian = mjd > _JULIAN
        message = f"MJD is {mjd[julian.argmax()]:.10g} ({rows_of(julian)}), which is a Julian date"
        context.add("MJD_IS_JD", table, "MJD", message, count_of(julian))
    day = parse_date(written(table.header, "DATE-OBS") or "")
    agrees = day is None or _check_day(context, data, (day - _MJD_ZERO).days)
    time = table.numbers("TIME")
    if time is not None and data.kind != "OI_FLUX" and time.any():
        if context.version == 2:
            used = ~(time == 0)
            context.add("TIME_NOT_ZERO", table, "TIME", f"TIME is not 0 ({rows_of(used)})", count_of(used))
        elif day is not None and agrees:
            _check_time(context, data, time, (day - _MJD_ZERO).days)
    _check_integration(context, data)


def _check_day(context: Context, data: Data, day: int) -> bool:
    """Tell whether DATE-OBS is the date of the first MJD, or MJD is no date at all, which another rule says."""
    earliest = data.mjd_range[0]
    if not MJD_RANGE[0] <= earliest <= MJD_RANGE[1] or abs(np.floor(earliest) - day) <= _DAYS:
        return True
    message = f"DATE-OBS is MJD {day}, the first MJD of the table is {earliest:.4f}"
    context.add("DATE_OBS_MJD", data.table, "DATE-OBS", message)
    return False


def _check_time(context: Context, data: Data, time: Floats, day: int) -> None:
    expected = (data.mjd - day) * SECONDS_PER_DAY
    odd = np.abs(time - expected) > _SECONDS
    odd &= (data.mjd >= MJD_RANGE[0]) & (data.mjd <= MJD_RANGE[1])
    if count := count_of(odd):
        row = int(odd.argmax())
        message = f"TIME is {time[row]:.0f} s, MJD and DATE-OBS make {expected[row]:.0f} s ({rows_of(odd)})"
        context.add("TIME_MJD", data.table, "TIME", message, count)


def _check_integration(context: Context, data: Data) -> None:
    if not np.fmax.reduce(data.int_time) > MAX_INTEGRATION:
        return
    long = data.int_time > MAX_INTEGRATION
    message = f"INT_TIME is {data.int_time[long.argmax()]:g} s ({rows_of(long)}), more than four hours"
    context.add("INT_TIME_ABSURD", data.table, "INT_TIME", message, count_of(long))
