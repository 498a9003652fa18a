"""The page for people whose session has ended while they filled a form.

May import ``resdir.people.visit``.
"""

from collections.abc import Iterable
from urllib.parse import quote

from twisted.web.template import tags

from resdir.people.visit import Page, Visit


def session_ended(visit: Visit, here: str, typed: Iterable[tuple[str, str]], *, lost: bool) -> Page:
    """Ask to log in again; what was typed waits.

    Parameters
    ----------
    here
        Path of the page that the form was on.
    typed
        Names and values of the form's fields.
    lost
        Whether something was sent that a page cannot keep, such as files.
    """
    login = f"/account/login?next={quote(here, safe='')}"
    kept = [tags.input(type="hidden", name=name, value=value) for name, value in typed if name != "csrf"]
    if lost or not kept:
        body = tags.p[tags.a(href=login)["Log in"], ", then send the files again."]
        return Page("You are logged out", body, 401)
    body = tags.transparent[
        tags.p["Your session has ended. What you typed is still on this page:"],
        tags.ol[
            tags.li[tags.a(href=login, target="_blank", rel="noopener")["Log in in another tab"], ","],
            tags.li["come back to this one,"],
            tags.li["and send it again. It may be shown to you once more before it is taken."],
        ],
        tags.form(method="post", class_="submitting", **{"accept-charset": "utf-8"})[
            tags.input(type="hidden", name="csrf", value=visit.csrf),
            kept,
            tags.p(class_="actions")[tags.button(type="submit")["Send it again"]],
        ],
    ]
    return Page("You are logged out", body, 401)
