"""The rules that we write, obeyed by a real Apache: the table of access cases, and whatever opens doors elsewhere."""

import http.client
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ingest.access.canary import asker, check
from ingest.access.folder import Folder, TreeError
from ingest.access.htaccess import FileRule, Server
from ingest.access.rules import HostedFile, merged
from ingest.access.tree import make_plan
from tests import access_cases as table
from tests.build import access as build
from tests.httpd import COMMON, PROGRAM, Apache, serving
from tests.instances import ROOT
from tests.unit.access.test_htaccess import BAD, GOOD

pytestmark = pytest.mark.skipif(not PROGRAM, reason="Apache is not installed (apt-get install apache2-bin)")

LOGIN = ("pi@example.org", build.PASSWORD)
VALID = timedelta(hours=72)
SECRET, OPEN = b"SIMPLE  = secret", b"SIMPLE  = open"


class Tree:
    """A tree in a temporary folder, the server's document root."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.root.mkdir()
        self.folder = Folder(self.root, folder / "tree.htpasswd")
        self.server = Server(str(self.folder.password_file), "", "UTC")
        self.own = folder / "server"

    def put(self, path: str, content: bytes = SECRET) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def write(self, rules: list[FileRule], now: datetime | None = None, server: Server | None = None) -> None:
        now = now or datetime.now(UTC)
        folders = self.folder.scan().folders
        self.folder.write(
            make_plan(rules, build.HASHES, server or self.server, now, now + VALID, folders=folders), "test"
        )

    def private(self, *paths: str) -> list[FileRule]:
        return [FileRule(path, None, {LOGIN[0]: None}) for path in paths]

    def public(self, *paths: str) -> list[FileRule]:
        return [FileRule(path, datetime(2020, 1, 1, tzinfo=UTC)) for path in paths]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def raw(apache: Apache, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    """Send a path exactly as it is written."""
    connection = http.client.HTTPConnection("127.0.0.1", apache.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.putheader("Content-Length", "0")
        connection.endheaders()
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


@pytest.mark.parametrize(("zone", "modules"), [("UTC", ()), ("Europe/Paris", COMMON), ("Pacific/Kiritimati", COMMON)])
@pytest.mark.parametrize(("written", "asked"), [("before", "before"), ("before", "after"), ("after", "after")])
def test_the_table(tree: Tree, written: str, asked: str, zone: str, modules: tuple[str, ...]) -> None:
    """Every state of a file, every visitor; with rules of the moment, and with such as nobody has renewed since."""
    now = datetime.now(UTC)
    origin = now - table.PHASES[asked]
    tree.server = replace(tree.server, zone=zone)
    files = build.hosted(origin)
    for file in files:
        tree.put(file.path)
    tree.write(build.rules(files, origin + table.PHASES[written]), origin + table.PHASES[written])
    wrong = []
    with serving(tree.root, tree.own, modules=modules, environment={"TZ": zone}) as apache, apache.client() as client:
        for state in table.STATES:
            for login in table.VISITORS:
                auth = None if login is None else (login, build.PASSWORD)
                status = client.get(f"/{table.file_name(state)}", auth=auth).status_code
                expected = table.allowed(state, login, asked)
                if status != (200 if expected else 401):
                    wrong.append((state, login, status, expected))
        for login in (table.WITHOUT_PASSWORD.login, "nobody@example.org"):
            assert client.get(f"/{table.file_name('embargoed-long')}", auth=(login, "x")).status_code == 401
        assert client.get(f"/{table.file_name('public')}", auth=("nobody@example.org", "x")).status_code == 200
    assert not wrong


def test_rules_that_nobody_renews_close(tree: Tree) -> None:
    """After the end of the rules only what was public then is open, whatever was released since."""
    origin = datetime.now(UTC) - timedelta(days=4)
    files = build.hosted(origin)
    for file in files:
        tree.put(file.path)
    tree.write(build.rules(files, origin), origin)
    with serving(tree.root, tree.own) as apache, apache.client() as client:
        for state, facts in table.STATES.items():
            for auth in (None, LOGIN, (table.OWNER, build.PASSWORD), ("curator@example.org", build.PASSWORD)):
                status = client.get(f"/{table.file_name(state)}", auth=auth).status_code
                assert (status == 200) == ("before" in facts.public), (state, auth)


def test_the_moment_itself(tree: Tree) -> None:
    """A release and the end of a share take place while the server runs, without new rules."""
    now = datetime.now(UTC)
    moment = now + timedelta(seconds=2)
    tree.put("release.fits")
    tree.put("share.fits")
    tree.write([FileRule("release.fits", moment), FileRule("share.fits", None, {LOGIN[0]: moment})], now)
    with serving(tree.root, tree.own, environment={"TZ": "UTC"}) as apache, apache.client() as client:

        def answers() -> tuple[int, int]:
            return client.get("/release.fits").status_code, client.get("/share.fits", auth=LOGIN).status_code

        seen = []
        while datetime.now(UTC) < moment + timedelta(seconds=5) and (not seen or seen[-1] != (200, 403)):
            before = datetime.now(UTC)
            answer = answers()
            seen.append(answer)
            assert not (answer[0] == 200 and datetime.now(UTC) < moment), "released too early"
            assert not (answer[1] == 200 and before >= moment), "shared too long"
            time.sleep(0.02)
        assert seen[0] == (403, 200) and seen[-1] == (200, 403)


def test_names(tree: Tree) -> None:
    """Odd names are delivered by their rule, the same names without a rule are not; refused ones never are."""
    for name in (*GOOD, *(f"no {name}"[:250] for name in GOOD)):
        tree.put(name, OPEN)
    bad = [name for name in BAD if name not in ("", "..") and "/" not in name and "\0" not in name and len(name) < 200]
    for name in bad:
        (tree.root / name).write_bytes(SECRET) if not name.startswith(".ht") else None
    tree.write([*tree.public(*GOOD[::2]), *tree.private(*GOOD[1::2]), *tree.public(*bad)])
    with serving(tree.root, tree.own, modules=COMMON) as apache, apache.client() as client:
        for index, name in enumerate(GOOD):
            path = f"/{quote(name)}"
            assert client.get(path).status_code == (401 if index % 2 else 200), name
            assert client.get(path, auth=LOGIN).content == OPEN, name
            assert client.get(f"/{quote(f'no {name}'[:250])}", auth=LOGIN).status_code == 403, name
        for name in bad:
            status, content = raw(apache, f"/{quote(name.encode('utf-8', 'surrogateescape'))}")
            assert status in (403, 404) and SECRET not in content, name
        assert "[core:alert]" not in apache.errors()


#: Ways to ask for a file; {name} is its name, {coded} the same with every character encoded.
WAYS = (
    "/sub/{name}",
    "/sub/{name}?x=1",
    "/sub/{name};x=1",
    "/sub/{name}/",
    "/sub/{name}/x",
    "/sub/{name}.",
    "/sub/{name}%20",
    "/sub/{name}%00",
    "/sub/{name}%00.html",
    "/sub/{coded}",
    "/sub/{twice}",
    "/%73ub/{name}",
    "/sub%2F{name}",
    "/sub%252F{name}",
    "/%2e/sub/{name}",
    "/open/%2e%2e/sub/{name}",
    "/open/..%2fsub/{name}",
    "/open/../sub/{name}",
    "//sub//{name}",
    "/sub/./{name}",
    "/SUB/{name}",
    "/sub/{upper}",
    "/sub/{stem}",
    "/sub\\{name}",
    "/link/{name}",
    "/link.fits",
    "http://127.0.0.1/sub/{name}",
)


@pytest.mark.parametrize("modules", [(), COMMON])
def test_no_way_leads_to_a_private_file(tree: Tree, modules: tuple[str, ...]) -> None:
    """Also where the same name is public in the folders around it, and with a server that follows links."""
    for folder in ("", "open/", "sub/"):
        tree.put(f"{folder}a.fits", SECRET if folder == "sub/" else OPEN)
    tree.put("sub/a.fits.gz")
    (tree.root / "link").symlink_to("sub")
    (tree.root / "link.fits").symlink_to("sub/a.fits")
    tree.write([*tree.public("a.fits", "open/a.fits"), *tree.private("sub/a.fits")])
    coded = "".join(f"%{byte:02x}" for byte in b"a.fits")
    names = {"name": "a.fits", "coded": coded, "twice": coded.replace("%", "%25"), "upper": "A.FITS", "stem": "a"}
    options = "Options Indexes FollowSymLinks MultiViews\n AcceptPathInfo On" if modules else "Options FollowSymLinks"
    methods = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "TRACE", "BREW")
    with serving(tree.root, tree.own, modules=modules, options=options, extra="AllowEncodedSlashes On") as apache:
        for way in WAYS:
            for method in methods:
                status, content = raw(apache, way.format(**names), method)
                assert SECRET not in content and not (method in ("GET", "HEAD") and status < 300), (way, method, status)
        for headers in (
            {"Range": "bytes=0-5"},
            {"If_None_Match": "*"},
            {"If_Modified_Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
        ):
            assert raw(apache, "/sub/a.fits", **headers)[0] == 401
        for path in ("/sub/a.fits.gz", "/sub/", "/sub", "/", "/open/", "/.htaccess", "/sub/.htaccess", "/%2ehtaccess",
                     "/.htoivo.json", "/.htpasswd", "/new.fits"):  # fmt: skip
            assert raw(apache, path)[0] in (301, 403), path
        assert raw(apache, "/a.fits") == (200, OPEN) and raw(apache, "/open/a.fits") == (200, OPEN)
        assert raw(apache, "/a.fits", "HEAD") == (200, b"")
        assert raw(apache, "/a.fits", Range="bytes=0-5") == (206, OPEN[:6])
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert raw(apache, "/a.fits", method)[0] in (403, 405), method
        with apache.client() as client:
            assert client.get("/sub/a.fits", auth=LOGIN).content == SECRET
            assert client.get("/sub/a.fits", auth=LOGIN, headers={"Range": "bytes=0-5"}).content == SECRET[:6]
            assert client.put("/sub/a.fits", auth=LOGIN, content=b"x").status_code in (401, 403, 405)
            assert client.get("/sub/a.fits", auth=(LOGIN[0].upper(), LOGIN[1])).status_code == 401


def test_a_new_folder_is_closed(tree: Tree) -> None:
    """Apache applies <Files> below, too: the address binds a rule to its folder, as do the rules of each folder."""
    tree.put("a.fits", OPEN)
    tree.put("known/a.fits")
    tree.write(tree.public("a.fits"))
    tree.put("new/a.fits")
    with serving(tree.root, tree.own) as apache, apache.client() as client:
        assert [client.get(f"/{path}").status_code for path in ("a.fits", "known/a.fits", "new/a.fits")] == [
            200,
            403,
            403,
        ]
        tree.write(tree.public("a.fits"), server=Server(tree.server.password_file))
        assert [client.get(f"/{path}").status_code for path in ("a.fits", "known/a.fits", "new/a.fits")] == [
            200,
            403,
            403,
        ]


def test_products_are_as_private_as_the_strictest_granule(tree: Tree) -> None:
    """Defects of the original: a PDF of a public and an embargoed file, and two records of one path."""
    origin = datetime.now(UTC)
    public, embargoed = build.access("public", origin), build.access("embargoed", origin)
    files = merged(
        [
            HostedFile("both.pdf", (public, embargoed)),
            HostedFile("public.pdf", (public,)),
            HostedFile("twice.fits", (public,)),
            HostedFile("twice.fits", (embargoed,)),
        ]
    )
    for file in files:
        tree.put(file.path)
    tree.write(build.rules(files))
    with serving(tree.root, tree.own) as apache, apache.client() as client:
        answers = {file.path: client.get(f"/{file.path}").status_code for file in files}
        assert answers == {"both.pdf": 401, "public.pdf": 200, "twice.fits": 401}
        assert client.get("/both.pdf", auth=LOGIN).status_code == 200
        assert client.get("/both.pdf", auth=("outsider@example.org", build.PASSWORD)).status_code == 401


@pytest.mark.parametrize(
    ("options", "extra"),
    [
        ("Satisfy Any\nAllow from all", ""),
        ("AuthMerging Or", ""),
        ("AuthType Basic\nAuthName x\nAuthBasicProvider anon\nAnonymous *\nAnonymous_VerifyEmail Off", ""),
        ("", '<Files "a.fits">\nRequire all granted\nAuthMerging Or\n</Files>'),
    ],
)
def test_a_server_that_is_open_itself(tree: Tree, options: str, extra: str) -> None:
    """What the server's own <Directory> allows is not enough."""
    tree.put("a.fits")
    tree.write(tree.private("a.fits"))
    modules = (*COMMON, "authn_anon")
    with serving(tree.root, tree.own, options=options, extra=extra, modules=modules) as apache:
        assert raw(apache, "/a.fits")[0] == 401
        with apache.client() as client:
            assert client.get("/a.fits", auth=(LOGIN[0], "a wrong password")).status_code == 401
            assert client.get("/a.fits", auth=LOGIN).status_code == 200
        assert raw(apache, "/b.fits")[0] in (401, 403)


