"""A catalogue of VizieR becomes a collection of published data whose files stay at CDS.

May import ``ingest.remote`` and this package.
"""

from dataclasses import dataclass

from ingest.archive.connection import ArchiveError
from ingest.errors import OivoError
from ingest.progress import tracked
from ingest.remote.vizier import Catalogue, find_catalogue
from ingest.submission.desk import Desk
from ingest.submission.remote import fetcher_of
from ingest.submission.save import Saved


@dataclass(frozen=True)
class Imported:
    """What became of a catalogue: what was saved, and which files were left out, with the reasons."""

    catalogue: Catalogue
    saved: Saved | None
    left_out: tuple[str, ...]


def import_catalogue(desk: Desk, identifier: str, *, dry_run: bool = False) -> Imported:
    """Register all OIFITS files of a catalogue in a new collection of its name, all in one transaction.

    FITS files that are no OIFITS are left out.

    Raises
    ------
    OivoError
        When CDS has no such catalogue, it is here already, or it has no OIFITS file.
    """
    with desk.archive.transaction() as cursor:
        cursor.execute("SELECT FROM archive.collection WHERE id = %s", [identifier])
        if cursor.fetchone() is not None:
            raise ArchiveError("is here already", place=f"collection {identifier}")
    base_url = desk.home.settings.text("remote.vizier")
    catalogue = find_catalogue(fetcher_of(desk.home, desk.max_bytes), base_url, identifier)
    if catalogue.bibcode is None:
        raise ArchiveError("its ReadMe names no article, which published data need", place=identifier)
    submission = desk.open(3).id
    desk.describe(submission, _description(catalogue))
    left_out = []
    for url in tracked("Fetching", catalogue.files):
        try:
            item = desk.register(submission, url)
        except OivoError as error:
            desk.abandon(submission)
            raise ArchiveError(f"nothing was imported: {error}", place=identifier, remedy="try again later") from error
        if item.state == "refused":
            left_out.append(item.problem or item.name)
            desk.remove(submission, item.id)
    if not desk.see(submission).items:
        desk.abandon(submission)
        raise ArchiveError("it has no OIFITS file", place=identifier, remedy="; ".join(left_out[:3]))
    if dry_run:
        desk.abandon(submission)
        return Imported(catalogue, None, tuple(left_out))
    return Imported(catalogue, desk.save(submission), tuple(left_out))


def _description(catalogue: Catalogue) -> dict[str, object]:
    return {
        "id": catalogue.id,
        "kind": "VizieR",
        "name": catalogue.id,
        "title": catalogue.title,
        "description": catalogue.abstract,
        "keywords": list(catalogue.keywords),
        "article_bibcode": catalogue.bibcode,
        "datapi": catalogue.author,
    }
