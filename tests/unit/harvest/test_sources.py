"""Headers and logs on disk: found in order, unpacked, refused with their name."""

import gzip
import io
import tarfile

import pytest
import zstandard

from ingest.harvest import sources as module
from ingest.harvest.sources import Source, SourceError, sources
from tests.standins.eso import header_page

TEXT = "SIMPLE  = T\nOBJECT  = 'a<b'\nEND"


def names(*paths):
    return [source.name for source in sources(paths)]


def test_a_folder_is_walked_in_order_and_others_files_passed_over(tmp_path):
    for name in ("b/2.hdr", "b/1.txt.gz", "a/x.HTML", "a/notes.md", "z.csv", "y.vot.gz", "c.fits", "d.hdr.zst"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert names(tmp_path) == ["d.hdr.zst", "y.vot.gz", "z.csv", "a/x.HTML", "b/1.txt.gz", "b/2.hdr"]
    assert [source.name for source in sources([tmp_path]) if source.is_table] == ["y.vot.gz", "z.csv"]


def test_a_file_that_is_named_counts_whatever_its_name(tmp_path):
    (tmp_path / "header").write_text(TEXT)
    (found,) = sources([tmp_path / "header"])
    assert found.read() == TEXT and not found.is_table


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.hdr", TEXT.encode()),
        ("a.hdr.gz", gzip.compress(TEXT.encode(), mtime=0)),
        ("a.txt.zst", zstandard.ZstdCompressor().compress(TEXT.encode())),
        ("a.html", header_page("x", TEXT).encode()),
        ("a.htm.GZ", gzip.compress(header_page("x", TEXT).encode(), mtime=0)),
    ],
)
def test_all_forms_give_the_text(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    assert Source(name, path=tmp_path / name).read() == TEXT
    for mode, end in (("w", ".tar"), ("w:gz", ".tar.gz"), ("w:gz", ".tgz")):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode=mode) as archive:
            member = tarfile.TarInfo(f"in/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
            archive.addfile(tarfile.TarInfo("in/other.md"))
        packed = tmp_path / f"all{end}"
        packed.write_bytes(stream.getvalue())
        assert [(source.name, source.read()) for source in sources([packed])] == [(f"all{end}/in/{name}", TEXT)]
    (tmp_path / "all.tar.zst").write_bytes(zstandard.ZstdCompressor().compress((tmp_path / "all.tar").read_bytes()))
    assert [source.read() for source in sources([tmp_path / "all.tar.zst"])] == [TEXT]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.hdr.gz", b"no gzip", "cannot be read"),
        ("a.hdr.gz", gzip.compress(b"x" * 1000, mtime=0)[:-9], "cannot be read"),
        ("a.hdr.zst", b"no zstd", "cannot be read"),
        ("a.html", b"<html><pre>SIMPLE", "is cut"),
        ("a.hdr", b"x" * 5001, "no header"),
        ("a.hdr.gz", gzip.compress(b"x" * 5001, mtime=0), "unpacked"),
        ("a.hdr.zst", zstandard.ZstdCompressor().compress(b"x" * 5001), "unpacked"),
    ],
)
def test_what_cannot_be_read_is_refused(name, content, problem, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_LARGEST_HEADER", 5000)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=problem) as caught:
        Source(name, path=tmp_path / name).read()
    assert str(caught.value).startswith(name)


@pytest.mark.parametrize("name", ["none.hdr", "broken.tar", "broken.tar.gz", "broken.tar.zst"])
def test_paths_that_are_wrong(name, tmp_path):
    if name.startswith("broken"):
        (tmp_path / name).write_bytes(b"\x1f\x8bnothing" * 100)
    with pytest.raises(SourceError, match=name):
        list(sources([tmp_path / name]))
