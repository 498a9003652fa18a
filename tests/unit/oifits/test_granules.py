"""What oivo finds out beyond the reference, and that nothing published is NaN or infinite."""

import math
from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from ingest.oifits import Granule, granules_of, read_oifits, why_no_granules
from tests.build.oifits import CHARA, MJD, array, data, file, plain, target, wavelength

SECOND = 1 / 86400


def only(*tables, **header) -> Granule:
    (granule,) = granules_of(read_oifits(file(*tables, **header)))
    return granule


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ((), "the file has no OI_TARGET table"),
        ((target(()), wavelength(), data()), "OI_TARGET has no row"),
        ((target(), data()), "the file has no OI_WAVELENGTH table with an INSNAME"),
        ((target(), wavelength(drop=["INSNAME"]), data()), "the file has no OI_WAVELENGTH table with an INSNAME"),
        ((target(), wavelength()), "no data table with an INSNAME (OI_VIS, OI_VIS2, OI_T3, OI_FLUX)"),
        ((target(), wavelength(), data(drop=["INSNAME"])), "no data table with an INSNAME"),
        ((target(), wavelength(), data(mjd=())), "no data table has a row"),
        ((target(), wavelength("A"), wavelength("B"), data(insname="C")), "no data table has the INSNAME of an"),
        ((target(("a", "b")), wavelength(), data(target_id=3)), "no row of a data table has the TARGET_ID of a row"),
    ],
)
def test_no_granules_and_why(tables, why):
    oifits = read_oifits(file(*tables))
    assert granules_of(oifits) == []
    assert why in why_no_granules(oifits)


def test_granules_need_no_reason():
    assert why_no_granules(read_oifits(plain())) == ""


def test_unknown_values_are_none():
    granule = only(
        target(names=("",), ra=(math.nan,), dec=(math.inf,)),
        wavelength(wave=(math.nan,), band=(0.0,)),
        data(mjd=(math.nan,), nwave=1, arrname=None, drop=["INT_TIME", "UCOORD", "STA_INDEX", "FLAG"]),
    )
    unknown = {field.name for field in fields(granule) if getattr(granule, field.name) is None}
    assert unknown == {
        *("target_name", "s_ra", "s_dec", "t_min", "t_max", "em_min", "em_max", "em_res_power", "facility_name"),
        *("int_time_min", "t_exptime", "t_resolution", "local_night", "baseline_min", "baseline_max"),
        *("s_fov", "s_resolution", "flagged_share", "target_category", "polarisation", "extension"),
    }
    assert (granule.stations, granule.nb_stations, granule.nb_times, granule.bands) == ((), 0, 0, ())
    assert (granule.instrument, granule.facility) == ("PIONIER", "VLTI")


def test_an_exposure_counts_once_however_many_baselines_record_it():
    tables = (data(mjd=(MJD,) * 6), data("OI_T3", mjd=(MJD,) * 4), data("OI_VIS", mjd=(MJD + 300 * SECOND,) * 6))
    granule = only(target(), wavelength(), *tables)
    assert granule.t_exptime == pytest.approx(120.0, abs=1e-5)
    assert granule.nb_times == 2


def test_integration_times_that_cannot_be():
    granule = only(target(), wavelength(), data(mjd=(MJD, MJD + 0.01), int_time=(1_582_489.7, 0.0)))
    assert (granule.t_exptime, granule.t_resolution, granule.int_time_min) == (None, None, 0.0)
    granule = only(target(), wavelength(), data(mjd=(MJD, MJD), int_time=(357_222.4, 30.0)))
    assert (granule.t_exptime, granule.t_resolution, granule.int_time_min) == (30.0, 30.0, 30.0)


@pytest.mark.parametrize(
    ("arrname", "xyz", "mjd", "night"),
    [
        ("VLTI", (1942014.0, -5455312.0, -2654530.0), 55000.25, date(2009, 6, 17)),
        ("VLTI", (1942014.0, -5455312.0, -2654530.0), 55000.90, date(2009, 6, 18)),
        ("CHARA", CHARA, 55000.52, date(2009, 6, 17)),  # morning twilight after 12 UT: R4 says the next night
        ("CHARA", CHARA, 55000.12, date(2009, 6, 17)),
        ("mine", (6378000.0, 0.0, 0.0), 55000.49, date(2009, 6, 17)),
        ("mine", (6378000.0, 0.0, 0.0), 55000.51, date(2009, 6, 18)),
        ("mine", (0.0, 0.0, 0.0), 55000.25, None),
        ("VLTI_v2", (0.0, 0.0, 0.0), 55000.25, date(2009, 6, 17)),
        ("VLTI", (-5483173.0, 1951952.0, -2668147.0), 55000.25, date(2009, 6, 17)),  # X and Y swapped
        ("VLTI", (1942014.0, -5455312.0, -2654530.0), 2457608.3, None),  # a Julian date
        ("VLTI", (1942014.0, -5455312.0, -2654530.0), 0.0, None),
    ],
)
def test_local_night(arrname, xyz, mjd, night):
    granule = only(target(), array(arrname, xyz=xyz), wavelength("X"), data(insname="X", mjd=(mjd,), arrname=arrname))
    assert granule.local_night == night


def test_local_night_is_that_of_the_first_moment():
    mjds = (55001.15, 55000.52)  # one granule of two nights at CHARA
    granule = only(target(), array("CHARA", xyz=CHARA), wavelength(), data(mjd=mjds, arrname="CHARA"))
    assert (granule.night, granule.local_night) == (55001, date(2009, 6, 17))


