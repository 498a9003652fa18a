"""What extensions of ObsCore tell of granules: against definitions worked out slowly, and against known shapes."""

import math
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.oifits import Extension, granules_of, read_oifits
from ingest.oifits.uvplane import GRID, MAX_SAMPLES, Ellipse, angle_coverage, distinct_points
from tests.build.oifits import MJD, array, data, file, target, wavelength
from tests.unit.oifits.slow_extension import numbers_of

RANDOM = np.random.default_rng(7)
MINUTE = 1 / 1440
PAIRS = [(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]
TRIANGLES = [(1, 2, 3), (1, 2, 4), (1, 3, 4), (2, 3, 4)]
PLACES = {1: (0.0, 0.0), 2: (33.0, -12.0), 3: (70.0, 21.0), 4: (-25.0, 80.0)}


def only(content: bytes) -> Extension:
    (granule,) = granules_of(read_oifits(content), extended=True)
    assert granule.extension is not None
    return granule.extension


def column(values: Any) -> dict[str, tuple[Any, ...]]:
    return {name: ("D", np.array(cells, float)) for name, cells in values.items()}


def observation(channels: int, moments: int, wave: tuple[float, float] = (1.5e-6, 1.8e-6)) -> bytes:
    """Four telescopes on a turning sky, with noise, flags, NaN and errors that are none."""
    turns = [0.05 * n for n in range(moments)]

    def side(pair: tuple[int, int], turn: float) -> tuple[float, float]:
        u, v = (b - a for a, b in zip(PLACES[pair[0]], PLACES[pair[1]], strict=True))
        return u * math.cos(turn) - v * math.sin(turn), 0.8 * (u * math.sin(turn) + v * math.cos(turn))

    def table(kind: str, groups: list[Any], names: tuple[str, ...], values: dict[str, Any]) -> Any:
        rows = [(group, n, turn) for n, turn in enumerate(turns) for group in groups]
        sides = [[side(edge, turn) for edge in pairwise(group)] for group, _, turn in rows]
        uv = np.array(sides).reshape(len(rows), -1)
        cells = {
            name: (f"{channels}D", make(len(rows)) if channels > 1 else make(len(rows))[:, 0])
            for name, make in values.items()
        }
        cells["STA_INDEX"] = (f"{len(groups[0])}I", np.array([group for group, _, _ in rows]))
        flags = RANDOM.random((len(rows), channels)) < 0.2
        return data(
            kind,
            mjd=[MJD + n * MINUTE for _, n, _ in rows],
            int_time=[20.0 + 5 * n for _, n, _ in rows],
            nwave=channels,
            flags=flags,
            change={**column(dict(zip(names, uv.T, strict=True))), **cells},
        )

    def noise(rows: int) -> np.ndarray:
        values = RANDOM.random((rows, channels))
        values[RANDOM.random(values.shape) < 0.1] = np.nan
        return values

    def errors(rows: int) -> np.ndarray:
        values = RANDOM.gamma(2, 0.01, (rows, channels))
        values[RANDOM.random(values.shape) < 0.1] = 0
        values[RANDOM.random(values.shape) < 0.05] = np.inf
        return values

    uv, uv2 = ("UCOORD", "VCOORD"), ("U1COORD", "V1COORD", "U2COORD", "V2COORD")
    change = {
        "STAXYZ": ("3D", np.array([(*place, 0.3 * n) for n, place in enumerate(PLACES.values())]), "m"),
        "DIAMETER": ("E", np.array([1.8, 1.8, 8.2, 1.8]), "m"),
    }
    wavelengths = np.linspace(*wave, channels)
    return file(
        target(),
        array(change=change),
        wavelength(wave=wavelengths, band=np.linspace(1e-9, 3e-9, channels)),
        table("OI_VIS2", PAIRS, uv, {"VIS2DATA": noise, "VIS2ERR": errors}),
        table("OI_VIS", PAIRS[:2], uv, {}),
        table("OI_T3", TRIANGLES, uv2, {"T3PHI": noise, "T3PHIERR": errors}),
    )


def compare(extension: Extension, expected: dict[str, Any], what: object) -> None:
    found = asdict(extension)
    for name, value in expected.items():
        if value is None:
            assert found[name] is None, (what, name)
        elif name == "uv_fill":
            # a sample on the edge of a cell may fall on either side of it
            assert found[name] == pytest.approx(value, rel=0.01, abs=4 / GRID**2), (what, name)
        else:
            assert found[name] == pytest.approx(value, rel=1e-6, abs=1e-6), (what, name)


@pytest.mark.parametrize(("channels", "moments"), [(1, 1), (1, 2), (6, 1), (6, 4), (200, 3), (1500, 2)])
def test_numbers_are_those_of_the_slow_way(channels: int, moments: int) -> None:
    content = observation(channels, moments)
    (granule,) = granules_of(read_oifits(content), extended=True)
    expected = numbers_of(content, granule.target_row, granule.insname, granule.night)
    assert expected["nb_vis2_valid"] > 0
    assert expected["distance_max"] > 80
    compare(granule.extension, expected, (channels, moments))


def test_real_files(reference: Path) -> None:
    seen = 0
    for path in sorted((reference / "oifits" / "files").iterdir()):
        oifits = read_oifits(path)
        if oifits.repairs or len({table.insname for table in oifits.wavelengths}) < len(oifits.wavelengths):
            continue  # the slow way mends nothing
        if sum(table.table.rows for table in oifits.data) > 200:
            continue  # and takes a millisecond a row
        for granule in granules_of(oifits, extended=True)[:1]:
            try:
                expected = numbers_of(oifits.content, granule.target_row, granule.insname, granule.night)
            except (KeyError, StopIteration):
                continue  # a table without a column that it takes for granted
            compare(granule.extension, expected, (path.name, granule.insname))
            seen += 1
    assert seen > 30


def test_only_who_asks_gets_it() -> None:
    (granule,) = granules_of(read_oifits(observation(2, 1)))
    assert granule.extension is None


@pytest.mark.parametrize(("squeeze", "eccentricity"), [(1.0, 0.0), (0.6, 0.8), (0.0, 1.0)])
@pytest.mark.parametrize("turn", [0.0, 0.7, 2.0])
def test_eccentricity_of_known_ellipses(squeeze: float, eccentricity: float, turn: float) -> None:
    angles = np.arange(0, 2 * np.pi, np.pi / 180)
    x, y = 100 * np.cos(angles), 100 * squeeze * np.sin(angles)
    u, v = distinct_points(x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn))
    # rounded to millimetres a circle is no better one than this, and a line is not quite one
    assert Ellipse(u, v).eccentricity == pytest.approx(eccentricity, abs=0.006)


