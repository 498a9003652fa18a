"""Who reads what over HTTP: the table of access cases on every way to a file, before and after the release date."""

import base64
import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ingest.access.passwords import hash_password
from ingest.access.policy import ANONYMOUS, may_read
from ingest.archive.access import file_access, files_access
from ingest.archive.accounts import block_account, create_account
from ingest.archive.credentials import create_session, set_password_hash
from ingest.archive.people import find_account, visitor_of_login
from ingest.archive.shares import OPERATOR, end_share, share
from tests import access_cases as table
from tests.build import people
from tests.instances import Instance, start

PASSWORD = "wool Larch 48 quay"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(site: Instance, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
    """Send a request as it is written: no client puts the path right."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection("localhost", site.port, timeout=60)) as connection:
        connection.request(method, path, body, named)
        reply = connection.getresponse()
        return Reply(reply.status, reply.headers, reply.read())


def basic(login: str, secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{login}:{secret}'.encode()).decode()}"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with the table of cases and nothing else."""
    site = start(tmp_path_factory.mktemp("guarded"), "--empty")
    yield site
    site.oivo("down")


@pytest.fixture(scope="module")
def loaded(guarded: Instance) -> people.Loaded:
    found = people.load(guarded)
    guarded.oivo("jobs", "run", "previews")
    return found


@pytest.fixture(scope="module", params=list(table.PHASES))
def phase(request: pytest.FixtureRequest, guarded: Instance, loaded: people.Loaded) -> str:
    """The table's two moments, the second after the first."""
    if request.param == "after":
        people.pass_days(guarded, loaded.files, table.AFTER)
    return str(request.param)


#: States that are asked for on all ways; the others as files only.
ON_ALL_WAYS = ("public", "embargoed", "mixed", "no-date")


@dataclass(frozen=True)
class Way:
    """A way to what belongs to a file: what is asked for, and what is answered to those who may read it."""

    path: str
    status: int = 200
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    holds: bytes = b""


def ways(loaded: people.Loaded, state: str) -> dict[str, Way]:
    number, granule, name = loaded.files[state], loaded.granules[state], table.file_name(state)
    odd = "".join(f"%{ord(char):02x}" for char in name)
    return {
        "file": Way(f"/files/{number}/{name}", holds=b"SIMPLE  ="),
        "DaCHS' own path": Way(f"/oidb/q/file/custom/{number}/{name}", holds=b"SIMPLE  ="),
        "encoded path": Way(f"/%66iles/{number}/{odd}", holds=b"SIMPLE  ="),
        "with parameters": Way(f"/files/{number}/{name}?public=1&x=/", holds=b"SIMPLE  ="),
        "range": Way(f"/files/{number}/{name}", 206, headers=(("Range", "bytes=0-8"),), holds=b"SIMPLE  ="),
        "HEAD": Way(f"/files/{number}/{name}", method="HEAD"),
        "HEAD with range": Way(f"/files/{number}/{name}", 200, "HEAD", (("Range", "bytes=0-8"),)),
        "report": Way(f"/reports/{number}.json", holds=b'"findings"'),
        "report as text": Way(f"/reports/{number}.txt", holds=name.encode()),
        "plot": Way(f"/plots/{granule}.png", holds=b"\x89PNG"),
        "thumbnail": Way(f"/plots/{granule}-thumbnail.png", holds=b"\x89PNG"),
    }


def credentials(loaded: people.Loaded, login: str | None) -> dict[str, str]:
    return {} if login is None else basic(login, loaded.tokens[login])


@pytest.mark.parametrize("login", table.VISITORS, ids=str)
def test_table(guarded: Instance, loaded: people.Loaded, phase: str, login: str | None) -> None:
    state_of = {account.login: account.state for account in table.ACCOUNTS}
    known = login is not None and state_of[login] == "active"
    wrong = []
    for state in table.STATES:
        allowed = table.allowed(state, login, phase)
        for name, way in ways(loaded, state).items():
            if name != "file" and state not in ON_ALL_WAYS:
                continue
            reply = ask(guarded, way.path, way.method, **dict(way.headers), **credentials(loaded, login))
            wanted = way.status if allowed else 403 if known else 401
            holds = way.holds in reply.body if allowed else b"SIMPLE" not in reply.body and b"PNG" not in reply.body
            public = phase in table.STATES[state].public
            kept = reply.headers["cache-control"] != ("no-cache" if public else "private, no-store")
            if reply.status != wanted or not holds or kept or "Authorization" not in reply.headers["vary"]:
                wrong.append((state, name, reply.status, wanted, reply.headers["cache-control"]))
            if wanted == 401 and not reply.headers["www-authenticate"].startswith(
                'Basic realm="oivo", charset="UTF-8"'
            ):
                wrong.append((state, name, reply.headers["www-authenticate"]))
    assert wrong == []


@pytest.mark.parametrize("login", table.VISITORS, ids=str)
def test_policy_in_the_archive(guarded: Instance, loaded: people.Loaded, phase: str, login: str | None) -> None:
    """What the archive tells the policy is what the table says; for one file and for all of a collection."""
    now = datetime.now(UTC)
    with guarded.archive.transaction() as cursor:
        visitor = ANONYMOUS if login is None else visitor_of_login(cursor, login)
        all_files = {file.name: access for file, access in files_access(cursor, table.COLLECTION)}
        for state, number in loaded.files.items():
            access = file_access(cursor, number)
            assert may_read(access, visitor, now).allowed == table.allowed(state, login, phase), state
            assert all_files[table.file_name(state)] == access


def test_datalink_says_what_is_private(guarded: Instance, loaded: people.Loaded, phase: str) -> None:
    for state, granule in loaded.granules.items():
        did = guarded.sql("SELECT publisher_did FROM archive.granule WHERE id = %s", [granule])[0].publisher_did
        reply = ask(guarded, f"/oidb/q/dl/dlmeta?ID={quote(did, safe='')}")
        assert reply.status == 200
        private = phase not in table.STATES[state].public
        assert (b"a login will be asked for" in reply.body) is private, state
        assert f"/files/{loaded.files[state]}/".encode() in reply.body


ODD_REQUESTS: dict[str, dict[str, Any]] = {
    "POST": {"method": "POST", "body": b"x=1"},
    "PUT": {"method": "PUT", "body": b"x"},
    "DELETE": {"method": "DELETE"},
    "PATCH": {"method": "PATCH", "body": b"x"},
    "OPTIONS": {"method": "OPTIONS"},
    "TRACE": {"method": "TRACE"},
    "PROPFIND": {"method": "PROPFIND"},
    "COPY": {"method": "COPY"},
    "invented": {"method": "READ"},
    "overridden verb": {"X_HTTP_Method_Override": "GET", "method": "POST", "body": b""},
    "known already": {"If_None_Match": "*"},
    "known by name": {"If_None_Match": '"{sha256}"'},
    "since": {"If_Modified_Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    "if range": {"If_Range": '"{sha256}"', "Range": "bytes=0-9"},
    "many ranges": {"Range": "bytes=0-1,5-9,20-"},
    "last bytes": {"Range": "bytes=-100"},
    "another host": {"Host": "127.0.0.1"},
    "forwarded": {"X_Forwarded_For": "127.0.0.1", "X_Forwarded_Host": "localhost"},
    "original address": {"X_Original_URL": "/files/0/x", "X_Rewrite_URL": "/"},
    "DaCHS' operator": {**basic("gavoadmin", "")},
    "empty credentials": {**basic("", "")},
    "no colon": {"Authorization": "Basic eA=="},
    "broken base64": {"Authorization": "Basic %%%"},
    "not UTF-8": {"Authorization": "Basic //46/w=="},
    "no credentials": {"Authorization": ""},
    "another scheme": {"Authorization": "Digest username=owner@example.org"},
    "bearer of nothing": {"Authorization": "Bearer"},
    "long credentials": {"Authorization": "Basic " + "QUFB" * 3000},
    "NUL in the login": {**basic("owner@example.org\0", "x")},
    "session of nobody": {"Cookie": "oivo_session=AAAA"},
    "long session": {"Cookie": "oivo_session=" + "A" * 5000},
    "identity by header": {"Remote_User": table.OWNER, "X_Remote_User": table.OWNER},
}


@pytest.mark.parametrize("case", ODD_REQUESTS)
def test_odd_requests_get_nothing(guarded: Instance, loaded: people.Loaded, case: str) -> None:
    number = loaded.files["no-date"]
    sha256 = guarded.sql("SELECT sha256 FROM archive.file WHERE id = %s", [number])[0].sha256
    asked = {
        key: value.format(sha256=sha256) if isinstance(value, str) else value
        for key, value in ODD_REQUESTS[case].items()
    }
    reply = ask(guarded, f"/files/{number}/no-date.fits", **asked)
    assert reply.status in (400, 401, 405, 501), reply
    assert b"SIMPLE" not in reply.body
    assert b"Traceback" not in reply.body
    assert "etag" not in reply.headers
    assert "last-modified" not in reply.headers


ODD_PATHS = (
    "/files/{id}",
    "/files/{id}/",
    "/files//{id}/{name}",
    "//files/{id}/{name}",
    "/files/{id}/./{name}",
    "/files/{id}/x/../{name}",
    "/files/{id}/%2e/{name}",
    "/files/{public}/..%2f{id}%2f{name}",
    "/files/{public}/../{id}/{name}",
    "/files/{public}%2f..%2f{id}/{name}",
    "/files/{id}/{name}/",
    "/files/{id}/{name}%00",
    "/files/{id}/{name}%00.png",
    "/files/{id}/{name};x=1",
    "/files/{id}/{NAME}",
    "/files/{id}/{name}.gz",
    "/files/{id}/%c0%ae%c0%ae",
    "/files/0{id}/{name}",
    "/files/+{id}/{name}",
    "/files/{id}.0/{name}",
    "/files/{public}/{name}",
    "/getproduct/{id}/{name}",
    "/getproduct/files/{id}/{name}",
    "/static/{sha256}",
    "/static/../files/{sha256}",
    "/static/..%2f..%2f..%2ffiles%2f{sha256}",
    "/oidb/q/file/custom/{id}/{name}/",
    "/oidb/q/file/qp/{id}/{name}",
    "/oidb/q/file/static/{name}",
    "/oidb/q/file/upload/{id}",
    "/oidb/q/dl/dlget?ID={did}",
    "/plots/{granule}",
    "/plots/{granule}.fits",
    "/plots/0{granule}.png",
    "/plots/{granule}.png/",
    "/plots/{granule}-thumbnail.svg",
    "/reports/{id}.html",
    "/reports/{id}/",
)


@pytest.mark.parametrize("path", ODD_PATHS)
def test_odd_paths_get_nothing(guarded: Instance, loaded: people.Loaded, path: str) -> None:
    number = loaded.files["no-date"]
    row = guarded.sql(
        """SELECT f.sha256, g.publisher_did, g.id FROM archive.file AS f JOIN archive.granule AS g ON g.file_id = f.id
           WHERE f.id = %s""",
        [number],
    )[0]
    name = "no-date.fits"
    filled = path.format(
        id=number,
        name=name,
        NAME=name.upper(),
        public=loaded.files["public"],
        sha256=row.sha256,
        granule=row.id,
        did=quote(row.publisher_did, safe=""),
    )
    reply = ask(guarded, filled)
    assert reply.status >= 400, filled
    assert reply.status != 500
    assert b"SIMPLE" not in reply.body
    assert not reply.body.startswith(b"\x89PNG")


def test_browser_is_led_to_the_login(guarded: Instance, loaded: people.Loaded) -> None:
    path = f"/files/{loaded.files['no-date']}/no-date.fits"
    for headers in (
        {"Accept": "text/html,*/*;q=0.8"},
        {"Accept": "image/png,*/*", "Sec_Fetch_Mode": "no-cors"},
        {"User_Agent": "Mozilla/5.0"},
    ):
        reply = ask(guarded, path, **headers)
        assert reply.status == 403
        assert "www-authenticate" not in reply.headers
        text = reply.body.decode()
        assert "no-date.fits is private" in text
        assert f'href="/account/login?next={quote(path, safe="")}"' in text
        assert "First Last" in text
        assert "Second B. Last" in text
        assert "@example.org" not in text.replace("operator@example.org", "")


def test_who_may_not_is_told_whom_to_ask(guarded: Instance, loaded: people.Loaded) -> None:
    login = "outsider@example.org"
    reply = ask(guarded, f"/files/{loaded.files['no-date']}/no-date.fits", **credentials(loaded, login))
    assert reply.status == 403
    assert b"Please ask First Last, Blocked Pi, TWIN NAME, Second B. Last" in reply.body


def account(site: Instance, login: str, role: str = "reader", password: str = PASSWORD) -> int:
    """An account with a password."""
    with site.archive.transaction() as cursor:
        number = create_account(cursor, login, login.partition("@")[0].title(), "", actor="test", role=role)
        set_password_hash(cursor, find_account(cursor, login), hash_password(password), actor="test")
    return number


def test_password_token_bearer_and_session(guarded: Instance, loaded: people.Loaded) -> None:
    path = f"/files/{loaded.files['no-date']}/no-date.fits"
    number = account(guarded, "ways@example.org", password="Blätter im Wind 7")
    with guarded.archive.transaction() as cursor:
        share(cursor, OPERATOR, file_id=loaded.files["no-date"], login="ways@example.org", now=datetime.now(UTC))
        secret = create_session(cursor, number, datetime.now(UTC), 1)
    token = loaded.tokens[table.OWNER]
    latin = base64.b64encode("ways@example.org:Blätter im Wind 7".encode("latin-1")).decode()
    good = (
        basic("ways@example.org", "Blätter im Wind 7"),
        basic("WAYS@Example.org", "Blätter im Wind 7"),
        {"Authorization": f"basic {latin}"},
        {"Authorization": f"Bearer {token}"},
        basic(table.OWNER, token),
        {"Cookie": f"a=b; oivo_session={secret}"},
    )
    for headers in good:
        assert ask(guarded, path, **headers).status == 200, headers
    for headers in (
        basic("ways@example.org", "blätter im wind 7"),
        basic("ways@example.org", token),
        {"Authorization": f"Bearer {token[:-1]}"},
        {"Authorization": f"Bearer {secret}"},
        {"Cookie": f"oivo_session={token}"},
        # a wrong header is not helped out by a good cookie
        {**basic("ways@example.org", "wrong"), "Cookie": f"oivo_session={secret}"},
    ):
        assert ask(guarded, path, **headers).status == 401, headers


def test_what_is_taken_back_is_closed_at_once(guarded: Instance, loaded: people.Loaded) -> None:
    login, number = "brief@example.org", loaded.files["no-date"]
    account(guarded, login)
    path, who = f"/files/{number}/no-date.fits", basic(login, PASSWORD)
    assert ask(guarded, path, **who).status == 403
    with guarded.archive.transaction() as cursor:
        shared = share(cursor, OPERATOR, file_id=number, login=login, now=datetime.now(UTC))
    assert ask(guarded, path, **who).status == 200
    with guarded.archive.transaction() as cursor:
        end_share(cursor, OPERATOR, shared, datetime.now(UTC))
    assert ask(guarded, path, **who).status == 403
    with guarded.archive.transaction() as cursor:
        share(
            cursor,
            OPERATOR,
            file_id=number,
            login=login,
            until=datetime.now(UTC) + timedelta(days=1),
            now=datetime.now(UTC),
        )
    assert ask(guarded, path, **who).status == 200
    with guarded.archive.transaction() as cursor:
        block_account(cursor, login, actor="test")
    assert ask(guarded, path, **who).status == 401


def test_file_is_public_from_the_second_of_its_release(guarded: Instance, loaded: people.Loaded) -> None:
    number = loaded.files["proprietary"]
    path = f"/files/{number}/proprietary.fits"
    change = "UPDATE archive.granule SET obs_release_date = %s WHERE file_id = %s"
    guarded.sql(change, [datetime.now(UTC) + timedelta(minutes=5), number])
    assert ask(guarded, path).status == 401
    guarded.sql(change, [datetime.now(UTC) - timedelta(milliseconds=1), number])
    assert ask(guarded, path).status == 200
    guarded.sql(change, [None, number])
    assert ask(guarded, path).status == 401


def test_wrong_passwords_are_limited(guarded: Instance, loaded: people.Loaded) -> None:
    """Known and unknown logins are answered in the same way; tokens and sessions go on."""
    path = f"/files/{loaded.files['no-date']}/no-date.fits"
    account(guarded, "victim@example.org")
    answers = {
        login: [
            (reply.status, reply.body) for reply in (ask(guarded, path, **basic(login, "wrong one")) for _ in range(12))
        ]
        for login in ("victim@example.org", "nobody@example.org")
    }
    assert [status for status, _ in answers["victim@example.org"]] == [401] * 10 + [429] * 2
    assert answers["victim@example.org"] == answers["nobody@example.org"]
    refused = ask(guarded, path, **basic("victim@example.org", PASSWORD))
    assert refused.status == 429
    assert int(refused.headers["retry-after"]) == 900
    # public data stay open
    assert (
        ask(guarded, f"/files/{loaded.files['public']}/public.fits", **basic("victim@example.org", "x")).status == 200
    )
    subjects = guarded.sql("SELECT subject FROM archive.login_failure")
    assert not any("example" in row.subject or "127.0" in row.subject for row in subjects)
    guarded.sql("UPDATE archive.login_failure SET happened = happened - interval '15 minutes'")
    assert ask(guarded, path, **basic("victim@example.org", PASSWORD)).status == 403


def test_secrets_are_not_logged(guarded: Instance, loaded: people.Loaded) -> None:
    ask(guarded, "/account/password/this-is-a-very-secret-link")
    form = b"login=a%40example.org&password=this-is-a-very-secret-password&csrf=x"
    ask(guarded, "/account/login", "POST", form, Content_Type="application/x-www-form-urlencoded")
    ask(
        guarded,
        f"/files/{loaded.files['no-date']}/no-date.fits",
        **basic("x@example.org", "this-is-a-very-secret-word"),
    )
    logs = [*guarded.home.logs.glob("*"), *(guarded.home.dachs / "logs").glob("*")]
    text = "".join(path.read_text(errors="replace") for path in logs if path.is_file())
    assert "/account/password/" in text
    assert "very-secret" not in text


def test_dachs_accounts_open_nothing(guarded: Instance) -> None:
    """DaCHS would refuse people whom it does not know, and show its operator's pages to those whom it does."""
    for path in ("/tap/capabilities", "/tap/availability", "/"):
        assert ask(guarded, path, **basic("ada@example.org", "whatever")).status == 200, path
    assert ask(guarded, "/login?nextURL=//evil.example").headers["location"].startswith(f"{guarded.base}/account/login")


def test_addresses_are_not_published(guarded: Instance, loaded: people.Loaded, tmp_path: Path) -> None:
    for query in ("SELECT * FROM oidb.collection", "SELECT * FROM oidb.oidb", "SELECT * FROM ivoa.obscore"):
        answer = guarded.adql(query)
        assert "acl-table" in answer
        assert "@example.org" not in answer
    for path in ("/", f"/oidb/q/search/form?__nevow_form__=genForm&collection={table.COLLECTION}"):
        assert b"@example.org" not in ask(guarded, path).body.replace(b"operator@example.org", b"")


def test_readme_of_tokens(guarded: Instance, loaded: people.Loaded, tmp_path: Path) -> None:
    """A token made on the command line, used as the documentation says."""
    made = guarded.oivo("users", "token", "create", "shared@example.org", "--label", "laptop").stdout.strip()
    reply = ask(guarded, f"/reports/{loaded.files['no-date']}.json", Authorization=f"Bearer {made}")
    assert reply.status == 200
    assert json.loads(reply.body)["findings"] is not None
    listed = guarded.oivo("users", "token", "list", "shared@example.org").stdout
    assert "laptop" in listed
    assert made not in listed
    start_of_hash = next(line for line in listed.splitlines() if "laptop" in line).split()[0]
    guarded.oivo("users", "token", "revoke", "shared@example.org", start_of_hash)
    assert ask(guarded, f"/reports/{loaded.files['no-date']}.json", Authorization=f"Bearer {made}").status == 401
