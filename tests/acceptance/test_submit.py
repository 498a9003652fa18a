"""Submission by the web page: a first-time submitter in Chromium, with and without JavaScript; and what is refused."""

import base64
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

import pytest

from ingest.access.passwords import hash_password
from ingest.archive.accounts import add_alias, create_account
from ingest.archive.credentials import end_sessions, set_password_hash
from ingest.archive.people import account_of_id
from tests.acceptance.test_browser import _FAINT_TEXTS, Browser, By, Keys, WebDriverWait, browser
from tests.build import oifits as build
from tests.instances import Instance

__all__ = ["browser"]  # the fixture

PASSWORD = "wool Larch 48 quay"
HASH = hash_password(PASSWORD)
HOSTILE = "<img src=x onerror=document.title='broken'>.fits"

#: Puts files into the hands of the page, as a drag from the desktop does.
_DROP = """
const data = new DataTransfer();
for (const [name, text] of arguments[0]) {
  data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
}
const how = {dataTransfer: data, bubbles: true, cancelable: true};
for (const kind of ["dragover", "drop"]) {
  document.getElementById("drop").dispatchEvent(new DragEvent(kind, how));
}
"""


def person(site: Instance, role: str = "submitter", alias: str = "") -> str:
    """Make an account with `PASSWORD`, and return its login."""
    login = f"{secrets.token_hex(5)}@example.org"
    with site.archive.transaction() as cursor:
        number = create_account(cursor, login, login.partition("@")[0], "", actor="test", role=role, state="active")
        set_password_hash(cursor, account_of_id(cursor, number), HASH, actor="test")
        if alias:
            add_alias(cursor, login, alias, actor="test")
    return login


@pytest.fixture(scope="module")
def ada(empty_site: Instance) -> str:
    return person(empty_site, alias=f"Ada {secrets.token_hex(3)}")


class Client:
    """A browser without JavaScript and without a window: cookies, forms, redirects."""

    def __init__(self, site: Instance, login: str = "") -> None:
        self.site, self.path, self.text, self.status = site, "", "", 0
        self.jar = CookieJar()
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(self.jar))
        if login:
            self.get("/account/login")
            self.post("/account/login", login=login, password=PASSWORD, next="/submit")
            assert self.path == "/submit", self.text

    def get(self, path: str) -> str:
        return self._ask(Request(f"{self.site.base}{path}"))

    def post(self, to: str, files: list[tuple[str, bytes]] | None = None, /, **fields: Any) -> str:
        """Send a form of the page that was seen last, with its proof."""
        proof = re.search(r'name="csrf"[^>]*value="([0-9a-f]+)"|value="([0-9a-f]+)"[^>]*name="csrf"', self.text)
        fields = {"csrf": (proof[1] or proof[2]) if proof else "", **fields}
        headers = {"Origin": self.site.base}
        if files is None:
            body = urlencode(fields, doseq=True).encode()
        else:
            headers["Content-Type"], body = _multipart(fields, files)
        return self._ask(Request(f"{self.site.base}{to}", body, headers))

    def _ask(self, request: Request) -> str:
        try:
            with self._opener.open(request, timeout=300) as reply:
                self.status, url, self.text = reply.status, reply.url, reply.read().decode()
        except HTTPError as error:
            self.status, url, self.text = error.code, error.url, error.read().decode()
        self.path = url.removeprefix(self.site.base).partition("#")[0]
        return self.text

    def hidden(self, name: str) -> str:
        found = re.search(
            rf'name="{re.escape(name)}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{re.escape(name)}"', self.text
        )
        assert found is not None, self.text
        return found[1] or found[2] or ""

    def begin(self, level: int = 2) -> str:
        self.get("/submit")
        self.post("/submit", level=str(level))
        assert re.fullmatch(r"/submit/[0-9a-f]{32}", self.path), self.text
        return self.path

    def save(self, page: str) -> str:
        self.get(page)
        return self.post(f"{page}/save", seen=self.hidden("seen"))


def _multipart(fields: dict[str, Any], files: list[tuple[str, bytes]], name: str = "files") -> tuple[str, bytes]:
    mark = secrets.token_hex(16)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{one}\r\n'.encode()
        for key, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    for called, content in files:
        shown = called.replace('"', "%22")
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{shown}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--\r\n".encode()


