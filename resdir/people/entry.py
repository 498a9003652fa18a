"""Views: log in, ask for an account, set the password by a link."""

from typing import Any

from twisted.web.template import tags

from ingest.access.passwords import FEWEST_CHARACTERS
from ingest.archive.accounts import request_account
from ingest.archive.credentials import (
    PASSWORD_LINK_DAYS,
    account_of_link,
    create_session,
    end_session,
    use_link,
)
from ingest.archive.login import FAILURE_MINUTES, authenticate, count_request, limits_of
from resdir.identity import place_within
from resdir.people.visit import Answer, NotFoundError, Page, Redirect, RefusedError, Visit
from resdir.people.widgets import field, form

PASSWORD_HINT = f"At least {FEWEST_CHARACTERS} characters. Several words that do not belong together are good."


def log_in(visit: Visit) -> Answer:
    """Show the form to log in, or log in."""
    place = place_within(visit.form.get("next") or visit.asked.get("next") or "/account")
    if visit.posted:
        return _enter(visit, place)
    contact, mail = visit.contact
    body = tags.transparent[
        form(
            visit,
            "/account/login",
            field("login", "E-mail address", type_="email", value=visit.said("login"), autocomplete="username"),
            field("password", "Password", type_="password", autocomplete="current-password"),
            button="Log in",
            next=place,
        ),
        tags.p[tags.a(href="/account/request")["Ask for an account"], " if you have none."],
        tags.p(class_="hint")[
            "You forgot the password? Ask ", tags.a(href=f"mailto:{mail}")[contact], " for a link to set a new one."
        ],
    ]
    return Page("Log in", body)


def _enter(visit: Visit, place: str) -> Answer:
    with visit.archive.transaction() as cursor:
        found = authenticate(
            cursor,
            visit.form.get("login", ""),
            visit.form.get("password", ""),
            visit.address,
            visit.now,
            limits_of(visit.home),
        )
    if found.outcome == "limited":
        raise RefusedError(f"Too many attempts failed. Please wait {FAILURE_MINUTES} minutes.", 429)
    if found.visitor.account_id is None:
        raise RefusedError("E-mail address or password is wrong, or the account is not active.", 403)
    with visit.archive.transaction() as cursor:
        if visit.session:
            end_session(cursor, visit.session)
        days = visit.home.settings.number("limits.session_days")
        secret = create_session(cursor, found.visitor.account_id, visit.now, days)
    return Redirect(place, session=secret)


def ask(visit: Visit) -> Answer:
    """Show the form to ask for an account, or note the request."""
    if visit.posted:
        return _note_request(visit)
    body = tags.transparent[
        tags.p[
            "Public data need no account. With one you read what is shared with you, and your own data before they are "
            "public. A curator looks at each request, and sends you a link to set your password."
        ],
        form(
            visit,
            "/account/request",
            field("login", "E-mail address", type_="email", value=visit.said("login"), autocomplete="email"),
            field("name", "Your name", value=visit.said("name"), autocomplete="name", maxlength="200"),
            field(
                "affiliation",
                "Institute",
                value=visit.said("affiliation"),
                required=False,
                autocomplete="organization",
                maxlength="200",
            ),
            button="Ask for an account",
        ),
        tags.p(class_="hint")[
            "Your address is shown to curators, and to people whose data you may read; to nobody else."
        ],
    ]
    return Page("Ask for an account", body)


def _note_request(visit: Visit) -> Answer:
    with visit.archive.transaction() as cursor:
        room = count_request(cursor, visit.address, visit.now, limits_of(visit.home))
    if not room:
        raise RefusedError(f"There were too many requests. Please wait {FAILURE_MINUTES} minutes.", 429)
    with visit.archive.transaction() as cursor:
        taken = request_account(cursor, visit.said("login"), visit.said("name"), visit.said("affiliation"))
    if not taken:
        raise RefusedError("Too many requests wait for a curator. Please try again in a few days.", 503)
    body = tags.transparent[
        tags.p["A curator will look at it. If the address has no account yet, a link to set the password comes to it."],
        tags.p[tags.a(href="/")["Front page"]],
    ]
    return Page("Your request is noted", body)


def set_password(visit: Visit) -> Answer:
    """Show the form behind a link, or set the password; looking at it does not use the link up."""
    if len(visit.rest) != 1:
        raise NotFoundError
    secret = visit.rest[0]
    with visit.archive.transaction() as cursor:
        account = account_of_link(cursor, secret, visit.now)
    if account is None:
        return Page("This link is not valid any more", _dead_link(visit), 410)
    if visit.posted:
        return _use(visit, secret)
    body = tags.transparent[
        tags.p["For ", tags.strong[account.login], ". The link works once."],
        form(
            visit,
            f"/account/password/{secret}",
            tags.input(
                type="text",
                name="username",
                value=account.login,
                autocomplete="username",
                hidden="hidden",
                readonly="readonly",
            ),
            *new_password_fields(),
            button="Set the password",
        ),
    ]
    return Page("Set your password", body)


def new_password_fields() -> list[Any]:
    """Return the fields for a new password, twice."""
    return [
        field(
            "password",
            "New password",
            type_="password",
            hint=PASSWORD_HINT,
            autocomplete="new-password",
            minlength=str(FEWEST_CHARACTERS),
        ),
        field("again", "The same again", type_="password", autocomplete="new-password"),
    ]


def new_password(visit: Visit) -> str:
    """Return the new password of a form.

    Raises
    ------
    RefusedError
        When it was not typed twice in the same way.
    """
    password = visit.form.get("password", "")
    if password != visit.form.get("again", ""):
        raise RefusedError("The two passwords differ; type the same twice.")
    return password


def _use(visit: Visit, secret: str) -> Answer:
    with visit.archive.transaction() as cursor:
        account = use_link(cursor, secret, new_password(visit), visit.now)
    if account is None:
        return Page("This link is not valid any more", _dead_link(visit), 410)
    return Redirect("/account/login?done=password", forget=True)


def _dead_link(visit: Visit) -> Any:
    contact, mail = visit.contact
    return tags.transparent[
        tags.p[f"It was used, replaced by a newer one, or is older than {PASSWORD_LINK_DAYS} days."],
        tags.p["Ask ", tags.a(href=f"mailto:{mail}")[contact], " for another one."],
    ]
