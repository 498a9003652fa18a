"""Bands of the JMDC: its codes, and the wavelengths that its free texts mean.

The text is a filter, a wavelength (µm, unless A or nm says otherwise) or a range (VizieR II/345). May import nothing
of oivo.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

#: Codes of methods, as the catalogue's ReadMe tells.
METHODS = {1: "optical interferometry", 2: "lunar occultation", 3: "intensity interferometry"}
#: Codes of bands.
BAND_LETTERS = dict(enumerate(["U", "B", "V", "R", "I", "J", "H", "K", "L", "M", "N", "Q"], start=1))

#: Half-power limits in µm: Bessell, ARA&A 43, 293 (2005), table 1; from J on Bessell & Brett, PASP 100, 1134 (1988);
#: N and Q: the windows of the atmosphere.
_FILTERS = {
    "U": (0.333, 0.399),
    "B": (0.391, 0.481),
    "V": (0.502, 0.587),
    "R": (0.562, 0.720),
    "I": (0.721, 0.875),
    "J": (1.113, 1.327),
    "H": (1.476, 1.784),
    "K": (1.995, 2.385),
    "L": (3.214, 3.686),
    "M": (4.520, 4.980),
    "N": (8.0, 13.0),
    "Q": (17.0, 25.0),
    # Strömgren's
    "b": (0.458, 0.476),
    "y": (0.536, 0.559),
    "Halpha": (0.6563, 0.6563),
}
_UNITS = {"A": 1e-4, "Å": 1e-4, "NM": 1e-3, "UM": 1.0, "µM": 1.0, "ΜM": 1.0, "MICRON": 1.0, "MICRONS": 1.0}
_NUMBER = r"(\d+\.?\d*|\.\d+)"
_UNIT = rf"({'|'.join(sorted(_UNITS, key=len, reverse=True))})?"
_RANGE = re.compile(rf"{_NUMBER}\s*{_UNIT}\s*(?:-|–|TO)\s*{_NUMBER}\s*{_UNIT}", re.IGNORECASE)
_SINGLE = re.compile(rf"(?:\w+\s*=\s*)?{_NUMBER}\s*{_UNIT}", re.IGNORECASE)
#: No interferometer sees less or more, µm.
_SHORTEST, _LONGEST = 0.1, 100.0


@dataclass(frozen=True)
class Wavelengths:
    """What a text of a band means.

    Attributes
    ----------
    low, high
        µm; equal where the text gives a single wavelength.
    certain
        False where the text itself says that it is not: ``H or K ?``.
    """

    low: float
    high: float
    certain: bool = True

    @property
    def middle(self) -> float:
        """Its middle, µm."""
        return (self.low + self.high) / 2


@lru_cache(maxsize=4096)
def wavelengths_of(band: str) -> Wavelengths | None:
    """Read the text of a band; None where it means no wavelength (``various``).

    >>> wavelengths_of("K"), wavelengths_of("550 to 850"), wavelengths_of("4430A")
    (Wavelengths(low=1.995, high=2.385, certain=True), Wavelengths(low=0.55, high=0.85, certain=True), \
Wavelengths(low=0.443, high=0.443, certain=True))
    """
    text = re.sub(r"\(.*?\)", " ", band)
    certain = "?" not in text and not re.search(r"\bor\b", text)
    text = " ".join(text.replace("?", " ").split())
    found = _range(text) or _filters(text)
    if found is None or not _SHORTEST <= found[0] <= found[1] <= _LONGEST:
        return None
    return Wavelengths(*found, certain)


def _range(text: str) -> tuple[float, float] | None:
    if found := _RANGE.fullmatch(text):
        first, first_unit, second, second_unit = found.groups()
        low, high = sorted((_micrometres(first, first_unit or second_unit), _micrometres(second, second_unit)))
        return low, high
    if found := _SINGLE.fullmatch(text):
        wave = _micrometres(found[1], found[2])
        return wave, wave
    return None


def _micrometres(number: str, unit: str | None) -> float:
    """Turn a number into µm. Some authors left out the unit: above 100 it is nm, above 3000 Å."""
    value = float(number)
    if unit:
        return round(value * _UNITS[unit.upper()], 7)
    return round(value * (1 if value < 100 else 1e-3 if value < 3000 else 1e-4), 7)


def _filters(text: str) -> tuple[float, float] | None:
    """Read one or more names of filters; several span all of them."""
    names = [name.rstrip("'s") or name for name in re.split(r"[\s,;/+]+|\bor\b", text) if name]
    names = [name for name in names if name.lower() not in ("band", "filter")]
    if not names or any(name not in _FILTERS for name in names):
        return None
    lows, highs = zip(*(_FILTERS[name] for name in names), strict=True)
    return min(lows), max(highs)


def fits_code(waves: Wavelengths, code: int) -> bool:
    """Tell whether wavelengths and a band's code can be of one measurement; a tenth beyond the filter's limits can."""
    low, high = _FILTERS[BAND_LETTERS[code]]
    return waves.low <= high * 1.1 and waves.high >= low * 0.9
