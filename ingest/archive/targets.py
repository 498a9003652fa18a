"""Targets of all exposures, identified anew whenever exposures or rulings changed.

The rules are in `ingest.targets`; here is what they work on and what becomes of the answer. Targets keep their
identifiers as far as possible; one whose exposures went to another stays as a row that names the other, so that links
to it do not break and a split gives it back. May import the modules of this folder that are named below and the
pure modules.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.archive.connection import Cursor
from ingest.archive.copying import copy_in, copy_line
from ingest.archive.resolved import ask_about, resolved_stars
from ingest.archive.rulings import rulings_in_force
from ingest.targets import Sighting, Star, StarTable, Target, bright_stars, identify
from ingest.targets.ids import assign

#: Gives the star of a name, None for one that nobody knows.
Resolver = Callable[[str], Star | None]

# Exposures of 30 days with the same name and place are one sighting: the fastest star moves less than 1 arcsec
# meanwhile. Positions are rounded to 0.04 arcsec; RA and DEC, which differ from night to night, do not count where
# REF is near them. Without a name OBJECT may tell it.
_SIGHTINGS = """
    CREATE TEMPORARY TABLE sighting_of ON COMMIT DROP AS
    SELECT exposure_id, target_id, name, ra, dec, ref_ra, ref_dec, period, fringe_object, science_object,
        dense_rank() OVER (ORDER BY name, ra, dec, ref_ra, ref_dec, period, fringe_object, science_object) AS sighting
    FROM (SELECT id AS exposure_id, target_id,
              CASE WHEN raw_target <> '' THEN raw_target ELSE object_label END AS name,
              CASE WHEN typed THEN NULL ELSE round(ra * 1e5) / 1e5 END AS ra,
              CASE WHEN typed THEN NULL ELSE round(dec * 1e5) / 1e5 END AS dec,
              round(ref_ra * 1e5) / 1e5 AS ref_ra, round(ref_dec * 1e5) / 1e5 AS ref_dec,
              floor(mjd_start / 30) AS period,
              coalesce(CASE WHEN ft_object <> sc_object AND (sc_offset_ra, sc_offset_dec) IS DISTINCT FROM (0, 0)
                  THEN ft_object END, '') AS fringe_object,
              coalesce(sc_object, '') AS science_object
          FROM archive.exposure, coalesce(q3c_dist(ra, dec, ref_ra, ref_dec) < 60 / 3600.0, false) AS typed
         ) AS exposures;
    CREATE INDEX ON sighting_of (sighting);
    ANALYZE sighting_of
"""
_TARGET_COLUMNS = ("id", "name", "ra", "dec", "pm_ra", "pm_dec", "origin", "scatter")


@dataclass(frozen=True)
class TargetChanges:
    """What an identification changed.

    Attributes
    ----------
    targets
        Targets that there are now.
    made, changed, retired, revived
        Targets that are new, have another name or position, were taken over by another, or came back.
    exposures
        Exposures that belong to another target than before.
    """

    targets: int
    made: int
    changed: int
    retired: int
    revived: int
    exposures: int

    def __str__(self) -> str:
        return (
            f"{self.targets} targets: {self.made} new, {self.changed} changed, {self.retired} merged into others, "
            f"{self.revived} split off again; {self.exposures} exposures have another target"
        )


def identify_targets(cursor: Cursor, resolver: Resolver | None = None) -> TargetChanges:
    """Identify the targets of all exposures.

    Parameters
    ----------
    cursor
        Of the transaction in which it all happens. Only one identification runs at a time.
    resolver
        Asked for names that the star table does not have, some each time; answers are kept. Nobody is asked without.

    Returns
    -------
    TargetChanges
        All zero but the first when nothing changed: then nothing is written.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('oivo targets', 0))")
    numbers, sightings = _sightings(cursor)
    if resolver:
        ask_about(cursor, resolver, sightings)
    table = StarTable((*bright_stars().stars, *resolved_stars(cursor)))
    targets = identify(sightings, table, rulings_in_force(cursor))
    members = [[numbers[each] for each in target.members] for target in targets]
    return _Writer(cursor, targets, members).write()


