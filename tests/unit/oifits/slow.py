"""Granules once more, with astropy and plain loops, from the rules alone (R1 to R16): slow, and independent."""

import math
import warnings
from io import BytesIO
from typing import Any

import numpy as np
from astropy.io import fits

DATA = ("OI_VIS", "OI_VIS2", "OI_T3", "OI_FLUX")

Record = tuple[Any, ...]


def records(content: bytes) -> list[Record]:
    """The fifteen reference fields of each granule, in order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(BytesIO(content), memmap=False, character_as_bytes=True) as hdus:
            tables = [hdu for hdu in hdus[1:] if isinstance(hdu, fits.BinTableHDU)]
            return _records([hdu for hdu in tables if str(hdu.header.get("EXTNAME", "")).strip() in KNOWN])


KNOWN = ("OI_TARGET", "OI_ARRAY", "OI_WAVELENGTH", *DATA)


def _records(tables: list[fits.BinTableHDU]) -> list[Record]:
    targets = next((hdu for hdu in tables if _name(hdu) == "OI_TARGET"), None)
    if targets is None:
        return []
    ids = [int(i) for i in _column(targets, "TARGET_ID", -32768)]
    if len(ids) == 1 and ids[0] < 1:
        ids = [1]
    wavelengths: dict[str, fits.BinTableHDU] = {}
    for hdu in tables:
        if _name(hdu) == "OI_WAVELENGTH" and "INSNAME" in hdu.header:
            wavelengths.setdefault(_text(hdu, "INSNAME"), hdu)
    arrays = {_text(hdu, "ARRNAME") for hdu in tables if _name(hdu) == "OI_ARRAY" and "ARRNAME" in hdu.header}
    rows = list(_rows(tables, ids, wavelengths, arrays))
    found = []
    for n, target_id in enumerate(ids):
        for insname in sorted(wavelengths):
            mine = [row for row in rows if row["id"] == target_id and row["insname"] == insname]
            for night in dict.fromkeys(row["night"] for row in mine):
                granule = [row for row in mine if row["night"] == night]
                found.append(_record(targets, n, insname, wavelengths[insname], granule))
    return found


def _rows(tables, ids, wavelengths, arrays):
    for hdu in tables:
        if _name(hdu) not in DATA or "INSNAME" not in hdu.header:
            continue
        insname = next(iter(wavelengths)) if len(wavelengths) == 1 else _text(hdu, "INSNAME")
        arrname = _text(hdu, "ARRNAME") if "ARRNAME" in hdu.header else None
        if arrname is not None and len(arrays) == 1:
            arrname = next(iter(arrays))
        columns = (_column(hdu, "TARGET_ID", -32768), _column(hdu, "MJD", math.nan), _column(hdu, "INT_TIME", math.nan))
        for target_id, mjd, int_time in zip(*columns, strict=True):
            if len(ids) == 1 and target_id != -32768:
                target_id = ids[0]
            yield {
                "kind": _name(hdu),
                "insname": insname,
                "arrname": arrname,
                "id": int(target_id),
                "mjd": float(mjd),
                "int_time": float(int_time),
                "night": -(2**31) if math.isnan(mjd) else math.floor(mjd + 0.5),
            }


def _record(targets, n, insname, wavelength, rows) -> Record:
    wave = [float(np.float32(w)) for w in _column(wavelength, "EFF_WAVE", math.nan)]
    band = [float(np.float32(b)) for b in _column(wavelength, "EFF_BAND", math.nan)]
    ratios = [w / b for w, b in zip(wave, band, strict=True) if b and math.isfinite(w / b) and w / b > 0]
    total = 0.0
    for ratio in ratios:
        total += ratio
    real_wave = [w for w in wave if not math.isnan(w)]
    mjd = [row["mjd"] for row in rows if not math.isnan(row["mjd"])]
    counts = [sum(row["kind"] == kind for row in rows) for kind in ("OI_VIS", "OI_VIS2", "OI_T3")]
    name = np.asarray(targets.data["TARGET"]).astype("S")[n].split(b"\0")[0].decode("latin-1")
    return (
        "".join(c if c.isprintable() else " " for c in name).strip(),
        float(_column(targets, "RAEP0", math.nan)[n]),
        float(_column(targets, "DECEP0", math.nan)[n]),
        min((row["int_time"] for row in rows if not math.isnan(row["int_time"])), default=math.inf),
        min(mjd, default=math.inf),
        max(mjd, default=-math.inf),
        total / len(ratios) if ratios else math.nan,
        min(real_wave, default=math.inf),
        max(real_wave, default=-math.inf),
        next((row["arrname"] for row in rows if row["arrname"]), ""),
        insname,
        *counts,
        wavelength.header["NAXIS2"],
    )


def _name(hdu) -> str:
    return str(hdu.header["EXTNAME"]).strip()


def _text(hdu, keyword) -> str:
    return str(hdu.header[keyword]).strip()


def _column(hdu, name, default):
    """Values as stored; astropy finds columns in any case, the standard does not (R14)."""
    if name not in hdu.columns.names:
        return [default] * hdu.header["NAXIS2"]
    return np.asarray(hdu.data.field(name)).reshape(-1)
