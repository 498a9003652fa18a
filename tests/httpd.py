"""A real Apache for tests: own configuration, free port, temporary folder, stopped by its process id."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.instances import free_port

PROGRAM = shutil.which("apache2", path="/usr/sbin:/usr/bin") or ""
MODULES = Path("/usr/lib/apache2/modules")

#: What the rules need; `mod_access_compat` is not among them.
NEEDED = (
    "mpm_event",
    "authn_core",
    "authn_file",
    "auth_basic",
    "authz_core",
    "authz_user",
    "mime",
    "dir",
    "alias",
)
#: What a server may have besides: the rules must hold with it, too.
COMMON = ("access_compat", "autoindex", "negotiation", "authz_host", "authz_groupfile", "headers")

_CONFIGURATION = """\
ServerRoot "{folder}"
ServerName localhost
Listen 127.0.0.1:{port}
PidFile "{folder}/pid"
DefaultRuntimeDir "{folder}"
ErrorLog "{folder}/error.log"
LogLevel warn
{modules}
TypesConfig /dev/null
DocumentRoot "{root}"
<Directory />
  AllowOverride None
  Require all denied
</Directory>
<Directory "{root}">
  {options}
  AllowOverride {overrides}
  Require all granted
</Directory>
{extra}
"""


@dataclass(frozen=True)
class Apache:
    """A running server whose document root is `root`."""

    root: Path
    port: int
    folder: Path

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def errors(self) -> str:
        """Return its error log."""
        return (self.folder / "error.log").read_text(errors="replace")

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.base, trust_env=False, timeout=20)


@contextmanager
def serving(
    root: Path,
    folder: Path,
    *,
    overrides: str = "AuthConfig",
    options: str = "Options FollowSymLinks",
    modules: tuple[str, ...] = (),
    extra: str = "",
    environment: dict[str, str] | None = None,
) -> Iterator[Apache]:
    """Serve a folder; `folder` is for the server's own files."""
    port = free_port()
    folder.mkdir(exist_ok=True)
    wanted = dict.fromkeys((*NEEDED, *modules))
    configuration = folder / "httpd.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder,
            port=port,
            modules="\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in wanted),
            root=root,
            options=options,
            overrides=overrides,
            extra=extra,
        )
    )
    process = subprocess.Popen(
        [PROGRAM, "-f", str(configuration), "-D", "FOREGROUND"],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=(folder / "start.log").open("wb"),
    )
    try:
        apache = Apache(root, port, folder)
        _wait(apache, process)
        yield apache
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait(apache: Apache, process: "subprocess.Popen[bytes]") -> None:
    """Return when it answers anything at all."""
    end = time.monotonic() + 20
    while True:
        try:
            httpx.get(f"{apache.base}/", trust_env=False, timeout=20)
            return
        except httpx.TransportError:
            if process.poll() is not None or time.monotonic() > end:
                said = (apache.folder / "start.log").read_text(errors="replace")
                raise AssertionError(f"Apache does not start: {said}") from None
            time.sleep(0.02)
