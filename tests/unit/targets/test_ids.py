"""Which target keeps which identifier."""

import pytest

from ingest.targets.ids import assign


@pytest.mark.parametrize(
    ("votes", "ids", "retired"),
    [
        ([], (), {}),
        ([{}], (None,), {}),
        ([{7: 3}], (7,), {}),
        ([{7: 3, 5: 1}], (7,), {5: 0}),  # merged: the larger one stays
        ([{7: 2, 5: 2}], (5,), {7: 0}),  # alike: the lowest
        ([{7: 1}, {7: 3}], (None, 7), {}),  # split: the larger part keeps it
        ([{7: 2}, {7: 2}], (7, None), {}),
        ([{7: 3, 5: 2}, {5: 1}], (7, 5), {}),
        ([{7: 3}, {7: 2, 5: 1}], (7, 5), {}),  # what it wanted most is taken
        ([{7: 3, 5: 2}, {7: 4}], (5, 7), {}),
    ],
)
def test_assign(votes: list[dict[int, int]], ids: tuple[int | None, ...], retired: dict[int, int]) -> None:
    assignment = assign(votes)
    assert assignment.ids == ids
    assert assignment.retired == retired
