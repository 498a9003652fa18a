"""Projected baselines of exposures, many at a time: computed, compared with the header's, written for ASPRO2.

May import ``ingest.stations``, ``ingest.eso.sky``, ``ingest.eso.validity`` and ``ingest.eso.model``.
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np

from ingest.eso.model import Exposure, ProjectedBaseline
from ingest.eso.sky import apparent_places
from ingest.eso.validity import aspro_objections
from ingest.stations import Array, Vector, altitude, load_array, project

#: Differences from the header's baselines that are reported, m and degrees (un-precessed coordinates, which AMBER's
#: header values are made of, make up to 0.2 m).
_LENGTH_BAR, _ANGLE_BAR = 0.5, 2.0
#: VLTI points no lower than 25 degrees or so; ASPRO2 rejects a row with a baseline that turns by more than 10.
_LOWEST, _TURN = 15.0, 10.0
#: What `load_array` knows.
_ARRAYS = ("VLTI", "CHARA")

#: A baseline at start or end: length, m, and position angle, degrees.
_Polar = tuple[float, float]


def with_baselines(exposures: Sequence[Exposure]) -> list[Exposure]:
    """Add the computed baselines, what ASPRO2 would object to, and findings where the header has other baselines.

    A baseline is the vector from its first station to its second, seen at `mjd_start` and `mjd_end`. The places of
    the stations are those of the header, which follow the nightly fits of the delay model, else the table's; the
    pointing is turned from ICRS to the date of observation.

    Parameters
    ----------
    exposures
        Any number; ERFA and numpy do all at once.

    Returns
    -------
    list of Exposure
        In the same order. Where stations, position or array are not known the computed values stay None.
    """
    done: dict[int, Exposure] = {}
    for name in _ARRAYS:
        chosen = [i for i, exposure in enumerate(exposures) if exposure.interferometer == name and _located(exposure)]
        if chosen:
            done |= zip(chosen, _computed(load_array(name), [exposures[i] for i in chosen]), strict=True)
    return [done.get(i) or _judged(exposure, exposure.baselines) for i, exposure in enumerate(exposures)]


def _located(exposure: Exposure) -> bool:
    return len(exposure.stations) > 1 and _pointing(exposure) is not None


def _pointing(exposure: Exposure) -> tuple[float, float] | None:
    """RA and DEC of the header, else what the user had asked for: 8 arcsec are 5 mm on 130 m."""
    if exposure.ra is not None and exposure.dec is not None:
        return exposure.ra, exposure.dec
    if exposure.ref_ra is not None and exposure.ref_dec is not None:
        return exposure.ref_ra, exposure.ref_dec
    return None


@cache
def _table(array: str) -> dict[str, tuple[float, float, float]]:
    return {name: (place.east, place.north, place.up) for name, place in load_array(array).stations.items()}


def _places(exposure: Exposure) -> list[tuple[float, float, float] | None]:
    """East, north, up of the stations, m."""
    table = _table(exposure.interferometer)
    told = exposure.positions or (None,) * len(exposure.stations)
    return [place or table.get(name) for name, place in zip(exposure.stations, told, strict=True)]


def _computed(array: Array, exposures: list[Exposure]) -> Iterator[Exposure]:
    """Compute baselines of exposures that have stations and a pointing; yield the exposures in their order."""
    pointings = np.array([_pointing(exposure) for exposure in exposures], float)
    mjd = np.array([(exposure.mjd_start, exposure.mjd_end) for exposure in exposures], float)
    hour_angle, declination = apparent_places(array.longitude, pointings[:, 0], pointings[:, 1], mjd)
    heights = altitude(array.latitude, hour_angle[:, 0], declination[:, 0]).tolist()

    pairs = [list(combinations(_places(exposure), 2)) for exposure in exposures]
    ends = [(first, second) for of_one in pairs for first, second in of_one if first is not None and second is not None]
    owner = [i for i, of_one in enumerate(pairs) for pair in of_one if None not in pair]
    vectors = np.array(ends, float).reshape(-1, 2, 3)
    equatorial = array.equatorial(vectors[:, 1] - vectors[:, 0])
    uvw: Vector = project(equatorial[:, None], hour_angle[owner], declination[owner])
    # As Python's floats: numpy's own would make each row of the archive slower to write.
    rows = iter(uvw[:, :, :2].reshape(-1, 4).tolist())

    for exposure, of_one, height in zip(exposures, pairs, heights, strict=True):
        told = {(line.first, line.second): line for line in exposure.baselines}
        baselines = tuple(
            _with_uv(told.get(names), names, next(rows) if None not in pair else None)
            for names, pair in zip(combinations(exposure.stations, 2), of_one, strict=True)
        )
        findings = tuple(_differences(baselines))
        if height < _LOWEST:
            findings += (f"the target was at an altitude of {height:.0f} deg: position, time or both are wrong",)
        yield _judged(exposure, baselines, findings)


def _judged(exposure: Exposure, baselines: tuple[ProjectedBaseline, ...], findings: tuple[str, ...] = ()) -> Exposure:
    """The exposure with its baselines, and with what is wrong with them."""
    objections = aspro_objections(exposure, _coverage(baselines))
    return replace(exposure, baselines=baselines, findings=exposure.findings + findings, aspro_log=objections)


def _with_uv(line: ProjectedBaseline | None, names: tuple[str, str], row: Sequence[float] | None) -> ProjectedBaseline:
    """The baseline with u and v at start and end, `row`, and what the header tells of it, `line`."""
    if row is None:
        return line or ProjectedBaseline(*names)
    u_start, v_start, u_end, v_end = row
    if line is None:
        return ProjectedBaseline(*names, u_start, v_start, u_end, v_end)
    return ProjectedBaseline(
        *names,
        u_start,
        v_start,
        u_end,
        v_end,
        line.header_length_start,
        line.header_length_end,
        line.header_angle_start,
        line.header_angle_end,
    )


def polar(u: float, v: float) -> _Polar:
    """Length and position angle, degrees from north through east in [0, 360)."""
    return math.hypot(u, v), math.degrees(math.atan2(u, v)) % 360


def turned(first: float, second: float) -> float:
    """Angle between two directions, degrees, at most 180."""
    return abs((second - first + 180) % 360 - 180)


def _differences(baselines: Iterable[ProjectedBaseline]) -> Iterator[str]:
    """Say where the header's baselines at the start are others than the computed ones.

    Not those at the end, which are of when the file was closed: up to 40 s after the last integration.
    """
    largest = 0.0
    angles: list[tuple[float, float]] = []
    for line in baselines:
        if line.u_start is None or line.v_start is None:
            continue
        length, angle = polar(line.u_start, line.v_start)
        if line.header_length_start is not None:
            largest = max(largest, abs(line.header_length_start - length))
        if line.header_angle_start is not None:
            angles.append((angle, line.header_angle_start))
    if largest > _LENGTH_BAR:
        yield f"the header's baselines are up to {largest:.2f} m from the computed ones"
    off = max((turned(*pair) for pair in angles), default=0.0)
    if off <= _ANGLE_BAR:
        return
    if max(turned(angle, 90 - told) for angle, told in angles) < _ANGLE_BAR:
        yield "ISS PBLA is counted from east, not from north"
    elif max(turned(angle, told + 180) for angle, told in angles) < _ANGLE_BAR:
        yield "ISS PBLA is that of the opposite baselines"
    else:
        yield f"the header's position angles are up to {off:.1f} deg from the computed ones"


def _published(line: ProjectedBaseline) -> tuple[_Polar, _Polar] | None:
    """The baseline as it is published, at start and end: computed, else the header's; None where neither is whole."""
    if line.u_start is not None and line.v_start is not None and line.u_end is not None and line.v_end is not None:
        return polar(line.u_start, line.v_start), polar(line.u_end, line.v_end)
    if line.header_length_start is None or line.header_length_end is None:
        return None
    if line.header_angle_start is None or line.header_angle_end is None:
        return None
    return (line.header_length_start, line.header_angle_start), (line.header_length_end, line.header_angle_end)


def _coverage(baselines: Iterable[ProjectedBaseline]) -> str:
    """What ASPRO2 finds wrong with the baselines of a row; empty when it can draw them."""
    seen = [published for line in baselines if (published := _published(line)) and min(published)[0] > 0]
    if not seen:
        return "no projected baselines"
    largest = max(turned(start[1], end[1]) for start, end in seen)
    return f"a baseline turns by {largest:.0f} deg, more than {_TURN:.0f}" if largest > _TURN else ""


def aspro_text(baselines: Iterable[ProjectedBaseline]) -> str:
    """Write baselines as ASPRO2 reads them, `exp_projected_baselines`.

    Returns
    -------
    str
        JSON: for each baseline, as ``U1-U2``, length (m) and angle (degrees from north through east), each at start
        and end; empty when no baseline is known.
    """
    shown = {}
    for line in baselines:
        published = _published(line)
        if published is not None:
            (length_start, angle_start), (length_end, angle_end) = published
            shown[f"{line.first}-{line.second}"] = {
                "length": {"start": round(length_start, 4), "end": round(length_end, 4)},
                "angle": {"start": round(angle_start, 4), "end": round(angle_end, 4)},
            }
    return json.dumps(shown) if shown else ""
