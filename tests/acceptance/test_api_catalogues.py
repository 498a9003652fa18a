"""Measurements and reports through the HTTP interface, as programs of people, observatories and curators use it."""

import csv
import io
import json
import secrets
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

import pytest

from tests.acceptance.test_api import Client, person
from tests.catalogue_cases import CASES, GOOD
from tests.instances import OPENER, Instance
from tests.unit.catalogs.test_sheets import table, votable

#: Rows are told apart by their notes and evidence, so that tests do not meet each other's.
_APART = {"jmdc": "notes", "badcal": "evidence"}


def row(catalogue: str, **changes: str) -> dict[str, str]:
    return GOOD[catalogue] | {_APART[catalogue]: secrets.token_hex(8)} | changes


@pytest.fixture(scope="module")
def ada(empty_site: Instance) -> Client:
    return person(empty_site, "reader")


@pytest.fixture(scope="module")
def curator(empty_site: Instance) -> Client:
    return person(empty_site, "curator")


def submit(client: Client, catalogue: str, *rows: dict[str, str], **more: Any) -> Any:
    sent = {"rows": list(rows), "despite_warnings": True, **more}
    reply = client("POST", f"{catalogue}/submissions", sent)
    assert reply.status in (200, 201), reply.content
    return reply.content


def public(site: Instance, catalogue: str, mark: str) -> list[str]:
    """Numbers of entries that anybody finds by ADQL with a mark in them."""
    text = site.adql(f"SELECT id FROM {catalogue}.{catalogue} WHERE {_APART[catalogue]} = '{mark}'")
    return [line["id"] for line in csv.DictReader(io.StringIO(text))]


@pytest.mark.parametrize("catalogue", GOOD)
def test_from_submission_to_publication(ada: Client, curator: Client, catalogue: str) -> None:
    sent, mark = row(catalogue), ""
    mark = sent[_APART[catalogue]]
    looked = ada("POST", f"{catalogue}/examine", {"rows": [sent]})
    assert looked.status == 200 and looked.content["rows"][0]["star"]["origin"] == "catalogue"
    reply = ada("POST", f"{catalogue}/submissions", {"rows": [sent], "despite_warnings": True})
    assert reply.status == 201
    number = reply.content["ids"][0]
    assert reply.headers["location"].endswith(f"/api/{catalogue}/batches/{reply.content['batch']}")
    own = ada("GET", f"{catalogue}/submissions/{number}").content
    assert (own["state"], own["values"]) == ("submitted", sent)
    assert number in {entry["id"] for entry in ada("GET", f"{catalogue}/submissions").content["entries"]}
    # nobody else finds it
    assert public(ada.site, catalogue, mark) == []
    changed = ada(
        "PATCH",
        f"{catalogue}/submissions/{number}",
        {"values": {_APART[catalogue]: f"{mark}b"}, "despite_warnings": True},
    )
    assert changed.status == 200 and changed.content["history"][-1]["event"] == "revised"
    waiting = curator("GET", f"{catalogue}/queue?limit=1000").content
    (found,) = [entry for entry in waiting["entries"] if entry["id"] == number]
    assert found["submitter"]["name"]
    # what a curator looked at and what is there now are not the same any more
    stale = {"ids": [number], "decision": "accepted", "seen": {str(number): own["version"]}}
    assert curator("POST", f"{catalogue}/decisions", stale).status == 409
    amended = curator(
        "PATCH", f"{catalogue}/submissions/{number}", {"values": {_APART[catalogue]: mark}, "reason": "shorter"}
    )
    assert amended.status == 200
    done = curator("POST", f"{catalogue}/decisions", {"ids": [number], "decision": "accepted", "reason": "fine"})
    assert done.status == 204
    assert public(ada.site, catalogue, mark) == [str(number)]
    own = ada("GET", f"{catalogue}/submissions/{number}").content
    assert (own["state"], own["reason"], own["may"]) == ("accepted", "fine", [])
    assert {event["actor"] for event in own["history"][1:]} == {own["history"][0]["actor"], "a curator"}
    gone = curator("POST", f"{catalogue}/decisions", {"ids": [number], "decision": "withdrawn", "reason": "wrong"})
    assert gone.status == 204
    assert public(ada.site, catalogue, mark) == []


