"""Targets in the archive: identified, merged, split again; rulings by the command line."""

import random
from collections.abc import Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import unquote_plus

import psycopg2.extras
import pytest

from ingest.archive.connection import Cursor
from ingest.archive.rulings import RulingError, rule, undo
from ingest.archive.targets import TargetChanges, identify_targets
from ingest.targets import Star
from ingest.targets.sesame import ResolverError, resolver_at
from tests.instances import Instance

ARCSEC = 1 / 3600
#: Name, RA, DEC, REF: deg.
Row = tuple[str, float | None, float | None, float | None, float | None]


@pytest.fixture
def cursor(empty_site: Instance) -> Any:
    """A cursor on an archive without exposures; what a test writes is rolled back."""
    connection = empty_site.archive.connect()
    try:
        with connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
            cursor.execute("DELETE FROM archive.exposure")
            yield cursor
        connection.rollback()
    finally:
        connection.close()


def add(cursor: Cursor, rows: Sequence[Row], prefix: str = "TEST", mjd: float = 58500.0) -> None:
    cursor.execute(
        """INSERT INTO archive.collection (id, kind, name, title) VALUES ('targets', 'eso', 't', 't')
           ON CONFLICT DO NOTHING"""
    )
    cursor.execute(
        """INSERT INTO archive.observation (key, interferometer, told_by) VALUES ('targets', 'VLTI', 'test')
           ON CONFLICT (key) DO UPDATE SET told_by = 'test' RETURNING id"""
    )
    observation = cursor.fetchone()[0]  # type: ignore[index]
    for number, row in enumerate(rows):
        name = f"{prefix}.{number}"
        cursor.execute(
            "INSERT INTO archive.frame (id, source, instrument, header_state) VALUES (%s, 'disk', 'PIONIER', 'none')",
            [name],
        )
        cursor.execute(
            """INSERT INTO archive.exposure (exp_id, header_id, publisher_did, collection_id, observation_id,
                   interferometer, instrument, obs_type, mjd_start, mjd_end, validation_level, date_updated,
                   raw_target, ra, dec, ref_ra, ref_dec)
               VALUES (%s || '_1', %s, 'ivo://test/' || %s, 'targets', %s, 'VLTI', 'PIONIER', 'science', %s, %s, 1,
                   '2020-01-01', %s, %s, %s, %s, %s)""",
            [name, name, name, observation, mjd, mjd + 0.01, *row],
        )


def state(cursor: Cursor) -> dict[str, tuple[int | None, str | None]]:
    """Target of each exposure: identifier and name."""
    cursor.execute(
        """SELECT e.exp_id, e.target_id, t.name
           FROM archive.exposure AS e LEFT JOIN archive.target AS t ON t.id = e.target_id ORDER BY e.id"""
    )
    return {row.exp_id: (row.target_id, row.name) for row in cursor.fetchall()}


def ids(cursor: Cursor) -> list[int | None]:
    return [target for target, _ in state(cursor).values()]


def updated(cursor: Cursor) -> int:
    cursor.execute("SELECT count(*) FROM archive.exposure WHERE date_updated > '2020-01-01'")
    row = cursor.fetchone()
    assert row is not None
    cursor.execute("UPDATE archive.exposure SET date_updated = '2020-01-01'")
    return int(row[0])


ACHERNAR: list[Row] = [
    ("ACHERNAR", 24.427067, -57.23689, 24.4285, -57.236753),
    ("alp_Eri", 24.429117, -57.23689, 24.4285, -57.236753),
    ("ALP_ERI", 24.428, -57.23689, None, None),
]
#: Two names that nobody knows, 72 arcsec apart.
STRANGERS: list[Row] = [("Foo 1", 10.0, 10.0, None, None)] * 3 + [("Bar 2", 10.02, 10.0, None, None)] * 2


