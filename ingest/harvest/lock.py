"""One harvest at a time. May import ``ingest.archive`` and ``ingest.errors``."""

from collections.abc import Iterator
from contextlib import contextmanager

from ingest.archive import Archive
from ingest.errors import OivoError


@contextmanager
def one_harvest(archive: Archive) -> Iterator[None]:
    """Keep other harvests, loads and rebuilds out; a killed process lets go.

    Raises
    ------
    OivoError
        When another one is at work.
    """
    with archive.locked("harvest") as free:
        if not free:
            raise OivoError("another harvest, load or rebuild is at work", remedy="wait for its end")
        yield