def test_stations_have_names_where_the_array_has():
    stations = {1: "G1", 2: "A0", 3: "", 5: "D0"}
    indices = {"STA_INDEX": ("2I", np.array([[1, 2], [3, 4]]))}
    granule = only(target(), array(stations=stations), wavelength(), data(mjd=(MJD,) * 2, change=indices))
    assert granule.stations == ("A0", "AT3", "G1")
    assert granule.nb_stations == 4


def test_stations_of_an_unknown_array_are_counted():
    arrays = (array("one"), array("two"))
    tables = (data(arrname="IOTA_AB"), data("OI_T3", arrname="IOTA_ABC"))
    granule = only(target(), *arrays, wavelength(), *tables)
    assert (granule.stations, granule.nb_stations) == ((), 3)


def test_first_of_a_repeated_array_counts():
    arrays = (array(stations={1: "A0", 2: "B0"}), array(stations={1: "X", 2: "Y"}))
    assert only(target(), *arrays, wavelength(), data()).stations == ("A0", "B0")


@pytest.mark.parametrize(
    ("extname", "coordinates", "expected"),
    [
        ("OI_VIS2", {"UCOORD": 3.0, "VCOORD": 4.0}, (5.0, 5.0)),
        ("OI_VIS", {"UCOORD": -3.0, "VCOORD": -4.0}, (5.0, 5.0)),
        ("OI_T3", {"U1COORD": 3.0, "V1COORD": 4.0, "U2COORD": 0.0, "V2COORD": 8.0}, (5.0, math.hypot(3, 12))),
        ("OI_T3", {"U1COORD": 3.0, "V1COORD": 4.0, "U2COORD": -3.0, "V2COORD": -4.0}, (5.0, 5.0)),
        ("OI_VIS2", {"UCOORD": 0.0, "VCOORD": 0.0}, (None, None)),
        ("OI_VIS2", {"UCOORD": math.nan, "VCOORD": 1.0}, (None, None)),
        ("OI_VIS2", {"UCOORD": math.inf, "VCOORD": 1.0}, (None, None)),
    ],
)
def test_baselines(extname, coordinates, expected):
    change = {name: ("D", np.array([value]), "m") for name, value in coordinates.items()}
    granule = only(target(), wavelength(), data(extname, change=change))
    assert (granule.baseline_min, granule.baseline_max) == expected


def test_flux_has_no_baseline():
    granule = only(target(), wavelength(), data("OI_FLUX"))
    assert (granule.baseline_max, granule.s_resolution, granule.nb_flux) == (None, None, 1)


def test_resolution_is_the_shortest_wavelength_over_the_longest_baseline():
    change = {"UCOORD": ("D", np.array([100.0])), "VCOORD": ("D", np.array([0.0]))}
    granule = only(target(), wavelength(wave=(1.6e-6, 1.7e-6)), data(change=change))
    assert granule.s_resolution == pytest.approx(1.6e-8 * 206264.806, rel=1e-6)


def test_flagged_share_is_over_the_cells_of_the_granule():
    flags = [[True, False], [True, True], [True, True]]
    tables = (data(mjd=(MJD, MJD, MJD + 1), flags=flags), data("OI_T3", flags=[[False, False]]))
    first, second = granules_of(read_oifits(file(target(), wavelength(), *tables)))
    assert (first.flagged_share, second.flagged_share) == (3 / 6, 1.0)


@pytest.mark.parametrize(
    ("insname", "arrname", "cards", "facility", "instrument"),
    [
        ("PIONIER_Pnat(1.58/1.76)", "VLTI_v2", {}, "VLTI", "PIONIER"),
        ("GRAVITY_SC_P1", "", {}, "VLTI", "GRAVITY"),
        ("H_PRISM", "CHARA_2008", {}, "CHARA", None),
        ("H_PRISM", "", {"INSTRUME": "MIRC_H"}, "CHARA", "MIRC"),
        ("NIRISS", "g7", {"TELESCOP": "JWST"}, "JWST", "NIRISS"),
        ("grism", "", {"TELESCOP": "ESO-VLTI-A1234"}, "VLTI", None),
        ("what", "ever", {}, None, None),
    ],
)
def test_facility_and_instrument(insname, arrname, cards, facility, instrument):
    granule = only(target(), wavelength(insname), data(insname=insname, arrname=arrname), cards=cards)
    assert (granule.facility, granule.instrument) == (facility, instrument)
    assert granule.instrument_name == insname


def test_polarisation_channels_are_granules_of_their_own():
    names = ("GRAVITY_SC_P1", "GRAVITY_SC_P2")
    tables = [make(insname=name) for name in names for make in (wavelength, data)]
    granules = granules_of(read_oifits(file(target(), *tables)))
    assert [granule.polarisation for granule in granules] == ["P1", "P2"]


def test_category_of_each_target():
    change = {"CATEGORY": ("3A", np.array(["SCI", "CAL", "?"]))}
    oifits = read_oifits(file(target("abc", change=change), wavelength(), data(mjd=(MJD,) * 3, target_id=(1, 2, 3))))
    assert [granule.target_category for granule in granules_of(oifits)] == ["SCIENCE", "CALIB", None]


def test_all_nights_of_all_targets_add_up():
    mjds = MJD + np.arange(40) * 0.3
    ids = 1 + np.arange(40) % 3
    granules = granules_of(read_oifits(file(target("abc"), wavelength(), data(mjd=mjds, target_id=ids))))
    assert sum(granule.nb_vis2 for granule in granules) == 40
    assert len({(granule.target_row, granule.insname, granule.night) for granule in granules}) == len(granules)
