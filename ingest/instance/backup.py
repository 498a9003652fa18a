"""Backups: a dump of the schema ``archive``. The files are in the store and are copied as files.

A dump restored into a new instance gives the same rows with the same identifiers; what DaCHS
publishes is made again from them. May import ``ingest.home``, ``ingest.archive.connection`` and
``ingest.instance.postgres``.
"""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from ingest.archive.connection import ArchiveError
from ingest.home import Home
from ingest.instance.postgres import Cluster

_PREFIX = "archive-"


def back_up(home: Home) -> str:
    """Dump the archive and remove the oldest dumps beyond ``backup.keep``.

    Returns
    -------
    str
        What was done.

    Raises
    ------
    ArchiveError
        When the dump fails; a half-written one is removed.
    """
    target = home.backups / f"{_PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S}.dump"
    half = target.with_suffix(".new")
    cluster = Cluster(home)
    _run(
        [
            cluster.program("pg_dump"),
            "--format=custom",
            "--schema=archive",
            f"--file={half}",
            f"--dbname={cluster.dsn()}",
        ],
        half,
    )
    half.rename(target)
    for old in dumps(home)[: -home.settings.number("backup.keep")]:
        old.unlink()
    return f"{target.name}, {target.stat().st_size / 1e6:.1f} MB"


def dumps(home: Home) -> list[Path]:
    """Return the dumps of a home, the oldest first."""
    return sorted(home.backups.glob(f"{_PREFIX}*.dump"))


def restore(home: Home, dump: Path) -> None:
    """Put a dump in the place of the archive, in one transaction.

    Raises
    ------
    ArchiveError
        When it is no dump or does not fit; the archive is then as it was.
    """
    cluster = Cluster(home)
    _run(
        [
            cluster.program("pg_restore"),
            "--single-transaction",
            "--clean",
            "--if-exists",
            f"--dbname={cluster.dsn()}",
            str(dump),
        ],
        None,
    )


def _run(command: list[str], half: Path | None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        if half is not None:
            half.unlink(missing_ok=True)
        said = done.stderr.strip().splitlines()
        raise ArchiveError(f"{Path(command[0]).name} failed: {said[0] if said else done.returncode}")
