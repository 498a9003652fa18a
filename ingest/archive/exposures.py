"""Exposures with their baselines and observations: written in bulk, changed only where something differs.

An exposure is found again by its exp_id and keeps its id, identifier, target, quality and date of submission; the
moment of its last change moves only when something changes. May import ``ingest.archive`` and ``ingest.eso``.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC
from typing import Any

from ingest.archive.collections import Collection, create_collection, touch_collection
from ingest.archive.connection import Cursor
from ingest.archive.copying import copy_in, copy_line
from ingest.eso.model import Exposure, ProjectedBaseline

#: Collections of raw data, made when the first exposure of their source comes.
COLLECTIONS = {
    "eso": Collection(
        id="eso_vlti_import",
        name="eso_vlti_import",
        title="VLTI exposures in the archive of ESO",
        kind="eso",
        description="Raw exposures (L0) of MIDI, AMBER, PIONIER, GRAVITY and MATISSE, from the headers of their files.",
        keywords=("VLTI", "raw data"),
        creator="ESO",
    ),
    "chara": Collection(
        id="chara_import",
        name="chara_import",
        title="CHARA observation log",
        kind="chara",
        description="Records (L0) of the observation log of the CHARA array.",
        keywords=("CHARA", "raw data"),
        creator="CHARA",
    ),
    "spica": Collection(
        id="issp_l0",
        name="issp_l0",
        title="SPICA exposures",
        kind="chara",
        description="Raw exposures (L0) of the instrument SPICA of the CHARA array.",
        keywords=("CHARA", "SPICA", "raw data"),
        creator="SPICA",
    ),
}
#: Frames whose headers came from disk are ESO's, too.
COLLECTION_OF = {"eso": "eso", "disk": "eso", "chara": "chara", "spica": "spica"}

_OF_OBSERVATION = ("ob_id", "ob_name", "container_id", "container_type")
_TEXTS = ("interferometer", "prog_id", "prog_title", "pi_coi")
_NOT_COLUMNS = {"exp_id", "baselines", "ob_start", "stations", "telescopes", "positions", *_OF_OBSERVATION}
#: Attributes of `Exposure` that are columns as they are.
_PLAIN = tuple(field.name for field in fields(Exposure) if field.name not in _NOT_COLUMNS)
_DERIVED = (
    *("collection_id", "stations", "telescopes", "nb_stations", "validation_level", "projected_baselines"),
    *("baseline_min", "baseline_max"),
)
#: What is compared and updated.
_COLUMNS = (*_PLAIN, *_DERIVED)
_STAGED = ("exp_id", *_COLUMNS, "observation_key", *_OF_OBSERVATION)
_BASELINE = tuple(field.name for field in fields(ProjectedBaseline))
_STAGED_BASELINE = ("exp_id", "number", *_BASELINE)
#: Whole numbers that a header may give without sense, and the largest that the archive holds.
_WHOLE = {
    **dict.fromkeys(("ndit", "tpl_expno", "tpl_nexp"), 2**31 - 1),
    **dict.fromkeys(("ob_id", "container_id", "access_estsize"), 2**63 - 1),
}


@dataclass(frozen=True)
class ExposureRows:
    """Exposures and their baselines as lines for COPY, made by `exposure_rows`."""

    exposures: bytes
    baselines: bytes
    count: int
    sources: tuple[str, ...]


def observation_key(exposure: Exposure) -> str:
    """Return what makes exposures belong to one observation.

    At ESO that is the observing block, even if it was executed again later; its number is unique within the programme.
    Commissioning has no block: the template's start stands for it, or the block's. Without all of these (logs of other
    arrays) it is a programme's target in a night.
    """
    programme = exposure.prog_id or ""
    if exposure.ob_id is not None and exposure.ob_id > 0:
        return f"{exposure.interferometer} OB {exposure.ob_id} {programme}"
    begun = exposure.tpl_start or exposure.ob_start
    if begun is not None:
        return f"{exposure.interferometer} {exposure.instrument} {begun.astimezone(UTC).isoformat()} {programme}"
    night = math.floor(exposure.mjd_start - 0.5)
    return f"{exposure.interferometer} {exposure.instrument} {night} {exposure.raw_target} {programme}"


def exposure_rows(exposures: Iterable[tuple[str, Exposure]], aspro_text: Any) -> ExposureRows:
    """Write exposures down for `write_exposures`; needs no database, so that many processes can do it.

    Parameters
    ----------
    exposures
        Source (``eso``, ``disk``, ``chara``, ``spica``) and exposure.
    aspro_text
        Writes baselines as ASPRO2 reads them.
    """
    lines: list[str] = []
    baselines: list[str] = []
    sources: set[str] = set()
    for source, exposure in exposures:
        collection = COLLECTION_OF[source]
        sources.add(collection)
        lines.append(copy_line(_values(exposure, COLLECTIONS[collection].id, aspro_text(exposure.baselines))))
        baselines += [
            copy_line([exposure.exp_id, number, *[getattr(baseline, name) for name in _BASELINE]])
            for number, baseline in enumerate(exposure.baselines, 1)
        ]
    return ExposureRows("".join(lines).encode(), "".join(baselines).encode(), len(lines), tuple(sorted(sources)))


def _values(exposure: Exposure, collection_id: str, projected: str) -> list[Any]:
    lengths = [length for baseline in exposure.baselines for length in _lengths(baseline)]
    values: dict[str, Any] = {
        "collection_id": collection_id,
        "stations": " ".join(exposure.stations) or None,
        "telescopes": " ".join(exposure.telescopes) or None,
        "nb_stations": len(exposure.stations) or None,
        "validation_level": exposure.validation_level,
        "projected_baselines": projected,
        "baseline_min": min(lengths, default=None),
        "baseline_max": max(lengths, default=None),
        "observation_key": observation_key(exposure),
        **{name: _whole(getattr(exposure, name), largest) for name, largest in _WHOLE.items()},
    }
    return [values[name] if name in values else getattr(exposure, name) for name in _STAGED]


def _whole(value: int | None, largest: int) -> int | None:
    return value if value is not None and -largest <= value <= largest else None


def _lengths(baseline: ProjectedBaseline) -> list[float]:
    """Return the projected lengths of a baseline at start and end, m: computed, else the header's."""
    if baseline.u_start is not None and baseline.v_start is not None:
        ends = [(baseline.u_start, baseline.v_start), (baseline.u_end, baseline.v_end)]
        return [math.hypot(u, v) for u, v in ends if u is not None and v is not None]
    return [length for length in (baseline.header_length_start, baseline.header_length_end) if length is not None]


