"""Views: one's own entries, and the page of an entry, on which it is revised, amended and decided on.

May import ``ingest`` and ``resdir``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from twisted.web.template import tags

from ingest.catalogs.findings import Finding
from ingest.submission.catalogue import CatalogueDesk, EntriesRefusedError, ShownEntry
from resdir.catalogue.changing import change, decisions, withdrawal
from resdir.catalogue.desk import desk_of, number_in, or_nothing, typed
from resdir.catalogue.entering import STYLES
from resdir.catalogue.kind import Kind, entry_path
from resdir.catalogue.sheets import entries_table
from resdir.catalogue.shown import (
    finding_list,
    history,
    moment,
    person,
    similar_list,
    star_facts,
    state_badge,
    tally,
)
from resdir.elements import facts, link
from resdir.people.visit import Answer, NotFoundError, Page, Redirect, RefusedError, Visit
from resdir.people.widgets import section

_ROWS = 100


def mine(kinds: Mapping[str, Kind], visit: Visit) -> Answer:
    """Show what the person has handed in to the catalogues."""
    desk = desk_of(visit)
    parts = []
    for kind in kinds.values():
        offset = _offset(visit, kind)
        listing = desk.mine(kind.name, offset=offset, limit=_ROWS)
        parts.append(
            section(
                kind.name,
                f"{kind.title} ({listing.total})",
                tags.p[tags.a(href=kind.home)[f"Submit a {kind.entry}"]],
                entries_table(kind, listing.entries) if listing.entries else tags.p(class_="hint")["Nothing yet."],
                pager("/account/entries", kind, offset, _ROWS, listing.total),
            )
        )
    return Page("Your entries in the catalogues", tags.transparent[parts], styles=STYLES)


def _offset(visit: Visit, kind: Kind) -> int:
    """Return where the list of a catalogue begins."""
    text = visit.asked.get(kind.name, "") or "0"
    return min(number_in(text), 10_000_000)


def pager(path: str, kind: Kind, offset: int, rows: int, total: int) -> Any:
    """Return links to the rows before and after."""
    links = []
    if offset > 0:
        links.append(tags.li[tags.a(href=f"{path}?{kind.name}={max(0, offset - rows)}")["Before"]])
    if offset + rows < total:
        links.append(tags.li[tags.a(href=f"{path}?{kind.name}={offset + rows}")["More"]])
    return tags.nav(class_="pages", **{"aria-label": f"More of {kind.title}"})[tags.ul[links]] if links else ""


def one(kinds: Mapping[str, Kind], visit: Visit) -> Answer:
    """Show an entry to who handed it in and to curators, and do what they may do with it."""
    desk = desk_of(visit)
    if len(visit.rest) != 2 or visit.rest[0] not in kinds:
        raise NotFoundError
    kind, entry_id = kinds[visit.rest[0]], number_in(visit.rest[1])
    with or_nothing():
        shown = desk.entry(kind.name, entry_id)
        if not visit.posted:
            return _page(kind, visit, shown)
        try:
            return _act(kind, visit, desk, shown)
        except EntriesRefusedError as error:
            return _page(kind, visit, shown, error.examined[0].findings, status=400)


def _act(kind: Kind, visit: Visit, desk: CatalogueDesk, shown: ShownEntry) -> Answer:
    act, seen, here = visit.said("do"), visit.said("version", 200), entry_path(kind.name, shown.id)
    if act not in shown.may:
        raise RefusedError("This cannot be done with it any more." if act in _ACTS else "There is no such thing to do.")
    if act == "take back":
        desk.take_back(kind.name, shown.id)
        return Redirect(f"{here}?done={_PAST[act]}")
    if act in ("revise", "amend"):
        values = typed(kind, visit.form)
        changed = {name: value for name, value in values.items() if value != shown.values.get(name, "")}
        if act == "amend":
            desk.amend(kind.name, shown.id, changed, visit.said("why"), seen=seen)
        else:
            confirmed = visit.said("confirmed") == "yes"
            desk.revise(kind.name, shown.id, changed, despite_warnings=confirmed, seen=seen)
        return Redirect(f"{here}?done={_PAST[act]}")
    desk.decide(kind.name, [shown.id], act, visit.said("why"), seen={shown.id: seen})
    return Redirect(f"{here if act == 'withdrawn' else '/account/review'}?done={act}")


_PAST = {"revise": "revised", "take back": "retracted", "amend": "amended"}
_ACTS = (*_PAST, "accepted", "rejected", "withdrawn")


def _page(
    kind: Kind, visit: Visit, shown: ShownEntry, findings: Sequence[Finding] | None = None, *, status: int = 200
) -> Page:
    found = shown.findings if findings is None else findings
    with visit.archive.transaction() as cursor:
        around = kind.around(cursor, None if shown.state == "accepted" else shown.entry, shown.star)
    body = tags.transparent[
        _state(kind, shown),
        _refused(kind, findings),
        tags.div(class_="columns")[
            tags.div[section("values", "What it says", facts(kind.facts(shown.entry)))],
            tags.div[
                section("star", "The star", star_facts(shown.star)),
                section(
                    "found",
                    "What the rules say",
                    finding_list(kind, shown.findings, linked=False)
                    if shown.findings
                    else tags.p(class_="hint")["Nothing is wrong with it."],
                ),
                section(
                    "similar",
                    "Entries that may be the same",
                    similar_list(kind, shown.similar) if shown.similar else tags.p(class_="hint")["None."],
                ),
            ],
        ],
        around,
        section("decide", "Decide", *decisions(kind, visit, shown)) if "accepted" in shown.may else "",
        change(kind, visit, shown, found),
        withdrawal(kind, visit, shown),
        section("history", "History", history(kind, shown.history)),
        tags.p[tags.a(href="/account/entries")["Your entries"], _queue_link(shown)],
    ]
    return Page(f"{shown.title}: {kind.title} entry {shown.id}", body, status, styles=STYLES)


def _queue_link(shown: ShownEntry) -> Any:
    return [" · ", tags.a(href="/account/review")["Entries that wait"]] if shown.submitter else ""


def _state(kind: Kind, shown: ShownEntry) -> Any:
    rows: list[tuple[str, Any]] = [
        ("State", state_badge(shown.state)),
        ("Reason", shown.reason),
        ("Handed in (UTC)", moment(shown.submitted)),
        ("By", person(shown.submitter) if shown.submitter else ""),
        ("Together with", _batch_link(kind, shown)),
        ("Decided (UTC)", moment(shown.reviewed)),
    ]
    if shown.state == "accepted":
        rows.append(("Published at", link(kind.published(shown.id, shown.title), f"its page in {kind.title}")))
    return facts(rows)


def _batch_link(kind: Kind, shown: ShownEntry) -> Any:
    return link(f"{kind.home}/batch/{shown.batch_id}", f"batch {shown.batch_id}") if shown.batch_id else ""


def _refused(kind: Kind, findings: Sequence[Finding] | None) -> Any:
    if findings is None:
        return ""
    return tags.div(class_="errors", role="alert", id="trouble", tabindex="-1", autofocus="autofocus")[
        tags.p[tags.strong[f"{tally(findings)}: nothing was changed."]], finding_list(kind, findings)
    ]
