"""What happened in OiDB lately, put together for a feed: one line a collection, kind of event and hour.

May import ``ingest.archive.connection``.
"""

from dataclasses import dataclass
from datetime import datetime

from ingest.archive.connection import Cursor

_NAMES = 5


@dataclass(frozen=True)
class Happening:
    """The same thing that happened to a collection within an hour, once or often.

    Attributes
    ----------
    event
        As the journal has it.
    hour
        Its beginning (UTC).
    latest
        When it happened last.
    subjects
        A few of the subjects: names of files, or what was changed.
    reason
        Why the collection was retired, if it is.
    """

    event: str
    collection_id: str
    title: str
    hour: datetime
    latest: datetime
    nb: int
    subjects: tuple[str, ...]
    reason: str


def happenings(cursor: Cursor, since: datetime, limit: int) -> list[Happening]:
    """Return what happened since a moment, the latest first.

    Of retired collections only that they are, and only changes of metadata that anybody can see.
    """
    cursor.execute(
        """SELECT j.event, j.collection_id, c.title, date_trunc('hour', j.happened, 'UTC') AS hour,
             max(j.happened) AS latest, count(*) AS nb,
             (array_agg(DISTINCT j.subject) FILTER (WHERE j.subject <> ''))[:%(names)s] AS subjects,
             c.retired_reason AS reason
           FROM archive.journal AS j JOIN archive.collection AS c ON c.id = j.collection_id
           WHERE j.happened > %(since)s AND j.happened <= now() AND j.event <> 'comment'
             AND (c.retired IS NULL) = (j.event <> 'collection retired')
             AND NOT (j.event = 'collection changed' AND j.subject = '')
           GROUP BY j.event, j.collection_id, c.title, c.retired_reason, 4
           ORDER BY latest DESC, j.collection_id, j.event LIMIT %(limit)s""",
        {"since": since, "limit": limit, "names": _NAMES},
    )
    return [Happening(**row._asdict() | {"subjects": tuple(row.subjects or ())}) for row in cursor.fetchall()]