def sound(name: str, target: str = "HD 1", **cards: Any) -> tuple[str, bytes]:
    return name, build.sound(cards={"OBJECT": f"{target} {secrets.token_hex(4)}", **cards})


def unique() -> str:
    return f"web-{secrets.token_hex(5)}"


# in Chromium


def log_in(site: Instance, browser: Browser, login: str, place: str = "/submit") -> None:
    browser.driver.delete_all_cookies()
    browser.open(site.base + place)
    browser.driver.find_element(By.ID, "login").send_keys(login)
    browser.driver.find_element(By.ID, "password").send_keys(PASSWORD + Keys.ENTER)
    browser.wait(lambda driver: "/login" not in driver.current_url)


def press(browser: Browser, selector: str) -> None:
    """Press a button with the keyboard, and wait for the next page."""
    browser.script("window.before = true")
    browser.driver.find_element(By.CSS_SELECTOR, selector).send_keys(Keys.ENTER)
    browser.wait(lambda driver: not driver.execute_script("return window.before"))
    browser.wait(lambda driver: driver.execute_script("return document.readyState") == "complete")


def write(browser: Browser, ident: str, text: str) -> None:
    field = browser.driver.find_element(By.ID, ident)
    field.clear()
    field.send_keys(text)


def cards(browser: Browser) -> int:
    return len(browser.driver.find_elements(By.CSS_SELECTOR, "li.file.is-checked, li.file.is-refused"))


def number_of_files(site: Instance) -> int:
    return int(site.sql("SELECT count(*) AS n FROM archive.file")[0].n)


