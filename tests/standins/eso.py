"""Stands in for ESO's archive: TAP over raw frames, header pages, and the ways in which the real one fails.

Timestamps are texts of one form (``2014-09-25T01:02:03.456Z``), so that comparing texts compares moments, as the
literals of a query do at ESO's, too.

    with EsoStandin(frames) as eso:
        ...  # eso.tap_url, eso.header_url
        eso.failures["429"] = 3      # the next three header requests
        eso.chance["reset"] = 0.1    # a tenth of all requests
"""

import html
import random
import socket
import struct
import threading
from collections import Counter
from dataclasses import asdict, fields
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from ingest.eso.model import RawRecord
from tests.standins import adql

COLUMNS = tuple(field.name for field in fields(RawRecord))
#: Column: datatype, xtype, unit; others are texts.
TYPES = {
    **dict.fromkeys(("ra", "dec"), ("double", "", "deg")),
    "mjd_obs": ("double", "", "d"),
    "exposure": ("float", "", "s"),
    "ob_id": ("int", "", ""),
    "access_estsize": ("long", "", "kbyte"),
    **dict.fromkeys(("exp_start", "release_date", "last_mod_date"), ("char", "timestamp", "")),
}
#: Ways to fail, of header requests and of TAP requests.
HEADER_FAILURES = ("reset", "error page", "wrong frame", "cut", "short", "429", "500")
TAP_FAILURES = ("tap reset", "tap error page", "tap cut", "tap 500", "tap error")

_PAGE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN" "http://www.w3.org/TR/REC-html40/loose.dtd">

<html><head><title>Header Display</title></head>

<body bgcolor="#ffffff">

<table width="100%" border="0"><tr><td><hr noshade></td></tr></table>

<center>

<p align="left"><b><font size="5">Header of {name}</font></b></p></center>{content}

<table><tr><td><a href="http://www.example.org/" title="Need Help?">Help &amp; more</a></td></tr></table>

</body>

</html>
"""


def written(moment: datetime | None) -> str | None:
    """Write a moment as ESO's TAP service does."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def header_page(name: str, text: str) -> str:
    """Make the page of a header: cards without trailing blanks, entities for quotes and brackets."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return _PAGE.format(name=name, content=f"<pre>{html.escape(lines)}\n</pre>")


class EsoStandin:
    """A server for a few frames: `(record, header text)` pairs.

    Attributes
    ----------
    asked
        Header requests for each dp_id; `served` counts those that were answered well.
    queries
        ADQL texts, in order.
    failures
        How often from now each way of failing is to happen; `chance` gives probabilities instead.
    """

    def __init__(self, frames: Any = (), *, limit: int = 10**6, seed: int = 0) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.texts: dict[str, str] = {}
        self.limit = limit
        self.asked: Counter[str] = Counter()
        self.served: Counter[str] = Counter()
        self.queries: list[str] = []
        self.agents: set[str] = set()
        self.paths: list[str] = []
        self.connections = 0
        self.failures: Counter[str] = Counter()
        self.chance: dict[str, float] = {}
        self.delay = 0.0
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        for record, text in frames:
            self.add(record, text)

    def add(self, record: RawRecord, text: str) -> None:
        """Archive a frame, or change it."""
        row = {name: written(value) if isinstance(value, datetime) else value for name, value in asdict(record).items()}
        with self._lock:
            self.rows[record.dp_id] = row
            self.texts[record.dp_id] = text

    def change(self, dp_id: str, last_mod_date: datetime, **values: Any) -> None:
        """Change some of a record; moments are given as such."""
        with self._lock:
            row = self.rows[dp_id]
            for name, value in {**values, "last_mod_date": last_mod_date}.items():
                assert name in COLUMNS
                row[name] = written(value) if isinstance(value, datetime) else value

    def remove(self, dp_id: str) -> None:
        """Delete a frame."""
        with self._lock:
            del self.rows[dp_id]

    def __enter__(self) -> "EsoStandin":
        self.server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def tap_url(self) -> str:
        return f"{self.base}/tap_obs"

    @property
    def header_url(self) -> str:
        return f"{self.base}/hdr"

    def wait(self) -> None:
        """Take the time that an answer is to take."""
        self._stopping.wait(self.delay)

    def failure(self, kinds: tuple[str, ...]) -> str:
        """Return how this request is to fail, or nothing."""
        with self._lock:
            for kind in kinds:
                if self.failures[kind] > 0:
                    self.failures[kind] -= 1
                    return kind
                if self._random.random() < self.chance.get(kind, 0.0):
                    return kind
        return ""

    def votable(self, query: str, max_rows: int) -> str:
        """Answer a query."""
        with self._lock:
            self.queries.append(query)
            rows = [dict(row) for row in self.rows.values()]
        try:
            result = adql.run(query, {"dbo.raw": rows}, COLUMNS)
        except adql.AdqlError as error:
            return error_table(str(error))
        kept = result.rows[: min(max_rows, self.limit)]
        return table(result.columns, kept, overflow=len(kept) < len(result.rows))


def error_table(message: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
        f'<RESOURCE type="results"><INFO name="QUERY_STATUS" value="ERROR">{escape(message)}</INFO></RESOURCE>'
        "</VOTABLE>"
    )


def table(columns: list[str], rows: list[list[Any]], *, overflow: bool = False) -> str:
    """Write a VOTable as ESO's does: TABLEDATA, empty cells for what is missing."""
    fields_ = "".join(_field(name) for name in columns)
    body = "".join(
        "<TR>" + "".join(f"<TD>{'' if value is None else escape(str(value))}</TD>" for value in row) + "</TR>\n"
        for row in rows
    )
    after = '<INFO name="QUERY_STATUS" value="OVERFLOW"/>' if overflow else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n'
        '<RESOURCE type="results">\n<INFO name="QUERY_STATUS" value="OK"/>\n<TABLE>\n'
        f"{fields_}<DATA>\n<TABLEDATA>\n{body}</TABLEDATA>\n</DATA>\n</TABLE>\n{after}</RESOURCE>\n</VOTABLE>\n"
    )


