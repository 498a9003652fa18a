"""Corrections of files and granules: kept beside what the files say, applied each time a file is read.

May import ``ingest.archive.connection`` and ``ingest.corrections``.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg2 import sql

from ingest.archive.connection import ArchiveError, Cursor
from ingest.corrections import FIELDS, Correction, CorrectionError
from ingest.region import DEFAULT_RADIUS, polygon_around

#: Columns that are not text.
_NUMBERS = {"quality_level": int, "s_ra": float, "s_dec": float}


def store_corrections(cursor: Cursor, file_id: int, corrections: Iterable[Correction], made_by: str) -> None:
    """Keep corrections of a file; one of the same field takes the place of the one before.

    Raises
    ------
    ArchiveError
        When the file has no granule of that key.
    """
    keys = _granule_ids(cursor, file_id)
    for correction in corrections:
        if correction.granule is not None and correction.granule not in keys:
            raise ArchiveError(f"the file has no granule {correction.granule}", place=f"file {file_id}")
        cursor.execute(
            """INSERT INTO archive.correction (file_id, target_row, insname, night, field, value, made_by)
               VALUES (%s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (file_id, target_row, insname, night, field)
               DO UPDATE SET value = excluded.value, made_by = excluded.made_by, made = now()""",
            [file_id, *(correction.granule or (None, None, None)), correction.field, correction.value, made_by],
        )


def corrections_of(cursor: Cursor, file_id: int) -> list[Correction]:
    """Return the corrections of a file."""
    cursor.execute(
        "SELECT target_row, insname, night, field, value FROM archive.correction WHERE file_id = %s ORDER BY id",
        [file_id],
    )
    return [
        Correction(row.field, row.value, None if row.insname is None else (row.target_row, row.insname, row.night))
        for row in cursor.fetchall()
    ]


def apply_corrections(cursor: Cursor, file_id: int) -> None:
    """Write the corrections of a file over what was read from it.

    Raises
    ------
    CorrectionError
        When one cannot be, such as half a position.
    """
    keys = _granule_ids(cursor, file_id)
    for correction in corrections_of(cursor, file_id):
        value = stored_value(correction)
        if correction.granule is None:
            _set(cursor, "file", correction.field, value, file_id)
            if correction.field == "dataproduct_category":
                cursor.execute("UPDATE archive.granule SET category = %s WHERE file_id = %s", [value, file_id])
        elif correction.granule in keys:  # else the file lost it when it was replaced
            _set(cursor, "granule", correction.field, value, keys[correction.granule])
    _renew_regions(cursor, file_id)


def stored_value(correction: Correction) -> Any:
    """Return the value of a correction as its column has it."""
    kind = _NUMBERS.get(correction.field, str)
    return None if correction.value is None else kind(correction.value)


def corrected_category(corrections: Sequence[Correction], of_file: str | None) -> str | None:
    """Return the category of a file as people put it right, else its own."""
    for correction in corrections:
        if correction.field == "dataproduct_category":
            return correction.value
    return of_file


def _granule_ids(cursor: Cursor, file_id: int) -> dict[tuple[int, str, int], int]:
    cursor.execute("SELECT id, target_row, insname, night FROM archive.granule WHERE file_id = %s", [file_id])
    return {(row.target_row, row.insname, row.night): row.id for row in cursor.fetchall()}


def _set(cursor: Cursor, table: str, field: str, value: Any, identifier: int) -> None:
    if field not in FIELDS:  # of an older version of oivo
        return
    if value is None and field in ("target_name", "s_ra", "s_dec"):
        raise CorrectionError(field, "cannot be empty")
    statement = sql.SQL("UPDATE archive.{} SET {} = %s WHERE id = %s")
    cursor.execute(statement.format(sql.Identifier(table), sql.Identifier(field)), [value, identifier])


def _renew_regions(cursor: Cursor, file_id: int) -> None:
    """Let the regions of granules whose position was put right follow it."""
    cursor.execute(
        """SELECT DISTINCT g.id, g.s_ra, g.s_dec, g.s_fov FROM archive.granule AS g
           JOIN archive.correction AS c USING (file_id, target_row, insname, night)
           WHERE g.file_id = %s AND c.field IN ('s_ra', 's_dec')""",
        [file_id],
    )
    for row in cursor.fetchall():
        if (row.s_ra is None) != (row.s_dec is None):
            raise CorrectionError("s_ra" if row.s_ra is None else "s_dec", "the other coordinate is missing")
        region = polygon_around(row.s_ra % 360, row.s_dec, (row.s_fov or 2 * DEFAULT_RADIUS) / 2)
        cursor.execute("UPDATE archive.granule SET s_region = %s WHERE id = %s", [region, row.id])
