"""What oivo tells DaCHS, and what it makes of what DaCHS says; DaCHS itself is not started."""

import configparser
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.home import Home
from ingest.instance import dachs as module
from ingest.instance.dachs import Dachs, DachsError, _complaint
from ingest.settings import SETTINGS

COMPLAINTS = {
    "an error": ("Making data\n*** Error: Oops:\n  no such\n   table\n\n", "Oops: no such table"),
    "the last of several": ("*** Error: first\n*** Error: second\n", "second"),
    "of a plain user interface": ("Starting x\n*X*X* Field y: bad literal\n", "Field y: bad literal"),
    "no decoration": ("Usage: dachs\n\n  {func}\n", "Usage: dachs {func}"),
    "stars of another kind": ("*** nothing ***\nmore", "*** nothing *** more"),
    "nothing": (" \n", "it said nothing"),
    "nothing at all": ("", "it said nothing"),
    "nothing behind the stars": ("*** Error: \n", "it said nothing"),
}


@pytest.mark.parametrize(("output", "complaint"), COMPLAINTS.values(), ids=COMPLAINTS)
def test_complaint(output, complaint):
    assert _complaint(output) == complaint


def test_a_long_complaint_keeps_its_end():
    said = _complaint("*** Error: " + "words " * 500 + "the point")
    assert len(said) == 600 and said.endswith("the point")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one service, whose files a test may change."""
    project = tmp_path / "project"
    for name in ("resdir/config/gavo.rc", "oidb_rd/q.rd", "oidb_rd/page.py", "oidb_rd/__pycache__/page.pyc"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(f"text of {name}")
    monkeypatch.setattr(module, "PROJECT", project)
    monkeypatch.setattr(module, "SERVICES", ("oidb",))
    return project


def stamp(home):
    # a new Home, as another process has it: settings are read once
    return Dachs(Home(home.root)).publication_stamp()


def test_the_stamp_stays_while_nothing_changes(home, project):
    before = stamp(home)
    (project / "oidb_rd/__pycache__/page.pyc").write_text("compiled again")
    os.utime(project / "oidb_rd/q.rd", (0, 0))
    assert stamp(home) == before


@pytest.mark.parametrize("name", ["OIVO_PORT", "OIVO_SERVER_ASPRO_PORT", "OIVO_SERVER_WORKERS"])
def test_the_stamp_stays_with_another_port_or_number_of_processes(home, project, monkeypatch, name):
    before = stamp(home)
    monkeypatch.setenv(name, "7")
    assert stamp(home) == before


def test_the_stamp_stays_in_another_folder(home, project, tmp_path):
    before = stamp(home)
    shutil.copytree(home.root, tmp_path / "moved")
    assert stamp(Home(tmp_path / "moved")) == before


def test_the_address_of_the_database_is_written_at_each_start(home, tmp_path):
    Dachs(home).configure()
    shutil.copytree(home.dachs, tmp_path / "moved/dachs", symlinks=True)
    moved = Home(tmp_path / "moved")
    Dachs(moved).configure()
    assert (moved.dachs / "etc/dsn").read_text() == f"database = oivo\nhost = {moved.sockets}\nport = 5432\n"


CHANGES = {
    "an RD": lambda project, home: (project / "oidb_rd/q.rd").write_text("changed"),
    "code beside it": lambda project, home: (project / "oidb_rd/page.py").write_text("changed"),
    "a new file": lambda project, home: (project / "oidb_rd/new.py").write_text(""),
    "a removed file": lambda project, home: (project / "oidb_rd/page.py").unlink(),
    "a renamed file": lambda project, home: (project / "oidb_rd/page.py").rename(project / "oidb_rd/pages.py"),
    "a template": lambda project, home: (project / "resdir/config/gavo.rc").write_text("changed"),
    "a setting": lambda project, home: home.settings_file.write_text("[site]\ndescription = 'another'\n"),
    "the address": lambda project, home: home.settings_file.write_text("[site]\nbase_url = 'https://vo.example.org'\n"),
    "DaCHS": None,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_stamp_changes_with(home, project, change, monkeypatch):
    before = stamp(home)
    if change is None:
        monkeypatch.setattr(module, "version", lambda name: "99")
    else:
        change(project, home)
    assert stamp(home) != before


ODD_TEXTS = ["100 % of 5 %(root)s", "$HOME ${root} $$", "a # b ; c", "[web]", "Ünïcode «»", "a: b = c", "'\"", "x"]


def configured(home, monkeypatch, text="x", port=None):
    for name in ("SITE_NAME", "SITE_DESCRIPTION", "SITE_ORGANISATION", "SITE_CONTACT_NAME"):
        monkeypatch.setenv(f"OIVO_{name}", text)
    dachs = Dachs(home, port)
    dachs.configure()
    parser = configparser.ConfigParser()  # with its interpolation: what DaCHS reads its settings with
    parser.read(dachs.configuration, encoding="utf-8")
    return dachs, parser


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_texts_survive_the_way_to_dachs(home, monkeypatch, text):
    _, parser = configured(home, monkeypatch, text)
    assert parser["web"]["sitename"] == text
    lines = (home.dachs / "etc/defaultmeta.txt").read_text(encoding="utf-8").splitlines()
    assert f"publisher: {text}" in lines
    assert f"site.description: {text}" in lines
    assert f"contact.name: {text}" in lines


def test_settings_reach_dachs(home, monkeypatch):
    monkeypatch.setenv("OIVO_PORT", "1234")
    monkeypatch.setenv("OIVO_SITE_CONTACT_EMAIL", "a%20b@example.org")
    _, parser = configured(home, monkeypatch)
    assert parser["general"]["rootDir"] == str(home.dachs)
    assert parser["general"]["maintainerAddress"] == "a%20b@example.org"
    assert parser["web"]["serverPort"] == "1234"
    assert parser["web"]["serverURL"] == "http://localhost:1234"
    assert parser["web"]["bindAddress"] == "127.0.0.1"
    assert parser["ivoa"]["authority"] == "oivo.example"
    for name, item in (
        ("sync_seconds", "defaultExecTimeSync"),
        ("async_seconds", "defaultExecTime"),
        ("rows", "defaultMAXREC"),
        ("rows_at_most", "hardMAXREC"),
        ("async_jobs", "maxTAPRunning"),
    ):
        assert parser["async"][item] == str(home.settings[f"limits.{name}"])


def test_a_worker_has_its_own_port_and_file_on_loopback(home, monkeypatch):
    monkeypatch.setenv("OIVO_SERVER_BIND", "0.0.0.0")
    site, parser = configured(home, monkeypatch)
    worker, of_worker = configured(home, monkeypatch, port=4711)
    assert site.configuration != worker.configuration
    assert parser["web"]["bindAddress"] == "0.0.0.0"
    assert (of_worker["web"]["bindAddress"], of_worker["web"]["serverPort"]) == ("127.0.0.1", "4711")
    assert of_worker["web"]["serverURL"] == parser["web"]["serverURL"]


def test_configuring_again_changes_nothing(home, monkeypatch):
    dachs, _ = configured(home, monkeypatch)

    def contents():
        return {path: path.read_bytes() for path in home.dachs.rglob("*") if path.is_file()}

    before = contents()
    dachs.configure()
    assert contents() == before
    assert {link.readlink().name for link in (home.dachs / "inputs").iterdir() if link.is_symlink()} >= {"oidb_rd"}


def test_a_missing_jquery_is_named(home, monkeypatch):
    monkeypatch.setattr(module, "_JQUERY", (Path("/nonexistent/jquery.js"),))
    with pytest.raises(DachsError, match=r"/nonexistent/jquery\.js.*apt-get install libjs-jquery"):
        Dachs(home).configure()


def test_a_failing_command_is_logged_and_explained(home):
    class Failing(Dachs):
        def command(self, *arguments):
            return ["/bin/sh", "-c", "echo working; echo '*** Error: Oops' >&2; exit 3"]

    home.dachs.mkdir()
    with pytest.raises(DachsError, match=r"dachs imp x/q failed: Oops \(see .*dachs-commands.log\)"):
        Failing(home).run("imp", "x/q")
    assert (home.logs / "dachs-commands.log").read_text() == "$ dachs imp x/q\nworking\n*** Error: Oops\n\n"


def test_environment_is_the_instances_own(home, monkeypatch):
    monkeypatch.setenv("GAVOSETTINGS", "/etc/gavo.rc")
    monkeypatch.setenv("GAVOCUSTOM", "/etc/custom")
    environment = Dachs(home).environment()
    assert environment["GAVOSETTINGS"] == str(home.dachs / "gavo.rc")
    assert environment["GAVOCUSTOM"] == os.devnull
    assert environment["OIVO_HOME"] == str(home.root)


def test_no_setting_hides_another_in_the_templates(home):
    values = Dachs(home)._values()
    for setting in SETTINGS:
        if setting.name not in ("base_url", "port", "bind"):
            assert values[setting.name] == str(setting.default)
    assert replace(Dachs(home), port=1)._values()["port"] == "1"
