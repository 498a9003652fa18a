"""`oivo bench obsportal` runs from beginning to end, leaves nothing behind, and prints every figure with its bar."""

import re
import sys
from pathlib import Path

import pytest

from ingest import bench_site
from ingest.cli import main
from tests.instances import PYTHON, copy_prepared

LINES = ("header to exposure", "load", "COPY of the same rows", "/search.votable", "20 requests, no failure")


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the measurement begin with a copy of a prepared home."""
    call = bench_site._oivo
    monkeypatch.setattr(sys, "executable", PYTHON)

    def oivo(site: bench_site.Site, *arguments: str, check: bool = True) -> None:
        if arguments[0] == "up":
            site.home.root.rmdir()
            copy_prepared(site.home, empty=True)
        call(site, *arguments, check=check)

    monkeypatch.setattr(bench_site, "_oivo", oivo)


def test_bench_obsportal(tmp_path: Path, prepared: None, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--exposures", "60", "--requests", "20", "--folder", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        main(["bench", "obsportal", *options])
    printed = capsys.readouterr()
    assert ended.value.code == 0, printed.err
    for line in LINES:
        assert re.search(rf"^{re.escape(line)} +[\d.]+ (us|ms|s)", printed.out, re.MULTILINE), printed.out
    assert re.search(r"^simulated headers +182$", printed.out, re.MULTILINE)
    assert set(re.findall(r"bar: (\w+ \d+)", printed.out)) == {"over 20", "under 10", "under 3"}
    assert not list(tmp_path.iterdir())
