"""What the pages of collections and granules read.

May import ``ingest.archive`` and ``ingest.access``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ingest.archive.connection import Cursor

#: The orders of a collection's table: what is sorted by. Texts of the user are only looked up here.
ORDERS = {
    "target": "lower(d.target_name)",
    "date": "d.t_min",
    "instrument": "coalesce(d.instrument, d.instrument_name)",
    "channels": "g.nb_channels",
    "level": "d.level",
    "file": "d.file_name",
    "release": "coalesce(g.obs_release_date, e.release_date)",
}
#: Lists of relatives are for people: a few of each kind.
MOST_RELATIVES = 12


@dataclass(frozen=True)
class CollectionRecord:
    """A collection with all that its page tells, and what decides who may change it.

    Attributes
    ----------
    owner
        Login of its owner: an address, never to be shown.
    """

    id: str
    kind: str
    name: str
    title: str
    description: str
    keywords: tuple[str, ...]
    bibcode: str | None
    creator: str
    datapi: str
    co_pis: str
    release_date: datetime | None
    created: datetime
    updated: datetime
    owner: str
    retired: datetime | None
    retired_reason: str


@dataclass(frozen=True)
class ListedGranule:
    """A granule, or an exposure of level 0, as lists show it.

    Attributes
    ----------
    file_id, file_name, file_size
        None for exposures.
    obs_id
        Identifier of the exposure at level 0.
    release_date
        From when the file is public; None where that is not known, or it always was.
    """

    id: int
    level: int
    target_name: str
    t_min: float | None
    instrument: str
    facility: str
    mode: str
    bands: str
    nb_channels: int | None
    obs_id: str | None
    collection_id: str
    file_id: int | None
    file_name: str | None
    url_name: str | None
    file_size: int | None
    public: bool
    release_date: datetime | None


@dataclass(frozen=True)
class GranulePlace:
    """A granule and where it is, as its page needs it.

    Attributes
    ----------
    retired_reason
        Why it is not published any more: that of its file, or of its collection; "" for published ones.
    nb_severe, nb_warnings
        What the checker found in its file; None where it was not asked.
    """

    id: int
    publisher_did: str
    file_id: int
    collection_id: str
    collection_title: str
    kind: str
    bibcode: str | None
    datapi: str
    co_pis: str
    creator: str
    progid: str | None
    procsoft: str | None
    target_name: str
    instrument: str
    facility: str
    bands: str
    local_night: date | None
    remote_url: str | None
    retired: datetime | None
    retired_reason: str
    nb_severe: int | None
    nb_warnings: int | None
    nb_remarks: int


def find_collection_record(cursor: Cursor, identifier: str) -> CollectionRecord | None:
    """Return a collection, also a retired one."""
    cursor.execute(
        """SELECT id, kind, name, title, description, keywords, article_bibcode AS bibcode, creator, datapi, co_pis,
             release_date, created, updated, owner, retired, retired_reason
           FROM archive.collection WHERE id = %s""",
        [identifier],
    )
    row = cursor.fetchone()
    return None if row is None else CollectionRecord(**row._asdict() | {"keywords": tuple(row.keywords)})


#: Of ``archive.dataset``, which has no row of what is retired.
_LISTED = """SELECT d.id, d.level, d.target_name, d.t_min, coalesce(d.instrument, d.instrument_name) AS instrument,
    coalesce(g.facility, g.facility_name, e.interferometer, '') AS facility,
    coalesce(g.instrument_mode, e.mode, '') AS mode, coalesce(g.bands, archive.bands_of(e.em_min, e.em_max)) AS bands,
    g.nb_channels, d.obs_id, d.collection_id, f.id AS file_id, f.name AS file_name, f.url_name,
    f.size_bytes AS file_size,
    CASE WHEN e.id IS NOT NULL THEN coalesce(e.release_date <= now(), false) ELSE NOT EXISTS (
      SELECT FROM archive.granule AS o WHERE o.file_id = f.id AND o.data_rights <> 'public'
        AND coalesce(o.obs_release_date > now(), true)) END AS public,
    CASE WHEN e.id IS NOT NULL THEN e.release_date ELSE (SELECT CASE WHEN bool_and(o.obs_release_date IS NOT NULL)
      THEN max(o.obs_release_date) END FROM archive.granule AS o
      WHERE o.file_id = f.id AND o.data_rights <> 'public') END AS release_date
  FROM archive.dataset AS d LEFT JOIN archive.granule AS g ON g.id = d.id
    LEFT JOIN archive.file AS f ON f.id = g.file_id LEFT JOIN archive.exposure AS e ON e.id = d.id"""


def granules_of_collection(
    cursor: Cursor, identifier: str, order: str, descending: bool, limit: int, offset: int
) -> list[ListedGranule]:
    """Return a page of what a collection holds.

    Parameters
    ----------
    order
        A key of `ORDERS`.
    """
    direction = "DESC" if descending else "ASC"
    cursor.execute(
        f"""{_LISTED} WHERE d.collection_id = %s
            ORDER BY {ORDERS[order]} {direction} NULLS LAST, d.id LIMIT %s OFFSET %s""",
        [identifier, limit, offset],
    )
    return _listed(cursor)


def _listed(cursor: Cursor) -> list[ListedGranule]:
    return [ListedGranule(*row) for row in cursor.fetchall()]


def find_granule_places(cursor: Cursor, identifiers: Sequence[int]) -> list[GranulePlace]:
    """Return granules by their ids, in that order; those that are not there are left out."""
    cursor.execute(
        """SELECT g.id, g.publisher_did, g.file_id, f.collection_id, c.title AS collection_title, c.kind,
             c.article_bibcode AS bibcode, c.datapi, c.co_pis, c.creator, f.progid, f.procsoft, g.target_name,
             coalesce(g.instrument, g.instrument_name) AS instrument, coalesce(g.facility, g.facility_name) AS facility,
             g.bands, g.local_night, f.remote_url, coalesce(f.retired, c.retired) AS retired,
             coalesce(nullif(f.retired_reason, ''), c.retired_reason) AS retired_reason, f.nb_severe, f.nb_warnings,
             (SELECT count(*) FROM archive.finding WHERE file_id = f.id AND severity = 'INFO') AS nb_remarks
           FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
             JOIN archive.collection AS c ON c.id = f.collection_id
           WHERE g.id = ANY(%s)""",
        [list(identifiers)],
    )
    found = {row.id: GranulePlace(**row._asdict()) for row in cursor.fetchall()}
    return [found[identifier] for identifier in dict.fromkeys(identifiers) if identifier in found]


def granules_of_file(cursor: Cursor, file_id: int, limit: int) -> list[ListedGranule]:
    """Return the granules of a file, in the order of time."""
    cursor.execute(f"{_LISTED} WHERE g.file_id = %s ORDER BY d.t_min NULLS LAST, d.id LIMIT %s", [file_id, limit])
    return _listed(cursor)


def granules_of_target(cursor: Cursor, place: GranulePlace) -> list[ListedGranule]:
    """Return granules of other files whose target has the same name, the newest first."""
    cursor.execute(
        f"""{_LISTED} WHERE lower(d.target_name) = lower(%(name)s) AND d.level > 0 AND f.id <> %(file)s
            ORDER BY d.t_min DESC NULLS LAST, d.id LIMIT %(most)s""",
        {"name": place.target_name, "file": place.file_id, "most": MOST_RELATIVES},
    )
    return _listed(cursor) if place.target_name else []


def granules_of_night(cursor: Cursor, place: GranulePlace) -> list[ListedGranule]:
    """Return granules of other files that the same array took in the same night, in the order of time."""
    if place.local_night is None or not place.facility:
        return []
    cursor.execute(
        f"""{_LISTED} WHERE d.t_min BETWEEN %(mjd)s - 1 AND %(mjd)s + 2 AND d.level > 0 AND g.local_night = %(night)s
              AND coalesce(g.facility, g.facility_name) = %(facility)s AND f.id <> %(file)s
            ORDER BY d.t_min, d.id LIMIT %(most)s""",
        {
            "mjd": (place.local_night - date(1858, 11, 17)).days,
            "night": place.local_night,
            "facility": place.facility,
            "file": place.file_id,
            "most": MOST_RELATIVES,
        },
    )
    return _listed(cursor)
