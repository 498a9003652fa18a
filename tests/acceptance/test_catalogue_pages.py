"""The pages on which entries of JMDC and BadCal are handed in and reviewed, over HTTP: what is refused, and to whom."""

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request

import pytest

from ingest.catalogs.fields import FIELDS
from resdir.catalogue.desk import digest
from tests.acceptance.test_submit import Client, person
from tests.build import portal
from tests.catalogue_cases import CASES, GOOD, Case
from tests.instances import Instance

HOSTILE = "<script>alert(1)</script>\"'&"
TABLES = {"jmdc": "jmdc_measurement", "badcal": "badcal_report"}


@pytest.fixture(scope="module")
def written(empty_site: Instance) -> Iterator[Instance]:
    """The empty instance without entries of other tests; what these hand in is gone afterwards."""
    empty = "TRUNCATE archive.badcal_report, archive.jmdc_measurement, archive.jmdc_star CASCADE"
    empty_site.sql(empty)
    yield empty_site
    empty_site.sql(empty)


@pytest.fixture(scope="module")
def ada(written: Instance) -> Client:
    return Client(written, person(written, "reader"))


@pytest.fixture(scope="module")
def cleo(written: Instance) -> str:
    return person(written, "curator")


@pytest.fixture(scope="module")
def curator(written: Instance, cleo: str) -> Client:
    return Client(written, cleo)


def entry_of(catalogue: str, **values: str) -> dict[str, str]:
    """Return a good entry with all fields of the form; no two are the same."""
    entry = {field.name: "" for field in FIELDS[catalogue]} | GOOD[catalogue] | values
    if catalogue == "jmdc" and "ld_diam" not in values:
        entry |= {"ud_diam": "", "ld_diam": f"{2 + secrets.randbelow(10**6) / 10**6:.6f}", "mu_lambda": ""}
    if catalogue == "badcal" and "evidence" not in values:
        entry["evidence"] = secrets.token_hex(8)
    return entry


def send(client: Client, catalogue: str, entry: Mapping[str, str], do: str = "submit", **more: str) -> str:
    """Send the form as somebody does who has seen what was found."""
    client.get(f"/{catalogue}/submit")
    return client.post(f"/{catalogue}/submit", do=do, seen=digest(entry), key=secrets.token_hex(8), **entry, **more)


def hand_in(client: Client, catalogue: str, **values: str) -> int:
    """Hand an entry in and return its number."""
    page = send(client, catalogue, entry_of(catalogue, **values), confirmed="yes")
    assert re.fullmatch(rf"/{catalogue}/submit/batch/\d+\?done=submitted", client.path), page
    found = re.search(rf'href="/account/entries/{catalogue}/(\d+)"', page)
    assert found, page
    return int(found[1])


def one_of_each(catalogue: str) -> Iterable[Case]:
    """Return a case of each rule and field; forms have no field of another name, and no NUL."""
    cases = [case for case in CASES if case.catalogue == catalogue and case.changed in GOOD[catalogue]]
    return {(case.changed, case.rule, case.severe): case for case in cases if "\0" not in case.value}.values()


def entries(site: Instance) -> list[Any]:
    return [site.sql(f"SELECT * FROM archive.{table} ORDER BY id") for table in TABLES.values()]


def part(page: str, ident: str) -> str:
    """Return the text of the element with an id."""
    found = re.search(rf'id="{re.escape(ident)}"[^>]*>(.*?)</p>', page, re.S)
    return unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""


def state_of(site: Instance, catalogue: str, number: int) -> str:
    return str(site.sql(f"SELECT state FROM archive.{TABLES[catalogue]} WHERE id = %s", [number])[0].state)


@pytest.mark.parametrize("catalogue", TABLES)
def test_form_tells_what_is_wanted(written: Instance, ada: Client, catalogue: str) -> None:
    page = ada.get(f"/{catalogue}/submit")
    for field in FIELDS[catalogue]:
        label = re.search(rf'<label[^>]*for="{field.name}"[^>]*>(.*?)</label>', page)
        assert label and field.label in unescape(label[1]), field.name
        assert (f"({field.unit})" in label[1]) == bool(field.unit)
        assert field.help in part(page, f"{field.name}-hint")
    assert f'href="/{catalogue}/submit/file"' in page and 'href="/account/entries"' in page


