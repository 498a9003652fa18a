"""Queries on a big archive find their rows through an index: read from the plans that PostgreSQL really ran.

The archive gets half a million granules. Each query goes through the real services; auto_explain
writes the plan of each of its statements into the log of the database, and the test reads it
there. Nothing is timed.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.instances import Instance, start

GRANULES = 500_000
#: Granules of a file; files of a collection.
GRANULES_PER_FILE, FILES = 5, 2000

#: A place with granules around it, and what one granule in the middle of the archive has.
RA, DEC = 123.0, 20.0
DID = "ivo://oivo.example/~?crowd/250000"

FILL = f"""
INSERT INTO archive.collection (id, kind, name, title)
SELECT 'crowd_' || c, 'public', 'Crowd', 'Many granules' FROM generate_series(0, {GRANULES // GRANULES_PER_FILE // FILES}) AS c;

INSERT INTO archive.file (id, collection_id, name, url_name, level, size_bytes, sha256, md5, media_type,
    oifits_version, progid, obs_id)
SELECT f, 'crowd_' || f / {FILES}, f || '.fits', f || '.fits', 2, 100000 + f, md5(f::text) || md5('2' || f), md5(f::text),
    'application/fits', 2, '0' || f % 5000 || '.C-0001(A)', 'OBS.' || f
FROM generate_series(1, {GRANULES // GRANULES_PER_FILE}) AS f;

INSERT INTO archive.granule (id, file_id, target_row, insname, night, publisher_did, data_rights, target_name, s_ra, s_dec,
    s_region, s_resolution, t_min, t_max, t_exptime, nb_times, em_min, em_max, em_res_power, facility, facility_name,
    instrument, instrument_name, nb_channels, nb_vis, nb_vis2, nb_t3, nb_flux)
SELECT g, (g - 1) / {GRANULES_PER_FILE} + 1, g, 'INS', 1, 'ivo://oivo.example/~?crowd/' || g, 'public', 'HD ' || g % 50000,
    ra, dec, CAST(format('{{(%sd,%sd),(%sd,%sd),(%sd,%sd)}}', ra, dec + 2e-4, ra + 2e-4, dec - 2e-4, ra - 2e-4, dec - 2e-4) AS spoly),
    0.002, 50000 + g / 50.0, 50000.02 + g / 50.0, 600, 5, 1.5e-6, 1.8e-6, 30, 'VLTI', 'VLTI',
    CASE WHEN g % 1000 = 0 THEN 'VEGA' ELSE 'PIONIER' END, CASE WHEN g % 1000 = 0 THEN 'VEGA_1' ELSE 'PIONIER_1' END,
    6, 0, 18, 12, 0
FROM (SELECT g, (g * 137.50776405) % 359.9 + 0.01 AS ra, degrees(asin(1.98 * g / {GRANULES} - 0.99)) AS dec
      FROM generate_series(1, {GRANULES}) AS g) AS places;
"""


@pytest.fixture(scope="module")
def crowded_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with half a million granules, whose database logs the plan of every statement of the servers."""
    instance = start(tmp_path_factory.mktemp("crowd"), "--empty")
    instance.sql(FILL)
    for role in ("gavo", "untrusted", "oivo", "gavoadmin"):
        instance.sql(f"ALTER ROLE {role} SET session_preload_libraries = 'auto_explain'")
        instance.sql(f"ALTER ROLE {role} SET auto_explain.log_min_duration = 0")
        instance.sql(f"ALTER ROLE {role} SET auto_explain.log_format = 'json'")
        instance.sql(f"ALTER ROLE {role} SET auto_explain.log_nested_statements = on")
    for table in ("collection", "file", "granule"):
        instance.sql(f"ANALYZE archive.{table}")
    # Connections that DaCHS opened before do not log: it begins anew.
    instance.oivo("down")
    instance.oivo("up", "--detach", "--empty")
    yield instance
    instance.oivo("down")
