"""What saving a submission would do: how many files and granules, and when each becomes public.

May import ``ingest.archive`` and the pure modules.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from ingest.access.policy import rights_of_new_granule
from ingest.archive.collections import Collection
from ingest.archive.corrections import corrected_category
from ingest.archive.granules import category_from
from ingest.archive.submissions import Item, Submission
from ingest.submission.save import corrections_of


@dataclass(frozen=True)
class Review:
    """What would be saved.

    Attributes
    ----------
    releases
        How many granules become public when: the moment (None: not before somebody gives a date), and how many; first
        those that are public at once (``now`` of the review), then by date. Of a file with more granules than a report
        lists, those that it lists.
    """

    files: int
    granules: int
    releases: tuple[tuple[datetime | None, int], ...]


def review(submission: Submission, collection: Collection, now: datetime) -> Review:
    """Tell what saving a submission into a collection would do now."""
    items = [item for item in submission.items if item.report and item.state == "checked"]
    counts = Counter(moment for item in items for moment in _releases(item, submission.level, collection, now))
    ordered = sorted(counts, key=lambda moment: (moment is None, moment or now))
    granules = sum((item.report or {}).get("nb_granules", 0) for item in items)
    return Review(len(items), granules, tuple((moment, counts[moment]) for moment in ordered))


def _releases(item: Item, level: int, collection: Collection, now: datetime) -> list[datetime | None]:
    """Return when each of a file's granules becomes public; ``now`` for those that are at once."""
    report = item.report or {}
    category = corrected_category(corrections_of(item)[0], report.get("facts", {}).get("dataproduct_category"))
    found = []
    for granule in report.get("granules", []):
        rights = rights_of_new_granule(
            collection.kind,
            level,
            granule.get("t_max"),
            category_from(granule.get("target_category"), category),
            collection.release_date,
            now,
        )
        found.append(now if rights.is_public(now) else rights.release_date)
    return found
