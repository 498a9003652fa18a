"""Requests to DataCite: what succeeds, what is tried again, what ends the work, and that no secret is told."""

from collections.abc import Iterator
from typing import Any

import pytest

from ingest.citation.datacite import attributes
from ingest.doi.account import Account
from ingest.doi.client import Client, DataciteError, Known, RefusedError, StoppedError, TakenError, UnknownError
from tests.build.works import work
from tests.standins.datacite import DataciteStandin

DOI = "10.12345/oidb.5pa8-39em"


@pytest.fixture
def datacite() -> Iterator[DataciteStandin]:
    with DataciteStandin() as standin:
        yield standin


def client_of(datacite: DataciteStandin, waited: list[float], **changes: str) -> Client:
    facts = {"repository": datacite.repository, "password": datacite.password, "contact": "op@example.org"} | changes
    return Client(Account(datacite.url, **facts), waited.append)


def told(**changes: Any) -> dict[str, Any]:
    return attributes(work(**changes))


def test_a_doi_is_made_changed_found_and_hidden(datacite: DataciteStandin) -> None:
    with client_of(datacite, []) as client:
        assert client.create(told(), "publish") == Known(DOI, "findable", work().url)
        assert client.update(told(title="Better"), "publish").state == "findable"
        assert datacite.dois[DOI]["titles"][0]["title"] == "Better"
        assert client.find(DOI) == Known(DOI, "findable", work().url)
        assert client.update(told(), "hide").state == "registered"
        with pytest.raises(TakenError):
            client.create(told(), "publish")
        with pytest.raises(UnknownError):
            client.update(told(doi="10.12345/other"), "publish")
        with pytest.raises(UnknownError):
            client.find("10.12345/other")
    assert datacite.asked("PUT")[0] == f"/dois/{DOI}"


@pytest.mark.parametrize("failure", ["500", "429", "cut", "garbage"])
def test_what_passes_is_tried_again(datacite: DataciteStandin, failure: str) -> None:
    waited: list[float] = []
    datacite.failures = [failure, failure]
    with client_of(datacite, waited) as client:
        assert client.create(told(), "publish").state == "findable"
    assert len(datacite.requests) == 3
    pauses = [pause for pause in waited if pause > 0.2]
    assert pauses == [1.0, 1.0] if failure == "429" else 0.5 <= pauses[0] <= 1.0 <= pauses[1] <= 2.0


@pytest.mark.parametrize(
    ("failures", "kind", "said"),
    [
        (["500"] * 5, StoppedError, "status 500"),
        (["429"] * 5, StoppedError, "status 429"),
        (["cut"] * 5, StoppedError, "call again later"),
        (["garbage"] * 5, StoppedError, "cannot be read"),
        (["401"], StoppedError, "doi.password_file"),
        (["403"], StoppedError, "doi.prefix"),
        (["404"], UnknownError, DOI),
        (["422"], RefusedError, "creators: Missing child element(s). Expected is ( creator )."),
    ],
)
def test_what_does_not_pass_is_told(
    datacite: DataciteStandin, failures: list[str], kind: type[DataciteError], said: str
) -> None:
    datacite.failures = list(failures)
    with client_of(datacite, []) as client, pytest.raises(kind) as caught:
        client.create(told(), "publish")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(datacite.requests) == len(failures)
    assert datacite.dois == {}


def test_bad_metadata_are_refused_by_field(datacite: DataciteStandin) -> None:
    bad = told() | {"publicationYear": None, "titles": []}
    with client_of(datacite, []) as client, pytest.raises(RefusedError, match=r"titles: .*; publicationYear: "):
        client.create(bad, "publish")


def test_the_password_is_never_told(datacite: DataciteStandin, caplog: pytest.LogCaptureFixture) -> None:
    wrong = "wrong-pa55word"
    caplog.set_level(1)
    with client_of(datacite, [], password=wrong) as client, pytest.raises(StoppedError) as caught:
        client.create(told(), "publish")
    account = Account(datacite.url, datacite.repository, wrong)
    assert wrong not in f"{caught.value} {caplog.text} {account!r} {account}"
    assert "TEST.OIVO" in str(caught.value)


def test_nobody_there() -> None:
    waited: list[float] = []
    with Client(Account("http://127.0.0.1:9", "A.B", "x"), waited.append) as client, pytest.raises(StoppedError):
        client.find(DOI)
    assert len([pause for pause in waited if pause >= 0.5]) == 4


def test_requests_keep_a_pace(datacite: DataciteStandin) -> None:
    waited: list[float] = []
    with client_of(datacite, waited) as client:
        client.create(told(), "publish")
        assert waited == []
        client.find(DOI)
    assert len(waited) == 1
    assert 0 < waited[0] <= 0.2
