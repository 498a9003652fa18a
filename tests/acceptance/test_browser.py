"""The pages as people have them: in headless Chromium, with a mouse, without one, on a small screen."""

import json
import re
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlencode

import pytest

from tests.instances import Instance

webdriver = pytest.importorskip("selenium.webdriver", reason="Debian's python3-selenium is not installed")
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

FORM = "/oidb/q/search/form"
PAGES = (
    "/",
    FORM,
    f"{FORM}?__nevow_form__=genForm",
    f"{FORM}?__nevow_form__=genForm&radius=wide&target=tau+Cet",
    "/oidb/q/search/info",
    "/oidb/q/scs/form",
    "/oidb/q/scs/form?__nevow_form__=genForm&hscs_pos=26.02+-15.94&hscs_sr=60",
    "/oidb/q/scs/info",
    "/tableinfo/oidb.oidb",
    "/browse/oidb/q",
    "/oidb/q/search/howtocite",
    "/validator",
    "/validator/rules",
    "/reports/1",
    "/adql",
    "/tap",
    "/static/help.shtml",
)
#: What DaCHS says where nobody told it otherwise.
DEFAULTS = re.compile(r"GAVO Data Cent|Unnamed|data center|\[Operator logo\]|DaCHS Web|VO nerds|operator logo", re.I)
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--window-size=1280,1000",
)


class Browser:
    """Chromium, and what it had to complain about."""

    def __init__(self, profile: Path) -> None:
        options = webdriver.ChromeOptions()
        for option in (*_OPTIONS, f"--user-data-dir={profile}"):
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)

    def open(self, address: str) -> None:
        self.driver.get(address)

    def text(self) -> str:
        return str(self.driver.find_element(By.TAG_NAME, "body").text)

    def script(self, code: str) -> Any:
        return self.driver.execute_script(code)

    def complaints(self) -> list[str]:
        """Return errors of the console and failed requests since the last call."""
        console = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        failed = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.responseReceived":
                response = message["params"]["response"]
                if response["status"] >= 400:
                    failed.append(f"{response['status']} {response['url']}")
        return console + failed

    def small_screen(self, width: int | None) -> None:
        if width is None:
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
            return
        size = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": True}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def focused(self) -> str:
        return str(self.script("return document.activeElement.id || document.activeElement.textContent.trim()"))

    def wait(self, condition: Any) -> Any:
        return WebDriverWait(self.driver, 30).until(condition)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not shutil.which("chromedriver") or not shutil.which("chromium"):
        pytest.skip("Chromium is not installed: apt-get install chromium chromium-driver")
    started = Browser(tmp_path_factory.mktemp("chromium"))
    yield started
    started.driver.quit()


def search(instance: Instance, **fields: str) -> str:
    return f"{instance.base}{FORM}?{urlencode({'__nevow_form__': 'genForm', **fields})}"


def rows(browser: Browser) -> list[str]:
    return [cell.text for cell in browser.driver.find_elements(By.CSS_SELECTOR, "table.results tbody th")]


@pytest.mark.parametrize("path", PAGES)
def test_page_loads_cleanly_and_is_ours(site: Instance, browser: Browser, path: str) -> None:
    browser.complaints()
    browser.open(site.base + path)
    assert browser.complaints() == []
    assert browser.driver.title.endswith(" – oivo")
    source = browser.driver.page_source
    assert not DEFAULTS.search(browser.text()), DEFAULTS.search(browser.text())
    assert not re.search(r"GAVO Data Cent|Unnamed|Internal Error", source)
    assert browser.script("return document.compatMode") == "CSS1Compat"
    assert browser.script("return document.querySelector('[lang]').lang") == "en"
    for landmark in ("header", "nav", "main#main", "footer", "a.skip[href='#main']", "h1"):
        assert len(browser.driver.find_elements(By.CSS_SELECTOR, landmark)) == 1, landmark


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_a_small_screen(site: Instance, browser: Browser, path: str) -> None:
    browser.small_screen(360)
    try:
        browser.open(site.base + path)
        # the width follows the page's own word on it, which may come after the page
        browser.wait(lambda _: browser.script("return document.documentElement.scrollWidth") <= 360)
    finally:
        browser.small_screen(None)


