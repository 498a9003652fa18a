"""ASPRO2's door: /search.votable by GET and POST, at the root of the site.

It is no service of DaCHS: ASPRO2 wants one RESOURCE of TABLEDATA, never a redirect, never a page, and a plain 200; and
of thousands of requests, one a target, each should cost little. Long answers are sent while the database still reads.
May import ``ingest``, twisted and DaCHS.
"""

import math
import threading
import time
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

from gavo import base
from twisted.internet import reactor, threads
from twisted.python.threadpool import ThreadPool
from twisted.web import resource, server
from twisted.web.http import Request

from ingest.archive import Archive
from ingest.archive.connection import ArchiveError, Cursor
from ingest.archive.obsportal_search import COLUMNS, ExposureQuery, copy_exposures, latest_change
from ingest.archive.pool import BusyError, ReadPool
from ingest.home import Home
from ingest.logs import log
from obsportal_rd import answer
from obsportal_rd.parameters import ParameterError, Parameters, query_of

PATH = "search.votable"
#: Columns with ``all_fields=false``, ASPRO2's, by the names that the original gave them: published name, name there.
FEW_COLUMNS = {
    name: {"exp_header_id": "exp_header"}.get(name, name)
    for name in COLUMNS
    if name
    not in (
        "exp_validation_log",
        "exp_date_updated",
        "exp_date_release",
        "obs_program_title",
        "obs_program_pi_coi",
        "instrument_em_min",
        "instrument_em_max",
        "instrument_em_res_power",
    )
}
_TYPE = "application/x-votable+xml; charset=utf-8"
_METHODS = (b"GET", b"HEAD", b"POST")
#: Threads of the door's own, so that slow readers do not stop pages; of these, how many may serve long answers.
_THREADS, _MOST_LONG = 8, 4
#: An answer up to this size is sent at once, with its length.
_SHORT = 1 << 18
#: A client that takes nothing for so long is given up, in seconds.
_STALL = 120
#: How old last_mod_date may be, in seconds.
_KEPT = 5


class ClientGoneError(Exception):
    """Nobody listens any more."""


class Stream:
    """Hands blocks from the thread that makes them to the reactor, no faster than the client takes them."""

    def __init__(self, request: Request, places: threading.BoundedSemaphore) -> None:
        self._request, self._places = request, places
        self._room = threading.Event()
        self._room.set()
        self._waiting: list[bytes] = []
        self._held = 0
        self._gone = False
        self.started = False

    def pauseProducing(self) -> None:
        """Called by twisted when the client takes nothing."""
        self._room.clear()

    def resumeProducing(self) -> None:
        """Called by twisted when it takes more."""
        self._room.set()

    def stopProducing(self) -> None:
        """Called by twisted when it went away."""
        self._gone = True
        self._room.set()

    def send(self, block: bytes) -> None:
        """Keep a block, or send it once there are many; called in the thread."""
        if self._gone:
            raise ClientGoneError
        if not self.started:
            self._waiting.append(block)
            self._held += len(block)
            if self._held < _SHORT:
                return
            if not self._places.acquire(blocking=False):
                raise BusyError("Other long answers are on their way; please try again in a minute.")
            self.started = True
            block, self._waiting = b"".join(self._waiting), []
            threads.blockingCallFromThread(reactor, self._start)
        if not self._room.wait(_STALL) or self._gone:
            raise ClientGoneError
        threads.blockingCallFromThread(reactor, self._write, block)

    def _start(self) -> None:
        self._request.setHeader("content-type", _TYPE)
        self._request.registerProducer(self, True)

    def _write(self, block: bytes) -> None:
        if not self._gone:
            self._request.write(block)

    def rest(self) -> bytes:
        """Return what was kept."""
        return b"".join(self._waiting)

    def close(self) -> None:
        """Give back the place of a long answer."""
        if self.started:
            self._places.release()


