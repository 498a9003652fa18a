"""Submission to JMDC and BadCal in a real archive: all or nothing, states, who sees and decides, stars, editions."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest

from ingest.access.policy import ANONYMOUS
from ingest.archive import badcal, jmdc
from ingest.archive.accounts import create_account, set_facility
from ingest.archive.catalogues import Source
from ingest.archive.connection import ArchiveError, MissingError
from ingest.archive.people import visitor_of_login
from ingest.catalogs.badcal import ReadReport, Report, write_reports
from ingest.catalogs.editions import Edition, Row, read_edition
from ingest.catalogs.jmdc import Measurement
from ingest.catalogs.reading import Entry
from ingest.catalogs.writing import archive_csv
from ingest.errors import MisuseError
from ingest.home import Home
from ingest.submission import NotAllowedError
from ingest.submission.catalogue import Batch, CatalogueDesk, EntriesRefusedError, Examined, submitting
from tests.access_cases import file_name
from tests.build import people
from tests.catalogue_cases import BIBCODE, CASES, GOOD, Case
from tests.clusters import bare_instance
from tests.instances import Instance
from tests.standins.sesame import Sesame, serve

TABLES = (
    *("jmdc_measurement", "jmdc_star", "jmdc_star_name", "badcal_report", "badcal_contact", "catalogue_batch"),
    *("catalogue_event", "catalogue_edition", "jmdc_place"),
)
OTHER_BIBCODE = "2004A&A...426..601D"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FAR = ("TYC 9999-9999-1", "HD 999999")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with bare_instance(tmp_path_factory.mktemp("review")) as found:
        with found.archive.transaction() as cursor:
            for login, role in (("ada", "reader"), ("bob", "submitter"), ("cora", "curator"), ("obs", "reader")):
                create_account(cursor, f"{login}@example.org", login.title(), "Institute", actor="test", role=role)
            set_facility(cursor, "obs@example.org", "CHARA Array", trusted=False, actor="test")
        yield found


@pytest.fixture
def site(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Instance:
    monkeypatch.setenv("OIVO_REMOTE_SESAME", "")
    instance.sql(f"TRUNCATE {', '.join(f'archive.{table}' for table in TABLES)} RESTART IDENTITY CASCADE")
    return instance


@pytest.fixture
def sesame(site: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sesame]:
    known = Sesame(dict.fromkeys(FAR, ("HD 999999", 200.5, -30.25)))
    with serve(known) as address:
        monkeypatch.setenv("OIVO_REMOTE_SESAME", address)
        yield known


def desk(site: Instance, login: str = "ada") -> CatalogueDesk:
    with site.archive.transaction() as cursor:
        visitor = visitor_of_login(cursor, f"{login}@example.org")
    # a home of its own reads the settings anew
    return CatalogueDesk(Home(site.home.root), visitor, lambda: NOW)


def state_of(site: Instance) -> list[Any]:
    return [site.sql(f"SELECT * FROM archive.{table} ORDER BY 1") for table in TABLES]


def row(catalogue: str = "jmdc", **changes: str) -> dict[str, str]:
    return GOOD[catalogue] | changes


def rules(examined: Examined) -> set[str]:
    return {finding.rule for finding in examined.findings}


def published(site: Instance) -> list[Row]:
    with site.archive.transaction() as cursor:
        return jmdc.published(cursor)


# Looking at rows


@pytest.mark.parametrize("catalogue", GOOD)
def test_good_entries_are_good_and_nothing_is_written(site: Instance, catalogue: str) -> None:
    before = state_of(site)
    (examined,) = desk(site).examine(catalogue, [row(catalogue)])
    assert (examined.findings, examined.similar, examined.line) == ((), (), 1)
    assert examined.star is not None and examined.star.origin == "catalogue"
    assert examined.values == row(catalogue)
    assert state_of(site) == before


def test_every_bad_value_is_found(site: Instance) -> None:
    """One batch of each catalogue, so that the table of cases costs two transactions."""
    for catalogue in GOOD:
        cases = [case for case in CASES if case.catalogue == catalogue]
        for case, examined in zip(cases, desk(site).examine(catalogue, [case.row for case in cases]), strict=True):
            found = [
                finding for finding in examined.findings if (finding.rule, finding.field) == (case.rule, case.about)
            ]
            assert found, (case, examined.findings)
            assert bool(examined.errors) >= case.severe, case


@pytest.mark.parametrize("case", [case for case in CASES if case.severe][::9], ids=str)
def test_bad_values_are_not_written(site: Instance, case: Case) -> None:
    before = state_of(site)
    rows = [row(case.catalogue), case.row]
    with pytest.raises(EntriesRefusedError) as refused:
        desk(site).submit(case.catalogue, rows, despite_warnings=True)
    assert not refused.value.only_warnings
    assert {problem.file for problem in refused.value.problems} >= {"row 2"}
    assert state_of(site) == before


def test_stars_are_found_by_any_name(site: Instance) -> None:
    known, unknown, placed = desk(site).examine(
        "jmdc",
        [
            row(id1="alf Lyr"),
            row(id1="IRC+99999"),
            row(id1="IRC+99999", ra="10.5", dec="-5", bibcode=OTHER_BIBCODE),
        ],
    )
    assert known.star is not None and (known.star.name, known.star.known) == ("alf Lyr", False)
    assert "HIP 91262" in known.star.aliases
    assert rules(unknown) == {"unknown-star"} and unknown.star is None and not unknown.fine
    assert "no name resolver is asked here" in unknown.errors[0].message
    assert placed.star is not None and (placed.star.ra, placed.star.origin) == (10.5, "submitter")
    assert placed.fine and rules(placed) >= {"unknown-star"}


def test_a_position_that_is_another_star_is_doubtful(site: Instance) -> None:
    near, far = desk(site).examine("jmdc", [row(ra="279.2347", dec="38.7837"), row(ra="279.3", dec="38.7837", id2="b")])
    assert "position" not in rules(near)
    (finding,) = [finding for finding in far.warnings if finding.rule == "position"]
    assert "alf Lyr (star table)" in finding.message and "183″" in finding.message


def test_a_resolver_is_asked_where_it_is_allowed(site: Instance, sesame: Sesame) -> None:
    rows = [row(id1=FAR[0]), row("jmdc", id1="nobody at all", id2="x")]
    found, unknown = desk(site).examine("jmdc", rows)
    assert found.star is not None
    assert (found.star.name, found.star.ra, found.star.pm_dec, found.star.origin) == (
        "HD 999999",
        200.5,
        -20.0,
        "resolver",
    )
    assert "nor does the name resolver" in unknown.errors[0].message
    assert sorted(sesame.asked) == sorted([FAR[0], "nobody at all"])
    (again,) = desk(site).examine("badcal", [row("badcal", name=FAR[0], ra="", dec="")])
    assert isinstance(again.entry, Report) and (again.entry.ra, again.entry.dec) == (200.5, -30.25)
    assert len(sesame.asked) == 2


def test_a_resolver_that_is_down_is_no_catastrophe(site: Instance, sesame: Sesame) -> None:
    sesame.down = True
    (examined,) = desk(site).examine("jmdc", [row(id1=FAR[1])])
    assert [finding.rule for finding in examined.errors] == ["unknown-star"]
    assert "does not answer" in examined.errors[0].message
    assert desk(site).examine("jmdc", [row(id1=FAR[1], ra="1", dec="1")])[0].fine


def test_a_resolver_is_not_asked_without_end(site: Instance, sesame: Sesame) -> None:
    rows = [row(id1=f"nobody {number}") for number in range(30)]
    assert all(not examined.fine for examined in desk(site).examine("jmdc", rows))
    assert len(sesame.asked) == 20


# Submitting


def submit(site: Instance, *rows: Mapping[str, str], catalogue: str = "jmdc", login: str = "ada", **more: Any) -> Batch:
    return desk(site, login).submit(catalogue, rows, despite_warnings=True, **more)


@pytest.mark.parametrize("catalogue", GOOD)
def test_what_is_submitted_waits(site: Instance, catalogue: str) -> None:
    batch = submit(site, row(catalogue), catalogue=catalogue, name="mine.csv")
    assert (batch.state, batch.again, len(batch.ids)) == ("submitted", False, 1)
    (mine,) = desk(site).mine(catalogue).entries
    assert (mine.id, mine.state, mine.batch_id, mine.submitter, mine.warnings) == (
        batch.ids[0],
        "submitted",
        batch.id,
        None,
        0,
    )
    assert [(event.event, event.actor) for event in mine.history] == [("submitted", "ada@example.org")]
    shown = desk(site).entry(catalogue, batch.ids[0])
    assert shown.own and shown.may == {"revise", "take back"}
    assert shown.values == row(catalogue) and shown.findings == () and shown.star is not None
    assert desk(site).batch(batch.id).name == "mine.csv"
    # nothing is public
    assert published(site) == []
    with site.archive.transaction() as cursor:
        assert badcal.published(cursor) == []
    assert site.sql("SELECT id FROM archive.jmdc_star") == []
    with pytest.raises(MissingError):
        desk(site, "bob").entry(catalogue, batch.ids[0])
    with pytest.raises(MissingError):
        desk(site, "bob").batch(batch.id)


def test_strangers_submit_nothing(site: Instance) -> None:
    with pytest.raises(NotAllowedError):
        CatalogueDesk(site.home, ANONYMOUS)


def test_warnings_are_taken_when_they_are_meant(site: Instance) -> None:
    doubtful = row(e_ld_diam="")
    with pytest.raises(EntriesRefusedError) as refused:
        desk(site).submit("jmdc", [row(id2="other"), doubtful])
    assert refused.value.only_warnings
    first = refused.value.problems[0]
    assert (first.file, first.field) == ("row 2", "e_ld_diam")
    batch = submit(site, doubtful)
    assert desk(site).entry("jmdc", batch.ids[0]).history[0].reason == "in spite of: e_ld_diam: there is no error"


def test_all_or_nothing(site: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever happens in the middle of a batch, nothing of it is there."""
    before, written = state_of(site), []

    def fail(*arguments: Any, **more: Any) -> int:
        if len(written) == 3:
            raise psycopg2.OperationalError("the server was killed")
        written.append(arguments)
        return int(insert(*arguments, **more))

    insert = submitting.insert_entry
    monkeypatch.setattr(submitting, "insert_entry", fail)
    rows = [row(id2=f"name {number}", notes=str(number)) for number in range(6)]
    with pytest.raises(ArchiveError):
        submit(site, *rows)
    assert len(written) == 3 and state_of(site) == before
    monkeypatch.undo()
    monkeypatch.setenv("OIVO_REMOTE_SESAME", "")
    assert len(submit(site, *rows).ids) == 6


