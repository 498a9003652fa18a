"""What the primary header says about the file as a whole.

May import the standard library and this package's ``header``.
The names of the facts are those of OiDB's columns where it has one.
"""

import re
from dataclasses import dataclass

from ingest.oifits.header import Header, Value

#: Categories of products and raw frames that say clearly what was observed: ``SINGLE_SCI_VIS_CALIBRATED``,
#: ``TARGET_OIDATA_CALIBRATED``, ``TARGET_RAW``; ``CALIB_RAW``, ``SINGLE_CAL_RAW``. Not so MATISSE's ``TARGET_CAL_INT``,
#: which it writes for calibrators too.
_SCIENCE = re.compile(r"(?:^|_)(?:SCI|SCIENCE)(?:_|$)|^TARGET_(?:RAW|OIDATA)(?:_|$)")
_CALIB = re.compile(r"^CALIB_(?:RAW|OIDATA)(?:_|$)|^(?:SINGLE|DUAL)_CAL_(?:RAW|VIS|TF)(?:_|$)")
#: The DPR CATG of ESO.
_CATEGORIES = ("SCIENCE", "CALIB", "ACQUISITION", "TECHNICAL", "TEST", "SIMULATION", "OTHER")


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """Facts of the primary header; None where the header says nothing.

    Attributes
    ----------
    progid
        Observing programme: HIERARCH ESO OBS PROG ID, HIERARCH OBS PROG ID, or PROG_ID of OIFITS 2.
    proposal_subid
        HIERARCH SPICADB-ID.
    quality_level
        HIERARCH QUALITY LEVEL, 0 (unknown) to 5 (outstanding).
    obs_id
        ARCFILE without ``.fits``.
    dataproduct_category
        SCIENCE, CALIB and so on; see `category_of`.
    procsoft
        Reduction software: PROCSOFT, or HIERARCH ESO PRO REC1 PIPE ID.
    polarisation_mode
        HIERARCH ESO INS POLA MODE of GRAVITY: COMBINED or SPLIT. Which state a measurement is of, no header says.
    object_name, date_obs, telescope, instrument, instrument_mode, observer, origin, reference, content
        OBJECT, DATE-OBS, TELESCOP, INSTRUME, INSMODE, OBSERVER, ORIGIN, REFERENC, CONTENT.
    """

    progid: str | None
    proposal_subid: str | None
    quality_level: int | None
    obs_id: str | None
    dataproduct_category: str | None
    procsoft: str | None
    polarisation_mode: str | None
    object_name: str | None
    date_obs: str | None
    telescope: str | None
    instrument: str | None
    instrument_mode: str | None
    observer: str | None
    origin: str | None
    reference: str | None
    content: str | None


def read_facts(header: Header) -> HeaderFacts:
    """Gather the facts of a primary header."""
    arcfile = _first(header, "ARCFILE")
    return HeaderFacts(
        progid=_first(header, "HIERARCH ESO OBS PROG ID", "HIERARCH OBS PROG ID", "PROG_ID"),
        proposal_subid=_any(header, "HIERARCH SPICADB-ID"),
        quality_level=_quality(header),
        obs_id=(arcfile.partition(".fits")[0] or None) if arcfile else None,
        dataproduct_category=category_of(header),
        procsoft=_first(header, "PROCSOFT", "HIERARCH ESO PRO REC1 PIPE ID"),
        polarisation_mode=polarisation_mode_of(header),
        object_name=_first(header, "OBJECT"),
        date_obs=_first(header, "DATE-OBS"),
        telescope=_first(header, "TELESCOP"),
        instrument=_first(header, "INSTRUME"),
        instrument_mode=_first(header, "INSMODE"),
        observer=_first(header, "OBSERVER"),
        origin=_first(header, "ORIGIN"),
        reference=_first(header, "REFERENC"),
        content=_first(header, "CONTENT"),
    )


def category_of(header: Header) -> str | None:
    """Say what the file was observed for.

    In this order: HIERARCH PRO SCIENCE (T is SCIENCE, F is CALIB: what OiDB reads); ESO's category of the product;
    of the raw data; of the first raw frame that the pipeline took; HIERARCH ESO PRO SCIENCE. The last comes last
    because GRAVITY writes F into the visibilities of science targets too (all 15 reference files that have it).
    """
    raw = header.text("HIERARCH ESO DPR CATG") or ""
    return (
        _logical_category(header.value("HIERARCH PRO SCIENCE"))
        or _clear_category(header.text("HIERARCH ESO PRO CATG"))
        or (raw if raw in _CATEGORIES else None)
        or _clear_category(header.text("HIERARCH ESO PRO REC1 RAW1 CATG"))
        or _logical_category(header.value("HIERARCH ESO PRO SCIENCE"))
    )


def polarisation_mode_of(header: Header) -> str | None:
    """HIERARCH ESO INS POLA MODE."""
    return _first(header, "HIERARCH ESO INS POLA MODE")


def fringe_tracker_of(header: Header) -> str | None:
    """What tracked fringes, HIERARCH ESO DEL FT SENSOR, as ObsPortal takes it.

    None where there was none or it was off; MATISSE names itself where it had none.
    """
    sensor = _first(header, "HIERARCH ESO DEL FT SENSOR")
    if sensor is None or header.text("HIERARCH ESO DEL FT STATUS") == "OFF":
        return None
    return None if sensor in ("NONE", "UNDEFINED", "MATISSE") else sensor


def _logical_category(science: Value) -> str | None:
    return {True: "SCIENCE", False: "CALIB"}[science] if isinstance(science, bool) else None


def _clear_category(category: str | None) -> str | None:
    if category is None:
        return None
    if _SCIENCE.search(category):
        return "SCIENCE"
    return "CALIB" if _CALIB.search(category) else None


def _first(header: Header, *keywords: str) -> str | None:
    """First of some texts that is there and not blank."""
    return next((text for keyword in keywords if (text := header.text(keyword))), None)


def _any(header: Header, keyword: str) -> str | None:
    value = header.value(keyword)
    if isinstance(value, str):
        return header.text(keyword) or None  # cleaned
    return None if value is None or isinstance(value, bool) else str(value)


def _quality(header: Header) -> int | None:
    level = header.value("HIERARCH QUALITY LEVEL")
    if isinstance(level, str) and level.isdecimal() and len(level) == 1:
        level = int(level)
    return level if isinstance(level, int) and not isinstance(level, bool) and 0 <= level <= 5 else None
