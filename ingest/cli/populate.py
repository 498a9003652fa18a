"""The simulated survey, loaded into an empty archive."""

from datetime import UTC, date, datetime
from pathlib import Path

from ingest.archive.collections import Collection, create_collection
from ingest.archive.files import FileIngest, read_upload
from ingest.cli.context import Context
from ingest.demo import DemoCollection, collections, survey
from ingest.home import Home
from ingest.progress import tracked


def populate(context: Context) -> None:
    """Load the simulated survey: its collections, then its files, a transaction each.

    A file in the home remembers the survey's date until all is in: interrupted, the next call goes on.
    """
    settings = context.home.settings
    now = datetime.now(UTC)
    reference_date = _reference_date(context.home, now.date())
    described = {collection.id: collection for collection in collections(reference_date)}
    with context.archive.transaction() as cursor:
        for demo in described.values():
            cursor.execute("SELECT FROM archive.collection WHERE id = %s", [demo.id])
            if cursor.fetchone() is None:
                create_collection(cursor, _collection(demo), context.run)
    for file in tracked("Loading the simulated survey", list(survey(reference_date))):
        demo = described[file.collection_id]
        authority = settings.text("site.authority")
        ingest = FileIngest(context.archive, context.store, demo.id, demo.level, now, authority, context.run)
        ingest.add(read_upload(file.name, file.data, settings.number("limits.oifits_bytes")))
    survey_marker(context.home).unlink()


def survey_marker(home: Home) -> Path:
    """Return the file that exists while the survey is being loaded."""
    return home.run / "survey-being-loaded"


def _reference_date(home: Home, today: date) -> date:
    marker = survey_marker(home)
    if not marker.exists():
        marker.write_text(today.isoformat(), encoding="ascii")
    return date.fromisoformat(marker.read_text(encoding="ascii"))


def _collection(demo: DemoCollection) -> Collection:
    return Collection(
        id=demo.id,
        kind=demo.kind,
        name=demo.name,
        title=demo.title,
        description=demo.description,
        keywords=demo.keywords,
        article_bibcode=demo.article_bibcode,
        creator=demo.datapi,
        datapi=demo.datapi,
    )
