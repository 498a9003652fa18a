"""Moderated submission to JMDC and BadCal: one engine behind pages, HTTP interface and command line.

Rows of texts are read and compared with rules, stars and the archive; all of them are taken or none; curators accept,
amend or reject what waits. May import ``ingest.access``, ``ingest.archive``, ``ingest.catalogs``, ``ingest.targets``,
``ingest.validate`` and ``ingest.home``.
"""

from ingest.submission.catalogue.desk import CatalogueDesk
from ingest.submission.catalogue.model import (
    Batch,
    EntriesRefusedError,
    Examined,
    FoundStar,
    Listed,
    Listing,
    ShownBatch,
    ShownEntry,
    Similar,
    Submitter,
)
from ingest.submission.catalogue.sheets import read_sheet

__all__ = [
    "Batch",
    "CatalogueDesk",
    "EntriesRefusedError",
    "Examined",
    "FoundStar",
    "Listed",
    "Listing",
    "ShownBatch",
    "ShownEntry",
    "Similar",
    "Submitter",
    "read_sheet",
]
