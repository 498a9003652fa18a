"""The examples of TAP as clients get them: each finds something in the survey, together they show all kinds."""

import re
from itertools import product
from typing import Any

import numpy as np
import pytest
import pyvo
from astropy.table import Table

from tests.acceptance.sky import separation
from tests.instances import Instance

#: What the examples must show, and how it is recognised.
KINDS = {
    "cone": r"CIRCLE\('ICRS', [\d.]+",
    "upload match": r"TAP_UPLOAD\.",
    "ObsCore": r"ivoa\.obscore",
    "time and baseline": r"(?s)t_min < .*baseline_max >",
    "four services": r"(?s)jmdc\.jmdc.*oidb\.oidb.*badcal\.badcal",
    "OiDB and ObsPortal": r"(?s)oidb\.oidb.*obsportal\.exposure",
    "aggregate": r"COUNT\(\*\)",
    "MOC": r"MOC\(",
    "UCD": r"\bucd LIKE",
    "L0 to L3": r"(?s)calib_level = 3.*calib_level = 0",
    "embargo": r"(?s)obs_release_date.*data_rights <> 'public'",
    "vocabulary": r"stats\.vocabulary",
}
#: What is uploaded as t1: del Sco, where the survey has granules.
UPLOAD = Table({"ra": [240.083], "dec": [-22.622]})


@pytest.fixture(scope="module")
def queries(tap: Any) -> list[str]:
    return [str(example["QUERY"]) for example in tap.examples]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_shown(queries: list[str], kind: str) -> None:
    assert len(queries) >= 12
    assert [query for query in queries if re.search(KINDS[kind], query)]


def test_all_find_something(tap: Any, queries: list[str]) -> None:
    empty = []
    for query in queries:
        uploads = {"t1": UPLOAD} if "TAP_UPLOAD" in query else None
        if len(tap.run_sync(query, uploads=uploads)) == 0:
            empty.append(query)
    assert empty == []


def test_titles_differ(site: Instance) -> None:
    with site.get("/tap/examples") as reply:
        titles = re.findall(r'property="name">([^<]+)', reply.read().decode())
    assert len(titles) == len(set(titles)) >= 12


def test_diameters_data_and_good_calibrators(site: Instance, tap: Any, queries: list[str]) -> None:
    """The first example, against all pairs of rows of the archive."""
    query = queries[0]
    assert "GRAVITY" in query and "NOT EXISTS" in query
    found = {str(row["star_name"]): int(row["data_sets"]) for row in tap.run_sync(query)}

    near = 0.00834
    stars = site.sql("SELECT star_name, ra, dec FROM jmdc.jmdc")
    bad = site.sql("SELECT ra, dec FROM badcal.badcal")
    data = site.sql("SELECT id, s_ra, s_dec, data_rights FROM oidb.oidb WHERE instrument = 'GRAVITY'")
    pairs: dict[str, set[int]] = {}
    excluded, private = set(), set()
    for star, granule in product(stars, data):
        if separation(np.array([granule.s_ra]), np.array([granule.s_dec]), star.ra, star.dec)[0] > near:
            continue
        if granule.data_rights != "public":
            private.add(star.star_name)
        elif any(separation(np.array([b.ra]), np.array([b.dec]), star.ra, star.dec)[0] <= near for b in bad):
            excluded.add(star.star_name)
        else:
            pairs.setdefault(star.star_name, set()).add(granule.id)
    assert found == {name: len(ids) for name, ids in pairs.items()}
    # the survey has a star for each condition
    assert found
    assert excluded - set(found)
    assert private - set(found)


def test_sync_and_async_agree(tap: Any, queries: list[str]) -> None:
    query = queries[0]
    sync, in_time = tap.run_sync(query), pyvo.dal.TAPService(tap.baseurl).run_async(query)
    assert list(sync["star_name"]) == list(in_time["star_name"])
