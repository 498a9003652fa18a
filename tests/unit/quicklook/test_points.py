"""The points that are drawn are those that astropy finds, no others."""

import numpy as np
import pytest
from astropy.io import fits

from ingest.oifits import granules_of, read_oifits
from ingest.quicklook.points import FLUX, MAX_POINTS, OBSERVABLES, T3PHI, V2, VISAMP, VISPHI, _step, select
from tests.build.oifits import array, data, file, plain, target, wavelength

#: Real files of one target table, without the references that oivo mends: instruments, versions, flags, nights.
REAL = (
    "2018-12-07T063809_HD45677_A0B2D0C1_IR-LM_LOW_Chop_cal_oifits_0.fits",
    "2012-03-24_ALL_oiDataCalib.fits",
    "GRAVI.2018-04-18T08-08-19.739_singlescivis_singlesciviscalibrated.fits",
    "npoi-classic-oifits.fits",
    "rho_Cas_example.oifits",
    "arcturus.1.79mu.fits",
)


def cells(hdus, granule, kind):
    """Usable cells as a slow reader finds them: value, error, wavelength and longest (u, v), one tuple each."""
    names = {column: column for column in (kind.column, "FLUX")}
    target_id = hdus["OI_TARGET"].data["TARGET_ID"][granule.target_row]
    (waves, *_) = [
        hdu.data["EFF_WAVE"]
        for hdu in hdus[1:]
        if hdu.name == "OI_WAVELENGTH" and hdu.header["INSNAME"] == granule.insname
    ]
    for hdu in hdus[1:]:
        if hdu.name != kind.table or hdu.header["INSNAME"] != granule.insname:
            continue
        column = next(name for name in names if name in hdu.columns.names)
        sides = (
            (("UCOORD", "VCOORD"),)
            if "UCOORD" in hdu.columns.names
            else (("U1COORD", "V1COORD"), ("U2COORD", "V2COORD"))
        )
        for row in hdu.data:
            if row["TARGET_ID"] != target_id or np.floor(row["MJD"] + 0.5) != granule.night:
                continue
            length = np.nan
            if kind.table != "OI_FLUX":
                uv = [complex(row[u], row[v]) for u, v in sides]
                length = max(abs(side) for side in (*uv, sum(uv)))
            columns = (np.atleast_1d(row[name]) for name in (column, kind.error, "FLAG"))
            for value, error, flag, wave in zip(*columns, waves, strict=True):
                if not flag and np.isfinite(value):
                    yield value, error if 0 < error < np.inf else np.nan, wave, length


def in_order(points):
    """Points as an array whose order does not depend on the order of the rows."""
    found = np.array(list(points), np.float64).reshape(-1, 4)
    return found[np.lexsort(np.nan_to_num(found, nan=-1).T)]


@pytest.mark.parametrize("name", REAL)
def test_points_are_those_of_astropy(reference, name):
    path = reference / "oifits" / "files" / name
    oifits = read_oifits(path)
    with fits.open(path) as hdus:
        for granule in granules_of(oifits):
            selection = select(oifits, granule)
            for kind in OBSERVABLES:
                points = selection.points[kind]
                assert points.step == 1
                expected = list(cells(hdus, granule, kind))
                found = zip(points.value, points.error, points.wavelength, points.length, strict=True)
                np.testing.assert_allclose(in_order(found), in_order(expected), err_msg=kind.column)
                assert points.used == len(expected)


def only(*tables, **header):
    oifits = read_oifits(file(*tables, **header))
    (granule,) = granules_of(oifits)
    return select(oifits, granule)


def test_where_a_point_was_measured():
    points = only(
        target(),
        array(),
        wavelength(wave=(1e-6, 2e-6)),
        data(change={"UCOORD": ("D", np.array([30.0])), "VCOORD": ("D", np.array([40.0]))}),
    ).points[V2]
    assert points.names == ("A0-B2",)
    np.testing.assert_allclose(points.frequency, [50e6, 25e6], rtol=1e-6)
    np.testing.assert_allclose(points.mega_frequency, [50, 25], rtol=1e-6)
    np.testing.assert_allclose(points.position_angle, np.degrees(np.arctan2(3, 4)))


@pytest.mark.parametrize(("u", "v", "angle"), [(0, 10, 0), (10, 0, 90), (-10, 10, 135), (-10, 0, 90), (3, -3, 135)])
def test_position_angles_run_from_north_to_east(u, v, angle):
    place = {"UCOORD": ("D", np.array([float(u)])), "VCOORD": ("D", np.array([float(v)]))}
    points = only(target(), wavelength(), data(change=place)).points[V2]
    np.testing.assert_allclose(points.position_angle, angle)


def test_a_triangle_has_the_place_of_its_longest_side():
    sides = {"U1COORD": 10.0, "V1COORD": 0.0, "U2COORD": 0.0, "V2COORD": 24.0}
    place = {name: ("D", np.array([value])) for name, value in sides.items()}
    points = only(target(), array(), wavelength(), data("OI_T3", change=place)).points[T3PHI]
    np.testing.assert_allclose((points.u[0], points.v[0], points.length[0]), (10, 24, 26))
    assert points.names == ("A0-B2-C1",)


