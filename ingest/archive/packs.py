"""Header texts, many in a pack, compressed by zstd.

Headers of a night are nearly alike: 78 real ones of four instruments and twelve years take 5.5 kB each together and
15.9 kB each alone, of 92 kB, and are packed at 760 MB/s. A pack is never changed; a text that came again anew is in a
newer pack, and the frame points there.
May import ``ingest.archive.connection``.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg2
import zstandard

from ingest.archive.connection import Cursor

#: Size of a pack before compression: reading one text means unpacking it (1 ms).
PACK_BYTES = 4_000_000
_LEVEL = 3
#: No pack of ours is larger: its last text may be as large as any header that is taken.
_LARGEST = 64_000_000


@dataclass(frozen=True)
class Pack:
    """Some texts, compressed together."""

    members: int
    content: bytes


@dataclass(frozen=True)
class Place:
    """Where a text is: number of the pack in a list, bytes in the unpacked content."""

    pack: int
    offset: int
    length: int


def digest_of(text: bytes) -> bytes:
    """Return the digest by which a text is known again."""
    return hashlib.blake2b(text, digest_size=16).digest()


def pack_texts(texts: Sequence[bytes], level: int = _LEVEL) -> tuple[list[Pack], list[Place]]:
    """Pack texts in their order.

    Returns
    -------
    tuple
        The packs, and the place of each text.
    """
    packs: list[Pack] = []
    places: list[Place] = []
    waiting: list[bytes] = []
    offset = 0
    compressor = zstandard.ZstdCompressor(level=level)
    for text in texts:
        if waiting and offset + len(text) > PACK_BYTES:
            packs.append(Pack(len(waiting), compressor.compress(b"".join(waiting))))
            waiting, offset = [], 0
        places.append(Place(len(packs), offset, len(text)))
        waiting.append(text)
        offset += len(text)
    if waiting:
        packs.append(Pack(len(waiting), compressor.compress(b"".join(waiting))))
    return packs, places


def unpack(content: bytes) -> bytes:
    """Return the texts of a pack, joined."""
    return zstandard.ZstdDecompressor().decompress(content, max_output_size=_LARGEST)


def add_packs(cursor: Cursor, packs: Sequence[Pack]) -> list[int]:
    """Store packs and return their ids."""
    ids = []
    for pack in packs:
        cursor.execute(
            "INSERT INTO archive.header_pack (members, content) VALUES (%s, %s) RETURNING id",
            [pack.members, psycopg2.Binary(pack.content)],
        )
        row = cursor.fetchone()
        assert row is not None
        ids.append(int(row.id))
    return ids


def read_text(cursor: Cursor, frame_id: str) -> str | None:
    """Return the header text of a frame, or None where there is none."""
    cursor.execute(
        """SELECT p.content, f.pack_offset, f.pack_length
           FROM archive.frame AS f JOIN archive.header_pack AS p ON p.id = f.pack_id WHERE f.id = %s""",
        [frame_id],
    )
    row = cursor.fetchone()
    if row is None:
        return None
    return unpack(row.content)[row.pack_offset :][: row.pack_length].decode("utf-8")


def texts_of_frames(cursor: Cursor, frame_ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the identifiers and texts of those frames that have one, pack by pack."""
    cursor.execute(
        """SELECT id, pack_id, pack_offset, pack_length FROM archive.frame
           WHERE id = ANY(%s) AND pack_id IS NOT NULL ORDER BY pack_id, pack_offset""",
        [list(frame_ids)],
    )
    current, content = 0, b""
    for row in cursor.fetchall():
        if row.pack_id != current:
            cursor.execute("SELECT content FROM archive.header_pack WHERE id = %s", [row.pack_id])
            found = cursor.fetchone()
            assert found is not None
            current, content = row.pack_id, unpack(found.content)
        yield row.id, content[row.pack_offset :][: row.pack_length].decode("utf-8")


def pack_ids(cursor: Cursor) -> list[int]:
    """Return the ids of all packs, in the order in which they came."""
    cursor.execute("SELECT id FROM archive.header_pack ORDER BY id")
    return [int(row.id) for row in cursor.fetchall()]


def remove_unreferenced_packs(cursor: Cursor) -> int:
    """Remove the packs that no frame points to any more; return how many."""
    cursor.execute(
        """DELETE FROM archive.header_pack AS p
           WHERE NOT EXISTS (SELECT FROM archive.frame AS f WHERE f.pack_id = p.id)"""
    )
    return int(cursor.rowcount)
