"""The access rules (design.md 5), as pure functions of rights, persons, dates and a clock.

`may_read` is the one place that says who may read a file; both enforcers ask it: our own delivery
at each request, and the writer of ``.htaccess`` files through `readers`. May import the standard
library only: no database, no web, so that every case can be tested. All moments are timezone-aware.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

#: Months that new data of a collection stay private, by kind of collection; 0 for the kinds not listed.
EMBARGO_MONTHS = {"suv": 24, "pionier": 12, "eso": 12, "chara": 18}

#: Moment of MJD 0.
_MJD_0 = datetime(1858, 11, 17, tzinfo=UTC)

#: MJDs outside (years 1933 to 2150, as the OIFITS checker has them) are mistakes, not dates.
_MJD_RANGE = (27073.5, 106332.5)


@dataclass(frozen=True)
class Rights:
    """What the archive knows about a granule's accessibility.

    Attributes
    ----------
    data_rights
        ``public``, ``secure`` or ``proprietary`` (ObsCore's words).
    release_date
        From when on it is public, or None.
    """

    data_rights: str
    release_date: datetime | None

    def is_public(self, now: datetime) -> bool:
        """Tell whether anybody may read it: said to be public, or released. Everything else is private."""
        return self.data_rights == "public" or (self.release_date is not None and self.release_date <= now)


def all_public(granules: Iterable[Rights], now: datetime) -> bool:
    """Tell whether a file, or a product linked to several granules, is public: all must be; none is not enough."""
    rights = list(granules)
    return bool(rights) and all(granule.is_public(now) for granule in rights)


#: The role that may everything.
CURATOR = "curator"


@dataclass(frozen=True)
class Visitor:
    """A person as the policy sees one. Accounts that are not active are nobody: `ANONYMOUS`.

    Attributes
    ----------
    account_id
        Identifier of the account, None for an anonymous visitor.
    login
        E-mail address in lower case.
    role
        ``reader``, ``submitter`` or `CURATOR`.
    aliases
        Names as data PI, in `normalised_name`'s form; without those that another active account has, too
        (`contested_aliases`).
    groups
        Groups that the person is a member of.
    """

    account_id: int | None
    login: str | None
    role: str
    aliases: frozenset[str]
    groups: frozenset[str]


ANONYMOUS = Visitor(None, None, "", frozenset(), frozenset())


@dataclass(frozen=True)
class Grant:
    """A share: a file or its collection, for a person or a group, for a time.

    Attributes
    ----------
    account_id, group
        With whom; the other one is None.
    until
        From when on it counts no more, or None.
    ended
        When it was taken back, or None.
    """

    account_id: int | None
    group: str | None
    until: datetime | None = None
    ended: datetime | None = None

    def is_for(self, visitor: Visitor, now: datetime) -> bool:
        """Tell whether it lets a person in now."""
        if not _in_force(self.until, self.ended, now):
            return False
        by_person = self.account_id is not None and self.account_id == visitor.account_id
        return by_person or (self.group is not None and self.group in visitor.groups)


@dataclass(frozen=True)
class Delegation:
    """A data PI trusts somebody with the PI's own data of a collection, a programme or a sub-id of proposals.

    Attributes
    ----------
    pi_aliases
        The PI's names, as in `Visitor.aliases`; none where the PI's account is not active.
    trusted_id
        Account of the trusted person.
    scope, value
        ``collection``, ``progid`` or ``proposal_subid``, and which one.
    until, ended
        As of `Grant`.
    """

    pi_aliases: frozenset[str]
    trusted_id: int
    scope: str
    value: str
    until: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True)
class FileAccess:
    """All that decides who may read a file.

    Attributes
    ----------
    rights
        Those of all its granules.
    owner
        Login of the collection's owner, or "".
    data_pis
        Names of the data PI and co-PIs, as `names_in` gives them.
    shares, delegations
        Those that concern the file or may concern it; whether they are in force is decided here.
    collection_id, progid, proposal_subid
        What delegations are for; "" for none.
    """

    rights: tuple[Rights, ...]
    owner: str = ""
    data_pis: tuple[str, ...] = ()
    shares: tuple[Grant, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    collection_id: str = ""
    progid: str = ""
    proposal_subid: str = ""


@dataclass(frozen=True)
class Decision:
    """Whether somebody may read a file, and why: ``public``, ``owner``, ``data PI``, ``delegate``, ``shared``,
    ``group``, ``curator``; or ``private``.
    """

    allowed: bool
    reason: str


def may_read(access: FileAccess, visitor: Visitor, now: datetime) -> Decision:
    """Decide whether a visitor may read a file; what no rule allows is private."""
    reason = "public" if all_public(access.rights, now) else _personal_reason(access, visitor, now)
    return Decision(True, reason) if reason else Decision(False, "private")


def _personal_reason(access: FileAccess, visitor: Visitor, now: datetime) -> str:
    """Return why this person may read a private file, or ""."""
    if visitor.account_id is None:
        return ""
    if owns(access, visitor):
        return "owner"
    if not visitor.aliases.isdisjoint(access.data_pis):
        return "data PI"
    if any(_trusts(delegation, access, visitor, now) for delegation in access.delegations):
        return "delegate"
    granted = [grant for grant in access.shares if grant.is_for(visitor, now)]
    if any(grant.account_id is not None for grant in granted):
        return "shared"
    if granted:
        return "group"
    return CURATOR if visitor.role == CURATOR else ""


def owns(access: FileAccess, visitor: Visitor) -> bool:
    """Tell whether a person is the owner of the file's collection."""
    return bool(access.owner) and visitor.account_id is not None and access.owner.lower() == visitor.login


def may_share(access: FileAccess, visitor: Visitor) -> bool:
    """Tell whether a person may decide who else reads a file: its owner, its data PI and co-PIs, curators.

    Delegates and those it was shared with may not pass it on.
    """
    if visitor.account_id is None:
        return False
    return owns(access, visitor) or not visitor.aliases.isdisjoint(access.data_pis) or visitor.role == CURATOR


def readers(access: FileAccess, people: Sequence[Visitor], now: datetime) -> frozenset[str]:
    """Return the logins of all who may read a file, the members of groups among them.

    The answer for a person is that of `may_read`: for a public file, everybody's.

    Parameters
    ----------
    people
        All active accounts.
    """
    return frozenset(
        person.login for person in people if person.login is not None and may_read(access, person, now).allowed
    )


def _trusts(delegation: Delegation, access: FileAccess, visitor: Visitor, now: datetime) -> bool:
    """Tell whether a delegation lets a person read a file: it must be the trusting PI's own."""
    if delegation.trusted_id != visitor.account_id or not _in_force(delegation.until, delegation.ended, now):
        return False
    if delegation.pi_aliases.isdisjoint(access.data_pis):
        return False
    value = {
        "collection": access.collection_id,
        "progid": access.progid,
        "proposal_subid": access.proposal_subid,
    }.get(delegation.scope, "")
    return bool(value) and value == delegation.value


def _in_force(until: datetime | None, ended: datetime | None, now: datetime) -> bool:
    return (until is None or now < until) and (ended is None or now < ended)


def normalised_name(name: str) -> str:
    """Return a person's name as names are compared: in lower case, blanks collapsed, letters composed (NFC)."""
    return unicodedata.normalize("NFC", " ".join(name.split()).lower())


def names_in(*texts: str | None) -> tuple[str, ...]:
    """Return the names in texts like ``Ada Example / Bao Sample``, in `normalised_name`'s form, each once."""
    names = [normalised_name(part) for text in texts for part in (text or "").split("/")]
    return tuple(dict.fromkeys(name for name in names if name))


def contested_aliases(people: Iterable[Visitor]) -> frozenset[str]:
    """Return the names that several of these people have: nobody can tell whose data those are."""
    counts = Counter(alias for person in people for alias in person.aliases)
    return frozenset(alias for alias, count in counts.items() if count > 1)


def rights_of_new_granule(
    kind: str,
    level: int,
    t_max: float | None,
    category: str | None,
    collection_release: datetime | None,
    now: datetime,
) -> Rights:
    """Return the rights of a granule that is ingested without any being given.

    Published data (L3) and calibrators are public at once; the rest waits for the embargo of its
    kind of collection, counted from its last observation; nothing goes before the collection's
    own release date. Where a date is needed and the observation has no credible one, the data
    stay private until somebody tells.

    Parameters
    ----------
    kind
        Kind of the collection: a key of `EMBARGO_MONTHS`, or another.
    level
        1, 2 or 3.
    t_max
        Last observation as MJD, or None.
    category
        ``SCIENCE``, ``CALIB`` or None for unknown, which counts as science.
    collection_release
        The collection's release date, or None.
    now
        The moment of ingestion.
    """
    science = category in (None, "", "SCIENCE")
    months = EMBARGO_MONTHS.get(kind, 0) if science and level < 3 else 0
    held_back = collection_release is not None and collection_release > now
    if months == 0:
        return (
            Rights("secure", collection_release)
            if held_back
            else Rights("public", _later(None, collection_release, now))
        )
    observed = moment_of_mjd(t_max)
    if observed is None:
        return Rights("secure", None)
    return Rights("secure", _later(add_months(observed, months), collection_release, now))


def _later(own: datetime | None, collection: datetime | None, now: datetime) -> datetime:
    moments = [moment for moment in (own, collection) if moment is not None]
    return max(moments, default=now)


def moment_of_mjd(mjd: float | None) -> datetime | None:
    """Return the moment of an MJD (UTC), or None for no or no credible date."""
    if mjd is None or not _MJD_RANGE[0] <= mjd <= _MJD_RANGE[1]:
        return None
    return _MJD_0 + timedelta(days=mjd)


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day and time some months later; the last day of a month that is too short.

    Examples
    --------
    >>> add_months(datetime(2024, 8, 31, tzinfo=UTC), 18).date()
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    last_day = (first_of_next - timedelta(days=1)).day
    return moment.replace(year=year, month=month, day=min(moment.day, last_day))


def release_moment(text: str) -> datetime:
    """Return the moment that a release date stands for.

    A plain date means the end of that day (UTC), the stricter reading and the one that OiDB's
    users know; a date with a time is taken as it is, in UTC unless it says otherwise.

    Raises
    ------
    ValueError
        When the text is neither.
    """
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
    except ValueError:
        moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(f"{text} is outside of the years 1 to 9999") from None
