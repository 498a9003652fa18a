"""What the reader keeps, and the odd files that it reads all the same (section 5 of the reference)."""

import gzip
import hashlib
from io import BytesIO

import numpy as np
import pytest
from astropy.io import fits

from ingest.oifits import granules_of, read_oifits
from ingest.oifits.standard import TABLES
from tests.build.oifits import MJD, array, data, file, plain, rename_card, set_card, table, target, wavelength

PLAIN = plain()


def one(content: bytes):
    (granule,) = granules_of(read_oifits(content))
    return granule


@pytest.mark.parametrize(
    ("value", "version"), [(None, 1), ("OIFITS2", 2), (" OIFITS2 ", 2), ("OIFITS1", 1), ("oifits2", 1), (2, 1)]
)
def test_version_is_what_content_says(value, version):
    cards = {} if value is None else {"CONTENT": value}
    assert read_oifits(plain(**cards)).version == version


def test_version_is_not_what_oi_revn_says():
    assert read_oifits(file(target(cards={"OI_REVN": 2}), wavelength(), data())).version == 1
    assert read_oifits(file(target(drop=["OI_REVN"]), wavelength(), data())).version == 1


def test_path_and_bytes_are_the_same(tmp_path):
    path = tmp_path / "night.fits"
    path.write_bytes(PLAIN)
    oifits = read_oifits(path)
    assert (oifits.name, oifits.size) == ("night.fits", len(PLAIN))
    assert granules_of(oifits) == granules_of(read_oifits(PLAIN))
    assert oifits.sha256 == hashlib.sha256(PLAIN).hexdigest()
    assert oifits.md5 == hashlib.md5(PLAIN).hexdigest()
    assert read_oifits(path, name="other").name == "other"


@pytest.mark.parametrize(
    "stored",
    [
        gzip.compress(PLAIN),
        gzip.compress(PLAIN) + b"\n",
        gzip.compress(PLAIN) + bytes(4000),
        gzip.compress(PLAIN[:5000]) + gzip.compress(PLAIN[5000:]),
        gzip.compress(PLAIN + b"\n"),
    ],
    ids=["plain", "one byte more", "padding", "two members", "one byte more inside"],
)
def test_gzip(stored):
    oifits = read_oifits(stored)
    assert granules_of(oifits) == granules_of(read_oifits(PLAIN))
    assert (oifits.size, oifits.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())
    expected = ["TRAILING_BYTES"] if stored[-1:] == b"\n" or stored[-100:] == bytes(100) else []
    assert [finding.rule for finding in oifits.findings] in (expected, ["TRAILING_BYTES"])


def test_length_that_is_no_multiple_of_2880():
    hdu = read_oifits(PLAIN).hdus[-1]
    whole = PLAIN[: hdu.start + hdu.size]
    assert granules_of(read_oifits(whole)) == granules_of(read_oifits(PLAIN))
    assert [finding.rule for finding in read_oifits(PLAIN + b"junk").findings] == ["TRAILING_BYTES"]


def test_content_is_not_changed_and_arrays_are_read_only():
    oifits = read_oifits(file(target(ids=(0,)), wavelength(), data(target_id=0)))
    raw = oifits.data[0].table.raw("TARGET_ID")
    assert not raw.flags.writeable
    assert (raw[0], oifits.data[0].target_ids[0]) == (0, 1)


def test_everything_a_checker_needs_is_kept():
    odd = {"VISDATA": ("2M", np.zeros((1, 2), complex)), "EXTRA": ("5A", np.array(["hello"]), "furlong")}
    unknown = table("VENDOR", {"X": ("3PJ()", np.array([[1, 2, 3]], object))}, {})
    content = file(target(), wavelength(), unknown, data("OI_VIS", change=odd, drop=["VISAMPERR"]), version=2)
    oifits = read_oifits(content)
    assert [hdu.extname for hdu in oifits.hdus] == ["", "OI_TARGET", "OI_WAVELENGTH", "VENDOR", "OI_VIS"]
    vis = oifits.data[0].table
    assert vis.hdu.index == 4
    assert vis.column("VISAMPERR") is None and vis.raw("VISAMPERR") is None
    extra = vis.column("EXTRA")
    assert (extra.form, extra.unit, extra.letter, extra.repeat) == ("5A", "furlong", "A", 5)
    assert vis.strings("EXTRA") == ["hello"]
    assert vis.raw("VISDATA").shape == (1, 2) and vis.raw("VISDATA").dtype == ">c16"
    assert vis.raw("FLAG").tolist() == [[ord("F"), ord("F")]]
    card = next(card for card in vis.header.cards() if card.keyword == "DATE-OBS")
    assert (card.kind, card.value, len(card.image)) == ("A", "2009-06-18", 80)


