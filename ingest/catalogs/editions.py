"""Reading editions of the JMDC: the table of 2017, the service's CSV, VizieR's fixed width, and our own export.

Each row is read by itself: one that is wrong is refused with its reason, the others go on. May import
`ingest.catalogs.jmdc`, `ingest.catalogs.names`, ``ingest.errors`` and numpy.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ingest.catalogs.jmdc import Measurement, errors
from ingest.catalogs.names import tidy_id
from ingest.errors import OivoError


class EditionError(OivoError):
    """The file is no edition of the JMDC."""


class _RowError(Exception):
    """A value that cannot be read."""


@dataclass(frozen=True)
class Row:
    """A row of an edition: the measurement, and what the edition tells of the star.

    Attributes
    ----------
    line
        Number of its line in the file.
    ra, dec, pm_ra, pm_dec
        ICRS, epoch 2000.0, deg and mas/yr, where the edition has them.
    aliases
        Other names of the star, good enough to identify it.
    id, first_edition, last_edition
        In our own export: what the archive that wrote it had; no edition where it was accepted after the last one.
    origin
        Where the position is from.
    """

    line: int
    measurement: Measurement
    ra: float | None = None
    dec: float | None = None
    pm_ra: float | None = None
    pm_dec: float | None = None
    aliases: tuple[str, ...] = ()
    id: int | None = None
    first_edition: str = ""
    last_edition: str = ""
    origin: str = "edition"


@dataclass(frozen=True)
class Refusal:
    """A row that cannot be taken, and why."""

    line: int
    name: str
    problem: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.name or 'no name'}: {self.problem}"


@dataclass(frozen=True)
class Edition:
    """What a file holds."""

    form: str
    rows: tuple[Row, ...]
    refused: tuple[Refusal, ...]


#: Columns of our own export beside the catalogue's.
ARCHIVE_COLUMNS = (
    *("ID", "FIRST_EDITION", "LAST_EDITION", "RA", "DEC", "PM_RA", "PM_DEC", "ALIASES"),
    *("ID1", "ID2", "UD_DIAM", "LD_DIAM", "E_LD_DIAM", "BAND", "MU_LAMBDA", "METHOD", "BANDCODE", "NOTES", "BIBCODE"),
    "SINPE",
)
#: The columns of the service's CSV, in its order.
EXPORT_COLUMNS = ARCHIVE_COLUMNS[8:]
_OF_2017 = ("UD_MEAS", "LDD_ORIG", "E_LD_MEAS", "REFERENCE")
#: Labels in VizieR II/345.
VIZIER_LABELS = dict(
    zip(
        ("ID1", "ID2", "UDdiam", "LDdiam", "e_LDdiam", "Band", "mu-lambda", "Method", "BandCode", "Notes", "BibCode"),
        EXPORT_COLUMNS,
        strict=False,
    )
)
VIZIER_LABELS["SINPE"] = "SINPE"


def read_edition(text: str, readme: str | None = None) -> Edition:
    """Read a file; its first line, or the ReadMe beside it, tells what it is.

    Parameters
    ----------
    text
        The file.
    readme
        ReadMe of a fixed-width table, as VizieR has it.

    Raises
    ------
    EditionError
        When it is none of the forms.
    """
    if readme is not None:
        return _edition("VizieR", _fixed_width(text, readme), _export_row)
    text = text.removeprefix("\ufeff")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    header = set(reader.fieldnames or ())
    forms: tuple[tuple[str, tuple[str, ...], Callable[[Mapping[str, str]], Row]], ...] = (
        ("archive", ARCHIVE_COLUMNS, _archive_row),
        ("2017", ("ID1", "BAND", "METHOD", *_OF_2017), _row_of_2017),
        ("CSV", EXPORT_COLUMNS, _export_row),
    )
    for form, columns, make in forms:
        if header.issuperset(columns):
            return _edition(form, _lines(reader), make)
    raise EditionError(
        "is no edition of the JMDC",
        remedy=f"a CSV needs the columns {', '.join(EXPORT_COLUMNS)}; a fixed-width table needs its ReadMe",
    )


def _lines(reader: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for row in reader:
            whole = None not in row and None not in row.values()
            yield reader.line_num, row if whole else {"ID1": row.get("ID1") or ""}
    except csv.Error as error:
        raise EditionError(f"line {reader.line_num} is no CSV: {error}") from error


def _edition(
    form: str, lines: Iterator[tuple[int, dict[str, str]]], make: Callable[[Mapping[str, str]], Row]
) -> Edition:
    rows, refused = [], []
    for line, values in lines:
        try:
            row = replace(make(values), line=line)
        except KeyError:
            refused.append(Refusal(line, values.get("ID1", ""), "the row has not as many fields as the header"))
            continue
        except _RowError as error:
            refused.append(Refusal(line, values.get("ID1", ""), str(error)))
            continue
        wrong = errors(row.measurement)
        if wrong:
            refused.append(Refusal(line, row.measurement.id1, "; ".join(map(str, wrong))))
        else:
            rows.append(row)
    return Edition(form, tuple(rows), tuple(refused))


def _number(values: Mapping[str, str], name: str) -> float | None:
    """Return a positive number; None for nothing, -1 and NaN, which stand for it."""
    text = values[name].strip()
    if text.lower() in ("", "nan", "null"):
        return None
    try:
        value = float(text)
    except ValueError:
        raise _RowError(f"{name}: {text[:40]!r} is no number") from None
    return None if value == -1 else value


def _signed(values: Mapping[str, str], name: str) -> float | None:
    text = values[name].strip()
    try:
        return float(text) if text else None
    except ValueError:
        raise _RowError(f"{name}: {text[:40]!r} is no number") from None


def _single(values: Mapping[str, str], name: str) -> float | None:
    """Return a number that went through single precision: 0.0099999998 is 0.01.

    The table of 2017 came from FITS columns of 32 bits, printed as 64 bits.
    """
    value = _number(values, name)
    if value is None or not np.isfinite(value) or abs(value) > 1e30:
        return value
    short = float(str(np.float32(value)))
    return short if len(repr(short)) < len(repr(value)) else value


def _code(values: Mapping[str, str], name: str) -> int | None:
    value = _number(values, name)
    if value is None or value == -32768:
        return None
    if value != int(value) if np.isfinite(value) else True:
        raise _RowError(f"{name}: {values[name].strip()[:40]!r} is no code")
    return int(value)


def _method(values: Mapping[str, str]) -> int:
    method = _code(values, "METHOD")
    if method is None:
        raise _RowError("METHOD: is missing")
    return method


def _plain(text: str) -> str:
    """Return a text on one line; editions have line breaks and tabs in their notes."""
    return " ".join(text.split())


def _band(text: str) -> str:
    """Return a band without commas, which would break the CSV for clients that split at each."""
    return _plain(text.replace(",", " "))


def _flag(text: str) -> bool | None:
    word = text.strip().lower()
    if word in ("", "null"):
        return None
    if word in ("1", "1.0", "t", "true", "y"):
        return True
    if word in ("0", "0.0", "f", "false", "n"):
        return False
    raise _RowError(f"SINPE: {text[:40]!r} is neither 0 nor 1")


def _reference(text: str) -> tuple[str, str]:
    """Divide a reference into the bibcode, or its placeholder, and what it says besides.

    Placeholders have dots for what ADS would have, not always as many: ``1978............... Sandmann, W.H.``
    """
    text = text.strip()
    bibcode, rest = text[:19], _plain(text[19:])
    if not text.startswith(".") and not re.match(r"\d{4}\.{12}", text):
        return text, ""
    return bibcode.ljust(19, "."), rest


def _export_row(values: Mapping[str, str]) -> Row:
    bibcode, rest = _reference(values["BIBCODE"])
    return Row(
        0,
        Measurement(
            id1=tidy_id(values["ID1"]),
            id2=_plain(values["ID2"]),
            ud_diam=_number(values, "UD_DIAM"),
            ld_diam=_number(values, "LD_DIAM"),
            e_ld_diam=_number(values, "E_LD_DIAM"),
            band=_band(values["BAND"]),
            mu_lambda=_number(values, "MU_LAMBDA"),
            method=_method(values),
            bandcode=_code(values, "BANDCODE"),
            notes=_joined(values["NOTES"], rest),
            bibcode=bibcode,
            sinpe=_flag(values["SINPE"]),
        ),
    )


def _archive_row(values: Mapping[str, str]) -> Row:
    return replace(
        _export_row(values),
        id=_code(values, "ID"),
        first_edition=values["FIRST_EDITION"],
        last_edition=values["LAST_EDITION"],
        ra=_signed(values, "RA"),
        dec=_signed(values, "DEC"),
        pm_ra=_signed(values, "PM_RA"),
        pm_dec=_signed(values, "PM_DEC"),
        aliases=tuple(name for name in values["ALIASES"].split("|") if name),
    )


def _row_of_2017(values: Mapping[str, str]) -> Row:
    """Read a row of the table of 2017.

    Its LD_MEAS was computed anew from the uniform disk; what was published is LDD_ORIG, or -1.
    """
    bibcode, rest = _reference(values["REFERENCE"])
    ra, dec = _position(values.get("RAJ2000", ""), values.get("DEJ2000", ""))
    row = Row(
        0,
        Measurement(
            id1=tidy_id(values["ID1"]),
            id2=_plain(values["ID2"]),
            ud_diam=_single(values, "UD_MEAS"),
            ld_diam=_single(values, "LDD_ORIG"),
            e_ld_diam=_single(values, "E_LD_MEAS"),
            band=_band(values["BAND"]),
            mu_lambda=_single(values, "MU_LAMBDA"),
            method=_method(values),
            bandcode=_code(values, "BANDCODE"),
            notes=_joined(values["NOTES"], rest),
            bibcode=bibcode,
        ),
        ra=ra,
        dec=dec,
    )
    numbers = [(catalogue, values.get(catalogue, "").strip()) for catalogue in ("HIP", "HD")]
    return replace(row, aliases=tuple(f"{catalogue} {number}" for catalogue, number in numbers if number.isdigit()))


def _joined(notes: str, reference: str) -> str:
    notes = _plain(notes)
    if not reference or f"Reference: {reference}" in notes:
        return notes
    return f"{notes} Reference: {reference}".strip()


def _position(ra: str, dec: str) -> tuple[float | None, float | None]:
    """Turn ``04 35 55.2391`` and ``+16 30 33.488`` into degrees."""
    hours, degrees = _sexagesimal(ra), _sexagesimal(dec)
    if hours is None or degrees is None or not 0 <= hours < 24 or abs(degrees) > 90:
        return None, None
    return round(15 * hours, 8), round(degrees, 8)


def _sexagesimal(text: str) -> float | None:
    found = re.fullmatch(r"([+-]?)(\d{1,3}) (\d{1,2}) (\d{1,2}(?:\.\d*)?)", " ".join(text.split()), re.ASCII)
    if not found:
        return None
    size = int(found[2]) + int(found[3]) / 60 + float(found[4]) / 3600
    return -size if found[1] == "-" else size


_BYTES = re.compile(r"\s*(?:(\d+)\s*-\s*)?(\d+)\s+[AIFE][\d.]*\s+\S+\s+(\S+)\s", re.ASCII)


def _fixed_width(text: str, readme: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Cut lines as the ReadMe's `Byte-by-byte Description` says (CDS standard description 2.0, 3.2)."""
    columns: dict[str, slice] = {}
    for description in re.split(r"(?m)^Byte-by-byte Description of file:", readme)[1:]:
        found = {
            match[3]: slice(int(match[1] or match[2]) - 1, int(match[2]))
            for line in description.split("Note (")[0].splitlines()
            if (match := _BYTES.match(f"{line} "))
        }
        if found.keys() >= VIZIER_LABELS.keys():
            columns = {VIZIER_LABELS[label]: place for label, place in found.items() if label in VIZIER_LABELS}
            break
    if not columns:
        raise EditionError(f"the ReadMe describes no table with the columns {', '.join(VIZIER_LABELS)}")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, {name: line[place] for name, place in columns.items()}