def verdicts(apache: Apache, rules: list[FileRule], server: Server) -> list[str]:
    """What `oivo acl check` finds wrong."""
    found = check(asker(apache.base), rules, server, datetime.now(UTC))
    return [f"{verdict.what} ({verdict.remedy})" for verdict in found if not verdict.right]


def test_check_of_a_good_server(tree: Tree) -> None:
    rules = [*tree.private("a b.fits", "sub/c.fits"), *tree.public("b.fits"), FileRule("nobody.fits")]
    for rule in rules:
        tree.put(rule.path)
    tree.write(rules)
    with serving(tree.root, tree.own, modules=COMMON) as apache:
        assert verdicts(apache, rules, tree.server) == []


@pytest.mark.parametrize("overrides", ["None", "Options"])
def test_check_notices_that_rules_are_ignored_or_refused(tree: Tree, overrides: str) -> None:
    rules = [*tree.private("a.fits"), *tree.public("b.fits")]
    for rule in rules:
        tree.put(rule.path)
    tree.write(rules)
    with serving(tree.root, tree.own, overrides=overrides) as apache:
        found = verdicts(apache, rules, tree.server)
        status = raw(apache, "/a.fits")[0]
    assert status == (200 if overrides == "None" else 500)
    wanted = "IGNORES the rules" if overrides == "None" else "does not accept the rules"
    assert any(wanted in said and "AllowOverride AuthConfig" in said for said in found)
    assert any("a LEAK" in said for said in found) == (overrides == "None")


