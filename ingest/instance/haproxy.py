"""HAProxy before several DaCHS workers on one host (design.md 7).

DaCHS answers with one core at most; its state is in PostgreSQL and in files that all workers
share, so any worker can answer any request. May import ``ingest.home`` and ``ingest.errors``.
"""

import shutil
import socket
from dataclasses import dataclass
from functools import cached_property

from ingest.errors import OivoError
from ingest.home import PROJECT, Home


class BalancerError(OivoError):
    """HAProxy is missing."""


@dataclass(frozen=True)
class Balancer:
    """HAProxy on the public port, and where its workers listen.

    Attributes
    ----------
    home
        The instance.
    workers
        How many DaCHS processes there are.
    """

    home: Home
    workers: int

    @cached_property
    def ports(self) -> tuple[int, ...]:
        """Free ports of the loopback interface, one a worker."""
        probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(self.workers)]
        ports = tuple(probe.getsockname()[1] for probe in probes)
        for probe in probes:
            probe.close()
        return ports

    def configure(self) -> list[str]:
        """Write the configuration and return the command that runs it.

        Raises
        ------
        BalancerError
            When HAProxy is not installed.
        """
        program = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        if program is None:
            raise BalancerError(
                "several workers need HAProxy", remedy="apt-get install haproxy, or set server.workers to 1"
            )
        settings = self.home.settings
        template = (PROJECT / "resdir/config/haproxy.cfg").read_text(encoding="utf-8")
        servers = "\n".join(f"    server worker{port} 127.0.0.1:{port} check" for port in self.ports)
        target = self.home.run / "haproxy.cfg"
        bind = settings.text("server.bind")
        address = f"[{bind}]" if ":" in bind else bind
        binds = "\n".join(f"    bind {address}:{port}" for port in settings.ports)
        target.write_text(template.replace("@BINDS@", binds).replace("@SERVERS@", servers), encoding="utf-8")
        return [program, "-db", "-f", str(target)]
