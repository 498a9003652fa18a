"""Names of targets as observers type them, brought to one form.

`key_of` is what makes `ALP_ERI`, `alp Eri` and `Alpha Eridani` one name: ``alf Eri``. Keys of designations are
written as SIMBAD writes them; other names are in capitals without blanks. May import `ingest.targets.letters` only.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from ingest.targets.letters import CONSTELLATIONS, GREEK

#: Words that headers hold in place of a name: kinds of frames, sources in the laboratory, signs for nothing.
_NO_NAMES = frozenset(
    " ".join(
        (
            "STD OBJECT TARGET TARG SCIENCE SCI CAL CALIB CALIBRATOR CALIBRATION STANDARD STAR SKY DARK BIAS FLAT",
            "FLATS LAMP WAVE DISP DIST DISTORTION FRINGE FRINGES SINGLE DUAL P2VM SPECTRUM KAPPA PHOTOMETRY PHOT",
            "COHERENCE CHOPNOD SEARCH BACKGROUND BACKGR BEACON BEACONS SOURCE INTERNAL ARTIFICIAL LAB LABO LABORATORY",
            "ALIGNMENT ALIGN TEST TESTS DUMMY AUTOTEST DEFAULT NODEFAULT UNDEFINED UNKNOWN UNKNO UNNAMED NONE NULL NAN",
            "NIL EMPTY INVALID VALUE NO NAME N/A NA OFF ON LASER METROLOGY ACQUISITION ACQ PUPIL TRACKING FIELD OTHER",
            "CHECK ENGINEERING MAINTENANCE COMMISSIONING OBS OB TECHNICAL FT SC",
        )
    ).split()
)
#: What observers add to a designation, before or after it.
_ADDED = "BAD|TEST|NEW|OLD|COPY|BIS|CAL|CALIB|CAL[12]|SCI|SCIENCE|FT|SC|AO|STD|BRIGHT|FAINT|LR|MR|HR|HIGH|LOW|MED"
_ADDED_AFTER = re.compile(rf"(.{{3,}}?)[ (]+(?:{_ADDED})\)?")
_ADDED_BEFORE = re.compile(r"(?:CAL[12]?|SCI|STD|FT|SC|TARGET|OBJ)[ :]+(.{3,})")

_PREFIX = re.compile(r"(?:NAME |V ?\* ?|\*{1,2} |EM\* ?|PUL\* ?|CI\* )(?=\S)")
#: A, AB, Ba, C2; a pair on the sky is also told by where its stars are: T Tau N, T Tau Sa.
_COMPONENT = r"(?: ?-?([A-E][A-E]?\d?)| ([NSEW][AB]?))?"
_NUMBER = r"[ .-]*0*([1-9]\d*)"

#: Names that read like that of a variable star, or KO Cha B.
_PROPER_NAMES = frozenset(("ANCHA", "ANSER", "CHARA", "KOCHAB", "SPICA"))


@dataclass(frozen=True)
class Designation:
    """A name that belongs to a catalogue, in parts.

    Attributes
    ----------
    kind
        The catalogue: ``HD``, ``Bayer``, ``variable`` ... A star has as a rule one name in each.
    body
        Name without component, as in `key`.
    component
        Letter of a component, or "".
    """

    kind: str
    body: str
    component: str = ""

    @property
    def key(self) -> str:
        """The name in its one form."""
        return f"{self.body} {self.component}".rstrip()


def _letter_pattern(words: dict[str, str]) -> str:
    """An alternative of words, the longest first, so that `alpha` is not read as `alp`."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_LETTERS = {spelling.upper(): letter for letter, others in GREEK.items() for spelling in (letter, *others)}