def test_check_notices_other_mistakes(tree: Tree) -> None:
    """A password file that is not there, an open folder, a clock that is off, a wrong address."""
    rules = [*tree.private("a.fits"), *tree.public("b.fits")]
    for rule in rules:
        tree.put(rule.path)
    tree.write(rules)
    with serving(tree.root, tree.own) as apache:
        tree.folder.password_file.unlink()
        assert any("must be able to read" in said for said in verdicts(apache, rules, tree.server))
        late = check(asker(apache.base), rules, tree.server, datetime.now(UTC) + timedelta(hours=1))
        assert any("clock is 36" in verdict.what for verdict in late if not verdict.right)
        tree.write(rules, server=replace(tree.server, url_path="/elsewhere"))
        assert any("public file b.fits: 403" in said for said in verdicts(apache, rules, tree.server))
    opened = '<Location "/">\nRequire all granted\n</Location>'
    with serving(tree.root, tree.own, extra=opened, modules=COMMON) as apache:
        assert any("private file a.fits: 2" in said for said in verdicts(apache, rules, tree.server))


def test_the_documented_server(tree: Tree) -> None:
    """The virtual host of docs/acl.md works, and is closed where there are no rules."""
    page = (ROOT / "docs" / "acl.md").read_text(encoding="utf-8")
    host = page.split("```apache\n")[1].split("```")[0].replace("/srv/oidata", str(tree.root)).replace("*:443", "*:*")
    host = "\n".join(line for line in host.splitlines() if "SSL" not in line)
    rules = [*tree.private("a.fits"), *tree.public("b.fits")]
    for rule in rules:
        tree.put(rule.path)
    with serving(tree.root, tree.own, extra=host, modules=COMMON) as apache:
        assert raw(apache, "/b.fits")[0] == 403
        tree.write(rules)
        assert raw(apache, "/b.fits")[0] == 200
        assert verdicts(apache, rules, tree.server) == []
        assert tree.folder.is_as_written(tree.folder.manifest())
        (tree.root / "b.fits").unlink()
        (tree.root / "b.fits").symlink_to("a.fits")
        assert raw(apache, "/b.fits")[0] == 403


