"""Collections and files that change: edited, moved, retired; nothing is lost, nothing becomes more open by accident."""

from datetime import date
from pathlib import Path

import pytest

from ingest.demo import survey
from tests.instances import Instance


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("curation")
    found = []
    for file in list(survey(date(2026, 1, 1)))[:4]:
        path = folder / file.name
        path.write_bytes(file.data)
        found.append(path)
    return found


def make(instance: Instance, name: str, paths: list[Path], *options: str) -> list[int]:
    instance.oivo("oidb", "create-collection", name, "--title", name, *options)
    instance.oivo("oidb", "add", "--collection", name, "--level", "2", *map(str, paths))
    rows = instance.sql("SELECT id FROM archive.file WHERE collection_id = %s ORDER BY id", [name])
    return [row.id for row in rows]


def test_editing_keeps_what_is_not_named(empty_site: Instance, paths: list[Path]) -> None:
    make(empty_site, "cur-edit", paths[:1], "--owner", "o@example.org", "--datapi", "A. PI", "--keyword", "stars")
    empty_site.oivo("oidb", "edit-collection", "cur-edit", "--title", "Better", "--co-pis", "B. Co")
    row = empty_site.sql("SELECT * FROM archive.collection WHERE id = 'cur-edit'")[0]
    assert (row.title, row.co_pis, row.owner, row.datapi, row.keywords) == (
        *("Better", "B. Co", "o@example.org", "A. PI", ["stars"]),
    )
    event = empty_site.sql("SELECT subject FROM archive.journal WHERE event = 'collection changed'")[-1]
    assert "title" in event.subject and "owner" not in event.subject


def test_a_later_release_date_takes_public_data_back(empty_site: Instance, paths: list[Path]) -> None:
    make(empty_site, "cur-hold", paths[:1])
    query = "SELECT DISTINCT data_rights FROM oidb.oidb WHERE obs_collection = 'cur-hold'"
    assert [row.data_rights for row in empty_site.sql(query)] == ["public"]
    empty_site.oivo("oidb", "edit-collection", "cur-hold", "--release-date", "2099-01-01")
    assert [row.data_rights for row in empty_site.sql(query)] == ["secure"]


def test_moved_files_keep_ids_and_rights(empty_site: Instance, paths: list[Path]) -> None:
    files = make(empty_site, "cur-from", paths[:2], "--kind", "suv")
    make(empty_site, "cur-to", paths[2:3])
    query = "SELECT id, data_rights, obs_release_date FROM archive.granule WHERE file_id = %s ORDER BY id"
    before = empty_site.sql(query, [files[0]])
    empty_site.oivo("oidb", "move", str(files[0]), "--to", "cur-to")
    assert empty_site.sql(query, [files[0]]) == before
    published = empty_site.sql("SELECT DISTINCT obs_collection FROM oidb.oidb WHERE file_id = %s", [files[0]])
    assert [row.obs_collection for row in published] == ["cur-to"]
    clash = empty_site.oivo("oidb", "move", str(files[1]), "999999999", "--to", "cur-to", check=False)
    assert clash.returncode == 1 and "999999999" in clash.stderr
    assert empty_site.sql("SELECT collection_id AS c FROM archive.file WHERE id = %s", [files[1]])[0].c == "cur-from"


def test_retired_is_not_published_and_comes_back(empty_site: Instance, paths: list[Path]) -> None:
    files = make(empty_site, "cur-retire", paths[:2])
    did = empty_site.sql("SELECT publisher_did FROM archive.granule WHERE file_id = %s", [files[0]])[0].publisher_did
    count = "SELECT count(*) AS n FROM ivoa.obscore WHERE obs_collection = 'cur-retire'"
    before = empty_site.sql(count)[0].n
    refused = empty_site.oivo("oidb", "retire", "--file", str(files[0]), check=False)
    assert refused.returncode == 2 and "reason" in refused.stderr
    empty_site.oivo("oidb", "retire", "--file", str(files[0]), "--reason", "wrong calibrator")
    assert 0 < empty_site.sql(count)[0].n < before
    assert empty_site.sql("SELECT 1 AS one FROM archive.granule WHERE publisher_did = %s", [did])
    again = empty_site.oivo(*("oidb", "add", "--collection", "cur-retire", "--level", "2", str(paths[0])), check=False)
    assert again.returncode == 1 and "retired" in again.stderr
    empty_site.oivo("oidb", "retire", "--collection", "cur-retire", "--reason", "all wrong")
    assert empty_site.sql(count)[0].n == 0
    assert not empty_site.sql("SELECT 1 AS one FROM oidb.collection WHERE id = 'cur-retire'")
    empty_site.oivo("oidb", "retire", "--collection", "cur-retire", "--undo")
    empty_site.oivo("oidb", "retire", "--file", str(files[0]), "--undo")
    assert empty_site.sql(count)[0].n == before


def test_the_command_line_submits_all_or_none(empty_site: Instance, paths: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.fits"
    broken.write_bytes(paths[0].read_bytes()[:4000])
    wanted = ("oidb", "submit", "--level", "2", "--new", "cur-submit", "--title", "By hand", *map(str, paths))
    failed = empty_site.oivo(*wanted, str(broken), check=False)
    assert failed.returncode == 1 and "broken.fits" in failed.stderr and "Traceback" not in failed.stderr
    assert not empty_site.sql("SELECT 1 AS one FROM archive.collection WHERE id = 'cur-submit'")
    done = empty_site.oivo(*wanted, "--set", "quality_level=4", "--set", f"{paths[0].name}:progid=077.X-1(A)")
    assert f"Saved {len(paths)} files" in done.stdout
    rows = empty_site.sql(
        "SELECT progid, quality_level FROM archive.file WHERE collection_id = 'cur-submit' ORDER BY id"
    )
    assert rows[0].progid == "077.X-1(A)" != rows[1].progid
    assert {row.quality_level for row in rows} == {4}
