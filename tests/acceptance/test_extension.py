"""ivoa.obscore_radio and oidb.obscore_optical: the draft's columns, and numbers worked out once more."""

import csv
import math
import urllib.request
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from ingest.oifits import granules_of, read_oifits
from ingest.stations import TABLES
from tests.instances import OPENER, Instance
from tests.unit.oifits.slow_extension import numbers_of, shape_of

ARCSEC = math.degrees(1) * 3600

#: IVOA, ObsCore extension for radio data, draft of 2025-09-15, tables 3 to 5: name, utype, UCD, unit. The draft has
#: LoLim for uv_distance_max, too.
DRAFT = """
s_resolution_min             Char.SpatialAxis.Resolution.Bounds.Limits.LoLim      pos.angResolution;stat.min      arcsec
s_resolution_max             Char.SpatialAxis.Resolution.Bounds.Limits.HiLim      pos.angResolution;stat.max      arcsec
s_fov_min                    Char.SpatialAxis.Coverage.Bounds.Extent.LowLim       phys.angSize;instr.fov;stat.min deg
s_fov_max                    Char.SpatialAxis.Coverage.Bounds.Extent.HiLim        phys.angSize;instr.fov;stat.max deg
f_resolution                 Char.SpectralAxis.Coverage.Bounds.Limits.HiLim       em.freq;stat.max                kHz
s_largest_angular_scale      Char.SpatialAxis.Resolution.Scale.Limits.HiLim       phys.angSize;stat.max           arcsec
s_largest_angular_scale_min  Char.SpatialAxis.Resolution.Scale.Limits.HiLim.Low   phys.angSize;stat.max           arcsec
s_largest_angular_scale_max  Char.SpatialAxis.Resolution.Scale.Limits.HiLim.Hi    phys.angSize;stat.max           arcsec
uv_distance_min              Char.UVAxis.Coverage.Bounds.Limits.LoLim             stat.fourier;pos;stat.min       m
uv_distance_max              Char.UVAxis.Coverage.Bounds.Limits.HiLim             stat.fourier;pos;stat.max       m
uv_distribution_ecc          Char.UVAxis.Coverage.Bounds.Eccentricity             stat.fourier;pos                -
uv_distribution_fill         Char.UVAxis.Coverage.Bounds.FillingFactor            stat.fourier;pos;arith.ratio    -
instr_tel_number             Provenance.ObsConfig.Instrument.Array.AntNumber      meta.number;instr.param         -
instr_tel_min_dist           Provenance.ObsConfig.Instrument.Array.MinDist        instr.baseline;stat.min         m
instr_tel_max_dist           Provenance.ObsConfig.Instrument.Array.MaxDist        instr.baseline;stat.max         m
instr_tel_diameter           Provenance.ObsConfig.Instrument.Array.Diameter       instr.param                     m
instr_feed                   Provenance.ObsConfig.Instrument.Feed                 instr.param                     -
scan_mode                    Provenance.Observation.sky_scan_mode                 instr.param                     -
tracking_type                Provenance.Observation.tracking_mode                 instr.param                     -
"""


@pytest.fixture(scope="module")
def rows(tap: Any) -> Any:
    """All of ObsCore and both extensions, joined as the draft wants it."""
    return tap.run_sync(
        "SELECT * FROM ivoa.obscore NATURAL JOIN ivoa.obscore_radio NATURAL JOIN oidb.obscore_optical"
    ).to_table()


def test_columns_are_the_draft_s(tap: Any) -> None:
    found = tap.run_sync(
        "SELECT column_name, utype, ucd, unit FROM tap_schema.columns WHERE table_name = 'ivoa.obscore_radio'"
        " ORDER BY column_index"
    ).to_table()
    ours = [tuple(str(cell or "-") for cell in row) for row in found]
    wanted = [line.split() for line in DRAFT.strip().splitlines()]
    assert ours[0][0] == "obs_publisher_did"
    assert ours[1:] == [(name, f"obscore:{utype}", ucd, unit) for name, utype, ucd, unit in wanted]


