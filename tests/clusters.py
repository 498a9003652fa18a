"""An instance that is only its database, migrated: for tests of what needs no web server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from ingest.archive.migrate import migrate
from ingest.home import Home
from ingest.instance.postgres import DATABASE, Cluster
from ingest.instance.up import create_extensions
from ingest.settings import write_defaults
from tests.instances import Instance

#: What DaCHS makes at its initialisation and migrations grant rights to.
_ROLES = "CREATE ROLE gavoadmin; CREATE ROLE gavo; CREATE ROLE untrusted"


@contextmanager
def bare_instance(folder: Path) -> Iterator[Instance]:
    """Start a cluster in a new home in this folder; it is stopped at the end."""
    home = Home(folder / "home")
    home.create()
    write_defaults(home.settings_file)
    cluster = Cluster(home)
    cluster.create()
    cluster.start()
    try:
        _run(cluster, "postgres", f"CREATE DATABASE {DATABASE}")
        create_extensions(cluster)
        _run(cluster, DATABASE, _ROLES)
        for _ in migrate(cluster.dsn()):
            pass
        yield Instance(home, 1)
    finally:
        cluster.stop()


def _run(cluster: Cluster, database: str, statements: str) -> None:
    connection = psycopg2.connect(cluster.dsn(database=database))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statements)
    finally:
        connection.close()
