"""The store of files: what is in it is whole, and stays."""

import errno
import hashlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.store import Store, StoreError

DAY = 86400


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "files")


def everything(store):
    return sorted(path for path in store.root.rglob("*") if path.is_file())


def age(path, seconds):
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))


@given(content=st.binary(max_size=200))
def test_bytes_come_back(tmp_path_factory, content):
    store = Store(tmp_path_factory.mktemp("store"))
    digest = store.put(content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert store.path(digest).read_bytes() == content
    assert list(store.digests()) == [digest]


def test_twice_is_once_and_makes_it_young(store):
    digest = store.put(b"x")
    age(store.path(digest), 2 * DAY)
    assert store.put(b"x") == digest
    assert everything(store) == [store.path(digest)]
    assert store.remove_unreferenced(set()) == 0


def test_nobody_else_may_look(store):
    digest = store.put(b"x")
    assert store.path(digest).stat().st_mode & 0o077 == 0
    assert store.path(digest).parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["", "ab", "../" * 8, "A" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n", "/etc/passwd"])
def test_only_digests_are_paths(store, name):
    with pytest.raises(StoreError, match="SHA-256"):
        store.path(name)


def failing(number):
    def fail(*arguments, **options):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("place", ["fsync", "write", "replace", "mkdir"])
@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "disk is full"), (errno.EDQUOT, "disk is full"), (errno.EACCES, "cannot be written: Permission")],
)
def test_a_failing_disk_leaves_nothing_behind(store, monkeypatch, place, number, said):
    kept = store.put(b"kept")
    fail = failing(number)
    if place == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    elif place == "write":
        real = os.fdopen

        def fdopen(*arguments):
            stream = real(*arguments, buffering=0)
            return Failing(stream, fail)

        monkeypatch.setattr(os, "fdopen", fdopen)
    else:
        monkeypatch.setattr(f"pathlib.Path.{place}", fail)
    with pytest.raises(StoreError, match=said) as caught:
        store.put(b"new")
    assert caught.value.place == str(store.root)
    assert everything(store) == [store.path(kept)]


class Failing:
    """A stream that takes nothing."""

    def __init__(self, stream, fail):
        self.stream, self.write = stream, fail

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stream.close()


def test_an_interrupted_write_leaves_nothing_behind(store, monkeypatch):
    def interrupt(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.put(b"new")
    assert everything(store) == []


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "files").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be written"):
        Store(tmp_path / "files").put(b"x")


def test_only_old_bytes_that_nothing_names_are_removed(store):
    wanted, old, young = (store.put(content) for content in (b"wanted", b"old", b"young"))
    half = store.path(old).parent / ".new-abc"
    half.write_bytes(b"half")
    for path in (store.path(wanted), store.path(old), half):
        age(path, DAY + 60)
    assert set(store.digests()) == {wanted, old, young}
    assert store.remove_unreferenced({wanted}) == 2
    assert set(store.digests()) == {wanted, young}
    assert not half.exists()
    assert store.remove_unreferenced({wanted}, older_than=-60) == 1
    assert set(store.digests()) == {wanted}


def test_other_peoples_files_are_left_alone(store):
    store.put(b"x")
    readme = store.root / "README"
    readme.write_bytes(b"")
    age(readme, 9 * DAY)
    store.remove_unreferenced(set())
    assert readme.exists()


def test_an_empty_store(store):
    assert list(store.digests()) == []
    assert store.remove_unreferenced(set()) == 0
