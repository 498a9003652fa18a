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
from ingest.archive.citations import registered_doi
from ingest.archive.delivery import GranuleRecord, StoredFile, find_granule, why_retired
from ingest.archive.lineage import exposures_of_granule, find_exposure, versions_of_granule
from ingest.archive.previews import BusyError, PreviewError, ensure_preview, find_drawable
from ingest.archive.products import ProductFile, products_of_granule
from ingest.citation.work import doi_url
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
        retired = why_retired(cursor, publisher_did)
    if retired:
        return DatalinkFault.NotFoundFault(
            publisher_did, f"This granule is not published any more, since {retired[0]:%Y-%m-%d}: {retired[1]}"
        )
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
    note = _note(granule.file)
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
        versions = versions_of_granule(cursor, granule.id)
        others = [(version, find_granule(cursor, version.publisher_did)) for version in versions]
        products = products_of_granule(cursor, granule.id)
        doi = registered_doi(cursor, granule.collection_id)
    for exposure in exposures:
        yield progenitor(descriptor.pubDID, exposure)
    for version, other in others:
        if other is not None:
            yield _version(descriptor.pubDID, granule.level, version.calib_level, other)
    for product in products:
        yield _product(descriptor.pubDID, product)
    if doi:
        yield LinkDef(
            descriptor.pubDID,
            doi_url(doi),
            description="DOI of the collection: how to cite the data",
            semantics="#documentation",
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


def _version(publisher_did: str, own_level: int, level: int, other: GranuleRecord) -> Any:
    """Return the link to data of the same observation of another level."""
    return LinkDef(
        publisher_did,
        file_url(other),
        description=f"The same observation as level {level}{_note(other.file)}",
        semantics="#progenitor" if level < own_level else "#derivation",
        contentType=other.file.media_type,
        contentLength=other.file.size_bytes,
    )


def _product(publisher_did: str, product: ProductFile) -> Any:
    """Return the link to a file that was attached."""
    stored = product.stored
    return LinkDef(
        publisher_did,
        f"{getConfig('web', 'serverURL')}/products/{stored.id}/{stored.url_name}",
        description=f"{product.product.description}{_note(stored)}",
        semantics=product.product.semantics,
        contentType=stored.media_type,
        contentLength=stored.size_bytes,
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


def _note(file: StoredFile) -> str:
    """Tell that a file is private, and until when."""
    if file.is_public(datetime.now(UTC)):
        return ""
    moment = file.public_from()
    return f", private {f'until {moment:%Y-%m-%d}' if moment else 'for now'}: a login will be asked for"
