"""The stations of the arrays, as views of the archive need them: a copy of the tables in `resdir/stations`.

May import ``ingest.archive.connection`` and ``ingest.stations``.
"""

import psycopg2.extras

from ingest.archive.connection import Cursor
from ingest.stations import arrays


def keep_stations(cursor: Cursor) -> None:
    """Make the archive's stations those of the tables; nothing is written where they agree."""
    wanted = {
        (array.name, station.name): (station.telescope, station.diameter, station.east, station.north, station.up)
        for array in arrays()
        for station in array.stations.values()
    }
    cursor.execute("SELECT facility, name, telescope, diameter, east, north, up FROM archive.station FOR UPDATE")
    if {(row.facility, row.name): tuple(row[2:]) for row in cursor.fetchall()} == wanted:
        return
    cursor.execute("DELETE FROM archive.station")
    psycopg2.extras.execute_values(
        cursor,
        "INSERT INTO archive.station (facility, name, telescope, diameter, east, north, up) VALUES %s",
        [(*key, *values) for key, values in wanted.items()],
    )
