"""Pages for those who cannot submit: without the role, or whose session has ended while they worked.

May import ``ingest`` and this package.
"""

from urllib.parse import quote

from twisted.web.template import tags

from oidb_rd.submit.visit import Answer, SubmitVisit, Told
from resdir.people import ended
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
    typed = [(name, value) for name, values in (visit.lists or {}).items() for value in values]
    return ended.session_ended(visit, here, typed, lost=bool(visit.files))
