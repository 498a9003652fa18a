"""DATASUM and CHECKSUM of an HDU (FITS standard 4.0, section 4.4.2.7 and appendix J).

May import numpy, the standard library, this package's ``context`` and ``ingest.oifits.fits``.
"""

import numpy as np

from ingest.oifits.check.context import Context
from ingest.oifits.fits import BLOCK, HDU

_ONES = 0xFFFFFFFF


def check_sums(context: Context, hdu: HDU) -> None:
    """Compare the sums that an HDU states with those of its bytes."""
    header = hdu.header
    stated, checksum = header.text("DATASUM"), header.text("CHECKSUM")
    if not stated and not checksum:
        return
    content = context.oifits.content
    end = hdu.start + _padded(hdu.size)
    found = sum_of(content, hdu.start, end)
    if stated and stated.isdecimal() and int(stated) % _ONES != found % _ONES:
        context.add("DATASUM_WRONG", hdu, "DATASUM", f"DATASUM is {stated}, the data make {found}")
    if checksum:
        begin = hdu.start - _padded(len(header.raw) + 80)
        whole = found + sum_of(content, begin, hdu.start)
        if whole % _ONES:
            context.add("CHECKSUM_WRONG", hdu, "CHECKSUM", "CHECKSUM is not that of the HDU")


def sum_of(content: bytes, start: int, end: int) -> int:
    """Sum of the 32-bit big-endian words of some bytes, in ones' complement; what is missing at the end is 0.

    Parameters
    ----------
    content
        The file.
    start, end
        Multiples of 4.
    """
    words = max(0, min(end, len(content)) - start) // 4
    total = int(np.frombuffer(content, ">u4", words, start).sum(dtype=np.uint64)) if words else 0
    rest = content[start + 4 * words : end]
    if rest:
        total += int.from_bytes(rest.ljust(4, b"\0"), "big")
    while total > _ONES:
        total = (total & _ONES) + (total >> 32)
    return total


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