def test_identification(cursor: Cursor) -> None:
    add(cursor, [*ACHERNAR, ("STD", -596.52, -596.52, None, None), ("", 50.0, 50.0, None, None)])
    changes = identify_targets(cursor)
    assert changes == TargetChanges(targets=2, made=2, changed=0, retired=0, revived=0, exposures=4)
    assert [name for _, name in state(cursor).values()] == ["alf Eri"] * 3 + [None, "J03200000+5000000"]
    cursor.execute("SELECT * FROM archive.target WHERE name = 'alf Eri'")
    target = cursor.fetchone()
    assert target is not None
    assert (target.ra, target.dec) == pytest.approx((24.428523, -57.236753))
    assert (target.pm_ra, target.pm_dec, target.origin) == (87.0, -38.2, "catalogue")
    cursor.execute("SELECT raw_name, key, nb FROM archive.target_alias WHERE target_id = %s ORDER BY 1", [target.id])
    assert [tuple(row) for row in cursor.fetchall()] == [
        ("ACHERNAR", "ACHERNAR", 1),
        ("ALP_ERI", "alf Eri", 1),
        ("alp_Eri", "alf Eri", 1),
    ]


def test_the_raw_name_and_position_stay(cursor: Cursor) -> None:
    add(cursor, ACHERNAR)
    identify_targets(cursor)
    cursor.execute("SELECT raw_target, ra, dec, ref_ra, ref_dec FROM archive.exposure ORDER BY id")
    assert [tuple(row) for row in cursor.fetchall()] == ACHERNAR


def test_again_changes_nothing(cursor: Cursor) -> None:
    add(cursor, [*ACHERNAR, *STRANGERS])
    identify_targets(cursor)
    assert updated(cursor) == 8
    before = state(cursor)
    assert identify_targets(cursor) == TargetChanges(3, 0, 0, 0, 0, 0)
    assert state(cursor) == before
    assert updated(cursor) == 0


def test_more_exposures_touch_only_their_target(cursor: Cursor) -> None:
    add(cursor, [*ACHERNAR, *STRANGERS])
    identify_targets(cursor)
    before = state(cursor)
    updated(cursor)
    add(cursor, [("Foo_1", 10.0 + 2 * ARCSEC, 10.0, None, None)] * 4, "MORE")
    changes = identify_targets(cursor)
    # the middle of its positions moved
    assert changes == TargetChanges(3, made=0, changed=1, retired=0, revived=0, exposures=4)
    after = state(cursor)
    assert {name: after[name] for name in before} == before
    assert updated(cursor) == 7


def test_any_order_of_harvest_gives_the_same_targets(cursor: Cursor) -> None:
    rows = [*ACHERNAR, *STRANGERS, ("HD 9", 10.02, 10.0, 10.02, 10.0), ("", 10.0, 10.0, None, None)]
    found = set()
    for seed in range(3):
        cursor.execute("DELETE FROM archive.exposure")
        cursor.execute("DELETE FROM archive.frame")
        shuffled = random.Random(seed).sample(rows, len(rows))
        for number, row in enumerate(shuffled):
            add(cursor, [row], f"ROW{number}")
            if number % (seed + 2) == 0:
                identify_targets(cursor)
        identify_targets(cursor)
        cursor.execute(
            """SELECT t.name, t.ra, t.dec, t.origin, t.scatter,
                   array_agg((a.raw_name, a.key, a.nb, a.separation) ORDER BY a.raw_name)::text
               FROM archive.target AS t LEFT JOIN archive.target_alias AS a ON a.target_id = t.id
               WHERE merged_into IS NULL GROUP BY t.id ORDER BY t.name, t.ra"""
        )
        found.add(str([tuple(row) for row in cursor.fetchall()]))
    assert len(found) == 1


