"""The numbers of ObsCore's extensions once more, with astropy and plain loops, from their definitions alone.

docs/extension.md defines them. Nothing of oivo is used but the key of a granule.
"""

import math
import statistics
import warnings
from io import BytesIO
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from astropy.io import fits

DATA = ("OI_VIS", "OI_VIS2", "OI_T3", "OI_FLUX")
SPEED_OF_LIGHT = 299792458.0


def numbers_of(content: bytes, target_row: int, insname: str, night: int) -> dict[str, Any]:
    """The numbers of one granule, by the name of the field of `ingest.oifits.Extension`; faults of files not mended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(BytesIO(content), memmap=False, character_as_bytes=True) as hdus:
            tables = [hdu for hdu in hdus[1:] if isinstance(hdu, fits.BinTableHDU)]
            return _numbers(tables, target_row, insname, night)


def _numbers(tables: list[fits.BinTableHDU], target_row: int, insname: str, night: int) -> dict[str, Any]:
    targets = next(hdu for hdu in tables if hdu.name == "OI_TARGET")
    target_id = int(targets.data["TARGET_ID"][target_row])
    wavelength = next(hdu for hdu in tables if hdu.name == "OI_WAVELENGTH" and _insname(hdu) == insname)
    wave = [float(w) for w in np.atleast_1d(wavelength.data["EFF_WAVE"])]
    band = [float(b) for b in np.atleast_1d(wavelength.data["EFF_BAND"])]
    rows = [
        (hdu, n)
        for hdu in tables
        if hdu.name in DATA and _insname(hdu) == insname
        for n in range(len(hdu.data))
        if hdu.data["TARGET_ID"][n] == target_id and math.floor(hdu.data["MJD"][n] + 0.5) == night
    ]
    points = _points(rows)
    widths = [SPEED_OF_LIGHT * b / w**2 for w, b in zip(wave, band, strict=True) if w > 0 and 0 < b < math.inf]
    times = [float(hdu.data["INT_TIME"][n]) for hdu, n in rows]
    times = [time for time in times if 0 < time <= 4 * 3600]
    used = [
        frozenset(int(i) for i in np.atleast_1d(hdu.data["STA_INDEX"][n]))
        for hdu, n in rows
        if "STA_INDEX" in hdu.columns.names
    ]
    triplets = {group for group in used if len(group) == 3}
    pairs = {group for group in used if len(group) == 2}
    pairs |= {frozenset(side) for triplet in triplets for side in combinations(triplet, 2)}
    vis2, vis2_error = _measurements(rows, "OI_VIS2", "VIS2DATA", "VIS2ERR")
    phases, phase_error = _measurements(rows, "OI_T3", "T3PHI", "T3PHIERR")
    return {
        "f_resolution": max(widths, default=None),
        **shape_of(points, [w for w in wave if w > 0]),
        "nb_baselines": len(pairs),
        "nb_triplets": len(triplets),
        "nb_vis2_valid": vis2,
        "nb_t3phi_valid": phases,
        "vis2_error": vis2_error,
        "t3phi_error": phase_error,
        "t_exp_max": max(times, default=None),
        "t_exp_mean": sum(times) / len(times) if times else None,
        **_telescopes(tables, rows, frozenset().union(*used)),
    }


def _insname(hdu: fits.BinTableHDU) -> str:
    return str(hdu.header["INSNAME"]).strip()


def _points(rows: list[tuple[fits.BinTableHDU, int]]) -> list[tuple[float, float]]:
    """Different points of the uv plane, each with its opposite."""
    found: dict[tuple[int, int], tuple[float, float]] = {}
    for hdu, n in rows:
        if hdu.name == "OI_T3":
            one, two = _vector(hdu, n, "U1COORD", "V1COORD"), _vector(hdu, n, "U2COORD", "V2COORD")
            sides = [one, two, (one[0] + two[0], one[1] + two[1])]
        elif hdu.name == "OI_FLUX":
            continue
        else:
            sides = [_vector(hdu, n, "UCOORD", "VCOORD")]
        for u, v in sides:
            if math.isfinite(u) and math.isfinite(v) and math.hypot(u, v) > 1e-3:
                found.setdefault((round(u * 1000), round(v * 1000)), (u, v))
                found.setdefault((round(-u * 1000), round(-v * 1000)), (-u, -v))
    return list(found.values())


def _vector(hdu: fits.BinTableHDU, n: int, first: str, second: str) -> tuple[float, float]:
    return float(np.ravel(hdu.data[first][n])[0]), float(np.ravel(hdu.data[second][n])[0])


def shape_of(points: list[tuple[float, float]], wave: list[float]) -> dict[str, float | None]:
    """Eccentricity, filling and range of angles of points (m), each of which has its opposite; wavelengths in m."""
    if not points:
        return {"uv_ecc": None, "uv_fill": None, "uv_angle": None}
    cloud = np.array(points)
    # principal components: eigenvectors of the scatter
    _, vectors = np.linalg.eigh(cloud.T @ cloud)
    turned = cloud @ vectors
    small, large = sorted(np.abs(turned).max(axis=0))
    angles = sorted(math.degrees(math.atan2(u, v)) % 180 for u, v in points)
    gaps = [b - a for a, b in pairwise(angles)] + [180 - angles[-1] + angles[0]]
    if small < 1e-6 * large:
        return {"uv_ecc": 1.0, "uv_fill": None, "uv_angle": 180 - max(gaps)}
    samples = np.concatenate([turned / w for w in wave])
    edges = [[-np.abs(samples[:, axis]).max(), np.abs(samples[:, axis]).max()] for axis in (0, 1)]
    counts, *_ = np.histogram2d(samples[:, 0], samples[:, 1], bins=1000, range=edges)
    return {
        "uv_ecc": math.sqrt(1 - (small / large) ** 2),
        "uv_fill": float((counts > 0).mean()),
        "uv_angle": 180 - max(gaps),
    }


def _measurements(rows: Any, kind: str, value: str, error: str) -> tuple[int, float | None]:
    valid, errors = 0, []
    for hdu, n in rows:
        if hdu.name != kind:
            continue
        cells = zip(
            *(np.atleast_1d(hdu.data[name][n]).tolist() for name in (value, error, "FLAG")),
            strict=True,
        )
        for cell, sigma, flag in cells:
            if math.isfinite(cell) and not flag:
                valid += 1
                if 0 < sigma < math.inf:
                    errors.append(sigma)
    return valid, statistics.median(errors) if errors else None


def _telescopes(tables: Any, rows: Any, used: frozenset[int]) -> dict[str, float | None]:
    nothing = dict.fromkeys(("distance_min", "distance_max", "diameter_min", "diameter_max"))
    arrname = next((hdu.header["ARRNAME"] for hdu, _ in rows if hdu.header.get("ARRNAME")), None)
    arrays = [hdu for hdu in tables if hdu.name == "OI_ARRAY" and hdu.header.get("ARRNAME") == arrname]
    if not arrays:
        return nothing
    stations = {int(row["STA_INDEX"]): row for row in arrays[0].data if int(row["STA_INDEX"]) in used}
    diameters = [float(row["DIAMETER"]) for row in stations.values()]
    diameters = [diameter for diameter in diameters if 0.01 < diameter < 100]
    nothing |= {"diameter_min": min(diameters, default=None), "diameter_max": max(diameters, default=None)}
    if set(stations) != used or len(used) < 2:
        return nothing
    lengths = [math.dist(a["STAXYZ"], b["STAXYZ"]) for a, b in combinations(stations.values(), 2)]
    return nothing | ({"distance_min": min(lengths), "distance_max": max(lengths)} if min(lengths) > 0 else {})
