"""The HTTP interface as programs use it: documented steps, errors that say what is wrong, nothing for strangers."""

import base64
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request

import pytest

from ingest.demo import survey
from tests.build import oifits as build
from tests.instances import OPENER, Instance


@dataclass
class Reply:
    status: int
    headers: Any
    content: Any


@dataclass
class Client:
    """A program with somebody's token, or nobody's."""

    site: Instance
    token: str = ""

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        if isinstance(body, dict):
            body, headers = json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        headers.setdefault("Content-Type", "application/octet-stream")
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(f"{self.site.base}/api/{path}", method=method, data=body, headers=headers)
        try:
            with OPENER.open(request, timeout=120) as reply:
                raw, status, told = reply.read(), reply.status, reply.headers
        except HTTPError as error:
            raw, status, told = error.read(), error.code, error.headers
        return Reply(status, told, json.loads(raw) if raw else None)


def person(site: Instance, role: str = "submitter") -> Client:
    login = f"{secrets.token_hex(5)}@example.org"
    site.oivo("users", "add", login, "--name", login.partition("@")[0], "--role", role)
    return Client(site, site.oivo("users", "token", "create", login, "--label", "test").stdout.split()[-1])


@pytest.fixture(scope="module")
def ada(empty_site: Instance) -> Client:
    return person(empty_site)


@pytest.fixture(scope="module")
def files() -> list[tuple[str, bytes]]:
    return [(file.name, file.data) for file in list(survey(date(2026, 4, 4)))[:4]]


def begin(client: Client, level: int = 2) -> str:
    reply = client("POST", "submissions", {"level": level})
    assert reply.status == 201
    assert reply.headers["location"].endswith(reply.content["id"])
    return f"submissions/{reply.content['id']}"


def unique() -> str:
    return f"api-{secrets.token_hex(5)}"


def test_twenty_files_in_a_few_steps(ada: Client) -> None:
    submission, name = begin(ada), unique()
    for number in range(20):
        content = build.sound(cards={"OBJECT": f"{name} {number}"})
        assert ada("POST", f"{submission}/files?name=f{number}.fits", content).status == 201
    assert ada("PUT", f"{submission}/collection", {"new": {"id": name, "title": "Twenty"}}).status == 200
    assert ada("GET", submission).content["problems"] == []
    saved = ada("POST", f"{submission}/save")
    assert saved.status == 200, saved.content
    assert (len(saved.content["files"]), saved.content["collection"]) == (20, name)
    assert ada("POST", f"{submission}/save").content == saved.content
    held = ada("GET", f"collections/{name}").content["files"]
    assert len(held) == 20
    with ada.site.get(f"/files/{held[0]['id']}/{held[0]['name']}") as reply:
        assert len(reply.read()) == held[0]["size"]


def test_errors_name_file_and_field(ada: Client, files: list[tuple[str, bytes]]) -> None:
    submission = begin(ada)
    (file,) = ada("POST", f"{submission}/files?name={quote(files[0][0])}", files[0][1]).content["files"]
    key = file["granules"][0]["key"]
    wrong = {"file": {"quality_level": 7}, "granules": {key: {"s_dec": "north"}}}
    reply = ada("PUT", f"{submission}/files/{file['id']}/corrections", wrong)
    assert reply.status == 400
    assert {(p["file"], p["field"]) for p in reply.content["error"]["problems"]} == {
        *((files[0][0], "quality_level"), (files[0][0], "s_dec")),
    }
    reply = ada("POST", f"{submission}/save")
    assert reply.status == 400
    assert reply.content["error"]["problems"][0]["field"] == "collection"


BAD_CALLS = [
    ("POST", "submissions", b"{", 400),
    ("POST", "submissions", b"[]", 400),
    ("POST", "submissions", b'{"level": 4}', 400),
    ("POST", "submissions", b'{"level": true}', 400),
    ("POST", "submissions", b'{"level": 2, "owner": "x"}', 400),
    ("POST", "submissions", b"[" * 100000, 400),
    ("GET", "submissions/" + "0" * 32, None, 404),
    ("GET", "submissions/../../etc/passwd", None, 404),
    ("GET", "nothing", None, 404),
    ("PUT", "submissions", b"{}", 405),
    ("GET", "collections/no-such-collection", None, 404),
    ("PATCH", "collections/no-such-collection", b'{"title": "x"}', 404),
    ("PATCH", "collections/x%27%3B%20DROP%20TABLE%20archive.file%3B--", b'{"title": "x"}', 404),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), BAD_CALLS)
def test_bad_calls(ada: Client, method: str, path: str, body: bytes | None, status: int) -> None:
    reply = ada(method, path, body)
    assert reply.status == status
    assert reply.content["error"]["message"]
    assert "Traceback" not in json.dumps(reply.content)