_PLACES = {name.upper(): name for name in CONSTELLATIONS} | {
    spelling.upper(): name
    for name, genitive in CONSTELLATIONS.items()
    for spelling in (genitive, genitive.replace(" ", ""))
}
_PLACE = _letter_pattern(_PLACES)
_BAYER = re.compile(rf"({_letter_pattern(_LETTERS)})[ .-]*(\d{{0,2}})[ -]*({_PLACE}){_COMPONENT}", re.IGNORECASE)
_LATIN = re.compile(rf"([A-Z])[ -]*(\d{{0,2}})[ -]+({_PLACE}){_COMPONENT}", re.IGNORECASE)
_FLAMSTEED = re.compile(rf"0*(\d{{1,3}})[ -]*({_PLACE}){_COMPONENT}", re.IGNORECASE)
_VARIABLE = re.compile(
    rf"(?:V\*? ?)??([R-Z](?=[ -])|[A-IK-Z][A-IK-Z]|V ?0*[1-9]\d{{2,3}})[ -]*({_PLACE}){_COMPONENT}",
    re.IGNORECASE,
)
#: Catalogues with a number: spellings, and the name of the catalogue.
_NUMBERED = {
    "HDE": "HD",
    "HD": "HD",
    "HIC": "HIP",
    "HIP": "HIP",
    "HR": "HR",
    "BSC": "HR",
    "SAO": "SAO",
    "GLIESE": "GJ",
    "GL": "GJ",
    "GJ": "GJ",
    "MWC": "MWC",
    "FK5": "FK5",
    "KIC": "KIC",
    "TIC": "TIC",
    "EPIC": "EPIC",
    "AS": "AS",
    "PDS": "PDS",
    "WR": "WR",
    "NGC": "NGC",
    "IC": "IC",
}
_NUMBER_IN = re.compile(rf"({'|'.join(_NUMBERED)}){_NUMBER}(?:\.0*)?{_COMPONENT}")
_FRACTION_IN = re.compile(rf"(GLIESE|GL|GJ|AS|WR|PDS){_NUMBER}\.(\d){_COMPONENT}")
_GAIA = re.compile(r"GAIA[ -]?(E?DR[1-9])[ -]?0*([1-9]\d{5,})")
_TYCHO = re.compile(r"TYC[ -]?0*([1-9]\d*)-0*([1-9]\d*)-0*([1-9])")
_TWOMASS = re.compile(r"(?:2MASS|2M)[ -]*J?[ -]*(\d{7,8}[+-]\d{7})")
_ZONE = re.compile(rf"(BD|CD|CPD|COD) *([+-]?)0*(\d{{1,2}})[ D]+0*([1-9]\d*){_COMPONENT}")


@lru_cache(maxsize=200_000)
def designation_of(raw: str) -> Designation | None:
    """Read a name; None where it names nothing.

    Parameters
    ----------
    raw
        A name as somebody typed it: OBS TARG NAME, the name of a log.

    Returns
    -------
    Designation or None
        Of kind ``name`` where it belongs to no catalogue known here. None for labels (`STD`, `FRINGE,OBJECT`), words
        for nothing, text without a letter.
    """
    text = _plain(raw)
    if _says_nothing(text):
        return None
    read = _read(text)
    if read is not None:
        return read
    for added in (_ADDED_AFTER, _ADDED_BEFORE):
        stripped = added.fullmatch(text.upper())
        inner = _read(text[slice(*stripped.span(1))].strip()) if stripped else None
        if inner is not None:
            return inner
    if found := re.fullmatch(r"(.*\w[^\W\d]) ([A-E])", _without_prefix(text).upper()):
        whole = designation_of(found[1])
        return whole and Designation(whole.kind, whole.body, found[2])
    body = _without_blanks(_without_prefix(text).upper())
    # without blanks it may be one of a catalogue after all; and a key's key is itself
    return designation_of(body) if body != text else Designation("name", body)


def key_of(raw: str) -> str | None:
    """The one form of a name; None where it names nothing. See `designation_of`.

    >>> key_of("ALP_ERI"), key_of("Alpha Eridani"), key_of("tet01OriC"), key_of("HD-045677"), key_of("STD")
    ('alf Eri', 'alf Eri', 'tet01 Ori C', 'HD 45677', None)
    """
    found = designation_of(raw)
    return found.key if found else None


def _plain(raw: str) -> str:
    """One line without quotes and underscores, blanks single; accents and exotic digits in their simple form."""
    text = unicodedata.normalize("NFKC", raw)
    text = "".join(
        sign for sign in unicodedata.normalize("NFD", text.replace("_", " ")) if not unicodedata.combining(sign)
    )
    kept = "".join(sign if sign.isprintable() else " " for sign in text if sign not in "'\"`´’‘")
    return " ".join(kept.replace("−", "-").replace("–", "-").split())