def test_a_merge_is_undone(cursor: Cursor) -> None:
    add(cursor, STRANGERS)
    identify_targets(cursor)
    before = state(cursor)
    number = rule(cursor, "together", "Foo_1", "bar 2", "the same source in two papers")
    assert identify_targets(cursor) == TargetChanges(1, 0, changed=0, retired=1, revived=0, exposures=2)
    merged = ids(cursor)
    assert merged == [ids(cursor)[0]] * 5
    cursor.execute("SELECT id, merged_into FROM archive.target WHERE merged_into IS NOT NULL")
    assert [tuple(row) for row in cursor.fetchall()] == [(before["TEST.3_1"][0], merged[0])]
    undo(cursor, number)
    changes = identify_targets(cursor)
    assert (changes.targets, changes.made, changes.revived, changes.exposures) == (2, 0, 1, 2)
    assert state(cursor) == before
    cursor.execute("SELECT count(*) FROM archive.target WHERE merged_into IS NOT NULL")
    assert cursor.fetchone()[0] == 0  # type: ignore[index]


def test_what_the_rules_merged_is_kept_apart_by_a_ruling(cursor: Cursor) -> None:
    add(cursor, ACHERNAR)
    identify_targets(cursor)
    (first, _, _) = ids(cursor)
    number = rule(cursor, "apart", "Achernar", "alf Eri", "to see it split")
    assert identify_targets(cursor).targets == 2
    split = ids(cursor)
    # the larger part keeps the identifier
    assert split[1] == split[2] == first
    assert split[0] != first
    undo(cursor, number)
    assert identify_targets(cursor).retired == 1
    assert ids(cursor) == [first] * 3


def test_a_chain_of_merges_is_flat(cursor: Cursor) -> None:
    add(cursor, [*STRANGERS, *[("Third", 10.04, 10.0, None, None)] * 9])
    identify_targets(cursor)
    rule(cursor, "together", "Foo 1", "Bar 2", "first")
    identify_targets(cursor)
    rule(cursor, "together", "Foo 1", "Third", "second")
    identify_targets(cursor)
    cursor.execute("SELECT DISTINCT merged_into FROM archive.target WHERE merged_into IS NOT NULL")
    assert [row[0] for row in cursor.fetchall()] == [ids(cursor)[-1]]
    assert len(set(ids(cursor))) == 1


def test_targets_of_removed_exposures_are_forgotten(cursor: Cursor) -> None:
    add(cursor, STRANGERS)
    identify_targets(cursor)
    cursor.execute("DELETE FROM archive.exposure WHERE raw_target = 'Bar 2'")
    assert identify_targets(cursor).targets == 1
    cursor.execute("SELECT name FROM archive.target")
    assert [row.name for row in cursor.fetchall()] == ["Foo 1"]


def test_dual_fields_are_told_by_their_offset(cursor: Cursor) -> None:
    place = (81.7, 11.43, 81.7, 11.43)
    add(cursor, [("Bright", *place), ("Faint", *place), ("Third", *place)])
    cursor.execute(
        """UPDATE archive.exposure SET ft_object = 'Bright', sc_object = 'Faint', sc_offset_ra = -2051,
               sc_offset_dec = 169 WHERE raw_target <> 'Third'"""
    )
    identify_targets(cursor)
    assert len(set(ids(cursor))) == 3
    # typed differently, and no offset: one star
    cursor.execute("UPDATE archive.exposure SET sc_offset_ra = 0, sc_offset_dec = 0")
    identify_targets(cursor)
    assert len(set(ids(cursor))) == 1


@pytest.mark.parametrize(
    ("first", "second", "reason", "said"),
    [
        ("STD", "Foo", "x", "'STD' names no target"),
        ("ALP_ERI", "Alpha Eridani", "x", "the same name"),
        ("Foo", "Bar", " ", "needs a reason"),
    ],
)
def test_rulings_that_cannot_be(cursor: Cursor, first: str, second: str, reason: str, said: str) -> None:
    with pytest.raises(RulingError, match=said):
        rule(cursor, "together", first, second, reason)


