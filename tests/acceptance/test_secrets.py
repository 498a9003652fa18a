"""What the query roles can read is exactly what is public; tried through ADQL, through SQL, and in error messages."""

from contextlib import suppress
from typing import Any
from urllib.error import HTTPError

import psycopg2
import psycopg2.errors
import pytest
from pyvo import DALServiceError

from tests.instances import Instance

#: Every table that ADQL users can read.
PUBLISHED = {
    "badcal.badcal",
    "badcal.withdrawn",
    "ivoa.emptyobscore",
    "ivoa.obscore",
    "ivoa.obscore_radio",
    "jmdc.jmdc",
    "obsportal.baseline",
    "obsportal.exposure",
    "obsportal.observation",
    "obsportal.target",
    "oidb.collection",
    "oidb.finding",
    "oidb.obscore_optical",
    "oidb.oidb",
    "stats.columns",
    "stats.vocabulary",
    "tap_schema.columns",
    "tap_schema.groups",
    "tap_schema.key_columns",
    "tap_schema.keys",
    "tap_schema.schemas",
    "tap_schema.tables",
}

#: What DaCHS' web server (role gavo) reads besides: its own tables of metadata, jobs and users.
OF_DACHS = {
    "dc.authors",
    "dc.datalinkjobs",
    "dc.discrete_string_values",
    "dc.groups",
    "dc.interfaces",
    "dc.metastore",
    "dc.products",
    "dc.rdmeta",
    "dc.res_dependencies",
    "dc.resources",
    "dc.resources_join",
    "dc.sets",
    "dc.simple_col_stats",
    "dc.subjects",
    "dc.subjects_join",
    "dc.tablemeta",
    "dc.users",
    "ivoa._obscoresources",
    "tap_schema.supportedmodels",
    "tap_schema.tapjobs",
}

READABLE = {"untrusted": PUBLISHED, "gavo": PUBLISHED | OF_DACHS}
#: Jobs are rows that the server writes.
WRITABLE = {"untrusted": set(), "gavo": {"dc.datalinkjobs", "tap_schema.tapjobs"}}

FORBIDDEN = (
    # tables of the archive, of DaCHS, of PostgreSQL
    "SELECT * FROM archive.collection",
    "SELECT owner FROM archive.collection",
    "SELECT owner FROM oidb.collection",
    'SELECT "owner" FROM oidb.collection',
    'SELECT * FROM "archive"."collection"',
    'SELECT * FROM "archive.collection"',
    'SELECT * FROM oidb."collection"" JOIN archive.collection --"',
    "SELECT * FROM archive.file",
    "SELECT * FROM archive.granule",
    "SELECT * FROM archive.journal",
    "SELECT * FROM archive.account",
    "SELECT login FROM archive.account",
    "SELECT * FROM archive.account_alias",
    "SELECT * FROM archive.credential",
    "SELECT * FROM archive.share",
    "SELECT * FROM archive.access_log",
    "SELECT * FROM archive.frame",
    "SELECT problem FROM archive.frame",
    "SELECT * FROM archive.header_pack",
    "SELECT * FROM archive.exposure",
    "SELECT * FROM archive.dataset",
    "SELECT e.exp_id FROM obsportal.exposure AS e JOIN archive.target_ruling AS r ON r.first = e.target_name",
    "SELECT * FROM archive.migration",
    "SELECT * FROM archive.badcal_contact",
    "SELECT address FROM badcal.badcal",
    "SELECT * FROM archive.badcal_report",
    "SELECT b.id FROM badcal.badcal AS b JOIN archive.badcal_contact AS c ON c.report_id = b.id",
    "SELECT * FROM archive.jmdc_measurement",
    "SELECT * FROM archive.catalogue_event",
    "SELECT * FROM dc.users",
    "SELECT * FROM dc.groups",
    "SELECT * FROM dc.tablemeta",
    "SELECT * FROM ivoa._obscoresources",
    "SELECT * FROM tap_schema.tapjobs",
    "SELECT * FROM pg_user",
    "SELECT * FROM pg_catalog.pg_authid",
    "SELECT * FROM pg_catalog.pg_stat_activity",
    "SELECT * FROM information_schema.tables",
    # ... hidden in a part of a query
    "SELECT target_name FROM oidb.oidb UNION SELECT owner FROM archive.collection",
    "SELECT * FROM (SELECT * FROM archive.collection) AS c",
    "WITH c AS (SELECT * FROM archive.collection) SELECT * FROM c",
    "SELECT id FROM oidb.oidb WHERE EXISTS (SELECT * FROM archive.collection)",
    "SELECT o.id FROM oidb.oidb AS o JOIN archive.file AS f ON f.id = o.file_id",
    "SELECT o.id FROM oidb.oidb AS o, archive.file AS f",
    # functions of PostgreSQL
    "SELECT pg_read_file('/etc/passwd') AS x FROM oidb.oidb",
    "SELECT pg_ls_dir('.') AS x FROM oidb.oidb",
    "SELECT lo_import('/etc/passwd') AS x FROM oidb.oidb",
    "SELECT dblink('dbname=oivo', 'SELECT 1') AS x FROM oidb.oidb",
    "SELECT query_to_xml('SELECT 1', true, true, '') AS x FROM oidb.oidb",
    "SELECT current_setting('data_directory') AS x FROM oidb.oidb",
    "SELECT pg_sleep(1) AS x FROM oidb.oidb",
    "SELECT current_user FROM oidb.oidb",
    "SELECT id FROM oidb.oidb WHERE target_name = version()",
    # other statements
    "INSERT INTO oidb.oidb (id) VALUES (1)",
    "DELETE FROM oidb.oidb",
    "DROP VIEW oidb.oidb",
    "SET ROLE oivo",
    "COPY oidb.oidb TO '/tmp/x'",
    "SELECT id FROM oidb.oidb; SELECT 1",
    "SELECT id FROM oidb.oidb; DROP VIEW oidb.oidb",
    "SELECT id FROM oidb.oidb /* */ ; SELECT 1",
    "SELECT id FROM oidb.oidb -- \n ; SELECT 1",
    # SQL behind a quote that a backslash hides from a careless parser
    "SELECT target_name FROM oidb.oidb WHERE target_name = 'a\\' UNION SELECT usename FROM pg_user --'",
    "SELECT target_name FROM oidb.oidb WHERE target_name = 'a\\'; SET statement_timeout TO 0 --'",
    "SELECT target_name FROM oidb.oidb WHERE target_name = 'a\\' OR pg_sleep(0) IS NULL --'",
    "SELECT target_name FROM oidb.oidb WHERE target_name = 'a' 'b\\' UNION SELECT usename FROM pg_user --'",
    "SELECT target_name FROM oidb.oidb WHERE 1 = CONTAINS(POINT('x\\', 1, 2)', s_ra, s_dec), CIRCLE(1, 2, 3))",
)


