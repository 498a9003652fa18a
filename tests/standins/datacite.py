"""Stands in for DataCite's REST API: DOIs of one repository, its checks, and the ways in which the real one fails.

with DataciteStandin() as datacite:
    ...  # datacite.url, datacite.repository, datacite.password
    datacite.failures.append("429")      # the next request; see `FAILURES`
    datacite.dois["10.12345/x"]          # what it has: attributes, with state
"""

import base64
import json
import re
import socket
import struct
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from tests.standins.datacite_rules import problems_of

MEDIA_TYPE = "application/vnd.api+json"
#: Ways to fail: before anything is done, or ("lost") after it was done.
FAILURES = ("401", "403", "404", "422", "429", "500", "cut", "garbage", "lost", "stall")
#: A request that stalls is answered when the test says so, or never.
_PATIENCE = 60.0


@dataclass(frozen=True)
class Request:
    """A request that came."""

    method: str
    path: str
    body: dict[str, Any] | None


class DataciteStandin:
    """A server with one account.

    Attributes
    ----------
    dois
        Attributes by DOI, with ``state``.
    foreign
        DOIs of others, with the address that each leads to: they are known, but not to be changed.
    requests
        Those that came, in their order.
    failures
        What the next requests meet, in their order.
    stalled, go_on
        Set when a request stalls; lets it go on.
    """

    def __init__(
        self, prefix: str = "10.12345", repository: str = "TEST.OIVO", password: str = "s3cret-passw0rd"
    ) -> None:
        self.prefix, self.repository, self.password = prefix, repository, password
        self.dois: dict[str, dict[str, Any]] = {}
        self.foreign: dict[str, str] = {}
        self.requests: list[Request] = []
        self.failures: list[str] = []
        self.stalled, self.go_on = threading.Event(), threading.Event()
        standin = self

        class Handler(_Handler):
            datacite = standin

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "DataciteStandin":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()

    def asked(self, method: str) -> list[str]:
        """Return the paths of requests of a method."""
        return [request.path for request in self.requests if request.method == method]


class _Handler(BaseHTTPRequestHandler):
    datacite: DataciteStandin
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Be quiet."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def _serve(self, method: str) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        body = json.loads(raw) if raw else None
        self.datacite.requests.append(Request(method, unquote(self.path), body))
        failure = self.datacite.failures.pop(0) if self.datacite.failures else ""
        if failure in ("cut", "garbage") or failure.isdigit():
            self._fail(failure)
            return
        if failure == "stall":
            self.datacite.stalled.set()
            self.datacite.go_on.wait(_PATIENCE)
        status, answer = self._answer(method, body)
        if failure == "lost":
            self._reset()
            return
        self._reply(status, answer)

    def _answer(self, method: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        known = f"{self.datacite.repository}:{self.datacite.password}".encode()
        if self.headers.get("authorization") != f"Basic {base64.b64encode(known).decode()}":
            return 401, _errors(("", "Bad credentials."))
        if method == "GET":
            return self._found(unquote(self.path.removeprefix("/dois/")).lower())
        if self.headers.get("content-type") != MEDIA_TYPE or body is None or body["data"]["type"] != "dois":
            return 400, _errors(("", "You need to provide a payload following the JSONAPI spec"))
        return self._written(method, body["data"]["attributes"])

    def _found(self, doi: str) -> tuple[int, dict[str, Any]]:
        if doi in self.datacite.foreign:
            return 200, _document(doi, {"state": "findable", "url": self.datacite.foreign[doi]})
        if doi not in self.datacite.dois:
            return 404, _errors(("", "The resource you are looking for doesn't exist."))
        return 200, _document(doi, self.datacite.dois[doi])

    def _written(self, method: str, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        doi = told["doi"].lower()
        exists = doi in self.datacite.dois
        if not re.fullmatch(re.escape(self.datacite.prefix) + r"/[a-z0-9._-]+", doi):
            return 403, _errors(("", "You are not authorized to access this resource."))
        if method == "POST" and (exists or doi in self.datacite.foreign):
            return 422, _errors(("doi", "This DOI has already been taken"))
        if method == "PUT" and not exists:
            return 404, _errors(("", "The resource you are looking for doesn't exist."))
        problems = list(problems_of(told))
        if problems:
            return 422, _errors(*problems)
        before = self.datacite.dois.get(doi, {}).get("state", "draft")
        state = {"publish": "findable", "hide": "registered" if before != "draft" else "draft"}.get(
            told["event"], before
        )
        self.datacite.dois[doi] = {name: value for name, value in told.items() if name != "event"} | {"state": state}
        return (200 if exists else 201), _document(doi, self.datacite.dois[doi])

    def _fail(self, failure: str) -> None:
        if failure == "cut":
            self._reset()
        elif failure == "garbage":
            self._reply(200, {"data": []})
        elif failure == "422":
            self._reply(422, _errors(("creators", "Missing child element(s).\nExpected is ( creator ).")))
        else:
            self._reply(int(failure), _errors(("", f"failure {failure}")), {"429": "1"}.get(failure, ""))

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _reply(self, status: int, answer: dict[str, Any], retry_after: str = "") -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", MEDIA_TYPE)
        self.send_header("content-length", str(len(body)))
        if retry_after:
            self.send_header("retry-after", retry_after)
        self.end_headers()
        self.wfile.write(body)


def _errors(*problems: tuple[str, str]) -> dict[str, Any]:
    return {
        "errors": [
            {"source": source, "title": title, "status": "422"} if source else {"title": title}
            for source, title in problems
        ]
    }


def _document(doi: str, told: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"id": doi, "type": "dois", "attributes": told | {"doi": doi}}}
