"""The files of a tree in a folder of this host: looked at, and replaced each in one moment.

May import ``ingest.access`` and ``ingest.errors``.
"""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.access.htaccess import PASSWORDS
from ingest.access.tree import MANIFEST, Plan, Written, batches, read_manifest
from ingest.errors import OivoError

#: Beginning of files that are being written: refused by Apache like everything that begins with .ht.
_NEW = ".htoivo-new-"


class TreeError(OivoError):
    """A hosted tree cannot be read or written."""


@dataclass(frozen=True)
class Scan:
    """What is in a folder; paths are relative to it. Files that begin with ``.ht`` are not told."""

    folders: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Folder:
    """A tree in a folder.

    Attributes
    ----------
    root
        The folder.
    password_file
        Where the password file is written.
    """

    root: Path
    password_file: Path

    def scan(self) -> Scan:
        """Return what is there; symbolic links are named, not followed.

        Raises
        ------
        TreeError
            When the folder, or one in it, cannot be read: what is there has to be known, to be closed.
        """
        found = Scan()
        try:
            self._scan(self.root, "", found)
        except OSError as error:
            raise _said(error, self.root) from error
        return found

    def _scan(self, folder: Path, prefix: str, found: Scan) -> None:
        found.folders.add(prefix.rstrip("/"))
        with os.scandir(folder) as entries:
            for entry in entries:
                path = prefix + entry.name
                if entry.is_symlink():
                    found.links.add(path)
                elif entry.is_dir(follow_symlinks=False):
                    self._scan(folder / entry.name, f"{path}/", found)
                elif not entry.name.startswith(".ht"):
                    found.files.add(path)

    def manifest(self) -> Written:
        """Return what the last run said."""
        return read_manifest(_read(self.root / MANIFEST))

    def is_as_written(self, written: Written) -> bool:
        """Tell whether nobody has changed the rules since."""
        return all(_digest(self.root / path) == digest for path, digest in (written.texts or {}).items())

    def passwords(self) -> str:
        """Return the password file as it is."""
        return _read(self.password_file)

    def write(self, plan: Plan, name: str) -> None:
        """Write a plan: everything is on the disk before the first file is replaced.

        Raises
        ------
        TreeError
            When that is not possible; then nothing has changed, or what has not is as it was.
        """
        with self.prepared(batches(plan, name, self.passwords())) as made:
            for batch in made:
                batch.replace()

    @contextlib.contextmanager
    def prepared(self, wanted: Sequence[Sequence[tuple[str, str]]]) -> Iterator[list["Batch"]]:
        """Write batches of files beside those that they will replace, and give them, to be put in place.

        What was not put in place is removed at the end. Raises TreeError as `write` does.
        """
        made: list[Batch] = []
        try:
            self._remove_leftovers()
            for files in wanted:
                batch = Batch([])
                made.append(batch)
                for path, text in files:
                    secret = path == PASSWORDS
                    batch.add(self.password_file if secret else self.root / path, text, secret=secret)
            yield made
        except OSError as error:
            raise _said(error, self.root) from error
        finally:
            for batch in made:
                batch.drop()

    def _remove_leftovers(self) -> None:
        """Remove what a killed run left behind."""
        for folder in {self.password_file.parent, *(self.root / folder for folder in self.scan().folders)}:
            for path in folder.glob(f"{_NEW}*"):
                path.unlink(missing_ok=True)


@dataclass
class Batch:
    """Files on the disk under other names, to be renamed together."""

    files: list[tuple[Path, Path]]

    def add(self, target: Path, text: str, *, secret: bool) -> None:
        """Write a file beside its target."""
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_NEW)
        self.files.append((Path(name), target))
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fchmod(handle, 0o640 if secret else 0o644)
            if secret:  # for Apache, which is a member of the folder's group
                with contextlib.suppress(PermissionError):
                    os.fchown(handle, -1, target.parent.stat().st_gid)
            os.fsync(handle)

    def replace(self) -> None:
        """Put all in place, each in one moment, durably."""
        folders = {target.parent for _, target in self.files}
        for new, target in self.files:
            new.replace(target)
        self.files.clear()
        for folder in folders:
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def drop(self) -> None:
        """Remove what was not put in place."""
        for new, _ in self.files:
            new.unlink(missing_ok=True)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return ""
    except OSError as error:
        raise _said(error, path) from error


def _digest(path: Path) -> str:
    return hashlib.sha256(_read(path).encode()).hexdigest()


def _said(error: OSError, place: Path) -> TreeError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TreeError("the disk is full", place=str(place), remedy="make room, then try again; the old rules hold")
    return TreeError(
        f"cannot be read or written: {error.strerror}",
        place=str(error.filename or place),
        remedy="it must belong to the account that oivo runs as; the old rules hold",
    )
