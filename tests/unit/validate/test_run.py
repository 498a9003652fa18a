"""The process that checks an upload: what it answers, and that it ends."""

import json
import os
import sys
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Timer

import pytest

from ingest.oifits.check import check_path
from ingest.validate.limits import Limits
from ingest.validate.run import Outcome, ValidationJob
from tests.build import forms
from tests.build import oifits as build

LIMITS = Limits(body_bytes=10**7, seconds=50, unpacked_bytes=40_000_000)
GOOD = build.sound()
PNG = b"\x89PNG\r\n"


def run(
    files: list[tuple[str, bytes]],
    fields: dict[str, str] | None = None,
    *,
    limits: Limits = LIMITS,
    plots: bool = False,
) -> Outcome:
    return ValidationJob(BytesIO(forms.form(files, fields)), forms.CONTENT_TYPE, limits, plots=plots).run()


def test_reports_are_those_of_the_checker(tmp_path: Path) -> None:
    odd = build.plain()
    for name, content in (("good.fits", GOOD), ("odd.fits", odd), ("nothing.fits", b"hello")):
        (tmp_path / name).write_bytes(content)
    outcome = run([("good.fits", GOOD), ("odd.fits", odd), ("nothing.fits", b"hello")])
    assert not outcome.killed
    assert outcome.profile == "oivo"
    expected = [check_path(tmp_path / file.name).as_json() for file in outcome.files]
    assert [file.as_json() for file in outcome.files] == json.loads(json.dumps(expected))
    assert [file.nb_granules for file in outcome.files] == [1, 1, 0]
    assert outcome.files[0].granules[0]["target"] == "HD 1"


def test_profile_of_the_form_goes_before() -> None:
    assert run([("a.fits", GOOD)], {"profile": "jmmc"}).profile == "jmmc"
    assert "there are: oivo, jmmc" in run([("a.fits", GOOD)], {"profile": "nonsense"}).refused


def test_plots_are_bounded() -> None:
    outcome = run([(f"{number}.fits", GOOD) for number in range(3)], limits=replace(LIMITS, plots=2), plots=True)
    assert (outcome.plots_drawn, outcome.plots_total) == (2, 3)
    assert [list(file.plots) for file in outcome.files] == [[0], [0], []]
    assert outcome.files[0].plots[0].startswith(PNG)
    assert run([("a.fits", GOOD)], {"format": "json"}, plots=True).plots_total is None


def test_refused_file_has_a_report_of_its_own() -> None:
    outcome = run([("a.zip", forms.archive({"../a.fits": GOOD, "b.fits": GOOD}))])
    assert outcome.files[0].as_json() == {
        "file": "a.zip/../a.fits",
        "version": None,
        "error": "its name leads out of the archive",
        "findings": [],
    }
    assert outcome.files[1].report is not None


def test_too_little_memory_is_told() -> None:
    limits = replace(LIMITS, memory_bytes=300 * 2**20)
    outcome = run([(f"{number}.fits", os.urandom(9_000_000)) for number in range(20)], limits=limits)
    assert "too much to be read at once" in outcome.refused


PROGRAM = """
import sys, time
print('{"event": "files", "files": [{"name": "a.fits", "refused": ""}], "fields": {}, "profile": "oivo"}', flush=True)
%s
"""


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("time.sleep(1000)", "1 s that a job may take were over"),
        ("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass", "1 s that a job may take"),
        ("import os; os.abort()", "more time or memory"),
        ("raise MemoryError", "more time or memory"),
        ("import os; os.fork() or time.sleep(1000); time.sleep(1000)", "1 s that a job may take"),
        ("import os; os.fork() and os._exit(0); time.sleep(1000)", "1 s that a job may take"),
    ],
)
def test_what_does_not_end_is_ended(does: str, told: str) -> None:
    program = (sys.executable, "-c", PROGRAM % does)
    began = time.monotonic()
    job = ValidationJob(BytesIO(b"x"), forms.CONTENT_TYPE, replace(LIMITS, seconds=1), program=program)
    outcome = job.run()
    assert time.monotonic() - began < 10
    assert outcome.killed
    assert told in outcome.files[0].trouble


def test_endless_answer_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.validate.run._MOST_OUTPUT", 10**6)
    program = (sys.executable, "-c", PROGRAM % "while True: print('x' * 1000)")
    outcome = ValidationJob(BytesIO(b"x"), forms.CONTENT_TYPE, LIMITS, program=program).run()
    assert outcome.killed


def test_cancelled_job_ends() -> None:
    program = (sys.executable, "-c", PROGRAM % "time.sleep(1000)")
    job = ValidationJob(BytesIO(b"x"), forms.CONTENT_TYPE, LIMITS, program=program)
    Timer(0.5, job.cancel).start()
    began = time.monotonic()
    assert job.run().killed
    assert time.monotonic() - began < 10
    assert job.run().files == []


def test_process_can_write_nothing(tmp_path: Path) -> None:
    """It takes its limits before it reads, and they hold."""
    code = f"""
import json
from ingest.validate.__main__ import confine, say
from ingest.validate.limits import Limits
confine(Limits(1, 50, 1))
try:
    open({str(tmp_path / "a")!r}, "w").write("x" * 10000)
except OSError as error:
    say(event="refused", message=error.strerror)
say(event="end")
"""
    outcome = ValidationJob(BytesIO(b"x"), "", LIMITS, program=(sys.executable, "-c", code)).run()
    assert outcome.refused == "File too large"
    assert not (tmp_path / "a").stat().st_size