@pytest.mark.parametrize(
    "path", ["/jmdc/submit?id1=alf+Lyr", "/badcal/submit/file", "/account/entries", "/account/review"]
)
def test_strangers_log_in_and_come_back(written: Instance, path: str) -> None:
    stranger = Client(written)
    stranger.get(path)
    assert urlsplit(stranger.path).path == "/account/login"
    assert parse_qs(urlsplit(stranger.path).query)["next"] == [path]


def test_what_a_link_brings_is_filled_in(ada: Client) -> None:
    page = ada.get(f"/badcal/submit?{urlencode({'name': HOSTILE, 'ra': '10.5', 'nothing': 'x'})}")
    assert ada.hidden("ra") == "10.5"
    assert unescape(ada.hidden("name")) == HOSTILE
    assert ada.hidden("reporter") and HOSTILE not in page


@pytest.mark.parametrize("catalogue", TABLES)
def test_bad_values_are_told_beside_their_fields(written: Instance, ada: Client, catalogue: str) -> None:
    """Sent as by somebody who has seen what was found; nothing is written."""
    before, wrong = entries(written), []
    ada.get(f"/{catalogue}/submit")
    for case in one_of_each(catalogue):
        entry = {name: value.strip() for name, value in case.row.items()}
        page = ada.post(f"/{catalogue}/submit", do="submit", seen=digest(entry), key=secrets.token_hex(8), **entry)
        kind = "error" if case.severe else "doubt"
        told = part(page, f"{case.about}-{kind}") and f'href="#{case.about}"' in page
        if case.severe:
            told = told and "nothing was handed in" in page and 'value="submit"' not in page
        else:
            told = told and part(page, "confirmed-error")
        if ada.status != 400 or not told:
            wrong.append((str(case), case.rule, ada.status, re.findall(r'id="([\w-]+-(?:error|doubt))"', page)))
    assert not wrong, wrong
    assert entries(written) == before


def test_values_that_nobody_has_seen_are_shown_first(written: Instance, ada: Client) -> None:
    before = entries(written)
    entry = entry_of("jmdc")
    ada.get("/jmdc/submit")
    page = ada.post("/jmdc/submit", do="submit", seen=digest(entry | {"notes": "other"}), **entry)
    assert ada.status == 200 and "You changed something" in page
    assert entries(written) == before


def test_preview_shows_star_and_plot(written: Instance, ada: Client) -> None:
    page = send(ada, "jmdc", entry_of("jmdc"), do="check")
    assert ada.status == 200
    assert "Position (ICRS" in page and 'class="drawing diameterplot"' in page and "With a ring" in page
    page = send(ada, "badcal", entry_of("badcal"), do="check")
    assert "What is known at its place" in page


def test_the_same_form_twice_is_one_entry(written: Instance, ada: Client) -> None:
    entry = entry_of("badcal")
    ada.get("/badcal/submit")
    fields = {"do": "submit", "seen": digest(entry), "key": secrets.token_hex(8), "confirmed": "yes", **entry}
    ada.post("/badcal/submit", **fields)
    first = ada.path
    number = len(entries(written)[1])
    ada.get("/badcal/submit")
    ada.post("/badcal/submit", **fields)
    assert urlsplit(ada.path).path == urlsplit(first).path
    assert len(entries(written)[1]) == number


