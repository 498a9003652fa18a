"""The journal: what happened to collections and data, for feeds and pages.

May import ``ingest.archive.connection``.
"""

from datetime import datetime

from ingest.archive.connection import Cursor


def note_releases(cursor: Cursor, now: datetime) -> int:
    """Write a line for each file whose last granule became public since this was last done.

    Access does not depend on it: that is decided at each request, by the dates themselves.

    Returns
    -------
    int
        Number of files.
    """
    cursor.execute(
        """INSERT INTO archive.journal (event, collection_id, subject, happened)
           SELECT 'data released', f.collection_id, f.name, max(g.obs_release_date)
           FROM archive.file AS f JOIN archive.granule AS g ON g.file_id = f.id
           GROUP BY f.id
           HAVING bool_or(g.data_rights <> 'public')
              AND bool_and(g.data_rights = 'public' OR coalesce(g.obs_release_date <= %(now)s, false))
              AND max(g.obs_release_date) > f.added
              AND NOT EXISTS (SELECT FROM archive.journal AS j WHERE j.event = 'data released'
                              AND j.collection_id = f.collection_id AND j.subject = f.name)""",
        {"now": now},
    )
    return int(cursor.rowcount)
