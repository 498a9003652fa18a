"""The simulated survey: its physics against independent calculations, its files against the standard."""

import gzip
from datetime import date, timedelta
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.demo import collections, survey, write_survey
from ingest.demo import stars as catalogue
from ingest.demo.instruments import GRAVITY_SC, MIRCX, PIONIER
from ingest.demo.model import MAS, Binary, UniformDisk, disk_visibility
from ingest.demo.plan import PLANS
from ingest.demo.schedule import Request, mjd_of, schedule, sun_altitude
from ingest.demo.simulate import Point, Setup, flux_density, simulate, true_visibility, uv_coordinates
from ingest.errors import OivoError
from ingest.stations import Array, altitude, apparent_place, load_array

DAY = date(2026, 3, 1)
EMBARGO = {"suv": 730, "pionier": 365, "eso": 365, "chara": 548, "simulation": 0}

DATA_COLUMNS = {
    "OI_VIS": "TARGET_ID TIME MJD INT_TIME VISAMP VISAMPERR VISPHI VISPHIERR UCOORD VCOORD STA_INDEX FLAG",
    "OI_VIS2": "TARGET_ID TIME MJD INT_TIME VIS2DATA VIS2ERR UCOORD VCOORD STA_INDEX FLAG",
    "OI_T3": "TARGET_ID TIME MJD INT_TIME T3AMP T3AMPERR T3PHI T3PHIERR U1COORD V1COORD U2COORD V2COORD STA_INDEX FLAG",
    "OI_FLUX": "TARGET_ID MJD INT_TIME FLUXDATA FLUXERR FLAG",
}
UNITS = {
    "RAEP0": "deg", "DECEP0": "deg", "EQUINOX": "yr", "RA_ERR": "deg", "DEC_ERR": "deg", "SYSVEL": "m/s",
    "PMRA": "deg/yr", "PMDEC": "deg/yr", "PMRA_ERR": "deg/yr", "PMDEC_ERR": "deg/yr", "PARALLAX": "deg",
    "PARA_ERR": "deg", "DIAMETER": "m", "STAXYZ": "m", "FOV": "arcsec", "EFF_WAVE": "m", "EFF_BAND": "m",
    "TIME": "s", "MJD": "d", "INT_TIME": "s", "VISPHI": "deg", "VISPHIERR": "deg", "T3PHI": "deg",
    "T3PHIERR": "deg", "UCOORD": "m", "VCOORD": "m", "U1COORD": "m", "V1COORD": "m", "U2COORD": "m", "V2COORD": "m",
}  # fmt: skip
TARGET_COLUMNS = (
    "TARGET_ID TARGET RAEP0 DECEP0 EQUINOX RA_ERR DEC_ERR SYSVEL VELTYP VELDEF PMRA PMDEC PMRA_ERR PMDEC_ERR "
    "PARALLAX PARA_ERR SPECTYP"
)
ARRAY_COLUMNS = "TEL_NAME STA_NAME STA_INDEX DIAMETER STAXYZ"
VERSION_2_HEADER = "ORIGIN DATE CONTENT TELESCOP INSTRUME OBSERVER INSMODE OBJECT"
ERRORS = {"VISAMPERR", "VISPHIERR", "VIS2ERR", "T3AMPERR", "T3PHIERR", "FLUXERR"}


@cache
def files():
    return tuple(survey(DAY))


def opened(file):
    data = gzip.decompress(file.data) if file.name.endswith(".gz") else file.data
    return fits.open(BytesIO(data))


def one(pattern):
    (found,) = [file for file in files() if pattern in file.name and file.collection_id == "sim_diameters"]
    return opened(found)


def bessel_j1(x):
    """Power series, good for x < 20: independent of the module's quadrature."""
    total, term = 0.0, x / 2
    for k in range(1, 120):
        total += term
        term *= -((x / 2) ** 2) / (k * (k + 1))
    return total


# The model


@pytest.mark.parametrize("x", [0.01, 0.5, 1.0, 2.0, 3.8317, 5.0, 7.0156, 10.0, 15.0])
def test_disk_is_the_bessel_function(x):
    assert disk_visibility(x) == pytest.approx(2 * bessel_j1(x) / x, abs=1e-9)


def test_disk_vanishes_at_the_first_null():
    """Airy: 1.2197 wavelengths over the diameter."""
    assert UniformDisk(2.0).visibility(1.21967 / (2.0 * MAS), 0) == pytest.approx(0, abs=1e-5)


