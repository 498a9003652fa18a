"""The pages of ObsPortal: search, exposure, observation, target, statistics, changes."""

import re
import xml.etree.ElementTree as ET
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest

from tests.acceptance import aspro
from tests.acceptance.test_browser import DEFAULTS, Browser, browser
from tests.build import portal
from tests.instances import Instance

selenium = pytest.importorskip("selenium.webdriver.common.by", reason="Debian's python3-selenium is not installed")
By = selenium.By
Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys

__all__ = ["browser"]  # the fixture


def text(instance: Instance, path: str, **parameters: str) -> str:
    query = f"?{urlencode(parameters)}" if parameters else ""
    with instance.get(path + query) as reply:
        assert reply.status == 200
        return str(reply.read().decode())


def status(instance: Instance, path: str) -> int:
    try:
        with instance.get(path) as reply:
            return int(reply.status)
    except HTTPError as error:
        return int(error.code)


def exposure_ids(page: str) -> list[str]:
    """Return the exposures that a page lists, in its order."""
    return re.findall(r'<a href="/detail/exposure/([^"]+)">', page)


def frames(**wanted: Any) -> set[str]:
    return {
        f"{row['frame']}_1"
        for row in portal.exposures()
        if not row["gone"] and all(row[name] == value for name, value in wanted.items())
    }


def first_of(instance: Instance, kind: str) -> int:
    (row,) = instance.sql(
        f"SELECT {kind}_id AS id FROM archive.exposure WHERE collection_id = 'portal_test' "
        "AND instrument = 'GRAVITY' ORDER BY mjd_start LIMIT 1"
    )
    return int(row.id)


def pages(instance: Instance) -> list[str]:
    exposure = sorted(frames(instrument="GRAVITY"))[0]
    return [
        "/search",
        "/search?sort=newest",
        "/search?radius=wide&target=V2062+Oph",
        f"/detail/exposure/{exposure}",
        f"/detail/observation/{first_of(instance, 'observation')}",
        f"/detail/target/{first_of(instance, 'target')}",
        "/statistics",
        "/changes",
    ]


#: Parameters of the search page, and what they find.
SEARCHES: tuple[tuple[dict[str, str], dict[str, Any]], ...] = (
    ({"target": "V2062Oph"}, {"target": 0}),
    ({"target": "v2062 oph"}, {"target": 0}),
    ({"target": "BKH2005*"}, {"target": 1}),
    ({"target": "246.83 -24.42"}, {"target": 0}),
    ({"ra": "246.83", "dec": "-24.42", "radius": "60.0", "format": "html"}, {"target": 0}),
    ({"target": "16 27 19.2 -24 25 12", "radius": "5"}, {"target": 0}),
    ({"program_id": "0102.C-0519(A)"}, {"prog_id": "0102.C-0519(A)"}),
    ({"instrument": "MATISSE", "stations": "U1 U2"}, {"instrument": "MATISSE"}),
    ({"obs_type": "calibrator", "valid": "1"}, {"obs_type": "calibrator"}),
)


@pytest.mark.parametrize(("parameters", "wanted"), SEARCHES)
def test_search_finds_what_the_door_finds(
    exposures_site: Instance, parameters: dict[str, str], wanted: dict[str, Any]
) -> None:
    page = text(exposures_site, "/search", **parameters)
    assert set(exposure_ids(page)) == frames(**wanted)
    votable = re.search(r'href="(/search\.votable\?[^"]*)"', page)
    csv = re.search(r'href="(/tap/sync\?[^"]*)"', page)
    assert votable
    assert csv
    rows = aspro.read(exposures_site.get(votable[1].replace("&amp;", "&")).read())
    assert {row.cells["exp_id"] for row in rows} == {
        f"{row['frame']}_1"
        for row in portal.exposures()
        if row["target"] is not None and f"{row['frame']}_1" in frames(**wanted)
    }
    lines = exposures_site.get(csv[1].replace("&amp;", "&")).read().decode().splitlines()
    assert {line.split(",")[0] for line in lines[1:]} == frames(**wanted)


def test_orders_and_pages(exposures_site: Instance) -> None:
    newest = exposure_ids(text(exposures_site, "/search", sort="newest"))
    oldest = exposure_ids(text(exposures_site, "/search", sort="oldest"))
    assert newest == oldest[::-1]
    assert len(newest) == len(frames())
    for sort in ("target", "instrument", "programme"):
        assert set(exposure_ids(text(exposures_site, "/search", sort=sort))) == set(newest)
    assert "There is nothing on this page" in text(exposures_site, "/search", sort="newest", page="200")


