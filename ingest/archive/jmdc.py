"""JMDC in the archive: editions read in, measurements and their stars read out.

May import ``ingest.archive.catalogues``, ``ingest.archive.connection`` and ``ingest.catalogs``. Stars are told apart in
``ingest.archive.jmdc_stars``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2.extras import execute_values

from ingest.archive.catalogues import Source, find_editions, free_numbers, lock, record, record_edition
from ingest.archive.connection import ArchiveError, Cursor
from ingest.archive.jmdc_stars import Draft, Stars, write_stars
from ingest.catalogs.bands import wavelengths_of
from ingest.catalogs.editions import Edition, Row
from ingest.catalogs.jmdc import COLUMNS, Measurement
from ingest.catalogs.matching import match


@dataclass(frozen=True)
class Change:
    """A measurement that an edition has otherwise: its number, and of each field what it was and what it is."""

    id: int
    measurement: Measurement
    fields: dict[str, tuple[Any, Any]]

    def __str__(self) -> str:
        told = "; ".join(f"{name} {old!r} → {new!r}" for name, (old, new) in self.fields.items())
        return f"{self.id} {self.measurement.id1} {self.measurement.bibcode}: {told}"


@dataclass(frozen=True)
class Plan:
    """What an edition would do to the archive.

    Attributes
    ----------
    added
        Rows that it does not have.
    changed
        Measurements that are otherwise in the edition.
    same
        Numbers of measurements that are the same.
    set_aside
        Numbers of measurements that somebody withdrew or rejected, or that wait for review: left as they are.
    missing
        Published measurements that the edition has not: number and measurement.
    stars
        Of each added row its star.
    """

    added: tuple[Row, ...]
    changed: tuple[Change, ...]
    same: tuple[int, ...]
    set_aside: tuple[int, ...]
    missing: tuple[tuple[int, Measurement], ...]
    stars: tuple[Draft, ...]

    @property
    def nothing(self) -> bool:
        """Whether it changes nothing."""
        return not self.added and not self.changed


def plan_edition(cursor: Cursor, edition: Edition) -> Plan:
    """Compare an edition with the archive; nothing is written."""
    stars = Stars(cursor)
    drafts = [stars.identify(row) for row in edition.rows]
    rows = [(draft.key, row.measurement) for draft, row in zip(drafts, edition.rows, strict=True)]
    known = _known(cursor, stars)
    published = [each for each in known if each.state == "accepted"]
    others = [each for each in known if each.state not in ("accepted", "retracted")]
    found = match([(each.key, each.measurement) for each in published], rows)
    aside = match([(each.key, each.measurement) for each in others], [rows[number] for number in found.new])
    taken = {found.new[number] for _, number in aside.same}
    new = [number for number in found.new if number not in taken]
    return Plan(
        added=tuple(edition.rows[number] for number in new),
        changed=tuple(_change(published[one], rows[other][1]) for one, other in found.changed),
        same=tuple(published[one].id for one, _ in found.same),
        set_aside=tuple(others[one].id for one, _ in aside.same),
        missing=tuple((published[one].id, published[one].measurement) for one in found.missing),
        stars=tuple(drafts[number] for number in new),
    )


def import_edition(cursor: Cursor, edition: Edition, source: Source, *, complete: bool = False) -> Plan:
    """Bring the archive to what an edition has; measurements keep their numbers.

    Parameters
    ----------
    complete
        Whether what the edition has not is to be withdrawn.

    Returns
    -------
    Plan
        What was done. An edition that changes nothing is not even noted.
    """
    lock(cursor, "jmdc")
    plan = plan_edition(cursor, edition)
    if not plan.nothing:
        edition_id = record_edition(
            cursor, "jmdc", source, len(edition.rows), added=len(plan.added), changed=len(plan.changed)
        )
        star_ids = write_stars(cursor, plan.stars)
        numbers = free_numbers(cursor, "jmdc", [row.id for row in plan.added])
        made = list(zip(numbers, plan.added, strict=True))
        for (number, row), star_id in zip(made, star_ids, strict=True):
            _insert(cursor, number, row, star_id, edition_id, source)
        for change in plan.changed:
            _update(cursor, change, edition_id, source)
        cursor.execute(
            "UPDATE archive.jmdc_measurement SET last_edition_id = %s WHERE id = ANY(%s)",
            [edition_id, list(plan.same)],
        )
        _restore_editions(cursor, made)
        cursor.execute(
            """SELECT setval(pg_get_serial_sequence('archive.jmdc_measurement', 'id'), max(id))
               FROM archive.jmdc_measurement"""
        )
    if complete and plan.missing:
        _withdraw(cursor, [number for number, _ in plan.missing], source)
    return plan


@dataclass(frozen=True)
class _Known:
    id: int
    state: str
    key: str
    measurement: Measurement


def _known(cursor: Cursor, stars: Stars) -> list[_Known]:
    """Return all measurements; those that nobody accepted have no star yet, but a name."""
    cursor.execute(
        f"""SELECT m.id, m.state, s.key, {", ".join(f"m.{name}" for name in COLUMNS)}
            FROM archive.jmdc_measurement AS m LEFT JOIN archive.jmdc_star AS s ON s.id = m.star_id ORDER BY m.id"""
    )
    return [_Known(row[0], row[1], row[2] or stars.key(row.id1), Measurement(*row[3:])) for row in cursor.fetchall()]


def _change(known: _Known, row: Measurement) -> Change:
    pairs = {name: (getattr(known.measurement, name), getattr(row, name)) for name in COLUMNS}
    return Change(known.id, row, {name: (old, new) for name, (old, new) in pairs.items() if old != new})


def column_values(measurement: Measurement) -> dict[str, Any]:
    """Return the values of the columns of a measurement, those that follow from others included."""
    waves = wavelengths_of(measurement.band)
    return vars(measurement) | {"wl_min": waves and waves.low, "wl_max": waves and waves.high}


def _insert(cursor: Cursor, number: int, row: Row, star_id: int, edition_id: int, source: Source) -> None:
    values = column_values(row.measurement)
    names = ", ".join(values)
    places = ", ".join(f"%({name})s" for name in values)
    cursor.execute(
        f"""INSERT INTO archive.jmdc_measurement (id, star_id, state, first_edition_id, last_edition_id, {names})
            VALUES (%(id)s, %(star_id)s, 'accepted', %(edition)s, %(edition)s, {places})""",
        values | {"id": number, "star_id": star_id, "edition": edition_id},
    )
    record(cursor, "jmdc", number, "imported", source.actor, edition_id=edition_id, run=source.run)


def _update(cursor: Cursor, change: Change, edition_id: int, source: Source) -> None:
    values = column_values(change.measurement)
    settings = ", ".join(f"{name} = %({name})s" for name in values)
    cursor.execute(
        f"""UPDATE archive.jmdc_measurement SET {settings}, last_edition_id = %(edition)s, updated = now()
            WHERE id = %(id)s""",
        values | {"id": change.id, "edition": edition_id},
    )
    record(
        cursor,
        *("jmdc", change.id, "changed", source.actor),
        changes=change.fields,
        edition_id=edition_id,
        run=source.run,
    )


def _restore_editions(cursor: Cursor, rows: Sequence[tuple[int, Row]]) -> None:
    """Give rows of our own export the editions that they had in the archive that wrote them; some are in none yet."""
    told = [(number, row) for number, row in rows if row.id is not None]
    names = sorted({name for _, row in told for name in (row.first_edition, row.last_edition) if name})
    if not told:
        return
    numbers = find_editions(cursor, "jmdc", names)
    execute_values(
        cursor,
        """UPDATE archive.jmdc_measurement AS m
           SET first_edition_id = CAST(v.first AS bigint), last_edition_id = CAST(v.last AS bigint)
           FROM (VALUES %s) AS v (id, first, last) WHERE m.id = v.id""",
        [(number, numbers.get(row.first_edition), numbers.get(row.last_edition)) for number, row in told],
    )


def close_edition(cursor: Cursor, name: str, run: str = "") -> tuple[int, int]:
    """Give all that is published now the name of an edition, as the last that has it; the first of what has none.

    Returns
    -------
    tuple
        How many measurements are in it, and how many of them are in no earlier one.

    Raises
    ------
    ArchiveError
        When there is an edition of this name, or nothing to put into it.
    """
    source = Source(name, run=run)
    lock(cursor, "jmdc")
    if name in _editions(cursor):
        raise ArchiveError("there is an edition of this name", place=name, remedy="choose another name")
    cursor.execute("SELECT id, first_edition_id FROM archive.jmdc_measurement WHERE state = 'accepted'")
    rows = cursor.fetchall()
    added = sum(row.first_edition_id is None for row in rows)
    if not rows:
        raise ArchiveError("no measurement is published", place=name)
    edition_id = record_edition(cursor, "jmdc", source, len(rows), added=added, changed=0)
    cursor.execute(
        """UPDATE archive.jmdc_measurement SET last_edition_id = %(edition)s,
               first_edition_id = coalesce(first_edition_id, %(edition)s) WHERE state = 'accepted'""",
        {"edition": edition_id},
    )
    return len(rows), added


def _editions(cursor: Cursor) -> set[str]:
    cursor.execute("SELECT name FROM archive.catalogue_edition WHERE catalogue = 'jmdc'")
    return {row.name for row in cursor.fetchall()}


def _withdraw(cursor: Cursor, ids: Sequence[int], source: Source) -> None:
    cursor.execute(
        "UPDATE archive.jmdc_measurement SET state = 'withdrawn', reviewed = now(), updated = now() WHERE id = ANY(%s)",
        [list(ids)],
    )
    for number in ids:
        reason = f"not in edition {source.edition}"
        record(cursor, "jmdc", number, "withdrawn", source.actor, reason=reason, run=source.run)


def published(cursor: Cursor, edition: str | None = None) -> list[Row]:
    """Return all published measurements with their stars, or those of an edition, in the order of their numbers."""
    cursor.execute(
        f"""SELECT m.id, f.name AS first_edition, l.name AS last_edition, s.ra, s.dec, s.pm_ra, s.pm_dec,
                (SELECT array_agg(n.name ORDER BY n.key) FROM archive.jmdc_star_name AS n WHERE n.star_id = s.id),
                {", ".join(f"m.{name}" for name in COLUMNS)}
            FROM archive.jmdc_measurement AS m JOIN archive.jmdc_star AS s ON s.id = m.star_id
                LEFT JOIN archive.catalogue_edition AS f ON f.id = m.first_edition_id
                LEFT JOIN archive.catalogue_edition AS l ON l.id = m.last_edition_id
            WHERE m.state = 'accepted' AND (%(edition)s::text IS NULL
                OR %(edition)s IN (f.name, l.name)
                OR (SELECT id FROM archive.catalogue_edition WHERE catalogue = 'jmdc' AND name = %(edition)s)
                    BETWEEN f.id AND l.id)
            ORDER BY m.id""",
        {"edition": edition},
    )
    return [_row(*row) for row in cursor.fetchall()]


def _row(number: int, first: str, last: str, ra: Any, dec: Any, pm_ra: Any, pm_dec: Any, names: Any, *rest: Any) -> Row:
    return Row(0, Measurement(*rest), ra, dec, pm_ra, pm_dec, tuple(names or ()), number, first or "", last or "")
