"""The harvest of ESO's archive against its stand-in: complete, nothing twice, whatever fails or is killed."""

import gzip
import io
import random
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import zstandard

from ingest.archive.packs import read_text
from ingest.demo.headers import SimulatedFrame, demo_chara_log, demo_frames
from ingest.eso.client import Manners
from ingest.eso.frames import may_be_exposure
from tests.clusters import bare_instance
from tests.instances import PYTHON, Instance
from tests.standins.eso import EsoStandin, header_page

TODAY = date.today()
#: Fifteen months, in which the simulated survey has some nights: a harvest of 48 slices.
SINCE = datetime(TODAY.year - 1, TODAY.month, 1, tzinfo=UTC) - timedelta(days=75)
#: Later than every change in the stand-in.
LATER = datetime.now(UTC)
#: A sync that commits every few headers, so that it can be killed between them.
FEW = "import ingest.harvest.headers as h; h.BATCH = 7; from ingest.cli import main; main(['obsportal', 'sync'])"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with bare_instance(tmp_path_factory.mktemp("harvest")) as instance:
        yield instance


@pytest.fixture
def instance(cluster: Instance, monkeypatch: pytest.MonkeyPatch) -> Instance:
    """An empty archive, and settings for a short harvest."""
    empty(cluster)
    for name, value in {
        "NO_PROXY": "127.0.0.1",
        "OIVO_ESO_SINCE": f"{SINCE:%Y-%m-%d}",
        "OIVO_ESO_INSTRUMENTS": "PIONIER GRAVITY MATISSE",
        "OIVO_ESO_TRIES": "2",
    }.items():
        monkeypatch.setenv(name, value)
    # how long the pauses are is the subject of tests/unit/eso; here nobody waits
    monkeypatch.setattr("ingest.harvest.sync.Manners", partial(Manners, first_pause=0, longest_pause=0))
    return cluster


def empty(instance: Instance) -> None:
    instance.sql(
        """TRUNCATE archive.exposure, archive.baseline, archive.observation, archive.target, archive.target_alias,
           archive.frame, archive.header_pack, archive.harvest, archive.collection, archive.journal CASCADE"""
    )


@pytest.fixture(scope="module")
def frames() -> list[SimulatedFrame]:
    return [frame for frame in demo_frames(TODAY) if frame.record.exp_start >= SINCE]


@pytest.fixture
def eso(frames: list[SimulatedFrame], monkeypatch: pytest.MonkeyPatch) -> Iterator[EsoStandin]:
    with EsoStandin([(frame.record, frame.text) for frame in frames]) as standin:
        monkeypatch.setenv("OIVO_ESO_TAP_URL", standin.tap_url)
        monkeypatch.setenv("OIVO_ESO_HEADER_URL", standin.header_url)
        yield standin


def wanted(frames: list[SimulatedFrame]) -> set[str]:
    return {frame.dp_id for frame in frames if may_be_exposure(frame.record)}


def sync(instance: Instance, *options: str, check: bool = True) -> str:
    done = instance.oivo("obsportal", "sync", *options, check=check)
    return done.stdout + done.stderr


TABLES = {
    "frame": """SELECT id, source, instrument, exp_start, release_date, last_mod_date, record, header_state, attempts,
                    problem, pack_length, not_exposure, encode(header_digest, 'hex') AS digest,
                    gone IS NOT NULL AS is_gone FROM archive.frame ORDER BY id""",
    "exposure": """SELECT to_jsonb(e) - '{id,publisher_did,observation_id,target_id,date_updated,subdate}'::text[]
                       AS content, o.key, t.name AS target
                   FROM archive.exposure AS e JOIN archive.observation AS o ON o.id = e.observation_id
                   LEFT JOIN archive.target AS t ON t.id = e.target_id ORDER BY exp_id""",
    "baseline": """SELECT e.exp_id, to_jsonb(b) - 'exposure_id' AS content
                   FROM archive.baseline AS b JOIN archive.exposure AS e ON e.id = b.exposure_id
                   ORDER BY exp_id, number""",
    "observation": "SELECT to_jsonb(o) - 'id' AS content FROM archive.observation AS o ORDER BY key",
    "target": "SELECT name, ra, dec, origin FROM archive.target WHERE merged_into IS NULL ORDER BY name, ra",
    "harvest": """SELECT slice, state, last_mod_date, last_id, counted, held FROM archive.harvest
                  WHERE slice NOT LIKE 'increment %%' ORDER BY slice""",
    "collection": "SELECT id, kind FROM archive.collection ORDER BY id",
}


