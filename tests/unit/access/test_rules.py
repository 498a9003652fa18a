"""From the policy to rules: for every case of the table, and for whatever else hypothesis thinks of."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.access.policy import FileAccess, Grant, Rights, Visitor, all_public, may_read
from ingest.access.rules import HostedFile, RuleMaker, merged
from tests import access_cases as table
from tests.build import access as build

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def allows(rule, login, moment):
    """What a server that obeys a rule answers."""
    if rule.public_from is not None and rule.public_from <= moment:
        return True
    return login in rule.readers and (rule.readers[login] is None or moment < rule.readers[login])


@pytest.mark.parametrize(("written", "phase"), [("before", "before"), ("before", "after"), ("after", "after")])
@pytest.mark.parametrize("state", table.STATES)
def test_rules_say_what_the_table_says(state, written, phase):
    """Also when they were written in the phase before and nobody renewed them."""
    [rule] = build.rules([HostedFile("f", (build.access(state, NOW),))], NOW + table.PHASES[written])
    for login in table.VISITORS:
        expected = table.allowed(state, login, phase)
        assert allows(rule, login, NOW + table.PHASES[phase]) == expected, login


DATES = st.none() | st.timedeltas(-3 * DAY, 3 * DAY).map(lambda distance: NOW + distance)
RIGHTS = st.builds(Rights, st.sampled_from(["public", "secure", "proprietary"]), DATES)
GRANTS = st.builds(Grant, st.integers(1, 3), st.none(), DATES, DATES) | st.builds(
    Grant, st.none(), st.sampled_from(["a", "b"]), DATES, DATES
)
ACCESSES = st.builds(
    FileAccess,
    st.lists(RIGHTS, max_size=3).map(tuple),
    st.just(""),
    st.just(()),
    st.lists(GRANTS, max_size=4).map(tuple),
)
PEOPLE = [
    Visitor(1, "one@x.org", "reader", frozenset(), frozenset({"a"})),
    Visitor(2, "two@x.org", "reader", frozenset(), frozenset({"a", "b"})),
    Visitor(3, "three@x.org", "reader", frozenset(), frozenset()),
]


@given(st.lists(ACCESSES, min_size=1, max_size=3), st.timedeltas(timedelta(0), 4 * DAY))
def test_a_rule_is_the_policy_at_every_moment(accesses, later):
    maker = RuleMaker(PEOPLE, NOW)
    rule = maker.rule(HostedFile("f", tuple(accesses)))
    moment = NOW + later
    stale = maker.next_change is not None and maker.next_change <= moment
    # a server is told one moment of release; a product of several files is public when all are
    anybody = all(all_public(access.rights, moment) for access in accesses)
    for person in PEOPLE:
        expected = anybody or all(may_read(access, person, moment).allowed for access in accesses)
        answer = allows(rule, person.login, moment)
        # somebody may read a product more when one of its files is released: then it is time for new rules
        assert answer == expected or (expected and not answer and stale and len(accesses) > 1)
    assert allows(rule, None, moment) == anybody


def test_nothing_is_closed():
    assert RuleMaker(PEOPLE, NOW).rule(HostedFile("f", ())).public_from is None
    rule = RuleMaker(PEOPLE, NOW).rule(HostedFile("f", (FileAccess(()),)))
    assert rule.public_from is None and not rule.readers


def test_the_strictest_of_all_records_of_a_path_wins():
    public, private = FileAccess((Rights("public", None),)), FileAccess((Rights("secure", None),), "one@x.org")
    files = merged([HostedFile("a", (public,)), HostedFile("b/a", (public,)), HostedFile("a", (private,))])
    assert [file.path for file in files] == ["a", "b/a"]
    maker = RuleMaker([Visitor(1, "one@x.org", "reader", frozenset(), frozenset())], NOW)
    rule, other = map(maker.rule, files)
    assert rule.public_from is None and set(rule.readers) == {"one@x.org"}
    assert other.public_from == NOW


def test_next_change():
    maker = RuleMaker(build.people(), NOW)
    assert maker.next_change is None
    maker.rule(HostedFile("f", (build.access("no-date", NOW - 2 * DAY),)))
    assert maker.next_change is None, "nothing more will happen to it"
    maker.rule(HostedFile("f", (build.access("embargoed-long", NOW - 2 * DAY),)))
    assert maker.next_change == NOW + 398 * DAY, "the release"
    maker.rule(HostedFile("f", (build.access("no-date", NOW),)))
    assert maker.next_change == NOW + DAY, "the end of a share"
