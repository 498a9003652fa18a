"""A stand-in for CDS: catalogues as folders with a ReadMe and an index page, as its Apache serves them."""

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote


class Cds:
    """Files by path below the root; folders follow from them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body for a path."""
        self.asked.append(path)
        if path in self.files:
            return 200, "application/octet-stream", self.files[path]
        inside = {name[len(path) :].partition("/") for name in self.files if name.startswith(path)}
        if not path.endswith("/") or not inside:
            return 404, "text/html", b"<html><h1>Not Found</h1></html>"
        names = sorted({first + slash for first, slash, _ in inside})
        links = "".join(f'<a href="{quote(name)}">{html.escape(name)}</a>\n' for name in names)
        head = '<a href="?C=N;O=D">Name</a> <a href="/ftp/">Parent Directory</a>\n'
        return 200, "text/html", f"<html><title>Index of {html.escape(path)}</title>{head}{links}</html>".encode()


@contextmanager
def serve(cds: Cds) -> Iterator[str]:
    """Serve it on a free port; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, media_type, body = cds.answer(unquote(self.path.partition("?")[0]))
            self.send_response(status)
            self.send_header("content-type", media_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