#: Parameters that the page cannot use, and what it says.
MISTAKES = (
    ({"radius": "wide"}, "&#39;wide&#39; is not a number|'wide' is not a number"),
    ({"date_from": "tomorrow"}, "is not a moment"),
    ({"date_from": "2020-01-02", "date_to": "2020-01-01"}, "is before date_from"),
    ({"ra": "1"}, "a position needs ra and dec"),
    ({"target": "10 +100"}, "is not on the sky"),
    ({"target": "No*Such*Star"}, "no target here is called like"),
    ({"obs_type": "sky"}, "is science or calibrator"),
    ({"sort": "upwards"}, "give one of newest"),
    ({"page": "0"}, "pages go from 1"),
    ({"page": "99999999999"}, "pages go from 1"),
    ({"instrument_mode": "29"}, "modes have no numbers"),
    ({"obs_id": "x"}, "is not an identifier"),
)


@pytest.mark.parametrize(("parameters", "told"), MISTAKES)
def test_mistakes_are_told_at_the_field(exposures_site: Instance, parameters: dict[str, str], told: str) -> None:
    page = text(exposures_site, "/search", **({"sort": "newest"} | parameters))
    assert re.search(told, page)
    assert 'role="alert"' in page
    assert exposure_ids(page) == []


@pytest.mark.parametrize(
    "path",
    [
        "/detail",
        "/detail/",
        "/detail/exposure",
        "/detail/exposure/",
        "/detail/exposure/GRAVI.2019-02-16T04:26:53.206_9",
        "/detail/exposure/" + "x" * 200,
        "/detail/exposure/%00",
        "/detail/exposure/%FF",
        "/detail/exposure/';DROP%20TABLE",
        "/detail/exposure/..%2F..%2Fetc",
        "/detail/exposure/%3Cscript%3E",
        "/detail/observation/0",
        "/detail/observation/-1",
        "/detail/observation/1e3",
        "/detail/observation/" + "9" * 18,
        "/detail/observation/" + "9" * 40,
        "/detail/target/x",
        "/detail/target/٣",
        "/detail/star/1",
        "/changes/feed",
    ],
)
def test_what_is_not_there(exposures_site: Instance, path: str) -> None:
    assert status(exposures_site, path.replace("٣", "%D9%A3")) == 404


def test_exposure_page_tells_everything(exposures_site: Instance) -> None:
    exposure = sorted(frames(instrument="GRAVITY"))[0]
    page = text(exposures_site, f"/detail/exposure/{exposure}")
    # as ASPRO2 concatenates it, and as it would be escaped
    escaped = text(exposures_site, f"/detail/exposure/{exposure.replace(':', '%3A')}")
    assert page.partition("<main")[2] == escaped.partition("<main")[2]
    for told in (
        "HIGH-COMBINED",
        "U1 U2 U3 U4",
        "V2062 Oph",
        "0.64″",
        "4.97\N{NO-BREAK SPACE}ms",
        "public since 2020-01-01",
        f"https://archive.eso.org/hdr?DpId={exposure.removesuffix('_1')}",
        "/search?program_id=0102.C-0519%28A%29",
        "126.70",
    ):
        assert told in page, told
    plot = ET.fromstring(re.search(r"<svg.*?</svg>", page, re.DOTALL)[0])  # type: ignore[index]
    assert plot.get("role") == "img"
    assert {child.tag for child in plot} >= {"title", "desc", "g"}
    tracks = [child for child in plot if child.tag == "g"]
    assert len(tracks) == 6
    # each track and its mirror image: the middle of both is the origin
    for track in tracks:
        lines = [[float(line.get(key, "")) for key in ("x1", "y1", "x2", "y2")] for line in track.findall("line")]
        centre = [(a + b) / 2 for a, b in zip(*lines, strict=True)]
        assert centre[0] == pytest.approx(centre[2], abs=0.02)
        assert centre[1] == pytest.approx(centre[3], abs=0.02)


def test_hostile_header_is_only_text(exposures_site: Instance) -> None:
    exposure = sorted(frames(mode=None))[0]
    page = text(exposures_site, f"/detail/exposure/{exposure}")
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;amp;" in page
    assert "Missing 'EXPTIME'" in page
    assert "<i>X" not in text(exposures_site, "/search", sort="newest")