@pytest.mark.parametrize("catalogue", GOOD)
def test_every_bad_value(ada: Client, catalogue: str) -> None:
    """The whole table of cases in one request: each row says what is wrong with it, and nothing is taken."""
    before = ada("GET", f"{catalogue}/submissions").content["total"]
    # JSON has no halves of pairs, and names that nobody knows are asked of a server elsewhere
    cases = [case for case in CASES if case.catalogue == catalogue and case.rule != "unknown-star"]
    reply = ada("POST", f"{catalogue}/submissions", {"rows": [case.row for case in cases], "despite_warnings": True})
    assert reply.status == 400
    rows = {looked["row"]: looked for looked in reply.content["rows"]}
    for line, case in enumerate(cases, start=1):
        found = {(finding["rule"], finding["field"], finding["severity"]) for finding in rows[line]["findings"]}
        if case.rule == "unknown-field" and (case.rule, case.about, "warning") not in found:
            continue
        assert (case.rule, case.about, "error" if case.severe else "warning") in found, case
    assert {problem["file"] for problem in reply.content["error"]["problems"]} >= {"row 1"}
    assert "Traceback" not in json.dumps(reply.content)
    assert ada("GET", f"{catalogue}/submissions").content["total"] == before


def test_warnings_are_asked_about(ada: Client) -> None:
    doubtful = row("jmdc", e_ld_diam="")
    reply = ada("POST", "jmdc/submissions", {"rows": [doubtful]})
    assert reply.status == 409 and reply.content["error"]["only_warnings"]
    assert {"file": "row 1", "field": "e_ld_diam", "message": "there is no error"} in reply.content["error"]["problems"]
    assert submit(ada, "jmdc", doubtful)["state"] == "submitted"


def test_tables_are_batches(ada: Client, curator: Client) -> None:
    marks = [secrets.token_hex(8) for _ in range(3)]
    text = "Name;RA;Dec;Reason;Evidence;Instrument\n" + "".join(
        f"HD 1;10.5;-5;binary;{mark};PIONIER\n" for mark in marks
    )
    options = f"name=night.csv&key={secrets.token_hex(4)}&despite_warnings=1"
    reply = ada("POST", f"badcal/submissions?{options}", text.encode(), Content_Type="text/csv")
    assert reply.status == 201, reply.content
    again = ada("POST", f"badcal/submissions?{options}", text.encode(), Content_Type="text/csv")
    assert (again.status, again.content["again"], again.content["ids"]) == (200, True, reply.content["ids"])
    batch = ada("GET", f"badcal/batches/{reply.content['batch']}").content
    assert (batch["name"], [entry["values"]["evidence"] for entry in batch["entries"]]) == ("night.csv", marks)
    assert curator("GET", f"badcal/batches/{reply.content['batch']}").content["submitter"]["login"]
    assert ada("GET", f"jmdc/batches/{reply.content['batch']}").status == 404
    # one wrong row, and none is taken
    total = ada("GET", "badcal/submissions").content["total"]
    text = f"{text.replace('binary', 'variable')}HD 1;400;-5;binary;x;\n"
    wrong = ada("POST", "badcal/submissions", text.encode(), Content_Type="text/csv")
    assert wrong.status == 400 and wrong.content["error"]["problems"][0]["file"] == "row 4"
    assert ada("GET", "badcal/submissions").content["total"] == total


