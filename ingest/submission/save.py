"""From a submission to files and granules, in one transaction.

May import ``ingest.archive`` and the pure modules.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ingest.access.policy import release_moment
from ingest.archive.collections import Collection, create_collection, find_collection
from ingest.archive.connection import Cursor
from ingest.archive.files import FileIngest, read_upload
from ingest.archive.submissions import Item, Submission, set_saved
from ingest.corrections import Correction, CorrectionError, GranuleKey, checked_correction
from ingest.errors import OivoError


@dataclass(frozen=True)
class Problem:
    """Something that keeps a submission from being saved.

    Attributes
    ----------
    file
        Name of the file; empty for the submission as a whole.
    field
        Field that is wrong; empty where the file itself is.
    message
        What is wrong, and what to do.
    """

    message: str
    file: str = ""
    field: str = ""


class RefusedError(OivoError):
    """A submission cannot be saved; nothing of it was."""

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{first.field + ': ' if first.field else ''}{first.message}{more}", place=first.file)
        self.problems = problems


@dataclass(frozen=True)
class Saved:
    """What a submission became: its collection, its files' ids by name, and how many granules are new."""

    collection_id: str
    files: dict[str, int]
    granules: int


def granule_key(text: str) -> GranuleKey:
    """Return the key of a granule that a form or a program wrote: ``row|insname|night``.

    Raises
    ------
    ValueError
        When it is none.
    """
    match = re.fullmatch(r"(\d{1,9})\|(.*)\|(-?\d{1,9})", text, re.DOTALL)
    if not match:
        raise ValueError("a granule's key is row|insname|night")
    return int(match[1]), match[2], int(match[3])


def corrections_of(item: Item) -> tuple[list[Correction], list[Problem]]:
    """Return what a file's sender put right, and what of it cannot be."""
    corrections: list[Correction] = []
    problems: list[Problem] = []
    for key, fields in [(None, item.corrections.get("file", {})), *item.corrections.get("granules", {}).items()]:
        for field, value in fields.items():
            try:
                granule = None if key is None else granule_key(key)
                corrections.append(checked_correction(field, value, granule, item.name))
            except CorrectionError as error:
                problems.append(Problem(error.problem, item.name, error.field))
            except ValueError as error:
                problems.append(Problem(str(error), item.name, "granules"))
    return corrections, problems


def collection_from(description: dict[str, Any]) -> Collection:
    """Return the new collection that a submission describes.

    Raises
    ------
    OivoError
        For a description that no collection can have.
    """
    values = dict(description)
    if values.get("release_date"):
        try:
            values["release_date"] = release_moment(values["release_date"])
        except ValueError:
            raise CorrectionError("release_date", "a date like 2027-03-31 is wanted") from None
    else:
        values["release_date"] = None
    values["keywords"] = tuple(values.get("keywords") or ())
    values["article_bibcode"] = values.get("article_bibcode") or None
    values.setdefault("name", values.get("id", ""))
    return Collection(**values)


def problems_of(submission: Submission, collection: Collection | None) -> Iterator[Problem]:
    """Yield what keeps a submission from being saved, as far as can be told before.

    Parameters
    ----------
    collection
        Where it goes; None when that was not told yet.
    """
    if not submission.items:
        yield Problem("there is no file in it; add one")
    if collection is None:
        yield Problem("choose or describe a collection", field="collection")
    elif submission.level == 3 and collection.article_bibcode is None:
        yield Problem(
            "published data (level 3) need a collection with the bibcode of its article", field="article_bibcode"
        )
    for item in submission.items:
        yield from _problems_of_item(item, submission.level)


def _problems_of_item(item: Item, level: int) -> Iterator[Problem]:
    if item.state == "awaited":
        yield Problem("its bytes have not arrived; send them or leave it out", item.name)
    elif item.state == "refused":
        yield Problem(item.problem or "cannot be taken", item.name)
    elif item.report and item.report["severe"][str(level)] and not item.accepted_reason:
        yield Problem("has severe findings: mend it, or let a curator take it with a reason", item.name)
    yield from corrections_of(item)[1]


def save(cursor: Cursor, submission: Submission, ingest: FileIngest, owner: str, max_bytes: int) -> Saved:
    """Write a whole submission within the caller's transaction, which is rolled back after an error.

    Parameters
    ----------
    submission
        Read with a lock in the same transaction.
    ingest
        Where to; its collection and level are taken from the submission.
    owner
        Account that a new collection belongs to.

    Raises
    ------
    RefusedError
        With all that is wrong, as far as it can be told.
    """
    if submission.state == "saved":
        return _saved_before(cursor, submission)
    if submission.state != "open":
        raise RefusedError([Problem("it was abandoned; begin a new one")])
    try:
        collection = _collection_of(cursor, submission, owner)
    except CorrectionError as error:
        raise RefusedError([Problem(error.problem, field=error.field)]) from error
    except (OivoError, TypeError) as error:
        raise RefusedError([Problem(str(error), field="collection")]) from error
    problems = list(problems_of(submission, collection))
    if problems:
        raise RefusedError(problems)
    assert collection is not None
    if submission.new_collection is not None:
        _create(cursor, collection, ingest.run)
    one = replace(ingest, collection_id=collection.id, level=submission.level)
    files, granules = {}, 0
    for item in submission.items:
        done = _write(cursor, item, one, max_bytes)
        files[item.id], granules = done[0], granules + done[1]
    set_saved(cursor, submission.id, files)
    return Saved(collection.id, {item.name: files[item.id] for item in submission.items}, granules)


def _collection_of(cursor: Cursor, submission: Submission, owner: str) -> Collection | None:
    if submission.new_collection is not None:
        return replace(collection_from(submission.new_collection), owner=owner)
    return find_collection(cursor, submission.collection_id) if submission.collection_id else None


def _create(cursor: Cursor, collection: Collection, run: str) -> None:
    try:
        create_collection(cursor, collection, run)
    except OivoError as error:
        raise RefusedError([Problem(str(error), field="id")]) from error


def _write(cursor: Cursor, item: Item, ingest: FileIngest, max_bytes: int) -> tuple[int, int]:
    assert item.sha256 is not None
    try:
        content = ingest.store.path(item.sha256).read_bytes()
        ingest.store.put(content)  # young again: `tidy` may have it on its list
        upload = read_upload(item.name, content, max_bytes)
        reasoned = replace(ingest, accepted_reason=item.accepted_reason)
        done = reasoned.add_in(cursor, upload, item.sha256, corrections_of(item)[0], item.url)
    except OivoError as error:
        raise RefusedError(
            [Problem(f"{error.problem}{f' ({error.remedy})' if error.remedy else ''}", item.name)]
        ) from error
    except OSError as error:
        raise RefusedError([Problem("its bytes are gone; send them again", item.name)]) from error
    return done.file_id, done.granules


def _saved_before(cursor: Cursor, submission: Submission) -> Saved:
    """Return what a submission became, for a client that asks a second time."""
    identifiers = {item.name: item.file_id for item in submission.items if item.file_id is not None}
    cursor.execute(
        """SELECT (SELECT collection_id FROM archive.file WHERE id = ANY(%(ids)s) LIMIT 1) AS collection_id,
               (SELECT count(*) FROM archive.granule WHERE file_id = ANY(%(ids)s)) AS granules""",
        {"ids": list(identifiers.values())},
    )
    row = cursor.fetchone()
    assert row is not None
    return Saved(row.collection_id or submission.collection_id or "", identifiers, row.granules)
