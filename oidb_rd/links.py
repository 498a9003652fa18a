"""DataLink of a granule: what the service ``dl`` of q.rd answers.

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
from ingest.archive.previews import BusyError, PreviewError, ensure_preview, find_drawable
from ingest.home import Home
from ingest.logs import log


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
    """Return the descriptor of a granule, or a fault for an identifier that is not ours."""
    with Archive(Home.from_environment()).transaction() as cursor:
        granule = find_granule(cursor, publisher_did)
    if granule is None:
        return DatalinkFault.NotFoundFault(publisher_did, "No granule with this identifier is known here")
    return GranuleDescriptor(granule)


def file_url(granule: GranuleRecord) -> str:
    """Return the address at which a granule's file is delivered."""
    return f"{getConfig('web', 'serverURL')}/files/{granule.file.id}/{granule.file.url_name}"


def links_of(descriptor: GranuleDescriptor) -> Iterator[Any]:
    """Yield the links of a granule."""
    granule = descriptor.granule
    public = granule.file.is_public(datetime.now(UTC))
    yield LinkDef(
        descriptor.pubDID,
        file_url(granule),
        description="OIFITS file" if public else f"OIFITS file, private {_until(granule)}: a login will be asked for",
        semantics="#this",
        contentType=granule.file.media_type,
        contentLength=granule.file.size_bytes,
    )
    if public:
        yield from _preview(descriptor)
        yield LinkDef(
            descriptor.pubDID,
            f"{getConfig('web', 'serverURL')}/reports/{granule.file.id}",
            description="What the OIFITS checker says of the file",
            semantics="#auxiliary",
            contentType="text/html",
        )
    if granule.bibcode:
        yield LinkDef(
            descriptor.pubDID,
            "https://ui.adsabs.harvard.edu/abs/" + quote(granule.bibcode, safe=""),
            description="Article that published the data",
            semantics="#documentation",
            contentType="text/html",
        )


def _preview(descriptor: GranuleDescriptor) -> Iterator[Any]:
    """Yield the link to the plot sheet, drawn now if it is not there yet: a link tells the size."""
    home = Home.from_environment()
    granule = descriptor.granule
    try:
        with Archive(home).transaction() as cursor:
            drawable = find_drawable(cursor, granule.id)
        size = ensure_preview(home, drawable).stat().st_size if drawable else None
    except BusyError:
        size = None
    except PreviewError as error:
        log.warning("%s", error)
        return
    yield LinkDef(
        descriptor.pubDID,
        f"{getConfig('web', 'serverURL')}/plots/{granule.id}.png",
        description="Quick look: uv plane, visibilities, closure phases",
        semantics="#preview",
        contentType="image/png",
        contentLength=size,
    )


def _until(granule: GranuleRecord) -> str:
    moment = granule.file.public_from()
    return f"until {moment:%Y-%m-%d}" if moment else "for now"
