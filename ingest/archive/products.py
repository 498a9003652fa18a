"""Products: other files that belong to granules, such as transfer functions and reduction notes.

A product is as private as the most private file that one of its granules belongs to. May import
``ingest.archive``.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from psycopg2 import errors

from ingest.access.policy import Rights
from ingest.archive.collections import touch_collection
from ingest.archive.connection import ArchiveError, Cursor
from ingest.archive.delivery import StoredFile
from ingest.archive.files import check_name
from ingest.archive.store import Store
from ingest.errors import MisuseError

#: What a product may be to its granules (terms of the IVOA's DataLink vocabulary), in words.
SEMANTICS = {
    "#auxiliary": "auxiliary: made with the data, such as a transfer function",
    "#calibration": "calibration: was used to calibrate the data",
    "#documentation": "documentation: tells how the data were taken or reduced",
}
_PNG, _PDF, _GZIP, _TAR = b"\x89PNG\r\n\x1a\n", b"%PDF-", b"\x1f\x8b", b"ustar"
_TAR_PLACE = 257
_LONGEST_DESCRIPTION = 300


@dataclass(frozen=True)
class Product:
    """A product.

    Attributes
    ----------
    semantics
        A key of `SEMANTICS`.
    granules
        How many granules it belongs to.
    """

    id: int
    collection_id: str
    name: str
    url_name: str
    media_type: str
    semantics: str
    description: str
    sha256: str
    size_bytes: int
    granules: int


@dataclass(frozen=True)
class ProductFile:
    """A product as it is delivered.

    Attributes
    ----------
    stored
        Its bytes, with the rights of all granules of all files that it belongs to.
    file_ids
        Those files: who reads it must be allowed to read each of them.
    """

    product: Product
    stored: StoredFile
    file_ids: tuple[int, ...]


_PRODUCT = """p.id, p.collection_id, p.name, p.url_name, p.media_type, p.semantics, p.description, p.sha256,
    p.size_bytes, (SELECT count(*) FROM archive.product_granule WHERE product_id = p.id) AS granules"""


def media_type_of(content: bytes) -> str:
    """Return the media type of a product's bytes.

    Raises
    ------
    MisuseError
        When it is none that can be attached.
    """
    if content.startswith(_PDF):
        return "application/pdf"
    if content.startswith(_PNG):
        return "image/png"
    if content.startswith(_GZIP):
        return "application/gzip"
    if content[_TAR_PLACE : _TAR_PLACE + len(_TAR)] == _TAR:
        return "application/x-tar"
    if _is_text(content):
        return "text/plain"
    raise MisuseError("is of no kind that can be attached", remedy="send PDF, PNG, plain text (UTF-8), tar or tar.gz")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and all(char in "\t\n\r\f" or unicodedata.category(char) != "Cc" for char in text)


def attach_product(
    cursor: Cursor,
    store: Store,
    collection_id: str,
    name: str,
    content: bytes,
    *,
    semantics: str,
    description: str,
    granule_ids: Sequence[int] | None = None,
) -> int:
    """Attach a file to granules of a collection, and return its id.

    Parameters
    ----------
    semantics
        A key of `SEMANTICS`.
    granule_ids
        To which granules; None for all that the collection has now.

    Raises
    ------
    MisuseError
        For a description or bytes that cannot be.
    ArchiveError
        When the collection has no such granule, or has a product of that name.
    """
    check_name(name)
    if semantics not in SEMANTICS:
        raise MisuseError(f"{semantics!r} is nothing that a product can be", remedy=f"one of {', '.join(SEMANTICS)}")
    if not description.strip() or len(description) > _LONGEST_DESCRIPTION:
        raise MisuseError(f"a description of up to {_LONGEST_DESCRIPTION} characters is needed", place=name)
    media_type = media_type_of(content)
    linked = _granules_of(cursor, collection_id, granule_ids)
    digest = store.put(content)
    try:
        cursor.execute(
            """INSERT INTO archive.product (collection_id, name, url_name, media_type, semantics, description, sha256,
                   size_bytes) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id""",
            [
                *(collection_id, name, quote(name, safe=""), media_type, semantics, " ".join(description.split())),
                *(digest, len(content)),
            ],
        )
    except errors.UniqueViolation as error:
        raise ArchiveError("the collection has a product of this name", place=name, remedy="rename it") from error
    row = cursor.fetchone()
    assert row is not None
    cursor.execute(
        "INSERT INTO archive.product_granule (product_id, granule_id) SELECT %s, unnest(%s::bigint[])", [row.id, linked]
    )
    touch_collection(cursor, collection_id)
    return int(row.id)


def _granules_of(cursor: Cursor, collection_id: str, wanted: Sequence[int] | None) -> list[int]:
    cursor.execute(
        """SELECT g.id FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id
           WHERE f.collection_id = %s AND f.retired IS NULL ORDER BY g.id""",
        [collection_id],
    )
    there = [row.id for row in cursor.fetchall()]
    linked = there if wanted is None else sorted(set(wanted))
    missing = set(linked) - set(there)
    if missing:
        raise ArchiveError(
            f"the collection has no granule {', '.join(map(str, sorted(missing)))}", place=f"collection {collection_id}"
        )
    if not linked:
        raise ArchiveError("choose a granule that it belongs to", place=f"collection {collection_id}")
    return linked


def detach_product(cursor: Cursor, collection_id: str, product_id: int) -> None:
    """Take a product away.

    Raises
    ------
    ArchiveError
        When the collection has none of that id.
    """
    cursor.execute("DELETE FROM archive.product WHERE id = %s AND collection_id = %s", [product_id, collection_id])
    if not cursor.rowcount:
        raise ArchiveError(f"there is no product {product_id}", place=f"collection {collection_id}")
    touch_collection(cursor, collection_id)


def products_of_collection(cursor: Cursor, collection_id: str) -> list[Product]:
    """Return the products of a collection, by name."""
    cursor.execute(
        f"SELECT {_PRODUCT} FROM archive.product AS p WHERE p.collection_id = %s ORDER BY p.name", [collection_id]
    )
    return [Product(**row._asdict()) for row in cursor.fetchall()]


def products_of_granule(cursor: Cursor, granule_id: int) -> list[ProductFile]:
    """Return the products that belong to a granule, by name, with what decides who may read each."""
    cursor.execute(
        """SELECT p.id FROM archive.product AS p JOIN archive.product_granule ON product_id = p.id
           WHERE granule_id = %s ORDER BY p.name""",
        [granule_id],
    )
    found = [find_product(cursor, row.id) for row in cursor.fetchall()]
    return [product for product in found if product is not None]


def find_product(cursor: Cursor, product_id: int) -> ProductFile | None:
    """Return a product; None when there is none, or none of its files is published."""
    # in one statement: no granule is added between the product's and its files' part
    cursor.execute(
        f"""WITH of_file AS (
              SELECT DISTINCT g.file_id AS id
              FROM archive.product_granule JOIN archive.granule AS g ON g.id = granule_id WHERE product_id = %(id)s)
            SELECT {_PRODUCT},
              ARRAY(SELECT id FROM of_file ORDER BY id) AS file_ids,
              ARRAY(SELECT data_rights FROM archive.granule JOIN of_file ON of_file.id = file_id
                    ORDER BY granule.id) AS rights,
              ARRAY(SELECT obs_release_date FROM archive.granule JOIN of_file ON of_file.id = file_id
                    ORDER BY granule.id) AS dates,
              EXISTS (SELECT FROM archive.file AS f JOIN of_file USING (id)
                      JOIN archive.collection AS c ON c.id = f.collection_id
                      WHERE f.retired IS NULL AND c.retired IS NULL) AS published
            FROM archive.product AS p WHERE p.id = %(id)s""",
        {"id": product_id},
    )
    row = cursor.fetchone()
    if row is None or not row.published:
        return None
    *facts, file_ids, rights, dates, _ = row
    product = Product(*facts)
    stored = StoredFile(
        product.id,
        product.name,
        product.url_name,
        product.sha256,
        product.size_bytes,
        product.media_type,
        tuple(map(Rights, rights, dates)),
    )
    return ProductFile(product, stored, tuple(file_ids))
