"""OIFITS files, added with their granules or replaced.

A file is in whole or not at all. May import ``ingest.archive`` and ``ingest.oifits``.
"""

import enum
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from ingest.archive.collections import Collection, find_collection, note, touch_collection
from ingest.archive.connection import Archive, ArchiveError, Cursor
from ingest.archive.corrections import apply_corrections, corrected_category, corrections_of, store_corrections
from ingest.archive.findings import refuse_severe, write_findings
from ingest.archive.granules import GranuleRules, storable, tighten_rights, write_granules
from ingest.archive.store import Store
from ingest.corrections import Correction
from ingest.errors import OivoError
from ingest.oifits import Granule, OIFitsFile, granules_of, read_oifits, why_no_granules
from ingest.oifits.check.checker import check
from ingest.oifits.check.report import Report

#: Media type of a stored file, by whether it is gzipped.
MEDIA_TYPES = {False: "application/fits", True: "application/gzip"}
#: Characters of a file's name.
LONGEST_NAME = 200


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
    report: Report

    @property
    def media_type(self) -> str:
        """Media type of the bytes."""
        return MEDIA_TYPES[self.content.startswith(b"\x1f\x8b")]


def read_upload(name: str, content: bytes, max_bytes: int) -> Upload:
    """Read a file's bytes, cut it into granules and check it.

    Raises
    ------
    ArchiveError
        When no file of a collection can have this name.
    OIFitsError
        When it is not a readable OIFITS file.
    NoGranuleError
        When it has no granule.
    """
    check_name(name)
    oifits = read_oifits(content, name=name, max_bytes=max_bytes)
    granules = granules_of(oifits, extended=True)
    if not granules:
        raise NoGranuleError(
            f"nothing in it can be published: {why_no_granules(oifits)}", place=name, remedy="mend or leave it out"
        )
    return Upload(name, content, oifits, granules, check(oifits))


