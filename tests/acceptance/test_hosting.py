"""Trees of other servers, from the command line to a real Apache: both enforcers agree, and changes arrive."""

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.access.policy import ANONYMOUS, may_read
from ingest.archive.access import file_access
from ingest.archive.acl import is_due, write_all
from ingest.archive.hosting import find_tree
from ingest.archive.people import visitor_of_login
from ingest.errors import OivoError
from ingest.jobs import due_jobs
from tests import access_cases as table
from tests.build import access as build
from tests.build import people
from tests.httpd import PROGRAM, Apache, serving
from tests.instances import Instance, start

pytestmark = pytest.mark.skipif(not PROGRAM, reason="Apache is not installed (apt-get install apache2-bin)")

#: Stands in for rsync: copies what its standard input names, each file in one moment.
_COPY = """
import os, pathlib, sys
source, target = sys.argv[1], sys.argv[2].partition(":")[2]
with open(target.rstrip("/") + "-calls", "a") as log:
    for name in sys.stdin.buffer.read().split(b"\\0")[:-1]:
        name = name.decode()
        print(name, file=log)
        there = pathlib.Path(target, name)
        there.parent.mkdir(parents=True, exist_ok=True)
        new = there.with_name(there.name + ".new")
        new.write_bytes(pathlib.Path(source, name).read_bytes())
        new.rename(there)
"""


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with the table of cases; all accounts have the same password."""
    site = start(tmp_path_factory.mktemp("hosted"), "--empty")
    yield site
    site.oivo("down")


@pytest.fixture(scope="module")
def loaded(hosted: Instance) -> people.Loaded:
    found = people.load(hosted)
    hosted.sql("UPDATE archive.account SET password_hash = %s", [build.HASH])
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A document root with the files of the table."""
    folder = tmp_path / "root"
    folder.mkdir()
    for state in table.STATES:
        (folder / table.file_name(state)).write_bytes(b"SIMPLE  =")
    return folder


def status(apache: Apache, path: str, login: str | None = None, method: str = "GET") -> int:
    with apache.client() as client:
        return client.request(method, f"/{path}", auth=(login, build.PASSWORD) if login else None).status_code


def eventually(tell: object, wanted: object = True) -> None:
    """PostgreSQL tells its counts some seconds after a commit at most."""
    assert callable(tell)
    end = time.monotonic() + 30
    while tell() != wanted:
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.parametrize("phase", table.PHASES)
def test_both_enforcers_say_what_the_table_says(
    hosted: Instance, loaded: people.Loaded, root: Path, tmp_path: Path, phase: str
) -> None:
    if phase == "after":
        people.pass_days(hosted, loaded.files, table.AFTER)
    try:
        said = hosted.oivo("acl", "write", "--collection", table.COLLECTION, "--timezone", "UTC", str(root))
        ours, wrong = _ours(hosted, loaded), []
        with serving(root, tmp_path / "server", environment={"TZ": "UTC"}) as apache, apache.client() as client:
            for state in table.STATES:
                for login in table.VISITORS:
                    auth = None if login is None else (login, build.PASSWORD)
                    theirs = client.get(f"/{table.file_name(state)}", auth=auth).status_code
                    if not table.allowed(state, login, phase) == (theirs == 200) == ours[state, login]:
                        wrong.append((state, login, theirs, ours[state, login]))
        assert not wrong
    finally:
        if phase == "after":
            people.pass_days(hosted, loaded.files, -table.AFTER)
    public = sum(phase in state.public for state in table.STATES.values())
    assert f"{public} public, {len(table.STATES) - public} private" in said.stdout


def _ours(site: Instance, loaded: people.Loaded) -> dict[tuple[str, str | None], bool]:
    """What our own delivery is told by the policy; test_access.py asks it over HTTP."""
    now = datetime.now(UTC)
    with site.archive.transaction() as cursor:
        visitors = {login: visitor_of_login(cursor, login) if login else ANONYMOUS for login in table.VISITORS}
        accesses = {state: file_access(cursor, number) for state, number in loaded.files.items()}
    return {
        (state, login): may_read(access, visitor, now).allowed
        for state, access in accesses.items()
        for login, visitor in visitors.items()
    }


