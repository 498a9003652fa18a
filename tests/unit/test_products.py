"""What can be attached to granules: known by its bytes, whatever its name says."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.archive.products import media_type_of
from ingest.errors import MisuseError


def tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n\x00\xff", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        (b"\x1f\x8b\x08\x00", "application/gzip"),
        (tar(), "application/x-tar"),
        ("Fußnote:\tréduit\r\n".encode(), "text/plain"),
        # a page is delivered as text, never as a page
        (b"<!DOCTYPE html><script>alert(1)</script>", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain"),
    ],
)
def test_known_by_its_bytes(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize("content", [b"", b"  \n", b"MZ\x90\x00", b"\x7fELF", b"text\x00", "latin é".encode("latin-1")])
def test_others_are_refused(content: bytes) -> None:
    with pytest.raises(MisuseError):
        media_type_of(content)


@given(st.binary(max_size=600))
def test_nothing_else_is_answered(content: bytes) -> None:
    try:
        found = media_type_of(content)
    except MisuseError:
        return
    assert found in {"application/pdf", "image/png", "application/gzip", "application/x-tar", "text/plain"}
