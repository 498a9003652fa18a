"""What a submission would do: counted as saving would decide it."""

from datetime import UTC, datetime
from typing import Any

from ingest.archive.collections import Collection
from ingest.archive.submissions import Item, Submission
from ingest.submission.review import review

NOW = datetime(2026, 5, 1, tzinfo=UTC)
#: MJD of 2026-01-01.
OBSERVED = 61041.0


def item(number: int, *granules: dict[str, Any], state: str = "checked", **more: Any) -> Item:
    facts = {"dataproduct_category": more.pop("category", "SCIENCE")}
    report = {"granules": list(granules), "nb_granules": len(granules), "facts": facts}
    return Item(number, f"{number}.fits", state, report=report, **more)


def submission(*items: Item, level: int = 2) -> Submission:
    return Submission("0" * 32, 1, level, "open", "c", None, NOW, NOW, items)


def collection(kind: str = "suv", release: datetime | None = None) -> Collection:
    return Collection("c", "c", "C", kind, release_date=release)


def test_science_waits_calibrators_do_not() -> None:
    science = item(1, {"t_max": OBSERVED}, {"t_max": OBSERVED, "target_category": "CAL"})
    calibrator = item(2, {"t_max": OBSERVED}, category="CALIB")
    told = review(submission(science, calibrator), collection(), NOW)
    assert (told.files, told.granules) == (2, 3)
    assert told.releases == ((NOW, 1), (datetime(2028, 1, 1, tzinfo=UTC), 2))


def test_a_corrected_category_counts() -> None:
    corrected = item(1, {"t_max": OBSERVED}, corrections={"file": {"dataproduct_category": "CALIB"}})
    assert review(submission(corrected), collection(), NOW).releases == ((NOW, 1),)


def test_what_has_no_date_stays_private() -> None:
    told = review(submission(item(1, {"t_max": None}, {"t_max": OBSERVED})), collection(), NOW)
    assert told.releases == ((datetime(2028, 1, 1, tzinfo=UTC), 1), (None, 1))


def test_the_collections_date_holds_all_back() -> None:
    later = datetime(2030, 1, 1, tzinfo=UTC)
    told = review(submission(item(1, {"t_max": OBSERVED}), level=3), collection(release=later), NOW)
    assert told.releases == ((later, 1),)


def test_files_that_cannot_be_taken_do_not_count() -> None:
    told = review(submission(item(1, state="refused"), Item(2, "x", "awaited")), collection(), NOW)
    assert (told.files, told.granules, told.releases) == (0, 0, ())