def test_a_votable_is_read(ada: Client) -> None:
    reply = ada(
        "POST", "badcal/examine?name=t.xml", votable(table(), "binary2"), Content_Type="application/x-votable+xml"
    )
    assert reply.status == 200
    assert [looked["values"]["baseline"] for looked in reply.content["rows"]] == ["130.0", "12.3"]
    assert "missing" in {finding["rule"] for finding in reply.content["rows"][0]["findings"]}


def test_an_observatory_reports_under_its_name(empty_site: Instance, curator: Client) -> None:
    observatory = person(empty_site, "reader")
    login = observatory("GET", "badcal/submissions").content
    assert login["total"] == 0
    name = submit(observatory, "badcal", row("badcal"))
    address = observatory("GET", f"badcal/submissions/{name['ids'][0]}").content["history"][0]["actor"]
    empty_site.oivo("users", "facility", address, "An Array", "--trusted")
    sent = row("badcal", reporter="", affiliation="")
    done = submit(observatory, "badcal", sent)
    assert done["state"] == "accepted"
    found = empty_site.adql(f"SELECT reporter, affiliation FROM badcal.badcal WHERE evidence = '{sent['evidence']}'")
    assert found.split() == ["reporter,affiliation", "An", "Array,An", "Array"]
    history = curator("GET", f"badcal/submissions/{done['ids'][0]}").content["history"]
    assert history[-1]["reason"] == "trusted facility An Array"


BAD_CALLS = [
    ("POST", "jmdc/submissions", b"{", 400),
    ("POST", "jmdc/submissions", b"[]", 400),
    ("POST", "jmdc/submissions", b"{}", 400),
    ("POST", "jmdc/submissions", b'{"rows": []}', 400),
    ("POST", "jmdc/submissions", b'{"rows": [1]}', 400),
    ("POST", "jmdc/submissions", b'{"rows": [{"id1": ["a"]}]}', 400),
    ("POST", "jmdc/submissions", b'{"rows": [{"id1": {"a": 1}}]}', 400),
    ("POST", "jmdc/submissions", b'{"rows": [{}], "despite_warnings": "yes"}', 400),
    ("POST", "jmdc/submissions", b'{"rows": [{}], "account": 1}', 400),
    ("POST", "jmdc/submissions", b'{"rows": [{"id1": "\\ud800"}]}', 400),
    ("POST", "jmdc/submissions", b'{"rows": [{"ud_diam": NaN, "id1": 1e999}]}', 400),
    ("POST", "jmdc/submissions", b'{"rows": [{}], "key": "' + b"k" * 101 + b'"}', 400),
    ("POST", "jmdc/submissions", b'{"rows": [{}], "name": "a\\u0000b"}', 400),
    ("POST", "jmdc/examine", b'{"rows": [' + b"{}," * 1000 + b"{}]}", 400),
    ("POST", "oidb/submissions", b"{}", 404),
    ("GET", "jmdc/submissions?limit=x", None, 400),
    ("GET", "jmdc/submissions?offset=-1", None, 400),
    ("GET", "jmdc/submissions/999999999999999", None, 404),
    ("GET", "jmdc/submissions/-1", None, 404),
    ("GET", "jmdc/submissions/1%20OR%201=1", None, 404),
    ("GET", "jmdc/batches/999999999999999", None, 404),
    ("PUT", "jmdc/submissions", b"{}", 405),
    ("PATCH", "jmdc/submissions/999999999999999", b'{"values": {"notes": "x"}}', 404),
    ("PATCH", "jmdc/submissions/999999999999999", b'{"values": []}', 400),
    ("DELETE", "jmdc/submissions/999999999999999", None, 404),
    ("GET", "jmdc/queue", None, 403),
    ("POST", "jmdc/decisions", b'{"ids": [1], "decision": "accepted"}', 403),
    ("POST", "jmdc/decisions", b'{"ids": [], "decision": "accepted"}', 400),
    ("POST", "jmdc/decisions", b'{"ids": ["1"], "decision": "accepted"}', 400),
    ("POST", "jmdc/decisions", b'{"ids": [true], "decision": "accepted"}', 400),
    ("POST", "jmdc/decisions", b'{"ids": [1], "decision": "accepted", "seen": {"x": "y"}}', 400),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), BAD_CALLS)