@pytest.mark.parametrize("query", FORBIDDEN)
def test_adql_refuses(site: Instance, query: str) -> None:
    answer = site.adql(query)
    assert 'name="QUERY_STATUS" value="ERROR"' in answer, answer
    assert_no_secret(site, answer)


@pytest.mark.parametrize(
    ("text", "rows"),
    [("it''s", 0), ("\\", 0), ("\\''", 0), ("''; DROP VIEW oidb.oidb --", 0), ("%'' OR ''''=''", 0), ("del Sco", 3)],
)
def test_text_of_a_query_stays_text(site: Instance, text: str, rows: int) -> None:
    answer = site.adql(f"SELECT COUNT(*) AS n FROM oidb.oidb WHERE calib_level > 0 AND target_name = '{text}'")
    assert answer.split() == ["n", str(rows)], answer


@pytest.mark.parametrize("role", READABLE)
def test_tables_that_a_role_can_read(site: Instance, role: str) -> None:
    """Of all tables and views, also single columns; PostgreSQL's own catalogues are readable to every role."""
    readable = site.sql(
        """SELECT n.nspname || '.' || c.relname AS name
           FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
           WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
               AND has_schema_privilege(n.oid, 'USAGE')
               AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))""",
        role=role,
    )
    assert {row.name for row in readable} == READABLE[role]


@pytest.mark.parametrize("role", WRITABLE)
def test_tables_that_a_role_can_write(site: Instance, role: str) -> None:
    writable = site.sql(
        """SELECT n.nspname || '.' || c.relname AS name
           FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
           WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
               AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')""",
        role=role,
    )
    assert {row.name for row in writable} == WRITABLE[role]


@pytest.mark.parametrize("role", READABLE)
def test_rights_of_a_role_in_general(site: Instance, role: str) -> None:
    """No table of its own, no other role's rights, no schema archive."""
    rights = site.sql(
        """SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,
               has_schema_privilege('archive', 'USAGE') AS archive,
               (SELECT count(*) FROM pg_namespace
                WHERE nspname !~ '^pg_' AND has_schema_privilege(oid, 'CREATE')) AS places,
               (SELECT count(*) FROM pg_auth_members WHERE member = pg_roles.oid) AS memberships,
               (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid) AS owned
           FROM pg_roles WHERE rolname = current_user""",
        role=role,
    )
    assert not any(rights[0]), rights[0]


