"""A script that fetches the files of a search, or of some identifiers, and checks them: /download.

Text for any POSIX shell; what is there already, whole, is not fetched again. Knows DaCHS; may import ``ingest``.
"""

import shlex
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from gavo import base
from twisted.internet import threads
from twisted.python.failure import Failure
from twisted.web import resource, server
from twisted.web.http import Request

from ingest.logs import log
from oidb_rd.conditions import Condition, conditions_of

#: Files in a script.
_MOST_FILES = 20_000
_MOST_IDS = 5_000
_COLUMNS = (
    *("access_url", "file_name", "obs_collection", "access_sha256", "access_estsize", "data_rights"),
    *("obs_release_date", "datapi"),
)

_HEAD = """\
#!/bin/sh
# {count} files of {site}, {size}, as of {now:%Y-%m-%d %H:%M} UTC.
# sh download.sh [FOLDER]: fetches what is not there yet, and checks it; call it again after a break.
# Private files need your log-in: put it into ~/.netrc (machine {host} login E-MAIL password PASSWORD-OR-TOKEN).
set -u
folder=${{1:-.}}
failed=0
fetch() {{ # address, collection, name, SHA-256
    mkdir -p "$folder/$2" || exit 1
    target="$folder/$2/$3"
    sum=$(sha256sum "$target" 2>/dev/null | cut -d' ' -f1)
    [ -n "$4" ] && [ "$sum" = "$4" ] && return
    [ -z "$4" ] && [ -s "$target" ] && return
    echo "$2/$3" >&2
    curl --fail --location --silent --show-error --netrc-optional --retry 3 --output "$target.part" "$1" || {{
        failed=$((failed + 1)); return; }}
    sum=$(sha256sum "$target.part" | cut -d' ' -f1)
    if [ -n "$4" ] && [ "$sum" != "$4" ]; then
        echo "$2/$3: has another checksum than the archive's" >&2; failed=$((failed + 1)); return
    fi
    mv "$target.part" "$target"
}}
"""
_TAIL = """\
[ "$failed" = 0 ] || { echo "$failed files were not fetched" >&2; exit 1; }
"""


class Download(resource.Resource):
    """The script, as the parameters of the search, or ``ID`` (repeated), want it."""

    isLeaf = True

    def render(self, request: Request) -> object:
        """Make it in a thread."""
        if request.method not in (b"GET", b"HEAD", b"POST"):
            request.setResponseCode(405)
            request.setHeader("allow", "GET, HEAD, POST")
            return b"Ask with GET or POST.\n"
        arguments = {_text(name): [_text(value) for value in values] for name, values in request.args.items()}
        threads.deferToThread(_script, arguments).addCallback(_write, request).addErrback(_failed, request)
        return server.NOT_DONE_YET


def _text(raw: object) -> str:
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)


def _script(arguments: Mapping[str, Any]) -> str:
    identifiers = arguments.get("ID", [])
    if len(identifiers) > _MOST_IDS:
        raise base.ValidationError(f"at most {_MOST_IDS} identifiers at a time", "ID")
    if identifiers:
        conditions: tuple[Condition, ...] = (Condition("obs_publisher_did = ANY(%(ids)s)", {"ids": list(identifiers)}),)
    else:
        conditions = conditions_of(arguments)
    return "".join(_lines(_files(conditions)))


def _files(conditions: tuple[Condition, ...]) -> list[dict[str, Any]]:
    where = " AND ".join(f"({condition.sql})" for condition in conditions) or "true"
    parameters = {name: value for condition in conditions for name, value in condition.parameters.items()}
    query = (
        f"SELECT DISTINCT {', '.join(_COLUMNS)} FROM oidb.oidb WHERE access_url IS NOT NULL AND {where} "
        f"ORDER BY obs_collection, file_name, access_url LIMIT {_MOST_FILES}"
    )
    with base.getTableConn() as connection, connection.parameters([("statement_timeout", "60000ms")]):
        return [dict(zip(_COLUMNS, row, strict=True)) for row in connection.query(query, parameters)]


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    # a file with several granules has a row for each of their dates
    files = {row["access_url"]: row for row in rows}
    total = sum(row["access_estsize"] or 0 for row in files.values())
    address = str(base.getConfig("web", "serverURL"))
    yield _HEAD.format(
        count=len(files),
        site=" ".join(str(base.getConfig("web", "sitename")).split()),
        size=f"{total / 1000:.1f} MB",
        now=datetime.now(UTC),
        host=address.rpartition("/")[2].partition(":")[0],
    )
    for row in files.values():
        if row["data_rights"] != "public":
            until = f" until {row['obs_release_date']:%Y-%m-%d}" if row["obs_release_date"] else ""
            yield f"# private{until}: ask {_comment(row['datapi'] or 'the data PI')}\n"
        name = row["file_name"] or row["access_url"].rpartition("/")[2]
        parts = (row["access_url"], _folder(row["obs_collection"]), _plain(name), row["access_sha256"] or "")
        yield f"fetch {' '.join(map(shlex.quote, parts))}\n"
    yield _TAIL


def _plain(name: str) -> str:
    """Return a name that leads nowhere else and is no option."""
    safe = "".join(char if char.isprintable() and char not in "/\\" else "_" for char in name)
    return f"_{safe}" if safe.startswith(("-", ".")) else safe


def _folder(collection: str) -> str:
    return "/".join(_plain(part) for part in collection.split("/"))


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _write(script: str, request: Request) -> None:
    if request.finished:
        return
    body = script.encode()
    request.setHeader("content-type", "text/x-shellscript; charset=utf-8")
    request.setHeader("content-disposition", 'attachment; filename="download.sh"')
    request.setHeader("content-length", str(len(body)))
    request.setHeader("x-content-type-options", "nosniff")
    request.setHeader("x-robots-tag", "noindex")
    if request.method != b"HEAD":
        request.write(body)
    request.finish()


def _failed(failure: Failure, request: Request) -> None:
    if request.finished:
        return
    known = failure.check(base.ValidationError)
    if not known:
        log.error("/download: %s", failure.getTraceback())
    request.setResponseCode(400 if known else 500)
    request.setHeader("content-type", "text/plain; charset=utf-8")
    request.write(f"{failure.value if known else 'Something went wrong on our side.'}\n".encode())
    request.finish()