@given(st.floats(0.01, 20), st.floats(-6e8, 6e8), st.floats(-6e8, 6e8))
def test_no_visibility_is_larger_than_one(diameter, u, v):
    assert abs(UniformDisk(diameter).visibility(u, v)) <= 1 + 1e-12


@given(st.floats(0, 1), st.floats(-20, 20), st.floats(-20, 20), st.floats(-3e8, 3e8), st.floats(-3e8, 3e8))
def test_binaries_are_hermitian_and_bounded(ratio, east, north, u, v):
    binary = Binary(UniformDisk(1.0), UniformDisk(0.5), ratio, east, north)
    assert abs(binary.visibility(u, v)) <= 1 + 1e-12
    assert binary.visibility(-u, -v) == pytest.approx(np.conj(binary.visibility(u, v)), abs=1e-12)


def test_a_companion_in_the_east_turns_the_phase_backwards():
    """exp(-2 pi i u x) with u and x to the east: the sign of the standard."""
    binary = Binary(UniformDisk(0.0), UniformDisk(0.0), 0.1, 1.0, 0.0)
    assert np.angle(binary.visibility(2e7, 0)) < 0
    assert np.angle(binary.visibility(0, 2e7)) == 0


def test_binary_is_recovered_from_its_image():
    """The dirty image of a snapshot's noiseless visibilities peaks at the companion, at the flux ratio."""
    star = catalogue.IOT_PEG
    setup = Setup(load_array("CHARA"), ("S1", "S2", "E1", "E2", "W1", "W2"))
    points = [Point(1, star, 60300.1 + hour / 24) for hour in range(-3, 4)]
    uv = uv_coordinates(setup, points)
    frequency = (uv[..., np.newaxis] / MIRCX.wavelength).transpose(2, 0, 1, 3).reshape(2, -1)
    disk = star.model.primary.visibility(*frequency).real
    seen = true_visibility(MIRCX, points, uv).ravel() * (1 + star.model.flux_ratio)
    # What the primary leaves over, divided by the secondary's envelope, is a plane wave.
    wave = (seen - disk) / star.model.secondary.visibility(*frequency).real
    east, north, _ = brightest(frequency, wave, (0, 0), 12, 0.4)
    east, north, flux = brightest(frequency, wave, (east, north), 0.6, 0.05)
    assert (east, north) == pytest.approx((star.model.east, star.model.north), abs=0.026)
    assert flux == pytest.approx(star.model.flux_ratio, rel=0.02)


def brightest(frequency, wave, centre, width, step):
    """Place and height of the highest peak of the dirty image, mas."""
    offsets = np.arange(-width, width + step / 2, step)
    east, north = np.meshgrid(centre[0] + offsets, centre[1] + offsets)
    turns = np.outer(east.ravel(), frequency[0]) + np.outer(north.ravel(), frequency[1])
    image = (np.exp(2j * np.pi * MAS * turns) @ wave).real / wave.size
    peak = np.argmax(image)
    return east.ravel()[peak], north.ravel()[peak], image[peak]


# Noise and tables


def fitted_diameter(table, wavelength):
    """Weighted least squares of a uniform disk by golden section, and its error from the curvature."""
    good = ~table["FLAG"]
    x = np.pi * MAS * np.hypot(table["UCOORD"], table["VCOORD"])[:, np.newaxis] / wavelength

    def chi2(diameter):
        model = np.array([2 * bessel_j1(x_) / x_ for x_ in np.maximum(x[good] * diameter, 1e-9)]) ** 2
        return np.sum(((table["VIS2DATA"][good] - model) / table["VIS2ERR"][good]) ** 2)

    grid = np.linspace(0.3, 3.5, 65)
    best = grid[np.argmin([chi2(diameter) for diameter in grid])]
    step = 2e-3
    for _ in range(4):
        low, middle, high = chi2(best - step), chi2(best), chi2(best + step)
        curvature = (low - 2 * middle + high) / step**2
        best += (low - high) / (2 * step) / curvature
    return best, np.sqrt(2 / curvature), chi2(best) / (good.sum() - 1)


