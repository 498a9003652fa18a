"""View: the entries that wait for a curator; several can be accepted at once. Others find nothing here.

May import ``ingest`` and ``resdir``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from twisted.web.template import tags

from ingest.access.policy import CURATOR
from ingest.submission.catalogue import CatalogueDesk, ShownEntry
from resdir.catalogue.desk import desk_of, number_in, or_nothing
from resdir.catalogue.entering import STYLES
from resdir.catalogue.kind import Kind, entry_path
from resdir.catalogue.own import pager
from resdir.catalogue.shown import finding_list, moment, person, similar_list
from resdir.elements import table
from resdir.people.fields import actions, open_form, submit
from resdir.people.visit import Answer, NotFoundError, Page, Redirect, RefusedError, Visit
from resdir.people.widgets import section

_HERE = "/account/review"
#: Of each the rules and the similar entries are looked at anew.
_ROWS = 25


def queue(kinds: Mapping[str, Kind], visit: Visit) -> Answer:
    """Show what waits in each catalogue, the oldest first; accept what was ticked."""
    if visit.me.role != CURATOR:
        raise NotFoundError
    desk = desk_of(visit)
    if visit.posted:
        return _accept(kinds, visit, desk)
    parts = [_waiting(kind, visit, desk) for kind in kinds.values()]
    return Page("Entries that wait for you", tags.transparent[parts], styles=STYLES)


def _waiting(kind: Kind, visit: Visit, desk: CatalogueDesk) -> Any:
    offset = number_in(visit.asked.get(kind.name, "") or "0")
    listing = desk.queue(kind.name, offset=offset, limit=_ROWS)
    shown = [desk.entry(kind.name, listed.id) for listed in listing.entries]
    return section(
        kind.name,
        f"{kind.title} ({listing.total})",
        _form(kind, visit, shown) if shown else tags.p(class_="hint")["Nothing waits."],
        pager(_HERE, kind, offset, _ROWS, listing.total),
    )


def _form(kind: Kind, visit: Visit, entries: Sequence[ShownEntry]) -> Any:
    return open_form(
        visit,
        _HERE,
        table(
            f"Entries of {kind.title} that wait",
            ("Name", "What", "By", ("Handed in (UTC)", "whole"), "Found"),
            [_row(kind, entry) for entry in entries],
            stacked=True,
        ),
        actions(submit("Accept and publish those that are ticked")),
        css="submitting",
        catalogue=kind.name,
    )


def _row(kind: Kind, shown: ShownEntry) -> list[Any]:
    ident = f"pick-{kind.name}-{shown.id}"
    return [
        tags.div(class_="picked")[
            tags.label(class_="pick", for_=ident)[
                tags.input(type="checkbox", id=ident, name=f"pick-{shown.id}", value=shown.version),
                tags.span(class_="unseen")[f"Accept {shown.title}, entry {shown.id}"],
            ],
            tags.a(href=entry_path(kind.name, shown.id))[shown.title],
        ],
        kind.summary(shown.entry) if shown.entry else "",
        person(shown.submitter),
        moment(shown.submitted),
        [
            finding_list(kind, shown.findings, linked=False) if shown.findings else "",
            similar_list(kind, shown.similar) if shown.similar else "",
        ]
        if shown.findings or shown.similar
        else "nothing",
    ]


def _accept(kinds: Mapping[str, Kind], visit: Visit, desk: CatalogueDesk) -> Answer:
    kind = kinds.get(visit.said("catalogue"))
    picked = {
        number_in(name.removeprefix("pick-")): version
        for name, version in visit.form.items()
        if name.startswith("pick-")
    }
    if kind is None or not picked:
        raise RefusedError("Tick at least one.")
    with or_nothing():
        desk.decide(kind.name, list(picked), "accepted", seen=picked)
    return Redirect(f"{_HERE}?done=accepted&number={len(picked)}")
