"""What the fields of OiDB's search mean: in SQL, in ADQL, and in words.

Each field becomes a `Condition`: SQL with named placeholders and their values; text of a user never gets into the SQL
itself. The search is ``oidb_rd.search``, the page around it ``oidb_rd.searchpage``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from gavo import base
from gavo.protocols import scs

from ingest.archive import Archive
from ingest.archive.lookup import collections_like, names_are_known, positions_of_names
from ingest.home import Home
from ingest.oifits.names import BANDS, facility_of, instrument_of
from oidb_rd.resolver import Position, PositionError, ResolverError, ask_sesame, known_star, parse_position

#: Names such as "CALIB" stand for many stars: beyond so many places only the name counts.
_MOST_PLACES = 5
_MJD_EPOCH = date(1858, 11, 17)
#: Degrees in the units of a radius.
_UNITS = {
    "deg": 1.0,
    "°": 1.0,
    "arcmin": 1 / 60,
    "'": 1 / 60,
    "′": 1 / 60,
    "arcsec": 1 / 3600,
    '"': 1 / 3600,
    "″": 1 / 3600,
}
#: Levels where none is said: raw exposures are a hundred times as many, and are asked for.
_REDUCED = (1, 2, 3)


@dataclass(frozen=True)
class Condition:
    """A term of the WHERE clause.

    Attributes
    ----------
    sql, parameters
        Named placeholders and their values.
    adql
        The same for people who go on with TAP.
    told
        How the result page tells of it.
    """

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    adql: str = ""
    told: str = ""


def adql_text(value: str) -> str:
    """Return a literal of ADQL."""
    return "'" + value.replace("'", "''") + "'"


def _adql_list(values: Sequence[str]) -> str:
    return ", ".join(adql_text(value) for value in values)


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


def fail(field_name: str, message: str) -> base.ValidationError:
    """Return the error of a field."""
    return base.ValidationError(message, field_name)


def text_of(arguments: Mapping[str, Any], name: str) -> str:
    """Return what was typed into a field.

    Raises
    ------
    gavo.base.ValidationError
        When nobody types that.
    """
    value = arguments.get(name)
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    text = "" if value is None else str(value).strip()
    if "\0" in text or len(text) > 200:
        raise fail(name, "at most 200 characters of text are wanted")
    return text


def _target(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    text = text_of(arguments, "target")
    if not text:
        return
    radius = _radius(arguments)
    if "*" in text:
        pattern = like_pattern(text)
        yield _like("target_name", "name", pattern, f"target is like {text}")
        return
    names = name_variants(text)
    with Archive(Home.from_environment()).transaction() as cursor:
        known = names_are_known(cursor, names)
        places = positions_of_names(cursor, names, _MOST_PLACES + 1) if known else []
    by_name = Condition(
        "lower(target_name) = ANY(%(names)s)",
        {"names": names},
        f"LOWER(target_name) IN ({_adql_list(names)})",
        f"target is called {text}",
    )
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
        f"({' OR '.join(term.adql for term in terms)})",
        f"target is {f'called {text}, or' if known else f'{text},'} within {radius * 60:g}′ of {where}",
    )


def _like(column: str, name: str, pattern: str, told: str) -> Condition:
    return Condition(
        f"lower({column}) LIKE %({name})s", {name: pattern}, f"LOWER({column}) LIKE {adql_text(pattern)}", told
    )


def _radius(arguments: Mapping[str, Any]) -> float:
    """Return the radius in degrees; arcminutes where no unit is said."""
    text = text_of(arguments, "radius") or "2"
    found = re.fullmatch(rf"(\d*\.?\d+(?:[eE][+-]?\d+)?)\s*({'|'.join(map(re.escape, _UNITS))})?", text)
    radius = float(found[1]) * _UNITS[found[2] or "arcmin"] if found else -1.0
    if not 0 < radius <= 180:
        raise fail("radius", f"{text!r} is not a radius: give arcminutes, or a unit: 30 arcsec, 2 arcmin, 0.5 deg")
    return radius


def _position(text: str) -> Position:
    """Read coordinates, or ask the resolver that the operator has set."""
    try:
        if position := parse_position(text) or known_star(text):
            return position
    except PositionError as error:
        raise fail("target", str(error)) from error
    resolver = Home.from_environment().settings.text("remote.sesame")
    unknown = f"no target here is called {text!r}"
    if not resolver:
        raise fail("target", f"{unknown}, and it is not a position")
    try:
        position = ask_sesame(resolver, text)
    except ResolverError as error:
        raise fail("target", f"{unknown}, and {error}") from error
    if position is None:
        raise fail("target", f"{unknown}, nor does the name resolver know it; it is not a position either")
    return position


def _cone(centre: Position, radius: float, number: int) -> Condition:
    table = base.resolveCrossId("oidb/q#oidb")
    names = [f"{name}{number}" for name in ("ra", "dec", "radius")]
    return Condition(
        scs.getRadialCondition(table, *(f"%({name})s" for name in names)),
        dict(zip(names, (centre.ra, centre.dec, radius), strict=True)),
        f"1 = CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', {centre.ra!r}, {centre.dec!r}, {radius!r}))",
    )


def _dates(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    first, last = _day(arguments, "date_from", False), _day(arguments, "date_to", True)
    if first and last and first > last:
        raise fail("date_to", "the last day is before the first")
    if first:
        start = _mjd(first)
        yield Condition("t_max >= %(date_from)s", {"date_from": start}, f"t_max >= {start}", f"observed since {first}")
    if last:
        end = _mjd(last) + 1
        yield Condition("t_min < %(date_to)s", {"date_to": end}, f"t_min < {end}", f"observed until {last}")


def _day(arguments: Mapping[str, Any], name: str, at_end: bool) -> date | None:
    """Read 2023, 2023-05 or 2023-05-17: its first day, or its last."""
    text = text_of(arguments, name)
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
        raise fail(name, f"{text!r} is not a date: write 2023-05-17, 2023-05 or 2023") from None


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
    text = text_of(arguments, name)
    if not text:
        return
    known = None if "*" in text else normalise(text)
    if known:
        yield Condition(f"{name} = %({name})s", {name: known}, f"{name} = {adql_text(known)}", f"{label} is {known}")
        return
    pattern = like_pattern(text.rstrip("*")) + "%"
    like = adql_text(pattern)
    yield Condition(
        f"(lower({name}) LIKE %({name})s OR lower({name}_name) LIKE %({name})s)",
        {name: pattern},
        f"(LOWER({name}) LIKE {like} OR LOWER({name}_name) LIKE {like})",
        f"{label} is like {text}",
    )


def _wavelength(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    text = text_of(arguments, "band")
    if not text:
        return
    letters = text.upper().replace(",", " ").split()
    if all(letter in BANDS for letter in letters):
        # letters stand apart, so that none is a part of another
        like = " OR ".join(f"bands LIKE '%{letter}%'" for letter in letters)
        yield Condition(
            "string_to_array(bands, ' ') && %(bands)s::text[]",
            {"bands": letters},
            f"({like})",
            f"band is {' or '.join(letters)}",
        )
        return
    found = re.fullmatch(r"(\d*\.?\d+)(?:\s*(?:-|–|to|\.\.|/)\s*(\d*\.?\d+))?\s*(?:µm|um|μm)?", text.strip())
    low, high = (float(found[1]), float(found[2] or found[1])) if found else (1.0, 0.0)
    if not 0 < low <= high < 1000:
        raise fail("band", f"{text!r} is neither a band ({' '.join(BANDS)}) nor a range in µm, such as 2.0-2.4")
    yield Condition(
        "em_min <= %(em_high)s AND em_max >= %(em_low)s",
        {"em_low": low * 1e-6, "em_high": high * 1e-6},
        f"em_min <= {high:g}e-6 AND em_max >= {low:g}e-6",
        f"wavelengths overlap {low:g}–{high:g} µm",
    )


def _levels(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    value = arguments.get("level") or []
    texts = sorted({str(level) for level in (value if isinstance(value, (list, tuple)) else [value])})
    if not set(texts) <= {"0", "1", "2", "3"}:
        raise fail("level", "levels are 0, 1, 2 and 3")
    levels = [int(text) for text in texts] or list(_REDUCED)
    if len(levels) == 4:
        return
    listed = ", ".join(map(str, levels))
    told = f"level is {' or '.join(texts)}" if texts else ""
    yield Condition("calib_level = ANY(%(levels)s)", {"levels": levels}, f"calib_level IN ({listed})", told)


def _choice(arguments: Mapping[str, Any], name: str, choices: Mapping[str, Condition]) -> Iterator[Condition]:
    text = text_of(arguments, name).lower()
    if not text or text in ("all", "any"):
        return
    if text not in choices:
        raise fail(name, f"give one of {', '.join(choices)} or all")
    yield choices[text]


def _category(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    science = Condition(
        "coalesce(dataproduct_category, 'SCIENCE') LIKE 'SCI%%'",
        {},
        "(dataproduct_category LIKE 'SCI%' OR dataproduct_category IS NULL)",
        "category is SCIENCE or not told",
    )
    calibration = Condition(
        "dataproduct_category LIKE 'CAL%%'", {}, "dataproduct_category LIKE 'CAL%'", "category is CALIB"
    )
    yield from _choice(arguments, "category", {"science": science, "calib": calibration})


def _rights(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    public = Condition("data_rights = 'public'", {}, "data_rights = 'public'", "file is public")
    private = Condition("data_rights <> 'public'", {}, "data_rights <> 'public'", "file is private")
    yield from _choice(arguments, "rights", {"public": public, "private": private})


def _collection(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    text = text_of(arguments, "collection")
    if not text:
        return
    with Archive(Home.from_environment()).transaction() as cursor:
        found = collections_like(cursor, like_pattern(text)) or collections_like(cursor, f"%{like_pattern(text)}%")
    if not found:
        raise fail("collection", f"no collection has {text!r} in its identifier, name or title")
    told = f"collection is {found[0]}" if len(found) == 1 else f"collection is one of {len(found)} with “{text}”"
    yield Condition(
        "obs_collection = ANY(%(collections)s)",
        {"collections": found},
        f"obs_collection IN ({_adql_list(found)})",
        told,
    )


def _datapi(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    if text := text_of(arguments, "datapi"):
        yield _like("datapi", "datapi", f"%{like_pattern(text)}%", f"data PI: {text}")


def _identifiers(arguments: Mapping[str, Any]) -> Iterator[Condition]:
    for name, label in (("progid", "programme"), ("proposal_subid", "sub-id"), ("obs_id", "observation")):
        if text := text_of(arguments, name):
            yield _like(name, name, like_pattern(text) + "%", f"{label} begins with {text}")


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
