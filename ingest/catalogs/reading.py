"""From texts, as forms, tables and programs bring them, to the values of an entry.

Every text that cannot be a value is a finding; the rules of the catalogues are asked afterwards, with the star's
position. May import the modules of this package.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from ingest.catalogs import badcal, jmdc
from ingest.catalogs.badcal import Report
from ingest.catalogs.bands import BAND_LETTERS
from ingest.catalogs.fields import FIELDS, Field, field_of
from ingest.catalogs.findings import Finding, error, in_order, warning
from ingest.catalogs.jmdc import Measurement
from ingest.catalogs.names import tidy_id
from ingest.catalogs.texts import plain, told

Entry = Measurement | Report

#: No text of an entry has as many characters; what is longer is not even looked at.
_FAR_TOO_LONG = 10_000
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PARTS = re.compile(r"([+-]?)\s*(\d{1,3})[\s:hd°]+(\d{1,2})[\s:m′']+(\d{1,2}(?:\.\d*)?)\s*[s″\"]?", re.ASCII)
_YES, _NO = ("1", "yes", "y", "true", "t", "on"), ("0", "no", "n", "false", "f")


@dataclass(frozen=True)
class Draft:
    """What could be read of an entry.

    Attributes
    ----------
    values
        By field; None or "" for what is not there or could not be read.
    findings
        About texts that could not be read, or that belong to no field.
    """

    catalogue: str
    values: dict[str, Any]
    findings: tuple[Finding, ...]

    @property
    def place(self) -> tuple[float, float] | None:
        """Right ascension and declination that were given, deg."""
        ra, dec = self.values["ra"], self.values["dec"]
        return None if ra is None or dec is None else (ra, dec)

    @property
    def name(self) -> str:
        """Name of the star."""
        return str(self.values["id1" if self.catalogue == "jmdc" else "name"])

    @property
    def unreadable(self) -> frozenset[str]:
        """Fields whose texts could not be read."""
        return frozenset(finding.field for finding in self.findings)


def read_values(catalogue: str, given: Mapping[str, str]) -> Draft:
    """Read the texts of one entry; those that are missing are empty.

    Parameters
    ----------
    catalogue
        ``jmdc`` or ``badcal``.
    given
        Texts by name of field.
    """
    values: dict[str, Any] = {}
    findings = [_unknown(name, catalogue) for name in given if field_of(catalogue, name) is None]
    for field in FIELDS[catalogue]:
        try:
            values[field.name] = _read(field, given.get(field.name, ""))
        except ValueError as problem:
            values[field.name] = None if field.kind not in _TEXTS else ""
            findings.append(error("unreadable", field.name, str(problem)))
            continue
        if field.needed and values[field.name] in (None, ""):
            findings.append(error("missing", field.name, "is missing"))
    if (values["ra"] is None) != (values["dec"] is None) and not {"ra", "dec"} & {each.field for each in findings}:
        missing = "ra" if values["ra"] is None else "dec"
        findings.append(error("missing", missing, "is missing: a position needs both coordinates"))
    return Draft(catalogue, values, in_order(findings))


def _unknown(name: str, catalogue: str) -> Finding:
    shown = "".join(char if char.isprintable() else "�" for char in name[:40])
    near = get_close_matches(name[:40].lower(), [field.name for field in FIELDS[catalogue]], 1)
    meant = f": is {near[0]} meant?" if near else ""
    return warning("unknown-field", shown, f"is no field and would be lost{meant}")


def _read(field: Field, text: str) -> Any:
    if len(text) > _FAR_TOO_LONG:
        raise ValueError(f"has {len(text)} characters")
    return _KINDS[field.kind](field, plain(text))


def _text(field: Field, text: str) -> str:
    return text


def _number(field: Field, text: str) -> float | None:
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return float(text)
    decimal_comma = _NUMBER.fullmatch(text.replace(",", "."))
    raise ValueError(f"{text[:40]!r} is no number{': write a point for the comma' if decimal_comma else ''}")


def _angle(field: Field, text: str) -> float | None:
    if not text or _NUMBER.fullmatch(text):
        value = _number(field, text)
        wrong = value is not None and not (0 <= value < 360 if field.name == "ra" else -90 <= value <= 90)
    else:
        value = _sexagesimal(text.replace("−", "-"), 24 if field.name == "ra" else 90)
        wrong = value is None
        value = 15 * value if value is not None and field.name == "ra" else value
    if wrong:
        wanted = "0 to 360 degrees, or hours" if field.name == "ra" else "-90 to 90 degrees, or degrees"
        raise ValueError(f"{text[:40]!r} is no {field.label}: {wanted}, minutes and seconds, are wanted")
    return None if value is None else round(value, 8)


def _sexagesimal(text: str, most: int) -> float | None:
    found = _PARTS.fullmatch(text)
    if not found or float(found[3]) >= 60 or float(found[4]) >= 60 or (most == 24 and found[1] == "-"):
        return None
    size = int(found[2]) + int(found[3]) / 60 + float(found[4]) / 3600
    if size > most or (most == 24 and size == most):
        return None
    return -size if found[1] == "-" else size


def _choice(field: Field, text: str) -> int | str | None:
    """Return a code, given as such or in words."""
    if not text:
        return None
    for code, words in field.choices:
        # codes that are numbers are also written like 1.0
        if text in (code, f"{code}.0") or text.casefold() == words.casefold():
            return int(code) if code.isdigit() else code
    known = ", ".join(f"{code} ({words})" if code.isdigit() else code for code, words in field.choices)
    raise ValueError(f"{text[:40]!r} is none of {known}")


def _flag(field: Field, text: str) -> bool | None:
    if not text:
        return None
    if text.casefold() not in _YES + _NO:
        raise ValueError(f"{text[:40]!r} is neither yes nor no")
    return text.casefold() in _YES


def _day(field: Field, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else _no_day(text)
    except ValueError:
        return _no_day(text)


def _no_day(text: str) -> date:
    raise ValueError(f"{text[:40]!r} is no day like 2026-03-31") from None


_TEXTS = ("text", "long", "address")
_KINDS: dict[str, Callable[[Field, str], Any]] = {
    **dict.fromkeys(_TEXTS, _text),
    "number": _number,
    "angle": _angle,
    "choice": _choice,
    "flag": _flag,
    "day": _day,
}


def entry_of(draft: Draft, place: tuple[float, float] | None) -> tuple[Entry | None, tuple[Finding, ...]]:
    """Make the entry and ask the rules of its catalogue.

    Parameters
    ----------
    place
        Position of the star, deg; a report needs one.

    Returns
    -------
    tuple
        The entry, None where fields could not be read; findings, also those of the draft.
    """
    entry: Entry
    if draft.catalogue == "jmdc":
        entry = _measurement(draft.values)
        found = jmdc.check(entry)
    else:
        ra, dec = place or (0.0, 0.0)
        entry = _report(draft.values, ra, dec)
        found = badcal.findings(entry)
    findings = [*draft.findings, *(each for each in found if not _follows(each, draft))]
    broken = any(each.rule in ("unreadable", "missing") for each in draft.findings)
    complete = draft.catalogue == "jmdc" or place is not None
    return (None if broken or not complete else entry), in_order(findings)


def _follows(finding: Finding, draft: Draft) -> bool:
    """Tell whether a finding only follows from a field that could not be read."""
    fields = {"ud_diam", "ld_diam"} if finding.rule == "diameter" else {finding.field}
    return not fields.isdisjoint(draft.unreadable)


def _measurement(values: Mapping[str, Any]) -> Measurement:
    own = {name: values[name] for name in jmdc.COLUMNS}
    band_letters = {letter: code for code, letter in BAND_LETTERS.items()}
    # control characters are for the rules, which tidying would take for blanks
    own["id1"] = tidy_id(own["id1"]) if own["id1"].isprintable() else own["id1"]
    own["method"] = 1 if own["method"] is None else own["method"]
    if own["bandcode"] is None:
        own["bandcode"] = band_letters.get(own["band"].rstrip("'s"))
    return Measurement(**own)


def _report(values: Mapping[str, Any], ra: float, dec: float) -> Report:
    own = {name: values[name] for name in (*badcal.COLUMNS, "address")}
    own |= {"ra": ra, "dec": dec, "reason": own["reason"] or "other", "evidence_did": own["evidence_did"] or None}
    return Report(**own)


def texts_of(entry: Entry, place: tuple[float, float] | None = None) -> dict[str, str]:
    """Return an entry as texts by field, as `read_values` reads them again.

    Parameters
    ----------
    place
        Position that was given with a measurement, deg.
    """
    catalogue = "jmdc" if isinstance(entry, Measurement) else "badcal"
    values = dict(vars(entry))
    if catalogue == "jmdc":
        values["ra"], values["dec"] = place or (None, None)
    return {field.name: told(values[field.name]) for field in FIELDS[catalogue]}
