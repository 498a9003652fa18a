"""The desk where submissions are handed in: what a person may do with one, step by step.

Each method is one transaction. Web page, HTTP interface and command line call nothing else.
May import ``ingest.archive``, ``ingest.validate``, ``ingest.home`` and the pure modules.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ingest.access.policy import Visitor, names_in
from ingest.access.writing import may_submit, may_write
from ingest.archive.collections import Collection, find_collection
from ingest.archive.connection import Archive, ArchiveError, Cursor, MissingError
from ingest.archive.files import FileIngest, check_name
from ingest.archive.store import Store
from ingest.archive.submissions import (
    Item,
    Submission,
    add_item,
    find_submission,
    open_submission,
    remove_item,
    set_corrections,
    set_problem,
    set_received,
    set_state,
    set_target,
    touch,
)
from ingest.corrections import CorrectionError
from ingest.errors import MisuseError, OivoError
from ingest.home import Home
from ingest.submission.remote import fetcher_of
from ingest.submission.save import Problem, RefusedError, Saved, collection_from, corrections_of, problems_of, save
from ingest.validate.confined import read_confined
from ingest.validate.limits import Limits
from ingest.validate.run import limits_of
from ingest.validate.upload import files_in

#: What somebody can tell about a new collection.
COLLECTION_FIELDS = (
    *("id", "name", "title", "kind", "description", "keywords", "article_bibcode", "datapi", "co_pis", "release_date"),
)
#: Kinds of collections that a submitter may make; the others are the operators'.
SUBMITTERS_KINDS = ("public", "simulation", "suv", "chara")


def parts_folder(home: Home) -> Path:
    """Return where parts of announced files wait for the rest."""
    return home.root / "uploads"


def remove_stale_parts(home: Home, cursor: Cursor, days: float = 30.0) -> int:
    """Remove parts of files that nobody sends any more: not awaited, or not touched for so many days."""
    cursor.execute(
        """SELECT i.id FROM archive.submission_item AS i JOIN archive.submission AS s ON s.id = i.submission_id
           WHERE i.state = 'awaited' AND s.state = 'open'"""
    )
    awaited = {f"{row.id}.part" for row in cursor.fetchall()}
    now = time.time()
    removed = 0
    for path in parts_folder(home).glob("*.part"):
        age = now - path.stat().st_mtime
        # a young one may belong to an item whose transaction has not ended
        if age > days * 86400 or (path.name not in awaited and age > 3600):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


class NotAllowedError(OivoError):
    """The person may not do that."""


class Desk:
    """Takes submissions of one instance.

    Parameters
    ----------
    home
        The instance.
    visitor
        Who is there.
    clock
        Gives the present moment.
    """

    def __init__(self, home: Home, visitor: Visitor, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.home, self.visitor, self.clock = home, visitor, clock
        self.archive, self.store = Archive(home), Store(home.files)
        if not may_submit(visitor):
            raise NotAllowedError("you may not submit data", remedy="ask a curator of the site to let you")

    @property
    def max_bytes(self) -> int:
        """Size that a file may have, unpacked."""
        return self.home.settings.number("limits.oifits_bytes")

    # begin, see, end

    def open(self, level: int) -> Submission:
        """Begin a submission of files of one calibration level (1 to 3)."""
        if level not in (1, 2, 3):
            raise MisuseError(f"level {level!r} cannot be", remedy="1 uncalibrated, 2 calibrated, 3 published")
        with self.archive.transaction() as cursor:
            return open_submission(cursor, self.visitor.account_id, level)

    def see(self, submission_id: str) -> Submission:
        """Return a submission of the visitor's own; curators see all.

        Raises
        ------
        ArchiveError
            When there is none, or it is somebody else's.
        """
        with self.archive.transaction() as cursor:
            return self._own(cursor, submission_id)

    def abandon(self, submission_id: str) -> None:
        """Give a submission up; its files go away after some time."""
        with self._open(submission_id) as (cursor, submission):
            set_state(cursor, submission.id, "abandoned")

    # files

    def receive(self, submission_id: str, name: str, content: bytes) -> list[Item]:
        """Take a file, or the OIFITS files of a zip archive; those that cannot be taken say why.

        Raises
        ------
        OivoError
            When the submission cannot take it at all.
        """
        taken = []
        for file in files_in(name, content, self.max_bytes):
            called = file.name.rpartition("/")[2] if file.content is not content else file.name
            taken.append(self._receive_one(submission_id, called, file.content, file.refused))
        return taken

    def _receive_one(self, submission_id: str, name: str, content: bytes, refused: str) -> Item:
        check_name(name)
        with self._open(submission_id) as (cursor, submission):
            self._drop_unfinished(cursor, submission, name)
            item = add_item(cursor, submission.id, name, size_bytes=len(content))
        return self._note_refusal(submission_id, item, refused) if refused else self._keep(submission_id, item, content)

    @staticmethod
    def _drop_unfinished(cursor: Cursor, submission: Submission, name: str) -> None:
        """Let a file be sent again when the one before of its name did not arrive or was refused."""
        for item in submission.items:
            if item.name == name and item.state in ("awaited", "refused"):
                remove_item(cursor, submission.id, item.id)

    def _note_refusal(self, submission_id: str, item: Item, problem: str) -> Item:
        with self._open(submission_id) as (cursor, _):
            set_problem(cursor, item.id, problem)
        return self.see(submission_id).item(item.id)

    def _keep(self, submission_id: str, item: Item, content: bytes) -> Item:
        if len(content) > self.max_bytes:
            return self._note_refusal(
                submission_id, item, f"larger than the {self.max_bytes} bytes that a file may have"
            )
        sha256 = self.store.put(content)
        report = read_confined(self.store.path(sha256), item.name, self._limits())
        with self._open(submission_id) as (cursor, _):
            set_received(cursor, item.id, sha256, len(content), report)
        return self.see(submission_id).item(item.id)

    def _limits(self) -> Limits:
        return replace(limits_of(self.home), unpacked_bytes=self.max_bytes)

    def register(self, submission_id: str, url: str) -> Item:
        """Take a file that stays where it is: it is fetched, read, and known by address, size and checksum.

        Raises
        ------
        OivoError
            When the address may not be asked, or what is there cannot be fetched.
        """
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        check_name(name)
        self.see(submission_id)
        fetched = fetcher_of(self.home, self.max_bytes).fetch(url)
        with self._open(submission_id) as (cursor, submission):
            self._drop_unfinished(cursor, submission, name)
            item = add_item(cursor, submission.id, name, url=url, size_bytes=len(fetched.content))
        return self._keep(submission_id, item, fetched.content)

    def announce(self, submission_id: str, name: str, size_bytes: int) -> Item:
        """Announce a file that will come in parts; the same one announced again goes on where it stopped."""
        check_name(name)
        if not 0 < size_bytes <= self.max_bytes:
            raise MisuseError(f"size {size_bytes} cannot be", place=name, remedy=f"1 to {self.max_bytes} bytes")
        with self._open(submission_id) as (cursor, submission):
            for item in submission.items:
                if item.name == name and item.state == "awaited" and item.size_bytes == size_bytes:
                    break
            else:
                self._drop_unfinished(cursor, submission, name)
                item = add_item(cursor, submission.id, name, size_bytes=size_bytes)
        # all of it had come when the server was stopped, before it was read
        return self._finish(submission_id, item) if self.arrived(item) == size_bytes else item

    def arrived(self, item: Item) -> int:
        """Return how many bytes of an announced file are here."""
        part = self._part(item)
        return part.stat().st_size if part.exists() else 0

    def append(self, submission_id: str, item_id: int, offset: int, chunk: bytes) -> Item:
        """Take a part of an announced file; with the last one the file is read.

        Raises
        ------
        MisuseError
            When the part does not begin where the one before ended, or is too long.
        """
        item = self.see(submission_id).item(item_id)
        if item.state != "awaited" or item.size_bytes is None:
            raise MisuseError("is here already", place=item.name)
        part = self._part(item)
        part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with part.open("ab") as stream:
            os.lockf(stream.fileno(), os.F_LOCK, 0)
            here = os.fstat(stream.fileno()).st_size
            if offset != here or here + len(chunk) > item.size_bytes:
                raise MisuseError(
                    f"bytes {offset} to {offset + len(chunk)} of {item.size_bytes} do not follow",
                    place=item.name,
                    remedy=f"go on at {here}",
                )
            stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        if here + len(chunk) < item.size_bytes:
            return item
        return self._finish(submission_id, item)

    def _finish(self, submission_id: str, item: Item) -> Item:
        """Read a file whose last part has come."""
        part = self._part(item)
        done = self._keep(submission_id, item, part.read_bytes())
        part.unlink(missing_ok=True)
        return done

    def _part(self, item: Item) -> Path:
        return parts_folder(self.home) / f"{item.id}.part"

    def remove(self, submission_id: str, item_id: int) -> None:
        """Leave a file out."""
        with self._open(submission_id) as (cursor, submission):
            item = submission.item(item_id)
            remove_item(cursor, submission.id, item.id)
        self._part(item).unlink(missing_ok=True)

    def correct(
        self,
        submission_id: str,
        item_id: int,
        of_file: dict[str, str | None],
        of_granules: dict[str, dict[str, str | None]],
        accepted_reason: str = "",
    ) -> Item:
        """Put values of a file and its granules right; what is given takes the place of what was.

        Parameters
        ----------
        of_file
            Values by field.
        of_granules
            Values by field, by the granule's key ``row|insname|night``.
        accepted_reason
            A curator's reason to take a file with severe findings.

        Raises
        ------
        RefusedError
            With all values that cannot be; none is kept then.
        """
        with self._open(submission_id) as (cursor, submission):
            item = submission.item(item_id)
            problems = list(_bad_values(item, of_file, of_granules))
            if accepted_reason and self.visitor.role != "curator":
                problems.append(Problem("only a curator can take it", item.name, "accepted_reason"))
            if problems:
                raise RefusedError(problems)
            corrections = {"file": of_file, "granules": {key: fields for key, fields in of_granules.items() if fields}}
            set_corrections(cursor, item.id, corrections, accepted_reason)
        return self.see(submission_id).item(item_id)

    # the collection

    def choose(self, submission_id: str, collection_id: str) -> None:
        """Let the submission go into an existing collection.

        Raises
        ------
        NotAllowedError
            When the visitor may not add to it.
        """
        with self._open(submission_id) as (cursor, submission):
            self.check_writable(cursor, collection_id)
            set_target(cursor, submission.id, collection_id, None)

    def describe(self, submission_id: str, description: dict[str, Any]) -> None:
        """Let the submission make a new collection.

        Raises
        ------
        RefusedError
            For a description that no collection can have, or an identifier that is taken.
        """
        values = {name: value for name, value in description.items() if value not in ("", None, [])}
        unknown = values.keys() - set(COLLECTION_FIELDS)
        if unknown:
            raise RefusedError([Problem("is nothing that a collection has", field=name) for name in sorted(unknown)])
        if self.visitor.role != "curator" and values.get("kind", "public") not in SUBMITTERS_KINDS:
            raise RefusedError([Problem(f"one of {', '.join(SUBMITTERS_KINDS)} is wanted", field="kind")])
        if not str(values.get("title", "")).strip():
            raise RefusedError([Problem("is missing", field="title")])
        values.setdefault("id", f"c-{secrets.token_hex(5)}")
        values.setdefault("name", values["id"])
        values.setdefault("datapi", next(iter(sorted(self.visitor.aliases)), "") if not values.get("datapi") else "")
        try:
            collection = collection_from(values)
        except CorrectionError as error:
            raise RefusedError([Problem(str(error.problem), field=error.field)]) from error
        except (OivoError, TypeError) as error:
            raise RefusedError([Problem(str(error), field="collection")]) from error
        with self._open(submission_id) as (cursor, submission):
            cursor.execute("SELECT FROM archive.collection WHERE id = %s", [collection.id])
            if cursor.fetchone() is not None:
                raise RefusedError([Problem("there is a collection of this identifier", field="id")])
            set_target(cursor, submission.id, None, values)

    def check_writable(self, cursor: Cursor, collection_id: str, *, retired: bool = False) -> None:
        """Refuse a collection that the visitor may not change, or that is retired unless that is no matter."""
        collection = find_collection(cursor, collection_id)
        cursor.execute("SELECT retired FROM archive.collection WHERE id = %s", [collection_id])
        row = cursor.fetchone()
        if row is not None and row.retired is not None and not retired:
            raise ArchiveError("is retired", place=f"collection {collection_id}")
        if not may_write(self.visitor, collection.owner, names_in(collection.datapi, collection.co_pis)):
            raise NotAllowedError("you may not add to it", place=f"collection {collection_id}", remedy="ask its owner")

    def writable_collections(self) -> list[tuple[str, str]]:
        """Return identifier and title of the collections that the visitor may add to, the latest first."""
        with self.archive.transaction() as cursor:
            cursor.execute(
                """SELECT id, title, owner, datapi, co_pis FROM archive.collection WHERE retired IS NULL
                   ORDER BY updated DESC"""
            )
            return [
                (row.id, row.title)
                for row in cursor.fetchall()
                if may_write(self.visitor, row.owner, names_in(row.datapi, row.co_pis))
            ]

    # saving

    def problems(self, submission_id: str) -> list[Problem]:
        """Return what keeps a submission from being saved, as far as can be told."""
        with self.archive.transaction() as cursor:
            submission = self._own(cursor, submission_id)
            collection: Collection | None = None
            if submission.new_collection is not None:
                collection = collection_from(submission.new_collection)
            elif submission.collection_id is not None:
                collection = find_collection(cursor, submission.collection_id)
        return list(problems_of(submission, collection))

    def duplicates(self, submission_id: str) -> dict[int, list[str]]:
        """Return, by item, where the archive or the submission has the same bytes."""
        with self.archive.transaction() as cursor:
            submission = self._own(cursor, submission_id)
            digests = [item.sha256 for item in submission.items if item.sha256]
            cursor.execute(
                "SELECT sha256, collection_id, name FROM archive.file WHERE sha256 = ANY(%s) ORDER BY id", [digests]
            )
            rows = cursor.fetchall()
        found: dict[int, list[str]] = {}
        for item in submission.items:
            places = [f"{row.name} in collection {row.collection_id}" for row in rows if row.sha256 == item.sha256]
            same = (other for other in submission.items if other.sha256 == item.sha256 and other.id < item.id)
            places += [f"{other.name} in this submission" for other in same if item.sha256]
            if places:
                found[item.id] = places
        return found

    def save(self, submission_id: str, run: str = "") -> Saved:
        """Write all files of a submission into the archive, or none; saving it again changes nothing.

        Raises
        ------
        RefusedError
            With what is wrong.
        """
        authority = self.home.settings.text("site.authority")
        login = self.visitor.login or ""
        ingest = FileIngest(
            self.archive, self.store, "", 1, self.clock(), authority, run or secrets.token_hex(4), submitter=login
        )
        with self.archive.transaction() as cursor:
            submission = self._own(cursor, submission_id, lock=True)
            if submission.state == "open" and submission.collection_id is not None:
                self.check_writable(cursor, submission.collection_id)
            return save(cursor, submission, ingest, login, self.max_bytes)

    # helpers

    def _own(self, cursor: Cursor, submission_id: str, lock: bool = False) -> Submission:
        submission = find_submission(cursor, submission_id, lock)
        if submission.account_id != self.visitor.account_id and self.visitor.role != "curator":
            raise MissingError("there is no such submission", place=submission_id[:40])
        return submission

    @contextmanager
    def _open(self, submission_id: str) -> Iterator[tuple[Cursor, Submission]]:
        """Give a submission that can still be changed, locked."""
        with self.archive.transaction() as cursor:
            submission = self._own(cursor, submission_id, lock=True)
            if submission.state != "open":
                raise ArchiveError(f"the submission is {submission.state}", remedy="begin a new one")
            yield cursor, submission
            touch(cursor, submission.id)


def _bad_values(
    item: Item, of_file: dict[str, str | None], of_granules: dict[str, dict[str, str | None]]
) -> Iterator[Problem]:
    known = {key_text(granule): granule for granule in (item.report or {}).get("granules", [])}
    changed = replace(item, corrections={"file": of_file, "granules": of_granules})
    yield from corrections_of(changed)[1]
    for key, fields in of_granules.items():
        granule = known.get(key)
        if granule is None:
            yield Problem(f"the file has no granule {key[:60]}", item.name, "granules")
            continue
        place = {"s_ra": granule.get("s_ra"), "s_dec": granule.get("s_dec"), **fields}
        if ("s_ra" in fields or "s_dec" in fields) and None in (place["s_ra"], place["s_dec"]):
            yield Problem("both coordinates are needed", item.name, "s_ra")


def key_text(granule: dict[str, Any]) -> str:
    """Return the key of a granule of a report, as forms and programs write it."""
    return f"{granule['target_row']}|{granule['insname']}|{granule['night']}"
