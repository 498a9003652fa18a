"""The validator as people have it: in headless Chromium, with the keyboard, by dropping files, on a small screen."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.acceptance.test_browser import _FAINT_TEXTS, Browser, By, Keys, browser, webdriver
from tests.acceptance.test_validator import HOSTILE_NAME, settings
from tests.build import oifits as build
from tests.instances import Instance

__all__ = ["browser"]  # the fixture

#: Puts a file into the hands of the page, as a drag from the desktop does.
_DROP = """
const data = new DataTransfer();
for (const name of arguments[0]) {
  data.items.add(new File([Uint8Array.from(atob(arguments[1]), (c) => c.charCodeAt(0))], name));
}
const how = {dataTransfer: data, bubbles: true, cancelable: true};
for (const kind of ["dragover", "drop"]) {
  document.getElementById("drop").dispatchEvent(new DragEvent(kind, how));
}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("validator")
    contents = {
        "good.fits": build.sound(),
        "plain.fits": build.plain(),
        "bad.fits": build.file(build.target(), build.wavelength()),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


@pytest.fixture(autouse=True)
def no_complaints(browser: Browser) -> Iterator[None]:
    """The console stays silent, and the page's policy forbids nothing that the page does."""
    browser.complaints()
    yield
    assert browser.complaints() == []


def check(site: Instance, browser: Browser, *paths: Path) -> None:
    browser.open(f"{site.base}/validator")
    browser.driver.find_element(By.ID, "file").send_keys("\n".join(map(str, paths)))
    browser.driver.find_element(By.ID, "check").send_keys(Keys.ENTER)
    browser.wait(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".results"))


def press(browser: Browser, *keys: str) -> None:
    """Press keys wherever the focus is; keys sent to a file field would be taken for a path."""
    webdriver.ActionChains(browser.driver).send_keys(*keys).perform()


def test_with_the_keyboard_only(site: Instance, browser: Browser, files: dict[str, Path]) -> None:
    browser.open(f"{site.base}/validator")
    seen = []
    while browser.focused() != "file":
        press(browser, Keys.TAB)
        seen.append(browser.focused())
        assert len(seen) < 20
    assert seen[0] == "Skip to the content"
    # the dialog of the system is out of reach; what it would answer is put in
    browser.driver.switch_to.active_element.send_keys(str(files["bad.fits"]))
    assert "bad.fits" in browser.driver.find_element(By.ID, "file-chosen").text
    press(browser, Keys.TAB, Keys.ARROW_DOWN)
    assert browser.script("return document.querySelector('[name=profile]:checked').value") == "jmmc"
    while browser.focused() != "check":
        press(browser, Keys.TAB)
    press(browser, Keys.ENTER)
    browser.wait(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".results"))
    assert "profile jmmc" in browser.text()
    assert "There is no table of measurements" in browser.text()
    # explanations open with the keyboard
    summary = browser.driver.find_element(By.CSS_SELECTOR, ".finding summary")
    before = browser.script("return document.querySelector('.finding details').open")
    summary.send_keys(Keys.ENTER)
    assert browser.script("return document.querySelector('.finding details').open") is not before


def test_report_and_plot_are_shown(site: Instance, browser: Browser, files: dict[str, Path]) -> None:
    check(site, browser, files["plain.fits"])
    assert browser.driver.title.startswith("plain.fits: ")
    image = "document.querySelector('figure.plot img')"
    assert browser.script(f"return {image}.complete && {image}.naturalWidth") == 1200
    assert browser.script(_FAINT_TEXTS) == []
    headings = browser.script(
        "return [...document.querySelectorAll('main :is(h1,h2,h3,h4)')].map((e) => Number(e.tagName[1]))"
    )
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))


def test_files_can_be_dropped(site: Instance, browser: Browser, files: dict[str, Path]) -> None:
    browser.open(f"{site.base}/validator")
    encoded = browser.script("return btoa('hello')")
    browser.driver.execute_script(_DROP, ["a.fits", HOSTILE_NAME], encoded)
    assert HOSTILE_NAME in browser.driver.find_element(By.ID, "file-chosen").text
    assert browser.focused() == "check"
    browser.driver.find_element(By.ID, "check").click()
    browser.wait(lambda driver: driver.find_elements(By.CSS_SELECTOR, ".results"))
    assert browser.driver.title.startswith("2 files")
    assert "broken" not in browser.driver.title.lower()
    assert "onerror=alert(1)>.fits" in browser.text()


def test_too_much_is_said_before_it_is_sent(empty_site: Instance, browser: Browser, files: dict[str, Path]) -> None:
    with settings(empty_site, validator_bytes=20_000):
        browser.open(f"{empty_site.base}/validator")
        browser.driver.find_element(By.ID, "file").send_keys(str(files["good.fits"]))
        browser.driver.find_element(By.ID, "check").click()
        assert "That is too much" in browser.driver.find_element(By.ID, "file-chosen").text
        assert not browser.driver.find_elements(By.CSS_SELECTOR, ".results, .errors")


def test_without_javascript(site: Instance, browser: Browser, files: dict[str, Path]) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        check(site, browser, files["bad.fits"])
        assert "OIFITS_OIDATA" in browser.driver.page_source
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_small_screen(site: Instance, browser: Browser, files: dict[str, Path], tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    number = site.sql("SELECT file_id FROM archive.granule WHERE data_rights = 'public' ORDER BY file_id LIMIT 1")[
        0
    ].file_id
    browser.small_screen(360)
    try:
        for path in ("/validator", "/validator/rules", f"/reports/{number}"):
            browser.open(site.base + path)
            assert browser.script("return document.documentElement.scrollWidth") <= 360, path
        check(site, browser, *files.values())
        assert browser.script("return document.documentElement.scrollWidth") <= 360
        shot = tmp_path / "shot.png"
        assert browser.driver.save_screenshot(str(shot))
    finally:
        browser.small_screen(None)
    colours = image.open(shot).convert("RGB").getcolors(1 << 20)
    assert len(colours) > 60
    assert max(count for count, _ in colours) < 0.97 * sum(count for count, _ in colours)


def test_pages_load_cleanly(site: Instance, browser: Browser) -> None:
    for path in ("/validator", "/validator/rules"):
        browser.open(site.base + path)
        assert browser.driver.title.endswith(" – oivo")
        assert browser.script(_FAINT_TEXTS) == []
        for landmark in ("header", "nav", "main#main", "footer", "h1"):
            assert len(browser.driver.find_elements(By.CSS_SELECTOR, landmark)) == 1, landmark