def test_table_is_found_by_its_utype(tap: Any) -> None:
    found = tap.run_sync(
        "SELECT table_name FROM tap_schema.tables WHERE utype LIKE 'ivo://ivoa.net/std/ObsCore#radioExt-1.%'"
    )
    assert list(found["table_name"]) == ["ivoa.obscore_radio"]


@pytest.mark.parametrize("table", ["ivoa.obscore_radio", "oidb.obscore_optical"])
def test_rows_are_the_datasets_with_a_place_in_the_uv_plane(site: Instance, table: str) -> None:
    wanted = site.sql(
        """SELECT publisher_did FROM archive.granule UNION ALL SELECT publisher_did FROM archive.exposure
           WHERE baseline_max > 0 AND header_id NOT IN (SELECT id FROM archive.frame WHERE gone IS NOT NULL)"""
    )
    found = site.sql(f"SELECT obs_publisher_did FROM {table}")
    assert sorted(row[0] for row in found) == sorted(row[0] for row in wanted)
    levels = site.sql(f"SELECT DISTINCT calib_level FROM {table} NATURAL JOIN ivoa.obscore")
    assert {row[0] for row in levels} == {0, 1, 2, 3}


def test_resolutions_and_scales(rows: Any) -> None:
    low, high = np.asarray(rows["em_min"]), np.asarray(rows["em_max"])
    short, long = np.asarray(rows["uv_distance_min"]), np.asarray(rows["uv_distance_max"])
    for name, expected in {
        "s_resolution_min": low / long * ARCSEC,
        "s_resolution": low / long * ARCSEC,
        "s_resolution_max": high / long * ARCSEC,
        "s_largest_angular_scale": (low + high) / 2 / short * ARCSEC,
        "s_largest_angular_scale_min": low / short * ARCSEC,
        "s_largest_angular_scale_max": high / short * ARCSEC,
        "spatial_frequency_min": short / high / ARCSEC,
        "spatial_frequency_max": long / low / ARCSEC,
        "fringe_spacing_min": low / long * ARCSEC * 1000,
        "fringe_spacing_max": high / short * ARCSEC * 1000,
        "ang_resolution": low / long / 2 * ARCSEC * 1000,
        "s_fov_max": np.degrees(high / np.asarray(rows["tel_diameter_min"])),
        "s_fov_min": np.degrees(low / np.asarray(rows["instr_tel_diameter"])),
    }.items():
        assert np.allclose(np.asarray(rows[name]), expected, rtol=1e-6), name


def test_field_of_view_is_that_of_obscore_where_the_file_gives_the_diameter(rows: Any) -> None:
    told = ~np.ma.getmaskarray(rows["s_fov"]) & ~np.isnan(np.ma.filled(rows["s_fov"], np.nan))
    assert told.sum() > 40
    assert np.allclose(rows["s_fov"][told], rows["s_fov_max"][told], rtol=0.03)  # a unit telescope has 8.0 or 8.2 m


def test_telescopes_are_those_of_the_station_tables(rows: Any) -> None:
    stations = {
        (array, row["station"]): row
        for array in ("VLTI", "CHARA")
        for row in csv.DictReader((TABLES / f"{array.lower()}.csv").open(encoding="utf-8"))
    }
    for row in rows:
        used = [stations[str(row["facility_name"]), name] for name in str(row["interferometer_stations"]).split()]
        diameters = [float(station["diameter_m"]) for station in used]
        places = [[float(station[axis]) for axis in ("east_m", "north_m", "up_m")] for station in used]
        lengths = [math.dist(a, b) for a, b in combinations(places, 2)]
        assert row["instr_tel_number"] == len(used)
        assert (row["tel_diameter_min"], row["instr_tel_diameter"]) == (min(diameters), max(diameters))
        assert row["instr_tel_min_dist"] == pytest.approx(min(lengths))
        assert row["instr_tel_max_dist"] == pytest.approx(max(lengths))
        assert row["uv_distance_max"] <= max(lengths) * 1.0001
        assert row["nb_baselines"] <= len(lengths)
    assert set(rows["instr_tel_diameter"]) >= {1.0, 1.8, 8.2}