@dataclass(frozen=True)
class ExposureChanges:
    """How many exposures are new, changed, and removed since their frames turned out to be something else."""

    new: int = 0
    changed: int = 0
    removed: int = 0

    def __add__(self, other: "ExposureChanges") -> "ExposureChanges":
        return ExposureChanges(self.new + other.new, self.changed + other.changed, self.removed + other.removed)


def write_exposures(
    cursor: Cursor, rows: ExposureRows, others: Sequence[str], authority: str, run: str = "", *, fresh: bool = False
) -> ExposureChanges:
    """Write exposures with their observations and baselines.

    Parameters
    ----------
    rows
        The exposures; no exp_id is there twice.
    others
        Frames that are no exposures: what the archive has of them as such is removed.
    authority
        IVOA authority of new identifiers.
    run
        Id of the run, for the journal.
    fresh
        Whether the archive is known to have none of these frames yet, so that nothing needs to be compared.
    """
    removed = 0 if fresh else _remove(cursor, others)
    if not rows.count:
        return ExposureChanges(removed=removed)
    for source in rows.sources:
        _ensure_collection(cursor, source, run)
    _stage(cursor, rows)
    _write_observations(cursor)
    changed = 0 if fresh else _update(cursor)
    new = _insert(cursor, authority)
    if not fresh:
        _remove_baselines(cursor)
    _write_baselines(cursor)
    if new or changed:
        for source in rows.sources:
            touch_collection(cursor, COLLECTIONS[source].id)
    return ExposureChanges(new, changed, removed)


def _ensure_collection(cursor: Cursor, source: str, run: str) -> None:
    collection = COLLECTIONS[source]
    cursor.execute("SELECT FROM archive.collection WHERE id = %s", [collection.id])
    if cursor.fetchone() is None:
        create_collection(cursor, collection, run)


def _remove(cursor: Cursor, frame_ids: Sequence[str]) -> int:
    if not frame_ids:
        return 0
    cursor.execute(
        "DELETE FROM archive.exposure WHERE header_id = ANY(%s) RETURNING exp_id, observation_id", [list(frame_ids)]
    )
    rows = cursor.fetchall()
    _forget(cursor, [row.observation_id for row in rows], [row.exp_id for row in rows])
    return len(rows)


def _forget(cursor: Cursor, observation_ids: list[int], exp_ids: list[str]) -> None:
    """Remove observations without exposures; those told by an exposure that left are told by the next that comes."""
    if not observation_ids:
        return
    cursor.execute(
        """DELETE FROM archive.observation AS o WHERE id = ANY(%s)
           AND NOT EXISTS (SELECT FROM archive.exposure AS e WHERE e.observation_id = o.id)""",
        [observation_ids],
    )
    cursor.execute(
        "UPDATE archive.observation SET told_by = '~' WHERE id = ANY(%s) AND told_by = ANY(%s)",
        [observation_ids, exp_ids],
    )


