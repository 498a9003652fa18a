"""OiDB's pages: collections, granules, instruments, data PIs, statistics, comments, the feed, what robots may read."""

import csv
import html
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote
from urllib.robotparser import RobotFileParser

import pytest
from astropy.io.votable import parse_single_table

from ingest.archive.collections import Collection, create_collection
from ingest.archive.comments import MOST_AN_HOUR
from ingest.archive.curation import retire_collection, retire_files
from ingest.archive.files import FileIngest, read_upload
from ingest.archive.store import Store
from tests.acceptance.test_access import PASSWORD, Reply, account, ask
from tests.acceptance.test_account_pages import Browser as Client
from tests.acceptance.test_account_pages import logged_in
from tests.acceptance.test_browser import DEFAULTS, Browser, browser
from tests.build import oifits as build
from tests.instances import Instance

selenium = pytest.importorskip("selenium.webdriver.common.by", reason="Debian's python3-selenium is not installed")
By = selenium.By
Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys

__all__ = ["browser"]  # the fixture

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PAGES = (
    "/",
    "/collections",
    "/collections?sort=-granules&kind=simulation",
    "/collections?text=nobody+is+called+so",
    "/collection/sim_diameters",
    "/collection/sim_diameters?sort=-date&page=2",
    "/collection/eso_vlti_import",
    "/granule/1",
    "/granule/1,2,3",
    "/instruments",
    "/instrument/PIONIER",
    "/facilities",
    "/facility/CHARA",
    "/datapis",
    "/datapi/Ada%20Example",
    "/statistics/oidb",
    "/statistics",
)


def page(instance: Instance, path: str, status: int = 200, **headers: str) -> str:
    reply = ask(instance, path, **headers)
    assert reply.status == status, (path, reply.status, reply.body[:500])
    return reply.body.decode()


