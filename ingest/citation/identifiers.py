"""Names of DOIs: made from what never changes, so that nothing ever has two.

May import the standard library only.
"""

import hashlib
import re

#: Crockford's base 32: without i, l, o, u, which are misread.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
#: 40 bits: a thousand collections share a name with a chance of one in two million; the archive refuses it.
_LETTERS = 8

#: Prefix of a registrant.
PREFIX = r"10\.[0-9]{4,9}"
#: Prefix and suffix, as oivo makes them.
DOI = re.compile(rf"{PREFIX}/[a-z0-9][a-z0-9._-]*")


def doi_of(prefix: str, namespace: str, identifier: str) -> str:
    """Return the DOI of a collection.

    DOIs do not tell upper from lower case, and live longer than names: the suffix is a digest of the identifier.

    Examples
    --------
    >>> doi_of("10.12345", "oidb", "sim_chara")
    '10.12345/oidb.9x8r-xjkv'
    """
    number = int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:5], "big")
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LETTERS)))
    return f"{prefix}/{namespace}.{letters[:4]}-{letters[4:]}"