@pytest.mark.parametrize("catalogue", TABLES)
def test_from_queue_to_publication(written: Instance, ada: Client, cleo: str, curator: Client, catalogue: str) -> None:
    number = hand_in(ada, catalogue)
    queue = curator.get("/account/review")
    assert f'href="/account/entries/{catalogue}/{number}"' in queue
    curator.get("/account")
    assert re.search(r'href="/account/review">[^<]*\b[1-9]\d* wait', curator.text)
    text = "evidence" if catalogue == "badcal" else "notes"
    page = curator.get(f"/account/entries/{catalogue}/{number}")
    version = curator.hidden("version")
    values = {field.name: field_value(page, field.name) for field in FIELDS[catalogue]}
    curator.post(
        f"/account/entries/{catalogue}/{number}",
        do="amend",
        version=version,
        why="as the article says",
        **values | {text: "amended words"},
    )
    assert "done=amended" in curator.path, curator.text
    # the page of before does not count any more
    curator.post(f"/account/entries/{catalogue}/{number}", do="accepted", version=version)
    assert curator.status >= 400 and 'role="alert"' in curator.text
    assert state_of(written, catalogue, number) == "submitted"
    curator.get("/account/review")
    picked = curator.hidden(f"pick-{number}")
    curator.post("/account/review", **{"catalogue": catalogue, f"pick-{number}": picked})
    assert curator.path.startswith("/account/review?done=accepted"), curator.text
    rows = written.adql(f"SELECT id, {text} FROM {catalogue}.{catalogue} WHERE id = {number}").splitlines()
    assert rows[1:] == [f"{number},amended words"]
    mine = ada.get(f"/account/entries/{catalogue}/{number}")
    assert "published" in mine and "as the article says" in mine and "a curator" in mine
    assert cleo not in mine
    # and it can be withdrawn
    curator.get(f"/account/entries/{catalogue}/{number}")
    version = curator.hidden("version")
    curator.post(f"/account/entries/{catalogue}/{number}", do="withdrawn", version=version, why="")
    assert curator.status == 400 and state_of(written, catalogue, number) == "accepted"
    curator.post(f"/account/entries/{catalogue}/{number}", do="withdrawn", version=version, why="it was wrong")
    assert state_of(written, catalogue, number) == "withdrawn"
    assert "it was wrong" in ada.get("/account/entries")


def field_value(page: str, name: str) -> str:
    """Return what a field of the form on a page holds."""
    if found := re.search(rf'<textarea[^>]*id="{name}"[^>]*>(.*?)</textarea>', page, re.S):
        return unescape(found[1])
    if found := re.search(rf'<select[^>]*id="{name}"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option[^>]*selected="selected"[^>]*>', found[1])
        value = re.search(r'value="([^"]*)"', chosen[0]) if chosen else None
        return unescape(value[1]) if value else ""
    found = re.search(rf'<input[^>]*id="{name}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', found[0]) if found else None
    return unescape(value[1]) if value else ""


def test_a_reason_reaches_the_submitter(written: Instance, ada: Client, curator: Client) -> None:
    number = hand_in(ada, "jmdc")
    place = f"/account/entries/jmdc/{number}"
    curator.get(place)
    version = curator.hidden("version")
    curator.post(place, do="rejected", version=version, why="")
    assert curator.status == 400 and state_of(written, "jmdc", number) == "submitted"
    curator.post(place, do="rejected", version=version, why="this is a model, not a measurement")
    assert curator.path.startswith("/account/review")
    for page in (place, "/account/entries"):
        assert "this is a model, not a measurement" in ada.get(page)


def test_revise_and_take_back(written: Instance, ada: Client) -> None:
    number = hand_in(ada, "badcal")
    place = f"/account/entries/badcal/{number}"
    values = {field.name: field_value(ada.get(place), field.name) for field in FIELDS["badcal"]}
    version = ada.hidden("version")
    page = ada.post(place, do="revise", version=version, confirmed="yes", **values | {"baseline": "-3"})
    assert ada.status == 400 and part(page, "baseline-error") and field_value(page, "baseline") == "-3"
    ada.post(place, do="revise", version=version, confirmed="yes", **values | {"baseline": "44.5"})
    assert "done=revised" in ada.path, ada.text
    assert written.sql("SELECT baseline FROM archive.badcal_report WHERE id = %s", [number])[0].baseline == 44.5
    ada.post(place, do="take back")
    assert "done=retracted" in ada.path and state_of(written, "badcal", number) == "retracted"
    ada.get("/badcal/submit")
    ada.post(place, do="revise", version=version, **values)
    assert ada.status == 400 and "cannot be done with it any more" in ada.text


