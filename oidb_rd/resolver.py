"""Where is it: positions written as coordinates, and names asked of CDS Sesame.

Knows neither DaCHS nor the database.
"""

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from ingest.errors import OivoError

#: Sesame answers within a second as a rule; a form must not wait much longer.
_TIMEOUT = 8.0
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_DECIMAL = re.compile(rf"({_NUMBER})\s*[\s,;/]\s*({_NUMBER})")
_SEXAGESIMAL = re.compile(
    r"(\d{1,2})[\s:h]+(\d{1,2})(?:[\s:m′']+(\d{1,2}(?:\.\d*)?)\s*[s″\"]?)?[\s,;/]*"
    r"([+-])\s*(\d{1,2})[\s:d°]+(\d{1,2})(?:[\s:m′']+(\d{1,2}(?:\.\d*)?)\s*[s″\"]?)?"
)
_SESAME_POSITION = re.compile(rf"^%J\s+({_NUMBER})\s+({_NUMBER})", re.MULTILINE)


@dataclass(frozen=True)
class Position:
    """Right ascension and declination in degrees (ICRS)."""

    ra: float
    dec: float

    def __post_init__(self) -> None:
        if not 0 <= self.ra <= 360 or not -90 <= self.dec <= 90:
            raise PositionError(
                f"{self.ra:g} {self.dec:+g} is not on the sky",
                remedy="right ascension goes from 0 to 360 degrees, declination from -90 to 90",
            )


class PositionError(OivoError):
    """Coordinates that cannot be read as a position on the sky."""


class ResolverError(OivoError):
    """The name resolver does not answer."""


def parse_position(text: str) -> Position | None:
    """Read a position; None for what does not look like one.

    Parameters
    ----------
    text
        ``101.287 -16.716`` in degrees, or ``06 45 08.9 -16 42 58`` in hours and degrees; parted by blanks, colons,
        or letters, the declination always with its sign there.

    Raises
    ------
    PositionError
        For two numbers that are no position: minutes beyond 59, a declination beyond 90.
    """
    text = text.strip().replace("−", "-").replace("–", "-")
    if found := _DECIMAL.fullmatch(text):
        return Position(float(found[1]), float(found[2]))
    if found := _SEXAGESIMAL.fullmatch(text):
        ra = 15 * _degrees(found[1], found[2], found[3])
        return Position(ra, _degrees(found[5], found[6], found[7]) * (-1 if found[4] == "-" else 1))
    return None


def _degrees(whole: str, minutes: str, seconds: str | None) -> float:
    if float(minutes) >= 60 or float(seconds or 0) >= 60:
        raise PositionError(f"{whole} {minutes} {seconds or ''}".rstrip() + ": minutes and seconds end at 59")
    return float(whole) + float(minutes) / 60 + float(seconds or 0) / 3600


def ask_sesame(base_url: str, name: str) -> Position | None:
    """Ask a Sesame service for a name; None when it does not know it.

    Parameters
    ----------
    base_url
        Address of the service without options, such as ``https://cds.unistra.fr/cgi-bin/nph-sesame``.

    Raises
    ------
    ResolverError
        When it does not answer, or with something else.
    """
    address = f"{base_url}/-oI/SNV?{urllib.parse.quote_plus(name)}"
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT) as reply:
            answer = reply.read(1_000_000).decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise ResolverError(f"the name resolver does not answer ({reason})", remedy="give coordinates") from error
    if found := _SESAME_POSITION.search(answer):
        return Position(float(found[1]), float(found[2]))
    if not answer.lstrip().startswith("#"):
        raise ResolverError("the name resolver's answer cannot be read", remedy="give coordinates")
    return None
