"""Many transactions on one connection: bulk work keeps what the server has learnt about the tables.

A new connection costs 20 ms until its first statements on wide tables are planned. May import
``ingest.archive.connection``.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import psycopg2.extras

from ingest.archive.connection import Archive, Connection, Cursor, lost


class Session:
    """A connection for one thread, opened when it is first used.

    Parameters
    ----------
    archive
        The archive.
    patient
        Whether each transaction waits until the disk has it. Work that can be done again need not: a crash of the
        machine can then undo its last second, and nothing else.
    """

    def __init__(self, archive: Archive, *, patient: bool = True) -> None:
        self._archive = archive
        self._options = "" if patient else "-c synchronous_commit=off"
        self._connection: Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Give a cursor whose work is committed whole at the end, or not at all after an error.

        Raises
        ------
        ArchiveError
            As `Archive.transaction`.
        """
        if self._connection is None:
            self._connection = self._archive.connect(self._options)
        try:
            with (
                self._connection,
                self._connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor,
            ):
                yield cursor
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            self.close()
            raise lost(error, self._archive.home) from error

    def close(self) -> None:
        """Close the connection; the next transaction opens another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
