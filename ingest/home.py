"""Where one oivo instance keeps everything: its home folder, and who owns it.

May import ``ingest.errors`` and ``ingest.settings``.
"""

import hashlib
import os
import pwd
import re
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ingest.errors import OivoError
from ingest.settings import Settings, load_settings

#: Root of the project: the folder that holds ``ingest`` and the RD folders.
PROJECT = Path(__file__).resolve().parent.parent

#: PostgreSQL refuses longer socket names (sun_path holds 108 bytes; ``/.s.PGSQL.5432`` needs 15).
_LONGEST_SOCKET_FOLDER = 90


class HomeError(OivoError):
    """The home folder cannot be used."""


@dataclass(frozen=True)
class Home:
    """The folders and files of one instance; two homes share nothing."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """Return the home that ``OIVO_HOME`` names, ``var`` in the project by default."""
        return cls(Path(os.environ.get("OIVO_HOME") or PROJECT / "var").absolute())

    @property
    def settings_file(self) -> Path:
        """The operator's file."""
        return self.root / "oivo.toml"

    @cached_property
    def settings(self) -> Settings:
        """The settings in force, read once."""
        return load_settings(self.settings_file)

    @property
    def cluster(self) -> Path:
        """Data folder of the PostgreSQL cluster."""
        return self.root / "pg"

    @property
    def dachs(self) -> Path:
        """Root folder of DaCHS (its ``rootDir``); disposable."""
        return self.root / "dachs"

    @property
    def files(self) -> Path:
        """Store of ingested files, named by their SHA-256."""
        return self.root / "files"

    @property
    def logs(self) -> Path:
        """Logs of oivo and of the database; DaCHS' own are in ``dachs/logs``."""
        return self.root / "logs"

    @property
    def backups(self) -> Path:
        """Dumps of the archive."""
        return self.root / "backups"

    @property
    def run(self) -> Path:
        """Process ids, locks and stamps."""
        return self.root / "run"

    @cached_property
    def sockets(self) -> Path:
        """Folder of the database's socket, open to its owner only.

        It is in the home unless that path is longer than a socket's name may be, or has characters
        that DaCHS' connection files cannot quote.
        """
        if len(os.fsencode(self.run)) <= _LONGEST_SOCKET_FOLDER and re.fullmatch(r"[A-Za-z0-9/._+-]+", str(self.run)):
            return self.run
        key = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"oivo-{key}"

    def exists(self) -> bool:
        """Tell whether an instance was ever started here.

        Raises
        ------
        HomeError
            When the home is closed to this user.
        """
        try:
            return self.settings_file.exists() or self.cluster.exists()
        except OSError as error:
            raise HomeError(
                f"cannot be entered: {error.strerror}", place=str(self.root), remedy="work as the user who owns it"
            ) from error

    def create(self) -> None:
        """Make the folders, closed to other users.

        Raises
        ------
        HomeError
            When a folder cannot be made, or the socket's folder belongs to somebody else.
        """
        try:
            for folder in (self.root, self.files, self.logs, self.backups, self.run):
                folder.mkdir(mode=0o700 if folder is not self.root else 0o755, parents=True, exist_ok=True)
            self.sockets.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise HomeError(
                f"cannot be made: {error.strerror}",
                place=str(error.filename or self.root),
                remedy="set OIVO_HOME to a folder that you may write in",
            ) from error
        # In a folder that all may write in, a link may be somebody's trap.
        state = self.sockets.stat(follow_symlinks=self.sockets == self.run)
        if state.st_uid != os.geteuid() or state.st_mode & 0o077:
            raise HomeError(
                "belongs to, or is open to, somebody else",
                place=str(self.sockets),
                remedy="set OIVO_HOME to another folder",
            )

    @property
    def owner(self) -> pwd.struct_passwd:
        """The account that owns the home, so the one that its servers run as."""
        return pwd.getpwuid(self.root.stat().st_uid)
