"""The page of a granule at /granule/ID, and of several side by side at /granule/ID,ID."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from gavo import base
from gavo.svcs import UnknownURI
from twisted.web.template import tags

from ingest.access.policy import Decision, may_read
from ingest.archive.access import file_access, whom_to_ask
from ingest.archive.comments import Subject
from ingest.archive.connection import Cursor
from ingest.archive.delivery import StoredFile, find_file
from ingest.archive.lineage import RawExposure, exposures_of_granule
from ingest.archive.marks import mark_at
from ingest.archive.oidb_pages import GranulePlace, find_granule_places
from ingest.citation.signposts import link_header
from ingest.citation.work import Work
from oidb_rd.pages import citing, metadata, relatives
from oidb_rd.pages.commenting import comments_section
from oidb_rd.pages.frame import Asked, Document, Shown, path_to
from oidb_rd.pages.parts import article_link, collection_link, kind_badge, people, search_path, size, without_addresses
from resdir import samp
from resdir.elements import facts, link, moment, section, sexagesimal
from resdir.marks import facts_of, submit_path, warning

#: Granules side by side.
_MOST = 8
_CRUMBS = ("Collections", "/collections")


@dataclass(frozen=True)
class _Seen:
    """A granule as this visitor sees it: whether the file is open to him, and whom he can ask."""

    place: GranulePlace
    row: dict[str, Any]
    file: StoredFile
    decision: Decision
    responsible: str

    @property
    def name(self) -> str:
        return self.place.target_name or "(no name)"


def view(cursor: Cursor, asked: Asked) -> Shown | Document:
    """Show one granule, or compare several; or answer one of the files that describe a granule."""
    text, name = citing.file_asked(asked.rest)
    identifiers = _identifiers(text)
    places = find_granule_places(cursor, identifiers)
    if len(places) != len(identifiers):
        raise UnknownURI("No granule has this identifier")
    retired = [place for place in places if place.retired]
    if retired:
        return _retired(retired[0])
    rows = metadata.rows_of(identifiers)
    if len(rows) != len(identifiers):
        raise UnknownURI("No granule has this identifier")
    now = datetime.now(UTC)
    seen = [_see(cursor, asked, place, rows[place.id], now) for place in places]
    if len(seen) > 1 and not name:
        return _compared(seen)
    if len(seen) > 1:
        raise UnknownURI("One granule is cited at a time")
    exposures = exposures_of_granule(cursor, places[0].id)
    work = citing.granule(cursor, places[0], seen[0].file, exposures, now)
    return citing.answer(cursor, asked, work, name) or _single(cursor, asked, seen[0], exposures, work, now)


def _identifiers(text: str) -> list[int]:
    if not re.fullmatch(r"[0-9]{1,18}(,[0-9]{1,18})*", text):
        raise UnknownURI("A granule's address is /granule/ID; several are compared at /granule/ID,ID")
    found = list(dict.fromkeys(int(part) for part in text.split(",")))
    if len(found) > _MOST:
        raise UnknownURI(f"At most {_MOST} granules are compared")
    return found


def _retired(place: GranulePlace) -> Shown:
    body = [
        tags.p(class_="lead")[f"This granule is not published any more, since {place.retired:%Y-%m-%d}."],
        tags.p[place.retired_reason],
        facts([("Identifier", tags.code[place.publisher_did]), ("Collection", collection_link(place.collection_id))]),
    ]
    return Shown(place.target_name or "(no name)", body, (_CRUMBS,), status=410, kicker="Retired granule")


def _see(cursor: Cursor, asked: Asked, place: GranulePlace, row: dict[str, Any], now: datetime) -> _Seen:
    file = find_file(cursor, place.file_id)
    if file is None:
        raise UnknownURI("No granule has this identifier")
    decision = may_read(file_access(cursor, place.file_id), asked.visitor, now)
    return _Seen(place, row, file, decision, without_addresses(whom_to_ask(cursor, place.file_id)))


def _single(
    cursor: Cursor, asked: Asked, seen: _Seen, exposures: Sequence[RawExposure], work: Work, now: datetime
) -> Shown:
    place, row = seen.place, seen.row
    mark = mark_at(cursor, row["s_ra"], row["s_dec"])
    title = ", ".join(
        part for part in (seen.name, row["instrument"] or row["instrument_name"], str(row["local_night"] or "")) if part
    )
    body = [
        _notices(asked, seen, now),
        warning(mark) if (row["dataproduct_category"] or "").upper().startswith("CAL") else "",
        tags.div(class_="columns")[
            tags.div[
                section("Summary", facts([*_summary(row), *facts_of(mark), _report(row)]), anchor="summary"),
                section("Collection and people", facts(_people(place)), anchor="people"),
            ],
            tags.div[_plot(seen), section("File", facts(_file(seen)), anchor="file")],
        ],
        relatives.sections(cursor, place, exposures, now),
        section("How to cite", citing.box(work, place.bibcode), anchor="cite"),
        section(
            "All metadata",
            tags.details[
                tags.summary["All columns of this granule, with their meaning"], metadata.metadata_table([row])
            ],
            anchor="metadata",
        ),
        comments_section(cursor, asked, Subject(place.collection_id, place.id)),
    ]
    crumbs = (_CRUMBS, (place.collection_title, path_to("collection", place.collection_id)))
    head, links = citing.head(work), link_header(work)
    return Shown(title, body, crumbs, head, kicker="Granule", indexed=not asked.parameters, links=links)


def _notices(asked: Asked, seen: _Seen, now: datetime) -> list[Any]:
    place = seen.place
    notes: list[Any] = []
    if kind_badge(place.kind, place.collection_title):
        notes.append("Simulated data: no star was observed.")
    if (place.progid or "").upper().startswith("60.A"):
        notes.append("Taken in technical time (programme 60.A): no quality control.")
    if _has_old_matisse(place):
        notes.append(
            "MATISSE data in the N band, reduced with a pipeline before 2.0.0: the sign of the phases may be wrong."
        )
    if not seen.file.is_public(now):
        notes.append(_private(asked, seen))
    return [tags.div(class_="note")[tags.p[note]] for note in notes]


def _has_old_matisse(place: GranulePlace) -> bool:
    version = re.search(r"matis\w*\D{0,12}(\d+)\.\d", (place.procsoft or "").lower())
    return place.instrument == "MATISSE" and "N" in place.bands.split() and bool(version and int(version[1]) < 2)


def _private(asked: Asked, seen: _Seen) -> Any:
    moment = seen.file.public_from()
    until = f" until {moment.astimezone(UTC):%Y-%m-%d}" if moment else ""
    whom = seen.responsible or "those who run this site"
    if seen.decision.allowed:
        return f"The file is private{until}; you may read it ({seen.decision.reason})."
    said = f"The file, its plots and its report are private{until}. To get them before, ask {whom}"
    if asked.visitor.account_id is not None:
        return f"{said}; they are not open to your account."
    way = f"/account/login?next={quote(path_to('granule', str(seen.place.id)), safe='')}"
    return [f"{said}. If they are open to you, ", tags.a(href=way, rel="nofollow")["log in"], "."]


def _summary(row: dict[str, Any]) -> list[tuple[str, Any]]:
    target = row["target_name"]
    place = []
    if row["s_ra"] is not None and row["s_dec"] is not None:
        point = samp.buttons(samp.point_button(row["s_ra"], row["s_dec"]))
        place = [("Position (ICRS)", [sexagesimal(row["s_ra"], row["s_dec"]), " ", point])]
    search = [tags.a(href=search_path(target=target), rel="nofollow")[target]] if target else "(no name)"
    return [("Target", search), *place, *metadata.summary_facts(row)]


def _report(row: dict[str, Any]) -> tuple[str, Any]:
    """Return the way to report the target as a bad calibrator, with this granule as evidence."""
    known = {
        "name": row["target_name"],
        "ra": row["s_ra"],
        "dec": row["s_dec"],
        "interferometer": row["facility"] or row["facility_name"],
        "instrument": row["instrument"] or row["instrument_name"],
        "baseline": row["baseline_max"] and f"{row['baseline_max']:.1f}",
        "wavelength": row["em_min"] and row["em_max"] and f"{(row['em_min'] + row['em_max']) * 5e5:.4g}",
        "observed": row["t_min"] and moment(row["t_min"], "%Y-%m-%d"),
        "evidence_did": row["obs_publisher_did"],
    }
    way = submit_path("badcal", **{name: str(value) for name, value in known.items() if value is not None})
    return "No good calibrator?", tags.a(href=way, rel="nofollow")["Report as bad calibrator"]


def _people(place: GranulePlace) -> list[tuple[str, Any]]:
    return [
        ("Collection", collection_link(place.collection_id, place.collection_title)),
        ("Data PI", people(place.datapi)),
        ("Co-PIs", people(place.co_pis)),
        ("Creator", without_addresses(place.creator)),
        ("Article", article_link(place.bibcode) if place.bibcode else ""),
        ("SIMBAD", _simbad(place)),
    ]


def _simbad(place: GranulePlace) -> Any:
    if not place.target_name:
        return ""
    address = f"https://simbad.cds.unistra.fr/simbad/sim-id?Ident={quote(place.target_name, safe='')}"
    return tags.a(href=address, rel="nofollow")["the target there"]


def _plot(seen: _Seen) -> Any:
    if not seen.decision.allowed:
        return ""
    path = base.makeSitePath(f"/plots/{seen.place.id}")
    told = f"Quick look at {seen.name}: uv plane, squared visibilities, closure phases"
    return tags.figure(class_="sheet")[
        tags.a(href=f"{path}.png")[tags.img(src=f"{path}.png", alt=told, width="1200", height="800")],
        tags.figcaption["Quick look; also as ", tags.a(href=f"{path}.svg", rel="nofollow")["SVG"], "."],
    ]


def _file(seen: _Seen) -> list[tuple[str, Any]]:
    place, file = seen.place, seen.file
    address = base.makeSitePath(f"/files/{file.id}/{file.url_name}")
    links = base.makeSitePath(f"/oidb/q/dl/dlmeta?ID={quote(place.publisher_did, safe='')}")
    told = [tags.a(href=address, rel="nofollow")[file.name], f" ({size(file.size_bytes)})"]
    if seen.decision.reason == "public":
        told += [" ", samp.buttons(samp.oifits_button(base.makeAbsoluteURL(f"/files/{file.id}/{file.url_name}")))]
    return [
        ("OIFITS", told),
        ("Rights", _rights(seen)),
        ("Delivered by", place.remote_url or ""),
        ("Checker", _findings(seen)),
        ("For programs", [tags.a(href=links, rel="nofollow")["DataLink"], " ", tags.code[place.publisher_did]]),
    ]


def _rights(seen: _Seen) -> str:
    if seen.decision.reason == "public":
        return "public"
    moment = seen.file.public_from()
    return f"private until {moment.astimezone(UTC):%Y-%m-%d}" if moment else "private, until when is not told"


def _findings(seen: _Seen) -> Any:
    """Return what the checker found; of private files it is as private as they are."""
    place = seen.place
    if not seen.decision.allowed or place.nb_severe is None:
        return ""
    counts = ((place.nb_severe, "severe"), (place.nb_warnings or 0, "warning"), (place.nb_remarks, "remark"))
    words = [f"{number} {word}{'s' * (number != 1 and word != 'severe')}" for number, word in counts if number]
    return link(base.makeSitePath(f"/reports/{place.file_id}"), ", ".join(words) or "no objection")


def _compared(seen: Sequence[_Seen]) -> Shown:
    rows = [found.row for found in seen]
    heads = [f"{found.name} ({found.place.id})" for found in seen]
    body = [
        tags.ul(class_="compared")[
            [
                tags.li[
                    tags.h2[link(path_to("granule", str(found.place.id)), found.name)],
                    tags.p[collection_link(found.place.collection_id), " · ", _rights(found)],
                    _plot(found),
                ]
                for found in seen
            ]
        ],
        section("Summary", metadata.summary_table(rows, heads), anchor="summary"),
        section("All metadata", metadata.metadata_table(rows), anchor="metadata"),
    ]
    return Shown(f"{len(seen)} granules compared", body, (_CRUMBS,), kicker="Granules", indexed=False)
