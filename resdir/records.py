"""Records of the registry: what DaCHS 2.7 (and 2.11) leaves out of them, and when they count as changed.

- A record of a catalogue service has the columns of its answers as one table called "output". Who finds a service by
  its columns wants to ask TAP for them, so the record must have the tables that TAP has: all of the RD.
- Each run of ``dachs pub`` makes all records look changed, so that all harvesters fetch them all again; here the date
  changes with the content. What was published when is in ``etc/records.json``.
- A running server keeps the RDs that it has loaded; when their metadata are written anew, it loads them again.

Knows DaCHS; may import nothing of oivo.
"""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from gavo import base, rscdesc, svcs, utils
from gavo.registry import builders, publication, tableset

#: RDs with records, and those that they take metadata from, as DaCHS' cache knows them.
_RDS = (
    "registry/meta",
    "oidb/q",
    "obsportal/q",
    "jmdc/q",
    "badcal/q",
    "registry/obscore",
    "__system__/tap",
    "__system__/services",
)


def repair() -> None:
    """Let records have all tables, and keep their date while they stay the same."""
    builders.tableset = _Tablesets
    publication.makeBaseRecord = _steady(publication.makeBaseRecord)


class _Tablesets:
    """DaCHS' module for sets of tables, as the makers of records see it."""

    getTablesetForSchemaCollection = staticmethod(tableset.getTablesetForSchemaCollection)

    @staticmethod
    def getTablesetForService(resource: Any) -> Any:
        if isinstance(resource, svcs.Service) and getattr(getattr(resource.core, "queriedTable", None), "adql", False):
            tables = [table for table in resource.rd.tables if table.adql]
            return tableset.getTablesetForSchemaCollection([(resource.rd, tables)])
        return tableset.getTablesetForService(resource)


def _steady(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    @wraps(original)
    def record(resource: Any, keep_timestamp: bool = False) -> dict[str, Any]:
        row = original(resource, keep_timestamp)
        text = builders.getVORMetadataElement(resource).render()
        digest = hashlib.sha256(re.sub(rb' updated="[^"]*"', b"", text)).hexdigest()
        before = _published()
        known = before.get(row["ivoid"])
        if known and known["digest"] == digest and _is_there(row["ivoid"]):
            row["recTimestamp"] = utils.parseISODT(known["changed"])
        else:
            row["recTimestamp"] = row["recTimestamp"].replace(microsecond=0)
            before[row["ivoid"]] = {"digest": digest, "changed": row["recTimestamp"].isoformat()}
            _file().write_text(json.dumps(before, indent=1), encoding="utf-8")
        return row

    return record


def _file() -> Path:
    return Path(base.getConfig("configDir")) / "records.json"


def _published() -> dict[str, dict[str, str]]:
    try:
        content = json.loads(_file().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return dict(content)


def _is_there(identifier: str) -> bool:
    # A connection of its own: that of the publication has marked everything as deleted by now.
    with base.getTableConn() as connection:
        return bool(
            list(
                connection.query("SELECT 1 FROM dc.resources WHERE ivoid = %(id)s AND NOT deleted", {"id": identifier})
            )
        )


class Watch:
    """Looks whether the metadata were written anew, and lets the server forget the RDs that have them."""

    def __init__(self) -> None:
        self._file = Path(base.getConfig("inputsDir")) / "registry/meta.rd"
        self._seen = self._stamp()

    def _stamp(self) -> int:
        try:
            return self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def look(self) -> None:
        """Forget the RDs if there is something new; a look costs no more than asking for a file's time."""
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            userconfig = str(Path(base.getConfig("configDir")) / "userconfig.rd")
            for name in (*_RDS, rscdesc.canonicalizeRDId(userconfig)):
                base.caches.clearForName(name)
