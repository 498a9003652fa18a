"""The search of OiDB: what its form's fields mean in SQL, and the core that asks the database.

Each field becomes a `Condition`: SQL with named placeholders, and their values; text of a user never gets into the
SQL itself. The page around it is ``oidb_rd.searchpage``.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gavo import base, rsc
from gavo.protocols import scs
from gavo.svcs import outputdef, standardcores

from ingest.archive import Archive
from ingest.archive.lookup import collections_like, names_are_known, positions_of_names
from ingest.archive.previews import cached_thumbnails
from ingest.home import Home
from ingest.oifits.names import BANDS, facility_of, instrument_of
from oidb_rd.resolver import Position, PositionError, ResolverError, ask_sesame, parse_position

#: Columns of the result page; other formats carry those of DaCHS' verbosity.
HTML_COLUMNS = (
    "id",
    "obs_publisher_did",
    "target_name",
    "instrument",
    "instrument_name",
    "facility",
    "facility_name",
    "bands",
    "t_min",
    "local_night",
    "interferometer_stations",
    "baseline_min",
    "baseline_max",
    "nb_channels",
    "nb_vis2",
    "nb_t3",
    "calib_level",
    "data_rights",
    "obs_release_date",
    "obs_collection",
    "datapi",
    "dataproduct_category",
    "access_url",
    "file_name",
    "access_estsize",
)

#: What the field `sort` may say, and the ORDER BY it stands for.
SORTINGS = {
    "newest": "t_min DESC NULLS LAST, id",
    "oldest": "t_min ASC NULLS LAST, id",
    "target": "lower(target_name), t_min DESC NULLS LAST, id",
    "instrument": "instrument NULLS LAST, t_min DESC NULLS LAST, id",
    "submitted": "subdate DESC, id",
}
DEFAULT_ROWS = 100
#: A page of more rows is of no use to people, and DaCHS answers nobody else while it writes one (1000 rows: 1 s).
MOST_HTML_ROWS = 500
#: Files may have more; who wants all of the archive uses TAP.
MOST_ROWS = 100_000
#: Matches are counted up to here: counting all of a million rows costs half a second.
MOST_COUNTED = 100_000
#: Names such as "CALIB" stand for many stars: beyond so many places only the name counts.
_MOST_PLACES = 5
_MJD_EPOCH = date(1858, 11, 17)


@dataclass(frozen=True)
class Condition:
    """A term of the WHERE clause, its parameters, and how the result page tells of it."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""


@dataclass(frozen=True)
class SearchResult:
    """What the result page needs to know besides the rows; thumbnails are ids of granules that have one."""

    conditions: tuple[Condition, ...]
    matched: int
    matched_exactly: bool
    thumbnails: frozenset[int] = frozenset()


def like_pattern(text: str) -> str:
    r"""Return a pattern for LIKE in lower case, in which the user's ``*`` stands for anything.

    Examples
    --------
    >>> like_pattern("HD_4*")
    'hd\\_4%'
    """
    return re.sub(r"([\\%_])", r"\\\1", text.lower()).replace("*", "%")


def name_variants(name: str) -> list[str]:
    """Return a target's name as files may write it, in lower case: ``HD 48915``, ``HD48915``, ``HD_48915``.

    Examples
    --------
    >>> name_variants("HD_48915")
    ['hd_48915', 'hd 48915', 'hd48915']
    """
    plain = " ".join(re.split(r"[\s_]+", name.lower().strip()))
    apart = re.sub(r"^([a-z]+)(?=[0-9])", r"\1 ", plain)
    glued = (form.replace(" ", glue) for form in (plain, apart) for glue in (" ", "_", ""))
    return list(dict.fromkeys([name.lower(), *glued]))


def _fail(field_name: str, message: str) -> base.ValidationError:
    return base.ValidationError(message, field_name)


def _text(arguments: Mapping[str, Any], name: str) -> str:
    value = arguments.get(name)
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    text = "" if value is None else str(value).strip()
    if "\0" in text or len(text) > 200:
        raise _fail(name, "at most 200 characters of text are wanted")
    return text


