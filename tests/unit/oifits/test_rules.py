"""The rules of the reference, R1 to R16, each with the file that shows it."""

import math
from dataclasses import astuple

import numpy as np
import pytest

from ingest.oifits import Granule, granules_of, read_oifits
from ingest.oifits.times import NO_NIGHT
from tests.build.oifits import MJD, array, data, file, plain, rename_card, target, wavelength
from tests.unit.oifits.slow import records


def granules(content: bytes) -> list[Granule]:
    """Granules, compared with the slow reading on the way."""
    found = granules_of(read_oifits(content))
    expected = records(content)
    assert len(found) == len(expected)
    for granule, record in zip(found, expected, strict=True):
        np.testing.assert_equal(astuple(granule.reference), record)
    return found


def only(content: bytes) -> Granule:
    (granule,) = granules(content)
    return granule


def test_plain():
    reference = only(plain()).reference
    assert (reference.target_name, reference.s_ra, reference.s_dec) == ("HD 1", 10.0, -20.0)
    assert (reference.nb_vis, reference.nb_vis2, reference.nb_t3, reference.nb_channels) == (0, 1, 1, 2)


def test_r1_extname_in_lower_case_is_not_a_table():
    content = file(target(), wavelength(), data("OI_VIS2"), data("oi_vis2"))
    assert only(content).nb_vis2 == 1
    assert [finding.rule for finding in read_oifits(content).findings] == ["TABLE_NAME_CASE"]


def test_r1_extname_is_stripped():
    assert only(file(target(), wavelength(), data(cards={"EXTNAME": "  OI_VIS2  "}))).nb_vis2 == 1


def test_r1_reference_tables_may_come_last():
    content = file(data(), data("OI_T3"), wavelength(), target(), array())
    assert only(content).stations == ("A0", "B2", "C1")


def test_r2_first_target_table_counts():
    content = file(target(("first",)), target(("second",)), wavelength(), data())
    assert only(content).target_name == "first"
    assert [finding.rule for finding in read_oifits(content).findings] == ["TABLE_REPEATED"]


def test_r3_order_is_targets_then_insnames_then_nights_as_they_appear():
    content = file(
        target(("b", "a")),
        wavelength("Z"),
        wavelength("A"),
        data(insname="Z", mjd=(MJD + 1, MJD), target_id=(1, 1)),
        data(insname="A", mjd=(MJD, MJD), target_id=(2, 1)),
    )
    keys = [(granule.target_row, granule.insname, granule.night) for granule in granules(content)]
    assert keys == [(0, "A", 55000), (0, "Z", 55001), (0, "Z", 55000), (1, "A", 55000)]


def test_r3_insnames_sort_by_code_point():
    content = file(target(), wavelength("b"), wavelength("B"), wavelength("a"), *(data(insname=n) for n in "abB"))
    assert [granule.insname for granule in granules(content)] == ["B", "a", "b"]


def test_r3_two_targets_with_one_id_share_the_rows():
    found = granules(file(target(("a", "b"), ids=(7, 7)), wavelength(), data(target_id=7)))
    assert [(granule.target_name, granule.target_row) for granule in found] == [("a", 0), ("b", 1)]


def test_r3_rows_of_unknown_targets_are_dropped():
    assert len(granules(file(target(("a", "b")), wavelength(), data(mjd=(MJD, MJD), target_id=(2, 9))))) == 1


@pytest.mark.parametrize(
    ("mjd", "night"),
    [
        (55000.49999, 55000),
        (55000.5, 55001),
        (55001.49, 55001),
        (0.0, 0),
        (-0.6, -1),
        (2457608.3, 2457608),
        (math.nan, NO_NIGHT),
    ],
)
def test_r4_night_runs_from_noon_to_noon(mjd, night):
    assert only(file(target(), wavelength(), data(mjd=(mjd,)))).night == night


def test_r4_rows_without_mjd_are_a_night_of_their_own():
    found = granules(file(target(), wavelength(), data(mjd=(MJD, math.nan, MJD))))
    assert [(granule.night, granule.nb_vis2) for granule in found] == [(55000, 2), (NO_NIGHT, 1)]
    assert (found[1].reference.t_min, found[1].reference.t_max) == (math.inf, -math.inf)


@pytest.mark.parametrize(("mjd", "night"), [(math.inf, 2**31 - 1), (-math.inf, NO_NIGHT), (1e12, 2**31 - 1)])
def test_r4_what_does_not_fit_in_32_bits_is_the_nearest(mjd, night):
    (granule,) = granules_of(read_oifits(file(target(), wavelength(), data(mjd=(mjd,)))))
    assert granule.night == night


def test_r5_wavelengths_are_single_precision_without_the_bandwidth():
    content = file(target(), wavelength(change={"EFF_WAVE": ("D", np.array([1.667e-6, 1.7e-6]), "m")}), data())
    assert only(content).reference.em_min == float(np.float32(1.667e-6)) == 1.6669999922669376e-6


def test_r5_nan_wavelengths_are_passed_over():
    assert only(file(target(), wavelength(wave=(math.nan, 2e-6)), data())).reference.em_min == float(np.float32(2e-6))
    reference = only(file(target(), wavelength(wave=(math.nan, math.nan)), data())).reference
    assert (reference.em_min, reference.em_max) == (math.inf, -math.inf)


