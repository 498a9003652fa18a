"""Collections through the HTTP interface: functions of a `Call`.

May import ``ingest`` and this package.
"""

from typing import Any

from ingest.access.policy import release_moment
from ingest.archive.collections import find_collection
from ingest.archive.curation import (
    edit_collection,
    move_files,
    restore_collection,
    restore_files,
    retire_collection,
    retire_files,
)
from ingest.submission import Problem
from resdir.api.call import ApiError, Call, Reply, only

_EDITABLE: dict[str, Any] = {
    "name": str,
    "title": str,
    "description": str,
    "keywords": list,
    "article_bibcode": (str, type(None)),
    "datapi": str,
    "co_pis": str,
    "release_date": (str, type(None)),
}


def mine(call: Call) -> Reply:
    """List the collections that the visitor may add to."""
    return Reply({"collections": [{"id": found, "title": title} for found, title in call.desk.writable_collections()]})


def see(call: Call) -> Reply:
    """Show a collection and its files to those who may change it."""
    desk = call.desk
    with desk.archive.transaction() as cursor:
        desk.check_writable(cursor, call.path[0])
        collection = find_collection(cursor, call.path[0])
        cursor.execute(
            """SELECT id, name, level, size_bytes AS size, sha256, remote_url AS url, retired, retired_reason
               FROM archive.file WHERE collection_id = %s ORDER BY id""",
            [collection.id],
        )
        files = [row._asdict() for row in cursor.fetchall()]
    told = {name: value for name, value in vars(collection).items() if name != "owner"}
    return Reply({**told, "mine": collection.owner == call.visitor.login, "files": files})


def edit(call: Call) -> Reply:
    """Change what is told about a collection; members that are not given stay."""
    changes = only(call.json(), **_EDITABLE)
    if changes.get("release_date"):
        try:
            changes["release_date"] = release_moment(changes["release_date"])
        except ValueError:
            raise ApiError(
                400, "release_date is no date", (Problem("a date like 2027-03-31 is wanted", field="release_date"),)
            ) from None
    if "keywords" in changes:
        if not all(isinstance(word, str) for word in changes["keywords"]):
            raise ApiError(400, "keywords are texts", (Problem("texts are wanted", field="keywords"),))
        changes["keywords"] = tuple(changes["keywords"])
    desk = call.desk
    with desk.archive.transaction() as cursor:
        desk.check_writable(cursor, call.path[0])
        edit_collection(cursor, call.path[0], changes)
    return see(call)


def move(call: Call) -> Reply:
    """Move files to another collection; the visitor must be allowed to change both."""
    values = only(call.json(), files=list, to=str)
    if "to" not in values:
        raise ApiError(400, "to is missing", (Problem("is missing", field="to"),))
    desk = call.desk
    with desk.archive.transaction() as cursor:
        desk.check_writable(cursor, call.path[0])
        desk.check_writable(cursor, values["to"])
        move_files(cursor, _files_of(cursor, call.path[0], values.get("files", [])), values["to"])
    return Reply(None, 204)


def retire(call: Call) -> Reply:
    """Take files, or the whole collection when none are named, out of publication; or publish them again."""
    values = only(call.json(), files=list, reason=str, again=int)
    desk = call.desk
    with desk.archive.transaction() as cursor:
        if values.get("again") and "files" not in values:
            desk.check_writable(cursor, call.path[0], retired=True)
            restore_collection(cursor, call.path[0])
            return Reply(None, 204)
        desk.check_writable(cursor, call.path[0])
        if "files" not in values:
            retire_collection(cursor, call.path[0], values.get("reason", ""))
        elif values.get("again"):
            restore_files(cursor, _files_of(cursor, call.path[0], values["files"]))
        else:
            retire_files(cursor, _files_of(cursor, call.path[0], values["files"]), values.get("reason", ""))
    return Reply(None, 204)


def _files_of(cursor: Any, collection_id: str, wanted: list[Any]) -> list[int]:
    """Return the ids of files, all of which must be in the collection."""
    if not wanted or not all(type(number) is int for number in wanted):
        raise ApiError(400, "files are a list of their ids", (Problem("ids are wanted", field="files"),))
    cursor.execute("SELECT id FROM archive.file WHERE collection_id = %s AND id = ANY(%s)", [collection_id, wanted])
    missing = set(wanted) - {row.id for row in cursor.fetchall()}
    if missing:
        raise ApiError(404, f"the collection has no file {', '.join(map(str, sorted(missing)))}")
    return wanted
