"""Small OIFITS files with one odd thing each.

Tables are written with astropy, which knows nothing of the reader under test; hostile files by changing bytes.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from astropy.io import fits

CARD = 80
BLOCK = 2880
MJD = 55000.25

#: Observables, coordinates and stations a row of each data table.
_DATA = {
    "OI_VIS": (("VISAMP", "VISAMPERR", "VISPHI", "VISPHIERR"), ("UCOORD", "VCOORD"), 2),
    "OI_VIS2": (("VIS2DATA", "VIS2ERR"), ("UCOORD", "VCOORD"), 2),
    "OI_T3": (("T3AMP", "T3AMPERR", "T3PHI", "T3PHIERR"), ("U1COORD", "V1COORD", "U2COORD", "V2COORD"), 3),
    "OI_FLUX": (("FLUXDATA", "FLUXERR"), (), 1),
}

#: A column: TFORM, values, and optionally TUNIT.
Columns = dict[str, tuple[Any, ...]]

VLTI = (1942014.15, -5455311.82, -2654530.44)
CHARA = (-2476998.05, -4647390.09, 3582240.61)


def table(
    extname: str,
    columns: Columns,
    keywords: Mapping[str, Any],
    *,
    drop: Sequence[str] = (),
    change: Columns | None = None,
    cards: Mapping[str, Any] | None = None,
) -> fits.BinTableHDU:
    """A binary table; `drop` leaves out columns or keywords, `change` and `cards` replace or add them."""
    wanted = {name: spec for name, spec in {**columns, **(change or {})}.items() if name not in drop}
    made = [
        fits.Column(name, spec[0], spec[2] if len(spec) > 2 else None, array=spec[1]) for name, spec in wanted.items()
    ]
    hdu = fits.BinTableHDU.from_columns(made, name=extname)
    hdu.header["EXTNAME"] = extname  # astropy writes capitals
    for keyword, value in {"OI_REVN": 1, **keywords, **(cards or {})}.items():
        if keyword not in drop:
            hdu.header[keyword] = value
    return hdu


def target(
    names: Sequence[str] = ("HD 1",),
    ids: Sequence[int] | None = None,
    ra: Sequence[float] | None = None,
    dec: Sequence[float] | None = None,
    **odd: Any,
) -> fits.BinTableHDU:
    """OI_TARGET."""
    count = len(names)
    columns = {
        "TARGET_ID": ("I", np.array(ids if ids is not None else range(1, count + 1))),
        "TARGET": ("16A", np.array(list(names))),
        "RAEP0": ("D", np.array(ra if ra is not None else [10.0 + n for n in range(count)]), "deg"),
        "DECEP0": ("D", np.array(dec if dec is not None else [-20.0 - n for n in range(count)]), "deg"),
        "EQUINOX": ("E", np.full(count, 2000.0), "yr"),
    }
    return table("OI_TARGET", columns, {}, **odd)


def array(
    arrname: str = "VLTI",
    stations: Mapping[int, str] | None = None,
    xyz: tuple[float, float, float] = VLTI,
    **odd: Any,
) -> fits.BinTableHDU:
    """OI_ARRAY."""
    stations = stations if stations is not None else {1: "A0", 2: "B2", 3: "C1", 4: "D0"}
    columns = {
        "TEL_NAME": ("16A", np.array([f"AT{n}" for n in stations])),
        "STA_NAME": ("16A", np.array(list(stations.values()))),
        "STA_INDEX": ("I", np.array(list(stations))),
        "DIAMETER": ("E", np.full(len(stations), 1.8), "m"),
        "STAXYZ": ("3D", np.zeros((len(stations), 3)), "m"),
    }
    keywords = {"ARRNAME": arrname, "FRAME": "GEOCENTRIC", "ARRAYX": xyz[0], "ARRAYY": xyz[1], "ARRAYZ": xyz[2]}
    return table("OI_ARRAY", columns, keywords, **odd)


def wavelength(
    insname: str = "PIONIER",
    wave: Sequence[float] = (1.6e-6, 1.7e-6),
    band: Sequence[float] | None = None,
    **odd: Any,
) -> fits.BinTableHDU:
    """OI_WAVELENGTH."""
    columns = {
        "EFF_WAVE": ("E", np.array(wave), "m"),
        "EFF_BAND": ("E", np.array(band if band is not None else [4e-8] * len(wave)), "m"),
    }
    return table("OI_WAVELENGTH", columns, {"INSNAME": insname}, **odd)


def data(
    extname: str = "OI_VIS2",
    mjd: Sequence[float] = (MJD,),
    *,
    insname: str = "PIONIER",
    arrname: str | None = "VLTI",
    target_id: Sequence[int] | int = 1,
    int_time: Sequence[float] | float = 60.0,
    nwave: int = 2,
    flags: Any = False,
    **odd: Any,
) -> fits.BinTableHDU:
    """OI_VIS, OI_VIS2, OI_T3 or OI_FLUX with plausible columns."""
    rows = len(mjd)
    names, uv, stations = _DATA[extname.upper()]
    columns: Columns = {
        "TARGET_ID": ("I", np.broadcast_to(target_id, rows).copy()),
        "TIME": ("D", np.zeros(rows), "s"),
        "MJD": ("D", np.array(mjd, float), "day"),
        "INT_TIME": ("D", np.broadcast_to(np.array(int_time, float), rows).copy(), "s"),
        **{name: (f"{nwave}D", _cells(0.5, rows, nwave)) for name in names},
        **{name: ("D", np.full(rows, 30.0 + 10 * n), "m") for n, name in enumerate(uv)},
        "STA_INDEX": (f"{stations}I", _cells(np.arange(1, stations + 1), rows, stations)),
        "FLAG": (f"{nwave}L", _cells(flags, rows, nwave)),
    }
    keywords = {"DATE-OBS": "2009-06-18", "INSNAME": insname, **({"ARRNAME": arrname} if arrname is not None else {})}
    return table(extname, columns, keywords, **odd)


def _cells(values: Any, rows: int, width: int) -> np.ndarray:
    """Rows of `width` elements; scalars when there is one, as FITS has it."""
    filled = np.broadcast_to(values, (rows, width)).copy()
    return filled[:, 0] if width == 1 else filled


def file(*tables: fits.BinTableHDU, version: int = 1, cards: Mapping[str, Any] | None = None) -> bytes:
    """The bytes of a file with these tables behind a primary header."""
    primary = fits.PrimaryHDU()
    if version == 2:
        primary.header["CONTENT"] = "OIFITS2"
    for keyword, value in (cards or {}).items():
        primary.header[keyword] = value
    stream = BytesIO()
    fits.HDUList([primary, *tables]).writeto(stream, output_verify="ignore")
    return stream.getvalue()


def plain(version: int = 1, **cards: Any) -> bytes:
    """A file with nothing odd: one target, four stations, two channels, a squared visibility and a closure phase."""
    return file(target(), array(), wavelength(), data(), data("OI_T3"), version=version, cards=cards)


def hdu_offsets(content: bytes) -> list[int]:
    """Where the HDUs of a sound file begin."""
    with fits.open(BytesIO(content)) as hdus:
        return [hdu.fileinfo()["hdrLoc"] for hdu in hdus]


def set_card(content: bytes, hdu: int, keyword: str, value: str) -> bytes:
    """Put other text behind the equals sign of a card, which must be there."""
    return set_cards(content, hdu, {keyword: value})


def set_cards(content: bytes, hdu: int, values: Mapping[str, str]) -> bytes:
    """Put other text behind the equals signs of some cards of one HDU."""
    offset = hdu_offsets(content)[hdu]
    for keyword, value in values.items():
        start = content.index(keyword.ljust(8).encode() + b"=", offset)
        card = f"{keyword:8}= {value}".ljust(CARD).encode("latin-1")
        content = content[:start] + card[:CARD] + content[start + CARD :]
    return content


def rename_card(content: bytes, hdu: int, keyword: str, name: str) -> bytes:
    """Give a card another keyword, so that the first is missing."""
    start = content.index(keyword.ljust(8).encode() + b"=", hdu_offsets(content)[hdu])
    return content[:start] + name.ljust(8).encode() + content[start + 8 :]


#: STAXYZ of the stations of a sound file, m: further apart than any of its projected baselines is long.
_PLACES = np.array([[0.0, 0, 0], [200, 0, 0], [0, 200, 0], [0, 0, 200]])


def sound_tables(version: int) -> dict[str, tuple[Columns, dict[str, Any]]]:
    """Columns and keywords of every table of a version, as the standard has them, with nothing odd."""
    revision = {"OI_REVN": version}
    target_columns: Columns = {
        "TARGET_ID": ("I", np.array([1])),
        "TARGET": ("16A", np.array(["HD 1"])),
        "RAEP0": ("D", np.array([10.0]), "deg"),
        "DECEP0": ("D", np.array([-20.0]), "deg"),
        "EQUINOX": ("E", np.array([2000.0]), "yr"),
        **{name: ("D", np.zeros(1), "deg") for name in ("RA_ERR", "DEC_ERR")},
        "SYSVEL": ("D", np.zeros(1), "m/s"),
        "VELTYP": ("8A", np.array(["UNKNOWN"])),
        "VELDEF": ("8A", np.array(["OPTICAL"])),
        **{name: ("D", np.zeros(1), "deg/yr") for name in ("PMRA", "PMDEC", "PMRA_ERR", "PMDEC_ERR")},
        **{name: ("E", np.zeros(1), "deg") for name in ("PARALLAX", "PARA_ERR")},
        "SPECTYP": ("16A", np.array(["F0V"])),
    }
    array_columns: Columns = {
        "TEL_NAME": ("16A", np.array([f"AT{n}" for n in range(1, 5)])),
        "STA_NAME": ("16A", np.array(["A0", "B2", "C1", "D0"])),
        "STA_INDEX": ("I", np.arange(1, 5)),
        "DIAMETER": ("E", np.full(4, 1.8), "m"),
        "STAXYZ": ("3D", _PLACES, "m"),
    }
    site = {"ARRNAME": "VLTI", "FRAME": "GEOCENTRIC", **dict(zip(("ARRAYX", "ARRAYY", "ARRAYZ"), VLTI, strict=True))}
    made: dict[str, tuple[Columns, dict[str, Any]]] = {
        "OI_TARGET": (target_columns, revision),
        "OI_ARRAY": (array_columns, {**revision, **site}),
        "OI_WAVELENGTH": (
            {"EFF_WAVE": ("E", np.array([1.6e-6, 1.7e-6]), "m"), "EFF_BAND": ("E", np.full(2, 4e-8), "m")},
            {**revision, "INSNAME": "PIONIER"},
        ),
        "OI_VIS": _sound_data("OI_VIS", revision),
        "OI_VIS2": _sound_data("OI_VIS2", revision),
        "OI_T3": _sound_data("OI_T3", revision),
    }
    if version == 2:
        target_columns["CATEGORY"] = ("3A", np.array(["SCI"]))
        array_columns |= {"FOV": ("D", np.full(4, 0.2), "arcsec"), "FOVTYPE": ("6A", np.array(["FWHM"] * 4))}
        made["OI_VIS2"][0]["CORRINDX_VIS2DATA"] = ("J", np.array([1, 3]))
        made["OI_VIS2"][1]["CORRNAME"] = "MATRIX"
        made |= _sound_new_tables()
    return made


def _sound_data(extname: str, keywords: dict[str, Any], unit: str | None = None) -> tuple[Columns, dict[str, Any]]:
    """Two rows, two channels; the second row holds the last two stations."""
    names, uv, stations = _DATA[extname]
    units = {name: "deg" for name in names if "PHI" in name} | {name: unit for name in names if unit}
    columns: Columns = {
        "TARGET_ID": ("I", np.ones(2, int)),
        "TIME": ("D", np.full(2, 21600.0 if keywords["OI_REVN"] == 1 else 0.0), "s"),
        "MJD": ("D", np.full(2, MJD), "day"),
        "INT_TIME": ("D", np.full(2, 60.0), "s"),
        **{
            name: (
                "2D",
                np.full((2, 2), 0.02 if name.endswith("ERR") else 0.5),
                *([units[name]] if name in units else []),
            )
            for name in names
        },
        **{name: ("D", np.full(2, 30.0 + 10 * n), "m") for n, name in enumerate(uv)},
        "STA_INDEX": (f"{stations}I", np.array([range(1, stations + 1), range(5 - stations, 5)]).squeeze()),
        "FLAG": ("2L", np.zeros((2, 2), bool)),
    }
    return columns, {**keywords, "DATE-OBS": "2009-06-18", "INSNAME": "PIONIER", "ARRNAME": "VLTI"}


def _sound_new_tables() -> dict[str, tuple[Columns, dict[str, Any]]]:
    flux, keywords = _sound_data("OI_FLUX", {"OI_REVN": 1}, "adu")
    del flux["TIME"]
    polarisation: Columns = {
        "TARGET_ID": ("I", np.array([1])),
        "INSNAME": ("70A", np.array(["PIONIER"])),
        "MJD_OBS": ("D", np.array([MJD - 1]), "d"),
        "MJD_END": ("D", np.array([MJD + 1]), "d"),
        **{name: ("2C", np.ones((1, 2), complex)) for name in ("JXX", "JYY", "JXY", "JYX")},
        "STA_INDEX": ("I", np.array([1])),
    }
    correlation: Columns = {
        "IINDX": ("J", np.array([1, 2])),
        "JINDX": ("J", np.array([2, 4])),
        "CORR": ("D", np.array([0.5, 0.2])),
    }
    return {
        "OI_FLUX": (flux, {**keywords, "CALSTAT": "U"}),
        "OI_CORR": (correlation, {"OI_REVN": 1, "CORRNAME": "MATRIX", "NDATA": 4}),
        "OI_INSPOL": (
            polarisation,
            {"OI_REVN": 1, "ARRNAME": "VLTI", "NPOL": 1, "ORIENT": "NORTH", "MODEL": "none"},
        ),
    }


def sound(
    version: int = 2,
    odd: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    without: Sequence[str] = (),
    extra: Sequence[fits.hdu.base.ExtensionHDU] = (),
    cards: Mapping[str, Any] | None = None,
    drop: Sequence[str] = (),
) -> bytes:
    """A file with every table of a version, in which the checker finds nothing.

    Parameters
    ----------
    odd
        By EXTNAME what `table` changes: ``{"OI_T3": {"drop": ["MJD"]}}``.
    without
        Tables to leave out.
    extra
        HDUs to add.
    cards, drop
        Cards of the primary header to set and to leave out.
    """
    tables = [
        table(extname, columns, keywords, **(odd or {}).get(extname, {}))
        for extname, (columns, keywords) in sound_tables(version).items()
        if extname not in without
    ]
    primary = {"ORIGIN": "ESO", "DATE": "2009-06-19", "TELESCOP": "ESO-VLTI-A1234", "INSTRUME": "PIONIER"}
    primary |= {"OBSERVER": "A. Person", "INSMODE": "FREE", "OBJECT": "HD 1"}
    wanted = {keyword: value for keyword, value in {**primary, **(cards or {})}.items() if keyword not in drop}
    return file(*tables, *extra, version=version, cards=wanted)
