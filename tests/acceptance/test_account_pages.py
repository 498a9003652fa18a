"""The account pages over HTTP: forms that are ours only, sessions, and what strangers learn."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from ingest.archive.accounts import add_alias, block_account
from ingest.archive.collections import Collection, create_collection
from ingest.archive.credentials import create_password_link
from ingest.archive.people import find_account
from tests.acceptance.test_access import PASSWORD, Reply, account, ask
from tests.instances import Instance, start

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with a few people."""
    made = start(tmp_path_factory.mktemp("people"), "--empty")
    for login, role in (("reader", "reader"), ("owner", "submitter"), ("curator", "curator"), ("victim", "reader")):
        account(made, f"{login}@example.org", role)
    with made.archive.transaction() as cursor:
        add_alias(cursor, "owner@example.org", "Owner of Data", actor="test")
        create_collection(cursor, Collection("mine", "mine", "Mine <b>&amp;", owner="owner@example.org"))
        create_collection(cursor, Collection("theirs", "theirs", "Theirs"))
    yield made
    made.oivo("down")


@dataclass
class Browser:
    """A client with cookies that follows forms as a browser does."""

    site: Instance
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        reply = ask(self.site, path, method, body, **headers, **({"Cookie": cookie} if cookie else {}))
        for line in reply.headers.get_all("set-cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in line:
                del self.cookies[name]
        self.page = reply.body.decode(errors="replace")
        return reply

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert found, self.page
        return html.unescape(found[1])

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Reply:
        return self.ask(path, "POST", urlencode(fields).encode(), Content_Type=FORM, **(headers or {}))

    def send(self, page: str, path: str, headers: dict[str, str] | None = None, **fields: str) -> Reply:
        """Open a page and send its form."""
        self.ask(page)
        return self.post(path, headers, **{"csrf": self.hidden("csrf"), **fields})


def logged_in(site: Instance, name: str, password: str = PASSWORD) -> Browser:
    browser = Browser(site)
    reply = browser.send("/account/login", "/account/login", login=f"{name}@example.org", password=password)
    assert reply.status == 303, browser.page
    return browser


def test_log_in_and_out(site: Instance) -> None:
    browser = logged_in(site, "reader")
    assert "Log in" not in re.findall(r'class="person">.*?</li>', browser.ask("/").body.decode())[0]
    assert ">Reader</a>" in browser.page
    reply = browser.ask("/account")
    assert reply.status == 200
    assert reply.headers["cache-control"] == "private, no-store"
    assert "reader@example.org" in browser.page
    other = logged_in(site, "reader")
    kept = dict(browser.cookies)
    assert browser.send("/account", "/account/logout").status == 303
    assert "oivo_session" not in browser.cookies
    # the session has ended for whoever kept the cookie
    assert Browser(site, kept).ask("/account").status == 303
    assert other.ask("/account").status == 200
    third = logged_in(site, "reader")
    third.send("/account", "/account/logout", everywhere="yes")
    assert other.ask("/account").status == 303


def test_cookie_is_out_of_reach(site: Instance) -> None:
    browser = Browser(site)
    browser.ask("/account/login")
    body = urlencode({"csrf": browser.hidden("csrf"), "login": "reader@example.org", "password": PASSWORD}).encode()
    reply = browser.ask("/account/login", "POST", body, Content_Type=FORM)
    [line] = [line for line in reply.headers.get_all("set-cookie") if line.startswith("oivo_session=")]
    assert "; HttpOnly" in line
    assert "; SameSite=lax" in line
    assert "; Path=/" in line
    assert "Secure" not in line  # this site has no https


def test_login_makes_a_new_session(site: Instance) -> None:
    """A session that somebody else put into the browser is not the one that is logged in."""
    browser = Browser(site, {"oivo_session": "planted"})
    browser.send("/account/login", "/account/login", login="reader@example.org", password=PASSWORD)
    assert browser.cookies["oivo_session"] != "planted"
    assert Browser(site, {"oivo_session": "planted"}).ask("/account").status == 303


@pytest.mark.parametrize(
    ("next_", "to"),
    [
        ("/files/1/a.fits", "/files/1/a.fits"),
        ("/oidb/q/search/form?target=a&b=%20", "/oidb/q/search/form?target=a&b=%20"),
        ("", "/account"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("///evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/" + "a" * 3000, "/"),
    ],
)
def test_login_leads_back_within_the_site(site: Instance, next_: str, to: str) -> None:
    browser = Browser(site)
    reply = browser.send("/account/login", "/account/login", login="reader@example.org", password=PASSWORD, next=next_)
    assert reply.status == 303
    assert reply.headers["location"] == to
    assert "x" not in browser.cookies
    # and from the address of the page
    fresh = Browser(site)
    fresh.ask(f"/account/login?{urlencode({'next': next_})}")
    assert fresh.hidden("next") == to


def test_strangers_learn_nothing_of_accounts(site: Instance) -> None:
    answers = set()
    for login, password in (
        ("victim@example.org", "mistaken word 7"),
        ("nobody@example.org", "mistaken word 7"),
        ("nobody@example.org", PASSWORD),
    ):
        browser = Browser(site)
        reply = browser.send("/account/login", "/account/login", login=login, password=password)
        main = re.sub(r'value="[^"]*"', "", browser.page.partition("<main")[2])
        answers.add((reply.status, main))
        assert reply.status == 403
        assert password not in browser.page
    assert len(answers) == 1
    answers = set()
    for login in ("victim@example.org", "new@example.org"):
        browser = Browser(site)
        reply = browser.send("/account/request", "/account/request", login=login, name="X", affiliation="")
        answers.add((reply.status, browser.page))
    assert len(answers) == 1
    assert find(site, "new@example.org").state == "requested"
    assert find(site, "victim@example.org").name == "Victim"


def find(site: Instance, login: str) -> Any:
    with site.archive.transaction() as cursor:
        return find_account(cursor, login)


#: Everything that changes something: page with a form, where it goes, its fields.
FORMS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "log in": ("", "/account/login", "/account/login", {"login": "reader@example.org", "password": PASSWORD}),
    "request": ("", "/account/request", "/account/request", {"login": "forged@example.org", "name": "F"}),
    "token": ("reader", "/account", "/account/tokens", {"label": "forged", "days": "30"}),
    "password": (
        "reader",
        "/account",
        "/account/change-password",
        {"current": PASSWORD, "password": "forged Larch 48", "again": "forged Larch 48"},
    ),
    "log out": ("reader", "/account", "/account/logout", {"everywhere": "yes"}),
    "share": (
        "owner",
        "/account/collection?id=mine",
        "/account/collection",
        {"id": "mine", "login": "victim@example.org"},
    ),
    "delegate": (
        "owner",
        "/account/sharing",
        "/account/sharing/delegate",
        {"trusted": "victim@example.org", "scope": "collection", "value": "mine"},
    ),
    "block": ("curator", "/account/people", "/account/people", {"act": "block", "login": "victim@example.org"}),
}
FOREIGN: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "no token": ({}, {"csrf": ""}),
    "invented token": ({}, {"csrf": "0" * 64}),
    "odd token": ({}, {"csrf": "é\0" * 20}),
    "another origin": ({"Origin": "https://evil.example"}, {}),
    "no origin": ({"Origin": "null"}, {}),
    "another site": ({"Sec_Fetch_Site": "cross-site"}, {}),
    "another site of the domain": ({"Sec_Fetch_Site": "same-site"}, {}),
}


