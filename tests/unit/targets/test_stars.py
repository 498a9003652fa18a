"""The star table: what it holds, and finding stars by name and place."""

import numpy as np
import pytest

from ingest.errors import OivoError
from ingest.targets import Star, StarTable, bright_stars, find_star
from ingest.targets.sphere import directions, separation
from ingest.targets.stars import sorted_stars

#: Positions (deg, epoch 2000.0) and proper motions (mas/yr) of Hipparcos, the new reduction.
PUBLISHED = {
    "Sirius": (101.28715533, -16.71611586, -546.01, -1223.07),
    "alf Cen A": (219.90205833, -60.83399269, -3679.25, 473.67),
    "alf Cen B": (219.89609628, -60.83752756, -3614.39, 802.98),
    "Achernar": (24.42852283, -57.23675281, 87.00, -38.24),
    "Vega": (279.23473479, 38.78368896, 200.94, 286.23),
    "Barnard's Star": (269.45207500, 4.69339056, -798.58, 10328.12),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_values(name: str) -> None:
    star = find_star(name)
    ra, dec, pm_ra, pm_dec = PUBLISHED[name]
    assert star is not None
    # Barnard's Star was measured at 1991.25; 0.05 arcsec are three years of SIMBAD's other source
    assert separation(directions([star.ra], [star.dec]), directions([ra], [dec]))[0] < 0.1
    assert (star.pm_ra, star.pm_dec) == pytest.approx((pm_ra, pm_dec), abs=0.1)


@pytest.mark.parametrize(
    ("raw", "main"),
    [
        *(("ACHERNAR", "alf Eri"), ("alp_Eri", "alf Eri"), ("HD 10144", "alf Eri"), ("HIP_7588", "alf Eri")),
        *(("HR 472", "alf Eri"), ("CANOPUS", "alf Car"), ("Alpha_Cen_B", "alf Cen B"), ("alf Cen", "alf Cen A")),
        *(("MU Cep", "mu. Cep"), ("Sirius A", "alf CMa"), ("tet01OriC", "tet01 Ori C"), ("Kochab", "bet UMi")),
        *(
            ("R_DOR", "R Dor"),
            ("HD45677", "FS CMa"),
            ("HIP_78183", "HD 142884"),
            ("75Vir", "75 Vir"),
            ("spica", "alf Vir"),
        ),
    ],
)
def test_names(raw: str, main: str) -> None:
    star = find_star(raw)
    assert star is not None
    assert star.name == main


@pytest.mark.parametrize("raw", ["Sirius B", "STD", "", "HD 0", "HD 99999999", "CI Tau", "nobody"])
def test_unknown_names(raw: str) -> None:
    assert find_star(raw) is None


def test_every_proper_name_finds_its_star() -> None:
    for star in bright_stars().stars:
        for name in (star.name, *star.aliases):
            found = find_star(name)
            assert found is not None, name
            # shared names are those of the brighter of two
            assert found is star or name[:2] in ("HD", "HR") or " " in name, name


def test_positions_at_a_date() -> None:
    sirius = find_star("Sirius")
    assert sirius is not None
    header = directions([101.284134], [-16.721360])  # RA, DEC of MATISSE in the years after 2016
    assert separation(directions([sirius.ra], [sirius.dec]), header)[0] == pytest.approx(21.6, abs=0.1)
    # 2.05 arcsec: the step of the offset that RA has from night to night
    assert separation(directions(*([part] for part in sirius.at(2016.0))), header)[0] < 2.05


@pytest.mark.parametrize(
    ("offset", "radius", "typed", "found"),
    [
        (0.0, 5.0, False, True),
        (4.9, 5.0, False, True),
        (5.1, 5.0, False, False),
        (5.1, 8.0, False, True),
    ],
)
def test_near(offset: float, radius: float, typed: bool, found: bool) -> None:
    table = bright_stars()
    number = table.number("alf CMa")
    assert number is not None
    ra, dec = table.stars[number].at(2024.5)
    place = directions([ra], [dec + offset / 3600])
    near = table.near(place, np.array([2024.5]), np.array([radius]), as_typed=np.array([typed]))
    assert near[0] == (number if found else -1)


def test_near_takes_what_was_typed_for_2000() -> None:
    table = bright_stars()
    number = table.number("Barnards star")
    assert number is not None
    place, year = directions([table.stars[number].ra], [table.stars[number].dec]), np.array([2024.5])
    assert table.near(place, year, np.array([5.0]), as_typed=np.array([True]))[0] == number
    assert table.near(place, year, np.array([5.0]), as_typed=np.array([False]))[0] == -1


def test_near_agrees_with_comparing_all() -> None:
    table = StarTable(bright_stars().stars[:3000])
    random = np.random.default_rng(4)
    numbers = random.integers(0, len(table), 200)
    years = random.uniform(2000, 2030, 200)
    places = table.places(numbers, years) + random.normal(0, 3e-5, (200, 3))
    places /= np.linalg.norm(places, axis=-1, keepdims=True)
    wanted = []
    for place, year in zip(places, years, strict=True):
        apart = separation(place[None, :], table.places(np.arange(len(table)), np.full(len(table), year)))
        wanted.append(int(np.argmin(apart)) if apart.min() <= 8 else -1)
    assert 0 < wanted.count(-1) < 200
    assert table.near(places, years, np.full(200, 8.0), as_typed=np.zeros(200, bool)).tolist() == wanted


def test_of_stars_with_one_name_the_first_has_it() -> None:
    table = StarTable([Star("HD 1", 1, 1), Star("HD 2", 2, 2, aliases=("HD1",))])
    assert table.number("HD 1") == 0


@pytest.mark.parametrize(
    "text", ["hip,hd\n1,2\n", "hip,hd,hr,ra_deg,dec_deg,pm_ra_mas_yr,pm_dec_mas_yr,hp_mag,names\n1,,,x,1,1,1,1,\n"]
)
def test_a_damaged_table(tmp_path, text: str) -> None:
    (tmp_path / "bright.csv").write_text(text)
    with pytest.raises(OivoError, match="star table cannot be read"):
        sorted_stars(tmp_path / "bright.csv")
    with pytest.raises(OivoError, match="star table cannot be read"):
        sorted_stars(tmp_path / "none.csv")
