"""pyvo as a user has it."""

import pyvo

from tests.instances import Instance


def test_sync_query(site: Instance) -> None:
    result = pyvo.dal.TAPService(site.tap).run_sync("SELECT TOP 5 * FROM ivoa.obscore")
    assert len(result) == 5
