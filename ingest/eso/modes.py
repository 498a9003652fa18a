"""Instrument modes as ASPRO2 names them, and the values of a header that tell which one was in use (modes.toml).

May import ``ingest.eso.header``.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ingest.eso.header import Header

TABLE = Path(__file__).with_name("modes.toml")


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode of an instrument.

    Attributes
    ----------
    instrument, name
        As ASPRO2 has them.
    em_min, em_max
        Wavelengths, m; None where only the name is known.
    em_res_power
        Resolving power.
    """

    instrument: str
    name: str
    em_min: float | None
    em_max: float | None
    em_res_power: float | None


@dataclass(frozen=True, slots=True)
class _Rule:
    patterns: tuple[re.Pattern[str], ...]
    mode: str
    source: str


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def _modes() -> dict[tuple[str, str], Mode]:
    """Modes by instrument and name in capitals."""
    return {
        (row["instrument"], row["name"].upper()): Mode(
            row["instrument"], row["name"], _metres(row.get("min")), _metres(row.get("max")), row.get("power")
        )
        for row in _table()["mode"]
    }


def _metres(micrometres: float | None) -> float | None:
    # The nearest double of the decimal number: 1.95 * 1e-6 is not 1.95e-6.
    return None if micrometres is None else float(f"{micrometres}e-6")


@cache
def instruments() -> frozenset[str]:
    """Names of the instruments that have modes."""
    return frozenset(instrument for instrument, _ in _modes())


@cache
def mode_names(instrument: str) -> tuple[str, ...]:
    """Names of an instrument's modes, in the order of the table; none for one that is not in it."""
    return tuple(mode.name for mode in _modes().values() if mode.instrument == instrument)


@cache
def mode_keywords(instrument: str) -> tuple[tuple[str, ...], ...]:
    """Keywords whose values tell the mode; of each group the first that has a value counts."""
    rules = _table()["rules"].get(instrument)
    return tuple(tuple(group.split("|")) for group in rules["keywords"]) if rules else ()


@cache
def _rules(instrument: str) -> tuple[_Rule, ...]:
    return tuple(
        _Rule(tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns), mode, source)
        for *patterns, mode, source in _table()["rules"][instrument]["lines"]
    )


def mode_by_name(instrument: str, name: str) -> Mode | None:
    """Find a mode by its name, in any case; None where ASPRO2 has none of that name."""
    return _modes().get((instrument, name.upper()))


def mode_of(instrument: str, header: Header) -> Mode | None:
    """Find the mode that a header was taken in; None where its values fit none."""
    values = tuple(
        next((value for keyword in group if (value := header.word(keyword))), "") for group in mode_keywords(instrument)
    )
    return _matching(instrument, values)


@lru_cache(maxsize=1000)
def _matching(instrument: str, values: tuple[str, ...]) -> Mode | None:
    """Try the rules in their order; the combinations of values are few, headers many."""
    if not values:
        return None
    for rule in _rules(instrument):
        matches = [pattern.fullmatch(value) for pattern, value in zip(rule.patterns, values, strict=True)]
        if all(matches):
            group = next((match.group(1) for match in matches if match and match.re.groups), "")
            mode = mode_by_name(instrument, rule.mode.replace(r"\1", group))
            if mode is not None or rule.mode == "":
                return mode
    return None
