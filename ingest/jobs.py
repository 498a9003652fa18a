"""Work that is done by schedule, inside the server, or by hand: what, when, and how it went.

The server's scheduler calls `tick` every minute; the schedule is the operator's (section
``schedule`` of ``oivo.toml``), the record of runs is the archive's. May import ``ingest.archive``,
``ingest.home`` and the pure modules.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.archive import Archive
from ingest.archive.acl import Outcome, is_due, write_all
from ingest.archive.journal import note_releases
from ingest.archive.previews import draw_missing, remove_stale
from ingest.archive.statistics import count_tables
from ingest.archive.store import Store
from ingest.archive.submissions import digests_in_submissions
from ingest.doi.account import account_of, missing
from ingest.doi.client import Client
from ingest.doi.register import carry_out, one_registration, plan
from ingest.errors import MisuseError, OivoError
from ingest.harvest.lock import one_harvest
from ingest.harvest.sync import Service, sync, whole_scope
from ingest.home import Home
from ingest.instance.backup import back_up
from ingest.instance.dachs import Dachs
from ingest.instance.registry import Registry
from ingest.logs import log, rotate_logs
from ingest.submission.desk import remove_stale_parts
from ingest.submission.remote import compare_remote_files


def _never(home: Home) -> bool:
    return False


@dataclass(frozen=True)
class Job:
    """A piece of scheduled work.

    Attributes
    ----------
    name
        Its name on the command line; with underscores, its setting in the section ``schedule``.
    help
        What it does, in a line.
    work
        Does it and returns what to note.
    wanted
        Tells whether there is something to do between the times of the schedule, unless that is ``off``. It is asked
        each minute, so it must be cheap.
    """

    name: str
    help: str
    work: Callable[[Home], str]
    wanted: Callable[[Home], bool] = _never

    def schedule(self, home: Home) -> str:
        """Return when it runs: ``03:30``, ``every 2 hours`` or ``off``."""
        return home.settings.text(f"schedule.{self.name.replace('-', '_')}")


#: The next run goes on where this one stops.
_PREVIEW_SECONDS = 600.0
_REMOTE_SECONDS = 3600.0


def _release_dates(home: Home) -> str:
    with Archive(home).transaction() as cursor:
        return f"{note_releases(cursor, datetime.now(UTC))} files became public"


def _tidy(home: Home) -> str:
    with Archive(home).transaction() as cursor:
        # submissions first: one that is saved meanwhile is found among the files
        referenced = digests_in_submissions(cursor)
        cursor.execute("SELECT sha256 FROM archive.file UNION SELECT sha256 FROM archive.product")
        referenced |= {row.sha256 for row in cursor.fetchall()}
        cursor.execute("DELETE FROM archive.job_run WHERE started < now() - interval '1 year'")
    removed = Store(home.files).remove_unreferenced(referenced)
    with Archive(home).transaction() as cursor:
        stale = remove_stale(home, cursor)
        parts = remove_stale_parts(home, cursor)
    # DaCHS starts a new web.log at each megabyte and keeps all of them.
    old = sorted((home.dachs / "logs").glob("web.log.*"), key=lambda path: path.stat().st_mtime)[:-20]
    for path in old:
        path.unlink()
    rotate_logs(home)
    counts = (f"{removed} stored files without owner", f"{stale} old plots", f"{parts} unfinished uploads")
    return f"{', '.join(counts)} and {len(old)} old logs removed"


def _previews(home: Home) -> str:
    drawn, failed = draw_missing(home, _PREVIEW_SECONDS)
    return f"{drawn} plots drawn{f', {failed} failed' if failed else ''}"


def _remote_files(home: Home) -> str:
    done = compare_remote_files(home, _REMOTE_SECONDS)
    return f"{done.compared} compared{f', {len(done.problems)} changed or gone' if done.problems else ''}"


def _acl(home: Home) -> str:
    done = write_all(home, datetime.now(UTC))
    failed = [outcome for outcome in done if isinstance(outcome, OivoError)]
    if failed:
        raise OivoError(f"{len(failed)} of {len(done)} trees failed: {'; '.join(map(str, failed))}")
    written = sum(isinstance(outcome, Outcome) and outcome.wrote for outcome in done)
    return f"rules of {written} of {len(done)} hosted trees written"


def _dois(home: Home) -> str:
    """Tell DataCite what changed; nothing is registered that the operator has not registered by hand."""
    lacking = missing(home)
    if lacking:
        return f"off: {', '.join(lacking)} not set"
    archive, done, failed = Archive(home), 0, 0
    with one_registration(archive), Client(account_of(home)) as client:
        with archive.transaction() as cursor:
            tasks = plan(home, cursor, known_only=True)
        for task in tasks:
            if task.what != "unchanged":
                failed += bool(carry_out(archive, client, task))
                done += 1
    if failed:
        raise OivoError(f"{failed} of {done} DOIs failed", remedy="see: ./oivo registry doi --status")
    return f"{done} of {len(tasks)} DOIs updated"


def _obsportal(home: Home) -> str:
    archive, now = Archive(home), datetime.now(UTC)
    with one_harvest(archive):
        return str(sync(archive, whole_scope(home, now), Service.of(home), "", lambda problem: None, now))


def _registry(home: Home) -> str:
    registry = Registry(home)
    if not registry.write(registry.ask_data()):
        return "nothing has changed"
    Dachs(home).register()
    return "records written anew"


JOBS = (
    Job("acl", "Write the rules of hosted trees: daily, and within minutes of each change.", _acl, is_due),
    Job("backup", "Dump the archive to the folder backups; keep the last backup.keep.", back_up),
    Job("dois", "Tell DataCite what changed about collections that have a DOI.", _dois),
    Job("obsportal", "Harvest ESO's archive: new and changed frames, headers, targets.", _obsportal),
    Job("previews", "Draw the plots of new granules, for at most ten minutes a run.", _previews),
    Job("registry", "Ask the data for coverage and test queries; write records anew that changed.", _registry),
    Job("release-dates", "Note in the journal which files became public since the last run.", _release_dates),
    Job("remote-files", "Compare files that others host with their checksums, for at most an hour.", _remote_files),
    Job("statistics", "Count the published tables and the values of their columns.", count_tables),
    Job("tidy", "Remove stored bytes and logs that nothing needs any more.", _tidy),
)


def find_job(name: str) -> Job:
    """Return a job by its name.

    Raises
    ------
    MisuseError
        When there is none of that name.
    """
    for job in JOBS:
        if job.name == name:
            return job
    raise MisuseError(f"there is no job {name!r}", remedy=f"there are: {', '.join(job.name for job in JOBS)}")


def last_due(schedule: str, now: datetime) -> datetime | None:
    """Return the latest moment, up to now, at which a schedule wanted a run; None for ``off``.

    Examples
    --------
    >>> last_due("03:30", datetime(2026, 5, 2, 1, 0, tzinfo=UTC))
    datetime.datetime(2026, 5, 1, 3, 30, tzinfo=datetime.timezone.utc)
    """
    if schedule == "off":
        return None
    daily = re.fullmatch(r"(\d\d):(\d\d)", schedule)
    if daily:
        today = now.replace(hour=int(daily[1]), minute=int(daily[2]), second=0, microsecond=0)
        return today if today <= now else today - timedelta(days=1)
    _, number, unit = schedule.split()
    return now - timedelta(**{unit: int(number)})


def run_job(home: Home, job: Job) -> str:
    """Run a job now and record how it went; two at once of the same are refused.

    Returns
    -------
    str
        What it noted.

    Raises
    ------
    OivoError
        What the job raises, after that was recorded; or that it is running already.
    """
    archive = Archive(home)
    with archive.locked(f"job {job.name}") as free:
        if not free:
            raise OivoError("is running already", place=f"job {job.name}", remedy="wait for its end")
        with archive.transaction() as cursor:
            # Having the lock, we know that a run without an end was killed, or comes from a dump.
            cursor.execute(
                """UPDATE archive.job_run SET finished = now(), outcome = 'failed', message = 'interrupted'
                   WHERE job = %s AND finished IS NULL""",
                [job.name],
            )
            cursor.execute("INSERT INTO archive.job_run (job) VALUES (%s) RETURNING id", [job.name])
            row = cursor.fetchone()
            assert row is not None
        outcome, message = "failed", "interrupted"
        try:
            message = job.work(home)
            outcome = "done"
        except Exception as error:
            message = str(error)
            raise
        finally:
            with archive.transaction() as cursor:
                cursor.execute(
                    "UPDATE archive.job_run SET finished = now(), outcome = %s, message = %s WHERE id = %s",
                    [outcome, message, row.id],
                )
            log.log(20 if outcome == "done" else 40, "job %s %s: %s", job.name, outcome, message)
    return message


def due_jobs(home: Home, now: datetime | None = None) -> list[Job]:
    """Return the jobs whose time has come since they last started, or that have something to do."""
    now = now or datetime.now(UTC)
    found = []
    for job in JOBS:
        due = last_due(job.schedule(home), now)
        if due is not None and (not _started_since(home, job, due) or job.wanted(home)):
            found.append(job)
    return found


def tick() -> None:
    """Do what the server's scheduler wants each minute; what goes wrong is in oivo's log.

    Each job runs in a process of its own, so that the server goes on answering. Several servers
    may call this at once: each run happens once (`run_job`).
    """
    try:
        for job in due_jobs(Home.from_environment()):
            subprocess.run([sys.executable, "-m", "ingest", "jobs", "run", job.name], capture_output=True, check=False)
    except Exception:
        log.exception("the schedule")


def _started_since(home: Home, job: Job, due: datetime) -> bool:
    """Tell whether a job was started at or after a moment; a new archive owes nothing from before it was made."""
    with Archive(home).transaction() as cursor:
        cursor.execute(
            """SELECT greatest((SELECT max(started) FROM archive.job_run WHERE job = %s),
                               (SELECT min(applied) FROM archive.migration)) >= %s AS started""",
            [job.name, due],
        )
        row = cursor.fetchone()
        return row is not None and bool(row.started)
