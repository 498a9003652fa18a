"""Raw frames: their records, their header texts, and which of these are still to be fetched.

May import ``ingest.archive.connection``, ``ingest.archive.copying``, ``ingest.archive.packs`` and ``ingest.eso.model``.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from ingest.archive.connection import Cursor
from ingest.archive.copying import copy_in, copy_line
from ingest.archive.packs import Pack, add_packs
from ingest.eso.model import RawRecord

#: What can change in a record without a change of the header.
_BESIDE_THE_HEADER = ["release_date", "last_mod_date", "access_url", "datalink_url", "access_estsize"]
_MOMENTS = ("exp_start", "tpl_start", "release_date", "last_mod_date")
_RECORD_COLUMNS = ("id", "source", "instrument", "exp_start", "release_date", "last_mod_date", "record", "header_state")
#: Columns of a frame whose header text was read, as `TextRow` has them.
TEXT_COLUMNS = (
    *("id", "source", "instrument", "exp_start", "header_digest"),
    *("pack_number", "pack_offset", "pack_length", "not_exposure"),
)


@dataclass(frozen=True)
class RecordRow:
    """The record of a frame, for `write_records`.

    Attributes
    ----------
    record
        JSON of what the archive or the log says.
    header_state
        ``wanted``, ``not wanted``, or ``none`` where frames of this source have no headers.
    """

    id: str
    source: str
    instrument: str
    exp_start: datetime | None
    release_date: datetime | None
    last_mod_date: datetime | None
    record: str
    header_state: str


@dataclass(frozen=True)
class RecordChanges:
    """What `write_records` did: how many frames are new, how many changed, and which of these have a header text."""

    new: int
    changed: int
    with_text: tuple[str, ...]


@dataclass(frozen=True)
class KnownFrame:
    """What the archive knows about a frame before its header is read."""

    record: dict[str, Any] | None
    header_digest: bytes | None


def record_json(record: RawRecord) -> str:
    """Write a record as JSON, without what is missing."""
    return json.dumps(
        {
            name: value.isoformat()
            if isinstance(value, datetime)
            else value.replace("\0", "")
            if isinstance(value, str)
            else value
            for name, value in asdict(record).items()
            if value not in (None, "")
        },
        ensure_ascii=True,
    )


def record_of_json(content: dict[str, Any]) -> RawRecord:
    """Make a record of what `record_json` wrote; fields that oivo does not know any more are left out."""
    known = {field.name for field in fields(RawRecord)}
    values: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name in _MOMENTS else value
        for name, value in content.items()
        if name in known
    }
    return RawRecord(**values)


def write_records(cursor: Cursor, rows: Sequence[RecordRow]) -> RecordChanges:
    """Write records of frames: new ones are added, changed ones updated, others left as they are.

    A header is wanted again where the record says something new about what stands in it; until it comes, the older
    text stays. Frames that were gone and are here again are so no longer.
    """
    lines = "".join(copy_line(getattr(row, name) for name in _RECORD_COLUMNS) for row in rows)
    cursor.execute(
        f"""CREATE TEMP TABLE IF NOT EXISTS incoming_record ON COMMIT DELETE ROWS AS
            SELECT {", ".join(_RECORD_COLUMNS)} FROM archive.frame WITH NO DATA"""
    )
    cursor.execute("DELETE FROM incoming_record")
    copy_in(cursor, "incoming_record", _RECORD_COLUMNS, lines.encode())
    cursor.execute("ANALYZE incoming_record (id)")
    cursor.execute(
        """UPDATE archive.frame AS f SET source = i.source, instrument = i.instrument, exp_start = i.exp_start,
               release_date = i.release_date, last_mod_date = i.last_mod_date, record = i.record, gone = NULL,
               updated = now(), retry_after = NULL,
               header_state = CASE
                   WHEN f.pack_id IS NULL THEN i.header_state
                   WHEN i.header_state = 'wanted' AND (f.header_state = 'wanted' OR (f.record IS NOT NULL
                       AND f.record - %(beside)s::text[] IS DISTINCT FROM i.record - %(beside)s::text[])) THEN 'wanted'
                   ELSE 'kept' END
           FROM incoming_record AS i
           WHERE f.id = i.id AND (f.record IS DISTINCT FROM i.record OR f.source <> i.source OR f.gone IS NOT NULL)
           RETURNING f.id, f.pack_id IS NOT NULL AS has_text""",
        {"beside": _BESIDE_THE_HEADER},
    )
    changed = cursor.fetchall()
    cursor.execute(
        f"""INSERT INTO archive.frame ({", ".join(_RECORD_COLUMNS)})
            SELECT {", ".join(_RECORD_COLUMNS)} FROM incoming_record
            WHERE NOT EXISTS (SELECT FROM archive.frame AS f WHERE f.id = incoming_record.id)
            ON CONFLICT DO NOTHING"""
    )
    new = cursor.rowcount
    return RecordChanges(new, len(changed), tuple(row.id for row in changed if row.has_text))


def known_frames(cursor: Cursor, ids: Sequence[str]) -> dict[str, KnownFrame]:
    """Return what the archive knows about frames."""
    cursor.execute("SELECT id, record, header_digest FROM archive.frame WHERE id = ANY(%s)", [list(ids)])
    return {
        row.id: KnownFrame(row.record, None if row.header_digest is None else bytes(row.header_digest))
        for row in cursor.fetchall()
    }


def write_texts(cursor: Cursor, lines: bytes, packs: Sequence[Pack], *, fresh: bool = False) -> None:
    """Write which header texts are kept, where, and which frames are no exposures.

    Parameters
    ----------
    lines
        Rows of `TEXT_COLUMNS` as `copy_line` writes them; the pack's number counts from 1 in `packs`, and is missing
        where the archive has the same text already.
    fresh
        Whether the archive is known to have none of these frames yet.
    """
    cursor.execute(
        """CREATE TEMP TABLE IF NOT EXISTS incoming_text (id text, source text, instrument text, exp_start timestamptz,
               header_digest bytea, pack_number integer, pack_offset integer, pack_length integer, not_exposure text)
           ON COMMIT DELETE ROWS"""
    )
    cursor.execute("DELETE FROM incoming_text")
    copy_in(cursor, "incoming_text", TEXT_COLUMNS, lines)
    cursor.execute("ANALYZE incoming_text (id)")
    ids = add_packs(cursor, packs)
    if not fresh:
        _update_texts(cursor, ids)
    _insert_texts(cursor, ids)


def _update_texts(cursor: Cursor, pack_ids: list[int]) -> None:
    # the state before is joined, since the new values of one column depend on the old ones of another
    cursor.execute(
        """UPDATE archive.frame AS f SET
               instrument = CASE WHEN f.record IS NULL THEN i.instrument ELSE f.instrument END,
               exp_start = CASE WHEN f.record IS NULL THEN i.exp_start ELSE f.exp_start END,
               pack_id = CASE WHEN s.same THEN f.pack_id ELSE (%(packs)s::bigint[])[i.pack_number] END,
               pack_offset = CASE WHEN s.same THEN f.pack_offset ELSE i.pack_offset END,
               pack_length = CASE WHEN s.same THEN f.pack_length ELSE i.pack_length END,
               header_digest = i.header_digest, not_exposure = i.not_exposure, header_state = 'kept',
               problem = NULL, attempts = 0, retry_after = NULL, updated = now()
           FROM incoming_text AS i
           JOIN LATERAL (SELECT id, header_digest IS NOT DISTINCT FROM i.header_digest AND pack_id IS NOT NULL AS same
                         FROM archive.frame WHERE frame.id = i.id) AS s ON true
           WHERE f.id = i.id AND (NOT s.same OR f.header_state <> 'kept'
               OR f.not_exposure IS DISTINCT FROM i.not_exposure)""",
        {"packs": pack_ids},
    )


def _insert_texts(cursor: Cursor, pack_ids: list[int]) -> None:
    cursor.execute(
        """INSERT INTO archive.frame (id, source, instrument, exp_start, header_state, pack_id, pack_offset,
               pack_length, header_digest, not_exposure)
           SELECT id, source, instrument, exp_start, 'kept', (%(packs)s::bigint[])[pack_number], pack_offset,
               pack_length, header_digest, not_exposure
           FROM incoming_text AS i WHERE NOT EXISTS (SELECT FROM archive.frame AS f WHERE f.id = i.id)""",
        {"packs": pack_ids},
    )


def write_kinds(cursor: Cursor, lines: bytes) -> None:
    """Write which frames are no exposures, after their texts were read again: lines of id and reason."""
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS incoming_kind (id text, not_exposure text) ON COMMIT DELETE ROWS;"
        "DELETE FROM incoming_kind"
    )
    copy_in(cursor, "incoming_kind", ("id", "not_exposure"), lines)
    cursor.execute(
        """UPDATE archive.frame AS f SET not_exposure = i.not_exposure, updated = now() FROM incoming_kind AS i
           WHERE f.id = i.id AND f.not_exposure IS DISTINCT FROM i.not_exposure"""
    )


def frames_of_packs(cursor: Cursor, packs: Sequence[int]) -> list[str]:
    """Return the frames whose texts are in these packs."""
    cursor.execute("SELECT id FROM archive.frame WHERE pack_id = ANY(%s)", [list(packs)])
    return [row.id for row in cursor.fetchall()]


def log_frames(cursor: Cursor) -> list[tuple[str, str, dict[str, str]]]:
    """Return identifier, source and record of all frames that came as rows of a log."""
    cursor.execute("SELECT id, source, record FROM archive.frame WHERE source IN ('chara', 'spica') ORDER BY id")
    return [(row.id, row.source, row.record) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Wanted:
    """Whose headers are wanted: of these instruments, begun in [begin, end); no limit where None."""

    instruments: tuple[str, ...]
    begin: datetime | None = None
    end: datetime | None = None

    def frames(self, cursor: Cursor, limit: int) -> list[str]:
        """Return the identifiers of frames whose headers are to be fetched now, the newest first."""
        cursor.execute(
            f"""SELECT id FROM archive.frame WHERE {self._where()}
                AND coalesce(retry_after <= now(), true) ORDER BY exp_start DESC NULLS LAST, id LIMIT %(limit)s""",
            {**asdict(self), "instruments": list(self.instruments), "limit": limit},
        )
        return [row.id for row in cursor.fetchall()]

    def count(self, cursor: Cursor) -> tuple[int, int]:
        """Return how many are to be fetched now, and how many were put off."""
        cursor.execute(
            f"""SELECT count(*) FILTER (WHERE coalesce(retry_after <= now(), true)) AS now, count(*) AS nb
                FROM archive.frame WHERE {self._where()}""",
            {**asdict(self), "instruments": list(self.instruments)},
        )
        row = cursor.fetchone()
        assert row is not None
        return int(row.now), int(row.nb - row.now)

    @staticmethod
    def _where() -> str:
        return """header_state = 'wanted' AND gone IS NULL AND instrument = ANY(%(instruments)s)
            AND coalesce(exp_start >= %(begin)s, %(begin)s IS NULL)
            AND coalesce(exp_start < %(end)s, %(end)s IS NULL)"""


def put_off(cursor: Cursor, frame_id: str, problem: str) -> None:
    """Note that a header could not be had; it is asked for again in an hour, then in two, up to every 16 days."""
    cursor.execute(
        """UPDATE archive.frame SET attempts = attempts + 1, problem = %s, updated = now(),
               retry_after = now() + interval '1 hour' * least(2.0 ^ attempts, 384)
           WHERE id = %s AND header_state = 'wanted'""",
        [problem[:500], frame_id],
    )


def mark_gone(cursor: Cursor, instrument: str, begin: datetime, end: datetime, there: Sequence[str]) -> int:
    """Mark the frames of a part of ESO's archive that are not among those there any more; return how many.

    Their exposures stay, and count as changed.
    """
    cursor.execute(
        """WITH gone AS (
               UPDATE archive.frame SET gone = now(), updated = now()
               WHERE source = 'eso' AND gone IS NULL AND instrument = %s AND exp_start >= %s AND exp_start < %s
                 AND id <> ALL(%s)
               RETURNING id),
           touched AS (UPDATE archive.exposure SET date_updated = now() FROM gone WHERE header_id = gone.id)
           SELECT count(*) AS nb FROM gone""",
        [instrument, begin, end, list(there)],
    )
    row = cursor.fetchone()
    assert row is not None
    return int(row.nb)


def count_frames(cursor: Cursor, instrument: str, begin: datetime, end: datetime) -> int:
    """Return how many frames of a part of ESO's archive are held, without those that are gone."""
    cursor.execute(
        """SELECT count(*) AS nb FROM archive.frame
           WHERE source = 'eso' AND gone IS NULL AND instrument = %s AND exp_start >= %s AND exp_start < %s""",
        [instrument, begin, end],
    )
    row = cursor.fetchone()
    assert row is not None
    return int(row.nb)
