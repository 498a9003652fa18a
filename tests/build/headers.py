"""Texts of headers with one odd thing each: keywords without ``HIERARCH ESO`` to cards.

Knows nothing of the parser under test. The values are made up; their form is that of real headers.
"""

import html
from collections.abc import Mapping, Sequence

FITS = {"SIMPLE", "INSTRUME", "TELESCOP", "OBJECT", "RA", "DEC", "EXPTIME", "MJD-OBS", "DATE-OBS", "ARCFILE", "NAXIS"}

#: UTC of all headers made here: 2019-02-16T04:26:53.206.
MJD = round(58530 + (4 * 3600 + 26 * 60 + 53.206) / 86400, 8)
TIME = "2019-02-16T04:26:53.206"

Value = str | float | int | bool
Cards = dict[str, Value]

_WEATHER: Cards = {
    "ISS AIRM START": 1.1,
    "ISS AIRM END": 1.12,
    "ISS ALT": 65.0,
    "ISS AZ": 170.5,
    "ISS AMBI FWHM START": 0.8,
    "ISS AMBI FWHM END": 0.9,
    "ISS AMBI IWV START": 2.0,
    "ISS AMBI IWV END": 3.0,
    "ISS AMBI TAU0 START": 0.004,
    "ISS AMBI TAU0 END": 0.005,
    "ISS AMBI TEMP": 12.3,
    "ISS AMBI RHUM": 14.0,
    "ISS AMBI PRES": 744.2,
    "ISS AMBI WINDSP": 5.5,
    "ISS AMBI WINDDIR": 30.0,
}
#: Of four ATs; west, south, up.
_STATIONS = {
    "A0": (14.6416, 55.8116, 4.5397),
    "G1": (-66.7157, 95.5015, 4.5397),
    "J2": (-114.4596, 62.1513, 4.5397),
    "J3": (-80.6276, -36.1932, 4.5397),
}
_INSTRUMENTS: dict[str, Cards] = {
    "GRAVITY": {
        "DPR CATG": "SCIENCE",
        "DPR TYPE": "OBJECT,SINGLE",
        "DPR TECH": "INTERFEROMETRY",
        "INS SPEC RES": "HIGH",
        "INS POLA MODE": "COMBINED",
        "DET2 SEQ1 DIT": 30.0,
        "DET2 NDIT": 10,
        "TPL ID": "GRAVITY_single_obs_exp",
        "EXPTIME": 300.0,
    },
    "MATISSE": {
        "DPR CATG": "SCIENCE",
        "DPR TYPE": "OBJECT",
        "DPR TECH": "INTERFEROMETRY",
        "DET NAME": "MATISSE-LM",
        "DET CHIP NAME": "HAWAII-2RG",
        "INS DIL NAME": "LOW",
        "INS DIN NAME": "LOW",
        "INS FIL NAME": "LM",
        "INS MODE": "HYBRID",
        "SEQ DIL WL0": 4.1,
        "DET SEQ1 DIT": 0.111,
        "DET NDIT": 500,
        "TPL ID": "MATISSE_hyb_obs",
        "EXPTIME": 0.111,
    },
    "PIONIER": {
        "DPR CATG": "SCIENCE",
        "DPR TYPE": "FRINGE,OBJECT",
        "DPR TECH": "INTERFEROMETRY",
        "INS OPTI1 NAME": "EMPTY",
        "INS OPTI2 NAME": "GRISM",
        "INS OPTI3 NAME": "REF",
        "INS FILT1 NAME": "H",
        "DET DIT": 0.001,
        "DET NDIT": 51200,
        "TPL ID": "PIONIER_obs_science",
        "EXPTIME": 51.2,
    },
    "AMBER": {
        "DPR CATG": "SCIENCE",
        "DPR TYPE": "OBJECT",
        "DPR TECH": "INTERFEROMETRY",
        "INS MODE": "3Tstd_Medium_K_1_2.1",
        "OCS OBS SPECCONF": "Medium_K_1_2.1",
        "DET DIT": 0.5,
        "DET NDIT": 120,
        "TPL ID": "AMBER_3Tstd_obs_1row",
        "EXPTIME": 0.5,
    },
    "MIDI": {
        "DPR CATG": "SCIENCE",
        "DPR TYPE": "TRACK,OBJECT,DISPERSED",
        "DPR TECH": "IMAGE,WINDOW",
        "INS OPT1 NAME": "HIGH_SENS",
        "INS GRIS NAME": "PRISM",
        "INS SHUT NAME": "ABOPEN",
        "DET DIT": 0.018,
        "DET NDIT": 8000,
        "TPL ID": "MIDI_starintf_obs_fringe",
        "EXPTIME": 144.0,
    },
}
_PREFIXES = {"GRAVITY": "GRAVI", "MATISSE": "MATIS", "PIONIER": "PIONI", "AMBER": "AMBER", "MIDI": "MIDI"}
_ARMS = {"AMBER": 3, "MIDI": 2}