def test_hardened_rules(tree: Tree) -> None:
    """With Options and SetHandler nothing in the tree is a program, and links are not followed."""
    server = replace(tree.server, hardened=True)
    tree.put("a.cgi.fits", b"#!/bin/sh\necho; echo run")
    (tree.root / "a.cgi.fits").chmod(0o755)
    (tree.root / "b.fits").symlink_to("a.cgi.fits")
    tree.put("c.run.fits", b"#!/bin/sh\necho; echo run")
    (tree.root / "c.run.fits").chmod(0o755)
    options = "Options ExecCGI FollowSymLinks Indexes MultiViews\nAddHandler cgi-script .cgi .run"
    rules = tree.public("a.cgi.fits", "b.fits", "c.run.fits")
    modules = (*COMMON, "cgid")
    with serving(
        tree.root, tree.own, overrides="AuthConfig FileInfo Options", options=options, modules=modules,
        extra=f'ScriptSock "{tree.own}/cgisock"',
    ) as apache:  # fmt: skip
        tree.write(rules)
        assert raw(apache, "/c.run.fits")[1] == b"run\n", "the server runs programs"
        tree.write(rules, server=server)
        assert raw(apache, "/a.cgi.fits")[0] == 403, "refused by its name"
        assert raw(apache, "/b.fits")[0] == 403, "a link"
        assert raw(apache, "/c.run.fits")[1].startswith(b"#!/bin/sh"), "delivered, not run"
        assert verdicts(apache, rules[2:], server) == []


