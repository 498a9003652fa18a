"""What TAP says when something is wrong: one table of cases, by sync, by async and by pyvo."""

import re
import urllib.request
from typing import Any
from xml.etree import ElementTree

import pytest
import pyvo
import requests

from tests.instances import OPENER, Instance

OK = "SELECT TOP 1 id FROM oidb.oidb"
#: Name of the case: parameters, and what the answer must say.
CASES: dict[str, tuple[dict[str, str], str]] = {
    name: ({"QUERY": query}, said)
    for name, query, said in (
        ("column", "SELECT target_nam FROM oidb.oidb", r"no column target_nam .*did you mean target_name"),
        ("column of an alias", "SELECT o.instrumnt FROM oidb.oidb AS o", r"no column instrumnt .*mean instrument"),
        ("nothing like it", "SELECT xyzzy FROM oidb.oidb", r"no column xyzzy .*TAP_SCHEMA list all"),
        (
            "in two tables",
            "SELECT id FROM oidb.oidb JOIN oidb.collection ON 1 = 1",
            r"id is in several of these tables; write it as oidb\.oidb\.id",
        ),
        ("table", "SELECT * FROM oidb.odib", r"no table oidb\.odib here; did you mean oidb\.oidb"),
        ("no schema", "SELECT * FROM oidb", r"no table oidb here.*with their schema"),
        ("not uploaded", "SELECT * FROM TAP_UPLOAD.mine", r"no upload of that name"),
        ("private table", "SELECT * FROM archive.person", r"no table archive\.person here"),
        ("syntax", "SELECT *\nFORM oidb.oidb", r"line 2, column 1: expected \"FROM\", found 'FORM oidb.oidb'"),
        ("nothing after", "SELECT id FROM", r"line 1, column 15: .*found 'the end of the query'"),
        ("two statements", f"{OK}; DROP TABLE x", r"line 1, column 31: .*found '; DROP TABLE x'"),
        ("function", "SELECT nosuch(id) AS a FROM oidb.oidb", r"line 1, column 14"),
        ("types", "SELECT id FROM oidb.oidb WHERE target_name = 3", r"operator does not exist: text = integer"),
        ("cast", "SELECT CAST(target_name AS INTEGER) AS a FROM oidb.oidb", r"invalid input syntax for type integer"),
        ("zero", "SELECT 1/0 AS a FROM oidb.oidb", r"^division by zero$"),
        ("group", "SELECT instrument, COUNT(*) AS n FROM oidb.oidb", r"must appear in the GROUP BY"),
    )
} | {
    "MAXREC word": ({"QUERY": OK, "MAXREC": "many"}, r"maxrec"),
    "MAXREC negative": ({"QUERY": OK, "MAXREC": "-1"}, r"MAXREC is -1: a whole number"),
    "format": ({"QUERY": OK, "FORMAT": "papyrus"}, r"papyrus"),
    "language": ({"QUERY": OK, "LANG": "PQL"}, r"does not support the query language PQL"),
    "version": ({"QUERY": OK, "LANG": "ADQL-7"}, r"version 7"),
    "request": ({"QUERY": OK, "REQUEST": "doMagic"}, r"REQUEST=doQuery"),
    "no query": ({}, r"'query' missing"),
    "upload": ({"QUERY": OK, "UPLOAD": "nonsense"}, r"Syntax error in UPLOAD"),
    "upload that is not there": ({"QUERY": OK, "UPLOAD": "t,param:x"}, r"No inline upload 'x'"),
}
#: What no answer may hold: paths, names of cursors, the inner side of Python.
LEAKS = re.compile(r"/uwsjobs/|/dachs/|cursor0x|Traceback|NoneType|/usr/lib|LINE 1:")


def told(document: str) -> str:
    """The message of an error document."""
    for info in ElementTree.fromstring(document).iter():
        if info.tag.endswith("INFO") and info.get("name") == "QUERY_STATUS":
            assert info.get("value") == "ERROR", document
            return "".join(info.itertext())
    raise AssertionError(document)


