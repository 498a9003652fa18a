"""What is wrong with an exposure: in the sense of the original ObsPortal, of ASPRO2, and in oivo's own.

May import ``ingest.eso.header`` and ``ingest.eso.model``.
"""

from ingest.eso.header import Header
from ingest.eso.model import Exposure

#: Keywords that the original missed, in its order (its answer for SPICA lacks all of them). It wrote them without ESO.
_REQUIRED = {
    key: f"Missing 'HIERARCH {key}'" if " " in key else f"Missing '{key}'"
    for key in (
        "ISS CONF NTEL",
        "EXPTIME",
        "ISS AMBI TAU0 START",
        "ISS AMBI TAU0 END",
        "ISS AMBI TEMP",
        "ISS AMBI FWHM START",
        "ISS AMBI FWHM END",
    )
}
#: Northernmost declination that VLTI reaches at 25 degrees of altitude.
_NORTHERNMOST = 40.0

_INTERFEROMETERS = frozenset(("VLTI", "CHARA", "SUSI", "NPOI", "DEMO"))
_SECOND = 1 / 86400


def missing_keywords(header: Header) -> tuple[str, ...]:
    """What the original ObsPortal calls invalid: keywords that are not there, in its words."""
    return tuple(sentence for key, sentence in _REQUIRED.items() if not header.has(key))


def odd_values(header: Header) -> list[str]:
    """Values that mean nothing, or that cannot be."""
    findings = [f"{key} has several cards that differ: the first counts" for key in header.repeated]
    block = header.integer("OBS ID")
    if block is not None and block <= 0:
        findings.append(f"OBS ID is {block}: no observing block")
    findings += _odd_position(header)
    return findings


def _odd_position(header: Header) -> list[str]:
    ra, dec = header.number("RA"), header.number("DEC")
    if ra is None or dec is None:
        return ["RA or DEC is missing"]
    if not (0 <= ra < 360 and -90 <= dec <= 90):
        return [f"RA {ra:g}, DEC {dec:g} are no position"]
    return [f"DEC is {dec:g}: too far north"] if dec > _NORTHERNMOST else []


def aspro_objections(exposure: Exposure, coverage: str) -> tuple[str, ...]:
    """What ASPRO2 would hold against the row (obsportal RawObservation.validate and its table of modes).

    Parameters
    ----------
    exposure
        The exposure.
    coverage
        What ASPRO2 finds wrong in its projected baselines; empty when it can draw them.
    """
    objections = []
    if exposure.ra is None and exposure.ref_ra is None:
        objections.append("no position: the row is dropped")
    if not exposure.stations:
        objections.append("INVALID_META: no stations")
    if exposure.interferometer not in _INTERFEROMETERS:
        objections.append(f"INVALID_META, INVALID_TIMES, INVALID_UV: unknown interferometer {exposure.interferometer}")
    if not exposure.mjd_end - exposure.mjd_start > _SECOND:
        objections.append("INVALID_TIMES: the exposure is not longer than 1 s")
    if exposure.mode is None:
        objections.append(f"INVALID_UV: unknown mode of {exposure.instrument}")
    if coverage:
        objections.append(f"INVALID_UV: {coverage}")
    return tuple(objections)
