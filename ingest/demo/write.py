"""OIFITS files of the simulated data, versions 1 and 2.

Tables, keywords, columns, formats and units follow Pauls et al. 2005 (PASP 117, 1255) for version 1 and Duvert et al.
2017 (A&A 597, A8) for version 2. May import `ingest.stations`.
"""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from ingest.demo.instruments import CALIBRATED, UNCALIBRATED, Mode
from ingest.demo.schedule import date_of
from ingest.demo.simulate import Columns, Setup
from ingest.demo.stars import Star
from ingest.stations import Station

ORIGIN = "oivo simulated survey"

#: Column to TFORM letter and unit; ``W`` before the letter: one value for each channel. None: a quantity without unit.
_COLUMNS: Mapping[str, tuple[str, str | None]] = {
    "TARGET_ID": ("I", None),
    "TIME": ("D", "s"),
    "MJD": ("D", "d"),
    "INT_TIME": ("D", "s"),
    "VISAMP": ("WD", None),
    "VISAMPERR": ("WD", None),
    "VISPHI": ("WD", "deg"),
    "VISPHIERR": ("WD", "deg"),
    "VIS2DATA": ("WD", None),
    "VIS2ERR": ("WD", None),
    "T3AMP": ("WD", None),
    "T3AMPERR": ("WD", None),
    "T3PHI": ("WD", "deg"),
    "T3PHIERR": ("WD", "deg"),
    "FLUXDATA": ("WD", None),
    "FLUXERR": ("WD", None),
    "UCOORD": ("D", "m"),
    "VCOORD": ("D", "m"),
    "U1COORD": ("D", "m"),
    "V1COORD": ("D", "m"),
    "U2COORD": ("D", "m"),
    "V2COORD": ("D", "m"),
    "STA_INDEX": ("I", None),
    "FLAG": ("WL", None),
    "VISREFMAP": ("WL", None),
}

_VERSION_2_COLUMNS = frozenset({"VISREFMAP"})

_FLUX_UNIT = {CALIBRATED: "Jy", UNCALIBRATED: "adu"}


@dataclass(frozen=True)
class Content:
    """All that goes into one file."""

    #: OIFITS version, 1 or 2.
    version: int
    setup: Setup
    #: TARGET_ID is the place in this list, counted from 1.
    stars: tuple[Star, ...]
    #: Instrument modes and their data tables by EXTNAME.
    data: Sequence[tuple[Mode, Mapping[str, Columns]]]
    #: DATE of the file.
    written: date
    #: Further cards of the primary header: keyword, value, comment.
    cards: Sequence[tuple[str, str | bool | int, str]] = ()


def to_bytes(content: Content, *, compress: bool = False) -> bytes:
    """Write the file, gzip-compressed if so wanted; the same content gives the same bytes."""
    buffer = BytesIO()
    fits.HDUList(_hdus(content)).writeto(buffer)
    data = buffer.getvalue()
    return gzip.compress(data, mtime=0) if compress else data


def _hdus(content: Content) -> list[Any]:
    tables = [_target(content), _array(content)]
    tables += [_wavelength(content, mode) for mode, _ in content.data]
    tables += [
        _data(content, mode, extname, columns) for mode, data in content.data for extname, columns in data.items()
    ]
    seen: dict[str, int] = {}
    for table in tables:
        seen[table.name] = seen.get(table.name, 0) + 1
        table.header["EXTVER"] = seen[table.name]
    return [_primary(content), *tables]


def _one(values: Sequence[str]) -> str:
    """Give the common value, or MULTI as the standard wants it where there are several."""
    return values[0] if len(set(values)) == 1 else "MULTI"


