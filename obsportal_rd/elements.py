"""Parts of ObsPortal's pages: addresses, links, lists of exposures.

Names come from headers; twisted's templates escape them. May import ``ingest`` and ``resdir``, and DaCHS for addresses.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from gavo import base
from twisted.web.template import Tag

from ingest.archive.marks import Mark
from ingest.archive.obsportal_search import FoundExposure
from resdir.elements import link, moment, number, table, two_lines
from resdir.marks import badge


def exposure_path(exp_id: str) -> str:
    """Return the address of an exposure; ASPRO2 and OiDB write it without escapes, too."""
    return str(base.makeSitePath(f"/detail/exposure/{quote(exp_id, safe=':')}"))


def search_path(**conditions: object) -> str:
    """Return the address of a search."""
    return f"{base.makeSitePath('/search')}?{urlencode({name: str(value) for name, value in conditions.items()})}"


def observation_link(observation_id: int, text: str) -> Any:
    """Return a link to an observation."""
    return link(base.makeSitePath(f"/detail/observation/{observation_id}"), text)


def target_link(target_id: int | None, text: str) -> Any:
    """Return a link to a target, or its mere name."""
    return text if target_id is None else link(base.makeSitePath(f"/detail/target/{target_id}"), text)


def programme_link(prog_id: str | None) -> Any:
    """Return a link to all exposures of a programme."""
    return link(search_path(program_id=prog_id), prog_id) if prog_id else ""


def sentences(text: str) -> list[str]:
    """Return a stored JSON list; nothing where it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [str(item) for item in found] if isinstance(found, list) else []


_EXPOSURE_HEADS = (
    "Target",
    ("Start (UTC)", "moment"),
    "Instrument",
    ("Stations", "whole"),
    ("Baselines (m)", "number"),
    ("Seeing (″)", "number"),
    ("τ0 (ms)", "number"),
    ("Programme", "whole"),
    "Exposure",
)


def exposures_table(label: str, exposures: Sequence[FoundExposure], marks: Mapping[int, Mark]) -> Any:
    """Return a table of exposures; calibrators that BadCal has are marked."""
    rows = [_exposure_row(found, marks.get(found.target_id or 0)) for found in exposures]
    return table(label, _EXPOSURE_HEADS, rows, stacked=True)


def _exposure_row(found: FoundExposure, mark: Mark | None) -> list[Any]:
    kind = "" if found.obs_type == "science" else [found.obs_type, " ", badge(mark)]
    return [
        two_lines(target_link(found.target_id, found.target_name or "(no name)"), kind),
        moment(found.mjd_start),
        two_lines(found.instrument, " ".join(part for part in (found.mode, found.submode) if part)),
        found.stations,
        _range(found.baseline_min, found.baseline_max),
        number(found.seeing, 2),
        number(None if found.tau0 is None else found.tau0 * 1000, 1),
        two_lines(programme_link(found.prog_id), _rights(found.release_date)),
        two_lines(
            link(exposure_path(found.exp_id), breakable(found.exp_id)),
            "" if found.validation_level else "header incomplete",
        ),
    ]


def _rights(release: datetime | None) -> str:
    return f"private until {release:%Y-%m-%d}" if release and release > datetime.now(UTC) else ""


def breakable(text: str) -> Any:
    """Return an identifier that may be broken where its parts end."""
    pieces: list[Any] = []
    for part in text.replace("T", "T\0").replace("_", "\0_").split("\0"):
        pieces += [part, Tag("wbr")]
    return pieces[:-1]


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f"{high:.0f}" if f"{low:.0f}" == f"{high:.0f}" else f"{low:.0f}–{high:.0f}"