def test_baselines_are_numbered_by_length():
    place = {
        "UCOORD": ("D", np.array([100.0, 10.0, 50.0])),
        "STA_INDEX": ("2I", np.array([[1, 2], [2, 3], [3, 99]])),
    }
    points = only(target(), array(), wavelength(), data(mjd=(55000.1, 55000.2, 55000.3), change=place)).points[V2]
    assert points.names == ("B2-C1", "C1-99", "A0-B2")
    assert points.baseline.tolist() == [2, 2, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"flags": True}, "VIS2DATA: all 2 points flagged"),
        ({"change": {"VIS2DATA": ("2D", np.full((1, 2), np.nan))}}, "VIS2DATA: 2 points not finite"),
        (
            {"flags": [[True, False]], "change": {"VIS2DATA": ("2D", np.full((1, 2), np.inf))}},
            "VIS2DATA: 1 points not finite, 1 flagged",
        ),
        ({"drop": ["VIS2DATA"]}, "OI_VIS2 has no VIS2DATA"),
        ({"change": {"VIS2DATA": ("3D", np.ones((1, 3)))}}, "VIS2DATA does not fit 2 channels"),
        ({"change": {"VIS2DATA": ("2A", np.array(["ab"]))}}, "VIS2DATA does not fit 2 channels"),
    ],
)
def test_why_there_are_no_points(odd, why):
    selection = only(target(), wavelength(), data(**odd))
    assert selection.points[V2].why_empty == why
    assert selection.points[V2].value.size == 0
    assert selection.points[T3PHI].why_empty == "no OI_T3"


@pytest.mark.parametrize(
    ("flag", "used"),
    [(("2L", np.array([[True, False]])), 1), (("L", np.array([True])), 0), (("3L", np.ones((1, 3), bool)), 2)],
    ids=["each cell", "the row", "of another width"],
)
def test_flags(flag, used):
    points = only(target(), wavelength(), data(change={"FLAG": flag})).points[V2]
    assert (points.used, points.value.size) == (used, used)


def test_errors_that_are_none_are_nan():
    bad = np.array([[0.0, -1.0, np.nan, np.inf, 0.1]])
    waves = wavelength(wave=(1e-6, 2e-6, 3e-6, 4e-6, 5e-6))
    points = only(target(), waves, data(nwave=5, change={"VIS2ERR": ("5D", bad)})).points[V2]
    np.testing.assert_array_equal(points.error, [np.nan] * 4 + [0.1])


@pytest.mark.parametrize(
    ("written", "read", "unit"),
    [
        ((1.6e-6, 1.7e-6), (1.6e-6, 1.7e-6), ""),
        ((1.6, 1.7), (1.6e-6, 1.7e-6), "µm"),
        ((1600.0, 1700.0), (1.6e-6, 1.7e-6), "nm"),
        ((1.3e-3, 1.4e-3), (1.3e-3, 1.4e-3), ""),
        ((np.nan, 1.7), (np.nan, 1.7e-6), "µm"),
        ((0.0, -1.0), (np.nan, np.nan), ""),
    ],
)
def test_wavelengths_in_another_unit(written, read, unit):
    selection = only(target(), wavelength(wave=written), data())
    np.testing.assert_allclose(selection.wavelength, read, rtol=1e-6)
    assert selection.unit_mended == unit


def test_flux_of_the_eso_pipelines():
    flux = data("OI_FLUX", drop=["FLUXDATA"], change={"FLUX": ("2D", np.array([[3.0, 4.0]]), "Jy")})
    points = only(target(), wavelength(), flux, version=2).points[FLUX]
    assert (points.value.tolist(), points.unit) == ([3.0, 4.0], "Jy")


def test_kinds_of_phases():
    vis = data("OI_VIS", cards={"PHITYP": "differential", "AMPTYP": "correlated flux"})
    points = only(target(), wavelength(), vis, version=2).points
    assert (points[VISPHI].kind, points[VISAMP].kind) == ("differential", "correlated flux")


@pytest.mark.parametrize("channels", [1, 2, 7, 64])
def test_fewer_points_are_spread_over_all_channels(channels, monkeypatch):
    monkeypatch.setattr("ingest.quicklook.points._CHUNK", 1000)
    rows = 7000 // channels
    values = np.arange(rows * channels, dtype=float).reshape(rows, channels)
    oifits = read_oifits(
        file(
            target(),
            wavelength(wave=np.linspace(1e-6, 2e-6, channels)),
            data(
                mjd=np.full(rows, 55000.1),
                nwave=channels,
                change={"VIS2DATA": (f"{channels}D", values if channels > 1 else values[:, 0])},
            ),
        )
    )
    (granule,) = granules_of(oifits)
    points = select(oifits, granule, limit=500).points[V2]
    assert 100 < points.value.size <= 500 and points.used == rows * channels
    np.testing.assert_array_equal(points.value, np.arange(0, rows * channels, points.step))
    assert np.unique(points.wavelength).size == channels


def test_steps():
    assert (_step(MAX_POINTS, 4, MAX_POINTS), _step(MAX_POINTS + 1, 4, MAX_POINTS)) == (1, 3)


def test_a_granule_of_another_file():
    one, other = read_oifits(plain()), read_oifits(file(target(), wavelength("X"), data(insname="X")))
    with pytest.raises(ValueError, match="no granule"):
        select(one, granules_of(other)[0])