def test_a_key_makes_two_calls_one(site: Instance) -> None:
    first = submit(site, row(), key="k1")
    before = state_of(site)
    again = submit(site, row(), key="k1")
    assert (again.id, again.ids, again.again) == (first.id, first.ids, True)
    with pytest.raises(ArchiveError, match="has this key and other rows"):
        submit(site, row(notes="other"), key="k1")
    assert state_of(site) == before
    # the keys of other people and catalogues are others
    assert submit(site, row(notes="bob"), key="k1", login="bob").id != first.id
    assert submit(site, row("badcal"), catalogue="badcal", key="k1").id != first.id


def test_two_at_once_are_one(site: Instance) -> None:
    with ThreadPoolExecutor(4) as pool:
        same = [pool.submit(submit, site, row(), key="twice") for _ in range(4)]
        batches = [future.result() for future in same]
    assert len({batch.id for batch in batches}) == 1
    assert sorted(batch.again for batch in batches) == [False, True, True, True]
    assert len(site.sql("SELECT id FROM archive.jmdc_measurement")) == 1


def test_the_same_without_key_is_refused_by_what_is_there(site: Instance) -> None:
    def attempt(_: int) -> str:
        try:
            return submit(site, row()).state
        except EntriesRefusedError as error:
            return str(error.problems[0].message)

    with ThreadPoolExecutor(3) as pool:
        told = sorted(pool.map(attempt, range(3)))
    assert told == ["submitted", *["submitted number 1, HD172167: everything is the same"] * 2]


