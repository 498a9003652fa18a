"""DOIs of collections: registered once, updated when something changed, hidden with what is retired, never doubled."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from ingest.archive.accounts import add_alias, block_account, create_account, edit_account, remove_alias
from ingest.archive.collections import Collection, create_collection
from ingest.archive.curation import edit_collection, move_files, restore_collection, retire_collection
from ingest.archive.dois import find_doi
from ingest.archive.files import FileIngest, read_upload
from ingest.archive.store import Store
from ingest.citation.identifiers import doi_of
from ingest.demo import survey
from ingest.doi.account import account_of
from ingest.doi.client import Client, StoppedError
from ingest.doi.register import Task, carry_out, plan
from ingest.errors import MisuseError
from ingest.home import Home
from ingest.jobs import find_job, run_job
from tests.instances import PYTHON, ROOT, Instance
from tests.standins.datacite import DataciteStandin

SITE = "https://vo.example.org"


@pytest.fixture
def datacite(empty_site: Instance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[DataciteStandin]:
    """The stand-in, and settings with which the instance speaks to it."""
    with DataciteStandin() as standin:
        password = tmp_path / "password"
        password.write_text(f"{standin.password}\n", encoding="utf-8")
        password.chmod(0o600)
        for name, value in {
            "DOI_API_URL": standin.url,
            "DOI_PREFIX": standin.prefix,
            "DOI_REPOSITORY": standin.repository,
            "DOI_PASSWORD_FILE": str(password),
            "SITE_BASE_URL": SITE,
            "SITE_ORGANISATION": "Observatory of Examples",
        }.items():
            monkeypatch.setenv(f"OIVO_{name}", value)
        yield standin
    # the tests share an instance, but no stand-in
    empty_site.sql("DELETE FROM archive.doi")


@pytest.fixture(scope="module")
def collections(empty_site: Instance) -> list[str]:
    """Two collections with a file each."""
    names = ["doi-one", "doi-two"]
    store, now = Store(empty_site.home.files), datetime.now(UTC)
    for name, file in zip(names, survey(date(2026, 1, 1)), strict=False):
        make(empty_site, Collection(name, name, f"Title of {name}", datapi="Ada Example"))
        FileIngest(empty_site.archive, store, name, 2, now, "oivo.example", accepted_reason="test").add(
            read_upload(file.name, file.data, 1 << 24)
        )
    return names


def make(instance: Instance, collection: Collection) -> None:
    with instance.archive.transaction() as cursor:
        create_collection(cursor, collection)


def change(instance: Instance, name: str, **changes: Any) -> None:
    with instance.archive.transaction() as cursor:
        edit_collection(cursor, name, changes)


def tasks_of(instance: Instance, *names: str) -> list[Task]:
    home = Home(instance.home.root)  # settings are read once
    with instance.archive.transaction() as cursor:
        return plan(home, cursor, names)


def do(instance: Instance, *names: str) -> list[str]:
    """Register and update as the command does; return what each was, or why it failed."""
    home = Home(instance.home.root)
    with Client(account_of(home), lambda seconds: None) as client:
        return [
            task.what if task.what in ("unchanged", "skip") else carry_out(instance.archive, client, task) or task.what
            for task in tasks_of(instance, *names)
        ]


def test_off_by_default(empty_site: Instance, collections: list[str]) -> None:
    refused = empty_site.oivo("registry", "doi", check=False)
    assert refused.returncode == 2
    assert "doi.prefix" in refused.stderr and "docs/citation.md" in refused.stderr
    rehearsed = empty_site.oivo("registry", "doi", "--dry-run")
    assert "DOIs are off: set doi.prefix" in rehearsed.stdout
    assert f"+ {collections[0]}: register 10.PREFIX/oidb." in rehearsed.stdout
    assert run_job(Home(empty_site.home.root), find_job("dois")).startswith("off: doi.prefix, ")


def test_registered_once_updated_when_changed(
    empty_site: Instance, datacite: DataciteStandin, collections: list[str]
) -> None:
    one, two = collections
    doi = doi_of(datacite.prefix, "oidb", one)
    rehearsed = empty_site.oivo("registry", "doi", "--dry-run", one)
    assert f"+ {one}: register {doi}" in rehearsed.stdout
    assert datacite.requests == []
    assert not empty_site.sql("SELECT 1 AS one FROM archive.doi")

    said = empty_site.oivo("registry", "doi", one, two)
    assert f"{one}: {doi} is registered" in said.stdout and "2 registered" in said.stdout
    assert datacite.dois[doi]["state"] == "findable"
    assert datacite.dois[doi]["url"] == f"{SITE}/collection/{one}"
    assert [creator["name"] for creator in datacite.dois[doi]["creators"]] == ["Example, Ada"]
    assert datacite.dois[doi]["publisher"] == {"name": "Observatory of Examples"}

    count = len(datacite.requests)
    again = empty_site.oivo("registry", "doi", one, two)
    assert "2 unchanged" in again.stdout
    assert len(datacite.requests) == count

    change(empty_site, one, title="A better title")
    assert do(empty_site, one, two) == ["update", "unchanged"]
    assert datacite.dois[doi]["titles"][0]["title"] == "A better title"
    assert [request.method for request in datacite.requests] == ["POST", "POST", "PUT"]
    shown = empty_site.oivo("registry", "doi", "--status").stdout
    assert doi in shown and "findable" in shown and "2 DOIs registered." in shown
    for output in (rehearsed, said, again):
        assert datacite.password not in output.stdout + output.stderr
    logs = "".join(path.read_text(errors="replace") for path in empty_site.home.logs.glob("*"))
    assert doi in logs and datacite.password not in logs


def test_registered_dois_are_shown(empty_site: Instance, datacite: DataciteStandin, collections: list[str]) -> None:
    one, two = collections
    (did,) = empty_site.sql(
        """SELECT g.id, g.publisher_did FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
           WHERE f.collection_id = %s ORDER BY g.id LIMIT 1""",
        [one],
    )
    with empty_site.archive.transaction() as cursor:
        cursor.execute("INSERT INTO archive.doi (collection_id, doi) VALUES (%s, '10.12345/reserved')", [two])
    assert do(empty_site, one) == ["register"]
    (doi,) = datacite.dois
    shown = empty_site.adql(f"SELECT id, doi FROM oidb.collection WHERE id IN ('{one}', '{two}') ORDER BY id")
    assert [line.split(",")[1].strip('"') for line in shown.split()[1:]] == [doi, ""]
    with empty_site.get(f"/collection/{one}") as reply:
        assert f'<https://doi.org/{doi}>; rel="cite-as"' in reply.headers["link"]
        page = reply.read().decode()
    assert f'<a href="https://doi.org/{doi}">' in page
    assert f'<meta name="citation_doi" content="{doi}"' in page
    with empty_site.get(f"/granule/{did.id}/cite.bib") as reply:
        assert f"  doi = {{{doi}}}," in reply.read().decode()
    with empty_site.get("/oidb/q/dl/dlmeta", {"ID": did.publisher_did, "RESPONSEFORMAT": "votable/td"}) as reply:
        assert f"https://doi.org/{doi}" in reply.read().decode()


def test_what_was_lost_on_the_way_is_not_registered_twice(
    empty_site: Instance, datacite: DataciteStandin, collections: list[str]
) -> None:
    datacite.failures = ["lost"]
    assert do(empty_site, collections[0]) == ["register"]
    assert [request.method for request in datacite.requests] == ["POST", "POST", "GET", "PUT"]
    assert len(datacite.dois) == 1


def test_killed_in_the_middle_and_called_again(
    empty_site: Instance, datacite: DataciteStandin, collections: list[str]
) -> None:
    datacite.failures = ["", "stall"]
    command = [PYTHON, "-m", "ingest", "registry", "doi", *collections]
    process = subprocess.Popen(command, env=empty_site.environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        assert datacite.stalled.wait(60)
    finally:
        process.kill()
        process.wait()
    datacite.go_on.set()
    with empty_site.archive.transaction() as cursor:
        records = [find_doi(cursor, name) for name in collections]
    assert [record and record.state for record in records] == ["findable", None]
    assert do(empty_site, *collections) == ["unchanged", "register"]
    assert sorted(datacite.dois) == sorted(doi_of(datacite.prefix, "oidb", name) for name in collections)


def test_a_refusal_names_the_field_and_others_go_well(
    empty_site: Instance, datacite: DataciteStandin, collections: list[str]
) -> None:
    datacite.failures = ["422"]
    said = empty_site.oivo("registry", "doi", *collections, check=False)
    assert said.returncode == 1
    assert "creators: Missing child element(s). Expected is ( creator )." in said.stderr
    assert "1 registered, 1 failed" in said.stdout
    shown = empty_site.oivo("registry", "doi", "--status").stdout
    assert "not yet" in shown and "creators: Missing" in shown and "1 with problems" in shown
    assert do(empty_site, *collections) == ["register", "unchanged"]
    assert [row.problem for row in empty_site.sql("SELECT problem FROM archive.doi")] == ["", ""]


def test_a_wrong_account_ends_the_work(empty_site: Instance, datacite: DataciteStandin, collections: list[str]) -> None:
    datacite.failures = ["401"]
    with pytest.raises(StoppedError, match=r"doi\.password_file"):
        do(empty_site, *collections)
    assert len(datacite.requests) == 1


def test_the_doi_of_somebody_else_is_left_alone(
    empty_site: Instance, datacite: DataciteStandin, collections: list[str]
) -> None:
    doi = doi_of(datacite.prefix, "oidb", collections[0])
    datacite.foreign[doi] = "https://elsewhere.example/data"
    (said,) = do(empty_site, collections[0])
    assert "https://elsewhere.example/data" in said and "doi.namespace" in said
    assert datacite.asked("PUT") == []


def test_a_changed_prefix_changes_no_doi_that_was_announced(
    empty_site: Instance, datacite: DataciteStandin, collections: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    do(empty_site, collections[0])
    (doi,) = datacite.dois
    monkeypatch.setenv("OIVO_DOI_NAMESPACE", "other")
    one, two = tasks_of(empty_site, *collections)
    assert (one.doi, one.what) == (doi, "unchanged")
    assert two.doi.startswith("10.12345/other.")


def test_retired_collections_keep_their_doi_out_of_sight(
    empty_site: Instance, datacite: DataciteStandin, collections: list[str]
) -> None:
    one = collections[0]
    do(empty_site, one)
    (doi,) = datacite.dois
    with empty_site.archive.transaction() as cursor:
        retire_collection(cursor, one, "The calibrators were wrong.")
    try:
        assert do(empty_site, one) == ["hide"]
        assert datacite.dois[doi]["state"] == "registered"
        withdrawn = [each for each in datacite.dois[doi]["dates"] if each["dateType"] == "Withdrawn"]
        assert withdrawn[0]["dateInformation"] == "The calibrators were wrong."
        assert do(empty_site, one) == ["unchanged"]
        assert do(empty_site, collections[1]) == ["register"]
        with pytest.raises(HTTPError) as gone:
            empty_site.get(f"/collection/{one}")
        assert gone.value.code == 410
        page = gone.value.read().decode()
        assert f"https://doi.org/{doi}" in page and "The calibrators were wrong." in page
        assert f'<https://doi.org/{doi}>; rel="cite-as"' in gone.value.headers["link"]
        with empty_site.get(f"/collection/{one}/cite.txt") as reply:
            assert "Withdrawn" in reply.read().decode()
    finally:
        with empty_site.archive.transaction() as cursor:
            restore_collection(cursor, one)
    assert do(empty_site, one) == ["update"]
    assert datacite.dois[doi]["state"] == "findable"


#: Collections that get no DOI, and why.
@pytest.mark.parametrize(
    ("kind", "title", "said"),
    [
        ("VizieR", "A catalogue", "kind VizieR get none (doi.kinds)"),
        ("simulation", "A model", "kind simulation"),
        ("chara", "SIMULATED stars", "kind simulation"),
        ("public", "Nothing yet", "holds no files"),
    ],
)
def test_what_gets_no_doi(empty_site: Instance, datacite: DataciteStandin, kind: str, title: str, said: str) -> None:
    name = f"doi-none-{kind}"
    make(empty_site, Collection(name, name, title, kind=kind))
    (task,) = tasks_of(empty_site, name)
    assert task.what == "skip" and said in task.why_not
    if kind == "VizieR":
        refused = empty_site.oivo("registry", "doi", name, check=False)
        assert refused.returncode == 1 and said in refused.stderr
    assert datacite.requests == []


def test_the_job_updates_and_registers_nothing(
    empty_site: Instance, datacite: DataciteStandin, collections: list[str]
) -> None:
    one, _ = collections
    do(empty_site, one)
    change(empty_site, one, keywords=("binary stars",))
    assert run_job(Home(empty_site.home.root), find_job("dois")) == "1 of 1 DOIs updated"
    assert len(datacite.dois) == 1
    told = next(iter(datacite.dois.values()))
    assert any(subject.get("valueUri", "").endswith("uat#binary-stars") for subject in told["subjects"])


def test_an_orcid_is_told_unless_two_have_the_name(empty_site: Instance, collections: list[str]) -> None:
    def creator() -> dict[str, Any]:
        (task,) = tasks_of(empty_site, collections[0])
        found: dict[str, Any] = task.attributes["creators"][0]
        return found

    archive = empty_site.archive
    with archive.transaction() as cursor:
        create_account(cursor, "ada-doi@example.org", "Ada", "", actor="test")
        add_alias(cursor, "ada-doi@example.org", "Ada Example", actor="test")
        with pytest.raises(MisuseError, match="0000-0002-1825-0097"):
            edit_account(cursor, "ada-doi@example.org", actor="test", orcid="0000-0002-1825-0098")
        edit_account(cursor, "ada-doi@example.org", actor="test", orcid="https://orcid.org/0000-0002-1825-0097")
    assert creator()["nameIdentifiers"][0]["nameIdentifier"] == "https://orcid.org/0000-0002-1825-0097"
    assert "ORCID          0000-0002-1825-0097" in empty_site.oivo("users", "show", "ada-doi@example.org").stdout
    with archive.transaction() as cursor:
        create_account(cursor, "eve-doi@example.org", "Eve", "", actor="test")
        add_alias(cursor, "eve-doi@example.org", "Ada Example", actor="test")
    assert "nameIdentifiers" not in creator()
    with archive.transaction() as cursor:
        block_account(cursor, "eve-doi@example.org", actor="test")
    assert "nameIdentifiers" in creator()
    with archive.transaction() as cursor:
        edit_account(cursor, "ada-doi@example.org", actor="test", orcid="")
        remove_alias(cursor, "ada-doi@example.org", "Ada Example", actor="test")
    assert "nameIdentifiers" not in creator()


def test_only_what_is_public_can_be_read(empty_site: Instance) -> None:
    granted = empty_site.sql(
        """SELECT column_name AS name FROM information_schema.column_privileges
           WHERE table_schema = 'archive' AND table_name = 'doi' AND grantee = 'gavoadmin' ORDER BY 1"""
    )
    assert [row.name for row in granted] == ["collection_id", "doi", "state"]


def json_of(instance: Instance, path: str) -> Any:
    with instance.get(path) as reply:
        return json.loads(reply.read())


def test_private_files_are_described_but_not_linked(empty_site: Instance, collections: list[str]) -> None:
    one = collections[0]
    make(empty_site, Collection("doi-private", "private", "Later", release_date=datetime(2099, 1, 1, tzinfo=UTC)))
    (file,) = empty_site.sql("SELECT id FROM archive.file WHERE collection_id = %s", [one])
    with empty_site.archive.transaction() as cursor:
        move_files(cursor, [file.id], "doi-private")
    try:
        told = json_of(empty_site, "/collection/doi-private/schema.jsonld")
        assert told["isAccessibleForFree"] is False
        assert "private until 2099-01-01" in told["conditionsOfAccess"]
        assert not [entry for entry in told["distribution"] if "/files/" in entry["contentUrl"]]
        (record,) = tasks_of(empty_site, "doi-private")
        assert record.attributes["publicationYear"] == 2099
        assert {"date": "2099-01-01", "dateType": "Available"} in record.attributes["dates"]
        assert "/files/" not in json.dumps(json_of(empty_site, "/collection/doi-private/linkset.json"))
        granule = empty_site.sql("SELECT id FROM archive.granule WHERE file_id = %s LIMIT 1", [file.id])[0].id
        assert "distribution" not in json_of(empty_site, f"/granule/{granule}/schema.jsonld")
        with empty_site.get(f"/granule/{granule}") as reply:
            assert 'rel="item"' not in reply.headers["link"]
    finally:
        with empty_site.archive.transaction() as cursor:
            move_files(cursor, [file.id], one)
