"""OIFITS: bytes to what a file holds, and to granules.

Pure: no database, no DaCHS, no network. May import numpy, ``ingest.errors`` and the standard library.
A newcomer reads ``reader`` (bytes to `OIFitsFile`), then ``granules``; ``standard`` holds the tables of the
standard as data, ``model`` what the reader hands on.
"""

from ingest.oifits.errors import (
    FileUnreadableError,
    LimitError,
    NotFITSError,
    OIFitsError,
    StructureError,
    TruncatedError,
)
from ingest.oifits.extension import Extension
from ingest.oifits.facts import HeaderFacts
from ingest.oifits.granule import Granule, ReferenceValues
from ingest.oifits.granules import granules_of, why_no_granules
from ingest.oifits.model import Finding, OIFitsFile, Repair
from ingest.oifits.reader import read_oifits
from ingest.oifits.tsv import write_tsv

__all__ = [
    "Extension",
    "FileUnreadableError",
    "Finding",
    "Granule",
    "HeaderFacts",
    "LimitError",
    "NotFITSError",
    "OIFitsError",
    "OIFitsFile",
    "ReferenceValues",
    "Repair",
    "StructureError",
    "TruncatedError",
    "granules_of",
    "read_oifits",
    "why_no_granules",
    "write_tsv",
]
