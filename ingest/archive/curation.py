"""Collections and files that change after they were made: edited, moved, retired, published again.

Nothing is deleted: what is retired is not published any more, and its identifiers stay known. May
import ``ingest.archive.collections``.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from psycopg2 import errors, sql

from ingest.archive.collections import Collection, find_collection, note, touch_collection
from ingest.archive.connection import ArchiveError, Cursor
from ingest.errors import MisuseError

#: What can be edited; the identifier cannot, since others have written it down.
EDITABLE = tuple(column.name for column in fields(Collection) if column.name != "id")


def edit_collection(cursor: Cursor, identifier: str, changes: dict[str, Any], run: str = "") -> Collection:
    """Change what is told about a collection; what is not named stays as it is.

    Parameters
    ----------
    changes
        Values by attribute of `Collection`.

    Raises
    ------
    MisuseError
        For a value that no collection can have.
    ArchiveError
        When there is no such collection, or it is retired.
    """
    unknown = changes.keys() - set(EDITABLE)
    if unknown:
        raise MisuseError(f"{', '.join(sorted(unknown))} cannot be edited", remedy=f"these can: {', '.join(EDITABLE)}")
    cursor.execute("SELECT retired FROM archive.collection WHERE id = %s FOR UPDATE", [identifier])
    row = cursor.fetchone()
    before = find_collection(cursor, identifier)
    if row is not None and row.retired is not None:
        raise ArchiveError("is retired", place=f"collection {identifier}", remedy="publish it again first")
    after = Collection(**vars(before) | changes)
    _need_article(cursor, after)
    changed = {name: getattr(after, name) for name in EDITABLE if getattr(after, name) != getattr(before, name)}
    for name, value in changed.items():
        # within DaCHS an empty list comes as NULL
        new = "coalesce(%s::text[], '{{}}')" if name == "keywords" else "%s"
        statement = sql.SQL(f"UPDATE archive.collection SET {{}} = {new} WHERE id = %s").format(sql.Identifier(name))
        cursor.execute(statement, [list(value) if name == "keywords" else value, identifier])
    if changed:
        touch_collection(cursor, identifier)
        note(cursor, "collection changed", identifier, ", ".join(name for name in changed if name != "owner"), run)
    if "release_date" in changed and after.release_date is not None:
        hold_back(cursor, identifier, after.release_date)
    return after


def _need_article(cursor: Cursor, collection: Collection) -> None:
    """Refuse to take the article away from a collection of published data that had one."""
    if collection.article_bibcode is not None:
        return
    cursor.execute(
        """SELECT FROM archive.file JOIN archive.collection AS c ON c.id = collection_id
           WHERE c.id = %s AND level = 3 AND c.article_bibcode IS NOT NULL LIMIT 1""",
        [collection.id],
    )
    if cursor.fetchone() is not None:
        raise MisuseError("published data (level 3) need their article", place=f"collection {collection.id}")


def hold_back(cursor: Cursor, identifier: str, until: datetime) -> None:
    """Let nothing of a collection be public before a moment; dates that are later stay."""
    cursor.execute(
        """UPDATE archive.granule AS g SET
               data_rights = CASE WHEN data_rights = 'public' THEN 'secure' ELSE data_rights END,
               obs_release_date = greatest(obs_release_date, %(until)s)
           FROM archive.file AS f WHERE f.id = g.file_id AND f.collection_id = %(id)s AND %(until)s > now()
               AND (data_rights = 'public' OR obs_release_date IS NOT NULL)""",
        {"id": identifier, "until": until},
    )


def retire_collection(cursor: Cursor, identifier: str, reason: str, run: str = "") -> None:
    """Take a collection with all its files out of publication.

    Raises
    ------
    ArchiveError
        When there is none, or it is retired already.
    """
    find_collection(cursor, identifier)
    cursor.execute(
        "UPDATE archive.collection SET retired = now(), retired_reason = %s WHERE id = %s AND retired IS NULL",
        [_reason(reason), identifier],
    )
    if not cursor.rowcount:
        raise ArchiveError("is retired already", place=f"collection {identifier}")
    note(cursor, "collection retired", identifier, "", run)


def restore_collection(cursor: Cursor, identifier: str, run: str = "") -> None:
    """Publish a retired collection again."""
    find_collection(cursor, identifier)
    cursor.execute("UPDATE archive.collection SET retired = NULL, retired_reason = '' WHERE id = %s", [identifier])
    touch_collection(cursor, identifier)
    note(cursor, "collection changed", identifier, "published again", run)


def retire_files(cursor: Cursor, file_ids: Sequence[int], reason: str, run: str = "") -> None:
    """Take files out of publication.

    Raises
    ------
    ArchiveError
        When one of them is not there, or is retired already; then none is.
    """
    for row in _locked_files(cursor, file_ids):
        if row.retired is not None:
            raise ArchiveError("is retired already", place=row.name)
        cursor.execute(
            "UPDATE archive.file SET retired = now(), retired_reason = %s WHERE id = %s", [_reason(reason), row.id]
        )
        touch_collection(cursor, row.collection_id)
        note(cursor, "file retired", row.collection_id, row.name, run)


def restore_files(cursor: Cursor, file_ids: Sequence[int], run: str = "") -> None:
    """Publish retired files again."""
    for row in _locked_files(cursor, file_ids):
        cursor.execute("UPDATE archive.file SET retired = NULL, retired_reason = '' WHERE id = %s", [row.id])
        touch_collection(cursor, row.collection_id)
        note(cursor, "file added", row.collection_id, row.name, run)


def move_files(cursor: Cursor, file_ids: Sequence[int], target: str, run: str = "") -> None:
    """Move files to another collection; they keep their ids, granules and rights, or get stricter ones.

    Raises
    ------
    ArchiveError
        When the collection has a file of that name or content already, or one of the files is not there.
    """
    collection = find_collection(cursor, target)
    for row in _locked_files(cursor, file_ids):
        if row.collection_id == target:
            continue
        if row.level == 3 and collection.article_bibcode is None:
            raise ArchiveError("published data (level 3) need a collection with its article", place=row.name)
        try:
            cursor.execute(
                "UPDATE archive.file SET collection_id = %s, updated = now() WHERE id = %s", [target, row.id]
            )
        except errors.UniqueViolation as error:
            raise ArchiveError(
                f"collection {target} has it, or another of its name, already", place=row.name
            ) from error
        for place in (row.collection_id, target):
            touch_collection(cursor, place)
        note(cursor, "file moved", target, row.name, run)
    if collection.release_date is not None:
        hold_back(cursor, target, collection.release_date)


def _locked_files(cursor: Cursor, file_ids: Sequence[int]) -> list[Any]:
    cursor.execute(
        """SELECT id, name, level, collection_id, retired FROM archive.file WHERE id = ANY(%s)
           ORDER BY id FOR UPDATE""",
        [list(file_ids)],
    )
    rows: list[Any] = cursor.fetchall()
    missing = set(file_ids) - {row.id for row in rows}
    if missing:
        raise ArchiveError(f"there is no file {', '.join(map(str, sorted(missing)))}")
    return rows


def _reason(text: str) -> str:
    if not text.strip():
        raise MisuseError("a reason is needed", remedy="say why in a sentence; people who have the identifier read it")
    return text.strip()
