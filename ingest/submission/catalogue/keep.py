"""What is written of an entry: its values, where its star is, what changes.

May import ``ingest.archive``, ``ingest.catalogs`` and this package.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.archive.entries import Kept
from ingest.archive.jmdc_stars import Place
from ingest.catalogs.reading import Entry
from ingest.submission.catalogue.examine import Prepared
from ingest.submission.catalogue.model import EntriesRefusedError, Examined

#: Longest list of warnings in a history.
_LONGEST = 1000


def entries_of(examined: tuple[Examined, ...], *, despite_warnings: bool) -> list[Entry]:
    """Return the entries of rows that can be taken.

    Raises
    ------
    EntriesRefusedError
        When one cannot.
    """
    if any(row.errors or (row.warnings and not despite_warnings) for row in examined):
        raise EntriesRefusedError(examined)
    entries = [row.entry for row in examined if row.entry is not None]
    assert len(entries) == len(examined)
    return entries


def doubts_of(examined: Examined) -> str:
    """Return in spite of what an entry is submitted, for its history."""
    told = "; ".join(str(finding) for finding in examined.warnings)
    return f"in spite of: {told}"[:_LONGEST] if told else ""


def place_of(prepared: Prepared) -> Place | None:
    """Return what is kept of where a measurement's star is: what was given, else what a resolver said."""
    star, given = prepared.star, prepared.draft.place
    if prepared.draft.catalogue != "jmdc" or star is None:
        return None
    if given is not None:
        return Place(*given, origin="submitter", name=prepared.resolved)
    if star.origin != "resolver" or star.ra is None or star.dec is None:
        return None
    return Place(star.ra, star.dec, star.pm_ra, star.pm_dec, "resolver", prepared.resolved)


def changes_of(kept: Kept, entry: Entry, place: Place | None) -> dict[str, list[Any]]:
    """Return before and after of the fields that change; of an address only that it does."""
    before, after = dict(vars(kept.entry)), dict(vars(entry))
    if kept.catalogue == "jmdc":
        before["ra"], before["dec"] = kept.given_place or (None, None)
        told = place if place is not None and place.origin == "submitter" else None
        after["ra"], after["dec"] = (told.ra, told.dec) if told else (None, None)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if "address" in changes:
        changes["address"] = ["…" if value else "" for value in changes["address"]]
    return changes


def digest_of(catalogue: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Return the SHA-256 of rows, which is the same for the same rows."""
    told = json.dumps([catalogue, [sorted(row.items()) for row in rows]])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
