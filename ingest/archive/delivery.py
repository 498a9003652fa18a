"""What file delivery and DataLink need to know of a file or a granule.

May import ``ingest.archive.connection`` and ``ingest.access.policy``.
"""

from dataclasses import dataclass
from datetime import datetime

from ingest.access.policy import Rights, all_public
from ingest.archive.connection import Cursor


@dataclass(frozen=True)
class StoredFile:
    """A file as it is delivered, and the rights of all its granules."""

    id: int
    name: str
    url_name: str
    sha256: str
    size_bytes: int
    media_type: str
    rights: tuple[Rights, ...]
    #: Where somebody else delivers it; None when we do, also because it is not there any more.
    remote_url: str | None = None

    def is_public(self, now: datetime) -> bool:
        """Tell whether anybody may read it: all its granules must be public."""
        return all_public(self.rights, now)

    def public_from(self) -> datetime | None:
        """Return when its last granule becomes public; None where one has no date."""
        dates = [granule.release_date for granule in self.rights if granule.data_rights != "public"]
        known = [date for date in dates if date is not None]
        return max(known) if known and len(known) == len(dates) else None


@dataclass(frozen=True)
class GranuleRecord:
    """A granule and its file."""

    publisher_did: str
    id: int
    file: StoredFile
    collection_id: str
    bibcode: str | None
    datapi: str
    level: int


def find_file(cursor: Cursor, file_id: int) -> StoredFile | None:
    """Return a file by its id; what is retired is not there."""
    # in one statement: of a file that is being replaced, the bytes of before never come with the rights of after
    cursor.execute(
        """SELECT file.id, file.name, url_name, sha256, size_bytes, media_type,
               CASE WHEN remote_problem IS NULL THEN remote_url END AS remote_url,
               ARRAY(SELECT data_rights FROM archive.granule WHERE file_id = file.id ORDER BY id) AS rights,
               ARRAY(SELECT obs_release_date FROM archive.granule WHERE file_id = file.id ORDER BY id) AS dates
           FROM archive.file JOIN archive.collection ON collection.id = collection_id
           WHERE file.id = %s AND file.retired IS NULL AND collection.retired IS NULL""",
        [file_id],
    )
    row = cursor.fetchone()
    if row is None:
        return None
    facts = row._asdict()
    rights = tuple(map(Rights, facts.pop("rights"), facts.pop("dates")))
    return StoredFile(**facts, rights=rights)


def find_granule(cursor: Cursor, publisher_did: str) -> GranuleRecord | None:
    """Return a granule by its publisher's identifier."""
    cursor.execute(
        """SELECT g.id, g.file_id, f.collection_id, c.article_bibcode, c.datapi, f.level
           FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
               JOIN archive.collection AS c ON c.id = f.collection_id
           WHERE g.publisher_did = %s""",
        [publisher_did],
    )
    row = cursor.fetchone()
    if row is None:
        return None
    file = find_file(cursor, row.file_id)
    if file is None:
        return None
    return GranuleRecord(publisher_did, row.id, file, row.collection_id, row.article_bibcode, row.datapi, row.level)


def why_retired(cursor: Cursor, publisher_did: str) -> tuple[datetime, str] | None:
    """Return when and why a granule was retired, with its file or its collection; None for others."""
    cursor.execute(
        """SELECT coalesce(f.retired, c.retired) AS retired,
               CASE WHEN f.retired IS NULL THEN c.retired_reason ELSE f.retired_reason END AS reason
           FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
               JOIN archive.collection AS c ON c.id = f.collection_id
           WHERE g.publisher_did = %s AND coalesce(f.retired, c.retired) IS NOT NULL""",
        [publisher_did],
    )
    row = cursor.fetchone()
    return None if row is None else (row.retired, row.reason)
