"""Stored files read again, after the reader has learnt something: granules keep their identity.

May import ``ingest.archive`` and the pure modules.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.archive.collections import find_collection
from ingest.archive.corrections import apply_corrections, corrections_of
from ingest.archive.files import FileIngest, read_upload
from ingest.archive.findings import write_findings
from ingest.archive.granules import write_granules
from ingest.archive.store import StoreError
from ingest.errors import OivoError


@dataclass(frozen=True)
class Reread:
    """What became of one stored file."""

    name: str
    granules: int
    error: OivoError | None = None


def reread_files(ingest: FileIngest, max_bytes: int) -> Iterator[Reread]:
    """Read the files of all collections again and bring their granules up to date, a transaction each.

    A file that cannot be read any more keeps the granules that it has.
    """
    with ingest.archive.transaction() as cursor:
        cursor.execute("SELECT id FROM archive.file ORDER BY id")
        identifiers = [row.id for row in cursor.fetchall()]
    for identifier in identifiers:
        yield _reread_one(ingest, identifier, max_bytes)


def _reread_one(ingest: FileIngest, identifier: int, max_bytes: int) -> Reread:
    with ingest.archive.transaction() as cursor:
        cursor.execute(
            "SELECT collection_id, name, sha256, level FROM archive.file WHERE id = %s FOR UPDATE", [identifier]
        )
        row = cursor.fetchone()
        if row is None:
            return Reread(str(identifier), 0)
        try:
            content = ingest.store.path(row.sha256).read_bytes()
            upload = read_upload(row.name, content, max_bytes)
        except OSError as error:
            return Reread(row.name, 0, StoreError(f"is missing in the store: {error.strerror}", place=row.name))
        except OivoError as error:
            return Reread(row.name, 0, error)
        one = replace(ingest, collection_id=row.collection_id, level=row.level)
        rules = one.rules(find_collection(cursor, row.collection_id), upload, corrections_of(cursor, identifier))
        write_granules(cursor, identifier, upload.granules, rules)
        apply_corrections(cursor, identifier)
        write_findings(cursor, identifier, upload.report, "")
        return Reread(row.name, len(upload.granules))
