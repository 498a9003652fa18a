"""Collections and granules as works that are cited: what the archive knows, put into `ingest.citation`'s form.

May import ``ingest.archive``, ``ingest.citation``, ``ingest.registry`` and ``ingest.home``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ingest.archive.connection import Cursor
from ingest.archive.delivery import StoredFile
from ingest.archive.lineage import RawExposure
from ingest.archive.oidb_counts import Held
from ingest.archive.oidb_pages import CollectionRecord, GranulePlace
from ingest.citation.licences import licence
from ingest.citation.people import Name, names_of, people_of
from ingest.citation.text import paragraphs
from ingest.citation.work import Access, Download, Licence, Programme, Related, Site, Whole, Work
from ingest.errors import OivoError
from ingest.home import Home
from ingest.registry.document import is_placeholder, load_document

#: What a first start writes as the organisation.
UNNAMED = "Unnamed organisation"
#: As ESO writes them: 0102.C-0519(A), 105.20JX.001, 60.A-9801(U).
_ESO_PROGRAMME = re.compile(r"[0-9]{2,4}\.[A-L]-[0-9]{4}(\([A-Z]+\))?|[0-9]{3}\.[0-9A-Z]{4}(\.[0-9]{3})?")
_MOST_PROGRAMMES = 50
_MJD_EPOCH = datetime(1858, 11, 17, tzinfo=UTC)
#: Columns that count observables, and what they are called.
_MEASURED = (
    ("nb_vis2", "squared visibility"),
    ("nb_t3", "closure phase"),
    ("nb_vis", "complex visibility"),
    ("nb_flux", "flux"),
)
#: Where CDS has the page of a catalogue.
_VIZIER = "https://cdsarc.cds.unistra.fr/viz-bin/cat/"


@dataclass(frozen=True)
class _Files:
    """When the files of a collection become public, and what is in them.

    Attributes
    ----------
    first, last
        Of the moments from which they are public; None where none is known.
    nb, nb_public, nb_undated
        Files; those that are public now; those that are private without end.
    """

    first: datetime | None
    last: datetime | None
    nb: int
    nb_public: int
    nb_undated: int
    media_types: tuple[str, ...]
    programmes: tuple[str, ...]
    measured: tuple[str, ...]

    @property
    def access(self) -> Access:
        if not self.nb:
            return "none"
        return "open" if self.nb_public == self.nb else "partly" if self.nb_public else "closed"


def site_of(home: Home) -> Site:
    """Return who publishes, as citations tell it; the site itself where nobody has said who runs it."""
    settings = home.settings
    name, organisation = settings.text("site.name"), settings.text("site.organisation")
    return Site(name, name if organisation == UNNAMED else organisation, settings.base_url, _licence(home))


def _licence(home: Home) -> Licence | None:
    """Return the licence that ``registry.toml`` names for OiDB; a mistake in it is the registry's to complain about."""
    try:
        path = home.root / "registry.toml"
        return _licence_in(path, path.stat().st_mtime_ns)
    except (OSError, OivoError):
        return None


@lru_cache(maxsize=4)
def _licence_in(path: Path, changed: int) -> Licence | None:
    identifier = load_document(path).rights_of("oidb").licence
    return None if is_placeholder(identifier) else licence(identifier)


def collection_work(cursor: Cursor, site: Site, record: CollectionRecord, held: Held) -> Work:
    """Return a collection as it is cited, also a retired one."""
    files = _files(cursor, record.id)
    creators = _creators(cursor, record, site)
    known = {name.full for name in creators}
    first = max(filter(None, (record.created, record.release_date or files.first)))
    dated = files.first and files.last and not files.nb_undated
    return Work(
        id=record.id,
        doi=registered_doi(cursor, record.id),
        url=f"{site.url}/collection/{quote(record.id, safe='/,')}",
        title=record.title,
        creators=creators,
        contributors=tuple(name for name in people_of((record.creator,)) if name.full not in known),
        site=site,
        year=first.astimezone(UTC).year,
        created=record.created.astimezone(UTC),
        updated=record.updated.astimezone(UTC),
        description=paragraphs(record.description),
        keywords=record.keywords,
        instruments=held.instruments,
        facilities=held.facilities,
        measured=files.measured,
        available=(first.astimezone(UTC).date(), _day(max(first, files.last))) if dated and files.last else None,
        observed=_days(held.span),
        access=files.access,
        nb_granules=held.nb,
        nb_files=held.nb_files,
        size=held.size,
        media_types=files.media_types,
        programmes=() if is_simulated(record.kind, record.title) else _programmes(files.programmes),
        related=tuple(_related(record)),
        alternates=(("OiDB collection", record.id),),
        # what was published elsewhere has the terms of there
        licence=None if record.kind == "VizieR" else site.licence,
        withdrawn=record.retired,
        why_withdrawn=record.retired_reason,
    )