def test_how_much_a_person_can_send(site: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIVO_LIMITS_BATCH_ENTRIES", "3")
    monkeypatch.setenv("OIVO_LIMITS_WAITING_ENTRIES", "4")
    rows = [row(notes=str(number)) for number in range(4)]
    with pytest.raises(MisuseError, match="at most 3 at a time"):
        submit(site, *rows)
    submit(site, *rows[:3])
    with pytest.raises(ArchiveError, match="at most 4 can"):
        submit(site, row(notes="a"), row(notes="b"))
    submit(site, row(notes="a"))
    submit(site, row(notes="c"), login="bob")
    for wrong in ({"name": "x" * 201}, {"key": "a\nb"}):
        with pytest.raises(MisuseError):
            submit(site, row(notes="d"), **wrong)
    with pytest.raises(MisuseError):
        desk(site).submit("jmdc", [])
    with pytest.raises(MisuseError):
        desk(site).submit("oidb", [row()])


# Similar entries


def test_duplicates_within_a_publication_and_across(site: Instance) -> None:
    submit(site, row())
    desk(site, "cora").decide("jmdc", [1], "accepted")
    same, value, other, unlike = desk(site).examine(
        "jmdc",
        [
            row(id1="Vega"),
            row(id1="alf Lyr", ld_diam="3.3", ud_diam="3.25", mu_lambda=""),
            row(bibcode=OTHER_BIBCODE),
            row(bibcode=OTHER_BIBCODE, ud_diam="3.1", ld_diam="3.2", mu_lambda=""),
        ],
    )
    # another name in the column ID1 is another text, but the same star
    assert [(each.id, each.state, each.why) for each in same.similar] == [
        (1, "accepted", "the same publication has the same values")
    ]
    assert rules(same) == {"similar"} and same.fine
    assert value.similar[0].why == "the same publication has another value in the same band"
    assert [each.why for each in other.similar if each.id] == ["another publication has the same values"]
    assert [each.id for each in unlike.similar if each.id] == []
    (exact,) = desk(site).examine("jmdc", [row()])
    assert [finding.rule for finding in exact.errors] == ["same-entry"]


def test_duplicates_within_a_batch(site: Instance) -> None:
    for catalogue in GOOD:
        first, second, third = desk(site).examine(
            catalogue, [row(catalogue), row(catalogue), row(catalogue, baseline="99", notes="x")]
        )
        assert first.findings == ()
        assert [(each.line, each.same) for each in second.similar] == [(1, True)]
        assert not second.fine
        assert third.fine


def test_reports_of_the_same_star(site: Instance) -> None:
    submit(site, row("badcal"), catalogue="badcal")
    desk(site, "cora").decide("badcal", [1], "accepted")
    near, far, same = desk(site, "bob").examine(
        "badcal",
        [
            row("badcal", name="Sirius", ra="", dec="", reason="resolved", reporter="B"),
            row("badcal", name="HD 1", ra="101.29", dec="-16.71", reporter="B"),
            row("badcal", reporter="B", address="b@example.org"),
        ],
    )
    assert [(each.id, each.why) for each in near.similar] == [(1, "reported for the same star: binary")]
    assert far.similar == ()
    assert same.similar[0].same and not same.fine


def test_entries_of_others_that_wait_are_not_shown(site: Instance) -> None:
    for catalogue in GOOD:
        submit(site, row(catalogue), catalogue=catalogue)
        assert desk(site, "bob").examine(catalogue, [row(catalogue)])[0].similar == ()
        assert [each.state for each in desk(site, "cora").examine(catalogue, [row(catalogue)])[0].similar] == [
            "submitted"
        ]
        assert desk(site).examine(catalogue, [row(catalogue)])[0].similar[0].same


# Reviewing


def test_only_curators_decide(site: Instance) -> None:
    submit(site, row())
    for login in ("ada", "bob"):
        for attempt in (
            lambda one: one.queue("jmdc"),
            lambda one: one.decide("jmdc", [1], "accepted"),
            lambda one: one.amend("jmdc", 1, {"notes": "x"}, "because"),
        ):
            with pytest.raises(NotAllowedError):
                attempt(desk(site, login))
        assert desk(site, login).waiting("jmdc") == 0
    assert desk(site, "cora").waiting("jmdc") == 1


def test_accepting_publishes_with_a_star(site: Instance) -> None:
    submit(site, row(), row(id1="IRC+99999", ra="10.5", dec="-5"))
    curator = desk(site, "cora")
    listing = curator.queue("jmdc")
    assert [(each.id, each.submitter.name if each.submitter else "") for each in listing.entries] == [
        (1, "Ada"),
        (2, "Ada"),
    ]
    curator.decide("jmdc", [1, 2], "accepted", "looks right")
    first, second = published(site)
    assert (first.id, first.first_edition, second.ra, second.dec) == (1, "", 10.5, -5.0)
    assert first.ra == pytest.approx(279.2347, abs=1e-4)
    stars = site.sql("SELECT name, origin FROM archive.jmdc_star ORDER BY id")
    assert [(star.name, star.origin) for star in stars] == [("alf Lyr", "catalogue"), ("IRC+99999", "submitter")]
    (mine, _) = desk(site).mine("jmdc").entries
    assert (mine.state, mine.reason) == ("accepted", "looks right")
    # who decided is for curators
    assert [event.actor for event in mine.history] == ["ada@example.org", "a curator"]
    assert [event.actor for event in curator.entry("jmdc", 1).history] == ["ada@example.org", "cora@example.org"]


def test_two_names_of_one_star_become_one(site: Instance, sesame: Sesame) -> None:
    submit(site, row(id1=FAR[0]))
    submit(site, row(id1=FAR[1], bibcode=OTHER_BIBCODE, ld_diam="3.3", mu_lambda=""), login="bob")
    desk(site, "cora").decide("jmdc", [1, 2], "accepted")
    assert [(star.origin, star.ra) for star in site.sql("SELECT origin, ra FROM archive.jmdc_star")] == [
        ("resolver", 200.5)
    ]
    # nobody is asked when an entry is shown
    asked = len(sesame.asked)
    shown = desk(site, "cora").entry("jmdc", 1)
    assert shown.star is not None and shown.star.known and len(sesame.asked) == asked


def test_rejecting_and_withdrawing_need_reasons(site: Instance) -> None:
    submit(site, row(), row(notes="b"))
    curator = desk(site, "cora")
    for reason in ("", "  ", "x" * 1001, "a\x00b"):
        with pytest.raises(MisuseError):
            curator.decide("jmdc", [1], "rejected", reason)
    curator.decide("jmdc", [1], "rejected", "not a direct method")
    curator.decide("jmdc", [2], "accepted")
    curator.decide("jmdc", [2], "withdrawn", "retracted by the authors")
    assert [(each.state, each.reason) for each in desk(site).mine("jmdc").entries] == [
        ("withdrawn", "retracted by the authors"),
        ("rejected", "not a direct method"),
    ]
    assert published(site) == []
    assert curator.entry("jmdc", 1).may == {"accepted"}
    assert curator.queue("jmdc").total == 0 and curator.queue("jmdc", state=None).total == 2
    # what was rejected can be accepted after all
    curator.decide("jmdc", [1, 2], "accepted")
    assert len(published(site)) == 2


def test_a_curators_own_submission_says_so(site: Instance) -> None:
    submit(site, row(), login="cora")
    submit(site, row(notes="b"))
    desk(site, "cora").decide("jmdc", [1, 2], "accepted", "fine")
    told = [desk(site, "cora").entry("jmdc", number).history[-1].reason for number in (1, 2)]
    assert told == ["own submission: fine", "fine"]


def test_revising_and_taking_back_while_it_waits(site: Instance) -> None:
    submit(site, row("badcal"), catalogue="badcal")
    ada = desk(site)
    shown = ada.revise("badcal", 1, {"reason": "variable", "address": "new@example.org"})
    assert isinstance(shown.entry, Report)
    assert (shown.entry.reason, shown.entry.address, shown.entry.reporter) == (
        "variable",
        "new@example.org",
        "A. Reporter",
    )
    # the history has no address, which is to be deleted one day
    assert shown.history[-1].event == "revised"
    assert shown.history[-1].changes == {"reason": ["binary", "variable"], "address": ["…", "…"]}
    with pytest.raises(MissingError):
        desk(site, "bob").revise("badcal", 1, {"reason": "other"})
    with pytest.raises(EntriesRefusedError):
        ada.revise("badcal", 1, {"baseline": "-1"})
    with pytest.raises(EntriesRefusedError) as refused:
        ada.revise("badcal", 1, {"instrument": "a camera"})
    assert refused.value.only_warnings
    ada.revise("badcal", 1, {"instrument": "a camera"}, despite_warnings=True)
    with pytest.raises(MissingError):
        desk(site, "bob").take_back("badcal", 1)
    with pytest.raises(NotAllowedError):
        desk(site, "cora").take_back("badcal", 1)
    ada.take_back("badcal", 1)
    assert ada.entry("badcal", 1).state == "retracted" and ada.entry("badcal", 1).may == frozenset()
    assert site.sql("SELECT address FROM archive.badcal_contact") == []
    # no public trace, as of reports that were public
    with site.archive.transaction() as cursor:
        assert badcal.find_report(cursor, 1) is None
    for attempt in (
        lambda: ada.take_back("badcal", 1),
        lambda: ada.revise("badcal", 1, {"reason": "other"}),
        lambda: desk(site, "cora").decide("badcal", [1], "accepted"),
        lambda: desk(site, "cora").amend("badcal", 1, {"reason": "other"}, "because"),
    ):
        with pytest.raises(ArchiveError):
            attempt()
    # and it is in nobody's way
    assert submit(site, row("badcal"), catalogue="badcal").state == "submitted"


def test_revising_what_is_decided_is_too_late(site: Instance) -> None:
    submit(site, row())
    desk(site, "cora").decide("jmdc", [1], "accepted")
    with pytest.raises(ArchiveError, match="is accepted"):
        desk(site).revise("jmdc", 1, {"notes": "x"})
    with pytest.raises(ArchiveError):
        desk(site).take_back("jmdc", 1)


def test_amending_keeps_before_and_after(site: Instance) -> None:
    submit(site, row(id1="IRC+99999", ra="10.5", dec="-5"))
    curator = desk(site, "cora")
    with pytest.raises(MisuseError):
        curator.amend("jmdc", 1, {"notes": "x"}, " ")
    curator.amend("jmdc", 1, {"ld_diam": "3.3", "mu_lambda": ""}, "as table 2 has it")
    event = curator.entry("jmdc", 1).history[-1]
    assert (event.event, event.reason) == ("amended", "as table 2 has it")
    assert event.changes == {"ld_diam": [3.258, 3.3], "mu_lambda": [1.0175, None]}
    curator.decide("jmdc", [1], "accepted")
    # also when it is published: a better position, then another star
    curator.amend("jmdc", 1, {"ra": "10.6", "dec": "-5.1"}, "the paper's erratum")
    assert [(each.ra, each.dec) for each in published(site)] == [(10.6, -5.1)]
    curator.amend("jmdc", 1, {"id1": "HD172167", "ra": "", "dec": ""}, "it is Vega")
    assert [each.measurement.id1 for each in published(site)] == ["HD172167"]
    assert round(published(site)[0].ra or 0, 3) == 279.235
    with pytest.raises(EntriesRefusedError):
        curator.amend("jmdc", 1, {"bibcode": "x"}, "because")
    events = len(curator.entry("jmdc", 1).history)
    curator.amend("jmdc", 1, {"notes": GOOD["jmdc"]["notes"]}, "nothing changes")
    assert len(curator.entry("jmdc", 1).history) == events


def test_what_has_changed_meanwhile_is_not_decided(site: Instance) -> None:
    submit(site, row())
    curator, seen = desk(site, "cora"), desk(site, "cora").entry("jmdc", 1).version
    desk(site).revise("jmdc", 1, {"notes": "changed"})
    for attempt in (
        lambda: curator.decide("jmdc", [1], "accepted", seen={1: seen}),
        lambda: curator.amend("jmdc", 1, {"notes": "x"}, "because", seen=seen),
    ):
        with pytest.raises(ArchiveError, match="changed meanwhile"):
            attempt()
    curator.decide("jmdc", [1], "accepted", seen={1: curator.entry("jmdc", 1).version})


def test_decisions_are_for_all_or_none(site: Instance) -> None:
    submit(site, row(), row(notes="b"))
    curator = desk(site, "cora")
    curator.decide("jmdc", [1], "rejected", "no")
    before = state_of(site)
    for ids in ([2, 1, 99], [2, 99]):
        with pytest.raises(MissingError):
            curator.decide("jmdc", ids, "accepted")
    with pytest.raises(ArchiveError, match="is rejected"):
        curator.decide("jmdc", [2, 1], "rejected", "no")
    with pytest.raises(MisuseError):
        curator.decide("jmdc", [2], "perhaps")
    assert state_of(site) == before


def test_two_curators_at_once(site: Instance) -> None:
    submit(site, *(row(notes=str(number)) for number in range(4)))

    def attempt(decision: str) -> bool:
        try:
            desk(site, "cora").decide("jmdc", [1, 2, 3, 4], decision, "why")
        except ArchiveError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, ("rejected", "rejected"))) == [False, True]