def part(name: str) -> str:
    return f"section[aria-labelledby={name}]"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty good files and a broken one."""
    made = tmp_path_factory.mktemp("files")
    for number in range(20):
        name, content = sound(f"night-{number:02}.fits")
        (made / name).write_bytes(content)
    (made / "broken.fits").write_bytes(build.file(build.target(), build.wavelength()))
    return made


def begin_in(site: Instance, browser: Browser, login: str) -> str:
    log_in(site, browser, login)
    assert browser.driver.current_url == f"{site.base}/submit"
    press(browser, f"{part('begin')} button")
    return str(browser.driver.current_url)


def finish_in(site: Instance, browser: Browser, collection: str) -> None:
    """From twenty files and a broken one to a saved collection, with an error on the way."""
    page = browser.driver.current_url.partition("?")[0].partition("#")[0]
    known = number_of_files(site)
    # one value for all, wrong at first
    browser.driver.find_element(By.CSS_SELECTOR, "#field option[value=quality_level]").click()
    write(browser, "value", "9")
    press(browser, f"{part('values')} button")
    assert (
        "a number from 0 (unknown) to 5 (outstanding) is wanted" in browser.driver.find_element(By.ID, "trouble").text
    )
    assert browser.focused() == "trouble"
    field = browser.driver.find_element(By.ID, "value")
    assert (field.get_attribute("value"), field.get_attribute("aria-invalid")) == ("9", "true")
    write(browser, "value", "4")
    press(browser, f"{part('values')} button")
    assert "quality 4" in browser.text()
    # one granule
    browser.open(browser.driver.find_element(By.CSS_SELECTOR, "li.file a.button").get_attribute("href"))
    write(browser, "g0.target_name", "tau <b>Cet</b>")
    write(browser, "g0.s_dec", "north")
    press(browser, "form.values button")
    wrong = browser.driver.find_element(By.ID, "g0.s_dec")
    assert (wrong.get_attribute("value"), wrong.get_attribute("aria-invalid")) == ("north", "true")
    link = browser.driver.find_element(By.CSS_SELECTOR, "#trouble a")
    assert link.get_attribute("href").endswith("#g0.s_dec")
    write(browser, "g0.s_dec", "-15.9")
    press(browser, "form.values button")
    assert "tau <b>Cet</b>" in browser.text() and "-15.9000" in browser.text()
    # refused as a whole: nothing is saved, all is told
    press(browser, f"{part('save')} button")
    told = browser.driver.find_element(By.ID, "trouble").text
    assert "nothing was saved" in told and "broken.fits" in told and "collection" in told
    assert number_of_files(site) == known
    press(browser, "li.file.is-refused form.button button")
    # the collection
    write(browser, "title", "")
    browser.script("document.getElementById('title').removeAttribute('required')")
    write(browser, "article_bibcode", "2012A&A")
    press(browser, "form.describing button")
    assert browser.driver.find_element(By.ID, "title").get_attribute("aria-invalid") == "true"
    assert browser.driver.find_element(By.ID, "article_bibcode").get_attribute("value") == "2012A&A"
    write(browser, "title", "A night")
    write(browser, "article_bibcode", "")
    write(browser, "id", collection)
    browser.driver.find_element(By.CSS_SELECTOR, "#kind option[value=suv]").click()
    press(browser, "form.describing button")
    review = browser.driver.find_element(By.CSS_SELECTOR, ".review").text
    assert "20 files" in review and "A night" in review and "public" in review
    press(browser, f"{part('save')} button")
    assert browser.driver.find_element(By.ID, "saved").text.startswith("Saved: 20 files with 20 granules")
    assert browser.driver.current_url == page
    held = site.sql(
        """SELECT count(*) AS n, count(*) FILTER (WHERE quality_level = 4) AS good FROM archive.file
           WHERE collection_id = %s""",
        [collection],
    )
    assert (held[0].n, held[0].good) == (20, 20)
    targets = site.sql(
        "SELECT target_name FROM archive.granule JOIN archive.file AS f ON f.id = file_id WHERE collection_id = %s",
        [collection],
    )
    assert [row.target_name for row in targets].count("tau <b>Cet</b>") == 1


def test_a_first_submission(empty_site: Instance, browser: Browser, folder: Path) -> None:
    browser.complaints()
    page = begin_in(empty_site, browser, person(empty_site, alias=f"Bea {secrets.token_hex(3)}"))
    field = browser.driver.find_element(By.ID, "files-field")
    field.send_keys("\n".join(str(path) for path in sorted(folder.glob("*.fits"))))
    # each is read in a process of its own, which takes seconds on a busy machine
    patient = WebDriverWait(browser.driver, 240)
    patient.until(lambda driver: driver.find_element(By.ID, "sending").text == "20 added, 1 not.")
    browser.wait(lambda driver: cards(browser) == 21)
    assert browser.driver.current_url == page
    picture = "document.querySelector('.quicklook img')"
    browser.driver.find_element(By.CSS_SELECTOR, ".quicklook").send_keys("")
    browser.wait(lambda driver: driver.execute_script(f"return {picture}.complete && {picture}.naturalWidth == 300"))
    assert browser.complaints() == []
    finish_in(empty_site, browser, unique())


def test_the_same_without_javascript(empty_site: Instance, browser: Browser, folder: Path) -> None:
    login = person(empty_site, alias=f"Cid {secrets.token_hex(3)}")
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        client = Client(empty_site, login)
        page = client.begin()
        client.post(f"{page}/files", [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.fits"))])
        assert client.path == f"{page}?added=21"
        log_in(empty_site, browser, login, page)
        browser.open(empty_site.base + page)
        assert cards(browser) == 21
        assert browser.driver.find_element(By.ID, "queue").get_attribute("hidden")
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    client.post(f"{page}/all", field="quality_level", value="9")
    assert client.status == 400 and 'aria-invalid="true"' in client.text and 'value="9"' in client.text
    client.post(f"{page}/all", field="quality_level", value="4")
    refused = re.search(
        r'id="file-(\d+)" class="file is-refused"|class="file is-refused"[^>]*id="file-(\d+)"', client.text
    )
    assert refused is not None
    client.save(page)
    assert client.status == 400 and "nothing was saved" in client.text
    client.post(f"{page}/remove", item=refused[1] or refused[2])
    name = unique()
    client.post(f"{page}/collection", do="describe", id=name, title="By forms", kind="public")
    assert client.path == f"{page}?done=collection", client.text
    client.save(page)
    assert client.path == page and "Saved: 20 files with 20 granules" in client.text
    held = empty_site.sql(
        "SELECT count(*) AS n FROM archive.file WHERE collection_id = %s AND quality_level = 4", [name]
    )
    assert held[0].n == 20


def test_dropped_files_with_hostile_names(empty_site: Instance, browser: Browser, ada: str) -> None:
    page = begin_in(empty_site, browser, ada)
    browser.complaints()
    name, content = sound("dropped.fits")
    text = base64.b64encode(content).decode()
    browser.driver.execute_script(_DROP, [[name, text], [HOSTILE, text], ["hello.fits", "aGVsbG8="]])
    browser.wait(lambda driver: cards(browser) == 3)
    assert HOSTILE in browser.text()
    assert "broken" not in browser.driver.title
    assert "The same bytes are in: " in browser.text()
    assert browser.complaints() == []
    assert browser.script(_FAINT_TEXTS) == []
    browser.small_screen(360)
    try:
        browser.open(page)
        assert browser.script("return document.documentElement.scrollWidth") <= 360
        href = browser.driver.find_element(By.CSS_SELECTOR, "li.file a.button").get_attribute("href")
        for address in (href, f"{empty_site.base}/submit"):
            browser.open(address)
            assert browser.script("return document.documentElement.scrollWidth") <= 360, address
    finally:
        browser.small_screen(None)


def test_a_session_that_ends_between(empty_site: Instance, browser: Browser) -> None:
    """What was typed is not lost: log in in another tab, send it again."""
    login = person(empty_site)
    page = begin_in(empty_site, browser, login)
    with empty_site.archive.transaction() as cursor:
        cursor.execute("SELECT id FROM archive.account WHERE login = %s", [login])
        end_sessions(cursor, cursor.fetchone().id)
    # a file is refused with a way to log in
    browser.driver.execute_script(_DROP, [["a.fits", "aGVsbG8="]])
    browser.wait(lambda driver: "logged out" in driver.find_element(By.ID, "queue").text)
    assert (
        browser.driver.find_element(By.CSS_SELECTOR, "#queue a")
        .get_attribute("href")
        .endswith(f"next={quote(page.removeprefix(empty_site.base), safe='')}")
    )
    write(browser, "title", "Typed with care")
    press(browser, "form.describing button")
    assert "You are logged out" in browser.text()
    first = browser.driver.current_window_handle
    browser.driver.switch_to.new_window("tab")
    browser.open(f"{empty_site.base}/account/login")
    browser.driver.find_element(By.ID, "login").send_keys(login)
    browser.driver.find_element(By.ID, "password").send_keys(PASSWORD + Keys.ENTER)
    browser.wait(lambda driver: "/login" not in driver.current_url)
    browser.driver.close()
    browser.driver.switch_to.window(first)
    press(browser, "form.submitting button")
    if browser.driver.find_elements(By.ID, "trouble"):  # the proof was the old session's
        assert browser.driver.find_element(By.ID, "title").get_attribute("value") == "Typed with care"
        press(browser, "form.describing button")
    assert "Typed with care" in browser.driver.find_element(By.ID, "chosen").text


# by forms alone


def test_two_tabs(empty_site: Instance, ada: str) -> None:
    client = Client(empty_site, ada)
    page = client.begin()
    client.post(f"{page}/files", [sound("a.fits")])
    client.post(f"{page}/collection", do="describe", id=unique(), title="Tabs")
    seen = client.hidden("seen")
    client.post(f"{page}/files", [sound("b.fits")])
    client.post(f"{page}/save", seen=seen)
    assert client.status == 400 and "has changed since this page was made" in client.text
    number = re.search(r'id="file-(\d+)"', client.text)
    assert number is not None
    own = f"{page}/file/{number[1]}"
    client.get(own)
    version = client.hidden("version")
    client.post(own, version=version, progid="first")
    client.get(own)
    client.post(own, version=version, progid="second")
    assert client.status == 400 and "perhaps in another tab" in client.text and 'value="second"' in client.text
    client.post(own, version=client.hidden("version"), progid="second")
    assert "programme second" in client.text
    client.save(page)
    assert "Saved: 2 files" in client.text
    before = number_of_files(empty_site)
    client.post(f"{page}/save", csrf=client_proof(client), seen=seen)
    assert client.path == page and "Saved: 2 files" in client.text
    assert number_of_files(empty_site) == before


def client_proof(client: Client) -> str:
    """Return the proof of a form that this client sees elsewhere."""
    other = client.text
    client.get("/submit")
    proof = client.hidden("csrf")
    client.text = other
    return proof


def test_others_find_nothing(empty_site: Instance, ada: str) -> None:
    client = Client(empty_site, ada)
    page = client.begin()
    client.post(f"{page}/files", [sound("a.fits")])
    number = re.search(r'id="file-(\d+)"', client.text)
    assert number is not None
    plot = f"{page}/plot/{number[1]}/0-thumbnail.png"
    other = Client(empty_site, person(empty_site))
    other.get("/submit")
    proof = other.hidden("csrf")
    for path in (page, f"{page}/file/{number[1]}", plot):
        other.get(path)
        assert other.status == 404, path
    for path in ("files", "urls", "remove", "all", "collection", "save", "abandon", f"file/{number[1]}"):
        fields = {"csrf": proof, "item": number[1], "field": "progid", "value": "x", "seen": "", "do": "choose"}
        other.post(
            f"{page}/{path}", [sound("b.fits")] if path == "files" else None, urls="http://x.example/a", **fields
        )
        assert other.status == 404, path
    stranger = Client(empty_site)
    stranger.get(page)
    assert stranger.path == f"/account/login?next={quote(page, safe='')}"
    client.get(page)
    assert "a.fits" in client.text and "b.fits" not in client.text


def test_a_reader_is_told_the_way(empty_site: Instance) -> None:
    client = Client(empty_site)
    client.get("/account/login")
    client.post("/account/login", login=person(empty_site, "reader"), password=PASSWORD, next="/submit")
    assert client.status == 403 and "the role <em>submitter</em>" in client.text


def test_forms_of_other_sites_change_nothing(empty_site: Instance, ada: str) -> None:
    client = Client(empty_site, ada)
    page = client.begin()
    client.post(f"{page}/collection", csrf="0" * 64, do="describe", title="Foreign")
    assert client.status == 400
    client.get(page)
    assert "Not chosen yet" in client.text
    request = Request(
        f"{empty_site.base}{page}/abandon",
        urlencode({"csrf": client.hidden("csrf")}).encode(),
        {"Origin": "https://evil.example"},
    )
    client._ask(request)
    assert client.status == 400
    stranger = Client(empty_site)
    stranger._ask(Request(f"{empty_site.base}{page}/collection", b"title=x", {"Origin": "https://evil.example"}))
    assert stranger.path.startswith("/account/login")


BAD_FORMS = [
    ("files", {}, "at least one"),
    ("urls", {"urls": ""}, "at least one"),
    ("urls", {"urls": "http://127.0.0.1/a.fits\nfile:///etc/passwd"}, "file:///etc/passwd"),
    ("all", {"field": "owner", "value": "x"}, "choose what to set"),
    ("all", {"field": "progid", "value": "x"}, "no file"),
    ("collection", {"do": "choose"}, "choose one"),
    ("collection", {"do": "choose", "collection": "no-such-one"}, None),
    ("collection", {"do": "describe", "title": "x", "id": "../x"}, "letters, digits"),
    ("collection", {"do": "describe", "title": "x", "kind": "eso"}, "is wanted"),
    ("collection", {"do": "describe", "title": "x", "release_date": "soon"}, "a date like"),
    ("collection", {"do": "describe", "title": "<script>alert(1)</script>", "article_bibcode": "x"}, "19 characters"),
    ("remove", {"item": "x"}, "must be a number"),
    ("save", {"seen": "\0"}, "has changed"),
]


@pytest.mark.parametrize(("where", "fields", "told"), BAD_FORMS)
def test_bad_forms(empty_site: Instance, ada: str, where: str, fields: dict[str, str], told: str | None) -> None:
    client = Client(empty_site, ada)
    page = client.begin()
    client.post(f"{page}/{where}", **fields)
    if told is None:
        assert client.status == 404
        return
    assert client.status == 400
    trouble = re.search(r'id="trouble".*?</div>', client.text, re.DOTALL)
    assert trouble is not None and told in trouble[0].lower()
    assert "<script>alert" not in client.text and "Traceback" not in client.text


def test_paths_that_are_none(empty_site: Instance, ada: str) -> None:
    client = Client(empty_site, ada)
    page = client.begin()
    for path in (
        f"{page}/plot/1/0-thumbnail.png",
        f"{page}/file/1",
        "/submit/nothing",
        "/submit/" + "0" * 32,
        f"{page}/x",
    ):
        client.get(path)
        assert client.status == 404, path
        assert "Traceback" not in client.text


def test_a_curator_takes_a_broken_file(empty_site: Instance, ada: str) -> None:
    client = Client(empty_site, ada)
    page = client.begin()
    client.post(f"{page}/files", [("plain.fits", build.plain(OBJECT=secrets.token_hex(4)))])
    client.post(f"{page}/collection", do="describe", id=unique(), title="Broken")
    client.save(page)
    assert client.status == 400 and "severe findings" in client.text
    number = re.search(r'id="file-(\d+)"', client.text)
    assert number is not None
    own = f"{page}/file/{number[1]}"
    client.get(own)
    assert "ask a curator" in client.text
    curator = Client(empty_site, person(empty_site, "curator"))
    curator.get(own)
    curator.post(own, version=curator.hidden("version"), accepted_reason="the only data of this nova")
    client.save(page)
    assert "Saved: 1 file" in client.text


# the collection afterwards


@pytest.fixture(scope="module")
def saved(empty_site: Instance, ada: str) -> str:
    """A collection of two files, one of them private."""
    client, name = Client(empty_site, ada), unique()
    page = client.begin()
    recent = datetime.now(UTC).date().isoformat()
    client.post(f"{page}/files", [sound("one.fits"), sound("two.fits")])
    client.post(f"{page}/collection", do="describe", id=name, title=f"Before {recent}")
    client.save(page)
    empty_site.sql(
        """UPDATE archive.granule SET data_rights = 'secure', obs_release_date = now() + interval '1 year'
           FROM archive.file AS f WHERE f.id = file_id AND collection_id = %s AND name = 'two.fits'""",
        [name],
    )
    return name


def ids(site: Instance, collection: str) -> dict[str, int]:
    rows = site.sql("SELECT id, name FROM archive.file WHERE collection_id = %s", [collection])
    return {row.name: row.id for row in rows}


def test_a_collection_is_changed(empty_site: Instance, ada: str, saved: str) -> None:
    client, here = Client(empty_site, ada), f"/submit/collection/{saved}"
    client.get(here)
    assert "private until" in client.text
    client.post(here, do="edit", title="", kind="public")
    assert client.status == 400 and 'aria-invalid="true"' in client.text
    client.post(here, do="edit", title="After", kind="public", keywords="stars, disks", datapi="Ada")
    assert client.path == f"{here}?done=edit"
    row = empty_site.sql("SELECT title, keywords FROM archive.collection WHERE id = %s", [saved])[0]
    assert (row.title, row.keywords) == ("After", ["stars", "disks"])
    one = ids(empty_site, saved)["one.fits"]
    client.post(here, do="retire", file=str(one))
    assert client.status == 400 and "a reason is needed" in client.text.lower()
    client.post(here, do="retire", file=str(one), reason="wrong <i>calibrator</i>")
    assert "wrong &lt;i&gt;calibrator" in client.text
    client.post(here, do="restore", file=str(one))
    assert client.path == f"{here}?done=restore"
    client.post(here, do="retire", file="999999", reason="x")
    assert client.status == 400
    client.post(here, do="retire-all", **{"reason-all": "for a moment"})
    assert "This collection is retired" in client.text
    client.post(here, do="restore-all")
    client.post(here, do="add", level="2")
    assert re.fullmatch(r"/submit/[0-9a-f]{32}", client.path) and saved in client.text
    other = Client(empty_site, person(empty_site))
    other.get(here)
    assert other.status in (403, 404)
    other.get("/submit")
    other.post(here, do="edit", title="Mine", kind="public")
    assert other.status in (403, 404)


def test_published_data_need_an_article(empty_site: Instance, ada: str, saved: str) -> None:
    client = Client(empty_site, ada)
    page = client.begin(3)
    client.post(f"{page}/files", [sound("published.fits")])
    client.post(f"{page}/collection", do="describe", title="No article", id=unique())
    assert client.status == 400 and "need the bibcode of their article" in client.text
    client.post(f"{page}/collection", do="choose", collection=saved)
    client.save(page)
    assert client.status == 400 and f'href="/submit/collection/{saved}#article_bibcode"' in client.text
    client.get(f"/submit/collection/{saved}")
    told = {"do": "edit", "title": "After", "kind": "public", "article_bibcode": "2012A&A...545A.130B"}
    client.post(f"/submit/collection/{saved}", **told)
    client.save(page)
    assert "Saved: 1 file" in client.text


def test_files_are_moved(empty_site: Instance, ada: str, saved: str) -> None:
    client = Client(empty_site, ada)
    page, target = client.begin(), unique()
    client.post(f"{page}/files", [sound("three.fits")])
    client.post(f"{page}/collection", do="describe", id=target, title="Target")
    client.save(page)
    three = ids(empty_site, target)["three.fits"]
    client.get(f"/submit/collection/{target}")
    client.post(f"/submit/collection/{target}", do="move", file=str(three), to="")
    assert client.status == 400
    client.post(f"/submit/collection/{target}", do="move", file=str(three), to=saved)
    assert "three.fits" in ids(empty_site, saved)


def test_a_product_is_as_private_as_its_files(empty_site: Instance, ada: str, saved: str) -> None:
    client, here = Client(empty_site, ada), f"/submit/collection/{saved}"
    client.get(here)
    content = b"%PDF-1.4 transfer function"

    def attach(name: str, body: bytes, **fields: Any) -> None:
        told = {"do": "attach", "semantics": "#auxiliary", "product-description": "TF", "which": "all", **fields}
        client.get(here)
        proof = client.hidden("csrf")
        kind, form = _multipart({"csrf": proof, **told}, [(name, body)], "product-file")
        headers = {"Content-Type": kind, "Origin": empty_site.base}
        client._ask(Request(empty_site.base + here, form, headers))

    attach("x.exe", b"MZ\0\x01")
    assert client.status == 400 and "of no kind that can be attached" in client.text
    attach("no description.pdf", content, **{"product-description": ""})
    assert client.status == 400
    attach("tf <b>.pdf", content)
    assert client.path == f"{here}?done=attach", client.text
    one = ids(empty_site, saved)["one.fits"]
    granule = empty_site.sql("SELECT id FROM archive.granule WHERE file_id = %s", [one])[0].id
    attach("open.txt", b"<script>alert(1)</script>", which="chosen", granule=str(granule))
    addresses = re.findall(r'href="(/products/\d+/[^"]+)"', client.text)
    private, public = sorted(addresses, key=lambda address: "open.txt" in address)
    assert client.get(private) == content.decode()
    stranger, other = Client(empty_site), Client(empty_site, person(empty_site))
    stranger.get(private)
    assert stranger.status == 401 and "PDF" not in stranger.text
    other.get(private)
    assert other.status == 403 and "PDF" not in other.text
    with empty_site.get(public) as reply:
        assert reply.headers["content-type"].startswith("text/plain")
        assert reply.headers["content-disposition"].startswith("attachment")
        assert reply.headers["x-content-type-options"] == "nosniff"
    for bad in ("/products/1", "/products/x/y", f"{public}x", f"{public}/../..", "/products/999999/a"):
        stranger.get(bad)
        assert stranger.status == 404, bad
    client.get(here)
    client.post(here, do="detach", product=private.split("/")[2])
    client.get(private)
    assert client.status == 404


@pytest.fixture(autouse=True)
def _quiet(empty_site: Instance) -> Iterator[None]:
    """Whatever is sent, the server's log has no failure of its own."""
    log = empty_site.home.dachs / "logs" / "dcErrors"
    before = log.stat().st_size if log.exists() else 0
    yield
    if log.exists():
        with log.open("rb") as stream:
            stream.seek(before)
            assert b"internal server error" not in stream.read()
