"""Which star of the archive a row of the JMDC means, and where it is.

Editions before our own have no positions, and write names as they like: stars are told apart by all names that are
known of them, those of the local star table included. May import ``ingest.archive.connection``, ``ingest.catalogs`` and
``ingest.targets``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg2.extras import execute_values

from ingest.archive.connection import Cursor
from ingest.archive.resolved import resolved_stars
from ingest.catalogs.editions import Row
from ingest.catalogs.jmdc import Measurement
from ingest.catalogs.names import is_component, known_star, star_key
from ingest.targets import Star, StarTable


@dataclass(frozen=True)
class Place:
    """Where the star of a measurement is that people submit.

    Attributes
    ----------
    ra, dec, pm_ra, pm_dec
        ICRS, epoch 2000.0, deg and mas/yr.
    origin
        ``submitter`` or ``resolver``.
    name
        What the resolver calls the star; empty where none was asked.
    """

    ra: float
    dec: float
    pm_ra: float | None = None
    pm_dec: float | None = None
    origin: str = "submitter"
    name: str = ""


@dataclass
class Draft:
    """A star, known or to be made.

    Attributes
    ----------
    id
        None where it is new.
    key, name
        Its main name, in one form and as it is shown.
    place
        ra, dec, pm_ra, pm_dec, origin; None where it is not known.
    names
        Names that lead to it, by their keys.
    """

    id: int | None
    key: str
    name: str
    place: tuple[float, float, float | None, float | None, str] | None
    names: dict[str, str] = field(default_factory=dict)


class Stars:
    """All stars that the archive has, and those that rows bring."""

    def __init__(self, cursor: Cursor) -> None:
        cursor.execute("SELECT id, key, name, ra, dec, pm_ra, pm_dec, origin FROM archive.jmdc_star")
        drafts = {
            row.id: Draft(row.id, row.key, row.name, None if row.ra is None else tuple(row[3:]))
            for row in cursor.fetchall()
        }
        cursor.execute("SELECT key, name, star_id FROM archive.jmdc_star_name")
        self._by_key: dict[str, Draft] = {row.key: drafts[row.star_id] for row in cursor.fetchall()}
        self._resolved = StarTable(resolved_stars(cursor))

    def key(self, id1: str) -> str:
        """Return the key of the star that a name means, as `identify` would; nothing is added."""
        star = known_star((id1,))
        names = (star.name, *star.aliases, id1) if star else (id1,)
        draft = next((self._by_key[key] for name in names if (key := star_key(name)) in self._by_key), None)
        return draft.key if draft else star_key(names[0])

    def identify(self, row: Row) -> Draft:
        """Return the star of a row, a new one where no name is known; what the row tells of it is added."""
        id1 = row.measurement.id1
        # numbers of a pair tell nothing of a companion
        others = () if is_component(id1) else row.aliases
        names = (id1, *others)
        star = known_star(names)
        keys = {star_key(name): name for name in names}
        if star is not None:
            keys = {star_key(name): name for name in (star.name, *star.aliases)} | keys
        draft = next((self._by_key[key] for key in keys if key in self._by_key), None)
        if draft is None:
            name = star.name if star else next(iter(keys))
            draft = Draft(None, star_key(name), name, None)
        for key, name in keys.items():
            if self._by_key.setdefault(key, draft) is draft:
                draft.names.setdefault(key, name)
        draft.place = draft.place or self._place(star, row)
        return draft

    def _place(self, star: Star | None, row: Row) -> tuple[float, float, float | None, float | None, str] | None:
        if star is not None:
            return star.ra, star.dec, star.pm_ra, star.pm_dec, "catalogue"
        if row.ra is not None and row.dec is not None:
            return row.ra, row.dec, row.pm_ra, row.pm_dec, row.origin
        answer = self._resolved.find(row.measurement.id1)
        return (answer.ra, answer.dec, answer.pm_ra, answer.pm_dec, "resolver") if answer else None


def write_stars(cursor: Cursor, drafts: Sequence[Draft]) -> list[int]:
    """Write stars that are new, and positions and names that were not known; return the number of each draft."""
    unique = {id(draft): draft for draft in drafts}
    for draft in unique.values():
        values = [draft.name, *(draft.place or (None,) * 5)]
        if draft.id is None:
            cursor.execute(
                """INSERT INTO archive.jmdc_star (key, name, ra, dec, pm_ra, pm_dec, origin)
                   VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id""",
                [draft.key, *values],
            )
            made: Any = cursor.fetchone()
            draft.id = int(made.id)
        elif draft.place:
            cursor.execute(
                """UPDATE archive.jmdc_star SET ra = %s, dec = %s, pm_ra = %s, pm_dec = %s, origin = %s, updated = now()
                   WHERE id = %s AND ra IS NULL""",
                [*draft.place, draft.id],
            )
    names = [(key, name, draft.id) for draft in unique.values() for key, name in draft.names.items()]
    if names:
        execute_values(
            cursor,
            "INSERT INTO archive.jmdc_star_name (key, name, star_id) VALUES %s ON CONFLICT (key) DO NOTHING",
            sorted(names),
        )
    return [int(draft.id or 0) for draft in drafts]


def give_stars(cursor: Cursor, ids: Sequence[int], *, correct: bool = False) -> None:
    """Let measurements that people submitted have stars, which are made where they are new.

    Parameters
    ----------
    ids
        Numbers of measurements.
    correct
        Whether a star whose position a submitter told takes the one of these measurements.
    """
    cursor.execute(
        """SELECT m.id, m.id1, p.ra, p.dec, p.pm_ra, p.pm_dec, p.origin, p.name FROM archive.jmdc_measurement AS m
               LEFT JOIN archive.jmdc_place AS p ON p.measurement_id = m.id
           WHERE m.id = ANY(%s) ORDER BY m.id""",
        [list(ids)],
    )
    found = cursor.fetchall()
    if not found:
        return
    stars = Stars(cursor)
    drafts = [stars.identify(_row(each)) for each in found]
    for each, star_id in zip(found, write_stars(cursor, drafts), strict=True):
        cursor.execute("UPDATE archive.jmdc_measurement SET star_id = %s WHERE id = %s", [star_id, each.id])
        if correct and each.ra is not None:
            cursor.execute(
                """UPDATE archive.jmdc_star SET ra = %s, dec = %s, pm_ra = %s, pm_dec = %s, updated = now()
                   WHERE id = %s AND origin = 'submitter'""",
                [each.ra, each.dec, each.pm_ra, each.pm_dec, star_id],
            )


def _row(found: Any) -> Row:
    names = (found.name,) if found.name else ()
    place = {"ra": found.ra, "dec": found.dec, "pm_ra": found.pm_ra, "pm_dec": found.pm_dec}
    return Row(0, Measurement(found.id1), **place, aliases=names, origin=found.origin or "edition")
