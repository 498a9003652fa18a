"""Which tables and columns a file has, and whether they are made as the standard says.

May import numpy, the standard library, this package's ``context`` and ``ingest.oifits``' reading modules.
"""

from collections.abc import Iterator
from functools import lru_cache

from ingest.oifits.check.context import Context
from ingest.oifits.data import Data
from ingest.oifits.fits import HDU, Column
from ingest.oifits.standard import ALIASES, DATA_TABLES, NWAVE, NWAVE_SQUARED, TABLES, ColumnRule
from ingest.oifits.table import Table

#: Spellings of the units that oitools accepts, case-blind, for the unit as the standard writes it.
_SPELLINGS = {
    "m": "m|meter|meters",
    "deg": "deg|degree|degrees",
    "s": "s|sec|second|seconds",
    "d": "d|day|days",
    "yr": "yr|year|years",
    "m/s": "m/s|m / s|meter per second|meters per second|meter/second|meters/second|meter / second|meters / second",
    "arcsec": "arcsec|as|arcsecond|arcseconds",
    "deg/yr": "|".join(
        f"{d}{slash}{y}" for d in ("deg", "degree", "degrees") for slash in ("/", " / ") for y in ("yr", "year")
    ),
}
UNITS = {unit: frozenset(spellings.split("|")) for unit, spellings in _SPELLINGS.items()}

#: Letters of TFORM whose values can be read in the place of others without loss of meaning.
_NUMERIC = frozenset("BIJKED")

#: Layouts are remembered for tables of up to this many columns; a hostile file could fill the cache with more.
_CACHED_COLUMNS = 100

#: Parameter tables of the IMAGE-OI convention, which oitools reads beside OIFITS, and their keywords.
IMAGE_OI = {
    "IMAGE-OI INPUT PARAM": (
        *("TARGET", "WAVE_MIN", "WAVE_MAX", "USE_VIS", "USE_VIS2", "USE_T3", "INIT_IMG", "MAXITER"),
        *("RGL_NAME", "RGL_WGT", "AUTO_WGT", "FLUX", "FLUXERR", "RGL_PRIO"),
    ),
    "IMAGE-OI OUTPUT PARAM": ("LAST_IMG", "NITER", "CHISQ", "FLUX"),
}


def check_tables(context: Context) -> None:
    """Presence of the mandatory tables, and tables that the standard does not know."""
    oifits = context.oifits
    if oifits.targets is None:
        context.add("OIFITS_OI_TARGET_EXIST", message="there is no OI_TARGET table")
    if not oifits.wavelengths:
        context.add("OIFITS_OI_WAVELENGTH_EXIST", message="there is no OI_WAVELENGTH table with an INSNAME")
    if not context.data_tables:
        context.add("OIFITS_OIDATA", message=f"there is no table of measurements ({', '.join(DATA_TABLES)})")
    if context.version == 2 and not oifits.arrays:
        context.add("OIFITS_OI_ARRAY_EXIST_V2", message="there is no OI_ARRAY table with an ARRNAME")
    for hdu in oifits.hdus[1:]:
        _check_hdu(context, hdu)
    _check_reading(context)


def _check_hdu(context: Context, hdu: HDU) -> None:
    if hdu.extname in TABLES and hdu.xtension in ("BINTABLE", "A3DTABLE"):
        if context.version == 1 and TABLES[hdu.extname].revisions[0] == 0:
            context.add(
                "OIFITS_TABLE_NOT_V2", hdu, message=f"{hdu.extname} is a table of OIFITS 2, the file is OIFITS 1"
            )
        return
    if hdu.xtension == "IMAGE":
        return
    if hdu.extname in IMAGE_OI:
        _check_image_oi(context, hdu)
        return
    misnamed = hdu.extname.upper() in TABLES
    context.add(
        "UNKNOWN_TABLE",
        hdu,
        message=f"{hdu.extname or 'a table without EXTNAME'} is no table of the standard: not read",
        case="it has the name of a standard table" if misnamed else "",
    )


