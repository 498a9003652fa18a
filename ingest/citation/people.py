"""Names of those who made data: found in texts, taken apart, with their ORCID.

May import the standard library only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ADDRESS = re.compile(r"[^\s<>(),;]*@[^\s<>(),;]*")
#: Words that persons are not called by, and abbreviations: ESO.
_ORGANISATION = re.compile(
    r"^[A-Z]{2,8}$|(?i:\b(collaboration|consortium|team|group|cent(er|re)|observato(ry|rio|rium|ire)|institut\w*|"
    r"universit\w*|survey|service|laborator\w+|agency|project|department|archive)\b)"
)
#: Words in lower case that belong to the family's name: van der Meer, de la Cruz.
_PARTICLES = re.compile(r"van|von|der|den|de|del|della|di|da|dos|du|la|le|ten|ter|zu|zur|af|al|bin|ibn", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[A-Z][a-z]?\.-?)+|[A-Z]{1,2}")
_ORCID = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]")


@dataclass(frozen=True)
class Name:
    """A person, or an organisation.

    Attributes
    ----------
    full
        As it is told.
    family, given
        Of persons whose name can be told apart; else empty.
    organisation
        Whether it is known to be no person.
    orcid
        ``0000-0002-1825-0097``, or "".
    """

    full: str
    family: str = ""
    given: str = ""
    organisation: bool = False
    orcid: str = ""

    @property
    def inverted(self) -> str:
        """The name as bibliographies sort it: ``Example, Ada``."""
        return f"{self.family}, {self.given}" if self.family and self.given else self.full

    @property
    def direct(self) -> str:
        """The name as one says it: ``Ada Example``."""
        return f"{self.given} {self.family}" if self.family and self.given else self.full


def without_addresses(text: str | None) -> str:
    """Return a text without what looks like an address of e-mail: these are nobody's business.

    Examples
    --------
    >>> without_addresses("Ada Example <ada@example.org>")
    'Ada Example'
    """
    bare = _ADDRESS.sub(" ", text or "")
    return " ".join(re.sub(r"<\s*>|\(\s*\)", " ", bare).split()).strip(" ,;")


def names_of(*texts: str | None) -> tuple[str, ...]:
    """Return the names in texts like ``Ada Example / Bao Sample``, each once, without addresses."""
    names = [without_addresses(part) for text in texts for part in (text or "").split("/")]
    return tuple(dict.fromkeys(name for name in names if name))


def take_apart(text: str, orcid: str = "") -> Name:
    """Return a name with its parts, where they can be told.

    Examples
    --------
    >>> take_apart("Jan van der Meer").inverted
    'van der Meer, Jan'
    >>> take_apart("Woillez J.").inverted
    'Woillez, J.'
    >>> take_apart("The GRAVITY Collaboration").organisation
    True
    """
    words = text.split()
    if _ORGANISATION.search(text):
        return Name(text, organisation=True)
    family, comma, given = text.partition(",")
    if comma:
        parts = (family.strip(), given.strip())
        return Name(text, *parts, orcid=orcid) if all(parts) and "," not in given else Name(text, orcid=orcid)
    if len(words) < 2:
        return Name(text, orcid=orcid)
    if not _INITIALS.fullmatch(words[0]) and _INITIALS.fullmatch(words[-1]):
        return Name(text, " ".join(words[:-1]), words[-1], orcid=orcid)
    start = len(words) - 1
    # a first name may look like a particle, with a capital: Al, Di
    while start > words[start - 1].istitle() and _PARTICLES.fullmatch(words[start - 1]):
        start -= 1
    if start == 0:
        return Name(text, orcid=orcid)
    return Name(text, " ".join(words[start:]), " ".join(words[:start]), orcid=orcid)


def people_of(texts: tuple[str | None, ...], orcids: Mapping[str, str] | None = None) -> tuple[Name, ...]:
    """Return the names in texts, taken apart.

    Parameters
    ----------
    orcids
        ORCID by name, in lower case.
    """
    known = orcids or {}
    return tuple(take_apart(name, known.get(name.lower(), "")) for name in names_of(*texts))


def is_orcid(text: str) -> bool:
    """Tell whether a text is an ORCID: its form, and its check character (ISO 7064 MOD 11-2).

    Examples
    --------
    >>> is_orcid("0000-0002-1825-0097"), is_orcid("0000-0002-1825-0098")
    (True, False)
    """
    if not _ORCID.fullmatch(text):
        return False
    digits = text.replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == digits[-1]
