"""The keywords that oivo reads from a header, without ``HIERARCH ESO``.

A header has 500 to 2200 cards; these some 120 make an exposure. May import the standard library only.
"""

from itertools import combinations

ARMS = ("1", "2", "3", "4")
PAIRS = tuple(f"{first}{second}" for first, second in combinations(ARMS, 2))

_FITS = ("SIMPLE", "INSTRUME", "TELESCOP", "OBJECT", "RA", "DEC", "EXPTIME", "MJD-OBS", "DATE-OBS", "ARCFILE")
_OBSERVATION = (
    "OBS TARG NAME",
    "OBS PROG ID",
    "OBS ID",
    "OBS NAME",
    "OBS START",
    "OBS PI-COI NAME",
    "OBS CONTAINER ID",
    "OBS CONTAINER TYPE",
    "TPL ID",
    "TPL START",
    "TPL EXPNO",
    "TPL NEXP",
)
_CLASS = ("DPR CATG", "DPR TYPE", "DPR TECH", "PRO CATG", "PRO REC1 RAW1 CATG")
#: What the instruments' modes hang on (modes.toml, frames.toml), and their exposure times.
_INSTRUMENT = (
    "INS MODE",
    "INS SPEC RES",
    "INS POLA MODE",
    "INS OPT1 NAME",
    "INS GRIS NAME",
    "INS SHUT NAME",
    "INS OPTI1 NAME",
    "INS OPTI2 NAME",
    "INS OPTI3 NAME",
    "INS FILT1 NAME",
    "INS DIL NAME",
    "INS DIN NAME",
    "INS FIL NAME",
    "SEQ DIL WL0",
    "DET NAME",
    "DET CHIP NAME",
    "OCS OBS SPECCONF",
    "DET DIT",
    "DET NDIT",
    "DET SEQ1 DIT",
    "DET2 SEQ1 DIT",
    "DET2 NDIT",
)
_OBJECTS = ("FT ROBJ NAME", "INS SOBJ NAME", "INS SOBJ X", "INS SOBJ Y")
_LIGHT_PATH = ("COU AO SYSTEM", "DEL FT SENSOR", "DEL FT STATUS")
_WEATHER = (
    *(f"ISS AMBI {what} {when}" for what in ("FWHM", "TAU0", "IWV") for when in ("START", "END")),
    "ISS AMBI TEMP",
    "ISS AMBI RHUM",
    "ISS AMBI PRES",
    "ISS AMBI WINDSP",
    "ISS AMBI WINDDIR",
    "ISS AIRM START",
    "ISS AIRM END",
    "ISS ALT",
    "ISS AZ",
)
_ARRAY = (
    "ISS CONF NTEL",
    "ISS REF RA",
    "ISS REF DEC",
    *(
        f"ISS CONF {what}"
        for arm in ARMS
        for what in (f"STATION{arm}", f"T{arm}NAME", f"T{arm}X", f"T{arm}Y", f"T{arm}Z")
    ),
    *(f"ISS {what}{pair} {when}" for what in ("PBL", "PBLA") for pair in PAIRS for when in ("START", "END")),
)

KEYWORDS: tuple[str, ...] = (
    *_FITS,
    *_OBSERVATION,
    *_CLASS,
    *_INSTRUMENT,
    *_OBJECTS,
    *_LIGHT_PATH,
    *_WEATHER,
    *_ARRAY,
)