# Facilities


def test_reports_of_an_observatory(site: Instance) -> None:
    batch = submit(
        site,
        row("badcal", reporter="", affiliation="Elsewhere", address=""),
        row("badcal", reporter="A. Observer", affiliation="", notes="x", baseline="55"),
        catalogue="badcal",
        login="obs",
    )
    assert batch.state == "submitted"
    told = [reporter(each.entry) for each in desk(site, "cora").queue("badcal").entries]
    assert told == [("CHARA Array", "CHARA Array"), ("A. Observer", "CHARA Array")]
    # whoever amends it, it stays theirs; a person's has the person's name
    shown = desk(site, "cora").amend("badcal", 1, {"reason": "other", "affiliation": "Elsewhere"}, "because")
    assert reporter(shown.entry) == told[0]
    submit(site, row("badcal", name="HD 172167", ra="", dec="", reporter="", affiliation=""), catalogue="badcal")
    assert reporter(desk(site).mine("badcal").entries[0].entry) == ("Ada", "Institute")


def reporter(entry: Entry) -> tuple[str, str]:
    assert isinstance(entry, Report)
    return entry.reporter, entry.affiliation


def test_an_observatory_that_is_trusted(site: Instance) -> None:
    with site.archive.transaction() as cursor:
        set_facility(cursor, "obs@example.org", "CHARA Array", trusted=True, actor="test")
    try:
        batch = submit(site, row("badcal"), catalogue="badcal", login="obs", key="x")
        assert batch.state == "accepted"
        assert submit(site, row("badcal"), catalogue="badcal", login="obs", key="x").state == "accepted"
        history = desk(site, "cora").entry("badcal", 1).history
        assert [(event.event, event.actor, event.reason) for event in history][1:] == [
            ("accepted", "obs@example.org", "trusted facility CHARA Array")
        ]
        # measurements are reviewed, whoever sends them
        assert submit(site, row(), login="obs").state == "submitted"
        with pytest.raises(EntriesRefusedError):
            submit(site, row("badcal", baseline="-1"), catalogue="badcal", login="obs")
    finally:
        with site.archive.transaction() as cursor:
            set_facility(cursor, "obs@example.org", "CHARA Array", trusted=False, actor="test")
    with pytest.raises(MisuseError), site.archive.transaction() as cursor:
        set_facility(cursor, "ada@example.org", "", trusted=True, actor="test")


