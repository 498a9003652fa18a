"""Forms and archives are taken apart, whoever made them."""

import gzip
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ingest.validate.limits import Limits
from ingest.validate.upload import Upload, UploadError, read_upload
from tests.build import forms
from tests.build import oifits as build

LIMITS = Limits(body_bytes=10**7, seconds=10, unpacked_bytes=40_000_000, files=5)
FITS = build.plain()


def read(body: bytes, limits: Limits = LIMITS) -> Upload:
    return read_upload(body, forms.CONTENT_TYPE, limits)


def refusals(content: bytes, limits: Limits = LIMITS) -> dict[str, str]:
    return {file.name: file.refused for file in read(forms.form([("a.zip", content)]), limits).files}


def test_fields_and_files() -> None:
    files = [("a.fits", FITS), ("b.fits.gz", gzip.compress(FITS)), ("blank lines\r\n", b"\r\n\r\n--")]
    upload = read(forms.form(files, {"profile": "jmmc"}))
    assert upload.fields == {"profile": "jmmc"}
    assert [file.content for file in upload.files] == [content for _, content in files]
    assert [file.name for file in upload.files][:2] == ["a.fits", "b.fits.gz"]


def test_nothing_chosen() -> None:
    assert read(forms.form([("", b"")], {"profile": "oivo"})).files == ()


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\data\\a.fits", "a.fits"),
        ("/etc/passwd", "passwd"),
        ("../../a.fits", "a.fits"),
        ("a\x00\x1b[31m.fits", "a��[31m.fits"),
        ("été λ.fits", "été λ.fits"),
        ("x" * 500, "x" * 200 + "…"),
        ("\u202efits.exe", "�fits.exe"),
        ("<b>.fits", "<b>.fits"),
    ],
)
def test_names(sent: str, shown: str) -> None:
    assert read(forms.form([(sent, FITS)])).files[0].name == shown


@pytest.mark.parametrize(
    ("content_type", "body", "told"),
    [
        ("application/fits", FITS, "no form"),
        ("", FITS, "no form"),
        ("multipart/form-data", FITS, "no form"),
        (forms.CONTENT_TYPE, b"", "cannot be read"),
        (forms.CONTENT_TYPE, FITS, "cannot be read"),
        (forms.CONTENT_TYPE, forms.form([("a.fits", FITS)])[:-100], "breaks off"),
        (forms.CONTENT_TYPE, f"--{forms.BOUNDARY}".encode(), "breaks off"),
        (forms.CONTENT_TYPE, forms.part('name="a"', b"") * 1001, "more than 1000 fields"),
        (forms.CONTENT_TYPE, forms.form([("a.fits", FITS)] * 6), "more than 5 files"),
    ],
)
def test_no_form(content_type: str, body: bytes, told: str) -> None:
    with pytest.raises(UploadError, match=told):
        read_upload(body, content_type, LIMITS)


def test_archive() -> None:
    members = {"night 1/a.fits": FITS, "b.fits.gz": gzip.compress(FITS), "__MACOSX/a.fits": b"x", ".DS_Store": b"x"}
    upload = read(forms.form([("a.zip", forms.archive(members)), ("c.fits", FITS)]))
    assert [file.name for file in upload.files] == ["a.zip/night 1/a.fits", "a.zip/b.fits.gz", "c.fits"]
    assert upload.files[0].content == FITS
    assert not any(file.refused for file in upload.files)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (forms.archive({"../../etc/cron.d/a": FITS}), "leads out"),
        (forms.archive({"/etc/passwd": FITS}), "leads out"),
        (forms.archive({"..\\a.fits": FITS}), "leads out"),
        (forms.archive({"C:\\a.fits": FITS}), "leads out"),
        (forms.archive({"a.fits": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777), "a link or a device"),
        (forms.archive({"a.fits": b""}, mode=stat.S_IFCHR | 0o666), "a link or a device"),
        (forms.archive({"a.fits": FITS}, flags=1), "encrypted"),
        (forms.archive({"a.fits": FITS}, compression=zipfile.ZIP_LZMA), "unusual way"),
        (forms.archive({"a.fits": bytes(20_000_000)}), "inflates to too much"),
        (forms.archive({"a.zip": forms.archive({"a.fits": FITS})}), "archives within archives"),
        (forms.archive({"README.txt": b"hello"}), "not FITS"),
        (forms.archive({"a.fits": FITS})[:-30], "damaged"),
        (forms.archive({"a.fits": FITS}).replace(FITS[:8], b"SIMPLE X"), ""),
        (forms.archive({}), "empty"),
        (forms.archive({"folder/": b""}), "empty"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
    ],
)
def test_hostile_archive(content: bytes, told: str) -> None:
    (refused,) = refusals(content).values()
    assert told in refused
    assert len(refused) < 200


def test_archive_of_too_many_files() -> None:
    with pytest.raises(UploadError, match="more than 5 files"):
        refusals(forms.archive({f"{number}.fits": FITS for number in range(6)}))


def test_archive_of_too_much() -> None:
    """No member is too large, all together are."""
    noise = FITS + bytes(12_000_000)
    found = refusals(forms.archive({f"{number}.fits": noise for number in range(5)}))
    assert [bool(told) for told in found.values()] == [False, False, False, True, True]


def test_wrong_checksum_is_damage() -> None:
    content = bytearray(forms.archive({"a.fits": FITS}, compression=zipfile.ZIP_STORED))
    content[len(content) // 2] ^= 1
    (refused,) = refusals(bytes(content)).values()
    assert "damaged" in refused


_ZIP = forms.archive({"a.fits": FITS, "b.fits": FITS})
_FORM = forms.form([("a.zip", _ZIP), ("a.fits", FITS)], {"profile": "oivo"})


@given(some.lists(some.tuples(some.integers(0, len(_FORM) - 1), some.integers(0, 255)), max_size=30), some.data())
def test_no_form_crashes(changes: list[tuple[int, int]], data: some.DataObject) -> None:
    body = bytearray(_FORM[: data.draw(some.integers(0, len(_FORM)))])
    for position, value in changes:
        if position < len(body):
            body[position] = value
    try:
        upload = read(bytes(body))
    except UploadError:
        return
    assert all(file.name.isprintable() for file in upload.files)


@given(some.lists(some.tuples(some.integers(0, len(_ZIP) - 1), some.integers(0, 255)), max_size=30))
def test_no_archive_crashes(changes: list[tuple[int, int]]) -> None:
    content = bytearray(_ZIP)
    for position, value in changes:
        content[position] = value
    for name, told in refusals(bytes(content)).items():
        assert name.isprintable()
        assert told.isprintable()
