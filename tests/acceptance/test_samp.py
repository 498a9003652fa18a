"""What pages send to desktop programs: a real browser, a real SAMP hub with its Web Profile, clients that listen."""

import socket
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.acceptance.test_access import ask
from tests.acceptance.test_browser import Browser, browser
from tests.instances import Instance

By = pytest.importorskip("selenium.webdriver.common.by", reason="Debian's python3-selenium is not installed").By
samp = pytest.importorskip("astropy.samp")

__all__ = ["browser"]  # the fixture

#: The SAMP standard's; web pages look for hubs nowhere else.
_WEB_PORT = 21012
TABLE, FITS, POINT = "table.load.votable", "table.load.fits", "coord.pointAt.sky"


class _Consent:
    """The person at the desktop, who lets every page in; the hub gives it its queues."""

    queue_request: "Queue[Any]"
    queue_result: "Queue[bool]"

    def answer(self) -> None:
        while self.queue_request.get() is not None:
            self.queue_result.put(True)


class Desktop:
    """A hub, and programs on it that note what they are told."""

    def __init__(self, lockfile: Path) -> None:
        self._consent = _Consent()
        self.hub = samp.SAMPHubServer(lockfile=str(lockfile), web_profile_dialog=self._consent)
        self.hub.start()
        Thread(target=self._consent.answer, daemon=True).start()
        self.told: Queue[tuple[str, str, dict[str, Any]]] = Queue()
        self._programs: list[Any] = []

    def start(self, name: str, *mtypes: str) -> None:
        program = samp.SAMPIntegratedClient(name=name, addr="127.0.0.1")
        program.connect(hub=self.hub)

        def note(_key: str, _sender: str, mtype: str, params: dict[str, Any], _extra: Any) -> None:
            self.told.put((name, mtype, params))

        for mtype in mtypes:
            program.bind_receive_notification(mtype, note)
        self._programs.append(program)

    def clear(self) -> None:
        for program in self._programs:
            program.disconnect()
        self._programs.clear()

    def close(self) -> None:
        self.clear()
        self._consent.queue_request.put(None)
        self.hub.stop()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with socket.socket() as probe:
        if probe.connect_ex(("localhost", _WEB_PORT)) == 0:
            pytest.skip(f"another SAMP hub has port {_WEB_PORT}")
    samp.conf.use_internet = False
    started = Desktop(tmp_path_factory.mktemp("samp") / "samp.lock")
    yield started
    started.close()


@pytest.fixture
def desktop(hub: Desktop) -> Iterator[Desktop]:
    yield hub
    hub.clear()


def press(browser: Browser, label: str) -> str:
    """Press a button and return what it says in the end."""
    button = browser.driver.find_element(By.XPATH, f"//button[contains(., '{label}')]")
    said = button.find_element(By.XPATH, "../span[@role='status']")
    button.send_keys("\n")
    return str(browser.wait(lambda _: said.text if said.text and "Looking" not in said.text else False))


def public_granule(site: Instance) -> Any:
    (row,) = site.sql(
        """SELECT g.id, s_ra, s_dec, file_id FROM archive.granule AS g JOIN archive.file AS f ON f.id = file_id
           WHERE g.data_rights = 'public' AND f.retired IS NULL ORDER BY g.id LIMIT 1"""
    )
    return row


def test_an_oifits_file_goes_to_oifitsexplorer_alone(site: Instance, browser: Browser, desktop: Desktop) -> None:
    desktop.start("TOPCAT", TABLE, FITS)
    desktop.start("OIFitsExplorer", FITS)
    browser.open(f"{site.base}/granule/{public_granule(site).id}")
    assert press(browser, "OIFitsExplorer") == "Sent to OIFitsExplorer."
    name, mtype, params = desktop.told.get(timeout=30)
    assert (name, mtype, desktop.told.empty()) == ("OIFitsExplorer", FITS, True)
    assert ask(site, params["url"].removeprefix(site.base)).body.startswith(b"SIMPLE  =")


def test_a_position_goes_to_what_shows_positions(site: Instance, browser: Browser, desktop: Desktop) -> None:
    desktop.start("Aladin", POINT)
    granule = public_granule(site)
    browser.open(f"{site.base}/granule/{granule.id}")
    assert press(browser, "Aladin") == "Sent to Aladin."
    _, _, params = desktop.told.get(timeout=30)
    assert (float(params["ra"]), float(params["dec"])) == pytest.approx((granule.s_ra, granule.s_dec), abs=1e-6)


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("/oidb/q/search/form?__nevow_form__=genForm&target=tau+Cet", "target_name"),
        ("/collection/sim_diameters", "target_name"),
        ("/jmdc/q/scs/form?__nevow_form__=genForm&hscs_pos=279.2347+38.7837&hscs_sr=60", "star_name"),
        ("/search?target=tau+Cet", "exp_id"),
    ],
)
def test_tables_go_to_all_that_take_tables(
    site: Instance, browser: Browser, desktop: Desktop, path: str, table: str
) -> None:
    desktop.start("TOPCAT", TABLE)
    desktop.start("Aladin", TABLE, POINT)
    browser.open(f"{site.base}{path}")
    said = press(browser, "TOPCAT")
    assert set(said.removeprefix("Sent to ").removesuffix(".").split(", ")) == {"TOPCAT", "Aladin"}
    sent = [desktop.told.get(timeout=30) for _ in range(2)]
    assert {name for name, _, _ in sent} == {"TOPCAT", "Aladin"}
    address = urlsplit(sent[0][2]["url"])
    assert parse_qs(address.query)
    source = ask(site, f"{address.path}?{address.query}").body
    assert b"<VOTABLE" in source
    assert f'name="{table}"'.encode() in source


def test_what_nobody_takes_is_said(site: Instance, browser: Browser, desktop: Desktop) -> None:
    desktop.start("TOPCAT", TABLE)
    browser.open(f"{site.base}/granule/{public_granule(site).id}")
    assert press(browser, "Aladin") == "No program that takes this is running: start Aladin."
    assert desktop.told.empty()


def test_private_files_are_not_offered(site: Instance) -> None:
    (row,) = site.sql(
        "SELECT id FROM archive.granule WHERE data_rights <> 'public' AND obs_release_date > now() ORDER BY id LIMIT 1"
    )
    assert b"OIFitsExplorer" not in ask(site, f"/granule/{row.id}").body
    assert b"OIFitsExplorer" in ask(site, f"/granule/{public_granule(site).id}").body
