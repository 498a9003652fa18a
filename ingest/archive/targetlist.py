"""Targets as people who curate them want to see them.

May import ``ingest.archive.connection`` and the pure modules.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.archive.connection import Cursor
from ingest.targets import key_of


@dataclass(frozen=True)
class ListedAlias:
    """A raw name of a target, how many exposures have it, and how far they are off, arcsec."""

    raw_name: str
    nb: int
    separation: float | None


@dataclass(frozen=True)
class ListedTarget:
    """A target in a list; degrees, ICRS."""

    id: int
    name: str
    ra: float
    dec: float
    origin: str
    merged_into: int | None
    nb_exposures: int
    aliases: tuple[ListedAlias, ...] = ()


_COLUMNS = """t.id, t.name, t.ra, t.dec, t.origin, t.merged_into,
    (SELECT count(*) FROM archive.exposure AS e WHERE e.target_id = t.id) AS nb_exposures"""


def list_targets(cursor: Cursor, limit: int, like: str | None = None) -> list[ListedTarget]:
    """Return targets, those with most exposures first.

    Parameters
    ----------
    like
        Beginning of a name, without regard of case; all targets without.
    """
    pattern = (like or "").lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    cursor.execute(
        f"""SELECT {_COLUMNS} FROM archive.target AS t
            WHERE merged_into IS NULL AND (lower(name) LIKE %(like)s OR EXISTS
                (SELECT FROM archive.target_alias AS a WHERE a.target_id = t.id AND lower(raw_name) LIKE %(like)s))
            ORDER BY nb_exposures DESC, name, id LIMIT %(limit)s""",
        {"like": pattern, "limit": limit},
    )
    return [ListedTarget(*row) for row in cursor.fetchall()]


def targets_named(cursor: Cursor, name: str) -> list[ListedTarget]:
    """Return the targets with a name, or that had it, written in any way; with all their names."""
    cursor.execute(
        f"""SELECT {_COLUMNS} FROM archive.target AS t
            WHERE lower(name) = lower(%(name)s) OR name = %(key)s
                OR id IN (SELECT target_id FROM archive.target_alias WHERE key = %(key)s)
            ORDER BY merged_into IS NOT NULL, nb_exposures DESC, id""",
        {"name": name, "key": key_of(name)},
    )
    found = [ListedTarget(*row) for row in cursor.fetchall()]
    aliases = _aliases(cursor, [target.id for target in found])
    return [replace(target, aliases=aliases.get(target.id, ())) for target in found]


def _aliases(cursor: Cursor, ids: Sequence[int]) -> dict[int, tuple[ListedAlias, ...]]:
    cursor.execute(
        """SELECT target_id, raw_name, nb, separation FROM archive.target_alias WHERE target_id = ANY(%s)
           ORDER BY nb DESC, raw_name""",
        [list(ids)],
    )
    found: dict[int, tuple[ListedAlias, ...]] = {}
    for target_id, *alias in cursor.fetchall():
        found[target_id] = (*found.get(target_id, ()), ListedAlias(*alias))
    return found
