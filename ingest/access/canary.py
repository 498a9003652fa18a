"""Asks a live server for files of a hosted tree, and judges the answers: are the rules in force?

Uses the standard library's HTTP client: the paths have to be sent exactly as they are written here, and redirections
must not be followed. May import ``ingest.access``.
"""

import http.client
import secrets
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlsplit

from ingest.access.folder import TreeError
from ingest.access.htaccess import PASSWORDS, RULES, FileRule, Server
from ingest.access.tree import MANIFEST

#: So many files are asked for of each kind, spread over the folders.
_SAMPLE = 12
_SECONDS = 20
#: A server's clock that is further off opens and closes at wrong times.
_CLOCK = timedelta(minutes=2)
_REFUSED = frozenset({401, 403})
_ALLOW = "set `AllowOverride AuthConfig` for the tree's folder in the server's configuration, and reload it"
_ALLOW_HARDENED = _ALLOW.replace("AuthConfig", "AuthConfig FileInfo Options")


@dataclass(frozen=True)
class Answer:
    """What came back: the status, whether there was any content, the server's clock."""

    status: int
    content: bool
    date: datetime | None


@dataclass(frozen=True)
class Verdict:
    """One thing that was asked, whether the answer was right, and what to do if not."""

    right: bool
    what: str
    remedy: str = ""


Ask = Callable[..., Answer]


def asker(base_url: str) -> Ask:
    """Return what asks a server: ``ask("GET", "/path below the tree", {header: value})``."""
    parts = urlsplit(base_url)
    host, prefix = parts.hostname or "", parts.path.rstrip("/")

    def ask(method: str, path: str, headers: dict[str, str] | None = None) -> Answer:
        secure = parts.scheme == "https"
        connection: http.client.HTTPConnection = (
            http.client.HTTPSConnection(host, parts.port, timeout=_SECONDS, context=ssl.create_default_context())
            if secure
            else http.client.HTTPConnection(host, parts.port, timeout=_SECONDS)
        )
        try:
            connection.request(method, prefix + path, headers={"User-Agent": "oivo-acl-check", **(headers or {})})
            reply = connection.getresponse()
            content = bool(reply.read(1))
            return Answer(reply.status, content, _date(reply.headers.get("Date")))
        except (OSError, http.client.HTTPException) as error:
            raise TreeError(f"does not answer: {error}", place=base_url, remedy="check the address") from error
        finally:
            connection.close()

    return ask


def _date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None


def check(ask: Ask, rules: Sequence[FileRule], server: Server, now: datetime) -> Iterator[Verdict]:
    """Ask for canaries and judge the answers.

    Parameters
    ----------
    ask
        As `asker` returns it.
    rules
        Those of the tree: what must be refused, what must not.
    """
    remedy = _ALLOW_HARDENED if server.hardened else _ALLOW
    unknown = ask("GET", f"/oivo-canary-{secrets.token_hex(8)}.fits")
    yield _clock(unknown, now)
    yield _rules_in_force(unknown, remedy)
    if unknown.status >= 500:
        return
    folder = ask("GET", "/")
    yield Verdict(folder.status in _REFUSED, f"the folder itself: {folder.status}, 403 expected", remedy)
    for name in (RULES, PASSWORDS, MANIFEST):
        answer = ask("GET", f"/{name}")
        yield Verdict(answer.status in _REFUSED | {404}, f"{name}: {answer.status}, 403 expected", remedy)
    private = _sample([rule for rule in rules if rule.public_from is None or rule.public_from > now])
    public = _sample([rule for rule in rules if rule.public_from is not None and rule.public_from <= now])
    for rule in private:
        yield _private(ask("GET", _path(rule), {"Range": "bytes=0-0"}), rule, remedy)
    if private:
        yield from _variants(ask, private[0], remedy)
        yield _passwords(ask, private[0], server)
    for rule in public:
        answer = ask("GET", _path(rule), {"Range": "bytes=0-0"})
        yield Verdict(
            answer.status in (200, 206, 404),
            f"public file {rule.path}: {answer.status}, {'not there yet' if answer.status == 404 else '200 expected'}",
            "is the tree registered with the address at which the server has it?",
        )


