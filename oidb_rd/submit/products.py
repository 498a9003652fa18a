"""Attached products at /products/ID/NAME: each as private as the most private file that it belongs to.

Knows DaCHS and twisted; may import ``ingest`` and ``oidb_rd.delivery``.
"""

from datetime import UTC, datetime

from twisted.web import resource
from twisted.web.http import Request

from ingest.access.policy import may_read
from ingest.archive import Archive
from ingest.archive.access import file_access, whom_to_ask
from ingest.archive.connection import Cursor
from ingest.archive.delivery import StoredFile
from ingest.archive.products import ProductFile, find_product
from ingest.archive.store import Store
from oidb_rd.delivery import GuardedResource, number_in, send_file
from oidb_rd.filepage import disposition
from resdir.identity import Identity
from resdir.people.denied import PrivateDataError, Refusal


class Products(resource.Resource):
    """Everything below /products."""

    isLeaf = True

    def render(self, request: Request) -> object:
        """Deliver what the rest of the path names."""
        segments = [segment.decode("utf-8", "replace") for segment in request.postpath]
        return ProductResource(segments).render(request)


class ProductResource(GuardedResource):
    """One product, under the name that its owner gave it."""

    def __init__(self, segments: list[str]) -> None:
        super().__init__()
        self.segments = segments

    def find(self, cursor: Cursor) -> ProductFile | None:
        """Return the product if the path is ID/NAME and it has this name."""
        if len(self.segments) != 2:
            return None
        found = find_product(cursor, number_in(self.segments[0]))
        return found if found is not None and found.product.name == self.segments[1] else None

    def file_of(self, found: ProductFile) -> StoredFile:
        """Return its bytes, with the rights of all files that it belongs to."""
        self.file_ids = found.file_ids
        return found.stored

    def _check(self, file: StoredFile, identity: Identity) -> None:
        """Let only those pass who may read all files that it belongs to; without any, only curators."""
        now = datetime.now(UTC)
        with Archive(self.home).transaction() as cursor:
            accesses = [file_access(cursor, number) for number in self.file_ids]
            allowed = [may_read(access, identity.visitor, now).allowed for access in accesses]
            if all(allowed) and (allowed or identity.visitor.role == "curator"):
                return
            asked = whom_to_ask(cursor, self.file_ids[0]) if self.file_ids else ""
        raise PrivateDataError(Refusal.of(file, asked, identity))

    def answer(self, made: ProductFile, request: Request) -> object:
        """Send its bytes; browsers keep them, whatever they hold, and show none of it within this site."""
        product = made.product
        request.setHeader(b"content-disposition", disposition(product.name))
        request.setHeader("content-security-policy", "default-src 'none'; sandbox")
        media_type = "text/plain; charset=utf-8" if product.media_type == "text/plain" else product.media_type
        return send_file(Store(self.home.files).path(product.sha256), media_type, product.sha256, request)
