"""A report that a star is no good calibrator, the rules that one must keep, and files of reports.

May import ``ingest.errors``, `ingest.catalogs.findings` and ``ingest.oifits.names``.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import TypeVar

from ingest.catalogs.findings import Finding, error, warning
from ingest.errors import OivoError
from ingest.oifits.names import FACILITIES, INSTRUMENTS, facility_of, home_of, instrument_of

#: Why a star is no good calibrator: codes, and what they mean.
REASONS = {
    "binary": "a companion was detected, or the star is a known close binary",
    "diameter": "the diameter is not the one of the catalogues",
    "resolved": "the star is too large for the baselines used",
    "asymmetric": "closure phases are not zero, without a companion being established",
    "variable": "the star, or its visibility, varies",
    "environment": "there is an extended environment: disk, shell, excess",
    "identification": "the position or the name is wrong",
    "other": "see the evidence",
}


_Value = TypeVar("_Value")


class ReportError(OivoError):
    """A report, or a file of reports, that cannot be taken."""


@dataclass(frozen=True)
class Report:
    """What somebody reports of a calibrator.

    Attributes
    ----------
    ra, dec
        ICRS, epoch 2000.0, deg.
    reason
        A code of `REASONS`.
    evidence
        What was seen, in words.
    evidence_did
        Publisher's identifier of data in OiDB that show it.
    baseline
        Longest projected baseline, m.
    wavelength
        µm.
    observed
        Day of the observation (UTC).
    reporter, affiliation
        Shown with the report.
    address
        Where to reach the reporter; never shown to anybody but curators.
    """

    name: str
    ra: float
    dec: float
    reason: str = "other"
    evidence: str = ""
    evidence_did: str | None = None
    interferometer: str = ""
    instrument: str = ""
    baseline: float | None = None
    wavelength: float | None = None
    observed: date | None = None
    bibliography: str = ""
    reporter: str = ""
    affiliation: str = ""
    address: str = field(default="", repr=False)


#: Columns of a report that are kept, in the order of files; the address is in none that we write.
COLUMNS = tuple(column.name for column in fields(Report) if column.name != "address")


@dataclass(frozen=True)
class Rule:
    """A rule: its name, the field it is about, and its test, which gives a message or nothing."""

    name: str
    field: str
    test: Callable[[Report], str | None]


#: Longest texts.
LONGEST = {
    "name": 80,
    "evidence": 2000,
    "evidence_did": 300,
    "interferometer": 40,
    "instrument": 40,
    "bibliography": 400,
    "reporter": 100,
    "affiliation": 200,
    "address": 254,
}
_ADDRESS = re.compile(r"[^@\s,;:<>\"]+@[^@\s,;:<>\"]+\.[^@\s,;:<>\"]+")
#: Optical interferometry began with Fizeau's idea; nobody observed calibrators before Michelson.
_FIRST_DAY = date(1890, 1, 1)


def _line(name: str) -> Callable[[Report], str | None]:
    def test(report: Report) -> str | None:
        text, longest = getattr(report, name) or "", LONGEST[name]
        if not text.isprintable():
            return "has control characters"
        return f"has {len(text)} characters, {longest} are possible" if len(text) > longest else None

    return test


def _between(name: str, low: float, high: float, unit: str) -> Callable[[Report], str | None]:
    def test(report: Report) -> str | None:
        value = getattr(report, name)
        return None if value is None or low <= value <= high else f"{value} is not between {low:g} and {high:g} {unit}"

    return test


def _named(report: Report) -> str | None:
    if not any(sign.isalnum() for sign in report.name):
        return "a star's name is needed"
    return "has a comma, which SearchCal takes for the end of the field" if "," in report.name else None


def _ra(report: Report) -> str | None:
    return None if 0 <= report.ra < 360 else f"{report.ra} is not between 0 and 360 deg"


def _reason(report: Report) -> str | None:
    return None if report.reason in REASONS else f"{report.reason!r} is none of {', '.join(REASONS)}"


def _did(report: Report) -> str | None:
    did = report.evidence_did
    return None if did is None or did.startswith("ivo://") else f"{did[:60]!r} is no identifier of data (ivo://…)"


def _day(report: Report) -> str | None:
    day = report.observed
    return None if day is None or _FIRST_DAY <= day <= date(2100, 1, 1) else f"{day} cannot be"


def _address(report: Report) -> str | None:
    return None if not report.address or _ADDRESS.fullmatch(report.address) else "is no e-mail address"


RULES = (
    Rule("name", "name", _named),
    *(Rule(f"{name}-text", name, _line(name)) for name in LONGEST),
    Rule("ra", "ra", _ra),
    Rule("dec", "dec", _between("dec", -90, 90, "deg")),
    Rule("reason", "reason", _reason),
    Rule("evidence-did", "evidence_did", _did),
    Rule("baseline", "baseline", _between("baseline", 0.1, 10_000, "m")),
    Rule("wavelength", "wavelength", _between("wavelength", 0.1, 100, "µm")),
    Rule("observed", "observed", _day),
    Rule("address", "address", _address),
)


def check(report: Report) -> list[tuple[str, str]]:
    """Apply all rules; fields and messages."""
    return [(rule.field, message) for rule in RULES if (message := rule.test(report))]


def _evidence(report: Report) -> str | None:
    if report.evidence or report.evidence_did or report.bibliography:
        return None
    return "there is none: neither words, nor data, nor a publication"


def _instrument(report: Report) -> str | None:
    if not report.instrument or instrument_of(report.instrument):
        return None
    return f"{report.instrument!r} is none of {', '.join(INSTRUMENTS)}"


def _array(report: Report) -> str | None:
    array, instrument = facility_of(report.interferometer), instrument_of(report.instrument)
    if report.interferometer and array is None:
        return f"{report.interferometer!r} is none of {', '.join(FACILITIES)}"
    home = home_of(instrument) if instrument else None
    return f"{instrument} is at {home}, not at {array}" if array and home and array != home else None


#: What does not keep a report out, but whoever reviews it should know.
DOUBTS = (
    Rule("no-evidence", "evidence", _evidence),
    Rule("instrument", "instrument", _instrument),
    Rule("array", "interferometer", _array),
)


def findings(report: Report) -> list[Finding]:
    """Apply all rules and doubts, errors first."""
    wrong = [error(rule.name, rule.field, message) for rule in RULES if (message := rule.test(report))]
    doubtful = [warning(rule.name, rule.field, message) for rule in DOUBTS if (message := rule.test(report))]
    return wrong + doubtful


@dataclass(frozen=True)
class KnownReport:
    """A validated report, as it is published.

    Attributes
    ----------
    id
        Its number, for good.
    submitted, validated
        UTC.
    """

    id: int
    report: Report
    submitted: datetime
    validated: datetime


@dataclass(frozen=True)
class ReadReport:
    """A row of a file of reports; number and dates where the file has them."""

    line: int
    report: Report
    id: int | None = None
    submitted: datetime | None = None
    validated: datetime | None = None


@dataclass(frozen=True)
class Refusal:
    """A row that cannot be taken, and why."""

    line: int
    name: str
    problem: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.name or 'no name'}: {self.problem}"


EXPORT_COLUMNS = ("id", *COLUMNS, "submitted", "validated")
#: What the old service gives.
_OLD_COLUMNS = ("id", "ra", "dec", "ra_sexa", "dec_sexa", "name")


def read_reports(text: str) -> tuple[list[ReadReport], list[Refusal]]:
    """Read a CSV of reports: our own export, a batch with some of its columns, or what the old service gives.

    Each row is read by itself; columns that are not known are passed over.

    Raises
    ------
    ReportError
        When no line of the first six names the columns name, ra and dec.
    """
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    head = next((n for n, line in enumerate(lines[:6]) if {"name", "ra", "dec"} <= set(_header(line))), None)
    if head is None:
        raise ReportError(
            "is no list of reports", remedy=f"a CSV needs name, ra and dec of {', '.join(EXPORT_COLUMNS)}"
        )
    reader = csv.reader(io.StringIO("".join(lines[head:]), newline=""), strict=True)
    read, refused = [], []
    try:
        names = [name.strip().lower() for name in next(reader)]
        for cells in reader:
            line, row = head + reader.line_num, dict(zip(names, cells, strict=False))
            if not any(cells):
                continue
            try:
                read.append(_read(line, row, complete=len(cells) == len(names)))
            except ValueError as error:
                refused.append(Refusal(line, row.get("name", ""), str(error)))
    except csv.Error as error:
        raise ReportError(f"line {head + reader.line_num} is no CSV: {error}") from error
    return read, refused


def _header(line: str) -> list[str]:
    try:
        return [name.strip().lower() for name in next(csv.reader([line]), [])]
    except csv.Error:
        return []


def _read(line: int, row: Mapping[str, str], *, complete: bool) -> ReadReport:
    if not complete:
        raise ValueError("the row has not as many fields as the header")
    report = Report(
        name=" ".join(row["name"].split()),
        ra=_number(row, "ra", needed=True) or 0.0,
        dec=_number(row, "dec", needed=True) or 0.0,
        reason=row.get("reason", "").strip() or "other",
        evidence_did=row.get("evidence_did", "").strip() or None,
        baseline=_number(row, "baseline"),
        wavelength=_number(row, "wavelength"),
        observed=_of(row, "observed", date.fromisoformat),
        **{name: " ".join(row.get(name, "").split()) for name in _TEXTS},
    )
    if wrong := check(report):
        raise ValueError("; ".join(f"{name}: {message}" for name, message in wrong))
    number = _of(row, "id", int)
    if number is not None and not 0 < number < 2**31:
        raise ValueError(f"id: {number} is no number of a report")
    return ReadReport(line, report, number, _moment(row, "submitted"), _moment(row, "validated"))


_TEXTS = ("evidence", "interferometer", "instrument", "bibliography", "reporter", "affiliation", "address")


def _number(row: Mapping[str, str], name: str, *, needed: bool = False) -> float | None:
    value = _of(row, name, float)
    if value is None and needed:
        raise ValueError(f"{name}: is missing")
    return value


def _moment(row: Mapping[str, str], name: str) -> datetime | None:
    moment = _of(row, name, datetime.fromisoformat)
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"{name}: {row[name].strip()!r} has no time zone")
    return moment


def _of(row: Mapping[str, str], name: str, make: Callable[[str], _Value]) -> _Value | None:
    text = row.get(name, "").strip()
    if not text:
        return None
    try:
        return make(text)
    except (ValueError, OverflowError):
        raise ValueError(f"{name}: {text[:40]!r} cannot be read") from None


def write_reports(known: Iterable[KnownReport]) -> str:
    """Write validated reports as CSV, without addresses."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(EXPORT_COLUMNS)
    for each in known:
        values = [getattr(each.report, name) for name in COLUMNS]
        writer.writerow(
            [each.id, *("" if value is None else value for value in values), each.submitted, each.validated]
        )
    return out.getvalue()


def sexagesimal(ra: float, dec: float) -> tuple[str, str]:
    """Return a position in degrees as ``hh mm ss.sss`` and ``+dd mm ss.ss``.

    >>> sexagesimal(101.2871553, -16.7161159)
    ('06 45 08.917', '-16 42 58.02')
    """
    return _parts(ra / 15, 3, 24), ("-" if dec < 0 else "+") + _parts(abs(dec), 2)


def _parts(value: float, digits: int, turn: int | None = None) -> str:
    units = 10**digits
    whole = round(value * 3600 * units)
    if turn:
        whole %= turn * 3600 * units
    minutes, seconds = divmod(whole, 60 * units)
    return f"{minutes // 60:02d} {minutes % 60:02d} {seconds / units:0{digits + 3}.{digits}f}"