def state(site: Instance) -> list[Any]:
    """Everything that a forged form could change."""
    return [
        site.sql(query)
        for query in (
            "SELECT login, state, role, password_hash FROM archive.account ORDER BY id",
            "SELECT count(*) FROM archive.credential WHERE kind <> 'session'",
            "SELECT * FROM archive.share",
            "SELECT * FROM archive.delegation",
        )
    ]


@pytest.mark.parametrize("how", FOREIGN)
@pytest.mark.parametrize("name", FORMS)
def test_forged_forms_change_nothing(site: Instance, name: str, how: str) -> None:
    who, page, path, fields = FORMS[name]
    headers, more = FOREIGN[how]
    browser = logged_in(site, who) if who else Browser(site)
    before = state(site)
    reply = browser.send(page, path, headers, **{**fields, **more})
    assert reply.status == 400
    assert 'role="alert"' in browser.page
    assert state(site) == before
    assert not who or browser.ask("/account").status == 200


def test_token_of_another_session_does_not_do(site: Instance) -> None:
    mine, other = logged_in(site, "owner"), logged_in(site, "reader")
    other.ask("/account")
    reply = mine.post("/account/tokens", csrf=other.hidden("csrf"), label="x", days="30")
    assert reply.status == 400


def test_basic_credentials_are_no_session(site: Instance) -> None:
    """Browsers send remembered ones for other sites' forms, too."""
    import base64

    secret = base64.b64encode(f"curator@example.org:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}", "Content_Type": FORM}
    before = state(site)
    for path in ("/account/people", "/account/tokens"):
        reply = ask(site, path, "POST", b"act=block&login=victim@example.org&label=x&days=30", **headers)
        assert reply.status == 303
        assert reply.headers["location"].startswith("/account/login")
    assert state(site) == before