def test_tables_of_version_2_are_kept():
    corr = table(
        "OI_CORR", {"IINDX": ("J", [1]), "JINDX": ("J", [2]), "CORR": ("D", [0.5])}, {"CORRNAME": "c", "NDATA": 2}
    )
    inspol = table("OI_INSPOL", {"TARGET_ID": ("I", [1])}, {"NPOL": 1})
    oifits = read_oifits(file(target(), wavelength(), data(), corr, inspol, version=2))
    assert [held.extname for held in oifits.tables][-2:] == ["OI_CORR", "OI_INSPOL"]
    assert oifits.tables[-2].numbers("CORR").tolist() == [0.5]


def test_tdim_on_scalar_cells():
    content = file(target(), wavelength(), data())
    number = read_oifits(content).data[0].table.column("MJD").number
    content = rename_card(content, 3, f"TUNIT{number}", f"TDIM{number}")
    content = set_card(content, 3, f"TDIM{number}", "'(1)'")
    assert read_oifits(content).data[0].table.column("MJD").dim == "(1)"
    assert one(content).t_min == MJD


def test_one_channel_gives_scalar_cells():
    content = file(target(), wavelength(wave=(2e-6,)), data(nwave=1, flags=True))
    assert (one(content).flagged_share, one(content).nb_channels) == (1.0, 1)


def test_image_in_the_primary_hdu():
    stream = BytesIO()
    fits.HDUList([fits.PrimaryHDU(np.zeros((30, 50))), target(), wavelength(), data()]).writeto(stream)
    assert one(stream.getvalue()).nb_vis2 == 1


def test_table_of_the_standard_that_is_no_binary_table():
    image = fits.ImageHDU(np.zeros(3), name="OI_VIS2")
    oifits = read_oifits(file(target(), wavelength(), image, data()))
    assert len(oifits.data) == 1
    assert [(finding.rule, finding.hdu) for finding in oifits.findings] == [("TABLE_NOT_BINARY", 3)]


@pytest.mark.parametrize(
    "content",
    [
        file(target(), array(drop=["ARRNAME"]), wavelength(), data()),
        file(target(), array(drop=["ARRAYX", "FRAME"]), wavelength(), data()),
        file(target(), array(drop=["STA_INDEX", "STA_NAME"]), wavelength(), data()),
        file(target(drop=["EQUINOX", "TARGET"]), wavelength(), data()),
        file(target(), wavelength(), data(cards={"DATE-OBS": "2009-06-18T01:02:03"})),
        file(target(), wavelength(), data(drop=["DATE-OBS", "TIME", "VIS2DATA"])),
        file(target(change={"TARGET": ("32A", np.array(["HD 1"]))}), wavelength(), data(), version=2),
        file(target(), wavelength(), data(cards={"EXTVER": 3}), data("OI_VIS")),
        file(target(change={"TARGET_ID": ("J", np.array([1]))}), wavelength(), data()),
    ],
)
def test_what_is_missing_or_unusual_does_not_stop_the_reading(content):
    assert one(content).nb_vis2 == 1


def test_column_of_another_type_is_converted_and_of_another_shape_passed_over():
    change = {"TARGET_ID": ("D", np.array([1.0])), "MJD": ("E", np.array([55000.25]))}
    assert one(file(target(("a", "b")), wavelength(), data(change=change))).t_min == 55000.25
    change = {"INT_TIME": ("2D", np.array([[1.0, 2.0]])), "UCOORD": ("8A", np.array(["30"]))}
    granule = one(file(target(), wavelength(), data(change=change)))
    assert (granule.int_time_min, granule.baseline_max) == (None, None)


def test_real_target_ids_that_are_no_integers():
    change = {"TARGET_ID": ("D", np.array([np.nan, np.inf, 1.0]))}
    assert one(file(target(("a", "b")), wavelength(), data(mjd=(MJD,) * 3, change=change))).nb_vis2 == 1


def test_repeated_column_name_means_the_first():
    content = file(target(), wavelength(), data())
    name = read_oifits(content).data[0].table.column("TIME")
    renamed = content.replace(b"'TIME    '", b"'MJD     '")
    assert name.number == 2
    assert granules_of(read_oifits(renamed))[0].reference.t_min == 0.0


def test_findings_and_repairs_of_a_sound_file():
    oifits = read_oifits(PLAIN)
    assert (oifits.findings, oifits.repairs) == ((), ())
    assert {held.extname for held in oifits.tables} <= set(TABLES)
    assert repr(oifits) == f"<OIFitsFile upload: 6 HDUs, {len(PLAIN)} bytes>"
    assert repr(oifits.tables[0]) == "<Table upload, HDU 1 (OI_TARGET): 1 rows>"