class FrontDoor(resource.Resource):
    """The resource at /search.votable; one for all requests."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self._streams: set[Stream] = set()
        self._places = threading.BoundedSemaphore(_MOST_LONG)
        self._changed = (-math.inf, "")

    @cached_property
    def _database(self) -> ReadPool:
        # a client that reads slowly holds its statement open
        return ReadPool(Archive(Home.from_environment()), seconds=0, most=_THREADS)

    @cached_property
    def _threads(self) -> ThreadPool:
        pool = ThreadPool(1, _THREADS, name="door")
        pool.start()
        reactor.addSystemEventTrigger("during", "shutdown", self._stop, pool)
        return pool

    def _stop(self, pool: ThreadPool) -> None:
        for stream in list(self._streams):
            stream.stopProducing()
        pool.stop()

    def render(self, request: Request) -> object:
        """Read the parameters, then ask the database in a thread."""
        request.setHeader("access-control-allow-origin", "*")
        request.setHeader("x-content-type-options", "nosniff")
        if request.method not in _METHODS:
            request.setHeader("allow", "GET, HEAD, POST")
            return _refusal(request, 405, "Use GET or POST.")
        if any(request.postpath):
            return _refusal(request, 404, "There is nothing at this address; the search is at /search.votable.")
        try:
            parameters = Parameters(_arguments(request))
            query = query_of(parameters)
            every = parameters.flag("all_fields")
        except ParameterError as error:
            return _refusal(request, 400, f"{error.name}: {error.told}")
        if request.method == b"HEAD":
            request.setHeader("content-type", _TYPE)
            return b""
        columns = {name: name for name in COLUMNS} if every is None or every else FEW_COLUMNS
        stream = Stream(request, self._places)
        self._streams.add(stream)
        request.notifyFinish().addErrback(lambda _: stream.stopProducing())
        threads.deferToThreadPool(reactor, self._threads, self._read, query, columns, stream).addCallbacks(
            _finish, _failed, callbackArgs=(request, stream), errbackArgs=(request, stream)
        ).addBoth(lambda _: self._left(stream))
        return server.NOT_DONE_YET

    def _left(self, stream: Stream) -> None:
        self._streams.discard(stream)
        stream.close()

    def _read(self, query: ExposureQuery, columns: dict[str, str], stream: Stream) -> None:
        with self._database.reading() as cursor:
            fields = _fields(tuple(columns.items()), described=columns is not FEW_COLUMNS)
            rows = answer.RowsToXml(stream.send, answer.head(fields, self._latest_change(cursor)))
            copy_exposures(cursor, query, tuple(columns), rows)
        rows.finish()

    def _latest_change(self, cursor: Cursor) -> str:
        """Return when an exposure changed last; who asks for thousands of targets need not make us look each time."""
        now = time.monotonic()
        if now > self._changed[0] + _KEPT:
            self._changed = (now, latest_change(cursor))
        return self._changed[1]


def _arguments(request: Request) -> dict[str, list[str]]:
    return {
        name.decode("utf-8", "replace"): [
            value.decode("utf-8", "replace") for value in values if isinstance(value, bytes)
        ]
        for name, values in request.args.items()
    }


_TYPES = {
    "text": "unicodeChar",
    "timestamp": "unicodeChar",
    "double precision": "double",
    "bigint": "long",
    "smallint": "int",
}


@cache
def _fields(columns: tuple[tuple[str, str], ...], *, described: bool) -> list[answer.Field]:
    """Return the columns of the answer as the RD has them; their meanings are half of a short answer."""
    table: Any = base.resolveCrossId("obsportal/q#exposure")
    found = [(table.getColumnByName(name), there) for name, there in columns]
    return [
        answer.Field(
            there,
            _TYPES[column.type],
            column.unit or "",
            column.ucd or "",
            " ".join(column.description.split()) if described else "",
        )
        for column, there in found
    ]


def _finish(_: object, request: Request, stream: Stream) -> None:
    if stream.started:
        request.unregisterProducer()
        request.finish()
        return
    _send(request, 200, stream.rest())


def _failed(failure: Any, request: Request, stream: Stream) -> None:
    if failure.check(ClientGoneError):
        _abort(request, stream)
        return
    busy = failure.check(BusyError, ArchiveError)
    if busy:
        log.warning("%s: %s", PATH, failure.value)
    else:
        log.error("%s failed:\n%s", PATH, failure.getTraceback())
    if stream.started:
        _abort(request, stream)
        return
    if busy:
        request.setHeader("retry-after", "60")
    _send(request, 503 if busy else 500, answer.error(_WORDS[bool(busy)]))


_WORDS: dict[bool, str] = {
    True: "The database cannot answer at this moment; please try again in a minute.",
    False: "Something went wrong on our side.",
}


def _abort(request: Request, stream: Stream) -> None:
    """Cut the connection: an answer that stops early must not look whole."""
    if not request.finished and request.channel is not None:
        if stream.started:
            request.unregisterProducer()
        request.channel.transport.abortConnection()


def _refusal(request: Request, status: int, message: str) -> bytes:
    request.setResponseCode(status)
    request.setHeader("content-type", _TYPE)
    return answer.error(message)


def _send(request: Request, status: int, text: bytes) -> None:
    if request.finished or request.channel is None:
        return
    request.setResponseCode(status)
    request.setHeader("content-type", _TYPE)
    request.setHeader("content-length", str(len(text)))
    request.write(text)
    request.finish()


def install(add: Callable[[str, resource.Resource], None], wrap: Callable[[Any], Any]) -> None:
    """Put the door where DaCHS looks for the first part of a path; compressed for those who ask for that."""
    add(PATH, wrap(FrontDoor()))
