"""Real instances for tests: a home in a temporary folder, a free port, the command line as users have it."""

import io
import logging
import os
import socket
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, chdir, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg2
import psycopg2.extras

from ingest.archive import Archive
from ingest.cli import main
from ingest.home import Home
from ingest.instance.environment import RUNTIME
from ingest.instance.postgres import Cluster
from tests.prepared import copy_home

ROOT = Path(__file__).resolve().parent.parent
#: What instances run in; tests run in an environment that has more.
PYTHON = str(RUNTIME)

#: Loopback only, and never through a proxy of the machine.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


#: Commands that leave processes behind, or replace what this process is.
_STARTS_SERVERS = ("up", "supervise")
_MAIN_THREAD = threading.main_thread()


@contextmanager
def _log_of_its_own() -> Iterator[None]:
    """Put the log back to where it went before a command sent it to its home."""
    logger = logging.getLogger("oivo")
    before = (logger.handlers[:], logger.level, logger.propagate)
    logger.handlers = []
    try:
        yield
    finally:
        for handler in logger.handlers:
            handler.close()
        logger.handlers, logger.propagate = before[0], before[2]
        logger.setLevel(before[1])


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Instance:
    """An instance of oivo in a temporary home."""

    home: Home
    port: int

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def tap(self) -> str:
        return f"{self.base}/tap"

    @property
    def archive(self) -> Archive:
        return Archive(self.home)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "OIVO_HOME": str(self.home.root),
            "OIVO_PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
        }

    def oivo(
        self,
        *arguments: str,
        check: bool = True,
        input: str = "",  # as subprocess.run calls it
        cwd: Path | None = None,
        own_process: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run `oivo ARGUMENTS` on this home: in this process, since to start Python and import costs up to a second.

        In a process of its own runs what starts servers, what is called in a thread, and what a test wants there.
        """
        apart = own_process or arguments[0] in _STARTS_SERVERS or threading.current_thread() is not _MAIN_THREAD
        done = (self._run_apart if apart else self._run_here)(arguments, input, cwd)
        if check and done.returncode:
            said = f"{done.stdout}{done.stderr}{self.logs()}"
            raise AssertionError(f"oivo {' '.join(arguments)}: status {done.returncode}\n{said}")
        return done

    def _run_apart(self, arguments: tuple[str, ...], given: str, cwd: Path | None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PYTHON, "-m", "ingest", *arguments],
            env=self.environment,
            input=given,
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def _run_here(self, arguments: tuple[str, ...], given: str, cwd: Path | None) -> subprocess.CompletedProcess[str]:
        streams = [
            io.TextIOWrapper(io.BytesIO(data), "utf-8", write_through=True) for data in (given.encode(), b"", b"")
        ]
        with ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ, self.environment))
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                stack.enter_context(patch.object(sys, name, stream))
            if cwd is not None:
                stack.enter_context(chdir(cwd))
            stack.enter_context(_log_of_its_own())
            try:
                main(list(arguments))
            except SystemExit as ended:
                status = ended.code
        output, complaints = (stream.buffer.getvalue().decode() for stream in streams[1:])  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(["oivo", *arguments], int(status or 0), output, complaints)

    def sql(self, query: str, parameters: Any = None, role: str = "oivo_admin") -> list[Any]:
        """Run SQL in this instance's database as a role of it; rows as named tuples."""
        connection = psycopg2.connect(f"host={self.home.sockets} dbname=oivo user={role}")
        try:
            with connection, connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
                cursor.execute(query, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def get(self, path: str, parameters: dict[str, str] | None = None, **headers: str) -> Any:
        """GET a path of the site; the reply as urllib gives it. Raises HTTPError for 4xx and 5xx."""
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        return OPENER.open(urllib.request.Request(f"{self.base}{path}{query}", headers=headers), timeout=60)

    def adql(self, query: str, form: str = "csv") -> str:
        """Run a synchronous ADQL query over HTTP and return the text of the answer."""
        with self.get("/tap/sync", {"LANG": "ADQL", "FORMAT": form, "QUERY": query}) as reply:
            return str(reply.read().decode())

    def logs(self) -> str:
        """Return the ends of all logs: for the message of a failing test."""
        paths = sorted([*self.home.logs.glob("*"), *(self.home.dachs / "logs").glob("dc*")])
        return "".join(f"\n== {path.name}\n{path.read_text(errors='replace')[-2000:]}" for path in paths)


def start(folder: Path, *options: str) -> Instance:
    """Start an instance in a new home in this folder, a copy of a prepared one; the caller stops it with `oivo down`.

    A test of the first start itself calls `oivo up` on a home of its own.
    """
    instance = Instance(Home(folder / "home"), free_port())
    copy_prepared(instance.home, empty="--empty" in options)
    instance.oivo("up", "--detach", *options)
    return instance


def copy_prepared(home: Home, *, empty: bool) -> None:
    """Make a home as a first start leaves it, with the simulated survey or empty; only its database runs."""
    options = ("--empty",) if empty else ()

    def make(folder: Path) -> None:
        instance = Instance(Home(folder), free_port())
        instance.oivo("up", "--detach", *options)
        instance.oivo("down")

    copy_home("empty" if empty else "survey", make, home.root)
    cluster = Cluster(home)
    home.sockets.mkdir(mode=0o700, exist_ok=True)  # outside the home where its path is long
    cluster.start()
    # Made now, as far as the schedule of jobs is concerned: nothing is due while the test runs.
    Instance(home, 0).sql("DELETE FROM archive.job_run; UPDATE archive.migration SET applied = now()")
