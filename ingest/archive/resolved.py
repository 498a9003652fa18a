"""Answers of a name resolver, kept: each name is asked once.

May import ``ingest.archive.connection``, ``ingest.home`` and the pure modules.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from ingest.archive.connection import Cursor
from ingest.errors import OivoError
from ingest.home import Home
from ingest.logs import log
from ingest.targets import Sighting, Star, bright_stars
from ingest.targets.sesame import resolver_at

#: Names asked at a time: a resolver answers in a third of a second, and is not ours.
_MOST = 50


def resolver_for(home: Home) -> Callable[[str], Star | None] | None:
    """Return the resolver that the operator has allowed for targets; None as a rule."""
    address = home.settings.text("remote.sesame")
    return resolver_at(address) if address and home.settings.text("obsportal.resolve") == "on" else None


def ask_about(cursor: Cursor, resolver: Callable[[str], Star | None], sightings: Sequence[Sighting]) -> int:
    """Ask for names that neither the star table nor an earlier answer has, those with most exposures first.

    A resolver that fails is not asked again this time; what is missing does not hold up the identification.

    Returns
    -------
    int
        Number of answers.
    """
    counts: Counter[str] = Counter()
    for sighting in sightings:
        if key := sighting.key:
            counts[key] += sighting.count
    cursor.execute("SELECT key FROM archive.resolved_name")
    known = {row[0] for row in cursor.fetchall()}
    unknown = [key for key in counts if key not in known and bright_stars().number(key) is None]
    asked = sorted(unknown, key=lambda key: (-counts[key], key))[:_MOST]
    for number, key in enumerate(asked):
        try:
            star = resolver(key)
        except OivoError as error:
            log.warning("targets: %s", error)
            return number
        _keep(cursor, key, star)
    return len(asked)


def _keep(cursor: Cursor, key: str, star: Star | None) -> None:
    cursor.execute(
        """INSERT INTO archive.resolved_name (key, name, ra, dec, pm_ra, pm_dec) VALUES (%s, %s, %s, %s, %s, %s)
           ON CONFLICT (key) DO NOTHING""",
        [key, *((star.name, star.ra, star.dec, star.pm_ra, star.pm_dec) if star else [None] * 5)],
    )


def resolved_stars(cursor: Cursor) -> list[Star]:
    """Return the stars that a resolver gave, each with the names that led to it."""
    cursor.execute(
        """SELECT key, name, ra, dec, coalesce(pm_ra, 0) AS pm_ra, coalesce(pm_dec, 0) AS pm_dec
           FROM archive.resolved_name WHERE name IS NOT NULL ORDER BY key"""
    )
    by_name = defaultdict(list)
    for row in cursor.fetchall():
        by_name[row.name].append(row)
    return [
        Star(name, rows[0].ra, rows[0].dec, rows[0].pm_ra, rows[0].pm_dec, tuple(row.key for row in rows), "resolver")
        for name, rows in sorted(by_name.items())
    ]
