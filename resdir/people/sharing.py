"""Views: what is mine and who reads it, what is shared with me, delegations."""

from typing import Any
from urllib.parse import quote

from twisted.web.template import tags

from ingest.access.policy import all_public, may_share
from ingest.archive.access import Reader, collection_access, decided_by, files_access, who_may_read
from ingest.archive.collections import find_collection
from ingest.archive.connection import ArchiveError
from ingest.archive.groups import list_groups
from ingest.archive.shares import (
    SCOPES,
    Share,
    Trust,
    delegate,
    end_delegation,
    end_share,
    list_delegations,
    list_shares,
    share,
)
from resdir.people.visit import Answer, NotFoundError, Page, Redirect, Visit
from resdir.people.widgets import button, choice, day, field, form, section, table

_HERE = "/account/sharing"
#: Files of a collection that a list to choose from may have.
_MOST_LISTED = 500


def sharing(visit: Visit) -> Answer:
    """Show what the person decides about, and what is shared with them."""
    me = visit.me
    with visit.archive.transaction() as cursor:
        mine = decided_by(cursor, visit.visitor, visit.now)
        received = [known for known in list_shares(cursor, account_id=me.id) if known.is_in_force(visit.now)]
        trusts = [trust for trust in list_delegations(cursor, me.id) if trust.is_in_force(visit.now)]
    rows = [
        (tags.a(href=collection_page(known.id))[known.title], known.id, str(known.nb_files), str(known.nb_private))
        for known in mine
    ]
    with_me = [
        (
            tags.a(href=search_page(known.collection_id))[known.what],
            known.granted_by or "a curator",
            day(known.until, "no end"),
        )
        for known in received
    ]
    body = tags.transparent[
        section(
            "mine",
            "Your collections",
            tags.p["You own them, or are their data PI: choose one to see who has access, and to share it."],
            table("Your collections", ("Collection", "Id", "Files", "Private"), rows, "No collection names you."),
            _any_collection() if me.role == "curator" else "",
        ),
        section(
            "received",
            "Shared with you",
            table("Shared with you", ("What", "By", "Until"), with_me, "Nothing is shared with you."),
        ),
        section("trust", "Delegations", *_trusts(visit, trusts)),
    ]
    return Page("Sharing", body)


def collection_page(identifier: str) -> str:
    """Return the address of the page about access to a collection."""
    return f"/account/collection?id={quote(identifier, safe='')}"


def search_page(identifier: str) -> str:
    """Return the address of the list of a collection's granules."""
    return f"/oidb/q/search/form?__nevow_form__=genForm&collection={quote(identifier, safe='')}"


def _any_collection() -> Any:
    return tags.form(method="get", action="/account/collection", class_="account")[
        field("id", "Or any collection, by its id"),
        tags.p(class_="actions")[tags.button(type="submit")["Show access"]],
    ]


def _trusts(visit: Visit, trusts: list[Trust]) -> list[Any]:
    me = visit.me
    given = [
        (
            f"{trust.trusted_name} ({trust.trusted})",
            f"{SCOPES[trust.scope]} {trust.value}",
            day(trust.until, "no end"),
            button(visit, f"{_HERE}/end", "Take back", trust.trusted_name, delegation=str(trust.id)),
        )
        for trust in trusts
        if trust.pi == me.login
    ]
    received = [
        (trust.pi_name, f"{SCOPES[trust.scope]} {trust.value}", day(trust.until, "no end"))
        for trust in trusts
        if trust.trusted == me.login
    ]
    parts: list[Any] = [
        table("People who trust you", ("Data PI", "Data", "Until"), received, "Nobody has delegated data to you."),
    ]
    if not me.aliases:
        return parts
    return [
        *parts,
        tags.h3["People whom you trust"],
        tags.p["They read your own private data, also what comes later: data that name you as data PI or co-PI."],
        table("People whom you trust", ("Person", "Data", "Until", ""), given, "Nobody yet."),
        form(
            visit,
            f"{_HERE}/delegate",
            field("trusted", "Their e-mail address", type_="email", value=visit.said("trusted"), autocomplete="off"),
            choice(
                "scope", "Your data of a", [(scope, text) for scope, text in SCOPES.items()], chosen=visit.said("scope")
            ),
            field("value", "Which one", value=visit.said("value"), hint="Its id, as the archive shows it."),
            field("until", "Until", type_="date", value=visit.said("until"), required=False, hint="The last day, UTC."),
            button="Delegate",
        ),
    ]


