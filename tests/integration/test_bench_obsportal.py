"""`oivo bench obsportal` runs from beginning to end, leaves nothing behind, and prints every figure with its bar."""

import os
import re
import subprocess

from tests.instances import PYTHON, ROOT

LINES = ("header to exposure", "load", "COPY of the same rows", "/search.votable", "20 requests, no failure")


def test_bench_obsportal(tmp_path):
    options = ("--exposures", "60", "--requests", "20", "--folder", str(tmp_path))
    done = subprocess.run(
        [PYTHON, "-m", "ingest", "bench", "obsportal", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    for line in LINES:
        assert re.search(rf"^{re.escape(line)} +[\d.]+ (us|ms|s)", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^simulated headers +182$", done.stdout, re.MULTILINE)
    assert set(re.findall(r"bar: (\w+ \d+)", done.stdout)) == {"over 20", "under 10", "under 3"}
    assert not list(tmp_path.iterdir())
