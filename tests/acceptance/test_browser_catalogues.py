"""JMDC and BadCal as people fill them, in headless Chromium: handed in, amended, accepted or rejected, published."""

import secrets
from collections.abc import Iterator
from itertools import pairwise

import pytest
import pyvo

from tests.acceptance.test_browser import _FAINT_TEXTS, Browser, By, Keys, browser
from tests.acceptance.test_browser_people import _TWICE, _UNLABELLED, heading, told
from tests.acceptance.test_submit import log_in, person, press, write
from tests.instances import Instance

__all__ = ["browser"]  # the fixture

STAR, RA, DEC = "HD 172167", 279.234735, 38.783689


@pytest.fixture(scope="module")
def written(empty_site: Instance) -> Iterator[Instance]:
    """The empty instance without entries of other tests; what these hand in is gone afterwards."""
    empty = "TRUNCATE archive.badcal_report, archive.jmdc_measurement, archive.jmdc_star CASCADE"
    empty_site.sql(empty)
    yield empty_site
    empty_site.sql(empty)


@pytest.fixture(scope="module")
def ada(written: Instance) -> str:
    return person(written, "reader")


@pytest.fixture(scope="module")
def cleo(written: Instance) -> str:
    return person(written, "curator")


def choose(browser: Browser, ident: str, value: str) -> None:
    browser.driver.find_element(By.CSS_SELECTOR, f"#{ident} option[value='{value}']").click()


def shown(browser: Browser, ident: str) -> str:
    return str(browser.driver.find_element(By.ID, ident).text)


def confirm(browser: Browser) -> None:
    for box in browser.driver.find_elements(By.ID, "confirmed"):
        box.send_keys(Keys.SPACE)


def sound(browser: Browser) -> None:
    """Contrast, headings, labels, and nothing that scrolls sideways on a small screen."""
    assert browser.script(_FAINT_TEXTS) == []
    assert browser.script(_UNLABELLED) == []
    assert browser.script(_TWICE) == []
    levels = browser.script("return [...document.querySelectorAll('main :is(h1,h2,h3)')].map(e => +e.tagName[1])")
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels)), levels
    browser.small_screen(360)
    try:
        browser.wait(lambda _: browser.script("return document.documentElement.scrollWidth") <= 360)
    finally:
        browser.small_screen(None)


def test_a_measurement_from_form_to_tap(written: Instance, browser: Browser, ada: str, cleo: str) -> None:
    diameter = f"3.{secrets.randbelow(90) + 10}{secrets.choice('123456789')}"
    browser.complaints()
    log_in(written, browser, ada, f"/jmdc/submit?id1={STAR.replace(' ', '+')}")
    heading(browser, "Submit a measurement to JMDC")
    sound(browser)
    # what is wrong is told beside its field, and what was typed stays
    write(browser, "ld_diam", "wide")
    write(browser, "bibcode", "Perrin 2004")
    press(browser, "button[value=check]")
    assert browser.focused() == "trouble" and "nothing was handed in" in shown(browser, "trouble")
    for name, value in (("ld_diam", "wide"), ("bibcode", "Perrin 2004")):
        field = browser.driver.find_element(By.ID, name)
        assert (field.get_attribute("value"), field.get_attribute("aria-invalid")) == (value, "true")
        assert shown(browser, f"{name}-error")
    assert shown(browser, "method-error")
    assert not browser.driver.find_elements(By.CSS_SELECTOR, "button[value=submit]")
    sound(browser)
    # the preview
    write(browser, "ld_diam", diameter)
    write(browser, "bibcode", "2004A&A...426..601D")
    write(browser, "band", "K")
    choose(browser, "method", "1")
    press(browser, "button[value=check]")
    assert "alf Lyr" in browser.text() and browser.driver.find_elements(By.CSS_SELECTOR, ".drawing .ring")
    assert "There is no error" in shown(browser, "e_ld_diam-doubt")
    # a warning must be looked at
    press(browser, "button[value=submit]")
    assert shown(browser, "confirmed-error")
    confirm(browser)
    press(browser, "button[value=submit]")
    told(browser, "A curator looks at it")
    sound(browser)
    assert [line for line in browser.complaints() if "400" not in line] == []
    # amended and accepted by the curator
    log_in(written, browser, cleo, "/account")
    browser.driver.find_element(By.PARTIAL_LINK_TEXT, "Entries for JMDC and BadCal").send_keys(Keys.ENTER)
    heading(browser, "Entries that wait for you")
    sound(browser)
    browser.driver.find_element(By.PARTIAL_LINK_TEXT, "172167").send_keys(Keys.ENTER)
    browser.wait(lambda driver: driver.find_elements(By.ID, "change"))
    browser.driver.find_element(By.CSS_SELECTOR, "#change summary").send_keys(Keys.ENTER)
    write(browser, "e_ld_diam", "0.02")
    write(browser, "notes", "amended")
    write(browser, "why-amend", "the error is in table 3")
    press(browser, "#change button")
    told(browser, "Amended.")
    assert "the error is in table 3" in shown(browser, "main")
    sound(browser)
    press(browser, "button.main")
    told(browser, "it is published")
    assert browser.complaints() == []
    # and everybody has it
    query = f"SELECT ld_diam, e_ld_diam, notes, star_name FROM jmdc.jmdc WHERE ld_diam = {diameter}"
    (row,) = pyvo.dal.TAPService(written.tap).run_sync(query)
    assert (row["e_ld_diam"], row["notes"], row["star_name"]) == (0.02, "amended", "alf Lyr")
    cone = pyvo.dal.SCSService(f"{written.base}/jmdc/q/scs/scs.xml?").search(pos=(RA, DEC), radius=0.01)
    assert diameter in [f"{value:.10g}" for value in cone["ld_diam"]]
    with written.get("/export_csv") as reply:
        assert f",{diameter},0.02,K," in reply.read().decode()
    browser.open(f"{written.base}/jmdc/star/Vega")
    assert diameter in browser.text() and "Submit a measurement of this star" in browser.text()


