"""Submissions on a real archive: all or nothing, whatever happens, whoever sends."""

import io
import os
import secrets
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from ingest.access.policy import CURATOR, Visitor
from ingest.archive.connection import ArchiveError
from ingest.archive.files import FileIngest
from ingest.archive.reread import reread_files
from ingest.demo import survey
from ingest.submission import Desk, NotAllowedError, RefusedError
from ingest.submission.desk import key_text, parts_folder
from tests.build import oifits as build
from tests.instances import Instance

CURATOR_PERSON = Visitor(None, None, CURATOR, frozenset(), frozenset())


@pytest.fixture(scope="module")
def files() -> list[tuple[str, bytes]]:
    return [(file.name, file.data) for file in list(survey(date(2026, 1, 1)))[:6]]


@pytest.fixture
def person(empty_site: Instance) -> Callable[..., Visitor]:
    """Make accounts that may submit."""

    def make(role: str = "submitter", alias: str = "") -> Visitor:
        login = f"{secrets.token_hex(6)}@example.org"
        rows = empty_site.sql(
            "INSERT INTO archive.account (login, name, state, role) VALUES (%s, 'Test', 'active', %s) RETURNING id",
            [login, role],
        )
        return Visitor(rows[0].id, login, role, frozenset({alias} if alias else ()), frozenset())

    return make


def new_collection(**more: Any) -> dict[str, Any]:
    return {"id": f"sub-{secrets.token_hex(5)}", "title": "A submission", **more}


def counts(instance: Instance) -> tuple[int, ...]:
    row = instance.sql(
        """SELECT (SELECT count(*) FROM archive.collection) AS c, (SELECT count(*) FROM archive.file) AS f,
                  (SELECT count(*) FROM archive.granule) AS g, (SELECT count(*) FROM archive.correction) AS k"""
    )[0]
    return (row.c, row.f, row.g, row.k)


def test_files_into_a_new_collection(
    empty_site: Instance, person: Callable[..., Visitor], files: list[tuple[str, bytes]]
) -> None:
    visitor = person(alias="ada example")
    desk = Desk(empty_site.home, visitor)
    submission = desk.open(2).id
    for name, content in files:
        (item,) = desk.receive(submission, name, content)
        assert item.state == "checked", item.problem
    assert [problem.field for problem in desk.problems(submission)] == ["collection"]
    description = new_collection(kind="suv", co_pis="B. Sample")
    desk.describe(submission, description)
    assert desk.problems(submission) == []
    before = counts(empty_site)
    saved = desk.save(submission)
    assert set(saved.files) == {name for name, _ in files}
    after = counts(empty_site)
    assert (after[0], after[1]) == (before[0] + 1, before[1] + len(files))
    row = empty_site.sql("SELECT * FROM archive.collection WHERE id = %s", [description["id"]])[0]
    assert (row.owner, row.datapi, row.co_pis) == (visitor.login, "ada example", "B. Sample")
    # embargo of the kind, from the policy
    rights = empty_site.sql(
        """SELECT DISTINCT data_rights FROM archive.granule g JOIN archive.file f ON f.id = file_id
           WHERE collection_id = %s""",
        [description["id"]],
    )
    assert "secure" in {row.data_rights for row in rights}
    # saved again it is the same
    assert desk.save(submission) == saved
    assert counts(empty_site) == after
    with pytest.raises(ArchiveError, match="saved"):
        desk.receive(submission, "late.fits", files[0][1])


def test_one_bad_file_keeps_all_out(
    empty_site: Instance, person: Callable[..., Visitor], files: list[tuple[str, bytes]]
) -> None:
    desk = Desk(empty_site.home, person())
    submission = desk.open(2).id
    desk.describe(submission, new_collection())
    desk.receive(submission, *files[0])
    (bad,) = desk.receive(submission, "bad.fits", files[1][1][:5000])
    assert bad.state == "refused"
    assert bad.problem is not None and "bad.fits" in bad.problem
    before = counts(empty_site)
    with pytest.raises(RefusedError) as error:
        desk.save(submission)
    assert [problem.file for problem in error.value.problems] == ["bad.fits"]
    assert counts(empty_site) == before
    desk.remove(submission, bad.id)
    assert len(desk.save(submission).files) == 1


def test_conflict_found_while_saving_keeps_all_out(
    empty_site: Instance, person: Callable[..., Visitor], files: list[tuple[str, bytes]]
) -> None:
    visitor = person()
    desk = Desk(empty_site.home, visitor)
    first = desk.open(2).id
    description = new_collection()
    desk.describe(first, description)
    desk.receive(first, *files[0])
    desk.save(first)
    second = desk.open(2).id
    desk.choose(second, description["id"])
    desk.receive(second, *files[1])
    desk.receive(second, files[0][0], files[2][1])  # the name is taken, by another content
    before = counts(empty_site)
    with pytest.raises(RefusedError, match="another file of this name"):
        desk.save(second)
    assert counts(empty_site) == before