def _clock(answer: Answer, now: datetime) -> Verdict:
    if answer.date is None:
        return Verdict(True, "the server does not tell its clock")
    date = answer.date if answer.date.tzinfo else answer.date.replace(tzinfo=UTC)
    off = abs(date - now)
    return Verdict(off <= _CLOCK, f"the server's clock is {off.total_seconds():.0f} s off", "run NTP on both hosts")


def _rules_in_force(answer: Answer, remedy: str) -> Verdict:
    """What does not exist must be refused, not be missed: that is how rules show that are read."""
    what = f"a file that does not exist: {answer.status}, 403 expected"
    if answer.status >= 500:
        return Verdict(False, f"{what}; the server does not accept the rules", f"{remedy}; see its error log")
    if answer.status in _REFUSED:
        return Verdict(True, what)
    if 300 <= answer.status < 400:
        return Verdict(False, f"{what}; the server redirects", "register the tree with the address it redirects to")
    return Verdict(False, f"{what}; the server IGNORES the rules, so everything in the tree may be open", remedy)


def _private(answer: Answer, rule: FileRule, remedy: str) -> Verdict:
    wanted = 401 if rule.readers else 403
    return Verdict(
        answer.status in _REFUSED, f"private file {rule.path}: {answer.status}, {wanted} expected", f"a LEAK: {remedy}"
    )


def _variants(ask: Ask, rule: FileRule, remedy: str) -> Iterator[Verdict]:
    """Ask for a private file in all the ways that have opened doors elsewhere: none may give any of its content."""
    path, name = _path(rule), rule.path.rpartition("/")[2]
    above = path[: -len(quote(name))]
    coded = above + "".join(f"%{byte:02X}" for byte in name.encode())
    requests = {
        "HEAD": ("HEAD", path, {}),
        "a range": ("GET", path, {"Range": "bytes=0-99"}),
        "If-None-Match": ("GET", path, {"If-None-Match": "*"}),
        "POST": ("POST", path, {"Content-Length": "0"}),
        "encoded name": ("GET", coded, {}),
        "doubly encoded name": ("GET", coded.replace("%", "%25"), {}),
        "/./ in the path": ("GET", "/%2e" + path, {}),
        "/x/../ in the path": ("GET", "/x/%2e%2e" + path, {}),
        "doubled slash": ("GET", "/" + path, {}),
        "encoded slash": ("GET", "/%2F" + path[1:], {}),
        "slash at the end": ("GET", path + "/", {}),
        "dot at the end": ("GET", path + ".", {}),
        "blank at the end": ("GET", path + "%20", {}),
        "other case": ("GET", above + quote(name.swapcase()), {}),
        "without its ending": ("GET", above + quote(name.rpartition(".")[0] or name), {}),
        "a query": ("GET", path + "?x=1", {}),
        "a parameter": ("GET", path + ";x=1", {}),
    }
    for what, (method, where, headers) in requests.items():
        answer = ask(method, where, headers)
        yield Verdict(
            not 200 <= answer.status < 300 and answer.status != 304,
            f"private file {rule.path}, {what}: {answer.status}",
            f"a LEAK: {remedy}",
        )


def _passwords(ask: Ask, rule: FileRule, server: Server) -> Verdict:
    """A wrong password must be refused, which needs the password file."""
    answer = ask("GET", _path(rule), {"Authorization": "Basic b2l2by1jYW5hcnlAaW52YWxpZDp3cm9uZw=="})
    return Verdict(
        answer.status in _REFUSED,
        f"private file {rule.path}, wrong password: {answer.status}, 401 expected",
        f"the server must be able to read {server.password_file}",
    )


def _path(rule: FileRule) -> str:
    return "/" + quote(rule.path)


def _sample(rules: list[FileRule]) -> list[FileRule]:
    """Return some files, of as many folders as possible."""
    folders: dict[str, list[FileRule]] = {}
    for rule in rules:
        folders.setdefault(rule.path.rpartition("/")[0], []).append(rule)
    found: list[FileRule] = []
    while len(found) < _SAMPLE and any(folders.values()):
        for members in folders.values():
            if members and len(found) < _SAMPLE:
                found.append(members.pop(0))
    return found
