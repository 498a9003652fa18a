"""DaCHS' own validation of all RDs, as those who run its services know it."""

from ingest.instance.dachs import BESIDE, SERVICES, Dachs
from tests.instances import Instance

_RDS = (*(f"{service}/q" for service in SERVICES), *(rd for rds in BESIDE.values() for rd in rds))
_OF_THE_SITE = ("site/q", "site/stats", "registry/obscore", "registry/meta")


def test_nothing_is_complained_about(site: Instance) -> None:
    """Units in quotes, which VOUnits allows and DaCHS takes for a slip, are accepted; tables are as the RDs say."""
    rds = (*_RDS, *_OF_THE_SITE)
    said = Dachs(site.home).run("val", "--accept-free-units", "--compare-db", *rds)
    assert said.split("\n")[:-1] == [f"{rd} -- OK" for rd in rds]