def test_corrections_win_and_survive_rereading(
    empty_site: Instance, person: Callable[..., Visitor], files: list[tuple[str, bytes]]
) -> None:
    desk = Desk(empty_site.home, person())
    submission = desk.open(2).id
    description = new_collection()
    desk.describe(submission, description)
    (item,) = desk.receive(submission, *files[0])
    assert item.report is not None
    key = key_text(item.report["granules"][0])
    with pytest.raises(RefusedError) as error:
        desk.correct(submission, item.id, {"quality_level": "9"}, {key: {"s_ra": "400"}, "7|NO|1": {"note": "x"}})
    assert {problem.field for problem in error.value.problems} == {"quality_level", "s_ra", "granules"}
    desk.correct(
        submission,
        item.id,
        {"progid": "0110.X-0001(B)", "quality_level": "4"},
        {key: {"target_name": "HD 99999", "s_ra": "10.5", "s_dec": "-20.25", "instrument_mode": "GRISM-H"}},
    )
    saved = desk.save(submission)
    query = """SELECT progid, quality_level, target_name, s_ra, s_dec, instrument_mode, s_region FROM oidb.oidb
               WHERE obs_collection = %s ORDER BY id LIMIT 1"""
    row = empty_site.sql(query, [description["id"]])[0]
    assert row[:6] == ("0110.X-0001(B)", 4, "HD 99999", 10.5, -20.25, "GRISM-H")
    ingest = FileIngest(desk.archive, desk.store, "", 1, datetime.now(UTC), "oivo.example")
    assert all(done.error is None for done in reread_files(ingest, desk.max_bytes))
    assert empty_site.sql(query, [description["id"]])[0] == row
    assert saved.files


