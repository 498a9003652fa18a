"""Real instances for tests: a home in a temporary folder, a free port, the command line as users have it."""

import os
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras

from ingest.archive import Archive
from ingest.home import Home
from ingest.instance.postgres import Cluster
from tests.prepared import copy_home

ROOT = Path(__file__).resolve().parent.parent

#: Loopback only, and never through a proxy of the machine.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


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

    def oivo(self, *arguments: str, check: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run `oivo ARGUMENTS` on this home, as the launcher would."""
        done = subprocess.run(
            [sys.executable, "-m", "ingest", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            **options,
        )
        if check and done.returncode:
            said = f"{done.stdout}{done.stderr}{self.logs()}"
            raise AssertionError(f"oivo {' '.join(arguments)}: status {done.returncode}\n{said}")
        return done

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
