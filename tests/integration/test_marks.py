"""What pages say of a star's entries in the catalogues: one question a page, answered from an index."""

from collections.abc import Iterator
from typing import Any

import psycopg2.extras
import pytest

from ingest.archive.marks import Mark, mark_at, marks_of_targets
from tests.instances import Instance

NUMBER = 20_000
#: Numbers of targets that no other test has are below this one.
BELOW = -9_000_000


@pytest.fixture(scope="module")
def cursor(empty_site: Instance) -> Iterator[Any]:
    """A cursor in an archive with many entries, none of which stays."""
    connection = empty_site.archive.connect()
    with connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
        cursor.execute(
            """INSERT INTO archive.badcal_report (id, name, ra, dec, reason, submitted, validated, state)
               SELECT 1000000 + n, 'HD ' || n, n * 360.0 / %(number)s, degrees(asin(n * 1.9 / %(number)s - 0.95)),
                   'binary', now(), now(), CASE WHEN n %% 2 = 0 THEN 'accepted' ELSE 'submitted' END
               FROM generate_series(0, %(number)s - 1) AS n;
               INSERT INTO archive.jmdc_star (id, key, name, ra, dec, origin)
               SELECT 1000000 + n, 'star' || n, 'Star ' || n, n * 360.0 / %(number)s,
                   degrees(asin(n * 1.9 / %(number)s - 0.95)), 'edition'
               FROM generate_series(0, %(number)s - 1) AS n;
               INSERT INTO archive.jmdc_measurement (star_id, id1, ld_diam, method, bibcode, state)
               SELECT 1000000 + n, 'Star', 1, 1, '2004A&A...426..601D',
                   CASE WHEN n %% 4 = 0 THEN 'accepted' ELSE 'submitted' END
               FROM generate_series(0, %(number)s - 1) AS n;
               INSERT INTO archive.target (id, name, ra, dec, origin)
               SELECT %(below)s - n, 'T' || n, ra, dec + 3 / 3600.0, 'positions' FROM archive.badcal_report AS r
               CROSS JOIN LATERAL (SELECT r.id - 1000000 AS n) AS m WHERE n BETWEEN 1 AND 200;
               ANALYZE archive.badcal_report; ANALYZE archive.jmdc_star; ANALYZE archive.jmdc_measurement;
               ANALYZE archive.target;""",
            {"number": NUMBER, "below": BELOW},
        )
        yield cursor
        connection.rollback()
    connection.close()


def place(cursor: Any, number: int) -> tuple[float, float]:
    cursor.execute("SELECT ra, dec FROM archive.badcal_report WHERE id = %s", [1_000_000 + number])
    row = cursor.fetchone()
    return row.ra, row.dec


def test_at_a_place(cursor: Any) -> None:
    ra, dec = place(cursor, 5000)
    assert mark_at(cursor, ra, dec) == Mark(((1_005_000, "binary"),), "Star 5000")
    assert mark_at(cursor, ra, dec + 4.9 / 3600) == Mark(((1_005_000, "binary"),), "Star 5000")
    assert mark_at(cursor, ra, dec + 5.1 / 3600) == Mark()
    # published ones only
    assert mark_at(cursor, *place(cursor, 5001)) == Mark()
    assert mark_at(cursor, *place(cursor, 5002)) == Mark(((1_005_002, "binary"),))
    assert mark_at(cursor, None, 1.0) == Mark() == mark_at(cursor, 1.0, None)


def test_of_targets(cursor: Any) -> None:
    found = marks_of_targets(cursor, [*range(BELOW - 200, BELOW), None, 999_999_999])
    assert sorted(found) == list(range(BELOW - 200, BELOW, 2))
    assert found[BELOW - 4] == Mark(((1_000_004, "binary"),), "Star 4") and found[BELOW - 6].star == ""
    assert marks_of_targets(cursor, []) == {} == marks_of_targets(cursor, [None])


class Noted:
    """A cursor that notes what it is asked."""

    def __init__(self, cursor: Any) -> None:
        self.cursor, self.asked = cursor, []

    def execute(self, query: str, parameters: Any = None) -> None:
        self.asked.append((query, parameters))
        self.cursor.execute(query, parameters)

    def fetchall(self) -> Any:
        return self.cursor.fetchall()


def test_one_question_through_the_indexes(cursor: Any) -> None:
    some = range(BELOW - 100, BELOW)
    for ask in (lambda noted: mark_at(noted, 10.0, 10.0), lambda noted: marks_of_targets(noted, some)):
        noted: Any = Noted(cursor)
        ask(noted)
        ((query, parameters),) = noted.asked
        cursor.execute(f"EXPLAIN {query}", parameters)
        plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "badcal_report_q3c" in plan and "jmdc_star_q3c" in plan, plan
        assert "Seq Scan" not in plan, plan