def _sightings(cursor: Cursor) -> tuple[list[int], list[Sighting]]:
    """Gather exposures into sightings; their numbers in the temporary table, and what they tell."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.sighting_of")
    cursor.execute(_SIGHTINGS)
    cursor.execute(
        """SELECT sighting, name, ra, dec, ref_ra, ref_dec, 2000 + (30 * period + 15 - 51544.5) / 365.25 AS year,
               count(*) AS nb, fringe_object, science_object
           FROM sighting_of
           GROUP BY sighting, name, ra, dec, ref_ra, ref_dec, period, fringe_object, science_object ORDER BY sighting"""
    )
    rows = cursor.fetchall()
    return [row[0] for row in rows], [Sighting(*row[1:]) for row in rows]


class _Writer:
    """Brings the tables to what was found, writing only what differs."""

    def __init__(self, cursor: Cursor, targets: Sequence[Target], members: Sequence[Sequence[int]]) -> None:
        self.cursor = cursor
        self.targets = targets
        self.members = members

    def write(self) -> TargetChanges:
        assigned = assign(self._votes())
        revived = self._revivable([number for number, each in enumerate(assigned.ids) if each is None])
        fresh = self._new_ids(sum(each is None for each in assigned.ids) - len(revived))
        ids = [each or revived.get(number) or next(fresh) for number, each in enumerate(assigned.ids)]
        changed, made = self._write_targets(ids)
        moved = self._write_exposures(ids, changed)
        retired = self._retire({old: ids[heir] for old, heir in assigned.retired.items()})
        self._write_aliases(ids)
        return TargetChanges(len(ids), made, len(changed) - len(revived), retired, len(revived), moved)

    def _votes(self) -> list[dict[int, int]]:
        """How many exposures of each target have which identifier."""
        self.cursor.execute(
            "SELECT sighting, target_id, count(*) FROM sighting_of WHERE target_id IS NOT NULL GROUP BY 1, 2"
        )
        owner = {sighting: number for number, each in enumerate(self.members) for sighting in each}
        votes: list[dict[int, int]] = [defaultdict(int) for _ in self.targets]
        for sighting, old, count in self.cursor.fetchall():
            if sighting in owner:
                votes[owner[sighting]][old] += count
        return votes

    def _revivable(self, numbers: Iterable[int]) -> dict[int, int]:
        """Find for targets without identifier a merged one that had their names, near their position."""
        self.cursor.execute(
            """SELECT a.key, t.id FROM archive.target AS t JOIN archive.target_alias AS a ON a.target_id = t.id
               WHERE t.merged_into IS NOT NULL ORDER BY t.id"""
        )
        had: dict[str, list[int]] = defaultdict(list)
        for key, old in self.cursor.fetchall():
            had[key].append(old)
        found: dict[int, int] = {}
        for number in numbers if had else ():
            free = [
                old for alias in self.targets[number].aliases for old in had[alias.key] if old not in found.values()
            ]
            if free and (old := self._nearest(free, self.targets[number])) is not None:
                found[number] = old
        return found

    def _nearest(self, ids: Sequence[int], target: Target) -> int | None:
        self.cursor.execute(
            """SELECT id FROM archive.target WHERE id = ANY(%(ids)s) AND q3c_join(%(ra)s, %(dec)s, ra, dec, 60 / 3600.0)
               ORDER BY q3c_dist(%(ra)s, %(dec)s, ra, dec), id LIMIT 1""",
            {"ids": list(ids), "ra": target.ra, "dec": target.dec},
        )
        row = self.cursor.fetchone()
        return None if row is None else int(row[0])

    def _new_ids(self, count: int) -> Any:
        self.cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('archive.target', 'id')) FROM generate_series(1, %s)", [count]
        )
        return iter(sorted(row[0] for row in self.cursor.fetchall()))

    def _write_targets(self, ids: Sequence[int]) -> tuple[list[int], int]:
        """Write targets; return which known ones have another name or place, and how many are new."""
        self._temporary("found_target", "LIKE archive.target INCLUDING DEFAULTS")
        self._copy(
            "found_target",
            _TARGET_COLUMNS,
            (
                (each, t.name, t.ra, t.dec, t.pm_ra, t.pm_dec, t.origin, t.scatter)
                for each, t in zip(ids, self.targets, strict=True)
            ),
        )
        self.cursor.execute(
            """UPDATE archive.target AS t SET scatter = f.scatter FROM found_target AS f
               WHERE t.id = f.id AND t.scatter IS DISTINCT FROM f.scatter"""
        )
        self.cursor.execute(
            """UPDATE archive.target AS t SET name = f.name, ra = f.ra, dec = f.dec, pm_ra = f.pm_ra,
                   pm_dec = f.pm_dec, origin = f.origin, merged_into = NULL, updated = now()
               FROM found_target AS f WHERE t.id = f.id AND (t.merged_into IS NOT NULL
                   OR (t.name, t.ra, t.dec, t.pm_ra, t.pm_dec, t.origin)
                       IS DISTINCT FROM (f.name, f.ra, f.dec, f.pm_ra, f.pm_dec, f.origin))
               RETURNING t.id"""
        )
        changed = [row[0] for row in self.cursor.fetchall()]
        self.cursor.execute(
            f"""INSERT INTO archive.target ({", ".join(_TARGET_COLUMNS)})
                SELECT {", ".join(_TARGET_COLUMNS)} FROM found_target
                WHERE NOT EXISTS (SELECT FROM archive.target WHERE target.id = found_target.id)"""
        )
        return changed, self.cursor.rowcount

    def _write_exposures(self, ids: Sequence[int], changed: Sequence[int]) -> int:
        """Give exposures their targets; those whose target has another name or place count as updated, too."""
        self._temporary("sighting_target", "(sighting bigint PRIMARY KEY, target_id bigint)")
        rows = ((sighting, each) for each, members in zip(ids, self.members, strict=True) for sighting in members)
        self._copy("sighting_target", ("sighting", "target_id"), rows)
        self.cursor.execute(
            """UPDATE archive.exposure AS e SET target_id = t.target_id, date_updated = now()
               FROM sighting_of AS s LEFT JOIN sighting_target AS t USING (sighting)
               WHERE e.id = s.exposure_id AND s.target_id IS DISTINCT FROM t.target_id"""
        )
        moved = int(self.cursor.rowcount)
        if changed:
            self.cursor.execute(
                "UPDATE archive.exposure SET date_updated = now() WHERE target_id = ANY(%s) AND date_updated < now()",
                [list(changed)],
            )
        return moved

    def _retire(self, heirs: Mapping[int, int]) -> int:
        """Let targets without exposures name the one that took them over; forget those whose exposures are no more."""
        if heirs:
            self._temporary("heir", "(id bigint PRIMARY KEY, heir bigint)")
            self._copy("heir", ("id", "heir"), heirs.items())
            # also those that were merged into them before
            self.cursor.execute(
                """UPDATE archive.target AS t SET merged_into = heir.heir, updated = now()
                   FROM heir WHERE heir.id IN (t.id, t.merged_into)"""
            )
        self.cursor.execute(
            """WITH lost AS (
                   SELECT id FROM archive.target AS t WHERE merged_into IS NULL
                       AND NOT EXISTS (SELECT FROM found_target AS f WHERE f.id = t.id))
               SELECT id FROM lost UNION SELECT t.id FROM archive.target AS t JOIN lost ON t.merged_into = lost.id"""
        )
        if lost := [row[0] for row in self.cursor.fetchall()]:
            self.cursor.execute("DELETE FROM archive.target_alias WHERE target_id = ANY(%s)", [lost])
            self.cursor.execute("DELETE FROM archive.target WHERE id = ANY(%s)", [lost])
        return len(heirs)

    def _write_aliases(self, ids: Sequence[int]) -> None:
        """Write the names of targets; merged targets keep theirs, by which they are found again."""
        self._temporary("found_alias", "LIKE archive.target_alias")
        self._copy(
            "found_alias",
            ("target_id", "raw_name", "key", "nb", "separation"),
            (
                (each, alias.raw_name, alias.key, alias.count, alias.separation)
                for each, target in zip(ids, self.targets, strict=True)
                for alias in target.aliases
            ),
        )
        self.cursor.execute(
            """DELETE FROM archive.target_alias AS a USING archive.target AS t
               WHERE t.id = a.target_id AND t.merged_into IS NULL AND NOT EXISTS
                   (SELECT FROM found_alias AS f WHERE f.target_id = a.target_id AND f.raw_name = a.raw_name)"""
        )
        self.cursor.execute(
            """INSERT INTO archive.target_alias AS a SELECT * FROM found_alias
               ON CONFLICT (target_id, raw_name) DO UPDATE SET (key, nb, separation)
                   = (excluded.key, excluded.nb, excluded.separation)
               WHERE (a.key, a.nb, a.separation) IS DISTINCT FROM (excluded.key, excluded.nb, excluded.separation)"""
        )

    def _temporary(self, table: str, definition: str) -> None:
        definition = definition if definition.startswith("(") else f"({definition})"
        self.cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        self.cursor.execute(f"CREATE TEMPORARY TABLE {table} {definition} ON COMMIT DROP")

    def _copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        copy_in(self.cursor, f"pg_temp.{table}", columns, "".join(map(copy_line, rows)).encode())
        self.cursor.execute(f"ANALYZE pg_temp.{table}")
