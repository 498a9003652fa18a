"""What cannot be read: each gets its error, with the file and the HDU in it."""

import gzip
import os
import tracemalloc
from pathlib import Path

import pytest

from ingest.oifits import (
    FileUnreadableError,
    LimitError,
    NotFITSError,
    OIFitsError,
    StructureError,
    TruncatedError,
    granules_of,
    read_oifits,
)
from ingest.oifits import fits as fits_module
from ingest.oifits import reader as reader_module
from ingest.oifits import rows as rows_module
from ingest.oifits import source as source_module
from tests.build.oifits import (
    BLOCK,
    CARD,
    MJD,
    data,
    file,
    hdu_offsets,
    plain,
    rename_card,
    set_card,
    set_cards,
    target,
    wavelength,
)

PLAIN = plain()
VIS2 = 4  # the HDU of OI_VIS2 in PLAIN
OFFSETS = hdu_offsets(PLAIN)

CASES = {
    "empty": (b"", NotFITSError, "x.fits: the file is empty"),
    "text": (b"hello", NotFITSError, "x.fits: not a FITS file: it does not begin with SIMPLE"),
    "web page": (b"<!DOCTYPE html><html>404", NotFITSError, "x.fits: not a FITS file but a web page"),
    "short keyword": (b"SIMPLE", NotFITSError, "x.fits: not a FITS file"),
    "first card only": (PLAIN[:CARD], TruncatedError, "x.fits, HDU 0 (primary): the file ends inside a header"),
    "header cut": (PLAIN[: OFFSETS[VIS2] + 400], TruncatedError, "x.fits, HDU 4: the file ends inside a header"),
    "data cut": (
        PLAIN[: OFFSETS[VIS2] + 2 * BLOCK + 50],
        TruncatedError,
        "x.fits, HDU 4 (OI_VIS2): the file is trunc",
    ),
    "data gone": (PLAIN[: OFFSETS[VIS2] + 2 * BLOCK], TruncatedError, "x.fits, HDU 4 (OI_VIS2): the file is truncated"),
    "huge NAXIS2": (
        set_card(PLAIN, VIS2, "NAXIS2", "999999999999999999"),
        TruncatedError,
        "HDU 4 (OI_VIS2): the file is truncated: 79999999999999999920 bytes",
    ),
    "huge NAXIS1": (
        set_card(PLAIN, VIS2, "NAXIS1", "9" * 60),
        TruncatedError,
        "HDU 4 (OI_VIS2): the file is truncated",
    ),
    "huge PCOUNT": (
        set_card(PLAIN, VIS2, "PCOUNT", "9" * 60),
        TruncatedError,
        "HDU 4 (OI_VIS2): the file is truncated",
    ),
    "huge GCOUNT": (
        set_card(PLAIN, VIS2, "GCOUNT", "9" * 60),
        TruncatedError,
        "HDU 4 (OI_VIS2): the file is truncated",
    ),
    "GCOUNT 0": (set_card(PLAIN, VIS2, "GCOUNT", "0"), StructureError, "HDU 4 (OI_VIS2): GCOUNT is 0"),
    "rows of nothing": (
        set_cards(PLAIN, 5, {"NAXIS1": "0", "NAXIS2": "9" * 18, "TFIELDS": "0"}),
        StructureError,
        "HDU 5 (OI_T3): 999999999999999999 rows of no bytes",
    ),
    "negative NAXIS2": (set_card(PLAIN, VIS2, "NAXIS2", "-1"), StructureError, "HDU 4 (OI_VIS2): NAXIS2 is -1"),
    "real NAXIS2": (set_card(PLAIN, VIS2, "NAXIS2", "1.5"), StructureError, "HDU 4 (OI_VIS2): NAXIS2 is 1.5"),
    "text NAXIS1": (set_card(PLAIN, VIS2, "NAXIS1", "'many'"), StructureError, "HDU 4 (OI_VIS2): NAXIS1 is 'many'"),
    "no NAXIS2": (rename_card(PLAIN, VIS2, "NAXIS2", "NOXIS2"), StructureError, "HDU 4 (OI_VIS2): NAXIS2 is missing"),
    "no NAXIS": (rename_card(PLAIN, 0, "NAXIS", "NOXIS"), StructureError, "HDU 0 (primary): NAXIS is missing"),
    "NAXIS 1000": (set_card(PLAIN, VIS2, "NAXIS", "1000"), StructureError, "HDU 4 (OI_VIS2): NAXIS is 1000"),
    "NAXIS 1": (set_card(PLAIN, 5, "NAXIS", "1"), StructureError, "HDU 5 (OI_T3): NAXIS is 1"),
    "BITPIX 7": (set_card(PLAIN, VIS2, "BITPIX", "7"), StructureError, "HDU 4 (OI_VIS2): BITPIX is 7"),
    "BITPIX control": (set_card(PLAIN, 0, "BITPIX", "'\x1b[31m'"), StructureError, r"BITPIX is '\x1b[31m'"),
    "TFIELDS 1000": (set_card(PLAIN, VIS2, "TFIELDS", "1000"), StructureError, "HDU 4 (OI_VIS2): TFIELDS is 1000"),
    "TFIELDS gone": (rename_card(PLAIN, VIS2, "TFIELDS", "FIELDS"), StructureError, "HDU 4 (OI_VIS2): TFIELDS is None"),
    "more fields": (set_card(PLAIN, VIS2, "TFIELDS", "12"), StructureError, "HDU 4 (OI_VIS2): TFORM11 is None"),
    "fewer fields": (
        set_card(PLAIN, VIS2, "TFIELDS", "3"),
        StructureError,
        "the columns take 18 bytes a row, NAXIS1 says",
    ),
    "wide cell": (set_card(PLAIN, VIS2, "TFORM5", "'999999999D'"), StructureError, "the columns take 8000000"),
    "TFORM Z": (set_card(PLAIN, VIS2, "TFORM3", "'1Z'"), StructureError, "HDU 4 (OI_VIS2): TFORM3 is '1Z'"),
    "THEAP": (
        set_card(PLAIN, VIS2, "DATE-OBS", "1").replace(b"DATE-OBS= 1", b"THEAP   = 1"),
        StructureError,
        "THEAP is 1",
    ),
    "gzip cut": (gzip.compress(PLAIN)[:-900], TruncatedError, "x.fits: the gzip stream ends early"),
    "gzip head": (gzip.compress(PLAIN)[:5], TruncatedError, "x.fits: the gzip stream ends early"),
    "gzip damaged": (gzip.compress(PLAIN)[:-8] + bytes(8), TruncatedError, "x.fits: the gzip stream is damaged"),
    "gzip of text": (gzip.compress(b"hello"), NotFITSError, "x.fits: not a FITS file"),
    "gzip of nothing": (gzip.compress(b""), NotFITSError, "x.fits: the file is empty"),
}