def text_of(source: str) -> str:
    """Return what a person reads of a page."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", source, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def rows_of(source: str, label: str) -> list[list[str]]:
    """Return the cells of a table's rows, as a person reads them."""
    found = re.search(rf'aria-label="{re.escape(html.escape(label))}".*?<tbody>(.*?)</tbody>', source, re.DOTALL)
    assert found, label
    return [
        [text_of(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", found[1], re.DOTALL)
    ]


# what is shown is what is there


@pytest.mark.parametrize("path", PAGES)
def test_page_loads_cleanly_on_wide_and_narrow_screens(site: Instance, browser: Browser, path: str) -> None:
    browser.complaints()
    browser.open(site.base + path)
    assert browser.complaints() == []
    assert browser.driver.title.endswith(" – oivo")
    assert not DEFAULTS.search(browser.text())
    for landmark in ("header", "main#main", "footer", "a.skip[href='#main']", "h1"):
        assert len(browser.driver.find_elements(By.CSS_SELECTOR, landmark)) == 1, landmark
    assert browser.driver.find_elements(By.CSS_SELECTOR, "link[rel=alternate][type='application/atom+xml']")
    ids = [element.get_attribute("id") for element in browser.driver.find_elements(By.CSS_SELECTOR, "[id]")]
    assert len(ids) == len(set(ids))
    browser.small_screen(360)
    try:
        browser.open(site.base + path)
        assert browser.script("return document.documentElement.scrollWidth") <= 360
    finally:
        browser.small_screen(None)


def test_keyboard_reaches_what_a_visitor_needs(site: Instance, browser: Browser) -> None:
    browser.open(f"{site.base}/collections")
    unreachable = browser.script(
        "return [...document.querySelectorAll('main a[href], main input, main select, main button, main summary')]"
        ".filter((e) => !e.hidden && e.tabIndex < 0).map((e) => e.outerHTML)"
    )
    assert unreachable == []
    unlabelled = browser.script(
        "return [...document.querySelectorAll('main input:not([type=hidden]), main select')]"
        ".filter((e) => !e.labels.length).map((e) => e.outerHTML)"
    )
    assert unlabelled == []


def test_lists_count_what_the_archive_has(site: Instance) -> None:
    wanted = {
        row.id: (f"{row.nb:,}", f"{row.files:,}" if row.files else "")
        for row in site.sql(
            """SELECT c.id, (SELECT count(*) FROM archive.dataset AS d WHERE d.collection_id = c.id) AS nb,
                 (SELECT count(*) FROM archive.file AS f WHERE f.collection_id = c.id) AS files
               FROM archive.collection AS c"""
        )
    }
    rows = rows_of(page(site, "/collections"), "Collections")
    # the identifier is below the title
    assert {row[0].split()[-1]: (row[5], row[6]) for row in rows} == wanted
    sorted_rows = rows_of(page(site, "/collections?sort=-granules"), "Collections")
    by_number = [int(row[5].replace(",", "")) for row in sorted_rows]
    assert by_number == sorted(by_number, reverse=True)
    for name, value, column in (("kind", "simulation", 1), ("level", "2", 2), ("instrument", "PIONIER", 3)):
        found = rows_of(page(site, f"/collections?{name}={value}"), "Collections")
        assert found
        assert all(value in row[column] for row in found)
    found = rows_of(page(site, "/collections?text=SIM_CHARA"), "Collections")
    assert [row[0].split()[-1] for row in found] == ["sim_chara"]


def test_instruments_and_statistics_agree_with_adql(site: Instance) -> None:
    lines = site.adql("SELECT instrument, calib_level, COUNT(*) AS n FROM oidb.oidb GROUP BY instrument, calib_level")
    counts: dict[str, dict[str, str]] = {}
    for line in lines.splitlines()[1:]:
        name, level, number = line.split(",")
        counts.setdefault(name, {})[level] = f"{int(number):,}"
    rows = rows_of(page(site, "/instruments"), "Instruments")
    shown = {row[0]: {str(level): number for level, number in enumerate(row[2:6]) if number} for row in rows}
    assert shown == counts
    totals = dict(row for row in rows_of(page(site, "/statistics/oidb"), "Totals"))
    reduced = sum(int(number) for levels in counts.values() for level, number in levels.items() if level != "0")
    assert totals["Granules"] == f"{reduced:,}"
    years = rows_of(page(site, "/statistics/oidb"), "Granules by year and level")
    assert sum(int(row[-1]) for row in years) == reduced


@pytest.mark.parametrize("identifier", ["sim_diameters", "eso_vlti_import"])
def test_ways_from_a_collection_lead_to_all_of_it(site: Instance, identifier: str) -> None:
    source = page(site, f"/collection/{identifier}")
    (row,) = site.sql("SELECT count(*) AS nb FROM archive.dataset WHERE collection_id = %s", [identifier])
    links = [html.unescape(found) for found in re.findall(r'href="([^"]+)"', source)]
    votable = next(found for found in links if "_FORMAT=VOTable" in found)
    as_csv = next(found for found in links if "_FORMAT=CSV" in found)
    assert len(page(site, as_csv).splitlines()) in (row.nb, row.nb + 1)  # with or without a head
    table = parse_single_table(BytesIO(ask(site, votable).body))
    assert len(table.array) == row.nb
    if identifier == "sim_diameters":
        script = next(found for found in links if found.startswith("/download"))
        (files,) = site.sql("SELECT count(*) AS nb FROM archive.file WHERE collection_id = %s", [identifier])
        assert len(re.findall(r"^fetch http", page(site, script), re.MULTILINE)) == files.nb
    assert f'data-samp-table="{html.escape(site.base)}' in source


def test_a_collection_tells_programs_what_it_is(site: Instance) -> None:
    source = page(site, "/collection/sim_diameters")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', source, re.DOTALL)
    assert found
    facts = json.loads(found[1])
    assert facts["@type"] == "Dataset"
    assert facts["identifier"] == ["sim_diameters"]
    assert facts["url"] == f"{site.base}/collection/sim_diameters"
    assert {"PIONIER", "GRAVITY"} <= {word for word in facts["keywords"] if isinstance(word, str)}
    assert len(facts["description"]) >= 50
    assert [agent["name"] for agent in facts["creator"]] == ["Ada Example"]
    assert all(ask(site, entry["contentUrl"].removeprefix(site.base)).status == 200 for entry in facts["distribution"])
    assert f'<link rel="canonical" href="{facts["url"]}"' in source


def test_a_granule_shows_all_that_is_known(site: Instance) -> None:
    source = page(site, "/granule/1")
    shown = {row[0].split()[0]: row[1] for row in rows_of(source, "All metadata")}
    head, line = site.adql("SELECT * FROM oidb.oidb WHERE id = 1").splitlines()[:2]
    names, values = next(csv.reader([head])), next(csv.reader([line]))
    told = {name for name, value in zip(names, values, strict=True) if value not in ("", "None")}
    assert told == set(shown)
    known = dict(zip(names, values, strict=True))
    for name in ("target_name", "nb_vis2", "progid", "obs_publisher_did", "access_md5"):
        assert shown[name] == known[name]
    assert float(shown["t_min"]) == pytest.approx(float(known["t_min"]))
    exposures = re.findall(r'href="(/detail/exposure/[^"]+)"', source)
    assert exposures
    assert page(site, exposures[0])
    assert '<img src="/plots/1.png"' in source


def test_granules_side_by_side(site: Instance) -> None:
    granules = site.sql(
        """SELECT id, target_name FROM archive.granule WHERE file_id = (
             SELECT file_id FROM archive.granule GROUP BY file_id HAVING count(*) > 1 ORDER BY 1 LIMIT 1)"""
    )
    ids = [str(found.id) for found in granules]
    siblings = page(site, f"/granule/{ids[0]}")
    compare = re.search(r'href="(/granule/[0-9,]+)"', siblings.partition('id="siblings"')[2])
    assert compare
    assert set(compare[1].rpartition("/")[2].split(",")) == set(ids)
    source = page(site, compare[1])
    compared = {row[0].split()[0]: row[1:] for row in rows_of(source, "All metadata")}
    assert compared["id"] == compare[1].rpartition("/")[2].split(",")
    assert source.count("<mark>") > 0
    assert set(compared["target_name"]) == {found.target_name for found in granules}


#: Addresses at which there is nothing.
NOTHING = (
    "/collection",
    "/collection/",
    "/collection/nothing",
    "/collection/sim_diameters/x",
    "/collection/%00",
    "/collection/..%2f..%2fetc",
    "/collection/" + "a" * 5000,
    "/granule",
    "/granule/0",
    "/granule/-1",
    "/granule/1,",
    "/granule/1;2",
    "/granule/999999999999999999",
    "/granule/9999999999999999999999",
    "/granule/%D9%A1",
    "/granule/1,2,3,4,5,6,7,8,9",
    "/instrument/nothing",
    "/instrument/",
    "/facility/'%20OR%20'1'='1",
    "/datapi/nobody",
    "/statistics/else",
)


@pytest.mark.parametrize("path", NOTHING)
def test_where_there_is_nothing(site: Instance, path: str) -> None:
    assert ask(site, path).status == 404


#: Parameters that nobody's link has.
ODD = (
    "/collections?sort=owner&page=-1&kind=%27&level=x",
    "/collections?page=99999999999999999999",
    "/collections?text=%00%25_",
    "/collection/sim_diameters?sort=id;DROP&page=x",
    "/collection/sim_diameters?page=999999",
    "/collection/sim_diameters?comment=%3Cscript%3E",
)


@pytest.mark.parametrize("path", ODD)
def test_odd_parameters_change_nothing(site: Instance, path: str) -> None:
    assert "<script>" not in page(site, path)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/collections", "/collection/sim_diameters", "/granule/1", "/feed.atom"])
def test_pages_are_read_only(site: Instance, path: str, method: str) -> None:
    assert ask(site, path, method).status == 405


def test_head_is_get_without_its_body(site: Instance) -> None:
    reply = ask(site, "/collection/sim_diameters", "HEAD")
    assert (reply.status, reply.body) == (200, b"")


def test_front_page_leads_to_collections(site: Instance) -> None:
    paths = re.findall(r'href="(/collection/[^"]+)"', page(site, "/"))
    assert len(paths) >= 5
    assert all(ask(site, path).status == 200 for path in paths)


# feed, map, robots


def feed(instance: Instance) -> list[ET.Element]:
    reply = ask(instance, "/feed.atom")
    assert reply.headers["content-type"].startswith("application/atom+xml")
    root = ET.fromstring(reply.body)
    assert root.tag == f"{ATOM}feed"
    for wanted in ("id", "title", "updated", "author"):
        assert len(root.findall(ATOM + wanted)) == 1, wanted
    assert [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"] == [
        f"{instance.base}/feed.atom"
    ]
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        for wanted in ("id", "title", "updated", "summary"):
            assert len(entry.findall(ATOM + wanted)) == 1, wanted
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry.findtext(f"{ATOM}updated", ""))
    moments = [entry.findtext(f"{ATOM}updated", "") for entry in entries]
    assert moments == sorted(moments, reverse=True)
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    return entries


def test_feed_tells_of_new_files_once_an_hour(site: Instance) -> None:
    entries = feed(site)
    added = [entry for entry in entries if "file-added/sim_diameters" in entry.findtext(f"{ATOM}id", "")]
    (row,) = site.sql("SELECT count(*) AS nb FROM archive.file WHERE collection_id = 'sim_diameters'")
    numbers = [int(entry.findtext(f"{ATOM}title", "").split()[0]) for entry in added]
    # the hour may have changed while it was filled
    assert len(numbers) <= 2
    assert sum(numbers) == row.nb
    for entry in entries:
        address = entry.find(f"{ATOM}link").get("href", "")  # type: ignore[union-attr]
        assert ask(site, address.removeprefix(site.base).partition("#")[0]).status == 200


def test_robots_are_welcome_to_what_is_worth_it(site: Instance) -> None:
    reply = ask(site, "/robots.txt")
    rules = RobotFileParser()
    rules.parse(reply.body.decode().splitlines())
    welcome = ("/", "/collections", "/collection/x", "/granule/1", "/instrument/PIONIER", "/detail/target/1")
    kept_out = (
        *("/oidb/q/search/form?__nevow_form__=genForm", "/tap/sync?x=1", "/download?collection=x", "/account", "/api"),
        *("/submit", "/validator", "/oidb/q/dl/dlmeta?ID=x", "/files/1/a.fits", "/comments", "/collections?sort=kind"),
    )
    assert all(rules.can_fetch("Anybot", site.base + path) for path in welcome)
    assert not [path for path in kept_out if rules.can_fetch("Anybot", site.base + path)]
    assert rules.site_maps() == [f"{site.base}/sitemap.xml"]
    root = ET.fromstring(ask(site, "/sitemap.xml").body)
    addresses = [element.text or "" for element in root.iter(f"{SITEMAP}loc")]
    collections = {f"{site.base}/collection/{row.id}" for row in site.sql("SELECT id FROM archive.collection")}
    assert collections <= set(addresses)
    for address in addresses:
        assert rules.can_fetch("Anybot", address)
        assert ask(site, address.removeprefix(site.base)).status == 200


# what people wrote, and what is private

HOSTILE = 'O\'Neil </script><script>alert(1)</script> <b>&amp; "x" {{7*7}} — Ünïcode'
ODD_ID = "J/A+A/545/A130 b&c"
PEOPLE = "Ada Odd <ada.odd@example.org> / Bao <i>Odd</i> / only@example.org"


@pytest.fixture(scope="module")
def odd(exposures_site: Instance) -> Instance:
    """An instance with a hostile collection, a private one, a retired one, and people."""
    for name, role in (("pagereader", "reader"), ("pageowner", "submitter"), ("pagecurator", "curator")):
        account(exposures_site, f"{name}@example.org", role)
    with exposures_site.archive.transaction() as cursor:
        create_collection(
            cursor,
            Collection(
                *(ODD_ID, HOSTILE, HOSTILE),
                description=HOSTILE,
                keywords=(HOSTILE,),
                creator="creator@example.org",
                datapi=PEOPLE,
                co_pis="Co Odd co@example.org",
                owner="pageowner@example.org",
            ),
        )
        for identifier in ("page_private", "page_retired"):
            create_collection(
                cursor, Collection(identifier, identifier, identifier, datapi="Pi Page", owner="pageowner@example.org")
            )
    for number, identifier in enumerate((ODD_ID, "page_private", "page_retired")):
        add_file(exposures_site, identifier, f"{identifier.replace('/', '_')}.fits", f"HD {number}")
    add_file(exposures_site, ODD_ID, "<img src=x onerror=alert(1)>.fits", '<u>star & "co"')
    exposures_site.sql(
        """UPDATE archive.granule SET data_rights = 'secure', obs_release_date = %s WHERE file_id IN
             (SELECT id FROM archive.file WHERE collection_id = 'page_private')""",
        [datetime.now(UTC) + timedelta(days=100)],
        role="oivo",
    )
    with exposures_site.archive.transaction() as cursor:
        retire_collection(cursor, "page_retired", "It was wrong <b>.")
    return exposures_site


def add_file(site: Instance, collection: str, name: str, target: str) -> None:
    content = build.file(
        build.target([target]),
        build.array(),
        build.wavelength(),
        build.data(mjd=[build.MJD], target_id=[1]),
        version=1,
        cards={"OBSERVER": f"{collection} {name}"[:60]},
    )
    store, now = Store(site.home.files), datetime.now(UTC)
    ingest = FileIngest(site.archive, store, collection, 2, now, "oivo.example", accepted_reason="test")
    ingest.add(read_upload(name, content, 1 << 22))


def granule_in(site: Instance, collection: str) -> int:
    (row, *_) = site.sql(
        """SELECT g.id FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
           WHERE f.collection_id = %s ORDER BY g.id""",
        [collection],
    )
    return int(row.id)


def odd_pages(site: Instance) -> list[str]:
    ids = [
        row.id
        for row in site.sql(
            """SELECT g.id FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
               WHERE f.collection_id = %s ORDER BY g.id""",
            [ODD_ID],
        )
    ]
    return [
        f"/collection/{quote(ODD_ID, safe='/')}",
        f"/collection/{quote(ODD_ID, safe='')}",
        *(f"/granule/{number}" for number in ids),
        f"/granule/{','.join(map(str, ids))}",
        "/collections",
        "/datapis",
        "/statistics/oidb",
        "/datapi/Bao%20%3Ci%3EOdd%3C/i%3E",
        "/",
        "/feed.atom",
        "/sitemap.xml",
    ]


def test_hostile_texts_are_shown_as_they_are(odd: Instance) -> None:
    for path in odd_pages(odd):
        if "%3Ci%3E" in path:
            continue
        source = page(odd, path)
        for bad in ("<script>alert", "<img src=x", "<u>star", "<i>Odd", "<b>&amp; "):
            assert bad not in source, (path, bad)
    source = page(odd, odd_pages(odd)[0])
    assert HOSTILE in text_of(source)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', source, re.DOTALL)
    assert found
    assert json.loads(found[1])["name"] == HOSTILE
    assert json.loads(found[1])["identifier"] == [ODD_ID]


def test_names_are_shown_and_addresses_are_not(odd: Instance) -> None:
    for path in odd_pages(odd):
        reply = ask(odd, path)
        addresses = set(re.findall(rb"[\w.]+@example\.org", reply.body)) - {b"operator@example.org"}
        assert not addresses, (path, addresses)
    source = text_of(page(odd, odd_pages(odd)[0]))
    assert "Ada Odd" in source
    assert "Co Odd" in source
    assert "Ada Odd" in text_of(page(odd, "/datapi/ada%20%20ODD"))


def test_hostile_page_in_a_browser(odd: Instance, browser: Browser) -> None:
    for path in odd_pages(odd)[:4]:
        browser.complaints()
        browser.open(odd.base + path)
        assert browser.complaints() == []
        assert HOSTILE in browser.driver.title or "star" in browser.driver.title or "HD" in browser.driver.title


def test_retired_is_gone_and_says_why(odd: Instance) -> None:
    told = text_of(page(odd, "/collection/page_retired", 410))
    assert "It was wrong <b>." in told
    granule = granule_in(odd, "page_retired")
    assert "It was wrong" in text_of(page(odd, f"/granule/{granule}", 410))
    for path in ("/collections", "/", "/sitemap.xml", "/datapi/Pi%20Page"):
        assert "page_retired" not in page(odd, path)
    told_of = [entry for entry in feed(odd) if "page_retired" in entry.findtext(f"{ATOM}id", "")]
    assert [entry.findtext(f"{ATOM}title") for entry in told_of] == ["Collection retired: page_retired"]


def test_a_retired_file_takes_its_granules_with_it(odd: Instance) -> None:
    add_file(odd, "page_private", "withdrawn.fits", "HD 77")
    (row,) = odd.sql(
        """SELECT f.id AS file, g.id FROM archive.file AS f JOIN archive.granule AS g ON g.file_id = f.id
           WHERE f.name = 'withdrawn.fits'"""
    )
    assert "withdrawn.fits" in page(odd, "/collection/page_private")
    with odd.archive.transaction() as cursor:
        retire_files(cursor, [row.file], "A better one came.")
    assert "withdrawn.fits" not in page(odd, "/collection/page_private")
    assert "A better one came." in page(odd, f"/granule/{row.id}", 410)


def test_a_private_granule_says_until_when_and_whom_to_ask(odd: Instance) -> None:
    number = granule_in(odd, "page_private")
    stranger = page(odd, f"/granule/{number}")
    day = f"{datetime.now(UTC) + timedelta(days=100):%Y-%m-%d}"
    assert f"are private until {day}" in text_of(stranger)
    assert "ask Pi Page" in text_of(stranger)
    assert f"/plots/{number}.png" not in stranger
    assert not re.search(r'href="/reports/\d+"', stranger)
    assert f"/plots/{number}" not in page(odd, "/collection/page_private")
    owner = logged_in(odd, "pageowner")
    owner.ask(f"/granule/{number}")
    assert "you may read it (owner)" in text_of(owner.page)
    assert f"/plots/{number}.png" in owner.page
    assert re.search(r'href="/reports/\d+"', owner.page)
    reader = logged_in(odd, "pagereader")
    reader.ask(f"/granule/{number}")
    assert "not open to your account" in text_of(reader.page)
    assert f"/plots/{number}.png" not in reader.page


def test_ways_to_edit_are_for_those_who_may(odd: Instance) -> None:
    path = odd_pages(odd)[0]
    edit = f"/submit/collection/{quote(ODD_ID, safe='')}"
    assert edit not in page(odd, path)
    for name, may in (("pagereader", False), ("pageowner", True), ("pagecurator", True)):
        client = logged_in(odd, name)
        reply = client.ask(path)
        assert (edit in client.page) == may
        # a page with somebody's name on it is kept by nobody on the way
        assert "private" in reply.headers["cache-control"]


# comments


@pytest.fixture(scope="module")
def reader(odd: Instance) -> Client:
    return logged_in(odd, "pagereader")


@pytest.fixture(scope="module")
def curator(odd: Instance) -> Client:
    return logged_in(odd, "pagecurator")


@pytest.fixture
def no_comments(odd: Instance) -> Iterator[None]:
    yield
    odd.sql("DELETE FROM archive.comment", role="oivo")


def send(client: Client, path: str, body: str, **more: str) -> Reply:
    """Write a comment with the form of a page."""
    client.ask(path)
    hidden = {name: client.hidden(name) for name in ("csrf", "collection", "granule")}
    return client.post("/comment", **{**hidden, "body": body, **more})


def judge(client: Client, verdict: str) -> None:
    client.ask("/comments")
    assert client.post("/comments", csrf=client.hidden("csrf"), id=client.hidden("id"), verdict=verdict).status == 303


@pytest.mark.usefixtures("no_comments")
@pytest.mark.parametrize("on", ["collection", "granule"])
def test_a_comment_is_shown_when_a_curator_agrees(odd: Instance, reader: Client, curator: Client, on: str) -> None:
    path = odd_pages(odd)[0] if on == "collection" else f"/granule/{granule_in(odd, ODD_ID)}"
    said = f"{HOSTILE}\nsee https://example.org/a?b=1&c=2.\u202e\r\n\r\nSecond"
    reply = send(reader, path, said)
    assert reply.status == 303
    assert reply.headers["location"] == f"{path}?comment=sent#comments"
    reader.ask(reply.headers["location"].partition("#")[0])
    assert "A curator reads your comment" in reader.page
    assert "Neil" not in text_of(page(odd, path)).partition("Comments")[2]
    assert "Neil" in text_of(curator.ask("/comments").body.decode())
    judge(curator, "show")
    shown = page(odd, path).partition('id="comments"')[2]
    assert "Pagereader" in shown
    assert "@example.org" not in shown
    assert HOSTILE in text_of(shown)
    assert "\u202e" not in shown
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow ugc noopener">' in shown
    assert "<script>alert" not in shown
    entries = [entry for entry in feed(odd) if "comment/" in entry.findtext(f"{ATOM}id", "")]
    assert [entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries] == ["Pagereader"]
    assert odd.sql("SELECT 1 FROM archive.journal WHERE event = 'comment' AND collection_id = %s", [ODD_ID])
    judge(curator, "refuse")
    assert "Pagereader" not in page(odd, path)
    assert not [entry for entry in feed(odd) if "comment/" in entry.findtext(f"{ATOM}id", "")]


@pytest.mark.usefixtures("no_comments")
def test_comments_that_are_not_taken(odd: Instance, reader: Client) -> None:
    path = odd_pages(odd)[0]
    for body, status, told in (("", 400, "empty"), (" \n\u200b", 400, "empty"), ("x" * 4001, 400, "4,001 characters")):
        assert send(reader, path, body).status == status
        assert told in reader.page
    assert "x" * 4001 in reader.page  # it can be shortened
    assert send(reader, path, "x" * 50_000).status == 400
    assert send(reader, path, "hello", csrf="wrong").status == 403
    assert send(reader, path, "hello", collection="nothing").status == 404
    assert send(reader, path, "hello", collection="page_retired").status == 404
    assert send(reader, path, "hello", granule="99999999").status == 404
    reader.ask(path)
    fields = {"csrf": reader.hidden("csrf"), "collection": ODD_ID, "granule": "", "body": "hi"}
    reply = reader.post("/comment", {"Sec-Fetch-Site": "cross-site"}, **fields)
    assert reply.status == 403
    assert not odd.sql("SELECT 1 FROM archive.comment")
    stranger = Client(odd).post("/comment", collection=ODD_ID, granule="", body="hi")
    assert stranger.status == 303
    assert stranger.headers["location"].startswith("/account/login")
    assert ask(odd, "/comment").status == 405


@pytest.mark.usefixtures("no_comments")
def test_nobody_writes_faster_than_curators_read(odd: Instance, reader: Client) -> None:
    path = odd_pages(odd)[0]
    for number in range(MOST_AN_HOUR):
        assert send(reader, path, f"number {number}").status == 303
    assert send(reader, path, "one more").status == 429
    assert "one more" in reader.page


@pytest.mark.usefixtures("no_comments")
def test_curators_are_shown_at_once_and_others_judge_nothing(odd: Instance, reader: Client, curator: Client) -> None:
    path = odd_pages(odd)[0]
    assert send(curator, path, "From a curator").headers["location"].endswith("?comment=shown#comments")
    assert "From a curator" in page(odd, path)
    assert ask(odd, "/comments").status == 303
    assert reader.ask("/comments").status == 404
    reader.ask(path)
    (row,) = odd.sql("SELECT id FROM archive.comment")
    reply = reader.post("/comments", csrf=reader.hidden("csrf"), id=str(row.id), verdict="refuse")
    assert reply.status == 404
    assert "From a curator" in page(odd, path)
    curator.ask("/comments")
    token = curator.hidden("csrf")
    for wrong in ({"id": "x"}, {"verdict": "delete"}, {"csrf": "x"}, {"id": "99999999"}):
        fields: dict[str, Any] = {"csrf": token, "id": str(row.id), "verdict": "refuse", **wrong}
        assert curator.post("/comments", **fields).status >= 400


def test_commenting_with_a_keyboard(odd: Instance, browser: Browser) -> None:
    """A person logs in from a page, comes back, writes, and is thanked."""
    browser.open(f"{odd.base}/collection/page_private")
    browser.driver.find_element(By.CSS_SELECTOR, "section[aria-labelledby=comments] a").send_keys(Keys.ENTER)
    browser.driver.find_element(By.ID, "login").send_keys("pagereader@example.org")
    field = browser.driver.find_element(By.ID, "password")
    field.send_keys(PASSWORD)
    field.submit()
    browser.wait(lambda driver: driver.current_url.endswith("/collection/page_private"))
    box = browser.driver.find_element(By.ID, "comment-body")
    box.send_keys("Typed in Chromium")
    box.submit()
    browser.wait(lambda driver: "comment=sent" in driver.current_url)
    assert "A curator reads your comment" in browser.text()
    assert browser.complaints() == []
    odd.sql("DELETE FROM archive.comment", role="oivo")
    browser.driver.delete_all_cookies()
