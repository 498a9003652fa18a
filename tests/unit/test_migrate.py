"""The folder of migrations, before a database is asked."""

import hashlib

import pytest

from ingest.archive.connection import ArchiveError
from ingest.archive.migrate import FOLDER, migrations


def folder(tmp_path, *names):
    for name in names:
        (tmp_path / name).write_text(f"SELECT '{name}';\n")
    return tmp_path


def test_the_real_folder_is_sound():
    found = migrations()
    assert [migration.number for migration in found] == list(range(1, len(found) + 1))
    assert len(found) == len(list(FOLDER.iterdir())), "something else is in the folder"
    for migration in found:
        assert migration.sql.strip().startswith("--"), f"{migration.name} does not say what it is for"
        assert "drop table" not in migration.sql.lower()


def test_order_and_digest(tmp_path):
    found = migrations(folder(tmp_path, "0002_second.sql", "0001_first.sql"))
    assert [migration.name for migration in found] == ["0001_first", "0002_second"]
    assert found[0].sha256 == hashlib.sha256((tmp_path / "0001_first.sql").read_bytes()).hexdigest()


def test_other_files_are_no_migrations(tmp_path):
    assert migrations(folder(tmp_path, "README.md", "0001_first.sql.orig")) == []


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["0001_a.sql", "0003_c.sql"], r"numbers \[1, 3\]"),
        (["0002_b.sql"], r"numbers \[2\]"),
        (["0000_a.sql"], r"numbers \[0\]"),
        (["0001_a.sql", "0001_b.sql"], r"numbers \[1, 1\]"),
        (["1_a.sql"], "1_a.sql: is not named like"),
        (["0001-a.sql"], "is not named like"),
        (["0001_A.sql"], "is not named like"),
        (["00001_a.sql"], "is not named like"),
        (["first.sql"], "is not named like"),
    ],
)
def test_bad_folder(tmp_path, names, said):
    with pytest.raises(ArchiveError, match=said):
        migrations(folder(tmp_path, *names))