def snapshot(instance: Instance) -> dict[str, list[Any]]:
    """Everything but moments and numbers that depend on the order of arrival."""
    return {name: instance.sql(query, []) for name, query in TABLES.items()}


def identities(instance: Instance) -> list[Any]:
    """What must stay when nothing changes at the source."""
    return instance.sql(
        """SELECT id, publisher_did, exp_id, observation_id, target_id, date_updated, subdate
           FROM archive.exposure ORDER BY id"""
    )


def one(instance: Instance, query: str, *parameters: Any) -> Any:
    return instance.sql(query, list(parameters))[0][0]


def test_a_sync_is_complete(instance: Instance, eso: EsoStandin, frames: list[SimulatedFrame]) -> None:
    said = sync(instance)
    assert f"{len(frames)} new frames" in said
    assert {row.id for row in snapshot(instance)["frame"]} == {frame.dp_id for frame in frames}
    needed = wanted(frames)
    assert len(needed) > 40
    assert dict(eso.served) == dict.fromkeys(needed, 1), "each header once, and no other"
    kept = instance.sql("SELECT id FROM archive.frame WHERE header_state = 'kept'")
    assert {row.id for row in kept} == needed
    with instance.archive.transaction() as cursor:
        for frame in frames:
            expected = "\n".join(line.rstrip() for line in frame.text.splitlines())
            assert read_text(cursor, frame.dp_id) == (expected if frame.dp_id in needed else None)
    exposures = instance.sql("SELECT * FROM archive.exposure")
    assert len(exposures) > 40
    for row in exposures:
        assert row.exp_id == f"{row.header_id}_1"
        assert row.publisher_did == f"ivo://oivo.example/~?oidb/{row.id}"
        assert row.release_date is not None
        assert row.target_id is not None
        assert row.collection_id == "eso_vlti_import"
    assert one(instance, "SELECT count(*) FROM archive.baseline") >= 3 * len(exposures)
    assert all("oivo" in agent and "operator@example.org" in agent for agent in eso.agents)


def test_a_second_sync_changes_nothing_and_asks_for_no_header(instance: Instance, eso: EsoStandin) -> None:
    sync(instance)
    before, ids, asked = snapshot(instance), identities(instance), eso.asked.copy()
    eso.queries.clear()
    assert "0 new frames, 0 changed; 0 headers" in sync(instance)
    assert (snapshot(instance), identities(instance), eso.asked) == (before, ids, asked)
    assert len(eso.queries) < 60, "the months are not asked for again"


def test_killed_at_random_moments_it_ends_in_the_same_archive(
    instance: Instance, eso: EsoStandin, frames: list[SimulatedFrame]
) -> None:
    sync(instance)
    expected = snapshot(instance)
    empty(instance)
    eso.asked.clear()
    eso.delay = 0.01
    dice = random.Random(4)
    states = []
    for _ in range(9):
        kept = {row.id for row in instance.sql("SELECT id FROM archive.frame WHERE header_state = 'kept'")}
        asked = {name: eso.asked[name] for name in kept}
        kill_after(instance, eso, dice.randint(3, 70))
        assert all(eso.asked[name] == times for name, times in asked.items()), "asked again for what was committed"
        states.append(len(kept))
    assert any(0 < held < len(wanted(frames)) for held in states), "no kill hit the headers"
    sync(instance)
    assert snapshot(instance) == expected
    assert (
        one(
            instance,
            "SELECT count(*) FROM archive.header_pack AS p WHERE NOT EXISTS"
            " (SELECT FROM archive.frame WHERE pack_id = p.id)",
        )
        == 0
    )


