"""The stations of an exposure and what the header tells of its baselines.

May import ``ingest.stations``, ``ingest.eso.header``, ``ingest.eso.keywords`` and ``ingest.eso.model``.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from ingest.eso.header import Header, Keys
from ingest.eso.keywords import ARMS
from ingest.eso.model import ProjectedBaseline
from ingest.stations import Station, load_array

Position = tuple[float, float, float]

#: ISS CONF TnX/Y/Z of a station vary by up to 5 cm from night to night (fits of the delay model). Further off than
#: this, m, they are those of another station (laboratory frames), or Z is 0 (UTs in 2007).
_SAME_STATION = 0.3
#: Nowhere on the platform: m from the reference point.
_FARTHEST = 250.0
#: Shorter is 0 (laboratory), longer than any baseline of VLTI, m.
SHORTEST, LONGEST = 0.1, 205.0
_UNIT = re.compile(r"UT?([1-4])")
_PLACES = {arm: Keys(*(f"ISS CONF T{arm}{axis}" for axis in "XYZ")) for arm in ARMS}
#: By the number of pairs: START of all, then END; of the lengths, then of the angles.
_SEEN = {
    number * (number - 1) // 2: Keys(
        *(
            f"ISS {what}{first}{second} {when}"
            for what in ("PBL", "PBLA")
            for when in ("START", "END")
            for first, second in combinations(ARMS[:number], 2)
        )
    )
    for number in range(2, len(ARMS) + 1)
}


@dataclass(frozen=True, slots=True)
class Arms:
    """Stations, telescopes and places (east, north, up; m) in the order of the beams; what is odd about them."""

    stations: tuple[str, ...]
    telescopes: tuple[str, ...]
    positions: tuple[Position | None, ...]
    findings: tuple[str, ...]


@cache
def _known() -> dict[str, Station]:
    return dict(load_array("VLTI").stations)


def arms_of(header: Header) -> Arms:
    """Read the telescopes of an exposure, no more of them than ISS CONF NTEL."""
    number = header.integer("ISS CONF NTEL")
    stations: list[str] = []
    telescopes: list[str] = []
    positions: list[Position | None] = []
    findings: list[str] = []
    for arm in ARMS if number is None else ARMS[: max(number, 0)]:
        name = header.text(f"ISS CONF STATION{arm}")
        if name is None:
            break
        station = _station_name(name)
        stations.append(station)
        telescopes.append(header.text(f"ISS CONF T{arm}NAME") or _telescope(station))
        position, odd = _position(header, arm, station)
        positions.append(position)
        findings += odd
    return Arms(
        tuple(stations), tuple(telescopes), tuple(positions), (*findings, *_odd_array(header, number, stations))
    )


def _station_name(name: str) -> str:
    """``U1``, also where the header says UT1."""
    unit = _UNIT.fullmatch(name.upper())
    return f"U{unit.group(1)}" if unit else name.upper()


def _telescope(station: str) -> str:
    """The telescope on a station, for headers without TnNAME (2007): of ATs only the kind is known."""
    known = _known().get(station)
    return f"UT{station[1:]}" if _UNIT.fullmatch(station) else known.telescope if known else ""


def _position(header: Header, arm: str, station: str) -> tuple[Position | None, list[str]]:
    """Where the header says that the station is; None where that is not credible."""
    west, south, up = header.numbers(_PLACES[arm])
    if west is None or south is None or up is None or max(abs(west), abs(south)) > _FARTHEST:
        return None, []
    known = _known().get(station)
    if known is None or _near(known, -west, -south, up):
        return (-west, -south, up), []
    return None, [f"ISS CONF T{arm}X, Y, Z are not those of station {station}: the table's place counts"]


def _near(station: Station, east: float, north: float, up: float) -> bool:
    offsets = station.east - east, station.north - north, station.up - up
    return max(map(abs, offsets)) < _SAME_STATION


def _odd_array(header: Header, number: int | None, stations: list[str]) -> list[str]:
    findings = []
    if number is not None and number != len(stations):
        findings.append(f"ISS CONF NTEL is {number}, but there are {len(stations)} stations")
    used = header.word("TELESCOP").rpartition("-")[2]
    if used[1:].isdigit() and len(used) - 1 != len(stations):
        findings.append(f"TELESCOP has {len(used) - 1} telescopes, but there are {len(stations)} stations")
    unknown = [name for name in stations if name not in _known()]
    if unknown:
        findings.append(f"no such station: {', '.join(unknown)}")
    if len(set(stations)) < len(stations):
        findings.append(f"a station is named twice: {' '.join(stations)}")
    return findings


def header_baselines(header: Header, stations: tuple[str, ...]) -> tuple[tuple[ProjectedBaseline, ...], list[str]]:
    """Read ISS PBLij and PBLAij of all pairs of telescopes, in their order; say which lengths cannot be."""
    pairs = tuple(combinations(stations[: len(ARMS)], 2))
    if not pairs:
        return (), []
    keys = _SEEN[len(pairs)]
    values = header.numbers(keys)
    findings = [
        f"{key} is {length:g} m"
        for key, length in zip(keys.names[: 2 * len(pairs)], values, strict=False)
        if length is not None and not SHORTEST < length < LONGEST
    ]
    lengths = [length if length is not None and SHORTEST < length < LONGEST else None for length in values]
    angles = [angle % 360 if angle is not None and -360 <= angle <= 360 else None for angle in values]
    # START of all pairs, then END; lengths, then angles
    number = len(pairs)
    columns = (lengths[:number], lengths[number:], angles[2 * number :], angles[3 * number :])
    baselines = tuple(
        ProjectedBaseline(first, second, None, None, None, None, *told)
        for (first, second), *told in zip(pairs, *columns, strict=False)
    )
    return baselines, findings
