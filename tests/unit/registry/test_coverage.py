"""MOCs, intervals of time and of energy, against what they must contain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.registry.coverage import energies, moc, periods


def cells_of(text: str, order: int) -> list[int]:
    """The cells of one order that an ASCII MOC has: an independent reading of MOC 2.0, section 4.3.2."""
    found = []
    for part in text.split():
        at, _, ranges = part.partition("/")
        factor = 4 ** (order - int(at))
        for item in ranges.split(","):
            low, _, high = item.partition("-")
            found += range(int(low) * factor, (int(high or low) + 1) * factor)
    return found


@given(st.sets(st.integers(0, 12 * 4**3 - 1)))
def test_a_moc_has_each_cell_once_and_no_other(cells: set[int]) -> None:
    found = cells_of(moc(cells, 3), 3)
    assert sorted(found) == sorted(cells)


@pytest.mark.parametrize(
    ("cells", "order", "text"),
    [
        ([], 6, ""),
        (range(12), 0, "0/0-11"),
        (range(12 * 4**6), 6, "0/0-11"),
        ([5], 6, "6/5"),
        ([4, 5, 6, 7, 9], 1, "0/1 1/9"),
        ([0, 1, 2, 3, 9, 10, 11], 1, "0/0 1/9-11"),
    ],
)
def test_a_moc_is_short(cells: list[int], order: int, text: str) -> None:
    assert moc(cells, order) == text


def test_periods_are_parted_where_nothing_was_observed_for_a_year() -> None:
    assert periods([(53000, 53010), (52000, 52001), (53100, 53101), (53005, 53020)]) == ((52000, 52001), (53000, 53101))
    assert periods([]) == ()
    assert periods([(1, 100), (2, 3)]) == ((1, 100),)


def test_energies_are_those_of_photons() -> None:
    # 2.2 µm: 0.5636 eV, by h c / e = 1.23984 eV µm
    ((low, high),) = energies([(2.2e-6, 2.2e-6)])
    assert low == high == pytest.approx(1.2398419843 / 2.2 * 1.602176634e-19, rel=1e-9)
    bands = energies([(3.4e-6, 4.1e-6), (1.5e-6, 1.8e-6), (1.7e-6, 2.4e-6)])
    assert len(bands) == 2 and bands[0][0] < bands[0][1] < bands[1][0] < bands[1][1]
    assert energies([(0.0, 1e-6)]) == ()
