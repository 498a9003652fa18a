"""The home folder and who may use it."""

import os
import tempfile
from pathlib import Path

import pytest

from ingest.home import PROJECT, Home, HomeError

ROOT = os.geteuid() == 0
no_root = pytest.mark.skipif(ROOT, reason="root may enter every folder")


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """A folder in the place of /tmp."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_from_environment(monkeypatch):
    monkeypatch.setenv("OIVO_HOME", "/srv/oivo")
    assert Home.from_environment().root == Path("/srv/oivo")
    for nothing in (lambda: monkeypatch.setenv("OIVO_HOME", ""), lambda: monkeypatch.delenv("OIVO_HOME")):
        nothing()
        assert Home.from_environment().root == PROJECT / "var"
    monkeypatch.setenv("OIVO_HOME", "relative")
    assert Home.from_environment().root == Path.cwd() / "relative"


def test_everything_is_in_the_home(home):
    for folder in (home.cluster, home.dachs, home.files, home.logs, home.backups, home.run, home.settings_file):
        assert folder.parent == home.root


def test_create_closes_the_folders_and_can_be_repeated(home):
    home.create()
    for folder in (home.files, home.logs, home.backups, home.run, home.sockets):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_exists_once_there_are_settings(home):
    assert not home.exists()
    home.settings_file.write_text("")
    assert home.exists()
    assert home.owner.pw_uid == os.geteuid()


@pytest.mark.parametrize("name", ["plain", "with-all.of_these+1"])
def test_the_socket_is_in_the_home(name):
    home = Home(Path("/srv") / name)
    assert home.sockets == home.run


@pytest.mark.parametrize("name", ["x" * 90, "é" * 43, "with blank", "it's", "a,b", "a=b", 'a"b', "a\\b", "ü", "a\nb"])
def test_paths_that_postgresql_or_dachs_cannot_take(scratch, name):
    sockets = Home(Path("/srv") / name).sockets
    assert sockets.parent == scratch
    assert len(os.fsencode(Path("/tmp") / sockets.name / ".s.PGSQL.5432.lock")) < 108
    assert sockets.name.isascii() and "'" not in sockets.name


def test_longest_path_in_the_home():
    fits = Home(Path("/" + "x" * 85))  # 90 with /run
    assert fits.sockets == fits.run
    assert Home(Path("/" + "x" * 86)).sockets.parent != fits.root


def test_two_homes_share_no_socket(scratch):
    found = {Home(Path("/srv/a b") / str(number)).sockets for number in range(100)}
    assert len(found) == 100
    assert Home(Path("/srv/a b")).sockets == Home(Path("/srv/a b")).sockets


def blank_home(tmp_path):
    return Home(tmp_path / "with blank")


def test_a_socket_folder_outside_is_closed(tmp_path, scratch):
    home = blank_home(tmp_path)
    home.create()
    home.create()
    assert home.sockets.stat().st_mode & 0o777 == 0o700


def open_folder(sockets, tmp_path):
    sockets.mkdir()
    sockets.chmod(0o755)


def link_to_a_folder(sockets, tmp_path):
    (tmp_path / "mine").mkdir(mode=0o700)
    sockets.symlink_to(tmp_path / "mine")


@pytest.mark.parametrize("trap", [open_folder, link_to_a_folder])
def test_a_socket_folder_that_others_may_enter_is_refused(tmp_path, scratch, trap):
    home = blank_home(tmp_path)
    trap(home.sockets, tmp_path)
    with pytest.raises(HomeError, match=r"open to, somebody else.*OIVO_HOME"):
        home.create()


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path, scratch, monkeypatch):
    home = blank_home(tmp_path)
    home.sockets.mkdir(mode=0o700)
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    with pytest.raises(HomeError, match="belongs to"):
        home.create()


def test_a_socket_folder_that_is_a_file_is_refused(tmp_path, scratch):
    home = blank_home(tmp_path)
    home.sockets.write_text("")
    with pytest.raises(HomeError, match=r"cannot be made: File exists"):
        home.create()


def test_a_home_below_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match=r"file.*Not a directory.*OIVO_HOME"):
        Home(tmp_path / "file" / "home").create()


@no_root
def test_a_home_that_may_not_be_entered(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    home = Home(closed / "home")
    with pytest.raises(HomeError, match="Permission denied"):
        home.create()
    with pytest.raises(HomeError, match="Permission denied"):
        home.exists()
    closed.chmod(0o700)
