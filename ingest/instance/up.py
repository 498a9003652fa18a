"""`./oivo up`: from whatever is there to a running instance, in steps that can each be repeated.

May import everything of ``ingest`` but the command line.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psycopg2

from ingest.archive import Archive
from ingest.archive.migrate import migrate
from ingest.archive.stations import keep_stations
from ingest.archive.statistics import count_tables
from ingest.home import Home
from ingest.instance.dachs import Dachs
from ingest.instance.environment import check_environment
from ingest.instance.pgsphere import create_extensions
from ingest.instance.postgres import DATABASE, Cluster, DatabaseError
from ingest.instance.supervisor import check_ports, wait_until_answering
from ingest.logs import log
from ingest.settings import write_defaults

Report = Callable[[str], None]


def prepare(
    home: Home, report: Report, *, populate: Callable[[], None] | None, unfinished: Callable[[Home], bool]
) -> None:
    """Make everything that is missing, up to an instance that can serve; leaves the database running.

    Parameters
    ----------
    home
        The instance; the caller holds its lock.
    report
        Told what is being done, one short line a step.
    populate
        Called when the archive is empty, or an earlier call of it was interrupted.
    unfinished
        Tells whether one was.
    """
    home.create()
    if write_defaults(home.settings_file):
        report(f"Wrote the settings: {home.settings_file}")
    check_ports(home)  # reads the settings, too: a mistake in them shows before anything is made
    check_environment()
    cluster = Cluster(home)
    if not home.cluster.exists():
        report("Making the database")
    cluster.create()
    cluster.start()
    _create_database(cluster)
    create_extensions(cluster)
    dachs = Dachs(home)
    dachs.configure()
    if dachs.initialise():
        report("Made DaCHS' tables")
    for migration in migrate(cluster.dsn()):
        report(f"Migrated the archive: {migration.name}")
    _set_address(cluster)
    with Archive(home).transaction() as cursor:
        keep_stations(cursor)
    if populate is not None and (is_empty(Archive(home)) or unfinished(home)):
        populate()
    publish_if_changed(dachs, report)


def _create_database(cluster: Cluster) -> None:
    connection = psycopg2.connect(cluster.dsn(database="postgres"))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg2.OperationalError as error:
        raise DatabaseError(f"cannot make the database: {error}", place=str(cluster.home.cluster)) from error
    finally:
        connection.close()


def _set_address(cluster: Cluster) -> None:
    """Tell the database the site's address, which the published views put before the paths of files and pages.

    Where it has changed since the last start, so do the links in DaCHS' list of services.
    """
    new = cluster.home.settings.base_url
    connection = psycopg2.connect(cluster.dsn())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('oivo.site_url', true), '')")
            (old,) = cursor.fetchone() or ("",)
            if old == new:
                return
            cursor.execute(f"ALTER DATABASE {DATABASE} SET oivo.site_url = %s", [new])
            if old:
                cursor.execute(
                    """UPDATE dc.interfaces SET referenceurl = %s || substr(referenceurl, length(%s) + 1)
                       WHERE starts_with(referenceurl, %s)""",
                    [new, old, f"{old}/"],
                )
    finally:
        connection.close()


def is_empty(archive: Archive) -> bool:
    """Tell whether the archive holds no collection."""
    with archive.transaction() as cursor:
        cursor.execute("SELECT FROM archive.collection LIMIT 1")
        return cursor.fetchone() is None


def publish_if_changed(dachs: Dachs, report: Report) -> bool:
    """Import the RDs into DaCHS if they, the settings or DaCHS itself changed; say whether it was done."""
    stamp = dachs.home.dachs / "published"
    wanted = dachs.publication_stamp()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return False
    report("Publishing")
    stamp.unlink(missing_ok=True)
    dachs.publish()
    # TAP_SCHEMA was written anew, without sizes
    count_tables(dachs.home)
    stamp.write_text(wanted, encoding="ascii")
    return True


def serve_detached(home: Home, lock: int) -> None:
    """Start a supervisor of its own session, which inherits the home's lock; return when the site answers."""
    os.set_inheritable(lock, True)
    with (home.logs / "supervisor.log").open("ab") as output:
        process: subprocess.Popen[Any] = subprocess.Popen(
            [sys.executable, "-m", "ingest", "supervise"],
            env={**os.environ, "OIVO_HOME": str(home.root)},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=[lock],
        )
    wait_until_answering(home, process)
    log.info("detached supervisor %d serves %s", process.pid, home.settings.base_url)
