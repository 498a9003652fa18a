"""Writes the rules of hosted trees: asks the archive, plans, writes or pushes, and notes how it went.

May import ``ingest.archive``, ``ingest.access``, ``ingest.home``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from ingest.access.folder import Folder, Scan, TreeError
from ingest.access.htaccess import FileRule, why_not_writable
from ingest.access.push import Push
from ingest.access.rules import RuleMaker
from ingest.access.tree import Plan, difference, make_plan
from ingest.archive.connection import Archive, Cursor
from ingest.archive.hosting import (
    HostedTree,
    change_counter,
    checked_tree,
    hosted_files,
    list_trees,
    note_run,
    password_hashes,
    trees_due,
)
from ingest.archive.people import people
from ingest.errors import OivoError
from ingest.home import Home
from ingest.logs import log

#: Rules that allow the same are written again when they are so old, to move their end.
_RENEW = timedelta(hours=20)


@dataclass(frozen=True)
class Outcome:
    """What a run did, or would do.

    Attributes
    ----------
    changes
        In words.
    wrote
        Whether something was written.
    plan
        What the tree holds now.
    unknown, missing
        Files of the folder that the archive does not know, so denied; files that the archive has and the folder not.
    """

    tree: HostedTree
    changes: str
    wrote: bool
    plan: Plan
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        public = sum(rule.public_from is not None and rule.public_from <= self.plan.now for rule in self.plan.rules)
        counts = f"{public} public, {len(self.plan.rules) - public} private, {len(self.plan.hashes)} logins"
        return f"{counts}: {self.changes}"


def write_tree(home: Home, tree: HostedTree, now: datetime, *, dry_run: bool = False, force: bool = True) -> Outcome:
    """Write the rules of a tree.

    Parameters
    ----------
    tree
        Registered or not.
    dry_run
        Write nothing.
    force
        Write even where nothing changed and the rules are young.

    Raises
    ------
    OivoError
        When it is not possible; the rules that are there hold, until they expire.
    """
    tree = checked_tree(tree)
    archive = Archive(home)
    with archive.locked(f"acl {tree.target}") as free:
        if not free:
            raise OivoError("its rules are being written already", place=tree.target, remedy="wait for the end")
        try:
            outcome = _write(archive, tree, now, dry_run, force)
        except OivoError as error:
            if tree.id and not dry_run:
                with archive.transaction() as cursor:
                    note_run(cursor, replace(tree, attempted=now, problem=str(error)))
            raise
        if tree.id and not dry_run:
            with archive.transaction() as cursor:
                note_run(cursor, outcome.tree)
    log.info("rules of %s: %s", tree.id or tree.target, outcome)
    return outcome


def _write(archive: Archive, tree: HostedTree, now: datetime, dry_run: bool, force: bool) -> Outcome:
    with archive.transaction() as cursor:
        # in a transaction of its own, before all else: what is committed later makes the next run find a difference
        changes = change_counter(cursor)
    with archive.transaction() as cursor:
        rules, next_change = _rules(cursor, tree, now)
        hashes = password_hashes(cursor)
    folder, scan = _place(archive.home, tree)
    old = folder.manifest()
    expires = now + timedelta(hours=archive.home.settings.number("acl.valid_hours"))
    refused = _through_links((rule.path for rule in rules), scan.links)
    plan = make_plan(rules, hashes, tree.server, now, expires, folders=scan.folders | old.folders, refused=refused)
    fresh = old.digest == plan.digest and old.written is not None and now - old.written < _RENEW
    wanted = force or not fresh or tree.problem is not None or not folder.is_as_written(old)
    if wanted and not dry_run:
        _writer(archive.home, tree, folder).write(plan, tree.id)
    done = replace(
        tree,
        written=now if wanted else old.written,
        expires=expires if wanted else old.expires,
        digest=plan.digest,
        changes=changes,
        next_change=next_change,
        attempted=now,
        problem=None,
    )
    known = {rule.path for rule in plan.rules} | plan.left_out.keys()
    here = scan.files if tree.folder else set()
    return Outcome(
        done,
        difference(old, plan),
        wanted and not dry_run,
        plan,
        tuple(sorted(here - known)),
        tuple(sorted(known - here - scan.links)) if tree.folder else (),
    )


def _rules(cursor: Cursor, tree: HostedTree, now: datetime) -> tuple[list[FileRule], datetime | None]:
    """Return the rules of a tree, and when they change by themselves. To be called first in a transaction.

    All is read from one state of the archive.
    """
    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    maker = RuleMaker(people(cursor), now)
    return [maker.rule(file) for file in hosted_files(cursor, tree)], maker.next_change


def rules_of_tree(archive: Archive, tree: HostedTree, now: datetime) -> list[FileRule]:
    """Return who may read what in a tree, for those files that rules can be written for."""
    with archive.transaction() as cursor:
        return [rule for rule in _rules(cursor, tree, now)[0] if not why_not_writable(rule.path)]


def _place(home: Home, tree: HostedTree) -> tuple[Folder, Scan]:
    """Return where a tree's rules are kept on this host, and what is there."""
    if tree.folder is None:
        staging = home.root / "acl" / tree.id
        folder = Folder(staging / "tree", staging / "passwords" / PurePosixPath(tree.password_file).name)
        return folder, Scan({""}) if not folder.root.exists() else folder.scan()
    folder = Folder(tree.folder, Path(tree.password_file))
    if not tree.folder.is_dir():
        raise TreeError("is no folder of this host", place=tree.target, remedy="make it, or name the right one")
    return folder, folder.scan()


def _writer(home: Home, tree: HostedTree, folder: Folder) -> Folder | Push:
    if tree.folder is not None:
        return folder
    command = home.settings.text("acl.push_command")
    return Push(folder, command, tree.target, tree.host + tree.password_file)


def _through_links(paths: Iterable[str], links: set[str]) -> dict[str, str]:
    """Return the paths that are, or go through, symbolic links: who can make one decides what it delivers."""
    found = {}
    for path in paths:
        if links and not why_not_writable(path):
            above = {path, *(str(parent) for parent in PurePosixPath(path).parents)}
            if above & links:
                found[path] = "it is, or goes through, a symbolic link"
    return found


def write_all(home: Home, now: datetime) -> list[Outcome | OivoError]:
    """Write the rules of all registered trees that are not as they should be, or are getting old."""
    archive = Archive(home)
    with archive.transaction() as cursor:
        trees = list_trees(cursor)
    done: list[Outcome | OivoError] = []
    for tree in trees:
        try:
            done.append(write_tree(home, tree, now, force=False))
        except OivoError as error:
            log.error("rules of %s: %s", tree.id, error)
            done.append(error)
    return done


def is_due(home: Home) -> bool:
    """Tell whether rules may have changed since they were written."""
    with Archive(home).transaction() as cursor:
        return bool(trees_due(cursor, datetime.now(UTC)))
