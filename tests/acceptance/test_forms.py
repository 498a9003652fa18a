"""Forms with more fields than anybody needs: refused at once, while others are answered."""

import http.client
import json
from typing import Any

import pytest

from tests.instances import Instance

BOUNDARY = "x" * 24
MANY = 100_000


def _multipart(parts: int) -> bytes:
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a%d"\r\n\r\nx\r\n'
    return "".join(part % number for number in range(parts)).encode() + f"--{BOUNDARY}--\r\n".encode()


def _post(site: Instance, path: str, body: Any, content_type: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("localhost", site.port, timeout=60)
    try:
        connection.request("POST", path, body, {"Content-Type": content_type})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    [
        "/tap/async",
        "/oidb/q/cone/scs.xml",
        "/oidb/q/dl/dlmeta",
        "/account/login",
        "/download",
        "/nowhere",
        "/",
    ],
)
def test_too_many_parts_are_refused_before_they_are_read(site: Instance, path: str) -> None:
    status, text = _post(site, path, _multipart(MANY), f"multipart/form-data; boundary={BOUNDARY}")
    assert status == 413, text
    assert site.get("/tap/availability").status == 200


@pytest.mark.parametrize("path", ["/validator", "/submit", "/api/oidb/submissions"])
def test_pages_that_read_forms_themselves_refuse_them_too(site: Instance, path: str) -> None:
    # some send to the log-in page first, and read nothing
    status, _ = _post(site, path, _multipart(MANY), f"multipart/form-data; boundary={BOUNDARY}")
    assert 300 <= status < 500
    assert site.get("/tap/availability").status == 200


def test_too_many_fields_and_parameters(site: Instance) -> None:
    fields = "&".join(f"a{number}=1" for number in range(MANY))
    assert _post(site, "/tap/sync", fields, "application/x-www-form-urlencoded")[0] == 413
    chunks = (fields[start : start + 50_000].encode() for start in range(0, 250_000, 50_000))
    assert _post(site, "/tap/sync", chunks, "application/x-www-form-urlencoded")[0] == 413


def test_forms_of_many_fields_that_are_allowed(site: Instance) -> None:
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    query = {"LANG": "ADQL", "FORMAT": "json", "QUERY": "SELECT COUNT(*) AS n FROM tap_schema.schemas"}
    fields = {**{f"a{number}": "x" for number in range(2000)}, **query}
    body = "".join(part % field for field in fields.items()) + f"--{BOUNDARY}--\r\n"
    status, text = _post(site, "/tap/sync", body, f"multipart/form-data; boundary={BOUNDARY}")
    assert status == 200 and json.loads(text)["data"][0][0] > 3


def test_a_form_that_breaks_off(site: Instance) -> None:
    body = _multipart(2)[:-30]
    assert _post(site, "/tap/sync", body, f"multipart/form-data; boundary={BOUNDARY}")[0] == 400
    assert _post(site, "/tap/sync", b"", f"multipart/form-data; boundary={BOUNDARY}")[0] == 400
