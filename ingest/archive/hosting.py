"""Trees that other web servers host: registered, filled with rules from the archive, watched for changes.

May import ``ingest.archive`` and ``ingest.access``.
"""

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2

from ingest.access.clock import check_zone
from ingest.access.htaccess import PASSWORDS, Server, why_bad_server
from ingest.access.policy import FileAccess, Rights
from ingest.access.rules import HostedFile, merged
from ingest.archive.access import files_access
from ingest.archive.connection import ArchiveError, Cursor
from ingest.errors import MisuseError

#: What the rules follow from. Not credentials: who logs in changes nothing.
_WATCHED = (
    "account",
    "account_alias",
    "account_group_member",
    "collection",
    "delegation",
    "file",
    "granule",
    "product",
    "product_granule",
    "share",
)
#: After a failure the next try waits so long, unless somebody asks for it.
RETRY = timedelta(minutes=10)

_REMOTE = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:(/[^\x00-\x1f\x7f\"'\\<>$%]*)")


@dataclass(frozen=True)
class HostedTree:
    """A tree; the columns of ``archive.hosted_tree``.

    Attributes
    ----------
    id
        Its name, "" for one that is not registered.
    collection_id
        Whose files are directly in it; None: those of each collection in a folder of the collection's id.
    base_url
        Its address without a slash at the end, "" where that is not known (only if it is not registered).
    target
        A folder of this host, or ``host:/folder``.
    """

    id: str
    collection_id: str | None
    base_url: str
    target: str
    password_file: str
    zone: str = ""
    hardened: bool = False
    written: datetime | None = None
    expires: datetime | None = None
    digest: str | None = None
    changes: int | None = None
    next_change: datetime | None = None
    attempted: datetime | None = None
    problem: str | None = None

    @property
    def server(self) -> Server:
        """What the writer has to know of its server."""
        path = urlsplit(self.base_url).path if self.base_url else None
        return Server(self.password_file, None if path is None else unquote(path).rstrip("/"), self.zone, self.hardened)

    @property
    def folder(self) -> Path | None:
        """Its folder on this host; None where it is another host's."""
        return Path(self.target) if self.target.startswith("/") else None

    @property
    def host(self) -> str:
        """The host of its target with a colon; "" for this host."""
        return "" if self.folder else self.target.partition(":")[0] + ":"


_COLUMNS = ", ".join(column.name for column in fields(HostedTree))


def checked_tree(tree: HostedTree) -> HostedTree:
    """Return a tree with its gaps filled in: by default the password file is in the tree, where rules deny it.

    Raises
    ------
    MisuseError
        When something in it cannot be used.
    """
    found = _REMOTE.fullmatch(tree.target)
    if not tree.target.startswith("/") and found is None:
        raise MisuseError(
            f"{tree.target!r} is no target",
            remedy="give a folder's absolute path, or host:/folder, or user@host:/folder",
        )
    target = tree.target.rstrip("/") or "/"
    folder = found[1].rstrip("/") if found else target
    tree = replace(tree, target=target, password_file=tree.password_file or f"{folder}/{PASSWORDS}")
    if tree.base_url:
        tree = replace(tree, base_url=_checked_url(tree.base_url))
    check_zone(tree.zone)
    reason = why_bad_server(tree.server)
    if reason:
        raise MisuseError(reason, place=tree.password_file)
    return tree


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise MisuseError(f"{url!r} is no address of a tree", remedy="give one like https://data.example.org/oidb")
    return url.rstrip("/")


def add_tree(cursor: Cursor, tree: HostedTree) -> HostedTree:
    """Register a tree.

    Raises
    ------
    MisuseError
        When something in it cannot be used, or it is inside another one, or has one inside.
    ArchiveError
        When the name or the target is taken, or the collection does not exist.
    """
    tree = checked_tree(tree)
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,40}", tree.id):
        raise MisuseError(f"{tree.id!r} is no name of a tree", remedy="use small letters, digits and . _ -")
    for other in list_trees(cursor):
        if f"{other.target}/".startswith(f"{tree.target}/") or f"{tree.target}/".startswith(f"{other.target}/"):
            raise MisuseError(
                f"overlaps with tree {other.id}: {other.target}", place=tree.target, remedy="each folder has one owner"
            )
    try:
        cursor.execute(
            """INSERT INTO archive.hosted_tree (id, collection_id, base_url, target, password_file, zone, hardened)
               VALUES (%(id)s, %(collection_id)s, %(base_url)s, %(target)s, %(password_file)s, %(zone)s,
                   %(hardened)s)""",
            vars(tree),
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ArchiveError("exists already", place=f"tree {tree.id}", remedy="choose another name") from error
    except psycopg2.errors.ForeignKeyViolation as error:
        raise ArchiveError(f"there is no collection {tree.collection_id!r}", place=f"tree {tree.id}") from error
    except psycopg2.errors.CheckViolation as error:
        raise MisuseError(f"{tree.base_url!r} is no address of a tree", place=f"tree {tree.id}") from error
    return tree


def remove_tree(cursor: Cursor, identifier: str) -> HostedTree:
    """Forget a tree; what was written stays, and closes when it expires.

    Raises
    ------
    ArchiveError
        When there is none of that name.
    """
    tree = find_tree(cursor, identifier)
    cursor.execute("DELETE FROM archive.hosted_tree WHERE id = %s", [identifier])
    return tree


def list_trees(cursor: Cursor) -> list[HostedTree]:
    """Return all registered trees."""
    cursor.execute(f"SELECT {_COLUMNS} FROM archive.hosted_tree ORDER BY id")
    return [HostedTree(**row._asdict()) for row in cursor.fetchall()]


def find_tree(cursor: Cursor, identifier: str) -> HostedTree:
    """Return a tree by its name.

    Raises
    ------
    ArchiveError
        When there is none.
    """
    trees = list_trees(cursor)
    for tree in trees:
        if tree.id == identifier:
            return tree
    known = ", ".join(tree.id for tree in trees) or "none yet"
    raise ArchiveError(f"there is no tree {identifier!r}", remedy=f"there are: {known} (./oivo acl trees list)")


def hosted_files(cursor: Cursor, tree: HostedTree) -> list[HostedFile]:
    """Return all files that a tree may deliver, with all that decides about them.

    These are the files that somebody registered by an address in the tree, whatever their collection, and, for
    mirrors of what we deliver ourselves, the files and products of the tree's collections by their names.
    """
    cursor.execute(
        """SELECT f.id, f.collection_id, f.name, f.remote_url
           FROM archive.file AS f JOIN archive.collection AS c ON c.id = f.collection_id
           WHERE f.retired IS NULL AND c.retired IS NULL
             AND CASE WHEN f.remote_url IS NULL THEN %(id)s IS NULL OR c.id = %(id)s
                      ELSE starts_with(f.remote_url, %(base)s || '/') END
           ORDER BY f.collection_id, f.id""",
        {"id": tree.collection_id, "base": tree.base_url or "none"},
    )
    found: list[HostedFile] = []
    for collection_id, rows in groupby(cursor.fetchall(), key=lambda row: str(row.collection_id)):
        own = tree.collection_id in (None, collection_id)
        prefix = "" if tree.collection_id is not None else f"{collection_id}/"
        accesses = {file.id: access for file, access in files_access(cursor, collection_id)}
        for row in rows:
            path = prefix + row.name if row.remote_url is None else _path_below(tree.base_url, row.remote_url)
            if row.id in accesses:
                found.append(HostedFile(path, (accesses[row.id],)))
        if own:
            found += _products_of(cursor, collection_id, prefix, accesses)
    return merged(found)


def _products_of(cursor: Cursor, collection_id: str, prefix: str, accesses: dict[int, FileAccess]) -> list[HostedFile]:
    """Return a collection's products: each is as private as the strictest of the granules that it belongs to."""
    cursor.execute(
        """SELECT p.name, g.file_id, g.data_rights, g.obs_release_date
           FROM archive.product AS p LEFT JOIN archive.product_granule AS pg ON pg.product_id = p.id
               LEFT JOIN archive.granule AS g ON g.id = pg.granule_id
           WHERE p.collection_id = %s ORDER BY p.id, g.id""",
        [collection_id],
    )
    rights: dict[str, dict[int | None, list[Rights]]] = {}
    for row in cursor.fetchall():
        of_file = rights.setdefault(row.name, {}).setdefault(row.file_id, [])
        if row.file_id is not None:
            of_file.append(Rights(row.data_rights, row.obs_release_date))
    return [
        HostedFile(prefix + name, tuple(_access_of_product(accesses, file, found) for file, found in files.items()))
        for name, files in rights.items()
    ]


def _access_of_product(accesses: dict[int, FileAccess], file_id: int | None, rights: list[Rights]) -> FileAccess:
    """Return a file's access for some of its granules; what belongs to no file that is known is closed to all."""
    access = accesses.get(file_id) if file_id is not None else None
    return FileAccess(()) if access is None else replace(access, rights=tuple(rights))


def _path_below(base_url: str, url: str) -> str:
    """Return the path of an address below another one, decoded."""
    return unquote(url[len(base_url) + 1 :].partition("?")[0].partition("#")[0], errors="surrogateescape")


def password_hashes(cursor: Cursor) -> dict[str, str]:
    """Return the hashes of all active accounts that have a password, by login."""
    cursor.execute(
        "SELECT login, password_hash FROM archive.account WHERE state = 'active' AND password_hash IS NOT NULL"
    )
    return {row.login: row.password_hash for row in cursor.fetchall()}


def change_counter(cursor: Cursor) -> int:
    """Return a number that differs when something was written to what rules follow from.

    It is PostgreSQL's own count of rows written, which is known a moment after the commit: no trigger, no lock, and
    nothing to forget in the code that writes. After a crash it begins again, which is a difference, too.
    """
    cursor.execute(
        """SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint AS changes FROM pg_stat_user_tables
           WHERE schemaname = 'archive' AND relname = ANY(%s)""",
        [list(_WATCHED)],
    )
    row = cursor.fetchone()
    assert row is not None
    return int(row.changes)


def trees_due(cursor: Cursor, now: datetime) -> list[HostedTree]:
    """Return the trees whose rules may have changed since they were written, by somebody or by time itself."""
    trees = list_trees(cursor)
    if not trees:
        return []
    changes = change_counter(cursor)
    return [tree for tree in trees if _is_due(tree, changes, now)]


def _is_due(tree: HostedTree, changes: int, now: datetime) -> bool:
    if tree.problem is not None and tree.attempted is not None and now < tree.attempted + RETRY:
        return False
    if tree.problem is not None or tree.written is None or tree.changes != changes:
        return True
    return tree.next_change is not None and tree.next_change <= now


def note_run(cursor: Cursor, tree: HostedTree) -> None:
    """Record how the last run of a registered tree went."""
    cursor.execute(
        """UPDATE archive.hosted_tree SET written = %(written)s, expires = %(expires)s, digest = %(digest)s,
               changes = %(changes)s, next_change = %(next_change)s, attempted = %(attempted)s, problem = %(problem)s
           WHERE id = %(id)s""",
        vars(tree),
    )
