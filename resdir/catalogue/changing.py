"""The forms on the page of an entry: revise, amend, take back, decide.

May import ``ingest`` and ``resdir``.
"""

from collections.abc import Sequence
from typing import Any

from twisted.web.template import tags

from ingest.catalogs.findings import Finding
from ingest.submission.catalogue import ShownEntry
from resdir.catalogue.desk import typed
from resdir.catalogue.entering import confirmation
from resdir.catalogue.kind import Kind, entry_path
from resdir.catalogue.shown import form_fields
from resdir.people.fields import actions, entry, open_form, submit
from resdir.people.visit import Visit


def decisions(kind: Kind, visit: Visit, shown: ShownEntry) -> list[Any]:
    """Return the forms that accept or reject an entry."""
    here = entry_path(kind.name, shown.id)
    known = {"version": shown.version}
    found = [
        open_form(
            visit, here, actions(submit("Accept and publish it", css="main")), css="submitting", do="accepted", **known
        )
    ]
    if "rejected" in shown.may:
        found.append(_with_reason(visit, here, "Reject it", "rejected", "The submitter sees it.", **known))
    return found


def _with_reason(visit: Visit, here: str, label: str, do: str, hint: str, **hidden: str) -> Any:
    ident = f"why-{do}"
    typed_before = visit.said("why") if visit.said("do") == do else ""
    return open_form(
        visit,
        here,
        entry("why", "Reason", typed_before, hint=hint, id=ident, maxlength="1000"),
        actions(submit(label, css="second")),
        css="account",
        do=do,
        **hidden,
    )


def change(kind: Kind, visit: Visit, shown: ShownEntry, findings: Sequence[Finding]) -> Any:
    """Return the form that revises or amends, and the button that takes back."""
    here = entry_path(kind.name, shown.id)
    do = next((act for act in ("amend", "revise") if act in shown.may), "")
    if not do:
        return ""
    again = visit.said("do") == do
    values = typed(kind, visit.form) if again else shown.values
    reason = entry(
        "why",
        "Reason",
        visit.said("why") if again else "",
        hint="For the history; the submitter sees it.",
        id="why-amend",
        maxlength="1000",
    )
    told = "Amend it" if do == "amend" else "Revise it"
    return [
        tags.details(open="open" if again else None, id="change")[
            tags.summary[told],
            open_form(
                visit,
                here,
                form_fields(kind, values, findings if again else shown.findings),
                reason if do == "amend" else "",
                confirmation(visit, "what it says") if do == "revise" and findings else "",
                actions(submit("Save the changes")),
                css="submitting",
                do=do,
                version=shown.version,
            ),
        ],
        open_form(visit, here, actions(submit("Take it back")), css="button", do="take back")
        if "take back" in shown.may
        else "",
    ]


def withdrawal(kind: Kind, visit: Visit, shown: ShownEntry) -> Any:
    """Return the form that takes a published entry out of publication."""
    if "withdrawn" not in shown.may:
        return ""
    hint = "It is public, with the number of the report." if kind.name == "badcal" else "For the history."
    return tags.details(open="open" if visit.said("do") == "withdrawn" else None)[
        tags.summary["Withdraw it from publication"],
        _with_reason(
            visit,
            entry_path(kind.name, shown.id),
            "Withdraw it",
            "withdrawn",
            hint,
            version=shown.version,
        ),
    ]