def kill_after(instance: Instance, eso: EsoStandin, requests: int) -> None:
    """Kill a sync when the stand-in has seen so many requests, in the middle of whatever it does then."""
    goal = len(eso.queries) + eso.asked.total() + requests
    process = subprocess.Popen(
        [sys.executable, "-c", FEW],
        env=instance.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while len(eso.queries) + eso.asked.total() < goal and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_ctrl_c_is_clean(instance: Instance, eso: EsoStandin) -> None:
    eso.delay = 0.3
    process = subprocess.Popen(
        [PYTHON, "-m", "ingest", "obsportal", "sync"],
        env=instance.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a shell that started the tests in the background made its children ignore it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    end = time.monotonic() + 60
    while eso.served.total() < 10 and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 130, complaint
    assert complaint.strip() == "oivo: interrupted; call again to go on"
    kept = one(instance, "SELECT count(*) FROM archive.frame WHERE header_state = 'kept'")
    assert kept >= 8, "what had come was written"


def test_failures_of_the_archive_are_sat_out(
    instance: Instance, eso: EsoStandin, frames: list[SimulatedFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIVO_ESO_TRIES", "3")
    sync(instance)
    expected = snapshot(instance)
    empty(instance)
    eso.served.clear()
    for kind in ("reset", "error page", "wrong frame", "cut", "short", "429", "500"):
        eso.failures[kind] = 1
    for kind in ("tap reset", "tap error page", "tap cut", "tap 500"):
        eso.failures[kind] = 1
    monkeypatch.setenv("OIVO_ESO_TRIES", "9")
    sync(instance)
    assert snapshot(instance) == expected


def test_a_header_that_fails_is_put_off_and_holds_up_nobody(
    instance: Instance, eso: EsoStandin, frames: list[SimulatedFrame]
) -> None:
    bad = sorted(wanted(frames))[7]
    good, eso.texts[bad] = eso.texts[bad], eso.texts[bad].replace("ARCFILE", "NOTHING")
    said = sync(instance)
    assert "1 put off" in said and bad in said
    row = instance.sql("SELECT * FROM archive.frame WHERE id = %s", [bad])[0]
    assert (row.header_state, row.attempts) == ("wanted", 1)
    assert "unnamed frame" in row.problem
    assert row.retry_after > datetime.now(UTC) + timedelta(minutes=30)
    assert one(instance, "SELECT count(*) FROM archive.frame WHERE header_state = 'kept'") == len(wanted(frames)) - 1
    assert "put off" in instance.oivo("obsportal", "status").stdout
    eso.texts[bad] = good
    asked = eso.asked[bad]
    sync(instance)
    assert eso.asked[bad] == asked, "it is not time yet"
    instance.sql("UPDATE archive.frame SET retry_after = now() WHERE id = %s", [bad])
    sync(instance)
    row = instance.sql("SELECT * FROM archive.frame WHERE id = %s", [bad])[0]
    assert (row.header_state, row.attempts, row.problem) == ("kept", 0, None)


def test_a_service_that_is_down_ends_the_sync(instance: Instance, eso: EsoStandin) -> None:
    eso.chance["error page"] = 1.0
    said = sync(instance, check=False)
    assert "no good answer" in said
    assert one(instance, "SELECT count(*) FROM archive.frame WHERE attempts > 0") <= 60


def test_late_rows_and_changed_release_dates(instance: Instance, eso: EsoStandin, frames: list[SimulatedFrame]) -> None:
    late = next(frame for frame in frames if frame.dp_id in wanted(frames))
    changed = next(frame for frame in reversed(frames) if frame.dp_id in wanted(frames))
    eso.remove(late.dp_id)
    sync(instance)
    before = {row.exp_id: row for row in identities(instance)}
    assert f"{late.dp_id}_1" not in before
    # the exposure began long before what was harvested last: only its change is new
    eso.add(replace(late.record, last_mod_date=LATER), late.text)
    eso.change(changed.dp_id, LATER, release_date=datetime(2031, 1, 1, tzinfo=UTC))
    asked = eso.asked.copy()
    assert "1 new frames, 1 changed; 1 headers" in sync(instance)
    assert eso.asked - asked == {late.dp_id: 1}, "a release date needs no header"
    after = {row.exp_id: row for row in identities(instance)}
    name = f"{changed.dp_id}_1"
    released = one(instance, "SELECT release_date FROM archive.exposure WHERE exp_id = %s", name)
    assert released == datetime(2031, 1, 1, tzinfo=UTC)
    assert after[name].id == before[name].id
    assert after[name].date_updated > before[name].date_updated
    assert [row for key, row in after.items() if key in before and key != name] == [
        row for key, row in before.items() if key != name
    ]


def test_what_stands_in_the_header_is_fetched_again_when_it_changes(
    instance: Instance, eso: EsoStandin, frames: list[SimulatedFrame]
) -> None:
    sync(instance)
    frame = next(frame for frame in frames if frame.dp_id in wanted(frames))
    name = frame.dp_id
    eso.texts[name] = frame.text.replace("SIMPLE  ", "SIMPLE ", 1).replace("\nEND", "\nCOMMENT curated\nEND")
    eso.change(name, LATER, prog_id="60.A-9999(Z)")
    asked = eso.asked.copy()
    eso.failures["error page"] = 2
    sync(instance)
    row = instance.sql("SELECT header_state, pack_id FROM archive.frame WHERE id = %s", [name])[0]
    assert row.header_state == "wanted" and row.pack_id, "the older text stays until the new one is here"
    instance.sql("UPDATE archive.frame SET retry_after = NULL")
    sync(instance)
    assert set(eso.asked - asked) == {name}
    with instance.archive.transaction() as cursor:
        assert "curated" in (read_text(cursor, name) or "")


def test_deletions_are_found_by_counting(instance: Instance, eso: EsoStandin, frames: list[SimulatedFrame]) -> None:
    sync(instance)
    lost = sorted(wanted(frames))[3]
    before = identities(instance)
    eso.remove(lost)
    sync(instance)
    assert one(instance, "SELECT gone FROM archive.frame WHERE id = %s", lost) is None
    said = instance.oivo("obsportal", "reconcile").stdout
    assert "1 frames are gone" in said
    assert one(instance, "SELECT count(*) FROM archive.frame WHERE gone IS NOT NULL") == 1
    assert one(instance, "SELECT gone FROM archive.frame WHERE id = %s", lost) is not None
    after = identities(instance)
    assert [row.id for row in after] == [row.id for row in before], "its exposure is kept"
    changed = [old.exp_id for old, new in zip(before, after, strict=True) if old.date_updated != new.date_updated]
    assert changed == [f"{lost}_1"]
    frame = next(frame for frame in frames if frame.dp_id == lost)
    eso.add(replace(frame.record, last_mod_date=LATER), frame.text)
    sync(instance)
    assert one(instance, "SELECT gone FROM archive.frame WHERE id = %s", lost) is None


def test_a_range_and_an_instrument(instance: Instance, eso: EsoStandin, frames: list[SimulatedFrame]) -> None:
    month = next(f"{frame.record.exp_start:%Y-%m}" for frame in frames if frame.record.instrument == "PIONIER")
    sync(instance, "--since", month, "--until", month, "--instrument", "PIONIER")
    expected = {
        frame.dp_id
        for frame in frames
        if frame.record.instrument == "PIONIER" and f"{frame.record.exp_start:%Y-%m}" == month
    }
    assert expected
    assert {row.id for row in snapshot(instance)["frame"]} == expected
    assert set(eso.asked) <= expected
    sync(instance)
    assert {row.id for row in snapshot(instance)["frame"]} == {frame.dp_id for frame in frames}
    assert max(eso.asked.values()) == 1


@pytest.mark.parametrize(
    "options",
    [("--since", "June"), ("--until", "2025-13"), ("--since", "2025-06", "--until", "2025-01"), ("--workers", "99")],
)
def test_misuse(instance: Instance, options: tuple[str, ...]) -> None:
    done = instance.oivo("obsportal", "sync", *options, check=False)
    assert done.returncode == 2


def test_two_at_once_are_refused(instance: Instance, eso: EsoStandin) -> None:
    with instance.archive.locked("harvest"):
        assert "another harvest" in sync(instance, check=False)


def test_the_scheduled_job_does_the_same(instance: Instance, eso: EsoStandin, frames: list[SimulatedFrame]) -> None:
    assert f"{len(frames)} new frames" in instance.oivo("jobs", "run", "obsportal").stdout


@pytest.fixture(scope="module")
def folder(frames: list[SimulatedFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The headers on disk, in all forms."""
    folder = tmp_path_factory.mktemp("headers")
    forms = (plain, page, gzipped, packed)
    for number, frame in enumerate(frames):
        if number % 5 < 4:
            forms[number % 5](folder / f"night {number % 3}", frame)
    with tarfile.open(folder / "rest.tar.gz", "w:gz") as archive:
        for frame in frames[4::5]:
            member = tarfile.TarInfo(f"x/{frame.dp_id.replace(':', '_')}.hdr")
            member.size = len(frame.text.encode())
            archive.addfile(member, io.BytesIO(frame.text.encode()))
    (folder / "readme.md").write_text("no header")
    return folder


def plain(folder: Path, frame: SimulatedFrame) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{frame.dp_id}.hdr").write_text(frame.text)


def page(folder: Path, frame: SimulatedFrame) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{frame.dp_id}.html").write_text(header_page(frame.dp_id, frame.text))


def gzipped(folder: Path, frame: SimulatedFrame) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{frame.dp_id}.txt.gz").write_bytes(gzip.compress(frame.text.encode()))


def packed(folder: Path, frame: SimulatedFrame) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{frame.dp_id}.hdr.zst").write_bytes(zstandard.ZstdCompressor().compress(frame.text.encode()))


def load(instance: Instance, *paths: Path, check: bool = True) -> str:
    done = instance.oivo("obsportal", "load", *map(str, paths), check=check)
    return done.stdout + done.stderr


def test_load_twice_is_once(instance: Instance, folder: Path, frames: list[SimulatedFrame]) -> None:
    assert f"{len(frames)} headers" in load(instance, folder)
    before, ids = snapshot(instance), identities(instance)
    assert {row.id for row in before["frame"]} == {frame.dp_id for frame in frames}
    assert len(before["exposure"]) > 40
    assert "0 new exposures, 0 changed" in load(instance, folder)
    assert (snapshot(instance), identities(instance)) == (before, ids)
    assert one(instance, "SELECT sum(members) FROM archive.header_pack") == len(frames), "no text is kept twice"


def test_loaded_headers_are_not_asked_for(
    instance: Instance, folder: Path, eso: EsoStandin, frames: list[SimulatedFrame]
) -> None:
    load(instance, folder)
    ids = [(row.id, row.exp_id) for row in identities(instance)]
    sync(instance)
    assert not eso.asked
    assert [(row.id, row.exp_id) for row in identities(instance)] == ids
    assert one(instance, "SELECT count(*) FROM archive.exposure WHERE release_date IS NULL") == 0
    loaded = snapshot(instance)
    empty(instance)
    sync(instance)
    for table in ("exposure", "baseline", "observation", "target"):
        assert snapshot(instance)[table] == loaded[table], table


def test_bad_files_are_named_and_the_others_go_in(
    instance: Instance, frames: list[SimulatedFrame], tmp_path: Path
) -> None:
    good = next(frame for frame in frames if frame.dp_id in wanted(frames))
    (tmp_path / "a good.hdr").write_text(good.text)
    (tmp_path / "b same.hdr").write_text(good.text)
    (tmp_path / "c empty.hdr").write_text("")
    (tmp_path / "d cut.hdr").write_text(good.text[: len(good.text) // 2])
    (tmp_path / "e noise.txt").write_bytes(random.Random(1).randbytes(5000))
    (tmp_path / "f broken.hdr.gz").write_bytes(b"\x1f\x8b\x08 no")
    (tmp_path / "g broken.hdr.zst").write_bytes(b"nothing")
    (tmp_path / "h page.html").write_text("<html><body>Database error</body></html>")
    done = instance.oivo("obsportal", "load", str(tmp_path), check=False)
    assert done.returncode == 1
    complaints = done.stderr.splitlines()
    assert {line.split(": ")[1][0] for line in complaints} == set("bcdefgh"), done.stderr
    assert "1 headers: 1 new exposures" in done.stdout
    done = instance.oivo("obsportal", "load", str(tmp_path / "nothing"), check=False)
    assert done.returncode == 1
    assert "is not there" in done.stderr


def test_a_value_that_the_database_refuses_stays_out_alone(
    instance: Instance, frames: list[SimulatedFrame], tmp_path: Path
) -> None:
    """A trigger stands for what nobody foresaw."""
    chosen = [frame for frame in frames if frame.dp_id in wanted(frames)][:9]
    for frame in chosen:
        (tmp_path / f"{frame.dp_id}.hdr").write_text(frame.text)
    bad = f"{chosen[4].dp_id}_1"
    instance.sql(f"ALTER TABLE archive.exposure ADD CONSTRAINT odd CHECK (exp_id <> '{bad}')")
    try:
        said = load(instance, tmp_path, check=False)
    finally:
        instance.sql("ALTER TABLE archive.exposure DROP CONSTRAINT odd")
    assert "the database refuses it" in said and chosen[4].dp_id in said
    assert "8 headers" in said
    assert {row.id for row in snapshot(instance)["frame"]} == {frame.dp_id for frame in chosen} - {chosen[4].dp_id}


def test_rebuild_gives_identical_rows_and_ids(instance: Instance, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(demo_chara_log(TODAY))
    load(instance, folder, tmp_path)
    before, ids = snapshot(instance), identities(instance)
    assert "0 new exposures, 0 changed" in instance.oivo("obsportal", "rebuild").stdout
    assert (snapshot(instance), identities(instance)) == (before, ids)
    instance.sql("UPDATE archive.exposure SET mode = 'wrong', seeing = -1 WHERE id % 3 = 0")
    instance.sql("UPDATE archive.baseline SET u_start = 0 WHERE exposure_id % 5 = 0")
    instance.sql("DELETE FROM archive.baseline WHERE exposure_id % 7 = 0")
    instance.sql("UPDATE archive.frame SET not_exposure = 'wrong' WHERE not_exposure IS NOT NULL")
    instance.sql("UPDATE archive.observation SET ob_name = 'wrong'")
    instance.oivo("obsportal", "rebuild")
    assert snapshot(instance) == before
    kept = ("id", "publisher_did", "exp_id", "observation_id", "target_id", "subdate")
    assert [[getattr(row, name) for name in kept] for row in identities(instance)] == [
        [getattr(row, name) for name in kept] for row in ids
    ]


def test_chara_log_and_its_bad_lines(instance: Instance, tmp_path: Path) -> None:
    log = demo_chara_log(TODAY).splitlines()
    fields = log[1].split(",")
    bad = {
        "TYPE": ",".join([*fields[:5], "STAR", *fields[6:]]),
        "baselines": ",".join([*fields[:9], "0", "0", "0", *fields[12:]]),
        "B2": ",".join([*fields[:10], "x", *fields[11:]]),
        "COMBINER": ",".join([*fields[:4], "CAMERA", *fields[5:]]),
        "MJD": ",".join([*fields[:6], "yesterday", *fields[7:]]),
        "STAR": ",".join([fields[0], "", *fields[2:]]),
    }
    path = tmp_path / "chara.csv"
    path.write_text("\n".join([*log, *bad.values()]) + "\n")
    said = load(instance, path, check=False)
    for number, name in enumerate(bad, len(log) + 1):
        assert f"chara.csv, line {number}: {name}" in said, said
    rows = instance.sql("SELECT * FROM archive.exposure")
    assert len(rows) == len(log) - 1
    assert {row.collection_id for row in rows} == {"chara_import"}
    assert {row.interferometer for row in rows} == {"CHARA"}
    assert all(row.em_min < row.em_max and row.stations for row in rows)
    assert one(instance, "SELECT kind FROM archive.collection WHERE id = 'chara_import'") == "chara"
    ids = identities(instance)
    load(instance, path, check=False)
    assert identities(instance) == ids


SPICA_ROW = {
    "exp_id": "SPICA.SCIDET:20240114:104042_target_1",
    "exp_header_id": "SPICA.SCIDET:20240114:104042_target",
    "exp_mjd_start": "60323.44481",
    "exp_mjd_end": "60323.4449257407",
    "exp_validation_log": '["Missing &apos;EXPTIME&apos;"]',
    "exp_seeing": "NaN",
    "obs_id": "30",
    "obs_type": "science",
    "obs_program": "V3",
    "interferometer_name": "CHARA",
    "instrument_name": "SPICA",
    "instrument_mode": "LR",
    "instrument_em_min": "6e-07",
    "instrument_em_max": "9e-07",
    "target_name": "hd 1000",
    "target_ra": "139.3996",
    "target_dec": "27.42218",
}


def spica_table(*rows: dict[str, str]) -> str:
    numbers = {"exp_mjd_start", "exp_mjd_end", "exp_seeing", "target_ra", "target_dec", "instrument_em_min"}
    fields = "".join(
        f'<FIELD name="{name}" '
        + ('datatype="double"/>' if name in numbers else 'datatype="unicodeChar" arraysize="*"/>')
        for name in SPICA_ROW
    )
    body = "".join("<TR>" + "".join(f"<TD>{row[name]}</TD>" for name in SPICA_ROW) + "</TR>" for row in rows)
    return (
        '<?xml version="1.0"?><VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.4"><RESOURCE><TABLE>'
        f"{fields}<DATA><TABLEDATA>{body}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    )


def test_spica_rows_and_their_bad_ones(instance: Instance, tmp_path: Path) -> None:
    bad = (
        {"interferometer_name": "VLTI"},
        {"obs_type": "sky"},
        {"exp_id": "with blank"},
        {"instrument_name": ""},
        {"exp_mjd_end": "1.0"},
    )
    path = tmp_path / "spica.vot"
    path.write_text(spica_table(SPICA_ROW, *[{**SPICA_ROW, **change} for change in bad]))
    said = load(instance, path, check=False)
    assert said.count("spica.vot, row") == len(bad), said
    (row,) = instance.sql("SELECT * FROM archive.exposure")
    assert (row.exp_id, row.collection_id, row.mode, row.obs_type) == (SPICA_ROW["exp_id"], "issp_l0", "LR", "science")
    assert (row.ra, row.dec, row.seeing, row.exptime) == (139.3996, 27.42218, None, 10.0)
    assert row.release_date == datetime(2025, 7, 14, 10, 40, 41, tzinfo=UTC) or row.release_date.year == 2025
    assert row.validation_log == "[\"Missing 'EXPTIME'\"]"
    assert one(instance, "SELECT header_state FROM archive.frame") == "none"