def _check_image_oi(context: Context, hdu: HDU) -> None:
    # oitools says neither in which table these are missing nor at which HDU.
    where = None if context.jmmc else hdu
    for keyword in IMAGE_OI[hdu.extname]:
        if keyword not in hdu.header:
            message = f"{hdu.extname} has no {keyword}"
            context.add("GENERIC_KEYWORD_MANDATORY", where, keyword, message, case="in an IMAGE-OI table")


def _check_reading(context: Context) -> None:
    """What the reader met on its way, in the words of the rules."""
    rules = {"TABLE_NAME_CASE", "TABLE_NOT_BINARY", "TRAILING_BYTES"}
    for finding in context.oifits.findings:
        where = None if finding.hdu is None else context.oifits.hdus[finding.hdu]
        if finding.rule in rules:
            context.add(finding.rule, where, finding.member, finding.message)
        elif finding.rule == "TABLE_REPEATED":
            context.add("OI_TARGET_SINGLE", where, "", "this is not the first OI_TARGET: its rows are not read")


def check_columns(context: Context, table: Table, channels: int) -> None:
    """Presence, form and unit of the columns of a table, and columns that the standard does not know.

    Parameters
    ----------
    channels
        NWAVE of the table, see `channels_of`.
    """
    find = _odd_columns if len(table.columns) <= _CACHED_COLUMNS else _odd_columns.__wrapped__
    for rule, member, message, occurrences, case in find(
        _Layout(table.columns), table.extname, context.version, channels, context.jmmc
    ):
        context.add(rule, table, member, message, occurrences, case)


def channels_of(context: Context, table: Table, data: Data | None) -> int:
    """NWAVE by which the columns of a table are judged; 0 when it is not known.

    Parameters
    ----------
    data
        The table as data; None for the tables that are none.
    """
    if data is not None:
        # oitools judges before it mends the INSNAME (R13c)
        written = table.header.text("INSNAME") if context.jmmc else data.insname
        return context.channels(written or "")
    if table.extname != "OI_INSPOL" or context.jmmc:  # whose channels oitools never knows
        return 0
    known = {context.channels(name) for name in set(table.strings("INSNAME") or ())}
    return known.pop() if len(known) == 1 else 0


class _Layout:
    """The columns of a table, compared by identity: the reader gives tables of one layout the same tuple."""

    __slots__ = ("columns",)

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.columns = columns

    def __hash__(self) -> int:
        return id(self.columns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Layout) and self.columns is other.columns


#: Rule, member, message, occurrences, case.
Oddity = tuple[str, str, str, int, str]


@lru_cache(maxsize=1024)
def _odd_columns(layout: _Layout, extname: str, version: int, channels: int, jmmc: bool) -> tuple[Oddity, ...]:
    """What is odd about the columns of a table; remembered, because the tables of one instrument are made alike."""
    return tuple(_odd(layout.columns, extname, version, channels, jmmc))


def _odd(columns: tuple[Column, ...], extname: str, version: int, channels: int, jmmc: bool) -> Iterator[Oddity]:
    present = {column.name: column for column in reversed(columns)}
    rules = column_rules(extname, version)
    aliases = {standard: alias for (table, alias), standard in ALIASES.items() if table == extname}
    for rule in rules.values():
        column = present.get(rule.name)
        alias = present.get(aliases.get(rule.name, ""))
        if column is None and not (rule.optional or (rule.optional_in_2 and version == 2)):
            if alias is None or jmmc:
                yield "GENERIC_COL_MANDATORY", rule.name, _missing(rule.name, present), 1, ""
            else:
                yield (
                    "COLUMN_ALIAS",
                    rule.name,
                    f"the column is called {alias.name} here and read as {rule.name}",
                    1,
                    "",
                )
        column = column or alias
        if column is not None:
            yield from _odd_form(rule, column, channels, jmmc)
            yield from _odd_unit(rule, column, version)
    known = {*rules, *(alias for table, alias in ALIASES if table == extname)}
    yield from _unknown(columns, known, version)
    yield from _unusual(columns, rules)


