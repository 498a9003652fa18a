"""Connections to the archive, and its errors in plain words.

May import ``ingest.home`` and ``ingest.errors``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from ingest.errors import OivoError
from ingest.home import Home

#: Owner of the schema ``archive``; everything that oivo writes is written in its name.
ROLE = "oivo"
#: Database of archive and publication.
DATABASE = "oivo"

Connection: TypeAlias = psycopg2.extensions.connection
Cursor: TypeAlias = psycopg2.extensions.cursor


class ArchiveError(OivoError):
    """The archive cannot be reached, or refuses what it was given."""


class MissingError(ArchiveError):
    """What was asked for by its identifier is not there, or not for this person."""


class Archive:
    """The archive of one home.

    Parameters
    ----------
    home
        The instance.
    role
        Database role; the schema's owner by default.
    """

    def __init__(self, home: Home, role: str = ROLE) -> None:
        self.home = home
        self.dsn = f"host={home.sockets} dbname={DATABASE} user={role} application_name=oivo"

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Give a cursor whose work is committed whole at the end, or not at all after an error.

        Rows come as named tuples.

        Raises
        ------
        ArchiveError
            When the database is down, full, or lost on the way; nothing is written then.
        """
        connection = self.connect()
        try:
            # What is not committed is rolled back by closing; a connection that the server has ended cannot do more.
            with connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
                yield cursor
            connection.commit()
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise lost(error, self.home) from error
        finally:
            connection.close()

    def connect(self, options: str = "") -> Connection:
        """Open a connection; the caller closes it.

        Raises
        ------
        ArchiveError
            When the database is down.
        """
        try:
            return psycopg2.connect(self.dsn, connect_timeout=10, options=options)
        except psycopg2.OperationalError as error:
            raise lost(error, self.home) from error

    @contextmanager
    def locked(self, key: str) -> Iterator[bool]:
        """Hold a lock that no other process can hold; gives whether it was free.

        The lock is the session's, so that a killed process frees it.
        """
        connection = self.connect()
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
                row: Any = cursor.fetchone()
                yield bool(row[0])
        finally:
            connection.close()


def lost(error: psycopg2.Error, home: Home) -> ArchiveError:
    """Put a failure of the server into words: it is down, or full, or said something else."""
    if error.pgcode == "53100":
        return ArchiveError(
            "the disk of the database is full", place=str(home.root), remedy="make room, then try again"
        )
    if error.pgcode is None and not (home.sockets / ".s.PGSQL.5432").exists():
        return ArchiveError("the database is not running", place=str(home.root), remedy="start it: ./oivo up --detach")
    return ArchiveError(f"the database failed: {str(error).strip().splitlines()[0]}", remedy="nothing was written")
