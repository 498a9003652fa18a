"""What README and docs show is run: every block after a comment `test: KIND`."""

import re
import secrets
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pyvo

from ingest.demo import survey
from tests.instances import PYTHON, ROOT, Instance

_BLOCK = re.compile(r"<!-- test: (\w+) -->\n```\w*\n(.*?)```", re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(kind: str) -> list[Any]:
    """The blocks of one kind, each named by its page and line."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in _BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 3
            if match[1] == kind:
                found.append(pytest.param(match[2], id=f"{page.relative_to(ROOT)}:{line}"))
    return found


def test_every_marked_block_is_of_a_kind_that_is_run() -> None:
    kinds = {match[1] for page in PAGES for match in _BLOCK.finditer(page.read_text(encoding="utf-8"))}
    assert kinds <= {"adql", "python", "sh", "oivo", "api", "tutorial", "tap", "catalogue"}
    marks = sum(page.read_text(encoding="utf-8").count("<!-- test:") for page in PAGES)
    assert marks == sum(len(blocks(kind)) for kind in kinds) >= 7


@pytest.mark.parametrize("query", blocks("adql"))
def test_adql(site: Instance, query: str) -> None:
    assert len(pyvo.dal.TAPService(site.tap).run_sync(query)) > 0


@pytest.mark.parametrize("script", blocks("python"))
def test_python(site: Instance, script: str) -> None:
    script = script.replace("http://localhost:8080", site.base)
    command = [sys.executable, "-W", "ignore", "-c", script]
    done = subprocess.run(command, env=site.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "tau Cet" in done.stdout
    assert re.search(r"http\S+/files/\d+/\S+ \d+ bytes", done.stdout)


@pytest.mark.parametrize("script", blocks("tap"))
def test_upload(site: Instance, script: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", script.replace("http://localhost:8080", site.base)]
    done = subprocess.run(command, env=site.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"[1-9]\d* rows of \{'del Sco'\}\n", done.stdout)


@pytest.mark.parametrize("script", blocks("sh"))
def test_shell(site: Instance, script: str) -> None:
    script = script.replace("http://localhost:8080", site.base).replace("curl ", "curl --noproxy '*' ")
    done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("target_name,instrument_name,t_min")
    assert len(done.stdout.splitlines()) == 6


@pytest.mark.parametrize("script", blocks("oivo"))
def test_command_line(empty_site: Instance, script: str, tmp_path: Path) -> None:
    for file in list(survey(date(2026, 2, 2)))[:3]:
        (tmp_path / file.name.replace(".gz", "")).write_bytes(file.data)
    script = script.replace("./oivo ", f"{PYTHON} -m ingest ")
    done = subprocess.run(
        ["sh", "-ec", script], env=empty_site.environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "3 added" in done.stdout


@pytest.mark.parametrize("script", blocks("api"))
def test_http_interface(empty_site: Instance, script: str, tmp_path: Path) -> None:
    empty_site.oivo("users", "add", "docs@example.org", "--name", "D. Ocs", "--role", "submitter")
    token = empty_site.oivo("users", "token", "create", "docs@example.org", "--label", "docs").stdout.split()[-1]
    (tmp_path / "data").mkdir()
    for file in list(survey(date(2026, 3, 3)))[:3]:
        (tmp_path / "data" / file.name.replace(".gz", "")).write_bytes(file.data)
    script = script.replace("http://localhost:8080", empty_site.base).replace("TOKEN", token)
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("3 files in my-run\n")


@pytest.mark.parametrize("script", blocks("catalogue"))
def test_submission_to_catalogues(empty_site: Instance, script: str, tmp_path: Path) -> None:
    login = f"{secrets.token_hex(4)}@example.org"
    empty_site.oivo("users", "add", login, "--name", "D. Ocs")
    token = empty_site.oivo("users", "token", "create", login, "--label", "docs").stdout.split()[-1]
    script = script.replace("http://localhost:8080", empty_site.base).replace("TOKEN", token)
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("submitted\n")


def test_the_browser_example(site: Instance) -> None:
    """What the front page's search box sends when somebody types the name."""
    with site.get("/") as reply:
        page = reply.read().decode()
    form = re.search(r'<form[^>]*role="search"[^>]*>.*?</form>', page, re.DOTALL)
    assert form is not None, page
    action = re.search(r'action="([^"]+)"', form[0])
    name = re.search(r'<input[^>]*type="(?:search|text)"[^>]*>', form[0])
    assert action is not None
    assert name is not None
    field = re.search(r'name="([^"]+)"', name[0])
    assert field is not None
    hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[0]))
    with site.get(action[1], {**hidden, field[1]: "tau Cet"}) as reply:
        found = reply.read().decode()
    assert "/files/" in found
    assert "tau Cet" in found


def test_tutorial(site: Instance) -> None:
    """Each block goes on from the one before, so they are one program."""
    script = "\n".join(str(block.values[0]) for block in blocks("tutorial"))
    script = script.replace("http://localhost:8080", site.base)
    command = [sys.executable, "-W", "ignore", "-c", script]
    done = subprocess.run(command, env=site.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "obsportal.exposure" in done.stdout
    fitted = re.search(r"uniform disk of ([\d.]+) mas, reduced chi2 ([\d.]+)", done.stdout)
    assert fitted
    assert float(fitted[1]) == pytest.approx(2.02, abs=0.05)  # what the survey simulates in H
    assert 0.5 < float(fitted[2]) < 2
    stars = done.stdout.partition("star_name")[2].partition("star ")[0].split("\n")[3:]
    assert any(line.strip() for line in stars)
