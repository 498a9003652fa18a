"""Submissions through the HTTP interface: functions of a `Call`.

May import ``ingest`` and this package.
"""

import re
from typing import Any

from ingest.archive.submissions import Item, Submission, submissions_of
from ingest.corrections import FIELDS
from ingest.submission import Desk, Problem
from ingest.submission.desk import key_text
from resdir.api.call import ApiError, Call, Reply, only


def described_problem(problem: Problem) -> dict[str, str]:
    """Return a problem as JSON has it."""
    return {"file": problem.file, "field": problem.field, "message": problem.message}


def described_item(item: Item, desk: Desk | None = None, duplicates: list[str] | None = None) -> dict[str, Any]:
    """Return a file of a submission as JSON has it."""
    report = item.report or {}
    told: dict[str, Any] = {
        "id": item.id,
        "name": item.name,
        "state": item.state,
        "size": item.size_bytes,
        "sha256": item.sha256,
        "url": item.url,
        "problem": item.problem,
        "findings": report.get("findings", []),
        "granules": [{"key": key_text(granule), **granule} for granule in report.get("granules", [])],
        "corrections": item.corrections,
        "file_id": item.file_id,
    }
    if item.state == "awaited" and desk is not None:
        told["arrived"] = desk.arrived(item)
    if duplicates is not None:
        told["same_content"] = duplicates
    return told


def described(submission: Submission) -> dict[str, Any]:
    """Return a submission without its files as JSON has it."""
    return {
        "id": submission.id,
        "level": submission.level,
        "state": submission.state,
        "collection": submission.collection_id,
        "new_collection": submission.new_collection,
        "created": submission.created.isoformat(),
        "updated": submission.updated.isoformat(),
    }


def fields(call: Call) -> Reply:
    """Tell what can be corrected."""
    return Reply(
        {
            "fields": [
                {"name": known.name, "of": "granule" if known.of_granule else "file", "help": known.help}
                for known in FIELDS.values()
            ]
        }
    )


def begin(call: Call) -> Reply:
    """Begin a submission."""
    level = only(call.json(), level=int).get("level")
    if level not in (1, 2, 3):
        raise ApiError(400, "level is wanted: 1, 2 or 3", (Problem("1, 2 or 3 is wanted", field="level"),))
    submission = call.desk.open(level)
    address = f"{call.home.settings.base_url}/api/submissions/{submission.id}"
    return Reply(described(submission), 201, {"location": address})


def mine(call: Call) -> Reply:
    """List the visitor's submissions."""
    desk = call.desk
    if call.visitor.account_id is None:
        return Reply({"submissions": []})
    with desk.archive.transaction() as cursor:
        found = submissions_of(cursor, call.visitor.account_id)
    return Reply({"submissions": [described(submission) for submission in found]})


def see(call: Call) -> Reply:
    """Show a submission, its files, and what keeps it from being saved."""
    desk = call.desk
    submission = desk.see(call.path[0])
    same = desk.duplicates(submission.id)
    problems = desk.problems(submission.id) if submission.state == "open" else []
    files = [described_item(item, desk, same.get(item.id, [])) for item in submission.items]
    return Reply({**described(submission), "files": files, "problems": [described_problem(p) for p in problems]})


def abandon(call: Call) -> Reply:
    """Give a submission up."""
    call.desk.abandon(call.path[0])
    return Reply(None, 204)


def add_file(call: Call) -> Reply:
    """Take a file (its bytes, ``?name=``), announce one (name, size), or register one that stays elsewhere (url)."""
    desk, submission = call.desk, call.path[0]
    if call.media_type != "application/json":
        name = call.query.get("name", "")
        if not name:
            raise ApiError(400, "the file's name is wanted, as ?name=", (Problem("is missing", field="name"),))
        items = desk.receive(submission, name, call.body.read())
        return Reply({"files": [described_item(item) for item in items]}, 201)
    values = only(call.json(), url=str, name=str, size=int)
    if "url" in values:
        return Reply({"files": [described_item(desk.register(submission, values["url"]))]}, 201)
    if "name" not in values or "size" not in values:
        raise ApiError(400, "give url, or name and size")
    item = desk.announce(submission, values["name"], values["size"])
    return Reply({"files": [described_item(item, desk)]}, 201)


def see_file(call: Call) -> Reply:
    """Show a file of a submission: what was found in it, or how much of it has arrived."""
    desk = call.desk
    return Reply(described_item(desk.see(call.path[0]).item(int(call.path[1])), desk))


def append(call: Call) -> Reply:
    """Take a part of an announced file: ``Content-Range: bytes FIRST-LAST/SIZE``."""
    header = call.headers.get("content-range", "")
    match = re.fullmatch(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})", header)
    if match is None:
        raise ApiError(400, "the header Content-Range: bytes FIRST-LAST/SIZE is wanted")
    chunk = call.body.read()
    if len(chunk) != int(match[2]) - int(match[1]) + 1:
        raise ApiError(400, f"{len(chunk)} bytes came, Content-Range announces {int(match[2]) - int(match[1]) + 1}")
    desk = call.desk
    item = desk.append(call.path[0], int(call.path[1]), int(match[1]), chunk)
    return Reply(described_item(item, desk))


def remove_file(call: Call) -> Reply:
    """Leave a file out."""
    call.desk.remove(call.path[0], int(call.path[1]))
    return Reply(None, 204)


def correct(call: Call) -> Reply:
    """Put values of a file and its granules right."""
    values = only(call.json(), file=dict, granules=dict, accepted_reason=str)
    of_file, of_granules = values.get("file", {}), values.get("granules", {})
    problems = [
        Problem("an object is wanted", field=key) for key, own in of_granules.items() if not isinstance(own, dict)
    ]
    problems += _not_texts(of_file)
    for own in of_granules.values():
        problems += _not_texts(own) if isinstance(own, dict) else []
    if problems:
        raise ApiError(400, "the corrections cannot be used", tuple(problems))
    item = call.desk.correct(
        call.path[0],
        int(call.path[1]),
        _texts(of_file),
        {key: _texts(own) for key, own in of_granules.items()},
        values.get("accepted_reason", ""),
    )
    return Reply(described_item(item))


def _not_texts(values: dict[str, Any]) -> list[Problem]:
    fine = (str, int, float, type(None))
    return [
        Problem("a text or a number is wanted", field=name) for name, value in values.items() if type(value) not in fine
    ]


def _texts(values: dict[str, Any]) -> dict[str, str | None]:
    return {name: None if value is None else str(value) for name, value in values.items()}


def choose(call: Call) -> Reply:
    """Let the submission go into a collection that there is (id), or a new one (new)."""
    values = only(call.json(), id=str, new=dict)
    if ("id" in values) == ("new" in values):
        raise ApiError(400, "give either id or new")
    desk = call.desk
    if "id" in values:
        desk.choose(call.path[0], values["id"])
    else:
        desk.describe(call.path[0], values["new"])
    return Reply(described(desk.see(call.path[0])))


def save(call: Call) -> Reply:
    """Save all files of a submission, or none."""
    saved = call.desk.save(call.path[0])
    base_url = call.home.settings.base_url
    return Reply(
        {
            "collection": saved.collection_id,
            "granules": saved.granules,
            "files": [
                {"name": name, "id": number, "report": f"{base_url}/reports/{number}"}
                for name, number in saved.files.items()
            ],
        }
    )
