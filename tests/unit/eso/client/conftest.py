"""A stand-in of ESO's archive with a few frames, and clients that do not wait."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ingest.eso.client import Fetcher, HeaderClient, Manners, RawFrames, TapClient
from ingest.eso.model import RawRecord
from tests.standins.eso import EsoStandin

BEGIN = datetime(2014, 9, 25, 1, 2, 3, 456000, tzinfo=UTC)


def frame(number: int, instrument: str = "PIONIER", **values) -> tuple[RawRecord, str]:
    """A frame each minute, changed a day after it began; with the characters that pages must escape."""
    start = BEGIN + timedelta(minutes=number)
    name = f"{instrument[:5]}.{start.strftime('%Y-%m-%dT%H:%M:%S.%f')[:-3]}"
    text = (
        "SIMPLE  =                    T / Standard FITS\n"
        f"ARCFILE = '{name}.fits' / Archive File Name\n"
        "OBJECT  = 'it''s <A & B>'       / 'quoted' \"twice\"\n"
        f"HIERARCH ESO OBS ID = {number} / Observation block ID of a card that is longer than eighty characters\n"
        "END\n"
    )
    record = {
        "dp_cat": "SCIENCE",
        "exp_start": start,
        "last_mod_date": start + timedelta(days=1),
        "release_date": start + timedelta(days=366),
        "target": "alf Cen",
        "ra": 12.5,
        "ob_id": number,
        **values,
    }
    return RawRecord(name, instrument, **record), text


@pytest.fixture
def eso(monkeypatch: pytest.MonkeyPatch) -> Iterator[EsoStandin]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with EsoStandin([frame(number) for number in range(10)]) as standin:
        yield standin


@pytest.fixture
def pauses() -> list[float]:
    """How long the client would have waited, each time."""
    return []


@pytest.fixture
def fetcher(pauses: list[float]) -> Iterator[Fetcher]:
    fetcher = Fetcher(Manners("ops@example.org", tries=3, timeout=5.0), wait=pauses.append)
    yield fetcher
    fetcher.close()


@pytest.fixture
def headers(eso: EsoStandin, fetcher: Fetcher) -> HeaderClient:
    return HeaderClient(eso.header_url, fetcher)


@pytest.fixture
def tap(eso: EsoStandin, fetcher: Fetcher) -> TapClient:
    return TapClient(eso.tap_url, fetcher)


@pytest.fixture
def raw(tap: TapClient) -> RawFrames:
    return RawFrames(tap, page_size=4)