@pytest.mark.parametrize(
    ("pattern", "star"),
    [
        ("PIONIER_tau_Cet", catalogue.TAU_CET),
        ("PIONIER_eps_Eri", catalogue.EPS_ERI),
        ("GRAVITY_xi_Hya", catalogue.XI_HYA),
        ("MIRC-X_ups_And", catalogue.UPS_AND),
        ("PAVO_tet_Cyg", catalogue.TET_CYG),
        ("CLASSIC_alf_Lyr", catalogue.ALF_LYR),
    ],
)
def test_refitting_a_disk_gives_its_diameter(pattern, star):
    with one(pattern) as hdus:
        wavelength = hdus["OI_WAVELENGTH"].data["EFF_WAVE"].astype(float)
        table = hdus["OI_VIS2"].data
        columns = {name: table[name].reshape(len(table), -1) for name in ("VIS2DATA", "VIS2ERR", "FLAG")}
        columns |= {name: table[name] for name in ("UCOORD", "VCOORD")}
        diameter, error, chi2 = fitted_diameter(columns, wavelength)
    assert diameter == pytest.approx(star.model.diameter, abs=5 * error)
    assert error < 0.05 * diameter
    assert 0.4 < chi2 < 1.9


def noiseless(star, mode=PIONIER, stations=("A0", "G1", "J2", "J3"), array="VLTI"):
    setup = Setup(load_array(array), stations)
    points = [Point(1, star, 60300.3 + hour / 24) for hour in range(3)]
    return setup, points, true_visibility(mode, points, uv_coordinates(setup, points))


def test_closure_phases_of_a_disk_are_zero_or_half_a_turn():
    setup, points, visibility = noiseless(catalogue.BET_CET)
    assert np.abs(visibility.imag).max() == 0
    table = simulate(PIONIER, setup, points, np.random.default_rng(1))["OI_T3"]
    good = ~table["FLAG"]
    phase = np.radians(table["T3PHI"][good])
    pull = np.degrees(np.arcsin(np.clip(np.sin(phase), -1, 1))) / table["T3PHIERR"][good]
    assert np.abs(pull).max() < 5


def test_closure_phases_of_a_binary_are_the_sum_around_the_triangle():
    star = catalogue.BET_CEN
    setup, points, visibility = noiseless(star)
    table = simulate(PIONIER, setup, points, np.random.default_rng(2))["OI_T3"]
    wave = PIONIER.wavelength
    u1, v1, u2, v2 = (table[name][:, np.newaxis] / wave for name in ("U1COORD", "V1COORD", "U2COORD", "V2COORD"))
    model = star.model.visibility
    bispectrum = model(u1, v1) * model(u2, v2) * model(-u1 - u2, -v1 - v2)
    good = ~table["FLAG"]
    difference = (table["T3PHI"] - np.degrees(np.angle(bispectrum)) + 180) % 360 - 180
    assert np.abs(difference / table["T3PHIERR"])[good].max() < 5
    assert np.abs((table["T3AMP"] - np.abs(bispectrum)) / table["T3AMPERR"])[good].max() < 5
    assert np.ptp(np.degrees(np.angle(bispectrum))) > 30
    assert visibility.shape == (3, 6, 6)


def test_errors_are_those_of_the_noise():
    setup = Setup(load_array("VLTI"), ("A0", "G1", "J2", "J3"))
    points = [Point(1, catalogue.ALF_VIR, 60300.3 + minute / 1440) for minute in range(0, 120, 2)]
    tables = simulate(GRAVITY_SC, setup, points, np.random.default_rng(3))
    truth = np.abs(true_visibility(GRAVITY_SC, points, uv_coordinates(setup, points)))
    table = tables["OI_VIS2"]
    pull = ((table["VIS2DATA"] - truth.reshape(-1, 20) ** 2) / table["VIS2ERR"])[~table["FLAG"]]
    assert pull.mean() == pytest.approx(0, abs=0.1)
    assert pull.std() == pytest.approx(1, abs=0.05)
    table = tables["OI_VIS"]
    assert table["VISPHI"][~table["FLAG"]].mean() == pytest.approx(0, abs=0.1)


def test_station_pairs_and_coordinates_agree():
    """UCOORD, VCOORD of (i, j) is the opposite of (j, i); lengths do not exceed the distance of the stations."""
    array = load_array("CHARA")
    forward = uv_coordinates(Setup(array, ("S1", "E1")), [Point(1, catalogue.BET_AUR, 60300.3)])
    backward = uv_coordinates(Setup(array, ("E1", "S1")), [Point(1, catalogue.BET_AUR, 60300.3)])
    assert forward == pytest.approx(-backward)
    assert np.hypot(*forward[0, 0]) <= np.linalg.norm(array.baseline("S1", "E1"))


