"""Tells DataCite of the collections that are new or have changed since it was told.

What DataCite has is known by a digest, so that nothing is sent twice; each collection is noted when it is done, so
that work that was broken off goes on. May import ``ingest.archive`` and this package.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ingest.archive import Archive
from ingest.archive.citations import collection_work, is_simulated, site_of
from ingest.archive.connection import Cursor, MissingError
from ingest.archive.dois import DoiRecord, find_doi, note_problem, note_registered, reserve_doi
from ingest.archive.oidb_counts import Held, holdings_of
from ingest.archive.oidb_pages import CollectionRecord, find_collection_record
from ingest.citation.datacite import attributes, digest
from ingest.citation.identifiers import doi_of
from ingest.doi.client import Client, Event, Known, RefusedError, TakenError, UnknownError
from ingest.errors import OivoError
from ingest.home import Home

#: Instead of a prefix, where none is set: only a rehearsal shows it.
_NO_PREFIX = "10.PREFIX"


@dataclass(frozen=True)
class Task:
    """A collection that DataCite should be told of, or need not.

    Attributes
    ----------
    event
        What becomes of the DOI: ``publish`` makes it findable, ``hide`` keeps it for links only.
    attributes
        The metadata.
    before
        What is known of its DOI.
    why_not
        Why it gets none; "" for those that do.
    """

    collection_id: str
    doi: str
    event: Event
    attributes: dict[str, Any]
    before: DoiRecord | None
    why_not: str = ""

    @property
    def sha256(self) -> str:
        """Digest of all that DataCite is told."""
        return digest(self.attributes | {"event": self.event})

    @property
    def what(self) -> str:
        """What is to be done: ``register``, ``update``, ``hide``, or nothing: ``unchanged``, ``skip``."""
        if self.why_not:
            return "skip"
        if self.before is None or self.before.state is None:
            return "register"
        if self.before.sha256 == self.sha256:
            return "unchanged"
        return "hide" if self.event == "hide" else "update"


def plan(home: Home, cursor: Cursor, identifiers: Sequence[str] = (), *, known_only: bool = False) -> list[Task]:
    """Return what is to be done, by collection.

    Parameters
    ----------
    identifiers
        Of collections; all when empty.
    known_only
        Leave out those that have no DOI yet.

    Raises
    ------
    MissingError
        When there is no such collection.
    """
    if not identifiers:
        cursor.execute("SELECT id FROM archive.collection ORDER BY id")
        identifiers = [row.id for row in cursor.fetchall()]
    tasks = []
    for identifier in dict.fromkeys(identifiers):
        record = find_collection_record(cursor, identifier)
        if record is None:
            raise MissingError(f"there is no collection {identifier!r}", remedy="see the page /collections")
        before = find_doi(cursor, identifier)
        if not known_only or (before is not None and before.state is not None):
            tasks.append(_task(home, cursor, record, before))
    return tasks


def _task(home: Home, cursor: Cursor, record: CollectionRecord, before: DoiRecord | None) -> Task:
    held = holdings_of(cursor, {record.id: record.updated})[record.id]
    registered = before is not None and before.state is not None
    doi = before.doi if before is not None and registered else _name(home, record.id)
    work = replace(collection_work(cursor, site_of(home), record, held), doi=doi)
    why_not = "" if registered else _why_not(record, held, home.settings.text("doi.kinds").split())
    return Task(record.id, doi, "hide" if record.retired else "publish", attributes(work), before, why_not)


def _name(home: Home, identifier: str) -> str:
    settings = home.settings
    return doi_of(settings.text("doi.prefix") or _NO_PREFIX, settings.text("doi.namespace"), identifier)


def _why_not(record: CollectionRecord, held: Held, kinds: Sequence[str]) -> str:
    if record.retired:
        return "it is retired"
    kind = "simulation" if is_simulated(record.kind, record.title) else record.kind
    if kind not in kinds:
        return f"collections of the kind {kind} get none (doi.kinds)"
    if not held.nb_files:
        return "it holds no files"
    return ""


@contextmanager
def one_registration(archive: Archive) -> Iterator[None]:
    """Keep others from registering at the same time; a killed process lets go.

    Raises
    ------
    OivoError
        When another one is at work.
    """
    with archive.locked("registry doi") as free:
        if not free:
            raise OivoError("another process is registering DOIs", remedy="wait for its end")
        yield


def carry_out(archive: Archive, client: Client, task: Task) -> str:
    """Tell DataCite of a collection and note how it went.

    Returns
    -------
    str
        Why DataCite has not taken it; "" when all is well.

    Raises
    ------
    StoppedError
        When it makes no sense to go on.
    """
    with archive.transaction() as cursor:
        reserve_doi(cursor, task.collection_id, task.doi)
    try:
        known = _told(client, task)
    except OivoError as error:
        with archive.transaction() as cursor:
            note_problem(cursor, task.collection_id, str(error))
        if isinstance(error, RefusedError):
            return str(error)
        raise
    with archive.transaction() as cursor:
        note_registered(cursor, task.collection_id, known.state, task.sha256)
    return ""


def _told(client: Client, task: Task) -> Known:
    if task.what != "register":
        try:
            return client.update(task.attributes, task.event)
        except UnknownError:
            return client.create(task.attributes, task.event)
    try:
        return client.create(task.attributes, task.event)
    except TakenError:
        # ours when we were broken off before we could note it, or when it was reserved by hand
        known = client.find(task.doi)
        if known.url and known.url != task.attributes["url"]:
            raise RefusedError(
                f"is registered already, for {known.url[:200]}", place=task.doi, remedy="set another doi.namespace"
            ) from None
        return client.update(task.attributes, task.event)
