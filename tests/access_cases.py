"""Who may read what, as one table for both enforcers: our own delivery and Apache with the rules that we write.

Pure data: no database, no web. Moments are distances from `NOW`, so that a test can put the table's "now" where
its clock is: before the release of what is embargoed (`BEFORE`), or after it (`AFTER`). Both enforcers and the
policy itself must answer `allowed(file, visitor, phase)` for every file, visitor and phase.
"""

from dataclasses import dataclass
from datetime import timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

#: The moments at which the table is asked, as distances from its origin.
BEFORE, AFTER = timedelta(0), 2 * DAY
PHASES = {"before": BEFORE, "after": AFTER}

#: The collection that all files are in, and another one that delegations can be about.
COLLECTION, OTHER_COLLECTION = "acl-table", "acl-other"
#: As archive.collection.datapi and co_pis have them: names with / between, letters and blanks as people write them.
DATA_PIS = "First  Last / Blocked Pi/TWIN NAME"
CO_PIS = "Second B. Last"
PROGID, PROPOSAL_SUBID = "112.25AB.001", "AB-7"

GROUPS = ("team", "empty")


@dataclass(frozen=True)
class Account:
    """A person. `password` is what they type; None for an account without one."""

    login: str
    name: str
    role: str = "reader"
    state: str = "active"
    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    password: str | None = "correct horse"


OWNER = "owner@example.org"

ACCOUNTS = (
    Account(OWNER, "The Owner", "submitter"),
    Account("pi@example.org", "First Last", aliases=("first last",)),
    Account("copi@example.org", "Second Last", aliases=("second b. last", "s. last")),
    Account("by-collection@example.org", "Delegate 1"),
    Account("by-progid@example.org", "Delegate 2"),
    Account("by-subid@example.org", "Delegate 3"),
    Account("by-other@example.org", "Delegate of other data"),
    Account("was-delegate@example.org", "Delegate until an hour ago"),
    Account("of-outsider@example.org", "Trusted by somebody who is not the data PI"),
    Account("shared@example.org", "With a share without end"),
    Account("shared-a-day@example.org", "With a share that ends in a day"),
    Account("shared-one@example.org", "With a share of one file"),
    Account("share-expired@example.org", "With a share until an hour ago"),
    Account("share-ended@example.org", "With a share that was taken back"),
    Account("member@example.org", "Member", groups=("team",)),
    Account("o'brien+vlti@example.org", "Odd but right address", groups=("team",)),
    Account("outsider@example.org", "Nobody here"),
    Account("submitter@example.org", "Submitter of other data", "submitter"),
    Account("curator@example.org", "Curator", "curator"),
    Account("blocked-pi@example.org", "Blocked", "curator", "blocked", ("blocked pi",), ("team",)),
    Account("requested@example.org", "Not yet let in", "reader", "requested", (), ("team",)),
    Account("twin-a@example.org", "Twin A", aliases=("twin name",)),
    Account("twin-b@example.org", "Twin B", aliases=("twin name",)),
)
#: Has a share, but never set a password: nobody can come as this account.
WITHOUT_PASSWORD = Account("no-password@example.org", "Without password", groups=("team",), password=None)


@dataclass(frozen=True)
class Share:
    """A share of the collection, or of the file `state` names, with a login or a group."""

    login: str | None = None
    group: str | None = None
    state: str | None = None
    until: timedelta | None = None
    ended: timedelta | None = None


SHARES = (
    Share("shared@example.org"),
    Share("shared-a-day@example.org", until=DAY),
    Share("shared-one@example.org", state="embargoed"),
    Share("share-expired@example.org", until=-HOUR),
    Share("share-ended@example.org", until=30 * DAY, ended=-HOUR),
    Share("blocked-pi@example.org"),
    Share("requested@example.org"),
    Share(group="team"),
    Share(group="empty"),
)


@dataclass(frozen=True)
class Delegation:
    """A data PI trusts somebody."""

    pi: str
    trusted: str
    scope: str
    value: str
    until: timedelta | None = None


DELEGATIONS = (
    Delegation("pi@example.org", "by-collection@example.org", "collection", COLLECTION),
    Delegation("copi@example.org", "by-progid@example.org", "progid", PROGID),
    Delegation("pi@example.org", "by-subid@example.org", "proposal_subid", PROPOSAL_SUBID),
    Delegation("pi@example.org", "by-other@example.org", "collection", OTHER_COLLECTION),
    Delegation("pi@example.org", "was-delegate@example.org", "collection", COLLECTION, until=-HOUR),
    Delegation("outsider@example.org", "of-outsider@example.org", "collection", COLLECTION),
    Delegation("blocked-pi@example.org", "of-outsider@example.org", "collection", COLLECTION),
)


@dataclass(frozen=True)
class State:
    """A file by the rights of its granules (data_rights, release date), and in which phases it is public."""

    granules: tuple[tuple[str, timedelta | None], ...]
    public: frozenset[str]

    @property
    def name(self) -> str:
        """Name of the state, and of the file in it without its ending."""
        return next(name for name, state in STATES.items() if state is self)


_ALWAYS, _AFTER, _NEVER = frozenset(PHASES), frozenset({"after"}), frozenset[str]()

#: State of a file: the file in this state is called `file_name(state)`.
STATES = {
    "public": State((("public", None),), _ALWAYS),
    "public-future-date": State((("public", 400 * DAY),), _ALWAYS),
    "released": State((("secure", -DAY),), _ALWAYS),
    "embargoed": State((("secure", DAY),), _AFTER),
    "embargoed-proprietary": State((("proprietary", DAY),), _AFTER),
    "embargoed-long": State((("secure", 400 * DAY),), _NEVER),
    "no-date": State((("secure", None),), _NEVER),
    "proprietary": State((("proprietary", None),), _NEVER),
    # public and private granules in one file: the stricter counts, whatever the order
    "mixed": State((("public", None), ("secure", DAY)), _AFTER),
    "mixed-other-order": State((("secure", 400 * DAY), ("public", None)), _NEVER),
    # the latest date counts
    "two-dates": State((("secure", -DAY), ("secure", DAY)), _AFTER),
    "one-without-date": State((("secure", -DAY), ("secure", None)), _NEVER),
}

#: Who is asked for: login, or None for nobody.
VISITORS: tuple[str | None, ...] = (None, *(account.login for account in ACCOUNTS))

#: Logins that may read every private file, by phase.
_LASTING = frozenset(
    {
        OWNER,
        "pi@example.org",
        "copi@example.org",
        "by-collection@example.org",
        "by-progid@example.org",
        "by-subid@example.org",
        "shared@example.org",
        "member@example.org",
        "o'brien+vlti@example.org",
        "curator@example.org",
    }
)
READERS = {"before": _LASTING | {"shared-a-day@example.org"}, "after": _LASTING}
#: Logins that may read only the private files in these states.
READERS_OF_ONE = {"shared-one@example.org": frozenset({"embargoed"})}


def file_name(state: str) -> str:
    """Return the name of the file in a state."""
    return f"{state}.fits"


def allowed(state: str, login: str | None, phase: str) -> bool:
    """Tell whether a visitor may read the file in a state: what every enforcer has to answer."""
    if phase in STATES[state].public:
        return True
    return login is not None and (login in READERS[phase] or state in READERS_OF_ONE.get(login, frozenset()))


#: Every case: state of the file, login, phase, whether it may be read.
CASES = [
    (state, login, phase, allowed(state, login, phase)) for phase in PHASES for state in STATES for login in VISITORS
]