def test_flux_of_vega():
    """Vega has about 650 Jy in K (Cohen et al. 1992); a black body of its size and temperature comes near."""
    assert flux_density(catalogue.ALF_LYR, np.array([2.2e-6]))[0] == pytest.approx(650, rel=0.15)


def test_uncalibrated_spectra_are_those_of_the_telescopes():
    setup = Setup(load_array("VLTI"), ("U1", "U2", "A0"), calibrated=False)
    points = [Point(1, catalogue.ALF_VIR, 60300.3), Point(1, catalogue.ALF_VIR, 60300.31)]
    table = simulate(GRAVITY_SC, setup, points, np.random.default_rng(7))["OI_FLUX"]
    assert table["STA_INDEX"].ravel().tolist() == [1, 2, 3, 1, 2, 3]
    large, small = table["FLUXDATA"][0].mean(), table["FLUXDATA"][2].mean()
    assert large / small == pytest.approx((8.2 / 1.8) ** 2, rel=0.5)


def test_uncalibrated_visibilities_are_lower():
    points = [Point(1, catalogue.KAP_ORI, 60300.2)]
    stations = ("A0", "B2", "D0", "C1")
    raw = simulate(PIONIER, Setup(load_array("VLTI"), stations, calibrated=False), points, np.random.default_rng(4))
    calibrated = simulate(PIONIER, Setup(load_array("VLTI"), stations), points, np.random.default_rng(4))
    assert np.nanmean(raw["OI_VIS2"]["VIS2DATA"]) < 0.8 * np.nanmean(calibrated["OI_VIS2"]["VIS2DATA"])


# Nights


@pytest.mark.parametrize("day", [date(2024, 2, 29) + timedelta(days=53 * k) for k in range(14)] + [date(2040, 7, 1)])
def test_every_plan_finds_its_nights_on_any_day(day):
    for plan in PLANS:
        array = load_array(plan.modes[0].array)
        request = Request(
            plan.stars,
            mjd_of(day) - plan.ages[1],
            mjd_of(day) - plan.ages[0],
            plan.points * len(plan.stars),
            plan.cadence,
            plan.nights,
            plan.across_noon,
        )
        mjd = schedule(array, request, np.random.default_rng(5))
        assert mjd.shape == (plan.nights, plan.points * len(plan.stars))
        assert (np.diff(mjd.ravel()) > 0).all()
        assert sun_altitude(array, mjd).max() < -11
        for star in plan.stars:
            place = apparent_place(array.longitude, star.ra, star.dec, mjd, pm_ra=star.pm_ra, pm_dec=star.pm_dec)
            assert altitude(array.latitude, *place).min() > 30


def test_a_target_that_never_rises_is_refused():
    request = Request((catalogue.BET_CEN,), 60000, 60365, points=1, cadence=10.0)
    with pytest.raises(OivoError, match=r"CHARA: bet Cen cannot be observed .* between 2023-02-25 and 2024-02-25"):
        schedule(load_array("CHARA"), request, np.random.default_rng(6))


def test_sun_stands_where_the_almanac_says():
    """Solstice of 2024-06-20 at the tropic, around local noon: 70 degrees west, 23.4 degrees north."""
    place = Array("X", "", -70.0, 23.436, 0.0, {})
    mjd = 60481 + np.linspace(0.65, 0.75, 2001)
    assert sun_altitude(place, mjd).max() == pytest.approx(90, abs=0.1)
    # Equation of time of that day: noon is 1.8 min late.
    assert mjd[np.argmax(sun_altitude(place, mjd))] % 1 == pytest.approx(0.5 + 70 / 360 + 1.8 / 1440, abs=1e-3)


# The survey


def test_survey_is_small_and_named_once():
    assert 30 <= len(files()) <= 60
    assert sum(len(file.data) for file in files()) < 3e6
    assert len({file.name for file in files()}) == len(files())
    assert all(file.name.startswith("SIM_") for file in files())


def test_same_day_same_bytes():
    assert tuple(survey(DAY)) == files()


def test_other_day_other_nights():
    assert {file.data for file in survey(DAY + timedelta(days=1))}.isdisjoint({file.data for file in files()})


