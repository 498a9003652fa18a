"""Runs the process that checks an upload, and reads what it says before its time is over.

May import ``ingest.home``, ``ingest.logs``, and this package's ``limits``.
"""

import base64
import binascii
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Timer
from typing import IO, Any

from ingest.home import PROJECT, Home
from ingest.logs import log
from ingest.validate.limits import Limits

#: Longest answer; 50 reports and 8 plots have some megabytes.
_MOST_OUTPUT = 48 * 2**20
_PROGRAM = (sys.executable, "-m", "ingest.validate")


def limits_of(home: Home) -> Limits:
    """Return the limits that the operator set."""
    settings = home.settings
    sent = settings.number("limits.validator_bytes")
    unpacked = min(4 * sent, settings.number("limits.oifits_bytes"))
    return Limits(sent, settings.number("limits.validator_seconds"), unpacked)


@dataclass
class CheckedFile:
    """What is known of a file that was sent.

    Attributes
    ----------
    name
        As its owner calls it.
    report
        As `ingest.oifits.check.Report.as_json` gives it; None when there is none.
    trouble
        Why there is none, or why something is missing.
    granules
        Facts on its first granules.
    nb_granules, why_none
        How many there are; why there is none.
    findings_left
        Findings beyond those in the report.
    plots
        PNG by number of the granule.
    """

    name: str
    report: dict[str, Any] | None = None
    trouble: str = ""
    granules: list[dict[str, Any]] = field(default_factory=list)
    nb_granules: int = 0
    why_none: str = ""
    findings_left: int = 0
    plots: dict[int, bytes] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what ``oivo oidb check --format json`` says of the file."""
        if self.report is None:
            return {"file": self.name, "version": None, "error": self.trouble, "findings": []}
        return {**self.report, "findings_left": self.findings_left} if self.findings_left else self.report


@dataclass
class Outcome:
    """What came of a job.

    Attributes
    ----------
    files
        In the order in which they were sent.
    fields
        The other fields of the form.
    profile
        Under which the files were checked.
    refused
        Why nothing at all was checked.
    killed
        Whether it was ended before it was done.
    plots_total
        How many plots there could be; None when none were wanted or it did not come to that.
    """

    files: list[CheckedFile] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    profile: str = ""
    refused: str = ""
    killed: bool = False
    plots_total: int | None = None

    @property
    def plots_drawn(self) -> int:
        """Number of plots that there are."""
        return sum(len(file.plots) for file in self.files)


class ValidationJob:
    """One upload to be checked.

    Parameters
    ----------
    body
        What was sent, as a file; the process reads it from its start.
    content_type
        Of the request.
    profile
        What the form itself does not overrule.
    plots
        Whether plots are wanted.
    program
        What is started, for tests.
    """

    def __init__(
        self,
        body: IO[bytes],
        content_type: str,
        limits: Limits,
        *,
        profile: str = "",
        plots: bool = True,
        program: tuple[str, ...] = _PROGRAM,
    ) -> None:
        self.body, self.limits, self.program = body, limits, program
        self.order = {"content_type": content_type, "profile": profile, "plots": plots, "limits": limits.as_dict()}
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False
        self._late = False

    def run(self) -> Outcome:
        """Check it; called in a thread."""
        if self._cancelled:
            return Outcome(killed=True)
        with _with_number(self.body) as body:
            outcome = _outcome_of(self._answer(body))
        self._explain(outcome)
        return outcome

    def cancel(self) -> None:
        """End it: nobody waits for it any more."""
        self._cancelled = True
        self._kill()

    def _answer(self, body: IO[bytes]) -> bytes:
        """Return what the process writes until it ends, or is killed because its time or its room is over."""
        with (
            _environment() as environment,
            subprocess.Popen(
                [*self.program, json.dumps(self.order)],
                stdin=body,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd="/",
                env=environment,
                start_new_session=True,
            ) as process,
        ):
            self._process = process
            timer = Timer(self.limits.seconds, self._too_late)
            timer.start()
            try:
                assert process.stdout is not None and process.stderr is not None
                said = process.stdout.read(_MOST_OUTPUT) if not self._cancelled else b""
                self._kill()
                complaint = process.stderr.read().decode("utf-8", "replace").strip()
            finally:
                timer.cancel()
                self._kill()
                self._process = None
        if complaint:
            log.error("validator: %s", complaint)
        return said

    def _too_late(self) -> None:
        self._late = True
        self._kill()

    def _kill(self) -> None:
        """Kill the process and what it may have started, also when it has ended before them."""
        process = self._process
        if process is not None:  # until it is waited for, its number is nobody else's
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def _explain(self, outcome: Outcome) -> None:
        """Say of files without report, and of a job without files, what became of them."""
        why = (
            f"not checked: the {self.limits.seconds} s that a job may take were over"
            if self._late
            else "not checked: it takes more time or memory than there is here"
        )
        for file in outcome.files:
            if file.report is None and not file.trouble:
                file.trouble = why
        if not outcome.files and outcome.killed and not outcome.refused:
            outcome.refused = why


@contextmanager
def _with_number(body: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give a body at its start as a file that a process can have, which one in memory is not."""
    body.seek(0)
    try:
        number = body.fileno()
    except (OSError, AttributeError):  # io.UnsupportedOperation is an OSError
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(body, copy)
            copy.seek(0)
            yield copy
        return
    body.flush()
    os.lseek(number, 0, os.SEEK_SET)
    yield body


@contextmanager
def _environment() -> Iterator[dict[str, str]]:
    """Give the environment of the process: nothing of the server's but where matplotlib has its list of fonts."""
    with ExitStack() as stack:
        # matplotlib would make a folder that stays when the process is killed
        fonts = os.environ.get("MPLCONFIGDIR") or stack.enter_context(tempfile.TemporaryDirectory())
        yield {
            "MPLCONFIGDIR": fonts,
            "PATH": os.defpath,
            "PYTHONPATH": str(PROJECT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LC_ALL": "C.UTF-8",
            # one thread each: more of them only take address space
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }


def _outcome_of(said: bytes) -> Outcome:
    outcome = Outcome(killed=True)
    for event in _events(said):
        _note(outcome, event)
    return outcome


def _events(said: bytes) -> Iterator[dict[str, Any]]:
    """Yield the lines of an answer; the last one may be cut."""
    for line in said.split(b"\n"):
        with suppress(ValueError):
            yield json.loads(line)


def _note(outcome: Outcome, event: dict[str, Any]) -> None:
    match event:
        case {"event": "refused", "message": message}:
            outcome.refused, outcome.killed = message, False
        case {"event": "files", "files": files, "fields": fields, "profile": profile}:
            outcome.files = [CheckedFile(file["name"], trouble=file["refused"]) for file in files]
            outcome.fields, outcome.profile = fields, profile
        case {"event": "report", "file": number, "report": report, **more}:
            file = outcome.files[number]
            file.report = report
            file.granules, file.nb_granules = more.get("granules", []), more.get("nb_granules", 0)
            file.why_none, file.findings_left = more.get("why", ""), more.get("left", 0)
        case {"event": "failed", "file": number, "message": message, "traceback": traceback}:
            outcome.files[number].trouble = message
            log.error("validator: %s: %s\n%s", outcome.files[number].name, message, traceback)
        case {"event": "plot", "file": number, "granule": place, "png": png}:
            with suppress(binascii.Error):
                outcome.files[number].plots[place] = base64.b64decode(png)
        case {"event": "plots", "total": total}:
            outcome.plots_total = total
        case {"event": "end"}:
            outcome.killed = False
