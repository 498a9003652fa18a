"""What `./oivo test` runs: format, lint, types, import contracts, then pytest.

With arguments only pytest runs, with them. Started as root it becomes the unprivileged account
first, since PostgreSQL and Chromium refuse to be root; everything that the tests write is in a
temporary folder. Called by the launcher, which has installed the tools.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ingest.home import Home
from ingest.instance.account import drop_privileges, ensure_account, reachable

ROOT = Path(__file__).resolve().parent.parent
#: The environment of what lints; this runs in that of what tests.
LINT = ROOT / ".venv-lint/bin"

#: Each check: what it is called, its command; run from the project's root.
CHECKS = (
    ("format", [str(LINT / "ruff"), "format", "--check", "."]),
    ("lint", [str(LINT / "ruff"), "check", "."]),
    ("types", [str(LINT / "python"), "-m", "mypy", "--python-executable", str(ROOT / ".venv/bin/python")]),
    ("import contracts", [str(LINT / "python"), str(LINT / "lint-imports"), "--no-cache"]),
)


#: A file at a time on each of three processes: a test mostly waits for a server, or the server for the test.
_ALL = ["-n", "3", "--dist", "loadfile", "-q"]


def main() -> int:
    """Run everything; return the exit status."""
    if os.geteuid() == 0 and not reachable(ROOT, ensure_account()):
        return _run_copy()
    scratch = Path(tempfile.mkdtemp(prefix="oivo-test-"))
    try:
        _become_unprivileged(scratch)
        os.environ.update(
            RUFF_CACHE_DIR=str(scratch / "ruff"),
            MYPY_CACHE_DIR=str(scratch / "mypy"),
            OIVO_TEST_SCRATCH=str(scratch),
            TMPDIR=str(scratch),
            HOME=str(scratch),
            PYTHONDONTWRITEBYTECODE="1",
        )
        _forget_settings()
        os.chdir(ROOT)
        arguments = sys.argv[1:]
        failed = [] if arguments else [name for name, command in CHECKS if not _passes(name, command)]
        status = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--basetemp={scratch / 'pytest'}"),
                *(arguments or _ALL),
            ],
            check=False,
        ).returncode
        if failed:
            print(f"Failed before the tests: {', '.join(failed)}", flush=True)
        return status or bool(failed)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run_copy() -> int:
    """Run all this in a copy of the project: the account may not get into the folder where root keeps it."""
    folder = Path(tempfile.mkdtemp(prefix="oivo-project-"))
    try:
        folder.chmod(0o755)
        copy = folder / ROOT.name
        shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", "var", "__pycache__"))
        environment = {**os.environ, "PYTHONPATH": str(copy)}
        environment.setdefault("OIVO_REFERENCE", str(ROOT.parent / "shared"))
        command = [str(copy / ".venv-test/bin/python"), str(copy / "tests/run.py"), *sys.argv[1:]]
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _forget_settings() -> None:
    """Remove the caller's settings, which are not those that tests count on."""
    kept = ("OIVO_TEST_SCRATCH", "OIVO_TEST_HOMES", "OIVO_REFERENCE")
    for name in [name for name in os.environ if name.startswith("OIVO_") and name not in kept]:
        del os.environ[name]


def _become_unprivileged(scratch: Path) -> None:
    if os.geteuid() == 0:
        drop_privileges(Home(scratch))
    print(f"Testing as {pwd.getpwuid(os.geteuid()).pw_name}, in {scratch}", flush=True)


def _passes(name: str, command: list[str]) -> bool:
    print(f"== {name}", flush=True)
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
