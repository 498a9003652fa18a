"""How fast TAP answers: many rows, cones among a million granules, matches of uploads.

In an instance of its own, whose granules are made by SQL. The yardstick is the SQL that DaCHS makes of the query (its
replies name it), fetched by a client of the database. May import ``ingest.archive`` and the other modules of the
measurement.
"""

import gc
import http.client
import random
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from urllib.parse import urlencode

import psycopg2

from ingest.archive.connection import DATABASE, Connection
from ingest.bench_obsportal import Figure
from ingest.bench_site import Site
from ingest.errors import OivoError

#: Granules of a file, files of a collection.
_PER_FILE, _FILES = 5, 400
#: Rows of the large answer; its formats, the first is what clients get who ask for none.
_ROWS, _FORMATS = 100_000, ("votable", "votable/td", "csv", "json", "fits")
#: Radius of cones, deg.
_RADIUS = 0.1
#: Sources of an upload, and how far from a granule they may be, deg.
_SOURCES, _MATCH = 1000, 0.003
_SQL = re.compile(r'<INFO name="sql_query" value="([^"]*)"')

_FILL = f"""
INSERT INTO archive.collection (id, kind, name, title)
SELECT 'bench_' || c, 'public', 'Bench', 'Simulated granules'
FROM generate_series(0, %(granules)s / {_PER_FILE} / {_FILES}) AS c;

INSERT INTO archive.file (id, collection_id, name, url_name, level, size_bytes, sha256, md5, media_type,
    oifits_version, progid, obs_id)
SELECT f, 'bench_' || f / {_FILES}, f || '.fits', f || '.fits', 2, 100000 + f,
    md5(f::text) || md5('2' || f), md5(f::text), 'application/fits', 2, '0' || f %% 5000 || '.C-0001(A)', 'OBS.' || f
FROM generate_series(1, (%(granules)s - 1) / {_PER_FILE} + 1) AS f;
"""
#: A part of the granules: each inserted row brings the archive's indexes up to date.
_FILL_GRANULES = f"""
INSERT INTO archive.granule (id, file_id, target_row, insname, night, publisher_did, data_rights,
    target_name, s_ra, s_dec, s_resolution, t_min, t_max, t_exptime, nb_times, em_min, em_max, em_res_power,
    facility, facility_name, instrument, instrument_name, nb_channels, nb_vis, nb_vis2, nb_t3, nb_flux)
SELECT g, (g - 1) / {_PER_FILE} + 1, g, 'INS', 1, 'ivo://oivo.bench/~?bench/' || g, 'public',
    'HD ' || g %% 50000, (g * 137.50776405) %% 359.9 + 0.01, degrees(asin(1.98 * g / %(granules)s - 0.99)),
    0.002, 50000 + g / 50.0, 50000.02 + g / 50.0, 600, 5, 1.5e-6, 1.8e-6, 30, 'VLTI', 'VLTI',
    (ARRAY['PIONIER', 'GRAVITY', 'MATISSE', 'AMBER'])[g %% 4 + 1], 'INS_' || g %% 4, 6, 0, 18, 12, 0
FROM generate_series(%(first)s, %(last)s) AS g
"""
_PART = 100_000


@dataclass(frozen=True)
class _Answer:
    """What came back, and how long it took until all of it was here (s)."""

    content: bytes
    seconds: float

    @property
    def sql(self) -> str:
        """The SQL that DaCHS made of the query."""
        found = _SQL.search(self.content.decode("utf-8", "replace"))
        if found is None:
            raise OivoError(f"the reply does not name its SQL: {self.content[:500]!r}", place="/tap/sync")
        return unescape(found[1]).replace("%%", "%")


def figures(site: Site, granules: int, requests: int, rounds: int, seed: int) -> Iterator[Figure]:
    """Measure everything, one figure after the other.

    Raises
    ------
    OivoError
        When a query was not answered.
    """
    fill(site, granules)
    yield Figure("granules", f"{granules:,}")
    yield from measured(site, granules, requests, rounds, seed)


def measured(site: Site, granules: int, requests: int, rounds: int, seed: int, rows: int = _ROWS) -> Iterator[Figure]:
    """Measure what is there: `rows` of them at once, cones, matches."""
    connection = psycopg2.connect(f"host={site.home.sockets} dbname={DATABASE} user=gavo")
    try:
        with site.client() as client:
            yield from _large(client, connection, min(rows, granules), rounds)
            yield from _cones(client, connection, requests, random.Random(seed))
            yield from _matches(client, granules, rounds, random.Random(seed))
    finally:
        connection.close()


def fill(site: Site, granules: int) -> None:
    """Make granules all over the sky, and the statistics that the planner and DaCHS go by."""
    with site.archive.transaction() as cursor:
        cursor.execute(_FILL, {"granules": granules})
    for first in range(1, granules + 1, _PART):
        last = min(first + _PART - 1, granules)
        with site.archive.transaction() as cursor:
            cursor.execute(_FILL_GRANULES, {"granules": granules, "first": first, "last": last})
    with site.archive.transaction() as cursor:
        cursor.execute("ANALYZE")


