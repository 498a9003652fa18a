"""The archive of a real instance: nothing is lost, nothing is twice, nothing is half."""

import gzip
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.archive.stations import keep_stations
from ingest.demo import survey
from ingest.oifits import Extension
from tests.build import oifits as build
from tests.instances import PYTHON, ROOT, Instance, start

TABLES = ("collection", "file", "granule")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A dozen OIFITS files on disk."""
    folder = tmp_path_factory.mktemp("files")
    paths = []
    for file in list(survey(date(2026, 1, 1)))[:12]:
        path = folder / file.name
        path.write_bytes(file.data)
        paths.append(path)
    return paths


def collection(instance: Instance, name: str, *options: str) -> str:
    """Create a collection of this test's own."""
    instance.oivo("oidb", "create-collection", name, "--title", f"Test {name}", *options)
    return name


def add(instance: Instance, name: str, *files: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    return instance.oivo("oidb", "add", "--collection", name, "--level", "2", *map(str, files), check=check)


def snapshot(instance: Instance, name: str) -> dict[str, list[Any]]:
    """Everything that the archive has of a collection, in a fixed order."""
    queries = {
        "collection": "SELECT * FROM archive.collection WHERE id = %s",
        # all but the moment of the last check
        "file": """SELECT id, name, url_name, level, size_bytes, sha256, md5, progid, obs_id, added, updated, nb_severe,
                       nb_warnings FROM archive.file WHERE collection_id = %s ORDER BY id""",
        "granule": """SELECT g.* FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
                      WHERE collection_id = %s ORDER BY g.id""",
        "published": """SELECT id, obs_publisher_did, access_url, data_rights, t_min FROM oidb.oidb
                        WHERE obs_collection = %s ORDER BY id""",
        "obscore": "SELECT obs_publisher_did FROM ivoa.obscore WHERE obs_collection = %s ORDER BY 1",
    }
    return {key: instance.sql(query, [name]) for key, query in queries.items()}


def test_ingesting_twice_changes_nothing(empty_site: Instance, files: list[Path]) -> None:
    name = collection(empty_site, "twice")
    assert "12 added" in add(empty_site, name, *files).stdout
    before = snapshot(empty_site, name)
    assert len(before["file"]) == 12
    assert len(before["granule"]) == len(before["obscore"]) >= 12
    assert "12 unchanged" in add(empty_site, name, *files).stdout
    assert snapshot(empty_site, name) == before


def test_import_and_drop_of_every_rd_lose_nothing(empty_site: Instance, files: list[Path]) -> None:
    name = collection(empty_site, "durable")
    add(empty_site, name, *files[:3])
    before = snapshot(empty_site, name)
    script = (
        "from ingest.home import Home; from ingest.instance.dachs import Dachs, SERVICES\n"
        "dachs = Dachs(Home.from_environment())\n"
        "assert 'oidb' in SERVICES\n"
    )
    run_python(empty_site, script + "dachs.withdraw()")
    assert empty_site.sql("SELECT to_regclass('oidb.oidb') AS there")[0].there is None
    assert empty_site.sql("SELECT count(*) AS n FROM archive.file WHERE collection_id = %s", [name])[0].n == 3
    run_python(empty_site, script + "dachs.publish()")
    assert snapshot(empty_site, name) == before
    run_python(empty_site, script + "dachs.publish()")
    assert snapshot(empty_site, name) == before


def run_python(instance: Instance, script: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script], env=instance.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + instance.logs()


def test_a_crash_in_the_middle_leaves_whole_files_only(empty_site: Instance, files: list[Path]) -> None:
    name = collection(empty_site, "killed")
    whole = collection(empty_site, "whole")
    add(empty_site, whole, *files)
    expected = {row.name: row.n for row in empty_site.sql(GRANULES_OF_FILES, [whole])}
    command = [PYTHON, "-m", "ingest", "oidb", "add", "--collection", name, "--level", "2", *map(str, files)]
    for wanted in (1, 4, 8):
        process = subprocess.Popen(
            command, env=empty_site.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for_files(empty_site, name, wanted, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = {row.name: row.n for row in empty_site.sql(GRANULES_OF_FILES, [name])}
        assert all(expected[file] == granules for file, granules in found.items())
    add(empty_site, name, *files)
    assert {row.name: row.n for row in empty_site.sql(GRANULES_OF_FILES, [name])} == expected


GRANULES_OF_FILES = """SELECT f.name, count(g.id) AS n FROM archive.file AS f
    LEFT JOIN archive.granule AS g ON g.file_id = f.id WHERE collection_id = %s GROUP BY f.name"""


def wait_for_files(instance: Instance, name: str, wanted: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        if instance.sql("SELECT count(*) AS n FROM archive.file WHERE collection_id = %s", [name])[0].n >= wanted:
            return
        time.sleep(0.005)


def test_a_lost_connection_writes_nothing(empty_site: Instance, files: list[Path]) -> None:
    """The server ends our connection after the file's row is written: the row must not stay."""
    name = collection(empty_site, "cut")
    empty_site.sql(
        """CREATE FUNCTION archive.cut() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
           $$ BEGIN IF NEW.target_name <> '' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
           RETURN NEW; END $$;
           CREATE TRIGGER cut BEFORE INSERT ON archive.granule FOR EACH ROW EXECUTE FUNCTION archive.cut()"""
    )
    try:
        done = add(empty_site, name, files[0], check=False)
    finally:
        empty_site.sql("DROP FUNCTION archive.cut() CASCADE")
    assert done.returncode == 1
    assert "the database" in done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(empty_site, name)["file"] == []


def test_two_at_once_with_the_same_files(empty_site: Instance, files: list[Path]) -> None:
    name = collection(empty_site, "race")
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: add(empty_site, name, *files), range(4)))
    added = [int(found[1]) for run in runs if (found := re.search(r"(\d+) added", run.stdout))]
    assert sum(added) == 12
    assert len(snapshot(empty_site, name)["file"]) == 12


def test_the_same_bytes_under_another_name_are_refused(empty_site: Instance, files: list[Path], tmp_path: Path) -> None:
    name = collection(empty_site, "double")
    add(empty_site, name, files[0])
    copy = tmp_path / "copy.fits"
    copy.write_bytes(files[0].read_bytes())
    done = add(empty_site, name, copy, check=False)
    assert done.returncode == 1
    assert files[0].name in done.stderr
    other = collection(empty_site, "double-elsewhere")
    done = add(empty_site, other, copy)
    assert "collection double" in done.stderr


def test_other_bytes_under_the_same_name_need_replace(empty_site: Instance, files: list[Path], tmp_path: Path) -> None:
    name = collection(empty_site, "replace")
    add(empty_site, name, files[0])
    before = snapshot(empty_site, name)
    newer = tmp_path / files[0].name
    newer.write_bytes(files[0].read_bytes() + b"\0" * 2880)
    done = add(empty_site, name, newer, check=False)
    assert done.returncode == 1
    assert "--replace" in done.stderr
    assert snapshot(empty_site, name) == before
    done = empty_site.oivo("oidb", "add", "--collection", name, "--level", "2", "--replace", str(newer))
    assert "1 replaced" in done.stdout
    after = snapshot(empty_site, name)
    assert [(row.id, row.publisher_did) for row in after["granule"]] == [
        (row.id, row.publisher_did) for row in before["granule"]
    ]
    assert after["file"][0].id == before["file"][0].id
    assert after["file"][0].sha256 != before["file"][0].sha256


def test_science_in_the_place_of_a_calibrator_is_not_public(empty_site: Instance, tmp_path: Path) -> None:
    name = collection(empty_site, "swapped", "--kind", "suv")
    path = tmp_path / "same.fits"
    now = build.data(mjd=(mjd_of_today() - 30,))
    for category, rights in (("F", "public"), ("T", "secure"), ("F", "secure")):
        cards = {"HIERARCH PRO SCIENCE": category == "T", "OBSERVER": f"{category} {rights}"}
        path.write_bytes(build.file(build.target(), build.array(), build.wavelength(), now, cards=cards))
        options = ("--level", "2", "--replace", "--accept-severe", "the builder's file is short")
        empty_site.oivo("oidb", "add", "--collection", name, *options, str(path))
        assert [row.data_rights for row in snapshot(empty_site, name)["published"]] == [rights]


def mjd_of_today() -> float:
    return (date.today() - date(1858, 11, 17)).days


def test_reading_again_keeps_identity_and_repairs_values(empty_site: Instance, files: list[Path]) -> None:
    name = collection(empty_site, "reread")
    add(empty_site, name, *files[:4])
    before = snapshot(empty_site, name)
    empty_site.sql(
        """UPDATE archive.granule SET nb_vis2 = -7, bands = '' WHERE file_id IN
           (SELECT id FROM archive.file WHERE collection_id = %s)""",
        [name],
    )
    empty_site.oivo("oidb", "reread")
    assert snapshot(empty_site, name) == before


def test_reading_again_fills_what_older_versions_did_not_keep(empty_site: Instance, files: list[Path]) -> None:
    name = collection(empty_site, "reread_extension")
    add(empty_site, name, *files[4:6])
    of_collection = "WHERE file_id IN (SELECT id FROM archive.file WHERE collection_id = %s)"
    extension = """SELECT uv_ecc, uv_fill, uv_angle, nb_baselines, nb_vis2_valid, vis2_error, t_exp_mean, distance_max
                   FROM archive.granule"""
    before = empty_site.sql(f"{extension} {of_collection} ORDER BY id", [name])
    assert all(value is not None for row in before for value in row[3:6])
    nothing = ", ".join(f"{field.name} = NULL" for field in fields(Extension))
    empty_site.sql(f"UPDATE archive.granule SET {nothing} {of_collection}", [name])
    empty_site.oivo("oidb", "reread")
    assert empty_site.sql(f"{extension} {of_collection} ORDER BY id", [name]) == before


def test_stations_follow_their_tables(empty_site: Instance) -> None:
    everything = "SELECT * FROM archive.station ORDER BY facility, name"
    before = empty_site.sql(everything)
    assert {row.facility for row in before} == {"VLTI", "CHARA"}
    empty_site.sql("UPDATE archive.station SET east = 0; DELETE FROM archive.station WHERE facility = 'CHARA'")
    with empty_site.archive.transaction() as cursor:
        keep_stations(cursor)
    assert empty_site.sql(everything) == before


def test_backup_and_restore_into_a_new_home(empty_site: Instance, files: list[Path], tmp_path: Path) -> None:
    name = collection(empty_site, "restored", "--kind", "suv", "--datapi", "A. Person", "--owner", "a@example.org")
    add(empty_site, name, *files[:3])
    before = snapshot(empty_site, name)
    empty_site.oivo("jobs", "run", "backup")
    dump = max(empty_site.home.backups.glob("*.dump"))
    other = start(tmp_path, "--empty")
    try:
        other.oivo("down")
        other.oivo("restore", "--yes", str(dump))
        other.oivo("up", "--detach")
        after = snapshot(other, name)
        # another port, so another address
        for rows in (before, after):
            rows["published"] = [
                row._replace(access_url=row.access_url.split("/files/")[1]) for row in rows["published"]
            ]
        assert after == before
        collection(other, "later")
        add(other, "later", files[5])
        assert other.sql("SELECT max(id) AS last FROM archive.file")[0].last > max(row.id for row in before["file"])
    finally:
        other.oivo("down")


def test_a_broken_dump_leaves_the_archive_as_it_was(empty_site: Instance, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.dump"
    wrong.write_bytes(b"no dump")
    done = empty_site.oivo("restore", "--yes", str(wrong), check=False)
    assert done.returncode == 2, "a running site is not touched"
    assert "./oivo down" in done.stderr


def test_a_gzipped_file_is_kept_as_it_came(empty_site: Instance, files: list[Path], tmp_path: Path) -> None:
    name = collection(empty_site, "zipped")
    plain = next(path for path in files if path.suffix == ".fits")
    packed = tmp_path / "packed.fits.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    add(empty_site, name, packed)
    row = empty_site.sql("SELECT id, name, url_name, media_type FROM archive.file WHERE collection_id = %s", [name])[0]
    assert row.media_type == "application/gzip"
    with empty_site.get(f"/files/{row.id}/{row.url_name}") as reply:
        assert reply.headers["Content-Type"] == "application/gzip"
        assert reply.read() == packed.read_bytes()


ODD_NAMES = ("with blank.fits", "a%20b.fits", "ümläut.fits", "q?uest&io=n.fits", "semi;colon'.fits")


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_survive_the_way_to_the_user(empty_site: Instance, files: list[Path], tmp_path: Path, name: str) -> None:
    identifier = collection(empty_site, f"name {sum(name.encode())}")
    path = tmp_path / name
    path.write_bytes(files[1].read_bytes())
    add(empty_site, identifier, path)
    row = empty_site.sql("SELECT access_url FROM oidb.oidb WHERE obs_collection = %s", [identifier])[0]
    with empty_site.get(row.access_url.removeprefix(empty_site.base)) as reply:
        assert reply.read() == path.read_bytes()


def test_a_collection_exists_once(empty_site: Instance) -> None:
    name = collection(empty_site, "once")
    done = empty_site.oivo("oidb", "create-collection", name, "--title", "Again", check=False)
    assert done.returncode == 1
    assert "exists already" in done.stderr


def test_dry_run_stores_nothing(empty_site: Instance, files: list[Path]) -> None:
    name = collection(empty_site, "dry")
    stored = sum(1 for _ in empty_site.home.files.rglob("*"))
    done = empty_site.oivo("oidb", "add", "--collection", name, "--level", "1", "--dry-run", *map(str, files))
    assert "12 readable" in done.stdout
    assert snapshot(empty_site, name)["file"] == []
    assert sum(1 for _ in empty_site.home.files.rglob("*")) == stored


def test_a_full_disk_is_said_and_leaves_nothing(empty_site: Instance, files: list[Path]) -> None:
    name = collection(empty_site, "full")
    unseen = files[7].with_name("unseen.fits")  # bytes that the store does not have yet
    unseen.write_bytes(files[7].read_bytes() + b" " * 2880)
    script = (
        "import errno, os\n"
        "def full(*_): raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "os.fsync = full\n"
        "from ingest.cli import main\n"
        f"main(['oidb', 'add', '--collection', {name!r}, '--level', '2', {str(unseen)!r}])\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=empty_site.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the disk is full" in done.stderr
    assert snapshot(empty_site, name)["file"] == []
    assert not list(empty_site.home.files.rglob(".new-*"))


def test_a_stopped_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "oivo.toml").write_text("")
    done = subprocess.run(
        [PYTHON, "-m", "ingest", "jobs", "list"],
        env={**os.environ, "OIVO_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "the database is not running" in done.stderr
    assert "./oivo up" in done.stderr
