"""Keeps the web server of an instance running: starts it, restarts it, stops it.

One supervisor a home: it holds a lock as long as it lives. May import ``ingest.home``,
``ingest.instance.dachs`` and ``ingest.instance.postgres``.
"""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from ingest.errors import OivoError
from ingest.home import Home
from ingest.instance.dachs import Dachs
from ingest.instance.haproxy import Balancer
from ingest.instance.postgres import Cluster
from ingest.logs import log

#: A server that dies this often within a minute is given up.
_DEATHS_A_MINUTE = 5
#: A server that does not answer after so many seconds has failed to start; it needs 2 to 10.
_STARTING_SECONDS = 180
_PR_SET_PDEATHSIG = 1


class ServerError(OivoError):
    """The web server does not start or does not stop."""


@contextmanager
def home_lock(home: Home) -> Iterator[int | None]:
    """Hold the home's lock; gives its descriptor, or None where a supervisor or another `up` has it."""
    descriptor = os.open(home.run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)


def is_served(home: Home) -> bool:
    """Tell whether a supervisor, or an `up` that prepares, is at work in this home."""
    if not (home.run / "lock").exists():
        return False
    with home_lock(home) as lock:
        return lock is None


def check_ports(home: Home) -> None:
    """Make sure that the ports can be had.

    Raises
    ------
    ServerError
        When something else listens there, or the account may not use one.
    """
    for port in home.settings.ports:
        name = "server.port" if port == home.settings.number("server.port") else "server.aspro_port"
        _check_port(home.settings.text("server.bind"), port, name)


def _check_port(bind: str, port: int, name: str) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except PermissionError as error:
            raise ServerError(
                f"port {port} may be used by root only",
                remedy="choose one above 1023 and put a proxy before it",
            ) from error
        except OSError as error:
            raise ServerError(
                f"port {port} of {bind} cannot be had: {error.strerror}",
                remedy=f"set {'OIVO_PORT or ' if name == 'server.port' else ''}{name} in oivo.toml to another one",
            ) from error


def probe_url(home: Home) -> str:
    """Return a URL of this host on which a running site answers."""
    bind = home.settings.text("server.bind")
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bind, f"[{bind}]" if ":" in bind else bind)
    return f"http://{host}:{home.settings.number('server.port')}/tap/availability"


def answers(home: Home) -> bool:
    """Tell whether the site answers now; never asks through a proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(probe_url(home), timeout=10):
            return True
    except (urllib.error.URLError, OSError):
        return False


def wait_until_answering(home: Home, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the site answers.

    Raises
    ------
    ServerError
        When it does not in good time, or the process that should serve it has ended.
    """
    end = time.monotonic() + _STARTING_SECONDS
    while not answers(home):
        if process.poll() is not None:
            raise ServerError("the web server ended while it started", remedy=f"see the logs in {home.logs}")
        if time.monotonic() > end:
            raise _mute(home)
        time.sleep(0.1)


def _mute(home: Home) -> ServerError:
    return ServerError(
        f"the site does not answer at {probe_url(home)} after {_STARTING_SECONDS} s",
        remedy=f"see the logs in {home.logs}",
    )


def _die_with_parent() -> None:
    """Run in a child: let it get SIGTERM when the supervisor dies, even by SIGKILL."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Supervisor:
    """Runs the DaCHS processes of a home, and HAProxy before them where there are several."""

    home: Home
    children: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    commands: dict[str, tuple[list[str], dict[str, str]]] = field(default_factory=dict)
    stopping: bool = False
    deaths: list[float] = field(default_factory=list)

    @property
    def pid_file(self) -> Path:
        """Where the supervisor's process id is."""
        return self.home.run / "supervisor.pid"

    def run(self, announce: Callable[[], None] = lambda: None) -> None:
        """Serve until SIGTERM or SIGINT, then stop everything, the database last.

        Parameters
        ----------
        announce
            Called once, when the site answers.

        Raises
        ------
        ServerError
            When a process keeps dying, or the site never answers.
        """
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        self.pid_file.write_text(str(os.getpid()), encoding="ascii")
        try:
            self._start_all()
            self._wait_for_answer()
            if not self.stopping:
                announce()
            while not self.stopping:
                self._revive()
                time.sleep(0.2)
        finally:
            self._stop_all()
            Cluster(self.home).stop()
            self.pid_file.unlink(missing_ok=True)

    def _wait_for_answer(self) -> None:
        end = time.monotonic() + _STARTING_SECONDS
        while not self.stopping and not answers(self.home):
            if time.monotonic() > end:
                raise _mute(self.home)
            self._revive()
            time.sleep(0.1)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _commands(self) -> dict[str, tuple[list[str], dict[str, str]]]:
        workers = self.home.settings.number("server.workers")
        if workers == 1:
            dachs = Dachs(self.home)
            return {"dachs": (dachs.command("serve", "start", "--foreground"), dachs.environment())}
        balancer = Balancer(self.home, workers)
        commands = {}
        for old in self.home.dachs.glob("gavo-*.rc"):  # ports are new at each start
            old.unlink()
        for number, port in enumerate(balancer.ports, start=1):
            dachs = Dachs(self.home, port)
            dachs.configure()
            commands[f"dachs-{number}"] = (dachs.command("serve", "start", "--foreground"), dachs.environment())
        commands["haproxy"] = (balancer.configure(), dict(os.environ))
        return commands

    def _start_all(self) -> None:
        self.commands = self._commands()
        for name in self.commands:
            self._start(name)

    def _start(self, name: str) -> None:
        command, environment = self.commands[name]
        with (self.home.logs / f"{name}.log").open("ab") as output:
            self.children[name] = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        log.info("started %s as process %d", name, self.children[name].pid)

    def _revive(self) -> None:
        for name, child in list(self.children.items()):
            if child.poll() is None or self.stopping:
                continue
            log.error("%s ended with status %s", name, child.returncode)
            now = time.monotonic()
            self.deaths = [moment for moment in self.deaths if moment > now - 60] + [now]
            if len(self.deaths) >= _DEATHS_A_MINUTE:
                raise ServerError(f"{name} keeps dying", place=str(self.home.logs / f"{name}.log"))
            time.sleep(0.5)
            self._start(name)

    def _stop_all(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        for child in self.children.values():
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def stop_instance(home: Home, seconds: float = 40) -> bool:
    """Stop what runs in a home; say whether anything did.

    Raises
    ------
    ServerError
        When the supervisor does not end in that time.
    """
    running = is_served(home)
    if running:
        _terminate_supervisor(home, seconds)
    cluster = Cluster(home)
    if cluster.home.cluster.exists() and cluster.is_running():
        cluster.stop()
        running = True
    return running


def _terminate_supervisor(home: Home, seconds: float) -> None:
    try:
        pid = int(Supervisor(home).pid_file.read_text(encoding="ascii"))
        os.kill(pid, signal.SIGTERM)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        raise ServerError(
            "is being prepared by another ./oivo up", place=str(home.root), remedy="stop that one with Ctrl-C"
        ) from None
    end = time.monotonic() + seconds
    while is_served(home):
        if time.monotonic() > end:
            raise ServerError(f"process {pid} does not end", place=str(home.root), remedy=f"kill -KILL {pid}")
        time.sleep(0.1)
