"""What the policy needs to know of files, and what pages tell about who may read them.

May import ``ingest.archive.connection``, ``ingest.archive.delivery``, ``ingest.archive.people`` and ``ingest.access``.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.access.policy import (
    Decision,
    Delegation,
    FileAccess,
    Grant,
    Rights,
    Visitor,
    all_public,
    may_read,
    may_share,
    names_in,
)
from ingest.archive.connection import Cursor
from ingest.archive.delivery import StoredFile
from ingest.archive.people import people

_FILES = """SELECT f.id, f.name, f.url_name, f.sha256, f.size_bytes, f.media_type, f.progid, f.proposal_subid,
    f.collection_id, c.owner, c.datapi, c.co_pis
  FROM archive.file AS f JOIN archive.collection AS c ON c.id = f.collection_id"""


@dataclass(frozen=True)
class CollectionAccess:
    """A collection that holds private data, as those who decide about it see it."""

    id: str
    title: str
    nb_files: int
    nb_private: int


@dataclass(frozen=True)
class Reader:
    """Somebody who may read private files of a collection, and why."""

    login: str
    name: str
    reasons: tuple[str, ...]
    nb_files: int


def file_access(cursor: Cursor, file_id: int) -> FileAccess:
    """Return all that decides who may read a file; nobody may read one that is not there."""
    cursor.execute(f"{_FILES} WHERE f.id = %s", [file_id])
    found = _accesses(cursor, cursor.fetchall())
    return found[0][1] if found else FileAccess(())


def files_access(cursor: Cursor, collection_id: str) -> list[tuple[StoredFile, FileAccess]]:
    """Return the files of a collection that are not retired, by name, and all that decides who may read them."""
    cursor.execute(f"{_FILES} WHERE f.collection_id = %s AND f.retired IS NULL ORDER BY f.name", [collection_id])
    return _accesses(cursor, cursor.fetchall())


def collection_access(cursor: Cursor, collection_id: str) -> FileAccess:
    """Return what decides about a collection as such: who may share it. It has no rights, so it is not public."""
    cursor.execute("SELECT owner, datapi, co_pis FROM archive.collection WHERE id = %s", [collection_id])
    row = cursor.fetchone()
    if row is None:
        return FileAccess(())
    return FileAccess((), row.owner, names_in(row.datapi, row.co_pis), collection_id=collection_id)


def _accesses(cursor: Cursor, files: list[Any]) -> list[tuple[StoredFile, FileAccess]]:
    if not files:
        return []
    ids, collections = [row.id for row in files], list({row.collection_id for row in files})
    rights = defaultdict(list)
    cursor.execute(
        "SELECT file_id, data_rights, obs_release_date FROM archive.granule WHERE file_id = ANY(%s) ORDER BY id", [ids]
    )
    for row in cursor.fetchall():
        rights[row.file_id].append(Rights(row.data_rights, row.obs_release_date))
    of_file, of_collection = _shares(cursor, ids, collections)
    delegations = _delegations(cursor)
    found = []
    for row in files:
        stored = StoredFile(
            row.id, row.name, row.url_name, row.sha256, row.size_bytes, row.media_type, tuple(rights[row.id])
        )
        access = FileAccess(
            stored.rights,
            row.owner,
            names_in(row.datapi, row.co_pis),
            (*of_file[row.id], *of_collection[row.collection_id]),
            delegations,
            row.collection_id,
            row.progid or "",
            row.proposal_subid or "",
        )
        found.append((stored, access))
    return found


def _shares(
    cursor: Cursor, files: list[int], collections: list[str]
) -> tuple[dict[int, list[Grant]], dict[str, list[Grant]]]:
    cursor.execute(
        """SELECT file_id, collection_id, account_id, group_id, until, ended FROM archive.share
           WHERE file_id = ANY(%s) OR collection_id = ANY(%s) ORDER BY id""",
        [files, collections],
    )
    of_file: dict[int, list[Grant]] = defaultdict(list)
    of_collection: dict[str, list[Grant]] = defaultdict(list)
    for row in cursor.fetchall():
        grant = Grant(row.account_id, row.group_id, row.until, row.ended)
        if row.file_id is not None:
            of_file[row.file_id].append(grant)
        else:
            of_collection[row.collection_id].append(grant)
    return of_file, of_collection


def _delegations(cursor: Cursor) -> tuple[Delegation, ...]:
    """Return all delegations that were not ended, with the names that the trusting account has now: a few hundred."""
    cursor.execute("SELECT pi_id, trusted_id, scope, value, until, ended FROM archive.delegation WHERE ended IS NULL")
    rows = cursor.fetchall()
    if not rows:
        return ()
    aliases = {person.account_id: person.aliases for person in people(cursor)}
    return tuple(
        Delegation(aliases.get(row.pi_id, frozenset()), row.trusted_id, row.scope, row.value, row.until, row.ended)
        for row in rows
    )


def whom_to_ask(cursor: Cursor, file_id: int) -> str:
    """Return the names of those responsible for a file, or of its collection's creator; "" where nobody is named."""
    cursor.execute(
        """SELECT c.datapi, c.co_pis, c.creator FROM archive.file AS f
               JOIN archive.collection AS c ON c.id = f.collection_id WHERE f.id = %s""",
        [file_id],
    )
    row = cursor.fetchone()
    if row is None:
        return ""
    names = [" ".join(part.split()) for text in (row.datapi, row.co_pis) for part in text.split("/")]
    return ", ".join(dict.fromkeys(name for name in names if name)) or row.creator.strip()


def decided_by(cursor: Cursor, visitor: Visitor, now: datetime) -> list[CollectionAccess]:
    """Return the collections with private data that a person may share; a curator's own ones, not all there are."""
    cursor.execute("SELECT id, title, owner, datapi, co_pis FROM archive.collection WHERE retired IS NULL ORDER BY id")
    mine = [
        row
        for row in cursor.fetchall()
        if may_share(
            FileAccess((), row.owner, names_in(row.datapi, row.co_pis)),
            Visitor(visitor.account_id, visitor.login, "", visitor.aliases, visitor.groups),
        )
    ]
    found = []
    for row in mine:
        files = files_access(cursor, row.id)
        private = sum(not all_public(access.rights, now) for _, access in files)
        found.append(CollectionAccess(row.id, row.title, len(files), private))
    return found


def who_may_read(cursor: Cursor, collection_id: str, now: datetime) -> list[Reader]:
    """Return everybody who may read private files of a collection now, with the reasons: the policy's own answer."""
    private = [access for _, access in files_access(cursor, collection_id) if not all_public(access.rights, now)]
    cursor.execute("SELECT login, name FROM archive.account WHERE state = 'active'")
    names = {row.login: row.name for row in cursor.fetchall()}
    found = []
    for person in people(cursor):
        decisions = [decision for access in private if (decision := may_read(access, person, now)).allowed]
        if decisions and person.login is not None:
            found.append(Reader(person.login, names[person.login], _reasons(decisions), len(decisions)))
    return found


def _reasons(decisions: Iterable[Decision]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(decision.reason for decision in decisions))
