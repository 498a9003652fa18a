"""The cards of a header to values.

Tolerant: lines of any length, cards without columns, blanks anywhere; the first of several cards with one keyword
counts. May import ``ingest.eso.keywords`` and ``ingest.eso.plain``.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter

from ingest.eso.keywords import KEYWORDS
from ingest.eso.plain import plain_text

#: Words that stand for nothing (all met in real headers).
NOTHING = frozenset(("", "UNDEFINED", "NODEFAULT", "NONE", "UNKNOWN", "INVALID VALUE", "N/A", "NULL"))
#: Characters that hold the FITS keywords before the first HIERARCH card, and DPR CATG, TECH and TYPE.
_TOP, _THREE_CARDS = 3000, 300
_PACKED_DAY = 240000.0


def _alternatives(words: Iterable[str], blank: str = " ") -> str:
    """A pattern for any of some keywords, branching where they part and meeting again where they end alike.

    `re` tries alternatives one after the other: on 74 headers of 1200 cards 0.14 ms each instead of 0.66.
    """
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[:1], []).append(word[1:])
    chars: dict[str, str] = {}
    for char, rest in rests.items():
        if char:
            ending = _alternatives(rest, blank)
            chars[ending] = chars.get(ending, "") + char
    parts = [(blank if these == " " else _one_of(these)) + ending for ending, these in chars.items()]
    if not parts:
        return ""
    chosen = parts[0] if len(parts) == 1 and "" not in rests else f"(?:{'|'.join(parts)})"
    return f"{chosen}?" if "" in rests else chosen


def _one_of(chars: str) -> str:
    return re.escape(chars) if len(chars) == 1 else f"[{re.escape(chars)}]"


# No possessive groups, which would save a tenth: in Python 3.11.2 they lose characters (github.com/python/cpython
# issue 106052).
#: A string from its first quote on, doubled quotes and CONTINUE cards in it; or anything up to a comment.
_VALUE = (
    r"('[^'\n]*(?:''[^'\n]*)*(?:(?<=&)'[^\n]*\n *CONTINUE *'[^'\n]*(?:''[^'\n]*)*)*"
    r"|[^/\n]*)"
)
_WANTED = re.compile(rf"\n *(?:HIERARCH +ESO +|)({_alternatives(KEYWORDS, ' +')}) *= *{_VALUE}")
_ANY = re.compile(rf"\n *([^ =/'\n]+(?: +[^ =/'\n]+)*) *= *{_VALUE}")
# As ESO writes them, apart: with a prefix of fixed characters `re` skips other lines twice as fast.
_FITS_KEYS = tuple(key for key in KEYWORDS if " " not in key)
_FITS = re.compile(rf"\n({_alternatives(_FITS_KEYS)}) *= *{_VALUE}")
_ESO = re.compile(rf"\nHIERARCH ESO ({_alternatives(key for key in KEYWORDS if ' ' in key)}) *= *{_VALUE}")
_CONTINUED = re.compile(r"&'[^\n]*\n *CONTINUE *'")
_QUOTES = "''"


class Keys:
    """Some keywords whose values are numbers, to be read at once.

    Parameters
    ----------
    names
        The keywords; two or more.
    """

    def __init__(self, *names: str) -> None:
        self.names = names
        self.of = itemgetter(*names)


@dataclass(frozen=True, slots=True)
class Header:
    """The cards of a header that oivo reads (`ingest.eso.keywords`).

    Attributes
    ----------
    cards
        Keywords without ``HIERARCH ESO``, and their values as they stand: a string begins with a quote.
    repeated
        Keywords that have more than one card, with different values.
    """

    cards: dict[str, str]
    repeated: tuple[str, ...] = ()

    @classmethod
    def parse(cls, source: str | bytes) -> "Header":
        """Read all wanted cards.

        Raises
        ------
        HeaderError
            When it is no header, or a part of one.
        """
        return cls.of_lines(plain_text(source))

    @classmethod
    def of_lines(cls, plain: str) -> "Header":
        """Read all wanted cards of what `plain_text` returned."""
        return cls._of([(" ".join(key.split()), value) for key, value in _WANTED.findall(plain)])

    @classmethod
    def top(cls, plain: str) -> "Header":
        """Read the FITS keywords and, if it is in the first half, DPR of what `plain_text` returned.

        Takes an eighth of the time of `of_lines`.
        """
        found = _fits_cards(plain)
        start = plain.find("\nHIERARCH ESO DPR CATG", 0, len(plain) // 2)
        if start >= 0:
            found += _ESO.findall(plain, start, start + _THREE_CARDS)
        return cls._of(found)

    @classmethod
    def skim(cls, plain: str, top: "Header") -> "Header":
        """Read the cards of what `plain_text` returned, if they are written as ESO does.

        Takes half the time of `of_lines` (0.07 ms for 0.15). Cards with other blanks are missed; the caller looks
        whether it has what it needs.

        Parameters
        ----------
        plain
            The lines.
        top
            What `top` returned of them.
        """
        found = _ESO.findall(plain)
        rest = cls._of(found)
        return cls({**top.cards, **rest.cards}, top.repeated + rest.repeated)

    @classmethod
    def _of(cls, found: list[tuple[str, str]]) -> "Header":
        cards = dict(found)
        if len(cards) == len(found):
            return cls(cards)
        cards, repeated = {}, []
        for key, value in found:
            if _cleaned(cards.setdefault(key, value)) != _cleaned(value):
                repeated.append(key)
        return cls(cards, tuple(dict.fromkeys(repeated)))

    def has(self, key: str) -> bool:
        """Whether the header has a card with a value for that keyword, whatever it says."""
        return bool(_cleaned(self.cards.get(key, "")))

    def text(self, key: str) -> str | None:
        """A value as text; None for a word that stands for nothing."""
        return _meant(self.cards.get(key, ""))

    def word(self, key: str) -> str:
        """A value as text in capitals, empty where there is none: for comparisons."""
        return _word(self.cards.get(key, ""))

    def number(self, key: str) -> float | None:
        """A finite number, also one that is quoted; None for anything else."""
        value = self.cards.get(key)
        if value is None:
            return None
        try:
            number = float(value)
        except ValueError:
            return _odd_number(_cleaned(value))
        return number if math.isfinite(number) else None

    def numbers(self, keys: Keys) -> Sequence[float | None]:
        """Read numbers as `number` does, at a third of its time where all are there."""
        try:
            found = tuple(map(float, keys.of(self.cards)))
        except (KeyError, ValueError):
            found = ()
        if found and math.isfinite(sum(found)):
            return found
        return tuple(map(self.number, keys.names))

    def integer(self, key: str) -> int | None:
        """A whole number, also where it is written as ``4.``; None for anything else."""
        number = self.number(key)
        return int(number) if number is not None and number == int(number) and abs(number) < 2**63 else None

    def moment(self, key: str) -> datetime | None:
        """A date and time of ISO 8601, UTC."""
        value = self.text(key)
        return None if value is None else moment_of(value)


def _fits_cards(plain: str) -> list[tuple[str, str]]:
    """The cards without HIERARCH: they stand together at the top, but ARCFILE, which the archive adds."""
    top = plain.find("\n", _TOP)
    found: list[tuple[str, str]] = _FITS.findall(plain, 0, top if top >= 0 else len(plain))
    if top >= 0:
        found += _FITS.findall(plain, max(len(plain) - _TOP, top))
    if not any(key == "ARCFILE" for key, _ in found):
        # amid the others in products of PIONIER
        start = plain.rfind("\nARCFILE =", top)
        found += _FITS.findall(plain, start, start + _THREE_CARDS)[:1] if start >= 0 else ()
    return found


def moment_of(text: str) -> datetime | None:
    """Read a date and time of ISO 8601, UTC; None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def every_card(source: str | bytes) -> Iterator[tuple[str, str]]:
    """All cards with a value, in their order: keyword without ``HIERARCH ESO``, value without quotes.

    Raises
    ------
    HeaderError
        When it is no header, or a part of one.
    """
    for key, value in _ANY.findall(plain_text(source)):
        words = key.split()
        drop = 2 if words[:2] == ["HIERARCH", "ESO"] else 1 if words[0] == "HIERARCH" else 0
        if words[drop:]:
            yield " ".join(words[drop:]), _cleaned(value)


