"""Passwords: which are good enough, and their hashes, as strong as Apache and we can both verify.

Hashes are bcrypt in the form ``$2y$``, which mod_authn_file's own code verifies on every platform (``htpasswd -B``
writes the same). Pure; may import ``ingest.errors`` and the library bcrypt.
"""

import re
import string
import unicodedata
from collections.abc import Iterator

import bcrypt

from ingest.errors import OivoError

#: A hash takes 0.25 s on a core of 2020; each step more doubles it. Raised later, hashes are made anew at log-in.
COST = 12
#: bcrypt ignores what comes after; such passwords are refused, so that nobody trusts in what does not count.
MOST_BYTES = 72
FEWEST_CHARACTERS = 10

_FORM = re.compile(r"\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}")
#: Hash of nothing that anybody knows: checked for logins that do not exist, so that they take as long as others.
_NOBODYS = "$2y$12$" + "." * 53

#: Words that lists of leaked passwords begin with; whatever is put around them helps little.
_WORDS = """
password passwort passwd motdepasse contrasena geheim secret letmein welcome bienvenue willkommen admin
administrator root user guest login default changeme qwerty qwertz azerty asdfgh iloveyou sunshine princess dragon
monkey football baseball superman batman master shadow starwars astronomy astronomer telescope interferometer
interferometry observatory eso vlti vlt chara pionier gravity matisse jmmc oivo oidb oifits obsportal badcal jmdc
test testing example summer winter spring autumn monday friday january december hello whatever trustno
"""
_COMMON = frozenset(_WORDS.split())
#: Runs along which fingers or counting go.
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop",
         "1q2w3e4r5t6z7u8i9o0p", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")  # fmt: skip
_LEET = str.maketrans("@4831!05$7+", "aaebiiosstt")


class PasswordError(OivoError):
    """A password or a hash is not good enough."""


def check_new_password(password: str, *personal: str) -> None:
    """Make sure that a new password is good enough.

    Parameters
    ----------
    password
        The password.
    personal
        Login and name of the person, which must not be most of it.

    Raises
    ------
    PasswordError
        With the reason.
    """
    text = unicodedata.normalize("NFC", password)
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        raise PasswordError("a password has no control characters")  # RFC 7617 allows none
    if len(text) < FEWEST_CHARACTERS:
        raise PasswordError(f"the password is too short: use at least {FEWEST_CHARACTERS} characters")
    if len(text.encode()) > MOST_BYTES:
        raise PasswordError(
            f"the password has {len(text.encode())} bytes, and bcrypt looks at the first {MOST_BYTES} only",
            remedy="use a shorter one",
        )
    if _is_easy(text, personal):
        raise PasswordError(
            "the password is easy to guess", remedy="use several words that do not belong together, or a generated one"
        )


def _is_easy(password: str, personal: tuple[str, ...]) -> bool:
    text = password.lower()
    if len(set(text)) < 5 or len(_without_runs(text)) < 4:
        return True
    known = _COMMON.union(_words(*personal))
    return any(_is_mostly(known, _letters(form), len(text)) for form in (text, text.translate(_LEET)))


def _is_mostly(known: frozenset[str], letters: str, length: int) -> bool:
    left = _without_words(letters, known)
    # many digits without any word are somebody's generator, or many dice
    return len(left) < 4 and (left != letters or length < 16)


def _words(*texts: str) -> Iterator[str]:
    """Yield the words of logins and names that are long enough to be recognised."""
    for text in texts:
        yield from (word for word in re.split(r"[\W\d_]+", text.lower()) if len(word) > 2)


def _letters(text: str) -> str:
    return "".join(char for char in text if char not in string.digits + string.punctuation + " ")


def _without_words(text: str, words: frozenset[str]) -> str:
    """Return what is left when known words are taken out, the longest first."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text


def _without_runs(text: str) -> str:
    """Return what is left when four and more characters along a run, or in a row, are taken out."""
    left, start = "", 0
    while start < len(text):
        end = start + 1
        while end < len(text) and _is_run(text[start : end + 1]):
            end += 1
        if end - start < 4:
            end = start + 1
            left += text[start]
        start = end
    return left


def _is_run(text: str) -> bool:
    return len(set(text)) == 1 or any(text in run or text in run[::-1] for run in _RUNS)


def hash_password(password: str) -> str:
    """Return the hash of a password, which `check_new_password` has seen."""
    made = bcrypt.hashpw(_bytes(password), bcrypt.gensalt(COST)).decode("ascii")
    return "$2y$" + made[4:]  # bcrypt's own $2b$ is the same; APR's code knows $2y$ only


def verify_password(password: str, stored: str | None) -> bool:
    """Tell whether a password belongs to a hash; without a hash it does not, after the same work."""
    usable = _bytes(password)
    fits = bool(usable) and len(usable) <= MOST_BYTES and b"\0" not in usable
    same = bcrypt.checkpw(usable if fits else b"-", (stored or _NOBODYS).encode("ascii"))
    return same and fits and stored is not None


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash is weaker than those made now."""
    return cost_of(stored) < COST


def cost_of(stored: str) -> int:
    """Return the cost of a hash.

    Raises
    ------
    PasswordError
        When it is no hash that we and Apache verify.
    """
    found = _FORM.fullmatch(stored)
    if found is None:
        raise PasswordError("this is no bcrypt hash", remedy=f"make one: htpasswd -nBC {COST} LOGIN")
    return int(found[1])


def check_imported_hash(stored: str) -> str:
    """Return a hash that was made elsewhere, if it is as strong as ours.

    Raises
    ------
    PasswordError
        When it is weaker, or of another kind.
    """
    cost = cost_of(stored)
    if not COST <= cost <= 16:
        raise PasswordError(
            f"the hash has cost {cost}; {COST} to 16 are accepted", remedy=f"make one: htpasswd -nBC {COST} LOGIN"
        )
    return stored


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")
