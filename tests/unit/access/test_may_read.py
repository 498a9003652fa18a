"""Who may read a file: the table of cases, and properties that hold for whatever there is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.access.policy import (
    ANONYMOUS,
    Delegation,
    FileAccess,
    Grant,
    Rights,
    Visitor,
    all_public,
    contested_aliases,
    may_read,
    may_share,
    names_in,
    normalised_name,
    readers,
)
from tests import access_cases as table
from tests.build import access as build

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PRIVATE = (Rights("secure", None),)


@pytest.mark.parametrize("phase", table.PHASES)
@pytest.mark.parametrize("login", table.VISITORS, ids=str)
def test_table(login, phase):
    visitor = next((person for person in build.people() if person.login == login), ANONYMOUS)
    moment = NOW + table.PHASES[phase]
    for state in table.STATES:
        access = build.access(state, NOW)
        allowed = table.allowed(state, login, phase)
        assert may_read(access, visitor, moment).allowed == allowed, state
        if visitor is not ANONYMOUS:
            assert (login in readers(access, build.people(), moment)) == allowed, state


ADA = Visitor(1, "ada@x.org", "reader", frozenset({"ada example"}), frozenset({"team"}))
CURATOR = Visitor(2, "c@x.org", "curator", frozenset(), frozenset())


def trust(**changes):
    given_now = Delegation(frozenset({"bao sample"}), 1, "collection", "c1")
    return FileAccess(PRIVATE, "", ("bao sample",), (), (replace(given_now, **changes),), "c1", "112.25AB.001", "sub")


CASES = {
    "public": (FileAccess((Rights("public", None),)), ADA, "public"),
    "released": (FileAccess((Rights("secure", NOW),)), ADA, "public"),
    "not yet released": (FileAccess((Rights("secure", NOW + SECOND),)), ADA, "private"),
    "no granules": (FileAccess(()), ADA, "private"),
    "no granules, curator": (FileAccess(()), CURATOR, "curator"),
    "owner": (FileAccess(PRIVATE, "ada@x.org"), ADA, "owner"),
    "owner in capitals": (FileAccess(PRIVATE, "Ada@X.org"), ADA, "owner"),
    "no owner": (FileAccess(PRIVATE, ""), Visitor(3, "", "reader", frozenset(), frozenset()), "private"),
    "owner by name only": (FileAccess(PRIVATE, "ada example"), ADA, "private"),
    "data PI": (FileAccess(PRIVATE, "", ("ada example",)), ADA, "data PI"),
    "one of several": (FileAccess(PRIVATE, "", ("bao sample", "ada example")), ADA, "data PI"),
    "part of a name": (FileAccess(PRIVATE, "", ("ada example jr", "ada")), ADA, "private"),
    "name not normalised": (FileAccess(PRIVATE, "", ("Ada Example",)), ADA, "private"),
    "shared": (FileAccess(PRIVATE, shares=(Grant(1, None),)), ADA, "shared"),
    "shared to the last second": (FileAccess(PRIVATE, shares=(Grant(1, None, NOW + SECOND),)), ADA, "shared"),
    "share over at this second": (FileAccess(PRIVATE, shares=(Grant(1, None, NOW),)), ADA, "private"),
    "share taken back": (FileAccess(PRIVATE, shares=(Grant(1, None, None, NOW),)), ADA, "private"),
    "share of somebody else": (FileAccess(PRIVATE, shares=(Grant(7, None),)), ADA, "private"),
    "share with nobody": (FileAccess(PRIVATE, shares=(Grant(None, None),)), ANONYMOUS, "private"),
    "shared with the group": (FileAccess(PRIVATE, shares=(Grant(None, "team"),)), ADA, "group"),
    "shared with another group": (FileAccess(PRIVATE, shares=(Grant(None, "tea"),)), ADA, "private"),
    "delegate by collection": (trust(), ADA, "delegate"),
    "delegate by programme": (trust(scope="progid", value="112.25AB.001"), ADA, "delegate"),
    "delegate by sub-id": (trust(scope="proposal_subid", value="sub"), ADA, "delegate"),
    "another collection": (trust(value="c2"), ADA, "private"),
    "part of a programme": (trust(scope="progid", value="112.25AB"), ADA, "private"),
    "unknown scope": (trust(scope="owner", value="c1"), ADA, "private"),
    "empty value": (replace(trust(scope="progid", value=""), progid=""), ADA, "private"),
    "delegation of another": (trust(trusted_id=7), ADA, "private"),
    "delegation of one who is not the PI": (trust(pi_aliases=frozenset({"chidi instance"})), ADA, "private"),
    "delegation of a blocked PI": (trust(pi_aliases=frozenset()), ADA, "private"),
    "delegation over": (trust(until=NOW), ADA, "private"),
    "delegation taken back": (trust(ended=NOW - SECOND), ADA, "private"),
    "delegation that ends later": (trust(until=NOW + SECOND, ended=NOW + SECOND), ADA, "delegate"),
    "curator": (FileAccess(PRIVATE), CURATOR, "curator"),
    "submitter": (FileAccess(PRIVATE), replace(ADA, role="submitter"), "private"),
    "unknown role": (FileAccess(PRIVATE), replace(ADA, role="Curator"), "private"),
    "role of nobody": (FileAccess(PRIVATE), replace(ANONYMOUS, role="curator"), "private"),
    "names of nobody": (FileAccess(PRIVATE, "", ("a",)), replace(ANONYMOUS, aliases=frozenset({"a"})), "private"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_rule(case):
    access, visitor, reason = case
    decision = may_read(access, visitor, NOW)
    assert decision.reason == reason
    assert decision.allowed is (reason != "private")


NAMES = ["ada example", "bao sample", "chidi instance"]
DATES = st.none() | st.sampled_from([NOW - DAY, NOW, NOW + DAY])
RIGHTS = st.builds(Rights, st.sampled_from(["public", "secure", "proprietary"]), DATES)
GRANTS = st.builds(Grant, st.none() | st.integers(1, 4), st.none() | st.sampled_from(["g", "h"]), DATES, DATES)
DELEGATIONS = st.builds(
    Delegation,
    st.frozensets(st.sampled_from(NAMES)),
    st.integers(1, 4),
    st.sampled_from(["collection", "progid", "proposal_subid", "else"]),
    st.sampled_from(["", "a", "b"]),
    DATES,
    DATES,
)
ACCESSES = st.builds(
    FileAccess,
    st.lists(RIGHTS, max_size=3).map(tuple),
    st.sampled_from(["", "p1@x.org", "p2@x.org", "Bao Sample"]),
    st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
    st.lists(GRANTS, max_size=3).map(tuple),
    st.lists(DELEGATIONS, max_size=3).map(tuple),
    st.sampled_from(["", "a"]),
    st.sampled_from(["", "a"]),
    st.sampled_from(["", "b"]),
)
PEOPLE = st.lists(
    st.builds(
        Visitor,
        st.integers(1, 4),
        st.just(""),
        st.sampled_from(["reader", "submitter", "curator"]),
        st.frozensets(st.sampled_from(NAMES)),
        st.frozensets(st.sampled_from(["g", "h"])),
    ).map(lambda person: replace(person, login=f"p{person.account_id}@x.org")),
    max_size=4,
    unique_by=lambda person: person.account_id,
)


@given(ACCESSES, PEOPLE)
def test_readers_are_those_who_may_read(access, people):
    listed = readers(access, people, NOW)
    assert listed <= {person.login for person in people}
    for person in people:
        assert (person.login in listed) == may_read(access, person, NOW).allowed


@given(ACCESSES)
def test_strangers_read_what_is_public_and_nothing_else(access):
    assert may_read(access, ANONYMOUS, NOW).allowed == all_public(access.rights, NOW)


@given(ACCESSES, PEOPLE, GRANTS, DELEGATIONS)
def test_a_share_or_delegation_more_closes_nothing(access, people, grant, delegation):
    more = replace(access, shares=(*access.shares, grant), delegations=(*access.delegations, delegation))
    assert readers(access, people, NOW) <= readers(more, people, NOW)


@given(ACCESSES, PEOPLE)
def test_a_private_granule_more_opens_nothing(access, people):
    more = replace(access, rights=(*access.rights, Rights("secure", None)))
    assert readers(more, people, NOW) <= readers(access, people, NOW) | {
        # nobody reads a file without granules as a stranger, and the same people by name
        person.login
        for person in people
        if may_read(replace(access, rights=PRIVATE), person, NOW).allowed
    }


@given(ACCESSES, PEOPLE)
def test_who_shares_reads(access, people):
    for person in [*people, ANONYMOUS]:
        assert not may_share(access, person) or may_read(access, person, NOW).allowed


def test_delegates_and_guests_do_not_pass_on():
    for access in (trust(), FileAccess(PRIVATE, shares=(Grant(1, None), Grant(None, "team")))):
        assert may_read(access, ADA, NOW).allowed
        assert not may_share(access, ADA)


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (("Ada  Example",), ("ada example",)),
        ((" Ada Example / Bao\tSample/",), ("ada example", "bao sample")),
        (("ADA", "ada / Ada"), ("ada",)),
        (("", None, " / "), ()),
        (("Ze\u0301ta",), ("z\u00e9ta",)),
        (("\u00c9TOILE",), ("\u00e9toile",)),
    ],
)
def test_names(texts, names):
    assert names_in(*texts) == names


@given(st.text())
@example("\u0130")
@example("A\u030a/\u212b")
def test_normalised_names_stay(text):
    for name in names_in(text):
        assert "/" not in name
        assert normalised_name(name) == name


@given(PEOPLE)
def test_contested_names_are_those_of_two(people):
    contested = contested_aliases(people)
    for name in NAMES:
        assert (name in contested) == (sum(name in person.aliases for person in people) > 1)