# The same few hundred values (stations, modes, programmes) come in header after header.
@lru_cache(maxsize=10000)
def _meant(value: str) -> str | None:
    cleaned = _cleaned(value)
    return None if cleaned.upper() in NOTHING else cleaned


@lru_cache(maxsize=10000)
def _word(value: str) -> str:
    return _cleaned(value).upper()


@lru_cache(maxsize=10000)
def _cleaned(value: str) -> str:
    """A value without quotes and padding."""
    if not value.startswith("'"):
        return value.strip()
    if "'" in value[1:]:
        value = f"'{_CONTINUED.sub('', value[1:]).replace(_QUOTES, _QUOTES[0])}"
    return value[1:].strip()


def _odd_number(value: str) -> float | None:
    """A number in quotes, or with Fortran's D."""
    try:
        number = float(value.upper().replace("D", "E", 1))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def degrees_of_packed(number: float | None, *, hours: bool) -> float | None:
    """Turn HHMMSS.ss or +-DDMMSS.ss, written as one number, into degrees.

    So ISS REF has them, without leading zeros: 52738.27 is 05h27m38.27s, -1234.5 is -00d12m34.5s.

    Parameters
    ----------
    number
        The packed number.
    hours
        Whether it is a right ascension.

    Returns
    -------
    float or None
        None where minutes or seconds are 60 or more, or the angle is out of its range.
    """
    if number is None:
        return None
    whole = abs(number)
    units, minutes, seconds = whole // 10000, whole // 100 % 100, whole % 100
    if minutes >= 60 or seconds >= 60 or (hours and not 0 <= number < _PACKED_DAY):
        return None
    degrees = math.copysign(units + minutes / 60 + seconds / 3600, number) * (15 if hours else 1)
    return degrees if hours or abs(degrees) <= 90 else None