def _stage(cursor: Cursor, rows: ExposureRows) -> None:
    cursor.execute(
        f"""CREATE TEMP TABLE IF NOT EXISTS incoming_exposure ON COMMIT DELETE ROWS AS
            SELECT exp_id, {", ".join(f"e.{name}" for name in _COLUMNS)}, key AS observation_key,
                {", ".join(_OF_OBSERVATION)}
            FROM archive.exposure AS e CROSS JOIN archive.observation WITH NO DATA"""
    )
    cursor.execute(
        f"""CREATE TEMP TABLE IF NOT EXISTS incoming_baseline ON COMMIT DELETE ROWS AS
            SELECT exp_id, {", ".join(f"b.{name}" for name in ("number", *_BASELINE))}
            FROM archive.exposure CROSS JOIN archive.baseline AS b WITH NO DATA"""
    )
    cursor.execute("DELETE FROM incoming_exposure; DELETE FROM incoming_baseline")
    copy_in(cursor, "incoming_exposure", _STAGED, rows.exposures)
    copy_in(cursor, "incoming_baseline", _STAGED_BASELINE, rows.baselines)
    # without it the planner takes the size of the last batch, of which there was none at first
    cursor.execute("ANALYZE incoming_exposure (exp_id, observation_key); ANALYZE incoming_baseline (exp_id)")


def _write_observations(cursor: Cursor) -> None:
    columns = (*_TEXTS, *_OF_OBSERVATION, "told_by")
    told = ", ".join(("exp_id" if name == "told_by" else name) for name in columns)
    cursor.execute(
        f"""INSERT INTO archive.observation AS o (key, {", ".join(columns)})
            SELECT DISTINCT ON (observation_key) observation_key, {told}
            FROM incoming_exposure ORDER BY observation_key, exp_id
            ON CONFLICT (key) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in columns)}
            WHERE excluded.told_by <= o.told_by
              AND ({", ".join(f"excluded.{name}" for name in columns)})
                  IS DISTINCT FROM ({", ".join(f"o.{name}" for name in columns)})"""
    )


def _update(cursor: Cursor) -> int:
    cursor.execute(
        f"""UPDATE archive.exposure AS e SET observation_id = o.id, date_updated = now(),
                {", ".join(f"{name} = i.{name}" for name in _COLUMNS)}
            FROM incoming_exposure AS i JOIN archive.observation AS o ON o.key = i.observation_key
            JOIN archive.exposure AS before ON before.exp_id = i.exp_id
            WHERE e.id = before.id AND ({", ".join(f"i.{name}" for name in _COLUMNS)}, o.id)
                IS DISTINCT FROM ({", ".join(f"before.{name}" for name in _COLUMNS)}, before.observation_id)
            RETURNING e.exp_id, before.observation_id, o.id AS now_id"""
    )
    rows = cursor.fetchall()
    moved = [row for row in rows if row.observation_id != row.now_id]
    _forget(cursor, [row.observation_id for row in moved], [row.exp_id for row in moved])
    return len(rows)


def _insert(cursor: Cursor, authority: str) -> int:
    cursor.execute(
        f"""INSERT INTO archive.exposure (id, publisher_did, exp_id, observation_id, {", ".join(_COLUMNS)})
            SELECT id, %(did)s || id, exp_id, observation_id, {", ".join(_COLUMNS)}
            FROM (SELECT nextval((SELECT pg_get_serial_sequence('archive.granule', 'id')::regclass)) AS id, n.* FROM (
                SELECT i.*, o.id AS observation_id
                FROM incoming_exposure AS i JOIN archive.observation AS o ON o.key = i.observation_key
                WHERE NOT EXISTS (SELECT FROM archive.exposure AS e WHERE e.exp_id = i.exp_id)
                ORDER BY i.mjd_start, i.exp_id) AS n) AS numbered""",
        {"did": f"ivo://{authority}/~?oidb/"},
    )
    return int(cursor.rowcount)


def _remove_baselines(cursor: Cursor) -> None:
    cursor.execute(
        """DELETE FROM archive.baseline AS b USING archive.exposure AS e JOIN incoming_exposure AS i USING (exp_id)
           WHERE b.exposure_id = e.id AND NOT EXISTS (
               SELECT FROM incoming_baseline AS n WHERE n.exp_id = e.exp_id AND n.number = b.number)"""
    )


def _write_baselines(cursor: Cursor) -> None:
    cursor.execute(
        f"""INSERT INTO archive.baseline AS b (exposure_id, number, {", ".join(_BASELINE)})
            SELECT e.id, i.number, {", ".join(f"i.{name}" for name in _BASELINE)}
            FROM incoming_baseline AS i JOIN archive.exposure AS e USING (exp_id)
            ON CONFLICT (exposure_id, number)
            DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _BASELINE)}
            WHERE ({", ".join(f"excluded.{name}" for name in _BASELINE)})
                IS DISTINCT FROM ({", ".join(f"b.{name}" for name in _BASELINE)})"""
    )
