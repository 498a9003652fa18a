"""Reports: as text, as JSON, as a verdict, and from the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest.cli import cli
from ingest.oifits import read_oifits
from ingest.oifits.check import JMMC, Report, as_text, check, check_path, sum_up, summary, verdict
from ingest.oifits.model import Finding, Severity
from tests.build.oifits import sound
from tests.unit.oifits.check.cases import another

SEVERE = sound(1, extra=[another("OI_TARGET", 1)])
WARNING = sound(1, {"OI_VIS2": {"cards": {"DATE-OBS": "tomorrow"}}})


def report_of(content: bytes, profile: str = "oivo") -> Report:
    return check(read_oifits(content, name="x.fits"), profile)


@pytest.fixture
def files(tmp_path) -> dict[str, Path]:
    contents = {"sound": sound(2), "severe": SEVERE, "warning": WARNING, "truncated": SEVERE[:5000]}
    for name, content in contents.items():
        (tmp_path / f"{name}.fits").write_bytes(content)
    return {name: tmp_path / f"{name}.fits" for name in contents}


def test_text():
    text = as_text(report_of(WARNING))
    assert text.splitlines()[0] == "x.fits (OIFITS 1): 1 warning"
    for part in (
        "WARNING  GENERIC_DATE_OBS_STANDARD [OIFITS V2.6.1§1]",
        "- HDU 5 OI_VIS2: DATE-OBS is 'tomorrow', a date like 2020-01-31 is expected",
        "Repair: Write the UTC date",
    ):
        assert part in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_text_of_a_sound_file_is_one_line():
    assert as_text(report_of(sound(2))) == "x.fits (OIFITS 2): nothing found\n"


def test_text_tells_the_worst_first_and_does_not_run_on():
    odd = {name: {"change": {f"X{n}": ("J", [1, 1]) for n in range(5)}} for name in ("OI_VIS", "OI_VIS2", "OI_T3")}
    odd["OI_VIS2"]["cards"] = {"DATE-OBS": "tomorrow"}
    text = as_text(report_of(sound(1, odd, extra=[another("OI_TARGET", 1) for _ in range(12)])))
    assert text.index("SEVERE") < text.index("WARNING") < text.index("INFO")
    assert "HDU 4 OI_VIS: X0, X1, X2, X3, X4" in text
    assert "and 4 more places" in text


def test_json_is_what_machines_are_promised():
    (found,) = report_of(WARNING).as_json()["findings"]
    assert found == {
        "hdu": 5,
        "table": "OI_VIS2",
        "member": "DATE-OBS",
        "rule": "GENERIC_DATE_OBS_STANDARD",
        "severity": "WARNING",
        "occurrences": 1,
        "message": "DATE-OBS is 'tomorrow', a date like 2020-01-31 is expected",
    }
    assert set(report_of(WARNING).as_json()) == {"file", "version", "findings"}


@pytest.mark.parametrize(
    ("content", "level", "refused"),
    [(SEVERE, 1, True), (SEVERE, 2, True), (SEVERE, 3, False), (WARNING, 1, False), (sound(1), 2, False)],
)
def test_verdict(content, level, refused):
    assert bool(verdict(report_of(content), level).refused) is refused


def test_verdict_names_the_rules_and_counts():
    found = verdict(report_of(SEVERE), 2)
    assert found.refused == "1 severe finding: OI_TARGET_SINGLE"
    assert (found.severe, found.warnings) == (1, 0)


def test_verdict_on_an_unreadable_file(files):
    report = check_path(files["truncated"])
    assert "truncated" in verdict(report, 3).refused
    assert (report.count(Severity.SEVERE), report.version, report.acceptable) == (1, None, False)


@pytest.mark.parametrize(("profile", "severity"), [("oivo", "SEVERE"), (JMMC, "UNDEFINED")])
def test_paths(files, tmp_path, profile, severity):
    for path, rule in (
        (files["truncated"], "FILE_LOAD"),
        (tmp_path / "no.fits", "FILE_EXIST"),
        (tmp_path, "FILE_LOAD"),
    ):
        report = check_path(path, profile).as_json()
        assert report["error"] and str(tmp_path) not in report["error"]
        assert [(found["rule"], found["severity"]) for found in report["findings"]] == [(rule, severity)]


def test_summaries(files):
    reports = [check_path(path) for path in files.values()]
    assert [summary(report) for report in reports] == [
        "sound.fits (OIFITS 2): nothing found",
        "severe.fits (OIFITS 1): 1 severe",
        "warning.fits (OIFITS 1): 1 warning",
        "truncated.fits: cannot be read",
    ]
    assert sum_up(reports) == "4 files: 1 unreadable, 1 with severe findings, 1 with warnings, 1 in order"


def run(*arguments: object):
    return CliRunner().invoke(cli, ["oidb", "check", *map(str, arguments)])


def test_command_in_text(files):
    result = run(files["warning"])
    assert (result.exit_code, result.output) == (0, as_text(check_path(files["warning"])) + "\n")
    result = run(*files.values())
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith("4 files: ")


@pytest.mark.parametrize("name", ["severe", "truncated"])
def test_command_ends_with_status_1(files, name):
    assert run(files[name]).exit_code == 1
    assert run("--format", "json", files[name]).exit_code == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_command_in_json_keeps_the_order_in_any_number_of_processes(files, jobs):
    paths = list(files.values()) * 6
    result = run("--format", "json", "--jobs", jobs, *paths)
    assert [entry["file"] for entry in json.loads(result.output)] == [path.name for path in paths]


def test_command_with_the_profile_of_oitools(files):
    result = run("--format", "json", "--profile", "jmmc", files["sound"])
    (entry,) = json.loads(result.output)
    assert {found["rule"] for found in entry["findings"]} == {"GENERIC_COL_DIM"}


@pytest.mark.parametrize("arguments", [(), ("--profile", "x", "a.fits"), ("--jobs", "0", "a.fits")])
def test_misuse(arguments):
    assert run(*arguments).exit_code == 2


def test_names_of_files_cannot_write_to_the_terminal(tmp_path):
    path = tmp_path / "a\x1b[31m.fits"
    path.write_bytes(WARNING)
    assert "\x1b" not in run(path).output


def test_a_file_level_finding_has_no_place():
    report = Report("x", "oivo", 1, (Finding("OIFITS_OIDATA", "there is none", severity=Severity.SEVERE),))
    assert "- there is none" in as_text(report)