def test_longest_is_the_major_axis_whatever_scatters_most() -> None:
    # many points at 80 m along u, a single one at 100 m along v
    u, v = np.array([80.0] * 10 + [0.0]), np.array([*np.linspace(-1, 1, 10), 100.0])
    assert Ellipse(u, v).eccentricity == pytest.approx(0.6, abs=0.01)


def test_one_baseline_is_a_line() -> None:
    extension = only(file(target(), array(), wavelength(wave=np.linspace(1.5e-6, 1.8e-6, 40)), data(nwave=40)))
    assert (extension.uv_ecc, extension.uv_fill, extension.uv_angle) == (1.0, None, 0.0)
    assert (extension.nb_baselines, extension.nb_triplets) == (1, 0)


def test_a_full_plane_is_filled() -> None:
    side = (np.arange(GRID) - GRID / 2 + 0.5) * 0.1
    u, v = (axis.ravel() for axis in np.meshgrid(side, side))
    half = v > 0
    # corners lie further out along the principal axes than the sides, unless these are the axes
    ellipse = Ellipse(u[half], 0.5 * v[half])
    assert ellipse.filling(np.array([2e-6])) == 1.0


def test_equal_and_opposite_points_count_once() -> None:
    u, v = distinct_points(
        np.array([10, -10, 10.0004, 0, np.nan, np.inf, 3, -3, 5, -5.0]),
        np.array([5, -5, 5, 0, 1, 1, 0, 0, -2, 2.0]),
    )
    assert sorted(zip(u.round(3).tolist(), v.round(3).tolist(), strict=True)) == [(-5, 2), (3, 0), (10, 5)]