@pytest.mark.parametrize("role", READABLE)
@pytest.mark.parametrize(
    "table",
    [
        "archive.collection",
        "archive.file",
        "archive.granule",
        "archive.journal",
        "archive.account",
        "archive.credential",
    ],
)
def test_role_is_refused_by_the_database(site: Instance, role: str, table: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        site.sql(f"SELECT * FROM {table}", role=role)


#: Requests that fail, each in another part of the server.
FAILING: tuple[Any, ...] = (
    ("/tap/sync", {"LANG": "ADQL", "QUERY": "SELECT 1/0 AS x FROM oidb.oidb"}),
    ("/tap/sync", {"LANG": "ADQL", "QUERY": "SELECT id FROM oidb.oidb WHERE id = 'x'"}),
    ("/tap/sync", {"LANG": "ADQL", "QUERY": "SELECT * FROM TAP_UPLOAD.t"}),
    ("/tap/sync", {"LANG": "ADQL", "QUERY": "SELECT * FROM TAP_UPLOAD.t", "UPLOAD": "t,param:t"}),
    ("/tap/sync", {"LANG": "ADQL", "QUERY": "SELECT * FROM TAP_UPLOAD.t", "UPLOAD": "t,file:///etc/passwd"}),
    ("/tap/sync", {"LANG": "ADQL", "QUERY": "SELECT id FROM oidb.oidb", "FORMAT": "nonsense"}),
    ("/tap/sync", {"LANG": "ADQL", "QUERY": "SELECT id FROM oidb.oidb", "MAXREC": "many"}),
    ("/tap/sync", {"LANG": "none", "QUERY": "x"}),
    ("/tap/sync", {}),
    ("/tap/async/nosuchjob", {}),
    ("/tap/nonsense", {}),
    ("/oidb/q/scs/scs.xml", {"RA": "x", "DEC": "y", "SR": "z"}),
    ("/oidb/q/scs/scs.xml", {"RA": "1", "DEC": "1", "SR": "1", "calib_level": "x"}),
    ("/oidb/q/dl/dlmeta", {"ID": "../../etc/passwd"}),
    ("/oidb/q/nonsense/form", {}),
    ("/nonsense/q/scs/scs.xml", {}),
    ("/files/1/../../../etc/passwd", {}),
    ("/files/99999999999999999999/x", {}),
    ("/getproduct/etc/passwd", {}),
    ("/static/../../etc/passwd", {}),
    ("/static/%2e%2e/%2e%2e/etc/dsn", {}),
    ("/tableinfo/archive.collection", {}),
    ("/oai.xml", {"verb": "GetRecord", "identifier": "nonsense", "metadataPrefix": "ivo_vor"}),
)


@pytest.mark.parametrize(("path", "parameters"), FAILING, ids=lambda value: str(value)[:60])
def test_errors_name_no_path_of_the_server(site: Instance, path: str, parameters: dict[str, str]) -> None:
    try:
        with site.get(path, parameters) as reply:
            text = reply.read().decode(errors="replace")
    except HTTPError as error:
        assert error.code < 500, error
        text = error.read().decode(errors="replace")
    assert_no_secret(site, text)


@pytest.mark.parametrize("query", [query for query in FORBIDDEN if "\\' UNION" in query])
def test_async_job_refuses(tap: Any, query: str) -> None:
    """A job is translated by another process than a synchronous query."""
    job = tap.submit_job(query)
    # a query that cannot be parsed may be refused when it is to run, or fail then
    with suppress(DALServiceError):
        job.run()
        job.wait(phases=["COMPLETED", "ERROR", "ABORTED"], timeout=60)
    assert job.phase == "ERROR"
    job.delete()


def test_async_errors_name_no_path_of_the_server(site: Instance, tap: Any) -> None:
    job = tap.submit_job("SELECT * FROM TAP_UPLOAD.t")
    with site.get(job.url.removeprefix(site.base)) as reply:
        assert_no_secret(site, reply.read().decode())
    job.delete()


def assert_no_secret(site: Instance, text: str) -> None:
    for secret in (
        str(site.home.root),
        "/usr/lib/",
        "site-packages",
        "dist-packages",
        "Traceback",
        "root:x:0",
        "password",
    ):
        at = text.find(secret)
        assert at < 0, text[max(0, at - 200) : at + 200]
