"""Connections for reads that are kept: a page or an answer to ASPRO2 needs none of its own (2 ms each).

May import ``ingest.archive.connection``.
"""

import queue
import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg2
import psycopg2.extras

from ingest.archive.connection import Archive, Connection, Cursor, lost
from ingest.errors import OivoError


class BusyError(OivoError):
    """So many reads run already that another one would not help anybody."""


class ReadPool:
    """Connections that can read and not write, each used by one thread at a time.

    Parameters
    ----------
    archive
        The archive to read.
    seconds
        Longest statement; 0 for none.
    most
        Idle connections that are kept.
    """

    def __init__(self, archive: Archive, seconds: int = 60, most: int = 8) -> None:
        self._archive, self._seconds = archive, seconds
        self._idle: queue.LifoQueue[Connection] = queue.LifoQueue(most)

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        """Give a cursor whose rows are named tuples; each statement is a transaction of its own.

        Raises
        ------
        ArchiveError
            When the database is down or lost on the way.
        BusyError
            When a statement takes too long.
        """
        connection = self._take()
        try:
            with connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
                yield cursor
        except psycopg2.extensions.QueryCanceledError as error:
            connection.close()
            raise BusyError(f"the database needs more than {self._seconds} s", remedy="ask for less") from error
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            connection.close()
            raise lost(error, self._archive.home) from error
        except BaseException:
            # whatever it was doing, nobody reads its answer any more
            connection.close()
            raise
        try:
            self._idle.put_nowait(connection)
        except queue.Full:
            connection.close()

    def _take(self) -> Connection:
        with suppress(queue.Empty):
            while True:
                connection = self._idle.get_nowait()
                if _is_alive(connection):
                    return connection
                connection.close()
        connection = self._archive.connect(f"-c statement_timeout={self._seconds * 1000}")
        connection.set_session(readonly=True, autocommit=True)
        return connection

    def close(self) -> None:
        """Close what is idle."""
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()


def _is_alive(connection: Connection) -> bool:
    """Tell whether the server still holds its end: it says nothing to an idle client but that it is over."""
    if connection.closed:
        return False
    waiting, _, _ = select.select([connection.fileno()], [], [], 0)
    return not waiting