# Evidence


@pytest.fixture(scope="module")
def granules(instance: Instance) -> dict[str, str]:
    """Publisher's identifiers of granules by the state of their files."""
    loaded = people.load(instance)
    rows = instance.sql("SELECT id, publisher_did FROM archive.granule")
    known = {found.id: found.publisher_did for found in rows}
    return {state: known[number] for state, number in loaded.granules.items()}


def test_data_as_evidence(site: Instance, granules: dict[str, str]) -> None:
    def looked_at(did: str, **changes: str) -> Examined:
        return desk(site).examine("badcal", [row("badcal", evidence_did=did, **changes)])[0]

    here = {"name": "HD 1", "ra": "10.0", "dec": "-20.0"}
    assert {"no-such-data", "private-data", "other-target"}.isdisjoint(rules(looked_at(granules["public"], **here)))
    assert "private-data" not in rules(looked_at(granules["released"]))
    private = looked_at(granules["embargoed-long"])
    assert private.fine and "private until 20" in next(str(f) for f in private.warnings if f.rule == "private-data")
    assert "private-data" in rules(looked_at(granules["no-date"]))
    assert "other-target" in rules(looked_at(granules["public"]))
    assert [finding.rule for finding in looked_at("ivo://oivo.example/~?nothing").errors] == ["no-such-data"]
    # what is retired is not published any more
    site.sql("UPDATE archive.file SET retired = now(), retired_reason = 'x' WHERE name = %s", [file_name("released")])
    try:
        assert [finding.rule for finding in looked_at(granules["released"]).errors] == ["no-such-data"]
    finally:
        site.sql("UPDATE archive.file SET retired = NULL, retired_reason = '' WHERE name = %s", [file_name("released")])


