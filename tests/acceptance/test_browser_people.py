"""People as they are: an account asked for, approved, used, in headless Chromium and with the keyboard only."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from tests.acceptance.test_access import PASSWORD, account, ask
from tests.acceptance.test_browser import _FAINT_TEXTS, Browser, By, Keys, browser, webdriver
from tests.build import oifits as build
from tests.instances import Instance, start

__all__ = ["browser"]  # the fixture

FILE = "private.fits"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with a curator, a data PI, and the PI's private file."""
    made = start(tmp_path_factory.mktemp("site"), "--empty")
    account(made, "curator@example.org", "curator")
    account(made, "ada@example.org", "submitter")
    made.oivo("users", "alias", "add", "ada@example.org", "Ada Example")
    made.oivo(
        "oidb", "create-collection", "mine", "--title", "A night of mine", "--kind", "eso", "--datapi", "Ada Example"
    )
    path = tmp_path_factory.mktemp("files") / FILE
    path.write_bytes(build.plain())
    made.oivo("oidb", "add", "--collection", "mine", "--level", "3", str(path))
    made.sql("UPDATE archive.granule SET data_rights = 'secure', obs_release_date = now() + interval '90 days'")
    yield made
    made.oivo("down")


@pytest.fixture(autouse=True)
def nobody(site: Instance, browser: Browser) -> None:
    """Every test begins as a stranger."""
    browser.open(site.base)
    browser.driver.delete_all_cookies()
    browser.complaints()


def press(browser: Browser, *keys: str) -> None:
    webdriver.ActionChains(browser.driver).send_keys(*keys).perform()


def focus(browser: Browser, name: str) -> None:
    """Press Tab until something has the focus: a field by its id, a link or button by its text."""
    for _ in range(60):
        if browser.focused().startswith(name):
            return
        press(browser, Keys.TAB)
    raise AssertionError(f"{name} cannot be reached with Tab")


def heading(browser: Browser, text: str) -> None:
    # by a script: an element of the page before may be gone while it is looked at
    browser.wait(lambda _: browser.script("return document.querySelector('h1')?.textContent") == text)


def told(browser: Browser, text: str) -> None:
    browser.wait(
        lambda _: text in (browser.script("return document.querySelector('[role=status]')?.textContent") or "")
    )


def log_in(site: Instance, browser: Browser, login: str, password: str = PASSWORD) -> None:
    browser.open(f"{site.base}/account/login")
    focus(browser, "login")
    press(browser, login, Keys.TAB, password, Keys.ENTER)
    browser.wait(lambda driver: "/account/login" not in driver.current_url)


@contextmanager
def complaints_are(browser: Browser, *wanted: str) -> Iterator[None]:
    browser.complaints()
    yield
    said = browser.complaints()
    for text in wanted:
        assert any(text in line for line in said), said


