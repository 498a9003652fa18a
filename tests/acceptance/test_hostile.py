"""What strangers send to hurt: bombs, entities, bodies without end, injections into every field."""

import io
import socket
import zipfile
from contextlib import closing
from datetime import date
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request

import pytest

from ingest.demo import survey
from tests.acceptance.test_api import Client, begin, person, unique
from tests.build import forms
from tests.instances import OPENER, Instance

INJECTIONS = [
    *("'; DROP TABLE archive.file; --", "' OR '1'='1", "\\'; SELECT pg_sleep(9); --", "%s %(x)s {0}", "$$;$$"),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "${jndi:ldap://x}", "\u202egnp.exe"),
]


@pytest.fixture(scope="module")
def ada(empty_site: Instance) -> Client:
    return person(empty_site)


@pytest.fixture(scope="module")
def saved(ada: Client) -> str:
    """A collection whose every text is hostile."""
    file = next(iter(survey(date(2026, 7, 7))))
    submission, name = begin(ada), unique()
    hostile = " ".join(INJECTIONS[:6])
    (item,) = ada("POST", f"{submission}/files?name={quote('<b>a.fits')}", file.data).content["files"]
    granule = {"target_name": INJECTIONS[5], "note": hostile, "instrument_mode": "'--", "facility": '"><i>'}
    of_file = {"progid": INJECTIONS[6], "obs_id": INJECTIONS[0], "procsoft": hostile, "proposal_subid": "'<x>"}
    put = ada(
        "PUT",
        f"{submission}/files/{item['id']}/corrections",
        {"file": of_file, "granules": {item["granules"][0]["key"]: granule}},
    )
    assert put.status == 200, put.content
    described = {"title": INJECTIONS[5], "description": hostile, "datapi": INJECTIONS[6], "keywords": INJECTIONS}
    assert ada("PUT", f"{submission}/collection", {"new": {"id": name, **described}}).status == 200
    assert ada("POST", f"{submission}/save").status == 200
    return name


def test_hostile_texts_are_shown_as_texts(empty_site: Instance, saved: str) -> None:
    number = empty_site.sql("SELECT id FROM oidb.oidb WHERE obs_collection = %s ORDER BY id", [saved])[0].id
    search = {"__nevow_form__": "genForm", "collection": saved}
    pages = ["/", f"/collection/{saved}", "/collections", f"/granule/{number}", "/feed.atom"]
    for path in [*pages, f"/oidb/q/search/form?{urlencode(search)}", "/oidb/q/validator/custom"]:
        with empty_site.get(path) as reply:
            page = reply.read().decode()
        for evil in ("<script>alert", "<img src=x", "<b>a.fits", '"><i>'):
            assert evil not in page, (path, evil)
    assert empty_site.sql("SELECT count(*) AS n FROM archive.file")[0].n > 0


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("field", ["target", "proposal_subid", "sort", "page", "radius", "band", "level", "MAXREC"])
def test_search_fields(empty_site: Instance, field: str, text: str) -> None:
    query = urlencode({"__nevow_form__": "genForm", field: text, "_charset_": "utf-8"})
    try:
        with empty_site.get(f"/oidb/q/search/form?{query}") as reply:
            page = reply.read().decode()
    except HTTPError as error:
        assert error.code == 400, text
        page = error.read().decode()
    assert "<script>alert" not in page and "<img src=x" not in page and "Traceback" not in page


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


ARCHIVES = {
    "bomb": ([("bomb.fits", b"SIMPLE" + bytes(400 * 2**20))], "inflates to too much"),
    "climbing": ([("../../../etc/evil.fits", b"SIMPLE")], "leads out"),
    "absolute": ([("/etc/evil.fits", b"SIMPLE")], "leads out"),
    "windows": ([("C:\\evil.fits", b"SIMPLE")], "leads out"),
    "nested": ([("inner.zip", zipped([("a.fits", b"SIMPLE")]))], "not opened"),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives(ada: Client, kind: str) -> None:
    members, said = ARCHIVES[kind]
    reply = ada("POST", f"{begin(ada)}/files?name=x.zip", zipped(members))
    told = str(reply.content)
    assert reply.status in (201, 400, 409), told
    assert said in told


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE VOTABLE [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">
<!ENTITY file SYSTEM "file:///etc/passwd">]>
<VOTABLE version="1.3"><RESOURCE><TABLE><FIELD name="x" datatype="char" arraysize="*"/><DATA><TABLEDATA>
<TR><TD>%s</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"""


@pytest.mark.parametrize("entity", [b"&g;&g;&g;&g;&g;&g;&g;&g;", b"&file;"])
def test_entities_in_an_uploaded_table(site: Instance, entity: bytes) -> None:
    fields = {"LANG": "ADQL", "FORMAT": "csv", "QUERY": "SELECT x FROM TAP_UPLOAD.t", "UPLOAD": "t,param:u"}
    body = forms.form([("u.vot", ENTITIES % entity)], fields).replace(b'name="file"', b'name="u"')
    request = Request(f"{site.base}/tap/sync", data=body, headers={"Content-Type": forms.CONTENT_TYPE})
    try:
        with OPENER.open(request, timeout=60) as reply:
            said = reply.read()
    except HTTPError as error:
        said = error.read()
    assert b"root:" not in said
    assert len(said) < 100_000


def test_a_body_without_end_is_cut(empty_site: Instance, ada: Client) -> None:
    submission = begin(ada)
    limit = empty_site.home.settings.number("limits.submission_bytes")
    head = (
        f"POST /api/{submission}/files?name=a.fits HTTP/1.1\r\nHost: localhost:{empty_site.port}\r\n"
        f"Authorization: Bearer {ada.token}\r\nExpect: 100-continue\r\nContent-Type: application/octet-stream\r\n"
        f"Content-Length: {limit + 1}\r\n\r\n"
    )
    with closing(socket.create_connection(("127.0.0.1", empty_site.port), timeout=30)) as connection:
        connection.sendall(head.encode())
        assert connection.recv(200).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("path", ["api/submissions", "submit", "account/login", "comment", "products/1/x", "download"])
def test_odd_methods(empty_site: Instance, path: str) -> None:
    for method in ("TRACE", "DELETE", "PROPFIND"):
        request = Request(f"{empty_site.base}/{path}", method=method)
        with pytest.raises(HTTPError) as error:
            OPENER.open(request, timeout=30)
        assert error.value.code in (400, 401, 403, 404, 405), (path, method)


def test_private_addresses_are_nowhere(empty_site: Instance, saved: str) -> None:
    owner = empty_site.sql("SELECT owner FROM archive.collection WHERE id = %s", [saved])[0].owner
    assert "@" in owner
    number = empty_site.sql("SELECT id FROM oidb.oidb WHERE obs_collection = %s", [saved])[0].id
    pages: list[Any] = ["/", f"/collection/{saved}", f"/granule/{number}", "/collections", "/datapis", "/feed.atom"]
    for path in pages:
        with empty_site.get(path) as reply:
            assert owner not in reply.read().decode(), path
