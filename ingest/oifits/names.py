"""Names: facilities, instruments and band letters behind the free text of OIFITS keywords.

May import the standard library only. The tables are read from top to bottom, the first match counts.
What matches nothing is None: the verbatim names are always kept beside these.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

#: Facility by a pattern found anywhere in ARRNAME or TELESCOP, case-blind: ``MtW.CHARA``, ``CHARA_2004Jan``,
#: ``VLTI_v2``, ``VLTI-like``, ``ESO-VLTI-A1234``.
_FACILITIES = (
    ("VLTI", r"VLTI"),
    ("CHARA", r"CHARA"),
    ("NPOI", r"NPOI"),
    ("IOTA", r"IOTA(?![A-Z])"),
    ("COAST", r"COAST"),
    ("PTI", r"(?<![A-Z])PTI(?![A-Z])"),
    ("Keck-I", r"(?<![A-Z])(?:KECK[-_ ]?I|KI)(?![A-Z])"),
    ("LBTI", r"LBTI"),
    ("SUSI", r"(?<![A-Z])SUSI"),
    ("MROI", r"MROI"),
    ("GI2T", r"GI2T"),
    ("ISI", r"(?<![A-Z])ISI(?![A-Z])"),
    ("JWST", r"JWST"),
)

#: Instrument by a pattern found anywhere in INSNAME or INSTRUME, case-blind, and where it stood if it never moved.
#: MIRC-X comes before MIRC. ``CHARA_MIRC``, ``IOTA_IONIC_PICNIC`` and ``AMBER-like`` are real.
_INSTRUMENTS = (
    ("PIONIER", r"PIONIER", "VLTI"),
    ("GRAVITY", r"GRAVITY", "VLTI"),
    ("MATISSE", r"MATISSE", "VLTI"),
    ("AMBER", r"(?<![A-Z])AMBER", "VLTI"),
    ("MIDI", r"(?<![A-Z])MIDI(?![A-Z])", "VLTI"),
    ("VINCI", r"(?<![A-Z])VINCI", "VLTI"),
    ("MIRC-X", r"MIRC[-_ ]?X", "CHARA"),
    ("MIRC", r"(?<![A-Z])MIRC(?![A-Z])", "CHARA"),
    ("MYSTIC", r"MYSTIC", "CHARA"),
    ("SPICA", r"(?<![A-Z])SPICA", "CHARA"),
    ("VEGA", r"(?<![A-Z])VEGA(?![A-Z])", "CHARA"),
    ("JOUFLU", r"JOUFLU", "CHARA"),
    ("FLUOR", r"(?<![A-Z])FLUOR(?![A-Z])", None),
    ("CLIMB", r"(?<![A-Z])CLIMB", "CHARA"),
    ("CLASSIC", r"(?<![A-Z])CLASSIC", None),
    ("PAVO", r"(?<![A-Z])PAVO(?![A-Z])", None),
    ("SILMARIL", r"SILMARIL", "CHARA"),
    ("VISION", r"(?<![A-Z])VISION(?![A-Z])", "NPOI"),
    ("IONIC", r"IONIC", None),
    ("NIRISS", r"NIRISS", "JWST"),
    ("SPHERE", r"(?<![A-Z])SPHERE", None),
    ("NACO", r"(?<![A-Z])NACO(?![A-Z])", None),
)

#: Lower edges of the bands in micrometres; an empty letter is a gap between atmospheric windows.
#: The letters are those of Johnson, Cousins and Glass as JMDC uses them; the edges lie between the pass-bands of
#: Bessell (2005, ARA&A 43, 293, tables 1 and 2), widened so that each instrument's own mode keeps its letter:
#: PIONIER H 1.51-1.78, GRAVITY K 1.95-2.46, MATISSE L 2.8-4.2, M 4.5-5.0, N 8-13.
_BAND_EDGES = (
    (0.30, "U"),
    (0.39, "B"),
    (0.49, "V"),
    (0.59, "R"),
    (0.73, "I"),
    (1.00, "J"),
    (1.40, "H"),
    (1.90, "K"),
    (2.60, "L"),
    (4.20, "M"),
    (6.00, ""),
    (7.00, "N"),
    (14.5, ""),
    (16.0, "Q"),
    (28.0, ""),
)
BANDS = tuple(letter for _, letter in _BAND_EDGES if letter)
#: Normalised names, in the order of the tables above.
FACILITIES = tuple(name for name, _ in _FACILITIES)
INSTRUMENTS = tuple(name for name, _, _ in _INSTRUMENTS)

_EDGES = [edge for edge, _ in _BAND_EDGES]
_LETTERS = ["", *(letter for _, letter in _BAND_EDGES)]
_FACILITY_PATTERNS = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _FACILITIES]
_INSTRUMENT_PATTERNS = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern, _ in _INSTRUMENTS]
_HOMES = {name: home for name, _, home in _INSTRUMENTS}
_POLARISATION = re.compile(r"_P([12])(?![0-9A-Z])")


@lru_cache(maxsize=1024)
def facility_of(text: str) -> str | None:
    """Facility that an ARRNAME or TELESCOP speaks of; None when unknown."""
    return next((name for name, pattern in _FACILITY_PATTERNS if pattern.search(text)), None)


@lru_cache(maxsize=1024)
def instrument_of(text: str) -> str | None:
    """Instrument that an INSNAME or INSTRUME speaks of; None when unknown.

    Examples
    --------
    >>> instrument_of("PIONIER_Pnat(1.5884629/1.7604805)"), instrument_of("MIRCX_v2")
    ('PIONIER', 'MIRC-X')
    """
    return next((name for name, pattern in _INSTRUMENT_PATTERNS if pattern.search(text)), None)


def home_of(instrument: str) -> str | None:
    """Facility of an instrument that has worked at one only; None for others."""
    return _HOMES.get(instrument)


def polarisation_of(insname: str) -> str | None:
    """Polarisation channel in an INSNAME of GRAVITY: ``GRAVITY_SC_P1`` holds ``P1``; None for all others."""
    found = _POLARISATION.search(insname) if insname.startswith("GRAVITY") else None
    return f"P{found[1]}" if found else None


def bands_of(wavelengths: Iterable[float]) -> tuple[str, ...]:
    """Letters of the bands in which at least one channel is centred, from blue to red.

    Parameters
    ----------
    wavelengths
        Channel centres in m; NaN, infinities and what lies in no band are passed over.
    """
    found = {_LETTERS[bisect_right(_EDGES, wave * 1e6)] for wave in wavelengths if wave < 1.0}
    return tuple(letter for letter in BANDS if letter in found)
