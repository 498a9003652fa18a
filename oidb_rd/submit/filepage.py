"""View: the page of one file of a submission, on which its values are put right.

May import ``ingest`` and this package.
"""

from typing import Any

from twisted.web.template import tags

from ingest.archive.submissions import Item, Submission
from ingest.corrections import CATEGORIES, FIELDS, QUALITY
from ingest.eso.modes import instruments, mode_names
from ingest.submission import Problem, RefusedError
from oidb_rd import reportview
from oidb_rd.submit.shown import (
    ShownGranule,
    corrected,
    file_fact,
    file_value,
    granules_of,
    plot,
    report_of,
    severe_problem,
    version_of,
    why_not,
)
from oidb_rd.submit.visit import Answer, SubmitVisit, address
from oidb_rd.submit.widgets import size, trouble
from resdir.people.fields import actions, choice, entry, open_form, submit
from resdir.people.visit import NotFoundError, Page, Redirect
from resdir.people.widgets import section

_OF_FILE = tuple(name for name, field in FIELDS.items() if not field.of_granule)
_OF_GRANULE = tuple(name for name, field in FIELDS.items() if field.of_granule)
_CHANGED = (
    "The values of this file have changed since this page was made, perhaps in another tab. Yours are below; save "
)
_CHANGED += "them again to let them win."


class ChangedError(RefusedError):
    """Somebody else changed the same values in the meantime."""

    def __init__(self) -> None:
        super().__init__([Problem(_CHANGED.removesuffix("."))])


def page(visit: SubmitVisit) -> Page:
    """Show a file: its values, its granules, what the checker says."""
    submission, item = _found(visit)
    report = report_of(item)
    where = {("", problem.field): f"#{problem.field}" for problem in visit.problems}
    where |= {(item.name, problem.field): f"#{problem.field}" for problem in visit.problems}
    body = tags.transparent[
        tags.p[tags.a(href=f"{address(submission)}#file-{item.id}")["← All files of the submission"]],
        trouble(visit, where),
        tags.div(class_="note", role="status")[tags.p["The values of the file before are saved."]]
        if visit.asked.get("done") == "values"
        else "",
        tags.p(class_="file-facts")[size(item.size_bytes), " · ", _numbering(submission, item)],
        "" if report is None else reportview.badges(report),
        _form(visit, submission, item)
        if report is not None
        else tags.p(class_="message")[item.problem or "Not here yet."],
        section("findings", "Findings", _findings(report)) if report is not None else "",
    ]
    return Page(item.name, body, 400 if visit.problems else 200)


def _found(visit: SubmitVisit) -> tuple[Submission, Item]:
    submission = visit.desk.see(visit.rest[0])
    if submission.state != "open":
        raise NotFoundError
    return submission, submission.item(int(visit.rest[1]))


def _findings(report: Any) -> Any:
    if not report.findings:
        return tags.p["The checker has no objection to this file."]
    return reportview.findings(report, tags.h3)


def _numbering(submission: Submission, item: Item) -> str:
    numbers = [other.id for other in submission.items]
    return f"file {numbers.index(item.id) + 1} of {len(numbers)}"


def _form(visit: SubmitVisit, submission: Submission, item: Item) -> Any:
    granules = granules_of(item)
    total = (item.report or {}).get("nb_granules", 0)
    following = _following(submission, item)
    return open_form(
        visit,
        address(submission, "file", item.id),
        section("file-values", "The file", tags.div(class_="grid")[[_of_file(visit, item, name) for name in _OF_FILE]]),
        section(
            "granules",
            f"Its granules ({total:,})",
            [_granule(visit, submission, item, granule, len(granules)) for granule in granules],
            tags.p(class_="hint")[f"{total - len(granules)} more cannot be put right here."]
            if total > len(granules)
            else "",
        ),
        _acceptance(visit, submission, item),
        actions(
            submit("Save the values"),
            " ",
            submit("Save, and next file", "then", str(following), "second") if following else "",
        ),
        [_modes(instrument) for instrument in sorted(instruments())],
        css="submitting values",
        version=version_of(item),
    )


def _following(submission: Submission, item: Item) -> int | None:
    later = [other.id for other in submission.items if other.id > item.id and other.report and other.state == "checked"]
    return later[0] if later else None


def _of_file(visit: SubmitVisit, item: Item, name: str) -> Any:
    field, value, error = FIELDS[name], visit.typed(name, file_value(item, name)), visit.error(name)
    hint = _hint(file_fact(item, name), name in item.corrections.get("file", {}), field.help)
    if name == "dataproduct_category":
        options = [("", "– unknown –"), *((one, one) for one in CATEGORIES)]
        return choice(name, field.label, options, value, hint=hint, error=error)
    if name == "quality_level":
        options = [("", "– not told –"), *((str(number), f"{number} {text}") for number, text in enumerate(QUALITY))]
        return choice(name, field.label, options, value, hint=hint, error=error)
    return entry(name, field.label, value, hint=hint, error=error, autocomplete="off")


