"""DataLink of a raw exposure, and what links of other levels say of it.

The frame itself is in its observatory's archive, which decides who may read it; here is told what is known of that.
Knows DaCHS.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from gavo.base import getConfig
from gavo.protocols.datalink import DatalinkDescriptorMixin, LinkDef

from ingest.archive import Archive
from ingest.archive.delivery import GranuleRecord, find_granule
from ingest.archive.lineage import RawExposure, granules_of_exposure
from ingest.home import Home

_ESO_PROGRAMME = "https://archive.eso.org/wdb/wdb/eso/sched_rep_arc/query?progid="


class ExposureDescriptor(DatalinkDescriptorMixin):
    """An exposure as DaCHS' DataLink core hands it around."""

    suppressAutoLinks = True

    def __init__(self, exposure: RawExposure) -> None:
        self.pubDID = exposure.publisher_did
        self.exposure = exposure
        self.mime = "application/fits" if exposure.url else "text/html"

    def estimateSize(self) -> int | None:
        """Return the size of the frame in bytes, as far as its archive tells."""
        return _size(self.exposure)


def links_of_exposure(descriptor: ExposureDescriptor) -> Iterator[Any]:
    """Yield the links of an exposure."""
    exposure = descriptor.exposure
    if exposure.withdrawn is None:
        yield _frame(descriptor.pubDID, exposure, "#this")
    with Archive(Home.from_environment()).transaction() as cursor:
        found = [find_granule(cursor, made.publisher_did) for made in granules_of_exposure(cursor, exposure.id)]
        granules = [granule for granule in found if granule]
    for granule in granules:
        yield _derived(descriptor.pubDID, granule)
    if exposure.url or exposure.withdrawn:
        yield LinkDef(
            descriptor.pubDID,
            page_url(exposure),
            description="The exposure in ObsPortal: set-up, weather, baselines",
            semantics="#auxiliary",
            contentType="text/html",
        )
    if exposure.prog_id and exposure.url and exposure.interferometer == "VLTI":
        yield LinkDef(
            descriptor.pubDID,
            _ESO_PROGRAMME + quote(exposure.prog_id, safe=""),
            description=f"Observing programme {exposure.prog_id} at ESO",
            semantics="#documentation",
            contentType="text/html",
        )


def progenitor(publisher_did: str, exposure: RawExposure) -> Any:
    """Return the link from a granule to an exposure that it was made from."""
    return _frame(publisher_did, exposure, "#progenitor")


def page_url(exposure: RawExposure) -> str:
    """Return the address of an exposure's page."""
    return f"{getConfig('web', 'serverURL')}/detail/exposure/{quote(exposure.exp_id, safe=':')}"


def _frame(publisher_did: str, exposure: RawExposure, semantics: str) -> Any:
    if not exposure.url:
        return LinkDef(
            publisher_did,
            page_url(exposure),
            description=f"Log entry {exposure.exp_id} of {exposure.interferometer}; no archive has its frame",
            semantics=semantics,
            contentType="text/html",
        )
    return LinkDef(
        publisher_did,
        exposure.url,
        description=f"Raw frame of {exposure.instrument} on {exposure.target or 'a target without a name'},"
        f" {_rights(exposure.release_date, datetime.now(UTC))}",
        semantics=semantics,
        contentType="application/fits",
        contentLength=_size(exposure),
    )


def _derived(publisher_did: str, granule: GranuleRecord) -> Any:
    public = granule.file.is_public(datetime.now(UTC))
    return LinkDef(
        publisher_did,
        f"{getConfig('web', 'serverURL')}/files/{granule.file.id}/{granule.file.url_name}",
        description=f"OIFITS file of {granule.collection_id} made from it{'' if public else ', private for now'}",
        semantics="#derivation",
        contentType=granule.file.media_type,
        contentLength=granule.file.size_bytes,
    )


def _rights(release: datetime | None, now: datetime) -> str:
    if release is None:
        return "at ESO, who may read it is not known here"
    if release <= now:
        return f"at ESO, public since {release:%Y-%m-%d}"
    return f"at ESO, private until {release:%Y-%m-%d}: ESO asks for a login"


def _size(exposure: RawExposure) -> int | None:
    return None if exposure.size_kb is None else 1000 * exposure.size_kb