_WRITER = """
import sys
from tests.acceptance.test_apache import SWAP, swap
folder, passwords = sys.argv[1:]
print("ready", flush=True)
for number in range(1_000_000):
    swap(folder, passwords, SWAP[number % 2])
"""

_A, _B = "pi@example.org", "owner@example.org"
_PUBLIC = datetime(2020, 1, 1, tzinfo=UTC)
#: Two states between which a tree changes: what is open in one is closed in the other, persons and passwords, too.
SWAP = (
    (
        [
            FileRule("a", _PUBLIC),
            FileRule("b", None, {_A: None}),
            FileRule("sub/a", None, {_B: None}),
            FileRule("c", None, {_B: None}),
        ],
        (_A,),
    ),
    (
        [
            FileRule("a", None, {_A: None}),
            FileRule("b", _PUBLIC),
            FileRule("sub/a", _PUBLIC),
            FileRule("c", None, {_A: None, _B: None}),
        ],
        (_A, _B),
    ),
)


def swap(folder: str, passwords: str, state: tuple[list[FileRule], tuple[str, ...]]) -> None:
    """Write one of the two states."""
    rules, known = state
    place = Folder(Path(folder), Path(passwords))
    now = datetime.now(UTC)
    hashes = dict.fromkeys(known, build.HASH)
    server = Server(passwords, "", "UTC")
    place.write(make_plan(rules, hashes, server, now, now + VALID, folders=place.scan().folders), "test")


