"""JMDC and BadCal in a real archive: imports, what they change, history, states, addresses, plans of joins."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ingest.archive import badcal, jmdc
from ingest.archive.catalogues import DECISIONS, Source, decide, history
from ingest.archive.connection import ArchiveError
from ingest.archive.starpage import star_facts
from ingest.catalogs.badcal import ReadReport, Report, read_reports, write_reports
from ingest.catalogs.editions import Edition, Row, read_edition
from ingest.catalogs.jmdc import Measurement
from ingest.catalogs.writing import archive_csv, export_csv, vizier
from ingest.errors import MisuseError
from tests.clusters import bare_instance
from tests.instances import Instance

BIBCODE = "2003A&A...408..681K"
SIRIUS = Measurement("HD48915", "Sirius", 5.936, 6.039, 0.016, "K", None, 1, 8, "", BIBCODE)
SOURCE = Source("first", "first.csv", "0" * 64, "run1")
TABLES = ("jmdc_measurement", "jmdc_star", "badcal_report", "catalogue_event", "catalogue_edition")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with bare_instance(tmp_path_factory.mktemp("catalogues")) as found:
        yield found


@pytest.fixture
def site(instance: Instance) -> Instance:
    instance.sql(f"TRUNCATE {', '.join(f'archive.{table}' for table in TABLES)} RESTART IDENTITY CASCADE")
    return instance


def edition(*entries: Measurement, **more: Any) -> Edition:
    return Edition("test", tuple(Row(number, entry, **more) for number, entry in enumerate(entries, 1)), ())


def load(site: Instance, found: Edition, name: str = "first", **options: Any) -> jmdc.Plan:
    with site.archive.transaction() as cursor:
        return jmdc.import_edition(cursor, found, replace(SOURCE, edition=name), **options)


def rows_of(site: Instance) -> list[Row]:
    with site.archive.transaction() as cursor:
        return jmdc.published(cursor)


def events(site: Instance, catalogue: str, number: int) -> list[str]:
    with site.archive.transaction() as cursor:
        return [event.event for event in history(cursor, catalogue, number)]


# Editions of the JMDC


@pytest.fixture(scope="module")
def of_2017(reference: Path) -> Edition:
    return read_edition((reference / "jmdc/jmdc_2017.csv").read_text(encoding="utf-8"))


def test_the_edition_of_2017_is_in(site: Instance, of_2017: Edition) -> None:
    plan = load(site, of_2017, "2017")
    assert (len(plan.added), len(plan.changed), len(plan.missing)) == (1239, 0, 0)
    counts = site.sql("SELECT method, count(*) AS n FROM archive.jmdc_measurement GROUP BY 1 ORDER BY 1")
    assert [row.n for row in counts] == [902, 288, 49]
    assert site.sql("SELECT count(*) AS n FROM archive.jmdc_star WHERE ra IS NULL")[0].n == 0
    minus = site.sql(
        "SELECT count(*) AS n FROM archive.jmdc_measurement WHERE -1 IN (ud_diam, ld_diam, e_ld_diam, bandcode)"
    )
    assert minus[0].n == 0
    places = {"Sirius": (101.2872, -16.7161, 5), "Vega": (279.2347, 38.7837, 5), "Arcturus": (213.9153, 19.1824, 6)}
    for ra, dec, number in (*places.values(), (68.9802, 16.5093, 18)):
        found = site.sql(
            """SELECT count(*) AS n FROM archive.jmdc_measurement AS m JOIN archive.jmdc_star AS s ON s.id = m.star_id
               WHERE q3c_radial_query(s.ra, s.dec, %s, %s, 0.01)""",
            [ra, dec],
        )
        assert found[0].n == number
    # spaces in names make no second star, other names of one star neither
    names = site.sql(
        "SELECT count(DISTINCT star_id) AS n FROM archive.jmdc_measurement WHERE id1 IN ('GJ411', 'HD95735')"
    )
    assert names[0].n == 1
    with site.archive.transaction() as cursor:
        polaris = star_facts(cursor, "l Car")
        assert polaris is not None
        assert len(polaris.measurements) == 31


def test_two_imports_are_one(site: Instance, of_2017: Edition) -> None:
    load(site, of_2017, "2017")
    before = [site.sql(f"SELECT * FROM archive.{table} ORDER BY id") for table in TABLES]
    assert load(site, of_2017, "2017").nothing
    assert load(site, read_edition(export_csv(row.measurement for row in of_2017.rows)), "again").nothing
    made = vizier([row.measurement for row in of_2017.rows], "2017")
    assert load(site, read_edition(made.table, made.readme), "VizieR").nothing
    assert [site.sql(f"SELECT * FROM archive.{table} ORDER BY id") for table in TABLES] == before


def test_export_then_import_is_the_same_archive(site: Instance, of_2017: Edition) -> None:
    load(site, edition(SIRIUS), "early")
    load(site, of_2017, "2017")
    load(site, edition(replace(SIRIUS, bibcode="2011PASA...28...58D")), "late")
    with site.archive.transaction() as cursor:
        decide(cursor, "jmdc", [3], "withdrawn", "me", "a mistake")
    before = rows_of(site)
    assert len(before) > 1200 and {"early", "2017", "late"} == {row.first_edition for row in before}
    text = archive_csv(before)
    site.sql(f"TRUNCATE {', '.join(f'archive.{table}' for table in TABLES)} RESTART IDENTITY CASCADE")
    assert len(load(site, read_edition(text), "restored").added) == len(before)
    assert rows_of(site) == before
    # numbers that are taken are not given again
    load(site, edition(replace(SIRIUS, bibcode="2020A&A...600A...1X")), "next")
    assert rows_of(site)[-1].id == max(row.id or 0 for row in before) + 1


def test_a_corrected_edition_keeps_numbers_and_history(site: Instance) -> None:
    load(site, edition(SIRIUS, replace(SIRIUS, band="H", ld_diam=6.0)), "first")
    plan = load(site, edition(replace(SIRIUS, ld_diam=6.04), replace(SIRIUS, id1="HD172167")), "second")
    assert [(change.id, change.fields) for change in plan.changed] == [(1, {"ld_diam": (6.039, 6.04)})]
    assert "ld_diam 6.039 → 6.04" in str(plan.changed[0])
    assert [number for number, _ in plan.missing] == [2]
    with site.archive.transaction() as cursor:
        told = history(cursor, "jmdc", 1)
    assert [(event.event, event.actor) for event in told] == [("imported", "operator"), ("changed", "operator")]
    assert told[1].changes == {"ld_diam": [6.039, 6.04]}
    assert [(row.id, row.first_edition, row.last_edition) for row in rows_of(site)] == [
        (1, "first", "second"),
        (2, "first", "first"),
        (3, "second", "second"),
    ]


def test_a_complete_edition_withdraws_the_rest(site: Instance) -> None:
    load(site, edition(SIRIUS, replace(SIRIUS, band="H", ld_diam=6.0)))
    load(site, edition(SIRIUS), "complete", complete=True)
    assert [row.id for row in rows_of(site)] == [1]
    assert events(site, "jmdc", 2) == ["imported", "withdrawn"]
    # what was withdrawn does not come back with an older edition
    plan = load(site, edition(SIRIUS, replace(SIRIUS, band="H", ld_diam=6.0)), "older")
    assert (plan.added, plan.set_aside) == ((), (2,))
    assert [row.id for row in rows_of(site)] == [1]


def test_planning_writes_nothing(site: Instance) -> None:
    with site.archive.transaction() as cursor:
        assert len(jmdc.plan_edition(cursor, edition(SIRIUS)).added) == 1
    assert site.sql("SELECT id FROM archive.jmdc_star") == rows_of(site) == []


def test_equal_rows_stay_two(site: Instance) -> None:
    load(site, edition(SIRIUS, SIRIUS))
    assert len(rows_of(site)) == 2
    assert load(site, edition(SIRIUS, SIRIUS), "again").nothing


def test_companions_are_other_stars(site: Instance) -> None:
    one = replace(SIRIUS, id1="GJ9999A"), replace(SIRIUS, id1="GJ9999B")
    load(site, edition(*one, ra=10.0, dec=5.0, aliases=("HIP 999999",)))
    assert site.sql("SELECT count(DISTINCT star_id) AS n FROM archive.jmdc_measurement")[0].n == 2


def test_a_position_that_comes_later_is_taken(site: Instance) -> None:
    unknown = replace(SIRIUS, id1="IRC+99999")
    load(site, edition(unknown))
    assert rows_of(site)[0].ra is None
    load(site, edition(unknown, replace(unknown, band="H", ld_diam=7.0), ra=10.0, dec=5.0), "later")
    assert [(row.ra, row.dec) for row in rows_of(site)] == [(10.0, 5.0)] * 2


# Reports

REPORT = Report("HD 1", 10.0, -20.0, "binary", "seen", reporter="A. B.", address="a.b@example.org")


def take(site: Instance, *reports: ReadReport, **options: Any) -> badcal.Plan:
    with site.archive.transaction() as cursor:
        return badcal.import_reports(cursor, reports, SOURCE, **options)


def test_two_imports_of_reports_are_one(site: Instance) -> None:
    assert len(take(site, ReadReport(1, REPORT), ReadReport(2, replace(REPORT, name="HD 2"))).added) == 2
    before = [site.sql(f"SELECT * FROM archive.{table} ORDER BY 1") for table in TABLES]
    with site.archive.transaction() as cursor:
        text = write_reports(badcal.published(cursor))
    assert "example.org" not in text
    read, refused = read_reports(text)
    assert refused == []
    for reports in ([ReadReport(1, REPORT)], read):
        plan = take(site, *reports)
        assert (plan.added, plan.changed) == ((), ())
    assert [site.sql(f"SELECT * FROM archive.{table} ORDER BY 1") for table in TABLES] == before
    site.sql(f"TRUNCATE {', '.join(f'archive.{table}' for table in TABLES)} RESTART IDENTITY CASCADE")
    take(site, *read)
    with site.archive.transaction() as cursor:
        assert write_reports(badcal.published(cursor)) == text


def test_numbers_of_the_older_service_are_kept(site: Instance) -> None:
    take(site, ReadReport(1, REPORT, id=170))
    take(site, ReadReport(1, replace(REPORT, name="HD 2")))
    plan = take(site, ReadReport(1, replace(REPORT, dec=-20.5), id=170))
    assert [(change.id, change.fields) for change in plan.changed] == [(170, {"dec": (-20.0, -20.5)})]
    with site.archive.transaction() as cursor:
        assert [(known.id, known.report.dec) for known in badcal.published(cursor)] == [(170, -20.5), (171, -20.0)]


def test_only_validated_reports_are_published(site: Instance) -> None:
    take(site, ReadReport(1, REPORT), accepted=False)
    with site.archive.transaction() as cursor:
        assert badcal.published(cursor) == [] and badcal.find_report(cursor, 1) is None
        decide(cursor, "badcal", [1], "accepted", "curator@example.org")
        assert [known.id for known in badcal.published(cursor)] == [1]
        assert badcal.published(cursor)[0].validated >= badcal.published(cursor)[0].submitted
    assert events(site, "badcal", 1) == ["submitted", "accepted"]
    assert site.sql("SELECT address FROM archive.badcal_contact")[0].address == "a.b@example.org"


def test_a_withdrawn_report_leaves_a_trace_without_address(site: Instance) -> None:
    take(site, ReadReport(1, REPORT))
    with site.archive.transaction() as cursor:
        decide(cursor, "badcal", [1], "withdrawn", "me", "the companion is not real")
        trace = badcal.find_report(cursor, 1)
        assert isinstance(trace, badcal.Withdrawn) and trace.reason == "the companion is not real"
        assert badcal.published(cursor) == []
    assert site.sql("SELECT address FROM archive.badcal_contact") == []
    with site.archive.transaction() as cursor:
        decide(cursor, "badcal", [1], "accepted", "me")
        assert [known.id for known in badcal.published(cursor)] == [1]


@pytest.mark.parametrize("state", ["submitted", "accepted", "rejected", "withdrawn"])
@pytest.mark.parametrize("decision", DECISIONS)
def test_decisions(site: Instance, state: str, decision: str) -> None:
    take(site, ReadReport(1, REPORT), accepted=state in ("accepted", "withdrawn"))
    with site.archive.transaction() as cursor:
        if state in ("rejected", "withdrawn"):
            decide(cursor, "badcal", [1], state, "me", "first")
    before = events(site, "badcal", 1)
    if state in DECISIONS[decision]:
        with site.archive.transaction() as cursor:
            decide(cursor, "badcal", [1], decision, "me", "second")
        assert events(site, "badcal", 1) == [*before, decision]
    else:
        with pytest.raises(ArchiveError, match=f"is {state} and cannot be"), site.archive.transaction() as cursor:
            decide(cursor, "badcal", [1], decision, "me", "second")
        assert events(site, "badcal", 1) == before


def test_decisions_are_for_all_or_none(site: Instance) -> None:
    take(site, ReadReport(1, REPORT), accepted=False)
    with pytest.raises(ArchiveError, match="no such entry"), site.archive.transaction() as cursor:
        decide(cursor, "badcal", [1, 99], "accepted", "me")
    with pytest.raises(MisuseError, match="reason"), site.archive.transaction() as cursor:
        decide(cursor, "badcal", [1], "rejected", "me", "  ")
    assert events(site, "badcal", 1) == ["submitted"]


@pytest.mark.parametrize("role", ["gavoadmin", "gavo", "untrusted"])
@pytest.mark.parametrize("what", ["address FROM archive.badcal_contact", "account_id FROM archive.badcal_report"])
def test_nobody_else_reads_addresses(site: Instance, role: str, what: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        site.sql(f"SET ROLE {role}; SELECT {what}")


def test_cones_of_reports_of_any_radius(site: Instance) -> None:
    places = [(10.0, -20.0), (190.0, 20.0), (10.0, 69.0)]
    take(site, *(ReadReport(n, replace(REPORT, ra=ra, dec=dec)) for n, (ra, dec) in enumerate(places, 1)))
    with site.archive.transaction() as cursor:
        for radius, number in ((0, 1), (1, 1), (88.9, 1), (89.1, 2), (120, 2), (180, 3), (360, 3)):
            assert len(badcal.reports_within(cursor, 10.0, -20.0, radius)) == number, radius


# Command line


def test_command_line(site: Instance, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(export_csv([SIRIUS]) + "HD1,,x,,,K,,1,8,,2003A&A...408..681K,\n")
    dry = site.oivo("jmdc", "import", str(file), "--dry-run", check=False)
    assert (dry.returncode, rows_of(site)) == (1, [])
    assert dry.stdout.startswith("+ HD48915 2003A&A...408..681K K\nNothing is written.")
    assert "mine.csv, line 3, HD1: UD_DIAM: 'x' is no number" in dry.stderr
    assert site.oivo("jmdc", "import", str(file), check=False).returncode == 1
    assert [row.first_edition for row in rows_of(site)] == ["mine"]
    file.write_text(export_csv([replace(SIRIUS, ld_diam=6.1)]))
    again = site.oivo("jmdc", "import", str(file), "--edition", "next", "--dry-run").stdout
    assert "~ 1 HD48915 2003A&A...408..681K: ld_diam 6.039 → 6.1" in again and "1 changed" in again
    assert list(csv.reader(io.StringIO(site.oivo("jmdc", "export").stdout)))[1][0] == "HD48915"
    assert "@article{2003A&A" in site.oivo("jmdc", "export", "--format", "bibtex").stdout
    site.oivo("jmdc", "export", "--format", "vizier", "--output", str(tmp_path / "v"))
    assert "0 new, 0 changed, 1 the same" in site.oivo("jmdc", "import", str(tmp_path / "v/jmdc.dat")).stdout
    assert site.oivo("jmdc", "export", "--format", "vizier", check=False).returncode == 2
    assert site.oivo("jmdc", "export", "--edition", "none", check=False).returncode == 2
    assert site.oivo("jmdc", "import", str(tmp_path / "none"), check=False).returncode == 2
    (tmp_path / "odd.csv").write_text("x")
    refused = site.oivo("jmdc", "import", str(tmp_path / "odd.csv"), check=False)
    assert refused.returncode == 1 and refused.stderr.startswith("oivo: odd.csv: is no edition")


def test_command_line_of_editions_and_review(site: Instance, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    head = "id1,ld_diam,e_ld_diam,band,method,bibcode,ra,dec\n"
    file.write_text(f"{head}HD 172167,3.3,0.01,K,1,{BIBCODE},,\nIRC+99999,4,,K,1,{BIBCODE},10.5,-5\n")
    site.oivo("users", "add", "ada@example.org", "--name", "Ada")
    dry = site.oivo("jmdc", "submit", str(file), "--dry-run")
    assert "mine.csv, row 2: warning: e_ld_diam: there is no error" in dry.stderr and "Nothing is written" in dry.stdout
    refused = site.oivo("jmdc", "submit", str(file), check=False)
    assert refused.returncode == 1 and "--despite-warnings" in refused.stderr
    assert site.sql("SELECT id FROM archive.jmdc_measurement") == []
    done = site.oivo("jmdc", "submit", str(file), "--as", "ada@example.org", "--despite-warnings")
    assert "2 measurements: submitted" in done.stdout
    listed = site.oivo("jmdc", "list", "--state", "submitted").stdout.splitlines()
    assert listed[0].startswith(f"1  submitted  HD172167  {BIBCODE}  K") and listed[0].endswith("ada@example.org")
    shown = site.oivo("jmdc", "show", "2").stdout
    assert "submitted by: ada@example.org, Ada" in shown and "warning: e_ld_diam" in shown
    amended = site.oivo("jmdc", "amend", "2", "e_ld_diam=0.1", "notes=a = b", "--reason", "table 3").stdout
    assert sorted(amended.splitlines()) == ["e_ld_diam: '' → '0.1'", "notes: '' → 'a = b'"]
    again = site.oivo("jmdc", "amend", "2", "e_ld_diam=0.1", "--reason", "table 3").stdout
    assert again == "Nothing changes.\n"
    assert "operator: table 3" in site.oivo("jmdc", "show", "2").stdout
    assert site.oivo("jmdc", "amend", "2", "e_ld_diam=-1", "--reason", "x", check=False).returncode == 1
    assert site.oivo("jmdc", "amend", "2", "nothing", "--reason", "x", check=False).returncode == 2
    assert site.oivo("jmdc", "show", "99", check=False).returncode == 1
    assert site.oivo("jmdc", "accept", "1", "2").stdout == "2 measurements are accepted.\n"
    assert "2 measurements; 2 of them" in site.oivo("jmdc", "edition", "2026").stdout
    assert site.oivo("jmdc", "edition", "2026", check=False).returncode == 1
    assert site.oivo("jmdc", "export", "--edition", "2026").stdout.count("\n") == 3
    site.oivo("jmdc", "withdraw", "2", "--reason", "not direct")
    assert len(rows_of(site)) == 1
    site.oivo("users", "facility", "ada@example.org", "An Array", "--trusted")
    assert "An Array, trusted" in site.oivo("users", "show", "ada@example.org").stdout
    assert site.oivo("users", "facility", "ada@example.org", "", "--trusted", check=False).returncode == 2


def test_command_line_of_reports(site: Instance, tmp_path: Path) -> None:
    file = tmp_path / "batch.csv"
    file.write_text("name,ra,dec,reason,reporter,address\nHD 1,10,20,binary,A,a@example.org\nHD 2,400,20,binary,A,\n")
    done = site.oivo("badcal", "import", str(file), "--submitted", check=False)
    assert done.returncode == 1 and "line 3, HD 2: ra: 400.0 is not between" in done.stderr
    assert site.oivo("badcal", "export").stdout.count("\n") == 1
    assert "1  submitted  HD 1  binary" in site.oivo("badcal", "list", "--state", "submitted").stdout
    site.oivo("badcal", "accept", "1")
    text = site.oivo("badcal", "export").stdout
    assert text.count("\n") == 2 and "example.org" not in text
    assert site.oivo("badcal", "withdraw", "1", check=False).returncode == 2
    site.oivo("badcal", "withdraw", "1", "--reason", "not real")
    assert site.oivo("badcal", "export").stdout.count("\n") == 1
    again = site.oivo("badcal", "withdraw", "1", "--reason", "x", check=False)
    assert again.returncode == 1 and "badcal 1: it is withdrawn" in again.stderr
    assert site.oivo("badcal", "reject", "1", "--reason", "x", check=False).returncode == 1