def granule_work(
    cursor: Cursor,
    collection: Work,
    place: GranulePlace,
    file: StoredFile,
    exposures: Sequence[RawExposure],
    now: datetime,
) -> Work:
    """Return a granule as it is cited: as a part of its collection, whose DOI stands for it."""
    cursor.execute(
        """SELECT g.t_min, g.t_max, g.nb_vis, g.nb_vis2, g.nb_t3, g.nb_flux, f.added, f.updated
           FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id WHERE g.id = %s""",
        [place.id],
    )
    row: Any = cursor.fetchone()
    site = collection.site
    public, until = file.is_public(now), file.public_from()
    open_files = (_download(site, file.id, file.url_name, file.media_type, file.size_bytes),) if public else ()
    first = max(filter(None, (row.added, until)))
    return Work(
        id=place.publisher_did,
        doi=None,
        url=f"{site.url}/granule/{place.id}",
        title=_granule_title(place),
        creators=collection.creators,
        contributors=collection.contributors,
        site=site,
        year=first.astimezone(UTC).year,
        created=row.added.astimezone(UTC),
        updated=row.updated.astimezone(UTC),
        type_name="Optical interferometry data of one target, set-up and night (OIFITS)",
        description=(f"One granule of the collection {collection.title}: {_granule_title(place)}.",),
        keywords=tuple(dict.fromkeys(filter(None, (place.target_name, *collection.keywords)))),
        instruments=tuple(filter(None, (place.instrument,))),
        facilities=tuple(filter(None, (place.facility,))),
        measured=tuple(name for column, name in _MEASURED if getattr(row, column)),
        available=(_day(first), _day(first)) if public or until else None,
        observed=_days((row.t_min, row.t_max)) if row.t_min is not None and row.t_max is not None else None,
        access="open" if public else "closed",
        nb_granules=1,
        nb_files=1,
        size=file.size_bytes,
        media_types=(file.media_type,),
        programmes=() if is_simulated(place.kind, collection.title) else _programmes((place.progid or "",)),
        related=tuple(_granule_related(collection, place, exposures)),
        alternates=(("IVOA publisher DID", place.publisher_did),),
        licence=collection.licence,
        downloads=open_files,
        items=open_files,
        whole=Whole(collection.title, collection.url, collection.doi),
    )


def public_files(cursor: Cursor, site: Site, collection: str, limit: int) -> tuple[Download, ...]:
    """Return files of a collection that anybody may fetch now, in the order of their names."""
    cursor.execute(
        """SELECT f.id, f.url_name, f.media_type, f.size_bytes FROM archive.file AS f
           WHERE f.collection_id = %s AND f.retired IS NULL AND NOT EXISTS (SELECT FROM archive.granule AS g
             WHERE g.file_id = f.id AND g.data_rights <> 'public' AND coalesce(g.obs_release_date > now(), true))
             AND EXISTS (SELECT FROM archive.granule AS g WHERE g.file_id = f.id)
           ORDER BY f.name, f.id LIMIT %s""",
        [collection, limit],
    )
    return tuple(_download(site, *row) for row in cursor.fetchall())


def registered_doi(cursor: Cursor, collection: str) -> str | None:
    """Return the DOI of a collection, once it resolves."""
    cursor.execute(
        "SELECT doi FROM archive.doi WHERE collection_id = %s AND state IN ('registered', 'findable')", [collection]
    )
    row = cursor.fetchone()
    return None if row is None else str(row.doi)