def test_what_is_somebody_elses_is_not_there(written: Instance, ada: Client) -> None:
    number = hand_in(ada, "badcal")
    batch = ada.path.partition("?")[0]
    other = Client(written, person(written, "submitter"))
    before = entries(written)
    place = f"/account/entries/badcal/{number}"
    for path in (
        *(place, batch, batch.replace("badcal", "jmdc"), "/account/review", "/account/entries/badcal/999999"),
        *("/account/entries/other/1", "/account/entries/badcal/x", "/badcal/submit/batch/x", "/badcal/submit/nothing"),
    ):
        other.get(path)
        assert other.status == 404, path
    assert f"badcal/{number}" not in other.get("/account/entries")
    other.get("/account/entries")
    for fields in ({"do": "take back"}, {"do": "accepted"}, {"do": "amend", "why": "x", "name": "HD 1"}):
        other.get("/badcal/submit")
        other.post(place, **fields)
        assert other.status == 404, fields
    other.get("/badcal/submit")
    other.post("/account/review", **{"catalogue": "badcal", f"pick-{number}": ""})
    assert other.status == 404
    # nor may the submitter decide
    ada.get(place)
    ada.post(place, do="accepted", version="")
    assert ada.status == 400
    assert entries(written) == before


def test_forged_forms_change_nothing(written: Instance, ada: Client, curator: Client) -> None:
    number = hand_in(ada, "badcal")
    before, entry = entries(written), entry_of("badcal")
    forms: tuple[tuple[Client, str, dict[str, str]], ...] = (
        (ada, "/badcal/submit", {"do": "submit", "seen": digest(entry), "confirmed": "yes", **entry}),
        (ada, "/badcal/submit/file", {"do": "submit", "confirmed": "yes", "rows": json.dumps([entry])}),
        (ada, f"/account/entries/badcal/{number}", {"do": "take back"}),
        (curator, f"/account/entries/badcal/{number}", {"do": "accepted", "version": ""}),
        (curator, "/account/review", {"catalogue": "badcal", f"pick-{number}": ""}),
    )
    for client, path, fields in forms:
        for proof in ({"csrf": ""}, {"csrf": "0" * 64}):
            client.post(path, **fields, **proof)
            assert client.status == 400 and 'role="alert"' in client.text, path
        client.get("/badcal/submit")
        proven = {"csrf": client.hidden("csrf")}
        for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            client._ask(Request(f"{written.base}{path}", urlencode({**fields, **proven}).encode(), header))
            assert client.status == 400, (path, header)
    assert entries(written) == before


def test_what_people_write_is_shown_as_text(written: Instance, curator: Client) -> None:
    writer = Client(written, person(written, "reader"))
    texts = {"evidence": HOSTILE, "instrument": HOSTILE, "bibliography": HOSTILE, "reporter": HOSTILE}
    number = hand_in(writer, "badcal", name="<b>HD 1</b>", ra="10.5", dec="-20", affiliation=HOSTILE, **texts)
    batch = writer.path
    measured = hand_in(writer, "jmdc", notes=HOSTILE, id2="<i>x</i>")
    place = f"/account/entries/badcal/{number}"
    pages = [writer.get(path) for path in (place, batch, "/account/entries", f"/account/entries/jmdc/{measured}")]
    pages += [curator.get(path) for path in ("/account/review", place, f"/account/entries/jmdc/{measured}")]
    curator.get(place)
    pages.append(curator.post(place, do="rejected", version=curator.hidden("version"), why=HOSTILE))
    pages += [writer.get(place), writer.get("/account/entries")]
    sheet = f"name,ra,dec,reason,evidence\n{HOSTILE.replace(',', '')},1,2,other,x\n".encode()
    writer.get("/badcal/submit/file")
    pages.append(writer.post("/badcal/submit/file", [(f"{HOSTILE}.csv", sheet)], do="check"))
    for page in pages:
        assert "<script>alert" not in page and "<b>HD 1" not in page and "<i>x</i>" not in page
    assert "&lt;script&gt;alert(1)" in pages[0] and "&lt;b&gt;HD 1&lt;/b&gt;" in pages[4]


