"""Looking at rows that somebody wants to submit: what they mean, what is wrong with them, what is like them.

In two steps, so that no connection is held while a resolver is asked: `Examiner.prepare` finds out which star each row
means; `Examiner.judge` compares with the archive, also within the transaction that writes. May import
``ingest.archive``, ``ingest.catalogs`` and this package.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ingest.archive.connection import Archive, Cursor
from ingest.archive.entries import Kept
from ingest.catalogs.badcal import Report
from ingest.catalogs.findings import Finding, error, has_errors, in_order, warning
from ingest.catalogs.jmdc import Measurement
from ingest.catalogs.reading import Draft, Entry, entry_of, read_values, texts_of
from ingest.submission.catalogue.evidence import about_data
from ingest.submission.catalogue.model import Examined, FoundStar
from ingest.submission.catalogue.similar import Seer, Watch
from ingest.submission.catalogue.stars import Names, Resolver, ask, distance_beyond


@dataclass(frozen=True)
class Sender:
    """Who an entry is from, as far as it is shown with a report.

    Attributes
    ----------
    facility
        Name of the observatory whose account it is; empty for persons.
    """

    name: str = ""
    affiliation: str = ""
    facility: str = ""


@dataclass(frozen=True)
class Prepared:
    """A row whose star has been looked for.

    Attributes
    ----------
    place
        Position that the entry is to have, deg.
    resolved
        What the resolver calls the star; "" where it was not asked or knows none.
    """

    line: int
    values: Mapping[str, str]
    draft: Draft
    star: FoundStar | None
    place: tuple[float, float] | None
    findings: tuple[Finding, ...]
    resolved: str = ""


class Examiner:
    """Looks at rows of one catalogue.

    Parameters
    ----------
    resolver
        Asked for names that neither table nor archive have; None asks nobody.
    seer
        Who looks: which other entries are shown.
    sender
        Completes reports.
    today
        The present day (UTC).
    """

    def __init__(
        self, archive: Archive, catalogue: str, resolver: Resolver | None, seer: Seer, sender: Sender, today: date
    ) -> None:
        self.archive, self.catalogue, self.resolver = archive, catalogue, resolver
        self.seer, self.sender, self.today = seer, sender, today

    def prepare(self, rows: Sequence[Mapping[str, str]]) -> tuple[Prepared, ...]:
        """Read rows and find their stars."""
        drafts = [read_values(self.catalogue, row) for row in rows]
        names = Names()
        with self.archive.transaction() as cursor:
            names.load(cursor, (draft.name for draft in drafts if _can_be_asked(draft)))
        unknown = {draft.name for draft in drafts if _can_be_asked(draft) and names.star(draft.name) is None}
        answers, why = ask(self.resolver, unknown)
        told: set[str] = set()
        prepared = []
        for line, (row, draft) in enumerate(zip(rows, drafts, strict=True), start=1):
            answer = answers.get(draft.name)
            star = names.star(draft.name) or answer
            reason = why if draft.name not in answers else "nor does the name resolver"
            draft = replace(draft, findings=tuple(_once(draft.findings, told)))
            about = tuple(_about_star(draft, star, reason))
            prepared.append(_placed(line, row, draft, star, about, answer.name if answer else ""))
        return tuple(prepared)

    def prepare_kept(self, cursor: Cursor, kept: Kept) -> tuple[Prepared]:
        """Read an entry of the archive anew, with what is kept of its star; nobody is asked."""
        values = texts_of(kept.entry, kept.given_place)
        draft, names, place = read_values(self.catalogue, values), Names(), kept.place
        names.load(cursor, [draft.name])
        star = names.star(draft.name)
        if star is None and place is not None and place.name:
            star = FoundStar(place.name, place.ra, place.dec, place.pm_ra, place.pm_dec, place.origin)
        about = tuple(_about_star(draft, star, ""))
        return (_placed(1, values, draft, star, about, place.name if place else ""),)

    def judge(self, cursor: Cursor, prepared: Sequence[Prepared], *, but: int | None = None) -> tuple[Examined, ...]:
        """Ask the rules, and compare with the archive.

        Parameters
        ----------
        but
            Number of the entry that the row is to change: it is no other one.
        """
        made = [self._entry(each) for each in prepared]
        # what the rules keep out is compared with nothing, and no text of it comes near the database
        sound = [None if has_errors(findings) else entry for entry, findings in made]
        watch = Watch(cursor, self.seer, self.catalogue, sound, but)
        data = about_data(cursor, sound)
        examined = []
        for number, (each, (entry, findings)) in enumerate(zip(prepared, made, strict=True)):
            similar = watch.like(number)
            more = (*self._about_time(entry), *data[number], *watch.findings(similar))
            all_of_it = in_order([*findings, *each.findings, *more])
            examined.append(Examined(each.line, each.values, entry, each.star, all_of_it, similar))
        return tuple(examined)

    def _entry(self, prepared: Prepared) -> tuple[Entry | None, tuple[Finding, ...]]:
        entry, findings = entry_of(prepared.draft, prepared.place)
        return self._completed(entry), findings

    def _completed(self, entry: Entry | None) -> Entry | None:
        """Let a report be from who sends it, where it does not say otherwise; a facility's always is the facility's."""
        if not isinstance(entry, Report):
            return entry
        sender = self.sender
        return replace(
            entry,
            reporter=entry.reporter or sender.facility or sender.name,
            affiliation=sender.facility or entry.affiliation or sender.affiliation,
        )

    def _about_time(self, entry: Entry | None) -> Iterable[Finding]:
        """Yield what cannot have happened yet."""
        if isinstance(entry, Report) and entry.observed is not None and entry.observed > self.today:
            yield error("future", "observed", f"{entry.observed} is not over yet")
        if isinstance(entry, Measurement):
            year = re.match(r"\d{4}", entry.bibcode, re.ASCII)
            # volumes are dated ahead
            if year and int(year[0]) > self.today.year + 1:
                yield error("future", "bibcode", f"nothing was published in {year[0]} yet")


def _once(findings: Iterable[Finding], told: set[str]) -> Iterable[Finding]:
    """Leave out what was said of an earlier row: a column that is no field is one in all rows."""
    for finding in findings:
        if finding.rule == "unknown-field":
            if finding.field in told:
                continue
            told.add(finding.field)
        yield finding


def _about_star(draft: Draft, star: FoundStar | None, reason: str) -> Iterable[Finding]:
    """Yield what is to be said of the star that a name means, and of the position that was given."""
    field = "id1" if draft.catalogue == "jmdc" else "name"
    if not _can_be_asked(draft):
        return
    place = draft.place
    if star is None and place is None:
        also = f", {reason}" if reason else ""
        yield error("unknown-star", field, f"nobody here knows {draft.name[:40]!r}{also}: give ra and dec")
    elif star is None:
        yield warning("unknown-star", field, f"nobody here knows {draft.name[:40]!r}; the position is the one given")
    elif place is not None and (apart := distance_beyond(star, place)) is not None:
        whose = f"{star.name} ({_FROM[star.origin]})"
        yield warning("position", "ra", f"the position is {_told(apart)} from that of {whose}")
    elif place is None and star.ra is None:
        severe = error if draft.catalogue == "badcal" else warning
        yield severe("no-position", "ra", f"the position of {star.name} is not known: give ra and dec")


def _can_be_asked(draft: Draft) -> bool:
    """Tell whether the name of the star can be one; else the rules say why not."""
    return any(sign.isalnum() for sign in draft.name) and draft.name.isprintable() and len(draft.name) <= 80


_FROM = {"catalogue": "star table", "archive": "JMDC", "resolver": "name resolver"}


def _told(arcsec: float) -> str:
    return f"{arcsec / 3600:.3g}°" if arcsec > 3600 else f"{arcsec:.3g}″"


def _placed(
    line: int,
    values: Mapping[str, str],
    draft: Draft,
    star: FoundStar | None,
    findings: tuple[Finding, ...],
    resolved: str,
) -> Prepared:
    """Let a row have its star and position: a given position is that of a report, and of a star nobody knows."""
    given = draft.place
    if given is not None and (star is None or star.ra is None):
        name = star.name if star else draft.name
        star = FoundStar(name, *given, origin="submitter", known=bool(star and star.known))
    known = None if star is None or star.ra is None or star.dec is None else (star.ra, star.dec)
    return Prepared(line, dict(values), draft, star, given or known, findings, resolved)