def test_bad_calls(ada: Client, method: str, path: str, body: bytes | None, status: int) -> None:
    reply = ada(method, path, body, Content_Type="application/json")
    assert reply.status == status, reply.content
    assert reply.content["error"]["message"]
    assert "Traceback" not in json.dumps(reply.content)


def test_bad_calls_of_curators(curator: Client) -> None:
    for body, status in (
        ({"ids": [999_999_999], "decision": "accepted"}, 404),
        ({"ids": [2**63], "decision": "accepted"}, 400),
        ({"ids": [1], "decision": "perhaps"}, 400),
        ({"ids": [1], "decision": "rejected"}, 400),
        ({"ids": [1], "decision": "rejected", "reason": "x" * 2000}, 400),
    ):
        assert curator("POST", "jmdc/decisions", body).status == status, body
    assert curator("GET", "jmdc/queue?state=none").status == 400
    assert curator("GET", "jmdc/queue?state=all").status == 200


def test_what_others_submitted_is_nobodys(empty_site: Instance, ada: Client) -> None:
    number = submit(ada, "badcal", row("badcal"))["ids"][0]
    other, stranger = person(empty_site, "submitter"), Client(empty_site)
    for method, body in (("GET", None), ("PATCH", {"values": {"reason": "other"}}), ("DELETE", None)):
        assert other(method, f"badcal/submissions/{number}", body).status == 404
        assert stranger(method, f"badcal/submissions/{number}", body).status == 401
    assert ada("DELETE", f"badcal/submissions/{number}").status == 204
    assert ada("GET", f"badcal/submissions/{number}").content["state"] == "retracted"
    assert ada("DELETE", f"badcal/submissions/{number}").status == 409


def test_no_page_and_no_table_has_what_waits(empty_site: Instance, ada: Client) -> None:
    """Neither names nor addresses of unreviewed entries, by whatever way anonymous visitors come."""
    secret = f"X{secrets.token_hex(6)}"
    address = f"{secret}@example.org".lower()
    number = submit(ada, "badcal", row("badcal", reporter=secret, address=address))["ids"][0]
    submit(ada, "jmdc", row("jmdc", id1=secret, ra="10.5", dec="-5"))
    for path in (
        *("/export_csv", "/jmdc/q/scs/scs.xml?RA=10.5&DEC=-5&SR=1", f"/jmdc/star/{secret}"),
        *(
            "/badcal-dsa/SubmitCone?DSACATTAB=badcal.valid_stars&RA=0&DEC=0&SR=180",
            f"/badcal/show.jsp?type=detail&id={number}",
        ),
    ):
        try:
            with OPENER.open(Request(f"{empty_site.base}{path}"), timeout=60) as reply:
                found = reply.read().decode()
        except HTTPError as error:
            assert error.code == 404
            continue
        assert secret not in found and address not in found, path
    for query in (
        "SELECT * FROM jmdc.jmdc",
        "SELECT * FROM badcal.badcal",
        "SELECT * FROM badcal.withdrawn",
        "SELECT * FROM archive.jmdc_measurement",
        "SELECT * FROM archive.badcal_contact",
        "SELECT * FROM archive.catalogue_event",
        "SELECT * FROM archive.catalogue_batch",
    ):
        try:
            found = empty_site.adql(query)
        except HTTPError as error:
            found = error.read().decode()
            assert "archive." in query
        assert secret not in found and address not in found, query


def test_fields_are_told(ada: Client) -> None:
    for catalogue, good in GOOD.items():
        assert [field["name"] for field in ada("GET", f"{catalogue}/fields").content["fields"]] == list(good)
