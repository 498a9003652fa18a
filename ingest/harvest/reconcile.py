"""What an increment cannot see: frames that ESO's archive lost, and rows that we lost. Counts tell, month by month.

May import ``ingest.archive``, ``ingest.eso`` and ``ingest.harvest``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.archive import Archive
from ingest.archive.frames import count_frames, mark_gone
from ingest.archive.harvest_state import SliceState, write_reconciliation
from ingest.eso.client.raw import Part
from ingest.harvest.records import Records
from ingest.logs import log


@dataclass
class Reconciled:
    """How many slices were counted, how many differed, and how many frames are gone."""

    slices: int = 0
    differed: int = 0
    gone: int = 0


def reconcile(
    archive: Archive, records: Records, slices: Sequence[tuple[str, Part]], step: Callable[[str], None]
) -> Reconciled:
    """Compare the counts of slices; one that differs is read whole.

    Frames that ESO's archive does not have any more are marked as gone, and kept with their exposures.
    """
    done = Reconciled()
    for name, part in slices:
        assert part.begin is not None and part.end is not None
        counted = records.raw.count(part)
        with archive.transaction() as cursor:
            held = count_frames(cursor, part.instrument, part.begin, part.end)
        done.slices += 1
        if counted != held:
            done.differed += 1
            gone, counted = _read_whole(archive, records, name, part)
            done.gone += gone
            log.info("%s: ESO has %d, we had %d; %d are gone", name, counted, held, gone, extra={"run": records.run})
        with archive.transaction() as cursor:
            held = count_frames(cursor, part.instrument, part.begin, part.end)
            write_reconciliation(cursor, name, counted, held)
        step(name)
    return done


def _read_whole(archive: Archive, records: Records, name: str, part: Part) -> tuple[int, int]:
    """Read a slice from its beginning; return how many of ours are gone, and how many there are."""
    assert part.begin is not None and part.end is not None
    there: list[str] = []
    state = SliceState(False, None, None)
    for page in records.raw.pages(part):
        there += [record.dp_id for record in page.records]
        state = records.write(name, page, state)
    if records.raw.count(part) != len(set(there)):
        # it changed meanwhile, or the answer was not whole: nothing is marked on such ground
        return 0, len(set(there))
    with archive.transaction() as cursor:
        return mark_gone(cursor, part.instrument, part.begin, part.end, there), len(there)