def test_killed_at_any_moment(tree: Tree) -> None:
    """Whoever ends the writer, whenever: no file is more open than before or after, and the next run mends it."""
    for path in ("a", "b", "c", "sub/a"):
        tree.put(path)
    arguments = (str(tree.root), str(tree.folder.password_file))
    visitors = (None, (_A, build.PASSWORD), (_B, build.PASSWORD))

    def answers(get: Callable[..., int]) -> dict[tuple[str, int], bool]:
        return {
            (path, index): get(path, auth) == 200
            for path in ("a", "b", "c", "sub/a")
            for index, auth in enumerate(visitors)
        }

    rng = random.Random(5)
    with serving(tree.root, tree.own) as apache, apache.client() as client:

        def get(path: str, auth: tuple[str, str] | None) -> int:
            status = client.get(f"/{path}", auth=auth).status_code
            assert status in (200, 401, 403), (status, apache.errors()[-500:])
            return status

        clean = []
        for state in SWAP:
            swap(*arguments, state)
            clean.append(answers(get))
        assert clean[0] != clean[1]
        stricter = 0
        for _ in range(25):
            writer = subprocess.Popen(
                [sys.executable, "-c", _WRITER, *arguments],
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            assert writer.stdout is not None and writer.stdout.readline()
            time.sleep(rng.random() * 0.05)
            for _ in range(3):  # while it writes
                seen = answers(get)
                assert not [case for case, open_ in seen.items() if open_ and not clean[0][case] and not clean[1][case]]
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            writer.stdout.close()
            seen = answers(get)
            assert not [case for case, open_ in seen.items() if open_ and not clean[0][case] and not clean[1][case]]
            stricter += seen not in clean
        swap(*arguments, SWAP[1])
        assert answers(get) == clean[1]
    left = [path.name for path in (*tree.root.rglob(".ht*"), *tree.root.parent.glob(".ht*"))]
    assert sorted(left) == [".htaccess", ".htaccess", ".htoivo.json"]
    print(f"{stricter} of 25 kills left a state between the two")


def test_stopped_after_each_step(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, at every step there is, in both directions."""
    for path in ("a", "b", "c", "sub/a"):
        tree.put(path)
    arguments = (str(tree.root), str(tree.folder.password_file))
    real, left = Path.replace, [0]

    def stopping(path: Path, target: Path) -> Path:
        if left[0] == 0:
            raise InterruptedError("stopped")
        left[0] -= 1
        return real(path, target)

    monkeypatch.setattr(Path, "replace", stopping)

    def write(state: Any, steps: int) -> bool:
        left[0] = steps
        try:
            swap(*arguments, state)
        except TreeError:
            return False
        return True

    with serving(tree.root, tree.own) as apache, apache.client() as client:

        def answers() -> set[tuple[str, str | None]]:
            """What is open for whom."""
            return {
                (path, login)
                for path in ("a", "b", "c", "sub/a")
                for login in (None, _A, _B)
                if client.get(f"/{path}", auth=(login, build.PASSWORD) if login else None).status_code == 200
            }

        clean = []
        for state in SWAP:
            assert write(state, 99)
            clean.append(answers())
        for old, new in (SWAP, SWAP[::-1]):
            between = set()
            for steps in range(99):
                assert write(old, 99)
                done = write(new, steps)
                seen = answers()
                assert seen <= clean[0] | clean[1], steps
                between.add(frozenset(seen))
                if done:
                    break
            assert seen == clean[SWAP.index(new)]
            assert len(between) > 2, "nothing was between"


def test_a_full_disk_or_a_closed_folder_changes_nothing(tree: Tree) -> None:
    tree.put("sub/a")
    tree.put("a")
    tree.write(tree.public("a", "sub/a"))
    before = {path: path.read_bytes() for path in tree.root.rglob(".ht*")}
    (tree.root / "sub").chmod(0o555)
    try:
        with pytest.raises(TreeError, match="the old rules hold"):
            tree.write(tree.private("a", "sub/a"))
    finally:
        (tree.root / "sub").chmod(0o755)
    assert {path: path.read_bytes() for path in tree.root.rglob(".ht*")} == before


def test_many_files(tree: Tree) -> None:
    """Apache reads the rules at each request: thousands of them must stay possible."""
    names = [f"file {number:05}.fits" for number in range(3000)]
    tree.put(names[-1])
    readers = dict.fromkeys(build.HASHES)
    tree.write([FileRule(name, None, readers) for name in names])
    with serving(tree.root, tree.own) as apache, apache.client() as client:
        start = time.perf_counter()
        for _ in range(5):
            assert client.get(f"/{quote(names[-1])}", auth=LOGIN).status_code == 200
        print(f"{(time.perf_counter() - start) / 5 * 1000:.0f} ms a request with 3000 files in the folder")
