"""Granules as the tab-separated text of the reference, for comparison.

May import the standard library and this package's ``granule``.
"""

import math
from collections.abc import Iterable
from dataclasses import astuple, fields
from decimal import Decimal
from typing import TextIO

from ingest.oifits.granule import Granule, ReferenceValues

HEADER = ("file", *(field.name for field in fields(ReferenceValues)))


def write_tsv(granules: Iterable[tuple[str, Granule]], stream: TextIO) -> int:
    """Write the reference values of granules, a header line first.

    Parameters
    ----------
    granules
        Pairs of file name and granule.
    stream
        Open for text.

    Returns
    -------
    int
        Number of granules written.
    """
    stream.write("\t".join(HEADER) + "\n")
    written = 0
    for name, granule in granules:
        cells = (java_double(value) if isinstance(value, float) else str(value) for value in astuple(granule.reference))
        stream.write("\t".join((name, *cells)) + "\n")
        written += 1
    return written


def java_double(value: float) -> str:
    """Spell a double as Java's Double.toString does since JDK 19: shortest digits, 1.5E-6, NaN, Infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    shortest = Decimal(repr(value))
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = format(shortest, "f")
        return text if "." in text else text + ".0"
    sign, digits, _ = shortest.normalize().as_tuple()
    first, *rest = map(str, digits)
    return f"{'-' * sign}{first}.{''.join(rest) or '0'}E{shortest.adjusted()}"
