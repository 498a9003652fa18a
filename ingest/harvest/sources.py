"""Header texts and logs on disk: single files, folders, compressed files, tar archives.

May import ``ingest.errors`` and ``ingest.eso``.
"""

import gzip
import io
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard

from ingest.errors import OivoError
from ingest.eso.client.headers import decoded, text_of_page
from ingest.eso.client.http import DamagedReplyError

HEADERS = (".hdr", ".txt", ".html", ".htm")
TABLES = (".csv", ".vot", ".votable", ".xml")
ARCHIVES = (".tar", ".tgz", ".tar.gz", ".tar.zst")
_COMPRESSED = (".gz", ".zst")
#: The longest header of which we know has 200 kB.
_LARGEST_HEADER = 4_000_000
_LARGEST_TABLE = 200_000_000


class SourceError(OivoError):
    """A file cannot be read as what it should be."""


@dataclass(frozen=True)
class Source:
    """A file with one header or one table, or its content where it comes out of an archive."""

    name: str
    path: Path | None = None
    content: bytes | None = None

    @property
    def is_table(self) -> bool:
        """Whether it is a log, not a header."""
        return _kind(self.name).endswith(TABLES)

    def read(self) -> str:
        """Return its text: of a page of the header service only the header.

        Raises
        ------
        SourceError
            When it cannot be read, or is too large.
        """
        limit = _LARGEST_TABLE if self.is_table else _LARGEST_HEADER
        try:
            content = _unpacked(self.name, self._bytes(limit), limit)
        except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
            raise SourceError(
                f"cannot be read: {getattr(error, 'strerror', None) or error}", place=self.name
            ) from error
        text = decoded(content)
        if self.is_table or text.startswith("SIMPLE") or "<pre" not in text[:20000].lower():
            return text
        try:
            return text_of_page(text)
        except DamagedReplyError as error:
            raise SourceError(str(error), place=self.name, remedy="get it again") from error

    def _bytes(self, limit: int) -> bytes:
        if self.content is not None:
            return self.content
        assert self.path is not None
        with open(self.path, "rb", buffering=0) as stream:  # noqa: PTH123 - half the time of Path.read_bytes
            if os.fstat(stream.fileno()).st_size > limit:
                raise SourceError(f"has more than {limit} bytes: that is no header and no log", place=self.name)
            return stream.readall()


def _kind(name: str) -> str:
    """Return a file's name in lower case, without what says that it is compressed."""
    name = name.lower()
    return name if name.endswith(ARCHIVES) else name.removesuffix(".gz").removesuffix(".zst")


def _unpacked(name: str, content: bytes, limit: int) -> bytes:
    if name.lower().endswith(".gz"):
        content = gzip.GzipFile(fileobj=io.BytesIO(content)).read(limit + 1)
    elif name.lower().endswith(".zst"):
        content = zstandard.ZstdDecompressor().stream_reader(content).read(limit + 1)
    if len(content) > limit:
        raise SourceError(f"has more than {limit} bytes unpacked: that is no header and no log", place=name)
    return content


def sources(paths: Iterable[Path]) -> Iterator[Source]:
    """Yield what is in files and, with all folders below, in folders; names are sorted, others' files passed over.

    A file that is named itself is a header, whatever its name, unless that is one of a table or an archive.

    Raises
    ------
    SourceError
        When a path does not exist or an archive cannot be read.
    """
    for path in paths:
        if not path.exists():
            raise SourceError("is not there", place=str(path))
        if not path.is_dir():
            yield from _of_file(path, path.name)
            continue
        for folder, folders, files in os.walk(path, onerror=_refuse):
            folders.sort()
            for name in sorted(files):
                if _kind(name).endswith((*HEADERS, *TABLES, *ARCHIVES)):
                    found = Path(folder) / name
                    yield from _of_file(found, str(found.relative_to(path)))


def _refuse(error: OSError) -> None:
    raise SourceError(f"cannot be read: {error.strerror}", place=str(error.filename)) from error


def _of_file(path: Path, name: str) -> Iterator[Source]:
    if not name.lower().endswith(ARCHIVES):
        yield Source(name, path=path)
        return
    try:
        with path.open("rb") as stream:
            raw = zstandard.ZstdDecompressor().stream_reader(stream) if name.lower().endswith(".zst") else stream
            with tarfile.open(fileobj=raw, mode="r|" if raw is not stream else "r|*") as archive:
                yield from _of_archive(archive, name)
    except (OSError, EOFError, tarfile.TarError, zlib.error, zstandard.ZstdError) as error:
        raise SourceError(f"is no readable tar archive: {error}", place=str(path)) from error


def _of_archive(archive: tarfile.TarFile, name: str) -> Iterator[Source]:
    for member in archive:
        if member.isfile() and _kind(member.name).endswith((*HEADERS, *TABLES)):
            stream = archive.extractfile(member)
            assert stream is not None
            # a member is not larger than what is taken of any file; one byte more is refused when it is read
            yield Source(f"{name}/{member.name}", content=stream.read(_LARGEST_TABLE + 1))
