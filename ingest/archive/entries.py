"""Entries of JMDC and BadCal one by one: written when they are submitted, changed, listed in any state.

Editions are in ``ingest.archive.jmdc`` and ``ingest.archive.badcal``, decisions in ``ingest.archive.catalogues``. May
import these, ``ingest.archive.connection`` and ``ingest.catalogs``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.archive.catalogues import TABLES
from ingest.archive.connection import Cursor, MissingError
from ingest.archive.jmdc import column_values
from ingest.archive.jmdc_stars import Place
from ingest.catalogs import badcal, jmdc
from ingest.catalogs.badcal import Report
from ingest.catalogs.jmdc import Measurement


@dataclass(frozen=True)
class Kept:
    """An entry as the archive has it.

    Attributes
    ----------
    place
        Where the star of a submitted measurement is; None for reports, which have a position of their own, and where
        nobody told.
    star_id
        Star of a measurement that is or was published.
    submitted
        None for measurements of editions.
    """

    id: int
    catalogue: str
    state: str
    entry: Measurement | Report
    place: Place | None
    star_id: int | None
    account_id: int | None
    batch_id: int | None
    submitted: datetime | None
    reviewed: datetime | None
    updated: datetime

    @property
    def title(self) -> str:
        """Name of its star."""
        return self.entry.id1 if isinstance(self.entry, Measurement) else self.entry.name

    @property
    def given_place(self) -> tuple[float, float] | None:
        """Position that the submitter of a measurement gave, deg."""
        place = self.place
        return None if place is None or place.origin != "submitter" else (place.ra, place.dec)

    @property
    def version(self) -> str:
        """What is another text after each change."""
        return self.updated.isoformat()


_COMMON = "m.id, m.state, m.account_id, m.batch_id, m.submitted, m.reviewed, m.updated"
_SELECT = {
    "jmdc": f"""SELECT {_COMMON}, m.star_id, p.ra, p.dec, p.pm_ra, p.pm_dec, p.origin, p.name,
            {", ".join(f"m.{name}" for name in jmdc.COLUMNS)}
        FROM archive.jmdc_measurement AS m LEFT JOIN archive.jmdc_place AS p ON p.measurement_id = m.id""",
    "badcal": f"""SELECT {_COMMON}, {", ".join(f"m.{name}" for name in badcal.COLUMNS)}, coalesce(c.address, '')
        FROM archive.badcal_report AS m LEFT JOIN archive.badcal_contact AS c ON c.report_id = m.id""",
}


def _kept(catalogue: str, row: Sequence[Any]) -> Kept:
    number, state, account_id, batch_id, *times = row[:7]
    entry: Measurement | Report
    place, star_id = None, None
    if catalogue == "jmdc":
        star_id, place = row[7], None if row[8] is None else Place(*row[8:14])
        entry = Measurement(*row[14:])
    else:
        entry = Report(**dict(zip((*badcal.COLUMNS, "address"), row[7:], strict=True)))
    return Kept(number, catalogue, state, entry, place, star_id, account_id, batch_id, *times)


def select(cursor: Cursor, catalogue: str, condition: str, values: dict[str, Any]) -> list[Kept]:
    """Return the entries of a condition, SQL of a module of the archive, with the table as ``m``."""
    cursor.execute(f"{_SELECT[catalogue]} {condition}", values)
    return [_kept(catalogue, row) for row in cursor.fetchall()]


def find_entry(cursor: Cursor, catalogue: str, entry_id: int, *, lock: bool = False) -> Kept:
    """Return an entry in any state.

    Parameters
    ----------
    lock
        Whether others that want to change it have to wait until the transaction ends.

    Raises
    ------
    MissingError
        When there is none of this number.
    """
    locking = "FOR UPDATE OF m" if lock else ""
    found = select(cursor, catalogue, f"WHERE m.id = %(id)s {locking}", {"id": entry_id})
    if not found:
        raise MissingError("there is no such entry", place=f"{catalogue} {entry_id}")
    return found[0]


def entries_of_batch(cursor: Cursor, catalogue: str, batch_id: int) -> list[Kept]:
    """Return the entries of a batch in the order of its rows."""
    return select(cursor, catalogue, "WHERE m.batch_id = %(id)s ORDER BY m.id", {"id": batch_id})


@dataclass(frozen=True)
class Page:
    """A part of a list: how many entries are passed over, and how many follow at most."""

    offset: int = 0
    limit: int = 100


def list_entries(
    cursor: Cursor,
    catalogue: str,
    page: Page,
    *,
    state: str | None = None,
    account_id: int | None = None,
    latest_first: bool = False,
) -> tuple[list[Kept], int]:
    """Return entries in a state, or all; of a person, or of everybody; and how many there are.

    Those that wait come in the order in which they came in.
    """
    wanted = {"state": state, "account": account_id, "offset": max(0, page.offset), "limit": max(1, page.limit)}
    condition = """WHERE (%(state)s::text IS NULL OR m.state = %(state)s)
        AND (%(account)s::bigint IS NULL OR m.account_id = %(account)s)"""
    cursor.execute(f"SELECT count(*) AS n FROM archive.{TABLES[catalogue]} AS m {condition}", wanted)
    counted: Any = cursor.fetchone()
    order = f"ORDER BY m.id {'DESC' if latest_first else ''} OFFSET %(offset)s LIMIT %(limit)s"
    return select(cursor, catalogue, f"{condition} {order}", wanted), int(counted.n)


def count_waiting(cursor: Cursor, catalogue: str, account_id: int | None = None) -> int:
    """Return how many entries wait for review, of a person or of everybody."""
    cursor.execute(
        f"""SELECT count(*) AS n FROM archive.{TABLES[catalogue]}
            WHERE state = 'submitted' AND (%(id)s::bigint IS NULL OR account_id = %(id)s)""",
        {"id": account_id},
    )
    row: Any = cursor.fetchone()
    return int(row.n)


def insert_entry(
    cursor: Cursor,
    entry: Measurement | Report,
    place: Place | None,
    *,
    account_id: int | None,
    batch_id: int,
) -> int:
    """Write an entry that waits for review; return its number."""
    catalogue, values = _values(entry)
    more = {"account_id": account_id, "batch_id": batch_id, "state": "submitted"}
    names, values = ", ".join([*values, *more]), values | more
    cursor.execute(
        f"""INSERT INTO archive.{TABLES[catalogue]} (submitted, {names})
            VALUES (now(), {", ".join(f"%({name})s" for name in values)}) RETURNING id""",
        values,
    )
    made: Any = cursor.fetchone()
    _write_beside(cursor, int(made.id), entry, place)
    return int(made.id)


def update_entry(cursor: Cursor, entry_id: int, entry: Measurement | Report, place: Place | None) -> None:
    """Let an entry have other values."""
    catalogue, values = _values(entry)
    cursor.execute(
        f"""UPDATE archive.{TABLES[catalogue]} SET {", ".join(f"{name} = %({name})s" for name in values)},
            updated = now() WHERE id = %(id)s""",
        values | {"id": entry_id},
    )
    _write_beside(cursor, entry_id, entry, place)


def _values(entry: Measurement | Report) -> tuple[str, dict[str, Any]]:
    if isinstance(entry, Measurement):
        return "jmdc", column_values(entry)
    return "badcal", {name: getattr(entry, name) for name in badcal.COLUMNS}


def _write_beside(cursor: Cursor, entry_id: int, entry: Measurement | Report, place: Place | None) -> None:
    """Write what stands in tables of its own: the place of a measurement's star, the address of a reporter."""
    if isinstance(entry, Measurement):
        cursor.execute("DELETE FROM archive.jmdc_place WHERE measurement_id = %s", [entry_id])
        if place is not None:
            cursor.execute(
                """INSERT INTO archive.jmdc_place (measurement_id, ra, dec, pm_ra, pm_dec, origin, name)
                   VALUES (%s, %s, %s, %s, %s, %s, %s)""",
                [entry_id, *vars(place).values()],
            )
        return
    cursor.execute("DELETE FROM archive.badcal_contact WHERE report_id = %s", [entry_id])
    if entry.address:
        cursor.execute(
            "INSERT INTO archive.badcal_contact (report_id, address) VALUES (%s, %s)", [entry_id, entry.address]
        )