def test_a_zip_gives_its_files(empty_site: Instance, person: Callable[..., Visitor], files: list[Any]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files[:3]:
            archive.writestr(f"folder/{name}", content)
        archive.writestr("../evil.fits", files[0][1])
        archive.writestr("notes.txt", "no data")
    desk = Desk(empty_site.home, person())
    items = desk.receive(desk.open(1).id, "all.zip", packed.getvalue())
    assert [item.state for item in items] == ["checked"] * 3 + ["refused"] * 2
    assert items[0].name == files[0][0]
    assert "leads out" in (items[3].problem or "")


def test_parts_go_on_where_they_stopped(empty_site: Instance, person: Callable[..., Visitor], files: list[Any]) -> None:
    name, content = files[0]
    desk = Desk(empty_site.home, person())
    submission = desk.open(1).id
    item = desk.announce(submission, name, len(content))
    half = len(content) // 2
    assert desk.append(submission, item.id, 0, content[:half]).state == "awaited"
    again = desk.announce(submission, name, len(content))
    assert (again.id, desk.arrived(again)) == (item.id, half)
    with pytest.raises(Exception, match=f"go on at {half}"):
        desk.append(submission, item.id, 0, content[:half])
    assert desk.append(submission, item.id, half, content[half:]).state == "checked"


def test_a_file_whose_end_was_not_read_is_finished(
    empty_site: Instance, person: Callable[..., Visitor], files: list[Any]
) -> None:
    """The server was killed between the last byte and the reading."""
    name, content = files[0]
    desk = Desk(empty_site.home, person())
    submission = desk.open(1).id
    item = desk.announce(submission, name, len(content))
    desk.append(submission, item.id, 0, content[:-1])
    part = parts_folder(empty_site.home) / f"{item.id}.part"
    part.write_bytes(content)
    assert desk.announce(submission, name, len(content)).state == "checked"
    assert not part.exists()


def test_tidy_takes_parts_that_nobody_sends_and_spares_others(
    empty_site: Instance, person: Callable[..., Visitor], files: list[Any]
) -> None:
    name, content = files[0]
    desk = Desk(empty_site.home, person())
    submission = desk.open(1).id
    waiting = desk.announce(submission, name, len(content))
    desk.append(submission, waiting.id, 0, content[:100])
    folder = parts_folder(empty_site.home)
    kept, lost = folder / f"{waiting.id}.part", folder / "999999999.part"
    lost.write_bytes(b"x")
    for path in (kept, lost):
        os.utime(path, (time.time() - 7200,) * 2)
    empty_site.oivo("jobs", "run", "tidy")
    assert (kept.exists(), lost.exists()) == (True, False)


def test_saving_keeps_old_bytes_from_tidy(
    empty_site: Instance, person: Callable[..., Visitor], files: list[Any]
) -> None:
    desk = Desk(empty_site.home, person())
    submission = desk.open(2).id
    desk.describe(submission, new_collection())
    (item,) = desk.receive(submission, *files[1])
    assert item.sha256 is not None
    path = desk.store.path(item.sha256)
    os.utime(path, (0, 0))
    desk.save(submission)
    assert path.stat().st_mtime > time.time() - 600


def test_duplicates_are_told(empty_site: Instance, person: Callable[..., Visitor], files: list[Any]) -> None:
    desk = Desk(empty_site.home, person())
    first = desk.open(2).id
    description = new_collection()
    desk.describe(first, description)
    desk.receive(first, *files[3])
    desk.save(first)
    second = desk.open(2).id
    (item,) = desk.receive(second, "renamed.fits", files[3][1])
    (twin,) = desk.receive(second, "twin.fits", files[3][1])
    told = desk.duplicates(second)
    assert any(description["id"] in place for place in told[item.id])
    assert "renamed.fits in this submission" in told[twin.id]


def test_only_its_people_get_at_a_submission(
    empty_site: Instance, person: Callable[..., Visitor], files: list[Any]
) -> None:
    owner, other, reader = person(), person(), person("reader")
    desk = Desk(empty_site.home, owner)
    submission = desk.open(2).id
    description = new_collection()
    desk.describe(submission, description)
    desk.receive(submission, *files[0])
    desk.save(submission)
    with pytest.raises(NotAllowedError):
        Desk(empty_site.home, reader)
    strange = Desk(empty_site.home, other)
    with pytest.raises(ArchiveError, match="no such submission"):
        strange.see(submission)
    mine = strange.open(2).id
    with pytest.raises(NotAllowedError, match="may not add"):
        strange.choose(mine, description["id"])
    assert Desk(empty_site.home, CURATOR_PERSON).see(submission).id == submission


def test_published_data_need_their_article(
    empty_site: Instance, person: Callable[..., Visitor], files: list[Any]
) -> None:
    desk = Desk(empty_site.home, person())
    submission = desk.open(3).id
    desk.receive(submission, *files[0])
    desk.describe(submission, new_collection())
    assert [problem.field for problem in desk.problems(submission)] == ["article_bibcode"]
    desk.describe(submission, new_collection(article_bibcode="2019A&A...622A..96L"))
    assert len(desk.save(submission).files) == 1


BAD_DESCRIPTIONS = [
    ({"title": ""}, "title"),
    ({"title": "T", "id": "../x"}, "collection"),
    ({"title": "T", "kind": "eso"}, "kind"),
    ({"title": "T", "article_bibcode": "short"}, "collection"),
    ({"title": "T", "release_date": "soon"}, "release_date"),
    ({"title": "T", "owner": "root@example.org"}, "owner"),
]


@pytest.mark.parametrize(("description", "field"), BAD_DESCRIPTIONS)
def test_descriptions_that_cannot_be(
    empty_site: Instance, person: Callable[..., Visitor], description: dict[str, Any], field: str
) -> None:
    desk = Desk(empty_site.home, person())
    with pytest.raises(RefusedError) as error:
        desk.describe(desk.open(2).id, description)
    assert error.value.problems[0].field == field


_KILLED = """
import sys
from ingest.access.policy import CURATOR, Visitor
from ingest.home import Home
from ingest.submission import Desk
desk = Desk(Home.from_environment(), Visitor(None, None, CURATOR, frozenset(), frozenset()))
print("ready", flush=True)
print(desk.save(sys.argv[1]), flush=True)
"""


def test_killed_at_any_moment_it_is_all_or_nothing(empty_site: Instance, files: list[Any]) -> None:
    outcomes = set()
    for number in range(8):
        desk = Desk(empty_site.home, CURATOR_PERSON)
        submission = desk.open(2).id
        description = new_collection()
        desk.describe(submission, description)
        for name, content in files:
            desk.receive(submission, name, content)
        process = subprocess.Popen(
            [sys.executable, "-c", _KILLED, submission], stdout=subprocess.PIPE, env=empty_site.environment
        )
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        time.sleep(number * 0.04)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        # one query: the server may be about to end the transaction whose client is gone
        held = empty_site.sql(
            """SELECT (SELECT count(*) FROM archive.file WHERE collection_id = %(id)s) AS n,
                   (SELECT count(*) FROM archive.collection WHERE id = %(id)s) AS c""",
            {"id": description["id"]},
        )
        assert (held[0].n, held[0].c) in ((0, 0), (len(files), 1))
        outcomes.add(held[0].n)
        assert len(desk.save(submission).files) == len(files)
    assert 0 in outcomes


def test_twenty_at_once_lose_nothing(empty_site: Instance, person: Callable[..., Visitor]) -> None:
    shared = new_collection()
    opener = Desk(empty_site.home, CURATOR_PERSON)
    first = opener.open(2).id
    opener.describe(first, shared)
    opener.receive(first, "first.fits", build.sound(cards={"OBJECT": "first"}))
    opener.save(first)

    def submit(number: int) -> str:
        desk = Desk(empty_site.home, CURATOR_PERSON)
        submission = desk.open(2).id
        desk.choose(submission, shared["id"])
        for part in range(2):
            desk.receive(submission, f"s{number}-{part}.fits", build.sound(cards={"OBJECT": f"{number} {part}"}))
        desk.save(submission)
        return submission

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(submit, range(20)))) == 20
    held = empty_site.sql("SELECT count(*) AS n FROM archive.file WHERE collection_id = %s", [shared["id"]])
    assert held[0].n == 41
