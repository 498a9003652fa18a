"""What a job of the validator may cost.

May import the standard library only.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Limits:
    """Limits of one job.

    Attributes
    ----------
    body_bytes
        Size of everything that is sent.
    seconds
        Time by the clock and of the processor until the process is killed.
    unpacked_bytes
        Size of one file, and of all files of archives, unpacked.
    files
        Files in one upload, those of archives included.
    plots
        Sheets drawn for one upload; each takes up to a second.
    memory_bytes
        Address space of the process: half a gigabyte is taken by numpy and matplotlib, a file of
        `ingest.oifits.reader.MAX_ROWS` rows takes 0.4.
    """

    body_bytes: int
    seconds: int
    unpacked_bytes: int
    files: int = 50
    plots: int = 8
    memory_bytes: int = 3 * 2**30

    def as_dict(self) -> dict[str, Any]:
        """Return them as what `json.dumps` takes."""
        return asdict(self)


#: Inflated over deflated size of a file in a zip archive; real OIFITS reach 12, deflate itself ends at 1032.
MAX_RATIO = 200
#: Below this size no ratio is refused.
RATIO_FREE_BYTES = 16 * 2**20
