"""Where is it: positions written as coordinates, names of bright stars, and names asked of CDS Sesame.

Knows neither DaCHS nor the database.
"""

import re
from dataclasses import dataclass

from ingest.errors import OivoError
from ingest.targets import find_star
from ingest.targets.sesame import ResolverError, ask

__all__ = ["Position", "PositionError", "ResolverError", "ask_sesame", "known_star", "parse_position"]

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_DECIMAL = re.compile(rf"({_NUMBER})\s*[\s,;/]\s*({_NUMBER})")
_SEXAGESIMAL = re.compile(
    r"(\d{1,2})[\s:h]+(\d{1,2})(?:[\s:m′']+(\d{1,2}(?:\.\d*)?)\s*[s″\"]?)?[\s,;/]*"
    r"([+-])\s*(\d{1,2})[\s:d°]+(\d{1,2})(?:[\s:m′']+(\d{1,2}(?:\.\d*)?)\s*[s″\"]?)?"
)


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
    star = ask(base_url, name)
    return None if star is None else Position(star.ra, star.dec)


def known_star(name: str) -> Position | None:
    """Look a name up in the star table that comes with oivo; None when it does not have it."""
    star = find_star(name)
    return None if star is None else Position(star.ra, star.dec)
