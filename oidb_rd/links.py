"""DataLink of a granule, or of a raw exposure: what the service ``dl`` of q.rd answers.

Knows DaCHS; decides nothing about access (``ingest.access.policy`` does).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from gavo.base import getConfig
from gavo.protocols.datalink import DatalinkDescriptorMixin, LinkDef
from gavo.protocols.soda import DatalinkFault

from ingest.archive import Archive
from ingest.archive.delivery import GranuleRecord, find_granule
from ingest.archive.lineage import exposures_of_granule, find_exposure
from ingest.archive.previews import BusyError, PreviewError, ensure_preview, find_drawable
from ingest.home import Home
from ingest.logs import log
from oidb_rd.rawlinks import ExposureDescriptor, links_of_exposure, progenitor


class GranuleDescriptor(DatalinkDescriptorMixin):
    """A granule as DaCHS' DataLink core hands it around."""

    suppressAutoLinks = True

    def __init__(self, granule: GranuleRecord) -> None:
        self.pubDID = granule.publisher_did
        self.granule = granule
        self.mime = granule.file.media_type

    def estimateSize(self) -> int:
        """Return the size of the file in bytes."""
        return self.granule.file.size_bytes


def describe(publisher_did: str) -> Any:
    """Return the descriptor of a granule or exposure, or a fault for an identifier that is not ours."""
    with Archive(Home.from_environment()).transaction() as cursor:
        if granule := find_granule(cursor, publisher_did):
            return GranuleDescriptor(granule)
        if exposure := find_exposure(cursor, publisher_did):
            return ExposureDescriptor(exposure)
    return DatalinkFault.NotFoundFault(publisher_did, "No granule or exposure with this identifier is known here")


def file_url(granule: GranuleRecord) -> str:
    """Return the address at which a granule's file is delivered."""
    return f"{getConfig('web', 'serverURL')}/files/{granule.file.id}/{granule.file.url_name}"


def links_of(descriptor: GranuleDescriptor | ExposureDescriptor) -> Iterator[Any]:
    """Yield the links of a granule or an exposure."""
    if isinstance(descriptor, ExposureDescriptor):
        yield from links_of_exposure(descriptor)
        return
    granule = descriptor.granule
    note = (
        "" if granule.file.is_public(datetime.now(UTC)) else f", private {_until(granule)}: a login will be asked for"
    )
    yield LinkDef(
        descriptor.pubDID,
        file_url(granule),
        description=f"OIFITS file{note}",
        semantics="#this",
        contentType=granule.file.media_type,
        contentLength=granule.file.size_bytes,
    )
    yield from _preview(descriptor, note)
    yield LinkDef(
        descriptor.pubDID,
        f"{getConfig('web', 'serverURL')}/reports/{granule.file.id}",
        description=f"What the OIFITS checker says of the file{note}",
        semantics="#auxiliary",
        contentType="text/html",
    )
    with Archive(Home.from_environment()).transaction() as cursor:
        exposures = exposures_of_granule(cursor, granule.id)
    for exposure in exposures:
        yield progenitor(descriptor.pubDID, exposure)
    if granule.bibcode:
        yield LinkDef(
            descriptor.pubDID,
            "https://ui.adsabs.harvard.edu/abs/" + quote(granule.bibcode, safe=""),
            description="Article that published the data",
            semantics="#documentation",
            contentType="text/html",
        )


def _preview(descriptor: GranuleDescriptor, note: str) -> Iterator[Any]:
    """Yield the link to the plot sheet, drawn now if it is not there yet: a link tells the size.

    That of private data is drawn for those only who may see it.
    """
    home = Home.from_environment()
    granule = descriptor.granule
    try:
        with Archive(home).transaction() as cursor:
            drawable = find_drawable(cursor, granule.id)
        size = ensure_preview(home, drawable).stat().st_size if drawable and not note else None
    except BusyError:
        size = None
    except PreviewError as error:
        log.warning("%s", error)
        return
    yield LinkDef(
        descriptor.pubDID,
        f"{getConfig('web', 'serverURL')}/plots/{granule.id}.png",
        description=f"Quick look: uv plane, visibilities, closure phases{note}",
        semantics="#preview",
        contentType="image/png",
        contentLength=size,
    )


def _until(granule: GranuleRecord) -> str:
    moment = granule.file.public_from()
    return f"until {moment:%Y-%m-%d}" if moment else "for now"
