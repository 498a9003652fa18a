"""OIFITS files and their granules: added, replaced, read again, looked up.

A file is in whole or not at all. Granules are found again by their key in the file (target row,
INSNAME, night) and keep their id, identifier, rights and date of submission through every
re-reading. May import ``ingest.archive``, ``ingest.access.policy``, ``ingest.oifits``, ``ingest.region``.
"""

import enum
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import psycopg2.extras

from ingest.access.policy import Rights, rights_of_new_granule
from ingest.archive.collections import Collection, find_collection, note, touch_collection
from ingest.archive.connection import Archive, ArchiveError, Cursor
from ingest.archive.store import Store
from ingest.errors import OivoError
from ingest.oifits import Granule, HeaderFacts, OIFitsFile, granules_of, read_oifits, why_no_granules
from ingest.region import DEFAULT_RADIUS, polygon_around

#: Media type of a stored file, by whether it is gzipped.
MEDIA_TYPES = {False: "application/fits", True: "application/gzip"}

_COMPUTED = (
    *("target_name", "s_ra", "s_dec", "s_fov", "s_region", "s_resolution", "t_min", "t_max", "t_exptime"),
    *("t_resolution", "int_time_min", "local_night", "nb_times", "em_min", "em_max", "em_res_power", "bands"),
    *("facility_name", "instrument_name", "facility", "instrument", "stations", "nb_stations", "baseline_min"),
    *("baseline_max", "nb_channels", "nb_vis", "nb_vis2", "nb_t3", "nb_flux", "flagged_share"),
)
_GIVEN_ONCE = ("id", "file_id", "target_row", "insname", "night", "publisher_did", "data_rights", "obs_release_date")
_COLUMNS = _GIVEN_ONCE + _COMPUTED
_UPSERT = f"""
INSERT INTO archive.granule ({", ".join(_COLUMNS)}) VALUES %s
ON CONFLICT (file_id, target_row, insname, night)
DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in _COMPUTED)}
"""


class NoGranuleError(OivoError):
    """A file is OIFITS, but holds nothing that can be published."""


