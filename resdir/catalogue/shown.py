"""Parts of the pages: fields with what was found, findings, the star, similar entries, history.

What they show was written by strangers; twisted's templates escape it. May import ``ingest`` and ``resdir``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from twisted.web.template import tags

from ingest.archive.catalogues import Event
from ingest.catalogs.fields import Field
from ingest.catalogs.findings import Finding, Severity
from ingest.submission.catalogue import FoundStar, Similar, Submitter
from resdir.catalogue.kind import STATES, Kind, entry_path
from resdir.elements import facts, number, sexagesimal, table
from resdir.marks import star_path
from resdir.people.fields import area, capital, choice, counted, entry

_ORIGINS = {
    "catalogue": "the star table of this site",
    "archive": "JMDC, which has the star already",
    "resolver": "the name resolver",
    "submitter": "what was typed",
}
_EVENTS = {
    "submitted": "handed in",
    "revised": "revised by its submitter",
    "amended": "amended",
    "accepted": "accepted: published",
    "rejected": "rejected",
    "withdrawn": "withdrawn from publication",
    "retracted": "taken back by its submitter",
    "imported": "imported with an edition",
    "changed": "changed by an edition",
}


def form_fields(kind: Kind, values: Mapping[str, str], findings: Sequence[Finding]) -> list[Any]:
    """Return all fields of an entry, filled, each with what was found in it."""
    known = kind.fields
    return [
        tags.fieldset(class_="entry")[
            tags.legend[legend],
            tags.div(class_="grid")[
                [_field(known[name], values.get(name, ""), findings, kind.examples.get(name, "")) for name in names]
            ],
        ]
        for legend, names in kind.groups
    ]


def _field(field: Field, value: str, findings: Sequence[Finding], example: str) -> Any:
    said = {
        severity: "; ".join(each.message for each in findings if (each.field, each.severity) == (field.name, severity))
        for severity in Severity
    }
    told: dict[str, Any] = {
        "hint": f"{field.help} Example: {example}" if example else field.help,
        "error": said[Severity.ERROR],
        "doubt": said[Severity.WARNING],
        "optional": not field.needed,
    }
    label = f"{field.label} ({field.unit})" if field.unit else field.label
    if field.kind == "long":
        return area(field.name, label, value, rows=4, **told)
    if field.kind in ("choice", "flag"):
        return choice(field.name, label, _options(field), value, **told)
    return entry(field.name, label, value, **told, **_KINDS.get(field.kind, {}))


#: What browsers are told of a field; what they would refuse by themselves is left to the rules, which say more.
_KINDS = {
    "number": {"inputmode": "decimal", "autocomplete": "off"},
    "angle": {"autocomplete": "off"},
    "day": {"type": "date"},
    "address": {"inputmode": "email", "autocomplete": "email"},
}


def _options(field: Field) -> list[tuple[str, str]]:
    if field.kind == "flag":
        return [("", "not told"), ("1", "yes"), ("0", "no")]
    # codes that are words are what tables and programs have
    options = [(code, f"{code}: {words}" if code.isalpha() else words) for code, words in field.choices]
    return [("", "choose one" if field.needed else "not told"), *options]


def finding_list(kind: Kind, findings: Sequence[Finding], *, linked: bool = True) -> Any:
    """Return findings, each with the name of its field."""
    return tags.ul(class_="catalogue-findings")[
        [
            tags.li(class_=f"is-{finding.severity.value}")[
                tags.span(class_="severity")[finding.severity.value.capitalize()],
                " ",
                _name_of(kind, finding.field, linked=linked),
                f"{capital(finding.message)}.",
            ]
            for finding in findings
        ]
    ]


def _name_of(kind: Kind, name: str, *, linked: bool) -> Any:
    field = kind.fields.get(name)
    if field is None:
        return tags.strong[f"{name}: "] if name else ""
    return [tags.a(href=f"#{name}")[field.label] if linked else tags.strong[field.label], ": "]


def tally(findings: Iterable[Finding]) -> str:
    """Return how much was found."""
    severities = [finding.severity for finding in findings]
    counts = ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
    return ", ".join(counted(severities.count(one), word) for one, word in counts if one in severities)


def star_facts(star: FoundStar | None) -> Any:
    """Return where an entry's star is, and how that is known."""
    if star is None:
        return tags.p(class_="hint")["The star is not known here: give its position."]
    rows: list[tuple[str, Any]] = [("Name", star.name)]
    if star.ra is not None and star.dec is not None:
        rows.append(("Position (ICRS, epoch 2000)", sexagesimal(star.ra, star.dec)))
        rows.append(("in degrees", f"{star.ra:.6f} {star.dec:+.6f}".replace("-", "\N{MINUS SIGN}")))
    if star.pm_ra is not None and star.pm_dec is not None:
        rows.append(("Proper motion", f"{number(star.pm_ra, 1)}, {number(star.pm_dec, 1, 'mas/yr')}"))
    rows.append(("Known from", _ORIGINS.get(star.origin, star.origin)))
    rows.append(("Other names", ", ".join(star.aliases[:12])))
    if star.known:
        rows.append(("In JMDC", tags.a(href=star_path(star.name))[f"measurements of {star.name}"]))
    return facts(rows)


def similar_list(kind: Kind, similar: Sequence[Similar]) -> Any:
    """Return entries that may be the same."""
    return tags.ul[
        [
            tags.li[_similar_name(kind, each), f", {STATES.get(each.state, each.state)}: {each.why}"]
            if each.id is not None
            else tags.li[f"Row {each.line} of this list ({each.title}): {each.why}"]
            for each in similar
        ]
    ]


def _similar_name(kind: Kind, each: Similar) -> Any:
    assert each.id is not None
    told = f"{each.title} ({kind.entry} {each.id})"
    if each.state == "accepted":
        return tags.a(href=kind.published(each.id, each.title))[told]
    return tags.a(href=entry_path(kind.name, each.id))[told]


def history(kind: Kind, events: Sequence[Event]) -> Any:
    """Return what happened to an entry."""
    rows = [
        [
            moment(event.happened),
            _EVENTS.get(event.event, event.event),
            event.actor,
            event.reason,
            _changes(kind, event.changes),
        ]
        for event in events
    ]
    heads = (("When (UTC)", "whole"), ("What", "whole"), ("By", "whole"), "Reason", "Changed")
    return table("History", heads, rows, stacked=True)


def _changes(kind: Kind, changes: Mapping[str, Any]) -> Any:
    labels = {name: field.label for name, field in kind.fields.items()}
    lines = []
    for name, change in changes.items():
        before, after = change if isinstance(change, list | tuple) and len(change) == 2 else ("", change)
        lines.append(tags.li[f"{labels.get(name, name)}: ", tags.del_[_told(before)], " → ", tags.ins[_told(after)]])
    return tags.ul(class_="changes")[lines] if lines else ""


def _told(value: Any) -> str:
    return "nothing" if value is None or value == "" else str(value)


def moment(when: datetime | None) -> str:
    """Return a moment (UTC)."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M}" if when else ""


def person(who: Submitter | None) -> str:
    """Return who handed an entry in, for curators."""
    if who is None:
        return "an edition"
    institute = who.facility or who.affiliation
    return f"{who.name} ({who.login}){f', {institute}' if institute else ''}"


def state_badge(state: str) -> Any:
    """Return a state in words."""
    return tags.span(class_=f"badge state is-{state}")[STATES.get(state, state)]
