"""The validator on a real site: friends' files, foes' files, too many and too large ones; nothing is kept."""

import gzip
import json
import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError

import numpy as np
import pytest

from tests.build import forms
from tests.build import oifits as build
from tests.instances import OPENER, Instance

GOOD = build.sound()
SEVERE = build.file(build.target(), build.wavelength())
HOSTILE_NAME = '"><script>document.title="broken"</script><img src=x onerror=alert(1)>.fits'
SERVER_PATHS = re.compile(r"/home/|/tmp/|/usr/lib|site-packages|Traceback")


class Reply:
    """What came back."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.text = (
            status,
            {key.lower(): value for key, value in headers.items()},
            body.decode(),
        )
        assert not SERVER_PATHS.search(re.sub(r"data:image/png;base64,[^\"]*", "", self.text))

    @property
    def json(self) -> object:
        return json.loads(self.text)


def post(site: Instance, body: bytes, query: str = "", **headers: str) -> Reply:
    """POST a form; the reply whatever its status is."""
    wanted = {"Content-Type": forms.CONTENT_TYPE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = urllib.request.Request(f"{site.base}/validator{query}", body, wanted)
    try:
        with OPENER.open(request, timeout=120) as reply:
            return Reply(reply.status, dict(reply.headers), reply.read())
    except HTTPError as error:
        return Reply(error.code, dict(error.headers), error.read())


def send(site: Instance, *files: tuple[str, bytes], query: str = "", **fields: str) -> Reply:
    return post(site, forms.form(files, fields), query)


def errors_of(page: str) -> str:
    """Return what a page says is wrong."""
    return " ".join(re.findall(r'<div (?:class="errors" role="alert"|role="alert" class="errors")><p>(.*?)</p>', page))


@contextmanager
def settings(site: Instance, **wanted: int) -> Iterator[None]:
    """Set limits of a running site; they are read at each upload."""
    path = site.home.settings_file
    kept = path.read_text(encoding="utf-8")
    changed = kept
    for name, value in wanted.items():
        changed, count = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", changed)
        assert count == 1, name
    path.write_text(changed, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(kept, encoding="utf-8")


def files_of(site: Instance) -> set[Path]:
    """All files of the site, and all things in the folders for temporary files, that uploads could leave."""
    home = {path for path in site.home.root.rglob("*") if not {"pg", "logs", "run"} & set(path.parts)}
    # databases of other tests come and go
    shared = {path for path in Path("/dev/shm").glob("*") if not path.name.startswith("PostgreSQL.")}
    return home | set(Path(tempfile.gettempdir()).glob("*")) | shared


def test_page(site: Instance) -> None:
    with site.get("/validator") as reply:
        page = reply.read().decode()
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "At most 50 files and 64 MB" in re.sub(r"\s+", " ", page)
    assert f"{site.base}/validator?format=json" in page


def test_good_file(site: Instance) -> None:
    reply = send(site, ("good.fits", GOOD))
    assert reply.status == 200
    assert "<title>good.fits: nothing found – OIFITS validator – oivo</title>" in reply.text
    assert reply.text.count('src="data:image/png;base64,iVBOR') == 1
    assert "HD 1" in reply.text
    assert reply.headers["cache-control"] == "no-store"


def test_severe_file(site: Instance) -> None:
    reply = send(site, ("bad.fits", SEVERE))
    assert reply.status == 200
    assert "OIFITS_OIDATA" in reply.text
    assert "The file holds no data." in reply.text  # what it means
    assert "Add the measurements, or do not call the file OIFITS." in reply.text  # how to repair it
    assert 'href="/validator/rules#OIFITS_OIDATA"' in reply.text
    assert "data:image" not in reply.text
    with site.get("/validator/rules") as rules:
        assert 'id="OIFITS_OIDATA"' in rules.read().decode()


@pytest.mark.parametrize("profile", ["oivo", "jmmc"])
def test_json_is_that_of_the_command_line(site: Instance, tmp_path: Path, profile: str) -> None:
    paths = [tmp_path / name for name in ("good.fits", "bad.fits", "no.fits", "packed.fits.gz")]
    for path, content in zip(paths, (GOOD, SEVERE, b"hello", gzip.compress(build.plain())), strict=True):
        path.write_bytes(content)
    for chosen in ([path] for path in paths), [paths]:
        for group in chosen:
            done = site.oivo("oidb", "check", "--profile", profile, "--format", "json", *map(str, group), check=False)
            sent = [(path.name, path.read_bytes()) for path in group]
            reply = send(site, *sent, query="?format=json", profile=profile)
            assert reply.headers["content-type"] == "application/json"
            assert reply.json == json.loads(done.stdout)


def test_ways_to_ask_for_json(site: Instance) -> None:
    body = forms.form([("good.fits", GOOD)])
    expected = [{"file": "good.fits", "version": 2, "findings": []}]
    assert post(site, body, "?format=json").json == expected
    assert post(site, body, Accept="application/json").json == expected
    assert send(site, ("good.fits", GOOD), format="json").json == expected
    assert post(site, body, Accept="text/html,application/json").text.startswith("<!DOCTYPE html>")
    assert send(site, ("good.fits", GOOD), format="text").text.startswith("good.fits (OIFITS 2): nothing found")


def test_example_of_the_page_works(site: Instance, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    with site.get("/validator") as reply:
        command = re.search(r"<code>curl (.*?)</code>", reply.read().decode())
    assert command
    # curl asks before it sends more than a megabyte, the server then says that it may
    (tmp_path / "NAME.fits").write_bytes(build.file(build.target(), build.data("OI_VIS2", [build.MJD] * 20_000)))
    arguments = command[1].replace("&#39;", "'").replace("'", "").split()
    done = subprocess.run(["curl", "--noproxy", "*", "-sS", *arguments], cwd=tmp_path, capture_output=True, check=True)
    assert json.loads(done.stdout)[0]["file"] == "NAME.fits"


def test_several_files(site: Instance) -> None:
    archive = forms.archive({"night 1/a.fits": GOOD, "b.fits.gz": gzip.compress(GOOD), "README.txt": b"hello"})
    reply = send(site, ("a.zip", archive), ("bad.fits", SEVERE), ("c.fits", GOOD))
    assert "<title>5 files – OIFITS validator – oivo</title>" in reply.text
    for name in ("a.zip/night 1/a.fits", "a.zip/b.fits.gz", "a.zip/README.txt", "bad.fits", "c.fits"):
        assert f">{name}</h2>" in reply.text
    assert "not FITS: left out" in reply.text
    assert reply.text.count("data:image/png") == 3


def test_no_more_plots_than_promised(site: Instance) -> None:
    reply = send(site, *[(f"{number}.fits", GOOD) for number in range(10)])
    assert reply.text.count("data:image/png") == 8
    assert "8 of 10 granules are drawn" in reply.text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (forms.archive({"../../../etc/cron.d/evil.fits": GOOD}), "its name leads out of the archive"),
        (forms.archive({"a.zip": forms.archive({"a.fits": GOOD})}), "archives within archives are not opened"),
        (forms.archive({"a.fits": GOOD}, flags=1), "encrypted: send it without a password"),
        (forms.archive({"bomb.fits": bytes(100_000_000)}), "inflates to too much"),
        (forms.archive({f"{number}.fits": bytes(15_900_000) for number in range(40)}), "not FITS: left out"),
        (
            forms.archive({f"{number}.fits": b"SIMPLE" + bytes(15_900_000) for number in range(40)}),
            "more may be unpacked",
        ),
        (gzip.compress(bytes(100_000_000)), "inflates to too much"),
        (forms.archive({"a.fits": GOOD})[:-20], "the archive is damaged"),
        (b"hello", "not a FITS file"),
        (GOOD[:5000], ""),
        (b"", ""),
    ],
    ids=["traversal", "nested", "encrypted", "bomb", "zeros", "many", "gzip", "cut zip", "text", "cut", "empty"],
)
def test_hostile_file(site: Instance, content: bytes, told: str) -> None:
    reply = send(site, ("upload", content))
    assert reply.status == 200
    assert told in reply.text.replace("&#x27;", "'")
    assert "data:image" not in reply.text
    found = send(site, ("upload", content), query="?format=json").json
    assert all(entry["error"] for entry in found)


def test_hostile_name(site: Instance) -> None:
    for content in (GOOD, SEVERE, b"hello", forms.archive({HOSTILE_NAME: GOOD})):
        reply = send(site, (HOSTILE_NAME, content))
        assert reply.status == 200
        assert "<script>document" not in reply.text
        assert "<img src=x" not in reply.text
    odd = build.file(build.target([HOSTILE_NAME[:16]]), build.wavelength(insname=HOSTILE_NAME[:60]), build.data())
    assert "<script>" not in send(site, ("a.fits", odd)).text


@pytest.mark.parametrize(
    ("body", "headers", "told"),
    [
        (forms.form([]), {}, "No file was chosen"),
        (forms.form([("", b"")]), {}, "No file was chosen"),
        (forms.form([("a.fits", GOOD)], {"profile": "<b>"}), {}, "there are: oivo, jmmc"),
        (forms.form([("a.fits", GOOD)])[:-50], {}, "the form breaks off"),
        (forms.form([("a.fits", b"x")] * 51), {}, "more than 50 files"),
        (GOOD, {"Content_Type": "application/fits"}, "send it as multipart/form-data"),
        (b"a=b", {"Content_Type": "application/x-www-form-urlencoded"}, "send it as multipart/form-data"),
        (b"", {}, "cannot be read"),
    ],
)
def test_no_form(site: Instance, body: bytes, headers: dict[str, str], told: str) -> None:
    reply = post(site, body, **headers)
    assert reply.status == 400
    assert told in errors_of(reply.text)
    assert "<b>" not in reply.text
    assert told in post(site, body, "?format=json", **headers).json["error"]


def test_other_methods(site: Instance) -> None:
    for method in ("PUT", "DELETE"):
        connection = HTTPConnection("localhost", site.port, timeout=30)
        connection.request(method, "/validator", b"x")
        assert connection.getresponse().status == 405
        connection.close()
    for path in ("/validator/etc", "/validator/rules/1", "/validator/../../etc/passwd"):
        with pytest.raises(HTTPError) as refused:
            site.get(path)
        assert refused.value.code == 404


def test_too_large(empty_site: Instance) -> None:
    body = forms.form([("a.fits", bytes(300_000))])
    with settings(empty_site, validator_bytes=200_000):
        reply = post(empty_site, body)
        assert reply.status == 413
        assert "at most 200,000 bytes" in errors_of(reply.text)
        assert post(empty_site, body, "?format=json").json == {
            "error": "This is too large: at most 200,000 bytes can be sent at a time."
        }
        # one who does not say before how much it will be
        connection = HTTPConnection("localhost", empty_site.port, timeout=30)
        pieces = (body[start : start + 50_000] for start in range(0, len(body), 50_000))
        headers = {"Content-Type": forms.CONTENT_TYPE}
        connection.request("POST", "/validator?format=text", pieces, headers, encode_chunked=True)
        answer = connection.getresponse()
        assert (answer.status, b"too large" in answer.read()) == (413, True)
        connection.close()
        # one who asks before sending hears it at once
        with socket.create_connection(("127.0.0.1", empty_site.port), timeout=30) as line:
            head = f"POST /validator HTTP/1.1\r\nHost: localhost\r\nContent-Length: {10**12}\r\n"
            line.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
            said = b"".join(iter(lambda: line.recv(4096), b""))
        assert said.startswith(b"HTTP/1.1 413 ")
        assert b"100 Continue" not in said
    assert send(empty_site, ("a.fits", GOOD)).status == 200


def test_chunked_upload(site: Instance) -> None:
    body = forms.form([("a.fits", GOOD)])
    connection = HTTPConnection("localhost", site.port, timeout=60)
    connection.request(
        "POST", "/validator?format=json", iter([body]), {"Content-Type": forms.CONTENT_TYPE}, encode_chunked=True
    )
    assert json.loads(connection.getresponse().read())[0]["file"] == "a.fits"
    connection.close()


def test_file_that_takes_too_long(empty_site: Instance) -> None:
    """What there is when the time is over is shown; drawing 800,000 points alone takes more than the second allowed."""
    rows = 400_000
    slow = build.file(
        build.target(),
        build.array(),
        build.wavelength(),
        build.data("OI_VIS2", np.full(rows, build.MJD), int_time=60.0),
    )
    told = (
        "The time was over before everything was drawn.",
        # on a slower machine
        "0 of 1 granules are drawn",
        "not checked: the 1 s that a job may take were over",
    )
    with settings(empty_site, validator_seconds=1):
        reply = send(empty_site, ("slow.fits", slow))
    assert reply.status in (200, 422)  # 422: it was not even taken apart
    assert any(text in reply.text for text in told)
    assert "data:image" not in reply.text
    assert workers(empty_site) == []


def workers(site: Instance) -> list[int]:
    """Processes of the validator whose server serves this home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"ingest.validate" in (folder / "cmdline").read_bytes().split(b"\0"):
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                if f"OIVO_HOME={site.home.root}".encode() in Path(f"/proc/{parent}/environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
    return found


def test_nothing_is_left(site: Instance) -> None:
    send(site, ("a.fits", GOOD))
    before = files_of(site)
    send(
        site,
        ("large.fits", GOOD + os.urandom(3_000_000)),
        ("a.zip", forms.archive({"../../evil.fits": GOOD, "b": GOOD})),
    )
    send(site, ("bad.fits", SEVERE), ("no.fits", b"hello"))
    assert files_of(site) - before == set()


def test_server_answers_meanwhile_and_is_not_overrun(site: Instance) -> None:
    """Two are checked at a time, six wait, the others are told to come back; all the while pages are served."""
    body = forms.form([(f"{number}.fits", GOOD) for number in range(3)])
    with ThreadPoolExecutor(14) as pool:
        replies = [pool.submit(post, site, body) for _ in range(14)]
        served = 0
        while not all(reply.done() for reply in replies):
            site.get("/static/help.shtml").read()
            served += 1
    assert served > 3
    done = [reply.result() for reply in replies]
    assert {reply.status for reply in done} == {200, 503}
    assert sum(reply.status == 200 for reply in done) >= 8
    assert all(reply.headers["retry-after"] == "30" for reply in done if reply.status == 503)
    assert send(site, ("a.fits", GOOD)).status == 200


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        select.select([], [], [], 0.02)


def test_those_who_leave_make_room(site: Instance) -> None:
    body = forms.form([(f"{number}.fits", GOOD) for number in range(8)])
    lines = []
    for _ in range(8):
        line = socket.create_connection(("127.0.0.1", site.port), timeout=30)
        head = f"POST /validator HTTP/1.1\r\nHost: localhost\r\nContent-Type: {forms.CONTENT_TYPE}\r\n"
        line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        lines.append(line)
    wait_for(lambda: workers(site))
    for line in lines:
        line.close()
    wait_for(lambda: not workers(site))
    assert send(site, ("a.fits", GOOD), query="?format=json").status == 200
