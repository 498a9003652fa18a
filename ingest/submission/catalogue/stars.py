"""Which star a name means: the local star table, the stars of the JMDC, a resolver that the operator allows.

May import ``ingest.archive``, ``ingest.catalogs``, ``ingest.targets`` and ``ingest.home``.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable

from ingest.archive.connection import Cursor
from ingest.archive.neighbours import KnownStar, stars_of_keys
from ingest.catalogs.names import known_star, star_key
from ingest.errors import OivoError
from ingest.home import Home
from ingest.submission.catalogue.model import FoundStar
from ingest.targets import Star
from ingest.targets.sesame import resolver_at

#: Names that a resolver is asked for at a time, and how long that may take in all, s.
MOST_ASKED = 20
_SECONDS = 20.0
#: Positions further apart are of different stars, arcsec; fast stars may be given at another epoch.
APART = 5.0
_YEARS = 40.0

_Answer = tuple[float, Star | None]


class Resolver:
    """A name resolver whose answers are kept for an hour: who looks at a form's entry submits it soon.

    Parameters
    ----------
    ask
        Asks the service.
    """

    def __init__(self, ask: Callable[[str], Star | None]) -> None:
        self._ask = ask
        self._answers: OrderedDict[str, _Answer] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, name: str) -> Star | None:
        """Return the star of a name.

        Raises
        ------
        OivoError
            When the service does not answer.
        """
        now = time.monotonic()
        with self._lock:
            moment, star = self._answers.get(name, (-math.inf, None))
        if now - moment < 3600:
            return star
        star = self._ask(name)
        with self._lock:
            self._answers[name] = (now, star)
            while len(self._answers) > 2000:
                self._answers.popitem(last=False)
        return star


_resolvers: dict[str, Resolver] = {}


def resolver_of(home: Home) -> Resolver | None:
    """Return the resolver that the operator set; None where forms ask nobody."""
    address = home.settings.text("remote.sesame")
    return _resolvers.setdefault(address, Resolver(resolver_at(address))) if address else None


class Names:
    """The stars that names mean, as far as local table and archive tell."""

    def __init__(self) -> None:
        self._local: dict[str, Star | None] = {}
        self._archive: dict[str, KnownStar] = {}

    def load(self, cursor: Cursor, names: Iterable[str]) -> None:
        """Look names up."""
        new = [name for name in set(names) if name and name not in self._local]
        self._local |= {name: known_star((name,)) for name in new}
        self._archive |= stars_of_keys(cursor, {key for name in new for key in self._keys(name)})

    def _keys(self, name: str) -> list[str]:
        star = self._local[name]
        return [star_key(each) for each in ((star.name, *star.aliases, name) if star else (name,))]

    def _kept(self, name: str) -> KnownStar | None:
        return next((self._archive[key] for key in self._keys(name) if key in self._archive), None)

    def star(self, name: str) -> FoundStar | None:
        """Return the star of a name that was loaded; None where table and archive have none."""
        if name not in self._local:
            return None
        local, kept = self._local[name], self._kept(name)
        known = kept is not None and kept.published
        if local is not None:
            return FoundStar(
                local.name, local.ra, local.dec, local.pm_ra, local.pm_dec, "catalogue", local.aliases, known
            )
        if kept is None:
            return None
        aliases = tuple(alias for alias in kept.aliases if alias != kept.name)
        return FoundStar(kept.name, kept.ra, kept.dec, kept.pm_ra, kept.pm_dec, "archive", aliases, known)

    def identity(self, name: str, star_id: int | None = None) -> int | str:
        """Return what is the same for all names of one star."""
        if star_id is not None:
            return star_id
        kept = self._kept(name)
        return kept.id if kept is not None else self._keys(name)[0]


def ask(resolver: Resolver | None, names: Collection[str]) -> tuple[dict[str, FoundStar | None], str]:
    """Ask a resolver for names.

    Returns
    -------
    tuple
        The answers, and why some names were not asked for; "" where all were.
    """
    answers: dict[str, FoundStar | None] = {}
    if resolver is None:
        return answers, "no name resolver is asked here" if names else ""
    end = time.monotonic() + _SECONDS
    for name in sorted(names):
        if len(answers) == MOST_ASKED or time.monotonic() > end:
            return answers, f"the name resolver is asked for {MOST_ASKED} names at a time"
        try:
            star = resolver.find(name)
        except OivoError as error:
            return answers, error.problem
        answers[name] = FoundStar(star.name, star.ra, star.dec, star.pm_ra, star.pm_dec, "resolver") if star else None
    return answers, ""


def separation(ra: float, dec: float, other_ra: float, other_dec: float) -> float:
    """Return the distance of two positions (deg) on the sky, arcsec."""
    first, second = math.radians(dec), math.radians(other_dec)
    half = math.sin((second - first) / 2) ** 2
    half += math.cos(first) * math.cos(second) * math.sin(math.radians(other_ra - ra) / 2) ** 2
    return math.degrees(2 * math.asin(min(1.0, math.sqrt(half)))) * 3600


def distance_beyond(star: FoundStar, place: tuple[float, float]) -> float | None:
    """Return how far a position (deg) is from a star, arcsec; None where both can be the same star's."""
    if star.ra is None or star.dec is None:
        return None
    apart = separation(star.ra, star.dec, *place)
    motion = math.hypot(star.pm_ra or 0.0, star.pm_dec or 0.0) / 1000
    return apart if apart > APART + _YEARS * motion else None