def _large(client: http.client.HTTPConnection, connection: Connection, rows: int, rounds: int) -> Iterator[Figure]:
    query = f"SELECT TOP {rows} * FROM ivoa.obscore"
    sql = _ask(client, query, "votable/td", MAXREC="1").sql.replace("LIMIT 2", f"LIMIT {rows}")
    times: dict[str, list[float]] = {name: [] for name in ("COPY", *_FORMATS)}
    for _ in range(rounds):
        times["COPY"].append(_copied(connection, sql))
        for form in _FORMATS:
            times[form].append(_ask(client, query, form, MAXREC=str(rows)).seconds)
    copy = statistics.median(times["COPY"])
    yield Figure(f"COPY of {rows:,} rows", f"{copy:.2f} s")
    for form in _FORMATS:
        seconds = statistics.median(times[form])
        yield Figure(f"  /tap/sync, {form}", f"{seconds:.2f} s", "times COPY", seconds / copy, 6)


def _cones(
    client: http.client.HTTPConnection, connection: Connection, requests: int, dice: random.Random
) -> Iterator[Figure]:
    by_tap, by_sql = [], []
    for _ in range(requests):
        ra, dec = dice.uniform(1, 359), dice.uniform(-60, 60)
        answer = _ask(
            client,
            f"SELECT * FROM ivoa.obscore WHERE 1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE({ra}, {dec}, {_RADIUS}))",
            "votable/td",
        )
        by_tap.append(answer.seconds)
        by_sql.append(_fetched(connection, answer.sql))
    late_tap, late_sql = _late(by_tap), _late(by_sql)
    yield Figure(f"cone of {_RADIUS} deg, the SQL alone", f"{_both(by_sql)} ms")
    yield Figure(
        "  /tap/sync, ivoa.obscore",
        f"{_both(by_tap)} ms",
        "(less 20 ms) times the SQL, 95 of 100",
        (late_tap - 0.02) / late_sql,
        3,
    )


def _matches(client: http.client.HTTPConnection, granules: int, rounds: int, dice: random.Random) -> Iterator[Figure]:
    upload = _upload(granules, dice)
    point, centre = "o.s_ra, o.s_dec", "t.ra, t.dec"
    for table in ("oidb.oidb", "ivoa.obscore"):
        for name, condition in {
            "POINT(granule)": f"1 = CONTAINS(POINT({point}), CIRCLE({centre}, {_MATCH}))",
            "POINT(upload)": f"1 = CONTAINS(POINT({centre}), CIRCLE({point}, {_MATCH}))",
            "DISTANCE(granule, upload)": f"DISTANCE({point}, {centre}) < {_MATCH}",
            "DISTANCE(upload, granule)": f"DISTANCE({centre}, {point}) < {_MATCH}",
        }.items():
            query = f"SELECT t.n, o.obs_publisher_did FROM TAP_UPLOAD.t AS t JOIN {table} AS o ON {condition}"
            seconds = [_ask(client, query, "csv", upload).seconds for _ in range(rounds)]
            yield Figure(f"upload of {_SOURCES}, {table}", f"{statistics.median(seconds):.2f} s {name}")


def _upload(granules: int, dice: random.Random) -> str:
    """Give a VOTable of places, one in two near a granule."""
    rows = []
    for number in range(_SOURCES):
        granule = dice.randint(1, granules)
        ra = (granule * 137.50776405) % 359.9 + 0.01 + dice.uniform(0, _MATCH / 2)
        rows.append(f"<TR><TD>{number}</TD><TD>{ra}</TD><TD>{dice.uniform(-60, 60)}</TD></TR>")
    fields = '<FIELD name="n" datatype="int"/>' + "".join(
        f'<FIELD name="{name}" datatype="double" unit="deg"/>' for name in ("ra", "dec")
    )
    return (
        '<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>'
        f"{fields}<DATA><TABLEDATA>{''.join(rows)}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    )


def _ask(
    client: http.client.HTTPConnection, query: str, form: str, upload: str | None = None, **parameters: str
) -> _Answer:
    values = {"LANG": "ADQL", "FORMAT": form, "QUERY": query, **parameters}
    if upload is None:
        body, kind = urlencode(values).encode(), "application/x-www-form-urlencoded"
    else:
        body, kind = _multipart({**values, "UPLOAD": "t,param:file"}, upload)
    gc.collect()
    begin = time.perf_counter()
    client.request("POST", "/tap/sync", body, {"Content-Type": kind})
    reply = client.getresponse()
    content = reply.read()
    seconds = time.perf_counter() - begin
    if reply.status != 200 or b'value="ERROR"' in content[:2000]:
        raise OivoError(f"/tap/sync answers {reply.status}: {content[-500:]!r}", place=query)
    return _Answer(content, seconds)


def _multipart(values: dict[str, str], upload: str) -> tuple[bytes, str]:
    parts = [
        f'--bench\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in values.items()
    ]
    parts.append(
        '--bench\r\nContent-Disposition: form-data; name="file"; filename="t.vot"\r\n'
        f"Content-Type: application/x-votable+xml\r\n\r\n{upload}\r\n--bench--\r\n"
    )
    return "".join(parts).encode(), "multipart/form-data; boundary=bench"


def _copied(connection: Connection, sql: str) -> float:
    gc.collect()
    begin = time.perf_counter()
    with connection, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({sql}) TO STDOUT", BytesIO())
    return time.perf_counter() - begin


def _fetched(connection: Connection, sql: str) -> float:
    begin = time.perf_counter()
    with connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # as DaCHS does it for q3c
        cursor.execute(sql)
        cursor.fetchall()
    return time.perf_counter() - begin


def _late(seconds: Sequence[float]) -> float:
    """What 95 of 100 do not exceed."""
    return statistics.quantiles(seconds, n=100)[94] if len(seconds) > 1 else seconds[0]


def _both(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1e3:.1f}, {_late(seconds) * 1e3:.1f}"
