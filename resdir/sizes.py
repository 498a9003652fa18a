"""Sizes of tables in a running server: DaCHS reads them when it loads an RD, and the job ``statistics`` counts later.

Knows DaCHS; may import nothing of oivo.
"""

from gavo import base


def refresh() -> None:
    """Give the loaded table definitions the sizes that were counted last; /tap/tables and matches go by them."""
    with base.getTableConn() as connection:
        sizes = list(connection.query("SELECT sourcerd, tablename, nrows FROM dc.tablemeta WHERE adql"))
    for rd, name, rows in sizes:
        for table in base.caches.getRD(rd).tables:
            if table.getQName().lower() == name.lower():
                table.nrows = rows
