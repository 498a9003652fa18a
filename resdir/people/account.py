"""Views: the own account, its tokens, and the way out."""

from typing import Any

from twisted.web.template import tags

from ingest.access.passwords import check_new_password, hash_password
from ingest.archive.credentials import (
    Credential,
    create_session,
    create_token,
    end_session,
    end_sessions,
    list_credentials,
    revoke_token,
    set_password_hash,
)
from ingest.archive.login import FAILURE_MINUTES, authenticate, limits_of
from ingest.archive.people import contested_names
from ingest.submission.catalogue import CatalogueDesk
from resdir.people.entry import new_password, new_password_fields
from resdir.people.visit import Answer, Page, Redirect, RefusedError, Visit
from resdir.people.widgets import button, choice, day, field, form, section, table

_LIFETIMES = [("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("1095", "three years")]
ROLES = {
    "reader": "reader: you read what is open to you",
    "submitter": "submitter: you make collections and submit data, too",
    "curator": "curator: everything is open to you",
}


def overview(visit: Visit) -> Answer:
    """Show the own account."""
    me = visit.me
    with visit.archive.transaction() as cursor:
        tokens = list_credentials(cursor, me.id, "token", visit.now)
        sessions = list_credentials(cursor, me.id, "session", visit.now)
        contested = set(contested_names(cursor)) & set(me.aliases)
    facts = [
        ("E-mail address", me.login),
        ("Institute", me.affiliation or "not given"),
        ("Role", ROLES[me.role]),
        ("Data PI as", _names(me.aliases, contested)),
        *([("ORCID", me.orcid)] if me.orcid else []),
        ("Groups", ", ".join(me.groups) or "none"),
    ]
    body = tags.transparent[
        tags.ul(class_="ways")[
            tags.li[tags.a(href="/account/sharing")["Sharing: your data, and what is shared with you"]],
            tags.li[tags.a(href="/account/entries")["Your entries in JMDC and BadCal"]],
            tags.li[tags.a(href="/account/people")["Requests and accounts"]] if me.role == "curator" else "",
            tags.li[tags.a(href="/account/review")[_waiting(visit)]] if me.role == "curator" else "",
        ],
        tags.dl(class_="facts")[[tags.div[tags.dt[label], tags.dd[shown]] for label, shown in facts]],
        tags.p(class_="hint")[
            "Names as data PI open the data of collections that name you. Curators add them: ask ",
            tags.a(href=f"mailto:{visit.contact[1]}")[visit.contact[0]],
            ".",
        ],
        section("tokens", "Tokens for your programs", *_tokens(visit, tokens)),
        section(
            "password-head",
            "Change the password",
            form(
                visit,
                "/account/change-password",
                tags.input(
                    type="text",
                    name="username",
                    value=me.login,
                    autocomplete="username",
                    hidden="hidden",
                    readonly="readonly",
                ),
                field("current", "Password now", type_="password", autocomplete="current-password"),
                *new_password_fields(),
                button="Change the password",
            ),
            tags.p(class_="hint")["You are then logged out everywhere else. Tokens stay: revoke them if need be."],
        ),
        section(
            "sessions",
            "Log out",
            tags.p[f"You are logged in on {len(sessions)} browser{'s' if len(sessions) != 1 else ''}."],
            tags.div(class_="buttons")[
                button(visit, "/account/logout", "Log out"),
                button(visit, "/account/logout", "Log out everywhere", everywhere="yes"),
            ],
        ),
    ]
    return Page(me.name, body)


def _waiting(visit: Visit) -> str:
    desk = CatalogueDesk(visit.home, visit.visitor, lambda: visit.now)
    number = desk.waiting("jmdc") + desk.waiting("badcal")
    return f"Entries for JMDC and BadCal: {number:,} wait{'s' if number == 1 else ''} for you"


def _names(aliases: tuple[str, ...], contested: set[str]) -> Any:
    if not aliases:
        return "no name yet"
    shown = [
        f"{alias} (also a name of somebody else: opens nothing)" if alias in contested else alias for alias in aliases
    ]
    return " / ".join(shown)


def _tokens(visit: Visit, tokens: list[Credential]) -> list[Any]:
    rows = [
        (
            token.label,
            day(token.created),
            day(token.expires),
            day(token.last_used, "never"),
            button(visit, "/account/tokens", "Revoke", token.label, revoke=token.hash[:16]),
        )
        for token in tokens
    ]
    return [
        tags.p["A token stands for your password in programs: as the password of HTTP Basic, or as Bearer."],
        table("Tokens", ("Token", "Made", "Valid until", "Last used", ""), rows, "You have no token."),
        form(
            visit,
            "/account/tokens",
            field("label", "What is it for?", value=visit.said("label"), maxlength="100"),
            choice("days", "Valid for", _LIFETIMES, chosen="365"),
            button="Make a token",
        ),
    ]


def tokens(visit: Visit) -> Answer:
    """Make a token and show it, this once; or revoke one."""
    me = visit.me
    if not visit.posted:
        return overview(visit)
    with visit.archive.transaction() as cursor:
        if visit.said("revoke"):
            revoke_token(cursor, me.login, visit.said("revoke"), actor=me.login)
            return Redirect("/account?done=revoked")
        token = create_token(cursor, me.login, visit.said("label"), visit.now, visit.number("days"), actor=me.login)
    example = f"curl -u {me.login}:{token} -O ADDRESS"
    body = tags.transparent[
        tags.p["Copy it now: it is not shown again. Whoever has it reads what you may read."],
        tags.pre(class_="code", tabindex="0", id="token", **{"aria-label": "The token"})[token],
        tags.p["For example:"],
        tags.pre(class_="code", tabindex="0", **{"aria-label": "Example with curl"})[example],
        tags.p[tags.a(href="/account")["Back to the account"]],
    ]
    return Page("Your new token", body)


def change_password(visit: Visit) -> Answer:
    """Set another password: the one of now is asked for, since the browser may be somebody else's."""
    me = visit.me
    if not visit.posted:
        return overview(visit)
    password = new_password(visit)
    with visit.archive.transaction() as cursor:
        current = visit.form.get("current", "")
        found = authenticate(cursor, me.login, current, visit.address, visit.now, limits_of(visit.home))
    if found.outcome == "limited":
        raise RefusedError(f"Too many attempts failed. Please wait {FAILURE_MINUTES} minutes.", 429)
    if found.visitor.account_id != me.id:
        raise RefusedError("The password of now is wrong.", 403)
    check_new_password(password, me.login, me.name)
    with visit.archive.transaction() as cursor:
        set_password_hash(cursor, me, hash_password(password), actor=me.login)
        secret = create_session(cursor, me.id, visit.now, visit.home.settings.number("limits.session_days"))
    return Redirect("/account?done=password", session=secret)


def log_out(visit: Visit) -> Answer:
    """End this session, or all of them."""
    if not visit.posted:
        return overview(visit)
    everywhere = visit.said("everywhere") == "yes" and visit.account is not None
    with visit.archive.transaction() as cursor:
        if everywhere:
            end_sessions(cursor, visit.me.id)
        elif visit.session:
            end_session(cursor, visit.session)
    return Redirect(f"/account/login?done={'everywhere' if everywhere else 'logged-out'}", forget=True)
