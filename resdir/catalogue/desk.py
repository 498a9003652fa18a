"""The desk as views have it: who may not see something finds nothing, values come from the form.

May import ``ingest`` and ``resdir``.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ingest.archive.connection import MissingError
from ingest.submission.catalogue import CatalogueDesk
from ingest.submission.desk import NotAllowedError
from resdir.catalogue.kind import Kind
from resdir.people.visit import NotFoundError, Visit


def desk_of(visit: Visit) -> CatalogueDesk:
    """Return the desk for who is logged in.

    Raises
    ------
    NeedsLoginError
        When nobody is.
    """
    assert visit.me
    return CatalogueDesk(visit.home, visit.visitor, lambda: visit.now)


@contextmanager
def or_nothing() -> Iterator[None]:
    """Let those find nothing who may not see it."""
    try:
        yield
    except (MissingError, NotAllowedError) as error:
        raise NotFoundError from error


def typed(kind: Kind, form: Mapping[str, str]) -> dict[str, str]:
    """Return the values of an entry's fields in a form or an address, as long as they may be."""
    return {name: form.get(name, "").strip() for name in kind.fields}


def digest(values: Mapping[str, str]) -> str:
    """Return what tells whether values are those that somebody has seen examined."""
    return hashlib.sha256(json.dumps(sorted(values.items())).encode()).hexdigest()


def number_in(text: str) -> int:
    """Return the number in an address.

    Raises
    ------
    NotFoundError
        When it is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise NotFoundError
    return int(text)
