"""Which target keeps which identifier when targets are identified anew.

Imports nothing of oivo.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Assignment:
    """What became of identifiers.

    Attributes
    ----------
    ids
        For each target the identifier that it keeps; None where it needs a new one.
    retired
        Number of the target that took over most exposures of an identifier that nothing keeps.
    """

    ids: tuple[int | None, ...]
    retired: Mapping[int, int]


def assign(votes: Sequence[Mapping[int, int]]) -> Assignment:
    """Let each target keep the identifier that most of its exposures have.

    Parameters
    ----------
    votes
        For each target, how many of its exposures have which identifier now.

    Returns
    -------
    Assignment
        Where two targets want the same identifier, the one with more exposures that have it gets it, then the first; a
        target that wants several alike gets the lowest.
    """
    ids: list[int | None] = [None] * len(votes)
    taken: set[int] = set()
    heir: dict[int, int] = {}
    wishes = sorted((-count, each, number) for number, counts in enumerate(votes) for each, count in counts.items())
    for _, each, number in wishes:
        heir.setdefault(each, number)
        if ids[number] is None and each not in taken:
            ids[number] = each
            taken.add(each)
    return Assignment(tuple(ids), {each: number for each, number in heir.items() if each not in taken})