PAGES = ("/account", "/account/sharing", "/account/collection?id=mine", "/account/people", "/account/tokens")


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_sent_to_the_login(site: Instance, path: str) -> None:
    reply = ask(site, path)
    assert reply.status == 303
    assert reply.headers["location"].startswith("/account/login?next=%2Faccount")


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("reader", "/account/people", 404),
        ("owner", "/account/people", 404),
        ("curator", "/account/people", 200),
        ("reader", "/account/collection?id=mine", 404),
        ("owner", "/account/collection?id=mine", 200),
        ("owner", "/account/collection?id=theirs", 404),
        ("curator", "/account/collection?id=mine", 200),
        ("curator", "/account/collection?id=nothing", 404),
        ("curator", "/account/collection?id=%00", 404),
        ("curator", "/account/collection", 404),
        ("reader", "/account/nothing", 404),
        ("reader", "/account/tokens/x", 404),
        ("reader", "/account/password", 404),
    ],
)
def test_pages_are_for_whom_they_are(site: Instance, who: str, path: str, status: int) -> None:
    assert logged_in(site, who).ask(path).status == status


def test_only_curators_act_as_such(site: Instance) -> None:
    browser = logged_in(site, "owner")
    browser.ask("/account")
    before = state(site)
    for fields in ({"act": "block", "login": "victim@example.org"}, {"act": "link", "login": "curator@example.org"}):
        assert browser.post("/account/people", csrf=browser.hidden("csrf"), **fields).status == 404
        browser.ask("/account")
    reply = browser.post("/account/collection", csrf=browser.hidden("csrf"), id="theirs", login="owner@example.org")
    assert reply.status == 404
    assert state(site) == before


def test_what_people_write_is_shown_as_text(site: Instance) -> None:
    hostile = "<script>alert(1)</script>\"'&"
    stranger = Browser(site)
    stranger.send("/account/request", "/account/request", login="odd@example.org", name=hostile, affiliation=hostile)
    curator = logged_in(site, "curator")
    curator.ask("/account/people")
    assert "<script>alert" not in curator.page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in curator.page
    owner = logged_in(site, "owner")
    reply = owner.send("/account/collection?id=mine", "/account/collection", id="mine", login=f'"><script>{hostile}')
    assert reply.status == 400
    assert "<script>alert" not in owner.page
    owner.send("/account", "/account/tokens", label=hostile, days="30")
    owner.ask("/account")
    assert "<script>alert" not in owner.page


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/account/tokens", {"label": "x", "days": "0"}),
        ("/account/tokens", {"label": "x", "days": "100000"}),
        ("/account/tokens", {"label": "x", "days": "many"}),
        ("/account/tokens", {"label": "", "days": "30"}),
        ("/account/tokens", {"revoke": "%"}),
        ("/account/tokens", {"label": "x" * 30_000, "days": "30"}),
        ("/account/change-password", {"current": "wrong", "password": "wool Larch 49", "again": "wool Larch 49"}),
        ("/account/change-password", {"current": PASSWORD, "password": "wool Larch 49", "again": "other Larch 49"}),
        ("/account/change-password", {"current": PASSWORD, "password": "password123", "again": "password123"}),
        ("/account/collection", {"id": "mine", "login": "nobody@example.org"}),
        ("/account/collection", {"id": "mine", "login": "victim@example.org", "until": "2001-01-01"}),
        ("/account/collection", {"id": "mine", "login": "victim@example.org", "until": "soon"}),
        ("/account/collection", {"id": "mine", "login": "victim@example.org", "file": "1"}),
        ("/account/collection", {"id": "mine", "login": "victim@example.org", "file": "-1"}),
        ("/account/collection", {"id": "mine", "end": "1"}),
        ("/account/collection", {"id": "mine"}),
        ("/account/sharing/delegate", {"trusted": "victim@example.org", "scope": "x", "value": "y"}),
        ("/account/sharing/end", {"delegation": "1"}),
    ],
)  # fmt: skip
def test_bad_fields_are_told(site: Instance, path: str, fields: dict[str, str]) -> None:
    browser, before = logged_in(site, "owner"), state(site)
    reply = browser.send("/account", path, **fields)
    assert 400 <= reply.status < 500
    assert 'role="alert"' in browser.page
    assert "./oivo" not in browser.page
    assert state(site) == before


