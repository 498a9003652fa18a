"""Uploads by URL are fetched from the public internet only; a server here counts what it is asked."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.error import HTTPError

import pytest
import pyvo
import requests
from astropy.table import Table

from tests.instances import Instance

QUERY = "SELECT * FROM TAP_UPLOAD.t"
SCHEMES = ("sync", "async")


class Listener:
    """A server on loopback that offers a table, a redirect and something large, and notes who asked for what."""

    def __init__(self, table: bytes) -> None:
        self.asked: list[str] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listener.asked.append(self.path)
                if self.path == "/redirect":
                    self.send_response(302)
                    self.send_header("Location", "http://localhost:1/elsewhere")
                    self.end_headers()
                    return
                self.send_response(200)
                self.end_headers()
                self.wfile.write(table if self.path == "/table" else bytes(30_000_000))

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    packed = io.BytesIO()
    Table({"n": [1, 2, 3]}).write(packed, format="votable")
    served = Listener(packed.getvalue())
    yield served
    served.server.shutdown()
    served.server.server_close()


@contextmanager
def allowed(site: Instance, networks: str) -> Iterator[None]:
    """Let the operator allow networks, for a while."""
    path = site.home.settings_file
    before = path.read_text(encoding="utf-8")
    assert '\nallow = ""\n' in before
    path.write_text(before.replace('\nallow = ""\n', f'\nallow = "{networks}"\n'), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def upload(site: Instance, scheme: str, source: str) -> Any:
    """Run the query with an upload from there."""
    service = pyvo.dal.TAPService(site.tap)
    if scheme == "sync":
        return service.run_sync(QUERY, UPLOAD=f"t,{source}")
    job = service.submit_job(QUERY, UPLOAD=f"t,{source}").run()
    try:
        job.wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
        if job.phase == "ERROR":
            raise pyvo.DALQueryError(requests.get(f"{job.url}/error", timeout=60).text)
        return job.fetch_result()
    finally:
        job.delete()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1"]
)
def test_this_machine_is_not_asked(empty_site: Instance, listener: Listener, scheme: str, host: str) -> None:
    if scheme == "async" and host not in ("127.0.0.1", "[::1]"):
        pytest.skip("the same guard in another process: two hosts do")
    with pytest.raises(pyvo.DALQueryError, match=r"is not on the public internet|has no address"):
        upload(empty_site, scheme, f"http://{host}:{listener.port}/table")
    assert listener.asked == []


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "[fe80::1]", "[fd00::1]", "100.64.0.1"])
def test_neighbours_are_not_asked(empty_site: Instance, host: str) -> None:
    with pytest.raises(pyvo.DALQueryError, match="is not on the public internet"):
        upload(empty_site, "sync", f"http://{host}/table")


@pytest.mark.parametrize("source", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "data:,x", "x"])
def test_other_schemes_are_refused_at_once(empty_site: Instance, source: str) -> None:
    with empty_site.get("/tap/sync", {"LANG": "ADQL", "QUERY": QUERY, "UPLOAD": f"t,{source}"}) as reply:
        told = reply.read().decode()
    assert 'value="ERROR"' in told
    assert "only param:, http: and https: are taken" in told or "Syntax error in UPLOAD" in told


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_operator_can_allow_a_network(empty_site: Instance, listener: Listener, scheme: str) -> None:
    with allowed(empty_site, "127.0.0.0/8"):
        assert list(upload(empty_site, scheme, f"http://127.0.0.1:{listener.port}/table")["n"]) == [1, 2, 3]
    assert listener.asked == ["/table"]


def test_redirects_are_looked_at(empty_site: Instance, listener: Listener) -> None:
    """Allowed is 127.0.0.1 only; the redirect leads to another address of this machine or port that is not tried."""
    with allowed(empty_site, "127.0.0.1/32"), pytest.raises(pyvo.DALQueryError, match=r"localhost|does not answer"):
        upload(empty_site, "sync", f"http://127.0.0.1:{listener.port}/redirect")
    assert listener.asked == ["/redirect"]


def test_what_is_too_large_is_refused(empty_site: Instance, listener: Listener) -> None:
    with allowed(empty_site, "127.0.0.0/8"), pytest.raises(pyvo.DALQueryError, match="is larger than 20000000 bytes"):
        upload(empty_site, "sync", f"http://127.0.0.1:{listener.port}/large")


@pytest.mark.parametrize("path", ["/oidb/q/scs/scs.xml", "/oidb/q/dl/dlmeta"])
def test_other_services_fetch_nothing(empty_site: Instance, listener: Listener, path: str) -> None:
    """DaCHS reads UPLOAD for all of them."""
    wanted = {"UPLOAD": f"t,http://127.0.0.1:{listener.port}/table", "ID": "x", "RA": "1", "DEC": "1", "SR": "1"}
    with suppress(HTTPError), empty_site.get(path, wanted) as reply:
        reply.read()
    assert listener.asked == []
