"""Nothing that users can type or set is without help, and the pages say what the code says."""

import re
from pathlib import Path

import click
import pytest

from ingest.cli import cli
from ingest.home import Home
from ingest.jobs import JOBS
from ingest.settings import SETTINGS
from tests import build_docs

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = dict(build_docs.commands())
PAGES = {path.name: path.read_text(encoding="utf-8") for path in build_docs.DOCS.glob("*.md")}


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_option_has_help(path):
    command = COMMANDS[path]
    assert command.help and command.help.strip().splitlines()[0].endswith("."), path
    assert f"\n## {path}\n" in PAGES["cli.md"]
    section = PAGES["cli.md"].split(f"\n## {path}\n")[1].split("\n## ")[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            told = re.sub(r"\s+\[default: [^]]+\]$", "", parameter.help or "")
            assert told.endswith("."), parameter
            assert all(name in section for name in parameter.opts), parameter
        else:
            assert parameter.make_metavar() in section, parameter


def test_pages_are_up_to_date():
    assert build_docs.outdated() == [], "run: .venv/bin/python -m tests.build_docs"


def test_the_check_sees_a_change(tmp_path, monkeypatch, capsys):
    for name in ("cli.md", "operator.md", "validator.md"):
        (tmp_path / name).write_text(PAGES[name].replace("8080", "8081"), encoding="utf-8")
    monkeypatch.setattr(build_docs, "DOCS", tmp_path)
    monkeypatch.setattr("sys.argv", ["build_docs", "--check"])
    assert build_docs.main() == 1
    assert "operator.md: out of date" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["build_docs"])
    assert build_docs.main() == 0
    assert build_docs.outdated() == []
    monkeypatch.setattr("sys.argv", ["build_docs", "--chekc"])
    assert build_docs.main() == 2


@pytest.mark.parametrize("setting", SETTINGS, ids=[setting.key for setting in SETTINGS])
def test_every_setting_is_in_the_operators_page(setting):
    assert f"| `{setting.key}` | " in PAGES["operator.md"]


def test_what_the_operators_page_names_exists():
    page = PAGES["operator.md"]
    for words in re.findall(r"\./oivo ((?:[a-z][a-z-]* ?)+)", page):
        names = words.split()
        command = cli
        while names and isinstance(command, click.Group):
            found = command.get_command(click.Context(command), names[0])
            assert found or names[0] in ("test", "and"), words
            command, _ = found, names.pop(0)
    for key in re.findall(r"`((?:site|server|limits|schedule|backup|remote)\.[a-z_]+)`", page):
        assert key in {setting.key for setting in SETTINGS}, key
    for variable in set(re.findall(r"OIVO_[A-Z_]+", page)) - {"OIVO_HOME", "OIVO_DEBUG"}:
        assert variable in {name for setting in SETTINGS for name in setting.variables}, variable
    home = Home(Path("/home"))
    for folder in ("files", "backups", "pg", "logs", "run", "dachs"):
        assert f"| `{folder}/` | " in page
        assert (home.root / folder) in {home.files, home.backups, home.cluster, home.logs, home.run, home.dachs}
    assert any(job.name == "backup" for job in JOBS)


def test_messages_in_the_troubleshooting_table_are_ours():
    said = (ROOT / "oivo").read_text() + "".join(path.read_text() for path in (ROOT / "ingest").rglob("*.py"))
    rows = PAGES["operator.md"].split("| it says |")[1].split("\n\n")[0].splitlines()[2:]
    assert len(rows) > 10
    for row in rows:
        for message in re.findall(r"`([^`]+)`", row.split(" | ")[0]):
            for piece in message.split("…"):
                assert piece.strip() in said, f"nothing says: {piece}"


def test_the_proxy_accepts_what_the_site_accepts():
    limits = {setting.key: setting.default for setting in SETTINGS}
    page = PAGES["operator.md"]
    largest = int(re.search(r"client_max_body_size (\d+)m;", page)[1]) * 10**6
    for name in ("upload_bytes", "submission_bytes", "validator_bytes"):
        assert largest > limits[f"limits.{name}"]
    for seconds in re.findall(r"(?:proxy_read_timeout |ProxyPass .* timeout=)(\d+)", page):
        assert int(seconds) > limits["limits.sync_seconds"]


def test_links_between_pages():
    for name, page in PAGES.items():
        for target in re.findall(r"\]\(([^)#:]*)(?:#[^)]*)?\)", page):
            assert not target or (build_docs.DOCS / target).exists(), f"{name}: {target}"
