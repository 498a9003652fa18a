"""Which frames are exposures on a target (frames.toml has the rules).

May import ``ingest.eso.header`` and ``ingest.eso.model``.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ingest.eso.header import Header
from ingest.eso.model import RawRecord

TABLE = Path(__file__).with_name("frames.toml")

#: A pattern, and why a frame that it fits is no exposure.
_Reason = tuple[re.Pattern[str], str]


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """What makes a frame of an instrument an exposure.

    Attributes
    ----------
    name, prefix
        In ASPRO2 and in identifiers of ESO's archive.
    needs
        Sets of words of DPR TYPE; an exposure has one of each.
    tech, catg
        Values of DPR TECH and DPR CATG that an exposure can have; empty where they are not asked.
    drop
        Words of DPR TYPE that no exposure has, and why.
    products, calibrators
        PRO CATG of products that stand for an exposure, and for one on a calibrator.
    values
        Keywords whose value says that a frame is none: keyword, pattern, why.
    """

    name: str
    prefix: str
    needs: tuple[frozenset[str], ...]
    tech: frozenset[str]
    catg: frozenset[str]
    drop: tuple[_Reason, ...]
    products: re.Pattern[str]
    calibrators: re.Pattern[str]
    values: tuple[tuple[str, re.Pattern[str], str], ...]


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def vlti_instruments() -> dict[str, Instrument]:
    """The instruments whose frames are read, by name."""
    table = _table()
    return {
        name: Instrument(
            name=name,
            prefix=row["prefix"],
            needs=tuple(map(frozenset, row["needs"])),
            tech=frozenset(row["tech"]),
            catg=frozenset(row["catg"]),
            drop=_reasons(row["drop"] + table["drop"]),
            products=re.compile(row["products"]),
            calibrators=re.compile(row["calibrators"]),
            values=tuple(
                (keyword, re.compile(pattern), why)
                for instrument, keyword, pattern, why in table["values"]
                if instrument == name
            ),
        )
        for name, row in table["instrument"].items()
    }


@cache
def _templates() -> tuple[_Reason, ...]:
    return _reasons(_table()["templates"])


def _reasons(lines: list[list[str]]) -> tuple[_Reason, ...]:
    return tuple((re.compile(pattern), why) for pattern, why in lines)


@lru_cache(maxsize=100)
def instrument_named(name: str) -> Instrument | None:
    """Find the instrument of INSTRUME: ``GRAVITY``, also with something behind, as ``MATISSE-LM``."""
    known = vlti_instruments()
    word = name.strip().upper()
    return known.get(word) or next(
        (known[key] for key in known if re.fullmatch(rf"{key}[-_ ].*", word)),
        None,
    )


def may_be_exposure(record: RawRecord) -> bool:
    """Say whether a frame can be an exposure, by what ESO's table of raw frames tells of it.

    Generous: with an empty value, or one that is not known, it can. What the header alone tells (a shutter, a lamp)
    is not asked, so that an exposure is never missed.
    """
    instrument = instrument_named(record.instrument)
    if instrument is None:
        return False
    return not class_problem(instrument, record.dp_cat.upper(), record.dp_type.upper(), record.dp_tech.upper())


@lru_cache(maxsize=5000)
def class_problem(instrument: Instrument, catg: str, kind: str, tech: str) -> str:
    """Say why a frame of that class is no exposure; empty when it can be one.

    Parameters
    ----------
    instrument
        Of the frame.
    catg, kind, tech
        DPR CATG, DPR TYPE and DPR TECH, in capitals.
    """
    words = _words(kind)
    for pattern, why in instrument.drop:
        if any(pattern.fullmatch(word) for word in words):
            return why
    if catg and instrument.catg and catg not in instrument.catg:
        return "acquisition" if catg.startswith("ACQ") else f"DPR CATG is {catg}"
    if words and not all(words & need for need in instrument.needs):
        return f"no fringes on a target: DPR TYPE is {kind}"
    if tech and instrument.tech and not _words(tech) & instrument.tech:
        return f"no fringes: DPR TECH is {tech}"
    return ""


def _words(value: str) -> frozenset[str]:
    return frozenset(word.strip() for word in value.split(",") if word.strip())


def frame_problem(instrument: Instrument, header: Header) -> str:
    """Say why the frame of a header is no exposure on a target; empty when it is one.

    Its class (DPR) decides. Products of pipelines that have lost it (GRAVITY, MATISSE) are judged by their own
    category, and by whether there are stations and a target.
    """
    word = header.word
    kind = word("DPR TYPE")
    problem = class_problem(instrument, word("DPR CATG"), kind, word("DPR TECH")) or _template_problem(word("TPL ID"))
    if problem:
        return problem
    for keyword, pattern, why in instrument.values:
        if pattern.fullmatch(word(keyword)):
            return why
    if header.integer("ISS CONF NTEL") == 0:
        return "laboratory: ISS CONF NTEL is 0"
    return "" if kind else _product_problem(instrument, header)


@lru_cache(maxsize=2000)
def _template_problem(template: str) -> str:
    return next((why for pattern, why in _templates() if pattern.fullmatch(template)), "")


def _product_problem(instrument: Instrument, header: Header) -> str:
    category = header.word("PRO CATG")
    if category and not instrument.products.fullmatch(category):
        return f"calibration product: PRO CATG is {category}"
    if header.text("ISS CONF STATION1") is None:
        return "neither DPR TYPE nor stations: nothing says that it was on a target"
    if header.text("OBS TARG NAME") is None:
        return "neither DPR TYPE nor OBS TARG NAME: nothing says that it was on a target"
    return ""