# Editions, exports


def load(site: Instance, edition: Edition, name: str) -> jmdc.Plan:
    with site.archive.transaction() as cursor:
        return jmdc.import_edition(cursor, edition, Source(name))


def close(site: Instance, name: str) -> tuple[int, int]:
    with site.archive.transaction() as cursor:
        return jmdc.close_edition(cursor, name)


def test_an_edition_is_closed(site: Instance) -> None:
    load(site, Edition("test", (Row(1, Measurement("HD1", ld_diam=1.0, bibcode=BIBCODE)),), ()), "first")
    submit(site, row())
    with pytest.raises(ArchiveError, match="an edition of this name"):
        close(site, "first")
    desk(site, "cora").decide("jmdc", [2], "accepted")
    assert close(site, "second") == (2, 1)
    assert [(each.first_edition, each.last_edition) for each in published(site)] == [
        ("first", "second"),
        ("second",) * 2,
    ]
    submit(site, row(notes="next"))
    desk(site, "cora").decide("jmdc", [3], "accepted")
    assert [(each.id, each.first_edition) for each in published(site)][-1] == (3, "")
    with site.archive.transaction() as cursor:
        assert [each.id for each in jmdc.published(cursor, "second")] == [1, 2]
        assert [each.id for each in jmdc.published(cursor, "first")] == [1]
    for name in ("", " ", "a\nb"):
        with pytest.raises(MisuseError):
            close(site, name)


