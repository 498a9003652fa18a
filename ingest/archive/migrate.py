"""Numbered migrations: each is applied once, whole, in order, and never changes afterwards.

May import ``ingest.archive.connection`` and ``ingest.errors``.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from ingest.archive.connection import ROLE, ArchiveError, Connection

FOLDER = Path(__file__).parent / "migrations"

_SETUP = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} LOGIN; END IF;
END $$;
CREATE SCHEMA IF NOT EXISTS archive AUTHORIZATION {ROLE};
CREATE TABLE IF NOT EXISTS archive.migration (
    number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied timestamptz NOT NULL DEFAULT now());
GRANT SELECT ON archive.migration TO {ROLE};
"""


@dataclass(frozen=True)
class Migration:
    """One file of the folder ``migrations``: ``0001_oidb.sql``."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Digest of the text, kept with the note that it was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """Return all migrations in their order.

    Raises
    ------
    ArchiveError
        When a number is missing or used twice.
    """
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = re.fullmatch(r"([0-9]{4})_[a-z0-9_]+", path.stem)
        if not match:
            raise ArchiveError("is not named like 0001_name.sql", place=str(path))
        found.append(Migration(int(match[1]), path.stem, path.read_text(encoding="utf-8")))
    numbers = [migration.number for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise ArchiveError(f"migrations have the numbers {numbers}", place=str(folder), remedy="number them 1, 2, 3 …")
    return found


def migrate(superuser_dsn: str, folder: Path = FOLDER) -> Iterator[Migration]:
    """Apply what is missing, one transaction a migration; yield each when it is in.

    Parameters
    ----------
    superuser_dsn
        Connection as superuser: the first run makes the role and the schema.

    Raises
    ------
    ArchiveError
        When an applied migration's file has changed, or the archive is newer than this oivo.
    """
    connection = psycopg2.connect(superuser_dsn)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(_SETUP)
        wanted = migrations(folder)
        applied = _applied(connection)
        if applied and max(applied) > len(wanted):
            raise ArchiveError(
                f"the archive is at migration {max(applied)}, this oivo knows {len(wanted)}",
                remedy="use the newer oivo, or restore a backup into a new home",
            )
        for migration in wanted:
            digest = applied.get(migration.number)
            if digest is None:
                _apply(connection, migration)
                yield migration
            elif digest != migration.sha256:
                raise ArchiveError(
                    "was changed after it had been applied", place=migration.name, remedy="add a new migration instead"
                )
    finally:
        connection.close()


def _applied(connection: Connection) -> dict[int, str]:
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT number, sha256 FROM archive.migration")
        return dict(cursor.fetchall())


def _apply(connection: Connection, migration: Migration) -> None:
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('oivo migrations', 0))")
        cursor.execute("SELECT set_config('role', %s, true)", [ROLE])
        cursor.execute(migration.sql)
        cursor.execute("RESET ROLE")
        cursor.execute(
            "INSERT INTO archive.migration (number, name, sha256) VALUES (%s, %s, %s)",
            [migration.number, migration.name, migration.sha256],
        )
