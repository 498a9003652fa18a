"""What the measurements of a star say together, and what must not be read into it.

May import `ingest.catalogs.jmdc`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.catalogs.jmdc import Measurement, check


@dataclass(frozen=True)
class Summary:
    """Weighted mean of limb-darkened diameters, mas.

    Attributes
    ----------
    mean, error
        Weights are the squares of inverse errors; the error is what follows from them alone.
    chi2
        Reduced chi squared around the mean; None for a single measurement.
    number
        How many were used.
    caveats
        Sentences.
    """

    mean: float
    error: float
    chi2: float | None
    number: int
    caveats: tuple[str, ...]


def summarise(entries: Sequence[Measurement]) -> Summary | None:
    """Average what has a limb-darkened diameter and an error; None where nothing has."""
    used = [(entry.ld_diam, entry.e_ld_diam) for entry in entries if entry.ld_diam and entry.e_ld_diam and sound(entry)]
    if not used:
        return None
    weights = [error**-2 for _, error in used]
    total = sum(weights)
    mean = sum(weight * value for weight, (value, _) in zip(weights, used, strict=True)) / total
    chi2 = None
    if len(used) > 1:
        chi2 = sum(((value - mean) / error) ** 2 for value, error in used) / (len(used) - 1)
    return Summary(mean, math.sqrt(1 / total), chi2, len(used), tuple(_caveats(entries, len(used), weights, chi2)))


def sound(entry: Measurement) -> bool:
    """Tell whether both diameters agree as those of one star must; a misprint of 12 for 21 mas would rule the mean."""
    return not any(finding.rule == "ld-against-ud" for finding in check(entry))


def _caveats(entries: Sequence[Measurement], used: int, weights: Sequence[float], chi2: float | None) -> list[str]:
    said = ["Errors are as published, without what a calibration scale or a limb-darkening model adds."]
    doubtful = sum(1 for entry in entries if not sound(entry))
    if doubtful:
        said.append(f"{doubtful} whose two diameters contradict each other {_are(doubtful)} not in the mean.")
    if left := len(entries) - used - doubtful:
        said.append(f"{left} without a limb-darkened diameter or without an error {_are(left)} not in the mean.")
    if used > 1 and max(weights) > 0.5 * sum(weights):
        said.append("One measurement has more than half of the weight.")
    if chi2 is not None and chi2 > 3:
        said.append(
            f"They disagree by more than their errors (reduced χ² {chi2:.1f}): the error of the mean is too small."
        )
    if len({entry.bibcode for entry in entries if entry.ld_diam and entry.e_ld_diam and sound(entry)}) < used:
        said.append("Some are of one publication, and not independent of each other.")
    if len({entry.method for entry in entries}) > 1:
        said.append("Methods are mixed.")
    said.append("A star may be variable, spotted or flattened; then no single diameter describes it.")
    return said


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
