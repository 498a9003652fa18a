"""What the acceptance tests share: the clients, and all data of the simulated survey as the archive has them."""

from typing import Any

import numpy as np
import pytest
import pyvo

from tests.build import portal
from tests.instances import Instance


@pytest.fixture(scope="session")
def tap(site: Instance) -> Any:
    return pyvo.dal.TAPService(site.tap)


@pytest.fixture(scope="session")
def scs(site: Instance) -> Any:
    return pyvo.dal.SCSService(f"{site.base}/oidb/q/scs/scs.xml?")


@pytest.fixture(scope="session")
def positions(site: Instance) -> dict[str, Any]:
    """Publisher's identifiers and positions of all granules and exposures, from the archive itself."""
    rows = site.sql(
        """SELECT publisher_did, s_ra, s_dec FROM archive.granule
           UNION ALL SELECT publisher_did, t.ra, t.dec
           FROM archive.exposure JOIN archive.target AS t ON t.id = target_id
           ORDER BY publisher_did"""
    )
    did, ra, dec = zip(*rows, strict=True)
    return {"did": np.array(did), "ra": np.array(ra), "dec": np.array(dec)}


@pytest.fixture(scope="session")
def exposures_site(empty_site: Instance) -> Instance:
    """The instance without a survey, with the few exposures of `tests.build.portal`."""
    portal.fill(empty_site)
    return empty_site
