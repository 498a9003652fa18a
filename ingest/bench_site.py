"""An instance of oivo for a measurement: in a temporary home, on a free port, gone afterwards.

May import ``ingest.archive``, ``ingest.home``, ``ingest.instance.account`` and ``ingest.errors``.
"""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from ingest.archive import Archive
from ingest.errors import OivoError
from ingest.home import PROJECT, Home
from ingest.instance.account import drop_privileges

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Site:
    """A running instance."""

    home: Home
    port: int

    @property
    def archive(self) -> Archive:
        """Its archive."""
        return Archive(self.home)

    @property
    def work(self) -> Path:
        """A folder for the measurement's files, which goes with the home."""
        folder = self.home.root / "bench"
        folder.mkdir(exist_ok=True)
        return folder

    @contextmanager
    def client(self) -> Iterator[http.client.HTTPConnection]:
        """Open a connection that stays open from request to request."""
        with closing(http.client.HTTPConnection("localhost", self.port, timeout=600)) as connection:
            yield connection


def post(connection: http.client.HTTPConnection, path: str, parameters: dict[str, object]) -> tuple[int, bytes]:
    """Send a form, as ASPRO2 does; status and body of the answer."""
    connection.request("POST", path, urlencode(parameters), _FORM)
    answer = connection.getresponse()
    return answer.status, answer.read()


@contextmanager
def temporary_site(folder: Path | None = None) -> Iterator[Site]:
    """Start an instance without data, and remove it at the end. Root becomes the account of the servers.

    Parameters
    ----------
    folder
        Where its home is made; by default where temporary files go.

    Raises
    ------
    OivoError
        When it does not start.
    """
    root = Path(tempfile.mkdtemp(prefix="oivo-bench-", dir=folder))
    root.chmod(0o755)
    site = Site(Home(root), _free_port())
    drop_privileges(site.home)
    try:
        _oivo(site, "up", "--detach", "--empty")
        yield site
    finally:
        _oivo(site, "down", check=False)
        shutil.rmtree(root, ignore_errors=True)


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


def _oivo(site: Site, *arguments: str, check: bool = True) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ingest", *arguments],
        env={
            **os.environ,
            "OIVO_HOME": str(site.home.root),
            "OIVO_PORT": str(site.port),
            "PYTHONPATH": str(PROJECT),
        },
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise OivoError(f"the instance for the measurement does not start: {said}", place=str(site.home.root))