def test_an_edition_of_nothing(site: Instance) -> None:
    with pytest.raises(ArchiveError, match="no measurement"):
        close(site, "empty")
    assert site.sql("SELECT id FROM archive.catalogue_edition") == []


def test_export_then_import_is_the_same_with_submissions(site: Instance) -> None:
    load(site, Edition("test", (Row(1, Measurement("HD1", ld_diam=1.0, bibcode=BIBCODE)),), ()), "first")
    submit(site, row(), row(id1="IRC+99999", ra="10.5", dec="-5"), row(notes="rejected"), row(notes="waits"))
    curator = desk(site, "cora")
    curator.decide("jmdc", [2, 3], "accepted")
    curator.decide("jmdc", [4], "rejected", "no")
    before = published(site)
    assert [(each.id, each.first_edition) for each in before] == [(1, "first"), (2, ""), (3, "")]
    text = archive_csv(before)
    assert load(site, read_edition(text), "same").nothing
    assert published(site) == before
    site.sql(f"TRUNCATE {', '.join(f'archive.{table}' for table in TABLES)} RESTART IDENTITY CASCADE")
    assert len(load(site, read_edition(text), "restored").added) == 3
    assert published(site) == before
    assert archive_csv(published(site)) == text
    # a number that something else has by now does not take that one's editions
    site.sql(f"TRUNCATE {', '.join(f'archive.{table}' for table in TABLES)} RESTART IDENTITY CASCADE")
    submit(site, row(notes="has number 1 here"))
    load(site, read_edition(text), "restored")
    assert site.sql("SELECT first_edition_id FROM archive.jmdc_measurement WHERE id = 1")[0].first_edition_id is None
    assert [each.first_edition for each in published(site)] == ["", "", "first"]