def _hint(of_file: str, is_corrected: bool, help_text: str) -> Any:
    """Return the help of a field, and what the file says where something else holds."""
    if not is_corrected:
        return help_text
    return [corrected(), f" The file says {of_file}." if of_file else " The file says nothing."]


def _granule(visit: SubmitVisit, submission: Submission, item: Item, granule: ShownGranule, count: int) -> Any:
    facts = granule.facts
    told = (facts.get("stations"), facts.get("bands"), f"INSNAME {facts.get('insname')}")
    return tags.fieldset(class_="granule")[
        tags.legend[f"{granule.number + 1} of {count}: {granule.title}"],
        tags.input(type="hidden", name=f"g{granule.number}.key", value=granule.key),
        tags.div(class_="file-body")[
            plot(submission, item, granule),
            tags.div[
                tags.p(class_="file-facts")[" · ".join(part for part in told if part)],
                tags.div(class_="grid")[[_of_granule(visit, granule, name) for name in _OF_GRANULE]],
            ],
        ],
    ]


def _of_granule(visit: SubmitVisit, granule: ShownGranule, name: str) -> Any:
    field, ident = FIELDS[name], f"g{granule.number}.{name}"
    more: dict[str, str | None] = {}
    if name == "instrument_mode":
        instrument = visit.typed(f"g{granule.number}.instrument", granule.value("instrument"))
        more = {"list": f"modes-{instrument}" if instrument in instruments() else None, "data-modes": "yes"}
    if name == "instrument":
        more = {"data-instrument": "yes"}
    return entry(
        ident,
        field.label,
        visit.typed(ident, granule.value(name)),
        hint=_hint(granule.of_file(name), name in granule.corrections, field.help),
        error=visit.error(ident),
        autocomplete="off",
        **more,
    )


def _modes(instrument: str) -> Any:
    """Return ASPRO2's modes of an instrument, for suggestions."""
    return tags.transparent[
        tags.datalist(id=f"modes-{instrument}")[[tags.option(value=name) for name in mode_names(instrument)]]
    ]


def _acceptance(visit: SubmitVisit, submission: Submission, item: Item) -> Any:
    """Return the field in which a curator takes a file in spite of severe findings."""
    problem = severe_problem(item, submission.level)
    if not problem:
        return ""
    told = tags.p(class_="message")[f"Too broken for level {submission.level}: {problem}."]
    if not visit.is_curator:
        return section(
            "severe", "Severe findings", told, tags.p["Mend the file and send it again, or ask a curator to take it."]
        )
    return section(
        "severe",
        "Severe findings",
        told,
        entry(
            "accepted_reason",
            "Take it nevertheless, because",
            visit.typed("accepted_reason", item.accepted_reason),
            hint="The reason is kept with the file. Empty: it is not taken.",
            error=visit.error("accepted_reason"),
            optional=True,
        ),
    )


def save_values(visit: SubmitVisit) -> Answer:
    """Put the values of a file and its granules right."""
    submission, item = _found(visit)
    if visit.said("version") != version_of(item):
        raise ChangedError
    problems: list[Problem] = []
    of_file = _changes(visit, "", {name: file_fact(item, name) for name in _OF_FILE}, problems)
    of_granules = {}
    for granule in granules_of(item):
        if visit.form.get(f"g{granule.number}.key") == granule.key:
            facts = {name: granule.of_file(name) for name in _OF_GRANULE}
            of_granules[granule.key] = _changes(visit, f"g{granule.number}.", facts, problems)
    if problems:
        raise RefusedError(problems)
    visit.desk.correct(submission.id, item.id, of_file, of_granules, visit.said("accepted_reason"))
    following = visit.said("then")
    if following.isascii() and following.isdigit():
        return Redirect(f"{address(submission, 'file', following)}?done=values")
    return Redirect(f"{address(submission)}?done=values#file-{item.id}")


def _changes(visit: SubmitVisit, prefix: str, facts: dict[str, str], problems: list[Problem]) -> dict[str, str | None]:
    """Return the values that differ from what the file says; what is wrong is added to the problems."""
    changes: dict[str, str | None] = {}
    for name, fact in facts.items():
        typed = visit.said(f"{prefix}{name}", 5000) if f"{prefix}{name}" in visit.form else fact
        if typed == fact.strip():
            continue
        wrong = why_not(name, typed, FIELDS[name].of_granule)
        if wrong:
            problems.append(Problem(wrong, field=f"{prefix}{name}"))
        changes[name] = typed or None
    return changes
