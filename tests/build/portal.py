"""A few exposures as ESO's headers might give them, straight into the archive: for ASPRO2's door and the pages.

One observation each of GRAVITY (5 exposures), PIONIER (3) and MATISSE (2) of three targets, and odd ones: hostile
texts, no mode, no stations, no weather, no target, a frame that is gone.
"""

import json
import math
from typing import Any

from tests.instances import Instance

#: Name, right ascension, declination (deg).
TARGETS = (
    ("V2062 Oph", 246.83, -24.42),
    ("BKH2005_08576nr408", 134.872365, -43.76717),
    ("<i>X & \"Y\" 'Z'", 0.00005, -0.0003),
)
NAMES = ("U1", "U2", "U3", "U4")
#: Baselines of four stations: pair, length (m), position angle (deg).
BASELINES = (
    (0, 1, 55.9, 3.3),
    (0, 2, 102.1, 8.2),
    (0, 3, 126.7, 29.9),
    (1, 2, 46.6, 359.2),
    (1, 3, 80.7, 48.0),
    (2, 3, 49.4, 79.7),
)
HOSTILE = "O'Neil <b>&amp;\\x \ttab — Ünïcode"


def projected(turn: float = 1.0) -> str:
    """Return the text of exp_projected_baselines; angles turn so far during the exposure."""
    return json.dumps(
        {
            f"{NAMES[i]}-{NAMES[j]}": {
                "length": {"start": length, "end": length - 0.1},
                "angle": {"start": angle, "end": round((angle + turn) % 360, 3)},
            }
            for i, j, length, angle in BASELINES
        }
    )


def exposures() -> list[dict[str, Any]]:
    """Return the rows; ``target`` counts in `TARGETS`, ``observation`` is a number."""
    rows: list[dict[str, Any]] = []

    def add(instrument: str, mode: str | None, mjd: float, target: int | None, observation: int, **more: Any) -> None:
        short = {"GRAVITY": "GRAVI", "PIONIER": "PIONI", "MATISSE": "MATIS"}[instrument]
        day, seconds = divmod(mjd, 1.0)
        clock = round(seconds * 86400)
        stamp = f"2019-01-{int(day) - 58483:02d}T{clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}.206"
        rows.append(
            {
                "frame": f"{short}.{stamp}",
                "instrument": instrument,
                "mode": mode,
                "submode": "SINGLE" if instrument == "GRAVITY" else None,
                "mjd": mjd,
                "target": target,
                "observation": observation,
                "stations": "U1 U2 U3 U4",
                "obs_type": "science",
                "prog_id": "0102.C-0519(A)",
                "title": "Discs",
                "seeing": 0.64,
                "tau0": 0.0049675,
                "log": "[]",
                "projected": projected(),
                "gone": None,
            }
            | more
        )

    # written late first: the door must sort
    for n in range(5, 0, -1):
        add("GRAVITY", "HIGH-COMBINED", 58484.1 + n * 0.006, 0, 1)
    for n in range(3):
        add("PIONIER", "GRISM-H", 58485.1 + n * 0.01, 1, 2, obs_type="calibrator", prog_id="0102.C-0519(B)")
    for n in range(2):
        add("MATISSE", "SI_PHOT_L_LOW", 58486.1 + n * 0.01, 1, 3, seeing=None, tau0=None, prog_id="0103.D-0001")
    add("GRAVITY", None, 58487.1, 2, 4, title=HOSTILE, log=json.dumps(["Missing 'EXPTIME'", HOSTILE]))
    add("GRAVITY", "MEDIUM-SPLIT", 58487.2, 2, 4, stations=None, projected="", prog_id=None)
    add("PIONIER", "FREE-H", 58487.3, None, 5)
    add("PIONIER", "FREE-H", 58487.4, 1, 5, gone="2020-01-01")
    return rows


def fill(instance: Instance) -> None:
    """Write the rows into an instance, once."""
    if instance.sql("SELECT 1 AS one FROM archive.collection WHERE id = 'portal_test'"):
        return
    instance.sql(
        "INSERT INTO archive.collection (id, kind, name, title, description, creator) "
        "VALUES ('portal_test', 'eso', 'portal_test', 'Exposures', '', 'nobody')",
        role="oivo",
    )
    targets = [
        instance.sql(
            "INSERT INTO archive.target (name, ra, dec, origin) VALUES (%s, %s, %s, 'positions') RETURNING id",
            [name, ra, dec],
            role="oivo",
        )[0].id
        for name, ra, dec in TARGETS
    ]
    instance.sql(
        "INSERT INTO archive.target_alias VALUES (%s, 'V2062Oph', 'V2062 Oph', 5, 0.3)", [targets[0]], role="oivo"
    )
    observations: dict[int, int] = {}
    for row in exposures():
        if row["observation"] not in observations:
            observations[row["observation"]] = instance.sql(
                """INSERT INTO archive.observation (key, told_by, interferometer, ob_id, ob_name, prog_id, container_id)
                   VALUES (%s, 'test', 'VLTI', %s, %s, %s, 77) RETURNING id""",
                [
                    f"portal {row['observation']}",
                    2000 + row["observation"],
                    f"SCI_{row['observation']}",
                    row["prog_id"],
                ],
                role="oivo",
            )[0].id
        _write(
            instance, row, observations[row["observation"]], None if row["target"] is None else targets[row["target"]]
        )


def _write(instance: Instance, row: dict[str, Any], observation: int, target: int | None) -> None:
    values = row | {"observation": observation, "target_id": target, "end": row["mjd"] + 300 / 86400}
    values |= {"exp_id": f"{row['frame']}_1", "level": int(row["log"] == "[]")}
    instance.sql(
        """INSERT INTO archive.frame (id, source, instrument, header_state, gone)
           VALUES (%(frame)s, 'eso', %(instrument)s, 'none', %(gone)s)""",
        values,
        role="oivo",
    )
    (made,) = instance.sql(
        """INSERT INTO archive.exposure (exp_id, header_id, publisher_did, collection_id, observation_id, target_id,
             interferometer, stations, instrument, mode, submode, em_min, em_max, obs_type, mjd_start, mjd_end, exptime,
             raw_target, prog_id, prog_title, seeing, tau0, temperature, release_date, validation_level,
             validation_log, projected_baselines, baseline_min, baseline_max, date_updated)
           VALUES (%(exp_id)s, %(frame)s, 'ivo://oivo.example/~?portal/' || %(exp_id)s, 'portal_test', %(observation)s,
             %(target_id)s, 'VLTI', %(stations)s, %(instrument)s, %(mode)s, %(submode)s, 1.97e-6, 2.4e-6, %(obs_type)s,
             %(mjd)s, %(end)s, 300, 'raw', %(prog_id)s, %(title)s, %(seeing)s, %(tau0)s, 12.3, '2020-01-01',
             %(level)s, %(log)s, %(projected)s, 46.6, 126.7,
             timestamptz '2022-01-14 10:40:32+00' + (%(mjd)s - 58484) * interval '1 day') RETURNING id""",
        values,
        role="oivo",
    )
    if not row["projected"]:
        return
    for number, (i, j, length, angle) in enumerate(BASELINES):
        radians = math.radians(angle)
        u, v = length * math.sin(radians), length * math.cos(radians)
        instance.sql(
            "INSERT INTO archive.baseline VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [made.id, number, NAMES[i], NAMES[j], u, v, u + 1, v - 1, length, length - 0.1, angle, angle + 1],
            role="oivo",
        )
