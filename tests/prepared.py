"""Homes that are made once and copied: a first start costs 26 CPU-seconds, a copy and its start 2.

The first test that wants one makes it, while the others wait at a lock. They are kept in the folder that
OIVO_TEST_HOMES names, by default one of this run. In a folder of one's own a later run finds those that were made of
the same code on the same day (UTC).
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What a first start runs or reads.
_CODE = ("ingest", "resdir", "registry", "oidb_rd", "obsportal_rd", "jmdc_rd", "badcal_rd")


def copy_home(name: str, make: Callable[[Path], None], target: Path) -> None:
    """Copy the prepared home of this name to a place where nothing is.

    Parameters
    ----------
    name
        What is in it.
    make
        Makes it in a folder that does not exist yet, and leaves no process running there.
    target
        The new home.
    """
    folder = Path(os.environ["OIVO_TEST_HOMES"])
    folder.mkdir(parents=True, exist_ok=True)
    # The day is asked each time: the simulated survey follows it, also in a run at midnight.
    prepared = folder / f"{name}-{datetime.now(UTC):%Y%m%d}-{_digest_of_code()}"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.exists():
            for old in folder.glob(f"{name}-*"):
                shutil.rmtree(old)
            half = folder / f"new-{name}"
            shutil.rmtree(half, ignore_errors=True)
            make(half)
            half.rename(prepared)
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", "--reflink=auto", "--no-target-directory", prepared, target], check=True)


@cache
def _digest_of_code() -> str:
    digest = hashlib.sha256(version("gavodachs").encode())
    for part in _CODE:
        for path in sorted((ROOT / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