def _target(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    text = _text(arguments, "target")
    if not text:
        return
    radius = _radius(arguments)
    if "*" in text:
        yield Condition("lower(target_name) LIKE %(name)s", {"name": like_pattern(text)}, f"target is like {text}")
        return
    names = name_variants(text)
    with Archive(Home.from_environment()).transaction() as cursor:
        known = names_are_known(cursor, names)
        places = positions_of_names(cursor, names, _MOST_PLACES + 1) if known else []
    by_name = Condition("lower(target_name) = ANY(%(names)s)", {"names": names}, f"target is called {text}")
    if known and len(places) > _MOST_PLACES:
        yield by_name
        return
    centres = [Position(*place) for place in places] if known else [_position(text)]
    cones = [_cone(centre, radius, number) for number, centre in enumerate(centres)]
    terms = [by_name, *cones] if known else cones
    where = " or ".join(f"{centre.ra:.4f} {centre.dec:+.4f}" for centre in centres)
    yield Condition(
        f"({' OR '.join(term.sql for term in terms)})",
        {name: value for term in terms for name, value in term.parameters.items()},
        f"target is {f'called {text}, or' if known else f'{text},'} within {radius:g}′ of {where}",
    )


def _radius(arguments: Mapping[str, Any]) -> float:
    text = _text(arguments, "radius") or "2"
    try:
        radius = float(text)
    except ValueError:
        radius = -1.0
    if not 0 < radius <= 10800:
        raise _fail("radius", f"{text!r} is not a radius: give arcminutes, more than 0 and at most 10800")
    return radius


def _position(text: str) -> Position:
    """Read coordinates, or ask the resolver that the operator has set."""
    try:
        if position := parse_position(text):
            return position
    except PositionError as error:
        raise _fail("target", str(error)) from error
    resolver = Home.from_environment().settings.text("remote.sesame")
    unknown = f"no target here is called {text!r}"
    if not resolver:
        raise _fail("target", f"{unknown}, and it is not a position")
    try:
        position = ask_sesame(resolver, text)
    except ResolverError as error:
        raise _fail("target", f"{unknown}, and {error}") from error
    if position is None:
        raise _fail("target", f"{unknown}, nor does the name resolver know it; it is not a position either")
    return position


def _cone(centre: Position, radius: float, number: int) -> Condition:
    table = base.resolveCrossId("oidb/q#oidb")
    names = [f"{name}{number}" for name in ("ra", "dec", "radius")]
    return Condition(
        scs.getRadialCondition(table, *(f"%({name})s" for name in names)),
        dict(zip(names, (centre.ra, centre.dec, radius / 60), strict=True)),
    )


def _dates(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    first, last = _day(arguments, "date_from", False), _day(arguments, "date_to", True)
    if first and last and first > last:
        raise _fail("date_to", "the last day is before the first")
    if first:
        yield Condition("t_max >= %(date_from)s", {"date_from": _mjd(first)}, f"observed since {first}")
    if last:
        end = _mjd(last) + 1
        yield Condition("t_min < %(date_to)s", {"date_to": end}, f"observed until {last}")


def _day(arguments: Mapping[str, Any], name: str, at_end: bool) -> date | None:
    """Read 2023, 2023-05 or 2023-05-17: its first day, or its last."""
    text = _text(arguments, name)
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text)
    try:
        if not found:
            raise ValueError
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        if day is not None:
            return date(year, month or 1, day)
        if not at_end:
            return date(year, month or 1, 1)
        following = date(year + 1, 1, 1) if month in (None, 12) else date(year, (month or 0) + 1, 1)
        return following - timedelta(days=1)
    except (ValueError, OverflowError):
        raise _fail(name, f"{text!r} is not a date: write 2023-05-17, 2023-05 or 2023") from None


def _mjd(day: date) -> int:
    return (day - _MJD_EPOCH).days


def _instrument(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    yield from _normalised(arguments, "instrument", "instrument", instrument_of)


def _facility(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    yield from _normalised(arguments, "facility", "array", facility_of)


def _normalised(
    arguments: Mapping[str, Any], name: str, label: str, normalise: Callable[[str], str | None]
) -> Iterator[Condition]:
    """Compare a known name with the normalised column, another one with the beginning of the file's own words."""
    text = _text(arguments, name)
    if not text:
        return
    known = None if "*" in text else normalise(text)
    if known:
        yield Condition(f"{name} = %({name})s", {name: known}, f"{label} is {known}")
    else:
        pattern = {name: like_pattern(text.rstrip("*")) + "%"}
        yield Condition(
            f"(lower({name}) LIKE %({name})s OR lower({name}_name) LIKE %({name})s)", pattern, f"{label} is like {text}"
        )


def _wavelength(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    text = _text(arguments, "band")
    if not text:
        return
    letters = text.upper().replace(",", " ").split()
    if all(letter in BANDS for letter in letters):
        yield Condition(
            "string_to_array(bands, ' ') && %(bands)s::text[]", {"bands": letters}, f"band is {' or '.join(letters)}"
        )
        return
    found = re.fullmatch(r"(\d*\.?\d+)(?:\s*(?:-|–|to|\.\.|/)\s*(\d*\.?\d+))?\s*(?:µm|um|μm)?", text.strip())
    low, high = (float(found[1]), float(found[2] or found[1])) if found else (1.0, 0.0)
    if not 0 < low <= high < 1000:
        raise _fail("band", f"{text!r} is neither a band ({' '.join(BANDS)}) nor a range in µm, such as 2.0-2.4")
    yield Condition(
        "em_min <= %(em_high)s AND em_max >= %(em_low)s",
        {"em_low": low * 1e-6, "em_high": high * 1e-6},
        f"wavelengths overlap {low:g}–{high:g} µm",
    )


def _levels(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    value = arguments.get("level") or []
    levels = sorted({str(level) for level in (value if isinstance(value, (list, tuple)) else [value])})
    if not levels:
        return
    if not set(levels) <= {"0", "1", "2", "3"}:
        raise _fail("level", "levels are 0, 1, 2 and 3")
    yield Condition(
        "calib_level = ANY(%(levels)s)", {"levels": [int(level) for level in levels]}, f"level is {' or '.join(levels)}"
    )


def _choice(arguments: Mapping[str, Any], name: str, choices: Mapping[str, Condition]) -> Iterator[Condition]:
    text = _text(arguments, name).lower()
    if not text or text in ("all", "any"):
        return
    if text not in choices:
        raise _fail(name, f"give one of {', '.join(choices)} or all")
    yield choices[text]


def _category(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    told = "category is {} or not told"
    science = Condition("coalesce(dataproduct_category, 'SCIENCE') LIKE 'SCI%%'", {}, told.format("SCIENCE"))
    calibration = Condition("dataproduct_category LIKE 'CAL%%'", {}, "category is CALIB")
    yield from _choice(arguments, "category", {"science": science, "calib": calibration})


def _rights(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    public = Condition("data_rights = 'public'", {}, "file is public")
    private = Condition("data_rights <> 'public'", {}, "file is private")
    yield from _choice(arguments, "rights", {"public": public, "private": private})


def _collection(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    text = _text(arguments, "collection")
    if not text:
        return
    with Archive(Home.from_environment()).transaction() as cursor:
        found = collections_like(cursor, like_pattern(text)) or collections_like(cursor, f"%{like_pattern(text)}%")
    if not found:
        raise _fail("collection", f"no collection has {text!r} in its identifier, name or title")
    told = f"collection is {found[0]}" if len(found) == 1 else f"collection is one of {len(found)} with “{text}”"
    yield Condition("obs_collection = ANY(%(collections)s)", {"collections": found}, told)


def _datapi(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    text = _text(arguments, "datapi")
    if text:
        yield Condition("lower(datapi) LIKE %(datapi)s", {"datapi": f"%{like_pattern(text)}%"}, f"data PI: {text}")


def _identifiers(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    for name, label in (("progid", "programme"), ("obs_id", "observation")):
        if text := _text(arguments, name):
            yield Condition(
                f"lower({name}) LIKE %({name})s", {name: like_pattern(text) + "%"}, f"{label} begins with {text}"
            )


_FIELDS = (
    _target,
    _dates,
    _instrument,
    _facility,
    _wavelength,
    _levels,
    _category,
    _rights,
    _collection,
    _datapi,
    _identifiers,
)


def conditions_of(arguments: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the conditions that the form's fields stand for.

    Raises
    ------
    gavo.base.ValidationError
        With the field's name, for what cannot be understood or is not known.
    """
    return tuple(condition for read in _FIELDS for condition in read(arguments))


def run(service: Any, query_meta: Any, arguments: Mapping[str, Any]) -> Any:
    """Run the search for DaCHS: the table of a page, or that of a VOTable, a CSV file and so on.

    Sorted as asked, the newest first by default; how many match in all is in ``query_meta["search"]``.
    """
    sorting = SORTINGS.get(_text(arguments, "sort") or "newest")
    if sorting is None:
        raise _fail("sort", f"give one of {', '.join(SORTINGS)}")
    on_page = query_meta.get("format") in (None, "HTML")
    limit = _limit(arguments, MOST_HTML_ROWS if on_page else MOST_ROWS)
    conditions = conditions_of(arguments)
    table = service.rd.getById("oidb")
    columns = (
        [outputdef.OutputField.fromColumn(table.getColumnByName(name)) for name in HTML_COLUMNS]
        if on_page
        else service.getCurOutputFields(query_meta)
    )
    shape = base.makeStruct(
        outputdef.OutputTableDef, parent_=table.parent, id="result", onDisk=False, columns=list(columns)
    )
    shape.copyMetaFrom(table)
    where = " AND ".join(f"({condition.sql})" for condition in conditions)
    parameters = {name: value for condition in conditions for name, value in condition.parameters.items()}
    try:
        with base.getTableConn() as connection:
            result, counted = _ask(connection, table, shape, where, parameters, sorting, limit, query_meta["timeout"])
    except base.Error:
        raise
    except Exception:
        standardcores.mapDBErrors(*sys.exc_info())
    result.noPostprocess = True
    query_meta["Matched"] = len(result.rows)
    thumbnails = _thumbnails(result.rows) if on_page else frozenset()
    query_meta["search"] = SearchResult(conditions, min(counted, MOST_COUNTED), counted <= MOST_COUNTED, thumbnails)
    result.setMeta("_queryStatus", "OVERFLOW" if counted > len(result.rows) else "OK")
    return result


def _thumbnails(rows: list[dict[str, Any]]) -> frozenset[int]:
    home = Home.from_environment()
    with Archive(home).transaction() as cursor:
        return cached_thumbnails(home, cursor, [row["id"] for row in rows], datetime.now(UTC))


def _limit(arguments: Mapping[str, Any], most: int) -> int:
    text = _text(arguments, "MAXREC") or str(DEFAULT_ROWS)
    if not re.fullmatch(r"[0-9]{1,9}", text) or not int(text):
        raise _fail("MAXREC", f"{text!r} is not a number of rows")
    return min(int(text), most)


def _ask(
    connection: Any,
    table: Any,
    shape: Any,
    where: str,
    parameters: dict[str, Any],
    sorting: str,
    limit: int,
    timeout: float,
) -> tuple[Any, int]:
    """Return the first rows, and the number of all that match (up to one more than `MOST_COUNTED`)."""
    with connection.parameters([("statement_timeout", f"{int(1000 * timeout)}ms")]):
        queried = rsc.TableForDef(table, nometa=True, create=False, connection=connection)
        result = queried.getTableForQuery(
            shape, where, dict(parameters), limits=(f"ORDER BY {sorting} LIMIT %(_rows)s", {"_rows": limit})
        )
        if len(result.rows) < limit:
            return result, len(result.rows)
        clause = f"WHERE {where}" if where else ""
        counted: Sequence[Any] = list(
            connection.query(
                f"SELECT count(*) FROM (SELECT 1 FROM {table.getQName()} {clause} LIMIT %(_most)s) AS matches",
                parameters | {"_most": MOST_COUNTED + 1},
            )
        )
        return result, int(counted[0][0])