def _files(cursor: Cursor, collection: str) -> _Files:
    columns = ", ".join(f"coalesce(bool_or({name} > 0), false) AS {name}" for name, _ in _MEASURED)
    cursor.execute(
        f"""WITH found AS (
              SELECT f.id, f.added, f.media_type, f.progid,
                bool_and(g.data_rights = 'public' OR g.obs_release_date IS NOT NULL) AS dated,
                max(CASE WHEN g.data_rights = 'public' THEN NULL ELSE g.obs_release_date END) AS release,
                sum(g.nb_vis) AS nb_vis, sum(g.nb_vis2) AS nb_vis2, sum(g.nb_t3) AS nb_t3, sum(g.nb_flux) AS nb_flux
              FROM archive.file AS f JOIN archive.granule AS g ON g.file_id = f.id
              WHERE f.collection_id = %s AND f.retired IS NULL GROUP BY f.id)
            SELECT count(*) AS nb, count(*) FILTER (WHERE NOT dated) AS nb_undated,
              count(*) FILTER (WHERE dated AND coalesce(release <= now(), true)) AS nb_public,
              min(greatest(added, release)) FILTER (WHERE dated) AS first,
              max(greatest(added, release)) FILTER (WHERE dated) AS last,
              coalesce(array_agg(DISTINCT media_type), ARRAY[]::text[]) AS media_types,
              coalesce(array_agg(DISTINCT progid) FILTER (WHERE progid <> ''), ARRAY[]::text[]) AS programmes, {columns}
            FROM found""",
        [collection],
    )
    row: Any = cursor.fetchone()
    return _Files(
        row.first,
        row.last,
        row.nb,
        row.nb_public,
        row.nb_undated,
        tuple(filter(None, row.media_types)),
        tuple(row.programmes),
        tuple(name for column, name in _MEASURED if getattr(row, column)),
    )


def _creators(cursor: Cursor, record: CollectionRecord, site: Site) -> tuple[Name, ...]:
    """Return the data PIs and co-PIs, else who made the collection, else the publisher: there must be one."""
    for texts in ((record.datapi, record.co_pis), (record.creator,)):
        found = people_of(texts, _orcids(cursor, names_of(*texts)))
        if found:
            return found
    return (Name(site.organisation, organisation=True),)


def _orcids(cursor: Cursor, names: Iterable[str]) -> dict[str, str]:
    """Return the ORCIDs of people by their names as data PI; of a name that several have, none."""
    cursor.execute(
        """SELECT alias, max(orcid) AS orcid FROM archive.account_alias JOIN archive.account ON account.id = account_id
           WHERE state = 'active' AND alias = ANY(%s) GROUP BY alias HAVING count(*) = 1 AND max(orcid) IS NOT NULL""",
        [[name.lower() for name in names]],
    )
    return {row.alias: row.orcid for row in cursor.fetchall()}


def is_simulated(kind: str, title: str) -> bool:
    """Tell whether no star was observed: by the kind of the collection, or by a title that says so."""
    return kind == "simulation" or "SIMULATED" in title


def _programmes(ids: Iterable[str]) -> tuple[Programme, ...]:
    """Return those whose observatory their form tells."""
    found = [Programme("European Southern Observatory", name) for name in ids if _ESO_PROGRAMME.fullmatch(name)]
    return tuple(found[:_MOST_PROGRAMMES])


def _related(record: CollectionRecord) -> Iterable[Related]:
    if record.bibcode:
        yield Related(record.bibcode, "bibcode", "IsSupplementTo")
    if record.kind == "VizieR":
        yield Related(f"{_VIZIER}{quote(record.id, safe='/+')}", "URL", "IsDerivedFrom")


def _granule_related(collection: Work, place: GranulePlace, exposures: Sequence[RawExposure]) -> Iterable[Related]:
    if collection.doi:
        yield Related(collection.doi, "DOI", "IsPartOf")
    else:
        yield Related(collection.url, "URL", "IsPartOf")
    if place.bibcode:
        yield Related(place.bibcode, "bibcode", "IsSupplementTo")
    for exposure in exposures:
        yield Related(
            f"{collection.site.url}/detail/exposure/{quote(exposure.exp_id, safe=':')}", "URL", "IsDerivedFrom"
        )


def _granule_title(place: GranulePlace) -> str:
    where = " at ".join(filter(None, (place.instrument, place.facility)))
    when = f"night of {place.local_night}" if place.local_night else ""
    return ", ".join(filter(None, (place.target_name or "(no name)", where, when)))


def _download(site: Site, file_id: int, url_name: str, media_type: str, size: int) -> Download:
    return Download(f"{site.url}/files/{file_id}/{url_name}", media_type, size)


def _days(span: tuple[float, float] | None) -> tuple[date, date] | None:
    """Return first and last day of times (MJD); None for those of no calendar."""
    try:
        return None if span is None else (_of_mjd(span[0]), _of_mjd(span[1]))
    except (OverflowError, ValueError):
        return None


def _of_mjd(mjd: float) -> date:
    return (_MJD_EPOCH + timedelta(days=mjd)).date()


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
