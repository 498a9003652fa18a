"""How pages show what the catalogues say of a star: in BadCal, in JMDC.

May import ``ingest``, ``resdir.elements``, and DaCHS for addresses.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from gavo import base
from twisted.web.template import tags

from ingest.archive.lookup import NamedData
from ingest.archive.marks import Mark
from ingest.catalogs.badcal import REASONS
from resdir.elements import link


def report_path(number: int) -> str:
    """Return the address of a report's page."""
    return f"{base.makeSitePath('/badcal/show.jsp')}?type=detail&id={number}"


def star_path(name: str) -> str:
    """Return the address of the page of a star of JMDC."""
    return str(base.makeSitePath(f"/jmdc/star/{quote(name, safe='')}"))


def data_path(data: NamedData) -> str:
    """Return the address of the page of a granule or an exposure."""
    if data.level > 0:
        return str(base.makeSitePath(f"/granule/{data.id}"))
    return str(base.makeSitePath(f"/detail/exposure/{quote(data.obs_id or '', safe=':')}"))


def submit_path(catalogue: str, **values: str | None) -> str:
    """Return the address of the form for an entry, with what is known already filled in."""
    known = {name: value for name, value in values.items() if value}
    return str(base.makeSitePath(f"/{catalogue}/submit")) + (f"?{urlencode(known)}" if known else "")


def badge(mark: Mark | None) -> Any:
    """Return a link to the report of a bad calibrator, to stand beside its name; nothing where there is none."""
    if mark is None or not mark.reports:
        return ""
    number, reason = mark.reports[0]
    return tags.a(class_="badge bad", href=report_path(number), title=REASONS.get(reason, ""))["bad calibrator"]


def warning(mark: Mark) -> Any:
    """Return a note that a calibrator is reported to be none; nothing where it is not."""
    if not mark.reports:
        return ""
    reports = _parted(
        [link(report_path(number), f"report {number}"), f" – {REASONS.get(reason, reason)}"]
        for number, reason in mark.reports
    )
    return tags.div(class_="warning", role="note")[
        tags.p[tags.strong["BadCal has this calibrator"], ": ", reports, ". Look at it before you use these data."]
    ]


def facts_of(mark: Mark) -> Iterator[tuple[str, Any]]:
    """Yield label and value of what the catalogues have, for lists of facts."""
    if mark.reports:
        yield (
            "In BadCal",
            _parted(link(report_path(number), f"report {number} ({reason})") for number, reason in mark.reports),
        )
    if mark.star:
        yield "In JMDC", link(star_path(mark.star), f"measured diameters of {mark.star}")


def _parted(shown: Any) -> list[Any]:
    parts: list[Any] = []
    for each in shown:
        parts += ["; " * bool(parts), each]
    return parts