def sheet_of(catalogue: str, rows: list[dict[str, str]]) -> bytes:
    names = [field.name for field in FIELDS[catalogue]]
    lines = [",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)]
    return "\n".join(lines).encode()


def test_a_file_is_taken_as_a_whole(written: Instance, ada: Client) -> None:
    before = entries(written)
    rows = [entry_of("badcal", name=f"HD {number}", ra=str(number), dec="-5") for number in (11, 12, 13)]
    ada.get("/badcal/submit/file")
    page = ada.post(
        "/badcal/submit/file", [("a.csv", sheet_of("badcal", [*rows, rows[0] | {"reason": "bad"}]))], do="check"
    )
    assert "nothing was handed in" in page and "1 of 4 rows cannot be taken" in page and 'value="submit"' not in page
    page = ada.post("/badcal/submit/file", [("a.csv", sheet_of("badcal", rows))], do="check")
    assert entries(written) == before
    sent = unescape(ada.hidden("rows"))
    # what comes back is looked at again
    wrong = sent.replace('"other"', '"bad"') if '"other"' in sent else sent.replace('"HD 11"', '""')
    ada.post("/badcal/submit/file", do="submit", confirmed="yes", rows=wrong, name="a.csv")
    assert ada.status == 400 and entries(written) == before
    for nonsense in ("", "{}", "[1]", "[[]]", '"x"'):
        ada.get("/badcal/submit/file")
        ada.post("/badcal/submit/file", do="submit", confirmed="yes", rows=nonsense)
        assert ada.status == 400 and 'role="alert"' in ada.text, nonsense
    ada.post("/badcal/submit/file", do="submit", confirmed="yes", rows=sent, name="a.csv", key=secrets.token_hex(8))
    assert re.fullmatch(r"/badcal/submit/batch/\d+\?done=submitted", ada.path), ada.text
    assert "3 reports: 3 waiting for a curator" in ada.text and "a.csv" in ada.text
    assert len(entries(written)[1]) == len(before[1]) + 3


def test_too_much_is_refused(written: Instance, ada: Client) -> None:
    before = entries(written)
    page = send(ada, "badcal", entry_of("badcal", evidence="x" * 30_000))
    assert ada.status == 400 and "30000 characters" in part(page, "evidence-error")
    ada.get("/badcal/submit/file")
    for content in (b"name,ra,dec\n" + b"HD 1,1,1\n" * 800_000, b"\x00\x01" * 1000, b""):
        page = ada.post("/badcal/submit/file", [("big.csv", content)], do="check")
        assert ada.status == 400 and 'role="alert"' in page
    page = ada.post("/badcal/submit/file", [("odd.csv", b"x,y\n1,2\n")], do="check")
    assert 'role="alert"' in page and 'value="submit"' not in page
    ada.post("/badcal/submit/file", do="check")
    assert ada.status == 400 and "Choose a file" in ada.text
    assert entries(written) == before


def test_a_session_that_ends_keeps_what_was_typed(written: Instance) -> None:
    client = Client(written, person(written, "reader"))
    client.get("/jmdc/submit")
    client.jar.clear()
    page = client.post("/jmdc/submit", do="check", **entry_of("jmdc", notes="typed with care"))
    assert client.status == 401 and 'value="typed with care"' in page


def test_headers(written: Instance, ada: Client) -> None:
    for path in ("/jmdc/submit", "/account/review", "/submit", "/account/login"):
        with written.get(path) as reply:
            assert reply.headers["cache-control"] == "private, no-store"
            assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
            assert reply.headers["x-content-type-options"] == "nosniff"


# Marks on other pages


def test_calibrators_in_badcal_are_marked(site: Instance) -> None:
    report = site.sql(
        """SELECT r.id, t.id AS target_id, e.exp_id FROM archive.badcal_report AS r
             JOIN archive.target AS t ON q3c_join(r.ra, r.dec, t.ra, t.dec, 5 / 3600.0)
             JOIN archive.exposure AS e ON e.target_id = t.id
           WHERE r.state = 'accepted' AND e.obs_type = 'calibrator' LIMIT 1"""
    )[0]
    address = f"/badcal/show.jsp?type=detail&amp;id={report.id}"
    for path in (
        f"/search?target_id={report.target_id}",
        f"/detail/target/{report.target_id}",
        f"/detail/exposure/{report.exp_id}",
    ):
        page = read(site, path)
        assert address in page, path
        assert "badge bad" in page or "In BadCal" in page
    assert "BadCal has this calibrator" in read(site, f"/detail/exposure/{report.exp_id}")
    good = site.sql(
        """SELECT t.id FROM archive.target AS t WHERE NOT EXISTS (SELECT FROM archive.badcal_report AS r
             WHERE q3c_join(t.ra, t.dec, r.ra, r.dec, 5 / 3600.0)) LIMIT 1"""
    )[0]
    for path in (f"/search?target_id={good.id}", f"/detail/target/{good.id}"):
        assert "/badcal/show.jsp" not in read(site, path)


def read(site: Instance, path: str) -> str:
    with site.get(path) as reply:
        return str(reply.read().decode())


def test_only_published_reports_mark(exposures_site: Instance, written: Instance, ada: Client, curator: Client) -> None:
    name, ra, dec = portal.TARGETS[0]
    target = written.sql("SELECT id FROM archive.target WHERE name = %s", [name])[0].id
    exposure = written.sql("SELECT publisher_did, exp_id FROM archive.exposure WHERE target_id = %s LIMIT 1", [target])[
        0
    ]
    number = hand_in(ada, "badcal", name=name, ra=str(ra), dec=str(dec + 3 / 3600), evidence_did=exposure.publisher_did)
    assert "/badcal/show.jsp" not in read(written, f"/detail/target/{target}")
    place = f"/account/entries/badcal/{number}"
    curator.get(place)
    curator.post(place, do="accepted", version=curator.hidden("version"))
    assert f"/badcal/show.jsp?type=detail&amp;id={number}" in read(written, f"/detail/target/{target}")
    assert f'href="/detail/exposure/{exposure.exp_id}"' in read(written, f"/badcal/show.jsp?type=detail&id={number}")
    curator.get(place)
    curator.post(place, do="withdrawn", version=curator.hidden("version"), why="no")
    assert "/badcal/show.jsp" not in read(written, f"/detail/target/{target}")


def test_a_granule_leads_to_the_report(site: Instance) -> None:
    granule = site.sql(
        "SELECT id, publisher_did, target_name, s_ra, em_min, em_max FROM archive.granule ORDER BY id LIMIT 1"
    )[0]
    page = read(site, f"/granule/{granule.id}")
    found = re.search(r'href="/badcal/submit\?([^"]*)"', page)
    assert found, page
    sent = {name: values[0] for name, values in parse_qs(unescape(found[1])).items()}
    assert (sent["name"], sent["evidence_did"]) == (granule.target_name, granule.publisher_did)
    assert float(sent["ra"]) == pytest.approx(granule.s_ra)
    assert granule.em_min * 1e6 < float(sent["wavelength"]) < granule.em_max * 1e6
    assert set(sent) <= {field.name for field in FIELDS["badcal"]}
    assert {"instrument", "interferometer", "baseline", "observed"} <= set(sent)


def test_star_page_tells_of_calibrations(site: Instance) -> None:
    star = site.sql(
        """SELECT s.name, t.id, (SELECT count(*) FROM archive.exposure AS e WHERE e.target_id = t.id
             AND e.obs_type = 'calibrator') AS number
           FROM archive.jmdc_star AS s JOIN archive.target AS t ON q3c_join(s.ra, s.dec, t.ra, t.dec, 30 / 3600.0)
           ORDER BY number DESC LIMIT 1"""
    )[0]
    page = read(site, f"/jmdc/star/{star.name.replace(' ', '%20')}")
    assert f"{star.number:,} exposure" in page.partition("Used as calibrator")[2] if star.number else "not in ObsPortal"
    assert 'href="/jmdc/submit?id1=' in page
