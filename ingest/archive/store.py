"""The store of files: bytes named by their SHA-256, written once, never changed.

A file is in the store before the database knows it, so a crash leaves at worst bytes that
nothing refers to (the job ``tidy`` removes them). May import ``ingest.errors``.
"""

import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import OivoError

_DIGEST = re.compile(r"[0-9a-f]{64}")


class StoreError(OivoError):
    """The store of files cannot be read or written."""


@dataclass(frozen=True)
class Store:
    """A folder of files, two levels deep: ``ab/cdef…``.

    Attributes
    ----------
    root
        The folder.
    """

    root: Path

    def path(self, sha256: str) -> Path:
        """Return where the bytes of a digest are, or would be."""
        if not _DIGEST.fullmatch(sha256):
            raise StoreError(f"{sha256!r} is not a SHA-256")
        return self.root / sha256[:2] / sha256[2:]

    def put(self, content: bytes) -> str:
        """Keep bytes, durably, and return their SHA-256; bytes that are there already cost nothing.

        Raises
        ------
        StoreError
            When the disk is full or the folder cannot be written; nothing is left behind.
        """
        digest = hashlib.sha256(content).hexdigest()
        target = self.path(digest)
        try:
            if target.exists():
                # Young again, so that `remove_unreferenced` leaves it to the ingest that has just met it.
                os.utime(target)
            else:
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._write(target, content)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise StoreError(
                "the disk is full" if full else f"cannot be written: {error.strerror}",
                place=str(self.root),
                remedy="make room, then try again" if full else "see its permissions",
            ) from error
        return digest

    @staticmethod
    def _write(target: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def digests(self) -> Iterator[str]:
        """Yield the digests of all stored files."""
        for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
            if _DIGEST.fullmatch(path.parent.name + path.name):
                yield path.parent.name + path.name

    def remove_unreferenced(self, referenced: set[str], older_than: float = 86400.0) -> int:
        """Remove bytes that no row of the archive names, and half-written ones.

        Parameters
        ----------
        referenced
            Digests that the archive names.
        older_than
            Age in seconds; younger ones may belong to an ingest that is under way.

        Returns
        -------
        int
            How many files were removed.
        """
        limit = time.time() - older_than
        removed = 0
        for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
            if path.parent.name + path.name not in referenced and path.stat().st_mtime < limit:
                path.unlink()
                removed += 1
        return removed
