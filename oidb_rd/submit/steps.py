"""Views: files come into a submission, go out of it, and get a value all at once.

May import ``ingest`` and this package.
"""

from typing import Any

from ingest.archive.submissions import Item
from ingest.corrections import FIELDS
from ingest.errors import OivoError
from ingest.submission import Desk, Problem, RefusedError
from oidb_rd.submit.shown import granules_of, why_not
from oidb_rd.submit.visit import Answer, SubmitVisit, Told, address
from resdir.people.visit import Redirect

#: Addresses that one form takes; each is fetched while the browser waits.
_MOST_URLS = 100


def add_files(visit: SubmitVisit) -> Answer:
    """Take the files of a form; those that cannot be taken do not keep the others out."""
    if not visit.files:
        raise RefusedError([Problem("choose at least one", field="files")])
    desk, submission_id = visit.desk, visit.rest[0]
    desk.see(submission_id)
    taken: list[Item] = []
    problems: list[Problem] = []
    for file in visit.files:
        try:
            taken += desk.receive(submission_id, file.name, file.content)
        except OivoError as error:
            problems.append(_problem(error, file.name))
    return _came(visit, submission_id, taken, problems)


def add_urls(visit: SubmitVisit) -> Answer:
    """Register files that stay where they are; those that cannot be taken do not keep the others out."""
    urls = list(dict.fromkeys(line.strip() for line in visit.said("urls", 200_000).splitlines() if line.strip()))
    if not urls:
        raise RefusedError([Problem("write at least one", field="urls")])
    if len(urls) > _MOST_URLS:
        raise RefusedError([Problem(f"at most {_MOST_URLS} can be added at a time", field="urls")])
    desk, submission_id = visit.desk, visit.rest[0]
    desk.see(submission_id)
    taken: list[Item] = []
    problems: list[Problem] = []
    for url in urls:
        try:
            taken.append(desk.register(submission_id, url))
        except OivoError as error:
            told = f"{error.problem}{f' ({error.remedy})' if error.remedy else ''}"
            problems.append(Problem(f"{url[:200]}: {told}", field="urls"))
    return _came(visit, submission_id, taken, problems)


def _problem(error: OivoError, name: str) -> Problem:
    return Problem(f"{error.problem}{f' ({error.remedy})' if error.remedy else ''}", name)


def _came(visit: SubmitVisit, submission_id: str, taken: list[Item], problems: list[Problem]) -> Answer:
    if visit.wants_json:
        told: dict[str, Any] = {
            "files": [
                {"id": item.id, "name": item.name, "state": item.state, "problem": item.problem} for item in taken
            ],
            "problems": [{"file": problem.file, "message": problem.message} for problem in problems],
        }
        return Told(told, 400 if problems and not taken else 200)
    if problems:
        raise PartlyDoneError(problems, len(taken))
    return Redirect(f"{address(submission_id)}?added={len(taken)}#files")


class PartlyDoneError(RefusedError):
    """Some of what was sent could not be taken; the rest was."""

    def __init__(self, problems: list[Problem], done: int) -> None:
        super().__init__(problems)
        self.done = done


def remove(visit: SubmitVisit) -> Answer:
    """Leave a file out."""
    visit.desk.remove(visit.rest[0], visit.number("item"))
    return Redirect(f"{address(visit.rest[0])}?done=removed#files")


def set_for_all(visit: SubmitVisit) -> Answer:
    """Set one value of all files or granules, or of those of one file."""
    field, value, scope = visit.said("field"), visit.said("value"), visit.said("scope")
    known = FIELDS.get(field)
    if known is None:
        raise RefusedError([Problem("choose what to set", field="field")])
    wrong = why_not(field, value, known.of_granule)
    if wrong:
        raise RefusedError([Problem(wrong, field="value")])
    desk = visit.desk
    items = [item for item in desk.see(visit.rest[0]).items if item.report and item.state == "checked"]
    chosen = [item for item in items if scope in ("", str(item.id))]
    if not chosen:
        raise RefusedError([Problem("there is no file whose values could be set", field="value")])
    problems: list[Problem] = []
    for item in chosen:
        try:
            _set(desk, visit.rest[0], item, field, value or None)
        except RefusedError as error:
            problems += error.problems
    if problems:
        raise PartlyDoneError(problems, len(chosen) - len({problem.file for problem in problems}))
    return Redirect(f"{address(visit.rest[0])}?done=values#files")


def _set(desk: Desk, submission_id: str, item: Item, field: str, value: str | None) -> None:
    of_file = dict(item.corrections.get("file", {}))
    of_granules = {key: dict(own) for key, own in item.corrections.get("granules", {}).items()}
    if not FIELDS[field].of_granule:
        of_file[field] = value
    else:
        for granule in granules_of(item):
            of_granules.setdefault(granule.key, {})[field] = value
    reason = item.accepted_reason if desk.visitor.role == "curator" else ""
    desk.correct(submission_id, item.id, of_file, of_granules, reason)
