"""A tree of files that an Apache server delivers: all texts that it needs, and what changes when they are written.

Made wholly in memory before anything is written. Pure; may import ``ingest.access``.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Any

from ingest.access.htaccess import (
    PASSWORDS,
    RULES,
    FileRule,
    Server,
    folders_of,
    htaccess,
    htpasswd,
    is_writable_login,
    why_not_writable,
)

#: The manifest's name: begins with .ht, so that Apache's own configuration refuses it, as ours does.
MANIFEST = ".htoivo.json"
_VERSION = 1


@dataclass(frozen=True)
class Plan:
    """What a tree shall hold.

    Attributes
    ----------
    texts
        The ``.htaccess`` files, by their paths relative to the tree.
    hashes
        Login and bcrypt hash of all who are named in them.
    rules
        What was written, one rule a file.
    left_out
        Paths for which no rule can be written, with the reason: they stay denied.
    without_password
        Logins that may read something, but have no password, or a login that cannot be written.
    """

    texts: Mapping[str, str]
    hashes: Mapping[str, str]
    rules: tuple[FileRule, ...]
    left_out: Mapping[str, str]
    without_password: frozenset[str]
    server: Server
    now: datetime
    expires: datetime

    @property
    def passwords(self) -> str:
        """The ``.htpasswd``."""
        return htpasswd(self.hashes)

    @property
    def digest(self) -> str:
        """Digest of what is allowed, which does not depend on when it was written."""
        facts = [[rule.path, *_state(rule, self.now)] for rule in self.rules]
        folders = sorted(self.texts)
        everything = [_VERSION, astuple(self.server), facts, folders, sorted(self.hashes.items())]
        return hashlib.sha256(json.dumps(everything).encode()).hexdigest()

    def manifest(self, name: str) -> str:
        """Return the manifest: no login and no hash is in it."""
        content = {
            "version": _VERSION,
            "tree": name,
            "written": _text(self.now),
            "expires": _text(self.expires),
            "digest": self.digest,
            "files": {rule.path: _summary(rule, self.now) for rule in self.rules},
            "texts": {path: hashlib.sha256(text.encode()).hexdigest() for path, text in sorted(self.texts.items())},
        }
        return json.dumps(content, indent=1) + "\n"


def make_plan(
    rules: Iterable[FileRule],
    hashes: Mapping[str, str],
    server: Server,
    now: datetime,
    expires: datetime,
    *,
    folders: Collection[str] = (),
    refused: Mapping[str, str] | None = None,
) -> Plan:
    """Make all texts of a tree.

    Parameters
    ----------
    rules
        One a file.
    hashes
        Passwords of all accounts that have one.
    folders
        Folders that are there besides those of the rules: everything in them is denied.
    refused
        Paths that are known not to be safe in this place (symbolic links), with the reason.
    """
    left_out = dict(refused or {})
    good: list[FileRule] = []
    missing: set[str] = set()
    for rule in rules:
        reason = left_out.get(rule.path) or why_not_writable(rule.path)
        if reason:
            left_out[rule.path] = reason
            continue
        able = {login: until for login, until in rule.readers.items() if login in hashes and is_writable_login(login)}
        missing.update(rule.readers.keys() - able.keys())
        good.append(FileRule(rule.path, rule.public_from, able))
    used = {login: hashes[login] for rule in good for login in rule.readers}
    texts = _texts(good, folders, server, now, expires)
    return Plan(texts, used, tuple(good), left_out, frozenset(missing), server, now, expires)


def _texts(
    rules: Sequence[FileRule], folders: Collection[str], server: Server, now: datetime, expires: datetime
) -> dict[str, str]:
    inside: dict[str, list[FileRule]] = {folder: [] for folder in {*folders, *folders_of(rule.path for rule in rules)}}
    for rule in rules:
        inside[rule.path.rpartition("/")[0]].append(rule)
    return {
        f"{folder}/{RULES}".lstrip("/"): htaccess(folder, members, server, now, expires)
        for folder, members in sorted(inside.items())
    }


def batches(plan: Plan, name: str, old_passwords: str) -> list[list[tuple[str, str]]]:
    """Return what to write in which order, so that no moment is more open than the states before and after.

    Rules of one folder decide about its files alone, so it does not matter which folder comes first. But passwords
    are for all: somebody may be named in old rules who had no password then, or lose a right in the moment of getting
    one. So first only those stay who were and will be known, then the rules change, then the new ones come in. A run
    that is ended in between leaves each file as it was, as it should be, or stricter.

    Returns
    -------
    list of list of (str, str)
        Batches of file names, relative to the tree (`PASSWORDS` is the password file, wherever that is), and texts.
    """
    known = {line.partition(":")[0] for line in old_passwords.splitlines()}
    staying = {login: stored for login, stored in plan.hashes.items() if login in known}
    return [
        [(PASSWORDS, htpasswd(staying))],
        list(plan.texts.items()),
        [(PASSWORDS, plan.passwords)],
        [(MANIFEST, plan.manifest(name))],
    ]


@dataclass(frozen=True)
class Written:
    """What a manifest says of an earlier run; all empty for none."""

    digest: str = ""
    expires: datetime | None = None
    written: datetime | None = None
    files: Mapping[str, str] | None = None
    texts: Mapping[str, str] | None = None

    @property
    def folders(self) -> set[str]:
        """The folders that have an ``.htaccess`` of ours."""
        return {path.rpartition("/")[0] for path in self.texts or {}}


def read_manifest(text: str) -> Written:
    """Return what a manifest says; what is no manifest says nothing."""
    try:
        content: Any = json.loads(text)
        if content["version"] != _VERSION:
            return Written()
        return Written(
            str(content["digest"]),
            _moment(content["expires"]),
            _moment(content["written"]),
            {str(path): str(state) for path, state in content["files"].items()},
            {str(path): str(digest) for path, digest in content["texts"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Written()


def difference(old: Written, plan: Plan) -> str:
    """Return in words what a plan changes against what was written before."""
    before = old.files or {}
    after = {rule.path: _summary(rule, plan.now) for rule in plan.rules}
    changed = [path for path in before.keys() & after.keys() if before[path] != after[path]]
    counts = {
        "new": len(after.keys() - before.keys()),
        "gone, so denied": len(before.keys() - after.keys()),
        "become public": sum(after[path] == "public" for path in changed),
        "become private": sum(before[path] == "public" for path in changed),
        "with other readers": sum("public" not in (before[path], after[path]) for path in changed),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing changes"


def _state(rule: FileRule, now: datetime) -> list[Any]:
    if rule.public_from is not None and rule.public_from <= now:
        return ["public"]
    ends = sorted((login, _text(until) if until else "") for login, until in rule.readers.items())
    return [_text(rule.public_from) if rule.public_from else "", ends]


def _summary(rule: FileRule, now: datetime) -> str:
    """Return ``public``, or a short digest of who may read it and when: enough to see a change."""
    state = _state(rule, now)
    return "public" if state == ["public"] else hashlib.sha256(json.dumps(state).encode()).hexdigest()[:12]


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
