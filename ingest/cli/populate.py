"""The simulated survey, loaded into an empty archive."""

from datetime import UTC, date, datetime
from pathlib import Path

from ingest.archive.badcal import import_reports
from ingest.archive.catalogues import Source
from ingest.archive.collections import Collection, create_collection
from ingest.archive.files import FileIngest, read_upload
from ingest.archive.jmdc import import_edition
from ingest.archive.session import Session
from ingest.archive.targets import identify_targets
from ingest.cli.context import Context, complain
from ingest.demo import DemoCollection, collections, survey
from ingest.demo.diameters import demo_measurements, demo_reports
from ingest.demo.headers import demo_chara_log, demo_frames
from ingest.harvest.load import load_texts, write_log_rows
from ingest.harvest.logs import BadRow, LogRow, rows_of_log
from ingest.harvest.writing import Writer
from ingest.home import Home
from ingest.progress import Progress, tracked


def populate(context: Context) -> None:
    """Load the simulated survey: its collections, its files, a transaction each, and the raw frames behind them.

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
    _load_frames(context, reference_date)
    _load_catalogues(context)
    survey_marker(context.home).unlink()


def _load_frames(context: Context, reference_date: date) -> None:
    """Load the raw frames of VLTI and the log of CHARA, and identify their targets."""
    authority = context.home.settings.text("site.authority")
    frames = list(demo_frames(reference_date))
    with Progress("Loading its raw frames", len(frames)) as progress:
        load_texts(
            context.archive,
            ((frame.dp_id, frame.text, frame.record) for frame in frames),
            authority,
            context.run,
            report=complain,
            step=progress.step,
        )
    rows = list(rows_of_log(demo_chara_log(reference_date)))
    for row in rows:
        if isinstance(row, BadRow):
            complain(f"the simulated log of CHARA, {row.place}: {row.problem}")
    with Session(context.archive, patient=False) as session:
        writer = Writer(context.archive, authority, context.run, complain, session)
        write_log_rows(writer, [row for row in rows if isinstance(row, LogRow)])
    with context.archive.transaction() as cursor:
        identify_targets(cursor)


def _load_catalogues(context: Context) -> None:
    """Load some published diameters and invented reports of bad calibrators."""
    source = Source("demonstration", run=context.run)
    with context.archive.transaction() as cursor:
        import_edition(cursor, demo_measurements(), source)
        import_reports(cursor, list(demo_reports()), source)


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