def _missing(name: str, present: dict[str, Column]) -> str:
    other = next((found for found in present if found.upper() == name), None)
    return f"{name} is missing" + (f" ({found_as(other)})" if other else "")


def found_as(name: str) -> str:
    """Say that a column is there under a name in another case."""
    return f"{name} is there, but names count in capitals only"


def _odd_form(rule: ColumnRule, column: Column, channels: int, jmmc: bool) -> Iterator[Oddity]:
    repeat = {NWAVE: channels, NWAVE_SQUARED: channels**2}.get(rule.repeat, rule.repeat)
    per_channel = rule.repeat in (NWAVE, NWAVE_SQUARED)
    other_letter = column.letter != rule.letter
    if per_channel and not channels:
        yield (
            "GENERIC_COL_DIM",
            rule.name,
            "how many channels it should have is not known: INSNAME leads nowhere",
            1,
            "",
        )
    if rule.letter == "A" and not other_letter:
        other_repeat = jmmc and column.repeat > repeat
    else:
        other_repeat = column.repeat != repeat and not (per_channel and not channels)
    if not (other_letter or other_repeat):
        return
    expected = f"{repeat}{rule.letter}" if not per_channel or channels else rule.letter
    readable = not other_repeat and column.letter in _NUMERIC and rule.letter in _NUMERIC
    message = f"TFORM is {column.form}, {expected} is expected"
    yield "GENERIC_COL_FORMAT", rule.name, message, 1, "the numbers can be read" if readable else ""


def _odd_unit(rule: ColumnRule, column: Column, version: int) -> Iterator[Oddity]:
    expected, required = rule.unit, True
    if rule.optional_in_2:  # VISAMP: without unit in OIFITS 1, of any in OIFITS 2
        expected, required = ("", True) if version == 1 else ("*", False)
    unit = (column.unit or "").lower()
    if not unit and expected and required:
        wanted = "a unit" if expected == "*" else f"'{expected}'"
        yield "GENERIC_COL_UNIT_EXIST", rule.name, f"TUNIT is missing, {wanted} is expected", 1, ""
    elif unit and expected != "*" and unit not in UNITS.get(expected, ()):
        wanted = f"'{expected}'" if expected else "none"
        yield "GENERIC_COL_UNIT", rule.name, f"TUNIT is '{column.unit}', {wanted} is expected", 1, ""


def _unknown(columns: tuple[Column, ...], known: set[str], version: int) -> Iterator[Oddity]:
    counts: dict[str, list[str]] = {}
    for column in columns:
        if column.name not in known:
            counts.setdefault(column.name, []).append(column.form)
    for name, forms in counts.items():
        # Columns whose name begins with NS_ are the standard's own way to add what it does not know.
        case = "the name begins with NS_" if name.startswith("NS_") else ""
        yield (
            "UNKNOWN_COLUMN",
            name,
            f"{name or 'a column without name'} ({', '.join(forms)}) is not of the standard",
            len(forms),
            case,
        )


def _unusual(columns: tuple[Column, ...], rules: dict[str, ColumnRule]) -> Iterator[Oddity]:
    names = [column.name for column in columns]
    for name in dict.fromkeys(names):
        if name in rules and (count := names.count(name)) > 1:
            yield "COLUMN_REPEATED", name, f"there are {count} columns {name}: the first is read", count - 1, ""
    for column in columns:
        if column.scaled and column.name in rules:
            yield (
                "COLUMN_SCALED",
                column.name,
                "TSCAL or TZERO is there: the values are read as stored, not scaled",
                1,
                "",
            )


@lru_cache(maxsize=32)
def column_rules(extname: str, version: int) -> dict[str, ColumnRule]:
    """The columns that a table has in a version; the tables of OIFITS 2 have all of theirs in OIFITS 1 files too."""
    table = TABLES[extname]
    return {rule.name: rule for rule in table.columns if rule.since <= version or table.revisions[0] == 0}