class Outcome(enum.Enum):
    """What an ingest did."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Ingested:
    """What became of one file.

    Attributes
    ----------
    file_id
        Its identifier in the archive.
    granules
        How many granules it has.
    elsewhere
        Collections that hold the same bytes, too.
    """

    file_id: int
    outcome: Outcome
    granules: int
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Upload:
    """A file to ingest, read and understood, before the archive is asked.

    Attributes
    ----------
    name
        Name in the collection.
    content
        Its bytes, as they will be delivered.
    """

    name: str
    content: bytes
    oifits: OIFitsFile
    granules: Sequence[Granule]

    @property
    def media_type(self) -> str:
        """Media type of the bytes."""
        return MEDIA_TYPES[self.content.startswith(b"\x1f\x8b")]


def read_upload(name: str, content: bytes, max_bytes: int) -> Upload:
    """Read a file's bytes and cut it into granules.

    Raises
    ------
    OIFitsError
        When it is not a readable OIFITS file.
    NoGranuleError
        When it has no granule.
    """
    oifits = read_oifits(content, name=name, max_bytes=max_bytes)
    granules = granules_of(oifits)
    if not granules:
        raise NoGranuleError(
            f"nothing in it can be published: {why_no_granules(oifits)}", place=name, remedy="mend or leave it out"
        )
    return Upload(name, content, oifits, granules)


@dataclass(frozen=True)
class FileIngest:
    """Ingests files into one collection.

    Attributes
    ----------
    archive, store
        Where to.
    collection_id, level
        The collection, and the calibration level (1 to 3) of the files.
    now
        The moment of ingestion; embargoes count from observation, but what has no embargo is public from now.
    authority
        IVOA authority for the identifiers of new granules.
    run
        Id of the run, for the journal.
    replace
        Whether a file of the same name with other bytes takes the place of the old one.
    """

    archive: Archive
    store: Store
    collection_id: str
    level: int
    now: datetime
    authority: str
    run: str = ""
    replace: bool = False

    def add(self, upload: Upload) -> Ingested:
        """Add a file with its granules, in one transaction; the same file again changes nothing.

        Raises
        ------
        ArchiveError
            When the collection does not exist, or has another file of that name and `replace` is off.
        StoreError
            When the bytes cannot be kept.
        """
        sha256 = self.store.put(upload.content)
        with self.archive.transaction() as cursor:
            # One writer a collection: two at once with one file would else both find it new.
            cursor.execute("SELECT FROM archive.collection WHERE id = %s FOR UPDATE", [self.collection_id])
            collection = find_collection(cursor, self.collection_id)
            known = self._known(cursor, upload.name, sha256)
            if known is not None:
                return Ingested(known, Outcome.UNCHANGED, len(upload.granules))
            file_id, outcome = self._write_file(cursor, upload, sha256)
            write_granules(cursor, file_id, upload.granules, GranuleRules(collection, self.level, upload.oifits.facts, self))
            touch_collection(cursor, self.collection_id)
            event = "file added" if outcome is Outcome.ADDED else "file replaced"
            note(cursor, event, self.collection_id, upload.name, self.run)
            return Ingested(file_id, outcome, len(upload.granules), self._elsewhere(cursor, sha256))

    def _known(self, cursor: Cursor, name: str, sha256: str) -> int | None:
        """Return the id of the file if the collection has exactly it."""
        cursor.execute(
            "SELECT id, name, sha256 FROM archive.file WHERE collection_id = %s AND (name = %s OR sha256 = %s)",
            [self.collection_id, name, sha256],
        )
        rows = cursor.fetchall()
        for row in rows:
            if row.sha256 == sha256 and row.name == name:
                return int(row.id)
        for row in rows:
            if row.sha256 == sha256:
                raise ArchiveError(
                    f"has the same content as {row.name}, which collection {self.collection_id} holds already",
                    place=name,
                    remedy="leave one of them out",
                )
            if not self.replace:
                raise ArchiveError(
                    f"collection {self.collection_id} has another file of this name",
                    place=name,
                    remedy="rename it, or take its place with --replace",
                )
        return None

    def _write_file(self, cursor: Cursor, upload: Upload, sha256: str) -> tuple[int, Outcome]:
        facts = upload.oifits.facts
        cursor.execute(
            """INSERT INTO archive.file (collection_id, name, url_name, level, size_bytes, sha256, md5, media_type,
                   oifits_version, progid, proposal_subid, obs_id, dataproduct_category, quality_level, procsoft)
               VALUES (%(collection_id)s, %(name)s, %(url_name)s, %(level)s, %(size)s, %(sha256)s, %(md5)s, %(media_type)s,
                   %(version)s, %(progid)s, %(proposal_subid)s, %(obs_id)s, %(category)s, %(quality)s, %(procsoft)s)
               ON CONFLICT (collection_id, name) DO UPDATE SET level = excluded.level,
                   size_bytes = excluded.size_bytes, sha256 = excluded.sha256, md5 = excluded.md5,
                   media_type = excluded.media_type, oifits_version = excluded.oifits_version,
                   progid = excluded.progid, proposal_subid = excluded.proposal_subid, obs_id = excluded.obs_id,
                   dataproduct_category = excluded.dataproduct_category, quality_level = excluded.quality_level,
                   procsoft = excluded.procsoft, updated = now()
               RETURNING id, (xmax = 0) AS new""",
            {
                "collection_id": self.collection_id,
                "name": upload.name,
                "url_name": quote(upload.name, safe=""),
                "level": self.level,
                "size": len(upload.content),
                "sha256": sha256,
                "md5": hashlib.md5(upload.content, usedforsecurity=False).hexdigest(),
                "media_type": upload.media_type,
                "version": upload.oifits.version,
                "progid": _storable(facts.progid),
                "proposal_subid": _storable(facts.proposal_subid),
                "obs_id": _storable(facts.obs_id),
                "category": _storable(facts.dataproduct_category),
                "quality": facts.quality_level,
                "procsoft": _storable(facts.procsoft),
            },
        )
        row = cursor.fetchone()
        assert row is not None
        return int(row.id), Outcome.ADDED if row.new else Outcome.REPLACED

    def _elsewhere(self, cursor: Cursor, sha256: str) -> tuple[str, ...]:
        cursor.execute(
            "SELECT DISTINCT collection_id FROM archive.file WHERE sha256 = %s AND collection_id <> %s ORDER BY 1",
            [sha256, self.collection_id],
        )
        return tuple(row.collection_id for row in cursor.fetchall())


@dataclass(frozen=True)
class GranuleRules:
    """What decides the rights and the identifiers of the new granules of a file."""

    collection: Collection
    level: int
    facts: HeaderFacts
    ingest: FileIngest

    def rights(self, granule: Granule) -> Rights:
        category = self.facts.dataproduct_category
        release, now = self.collection.release_date, self.ingest.now
        return rights_of_new_granule(self.collection.kind, self.level, granule.t_max, category, release, now)

    def identifier(self, granule_id: int) -> str:
        return f"ivo://{self.ingest.authority}/~?oidb/{granule_id}"


def write_granules(cursor: Cursor, file_id: int, granules: Sequence[Granule], rules: GranuleRules) -> None:
    """Make the granules of a file those given: known keys are updated, new ones added, others removed."""
    cursor.execute("SELECT id, target_row, insname, night FROM archive.granule WHERE file_id = %s", [file_id])
    known = {(row.target_row, row.insname, row.night): row.id for row in cursor.fetchall()}
    keys = [(granule.target_row, _storable(granule.insname), granule.night) for granule in granules]
    gone = [known[key] for key in known.keys() - set(keys)]
    if gone:
        cursor.execute("DELETE FROM archive.granule WHERE id = ANY(%s)", [gone])
    new = sum(key not in known for key in keys)
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('archive.granule', 'id')) AS id FROM generate_series(1, %s)", [new]
    )
    fresh = iter([row.id for row in cursor.fetchall()])
    rows = []
    for key, granule in zip(keys, granules, strict=True):
        # A known granule keeps what `_GIVEN_ONCE` names: the values below are then ignored.
        granule_id = known[key] if key in known else next(fresh)
        rights = rules.rights(granule)
        given = (granule_id, file_id, *key, rules.identifier(granule_id), rights.data_rights, rights.release_date)
        rows.append(given + computed_values(granule))
    psycopg2.extras.execute_values(cursor, _UPSERT, rows, page_size=500)


def computed_values(granule: Granule) -> tuple[Any, ...]:
    """Return what follows from a granule's data, in the order of the archive's columns."""
    ra, dec = position_of(granule)
    values = {
        "target_name": granule.target_name or "",
        "s_ra": ra,
        "s_dec": dec,
        "s_fov": getattr(granule, 's_fov', None),
        "s_region": None if ra is None or dec is None else polygon_around(ra, dec, (getattr(granule, 's_fov', None) or 2 * DEFAULT_RADIUS) / 2),
        "bands": " ".join(granule.bands),
        "stations": " ".join(granule.stations) or None,
        "facility_name": granule.facility_name or "",
        "instrument_name": granule.instrument_name or "",
    }
    return tuple(_storable(values[name] if name in values else getattr(granule, name)) for name in _COMPUTED)


def position_of(granule: Granule) -> tuple[float | None, float | None]:
    """Return right ascension (0 to 360) and declination, deg; None, None where they are no place on the sky."""
    ra, dec = granule.s_ra, granule.s_dec
    if ra is None or dec is None or not -90 <= dec <= 90 or not -360 <= ra <= 720:
        return None, None
    return ra % 360, dec


def _storable(value: Any) -> Any:
    """Return a value that PostgreSQL takes: its texts hold no NUL and no lone surrogate."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return value