def _field(name: str) -> str:
    datatype, xtype, unit = ("long", "", "") if name == "nb" else TYPES.get(name, ("char", "", ""))
    extra = (' arraysize="*"' if datatype == "char" else "") + (f' xtype="{xtype}"' if xtype else "")
    return f'<FIELD name="{name}" datatype="{datatype}"{extra}{f" unit={chr(34)}{unit}{chr(34)}" if unit else ""}/>\n'


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that are killed and connections that are cut are what it is for."""


def _handler(eso: EsoStandin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            eso.connections += 1

        def handle_one_request(self) -> None:
            # the client sends head and form of a POST apart, and waits 40 ms for our delayed acknowledgement between
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            super().handle_one_request()

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            eso.agents.add(self.headers["User-Agent"])
            eso.paths.append(self.path)
            path, _, query = self.path.partition("?")
            if path != "/hdr" or not query.startswith("DpId="):
                return self.reply("<html><body>Not found</body></html>", status=404)
            self.header(query.removeprefix("DpId="))
            return None

        def do_POST(self) -> None:
            eso.agents.add(self.headers["User-Agent"])
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if self.path != "/tap_obs/sync" or form.get("REQUEST") != ["doQuery"] or form.get("LANG") != ["ADQL"]:
                return self.reply("<html><body>Not found</body></html>", status=404)
            failure = eso.failure(TAP_FAILURES)
            if failure == "tap reset":
                return self.reset()
            if failure == "tap error page":
                return self.reply("<html><body><h1>Internal error</h1></body></html>")
            if failure == "tap 500":
                return self.reply("<html><body>Proxy error</body></html>", status=500)
            if failure == "tap error":
                return self.reply(error_table("Transaction was deadlocked"), kind="application/x-votable+xml")
            answer = eso.votable(form["QUERY"][0], int(form["MAXREC"][0]))
            if failure == "tap cut":
                answer = answer[: len(answer) * 2 // 3]
            return self.reply(answer, kind="application/x-votable+xml")

        def header(self, dp_id: str) -> None:
            with eso._lock:
                eso.asked[unquote(dp_id)] += 1
                text = eso.texts.get(dp_id)
            if "%" in dp_id or text is None:
                said = "Invalid format for dp_id" if "%" in dp_id else "No header found"
                return self.reply(f"<html><body><h1>Error</h1><p>{said}: {html.escape(dp_id)}</p></body></html>")
            eso.wait()
            failure = eso.failure(HEADER_FAILURES)
            if failure == "reset":
                return self.reset()
            if failure in ("429", "500"):
                return self.reply("<html><body>Too busy</body></html>", status=int(failure))
            if failure == "error page":
                return self.reply("<html><body><h1>ESO Archive</h1><p>Database error</p></body></html>")
            if failure == "wrong frame":
                text = text.replace(f"'{dp_id}.fits'", "'OTHER.2001-01-01T00:00:00.000.fits'")
            page = header_page(dp_id, text)
            if failure == "cut":
                page = page[: len(page) // 2]
            if failure == "short":
                return self.reply(page, missing=len(page) // 2)
            with eso._lock:
                eso.served[dp_id] += 1
            return self.reply(page)

        def reply(self, text: str, *, status: int = 200, kind: str = "text/html", missing: int = 0) -> None:
            """Send a reply; with some bytes missing the connection ends before the length that was promised."""
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            if status == 429:
                self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(content[: len(content) - missing])
            if missing:
                self.close_connection = True

        def reset(self) -> None:
            """End the connection with RST, as an overloaded host does."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

    return Handler
