"""The launcher makes the same environments on any day: with an index that has newer versions of everything, too."""

import base64
import functools
import hashlib
import http.server
import os
import re
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.instances import ROOT

#: What is not copied: environments are made anew, and nothing of what tests write is wanted.
_LEFT = shutil.ignore_patterns(".git", ".venv*", "var", "__pycache__", "images", "stars")


def _wheel(folder: Path, name: str, version: str) -> str:
    """Write a wheel, with one module, where a simple index has its package; return its SHA-256."""
    module = name.replace("-", "_")
    records = {
        f"{module}.py": f"version = {version!r}\n",
        f"{module}-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{module}-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    for path, text in records.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(text)}")
    record = f"{module}-{version}.dist-info/RECORD"
    (folder / name).mkdir(parents=True, exist_ok=True)
    path = folder / name / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**records, record: "\n".join([*lines, f"{record},,"]) + "\n"}.items():
            archive.writestr(member, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """An index of packages on loopback: the folder ``index`` of the test, listed as it is."""
    (tmp_path / "index").mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "index"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_newer_versions_in_the_index_change_nothing(tmp_path: Path, index: str) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT, project, symlinks=True, ignore=_LEFT)
    expected: dict[str, dict[str, str]] = {}
    for lock in (project / "tests/locks").glob("*.txt"):
        # the versions are the real ones; the wheels are our own, with hashes of their own, and newer ones beside them
        pinned = dict(re.findall(r"^([a-z0-9.-]+)==([0-9a-z.]+)", lock.read_text(encoding="ascii"), re.MULTILINE))
        hashes = {name: _wheel(tmp_path / "index", name, version) for name, version in pinned.items()}
        for name in pinned:
            _wheel(tmp_path / "index", name, "999.0")
        lines = [f"{name}=={version} --hash=sha256:{hashes[name]}\n" for name, version in pinned.items()]
        lock.write_text("".join(lines), encoding="ascii")
        expected[lock.stem] = pinned
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "OIVO_"))}
    environment |= {"PIP_INDEX_URL": index, "PIP_CONFIG_FILE": os.devnull, "PYTHONPATH": "/nowhere"}
    launched = subprocess.run(
        [str(project / "oivo"), "test", "--version"], env=environment, capture_output=True, text=True, check=False
    )
    assert launched.returncode == 0, launched.stdout + launched.stderr
    assert "pytest" in launched.stdout + launched.stderr

    release = f"debian{Path('/etc/debian_version').read_text(encoding='ascii').split('.')[0]}"
    for name, group in ((".venv-test", "test"), (".venv-lint", "lint")):
        assert _installed(project / name) == expected[f"{release}-{group}"]
    assert _installed(project / ".venv") == {}


def _installed(environment: Path) -> dict[str, str]:
    """Return the packages of an environment and their versions, without what venv puts there itself."""
    found = {}
    for folder in environment.glob("lib/python3*/site-packages/*.dist-info"):
        name, _, version = folder.stem.rpartition("-")
        found[name.replace("_", "-")] = version
    return {name: version for name, version in found.items() if name not in ("pip", "setuptools")}
