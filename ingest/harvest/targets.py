"""Targets after a harvest. May import ``ingest.archive``."""

from ingest.archive import Archive
from ingest.archive.resolved import resolver_for
from ingest.archive.targets import identify_targets


def update_targets(archive: Archive) -> str:
    """Identify the targets of all exposures and say what changed."""
    with archive.transaction() as cursor:
        return str(identify_targets(cursor, resolver_for(archive.home)))