def _primary(content: Content) -> Any:
    hdu = fits.PrimaryHDU()
    header = hdu.header
    modes = [mode for mode, _ in content.data]
    mjd = np.concatenate([data["OI_VIS2"]["MJD"] for _, data in content.data])
    target = _one([star.name for star in content.stars])
    header["ORIGIN"] = (ORIGIN, "SIMULATED, not an observation")
    header["DATE"] = (content.written.isoformat(), "date this file was written")
    header["DATE-OBS"] = (date_of(mjd.min()).isoformat(), "UTC date of the first point")
    header["AUTHOR"] = ORIGIN
    header["TELESCOP"] = _telescope(content.setup)
    header["INSTRUME"] = _one([mode.instrument for mode in modes])
    header["OBSERVER"] = "oivo simulator"
    header["OBJECT"] = target
    if content.version == 2:
        header["CONTENT"] = "OIFITS2"
        header["INSMODE"] = _one([mode.setting for mode in modes])
        header["PROCSOFT"] = "oivo ingest.demo"
        header["MJD-OBS"] = (mjd.min(), "[d] middle of the first point")
        header["MJD-END"] = (mjd.max(), "[d] middle of the last point")
        header["NUM_CHAN"] = sum(mode.channels for mode in modes)
        if target != "MULTI":
            header["RA"] = (content.stars[0].ra, "[deg]")
            header["DEC"] = (content.stars[0].dec, "[deg]")
            header["EQUINOX"] = 2000.0
            header["RADECSYS"] = "ICRS"
    for keyword, value, comment in content.cards:
        header[f"HIERARCH {keyword}" if " " in keyword or len(keyword) > 8 else keyword] = (value, comment)
    header["COMMENT"] = "SIMULATED by oivo: the stars are real, the light is not."
    return hdu


def _telescope(setup: Setup) -> str:
    """TELESCOP as the observatories write it: ``ESO-VLTI-A1234``, ``ESO-VLTI-U1234``, ``CHARA``."""
    if setup.array.name != "VLTI":
        return setup.array.name
    kind = setup.array.station(setup.stations[0]).telescope[0]
    return f"ESO-VLTI-{kind}{''.join(str(i + 1) for i in range(len(setup.stations)))}"


def _table(name: str, revision: int, columns: Sequence[Any], keywords: Mapping[str, str | float]) -> Any:
    table = fits.BinTableHDU.from_columns(columns, name=name)
    table.header["OI_REVN"] = revision
    for keyword, value in keywords.items():
        table.header[keyword] = value
    return table


def _column(name: str, form: str, values: Sequence[object] | NDArray[Any], unit: str | None = None) -> Any:
    return fits.Column(name=name, format=form, unit=unit, array=np.asarray(values))


def _target(content: Content) -> Any:
    stars = content.stars
    rows = len(stars)
    zero = np.zeros(rows)
    columns = [
        _column("TARGET_ID", "1I", np.arange(1, rows + 1)),
        _column("TARGET", "16A", [star.name for star in stars]),
        _column("RAEP0", "1D", [star.ra for star in stars], "deg"),
        _column("DECEP0", "1D", [star.dec for star in stars], "deg"),
        _column("EQUINOX", "1E", np.full(rows, 2000.0), "yr"),
        _column("RA_ERR", "1D", zero, "deg"),
        _column("DEC_ERR", "1D", zero, "deg"),
        _column("SYSVEL", "1D", zero, "m/s"),
        _column("VELTYP", "8A", ["UNKNOWN"] * rows),
        _column("VELDEF", "8A", ["OPTICAL"] * rows),
        # With the factor cos(dec), as in the catalogues: the standard does not say, the writers do so.
        _column("PMRA", "1D", [star.pm_ra / 3.6e6 for star in stars], "deg/yr"),
        _column("PMDEC", "1D", [star.pm_dec / 3.6e6 for star in stars], "deg/yr"),
        _column("PMRA_ERR", "1D", zero, "deg/yr"),
        _column("PMDEC_ERR", "1D", zero, "deg/yr"),
        _column("PARALLAX", "1E", [star.parallax / 3.6e6 for star in stars], "deg"),
        _column("PARA_ERR", "1E", zero, "deg"),
        _column("SPECTYP", "16A", [star.spectral_type for star in stars]),
    ]
    if content.version == 2:
        columns.append(_column("CATEGORY", "3A", [star.category for star in stars]))
    return _table("OI_TARGET", content.version, columns, {})


