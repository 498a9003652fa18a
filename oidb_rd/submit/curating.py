"""View: the page on which a collection and its files are changed.

May import ``ingest`` and this package.
"""

from typing import Any
from urllib.parse import quote, urlencode

from twisted.web.template import tags

from ingest.archive.holdings import MOST_LISTED, HeldFile
from oidb_rd.submit import attaching, collecting
from oidb_rd.submit.curated import Known, identifier_of, known_of
from oidb_rd.submit.start import LEVELS
from oidb_rd.submit.visit import SubmitVisit, collection_address
from oidb_rd.submit.widgets import size, trouble
from resdir.people.fields import actions, choice, entry, open_form, submit
from resdir.people.visit import Page
from resdir.people.widgets import section

_SEARCH = "/oidb/q/search/form"
_DONE = {
    "edit": "The collection is changed.",
    "move": "The files are moved.",
    "retire": "The files are retired.",
    "restore": "The files are published again.",
    "retire-all": "The collection is retired.",
    "restore-all": "The collection is published again.",
    "attach": "The file is attached.",
    "detach": "The file is taken away.",
}


def page(visit: SubmitVisit) -> Page:
    """Show what is told about a collection, its files and products, and what can be done with them."""
    known = known_of(visit.desk, identifier_of(visit))
    collection = known.collection
    search = f"{_SEARCH}?{urlencode({'__nevow_form__': 'genForm', 'collection': collection.id})}"
    body = tags.transparent[
        trouble(visit, {("", problem.field): f"#{problem.field}" for problem in visit.problems}),
        _done(visit),
        tags.p[
            collection.id,
            " · ",
            tags.a(href=search)["its granules"],
            " · ",
            tags.a(href=f"/account/collection?id={quote(collection.id, safe='')}")["who has access"],
            " · ",
            tags.a(href="/submit")["submit data"],
        ],
        _retired_notice(visit, known) if known.retired else "",
        section("files-part", f"Files ({len(known.files)})", *_files(visit, known)),
        "" if known.retired else section("add-part", "Add files", _add_form(visit, known)),
        section("products-part", "Attached files", *attaching.part(visit, known)),
        "" if known.retired else section("tell", "What is told about it", _edit_form(visit, known)),
        "" if known.retired else _retire_form(visit, known),
    ]
    return Page(collection.title, body, 400 if visit.problems else 200)


def _done(visit: SubmitVisit) -> Any:
    said = _DONE.get(visit.asked.get("done", ""))
    return tags.div(class_="note", role="status")[tags.p[said]] if said else ""


def _retired_notice(visit: SubmitVisit, known: Known) -> Any:
    return tags.div(class_="warning")[
        tags.p[tags.strong["This collection is retired: "], known.retired],
        open_form(
            visit,
            collection_address(known.collection.id),
            actions(submit("Publish it again")),
            css="submitting",
            do="restore-all",
        ),
    ]


def _files(visit: SubmitVisit, known: Known) -> list[Any]:
    if not known.files:
        return [tags.p(class_="hint")["None."]]
    heads = ("Level", "Size", "Granules", "State", "")
    rows = [_file_row(visit, file, heads) for file in known.files]
    shown = [
        tags.div(class_="tablewrap", role="region", tabindex="0", **{"aria-label": "Files"})[
            tags.table(class_="list stacked", id="files")[
                tags.thead[tags.tr[tags.th(scope="col")["File"], [tags.th(scope="col")[head] for head in heads]]],
                tags.tbody[rows],
            ]
        ],
        tags.p(class_="hint")[f"Only the first {MOST_LISTED} are shown."] if len(rows) == MOST_LISTED else "",
    ]
    if known.retired:
        return shown
    return [
        open_form(
            visit,
            collection_address(known.collection.id),
            tags.p(class_="select-all", hidden="hidden"),
            shown,
            _with_chosen(visit, known),
            css="submitting",
            ident="files-form",
        )
    ]


def _file_row(visit: SubmitVisit, file: HeldFile, heads: tuple[str, ...]) -> Any:
    cells = (
        f"L{file.level}",
        size(file.size_bytes),
        str(len(file.granules)),
        _state(file, visit),
        [
            tags.a(href=f"/reports/{file.id}")["report", tags.span(class_="unseen")[f" on {file.name}"]],
        ],
    )
    box = tags.input(
        type="checkbox",
        name="file",
        value=str(file.id),
        checked="checked" if str(file.id) in visit.several("file") else None,
    )
    return tags.tr[
        tags.th(scope="row")[tags.label(class_="pick")[box, tags.span[file.name]]],
        [tags.td(**{"data-label": head})[cell] for head, cell in zip(heads, cells, strict=True)],
    ]


def _state(file: HeldFile, visit: SubmitVisit) -> Any:
    if file.retired is not None:
        return [tags.strong["retired"], f": {file.retired_reason}"]
    if file.is_public(visit.now):
        return "public"
    until = file.public_from()
    return f"private until {until:%Y-%m-%d}" if until else "private, without a date"


def _with_chosen(visit: SubmitVisit, known: Known) -> Any:
    """Return what can be done with the files that are ticked."""
    others = [one for one in visit.desk.writable_collections() if one[0] != known.collection.id]
    move = (
        tags.div(class_="act")[
            choice(
                "to",
                "Move them to",
                [("", "– choose –"), *((one, f"{title} ({one})") for one, title in others)],
                visit.said("to"),
                error=visit.error("to"),
            ),
            submit("Move", "do", "move", "second"),
        ]
        if others
        else ""
    )
    return tags.fieldset(class_="acts")[
        tags.legend["With the files that are ticked"],
        tags.div(class_="act")[
            entry(
                "reason",
                "Retire them, because",
                visit.typed("reason", ""),
                hint="They are not published any more; who has an identifier reads the reason.",
                error=visit.error("reason"),
                autocomplete="off",
            ),
            submit("Retire", "do", "retire", "second"),
        ],
        move,
        tags.div(class_="act")[submit("Publish again", "do", "restore", "second")]
        if any(file.retired for file in known.files)
        else "",
    ]


def _add_form(visit: SubmitVisit, known: Known) -> Any:
    levels = [(str(level), f"{name} (level {level})") for level, (name, _) in LEVELS.items()]
    return open_form(
        visit,
        collection_address(known.collection.id),
        choice("level", "Their level", levels, visit.said("level") or str(known.highest_level)),
        actions(submit("Begin a submission")),
        do="add",
    )


def _edit_form(visit: SubmitVisit, known: Known) -> Any:
    level = 3 if any(file.level == 3 for file in known.files) else 2
    return open_form(
        visit,
        collection_address(known.collection.id),
        *collecting.description_fields(visit, vars(known.collection), level=level, with_id=False),
        actions(submit("Save the changes")),
        css="account describing",
        do="edit",
    )


def _retire_form(visit: SubmitVisit, known: Known) -> Any:
    return tags.details(class_="giving-up", open="open" if visit.said("do") == "retire-all" else None)[
        tags.summary["Retire the whole collection"],
        open_form(
            visit,
            collection_address(known.collection.id),
            entry(
                "reason-all",
                "Because",
                visit.typed("reason-all", ""),
                hint="Nothing is deleted; its files are not published any more, until you publish it again.",
                error=visit.error("reason-all"),
                autocomplete="off",
            ),
            actions(submit("Retire it")),
            do="retire-all",
        ),
    ]
