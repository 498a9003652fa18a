"""One file for each rule: the file, and all that is found in it.

A case that finds more than its rule says so; the table of rules says in `implied_by` which findings follow
from which.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from astropy.io import fits

from tests.build.oifits import (
    BLOCK,
    CARD,
    MJD,
    hdu_offsets,
    rename_card,
    sound,
    sound_tables,
    table,
)

#: Rules that no file can breach, with the reason.
UNREACHABLE = {
    "FILE_EXIST": "needs a path: test_paths",
    "OIFITS_MAIN_HEADER_EXIST_V2": "a file without primary header is not FITS",
    "GENERIC_COL_NBROWS": "a FITS column has the rows of its table",
    "INSNAME_REF": "the names are taken from the tables themselves",
    "CORRNAME_REF": "the names are taken from the tables themselves",
    "GENERIC_OIREV_FIX": "oitools mends OI_REVN before",
}

#: Rule, EXTNAME (empty: the file), member, occurrences.
Found = tuple[str, str, str, int]


@dataclass(frozen=True)
class Case:
    """A file with one oddity."""

    name: str
    make: Callable[[], bytes]
    found: tuple[Found, ...]

    @cached_property
    def content(self) -> bytes:
        """The bytes of the file, made once."""
        return self.make()


CASES: list[Case] = []


def case(name: str, make: Callable[[], bytes], *found: Found) -> None:
    CASES.append(Case(name, make, found))


def one(extname: str, version: int = 2, **odd) -> Callable[[], bytes]:
    """A sound file but for one table."""
    return lambda: sound(version, {extname: odd})


def another(extname: str, version: int = 2, **odd):
    """A further table of a kind."""
    columns, keywords = sound_tables(version)[extname]
    return table(extname, columns, keywords, **odd)


def column(form: str, *values, unit: str | None = None):
    return (form, np.array(values), *([unit] if unit else []))


def replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    assert content.count(old) >= 1 and len(old) == len(new)
    return content.replace(old, new)


def per_channel(extname: str) -> list[str]:
    """The columns of a data table with one element for each channel."""
    columns, _ = sound_tables(1)[extname]
    return [name for name, spec in columns.items() if spec[0] in ("2D", "2L")]


# --- the file
case("truncated", lambda: sound(2)[:-2880], ("FILE_LOAD", "", "", 1))
case(
    "no target",
    lambda: sound(1, without=["OI_TARGET"]),
    ("OIFITS_OI_TARGET_EXIST", "", "", 1),
)
case(
    "no wavelengths",
    lambda: sound(1, without=["OI_WAVELENGTH", "OI_VIS", "OI_T3"]),
    ("OIFITS_OI_WAVELENGTH_EXIST", "", "", 1),
    *(("GENERIC_COL_DIM", "OI_VIS2", name, 1) for name in ("FLAG", "VIS2DATA", "VIS2ERR")),
)
case("no data", lambda: sound(1, without=["OI_VIS", "OI_VIS2", "OI_T3"]), ("OIFITS_OIDATA", "", "", 1))
case(
    "no array in version 2",
    lambda: sound(2, without=["OI_ARRAY", "OI_FLUX", "OI_INSPOL", "OI_T3", "OI_VIS"]),
    ("OIFITS_OI_ARRAY_EXIST_V2", "", "", 1),
    ("ARRNAME_REF", "OI_VIS2", "ARRNAME", 1),
)
case("new table in version 1", lambda: sound(1, extra=[another("OI_CORR")]), ("OIFITS_TABLE_NOT_V2", "OI_CORR", "", 1))
case(
    "unknown table",
    lambda: sound(1, extra=[table("TELLURICS", {"X": column("D", 1.0)}, {})]),
    ("UNKNOWN_TABLE", "TELLURICS", "", 1),
)
case(
    "unknown column",
    one("OI_VIS2", change={"NDIT": column("J", 1, 1), "NS_MINE": column("J", 1, 1)}),
    ("UNKNOWN_COLUMN", "OI_VIS2", "NDIT", 1),
)
case(
    "EXTNAME in lower case",
    lambda: sound(1, extra=[another("OI_VIS2", 1, cards={"EXTNAME": "oi_vis2"})]),
    ("TABLE_NAME_CASE", "oi_vis2", "", 1),
)
case("image in place of a table", lambda: sound(1, extra=[ascii_table()]), ("TABLE_NOT_BINARY", "OI_VIS2", "", 1))
case("two OI_TARGET", lambda: sound(1, extra=[another("OI_TARGET", 1)]), ("OI_TARGET_SINGLE", "OI_TARGET", "", 1))
case(
    "version 2 without CONTENT",
    lambda: sound(1, {name: {"cards": {"OI_REVN": 2}} for name in sound_tables(1)}),
    ("CONTENT_MISSING", "PRIMARY", "CONTENT", 1),
    *(("GENERIC_KEYWORD_VAL_ACCEPTED_INT", name, "OI_REVN", 1) for name in sound_tables(1)),
)
case("trailing bytes", lambda: sound(1) + b"x" * 80, ("TRAILING_BYTES", "", "", 1))
case(
    "wrong sum of the data",
    lambda: summed(in_data=True),
    ("DATASUM_WRONG", "OI_VIS2", "DATASUM", 1),
    ("CHECKSUM_WRONG", "OI_VIS2", "CHECKSUM", 1),
)
case("wrong sum of the header", lambda: summed(in_data=False), ("CHECKSUM_WRONG", "OI_VIS2", "CHECKSUM", 1))

# --- keywords
case("no keyword", one("OI_VIS2", drop=["DATE-OBS"]), ("GENERIC_KEYWORD_MANDATORY", "OI_VIS2", "DATE-OBS", 1))
case(
    "no keyword in the primary header",
    lambda: sound(2, drop=["OBSERVER"]),
    ("GENERIC_KEYWORD_MANDATORY", "PRIMARY", "OBSERVER", 1),
)
case(
    "text for a number",
    one("OI_CORR", cards={"NDATA": "many"}),
    ("GENERIC_KEYWORD_FORMAT", "OI_CORR", "NDATA", 1),
)
case("real for an integer", one("OI_INSPOL", cards={"NPOL": 1.5}), ("GENERIC_KEYWORD_FORMAT", "OI_INSPOL", "NPOL", 1))
case("number for a text", one("OI_INSPOL", cards={"MODEL": 3}), ("GENERIC_KEYWORD_FORMAT", "OI_INSPOL", "MODEL", 1))
case("OI_REVN", one("OI_VIS2", cards={"OI_REVN": 1}), ("GENERIC_KEYWORD_VAL_ACCEPTED_INT", "OI_VIS2", "OI_REVN", 1))
case(
    "unknown INSNAME", one("OI_T3", cards={"INSNAME": "X"}), ("GENERIC_KEYWORD_VAL_ACCEPTED_STR", "OI_T3", "INSNAME", 1)
)
case(
    "unknown FRAME",
    one("OI_ARRAY", cards={"FRAME": "MOON"}),
    ("GENERIC_KEYWORD_VAL_ACCEPTED_STR", "OI_ARRAY", "FRAME", 1),
)
case(
    "DATE-OBS",
    one("OI_VIS2", cards={"DATE-OBS": "18/06/2009"}),
    ("GENERIC_DATE_OBS_STANDARD", "OI_VIS2", "DATE-OBS", 1),
)
case(
    "DATE-OBS of the primary header long ago",
    lambda: sound(2, cards={"DATE-OBS": "1609-06-18"}),
    ("GENERIC_DATE_OBS_RANGE", "PRIMARY", "DATE-OBS", 1),
)
case(
    "several targets",
    lambda: sound(2, {"OI_TARGET": two_targets(ids=(1, 2))}),
    ("MAIN_HEADER_TYPE_MULTI", "PRIMARY", "OBJECT", 1),
    ("MAIN_HEADER_TYPE_MULTI", "PRIMARY", "OBSERVER", 1),
)
case("no ARRNAME", one("OI_T3", drop=["ARRNAME"]), ("ARRNAME_MISSING", "OI_T3", "ARRNAME", 1))

# --- columns
case("no column", one("OI_VIS2", drop=["INT_TIME"]), ("GENERIC_COL_MANDATORY", "OI_VIS2", "INT_TIME", 1))
case(
    "no MJD",
    one("OI_VIS2", drop=["MJD"]),
    ("GENERIC_COL_MANDATORY", "OI_VIS2", "MJD", 1),
    ("GENERIC_MJD_RANGE", "OI_VIS2", "MJD", 2),
)
case(
    "too few elements",
    one("OI_VIS2", change={"VIS2ERR": ("D", np.full(2, 0.1))}),
    ("GENERIC_COL_FORMAT", "OI_VIS2", "VIS2ERR", 1),
)
case(
    "another type",
    one("OI_VIS2", change={"UCOORD": column("E", 30.0, 30.0, unit="m")}),
    ("GENERIC_COL_FORMAT", "OI_VIS2", "UCOORD", 1),
)
case(
    "no channel",
    lambda: emptied("OI_WAVELENGTH"),
    *(("GENERIC_COL_DIM", kind, name, 1) for kind in ("OI_VIS", "OI_VIS2", "OI_T3") for name in per_channel(kind)),
)
case(
    "INSNAME of several leads nowhere",
    lambda: sound(
        1,
        {"OI_VIS2": {"cards": {"INSNAME": "X"}}},
        extra=[another("OI_WAVELENGTH", 1, cards={"INSNAME": "B"})],
    ),
    ("GENERIC_KEYWORD_VAL_ACCEPTED_STR", "OI_VIS2", "INSNAME", 1),
    *(("GENERIC_COL_DIM", "OI_VIS2", name, 1) for name in ("FLAG", "VIS2DATA", "VIS2ERR")),
)
case(
    "wrong unit",
    one("OI_VIS2", change={"UCOORD": column("D", 30.0, 30.0, unit="km")}),
    ("GENERIC_COL_UNIT", "OI_VIS2", "UCOORD", 1),
)
case(
    "unit of what has none",
    one("OI_VIS", 1, change={"VISAMP": ("2D", np.full((2, 2), 0.5), "Jy")}),
    ("GENERIC_COL_UNIT", "OI_VIS", "VISAMP", 1),
)
case(
    "no unit",
    one("OI_VIS2", change={"UCOORD": column("D", 30.0, 30.0)}),
    ("GENERIC_COL_UNIT_EXIST", "OI_VIS2", "UCOORD", 1),
)
case(
    "no unit of a flux",
    one("OI_FLUX", change={"FLUXDATA": ("2D", np.full((2, 2), 1.0))}),
    ("GENERIC_COL_UNIT_EXIST", "OI_FLUX", "FLUXDATA", 1),
)
case(
    "FLUX for FLUXDATA",
    one("OI_FLUX", drop=["FLUXDATA"], change={"FLUX": ("2D", np.full((2, 2), 1.0), "adu")}),
    ("COLUMN_ALIAS", "OI_FLUX", "FLUXDATA", 1),
)
case(
    "a column twice",
    lambda: replaced(
        sound(1, {"OI_VIS2": {"change": {"VCOORX": column("D", 40.0, 40.0, unit="m")}}}), b"'VCOORX  '", b"'VCOORD  '"
    ),
    ("COLUMN_REPEATED", "OI_VIS2", "VCOORD", 1),
)
case("a scaled column", lambda: scaled(), ("COLUMN_SCALED", "OI_VIS2", "INT_TIME", 1))
case(
    "unknown TARGET_ID",
    lambda: sound(
        2, {"OI_TARGET": two_targets(), "OI_VIS2": {"change": {"TARGET_ID": column("I", 1, 7)}}}, cards=MULTI
    ),
    ("GENERIC_COL_VAL_ACCEPTED_INT", "OI_VIS2", "TARGET_ID", 1),
)
case(
    "TARGET_ID of another than the only target",
    one("OI_VIS2", change={"TARGET_ID": column("I", 7, 7)}),
    ("GENERIC_COL_VAL_ACCEPTED_INT", "OI_VIS2", "TARGET_ID", 2),
)
case(
    "unknown STA_INDEX",
    one("OI_T3", change={"STA_INDEX": ("3I", np.array([[1, 2, 9], [8, 9, 3]]))}),
    ("GENERIC_COL_VAL_ACCEPTED_INT", "OI_T3", "STA_INDEX", 3),
)
case(
    "unknown VELTYP",
    one("OI_TARGET", change={"VELTYP": column("8A", "FAST")}),
    ("GENERIC_COL_VAL_ACCEPTED_STR", "OI_TARGET", "VELTYP", 1),
)
case(
    "unknown INSNAME of a row",
    one("OI_INSPOL", change={"INSNAME": column("70A", "X")}),
    ("GENERIC_COL_VAL_ACCEPTED_STR", "OI_INSPOL", "INSNAME", 1),
    *(("GENERIC_COL_DIM", "OI_INSPOL", name, 1) for name in ("JXX", "JXY", "JYX", "JYY")),
)
case(
    "no diameter",
    one("OI_ARRAY", change={"DIAMETER": column("E", 0.0, 1.8, np.nan, 1.8, unit="m")}),
    ("GENERIC_COL_VAL_POSITIVE", "OI_ARRAY", "DIAMETER", 1),
)
case(
    "no integration",
    one("OI_T3", change={"INT_TIME": column("D", 0.0, -1.0, unit="s")}),
    ("GENERIC_COL_VAL_POSITIVE", "OI_T3", "INT_TIME", 2),
)
case(
    "errors of 0",
    one(
        "OI_VIS2",
        change={
            "VIS2ERR": ("2D", np.array([[0.0, -1.0], [np.inf, np.nan]])),
            "FLAG": ("2L", np.array([[False, True], [False, False]])),
        },
    ),
    ("GENERIC_COL_ERR_FIX", "OI_VIS2", "VIS2ERR", 2),
)
case("undefined flags", lambda: unflagged(), ("FLAG_UNDEFINED", "OI_VIS2", "FLAG", 1))

# --- names and references
case(
    "ARRNAME of several leads nowhere",
    lambda: sound(
        1, {"OI_VIS2": {"cards": {"ARRNAME": "X"}}}, extra=[another("OI_ARRAY", 1, cards={"ARRNAME": "VLTI-B"})]
    ),
    ("GENERIC_KEYWORD_VAL_ACCEPTED_STR", "OI_VIS2", "ARRNAME", 1),
    ("ARRNAME_REF", "OI_VIS2", "ARRNAME", 1),
)
case(
    "ARRNAME without array",
    lambda: sound(1, without=["OI_ARRAY"]),
    *(("ARRNAME_REF", kind, "ARRNAME", 1) for kind in ("OI_VIS", "OI_VIS2", "OI_T3")),
)
case(
    "two arrays of one name",
    lambda: sound(1, extra=[another("OI_ARRAY", 1)]),
    *[("ARRNAME_UNIQ", "OI_ARRAY", "ARRNAME", 1)] * 2,
)
case(
    "two wavelength tables of one name",
    lambda: sound(1, extra=[another("OI_WAVELENGTH", 1)]),
    *[("INSNAME_UNIQ", "OI_WAVELENGTH", "INSNAME", 1)] * 2,
)
case(
    "two matrices of one name",
    lambda: sound(2, extra=[another("OI_CORR")]),
    *[("CORRNAME_UNIQ", "OI_CORR", "CORRNAME", 1)] * 2,
)
case(
    "a baseline of one station",
    one("OI_VIS2", change={"STA_INDEX": ("2I", np.array([[1, 1], [1, 2]]))}),
    ("GENERIC_STA_INDEX_UNIQ", "OI_VIS2", "STA_INDEX", 1),
)
case(
    "a triangle of one station",
    one("OI_T3", change={"STA_INDEX": ("3I", np.array([[1, 1, 1], [1, 2, 3]]))}),
    ("GENERIC_STA_INDEX_UNIQ", "OI_T3", "STA_INDEX", 3),
)

# --- OI_TARGET
case(
    "no columns that others refer to",
    lambda: sound(1, {"OI_TARGET": {"drop": ["TARGET_ID", "TARGET", "RAEP0"]}}, without=["OI_VIS", "OI_T3"]),
    *(("GENERIC_COL_MANDATORY", "OI_TARGET", name, 1) for name in ("TARGET_ID", "TARGET", "RAEP0")),
    *(("OI_TARGET_COORD_EXIST", "OI_TARGET", name, 1) for name in ("DECEP0", "RAEP0")),
)
case("no row of OI_TARGET", lambda: emptied("OI_TARGET"), ("OI_TARGET_TARGET_EXIST", "OI_TARGET", "", 1))
case("no name", one("OI_TARGET", change={"TARGET": column("16A", "")}), ("OI_TARGET_TARGET", "OI_TARGET", "TARGET", 1))
case(
    "two targets of one name",
    lambda: sound(2, {"OI_TARGET": two_targets(names=("HD 1", "HD 1"))}, cards=MULTI),
    ("OI_TARGET_TARGET_UNIQ", "OI_TARGET", "TARGET", 1),
)
case(
    "TARGET_ID 0",
    one("OI_TARGET", change={"TARGET_ID": column("I", 0)}),
    ("OI_TARGET_TARGETID_MIN", "OI_TARGET", "TARGET_ID", 1),
)
case(
    "two targets with one TARGET_ID",
    lambda: sound(2, {"OI_TARGET": two_targets(ids=(1, 1))}, cards=MULTI),
    ("OI_TARGET_TARGETID_UNIQ", "OI_TARGET", "TARGET_ID", 1),
)
case(
    "no coordinates",
    one("OI_TARGET", change={"RAEP0": column("D", np.nan, unit="deg")}),
    *(("OI_TARGET_COORD_EXIST", "OI_TARGET", name, 1) for name in ("DECEP0", "RAEP0")),
)
case(
    "coordinates 0",
    one("OI_TARGET", change={name: column("D", 0.0, unit="deg") for name in ("RAEP0", "DECEP0")}),
    *(("OI_TARGET_COORD", "OI_TARGET", name, 1) for name in ("DECEP0", "RAEP0")),
)
case(
    "right ascension of 400",
    one("OI_TARGET", change={"RAEP0": column("D", 400.0, unit="deg")}),
    ("OI_TARGET_COORD_RANGE", "OI_TARGET", "RAEP0", 1),
)
case(
    "declination of -100",
    one("OI_TARGET", change={"DECEP0": column("D", -100.0, unit="deg")}),
    ("OI_TARGET_COORD_RANGE", "OI_TARGET", "DECEP0", 1),
)
case(
    "equinox of 1950",
    one("OI_TARGET", change={"EQUINOX": column("E", 1950.0, unit="yr")}),
    ("OI_TARGET_EQUINOX", "OI_TARGET", "EQUINOX", 1),
)

# --- OI_ARRAY
case(
    "empty ARRNAME",
    lambda: sound(1, extra=[another("OI_ARRAY", 1, cards={"ARRNAME": ""})]),
    ("OI_ARRAY_ARRNAME", "OI_ARRAY", "ARRNAME", 1),
)
case(
    "empty STA_NAME",
    one("OI_ARRAY", change={"STA_NAME": column("16A", "A0", "", "C1", "D0")}),
    ("OI_ARRAY_STA_NAME", "OI_ARRAY", "STA_NAME", 1),
)
case(
    "two stations of one name",
    one("OI_ARRAY", change={"STA_NAME": column("16A", "A0", "A0", "A0", "D0")}),
    ("OI_ARRAY_STA_NAME_UNIQ", "OI_ARRAY", "STA_NAME", 3),
)
case(
    "STA_INDEX 0",
    lambda: sound(
        1, extra=[another("OI_ARRAY", 1, cards={"ARRNAME": "B"}, change={"STA_INDEX": column("I", 0, 1, 2, 3)})]
    ),
    ("OI_ARRAY_STA_INDEX_MIN", "OI_ARRAY", "STA_INDEX", 1),
)
case(
    "two stations of one index",
    lambda: sound(
        1, extra=[another("OI_ARRAY", 1, cards={"ARRNAME": "B"}, change={"STA_INDEX": column("I", 1, 1, 2, 3)})]
    ),
    ("OI_ARRAY_STA_INDEX_UNIQ", "OI_ARRAY", "STA_INDEX", 1),
)
case(
    "an array in the centre of the Earth",
    lambda: sound(
        1, extra=[another("OI_ARRAY", 1, cards={"ARRNAME": "NPOI", "ARRAYX": 0.0, "ARRAYY": 0.0, "ARRAYZ": 0.0})]
    ),
    *(("OI_ARRAY_XYZ", "OI_ARRAY", name, 1) for name in ("ARRAYX", "ARRAYY", "ARRAYZ")),
)
case(
    "a known array in the centre of the Earth",
    one("OI_ARRAY", cards={"ARRAYX": 0.0, "ARRAYY": 0.0, "ARRAYZ": 0.0}),
    *(("OI_ARRAY_XYZ", "OI_ARRAY", name, 1) for name in ("ARRAYX", "ARRAYY", "ARRAYZ")),
    ("OI_ARRAY_XYZ_FIX", "OI_ARRAY", "", 1),
)
case(
    "swapped coordinates",
    one("OI_ARRAY", cards={"ARRAYX": -5455311.8, "ARRAYY": 1942014.2}),
    ("OI_ARRAY_XYZ_SITE", "OI_ARRAY", "ARRAYX", 1),
)
case("coordinates in space", one("OI_ARRAY", cards={"ARRAYX": 1e7}), ("OI_ARRAY_XYZ_SITE", "OI_ARRAY", "ARRAYX", 1))
case(
    "a baseline that is too long",
    one("OI_VIS2", change={"UCOORD": column("D", 30.0, 5e7, unit="m")}),
    ("STATION_GEOMETRY", "OI_VIS2", "UCOORD", 1),
)
case(
    "a triangle that is too long",
    one("OI_T3", change={"U1COORD": column("D", 30.0, 500.0, unit="m")}),
    ("STATION_GEOMETRY", "OI_T3", "U1COORD", 2),
)

# --- OI_WAVELENGTH
case(
    "empty INSNAME",
    lambda: sound(1, extra=[another("OI_WAVELENGTH", 1, cards={"INSNAME": ""})]),
    ("OI_WAVELENGTH_INSNAME", "OI_WAVELENGTH", "INSNAME", 1),
)
case(
    "micrometres",
    one("OI_WAVELENGTH", change={"EFF_WAVE": column("E", 1.6, 1.7, unit="m")}),
    ("OI_WAVELENGTH_EFF_WAVE", "OI_WAVELENGTH", "EFF_WAVE", 2),
)
case(
    "no wavelength",
    one("OI_WAVELENGTH", change={"EFF_WAVE": column("E", np.nan, 1.7e-6, unit="m")}),
    ("OI_WAVELENGTH_EFF_WAVE", "OI_WAVELENGTH", "EFF_WAVE", 1),
)
case(
    "wavelengths downwards",
    one("OI_WAVELENGTH", change={"EFF_WAVE": column("E", 1.7e-6, 1.6e-6, unit="m")}),
    ("WAVELENGTH_DESCENDING", "OI_WAVELENGTH", "EFF_WAVE", 1),
)
case(
    "one wavelength twice",
    one("OI_WAVELENGTH", change={"EFF_WAVE": column("E", 1.7e-6, 1.7e-6, unit="m")}),
    ("WAVELENGTH_UNSORTED", "OI_WAVELENGTH", "EFF_WAVE", 1),
)
case(
    "bandwidth in micrometres",
    one("OI_WAVELENGTH", change={"EFF_BAND": column("E", 0.04, 0.04, unit="m")}),
    ("EFF_BAND_RANGE", "OI_WAVELENGTH", "EFF_BAND", 2),
)

# --- measurements
case(
    "MJD long ago",
    one("OI_VIS2", change={"MJD": column("D", 15000.0, MJD, unit="d")}),
    ("GENERIC_MJD_RANGE", "OI_VIS2", "MJD", 1),
)
case(
    "Julian date",
    one("OI_VIS2", change={"MJD": column("D", 2455000.75, MJD, unit="d")}),
    ("MJD_IS_JD", "OI_VIS2", "MJD", 1),
)
case(
    "DATE-OBS of another day",
    one("OI_VIS2", cards={"DATE-OBS": "2000-01-01"}),
    ("DATE_OBS_MJD", "OI_VIS2", "DATE-OBS", 1),
)
case(
    "TIME and MJD disagree",
    one("OI_VIS2", 1, change={"TIME": column("D", 21600.0, 1000.0, unit="s")}),
    ("TIME_MJD", "OI_VIS2", "TIME", 1),
)
case(
    "TIME in version 2",
    one("OI_VIS2", change={"TIME": column("D", 21600.0, 0.0, unit="s")}),
    ("TIME_NOT_ZERO", "OI_VIS2", "TIME", 1),
)
case(
    "an integration of a day",
    one("OI_VIS2", change={"INT_TIME": column("D", 60.0, 86400.0, unit="s")}),
    ("INT_TIME_ABSURD", "OI_VIS2", "INT_TIME", 1),
)
case(
    "calibrated flux of a station",
    one("OI_FLUX", cards={"CALSTAT": "C"}),
    ("OI_FLUX_CALSTAT", "OI_FLUX", "ARRNAME", 1),
    ("OI_FLUX_CALSTAT", "OI_FLUX", "STA_INDEX", 1),
)
case("raw flux of no station", one("OI_FLUX", drop=["STA_INDEX"]), ("OI_FLUX_CALSTAT", "OI_FLUX", "STA_INDEX", 1))
case("raw flux with a field of view", one("OI_FLUX", cards={"FOV": 0.5}), ("OI_FLUX_CALSTAT", "OI_FLUX", "FOV", 1))
case(
    "differential phase without map",
    one("OI_VIS", cards={"PHITYP": "differential"}),
    ("VISREFMAP_MISSING", "OI_VIS", "VISREFMAP", 1),
)
case(
    "map of absolute phases",
    one("OI_VIS", change={"VISREFMAP": ("4L", np.zeros((2, 4), bool))}),
    ("VISREFMAP_NEEDLESS", "OI_VIS", "VISREFMAP", 1),
)
case(
    "large triple amplitude",
    one("OI_T3", change={"T3AMP": ("2D", np.array([[0.5, 1000], [1.05, 0.5]]))}),
    ("AMPLITUDE_RANGE", "OI_T3", "T3AMP", 1),
)
case(
    "all flagged", one("OI_VIS2", change={"FLAG": ("2L", np.ones((2, 2), bool))}), ("ALL_FLAGGED", "OI_VIS2", "FLAG", 1)
)

# --- OI_CORR and OI_INSPOL
case(
    "empty CORRNAME",
    lambda: sound(2, extra=[another("OI_CORR", cards={"CORRNAME": ""})]),
    ("OI_CORR_CORRNAME", "OI_CORR", "CORRNAME", 1),
)
case("IINDX 0", one("OI_CORR", change={"IINDX": column("J", 0, 2)}), ("OI_CORR_IINDEX_MIN", "OI_CORR", "IINDX", 1))
case(
    "the lower triangle",
    one("OI_CORR", change={"JINDX": column("J", 1, 4)}),
    ("OI_CORR_JINDEX_SUP", "OI_CORR", "JINDX", 1),
)
case(
    "outside of the matrix",
    one("OI_CORR", change={"JINDX": column("J", 2, 5)}),
    ("OI_CORR_IJINDEX_MAX", "OI_CORR", "JINDX", 1),
)
case("a covariance", one("OI_CORR", change={"CORR": column("D", -0.5, 20.0)}), ("OI_CORR_RANGE", "OI_CORR", "CORR", 1))
case(
    "CORRINDX 0",
    one("OI_VIS2", change={"CORRINDX_VIS2DATA": column("J", 0, 3)}),
    ("GENERIC_CORRINDX_MIN", "OI_VIS2", "CORRINDX_VIS2DATA", 1),
)
case(
    "CORRINDX outside of the matrix",
    one("OI_VIS2", change={"CORRINDX_VIS2DATA": column("J", 1, 5)}),
    ("GENERIC_CORRINDX_MAX", "OI_VIS2", "CORRINDX_VIS2DATA", 1),
)
case(
    "one element twice",
    one("OI_VIS2", change={"CORRINDX_VIS2DATA": column("J", 1, 2)}),
    ("GENERIC_CORRINDX_UNIQ", "OI_VIS2", "CORRINDX_VIS2DATA", 1),
)
for kind, name in (("OI_VIS", "VISAMP"), ("OI_VIS2", "VIS2DATA"), ("OI_T3", "T3AMP"), ("OI_FLUX", "FLUXDATA")):
    pointer = f"CORRINDX_{name}"
    case(
        f"{pointer} without matrix",
        one(kind, change={pointer: column("J", 1, 3)}, drop=["CORRNAME"]),
        (f"{kind}_CORRINDX", kind, pointer, 1),
    )
case(
    "two polarisations of an instrument",
    lambda: sound(2, extra=[another("OI_INSPOL")]),
    ("OI_INSPOL_INSNAME_UNIQ", "OI_INSPOL", "INSNAME", 1),
)
case(
    "an interval of no time",
    one("OI_INSPOL", change={"MJD_OBS": column("D", MJD + 2, unit="d")}),
    ("OI_INSPOL_MJD_DIFF", "OI_INSPOL", "MJD_OBS", 1),
)
case(
    "negative MJD of polarisation",
    one("OI_INSPOL", change={"MJD_OBS": column("D", -1.0, unit="d")}),
    ("OI_INSPOL_MJD_RANGE", "OI_INSPOL", "MJD_OBS", 1),
    ("GENERIC_COL_VAL_POSITIVE", "OI_INSPOL", "MJD_OBS", 1),
)

MULTI = {"OBJECT": "MULTI", "OBSERVER": "MULTI"}


def two_targets(ids=(1, 2), names=("HD 1", "HD 2")):
    """What makes OI_TARGET have two rows."""
    columns, _ = sound_tables(2)["OI_TARGET"]
    twice = {name: (spec[0], np.repeat(spec[1], 2), *spec[2:]) for name, spec in columns.items()}
    return {"change": {**twice, "TARGET_ID": ("I", np.array(ids)), "TARGET": ("16A", np.array(names))}}


def ascii_table() -> fits.TableHDU:
    hdu = fits.TableHDU.from_columns([fits.Column("X", "I10", array=np.array([1]))], name="OI_VIS2")
    hdu.header["EXTNAME"] = "OI_VIS2"
    return hdu


def summed(in_data: bool) -> bytes:
    """A file with sums, of which one byte was changed afterwards: the last bit of an INT_TIME, or a comment."""
    hdu = another("OI_VIS2", 1, cards={"REMARK": "before"})
    hdu.add_checksum()
    content = sound(1, extra=[hdu])
    if not in_data:
        return replaced(content, b"'before  '", b"'behind  '")
    place = first_row(content, -1) + len(struct.pack(">hddd", 1, 0, 0, 0)) - 1
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def first_row(content: bytes, hdu: int) -> int:
    """Where the data of an HDU begin."""
    end = content.index(b"END".ljust(CARD), hdu_offsets(content)[hdu])
    return -(-(end + CARD) // BLOCK) * BLOCK


def scaled() -> bytes:
    """INT_TIME of OI_VIS2 with a TSCAL."""
    return rename_card(sound(1, {"OI_VIS2": {"cards": {"MYSCALE": 1.0}}}), 5, "MYSCALE", "TSCAL4")


def unflagged() -> bytes:
    """A FLAG of OI_VIS2 that is neither T nor F."""
    content = sound(1)
    place = first_row(content, 5) + struct.calcsize(">hddd4ddd2h")
    assert content[place : place + 2] == b"FF"
    return content[:place] + b"\0" + content[place + 1 :]


def emptied(extname: str) -> bytes:
    """A file with a table of no rows."""
    columns, _ = sound_tables(1)[extname]
    return sound(1, {extname: {"change": {name: (spec[0], spec[1][:0], *spec[2:]) for name, spec in columns.items()}}})
