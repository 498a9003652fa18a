"""ivoa.obscore for the simulated survey: nothing that matters is empty, and the values can be."""

from typing import Any

import numpy as np
import pytest
from astropy.io.votable.ucd import parse_ucd

from tests.instances import Instance

#: What each row must have; s_fov and pol_states only where the file tells.
_FILLED = """
    dataproduct_type dataproduct_subtype calib_level obs_collection obs_id obs_title obs_publisher_did
    access_url access_format access_estsize target_name s_ra s_dec s_region s_resolution s_xel1 s_xel2 t_min
    t_max t_exptime t_resolution t_xel em_min em_max em_res_power em_xel em_ucd o_ucd pol_xel facility_name
    instrument_name
"""
FILLED = _FILLED.split()

#: What is not known of all exposures: a log has no files, and CHARA's no integration times and stations.
UNKNOWN_OF_EXPOSURES = {
    *("access_estsize", "em_xel", "em_res_power", "s_resolution", "t_exptime", "t_resolution", "t_xel"),
}

#: Smallest and largest value that an optical interferometer gives.
RANGES = {
    "calib_level": (0, 3),
    "access_estsize": (1, 1e6),
    "s_ra": (0, 360),
    "s_dec": (-90, 90),
    "s_fov": (1e-6, 0.01),
    # arcsec: hundreds of metres in the blue, tens of metres in N
    "s_resolution": (1e-4, 0.3),
    "s_xel1": (1, 1),
    "s_xel2": (1, 1),
    "t_min": (49718, 80000),
    "t_max": (49718, 80000),
    "t_exptime": (1, 86400),
    "t_resolution": (1e-4, 3600),
    "t_xel": (1, 1e5),
    # m: U to Q band
    "em_min": (0.3e-6, 30e-6),
    "em_max": (0.3e-6, 30e-6),
    "em_res_power": (1, 1e5),
    "em_xel": (1, 1e5),
    "pol_xel": (1, 4),
}

WORDS = {
    "dataproduct_type": {"visibility"},
    "access_format": {"application/fits", "application/gzip", "text/html"},
    "facility_name": {"VLTI", "CHARA"},
    "instrument_name": {"PIONIER", "GRAVITY", "MATISSE", "MIRCX", "MIRC-X", "PAVO", "CLASSIC", "SPICA"},
    "source_table": {"oidb.oidb"},
}


@pytest.fixture(scope="module")
def obscore(tap: Any) -> Any:
    return tap.run_sync("SELECT * FROM ivoa.obscore").to_table()


def present(column: Any) -> Any:
    """Return a mask of the rows with a value: not NULL, not NaN, not empty."""
    there = ~np.ma.getmaskarray(column)
    if column.dtype.kind == "f":
        return there & ~np.isnan(np.ma.filled(column, np.nan))
    if column.dtype.kind in "OUS":
        return there & np.array([str(value).strip() not in ("", "None", "--") for value in column])
    return there


def test_rows_are_the_granules_and_exposures(site: Instance, tap: Any, obscore: Any) -> None:
    granules = [row.publisher_did for row in site.sql("SELECT publisher_did FROM archive.granule")]
    exposures = [row.publisher_did for row in site.sql("SELECT publisher_did FROM archive.exposure")]
    assert sorted(obscore["obs_publisher_did"]) == sorted(granules + exposures)
    assert sorted(obscore["obs_publisher_did"][obscore["calib_level"] == 0]) == sorted(exposures)
    assert len(set(granules)) == len(granules) > 40
    assert len(set(exposures)) == len(exposures) > 40
    assert tap.run_sync("SELECT COUNT(*) AS n FROM oidb.oidb")["n"][0] == len(granules) + len(exposures)


@pytest.mark.parametrize("name", FILLED)
def test_is_never_empty(obscore: Any, name: str) -> None:
    empty = ~present(obscore[name])
    if name in UNKNOWN_OF_EXPOSURES:
        empty &= obscore["calib_level"] > 0
    assert list(obscore["obs_publisher_did"][empty]) == []


@pytest.mark.parametrize("name", RANGES)
def test_is_plausible(obscore: Any, name: str) -> None:
    values = obscore[name][present(obscore[name])]
    least, most = RANGES[name]
    assert name not in FILLED or len(values)
    assert all((values >= least) & (values <= most))


@pytest.mark.parametrize("name", WORDS)
def test_is_one_of_the_words(obscore: Any, name: str) -> None:
    assert {str(value) for value in obscore[name]} <= WORDS[name]


def test_limits_are_in_order(obscore: Any) -> None:
    assert all((obscore["em_min"] < obscore["em_max"]) | np.ma.filled(obscore["em_xel"] == 1, False))
    assert all(obscore["em_min"] <= obscore["em_max"])
    # a log without integration times has the start only
    lasting = present(obscore["t_exptime"]) & np.ma.filled(obscore["t_xel"] != 1, True)
    assert all(obscore["t_min"][lasting] < obscore["t_max"][lasting])
    assert all(obscore["t_min"] <= obscore["t_max"])
    timed = present(obscore["t_resolution"])
    assert all(obscore["t_resolution"][timed] <= obscore["t_exptime"][timed])


def test_resolution_is_that_of_the_longest_baseline(tap: Any) -> None:
    rows = tap.run_sync("SELECT s_resolution, em_min, baseline_max FROM oidb.oidb WHERE baseline_max > 0").to_table()
    finest = np.degrees(rows["em_min"] / rows["baseline_max"]) * 3600
    assert all(np.abs(rows["s_resolution"] / finest - 1) < 1e-6)


def test_identifiers_of_datasets(obscore: Any) -> None:
    assert all(did.startswith("ivo://") for did in obscore["obs_publisher_did"])
    for ucd in set(obscore["o_ucd"]):
        parse_ucd(str(ucd), check_controlled_vocabulary=True)


def test_region_holds_the_position(tap: Any, obscore: Any) -> None:
    inside = tap.run_sync("SELECT COUNT(*) AS n FROM ivoa.obscore WHERE 1 = CONTAINS(POINT(s_ra, s_dec), s_region)")
    assert inside["n"][0] == len(obscore)
    beside = tap.run_sync(
        "SELECT COUNT(*) AS n FROM ivoa.obscore WHERE 1 = CONTAINS(POINT(s_ra, s_dec + 0.01), s_region)"
    )
    assert beside["n"][0] == 0


def test_region_is_as_wide_as_the_field_of_view(obscore: Any) -> None:
    """The corners of the polygon lie half a field of view away, or 1 arcsec where it is not known."""
    for row in obscore:
        corners = np.array(str(row["s_region"]).removeprefix("Polygon ICRS").split(), float).reshape(-1, 2)
        east = (corners[:, 0] - row["s_ra"]) * np.cos(np.radians(row["s_dec"]))
        radius = np.hypot(east, corners[:, 1] - row["s_dec"])
        expected = row["s_fov"] / 2 if present(obscore["s_fov"])[row.index] else 1 / 3600
        assert np.abs(radius / expected - 1).max() < 1e-3, row["obs_publisher_did"]
