"""Granules of a file: written, and brought up to date when the file is read again.

A granule is found again by its key in the file (target row, INSNAME, night) and keeps its id,
identifier, rights and date of submission. May import ``ingest.archive.collections``,
``ingest.access.policy``, ``ingest.oifits`` and ``ingest.region``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import psycopg2.extras

from ingest.access.policy import Rights, rights_of_new_granule
from ingest.archive.collections import Collection
from ingest.archive.connection import Cursor
from ingest.oifits import Extension, Granule
from ingest.region import DEFAULT_RADIUS, polygon_around

_COMPUTED = (
    *("target_name", "s_ra", "s_dec", "s_fov", "s_region", "s_resolution", "t_min", "t_max", "t_exptime"),
    *("t_resolution", "int_time_min", "local_night", "nb_times", "em_min", "em_max", "em_res_power", "bands"),
    *("facility_name", "instrument_name", "facility", "instrument", "stations", "nb_stations", "baseline_min"),
    *("baseline_max", "nb_channels", "nb_vis", "nb_vis2", "nb_t3", "nb_flux", "category", "flagged_share"),
)
#: Of `Granule.extension`.
_EXTENSION = tuple(field.name for field in fields(Extension))
_GIVEN_ONCE = ("id", "file_id", "target_row", "insname", "night", "publisher_did", "data_rights", "obs_release_date")
_FOLLOWING = _COMPUTED + _EXTENSION
_COLUMNS = _GIVEN_ONCE + _FOLLOWING
_UPSERT = f"""
INSERT INTO archive.granule ({", ".join(_COLUMNS)}) VALUES %s
ON CONFLICT (file_id, target_row, insname, night)
DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in _FOLLOWING)}
"""


@dataclass(frozen=True)
class GranuleRules:
    """What decides the rights and the identifiers of the new granules of a file.

    Attributes
    ----------
    collection, level, category
        Where the file belongs, its calibration level, and SCIENCE, CALIB or None.
    now
        The moment of ingestion.
    authority
        IVOA authority of new identifiers.
    """

    collection: Collection
    level: int
    category: str | None
    now: datetime
    authority: str

    def rights(self, granule: Granule) -> Rights:
        """Return the rights of a new granule."""
        release, category = self.collection.release_date, category_of(granule, self.category)
        return rights_of_new_granule(self.collection.kind, self.level, granule.t_max, category, release, self.now)

    def identifier(self, granule_id: int) -> str:
        """Return the publisher's identifier of a new granule."""
        return f"ivo://{self.authority}/~?oidb/{granule_id}"


def write_granules(cursor: Cursor, file_id: int, granules: Sequence[Granule], rules: GranuleRules) -> None:
    """Make the granules of a file those given: known keys are updated, new ones added, others removed."""
    cursor.execute("SELECT id, target_row, insname, night FROM archive.granule WHERE file_id = %s", [file_id])
    known = {(row.target_row, row.insname, row.night): row.id for row in cursor.fetchall()}
    keys = [(granule.target_row, storable(granule.insname), granule.night) for granule in granules]
    gone = [known[key] for key in known.keys() - set(keys)]
    if gone:
        cursor.execute("DELETE FROM archive.granule WHERE id = ANY(%s)", [gone])
    new = sum(key not in known for key in keys)
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('archive.granule', 'id')) AS id FROM generate_series(1, %s)", [new]
    )
    fresh = iter([row.id for row in cursor.fetchall()])
    rows = []
    for key, granule in zip(keys, granules, strict=True):
        # A known granule keeps what `_GIVEN_ONCE` names: the values below are then ignored.
        granule_id = known[key] if key in known else next(fresh)
        rights = rules.rights(granule)
        given = (granule_id, file_id, *key, rules.identifier(granule_id), rights.data_rights, rights.release_date)
        rows.append(given + computed_values(granule, rules.category))
    psycopg2.extras.execute_values(cursor, _UPSERT, rows, page_size=500)


def tighten_rights(cursor: Cursor, file_id: int, granules: Sequence[Granule], rules: GranuleRules) -> None:
    """Make granules of replaced bytes private where new ones would be; nothing becomes public by this.

    A calibrator's file may be replaced by one that holds science under the same key.
    """
    cursor.execute(
        """SELECT id, target_row, insname, night, data_rights, obs_release_date
           FROM archive.granule WHERE file_id = %s""",
        [file_id],
    )
    known = {(row.target_row, row.insname, row.night): row for row in cursor.fetchall()}
    for granule in granules:
        row = known[(granule.target_row, storable(granule.insname), granule.night)]
        fresh = rules.rights(granule)
        if Rights(row.data_rights, row.obs_release_date).is_public(rules.now) and not fresh.is_public(rules.now):
            cursor.execute(
                "UPDATE archive.granule SET data_rights = %s, obs_release_date = %s WHERE id = %s",
                [fresh.data_rights, fresh.release_date, row.id],
            )


def category_of(granule: Granule, of_file: str | None) -> str | None:
    """Return SCIENCE, CALIB and so on of a granule: see `category_from`."""
    return category_from(granule.target_category, of_file)


def category_from(target_category: str | None, of_file: str | None) -> str | None:
    """Return SCIENCE, CALIB and so on: what the file's header says, else CATEGORY of the target.

    Where the two contradict each other it is science, since calibrators are public at once.
    """
    of_target = {"SCI": "SCIENCE", "CAL": "CALIB"}.get((target_category or "").upper())
    if "SCIENCE" in (of_file, of_target):
        return "SCIENCE"
    return of_file or of_target


def computed_values(granule: Granule, category: str | None) -> tuple[Any, ...]:
    """Return what follows from a granule's data, in the order of the archive's columns."""
    ra, dec = position_of(granule)
    values = {
        "target_name": granule.target_name or "",
        "s_ra": ra,
        "s_dec": dec,
        "s_fov": granule.s_fov,
        "s_region": None
        if ra is None or dec is None
        else polygon_around(ra, dec, (granule.s_fov or 2 * DEFAULT_RADIUS) / 2),
        "category": category_of(granule, category),
        "bands": " ".join(granule.bands),
        "stations": " ".join(granule.stations) or None,
        "facility_name": granule.facility_name or "",
        "instrument_name": granule.instrument_name or "",
    }
    plain = [values[name] if name in values else getattr(granule, name) for name in _COMPUTED]
    return tuple(map(storable, plain + [getattr(granule.extension, name, None) for name in _EXTENSION]))


def position_of(granule: Granule) -> tuple[float | None, float | None]:
    """Return right ascension (0 to 360) and declination, deg; None, None where they are no place on the sky."""
    ra, dec = granule.s_ra, granule.s_dec
    if ra is None or dec is None or not -90 <= dec <= 90 or not -360 <= ra <= 720:
        return None, None
    return ra % 360, dec


def storable(value: Any) -> Any:
    """Return a value that PostgreSQL takes: its texts hold no NUL and no lone surrogate."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return value
