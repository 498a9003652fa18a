"""Pages for those who cannot submit: without the role, or whose session has ended while they worked.

May import ``ingest`` and this package.
"""

from urllib.parse import quote

from twisted.web.template import tags

from oidb_rd.submit.visit import Answer, SubmitVisit, Told
from oidb_rd.submit.widgets import actions, submit
from resdir.people.visit import Page


def not_a_submitter(visit: SubmitVisit) -> Answer:
    """Tell a reader how to become a submitter."""
    contact, mail = visit.contact
    body = tags.transparent[
        tags.p[
            "Your account lets you read private data. To submit data it needs the role ",
            tags.em["submitter"],
            ", which a curator gives you.",
        ],
        tags.p[
            "Write to ",
            tags.a(href=f"mailto:{mail}?subject={quote('Submitting data')}")[contact],
            ": tell who you are, and in a sentence what data you want to submit.",
        ],
        tags.p["To only check files, use the ", tags.a(href="/validator")["validator"], ": it needs no account."],
    ]
    return Page("You cannot submit data yet", body, 403)


def session_ended(visit: SubmitVisit, here: str) -> Answer:
    """Ask to log in again; what was typed waits."""
    login = f"/account/login?next={quote(here, safe='')}"
    if visit.wants_json:
        return Told({"files": [], "problems": [{"file": "", "message": "you are logged out"}], "login": login}, 401)
    if visit.files or not visit.form:
        body = tags.p[tags.a(href=login)["Log in"], ", then send the files again."]
        return Page("You are logged out", body, 401)
    kept = [
        tags.input(type="hidden", name=name, value=value)
        for name, values in (visit.lists or {}).items()
        for value in values
        if name != "csrf"
    ]
    body = tags.transparent[
        tags.p["Your session has ended. What you typed is still on this page:"],
        tags.ol[
            tags.li[tags.a(href=login, target="_blank", rel="noopener")["Log in in another tab"], ","],
            tags.li["come back to this one,"],
            tags.li["and send it again. It may be shown to you once more before it is taken."],
        ],
        tags.form(method="post", class_="submitting", **{"accept-charset": "utf-8"})[
            tags.input(type="hidden", name="csrf", value=visit.csrf), kept, actions(submit("Send it again"))
        ],
    ]
    return Page("You are logged out", body, 401)
