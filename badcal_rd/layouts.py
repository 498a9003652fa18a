"""The two layouts in which SearchCal and JSDC read all bad calibrators: VOTable and CSV.

SearchCal leaves out the first five lines of the CSV, cuts the rest at each comma, and reads ``hh mm ss.s`` as three
numbers. Pure; may import ``ingest.catalogs.badcal``.
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from ingest.catalogs.badcal import KnownReport, sexagesimal

TABLE = "badcal.valid_stars"
#: Name, datatype, UCD1 (SCS 1.03 still wants it), unit and description of each column.
_FIELDS = (
    ("id", "int", "ID_MAIN", "", "Number of the report"),
    ("ra", "double", "POS_EQ_RA_MAIN", "deg", "Right ascension (ICRS, epoch 2000)"),
    ("dec", "double", "POS_EQ_DEC_MAIN", "deg", "Declination (ICRS, epoch 2000)"),
    ("ra_sexa", "char", "POS_EQ_RA", "", "Right ascension, h m s"),
    ("dec_sexa", "char", "POS_EQ_DEC", "", "Declination, deg arcmin arcsec"),
    ("name", "char", "NAME", "", "Name of the star"),
)
#: Lines before the first star, with that of the names.
_HEAD_LINES = 5


def _cells(known: KnownReport) -> tuple[str, ...]:
    report = known.report
    return str(known.id), repr(report.ra), repr(report.dec), *sexagesimal(report.ra, report.dec), report.name


def comma_separated(known: Iterable[KnownReport]) -> str:
    """Write CSV: five lines of head, the last of them the names, then a line a report."""
    head = (
        "# Bad calibrators of optical interferometry",
        f"# Table {TABLE}: validated reports",
        "# Positions: ICRS, epoch 2000",
        "# Columns: number, degrees, sexagesimal, name",
        ",".join(field[0] for field in _FIELDS),
    )
    assert len(head) == _HEAD_LINES
    return "".join(f"{line}\n" for line in (*head, *(",".join(_cells(each)) for each in known)))


_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
"""


def votable(known: Iterable[KnownReport]) -> str:
    """Write a VOTable with one table in TABLEDATA."""
    fields = "".join(_field(*field) for field in _FIELDS)
    rows = "".join(f"<TR>{''.join(f'<TD>{escape(cell)}</TD>' for cell in _cells(each))}</TR>\n" for each in known)
    return (
        f'{_HEAD}<RESOURCE type="results">\n<INFO name="QUERY_STATUS" value="OK"/>\n<TABLE name="{TABLE}">\n{fields}'
        f"<DATA><TABLEDATA>\n{rows}</TABLEDATA></DATA>\n</TABLE>\n</RESOURCE>\n</VOTABLE>\n"
    )


def _field(name: str, datatype: str, ucd: str, unit: str, description: str) -> str:
    size = ' arraysize="*"' if datatype == "char" else ""
    units = f' unit="{unit}"' if unit else ""
    return (
        f'<FIELD name="{name}" ID="{name}" datatype="{datatype}"{size} ucd="{ucd}"{units}>'
        f"<DESCRIPTION>{description}</DESCRIPTION></FIELD>\n"
    )


def error(message: str) -> str:
    """Write an error as SCS 1.03 has them."""
    return (
        f'{_HEAD}<RESOURCE type="results">\n<INFO name="QUERY_STATUS" value="ERROR">{escape(message)}</INFO>\n'
        "</RESOURCE>\n</VOTABLE>\n"
    )