def test_r6_resolving_power_is_the_mean_of_the_good_ratios():
    bands = (0.1, 0.0, -0.1, math.nan, 0.2)
    reference = only(file(target(), wavelength(wave=(1.0,) * 5, band=bands), data(nwave=5))).reference
    assert reference.em_res_power == pytest.approx((10 + 5) / 2)


def test_r6_resolving_power_is_nan_without_a_good_ratio():
    assert math.isnan(only(file(target(), wavelength(band=(0.0, 0.0)), data())).reference.em_res_power)
    assert math.isnan(only(file(target(), wavelength(drop=["EFF_BAND"]), data())).reference.em_res_power)


def test_r7_first_of_a_repeated_insname():
    assert only(file(target(), wavelength(wave=(1e-6, 1e-6)), wavelength(wave=(2e-6,)), data())).nb_channels == 2


def test_r8_rows_are_counted_flagged_or_not_and_flux_makes_granules():
    content = file(target(), wavelength(), data(mjd=(MJD, MJD), flags=True), data("OI_FLUX", mjd=(MJD + 0.1, MJD + 1)))
    first, second = granules(content)
    assert (first.nb_vis2, first.nb_flux, first.t_max) == (2, 1, MJD + 0.1)
    assert (second.nb_vis, second.nb_vis2, second.nb_t3, second.nb_flux) == (0, 0, 0, 1)


def test_r9_times_are_not_widened_by_the_integration():
    granule = only(file(target(), wavelength(), data(mjd=(MJD, MJD + 0.01), int_time=600.0)))
    assert (granule.t_min, granule.t_max) == (MJD, MJD + 0.01)


def test_r10_smallest_int_time():
    assert only(file(target(), wavelength(), data(mjd=(MJD,) * 3, int_time=(9, 0, 3)))).reference.t_exptime == 0.0
    assert only(file(target(), wavelength(), data(int_time=math.nan))).reference.t_exptime == math.inf
    assert only(file(target(), wavelength(), data(drop=["INT_TIME"]))).reference.t_exptime == math.inf


def test_r11_first_arrname():
    tables = (data(arrname=None), data(arrname=""), data(arrname="CHARA"), data(arrname="VLTI"))
    assert only(file(target(), array("CHARA"), array("VLTI"), wavelength(), *tables)).facility_name == "CHARA"
    assert only(file(target(), wavelength(), data(arrname=None))).reference.facility_name == ""


@pytest.mark.parametrize(
    ("written", "read"),
    [(b"  eps Aur(9)  ", "eps Aur(9)"), (b"HD\x00junk", "HD"), (b"HD\x0142", "HD 42"), (b"", "")],
)
def test_r12_names_are_stripped_and_printable(written, read):
    content = file(target(("@" * 16,)), wavelength(), data())
    content = content.replace(b"@" * 16, written.ljust(16, b" "))
    assert only(content).reference.target_name == read


def test_r13_a_single_target_gets_a_sound_id_and_b_all_rows():
    content = file(target(ids=(0,)), wavelength(), data(mjd=(MJD,) * 3, target_id=(0, 5, -32768)))
    assert only(content).nb_vis2 == 2
    oifits = read_oifits(content)
    assert [(repair.rule, repair.before, repair.after, repair.cells) for repair in oifits.repairs] == [
        ("R13a", "0", "1", 1),
        ("R13b", "0", "1", 2),
    ]
    assert oifits.data[0].table.raw("TARGET_ID").tolist() == [0, 5, -32768]


def test_r13_c_single_insname_and_d_single_arrname():
    content = file(target(), array("VLTI"), wavelength("PIONIER"), data(insname="pionier", arrname="vlti"))
    granule = only(content)
    assert (granule.instrument_name, granule.facility_name) == ("PIONIER", "VLTI")
    oifits = read_oifits(content)
    assert [(repair.rule, repair.before) for repair in oifits.repairs] == [("R13c", "pionier"), ("R13d", "vlti")]
    assert oifits.data[0].table.header.text("INSNAME") == "pionier"


def test_r13_repairs_nothing_among_several():
    content = file(target(("a", "b")), wavelength("A"), wavelength("B"), data(insname="C", target_id=3))
    assert granules(content) == []
    assert read_oifits(content).repairs == ()


def test_r13_a_missing_arrname_stays_missing():
    assert only(file(target(), array("VLTI"), wavelength(), data(arrname=None))).facility_name is None


def test_r14_column_names_in_exact_case():
    content = file(target(), wavelength(), data())
    assert b"'MJD     '" in content
    granule = granules_of(read_oifits(content.replace(b"'MJD     '", b"'mjd     '")))[0]
    assert granule.t_min is None and granule.night == NO_NIGHT


def test_r15_values_are_read_unscaled():
    content = file(target(), wavelength(), data(int_time=60.0))
    column = read_oifits(content).data[0].table.column("INT_TIME")
    scaled = rename_card(content, 3, "DATE-OBS", f"TSCAL{column.number}")
    assert granules_of(read_oifits(scaled))[0].int_time_min == 60.0
    assert read_oifits(scaled).data[0].table.column("INT_TIME").scaled


def test_r16_a_table_without_insname_is_left_out_and_the_rest_is_read():
    content = file(target(), wavelength(), data(drop=["INSNAME"]), data("OI_T3"))
    granule = only(content)
    assert (granule.nb_vis2, granule.nb_t3) == (0, 1)
    (finding,) = read_oifits(content).findings
    assert (finding.rule, finding.hdu, finding.extname, finding.member) == ("INSNAME_MISSING", 3, "OI_VIS2", "INSNAME")
