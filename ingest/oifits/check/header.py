"""Keywords: of the primary header, which the standard rules in version 2, and of the tables.

May import numpy, the standard library, this package's ``context`` and ``ingest.oifits``' reading modules.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from ingest.oifits.check.context import Context
from ingest.oifits.data import Data
from ingest.oifits.fits import HDU
from ingest.oifits.header import Header
from ingest.oifits.standard import PRIMARY, TABLES, Keyword
from ingest.oifits.table import Table
from ingest.oifits.times import MJD_RANGE

#: Years that DATE-OBS may have: those of `MJD_RANGE`.
YEARS = (1933, 2150)

_INTEGER = re.compile(r"[+-]?\d+")
_REAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[EDed][+-]?\d+)?")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def check_primary(context: Context) -> None:
    """The primary header of a file of version 2; that of version 1 has no rule."""
    if context.version == 1:
        _check_content(context)
        return
    hdu = context.primary
    for keyword in PRIMARY:
        _check_keyword(context, hdu, keyword)
    check_date(context, hdu)
    for name in ("MJD-OBS", "MJD-END"):
        mjd = hdu.header.real(name)
        if mjd is not None and not MJD_RANGE[0] <= mjd <= MJD_RANGE[1]:
            context.add("GENERIC_MJD_RANGE", hdu, name, f"{name} is {mjd:g}, which is no date of an observation")
    _check_multi(context)


def _check_content(context: Context) -> None:
    """Tables of version 2 in a file that does not say so."""
    tables = [table for table in context.oifits.tables if TABLES[table.extname].revisions[0]]
    if tables and all(table.header.integer("OI_REVN") == 2 for table in tables):
        message = "all tables have OI_REVN 2, but CONTENT is not OIFITS2: the file is taken for OIFITS 1"
        context.add("CONTENT_MISSING", context.primary, "CONTENT", message)


def _check_multi(context: Context) -> None:
    """Keywords that must say MULTI in a file of several targets, arrays or instruments."""
    oifits, header = context.oifits, context.primary.header
    instrument = header.text("INSTRUME")
    insnames = oifits.wavelengths_by_name
    instruments = len(insnames) > 1 and not (instrument and all(name.startswith(instrument) for name in insnames))
    arrays, targets = len(oifits.arrays_by_name) > 1, oifits.targets is not None and oifits.targets.ids.size > 1
    if not (instruments or arrays or targets):
        return
    wanted = (
        *(("TELESCOP",) if arrays else ()),
        *(("INSTRUME", "INSMODE") if instruments else ()),
        *(("OBJECT",) if targets else ()),
        *("OBSERVER", "REFERENC", "PROG_ID", "PROCSOFT", "OBSTECH"),
    )
    for name in wanted:
        value = written(header, name)
        if value is not None and not value.startswith("MULTI"):
            message = f"{name} is '{value}' in a file of several targets, arrays or instruments"
            context.add("MAIN_HEADER_TYPE_MULTI", context.primary, name, message)


def check_keywords(context: Context, table: Table) -> None:
    """The keywords of a table."""
    rule = TABLES[table.extname]
    if context.version == 1 and rule.revisions[0] == 0:
        message = f"{table.extname} is no EXTNAME of OIFITS 1"
        context.add("GENERIC_KEYWORD_VAL_ACCEPTED_STR", table, "EXTNAME", message, case="EXTNAME is of OIFITS 2")
    for keyword in _keywords(table.extname, context.version):
        _check_keyword(context, table, keyword)
    revision = table.header.integer("OI_REVN")
    if revision is None:
        revision = _integer(table.header, "OI_REVN")
    expected = rule.revisions[context.version - 1] or 1
    if revision is not None and revision != expected:
        message = f"OI_REVN is {revision}, in OIFITS {context.version} it is {expected}"
        case = "" if context.version == 2 else "the file is OIFITS 1"
        context.add("GENERIC_KEYWORD_VAL_ACCEPTED_INT", table, "OI_REVN", message, case=case)


@lru_cache(maxsize=32)
def _keywords(extname: str, version: int) -> tuple[Keyword, ...]:
    return tuple(keyword for keyword in TABLES[extname].keywords if keyword.since <= version)


def _check_keyword(context: Context, where: Table | HDU, keyword: Keyword) -> None:
    header = where.header
    if keyword.kind == "A" and header.is_text(keyword.name):
        if keyword.accepted:
            _check_accepted(context, where, keyword, header.text(keyword.name))
        return
    entry = header.entry(keyword.name)
    if entry is None:
        if not keyword.optional:
            context.add("GENERIC_KEYWORD_MANDATORY", where, keyword.name, f"{keyword.name} is missing")
        return
    kind, value = entry
    if value is None:
        if not keyword.optional:
            context.add("GENERIC_KEYWORD_MANDATORY", where, keyword.name, f"{keyword.name} has no value")
        return
    if keyword.kind == "A":
        message = f"{keyword.name} is {value}, a text in quotes is expected"
        context.add("GENERIC_KEYWORD_FORMAT", where, keyword.name, message, case="it is no text")
        return
    found = {"I": "J", "R": "D"}.get(kind) or _number_kind(kind, str(value))
    if found != keyword.kind:
        _odd_number(context, where, keyword, found, str(value))


def _odd_number(context: Context, where: Table | HDU, keyword: Keyword, found: str, value: str) -> None:
    """A number of another kind, or no number at all, of which oitools says nothing."""
    expected = {"J": "an integer", "D": "a real number"}[keyword.kind]
    message = f"{keyword.name} is {value}, {expected} is expected"
    case = {"": "it is no number", "J": "an integer stands for a real number"}.get(found, "")
    context.add("GENERIC_KEYWORD_FORMAT", where, keyword.name, message, case=case)


def _number_kind(kind: str, text: str) -> str:
    """Type letter of a number, also of one in quotes, as oitools sees it; empty for what is no number."""
    if kind in "IR":
        return "J" if kind == "I" else "D"
    text = text.strip()
    if _INTEGER.fullmatch(text):
        return "J"
    return "D" if _REAL.fullmatch(text) else ""


def _check_accepted(context: Context, where: Table | HDU, keyword: Keyword, value: str | None) -> None:
    if value is None or value in keyword.accepted:
        return
    message = f"{keyword.name} is '{value}', which must be {' or '.join(keyword.accepted)}"
    case = "only capitals differ" if value.upper() in (name.upper() for name in keyword.accepted) else ""
    context.add("GENERIC_KEYWORD_VAL_ACCEPTED_STR", where, keyword.name, message, case=case)


def check_date(context: Context, where: HDU | Table) -> None:
    """DATE-OBS must begin with a date of the calendar."""
    value = written(where.header, "DATE-OBS")
    if value is None:
        return
    day = parse_date(value)
    if day is None:
        context.add(
            "GENERIC_DATE_OBS_STANDARD", where, "DATE-OBS", f"DATE-OBS is '{value}', a date like 2020-01-31 is expected"
        )
    elif not YEARS[0] <= day.year <= YEARS[1]:
        context.add(
            "GENERIC_DATE_OBS_RANGE", where, "DATE-OBS", f"DATE-OBS is {value}, which is no date of an observation"
        )


def parse_date(value: str) -> date | None:
    """The date with which a text begins, ``yyyy-mm-dd``; None when there is none in the calendar."""
    found = _DATE.match(value)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def check_names(context: Context, data: Data) -> None:
    """INSNAME, ARRNAME and CORRNAME of a table of measurements must be those of a table."""
    table, oifits = data.table, context.oifits
    check_reference(context, table, "INSNAME", table.header.text("INSNAME"), oifits.wavelengths_by_name)
    check_arrname(context, table)
    if context.version == 2:
        check_reference(context, table, "CORRNAME", table.header.text("CORRNAME"), context.correlations)


def check_arrname(context: Context, table: Table) -> None:
    """ARRNAME of any table but OI_ARRAY."""
    arrname, arrays = table.header.text("ARRNAME"), context.oifits.arrays_by_name
    check_reference(context, table, "ARRNAME", arrname, arrays)
    # A single OI_ARRAY stands for any name (R13d), so that the reference is resolved.
    if arrname is not None and arrname not in arrays and len(arrays) != 1:
        context.add("ARRNAME_REF", table, "ARRNAME", f"no OI_ARRAY has the ARRNAME '{arrname}'")


def check_reference(
    context: Context, table: Table, name: str, value: str | None, accepted: Mapping[str, object]
) -> None:
    """A name must be one of those that the referenced tables have, if there are any."""
    if value is None or not accepted or value in accepted:
        return
    message = f"{name} is '{value}', the file has {', '.join(repr(known) for known in list(accepted)[:5])}"
    context.add("GENERIC_KEYWORD_VAL_ACCEPTED_STR", table, name, message)


def written(header: Header, keyword: str) -> str | None:
    """Value of a keyword as text, whatever its type; None when it is absent or undefined."""
    text = header.text(keyword)
    if text is None:
        value = header.value(keyword)
        return None if value is None else str(value)
    return text


def _integer(header: Header, keyword: str) -> int | None:
    """Integer that oitools makes of a keyword: also of a real number, and of one in quotes."""
    entry = header.entry(keyword)
    if entry is None or entry[1] is None:
        return None
    text = str(entry[1]).strip()
    kind = _number_kind(entry[0], text)
    if not kind:
        return 0
    number = int(text) if kind == "J" else float(text.upper().replace("D", "E"))
    return int(number) if abs(number) < 2**31 else 0
