"""The private PostgreSQL cluster of an instance: made once, started, stopped.

It listens on a socket in a folder that only its owner can enter, and on no port: two instances
cannot meet, and nobody else gets in. May import ``ingest.home`` and ``ingest.errors``.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import OivoError
from ingest.home import Home

#: The cluster's superuser: makes the roles and the database, migrates, dumps.
SUPERUSER = "oivo_admin"
#: Database of archive and publication.
DATABASE = "oivo"

_BINARIES = Path("/usr/lib/postgresql")
EXTENSIONS = Path("/usr/share/postgresql")

# jit: compiling costs 0.1-0.5 s on queries that run for milliseconds (q3c's long conditions look costly).
# random_page_cost: data sit in memory or on flash; PostgreSQL's default 4 makes it prefer scans of big tables.
# *_collapse_limit: published tables are views of up to 6 tables; a query that joins two of them has more than
# PostgreSQL's default of 8, beyond which it keeps the order that is written and reads whole tables.
# temp_file_limit: one expensive query must not fill the disk.
_CONFIGURATION = """\
# Written by oivo at each start; put your own settings into postgresql.conf, above the include line.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 256MB
random_page_cost = 1.1
effective_io_concurrency = 32
jit = off
join_collapse_limit = 16
from_collapse_limit = 16
geqo_threshold = 18
temp_file_limit = 20GB
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = '{logs}'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_line_prefix = '%m [%p] %q%u@%d %a '
"""


class DatabaseError(OivoError):
    """The database server is missing, does not start, or is down."""


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


@dataclass(frozen=True)
class Cluster:
    """The PostgreSQL cluster of one home."""

    home: Home

    @property
    def version(self) -> str:
        """Major version: of the cluster if it exists, else the newest that has pgsphere and q3c.

        Raises
        ------
        DatabaseError
            When that version is not installed.
        """
        try:
            version = (self.home.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            usable = [
                folder.name
                for folder in _BINARIES.glob("[0-9]*")
                if (folder / "bin/initdb").exists()
                and (EXTENSIONS / folder.name / "extension/pg_sphere.control").exists()
                and (EXTENSIONS / folder.name / "extension/q3c.control").exists()
            ]
            if not usable:
                raise DatabaseError(
                    "PostgreSQL with pgsphere and q3c is not installed", remedy="run ./oivo up as root once"
                ) from None
            return max(usable, key=int)
        if not (_BINARIES / version / "bin/postgres").exists():
            raise DatabaseError(
                f"was made by PostgreSQL {version}, which is not installed",
                place=str(self.home.cluster),
                remedy=f"apt-get install postgresql-{version} postgresql-{version}-pgsphere postgresql-{version}-q3c,"
                " or restore a backup into a new home",
            )
        return version

    def program(self, name: str) -> str:
        """Path of one of the server's programs, such as ``pg_dump``."""
        return str(_BINARIES / self.version / "bin" / name)

    def create(self) -> None:
        """Make the cluster where there is none; a half-made one is made anew."""
        if self.home.cluster.exists():
            return
        half = self.home.cluster.with_name("pg.new")
        shutil.rmtree(half, ignore_errors=True)
        self._run(
            "initdb",
            f"--pgdata={half}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        )
        with (half / "postgresql.conf").open("a", encoding="utf-8") as stream:
            stream.write("\ninclude 'oivo.conf'\n")
        half.rename(self.home.cluster)

    def start(self) -> None:
        """Start the server if it is not running, and wait until it answers."""
        if self.is_running():
            return
        (self.home.cluster / "oivo.conf").write_text(
            _CONFIGURATION.format(sockets=_quoted(self.home.sockets), logs=_quoted(self.home.logs)), encoding="utf-8"
        )
        log = self.home.logs / "postgresql-start.log"
        self._run("pg_ctl", "start", "--wait", "--silent", f"--pgdata={self.home.cluster}", f"--log={log}", log=log)

    def stop(self) -> None:
        """Stop the server if it is running; open transactions are rolled back."""
        if self.is_running():
            self._run("pg_ctl", "stop", "--wait", "--silent", "--mode=fast", f"--pgdata={self.home.cluster}")

    def is_running(self) -> bool:
        """Tell whether this cluster's own server runs."""
        if not (self.home.cluster / "postmaster.pid").exists():
            return False
        command = [self.program("pg_ctl"), "status", f"--pgdata={self.home.cluster}"]
        return subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0

    def dsn(self, user: str = SUPERUSER, database: str = DATABASE) -> str:
        """Return a libpq connection string for a user of this cluster."""
        return f"host={self.home.sockets} dbname={database} user={user}"

    def _run(self, program: str, *arguments: str, log: Path | None = None) -> None:
        command = [self.program(program), *arguments]
        # pg_ctl's server inherits the descriptors: a pipe would never end.
        with Path(os.devnull).open("rb") as nothing, (self.home.logs / "postgresql-programs.log").open("wb") as output:
            done = subprocess.run(command, stdin=nothing, stdout=output, stderr=output, check=False, cwd="/")
        if done.returncode:
            told = (log or self.home.logs / "postgresql-programs.log").read_text(errors="replace").strip().splitlines()
            raise DatabaseError(
                f"{program} failed: {told[-1] if told else f'status {done.returncode}'}",
                place=str(self.home.cluster),
                remedy=f"see {self.home.logs}",
            )