def cards(instrument: str = "GRAVITY", **odd: Value | None) -> Cards:
    """Cards of an exposure of an instrument; `odd` (blanks as underscores) is what `changed` makes of them."""
    number = _ARMS.get(instrument, 4)
    made: Cards = {
        "SIMPLE": True,
        "INSTRUME": instrument,
        "TELESCOP": "ESO-VLTI-A" + "1234"[:number],
        "OBJECT": "HD 1",
        "RA": 100.123456,
        "DEC": -30.5,
        "MJD-OBS": MJD,
        "DATE-OBS": f"{TIME}1",
        "ARCFILE": f"{_PREFIXES.get(instrument, 'X')}.{TIME}.fits",
        "OBS TARG NAME": "HD 1",
        "OBS PROG ID": "0102.C-0519(A)",
        "OBS ID": 2109876,
        "OBS NAME": "SCI_HD_1",
        "OBS START": "2019-02-16T04:10:00",
        "OBS CONTAINER ID": 2109870,
        "OBS CONTAINER TYPE": "C",
        "TPL START": "2019-02-16T04:20:00",
        "TPL EXPNO": 1,
        "TPL NEXP": 5,
        "ISS REF RA": 64029.63,
        "ISS REF DEC": -303000.0,
        "ISS CONF NTEL": number,
        "COU AO SYSTEM": "NAOMI",
        "DEL FT SENSOR": "NONE",
        "DEL FT STATUS": "OFF",
        **_WEATHER,
        **_INSTRUMENTS.get(instrument, {}),
    }
    for arm, (station, (west, south, up)) in enumerate(list(_STATIONS.items())[:number], 1):
        made |= {
            f"ISS CONF STATION{arm}": station,
            f"ISS CONF T{arm}NAME": f"AT{arm}",
            f"ISS CONF T{arm}X": west,
            f"ISS CONF T{arm}Y": south,
            f"ISS CONF T{arm}Z": up,
        }
    return changed(made, {key.replace("_", " "): value for key, value in odd.items()})


def changed(made: Cards, odd: Mapping[str, Value | None]) -> Cards:
    """Cards with others in their place; None removes one."""
    return {key: value for key, value in {**made, **odd}.items() if value is not None}


def card(key: str, value: Value, comment: str = "made up") -> str:
    """One card as ESO's files have it, cut at 80 characters."""
    name = f"{key:<8}=" if key in FITS or (len(key) <= 8 and " " not in key) else f"HIERARCH ESO {key} ="
    return f"{name} {shown(value)} / {comment}"[:80].ljust(80)


def shown(value: Value) -> str:
    """A value as FITS writes it."""
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, str):
        return "'" + f"{value.replace(chr(39), chr(39) * 2):<8}" + "'"
    return repr(value)


def text(made: Mapping[str, Value], extra: Sequence[str] = (), newline: str = "\n") -> str:
    """A header: a card a line, in ESO's order (keywords of FITS first, ARCFILE last), `extra` lines before END."""
    return lines([card(key, made[key]) for key in sorted(made, key=_place)] + list(extra), newline)


def lines(written: Sequence[str], newline: str = "\n") -> str:
    """A header of lines in their order."""
    return newline.join([*written, "END", ""])


def _place(key: str) -> int:
    return 0 if key in FITS - {"ARCFILE"} else 2 if key == "ARCFILE" else 1


def page(made: Mapping[str, Value], name: str = "GRAVI.x") -> str:
    """A page as ESO's header service sends it: trailing blanks stripped, quotes and brackets as entities."""
    stripped = "\n".join(line.rstrip() for line in text(made).splitlines())
    body = html.escape(stripped, quote=True)
    return f"<html><head><title>Header of {name}</title></head><body><pre>{body}\n</pre></body></html>"


def blocks(made: Mapping[str, Value]) -> bytes:
    """The first blocks of a FITS file."""
    joined = "".join([*(card(key, value) for key, value in made.items()), f"{'END':<80}"])
    return joined.ljust(-(-len(joined) // 2880) * 2880).encode("ascii")
