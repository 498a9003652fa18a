"""The extensions pgsphere and q3c in an instance's database.

pgsphere 1.2.0, Debian 12's, declares two obsolete operators ``@`` as commutators of an operator
that has one already. PostgreSQL 15.19 and later (Debian 12's security updates) refuse that, so
``CREATE EXTENSION pg_sphere`` fails there. Then the extension's own script is run with those two
clauses left out, and its objects are noted as members of the extension, which is what
CREATE EXTENSION would do. Where the package works as it is, nothing of this happens.

May import ``ingest.instance.postgres``.
"""

import re

import psycopg2

from ingest.archive.connection import Connection, Cursor
from ingest.instance.postgres import EXTENSIONS, Cluster, DatabaseError

#: The clauses that newer servers refuse: commutator and negator of the obsolete operators ``@``.
_OBSOLETE = re.compile(r"(CREATE OPERATOR @ \([^;]*?PROCEDURE\s*=\s*\w+_subset_smoc),\s*COMMUTATOR[^;]*?\);")

_REGISTER = """
SET LOCAL allow_system_table_mods = on;
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
VALUES (pg_nextoid('pg_extension', 'oid', 'pg_extension_oid_index'), 'pg_sphere', current_user::regrole,
        'public'::regnamespace, true, %(version)s);
INSERT INTO pg_depend (classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype)
SELECT classid, objid, 0, 'pg_extension'::regclass, extension.oid, 0, 'e'
FROM (SELECT 'pg_proc'::regclass AS classid, oid AS objid FROM pg_proc WHERE xmin = pg_current_xact_id()::xid
      UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE xmin = pg_current_xact_id()::xid
                AND typelem = 0
      UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator WHERE xmin = pg_current_xact_id()::xid
      UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass WHERE xmin = pg_current_xact_id()::xid
      UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily WHERE xmin = pg_current_xact_id()::xid
      UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast WHERE xmin = pg_current_xact_id()::xid) AS made,
     (SELECT oid FROM pg_extension WHERE extname = 'pg_sphere') AS extension;
"""


def create_extensions(cluster: Cluster) -> None:
    """Create pgsphere and q3c in the instance's database where they are missing.

    Raises
    ------
    DatabaseError
        When an extension's script fails for another reason than the known one.
    """
    connection = psycopg2.connect(cluster.dsn())
    try:
        for name in ("q3c", "pg_sphere"):
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT FROM pg_extension WHERE extname = %s", [name])
                present = cursor.fetchone() is not None
            if not present:
                _create(connection, name, cluster.version)
    finally:
        connection.close()


def remove_operators_of_dachs(cluster: Cluster) -> None:
    """Remove the operators that `dachs init` adds to pgsphere, so that it can be called again.

    DaCHS 2.7 makes ``&&`` and ``!&&`` between MOCs and circles or polygons, and fails where they exist.
    Members of the extension itself (pgsphere 1.2.1 and later) stay.
    """
    connection = psycopg2.connect(cluster.dsn())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                """SELECT oprname, oprleft::regtype, oprright::regtype FROM pg_operator
                   WHERE oprname IN ('&&', '!&&') AND 'smoc'::regtype IN (oprleft, oprright) AND NOT EXISTS (
                       SELECT FROM pg_depend
                       WHERE classid = 'pg_operator'::regclass AND objid = pg_operator.oid AND deptype = 'e')"""
            )
            for name, left, right in cursor.fetchall():
                cursor.execute(f"DROP OPERATOR IF EXISTS {name} ({left}, {right})")
    finally:
        connection.close()


def _create(connection: Connection, name: str, version: str) -> None:
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE EXTENSION {name}")
    except psycopg2.errors.InvalidFunctionDefinition as error:
        if name != "pg_sphere" or "commutator" not in str(error):
            raise DatabaseError(f"CREATE EXTENSION {name} failed: {error}") from error
        with connection, connection.cursor() as cursor:
            _create_repaired(cursor, version)


def _create_repaired(cursor: Cursor, version: str) -> None:
    folder = EXTENSIONS / version / "extension"
    control = (folder / "pg_sphere.control").read_text(encoding="utf-8")
    found = re.search(r"default_version\s*=\s*'([^']+)'", control)
    if found is None:
        raise DatabaseError("names no default_version", place=str(folder / "pg_sphere.control"))
    script = (folder / f"pg_sphere--{found[1]}.sql").read_text(encoding="utf-8")
    script = re.sub(r"^\\.*$", "", script, flags=re.MULTILINE).replace("MODULE_PATHNAME", "$libdir/pg_sphere")
    cursor.execute("SET LOCAL client_min_messages = warning")
    cursor.execute(_OBSOLETE.sub(r"\1);", script))
    cursor.execute(_REGISTER, {"version": found[1]})
