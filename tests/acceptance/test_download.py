"""The download script of a search: run by a shell, checked, resumed; names of strangers stay names."""

import re
import secrets
import subprocess
from datetime import date
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest

from ingest.demo import survey
from tests.build import oifits as build
from tests.instances import OPENER, Instance

HOSTILE = ["a'; touch pwned; '.fits", "$(touch pwned).fits", "-o.fits", "new file.fits", 'q".fits', "..fits", "ü.fits"]


def script_of(site: Instance, **parameters: Any) -> str:
    with site.get(f"/download?{urlencode(parameters, doseq=True)}") as reply:
        assert reply.headers["content-type"].startswith("text/x-shellscript")
        return str(reply.read().decode())


def run(script: str, folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "download.sh"
    path.write_text(script)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "no_proxy": "*"}
    return subprocess.run(
        ["sh", str(path), "got"], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_hostile_names_are_only_names(empty_site: Instance, tmp_path: Path) -> None:
    collection = f"dl-{secrets.token_hex(4)}"
    files = []
    for number, name in enumerate(HOSTILE):
        path = tmp_path / name
        path.write_bytes(build.sound(cards={"OBJECT": f"{collection} {number}"}))
        files.append(str(path))
    empty_site.oivo("oidb", "create-collection", collection, "--title", "Names")
    empty_site.oivo(
        "oidb", "add", "--collection", collection, "--level", "2", *[f"./{f}" if f[0] == "-" else f for f in files]
    )
    folder = tmp_path / "run"
    folder.mkdir()
    done = run(script_of(empty_site, collection=collection), folder, tmp_path)
    assert done.returncode == 0, done.stderr
    got = sorted(path.read_bytes() for path in (folder / "got" / collection).iterdir())
    assert got == sorted(Path(file).read_bytes() for file in files)
    assert not list(tmp_path.rglob("pwned"))
    # called again it fetches nothing; a broken file is fetched anew
    assert run(script_of(empty_site, collection=collection), folder, tmp_path).stderr == ""
    broken = next((folder / "got" / collection).iterdir())
    broken.write_bytes(b"broken")
    again = run(script_of(empty_site, collection=collection), folder, tmp_path)
    assert again.stderr.count("\n") == 1
    assert sorted(path.read_bytes() for path in (folder / "got" / collection).iterdir()) == got


def test_private_files_need_the_login(empty_site: Instance, tmp_path: Path) -> None:
    collection, login = f"dl-{secrets.token_hex(4)}", f"{secrets.token_hex(4)}@example.org"
    empty_site.oivo("users", "add", login, "--name", "Owner", "--role", "submitter")
    token = empty_site.oivo("users", "token", "create", login, "--label", "x").stdout.split()[-1]
    path = tmp_path / "private.fits"
    path.write_bytes(next(iter(survey(date(2026, 6, 6)))).data)
    empty_site.oivo(
        *("oidb", "create-collection", collection, "--title", "P", "--owner", login, "--release-date", "2099-01-01")
    )
    empty_site.oivo("oidb", "add", "--collection", collection, "--level", "2", str(path))
    script = script_of(empty_site, collection=collection)
    assert "# private until 2099-01-01" in script
    (tmp_path / "a").mkdir()
    refused = run(script, tmp_path / "a", tmp_path)
    assert refused.returncode == 1 and "1 files were not fetched" in refused.stderr
    assert not list((tmp_path / "a" / "got").rglob("*.fits"))
    (tmp_path / ".netrc").write_text(f"machine localhost login {login} password {token}\n")
    (tmp_path / "b").mkdir()
    allowed = run(script, tmp_path / "b", tmp_path)
    assert allowed.returncode == 0, allowed.stderr
    assert (tmp_path / "b" / "got" / collection / "private.fits").read_bytes() == path.read_bytes()


def test_chosen_rows_through_the_service_descriptor(site: Instance) -> None:
    table = site.adql("SELECT TOP 3 obs_publisher_did FROM oidb.oidb WHERE calib_level > 0", "votable/td")
    assert re.search(r'name="download".{0,900}/download', table, re.DOTALL)
    identifiers = re.findall(r"<TD>(ivo://[^<]+)</TD>", table)
    script = script_of(site, ID=identifiers)
    assert 1 <= len(re.findall(r"^fetch ", script, re.MULTILINE)) <= 3
    assert "fetch " not in script_of(site, ID=["ivo://nowhere/~?x", "' OR 1=1 --"]).partition("\n}\n")[2]


@pytest.mark.parametrize("bad", [{"date_from": "soon"}, {"radius": "-1", "target": "1 2"}, {"level": "9"}])
def test_bad_questions_are_refused(site: Instance, bad: dict[str, str]) -> None:
    with pytest.raises(HTTPError) as error:
        OPENER.open(f"{site.base}/download?{urlencode(bad)}")
    assert error.value.code == 400
    assert b"Traceback" not in error.value.read()
