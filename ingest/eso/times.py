"""When an exposure began and ended, and how long it integrated.

May import ``ingest.eso.header`` and ``ingest.eso.model``.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.eso.header import Header, moment_of
from ingest.eso.model import RawRecord

DAY = 86400.0
_MJD_ZERO = datetime(1858, 11, 17, tzinfo=UTC)
_IDENTIFIER = re.compile(r"[A-Z]{4,5}\.(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)")

#: Identifiers hold the time in ms, MJD-OBS in 0.9 ms: more than this, s, and one of them is of another frame.
_SAME = 1.0
#: DATE-OBS of GRAVITY is 4.4 to 11.8 s after MJD-OBS, that of the others up to 1 s off, s.
_LATE = 15.0
#: First light of VLTI was in March 2001.
FIRST_MJD = 51950.0
#: Year 2100: later is no time.
_LAST_MJD = 88069.0

#: Keywords of the integration time and of the number of integrations, s.
_INTEGRATIONS = {
    "GRAVITY": (("DET2 SEQ1 DIT", "DET2 NDIT"),),
    "MATISSE": (("DET SEQ1 DIT", "DET NDIT"),),
}
_OTHERS = (("DET DIT", "DET NDIT"), ("DET SEQ1 DIT", "DET NDIT"))


@dataclass(frozen=True, slots=True)
class Times:
    """Start and end, MJD UTC; integration time, s, and what it is made of; what is odd about them."""

    start: float
    end: float
    exptime: float | None
    dit: float | None
    ndit: int | None
    findings: tuple[str, ...] = ()


def mjd_of(moment: datetime) -> float:
    """MJD of a moment, UTC."""
    return (moment - _MJD_ZERO).total_seconds() / DAY


def mjd_of_identifier(identifier: str) -> float | None:
    """The time in an identifier of ESO's archive, MJD UTC; None where it has none."""
    found = _IDENTIFIER.match(identifier)
    moment = moment_of(found.group(1)) if found else None
    mjd = None if moment is None else mjd_of(moment)
    return mjd if mjd is not None and FIRST_MJD < mjd < _LAST_MJD else None


def times_of(instrument: str, header: Header, identifier: str, record: RawRecord | None) -> Times | None:
    """Find the times of an exposure; None where nothing credible tells when it was.

    The start is MJD-OBS where the identifier agrees; else the identifier, which is the time of the raw frame
    (PIONIER's pipeline writes the mean of five files into MJD-OBS). The end is the start and the integration time, as
    in ObsPortal; overheads are not in it.

    Parameters
    ----------
    instrument
        Its name, which tells the keywords of the detector.
    header, record
        Of the frame.
    identifier
        Of the frame in ESO's archive; empty where it is not known.
    """
    start, odd = _start(header, identifier)
    if start is None:
        return None
    dit, ndit = _integrations(instrument, header)
    exptime = _exposure_time(header, dit, ndit, record)
    end = start if exptime is None else start + exptime / DAY
    return Times(start, end, exptime, dit, ndit, odd)


def _start(header: Header, identifier: str) -> tuple[float | None, tuple[str, ...]]:
    mjd_obs = header.number("MJD-OBS")
    if mjd_obs is not None and not FIRST_MJD < mjd_obs < _LAST_MJD:
        mjd_obs = None
    named = mjd_of_identifier(identifier)
    if named is not None:
        if mjd_obs is None:
            return named, ("MJD-OBS is missing: the time is that of the identifier",)
        late = (mjd_obs - named) * DAY
        if abs(late) <= _SAME:
            return mjd_obs, ()
        return named, (f"MJD-OBS is {late:+.0f} s from the time of the identifier, which counts",)
    return _start_by_dates(mjd_obs, header.moment("DATE-OBS"), product=header.has("PRO CATG"))


def _start_by_dates(
    mjd_obs: float | None, date_obs: datetime | None, *, product: bool
) -> tuple[float | None, tuple[str, ...]]:
    """The start of a frame whose identifier is not known."""
    dated = None if date_obs is None else mjd_of(date_obs)
    if dated is None or not FIRST_MJD < dated < _LAST_MJD:
        return mjd_obs, ()
    if mjd_obs is None:
        return dated, ("MJD-OBS is missing: the time is DATE-OBS",)
    late = (dated - mjd_obs) * DAY
    if abs(late) <= _LATE:
        return mjd_obs, ()
    # Products of several files: DATE-OBS stays that of the first.
    used = dated if product else mjd_obs
    return used, (f"DATE-OBS is {late:+.0f} s from MJD-OBS; {'DATE-OBS' if product else 'MJD-OBS'} counts",)


def _integrations(instrument: str, header: Header) -> tuple[float | None, int | None]:
    for dit_key, ndit_key in _INTEGRATIONS.get(instrument, _OTHERS):
        dit = header.number(dit_key)
        if dit is not None and dit > 0:
            ndit = header.integer(ndit_key)
            return dit, ndit if ndit is not None and 0 < ndit < 2**31 else None
    return None, None


def _exposure_time(header: Header, dit: float | None, ndit: int | None, record: RawRecord | None) -> float | None:
    """Integration time of the frame, s.

    EXPTIME of AMBER and MATISSE is a single DIT. PIONIER's pipeline adds up those of the four or five files that it
    merges, but the exposure is that of one: ISS PBL END of 15 products fits the end of NDIT DITs, not that of the sum.
    """
    # 0.02 s 2308 times are 46.16 s, not 46.160000000000004
    total = round(dit * ndit, 6) if dit and ndit else 0.0
    told = record.exposure if record is not None else None
    if told is not None and told > 0 and not (dit and told < 1.01 * dit < total):
        return told
    told = header.number("EXPTIME") or 0.0
    merged = total > 0 and told > 1.5 * total and header.has("PRO CATG")
    return (total if merged else max(told, total)) or None
