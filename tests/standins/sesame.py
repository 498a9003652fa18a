"""A stand-in for CDS Sesame: answers in its format ``-oI`` for the stars it is given."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus, urlsplit


@dataclass
class Sesame:
    """Stars by the names that are asked: main name, ra, dec (deg). Nothing is answered while it is down."""

    stars: dict[str, tuple[str, float, float]]
    asked: list[str] = field(default_factory=list)
    down: bool = False

    def answer(self, name: str) -> str:
        """What it says of a name."""
        self.asked.append(name)
        if name not in self.stars:
            return f"# {name}\n#!S=Simbad: Nothing found\n"
        main, ra, dec = self.stars[name]
        return f"# {name}\n#=S=Simbad\n%J {ra} {dec} = 00 00 00 +00 00 00\n%P 10.0 -20.0\n%I.0 {main}\n"


@contextmanager
def serve(sesame: Sesame) -> Iterator[str]:
    """Serve it on a free port; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = sesame.answer(unquote_plus(urlsplit(self.path).query)).encode()
            self.send_response(503 if sesame.down else 200)
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