@pytest.mark.parametrize("case", CASES)
def test_sync(site: Instance, case: str) -> None:
    parameters, said = CASES[case]
    with site.get("/tap/sync", {"LANG": "ADQL", **parameters}) as reply:
        document = reply.read().decode()
    assert re.search(said, told(document), re.DOTALL), document
    assert not LEAKS.search(document), document
    assert str(site.home.root) not in document


@pytest.mark.parametrize("case", ["column", "syntax", "zero", "format", "MAXREC negative"])
def test_async(site: Instance, case: str) -> None:
    """A job takes the parameters and fails when it is run; its own document says why, too."""
    parameters, said = CASES[case]
    with requests.Session() as session:
        session.trust_env = False
        made = session.post(f"{site.tap}/async", {"LANG": "ADQL", **parameters}, timeout=60)
        url = made.url
        session.post(f"{url}/phase", {"PHASE": "RUN"}, timeout=60)
        pyvo.dal.tap.AsyncTAPJob(url).wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
        document = session.get(url, timeout=60).text
        assert "<uws:phase>ERROR</uws:phase>" in document
        error = session.get(f"{url}/error", timeout=60).text
        session.delete(url, timeout=60, allow_redirects=False)
    assert re.search(said, told(error), re.DOTALL), error
    for text in (document, error):
        assert not LEAKS.search(text.replace(f"{site.base}", "")), text


@pytest.mark.parametrize("case", ["column", "table", "syntax"])
def test_pyvo(tap: Any, case: str) -> None:
    parameters, said = CASES[case]
    with pytest.raises(pyvo.DALQueryError) as caught:
        tap.run_sync(parameters["QUERY"])
    assert re.search(said, str(caught.value), re.DOTALL)


def post_upload(site: Instance, table: bytes, end: str = "sync") -> tuple[int, str]:
    body = b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {"LANG": "ADQL", "QUERY": "SELECT * FROM TAP_UPLOAD.t", "UPLOAD": "t,param:f"}.items()
    )
    body += b'--b\r\nContent-Disposition: form-data; name="f"; filename="t"\r\n\r\n' + table + b"\r\n--b--\r\n"
    request = urllib.request.Request(f"{site.tap}/{end}", body, {"Content-Type": "multipart/form-data; boundary=b"})
    try:
        with OPENER.open(request, timeout=60) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"no table at all", r"the upload t is no VOTable that can be read: syntax error: line 1, column 0"),
        (b"", r"the upload t is no VOTable|no element found|No inline upload"),
        (b"<VOTABLE><RESOURCE/></VOTABLE>", r"the upload t is no VOTable that can be read: .*no table"),
        (b"<VOTABLE><RESOURCE><TABLE>", r"the upload t is no VOTable that can be read"),
    ],
)
def test_bad_upload(site: Instance, table: bytes, said: str) -> None:
    _, document = post_upload(site, table)
    assert re.search(said, told(document)), document
    assert not LEAKS.search(document), document


def test_upload_that_is_too_large_tells_both_limits(site: Instance) -> None:
    limit = site.home.settings.number("limits.sync_upload_bytes")
    status, document = post_upload(site, b" " * limit)
    assert status == 413
    assert str(limit) in told(document)
    assert str(site.home.settings.number("limits.upload_bytes")) in told(document)


def test_time_limit_is_named(site: Instance) -> None:
    """A job may be given less time than the longest; the message names what it had."""
    slow = (
        "SELECT COUNT(*) AS n FROM obsportal.baseline AS a, obsportal.baseline AS b, obsportal.baseline AS c"
        " WHERE a.baseline_length_start + b.baseline_length_start + c.baseline_length_start < 0"
    )
    job = pyvo.dal.TAPService(site.tap).submit_job(slow)
    job.execution_duration = 1
    job.run().wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
    error = requests.get(f"{job.url}/error", timeout=60).text
    job.delete()
    assert "took longer than it may and was ended: the limit is 1 s" in told(error)
    assert "/tap/async" in told(error)
