"""The view ivoa.obscore, without the empty table that DaCHS unites everything with.

DaCHS makes the view of a table without rows and of each table that feeds it. A union of one is none: PostgreSQL then
sees through to the archive's indexes. With the empty table, matches of uploads and sorted queries read everything
(PostgreSQL 15; half a million granules: 1 s, and 1 ms without). May import ``ingest.instance.postgres``.
"""

import psycopg2

from ingest.instance.postgres import Cluster

_EMPTY = "ivoa.emptyobscore"


def simplify_obscore(cluster: Cluster) -> None:
    """Make the view anew of the tables that have rows, in place, so that rights on it and TAP's metadata stay."""
    connection = psycopg2.connect(cluster.dsn())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT sqlfragment FROM ivoa._obscoresources WHERE tablename <> %s ORDER BY tablename", [_EMPTY]
            )
            parts = [fragment for (fragment,) in cursor.fetchall()]
            if parts:
                cursor.execute(f"CREATE OR REPLACE VIEW ivoa.obscore AS {' UNION ALL '.join(f'({p})' for p in parts)}")
    finally:
        connection.close()
