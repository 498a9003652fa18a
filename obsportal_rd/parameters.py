"""What the parameters of a search mean: those of ASPRO2's door and those of the page, which are the same.

Pure: knows neither DaCHS nor the database. May import ``ingest``.
"""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from ingest.archive.obsportal_search import Cone, ExposureQuery
from ingest.errors import OivoError

#: arcsec; what ASPRO2 asks for.
DEFAULT_RADIUS = 30.0
_LONGEST = 200
#: Lists of targets, as the search page makes them.
_LONGEST_LIST = 4000
_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)
_YES, _NO = frozenset({"true", "1", "yes", "on"}), frozenset({"false", "0", "no", "off"})
#: A moment, its clock and zone optional. The "+" of a zone is a blank where somebody forgot to escape it.
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?:(Z)|([ +-])(\d\d):?(\d\d))?)?", re.IGNORECASE
)


class ParameterError(OivoError):
    """A parameter has a value that cannot be understood."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(problem, place=name)
        self.name, self.told = name, problem


class Parameters:
    """What a request brings: each name once, unknown ones ignored.

    Raises
    ------
    ParameterError
        From each method, for a value that cannot be used.
    """

    def __init__(self, arguments: Mapping[str, Sequence[str]]) -> None:
        self._arguments = arguments

    def text(self, name: str) -> str:
        """Return a text without blanks around it; empty where there is none."""
        values = {value.strip() for value in self._arguments.get(name, ())}
        values.discard("")
        if len(values) > 1:
            raise ParameterError(name, "is given more than once, with different values")
        text = next(iter(values), "")
        longest = _LONGEST_LIST if name == "target_id" else _LONGEST
        if len(text) > longest or any(ord(char) < 32 or char == "\x7f" or char == "\ufffd" for char in text):
            raise ParameterError(name, f"at most {longest} characters of text are wanted")
        return text

    def number(self, name: str) -> float | None:
        """Return a finite number, None where there is none."""
        text = self.text(name)
        if not text:
            return None
        # float() also knows "1_000", "infinity" and digits of other scripts
        if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?", text, re.IGNORECASE | re.ASCII):
            raise ParameterError(name, f"{text!r} is not a number")
        number = float(text)
        if not math.isfinite(number):
            raise ParameterError(name, f"{text!r} is too large")
        return number

    def flag(self, name: str) -> bool | None:
        """Return yes or no, None where nothing was said."""
        text = self.text(name).lower()
        if not text:
            return None
        if text not in _YES | _NO:
            raise ParameterError(name, f"{text!r} is neither true nor false")
        return text in _YES

    def cone(self) -> Cone | None:
        """Return the circle of ``ra``, ``dec`` (deg) and ``radius`` (arcsec); right ascension may be negative."""
        ra, dec, radius = self.number("ra"), self.number("dec"), self.radius()
        if ra is None and dec is None:
            return None
        if ra is None or dec is None:
            raise ParameterError("dec" if dec is None else "ra", "is missing: a position needs ra and dec")
        if not -90 <= dec <= 90:
            raise ParameterError("dec", f"{dec:g} is not on the sky: -90 to 90 degrees")
        if not -360 <= ra <= 720:
            raise ParameterError("ra", f"{ra:g} is not on the sky: 0 to 360 degrees")
        return Cone(ra % 360.0, dec, radius)

    def radius(self) -> float:
        """Return the radius in degrees; it is given in arcsec."""
        radius = self.number("radius")
        radius = DEFAULT_RADIUS if radius is None else radius
        if not 0 <= radius <= 648000:
            raise ParameterError("radius", f"{radius:g} is not a radius: give arcsec, at most 648000")
        return radius / 3600

    def moment(self, name: str, *, at_end: bool = False) -> datetime | None:
        """Return a moment in ISO form, UTC where it has no zone; of a mere day its beginning, or its end."""
        text = self.text(name)
        if not text:
            return None
        found = _MOMENT.fullmatch(text)
        try:
            if not found:
                raise ValueError
            day, clock, _, sign, hours, minutes = found.groups()
            if clock is None:
                moment = datetime.combine(date.fromisoformat(day), time(), UTC)
                return moment + timedelta(days=1) if at_end else moment
            moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)
            if sign is None:
                return moment
            if int(hours) > 23 or int(minutes) > 59:
                raise ValueError
            ahead = timedelta(hours=int(hours), minutes=int(minutes))
            return moment + ahead if sign == "-" else moment - ahead
        except (ValueError, OverflowError):
            raise ParameterError(
                name, f"{text!r} is not a moment: write 2022-01-31 or 2022-01-31T12:00:00+00:00"
            ) from None


def query_of(parameters: Parameters) -> ExposureQuery:
    """Return the query that the parameters stand for.

    Raises
    ------
    ParameterError
        For a value that cannot be used.
    """
    cone = parameters.cone()
    first, last = parameters.moment("date_from"), parameters.moment("date_to", at_end=True)
    # the end of a mere day belongs to the next one
    if first and last and (first > last or (first == last and len(parameters.text("date_to")) == len("2022-01-31"))):
        raise ParameterError("date_to", "is before date_from")
    return ExposureQuery(
        cones=(cone,) if cone else (),
        target_ids=_identifiers(parameters, "target_id"),
        instrument=parameters.text("instrument"),
        mode=_mode(parameters),
        submode=parameters.text("instrument_submode"),
        interferometer=parameters.text("interferometer"),
        program_id=parameters.text("program_id"),
        stations=_stations(parameters),
        obs_type=_kind(parameters),
        valid=parameters.flag("valid"),
        observed_from=_mjd(first),
        observed_to=_mjd(last),
        updated_from=parameters.moment("date_updated_from"),
        updated_to=parameters.moment("date_updated_to", at_end=True),
        observation_id=next(iter(_identifiers(parameters, "obs_id")), None),
    )


def _mode(parameters: Parameters) -> str:
    mode = parameters.text("instrument_mode")
    if mode.isdigit():
        raise ParameterError(
            "instrument_mode", "modes have no numbers here: give the name, such as HIGH-COMBINED or GRISM-H"
        )
    return mode


def _stations(parameters: Parameters) -> tuple[str, ...]:
    names = re.split(r"[\s,;+-]+", parameters.text("stations").upper())
    # ASPRO2's configuration calls the unit telescopes UT1, ESO's headers and this site U1
    return tuple(dict.fromkeys(re.sub(r"^UT(?=[1-4]$)", "U", name) for name in names if name))


def _kind(parameters: Parameters) -> str:
    kind = parameters.text("obs_type").lower()
    if kind not in ("", "science", "calibrator"):
        raise ParameterError("obs_type", "is science or calibrator")
    return kind


def _identifiers(parameters: Parameters, name: str) -> tuple[int, ...]:
    text = parameters.text(name)
    if not text:
        return ()
    if not re.fullmatch(r"[0-9]{1,18}( *,[0-9]{1,18})*", text, re.ASCII):
        raise ParameterError(name, f"{text!r} is not an identifier: it is a whole number")
    return tuple(dict.fromkeys(int(part) for part in text.split(",")))


def _mjd(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - _MJD_EPOCH) / timedelta(days=1)
