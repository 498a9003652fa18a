"""View: one entry by form. It is examined and shown first, and handed in when that was seen.

May import ``ingest`` and ``resdir``.
"""

import secrets
from typing import Any

from twisted.web.template import tags

from ingest.submission.catalogue import EntriesRefusedError, Examined
from resdir.catalogue.desk import desk_of, digest, typed
from resdir.catalogue.kind import Kind
from resdir.catalogue.shown import finding_list, form_fields, similar_list, star_facts, tally
from resdir.people.fields import actions, open_form, submit
from resdir.people.visit import Answer, Page, Redirect, Visit
from resdir.people.widgets import section

#: Styles of all pages of the catalogues.
STYLES = ("obsportal.css", "submit.css", "catalogue.css")


def form(kind: Kind, visit: Visit) -> Answer:
    """Show the form, what was found in an entry, or hand it in."""
    desk = desk_of(visit)
    if not visit.posted:
        return _page(kind, visit, _known(kind, visit))
    values = typed(kind, visit.form)
    wanted = visit.said("do") == "submit"
    if not wanted or visit.said("seen") != digest(values):
        (examined,) = desk.examine(kind.name, [values])
        return _page(kind, visit, values, examined, changed=wanted)
    confirmed = visit.said("confirmed") == "yes"
    try:
        batch = desk.submit(kind.name, [values], despite_warnings=confirmed, key=visit.said("key"))
    except EntriesRefusedError as error:
        return _page(kind, visit, values, error.examined[0], refused=True)
    return Redirect(f"{kind.home}/batch/{batch.id}?done={batch.state}")


def _known(kind: Kind, visit: Visit) -> dict[str, str]:
    """Return what is known before anything was typed: what a link brings along, and who reports."""
    values = typed(kind, visit.form or visit.asked)
    if visit.form:
        return values
    me = visit.me
    mine = {"reporter": me.name, "affiliation": me.affiliation, "address": me.login}
    return values | {name: values[name] or mine[name] for name in mine if name in values}


def _page(
    kind: Kind,
    visit: Visit,
    values: dict[str, str],
    examined: Examined | None = None,
    *,
    changed: bool = False,
    refused: bool = False,
) -> Page:
    findings = examined.findings if examined else ()
    body = tags.transparent[
        tags.p(class_="lead")[kind.lead],
        tags.p[
            tags.a(href=f"{kind.home}/file")["Many at once, by a file"],
            " · ",
            tags.a(href="/account/entries")["Your entries"],
            " · ",
            tags.a(href=f"/{kind.name}")[kind.title],
        ],
        open_form(
            visit,
            kind.home,
            _preview(kind, visit, values, examined, changed=changed) if examined else "",
            form_fields(kind, values, findings),
            actions(
                submit("Check it again" if examined else "Check it", "do", "check", "second" if examined else None)
            ),
            tags.p(class_="hint")["Nothing is handed in before you have seen what was found."] if not examined else "",
            css="submitting",
            key=visit.said("key") or secrets.token_urlsafe(18),
        ),
    ]
    return Page(f"Submit a {kind.entry} to {kind.title}", body, 400 if refused else 200, styles=STYLES)


def _preview(kind: Kind, visit: Visit, values: dict[str, str], examined: Examined, *, changed: bool) -> Any:
    with visit.archive.transaction() as cursor:
        around = kind.around(cursor, examined.entry if examined.fine else None, examined.star)
    return section(
        "preview",
        "Preview",
        tags.div(class_="note", role="status")[tags.p["You changed something: look at it again before you hand it in."]]
        if changed
        else "",
        _verdict(kind, visit, values, examined),
        tags.div(class_="columns")[
            tags.div[tags.h3["The star"], star_facts(examined.star)],
            tags.div[
                tags.h3["Entries that may be the same"],
                similar_list(kind, examined.similar) if examined.similar else tags.p(class_="hint")["None."],
            ],
        ],
        around,
    )


def _verdict(kind: Kind, visit: Visit, values: dict[str, str], examined: Examined) -> Any:
    """Say what was found, and let it be handed in when nothing is wrong."""
    found = tally(examined.findings)
    if not examined.fine:
        return tags.div(class_="errors", role="alert", id="trouble", tabindex="-1", autofocus="autofocus")[
            tags.p[tags.strong[f"{found}: nothing was handed in."]], finding_list(kind, examined.findings)
        ]
    return tags.div(class_="review", role="status", id="verdict", tabindex="-1", autofocus="autofocus")[
        tags.p[tags.strong[f"{found}." if found else "Nothing is wrong with it."]],
        finding_list(kind, examined.findings) if found else "",
        confirmation(visit, f"the {kind.entry}") if examined.warnings else "",
        tags.input(type="hidden", name="seen", value=digest(values)),
        actions(submit("Submit it", "do", "submit", "main")),
        tags.p(class_="hint")["A curator looks at it before it is published. You see what becomes of it."],
    ]


def confirmation(visit: Visit, what: str) -> Any:
    """Return the box that says that warnings were looked at."""
    missing = visit.said("do") == "submit" and visit.said("confirmed") != "yes"
    return tags.div(class_="field")[
        tags.label(class_="pick")[
            tags.input(
                type="checkbox",
                name="confirmed",
                id="confirmed",
                value="yes",
                **({"aria-describedby": "confirmed-error"} if missing else {}),
            ),
            tags.span[f"I have looked at the warnings; {what} is right all the same."],
        ],
        tags.p(class_="message", id="confirmed-error")["Look at the warnings, and tick this."] if missing else "",
    ]