def test_strangers_and_readers_get_nothing(empty_site: Instance, ada: Client, files: list[Any]) -> None:
    stranger = Client(empty_site)
    reply = stranger("GET", "submissions")
    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Basic realm=")
    assert Client(empty_site, "oivo_wrong")("GET", "submissions").status == 401
    reader = person(empty_site, "reader")
    assert reader("POST", "submissions", {"level": 2}).status == 403
    submission = begin(ada)
    other = person(empty_site)
    assert other("GET", submission).status == 404
    assert other("POST", f"{submission}/files?name=a.fits", files[0][1]).status == 404


def test_parts_and_their_mistakes(ada: Client, files: list[tuple[str, bytes]]) -> None:
    name, content = files[1]
    submission, size, half = begin(ada), len(content), len(content) // 2
    (item,) = ada("POST", f"{submission}/files", {"name": name, "size": size}).content["files"]
    path = f"{submission}/files/{item['id']}"
    done = ada("PUT", path, content[:half], Content_Range=f"bytes 0-{half - 1}/{size}")
    assert (done.status, done.content["arrived"]) == (200, half)
    again = ada("PUT", path, content[:half], Content_Range=f"bytes 0-{half - 1}/{size}")
    assert again.status == 400 and f"go on at {half}" in again.content["error"]["message"]
    assert ada("PUT", path, b"x", Content_Range="bytes 5-3/1").status == 400
    assert ada("PUT", path, b"x").status == 400
    (item,) = ada("POST", f"{submission}/files", {"name": name, "size": size}).content["files"]
    assert item["arrived"] == half
    last = ada("PUT", path, content[half:], Content_Range=f"bytes {half}-{size - 1}/{size}")
    assert last.content["state"] == "checked"


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/a.fits", "http://localhost:5432/a.fits", "http://[::1]/a.fits", "file:///etc/passwd"),
        *("http://169.254.169.254/latest/a.fits", "http://10.0.0.1/a.fits", "http://user:pw@example.org/a.fits"),
    ],
)
def test_addresses_inside_are_not_asked(ada: Client, url: str) -> None:
    reply = ada("POST", f"{begin(ada)}/files", {"url": url})
    assert reply.status == 400
    assert ada("GET", "submissions").status == 200


def test_other_sites_forms_change_nothing(empty_site: Instance, ada: Client) -> None:
    reply = ada("POST", "submissions", {"level": 2}, Origin="https://evil.example")
    assert reply.status == 403
    basic = base64.b64encode(b"nobody@example.org:wrong wrong wrong").decode()
    assert Client(empty_site)("GET", "submissions", Authorization=f"Basic {basic}").status == 401


def test_a_collection_is_edited_moved_retired(ada: Client, files: list[tuple[str, bytes]]) -> None:
    first, second = unique(), unique()
    for name, (file, content) in ((first, files[2]), (second, files[3])):
        submission = begin(ada)
        ada("POST", f"{submission}/files?name={quote(file)}", content)
        ada("PUT", f"{submission}/collection", {"new": {"id": name, "title": name}})
        assert ada("POST", f"{submission}/save").status == 200
    edited = ada(
        "PATCH", f"collections/{first}", {"title": "New", "keywords": ["a", "b"], "release_date": "2099-01-01"}
    )
    assert (edited.status, edited.content["title"], edited.content["mine"]) == (200, "New", True)
    bad = ada("PATCH", f"collections/{first}", {"release_date": "soon"})
    assert bad.content["error"]["problems"][0]["field"] == "release_date"
    number = edited.content["files"][0]["id"]
    assert ada("POST", f"collections/{first}/move", {"files": [number], "to": second}).status == 204
    assert len(ada("GET", f"collections/{second}").content["files"]) == 2
    assert ada("POST", f"collections/{first}/move", {"files": [number], "to": second}).status == 404
    assert ada("POST", f"collections/{second}/retire", {"files": [number]}).status == 400
    assert ada("POST", f"collections/{second}/retire", {"files": [number], "reason": "wrong"}).status == 204
    with pytest.raises(HTTPError) as gone:
        ada.site.get(f"/files/{number}/{quote(files[2][0])}")
    assert gone.value.code in (404, 410)
    other = person(ada.site)
    assert other("PATCH", f"collections/{first}", {"title": "Mine"}).status == 403


def test_twenty_submitters_at_once(empty_site: Instance) -> None:
    clients = [person(empty_site) for _ in range(4)]

    def submit(number: int) -> str:
        client, name = clients[number % 4], unique()
        submission = begin(client)
        for part in range(2):
            content = build.sound(cards={"OBJECT": f"{name} {part}"})
            assert client("POST", f"{submission}/files?name={part}.fits", content).status == 201
        client("PUT", f"{submission}/collection", {"new": {"id": name, "title": name}})
        assert len(client("POST", f"{submission}/save").content["files"]) == 2
        return name

    with ThreadPoolExecutor(20) as pool:
        names = list(pool.map(submit, range(20)))
    held = empty_site.sql(
        "SELECT collection_id, count(*) AS n FROM archive.file WHERE collection_id = ANY(%s) GROUP BY 1", [names]
    )
    assert sorted(row.n for row in held) == [2] * 20
