"""Header texts over HTTP: what comes is the frame's own header, whole, or an error that says why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.eso.client.headers import decoded, text_of_page
from ingest.eso.client.http import DamagedReplyError, EsoError, UnreachableError
from tests.standins.eso import HEADER_FAILURES, header_page
from tests.unit.eso.client.conftest import frame

RECORD, TEXT = frame(0)
DP_ID = RECORD.dp_id


def test_the_text_is_the_header(headers):
    assert headers.fetch(DP_ID) == TEXT.rstrip("\n")


def test_colons_are_not_percent_encoded_on_the_wire(headers, eso):
    headers.fetch(DP_ID)
    assert eso.paths == [f"/hdr?DpId={DP_ID}"]
    assert ":" in DP_ID


def test_the_stand_in_refuses_encoded_colons_as_eso_does(headers, eso, fetcher):
    with pytest.raises(EsoError, match="Invalid format for dp_id"):
        fetcher.get(f"{eso.header_url}?DpId={DP_ID.replace(':', '%3A')}", lambda reply: _refused(reply, DP_ID))


def _refused(reply, dp_id):
    from ingest.eso.client.headers import _read

    return _read(reply, dp_id)


def test_we_say_who_we_are_and_keep_the_connection(headers, eso):
    for number in range(5):
        headers.fetch(frame(number)[0].dp_id)
    assert eso.connections == 1
    assert len(eso.agents) == 1
    agent = next(iter(eso.agents))
    assert "oivo" in agent and "ops@example.org" in agent


@pytest.mark.parametrize("failure", HEADER_FAILURES)
def test_a_failure_that_passes_is_sat_out(headers, eso, failure, pauses):
    eso.failures[failure] = 2
    assert headers.fetch(DP_ID) == TEXT.rstrip("\n")
    assert eso.asked[DP_ID] == 3
    assert len(pauses) == 2
    assert pauses == [0.0, 0.0] if failure == "429" else 0.5 <= pauses[0] <= 1.0 <= pauses[1] <= 2.0


@pytest.mark.parametrize("failure", HEADER_FAILURES)
def test_a_failure_that_stays_is_said(headers, eso, failure, pauses):
    eso.chance[failure] = 1.0
    with pytest.raises(UnreachableError) as caught:
        headers.fetch(DP_ID)
    assert DP_ID in str(caught.value)
    assert eso.asked[DP_ID] == 3
    assert len(pauses) == 2, "no pause after the last try"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("PIONI.2014-09-25T01:02:03.456&x=1", "is no identifier"),
        ("a b", "is no identifier"),
        ("", "is no identifier"),
        ("PIONI.2001-01-01T00:00:00.000", "no header"),
    ],
)
def test_what_is_not_there(headers, name, problem):
    with pytest.raises(EsoError, match=problem):
        headers.fetch(name)


def test_nobody_answers(fetcher, headers, eso):
    eso.server.server_close()
    eso.server.shutdown()
    with pytest.raises(UnreachableError, match="try again later"):
        headers.fetch(DP_ID)


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"))))
def test_every_text_survives_its_page(line):
    text = f"SIMPLE  = T\nOBJECT  = {line}x\nEND"
    assert text_of_page(header_page("x", text)) == text


@given(st.text())
def test_no_page_crashes(page):
    try:
        text_of_page(page)
    except DamagedReplyError:
        return
    assert "pre" in page.lower()


def test_bytes_that_are_not_utf8_are_latin1():
    assert decoded("Ångström é".encode("latin-1")) == "Ångström é"
    assert decoded("Ångström é".encode()) == "Ångström é"
