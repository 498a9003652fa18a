"""What the archive has that matters to new entries: the stars that names mean, entries like them, data they point at.

May import ``ingest.archive.connection``, ``ingest.archive.entries`` and ``ingest.catalogs``.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.archive.connection import Cursor
from ingest.archive.entries import Kept, select

#: Reports within this distance are of one star, arcsec; as SearchCal matches them.
_NEAR = 5.0


@dataclass(frozen=True)
class KnownStar:
    """A star of published measurements.

    Attributes
    ----------
    ra, dec, pm_ra, pm_dec
        ICRS, epoch 2000.0, deg and mas/yr; None where not known.
    aliases
        All its names.
    published
        Whether a measurement of it is public.
    """

    id: int
    name: str
    ra: float | None
    dec: float | None
    pm_ra: float | None
    pm_dec: float | None
    aliases: tuple[str, ...]
    published: bool


def stars_of_keys(cursor: Cursor, keys: Collection[str]) -> dict[str, KnownStar]:
    """Return the stars that the JMDC has under keys of names (`ingest.catalogs.names.star_key`)."""
    cursor.execute(
        """SELECT n.key, s.id, s.name, s.ra, s.dec, s.pm_ra, s.pm_dec,
               ARRAY(SELECT name FROM archive.jmdc_star_name WHERE star_id = s.id ORDER BY key) AS aliases,
               EXISTS (SELECT FROM archive.jmdc_measurement WHERE star_id = s.id AND state = 'accepted') AS published
           FROM archive.jmdc_star_name AS n JOIN archive.jmdc_star AS s ON s.id = n.star_id
           WHERE n.key = ANY(%s::text[])""",
        [sorted(keys)],
    )
    found: dict[str, KnownStar] = {}
    for row in cursor.fetchall():
        values = row._asdict() | {"aliases": tuple(row.aliases)}
        key = values.pop("key")
        found[key] = KnownStar(**values)
    return found


def measurements_like(cursor: Cursor, bibcodes: Collection[str], diameters: Collection[float]) -> list[Kept]:
    """Return measurements, in any state, of publications, or with one of the diameters (mas)."""
    return select(
        cursor,
        "jmdc",
        """WHERE m.bibcode = ANY(%(bibcodes)s::text[]) OR m.ud_diam = ANY(%(diameters)s::double precision[])
           OR m.ld_diam = ANY(%(diameters)s::double precision[]) ORDER BY m.id""",
        {"bibcodes": sorted(bibcodes), "diameters": sorted(diameters)},
    )


def reports_near(cursor: Cursor, places: Sequence[tuple[float, float]]) -> list[Kept]:
    """Return reports, in any state, within 5 arcsec of one of some positions (deg)."""
    return select(
        cursor,
        "badcal",
        """WHERE m.id IN (
               SELECT r.id FROM unnest(%(ra)s::double precision[], %(dec)s::double precision[]) AS place(ra, dec)
                   JOIN archive.badcal_report AS r ON q3c_join(place.ra, place.dec, r.ra, r.dec, %(near)s))
           ORDER BY m.id""",
        {"ra": [ra for ra, _ in places], "dec": [dec for _, dec in places], "near": _NEAR / 3600},
    )


@dataclass(frozen=True)
class EvidenceData:
    """Data in OiDB that a report points at.

    Attributes
    ----------
    ra, dec
        Of the target, deg; None where not known.
    private
        Whether not everybody can read them now.
    released
        When everybody can; None where that is not known.
    """

    target: str
    ra: float | None
    dec: float | None
    private: bool
    released: datetime | None


def evidence_data(cursor: Cursor, identifiers: Collection[str]) -> dict[str, EvidenceData]:
    """Return the published data that publisher's identifiers name; those that are retired are not among them."""
    cursor.execute(
        """SELECT d.publisher_did, d.target_name, d.s_ra, d.s_dec,
               coalesce(g.data_rights, 'secure') <> 'public'
                   AND coalesce(coalesce(g.obs_release_date, e.release_date) > now(), true) AS private,
               coalesce(g.obs_release_date, e.release_date) AS released
           FROM archive.dataset AS d LEFT JOIN archive.granule AS g ON g.id = d.id
               LEFT JOIN archive.exposure AS e ON e.id = d.id
           WHERE d.publisher_did = ANY(%s::text[])""",
        [sorted(identifiers)],
    )
    found: dict[str, EvidenceData] = {}
    row: Any
    for row in cursor.fetchall():
        found[row.publisher_did] = EvidenceData(*row[1:])
    return found
