"""What ASPRO2 makes of an answer of ObsPortal: the rules of its style sheet and of RawObservation.validate() (25.12).

Written anew from their description; knows nothing of the server.
"""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

#: Beginning of the names of instruments in ASPRO2's configuration, and the modes that it knows for them.
_MODES = {
    "MIDI": r"(HIGH_SENS|SCI_PHOT)\+(PRISM|GRISM)",
    "AMBER": r"Low_JHK|Medium_H_1_1\.65|Medium_K_1_2\.[13]|High_K_1_\d\.\d{3}",
    "PIONIER": r"(BROAD|SMALL|LARGE|GRISM|FREE)-H|(BROAD|LARGE)-K",
    "GRAVITY": r"(LOW|MEDIUM|HIGH)-(COMBINED|SPLIT)",
    "GRAVITY_FT": r"LOW",
    "MATISSE_LM": r"SI_PHOT_(L_LOW|LM_LOW|M_LOW|LM_MEDIUM|L_HIGH|[LM]_VERY_HIGH)",
    "MATISSE_N": r"HIGH_SENS_N_(LOW|HIGH)",
    "SPICA": r"[LH]R|MR(640|685|720|800|850)",
}


class AsproFailureError(AssertionError):
    """ASPRO2 would lose the whole answer."""


@dataclass(frozen=True)
class AsproRow:
    """A row with what ASPRO2 holds against it: a subset of META, TIMES, UV."""

    cells: dict[str, str]
    flags: frozenset[str]


def read(text: bytes) -> list[AsproRow]:
    """Return what ASPRO2 would show.

    Raises
    ------
    AsproFailureError
        Where it would throw an exception.
    """
    try:
        root = ET.fromstring(text.decode("utf-8"))
    except (ET.ParseError, UnicodeDecodeError) as error:
        raise AsproFailureError(str(error)) from error
    if _name(root) != "VOTABLE" or len(_named(root, "RESOURCE")) != 1:
        raise AsproFailureError("one VOTABLE with one RESOURCE is wanted")
    (resource,) = _named(root, "RESOURCE")
    (table,) = _named(resource, "TABLE")
    names = [field.get("name") for field in _named(table, "FIELD")]
    rows = [
        dict(zip(names, [cell.text or "" for cell in _named(row, "TD")], strict=True))
        for data in _named(table, "DATA")
        for cells in _named(data, "TABLEDATA")
        for row in _named(cells, "TR")
    ]
    if not {"exp_id", "target_ra", "target_dec"} <= set(names):
        return []
    shown = [row for row in rows if row["exp_id"] and row["target_ra"] and row["target_dec"]]
    return [AsproRow(row, frozenset(_flags(row))) for row in shown]


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _named(element: ET.Element, name: str) -> list[ET.Element]:
    return [child for child in element if _name(child) == name]


def _flags(row: dict[str, str]) -> set[str]:
    if not row["instrument_name"]:
        raise AsproFailureError("no instrument: NullPointerException")
    flags = set()
    if row["obs_type"] not in ("science", "calibrator") or not row["interferometer_stations"]:
        flags.add("META")
    start, end = float(row["exp_mjd_start"]), float(row["exp_mjd_end"])
    if not (start and end and (end - start) * 86400 > 1):
        flags |= {"META", "TIMES"}
    if row["interferometer_name"] not in ("VLTI", "CHARA"):
        flags |= {"META", "TIMES", "UV"}
    known = any(
        name.startswith(row["instrument_name"]) and re.fullmatch(modes, row["instrument_mode"])
        for name, modes in _MODES.items()
    )
    if not known or not _is_plottable(row["exp_projected_baselines"]):
        flags |= {"META", "UV"}
    return flags


def _is_plottable(text: str) -> bool:
    if not text:
        return False
    try:
        baselines = json.loads(text)
        usable = [
            (float(one["length"]["start"]), float(one["angle"]["start"]), float(one["angle"]["end"]))
            for one in baselines.values()
        ]
    except (ValueError, AttributeError, TypeError) as error:
        raise AsproFailureError(f"baselines that are no object of objects: {text[:60]!r}") from error
    return bool(usable) and all(
        length > 0 and abs((end - start + 180) % 360 - 180) <= 10 for length, start, end in usable
    )
