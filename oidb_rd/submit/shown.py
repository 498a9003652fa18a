"""Files of a submission and their granules as pages show them: with what was put right.

May import ``ingest`` and DaCHS.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from twisted.web.template import tags

from ingest.archive.submissions import Item, Submission
from ingest.corrections import FIELDS, CorrectionError, checked_correction
from ingest.oifits.check import OIVO, Report
from ingest.submission.desk import key_text
from oidb_rd import reportview
from oidb_rd.submit.visit import address

#: Granules of a file in the list of files; its own page has all.
_FEW_GRANULES = 6


@dataclass(frozen=True)
class ShownGranule:
    """A granule with its number in the file's report."""

    number: int
    key: str
    facts: dict[str, Any]
    corrections: dict[str, str | None]

    def of_file(self, field: str) -> str:
        """Return what the file says, as forms show it."""
        return as_text(self.facts.get(field))

    def value(self, field: str) -> str:
        """Return what holds: what was put right, else what the file says."""
        return as_text(self.corrections[field]) if field in self.corrections else self.of_file(field)

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        instrument = self.value("instrument") or as_text(self.facts.get("instrument_name"))
        return " · ".join(part for part in (self.value("target_name"), instrument, self.night) if part)

    @property
    def night(self) -> str:
        """Date of the local night, or the MJD."""
        return self.facts.get("local_night") or f"MJD {self.facts.get('night')}"


def as_text(value: Any) -> str:
    """Return a value as a form shows it."""
    return "" if value is None else str(value)


def granules_of(item: Item) -> list[ShownGranule]:
    """Return the granules that the report on a file lists."""
    own = item.corrections.get("granules", {})
    return [
        ShownGranule(number, key_text(facts), facts, own.get(key_text(facts), {}))
        for number, facts in enumerate((item.report or {}).get("granules", []))
    ]


def file_fact(item: Item, field: str) -> str:
    """Return what a file says of itself, as forms show it."""
    return as_text((item.report or {}).get("facts", {}).get(field))


def file_value(item: Item, field: str) -> str:
    """Return what holds of a file: what was put right, else what it says."""
    own = item.corrections.get("file", {})
    return as_text(own[field]) if field in own else file_fact(item, field)


def is_corrected(item: Item) -> bool:
    """Tell whether anything of a file was put right."""
    return bool(item.corrections.get("file") or item.corrections.get("granules"))


def version_of(item: Item) -> str:
    """Return what changes whenever the file's state or values do."""
    told = json.dumps([item.state, item.sha256, item.problem, item.corrections, item.accepted_reason], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def why_not(field: str, value: str, of_granule: bool) -> str:
    """Return what is wrong with a value, or ""."""
    try:
        checked_correction(field, value, (0, "", 0) if of_granule else None)
    except CorrectionError as error:
        return error.problem.removeprefix(f"{field}: ")
    return ""


def report_of(item: Item) -> Report | None:
    """Return what the checker says of a file that could be read."""
    if not item.report or "findings" not in item.report:
        return None
    return reportview.report_from(item.name, OIVO, item.report)


def severe_problem(item: Item, level: int) -> str:
    """Return why a file is too broken for its level, or ""."""
    return "" if not item.report else str(item.report.get("severe", {}).get(str(level), ""))


def plot_address(submission: Submission, item: Item, granule: ShownGranule, form: str) -> str:
    """Return the address of a granule's quick look; it changes with the bytes of the file."""
    return f"{address(submission, 'plot', item.id, granule.number)}-{form}.png?{(item.sha256 or '')[:12]}"


def plot(submission: Submission, item: Item, granule: ShownGranule) -> Any:
    """Return a granule's small quick look, with a link to the large one."""
    return tags.a(class_="quicklook", href=plot_address(submission, item, granule, "sheet"))[
        tags.img(
            src=plot_address(submission, item, granule, "thumbnail"),
            width="150",
            height="100",
            loading="lazy",
            alt=f"Quick look at {granule.title}",
        )
    ]


def granule_table(item: Item, few: int = _FEW_GRANULES) -> Any:
    """Return a table of a file's granules."""
    granules = granules_of(item)
    total = (item.report or {}).get("nb_granules", len(granules))
    heads = ("Position", "Instrument", "Mode", "Night", "Stations", "Band", "Channels", "Data")
    left = total - min(few, len(granules))
    return tags.transparent[
        tags.div(class_="tablewrap", role="region", tabindex="0", **{"aria-label": f"Granules of {item.name}"})[
            tags.table(class_="list stacked")[
                tags.thead[tags.tr[tags.th(scope="col")["Target"], [tags.th(scope="col")[head] for head in heads]]],
                tags.tbody[[_granule_row(granule, heads) for granule in granules[:few]]],
            ]
        ],
        tags.p(class_="hint")[f"And {left} more."] if left else "",
    ]


def _granule_row(granule: ShownGranule, heads: tuple[str, ...]) -> Any:
    facts = granule.facts
    data = " · ".join(
        f"{facts[column]} {name}"
        for column, name in (("nb_vis", "VIS"), ("nb_vis2", "VIS2"), ("nb_t3", "T3"), ("nb_flux", "FLUX"))
        if facts.get(column)
    )
    cells = (
        _position(granule),
        _marked(granule, "instrument") or as_text(facts.get("instrument_name")),
        _marked(granule, "instrument_mode"),
        granule.night,
        facts.get("stations", ""),
        facts.get("bands", ""),
        as_text(facts.get("nb_channels")),
        data,
    )
    return tags.tr[
        tags.th(scope="row")[_marked(granule, "target_name") or tags.em["no name"]],
        [tags.td(**{"data-label": head})[cell] for head, cell in zip(heads, cells, strict=True)],
    ]


def _marked(granule: ShownGranule, field: str) -> Any:
    """Return a value; one that was put right says so, and what the file has."""
    value = granule.value(field)
    if field not in granule.corrections:
        return value
    was = granule.of_file(field)
    return tags.span[value or "–", " ", corrected(f"the file says {was}" if was else "the file says nothing")]


def corrected(told: str = "") -> Any:
    """Return the mark of a value that was put right."""
    return tags.span(class_="corrected", title=told or None)["corrected"]


def _position(granule: ShownGranule) -> Any:
    try:
        ra, dec = float(granule.value("s_ra")), float(granule.value("s_dec"))
    except ValueError:
        return tags.em["none"]
    shown = f"{ra:.4f} {dec:+.4f}"
    return tags.span[shown, " ", corrected()] if granule.corrections.keys() & {"s_ra", "s_dec"} else shown


def field_label(name: str) -> str:
    """Return the name of a field for people."""
    return FIELDS[name].label
