"""Views for curators: requests to approve, accounts."""

from typing import Any
from urllib.parse import quote

from twisted.web.template import tags

from ingest.archive.accounts import add_alias, approve_account, block_account, refuse_request
from ingest.archive.credentials import PASSWORD_LINK_DAYS, create_password_link
from ingest.archive.people import ROLES, Account, contested_names, find_account, list_accounts
from resdir.people.visit import Answer, NotFoundError, Page, Redirect, RefusedError, Visit
from resdir.people.widgets import button, choice, day, field, form, section, table

_HERE = "/account/people"


def people(visit: Visit) -> Answer:
    """Show requests and accounts; approve, refuse, block. Others find nothing here."""
    if visit.me.role != "curator":
        raise NotFoundError
    if visit.posted:
        return _act(visit)
    with visit.archive.transaction() as cursor:
        accounts, contested = list_accounts(cursor), contested_names(cursor)
    waiting = [account for account in accounts if account.state == "requested"]
    body = tags.transparent[
        tags.div(class_="errors")[
            tags.p["Names of several accounts; they open nothing to any of them until one is left:"],
            tags.ul[[tags.li[f"{alias}: {' and '.join(logins)}"] for alias, logins in contested.items()]],
        ]
        if contested
        else "",
        section(
            "requests",
            "Requests",
            [_request(visit, account) for account in waiting] or tags.p(class_="hint")["Nobody waits."],
        ),
        section("accounts", "Accounts", _accounts(visit, [known for known in accounts if known not in waiting])),
    ]
    return Page("Requests and accounts", body)


def _request(visit: Visit, account: Account) -> Any:
    ident = f"role-{account.id}"
    alias = f"alias-{account.id}"
    return tags.div(class_="request")[
        tags.h3[account.name],
        tags.p[f"{account.login} · {account.affiliation or 'no institute'} · {day(account.created)}"],
        form(
            visit,
            _HERE,
            choice("role", "Role", [(role, role) for role in ROLES], chosen="reader", ident=ident),
            field(
                alias,
                "Name as data PI",
                required=False,
                hint="Opens the private data of all collections that have this name: make sure who asks.",
                autocomplete="off",
            ),
            button="Approve",
            act="approve",
            login=account.login,
            aliasfield=alias,
        ),
        button(visit, _HERE, "Refuse", account.name, act="refuse", login=account.login),
    ]


def _accounts(visit: Visit, accounts: list[Account]) -> Any:
    rows = [
        (
            account.name,
            account.login,
            account.state,
            account.role,
            " / ".join(account.aliases),
            day(account.last_login, "never"),
            tags.div(class_="buttons")[_buttons(visit, account)],
        )
        for account in accounts
    ]
    heads = ("Person", "Account", "State", "Role", "Data PI as", "Last log-in", "")
    return table("Accounts", heads, rows, "There are none.")


def _buttons(visit: Visit, account: Account) -> list[Any]:
    if account.state == "blocked":
        return [button(visit, _HERE, "Let in again", account.name, act="approve", login=account.login)]
    found = [button(visit, _HERE, "Password link", f"for {account.name}", act="link", login=account.login)]
    if account.login != visit.me.login:  # a site without curators helps nobody
        found.append(button(visit, _HERE, "Block", account.name, act="block", login=account.login))
    return found


def _act(visit: Visit) -> Answer:
    me, act, login = visit.me, visit.said("act"), visit.said("login")
    with visit.archive.transaction() as cursor:
        if act == "refuse":
            refuse_request(cursor, login, actor=me.login)
            return Redirect(f"{_HERE}?done=refused")
        if act == "block" and login != me.login:
            block_account(cursor, login, actor=me.login)
            return Redirect(f"{_HERE}?done=blocked")
        if act == "approve":
            _approve(visit, cursor, login)
        elif act != "link":
            raise RefusedError("There is no such thing to do.")
        secret = create_password_link(cursor, login, visit.now, actor=me.login)
        account = find_account(cursor, login)
    return _link(visit, account, f"{visit.home.settings.base_url}/account/password/{secret}")


def _approve(visit: Visit, cursor: Any, login: str) -> None:
    role = visit.said("role")
    if role and role not in ROLES:
        raise RefusedError("There is no such role.")
    approve_account(cursor, login, actor=visit.me.login, role=role or None)
    alias = visit.said(visit.said("aliasfield") or "alias")
    if alias:
        add_alias(cursor, login, alias, actor=visit.me.login)


def _link(visit: Visit, account: Account, address: str) -> Answer:
    site = visit.home.settings.text("site.name")
    text = f"Dear {account.name},\n\nwith this link you set your password for {site}:\n{address}\n"
    mail = f"mailto:{account.login}?subject={quote(f'Your account of {site}')}&body={quote(text)}"
    body = tags.transparent[
        tags.p[f"{account.name} is {account.state} as {account.login}, {account.role}."],
        tags.p[f"Send this link to the person: it sets the password once, within {PASSWORD_LINK_DAYS} days."],
        tags.pre(class_="code", tabindex="0", id="link", **{"aria-label": "The link"})[address],
        tags.p[tags.a(href=mail)["Write the mail"], " · ", tags.a(href=_HERE)["Requests and accounts"]],
    ]
    return Page("A link to set the password", body)