def test_files_belong_to_collections():
    known = {collection.id: collection for collection in collections(DAY)}
    assert {file.collection_id for file in files()} == set(known)
    assert len({collection.name for collection in known.values()}) == len(known)
    for collection in known.values():
        assert "SIMULATED" in collection.title
        assert "SIMULATED" in collection.description
        assert "simulation" in collection.keywords
        assert collection.kind in EMBARGO
        assert (collection.article_bibcode is not None) == (collection.level == 3)


def test_article_is_out_and_of_no_journal():
    (published,) = [collection for collection in collections(DAY) if collection.level == 3]
    assert len(published.article_bibcode) == 19
    assert "oivo" in published.article_bibcode
    assert published.article_date < DAY


@pytest.mark.parametrize("kind", ["suv", "pionier", "eso", "chara"])
def test_embargoed_collections_hold_released_and_private_science_and_calibrators(kind):
    ids = {collection.id for collection in collections(DAY) if collection.kind == kind}
    released = {True: 0, False: 0}
    calibrators = 0
    for file in files():
        if file.collection_id not in ids:
            continue
        with opened(file) as hdus:
            science = [value for key, value in hdus[0].header.items() if key.endswith("PRO SCIENCE")]
            age = mjd_of(DAY) - hdus["OI_VIS2"].data["MJD"].max()
            # Far enough from the embargo's end that nobody's clock matters.
            assert abs(age - EMBARGO[kind]) > 20
            calibrators += science == [False]
            released[bool(age > EMBARGO[kind])] += science == [True]
    assert min(*released.values(), calibrators) > 0


def test_survey_shows_the_odd_cases():
    targets, modes, nights, versions, noon = set(), set(), set(), set(), False
    for file in files():
        with opened(file) as hdus:
            mjd = hdus["OI_VIS2"].data["MJD"]
            targets.add(len(hdus["OI_TARGET"].data))
            modes.add(sum(hdu.name == "OI_WAVELENGTH" for hdu in hdus))
            nights.add(int(np.ptp(np.floor(mjd))) + 1)
            versions.add(hdus["OI_VIS2"].header["OI_REVN"])
            noon |= "MIRC-X_bet_Aur" in file.name and set(np.floor(mjd + 0.5) - np.floor(mjd)) == {0, 1}
    assert targets == {1, 4}
    assert modes == {1, 2}
    assert {1, 2, 3} <= nights
    assert versions == {1, 2}
    assert noon
    assert any(file.data[:2] == b"\x1f\x8b" for file in files())


@pytest.mark.parametrize("number", range(len(PLANS)))
def test_files_are_oifits(number):
    """Tables, keywords, columns, units and references of the two versions of the standard."""
    file = files()[number]
    with opened(file) as hdus:
        hdus.verify("exception")
        version = hdus["OI_TARGET"].header["OI_REVN"]
        header = hdus[0].header
        assert (header.get("CONTENT") == "OIFITS2") == (version == 2)
        assert header["ORIGIN"] == header["AUTHOR"] == "oivo simulated survey"
        assert "SIMULATED" in str(header["COMMENT"])
        if version == 2:
            assert all(isinstance(header[key], str) and header[key] for key in VERSION_2_HEADER.split())
        check_references(hdus, version)
        for hdu in hdus[1:]:
            check_table(hdu, version)


def check_table(hdu, version):
    names = hdu.columns.names
    assert hdu.header["OI_REVN"] == (1 if hdu.name == "OI_FLUX" else version)
    expected = {
        "OI_TARGET": TARGET_COLUMNS + (" CATEGORY" if version == 2 else ""),
        "OI_ARRAY": ARRAY_COLUMNS + (" FOV FOVTYPE" if version == 2 else ""),
        "OI_WAVELENGTH": "EFF_WAVE EFF_BAND",
        **DATA_COLUMNS,
    }[hdu.name].split()
    assert [name for name in names if name not in {"VISREFMAP"} and (name, hdu.name) != ("STA_INDEX", "OI_FLUX")] == (
        expected
    )
    for column in hdu.columns:
        assert "FLUX" in column.name or column.unit == UNITS.get(column.name)
    if hdu.name in DATA_COLUMNS:
        check_data(hdu, version)
    if hdu.name == "OI_TARGET":
        assert [hdu.columns[name].format for name in ("TARGET", "RAEP0", "EQUINOX")] == ["16A", "1D", "1E"]


