"""The durable layer: the schema ``archive`` in PostgreSQL and the store of files.

Everything that was harvested, uploaded, submitted or decided is here and is written only
through this package, in transactions. It knows the database and may import the pure modules;
it knows no DaCHS, no web and no command line.
"""

from ingest.archive.connection import Archive, ArchiveError

__all__ = ["Archive", "ArchiveError"]