def test_shape_of_the_uv_plane_of_exposures(site: Instance, rows: Any) -> None:
    raw = {row["obs_publisher_did"]: row for row in rows if row["calib_level"] == 0}
    points: dict[str, list[tuple[float, float]]] = {}
    for did, *uv in site.sql(
        """SELECT publisher_did, u_start, v_start, u_end, v_end FROM archive.baseline
           JOIN archive.exposure ON exposure.id = exposure_id"""
    ):
        for u, v in (uv[:2], uv[2:]):
            points.setdefault(did, []).extend([(u, v), (-u, -v)])
    assert set(points) == set(raw)
    for did, cloud in points.items():
        expected = shape_of(cloud, [2e-6])
        # (u, v) are kept in single precision
        assert raw[did]["uv_distribution_ecc"] == pytest.approx(expected["uv_ecc"], abs=1e-5)
        assert raw[did]["uv_angle_coverage"] == pytest.approx(expected["uv_angle"], abs=1e-5)
        assert raw[did]["f_resolution"] == pytest.approx(
            299792.458 / raw[did]["em_min"] / raw[did]["em_res_power"], rel=1e-6
        )


def test_numbers_of_a_file_are_those_in_it(rows: Any) -> None:
    public = [row for row in rows if str(row["access_url"]).partition("/files/")[1] and row["calib_level"] == 3]
    for row in public[::10]:
        with OPENER.open(urllib.request.Request(str(row["access_url"]))) as reply:
            oifits = read_oifits(reply.read())
        # ObsCore's wavelengths are in single precision
        granules = [g for g in granules_of(oifits) if (g.target_name, g.t_min) == (row["target_name"], row["t_min"])]
        (granule,) = [g for g in granules if math.isclose(g.em_min, row["em_min"], rel_tol=1e-6)]
        expected = numbers_of(oifits.content, granule.target_row, granule.insname, granule.night)
        for name, key, factor in (
            ("f_resolution", "f_resolution", 1e-3),
            ("uv_distribution_ecc", "uv_ecc", 1),
            ("uv_distribution_fill", "uv_fill", 1),
            ("uv_angle_coverage", "uv_angle", 1),
            ("nb_baselines", "nb_baselines", 1),
            ("nb_triplets", "nb_triplets", 1),
            ("nb_vis2_valid", "nb_vis2_valid", 1),
            ("nb_t3phi_valid", "nb_t3phi_valid", 1),
            ("vis2_error", "vis2_error", 1),
            ("t3phi_error", "t3phi_error", 1),
            ("t_exp_max", "t_exp_max", 1),
            ("t_exp_mean", "t_exp_mean", 1),
        ):
            if expected[key] is None:
                assert np.ma.is_masked(row[name]) or np.isnan(row[name]), name
            else:
                # single precision of the file; samples on the edges of cells
                assert row[name] == pytest.approx(expected[key] * factor, rel=0.01 if "fill" in name else 1e-6), name


def test_counts_are_those_of_oidb(tap: Any) -> None:
    names = ("nb_channels", "nb_vis", "nb_vis2", "nb_t3", "nb_flux", "flagged_share", "interferometer_stations")
    differ = " OR ".join(f"o.{name} <> e.{name}" for name in names)
    assert len(tap.run_sync(
        f"SELECT o.id FROM oidb.oidb AS o JOIN oidb.obscore_optical AS e ON e.obs_publisher_did = o.obs_publisher_did"
        f" WHERE {differ}"
    )) == 0  # fmt: skip


def test_exposures_have_no_measurements(rows: Any) -> None:
    raw = rows["calib_level"] == 0
    for name in ("uv_distribution_fill", "nb_vis2_valid", "nb_t3phi_valid", "vis2_error", "t3phi_error"):
        empty = np.ma.getmaskarray(rows[name]) | np.isnan(np.ma.filled(rows[name].astype(float), np.nan))
        assert empty[raw].all(), name
        assert not empty[~raw].all(), name
    assert set(rows["scan_mode"]) == {"on-source"}
    assert set(rows["tracking_type"]) == {"sidereal"}
    assert set(rows["fringe_tracker"][raw]) > {"GRAVITY"}


def test_only_views_are_readable(site: Instance) -> None:
    for name in ("archive.interferometry", "archive.station"):
        answer = site.adql(f"SELECT * FROM {name}")
        assert "not locate table" in answer or "ERROR" in answer, name
