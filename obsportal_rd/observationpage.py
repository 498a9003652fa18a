"""The page of an observation: the exposures of one observing block, their uv tracks, the weather through it."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from gavo import base
from gavo.svcs import UnknownURI
from twisted.web.http import Request
from twisted.web.template import tags

from ingest.archive.connection import Cursor
from ingest.archive.marks import marks_of_targets
from ingest.archive.obsportal_queries import (
    ListedObservation,
    ObservationRecord,
    Weather,
    baselines_of_observation,
    container_of,
    find_observation,
    weather_of_observation,
)
from ingest.archive.obsportal_search import ExposureQuery, find_exposures
from obsportal_rd import elements, uvplot, weatherplot
from obsportal_rd.pages import ReadingPage
from resdir import samp
from resdir.elements import facts, link, moment, number, section, table

#: Exposures and baselines of the largest observation that a page shows: some blocks have run for whole nights.
_MOST_EXPOSURES = 300
_MOST_BASELINES = 600
_MOST_SIBLINGS = 50
_KINDS = {"C": "concatenation", "G": "group", "T": "time link"}


class ObservationPage(ReadingPage):
    """One observation."""

    def __init__(self, request: Request, service: Any, observation_id: int) -> None:
        super().__init__(request, service)
        self.observation_id = observation_id

    def read(self, cursor: Cursor) -> None:
        """Read the block, its exposures, their baselines and weather, and its container."""
        found = find_observation(cursor, self.observation_id)
        if found is None:
            raise UnknownURI("No observation has this number")
        self.observation = found
        query = ExposureQuery(observation_id=found.id)
        self.exposures, self.total = find_exposures(cursor, query, "oldest", 0, _MOST_EXPOSURES)
        self.baselines = baselines_of_observation(cursor, found.id, _MOST_BASELINES)
        self.weather = weather_of_observation(cursor, found.id, _MOST_EXPOSURES)
        self.siblings = container_of(cursor, found, _MOST_SIBLINGS)
        self.marks = marks_of_targets(cursor, [exposure.target_id for exposure in self.exposures])

    def heading(self) -> str:
        """Return its name."""
        return f"Observation {self.observation.ob_name or self.observation.id}"

    def body(self) -> Any:
        """Return everything."""
        observation = self.observation
        more = self.total - len(self.exposures)
        drawn = len({baseline.exposure_id for baseline in self.baselines})
        part = f" The first {drawn} exposures." if len(self.baselines) == _MOST_BASELINES else ""
        return [
            tags.h1[self.heading()],
            facts(self._facts()),
            section(
                f"{self.total:,} exposure{'' if self.total == 1 else 's'}",
                elements.exposures_table("Exposures of this observation", self.exposures, self.marks),
                tags.p(class_="hint")[f"{more:,} more are in the VOTable."] if more > 0 else "",
                _downloads(observation.id),
                anchor="exposures",
            ),
            section(
                "uv tracks",
                uvplot.plot(uvplot.tracks_of(self.baselines), f"uv tracks of observation {observation.id}"),
                tags.p(class_="hint")[part] if part else "",
                _baselines(uvplot.tracks_of(self.baselines)),
                anchor="tracks",
            ),
            section("Weather", weatherplot.plot(self.weather), _weather_table(self.weather), anchor="weather"),
            section("Container", _container(observation, self.siblings), anchor="container")
            if len(self.siblings) > 1
            else "",
        ]

    def _facts(self) -> Iterator[tuple[str, Any]]:
        observation, exposures = self.observation, self.exposures
        yield "Array", observation.interferometer
        yield "Observing block", observation.ob_id and str(observation.ob_id)
        yield "Programme", elements.programme_link(observation.prog_id)
        yield "Title", observation.prog_title
        yield "PI and co-investigators", observation.pi_coi
        if exposures:
            yield "Start (UTC)", moment(exposures[0].mjd_start)
            yield "End (UTC)", moment(max(found.mjd_end for found in exposures))
            targets = {found.target_id: found.target_name for found in exposures}
            yield "Target", [[", " * bool(n), elements.target_link(*pair)] for n, pair in enumerate(targets.items())]
        if observation.container_id:
            kind = _KINDS.get(observation.container_type or "", "container")
            yield "Part of", f"{kind} {observation.container_id}"


def _downloads(observation_id: int) -> Any:
    address = base.makeSitePath(f"/search.votable?obs_id={observation_id}")
    return tags.div(class_="toolbar")[
        tags.ul(class_="inline", **{"aria-label": "Download"})[
            tags.li[link(address, "VOTable")], tags.li[link(elements.search_path(obs_id=observation_id), "Search page")]
        ],
        samp.buttons(samp.table_button(base.makeAbsoluteURL(f"/search.votable?obs_id={observation_id}"))),
    ]


def _baselines(tracks: Sequence[uvplot.Track]) -> Any:
    """Return the range of length and angle of each baseline: the drawing in numbers."""
    if not tracks:
        return ""
    rows = []
    for name in dict.fromkeys(track.name for track in tracks):
        ends = [
            end
            for track in tracks
            if track.name == name
            for end in ((track.u_start, track.v_start), (track.u_end, track.v_end))
        ]
        lengths = [math.hypot(u, v) for u, v in ends]
        angles = [math.degrees(math.atan2(u, v)) % 360 for u, v in (ends[0], ends[-1])]
        rows.append(
            [
                name,
                str(len(ends) // 2),
                f"{number(min(lengths), 2)} – {number(max(lengths), 2)}",
                " → ".join(number(angle, 1) for angle in angles),
            ]
        )
    heads = ("Baseline", ("Exposures", "number"), ("Length (m)", "number"), ("Angle, first → last (°)", "number"))
    return table("Baselines of this observation", heads, rows, stacked=True)


_WEATHER_HEADS = (
    "Time (UTC)",
    ("Seeing (″)", "number"),
    ("τ0 (ms)", "number"),
    ("Temperature (°C)", "number"),
    ("Humidity (%)", "number"),
    ("Wind (m/s)", "number"),
    ("Water (mm)", "number"),
    ("Airmass", "number"),
)


def _weather_table(weather: Sequence[Weather]) -> Any:
    rows = [
        [
            link(elements.exposure_path(at.exp_id), moment(at.mjd_start)),
            number(at.seeing, 2),
            number(None if at.tau0 is None else 1000 * at.tau0, 1),
            number(at.temperature, 1),
            number(at.humidity, 0),
            number(at.wind_speed, 1),
            number(at.iwv, 2),
            number(at.airmass, 2),
        ]
        for at in weather
    ]
    if not rows:
        return ""
    return tags.details[
        tags.summary["Weather in numbers"],
        table("Weather through this observation", _WEATHER_HEADS, rows, stacked=True),
    ]


def _container(observation: ObservationRecord, siblings: Sequence[ListedObservation]) -> Any:
    return observations_table(
        "Observations of the same container",
        [sibling for sibling in siblings if sibling.id != observation.id],
    )


def observations_table(label: str, observations: Sequence[ListedObservation]) -> Any:
    """Return a table of observations."""
    rows = [
        [
            elements.observation_link(found.id, found.ob_name or str(found.id)),
            moment(found.mjd_start),
            moment(found.mjd_end, "%H:%M:%S"),
            found.instruments,
            found.targets,
            elements.programme_link(found.prog_id),
            str(found.nb_exposures),
        ]
        for found in observations
    ]
    heads = (
        "Observation",
        ("Start (UTC)", "moment"),
        ("End", "moment"),
        "Instrument",
        "Target",
        "Programme",
        ("Exposures", "number"),
    )
    return table(label, heads, rows, stacked=True)