def test_withdrawn_exposure_says_so(exposures_site: Instance) -> None:
    (gone,) = [row for row in portal.exposures() if row["gone"]]
    assert "Withdrawn" in text(exposures_site, f"/detail/exposure/{gone['frame']}_1")
    assert gone["frame"] not in text(exposures_site, "/search", sort="newest")


def test_merged_target_leads_to_the_other(exposures_site: Instance) -> None:
    one = first_of(exposures_site, "target")
    (other,) = exposures_site.sql(
        "INSERT INTO archive.target (name, ra, dec, origin, merged_into) VALUES ('twin', 1, 1, 'positions', %s) "
        "RETURNING id",
        [one],
        role="oivo",
    )
    with exposures_site.get(f"/detail/target/{other.id}") as reply:
        assert reply.url.endswith(f"/detail/target/{one}")


def test_statistics_count(exposures_site: Instance) -> None:
    page = text(exposures_site, "/statistics")
    (counted,) = exposures_site.sql("SELECT count(*) FROM archive.exposure")
    assert re.search(rf'Exposures</th><td class="number" data-label="Number">{counted.count:,}</td>', page)
    assert "<svg" in page
    assert "2019" in page


def test_change_log_and_feed(exposures_site: Instance) -> None:
    assert "ObsPortal changes" in text(exposures_site, "/changes")
    feed = ET.fromstring(text(exposures_site, "/changes/feed.atom"))
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.tag == f"{atom}feed"
    assert {child.tag.removeprefix(atom) for child in feed} >= {"title", "id", "updated", "author", "entry"}


def test_pages_in_the_browser(exposures_site: Instance, browser: Browser) -> None:
    for path in pages(exposures_site):
        browser.complaints()
        browser.open(exposures_site.base + path)
        assert browser.complaints() == [], path
        assert browser.driver.title.endswith(" – oivo"), path
        assert not DEFAULTS.search(browser.text())
        for landmark in ("header", "nav[aria-label=Site]", "main#main", "footer", "h1"):
            assert len(browser.driver.find_elements(By.CSS_SELECTOR, landmark)) == 1, (path, landmark)
        missing = browser.script(
            "return [...document.querySelectorAll('[aria-labelledby], [aria-describedby]')].filter((e) => "
            "(e.getAttribute('aria-labelledby') || e.getAttribute('aria-describedby')).split(' ')"
            ".some((id) => !document.getElementById(id))).map((e) => e.outerHTML.slice(0, 80))"
        )
        assert missing == [], path
        twice = browser.script(
            "const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);"
            "return ids.filter((id, place) => ids.indexOf(id) !== place)"
        )
        assert twice == [], path


def test_pages_fit_a_phone(exposures_site: Instance, browser: Browser) -> None:
    browser.small_screen(360)
    try:
        for path in pages(exposures_site):
            browser.open(exposures_site.base + path)
            assert browser.script("return document.documentElement.scrollWidth") <= 360, path
    finally:
        browser.small_screen(None)


def test_search_with_the_keyboard_only(exposures_site: Instance, browser: Browser) -> None:
    browser.open(f"{exposures_site.base}/search")
    box = browser.driver.find_element(By.ID, "field-target")
    box.send_keys("V2062 Oph", Keys.TAB, "10")
    seen = set()
    while (now := browser.focused()) != "search-button":
        seen.add(now)
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        assert len(seen) < 40
    browser.driver.switch_to.active_element.send_keys(Keys.SPACE)
    browser.wait(lambda driver: driver.find_elements(By.ID, "result-head"))
    assert browser.driver.find_element(By.ID, "result-head").text == "5 exposures"
    assert {"field-radius", "field-date_from", "field-instrument", "field-stations", "field-program_id"} <= seen


def test_links_of_the_pages_are_alive(exposures_site: Instance) -> None:
    seen: set[str] = set()
    for path in pages(exposures_site):
        # ADQL's form is DaCHS' own, downloads are tested above
        seen |= {
            link.replace("&amp;", "&")
            for link in re.findall(r'href="(/[^"#]*)"', text(exposures_site, path))
            if not link.startswith(("/tap/sync", "/static"))
        }
    for link in sorted(seen):
        assert status(exposures_site, link) == 200, link