def test_from_the_request_to_the_file(site: Instance, browser: Browser) -> None:
    """Ask for an account; approved; password; log in; the PI shares; the file comes. All of it with the keyboard."""
    number = site.sql("SELECT id FROM archive.file")[0].id
    # a stranger asks
    browser.open(site.base)
    focus(browser, "Log in")
    press(browser, Keys.ENTER)
    heading(browser, "Log in")
    focus(browser, "Ask for an account")
    press(browser, Keys.ENTER)
    heading(browser, "Ask for an account")
    focus(browser, "login")
    press(browser, "bob@example.org", Keys.TAB, "Bob Sample", Keys.TAB, "An institute", Keys.ENTER)
    heading(browser, "Your request is noted")
    # a curator approves
    log_in(site, browser, "curator@example.org")
    browser.open(f"{site.base}/account")
    focus(browser, "Requests and accounts")
    press(browser, Keys.ENTER)
    heading(browser, "Requests and accounts")
    assert "Bob Sample" in browser.text()
    focus(browser, "Approve")
    press(browser, Keys.ENTER)
    heading(browser, "A link to set the password")
    link = browser.driver.find_element(By.ID, "link").text
    assert link.startswith(f"{site.base}/account/password/")
    # the person sets a password and logs in
    browser.driver.delete_all_cookies()
    browser.open(link)
    heading(browser, "Set your password")
    focus(browser, "password")
    press(browser, PASSWORD, Keys.TAB, PASSWORD, Keys.ENTER)
    heading(browser, "Log in")
    assert "The password is set." in browser.text()
    # ... on the way to a file that is not open to them yet
    path = f"/files/{number}/{FILE}"
    browser.open(f"{site.base}{path}")
    heading(browser, "Private data")
    assert "Ada Example" in browser.text()
    focus(browser, "log in")
    press(browser, Keys.ENTER)
    heading(browser, "Log in")
    focus(browser, "login")
    press(browser, "bob@example.org", Keys.TAB, PASSWORD, Keys.ENTER)
    heading(browser, "Private data")
    assert "You are logged in as bob@example.org" in browser.text()
    assert "Bob Sample" in browser.driver.find_element(By.CSS_SELECTOR, ".person").text
    cookie = {"Cookie": f"oivo_session={browser.driver.get_cookie('oivo_session')['value']}"}
    assert ask(site, path, **cookie).status == 403
    # the data PI shares it
    browser.driver.delete_all_cookies()
    log_in(site, browser, "ada@example.org")
    focus(browser, "Sharing")
    press(browser, Keys.ENTER)
    heading(browser, "Sharing")
    focus(browser, "A night of mine")
    press(browser, Keys.ENTER)
    heading(browser, "Access to mine")
    focus(browser, "login")
    press(browser, "bob@example.org")
    focus(browser, "Share")
    press(browser, Keys.ENTER)
    told(browser, "Shared.")
    assert "Bob Sample (bob@example.org)" in browser.text()
    # the other one has it
    reply = ask(site, path, **cookie)
    assert reply.status == 200
    assert reply.body.startswith(b"SIMPLE  =")
    # and no more when it is taken back
    focus(browser, "Take back")
    press(browser, Keys.ENTER)
    told(browser, "Taken back.")
    assert ask(site, path, **cookie).status == 403


def test_mistakes_are_told_and_what_was_typed_stays(site: Instance, browser: Browser) -> None:
    with complaints_are(browser, "403"):
        browser.open(f"{site.base}/account/login")
        focus(browser, "login")
        press(browser, "ada@example.org", Keys.TAB, "not my password", Keys.ENTER)
        browser.wait(lambda driver: driver.find_elements(By.ID, "trouble"))
    assert "wrong" in browser.driver.find_element(By.ID, "trouble").text
    assert browser.driver.find_element(By.ID, "login").get_attribute("value") == "ada@example.org"
    assert browser.driver.find_element(By.ID, "password").get_attribute("value") == ""


@pytest.mark.parametrize("who", ["", "ada", "curator"])
@pytest.mark.parametrize("width", [360, None])
def test_pages_are_sound(site: Instance, browser: Browser, who: str, width: int | None) -> None:
    """Contrast, headings, labels, landmarks; nothing scrolls sideways on a small screen."""
    pages = ["/account/login", "/account/request"]
    if who:
        log_in(site, browser, f"{who}@example.org")
        pages = ["/account", "/account/sharing", "/account/collection?id=mine"]
    if who == "curator":
        pages.append("/account/people")
    browser.small_screen(width)
    try:
        for path in pages:
            browser.complaints()
            browser.open(site.base + path)
            assert browser.complaints() == [], path
            assert browser.script(_FAINT_TEXTS) == [], path
            assert browser.driver.title.endswith(" – oivo")
            if width:
                assert browser.script("return document.documentElement.scrollWidth") <= width, path
            levels = browser.script(
                "return [...document.querySelectorAll('main :is(h1,h2,h3)')].map(e => +e.tagName[1])"
            )
            assert levels[0] == 1
            assert all(after <= before + 1 for before, after in pairwise(levels)), path
            assert browser.script(_UNLABELLED) == [], path
            assert browser.script(_TWICE) == [], path
    finally:
        browser.small_screen(None)


_UNLABELLED = """
return [...document.querySelectorAll("main :is(input, select, textarea):not([type=hidden]):not([hidden])")]
  .filter((e) => !e.labels.length).map((e) => e.outerHTML);
"""
_TWICE = """
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
return ids.filter((id, place) => ids.indexOf(id) !== place);
"""