@pytest.mark.parametrize("path", ["/", FORM, f"{FORM}?__nevow_form__=genForm", "/oidb/q/search/info", "/nowhere"])
@pytest.mark.parametrize("width", [360, None])
def test_page_is_not_blank(site: Instance, browser: Browser, tmp_path: Path, path: str, width: int | None) -> None:
    image = pytest.importorskip("PIL.Image")
    browser.small_screen(width)
    try:
        browser.open(site.base + path)
        shot = tmp_path / "shot.png"
        assert browser.driver.save_screenshot(str(shot))
    finally:
        browser.small_screen(None)
    colours = image.open(shot).convert("RGB").getcolors(1 << 20)
    assert len(colours) > 60
    assert max(count for count, _ in colours) < 0.97 * sum(count for count, _ in colours)


def test_text_is_easy_to_read(site: Instance, browser: Browser) -> None:
    """Contrast of every text with its ground is at least 4.5 (WCAG 2.1, 1.4.3)."""
    for path in ("/", f"{FORM}?__nevow_form__=genForm", f"{FORM}?__nevow_form__=genForm&radius=x&target=a"):
        browser.open(site.base + path)
        assert browser.script(_FAINT_TEXTS) == []


_FAINT_TEXTS = """
const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255;
  return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const parse = (c) => c.match(/[0-9.]+/g).map(Number);
const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0.99) return c.slice(0, 3); } return [255, 255, 255]; };
return [...document.querySelectorAll("body *")].filter((e) => e.getClientRects().length &&
  [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())).map((e) => {
    const a = light(parse(getComputedStyle(e).color).slice(0, 3)), b = light(ground(e));
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.outerHTML.slice(0, 120)]; })
  .filter(([ratio]) => ratio < 4.5);
"""


def test_error_page_says_what_happened(site: Instance, browser: Browser) -> None:
    browser.open(f"{site.base}/nowhere/at/all")
    assert browser.driver.title == "Not found – oivo"
    assert "There is nothing at this address" in browser.text()
    assert not DEFAULTS.search(browser.driver.page_source)
    with pytest.raises(HTTPError) as refused:
        site.get("/nowhere/at/all")
    assert refused.value.code == 404


def test_icons_and_logo_are_served(site: Instance) -> None:
    for path, head in (
        ("/favicon.ico", b"\0\0\1\0"),
        ("/favicon.png", b"\x89PNG"),
        ("/static/img/logo_medium.png", b"\x89PNG"),
        ("/static/img/mark.svg", b"<svg"),
    ):
        assert site.get(path).read().startswith(head), path


def test_jquery_is_repaired(site: Instance, browser: Browser) -> None:
    browser.open(f"{site.base}/oidb/q/scs/form")
    assert re.fullmatch(r"\d+\.\d+\.\d+", browser.script("return $.ui.version"))
    # DaCHS' own JavaScript draws this button, and jQuery UI the window that it opens
    button = browser.driver.find_element(By.ID, "op_additem")
    button.click()
    assert browser.driver.find_element(By.CSS_SELECTOR, ".innerWin.ui-draggable").is_displayed()
    assert button.text == "Pop down field selector"


def test_front_page_leads_to_the_data(site: Instance, browser: Browser) -> None:
    browser.open(site.base)
    text = browser.text()
    assert f"{site.base}/tap" in text
    listed = browser.driver.find_elements(By.CSS_SELECTOR, "ul.collections li")
    assert len(listed) == min(6, len(site.sql("SELECT id FROM archive.collection")))
    assert any("simulated" in card.text for card in listed)
    box = browser.driver.find_element(By.ID, "quick-target")
    box.send_keys("tau cet", Keys.ENTER)
    browser.wait(lambda driver: driver.find_elements(By.ID, "result-head"))
    assert set(rows(browser)) == {"tau Cet"}


def test_links_of_the_front_page_are_alive(site: Instance, browser: Browser) -> None:
    browser.open(site.base)
    addresses = {link.get_attribute("href") for link in browser.driver.find_elements(By.CSS_SELECTOR, "a[href]")}
    for address in sorted(a.partition("#")[0] for a in addresses if a.startswith(site.base)):
        assert site.get(address.removeprefix(site.base)).status == 200, address


def test_search_by_name_gives_its_rows(site: Instance, browser: Browser) -> None:
    browser.open(search(site, target="TAU_CET"))
    expected = site.sql("SELECT count(*) FROM archive.granule WHERE target_name = 'tau Cet'")[0].count
    assert rows(browser) == ["tau Cet"] * expected
    assert f"{expected} granules" in browser.text()
    dates = [cell.text.split("\n")[0] for cell in browser.driver.find_elements(By.CSS_SELECTOR, "td.moment")]
    assert dates == sorted(dates, reverse=True)


