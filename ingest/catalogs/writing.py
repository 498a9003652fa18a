"""Writing the JMDC: the CSV that today's clients read, our own, VizieR's ReadMe and table, BibTeX.

May import `ingest.catalogs.editions`, `ingest.catalogs.jmdc`, `ingest.catalogs.texts`.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.catalogs.bands import BAND_LETTERS, METHODS
from ingest.catalogs.editions import ARCHIVE_COLUMNS, EXPORT_COLUMNS, VIZIER_LABELS, Row
from ingest.catalogs.jmdc import COLUMNS, Measurement, is_placeholder
from ingest.catalogs.texts import told


def _values(entry: Measurement) -> list[str]:
    return [told(getattr(entry, name)) for name in COLUMNS]


def export_csv(entries: Iterable[Measurement]) -> str:
    """Write the columns of the service's CSV.

    The names in the head are quoted; fields only where they must be. Commas are nowhere but in NOTES and no field has a
    line break: programs that cut at each comma find METHOD counted from the left, BIBCODE from the right.
    """
    out = io.StringIO(newline="")
    out.write(",".join(f'"{name}"' for name in EXPORT_COLUMNS) + "\n")
    csv.writer(out, lineterminator="\n").writerows(_values(entry) for entry in entries)
    return out.getvalue()


def archive_csv(rows: Iterable[Row]) -> str:
    """Write everything that the archive has of published measurements, to be imported elsewhere."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(ARCHIVE_COLUMNS)
    for row in rows:
        place = (row.id, row.first_edition, row.last_edition, row.ra, row.dec, row.pm_ra, row.pm_dec)
        writer.writerow([*map(told, place), "|".join(row.aliases), *_values(row.measurement)])
    return out.getvalue()


#: Of each column: its format's letter, unit, and what it is.
_VIZIER = {
    "ID1": ("A", "---", "Normalised star name, preferably HD"),
    "ID2": ("A", "---", "Name used in the publication"),
    "UDdiam": ("F", "mas", "? Uniform-disk diameter"),
    "LDdiam": ("F", "mas", "? Limb-darkened diameter"),
    "e_LDdiam": ("F", "mas", "? Error on UDdiam and LDdiam"),
    "Band": ("A", "---", "Band or central wavelength (1)"),
    "mu-lambda": ("F", "---", "? Factor from UDdiam to LDdiam of the authors"),
    "Method": ("I", "---", "[1/3] Method (2)"),
    "BandCode": ("I", "---", "[1/12]? Code of the band (3)"),
    "Notes": ("A", "---", "Notes"),
    "BibCode": ("A", "---", "Bibcode; with dots where it is not in ADS"),
    "SINPE": ("I", "---", "? 1: ID1 is not precise enough (close double)"),
}


@dataclass(frozen=True)
class FixedWidth:
    """An edition in VizieR's way."""

    readme: str
    table: str


def vizier(entries: Sequence[Measurement], edition: str) -> FixedWidth:
    """Write an edition as ReadMe and table of fixed width (CDS standard description 2.0), without loss.

    Formats are as wide as the longest value needs; at least as VizieR II/345 has them.
    """
    columns = list(zip(*(map(_ascii, _values(entry)) for entry in entries), strict=True)) or [()] * len(_VIZIER)
    cut = dict(zip(VIZIER_LABELS, columns, strict=True))
    bytes_, described, fields = 1, [], []
    for label, (letter, unit, meaning) in _VIZIER.items():
        code, cells = _cells(letter, cut[label])
        width = len(cells[0]) if cells else int(re.findall(r"\d+", code)[0])
        end = bytes_ + width - 1
        described.append(f"{bytes_:4d}-{end:4d} {code:<7}{unit:<7}{label:<10}{meaning}")
        fields.append(cells)
        bytes_ = end + 2
    table = "".join(" ".join(line) + "\n" for line in zip(*fields, strict=True))
    return FixedWidth(_readme(edition, bytes_ - 2, len(entries), described), table)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _cells(letter: str, values: Sequence[str]) -> tuple[str, list[str]]:
    """Return a column's format and its cells, all of one width."""
    if letter != "F":
        width = max([1, *map(len, values)])
        cells = [value.ljust(width) if letter == "A" else value.rjust(width) for value in values]
        return f"{letter}{width}", cells
    places = [(len(whole), len(part)) for value in values if value for whole, _, part in [_fixed(value).partition(".")]]
    decimals = max([1, *(part for _, part in places)])
    width = max([1, *(whole for whole, _ in places)]) + 1 + decimals
    return f"F{width}.{decimals}", [(f"{float(value):.{decimals}f}" if value else "").rjust(width) for value in values]


def _fixed(value: str) -> str:
    """Return a number without an exponent."""
    return value if "e" not in value else f"{float(value):.12f}".rstrip("0")


def _readme(edition: str, length: int, rows: int, described: Sequence[str]) -> str:
    rule = "-" * 80
    methods = "\n".join(f"     {code} = {meaning}" for code, meaning in METHODS.items())
    bands = "\n".join(f"    {code:2d} = {letter}" for code, letter in BAND_LETTERS.items())
    body = "\n".join(described)
    return f"""JMDC : Measured Stellar Diameters Catalogue, edition {edition}
{"=" * 80}
Keywords: Stars, diameters ; Interferometry

Description:
    Stellar diameters measured by direct methods: optical interferometry, lunar
    occultations, intensity interferometry. One line a measurement.

File Summary:
{rule}
 FileName    Lrecl  Records  Explanations
{rule}
ReadMe          80        .  This file
jmdc.dat     {length:5d} {rows:8d}  The catalogue
{rule}

Byte-by-byte Description of file: jmdc.dat
{rule}
   Bytes  Format Units  Label     Explanations
{rule}
{body}
{rule}
Note (1): A filter, or a wavelength in um unless A (angstrom) or nm is written.
Note (2): Method:
{methods}
Note (3): Band:
{bands}
{rule}
"""


def bibtex(bibcodes: Iterable[str]) -> str:
    """Write an entry for each publication in ADS: its bibcode, its year, and where ADS has the rest."""
    found = sorted({bibcode for bibcode in bibcodes if not is_placeholder(bibcode)})
    return "".join(_bibtex_entry(bibcode) for bibcode in found)


def _bibtex_entry(bibcode: str) -> str:
    address = bibcode.replace("&", "%26")
    journal = bibcode[4:9].strip(".").replace("&", "\\&")
    lines = [("journal", journal), ("volume", bibcode[9:13].strip(".")), ("pages", bibcode[13:18].strip("."))]
    shown = "".join(f"  {name} = {{{value}}},\n" for name, value in lines if value)
    return (
        f"@article{{{bibcode},\n{shown}  year = {bibcode[:4]},\n"
        f"  adsurl = {{https://ui.adsabs.harvard.edu/abs/{address}}}\n}}\n\n"
    )
