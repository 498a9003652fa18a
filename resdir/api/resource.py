"""/api in twisted: who asks, which function answers, errors as JSON.

May import ``ingest``, ``resdir`` and this package.
"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from twisted.internet import threads
from twisted.python.failure import Failure
from twisted.web import resource, server
from twisted.web.http import Request

from ingest.access.policy import ANONYMOUS
from ingest.archive.connection import ArchiveError, MissingError
from ingest.errors import OivoError
from ingest.home import Home
from ingest.logs import log
from ingest.submission import NotAllowedError, RefusedError
from resdir import identity, uploads
from resdir.api import catalogues, collections, submissions
from resdir.api.call import ApiError, Call, Reply

_ID = r"([0-9a-f]{32})"
_NUMBER = r"(\d{1,15})"
_COLLECTION = r"([^?]{1,120}?)"
_CATALOGUE = r"(jmdc|badcal)"
Function = Callable[[Call], Reply]

#: Method, path below /api, function.
ROUTES: tuple[tuple[str, str, Function], ...] = (
    ("GET", "fields", submissions.fields),
    ("GET", "submissions", submissions.mine),
    ("POST", "submissions", submissions.begin),
    ("GET", f"submissions/{_ID}", submissions.see),
    ("DELETE", f"submissions/{_ID}", submissions.abandon),
    ("POST", f"submissions/{_ID}/files", submissions.add_file),
    ("GET", f"submissions/{_ID}/files/{_NUMBER}", submissions.see_file),
    ("PUT", f"submissions/{_ID}/files/{_NUMBER}", submissions.append),
    ("DELETE", f"submissions/{_ID}/files/{_NUMBER}", submissions.remove_file),
    ("PUT", f"submissions/{_ID}/files/{_NUMBER}/corrections", submissions.correct),
    ("PUT", f"submissions/{_ID}/collection", submissions.choose),
    ("POST", f"submissions/{_ID}/save", submissions.save),
    ("GET", "collections", collections.mine),
    ("POST", f"collections/{_COLLECTION}/move", collections.move),
    ("POST", f"collections/{_COLLECTION}/retire", collections.retire),
    ("GET", f"collections/{_COLLECTION}", collections.see),
    ("PATCH", f"collections/{_COLLECTION}", collections.edit),
    ("GET", f"{_CATALOGUE}/fields", catalogues.fields),
    ("POST", f"{_CATALOGUE}/examine", catalogues.examine),
    ("GET", f"{_CATALOGUE}/submissions", catalogues.mine),
    ("POST", f"{_CATALOGUE}/submissions", catalogues.submit),
    ("GET", f"{_CATALOGUE}/submissions/{_NUMBER}", catalogues.see),
    ("PATCH", f"{_CATALOGUE}/submissions/{_NUMBER}", catalogues.change),
    ("DELETE", f"{_CATALOGUE}/submissions/{_NUMBER}", catalogues.take_back),
    ("GET", f"{_CATALOGUE}/batches/{_NUMBER}", catalogues.batch),
    ("GET", f"{_CATALOGUE}/queue", catalogues.queue),
    ("POST", f"{_CATALOGUE}/decisions", catalogues.decide),
)
_HEADERS = ("content-range",)


class Api(resource.Resource):
    """Everything below /api."""

    isLeaf = True

    def render(self, request: Request) -> object:
        """Answer in a thread."""
        request.setHeader("cache-control", "private, no-store")
        request.setHeader("vary", "Authorization, Cookie")
        request.setHeader("x-content-type-options", "nosniff")
        threads.deferToThread(_answered, request).addCallback(_write, request).addErrback(_failed, request)
        return server.NOT_DONE_YET


def _answered(request: Request) -> Reply:
    try:
        return _answer(request)
    except ApiError as error:
        return _trouble(error.status, error.problem, error.problems)
    except RefusedError as error:
        return _trouble(409 if any(p.field == "" for p in error.problems) else 400, str(error), tuple(error.problems))
    except (NotAllowedError, identity.ForeignFormError) as error:
        return _trouble(403, str(error))
    except MissingError as error:
        return _trouble(404, str(error))
    except ArchiveError as error:
        return _trouble(409, str(error))
    except OivoError as error:
        return _trouble(400, str(error))


def _trouble(status: int, message: str, problems: tuple[Any, ...] = (), **headers: str) -> Reply:
    told = {"error": {"message": message, "problems": [submissions.described_problem(p) for p in problems]}}
    return Reply(told, status, headers)


def _answer(request: Request) -> Reply:
    method = request.method.decode("ascii", "replace")
    method = "GET" if method == "HEAD" else method
    path = unquote(b"/".join(request.postpath).decode("ascii", "replace")).strip("/")
    if not path:
        return Reply(
            {
                "name": "oivo",
                "documentation": "docs/submitting.md, docs/jmdc.md, docs/badcal.md",
                "routes": [f"{m} /api/{p}" for m, p in _shown()],
            }
        )
    function, groups, allowed = _route(method, path)
    if function is None and not allowed:
        return _trouble(404, "there is nothing at this address")
    if function is None:
        return _trouble(405, f"this address knows {', '.join(allowed)}", allow=", ".join(allowed))
    known = identity.identify(request)
    if known.visitor == ANONYMOUS:
        return _stranger(known)
    if method != "GET":
        identity.check_csrf(request, request.getHeader("x-csrf-token") or "")
    upload = getattr(request, "oivo_upload", None)
    if upload is not None and (upload.too_large or upload.busy):
        status, told = uploads.refusal(upload)
        return _trouble(int(status[:3]), told, **({"retry-after": "30"} if upload.busy else {}))
    query = {_text(name): _text(values[0]) for name, values in request.args.items() if values}
    headers = {name: request.getHeader(name) or "" for name in _HEADERS}
    media_type = (upload.content_type if upload else request.getHeader("content-type") or "").partition(";")[0].strip()
    request.content.seek(0)
    return function(Call(Home.from_environment(), known.visitor, groups, query, headers, request.content, media_type))


def _stranger(known: identity.Identity) -> Reply:
    if known.trouble == "limited":
        return _trouble(429, "too many log-ins failed; wait", **{"retry-after": str(identity.RETRY_SECONDS)})
    said = "name or password, or the token, is wrong" if known.trouble else "log in: Basic authentication, or a token"
    name = Home.from_environment().settings.text("site.name").replace('"', "'")
    return _trouble(401, said, **{"www-authenticate": f'Basic realm="{name}", charset="UTF-8"'})


def _route(method: str, path: str) -> tuple[Function | None, tuple[str, ...], list[str]]:
    """Return the function for a request and what its path says; and the methods that its address knows."""
    allowed = []
    for known, pattern, function in ROUTES:
        match = re.fullmatch(pattern, path)
        if match and known == method:
            return function, match.groups(), []
        if match:
            allowed.append(known)
    return None, (), allowed


def _shown() -> list[tuple[str, str]]:
    names = {_ID: "{submission}", _NUMBER: "{number}", _COLLECTION: "{collection}", _CATALOGUE: "{catalogue}"}
    shown = []
    for method, path, _ in ROUTES:
        for pattern, name in names.items():
            path = path.replace(pattern, name)
        shown.append((method, path))
    return shown


def _text(raw: object) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)


def _write(reply: Reply, request: Request) -> None:
    if request.finished:
        return
    request.setResponseCode(reply.status, HTTPStatus(reply.status).phrase.encode())
    for name, value in reply.headers.items():
        request.setHeader(name, value)
    body = b"" if reply.status == 204 else json.dumps(reply.content, default=str, indent=1).encode() + b"\n"
    if body:
        request.setHeader("content-type", "application/json")
        request.setHeader("content-length", str(len(body)))
    if body and request.method != b"HEAD":
        request.write(body)
    request.finish()


def _failed(failure: Failure, request: Request) -> None:
    log.error("/api: %s", failure.getTraceback())
    _write(_trouble(500, "something went wrong on our side; please tell us"), request)
