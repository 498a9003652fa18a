"""archive.dataset follows granules, files, exposures, frames and targets, whatever is written and in which order."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from ingest.region import DEFAULT_RADIUS
from tests.build.exposures import fill
from tests.instances import Instance

#: Numbers beside those of other tests.
FIRST = 7_000_000

#: What must hold at any time: the rows are those that the two views give, and the regions are there.
WRONG = """
WITH wanted AS (SELECT * FROM archive.dataset_of_granule UNION ALL SELECT * FROM archive.dataset_of_exposure)
SELECT coalesce(w.id, d.id) AS id FROM wanted AS w FULL JOIN archive.dataset AS d ON d.id = w.id
WHERE (w.id, w.level, w.collection_id, w.publisher_did, w.obs_id, w.file_name, w.progid, w.target_name, w.s_ra, w.s_dec,
       w.t_min, w.t_max, w.instrument, w.instrument_name, w.region_id)
    IS DISTINCT FROM (d.id, d.level, d.collection_id, d.publisher_did, d.obs_id, d.file_name, d.progid, d.target_name,
       d.s_ra, d.s_dec, d.t_min, d.t_max, d.instrument, d.instrument_name, d.region_id)
UNION ALL
SELECT id FROM archive.dataset AS d
WHERE region_id IS NOT NULL AND NOT EXISTS (SELECT FROM archive.region AS r WHERE r.id = d.region_id)
UNION ALL
SELECT t.id FROM archive.target AS t JOIN archive.region AS r ON r.id = t.id
WHERE NOT r.shape ~ spoint(radians(t.ra), radians(t.dec))
UNION ALL
SELECT g.id FROM archive.granule AS g JOIN archive.region AS r ON r.id = -g.id WHERE r.shape <> g.s_region
"""


@pytest.fixture
def cursor(site: Instance) -> Iterator[Any]:
    """A cursor on the simulated survey with some more exposures; all is undone afterwards."""
    connection = psycopg2.connect(f"host={site.home.sockets} dbname=oivo user=oivo")
    try:
        with connection.cursor() as cursor:
            cursor.execute(fill(300, FIRST, "datasets_test"))
            yield cursor
    finally:
        connection.close()


def wrong(cursor: Any) -> list[Any]:
    cursor.execute(WRONG)
    return list(cursor.fetchall())


def count(cursor: Any, condition: str) -> int:
    cursor.execute(f"SELECT count(*) FROM archive.dataset WHERE {condition}")
    return int(cursor.fetchone()[0])


def test_follows_after_inserts(cursor: Any) -> None:
    assert wrong(cursor) == []
    assert count(cursor, f"id >= {FIRST}") == 297, "those of frames that are gone are not there"
    assert count(cursor, "level > 0") > 40


@pytest.mark.parametrize(
    ("statement", "rows", "condition"),
    [
        ("UPDATE archive.exposure SET prog_id = 'new' WHERE id >= {first}", 297, "progid = 'new'"),
        ("UPDATE archive.exposure SET target_id = NULL WHERE id >= {first}", 297, "target_name LIKE 'Crowd\\_%'"),
        ("UPDATE archive.target SET name = 'new', ra = 1, dec = 2 WHERE id >= {target}", 297, "target_name = 'new'"),
        ("UPDATE archive.frame SET gone = now() WHERE id LIKE 'MIDI.1998%'", 0, "instrument = 'MIDI'"),
        ("UPDATE archive.frame SET gone = NULL WHERE gone IS NOT NULL", 300, "id >= {first}"),
        ("DELETE FROM archive.exposure WHERE id >= {first}", 0, "id >= {first}"),
        ("UPDATE archive.collection SET id = 'renamed' WHERE id = 'datasets_test'", 297, "collection_id = 'renamed'"),
        (
            "UPDATE archive.granule SET target_name = 'new' WHERE id = (SELECT min(id) FROM archive.granule)",
            1,
            "target_name = 'new'",
        ),
        ("UPDATE archive.granule SET s_region = NULL", 0, "region_id < 0"),
        ("UPDATE archive.file SET progid = 'new' WHERE level = 1", None, "progid = 'new'"),
        ("UPDATE archive.file SET md5 = md5('x') WHERE level = 1", 0, "progid = 'new'"),
        ("UPDATE archive.file SET collection_id = 'datasets_test' WHERE level = 1", None, "level = 1 AND {moved}"),
        ("DELETE FROM archive.file WHERE level = 1", 0, "level = 1"),
    ],
)
def test_follows_a_change(cursor: Any, statement: str, rows: int | None, condition: str) -> None:
    numbers = {"first": FIRST, "target": FIRST, "moved": "collection_id = 'datasets_test'"}
    cursor.execute(statement.format(**numbers))
    assert wrong(cursor) == []
    found = count(cursor, condition.format(**numbers))
    assert found > 0 if rows is None else found == rows


def test_a_lost_row_would_be_seen(cursor: Any) -> None:
    cursor.execute("DELETE FROM archive.dataset WHERE id = (SELECT max(id) FROM archive.dataset)")
    assert len(wrong(cursor)) == 1


def test_what_does_not_differ_is_not_written(cursor: Any) -> None:
    cursor.execute("SELECT max(xmin::text::bigint), count(*) FROM archive.dataset WHERE level > 0")
    before = cursor.fetchone()
    cursor.execute("UPDATE archive.granule SET note = 'x'; UPDATE archive.file SET updated = now()")
    cursor.execute("SELECT max(xmin::text::bigint), count(*) FROM archive.dataset WHERE level > 0")
    assert cursor.fetchone() == before


@pytest.mark.parametrize(
    ("ra", "dec"), [(0.0, 0.0), (359.9999, 12.0), (120.0, 89.9999), (10.0, 90.0), (200.0, -90.0), (0.00001, -89.99999)]
)
def test_regions_are_small_squares(cursor: Any, ra: float, dec: float) -> None:
    cursor.execute(
        """SELECT npoints(shape), degrees(circum(shape)), shape ~ spoint(radians(%(ra)s), radians(%(dec)s))
           FROM archive.small_region(%(ra)s, %(dec)s) AS shape""",
        {"ra": ra, "dec": dec},
    )
    corners, outline, inside = cursor.fetchone()
    assert corners == 4
    assert inside
    assert outline == pytest.approx(4 * 2**0.5 * DEFAULT_RADIUS, rel=1e-4)


def test_small_functions_agree_with_python(cursor: Any) -> None:
    from ingest.oifits.names import bands_of
    from ingest.oifits.times import local_night

    for interferometer, longitude in (("VLTI", -70.40498688), ("CHARA", -118.05703131)):
        for mjd in (58484.1, 58484.6, 58484.69, 58484.7, 58484.82, 58484.83, 58485.0):
            cursor.execute("SELECT archive.local_night(%s, %s)", [interferometer, mjd])
            assert cursor.fetchone()[0] == local_night(mjd, longitude)
    for low, high in (
        (1.5, 1.8),
        (1.95, 2.45),
        (2.853, 4.191),
        (2.819, 4.201),
        (2.8, 4.999),
        (7.9, 13.0),
        (0.612, 0.904),
    ):
        cursor.execute("SELECT archive.bands_of(%s, %s)", [low * 1e-6, high * 1e-6])
        inner = [low * 1e-6 + (high - low) * 1e-6 * part / 40 for part in range(1, 40)]
        assert cursor.fetchone()[0] == " ".join(bands_of(inner)), (low, high)