@pytest.mark.parametrize(("content", "error", "message"), CASES.values(), ids=CASES.keys())
def test_bad_bytes(content, error, message):
    with pytest.raises(error) as caught:
        read_oifits(content, name="x.fits")
    assert message in str(caught.value)
    assert caught.value.place.startswith("x.fits")


def test_no_such_file(tmp_path):
    with pytest.raises(FileUnreadableError, match=r"^gone.fits: cannot be read: No such file"):
        read_oifits(tmp_path / "gone.fits")


def test_directory(tmp_path):
    with pytest.raises(FileUnreadableError, match="is a directory"):
        read_oifits(tmp_path)


def test_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileUnreadableError, match="not a regular file"):
        read_oifits(tmp_path / "pipe")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path):
    path = tmp_path / "closed.fits"
    path.touch(0o000)
    with pytest.raises(FileUnreadableError, match="Permission denied"):
        read_oifits(path)


def test_disk_failure(tmp_path, monkeypatch):
    def fail(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "x.fits"
    path.write_bytes(PLAIN)
    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(FileUnreadableError, match=r"^x.fits: cannot be read: Permission denied$"):
        read_oifits(path)


def test_nul_in_the_path():
    with pytest.raises(FileUnreadableError):
        read_oifits(Path("a\0b"))


def test_messages_do_not_tell_the_path(tmp_path):
    with pytest.raises(OIFitsError) as caught:
        read_oifits(tmp_path / "gone.fits")
    assert str(tmp_path) not in str(caught.value)


def test_too_large(tmp_path):
    path = tmp_path / "x.fits"
    path.write_bytes(PLAIN)
    for source in (path, PLAIN):
        with pytest.raises(LimitError, match=f"has {len(PLAIN)} bytes, 1000 are allowed"):
            read_oifits(source, max_bytes=1000)


def test_gzip_bomb_is_stopped_early():
    bomb = gzip.compress(bytes(64 * 2**20), 9)
    tracemalloc.start()
    try:
        with pytest.raises(LimitError, match="inflates to too much"):
            read_oifits(bomb)
        assert tracemalloc.get_traced_memory()[1] < 40 * 2**20
    finally:
        tracemalloc.stop()


def test_gzip_keeps_to_the_limit_on_bytes():
    with pytest.raises(LimitError, match="inflates to too much"):
        read_oifits(gzip.compress(PLAIN), max_bytes=len(PLAIN) - 1)
    assert read_oifits(gzip.compress(PLAIN), max_bytes=len(PLAIN)).content == PLAIN


def test_too_many_gzip_members(monkeypatch):
    monkeypatch.setattr(source_module, "MAX_MEMBERS", 3)
    with pytest.raises(LimitError, match="more than 3 gzip members"):
        read_oifits(gzip.compress(b"") * 4)


def test_header_without_end():
    with pytest.raises(LimitError, match=r"HDU 0 \(primary\): no END in the first 65536 cards"):
        read_oifits(PLAIN[:CARD] + b" " * (fits_module.MAX_HEADER + BLOCK), name="x.fits")


@pytest.mark.parametrize(("limit", "value"), [("MAX_HDUS", 3), ("MAX_HEADERS", 5000)])
def test_too_many_headers(monkeypatch, limit, value):
    monkeypatch.setattr(fits_module, limit, value)
    with pytest.raises(LimitError, match=f"more than {value}"):
        read_oifits(PLAIN)


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(reader_module, "MAX_ROWS", 3)
    with pytest.raises(LimitError, match="rows in its tables, 3 are read"):
        read_oifits(PLAIN)


@pytest.mark.parametrize("nights", [1, 2])
def test_too_many_granules(monkeypatch, nights):
    monkeypatch.setattr(rows_module, "MAX_GRANULES", 3)
    mjds = [MJD + n for n in range(4)] if nights == 2 else [MJD]
    targets = target() if nights == 2 else target(("a", "b", "c", "d"), ids=(1, 1, 1, 1))
    oifits = read_oifits(file(targets, wavelength(), data(mjd=mjds)))
    monkeypatch.setattr("ingest.oifits.granules.MAX_GRANULES", 3)
    with pytest.raises(LimitError, match="more than 3 granules"):
        granules_of(oifits)