def test_reports_are_exported_and_imported_with_submissions(site: Instance) -> None:
    submit(site, row("badcal"), row("badcal", baseline="99"), row("badcal", baseline="98"), catalogue="badcal")
    desk(site, "cora").decide("badcal", [1, 3], "accepted")
    with site.archive.transaction() as cursor:
        before = badcal.published(cursor)
        reports = [ReadReport(n, each.report, each.id, each.submitted, each.validated) for n, each in enumerate(before)]
        text = write_reports(before)
        plan = badcal.import_reports(cursor, reports, Source("again"))
        assert (plan.added, plan.changed) == ((), ())
    assert "example.org" not in text
    site.sql(f"TRUNCATE {', '.join(f'archive.{table}' for table in TABLES)} RESTART IDENTITY CASCADE")
    with site.archive.transaction() as cursor:
        badcal.import_reports(cursor, reports, Source("restored"))
        assert badcal.published(cursor) == before


def test_numbers_of_a_list_that_has_some(site: Instance) -> None:
    report = Report("HD 1", 10.0, -20.0)
    given = [ReadReport(n, replace(report, baseline=n + 1.0), number) for n, number in enumerate((1, None, 3, None))]
    with site.archive.transaction() as cursor:
        badcal.import_reports(cursor, given, Source("mixed"))
        assert [(each.id, each.report.baseline) for each in badcal.published(cursor)] == [
            (1, 1),
            (3, 3),
            (4, 2),
            (5, 4),
        ]


def test_an_edition_leaves_what_waits_and_takes_what_was_taken_back(site: Instance) -> None:
    submit(site, row(), row(notes="taken back"))
    desk(site).take_back("jmdc", 2)
    entries = [desk(site).entry("jmdc", number).entry for number in (1, 2)]
    edition = Edition(
        "test", tuple(Row(n, entry) for n, entry in enumerate(entries) if isinstance(entry, Measurement)), ()
    )
    plan = load(site, edition, "next")
    assert plan.set_aside == (1,) and len(plan.added) == 1
    assert [each.id for each in published(site)] == [3]


# Nobody else sees it


@pytest.mark.parametrize("role", ["gavoadmin", "gavo", "untrusted"])
@pytest.mark.parametrize(
    "what",
    [
        *("name FROM archive.catalogue_batch", "ra FROM archive.jmdc_place", "actor FROM archive.catalogue_event"),
        *("address FROM archive.badcal_contact", "account_id FROM archive.jmdc_measurement"),
        *("batch_id FROM archive.badcal_report", "facility FROM archive.account"),
    ],
)
def test_roles_of_the_server_read_nothing_of_it(site: Instance, role: str, what: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        site.sql(f"SET ROLE {role}; SELECT {what}")
