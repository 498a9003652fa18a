"""Texts of ``.htaccess`` and ``.htpasswd`` files for Apache 2.4: rules in, text out, nothing else.

Needs of the server ``AllowOverride AuthConfig`` and the modules authn_core, authn_file, auth_basic, authz_core and
authz_user, which every Apache 2.4 has. Each folder's file stands for itself:

- everything in the folder is denied, also in folders below that have no file of their own;
- ``<Files "name">`` opens one name. Apache applies it below the folder, too: so each folder denies every name anew
  before it opens its own, and where the tree's address is known a condition binds the block to its folder;
- persons and coming releases are let in only before the rules expire, so that a tree which nobody refreshes closes.

What Apache cannot be told safely is refused: see `why_not_writable`. Pure; may import ``ingest.access.clock``.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from ingest.access.clock import wall_from, wall_until

#: Names of the files that are written; Apache's own configuration refuses to deliver what begins with ``.ht``.
RULES, PASSWORDS = ".htaccess", ".htpasswd"

#: Characters that mean something to Apache in a quoted name of <Files>: end of the quotes or of the section, escape,
#: wildcards. Brackets are none by themselves, but become one beside another.
_SPECIAL = frozenset('"\\<>*?[]')
#: Where mod_mime maps one of a name's endings to a program, delivering the file would run it: ``x.php.fits``, too.
_PROGRAMS = frozenset(
    {"asis", "asp", "aspx", "cgi", "cfm", "fcgi", "imap", "jsp", "lua", "phar", "php", "php3", "php4", "php5", "php7"}
    | {"php8", "phps", "pht", "phtml", "pl", "py", "rb", "sh", "shtm", "shtml", "stm", "tcl", "var", "wsgi"}
)
#: Logins that stand in quotes without a second meaning; no % (expressions), no backslash, no blank.
_LOGIN = re.compile(r"[a-z0-9!#&'*+/=?^_`{|}~.-]{1,128}@[a-z0-9.-]{1,255}")
_HASH = re.compile(r"\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}")
#: Longest name and path that file systems and rsync take, in bytes.
_LONGEST_NAME, _LONGEST_PATH = 255, 3000


@dataclass(frozen=True)
class FileRule:
    """Who may read one file of a tree.

    Attributes
    ----------
    path
        Relative to the tree, with ``/``.
    public_from
        From when on anybody may; None for never.
    readers
        Logins that may before, each until when; None for without end.
    """

    path: str
    public_from: datetime | None = None
    readers: Mapping[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Server:
    """What is known of the server that delivers a tree.

    Attributes
    ----------
    password_file
        Absolute path of the ``.htpasswd`` as the server sees it.
    url_path
        Path of the tree's address, without a slash at its end; None where it is not known.
    zone
        The server's time zone; "" where it is not known: then whatever depends on time closes up to 26 hours early.
    hardened
        Whether to write ``Options`` and ``SetHandler``, too, for which the server needs
        ``AllowOverride AuthConfig FileInfo Options``.
    realm
        What browsers show when they ask for the password.
    """

    password_file: str
    url_path: str | None = None
    zone: str = ""
    hardened: bool = False
    realm: str = "oivo"


def why_not_writable(path: str) -> str:
    """Return why no rule can be written for a file, or "" if one can.

    The file stays denied then, as everything does that is not named.
    """
    parts = path.split("/")
    if len(path.encode("utf-8", "replace")) > _LONGEST_PATH or any(
        len(part.encode("utf-8", "replace")) > _LONGEST_NAME for part in parts
    ):
        return "it is too long"
    for part in parts:
        if not part or part.startswith(".") or part in ("", ".", ".."):
            return "a name in it is empty or begins with a dot"
        if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in part):
            return "it has control characters, or bytes that are not UTF-8"
        special = sorted(_SPECIAL & set(part))
        if special:
            return f"it has {' '.join(special)}, which mean something to Apache"
        # <Files "~"> announces a regular expression, quotes or not; ${NAME} is replaced in any line
        if part == "~" or "${" in part:
            return "Apache would take it for something else than a name"
    programs = _PROGRAMS.intersection(parts[-1].lower().split(".")[1:])
    if programs:
        return f"a server may run what has .{min(programs)} in its name"
    return ""


def is_writable_login(login: str) -> bool:
    """Tell whether a login can stand in ``Require user``."""
    return bool(_LOGIN.fullmatch(login))


def why_bad_server(server: Server) -> str:
    """Return what of a server's description cannot be written, or ""."""
    if not re.fullmatch(r"/[^\x00-\x1f\x7f\"\\<>$%]+", server.password_file):
        return "the password file needs an absolute path without quotes, backslashes, < > $ %"
    if not re.fullmatch(r"[A-Za-z0-9 ._:-]{1,60}", server.realm):
        return "the realm needs letters, digits, blanks and . _ : -"
    return ""


def folders_of(paths: Iterable[str]) -> set[str]:
    """Return the folders, with those above, that paths are in; "" is the tree itself."""
    found = {""}
    for path in paths:
        found.update("" if str(parent) == "." else str(parent) for parent in PurePosixPath(path).parents)
    return found