def test_search_with_the_keyboard_only(site: Instance, browser: Browser) -> None:
    browser.open(site.base + FORM)
    keys = browser.driver.switch_to.active_element
    keys.send_keys(Keys.TAB)
    assert browser.focused() == "Skip to the content"
    browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
    browser.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.focused() == "field-target"
    outline = browser.script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    browser.driver.switch_to.active_element.send_keys("eps Eri", Keys.TAB, "5")
    seen = set()
    while (now := browser.focused()) != "search-button":
        seen.add(now)
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        assert len(seen) < 40
    browser.driver.switch_to.active_element.send_keys(Keys.SPACE)
    browser.wait(lambda driver: driver.find_elements(By.ID, "result-head"))
    assert set(rows(browser)) == {"eps Eri"}
    assert {"field-instrument", "field-band", "field-obs_id", "field-sort"} <= seen


#: Fields of a search, and the SQL over archive.granule g, archive.file f that must count the same.
SEARCHES = (
    ({}, "true"),
    ({"target": "alf*"}, "target_name LIKE 'alf%%'"),
    ({"target": "26.017 -15.9375", "radius": "1"}, "target_name = 'tau Cet'"),
    ({"target": "01:44:04.1 -15:56:15"}, "target_name = 'tau Cet'"),
    ({"target": "eps_eri"}, "target_name = 'eps Eri'"),
    ({"date_from": "2023", "date_to": "2023"}, "t_max >= 59945 AND t_min < 60310"),
    ({"date_to": "2022-12-15"}, "t_min < 59929"),
    ({"instrument": "pionier"}, "instrument = 'PIONIER'"),
    ({"instrument": "MIRC"}, "instrument = 'MIRC'"),
    ({"instrument": "GRAV*"}, "instrument = 'GRAVITY'"),
    ({"facility": "chara"}, "facility = 'CHARA'"),
    ({"band": "k"}, "bands LIKE '%%K%%'"),
    ({"band": "2.0-2.4"}, "em_min <= 2.4e-6 AND em_max >= 2.0e-6"),
    ({"level": "1"}, "level = 1"),
    ({"category": "calib"}, "dataproduct_category = 'CALIB'"),
    ({"category": "science"}, "dataproduct_category = 'SCIENCE' OR dataproduct_category IS NULL"),
    ({"rights": "public"}, "data_rights = 'public' OR obs_release_date <= now()"),
    ({"rights": "private"}, "NOT (data_rights = 'public' OR coalesce(obs_release_date <= now(), false))"),
    ({"collection": "sim_gravity"}, "collection_id = 'sim_gravity'"),
    ({"collection": "simulated chara"}, "collection_id = 'sim_chara'"),
    ({"progid": "0199.D"}, "progid LIKE '0199.D%%'"),
    ({"obs_id": "sim_matis"}, "obs_id LIKE 'SIM_MATIS%%'"),
    ({"instrument": "PIONIER", "level": "3", "target": "tau Cet"}, "target_name = 'tau Cet' AND level = 3"),
)


@pytest.mark.parametrize(("fields", "condition"), SEARCHES)
def test_each_field_selects(site: Instance, fields: dict[str, str], condition: str) -> None:
    expected = site.sql(
        f"SELECT g.id FROM archive.granule g JOIN archive.file f ON f.id = file_id WHERE {condition.replace('%%', '%')}"
    )
    answer = site.get(search(site, **fields, _FORMAT="CSV", VERB="3").removeprefix(site.base)).read().decode()
    found = re.findall(r"~\?oidb/(\d+)", answer)
    assert sorted(map(int, found)) == sorted(row.id for row in expected)


#: Fields that cannot be understood, and the field whose message tells.
WRONG = (
    ({"target": "tau Cet", "radius": "wide"}, "radius"),
    ({"target": "tau Cet", "radius": "-1"}, "radius"),
    ({"target": "tau Cet", "radius": "nan"}, "radius"),
    ({"target": "400 -10"}, "target"),
    ({"target": "01 64 04.1 -15 56 15"}, "target"),
    ({"target": "a" * 201}, "target"),
    ({"date_from": "2023-02-30"}, "date_from"),
    ({"date_from": "yesterday"}, "date_from"),
    ({"date_from": "2024", "date_to": "2023"}, "date_to"),
    ({"date_to": "9999"}, "date_to"),
    ({"band": "W"}, "band"),
    ({"band": "K'); DROP TABLE archive.granule --"}, "band"),
    ({"level": "9"}, "level"),
    ({"category": "nonsense"}, "category"),
    ({"rights": "nonsense"}, "rights"),
    ({"collection": "no such collection"}, "collection"),
)