def test_a_report_is_rejected_with_a_reason(written: Instance, browser: Browser, ada: str, cleo: str) -> None:
    log_in(written, browser, ada, "/badcal/submit")
    write(browser, "name", STAR)
    choose(browser, "reason", "binary")
    write(browser, "evidence", "<img src=x onerror=document.title='broken'>")
    press(browser, "button[value=check]")
    assert "What is known at its place" in browser.text()
    confirm(browser)
    press(browser, "button[value=submit]")
    place = browser.driver.find_element(By.LINK_TEXT, STAR).get_attribute("href")
    log_in(written, browser, cleo, place.removeprefix(written.base))
    assert "onerror" in browser.text() and browser.driver.title != "broken"
    write(browser, "why-rejected", "one night is not enough")
    press(browser, "form:has(#why-rejected) button")
    told(browser, "Rejected.")
    log_in(written, browser, ada, "/account/entries")
    heading(browser, "Your entries in the catalogues")
    assert "one night is not enough" in browser.text()
    sound(browser)


def test_a_batch_by_a_file(
    written: Instance, browser: Browser, ada: str, cleo: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sheet = tmp_path_factory.mktemp("sheets") / "reports.csv"
    sheet.write_text("name,ra,dec,reason,evidence\nHD 21,10,-20,binary,seen\nHD 22,11,-95,odd,seen\n")
    log_in(written, browser, ada, "/badcal/submit/file")
    sound(browser)
    browser.driver.find_element(By.ID, "sheet").send_keys(str(sheet))
    press(browser, "button[value=check]")
    assert "1 of 2 rows cannot be taken" in shown(browser, "trouble")
    sound(browser)
    sheet.write_text("name,ra,dec,reason,evidence\nHD 21,10,-20,binary,seen\nHD 22,11,-25,other,seen\n")
    browser.driver.find_element(By.ID, "sheet").send_keys(str(sheet))
    press(browser, "button[value=check]")
    confirm(browser)
    press(browser, "button[value=submit]")
    assert "2 reports: 2 waiting" in browser.text()
    log_in(written, browser, cleo, "/account/review")
    for name in ("HD 21", "HD 22"):
        row = browser.driver.find_element(By.XPATH, f"//tr[.//a[text()='{name}']]")
        row.find_element(By.CSS_SELECTOR, "input[type=checkbox]").send_keys(Keys.SPACE)
    press(browser, "form:has([value=badcal]) > .actions button")
    told(browser, "Accepted")
    with written.get("/badcal-dsa/SubmitCone?DSACATTAB=badcal.valid_stars&RA=10&DEC=-20&SR=180") as reply:
        body = reply.read().decode()
    assert "HD 21" in body and "HD 22" in body