def check_data(hdu, version):
    flag = hdu.data["FLAG"]
    assert not flag.all()
    for name in hdu.columns.names:
        values = hdu.data[name]
        if name in {"VISREFMAP", "FLAG"} or values.dtype.kind != "f":
            continue
        used = values[~flag] if values.shape == flag.shape else values
        assert np.isfinite(used).all(), name
        assert name not in ERRORS or (used > 0).all(), name
    if "TIME" in hdu.columns.names:
        time, mjd = hdu.data["TIME"], hdu.data["MJD"]
        start = np.datetime64(hdu.header["DATE-OBS"])
        seconds = (mjd - (start - np.datetime64("1858-11-17")).astype(int)) * 86400
        assert time == pytest.approx(seconds if version == 1 else np.zeros(len(mjd)), abs=1e-3)
    if hdu.name == "OI_VIS":
        assert (hdu.header["AMPTYP"], hdu.header["PHITYP"]) == ("absolute", "differential")
        assert hdu.data["VISREFMAP"].shape == (*flag.shape, flag.shape[1])
    if hdu.name == "OI_FLUX":
        calibrated = hdu.header["CALSTAT"] == "C"
        assert hdu.columns["FLUXDATA"].unit == ("Jy" if calibrated else "adu")
        assert ("STA_INDEX" in hdu.columns.names) == ("ARRNAME" in hdu.header) == (not calibrated)


def check_references(hdus, version):
    """Every data table names an array and channels that exist, and its rows targets and stations that do."""
    names = [hdu.name for hdu in hdus[1:]]
    assert {"OI_TARGET", "OI_ARRAY", "OI_WAVELENGTH", "OI_VIS2"} <= set(names)
    assert version == 2 or not {"OI_FLUX", "OI_CORR", "OI_INSPOL"} & set(names)
    array = hdus["OI_ARRAY"]
    centre = np.array([array.header[f"ARRAY{axis}"] for axis in "XYZ"])
    assert array.header["FRAME"] == "GEOCENTRIC"
    assert 6.35e6 < np.linalg.norm(centre) < 6.39e6
    assert list(array.data["STA_INDEX"]) == list(range(1, len(array.data) + 1))
    position = dict(zip(array.data["STA_INDEX"], array.data["STAXYZ"], strict=True))
    channels = {hdu.header["INSNAME"]: len(hdu.data) for hdu in hdus if hdu.name == "OI_WAVELENGTH"}
    targets = set(hdus["OI_TARGET"].data["TARGET_ID"])
    assert targets == set(range(1, len(targets) + 1))
    for hdu in hdus:
        if hdu.name not in DATA_COLUMNS:
            continue
        assert set(hdu.data["TARGET_ID"]) == targets
        assert hdu.data["FLAG"].reshape(len(hdu.data), -1).shape[1] == channels[hdu.header["INSNAME"]]
        if "ARRNAME" in hdu.header:
            assert hdu.header["ARRNAME"] == array.header["ARRNAME"]
            assert set(np.unique(hdu.data["STA_INDEX"])) <= set(position)
        if "UCOORD" in hdu.columns.names:
            for row in hdu.data:
                first, second = (position[index] for index in row["STA_INDEX"])
                assert np.hypot(row["UCOORD"], row["VCOORD"]) <= np.linalg.norm(second - first) + 1e-6


def test_programmes_are_simulated_and_vlti_only():
    for file in files():
        with opened(file) as hdus:
            header = hdus[0].header
            assert header["ARCFILE"].startswith("SIM_")
            if header["TELESCOP"] == "CHARA":
                assert "ESO OBS PROG ID" not in header
            else:
                assert header["ESO OBS PROG ID"] == header["PROG_ID"]
                assert "-999" in header["PROG_ID"]


def test_spica_files_carry_the_proposal_and_the_quality():
    spica = [file for file in files() if "SPICA_ups_And" in file.name]
    with opened(spica[0]) as hdus:
        assert hdus[0].header["SPICADB-ID"] == 4242
        assert hdus[0].header["QUALITY LEVEL"] == 4


def test_write_survey(tmp_path):
    paths = write_survey(tmp_path, DAY)
    assert [path.name for path in paths] == [file.name for file in files()]
    assert [path.parent.name for path in paths] == [file.collection_id for file in files()]
    assert paths[3].read_bytes() == files()[3].data


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)))
@settings(max_examples=20)
def test_mjd_of_a_date(day):
    assert mjd_of(day) == np.datetime64(day).astype(int) + 40587