def test_password_by_link(site: Instance) -> None:
    account(site, "linked@example.org")
    old = logged_in(site, "linked")
    with site.archive.transaction() as cursor:
        secret = create_password_link(cursor, "linked@example.org", datetime.now(UTC), actor="test")
    page, browser = f"/account/password/{secret}", Browser(site)
    for _ in range(2):  # looking at it, as mail programs do, does not use it up
        assert browser.ask(page).status == 200
    assert browser.send(page, page, password="new Larch 48 quay", again="other").status == 400
    assert browser.send(page, page, password="new Larch 48 quay", again="new Larch 48 quay").status == 303
    assert browser.ask(page).status == 410
    assert old.ask("/account").status == 303
    logged_in(site, "linked", "new Larch 48 quay")
    assert Browser(site).ask("/account/password/nonsense").status == 410


def test_changed_password_ends_other_sessions(site: Instance) -> None:
    account(site, "changing@example.org")
    mine, other = logged_in(site, "changing"), logged_in(site, "changing")
    fields = {"current": PASSWORD, "password": "new Larch 48 quay", "again": "new Larch 48 quay"}
    assert mine.send("/account", "/account/change-password", **fields).status == 303
    assert mine.ask("/account").status == 200
    assert other.ask("/account").status == 303


def test_blocked_people_are_out_at_once(site: Instance) -> None:
    account(site, "going@example.org")
    browser = logged_in(site, "going")
    with site.archive.transaction() as cursor:
        block_account(cursor, "going@example.org", actor="test")
    assert browser.ask("/account").status == 303
    assert "Log in" in re.findall(r'class="person">.*?</li>', browser.ask("/").body.decode())[0]


def test_pages_with_a_name_are_nobody_elses(site: Instance) -> None:
    """DaCHS keeps pages: not those on which somebody's name is, and not for people who are logged in."""
    browser = logged_in(site, "reader")
    for path in ("/oidb/q/search/info", "/oidb/q/scs/info", "/"):
        for _ in range(2):
            reply = browser.ask(path)
            assert b">Reader</a>" in reply.body, path
            assert reply.headers["cache-control"] == "private, no-cache"
            assert reply.headers["vary"] == "Cookie"
            stranger = ask(site, path)
            assert b">Reader</a>" not in stranger.body, path
            assert b">Log in</a>" in stranger.body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_other_verbs(site: Instance, method: str) -> None:
    assert ask(site, "/account", method).status == 405


def test_head(site: Instance) -> None:
    reply = ask(site, "/account/login", "HEAD")
    assert reply.status == 200
    assert reply.body == b""


def test_address_behind_a_proxy_counts(site: Instance) -> None:
    """Failures from two addresses that a proxy names are counted apart; whoever names others himself gains nothing."""
    before = {row.subject for row in site.sql("SELECT subject FROM archive.login_failure")}
    for hop in ("198.51.100.1", "198.51.100.2", "203.0.113.1, 198.51.100.2", "198.51.100.2, 127.0.0.1"):
        browser = Browser(site)
        browser.send("/account/login", "/account/login", {"X_Forwarded_For": hop}, login="p@example.org", password="x")
    subjects = {row.subject for row in site.sql("SELECT subject FROM archive.login_failure")} - before
    assert len([subject for subject in subjects if subject.startswith("address")]) == 2
