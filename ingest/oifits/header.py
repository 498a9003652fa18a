"""FITS headers: cards read when they are asked for.

May import the standard library only. Sections are those of the FITS standard 4.0.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

CARD = 80

Value = str | int | float | bool | complex | None

_INTEGER = re.compile(rb"[+-]?\d+")
_REAL = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[EDed][+-]?\d+)?")
_STRING = re.compile(rb" *'((?:[^']|'')*)")
_UNPRINTABLE = dict.fromkeys((*range(32), *range(127, 160)), " ")


def clean_text(raw: bytes) -> str:
    """Turn the bytes of a FITS string into text: cut at the first NUL, unprintable bytes to blanks, stripped.

    The rule is R12 of the reference (oitools strips names this way); it also keeps NUL out of the database.
    """
    text = raw.partition(b"\0")[0].decode("latin-1")
    if not text.isprintable():
        text = text.translate(_UNPRINTABLE)
    return text.strip()


@dataclass(frozen=True, slots=True)
class Card:
    """One header card.

    Attributes
    ----------
    keyword
        As written; for the HIERARCH convention the whole name, ``HIERARCH ESO OBS PROG ID``.
    kind
        ``A`` text, ``L`` logical, ``I`` integer, ``R`` real, ``C`` complex, ``U`` undefined or unreadable,
        empty for a card without value (COMMENT, HISTORY, blank).
    value
        The value, text stripped of trailing blanks; None when undefined.
    comment
        What follows the slash; the text of a card without value.
    image
        The 80 characters of the card.
    """

    keyword: str
    kind: str
    value: Value
    comment: str
    image: str


class Header:
    """The cards of one HDU.

    Nothing is decoded before it is asked for: an ESO primary header has up to 2000 cards of which fewer than thirty
    matter. The places of the short keywords are noted on the first request (0.06 µs a card); the HIERARCH keywords are
    searched for, because noting them all would take three times as long as finding the ten that matter.
    Of a repeated keyword the first card counts.

    Parameters
    ----------
    raw
        The cards before END, a multiple of 80 bytes.
    """

    __slots__ = ("_fields", "_offsets", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._offsets: dict[bytes, int] | None = None
        self._fields: dict[str, bytes | None] = {}

    def __contains__(self, keyword: str) -> bool:
        return self._offset(keyword) is not None

    def kind(self, keyword: str) -> str | None:
        """Type letter of a keyword's value as in `Card.kind`; None when the keyword is absent."""
        field = self._field(keyword)
        return None if field is None else _decode(field)[0]

    def is_text(self, keyword: str) -> bool | None:
        """Tell whether the value of a keyword is in quotes, without decoding it; None when the keyword is absent."""
        field = self._field(keyword)
        return None if field is None else field.lstrip(b" ").startswith(b"'")

    def entry(self, keyword: str) -> tuple[str, Value] | None:
        """Type letter and value of a keyword, decoded once; None when the keyword is absent."""
        field = self._field(keyword)
        return None if field is None else _decode(field)

    def value(self, keyword: str) -> Value:
        """Value of a keyword; None when it is absent or undefined."""
        field = self._field(keyword)
        return None if field is None else _decode(field)[1]

    def text(self, keyword: str) -> str | None:
        """Text value of a keyword, stripped and printable; None when it is absent or not text."""
        field = self._field(keyword)
        if field is None:
            return None
        found = _STRING.match(field)
        return clean_text(found[1].replace(b"''", b"'")) if found else None

    def integer(self, keyword: str) -> int | None:
        """Integer value of a keyword; None when it is absent or not an integer."""
        field = self._field(keyword)
        if field is None:
            return None
        try:
            return int(field[:21])  # fixed format, ten times as fast as what follows
        except ValueError:
            value = _decode(field)[1]
            return value if isinstance(value, int) and not isinstance(value, bool) else None

    def real(self, keyword: str) -> float | None:
        """Numeric value of a keyword as float; None when it is absent or not a number."""
        value = self.value(keyword)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def cards(self) -> Iterator[Card]:
        """All cards in file order, decoded."""
        for offset in range(0, len(self.raw), CARD):
            yield _card(self.raw[offset : offset + CARD])

    def images(self, initial: bytes) -> tuple[bytes, ...]:
        """The 80 bytes of all cards that begin with `initial`, in file order."""
        raw = self.raw
        return tuple([raw[i : i + CARD] for i in range(0, len(raw), CARD) if raw.startswith(initial, i)])

    def _offset(self, keyword: str) -> int | None:
        if len(keyword) > 8:
            return self._search(keyword.encode())
        if self._offsets is None:
            raw = self.raw
            self._offsets = {raw[i : i + 8]: i for i in range(len(raw) - CARD, -1, -CARD)}
        return self._offsets.get(keyword.ljust(8).encode())

    def _search(self, keyword: bytes) -> int | None:
        """Offset of the card of a HIERARCH keyword."""
        offset = self.raw.find(keyword)
        while offset >= 0:
            rest = self.raw[offset + len(keyword) : offset + CARD - offset % CARD]
            if offset % CARD == 0 and rest.lstrip().startswith(b"="):
                return offset
            offset = self.raw.find(keyword, offset + 1)
        return None

    def _field(self, keyword: str) -> bytes | None:
        """What follows the equals sign of a keyword; kept, because reader and checks ask for the same ones."""
        if keyword not in self._fields:
            self._fields[keyword] = self._find_field(keyword)
        return self._fields[keyword]

    def _find_field(self, keyword: str) -> bytes | None:
        offset = self._offset(keyword)
        if offset is None:
            return None
        equals = offset + 8 if len(keyword) <= 8 else self.raw.index(b"=", offset)
        return self.raw[equals + 1 : offset + CARD] if self.raw.startswith(b"=", equals) else None


def _decode(field: bytes) -> tuple[str, Value]:
    """Type letter and value of the part of a card behind the value indicator (section 4.2)."""
    found = _STRING.match(field)
    if found:
        return "A", found[1].replace(b"''", b"'").decode("latin-1").rstrip()
    token = field.partition(b"/")[0].strip()
    if token in (b"T", b"F"):
        return "L", token == b"T"
    if _INTEGER.fullmatch(token):
        return "I", int(token)
    if _REAL.fullmatch(token):
        return "R", _real(token)
    return _decode_complex(token)


def _decode_complex(token: bytes) -> tuple[str, Value]:
    if not (token.startswith(b"(") and token.endswith(b")")):
        return "U", None
    parts = [part.strip() for part in token[1:-1].split(b",")]
    if len(parts) != 2 or not all(_REAL.fullmatch(part) for part in parts):
        return "U", None
    return "C", complex(_real(parts[0]), _real(parts[1]))


def _real(token: bytes) -> float:
    return float(token.upper().replace(b"D", b"E"))


def _card(image: bytes) -> Card:
    text = image.decode("latin-1")
    keyword = text[:8].rstrip()
    start = 9
    if keyword == "HIERARCH" and "=" in text:
        start = text.index("=") + 1
        keyword = text[: start - 1].rstrip()
    elif text[8:9] != "=":
        return Card(keyword, "", None, text[8:].strip(), text)
    kind, value = _decode(image[start:])
    return Card(keyword, kind, value, _comment(image[start:]), text)


def _comment(field: bytes) -> str:
    found = _STRING.match(field)
    rest = field[found.end() :] if found else field
    return rest.partition(b"/")[2].decode("latin-1").strip()
