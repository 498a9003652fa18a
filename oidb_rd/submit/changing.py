"""View: what the forms of a collection's page do.

May import ``ingest`` and this package.
"""

from typing import Any

from ingest.access.policy import release_moment
from ingest.archive.connection import Cursor
from ingest.archive.curation import (
    edit_collection,
    move_files,
    restore_collection,
    restore_files,
    retire_collection,
    retire_files,
)
from ingest.archive.products import detach_product
from ingest.submission import Desk, Problem, RefusedError
from oidb_rd.submit import attaching, collecting
from oidb_rd.submit.curated import Known, identifier_of, known_of
from oidb_rd.submit.visit import Answer, SubmitVisit, address, collection_address
from resdir.people.visit import NotFoundError, Redirect


def change(visit: SubmitVisit) -> Answer:
    """Do what one of the page's forms asks for."""
    desk, identifier, do = visit.desk, identifier_of(visit), visit.said("do")
    if do == "add":
        return _add(visit, desk, identifier)
    known = known_of(desk, identifier)
    if do == "edit":
        _refuse_wrong(visit, known)
    with desk.archive.transaction() as cursor:
        desk.check_writable(cursor, identifier, retired=do == "restore-all")
        if do == "edit":
            edit_collection(cursor, identifier, _changes(visit))
        elif do == "attach":
            attaching.attach(visit, desk, cursor, identifier)
        elif do == "detach":
            detach_product(cursor, identifier, visit.number("product"))
        elif do == "restore-all":
            restore_collection(cursor, identifier)
        elif do == "retire-all":
            retire_collection(cursor, identifier, _reason(visit, "reason-all"))
        elif do in ("move", "retire", "restore"):
            _with_files(visit, desk, cursor, known)
        else:
            raise NotFoundError
    return Redirect(f"{collection_address(identifier)}?done={do}")


def _refuse_wrong(visit: SubmitVisit, known: Known) -> None:
    need_article = known.collection.article_bibcode is not None and any(file.level == 3 for file in known.files)
    problems = collecting.wrong_description(visit, 3 if need_article else 2, with_id=False)
    if visit.said("kind") not in [kind for kind, _ in collecting.kinds_for(visit, known.collection.kind)]:
        problems.append(Problem("choose one from the list", field="kind"))
    if visit.said("release_date") and _moment(visit) is None:
        problems.append(Problem("a date like 2027-03-31 is wanted", field="release_date"))
    if problems:
        raise RefusedError(problems)


def _moment(visit: SubmitVisit) -> Any:
    try:
        return release_moment(visit.said("release_date")) if visit.said("release_date") else None
    except ValueError:
        return None


def _changes(visit: SubmitVisit) -> dict[str, Any]:
    return {
        "title": visit.said("title"),
        "description": visit.said("description", 20_000).replace("\r\n", "\n"),
        "kind": visit.said("kind"),
        "article_bibcode": visit.said("article_bibcode") or None,
        "datapi": visit.said("datapi"),
        "co_pis": visit.said("co_pis"),
        "keywords": tuple(collecting.keywords(visit)),
        "release_date": _moment(visit),
    }


def _add(visit: SubmitVisit, desk: Desk, identifier: str) -> Answer:
    level = visit.said("level")
    if level not in ("1", "2", "3"):
        raise RefusedError([Problem("choose one from the list", field="level")])
    with desk.archive.transaction() as cursor:
        desk.check_writable(cursor, identifier)
    submission = desk.open(int(level))
    desk.choose(submission.id, identifier)
    return Redirect(address(submission))


def _reason(visit: SubmitVisit, field: str) -> str:
    if not visit.said(field):
        raise RefusedError([Problem("a reason is needed", field=field)])
    return visit.said(field)


def _with_files(visit: SubmitVisit, desk: Desk, cursor: Cursor, known: Known) -> None:
    there = {str(file.id) for file in known.files}
    chosen = visit.several("file")
    if not chosen or not set(chosen) <= there:
        raise RefusedError([Problem("tick at least one", field="files")])
    numbers, do = [int(number) for number in chosen], visit.said("do")
    if do == "retire":
        retire_files(cursor, numbers, _reason(visit, "reason"))
    elif do == "restore":
        restore_files(cursor, numbers)
    elif not visit.said("to"):
        raise RefusedError([Problem("choose where they go", field="to")])
    else:
        desk.check_writable(cursor, visit.said("to"))
        move_files(cursor, numbers, visit.said("to"))