def test_a_ruling_is_replaced(cursor: Cursor) -> None:
    assert rule(cursor, "together", "Foo 1", "Bar 2", "first") == rule(cursor, "apart", "bar_2", "foo_1", "no")
    with pytest.raises(RulingError, match="there is no ruling 0"):
        undo(cursor, 0)


# The resolver ----------------------------------------------------------------------------------------------------


class _Sesame(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []
    CI_TAU = (
        "# CI Tau\t#Q1\n#=S=Simbad (via url):    1\n%C TT*\n%C.0 TTau*\n"
        "%J 68.46671 +22.84169 = 04:33:52.01 +22:50:30.1\n"
        "%P 8.896 -17.058 [0.045 0.030 90] 2020yCat.1350....0G\n%I.0 V* CI Tau\n"
    )

    def do_GET(self) -> None:
        name = unquote_plus(self.path.rpartition("?")[2])
        self.asked.append(name)
        body = self.CI_TAU if name in ("CI Tau", "HARO6-25") else f"# {name}\t#Q1\n#!SsNothing found\n"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments: object) -> None:
        return


@contextmanager
def sesame() -> Any:
    _Sesame.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sesame)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


YOUNG: list[Row] = [
    ("V CI Tau", 68.4667, 22.8417, None, None),
    ("Haro_6-25", 68.4669, 22.8416, None, None),
    ("Foo 1", 10.0, 10.0, None, None),
    ("ACHERNAR", 24.4285, -57.2367, None, None),
]


def test_the_resolver_is_asked_once_for_each_name(cursor: Cursor) -> None:
    add(cursor, YOUNG)
    with sesame() as base:
        changes = identify_targets(cursor, resolver_at(base))
        assert sorted(_Sesame.asked) == ["CI Tau", "FOO1", "HARO6-25"]
        assert changes.targets == 3
        identify_targets(cursor, resolver_at(base))
        assert len(_Sesame.asked) == 3
    cursor.execute("SELECT name, ra, dec, pm_ra, pm_dec, origin FROM archive.target WHERE origin = 'resolver'")
    assert [tuple(row) for row in cursor.fetchall()] == [("CI Tau", 68.46671, 22.84169, 8.896, -17.058, "resolver")]
    # what was answered holds without it, too
    assert identify_targets(cursor).exposures == 0


def test_a_resolver_that_fails_is_no_obstacle(cursor: Cursor) -> None:
    asked = []

    def broken(name: str) -> Star | None:
        asked.append(name)
        raise ResolverError("the name resolver does not answer")

    add(cursor, YOUNG)
    assert identify_targets(cursor, broken).targets == 4
    assert len(asked) == 1


# The command line ------------------------------------------------------------------------------------------------


def test_commands(empty_site: Instance) -> None:
    with empty_site.archive.transaction() as cursor:
        add(
            cursor, [("Command X", 200.0, -80.0, None, None)] * 2 + [("Command Y", 200.1, -80.0, None, None)], "COMMAND"
        )

    def targets(*arguments: str, check: bool = True) -> str:
        done = empty_site.oivo("obsportal", "targets", *arguments, check=check)
        return done.stdout + done.stderr

    try:
        assert "2 new" in targets("identify")
        assert "Command X" in targets("list", "--like", "command x")
        assert "Command Y" not in targets("list", "--like", "command_x")
        said = targets("together", "Command X", "COMMAND_Y", "--reason", "they are")
        number = said.split()[1]
        assert "1 merged into others" in said
        assert "Command Y" in targets("show", "command x")
        assert "now part of target" in targets("show", "command y")
        assert "they are" in targets("rulings")
        assert "1 split off again" in targets("undo", number)
        assert "they are" not in targets("rulings")
        assert f"there is no ruling {number}" in targets("undo", number, check=False)
        assert "no target is called 'nobody here'" in targets("show", "nobody here", check=False)
    finally:
        with empty_site.archive.transaction() as cursor:
            cursor.execute("DELETE FROM archive.exposure WHERE exp_id LIKE 'COMMAND%'")
            identify_targets(cursor)