def _says_nothing(text: str) -> bool:
    upper = text.upper()
    if not any(sign.isalpha() for sign in upper):
        return True
    words = [word for word in re.split(r"[ ,;:/-]+", upper) if word and not word.isdigit()]
    return upper in _NO_NAMES or all(word in _NO_NAMES or re.fullmatch(r"X+|\W+", word) for word in words)


def _without_prefix(text: str) -> str:
    found = _PREFIX.match(text.upper())
    return text[found.end() :] if found else text


def _read(text: str) -> Designation | None:
    """Read a name that belongs to a catalogue."""
    marked = text.upper().startswith(("V*", "V *", "V "))
    name = _without_prefix(text)
    if marked or _is_variable_by_case(name):
        return _variable(name) or _bayer(name) or _numbered(name.upper())
    return _bayer(name) or _flamsteed(name) or _variable(name) or _latin(name) or _numbered(name.upper())


def _is_variable_by_case(name: str) -> bool:
    """`MU Cep` is a variable's name, `mu Cep` and `MU CEP` Bayer's: only capitals in front of small letters tell."""
    return re.match(r"[A-Z]{2} ?[A-Z][A-Za-z]?[a-z]", name) is not None and _VARIABLE.fullmatch(name) is not None


def _made(kind: str, body: str, found: re.Match[str]) -> Designation:
    """A designation whose component is the last two groups of the match, one of them empty."""
    return Designation(kind, body, (found[found.re.groups - 1] or found[found.re.groups] or "").upper())


def _index(digits: str | None) -> str:
    return f"{int(digits):02d}" if digits and int(digits) else ""


def _bayer(name: str) -> Designation | None:
    found = _BAYER.fullmatch(name)
    if not found:
        return None
    return _made("Bayer", f"{_LETTERS[found[1].upper()]}{_index(found[2])} {_PLACES[found[3].upper()]}", found)


def _flamsteed(name: str) -> Designation | None:
    found = _FLAMSTEED.fullmatch(name)
    if not found or not int(found[1]):
        return None
    return _made("Flamsteed", f"{int(found[1])} {_PLACES[found[2].upper()]}", found)


def _variable(name: str) -> Designation | None:
    found = _VARIABLE.fullmatch(name)
    if not found or name.upper() in _PROPER_NAMES:
        return None
    letters = found[1].upper().replace(" ", "")
    if len(letters) == 1 and found[1].islower() and not found[2].islower():
        return None  # `s Car` is a Latin letter of Bayer's
    if letters[1:].isdigit():
        letters = f"V{int(letters[1:])}"
    elif len(letters) == 2 and letters[1] < letters[0]:
        return None  # R, S ... Z, RR, RS ... ZZ, AA ... QZ
    return _made("variable", f"{letters} {_PLACES[found[2].upper()]}", found)


def _latin(name: str) -> Designation | None:
    """`l Car`, `P Cyg`, `h Cen`; where all is in small letters, the case tells nothing."""
    found = _LATIN.fullmatch(name)
    if not found:
        return None
    letter = found[1].upper() if found[3].islower() else found[1]
    return _made("letter", f"{letter}{_index(found[2])} {_PLACES[found[3].upper()]}", found)


def _numbered(name: str) -> Designation | None:
    if found := _NUMBER_IN.fullmatch(name):
        kind = _NUMBERED[found[1]]
        return _made(kind, f"{kind} {found[2]}", found)
    if found := _FRACTION_IN.fullmatch(name):
        kind = _NUMBERED[found[1]]
        return _made(kind, f"{kind} {found[2]}.{found[3]}", found)
    if found := _GAIA.fullmatch(name):
        return Designation("Gaia", f"Gaia {found[1]} {found[2]}")
    if found := _TYCHO.fullmatch(name):
        return Designation("TYC", f"TYC {found[1]}-{found[2]}-{found[3]}")
    if found := _TWOMASS.fullmatch(name):
        return Designation("2MASS", f"2MASS J{found[1]}")
    if found := _ZONE.fullmatch(name):
        catalogue = "CD" if found[1] == "COD" else found[1]
        sign = found[2] or ("+" if catalogue == "BD" else "-")
        return _made(catalogue, f"{catalogue}{sign}{int(found[3]):02d} {found[4]}", found)
    return None


def _without_blanks(text: str) -> str:
    """Leave out the blanks, but those between digits: `IRS 16 C` is IRS16C, `PDS 70 2` keeps its last."""
    return re.sub(r"(?<!\d) | (?!\d)", "", text)
