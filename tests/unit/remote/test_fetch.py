"""Files fetched from a server of the test's own."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ingest.remote.fetch import Fetcher
from ingest.remote.guard import FetchError, networks

CONTENT = b"SIMPLE" * 20000
LOOPBACK = networks("127.0.0.0/8")


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    hosts: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.hosts.append(self.headers["host"])
        if self.path == "/there":
            self.answer(302, location="/file.fits.gz")
        elif self.path == "/inside":
            self.answer(302, location="http://inside.example/secret")
        elif self.path == "/round":
            self.answer(302, location="/round")
        elif self.path == "/file.fits.gz":
            self.answer(200, CONTENT)
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("content-length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT[:100])
        else:
            self.answer(404)

    def answer(self, status: int, content: bytes = b"", location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("location", location)
        self.send_header("content-length", str(len(content)))
        self.send_header("content-encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://files.example:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def resolver(host: str, port: int) -> list[str]:
    return {"files.example": ["127.0.0.1"], "inside.example": ["10.1.2.3"]}.get(host, [])


def test_bytes_come_as_they_are_sent(server: str) -> None:
    fetched = Fetcher(10**6, LOOPBACK, resolver=resolver).fetch(f"{server}/there")
    assert fetched.content == CONTENT
    assert fetched.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert all(host.startswith("files.example:") for host in Handler.hosts)
    assert Fetcher(10**6, LOOPBACK, resolver=resolver).digest(f"{server}/file.fits.gz") == (
        *(len(CONTENT), fetched.sha256),
    )


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/inside", "not on the public internet"),
        ("/round", "without end"),
        ("/nothing", "status 404"),
        ("/cut", "broke off"),
    ],
)
def test_what_goes_wrong_is_said(server: str, path: str, why: str) -> None:
    with pytest.raises(FetchError, match=why):
        Fetcher(10**6, LOOPBACK, resolver=resolver).fetch(server + path)


def test_too_large(server: str) -> None:
    with pytest.raises(FetchError, match="larger than 1000 bytes"):
        Fetcher(1000, LOOPBACK, resolver=resolver).fetch(f"{server}/file.fits.gz")


def test_loopback_is_not_asked_without_leave(server: str) -> None:
    asked = len(Handler.hosts)
    with pytest.raises(FetchError, match="not on the public internet"):
        Fetcher(1000, resolver=resolver).fetch(f"{server}/file.fits.gz")
    assert len(Handler.hosts) == asked
