"""The files of a collection as those see them who may change it, retired ones among them.

May import ``ingest.archive.connection`` and ``ingest.access.policy``.
"""

from dataclasses import dataclass
from datetime import datetime

from ingest.access.policy import Rights, all_public
from ingest.archive.connection import Cursor

#: Files that a page lists; more are not handled by hand.
MOST_LISTED = 1000


@dataclass(frozen=True)
class HeldFile:
    """A file of a collection.

    Attributes
    ----------
    rights
        Those of all its granules.
    retired
        When it was taken out of publication, and why; None and "" for one that was not.
    """

    id: int
    name: str
    url_name: str
    level: int
    size_bytes: int
    remote_url: str | None
    retired: datetime | None
    retired_reason: str
    granules: tuple[str, ...]
    granule_ids: tuple[int, ...]
    rights: tuple[Rights, ...]

    def is_public(self, now: datetime) -> bool:
        """Tell whether anybody may read it."""
        return all_public(self.rights, now)

    def public_from(self) -> datetime | None:
        """Return when its last granule becomes public; None where one has no date."""
        dates = [granule.release_date for granule in self.rights if granule.data_rights != "public"]
        known = [date for date in dates if date is not None]
        return max(known) if known and len(known) == len(dates) else None


def held_files(cursor: Cursor, collection_id: str) -> list[HeldFile]:
    """Return the files of a collection by name, at most `MOST_LISTED`; ``granules`` are their targets and nights."""
    cursor.execute(
        """SELECT f.id, f.name, f.url_name, f.level, f.size_bytes, f.remote_url, f.retired, f.retired_reason,
               array_agg(concat_ws(', ', g.target_name, g.instrument, g.local_night) ORDER BY g.id) AS granules,
               array_agg(g.id ORDER BY g.id) AS granule_ids,
               array_agg(g.data_rights ORDER BY g.id) AS rights,
               array_agg(g.obs_release_date ORDER BY g.id) AS dates
           FROM archive.file AS f JOIN archive.granule AS g ON g.file_id = f.id
           WHERE f.collection_id = %s GROUP BY f.id ORDER BY f.name LIMIT %s""",
        [collection_id, MOST_LISTED],
    )
    return [
        HeldFile(
            row.id,
            row.name,
            row.url_name,
            row.level,
            row.size_bytes,
            row.remote_url,
            row.retired,
            row.retired_reason,
            tuple(row.granules),
            tuple(row.granule_ids),
            tuple(map(Rights, row.rights, row.dates)),
        )
        for row in cursor.fetchall()
    ]
