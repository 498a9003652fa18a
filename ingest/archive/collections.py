"""Collections: created, changed, listed.

May import ``ingest.archive.connection`` and the pure modules.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

import psycopg2

from ingest.archive.connection import ArchiveError, Cursor, MissingError
from ingest.errors import MisuseError

KINDS = ("public", "simulation", "suv", "VizieR", "pionier", "eso", "chara")
#: What a collection's identifier looks like; VizieR's catalogue names, such as J/A+A/545/A130, are among them.
#: Between slashes there is something, and not . or .., which browsers take out of addresses.
IDENTIFIER = re.compile(r"(?!.*/\.{0,2}/)[A-Za-z0-9]([A-Za-z0-9+&._/ -]{0,78}[A-Za-z0-9+])?")


@dataclass(frozen=True)
class Collection:
    """What somebody tells about a collection; the rest follows from its files.

    Attributes
    ----------
    id
        Identifier, in `IDENTIFIER`'s form.
    kind
        One of `KINDS`; decides the embargo of new data.
    release_date
        Nothing in it is public before this moment.
    owner
        Account of the owner; never published.
    co_pis
        Further names of people responsible for the data, with / between.
    """

    id: str
    name: str
    title: str
    kind: str = "public"
    description: str = ""
    keywords: tuple[str, ...] = ()
    article_bibcode: str | None = None
    creator: str = ""
    datapi: str = ""
    release_date: datetime | None = None
    owner: str = field(default="", repr=False)
    co_pis: str = ""

    def __post_init__(self) -> None:
        if not IDENTIFIER.fullmatch(self.id):
            raise MisuseError(
                f"{self.id!r} cannot identify a collection",
                remedy="use letters, digits and + & . _ / - or blanks inside, at most 80 in all",
            )
        if self.kind not in KINDS:
            raise MisuseError(f"{self.kind!r} is no kind of collection", remedy=f"use one of {', '.join(KINDS)}")
        if not self.name.strip() or not self.title.strip():
            raise MisuseError("a collection needs a name and a title", place=self.id)
        if self.article_bibcode is not None and not re.fullmatch(r"[0-9]{4}\S{15}", self.article_bibcode):
            raise MisuseError(
                f"{self.article_bibcode!r} is not a bibcode", place=self.id, remedy="give its 19 characters"
            )


def create_collection(cursor: Cursor, collection: Collection, run: str = "") -> None:
    """Create a collection.

    Raises
    ------
    ArchiveError
        When the identifier is taken.
    """
    try:
        cursor.execute(
            """INSERT INTO archive.collection (id, kind, name, title, description, keywords, article_bibcode, creator,
                   datapi, release_date, owner, co_pis)
               VALUES (%(id)s, %(kind)s, %(name)s, %(title)s, %(description)s,
                   -- within DaCHS an empty list comes as NULL
                   coalesce(%(keywords)s::text[], '{}'), %(article_bibcode)s,
                   %(creator)s, %(datapi)s, %(release_date)s, %(owner)s, %(co_pis)s)""",
            vars(collection) | {"keywords": list(collection.keywords)},
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ArchiveError("exists already", place=f"collection {collection.id}", remedy="choose another id") from error
    note(cursor, "collection created", collection.id, collection.title, run)


def find_collection(cursor: Cursor, identifier: str) -> Collection:
    """Return a collection.

    Raises
    ------
    ArchiveError
        When there is none of that identifier; the error names those that are like it.
    """
    cursor.execute(
        """SELECT id, name, title, kind, description, keywords, article_bibcode, creator, datapi, release_date, owner,
               co_pis
           FROM archive.collection WHERE id = %s""",
        [identifier],
    )
    row = cursor.fetchone()
    if row is None:
        cursor.execute("SELECT id FROM archive.collection ORDER BY updated DESC LIMIT 8")
        known = ", ".join(found.id for found in cursor.fetchall())
        raise MissingError(
            f"there is no collection {identifier!r}",
            remedy=f"create it: ./oivo oidb create-collection; the latest are: {known or 'none yet'}",
        )
    return Collection(**row._asdict() | {"keywords": tuple(row.keywords)})


def touch_collection(cursor: Cursor, identifier: str) -> None:
    """Note that something in the collection changed now."""
    cursor.execute("UPDATE archive.collection SET updated = now() WHERE id = %s", [identifier])


def note(cursor: Cursor, event: str, collection: str, subject: str, run: str = "") -> None:
    """Write a line of the journal, from which feeds and pages tell what is new."""
    cursor.execute(
        "INSERT INTO archive.journal (event, collection_id, subject, run) VALUES (%s, %s, %s, %s)",
        [event, collection, subject, run],
    )
