"""Nothing may stand before Debian's packages, and what PyPI adds is pinned."""

import re
import sysconfig
import tomllib
from pathlib import Path

import pytest

from ingest.instance.environment import ShadowedError, check_environment

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "tests/locks"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture
def debian(tmp_path: Path) -> Path:
    folder = tmp_path / "debian"
    (folder / "astropy").mkdir(parents=True)
    (folder / "astropy/__init__.py").touch()
    (folder / "click.py").touch()
    return folder


@pytest.mark.parametrize("module", ["click.py", "astropy/__init__.py", "click.cpython-311-x86_64-linux-gnu.so"])
def test_what_stands_before_debian_is_refused(tmp_path, debian, module):
    local = tmp_path / "local"
    (local / module).parent.mkdir(parents=True)
    (local / module).touch()
    with pytest.raises(ShadowedError) as caught:
        check_environment([str(local), str(debian)], debian)
    assert caught.value.place == str(local)
    assert caught.value.problem.startswith("click would" if "click" in module else "astropy would")
    assert ".venv" in caught.value.remedy


def test_what_stands_behind_or_has_other_names_is_not(tmp_path, debian):
    local = tmp_path / "local"
    local.mkdir()
    (local / "click.py").touch()
    check_environment([str(debian), str(local)], debian)
    (local / "click.py").rename(local / "other.py")
    check_environment([str(ROOT), str(local), sysconfig.get_path("stdlib"), str(debian)], debian)


@pytest.mark.parametrize("release", ["debian12", "debian13"])
@pytest.mark.parametrize("group", ["test", "lint", "lock"])
def test_locks_pin_every_package_with_its_hashes(release, group):
    text = (LOCKS / f"{release}-{group}.txt").read_text(encoding="ascii")
    pinned = {}
    for entry in text.replace("\\\n", " ").splitlines():
        found = re.fullmatch(r"([a-z0-9.-]+)==([0-9][0-9a-z.]*)((?: +--hash=sha256:[0-9a-f]{64})+)", entry)
        assert found, entry
        pinned[found[1]] = found[2]
    wished = {re.match(r"[a-z-]+", wish)[0] for wish in PYPROJECT["dependency-groups"][group]}
    assert wished <= pinned.keys()
    if group == "test":
        assert pinned.keys() == wished, "tests run upon Debian's packages"


def test_nothing_that_runs_comes_from_an_index():
    launcher = (ROOT / "oivo").read_text(encoding="utf-8")
    (run,) = re.findall(r"^ +run\) (.*);;$", launcher, re.MULTILINE)
    assert "--without-pip" in run and "lock=/dev/null" in run
    (install,) = re.findall(r"pip install (.*?) >", launcher.replace("\\\n", " "))
    assert {"--no-deps", "--require-hashes"} <= set(install.split())