def test_dry_run_writes_nothing_and_the_rest_is_told(hosted: Instance, loaded: people.Loaded, root: Path) -> None:
    (root / "unknown.fits").write_bytes(b"x")
    (root / table.file_name("public")).unlink()
    arguments = ("acl", "write", "--collection", table.COLLECTION, str(root))
    done = hosted.oivo(*arguments, "--dry-run")
    assert f"{len(table.STATES)} new (nothing written)" in done.stdout
    assert "1 in the folder, but not in the archive: denied: unknown.fits" in done.stderr
    assert "1 in the archive, but not in the folder: public.fits" in done.stderr
    assert "time zone is not known" in done.stderr
    assert not list(root.glob(".ht*"))
    hosted.oivo(*arguments)
    assert sorted(path.name for path in root.glob(".ht*")) == [".htaccess", ".htoivo.json", ".htpasswd"]
    assert (root / ".htpasswd").stat().st_mode & 0o777 == 0o640
    assert "nothing changes" in hosted.oivo(*arguments).stdout
    manifest = json.loads((root / ".htoivo.json").read_text())
    valid = datetime.fromisoformat(manifest["expires"]) - datetime.fromisoformat(manifest["written"])
    assert valid == timedelta(hours=72)


def test_all_collections_hosted_files_and_products(
    hosted: Instance, loaded: people.Loaded, root: Path, tmp_path: Path
) -> None:
    """Folders by collection, addresses below the tree's, the strictest of several records, products, retired files."""
    base = "https://data.example.org/oidb"
    remote = {"public": "there/a%20b.fits", "embargoed": "there/private.fits", "released": "there/private.fits"}
    for state, path in remote.items():
        hosted.sql("UPDATE archive.file SET remote_url = %s WHERE id = %s", [f"{base}/{path}", loaded.files[state]])
    hosted.sql(
        "UPDATE archive.file SET retired = now(), retired_reason = 'test' WHERE id = %s",
        [loaded.files["public-future-date"]],
    )
    products = {"both.pdf": ("public", "embargoed"), "open.pdf": ("public",), "orphan.pdf": ()}
    for name, states in products.items():
        [row] = hosted.sql(
            """INSERT INTO archive.product (collection_id, name, url_name, media_type, description, sha256, size_bytes)
               VALUES (%s, %s, %s, 'application/pdf', 'x', repeat('0', 64), 1) RETURNING id""",
            [table.COLLECTION, name, name],
        )
        for state in states:
            hosted.sql("INSERT INTO archive.product_granule VALUES (%s, %s)", [row.id, loaded.granules[state]])
    try:
        said = hosted.oivo("acl", "write", "--url", base, str(root))
    finally:
        hosted.sql("UPDATE archive.file SET remote_url = NULL, retired = NULL, retired_reason = ''")
        hosted.sql("DELETE FROM archive.product")
    here = f"{table.COLLECTION}/"
    wanted = {
        "there/a b.fits": 200,
        "there/private.fits": 401,
        f"{here}no-date.fits": 401,
        f"{here}mixed.fits": 401,
        f"{here}open.pdf": 200,
        f"{here}both.pdf": 401,
        f"{here}orphan.pdf": 401,
        f"{here}public.fits": 403,
        f"{here}public-future-date.fits": 403,
        "no-date.fits": 403,
    }
    for path in wanted:
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(b"x")
    with serving(root, tmp_path / "server", extra=f'Alias /oidb "{root}"') as apache:
        assert {path: status(apache, f"oidb/{path}") for path in wanted} == wanted, said.stderr
        assert status(apache, f"oidb/{here}both.pdf", "pi@example.org") == 200
        assert status(apache, f"oidb/{here}orphan.pdf", "pi@example.org") == 401
        assert status(apache, f"oidb/{here}orphan.pdf", "curator@example.org") == 200


def register(site: Instance, name: str, target: str, *options: str) -> None:
    site.oivo("acl", "trees", "add", name, target, "--collection", table.COLLECTION, "--timezone", "UTC", *options)