def change(visit: Visit) -> Answer:
    """Delegate, or take a delegation back."""
    me = visit.me
    if not visit.posted:
        return sharing(visit)
    with visit.archive.transaction() as cursor:
        if visit.rest == ("delegate",):
            delegate(
                cursor,
                me.login,
                pi=me.login,
                trusted=visit.said("trusted"),
                scope=visit.said("scope"),
                value=visit.said("value"),
                until=visit.last_day(),
                now=visit.now,
            )
            return Redirect(f"{_HERE}?done=delegated")
        if visit.rest == ("end",):
            end_delegation(cursor, visit.visitor, visit.number("delegation"), visit.now)
            return Redirect(f"{_HERE}?done=ended")
    raise NotFoundError


def collection(visit: Visit) -> Answer:
    """Show who may read a collection, to those who decide that; share it, or take a share back."""
    me = visit.me
    identifier = visit.said("id") or visit.asked.get("id", "").strip()
    with visit.archive.transaction() as cursor:
        access = collection_access(cursor, identifier)
        if not access.collection_id or not may_share(access, visit.visitor):
            raise NotFoundError
        if visit.posted:
            if visit.said("end"):
                _end(visit, cursor, identifier)
                return Redirect(f"{collection_page(identifier)}&done=ended")
            _share(visit, cursor, identifier)
            return Redirect(f"{collection_page(identifier)}&done=shared")
        title = find_collection(cursor, identifier).title
        readers = who_may_read(cursor, identifier, visit.now)
        shares = [known for known in list_shares(cursor, identifier) if known.is_in_force(visit.now)]
        files = files_access(cursor, identifier)
        groups = [group.id for group in list_groups(cursor) if me.role == "curator" or me.login in group.members]
    private = [(str(file.id), file.name) for file, access in files if not all_public(access.rights, visit.now)]
    body = tags.transparent[
        tags.p[title, " · ", tags.a(href=search_page(identifier))["its data"], " · ", tags.a(href=_HERE)["sharing"]],
        section("readers", "Who has access", *_readers(readers, len(private))),
        section("shares", "What is shared", _shares(visit, identifier, shares)),
        section("share", "Share", _share_form(visit, identifier, private, groups)),
    ]
    return Page(f"Access to {identifier}", body)


def _readers(readers: list[Reader], nb_private: int) -> list[Any]:
    if not nb_private:
        return [tags.p["All its files are public: everybody has access."]]
    rows = [
        (reader.name, reader.login, ", ".join(reader.reasons), f"{reader.nb_files} of {nb_private}")
        for reader in readers
    ]
    return [
        tags.p[f"Private files: {nb_private}. Everybody who may read some of them now:"],
        table("Who has access", ("Person", "Account", "Because", "Private files"), rows, "Nobody."),
    ]


def _shares(visit: Visit, identifier: str, shares: list[Share]) -> Any:
    rows = [
        (
            f"{known.with_name} ({known.shared_with})",
            known.what,
            day(known.until, "no end"),
            known.granted_by or "operator",
            button(
                visit, "/account/collection", "Take back", f"from {known.with_name}", id=identifier, end=str(known.id)
            ),
        )
        for known in shares
    ]
    return table("Shares", ("With", "What", "Until", "By", ""), rows, "Nothing.")


def _share_form(visit: Visit, identifier: str, private: list[tuple[str, str]], groups: list[str]) -> Any:
    what = [("", "the whole collection, also what comes later"), *private[:_MOST_LISTED]]
    return form(
        visit,
        "/account/collection",
        field(
            "login",
            "With the person of this e-mail address",
            type_="email",
            value=visit.said("login"),
            required=not groups,
            autocomplete="off",
        ),
        choice("group", "Or with a group", [("", "no group"), *((group, group) for group in groups)]) if groups else "",
        choice("file", "What", what, chosen=visit.said("file")),
        field("until", "Until", type_="date", value=visit.said("until"), required=False, hint="The last day, UTC."),
        button="Share",
        id=identifier,
    )


def _share(visit: Visit, cursor: Any, identifier: str) -> None:
    file_id = visit.number("file") if visit.said("file") else None
    if file_id is not None and file_id not in {file.id for file, _ in files_access(cursor, identifier)}:
        raise ArchiveError("there is no such file in the collection")
    share(
        cursor,
        visit.visitor,
        collection_id=identifier if file_id is None else "",
        file_id=file_id,
        login=visit.said("login"),
        group=visit.said("group"),
        until=visit.last_day(),
        now=visit.now,
    )


def _end(visit: Visit, cursor: Any, identifier: str) -> None:
    number = visit.number("end")
    if number not in {known.id for known in list_shares(cursor, identifier)}:
        raise ArchiveError("there is no such share")
    end_share(cursor, visit.visitor, number, visit.now)