@pytest.mark.parametrize(("fields", "name"), WRONG)
def test_wrong_input_is_told_at_its_field(site: Instance, fields: dict[str, str], name: str) -> None:
    with site.get(search(site, **fields).removeprefix(site.base)) as reply:
        page = reply.read().decode()
    assert re.search(rf'<p (?:id="error-{name}" class="message"|class="message" id="error-{name}")>', page)
    assert "result-head" not in page


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "_", "\\", "%(ra0)s", '"><b>bold</b>', "é"])
@pytest.mark.parametrize("name", ["instrument", "facility", "datapi", "progid", "obs_id", "collection"])
def test_text_stays_text(site: Instance, name: str, text: str) -> None:
    page = site.get(search(site, **{name: text}).removeprefix(site.base)).read().decode()
    assert "<b>bold" not in page
    everything = f"{site.sql('SELECT count(*) FROM archive.granule')[0].count} granules"
    # all identifiers of the simulated collections have an underscore
    assert (everything in page) == (text == "_" and name == "collection")


def test_downloads_hold_all_and_need_no_javascript(site: Instance) -> None:
    page = site.get(search(site, instrument="PIONIER", MAXREC="2").removeprefix(site.base)).read().decode()
    assert "1 to 2 here" in page
    links = {
        label: address.replace("&amp;", "&")
        for address, label in re.findall(r'href="([^"]+)" rel="nofollow">(\w+)<', page)
    }
    expected = site.sql("SELECT count(*) FROM archive.granule WHERE instrument = 'PIONIER'")[0].count
    assert len(site.get(links["CSV"]).read().decode().splitlines()) == expected + 1
    assert site.get(links["FITS"]).read().startswith(b"SIMPLE")
    assert b"VOTABLE" in site.get(links["VOTable"]).read()[:200]
    assert len(json.loads(site.get(links["JSON"]).read())["data"]) == expected


def test_titles_of_users_are_inert(empty_site: Instance, browser: Browser) -> None:
    title = "<script>document.title = 'broken'</script><b id='injected'>&amp;"
    empty_site.sql(
        "INSERT INTO archive.collection (id, kind, name, title, datapi) VALUES ('browser_test', 'public', %s, %s, %s)",
        [title, title, title],
    )
    try:
        for address in (
            empty_site.base,
            search(empty_site, collection="browser_test"),
            search(empty_site, target=title),
        ):
            browser.open(address)
            assert browser.driver.title.endswith(" – oivo")
            assert "injected" not in browser.script("return [...document.querySelectorAll('[id]')].map((e) => e.id)")
        browser.open(empty_site.base)
        assert title in browser.text()
    finally:
        empty_site.sql("DELETE FROM archive.collection WHERE id = 'browser_test'")


class _Sesame(BaseHTTPRequestHandler):
    """Replies as CDS Sesame gives them with -oI, to three names."""

    REPLIES = (
        (
            "Tau Ceti",
            b"# Tau Ceti\t#Q1\n#=Si=Simbad\n%@ 5\n%J 26.01701307 -15.93747989 = 01:44:04.08 -15:56:14.9\n#B 1\n",
        ),
        ("nobody", b"# nobody\t#Q1\n#=Si=Simbad\n#!SsNothing found\n"),
        ("broken", b"<html>Service unavailable</html>"),
    )

    def do_GET(self) -> None:
        body = next((reply for name, reply in self.REPLIES if self.path.endswith(f"?{quote_plus(name)}")), b"")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        return


def test_name_resolver() -> None:
    """Sesame's replies are read; silence and nonsense are errors in words."""
    resolver = pytest.importorskip("oidb_rd.resolver")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sesame)
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        found = resolver.ask_sesame(base, "Tau Ceti")
        assert (found.ra, found.dec) == pytest.approx((26.01701307, -15.93747989))
        assert resolver.ask_sesame(base, "nobody") is None
        with pytest.raises(resolver.ResolverError, match="cannot be read"):
            resolver.ask_sesame(base, "broken")
    finally:
        server.shutdown()
        server.server_close()
    with pytest.raises(resolver.ResolverError, match="does not answer"):
        resolver.ask_sesame(base, "Tau Ceti")