def test_changes_arrive(hosted: Instance, loaded: people.Loaded, root: Path, tmp_path: Path) -> None:
    """A registered tree is written by the job: at first, after each change, and at the moments that change it."""
    path, someone = table.file_name("no-date"), "outsider@example.org"
    eventually(lambda: is_due(hosted.home), False)
    with serving(root, tmp_path / "server") as apache:
        register(hosted, "mirror", str(root), "--url", apache.base, "--password-file", str(tmp_path / "passwords"))
        assert "never written" in hosted.oivo("acl", "trees", "list").stdout
        try:
            assert [job.name for job in due_jobs(hosted.home) if job.name == "acl"] == ["acl"]
            assert "1 of 1" in hosted.oivo("jobs", "run", "acl").stdout
            settle(hosted)
            assert status(apache, path, someone) == 401
            hosted.sql(
                """INSERT INTO archive.share (collection_id, account_id)
                   SELECT %s, id FROM archive.account WHERE login = %s""",
                [table.COLLECTION, someone],
            )
            eventually(lambda: is_due(hosted.home))
            assert "1 of 1" in hosted.oivo("jobs", "run", "acl").stdout
            assert status(apache, path, someone) == 200
            settle(hosted)
            hosted.sql("UPDATE archive.account SET state = 'blocked' WHERE login = %s", [someone])
            eventually(lambda: is_due(hosted.home))
            hosted.oivo("jobs", "run", "acl")
            assert status(apache, path, someone) == 401
            assert someone not in (tmp_path / "passwords").read_text()
            settle(hosted)
            # time alone: the release of what is embargoed
            with hosted.archive.transaction() as cursor:
                tree = find_tree(cursor, "mirror")
            assert tree.next_change is not None and tree.next_change < datetime.now(UTC) + timedelta(days=1)
            hosted.sql("UPDATE archive.hosted_tree SET next_change = now()")
            assert is_due(hosted.home)
            # somebody changed the rules by hand
            (root / ".htaccess").write_text("Require all granted\n")
            assert status(apache, path) == 200
            hosted.oivo("jobs", "run", "acl")
            assert status(apache, path) == 401
            done = hosted.oivo("acl", "check", apache.base, check=False)
            assert done.returncode == 0, done.stderr
            assert "right: private file" in done.stdout and "right: .htaccess: 403" in done.stdout
        finally:
            hosted.sql("DELETE FROM archive.share WHERE account_id = (SELECT id FROM archive.account WHERE login = %s)",
                       [someone])  # fmt: skip
            hosted.sql("UPDATE archive.account SET state = 'active' WHERE login = %s", [someone])
            hosted.oivo("acl", "trees", "remove", "mirror")
    with serving(root, tmp_path / "server", overrides="None") as apache:
        done = hosted.oivo("acl", "check", "--collection", table.COLLECTION, apache.base, check=False)
        assert done.returncode == 1
        assert "IGNORES the rules" in done.stderr and "AllowOverride AuthConfig" in done.stderr


def settle(site: Instance) -> None:
    """Let the job run until the counts of all that was written are known to it."""

    def quiet() -> bool:
        if is_due(site.home):
            write_all(site.home, datetime.now(UTC))
        return not is_due(site.home)

    eventually(quiet)