def check_name(name: str) -> None:
    """Refuse what cannot be a file's name.

    Raises
    ------
    ArchiveError
        Saying what can.
    """
    # Cs: bytes that are not UTF-8
    odd = any(char == "/" or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in name)
    if odd or name in ("", ".", "..") or len(name) > LONGEST_NAME:
        raise ArchiveError(
            f"cannot be a file's name: up to {LONGEST_NAME} characters of UTF-8 without control characters can",
            place=name,
            remedy="rename it",
        )


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
    accepted_reason
        A curator's reason to take files with severe findings as level 1 or 2; it is kept.
    submitter
        Account of the person who submits; never published.
    """

    archive: Archive
    store: Store
    collection_id: str
    level: int
    now: datetime
    authority: str
    run: str = ""
    replace: bool = False
    accepted_reason: str = ""
    submitter: str = ""

    def add(self, upload: Upload) -> Ingested:
        """Add a file with its granules, in one transaction; the same file again changes nothing.

        Raises
        ------
        ArchiveError
            When the collection does not exist, or has another file of that name and `replace` is off.
        SevereFindingsError
            When the checker finds the file too broken for its level.
        StoreError
            When the bytes cannot be kept.
        """
        self.admit(upload)
        sha256 = self.store.put(upload.content)
        with self.archive.transaction() as cursor:
            return self.add_in(cursor, upload, sha256)

    def add_in(
        self,
        cursor: Cursor,
        upload: Upload,
        sha256: str,
        corrections: Sequence[Correction] = (),
        remote_url: str | None = None,
    ) -> Ingested:
        """Add a file in a transaction of the caller's, for several files at once.

        Parameters
        ----------
        sha256
            Digest under which the store has its bytes.
        corrections
            What people put right about it.
        remote_url
            Where somebody else delivers it; None for a file that we deliver.

        Raises
        ------
        ArchiveError, SevereFindingsError
            As `add`.
        """
        self.admit(upload)
        # One writer a collection: two at once with one file would else both find it new.
        cursor.execute("SELECT FROM archive.collection WHERE id = %s FOR UPDATE", [self.collection_id])
        collection = find_collection(cursor, self.collection_id)
        known = self._known(cursor, upload.name, sha256)
        if known is not None:
            return Ingested(known, Outcome.UNCHANGED, len(upload.granules))
        file_id, outcome = self._write_file(cursor, upload, sha256, remote_url)
        rules = self.rules(collection, upload, (*corrections_of(cursor, file_id), *corrections))
        write_granules(cursor, file_id, upload.granules, rules)
        if outcome is Outcome.REPLACED:
            tighten_rights(cursor, file_id, upload.granules, rules)
        store_corrections(cursor, file_id, corrections, self.submitter)
        apply_corrections(cursor, file_id)
        write_findings(cursor, file_id, upload.report, self.accepted_reason)
        touch_collection(cursor, self.collection_id)
        event = "file added" if outcome is Outcome.ADDED else "file replaced"
        note(cursor, event, self.collection_id, upload.name, self.run)
        return Ingested(file_id, outcome, len(upload.granules), self._elsewhere(cursor, sha256))

    def admit(self, upload: Upload) -> None:
        """Refuse a file that is too broken for its level.

        Raises
        ------
        SevereFindingsError
            Naming what is wrong.
        """
        refuse_severe(upload.report, self.level, self.accepted_reason)

    def rules(self, collection: Collection, upload: Upload, corrections: Sequence[Correction] = ()) -> GranuleRules:
        """Return what decides the rights and identifiers of a file's new granules."""
        category = corrected_category(corrections, upload.oifits.facts.dataproduct_category)
        return GranuleRules(collection, self.level, category, self.now, self.authority)

    def _known(self, cursor: Cursor, name: str, sha256: str) -> int | None:
        """Return the id of the file if the collection has exactly it, at this level."""
        cursor.execute(
            """SELECT id, name, sha256, level, retired FROM archive.file
               WHERE collection_id = %s AND (name = %s OR sha256 = %s)""",
            [self.collection_id, name, sha256],
        )
        rows = cursor.fetchall()
        for row in rows:
            if row.retired is not None:
                raise ArchiveError(
                    f"collection {self.collection_id} had it as {row.name}, which was retired",
                    place=name,
                    remedy=f"publish it again: ./oivo oidb retire --undo --file {row.id}",
                )
        for row in rows:
            if row.sha256 == sha256 and row.name == name:
                return self._unchanged(row.id, row.name, row.level)
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

    def _unchanged(self, file_id: int, name: str, level: int) -> int | None:
        if level != self.level and not self.replace:
            raise ArchiveError(
                f"is in collection {self.collection_id} already, as level {level}",
                place=name,
                remedy="give that level, or change it with --replace",
            )
        return file_id if level == self.level else None

    def _write_file(self, cursor: Cursor, upload: Upload, sha256: str, remote_url: str | None) -> tuple[int, Outcome]:
        facts = upload.oifits.facts
        cursor.execute(
            """INSERT INTO archive.file (collection_id, name, url_name, level, size_bytes, sha256, md5, media_type,
                   oifits_version, progid, proposal_subid, obs_id, dataproduct_category, quality_level, procsoft,
                   remote_url, remote_checked, submitter)
               VALUES (%(collection_id)s, %(name)s, %(url_name)s, %(level)s, %(size)s, %(sha256)s, %(md5)s,
                   %(media_type)s, %(version)s, %(progid)s, %(proposal_subid)s, %(obs_id)s, %(category)s,
                   %(quality)s, %(procsoft)s, %(remote_url)s, CASE WHEN %(remote_url)s IS NOT NULL THEN now() END,
                   %(submitter)s)
               ON CONFLICT (collection_id, name) DO UPDATE SET level = excluded.level,
                   size_bytes = excluded.size_bytes, sha256 = excluded.sha256, md5 = excluded.md5,
                   media_type = excluded.media_type, oifits_version = excluded.oifits_version,
                   progid = excluded.progid, proposal_subid = excluded.proposal_subid, obs_id = excluded.obs_id,
                   dataproduct_category = excluded.dataproduct_category, quality_level = excluded.quality_level,
                   procsoft = excluded.procsoft, remote_url = excluded.remote_url,
                   remote_checked = excluded.remote_checked, remote_problem = NULL, submitter = excluded.submitter,
                   updated = now()
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
                "progid": storable(facts.progid),
                "proposal_subid": storable(facts.proposal_subid),
                "obs_id": storable(facts.obs_id),
                "category": storable(facts.dataproduct_category),
                "quality": facts.quality_level,
                "procsoft": storable(facts.procsoft),
                "remote_url": remote_url,
                "submitter": self.submitter,
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
