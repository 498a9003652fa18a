"""The benchmark runs, names what it leaves out, and divides by its yardstick."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest.bench import Timing, table
from ingest.cli.bench import bench
from ingest.errors import MisuseError
from tests.build.oifits import plain


def run(*arguments: object):
    return CliRunner().invoke(bench, ["oifits", *map(str, arguments)])


def test_a_folder(tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.fits").write_bytes(plain())
    (tmp_path / "b.txt").write_text("no FITS")
    result = run(tmp_path, "--rounds", 1)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert any("left out: b.txt" in line for line in lines)
    assert any(line.startswith("1 file, ") for line in lines)
    assert [line.split("  ")[0] for line in lines[-6:]] == [
        *("sha256", "read", "granules", "checks", "checks of oitools", "granules and checks")
    ]
    assert lines[-6].split()[-1] == "1.00"


def test_a_folder_without_files(tmp_path: Path):
    assert isinstance(run(tmp_path).exception, MisuseError)


@pytest.mark.parametrize("arguments", [("/nowhere",), (".", "--rounds", 0)])
def test_misuse(arguments):
    assert run(*arguments).exit_code == 2


def test_ratios():
    lines = list(table([Timing("sha256", 0.5, 10, 10**6), Timing("checks", 1.0, 10, 10**6)]))
    assert lines[2].split() == ["checks", "10", "1", "100.00", "2.00"]