@pytest.mark.parametrize(
    ("angles", "covered"),
    [([30], 0), ([30, 210], 0), ([10, 50], 40), ([170, 10], 20), ([0, 45, 90, 135], 135), ([0, 60, 120, 180], 120)],
)
def test_range_of_angles(angles: list[float], covered: float) -> None:
    radians = np.radians(np.array(angles, float))
    assert angle_coverage(np.sin(radians), np.cos(radians)) == pytest.approx(covered, abs=1e-9)


def test_a_file_cannot_claim_too_many_samples() -> None:
    u, v = distinct_points(np.arange(1.0, 4001), np.arange(4000.0, 0, -1))
    assert Ellipse(u, v).filling(np.linspace(1e-6, 2e-6, MAX_SAMPLES // 4000 + 1)) is None


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        ({"drop": ["UCOORD"]}, {"uv_ecc", "uv_fill", "uv_angle"}),
        ({"drop": ["VIS2ERR"]}, {"vis2_error"}),
        ({"change": {"VIS2ERR": ("3D", np.full((1, 3), 0.1))}}, {"vis2_error"}),
        ({"drop": ["INT_TIME"]}, {"t_exp_max", "t_exp_mean"}),
        ({"drop": ["STA_INDEX"]}, {"distance_min", "distance_max", "diameter_min", "diameter_max"}),
        ({"arrname": None}, {"distance_min", "distance_max", "diameter_min", "diameter_max"}),
    ],
)
def test_what_is_missing_is_not_known(change: dict[str, Any], unknown: set[str]) -> None:
    places = {"STAXYZ": ("3D", np.array([[0, 0, 0], [9, 0, 0], [0, 30, 0], [1, 1, 60.0]]), "m")}
    tables = (target(), array(change=places), wavelength())
    usual = {name for name, value in asdict(only(file(*tables, data()))).items() if value is None}
    found = {name for name, value in asdict(only(file(*tables, data(**change)))).items() if value is None}
    assert found - usual == unknown - usual
    assert not unknown & usual - {"uv_fill"}


def test_flags_of_another_shape_say_nothing() -> None:
    odd = data(change={"FLAG": ("3L", np.ones((1, 3), bool))})
    assert only(file(target(), array(), wavelength(), odd)).nb_vis2_valid == 2
    assert only(file(target(), array(), wavelength(), data(flags=True))).nb_vis2_valid == 0


@pytest.mark.parametrize(
    ("cards", "tracker"),
    [
        ({"HIERARCH ESO DEL FT SENSOR": "GRAVITY", "HIERARCH ESO DEL FT STATUS": "ON"}, "GRAVITY"),
        ({"HIERARCH ESO DEL FT SENSOR": "FINITO", "HIERARCH ESO DEL FT STATUS": "OFF"}, None),
        ({"HIERARCH ESO DEL FT SENSOR": "NONE"}, None),
        ({"HIERARCH ESO DEL FT SENSOR": "MATISSE", "HIERARCH ESO DEL FT STATUS": "ON"}, None),
        ({}, None),
    ],
)
def test_fringe_tracker(cards: dict[str, str], tracker: str | None) -> None:
    assert only(file(target(), array(), wavelength(), data(), cards=cards)).fringe_tracker == tracker


@pytest.mark.parametrize(
    ("insname", "mode", "polarisation"),
    [
        ("GRAVITY_SC_P1", "SPLIT", "P1"),
        ("GRAVITY_SC", "COMBINED", "COMBINED"),
        ("PIONIER", None, None),
    ],
)
def test_polarisation(insname: str, mode: str | None, polarisation: str | None) -> None:
    cards = {"HIERARCH ESO INS POLA MODE": mode} if mode else {}
    content = file(target(), array(), wavelength(insname), data(insname=insname), cards=cards)
    assert only(content).polarisation == polarisation