def _array(content: Content) -> Any:
    array = content.setup.array
    stations = [array.station(name) for name in content.setup.stations]
    rows = len(stations)
    # On CHARA a telescope has one station and its name; the VLTI's are numbered and move between stations.
    names = [
        station.name if array.name == "CHARA" else f"{station.telescope}{number}"
        for number, station in enumerate(stations, 1)
    ]
    columns = [
        _column("TEL_NAME", "16A", names),
        _column("STA_NAME", "16A", [station.name for station in stations]),
        _column("STA_INDEX", "1I", np.arange(1, rows + 1)),
        _column("DIAMETER", "1E", [station.diameter for station in stations], "m"),
        _column("STAXYZ", "3D", [array.geocentric_offset(station) for station in stations], "m"),
    ]
    if content.version == 2:
        fov = [_field_of_view(content.data[0][0], station) for station in stations]
        columns += [_column("FOV", "1D", fov, "arcsec"), _column("FOVTYPE", "6A", ["FWHM"] * rows)]
    keywords: dict[str, str | float] = {"ARRNAME": array.name, "FRAME": "GEOCENTRIC"}
    keywords |= {f"ARRAY{axis}": float(value) for axis, value in zip("XYZ", array.geocentric, strict=True)}
    return _table("OI_ARRAY", content.version, columns, keywords)


def _field_of_view(mode: Mode, station: Station) -> float:
    """One Airy disk at the longest wavelength, which is what a single-mode fibre sees; arcsec."""
    return float(np.degrees(mode.longest / station.diameter) * 3600)


def _wavelength(content: Content, mode: Mode) -> Any:
    columns = [_column("EFF_WAVE", "1E", mode.wavelength, "m"), _column("EFF_BAND", "1E", mode.bandwidth, "m")]
    return _table("OI_WAVELENGTH", content.version, columns, {"INSNAME": mode.insname})


def _data(content: Content, mode: Mode, extname: str, columns: Columns) -> Any:
    start = date_of(columns["MJD"].min())
    keywords: dict[str, str | float] = {
        "DATE-OBS": start.isoformat(),
        "ARRNAME": content.setup.array.name,
        "INSNAME": mode.insname,
    }
    units: dict[str, str] = {}
    if extname == "OI_VIS" and content.version == 2:
        keywords |= {"AMPTYP": "absolute", "PHITYP": "differential", "PHIORDER": 0}
    if extname == "OI_FLUX":
        status = CALIBRATED if content.setup.calibrated else UNCALIBRATED
        keywords["CALSTAT"] = status
        units = dict.fromkeys(("FLUXDATA", "FLUXERR"), _FLUX_UNIT[status])
        if content.setup.calibrated:
            # A calibrated spectrum is the target's, whichever telescopes took it; the aperture goes with it.
            del keywords["ARRNAME"]
            keywords |= {
                "FOV": _field_of_view(mode, content.setup.array.station(content.setup.stations[0])),
                "FOVTYPE": "FWHM",
            }
    if content.version == 1 and "TIME" in columns:
        # Version 1 counts seconds from the beginning of DATE-OBS; version 2 keeps the column and wants 0.
        columns = {**columns, "TIME": (columns["MJD"] - np.floor(columns["MJD"].min())) * 86400}
    made = [
        _data_column(name, columns[name], units.get(name))
        for name in _COLUMNS
        if name in columns and (content.version == 2 or name not in _VERSION_2_COLUMNS)
    ]
    revision = 1 if extname == "OI_FLUX" else content.version
    return _table(extname, revision, made, keywords)


def _data_column(name: str, values: NDArray[Any], unit: str | None) -> Any:
    form, standard_unit = _COLUMNS[name]
    repeat = int(np.prod(values.shape[1:]))
    dim = f"({','.join(str(size) for size in reversed(values.shape[1:]))})" if values.ndim > 2 else None
    if repeat == 1:
        values = values.reshape(-1)
    return fits.Column(name=name, format=f"{repeat}{form[-1]}", unit=unit or standard_unit, array=values, dim=dim)