def test_push(hosted: Instance, loaded: people.Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another host's tree is copied in the safe order; a failure is noted, tried again, and leaves what was there."""
    there, script = tmp_path / "there", tmp_path / "copy.py"
    there.mkdir()
    script.write_text(_COPY)
    command = f"{sys.executable} {script} {{source}} {{target}}"
    monkeypatch.setenv("OIVO_ACL_PUSH_COMMAND", command)
    register(hosted, "far", f"user@far.example.org:{there}", "--url", "https://far.example.org/data")
    try:
        assert "12 new" in hosted.oivo("acl", "push", "far").stdout
        rules, passwords = (there / ".htaccess").read_text(), (there / ".htpasswd").read_text()
        assert '<Files "mixed.fits">' in rules and f"pi@example.org:{build.HASH}\n" in passwords
        calls = [line for path in tmp_path.glob("there*-calls") for line in path.read_text().split()]
        assert calls == [".htpasswd", ".htaccess", ".htpasswd", ".htoivo.json"]
        hosted.sql("UPDATE archive.account SET state = 'blocked' WHERE login = 'copi@example.org'")
        monkeypatch.setenv("OIVO_ACL_PUSH_COMMAND", "false {source} {target}")
        done = hosted.oivo("acl", "push", check=False)
        assert done.returncode == 1 and "the push command failed with status 1" in done.stderr
        assert (there / ".htaccess").read_text() == rules
        assert "FAILED: " in hosted.oivo("acl", "trees", "list").stdout
        assert not is_due(hosted.home), "not at once again"
        monkeypatch.setenv("OIVO_ACL_PUSH_COMMAND", command)
        assert "1 of 1" in hosted.oivo("jobs", "run", "acl").stdout
        assert "copi@example.org" not in (there / ".htaccess").read_text() + (there / ".htpasswd").read_text()
        assert "FAILED" not in hosted.oivo("acl", "trees", "list").stdout
    finally:
        hosted.sql("UPDATE archive.account SET state = 'active'WHERE login = 'copi@example.org'")
        hosted.oivo("acl", "trees", "remove", "far")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trees", "add", "x", "relative", "--url", "https://x.org/a"], "is no target"),
        (["trees", "add", "x", "--url", "https://x.org/a", "--", "-oProxyCommand=x:/a"], "is no target"),
        (["trees", "add", "x", "--url", "https://x.org/a", "--", "-e@host:/a"], "is no target"),
        (["trees", "add", "x", "/srv/x", "--url", "ftp://x.org/a"], "is no address of a tree"),
        (["trees", "add", "x", "/srv/x", "--url", "https://u:p@x.org/a"], "is no address of a tree"),
        (["trees", "add", "X y", "/srv/x", "--url", "https://x.org/a"], "is no name of a tree"),
        (["trees", "add", "x", "/srv/x", "--url", "https://x.org/a", "--timezone", "Mars"], "no time zone 'Mars'"),
        (["trees", "add", "x", "/srv/x", "--url", "https://x.org/a", "--collection", "none"], "no collection 'none'"),
        (["trees", "add", "x", "/srv/x", "--url", "https://x.org/a", "--password-file", "x"], "absolute path"),
        (["trees", "add", "x", '/srv/"x', "--url", "https://x.org/a"], "without quotes"),
        (["trees", "remove", "none"], "no tree 'none'"),
        (["push", "none"], "no tree 'none'"),
        (["push"], "no tree is registered"),
        (["write", "/nonexistent/folder"], "is no folder"),
        (["write", "--collection", "none", "/tmp"], "no collection 'none'"),
        (["check", "https://localhost:1/x"], "does not answer"),
        (["check", "localhost"], "is no address"),
    ],
)
def test_misuse(hosted: Instance, arguments: list[str], said: str) -> None:
    done = hosted.oivo("acl", *arguments, check=False)
    assert done.returncode in (1, 2) and said in done.stderr, done.stderr
    assert done.stderr.count("\n") <= 2 and "Traceback" not in done.stderr


def test_one_folder_one_tree(hosted: Instance, loaded: people.Loaded, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    register(hosted, "outer", str(tmp_path), "--url", "https://x.org/a")
    try:
        inner = ("acl", "trees", "add", "inner", str(tmp_path / "a"), "--url", "https://x.org/b")
        assert "overlaps with tree outer" in hosted.oivo(*inner, check=False).stderr
        options = ("acl", "write", "--timezone", "UTC", str(tmp_path))
        assert "is the registered tree outer" in hosted.oivo(*options, check=False).stderr
        with hosted.archive.locked(f"acl {tmp_path}"):
            done = hosted.oivo("acl", "push", "outer", check=False)
            assert done.returncode == 1 and "being written already" in done.stderr
            failed = write_all(hosted.home, datetime.now(UTC))
            assert len(failed) == 1 and isinstance(failed[0], OivoError)
    finally:
        hosted.oivo("acl", "trees", "remove", "outer")
