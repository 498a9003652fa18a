"""The observation log of CHARA behind the CHARA files of the simulated survey, in the form that OiDB took.

May import the rest of `ingest.demo`.
"""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO

import numpy as np

from ingest.demo import collections, observed
from ingest.demo.instruments import Mode
from ingest.demo.plan import PLANS, Plan
from ingest.demo.schedule import date_of
from ingest.demo.simulate import Point, Setup, uv_coordinates
from ingest.stations import load_array

COLUMNS = (
    *("UT-DATE", "STAR", "PI", "PROGRAM", "COMBINER", "TYPE", "MJD", "FILTER", "SCOPES", "B1", "B2", "B3"),
    *("T0_OBS", "T0_500nm"),
)
_TYPES = {"SCI": "OBJ", "CAL": "CAL1"}
#: FILTER, by combiner.
_FILTERS = {"MIRC-X": "H", "SPICA": "R", "PAVO": "R", "CLASSIC": "K'"}


def chara_log(reference_date: date) -> str:
    """Give the log as CSV: a line of names, then one for each point of each file."""
    known = {collection.id: collection for collection in collections(reference_date)}
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for plan in PLANS:
        if plan.modes[0].array == "CHARA":
            writer.writerows(_rows(plan, known[plan.collection].datapi, reference_date))
    return text.getvalue()


def _rows(plan: Plan, pi: str, day: date) -> Iterator[tuple[object, ...]]:
    setup = Setup(load_array("CHARA"), tuple(plan.stations.split()))
    points = observed(plan, day)
    lengths = np.hypot(*np.moveaxis(uv_coordinates(setup, points), -1, 0))
    for point, of_point in zip(points, lengths, strict=True):
        yield _row(plan.modes[0], setup, pi, point, of_point.tolist())


def _row(mode: Mode, setup: Setup, pi: str, point: Point, lengths: list[float]) -> tuple[object, ...]:
    # three columns hold the baselines of three telescopes; of more the log has the first ones, of two zeros
    first, second, third = (*(f"{length:.2f}" for length in lengths[:3]), "0", "0")[:3]
    coherence = 4 + 3 * (point.mjd % 1)
    return (
        *(date_of(point.mjd).isoformat(), point.star.name, pi, "SIMULATED", mode.instrument),
        *(_TYPES[point.star.category], f"{point.mjd:.5f}", _FILTERS[mode.instrument], "-".join(setup.stations)),
        *(first, second, third, f"{coherence:.2f}", f"{coherence * 0.9:.2f}"),
    )
