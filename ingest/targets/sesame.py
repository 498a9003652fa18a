"""Names asked of CDS Sesame, the name resolver of SIMBAD, NED and VizieR.

The only module here that asks a server. May import ``ingest.errors`` and `ingest.targets.stars`.
"""

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

from ingest.errors import OivoError
from ingest.targets.stars import Star

#: Sesame answers within a second as a rule; a form must not wait much longer.
_TIMEOUT = 8.0
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_POSITION = re.compile(rf"^%J\s+({_NUMBER})\s+({_NUMBER})", re.MULTILINE)
_MOTION = re.compile(rf"^%P\s+({_NUMBER})\s+({_NUMBER})", re.MULTILINE)
_NAME = re.compile(r"^%I\.0\s+(\S.*?)\s*$", re.MULTILINE)
_PREFIX = re.compile(r"(?:NAME|V\*|\*\*?|EM\*) +")


class ResolverError(OivoError):
    """The name resolver does not answer."""


def ask(base_url: str, name: str) -> Star | None:
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
    return read_answer(name, answer)


def read_answer(name: str, answer: str) -> Star | None:
    """Read an answer in Sesame's format ``-oI``: the star of the first catalogue that knows the name.

    Raises
    ------
    ResolverError
        When it is none.
    """
    if not answer.lstrip().startswith("#") and not _POSITION.search(answer):
        raise ResolverError("the name resolver's answer cannot be read", remedy="give coordinates")
    found = _POSITION.search(answer)
    if not found:
        return None
    ra, dec = float(found[1]), float(found[2])
    if not (0 <= ra <= 360 and -90 <= dec <= 90):
        raise ResolverError(f"the name resolver says {ra:g} {dec:+g}, which is not on the sky")
    motion, main = _MOTION.search(answer), _NAME.search(answer)
    return Star(
        name=_PREFIX.sub("", " ".join(main[1].split()), count=1) if main else name,
        ra=ra % 360,
        dec=dec,
        pm_ra=float(motion[1]) if motion else 0.0,
        pm_dec=float(motion[2]) if motion else 0.0,
        aliases=(name,),
        origin="resolver",
    )


def resolver_at(base_url: str) -> Callable[[str], Star | None]:
    """Give a function that asks the service at an address."""
    return lambda name: ask(base_url, name)
