"""Files that others host: fetched once, known by checksum, compared again from time to time.

May import ``ingest.archive``, ``ingest.remote``, ``ingest.home``.
"""

import time
from dataclasses import dataclass
from typing import Any

from ingest.archive.connection import Archive
from ingest.errors import OivoError
from ingest.home import Home
from ingest.logs import log
from ingest.remote.fetch import Fetcher
from ingest.remote.guard import networks


def fetcher_of(home: Home, max_bytes: int) -> Fetcher:
    """Return what fetches files for this site, under its name and rules."""
    settings = home.settings
    agent = f"oivo ({settings.text('site.name')}; {settings.text('site.contact_email')})"
    return Fetcher(max_bytes, networks(settings.text("remote.allow")), agent)


@dataclass(frozen=True)
class Compared:
    """How many remote files were compared, and what was wrong with which."""

    compared: int
    problems: tuple[str, ...]


def compare_remote_files(home: Home, seconds: float, days: float = 25.0) -> Compared:
    """Fetch remote files again, the longest not seen first, and note those that changed or are gone.

    Parameters
    ----------
    seconds
        No file is begun after so long.
    days
        Files seen within so many days are left alone.
    """
    fetcher = fetcher_of(home, home.settings.number("limits.oifits_bytes"))
    end = time.monotonic() + seconds
    problems, compared = [], 0
    for row in _due(home, days):
        if time.monotonic() > end:
            break
        problem = _problem_with(fetcher, row)
        compared += 1
        with Archive(home).transaction() as cursor:
            cursor.execute(
                "UPDATE archive.file SET remote_checked = now(), remote_problem = %s WHERE id = %s AND remote_url = %s",
                [problem, row.id, row.remote_url],
            )
        if problem:
            problems.append(f"file {row.id}, {row.remote_url}: {problem}")
            log.warning("remote %s", problems[-1])
    return Compared(compared, tuple(problems))


def _due(home: Home, days: float) -> list[Any]:
    with Archive(home).transaction() as cursor:
        cursor.execute(
            """SELECT id, remote_url, sha256, size_bytes FROM archive.file
               WHERE remote_url IS NOT NULL AND retired IS NULL
                   AND coalesce(remote_checked < now() - make_interval(secs => %s), true)
               ORDER BY remote_checked NULLS FIRST, id""",
            [days * 86400],
        )
        rows: list[Any] = cursor.fetchall()
        return rows


def _problem_with(fetcher: Fetcher, row: Any) -> str | None:
    try:
        size, sha256 = fetcher.digest(row.remote_url)
    except OivoError as error:
        return error.problem
    if sha256 == row.sha256:
        return None
    return f"has other content than when it was registered ({size} bytes instead of {row.size_bytes})"
