"""A simulated survey, so that a first start shows a living archive.

Real stars at their real places, with the light of uniform disks and binaries, as VLTI and CHARA would see them on
nights that are counted back from a reference date: OIFITS files of both versions, seven instruments and three levels.
Everything says that it is simulated. The same reference date gives the same bytes.

May import `ingest.stations` and `ingest.errors`; writes files only in `write_survey`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zlib import crc32

import numpy as np

from ingest.demo.instruments import Mode
from ingest.demo.plan import PLANS, DemoCollection, Plan, collections
from ingest.demo.schedule import Request, mjd_of, schedule
from ingest.demo.simulate import Columns, Point, Setup, simulate
from ingest.demo.write import Content, to_bytes
from ingest.stations import Array, load_array

__all__ = ["DemoCollection", "DemoFile", "collections", "survey", "write_survey"]

#: With which names of files and identifiers of raw frames begin: no archive has such ones.
MARK = "SIM_"


@dataclass(frozen=True)
class DemoFile:
    """One file of the survey."""

    collection_id: str
    name: str
    data: bytes


def survey(reference_date: date | None = None) -> Iterator[DemoFile]:
    """Make the files of the survey.

    Parameters
    ----------
    reference_date
        The day that the ages of the observations are counted from; default today (UTC). Names and contents follow
        from it.

    Yields
    ------
    DemoFile
        Some forty files, 1.5 MB.
    """
    day = reference_date or datetime.now(UTC).date()
    known = {collection.id: collection for collection in collections(day)}
    for plan in PLANS:
        yield _file(plan, known[plan.collection], day)


def write_survey(folder: Path, reference_date: date | None = None) -> list[Path]:
    """Write the files of the survey into one subfolder for each collection, and return their paths."""
    paths = []
    for file in survey(reference_date):
        path = folder / file.collection_id / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        paths.append(path)
    return paths


def observed(plan: Plan, reference_date: date) -> list[Point]:
    """Give the points of a file: targets and times, in the order of time."""
    return _points(plan, load_array(plan.modes[0].array), reference_date, _rng(plan))


def _rng(plan: Plan) -> np.random.Generator:
    # Not from hash(), which differs from run to run, nor from the place in the list: a new line changes no other file.
    return np.random.default_rng(crc32(repr(plan).encode()))


def _file(plan: Plan, collection: DemoCollection, day: date) -> DemoFile:
    rng = _rng(plan)
    setup = Setup(load_array(plan.modes[0].array), tuple(plan.stations.split()), calibrated=collection.level > 1)
    points = _points(plan, setup.array, day, rng)
    data: list[tuple[Mode, dict[str, Columns]]] = [(mode, simulate(mode, setup, points, rng)) for mode in plan.modes]
    content = Content(plan.version, setup, plan.stars, data, day, _cards(plan, collection, points[0]))
    return DemoFile(collection.id, _name(plan, points[0]), to_bytes(content, compress=plan.compress))


def _points(plan: Plan, array: Array, day: date, rng: np.random.Generator) -> list[Point]:
    """Find time for the targets, in turn."""
    youngest, oldest = plan.ages
    request = Request(
        plan.stars,
        first=mjd_of(day) - oldest,
        last=mjd_of(day) - youngest,
        points=plan.points * len(plan.stars),
        cadence=plan.cadence,
        nights=plan.nights,
        across_noon=plan.across_noon,
    )
    return [
        Point(place % len(plan.stars) + 1, plan.stars[place % len(plan.stars)], float(mjd))
        for night in schedule(array, request, rng)
        for place, mjd in enumerate(night)
    ]


def _time_of(point: Point) -> datetime:
    return datetime(1858, 11, 17) + timedelta(days=point.mjd)


def start_of(point: Point, mode: Mode) -> datetime:
    """When the first raw frame of a point begins (UTC): the whole second before; points are in the middle."""
    return (_time_of(point) - timedelta(seconds=mode.integration / 2)).replace(microsecond=0)


def _name(plan: Plan, first: Point) -> str:
    target = plan.stars[0].name.replace(" ", "_") if len(plan.stars) == 1 else "multi"
    suffix = ".fits.gz" if plan.compress else ".fits"
    return f"{MARK}{plan.modes[0].instrument}_{target}_{_time_of(first):%Y-%m-%dT%H_%M}{suffix}"


def _cards(plan: Plan, collection: DemoCollection, first: Point) -> list[tuple[str, str | bool | int, str]]:
    """Cards of the observatory and of the pipeline, as OiDB reads them, and the article."""
    instrument = plan.modes[0].instrument
    science = any(star.category == "SCI" for star in plan.stars)
    # the first raw frame of the file, see `ingest.demo.headers`
    stamp = f"{start_of(first, plan.modes[0]):%Y-%m-%dT%H:%M:%S}.000"
    arcfile = f"{MARK}{instrument[:5]}.{stamp}.fits"
    cards: list[tuple[str, str | bool | int, str]] = [("ARCFILE", arcfile, "SIMULATED")]
    if plan.modes[0].array == "VLTI":
        cards += [
            ("PROG_ID", collection.programme, "SIMULATED programme"),
            ("ESO OBS PROG ID", collection.programme, "SIMULATED programme"),
            ("ESO PRO SCIENCE", science, "science target or calibrator"),
        ]
    else:
        cards.append(("PRO SCIENCE", science, "science target or calibrator"))
    if collection.article_bibcode:
        cards.append(("REFERENC", collection.article_bibcode, "SIMULATED article"))
    return cards + [(keyword, value, "") for keyword, value in plan.cards]
