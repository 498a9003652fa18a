"""The limits that TAP states are those that hold."""

import re
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from tests.acceptance.test_tap_errors import post_upload
from tests.instances import Instance

#: Every pair of baselines: more rows than any limit of the defaults but the hard one.
MANY = "SELECT a.exp_id FROM obsportal.baseline AS a, obsportal.baseline AS b"


@pytest.fixture(scope="module")
def stated(site: Instance) -> dict[str, int]:
    """The numbers in /tap/capabilities, by the names of their elements."""
    with site.get("/tap/capabilities") as reply:
        root = ElementTree.fromstring(reply.read())
    return {
        f"{limit.tag}/{kind.tag}": int(kind.text or "")
        for name in ("retentionPeriod", "executionDuration", "outputLimit", "uploadLimit")
        for limit in root.iter(name)
        for kind in limit
    }


def rows_and_sql(site: Instance, query: str, **parameters: str) -> tuple[int, str, str]:
    with site.get("/tap/sync", {"LANG": "ADQL", "FORMAT": "votable/td", "QUERY": query, **parameters}) as reply:
        answer = reply.read().decode()
    sql = re.search(r'name="sql_query" value="([^"]*)"', answer)
    assert sql is not None, answer
    return answer.count("<TR>"), sql[1], answer


def test_stated_limits_are_the_settings(site: Instance, stated: dict[str, int]) -> None:
    settings = site.home.settings
    assert stated["outputLimit/default"] == settings.number("limits.rows")
    assert stated["outputLimit/hard"] == settings.number("limits.rows_at_most")
    assert stated["executionDuration/default"] == settings.number("limits.async_seconds")
    assert stated["uploadLimit/hard"] == settings.number("limits.upload_bytes")


def test_rows_unless_asked_for_more(site: Instance, stated: dict[str, int]) -> None:
    rows, _, answer = rows_and_sql(site, MANY)
    assert rows == stated["outputLimit/default"]
    assert 'value="OVERFLOW"' in answer
    rows, _, answer = rows_and_sql(site, MANY, MAXREC=str(stated["outputLimit/default"] + 5))
    assert rows == stated["outputLimit/default"] + 5
    assert 'value="OVERFLOW"' in answer


@pytest.mark.parametrize("query", ["SELECT id FROM oidb.oidb", "SELECT TOP 30000000 id FROM oidb.oidb"])
def test_rows_at_most(site: Instance, stated: dict[str, int], query: str) -> None:
    _, sql, answer = rows_and_sql(site, query, MAXREC="999999999")
    found = re.search(r"LIMIT (\d+)", sql)
    assert found is not None
    # one more tells that there are more
    assert int(found[1]) <= stated["outputLimit/hard"] + 1
    assert 'value="OVERFLOW"' not in answer


def test_jobs_have_the_time_and_are_kept_as_stated(tap: Any, stated: dict[str, int]) -> None:
    job = tap.submit_job("SELECT TOP 1 id FROM oidb.oidb")
    document = ElementTree.fromstring(requests.get(job.url, timeout=60).content)
    job.delete()
    told = {element.tag.rpartition("}")[2]: element.text or "" for element in document.iter()}
    created, destroyed = (datetime.fromisoformat(told[name]) for name in ("creationTime", "destruction"))
    assert (destroyed - created).total_seconds() == pytest.approx(stated["retentionPeriod/default"], abs=5)
    assert int(told["executionDuration"]) == stated["executionDuration/default"]


def test_an_upload_over_the_stated_limit_is_refused(site: Instance, stated: dict[str, int]) -> None:
    status, _ = post_upload(site, b" " * stated["uploadLimit/hard"], "async")
    assert status == 413


def test_availability(site: Instance) -> None:
    with site.get("/tap/availability") as reply:
        assert re.search(r"available>true<", reply.read().decode())