def htaccess(folder: str, rules: Sequence[FileRule], server: Server, now: datetime, expires: datetime) -> str:
    """Return the ``.htaccess`` of one folder.

    Parameters
    ----------
    folder
        Relative to the tree, "" for the tree itself.
    rules
        Of the files directly in it; their paths must be writable.
    server
        The server.
    now, expires
        What is public now stays so; everything else ends with `expires`.

    Raises
    ------
    ValueError
        For a rule that `why_not_writable` or `is_writable_login` refuses: they have to be left out before.
    """
    lines = [
        f"# Written by oivo at {now:%Y-%m-%dT%H:%M:%SZ}, for Apache 2.4. Do not edit: the next run replaces it.",
        f"# Persons and coming releases are let in before {expires:%Y-%m-%dT%H:%M:%SZ} only.",
        *_general(server),
    ]
    for rule in sorted(rules, key=lambda rule: rule.path):
        reason = why_not_writable(rule.path)
        if reason:
            raise ValueError(f"{rule.path!r}: {reason}")
        lines += _file_section(rule, folder, server, now, expires)
    return "\n".join(lines) + "\n"


def _general(server: Server) -> list[str]:
    """What holds for the folder whatever its files are."""
    hardening = ["Options None", "SetHandler default-handler"] if server.hardened else []
    return [
        *hardening,
        "AuthType Basic",
        f'AuthName "{server.realm}"',
        # the server's own configuration may ask another directory of people
        "AuthBasicProvider file",
        f'AuthUserFile "{server.password_file}"',
        # where the server's own configuration says Satisfy Any, its Allow would be enough
        "<IfModule mod_access_compat.c>",
        "Satisfy All",
        "</IfModule>",
        "Require all denied",
        # after the sections of the folders above, which Apache applies here, too
        '<Files "*">',
        "Require all denied",
        "</Files>",
    ]


def _file_section(rule: FileRule, folder: str, server: Server, now: datetime, expires: datetime) -> list[str]:
    conditions = _conditions(rule, server, now, expires)
    if conditions is None:
        return []
    name = rule.path.rpartition("/")[2]
    where = [] if server.url_path is None else [_only_in(folder, server.url_path)]
    return [
        f'<Files "{name}">',
        "<RequireAll>",
        "Require method GET HEAD",
        *where,
        *conditions,
        "</RequireAll>",
        "</Files>",
    ]


def _conditions(rule: FileRule, server: Server, now: datetime, expires: datetime) -> list[str] | None:
    """Return who is let in: nothing for everybody, None for nobody."""
    if rule.public_from is not None and rule.public_from <= now:
        return []
    allowed = []
    if rule.public_from is not None and rule.public_from < expires:
        allowed += _all(
            f"Require expr %{{TIME}} -ge {wall_from(rule.public_from, server.zone)}",
            f"Require expr %{{TIME}} -lt {wall_until(expires, server.zone)}",
        )
    for until, logins in sorted(_by_end(rule.readers, now, expires).items()):
        quoted = " ".join(f'"{login}"' for login in sorted(logins))
        allowed += _all(f"Require expr %{{TIME}} -lt {wall_until(until, server.zone)}", f"Require user {quoted}")
    return ["<RequireAny>", *allowed, "</RequireAny>"] if allowed else None


def _all(*conditions: str) -> list[str]:
    return ["<RequireAll>", *conditions, "</RequireAll>"]


def _by_end(readers: Mapping[str, datetime | None], now: datetime, expires: datetime) -> dict[datetime, list[str]]:
    """Return the logins by the moment until which they are let in."""
    found: dict[datetime, list[str]] = {}
    for login, until in readers.items():
        if not is_writable_login(login):
            raise ValueError(f"{login!r} cannot be written")
        end = expires if until is None else min(until, expires)
        if end > now:
            found.setdefault(end, []).append(login)
    return found


def _only_in(folder: str, url_path: str) -> str:
    """Return the condition that a request is for something directly in a folder; every odd byte is written as code."""
    path = "/".join(filter(None, [url_path.strip("/"), folder]))
    prefix = f"/{path}/" if path else "/"
    pattern = "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else "/" if byte == 0x2F else f"\\x{byte:02x}"
        for byte in prefix.encode()
    )
    # not with # as the delimiter: a lone # after a blank would begin no comment, but nobody has to know that
    return f"Require expr %{{REQUEST_URI}} =~ m|^{pattern}[^/]+$|"


def htpasswd(hashes: Mapping[str, str]) -> str:
    """Return the ``.htpasswd`` for accounts' bcrypt hashes.

    Raises
    ------
    ValueError
        For a login or a hash that cannot be written.
    """
    lines = []
    for login, stored in sorted(hashes.items()):
        if not is_writable_login(login) or not _HASH.fullmatch(stored):
            raise ValueError(f"{login!r}: its login or its password's hash cannot be written")
        # the same to bcrypt; Apache's own code knows 2y only
        lines.append(f"{login}:$2y${stored[4:]}\n")
    return "".join(lines)
