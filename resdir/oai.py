"""OAI-PMH 2.0 of the publishing registry: what DaCHS 2.7 (and 2.11) does not do as the protocol says.

DaCHS makes the records; here are the requests, the errors, the lists and their parts. Wrong in DaCHS:

- a missing or repeated verb is badArgument and not badVerb; what comes beside a resumptionToken is not refused (3.6);
- the element request lacks the base URL, and attributes but two; errors have one that they must not have (3.2);
- lists come in no order, so that their parts may overlap; the last part has no empty token; a list whose length is a
  multiple of the size of parts ends with noRecordsMatch (3.5); tokens end with the process that gave them;
- ``until`` a second leaves that second out; ``from`` after ``until`` is no error (2.7.1);
- a resource that has left the set ivo_managed, but not the site, is not reported as deleted; datestamps of the
  authority's and the organisation's records are those of DaCHS' own files (2.5.1);
- the schemas of both formats are named wrongly (4.4).

The repository is the set ivo_managed, what the operator means for the Virtual Observatory, and nothing else.
Knows DaCHS; may import nothing of oivo.
"""

import base64
import binascii
import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gavo import base
from gavo.registry import builders, common, identifiers, oaiinter
from gavo.registry.model import OAI
from gavo.web import vodal

_SET = "ivo_managed"
_LISTS = ("ListRecords", "ListIdentifiers")
#: Of each verb: arguments that it needs, and those that it takes.
_ARGUMENTS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set", "resumptionToken"})),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set", "resumptionToken"})),
}
_FORMATS = (
    ("ivo_vor", "http://www.ivoa.net/xml/RegistryInterface/v1.0", "http://www.ivoa.net/xml/RegistryInterface/v1.0"),
    ("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
)
_MAKERS = {"ivo_vor": builders.getVORMetadataElement, "oai_dc": builders.getDCMetadataElement}
_SECOND = datetime.timedelta(seconds=1)
_DAY = datetime.timedelta(days=1)


class _Request(OAI.request):  # type: ignore[misc]
    """The element that repeats the request, with all attributes that the protocol has."""

    name_ = "request"
    _a_identifier = _a_set = _a_since = _a_until = _a_resumptionToken = None
    _name_a_since = "from"


class _Token(OAI.resumptionToken):  # type: ignore[misc]
    name_ = "resumptionToken"
    _mayBeEmpty = True
    _a_completeListSize = _a_cursor = None


def repair() -> None:
    """Let the publishing registry follow OAI-PMH."""
    oaiinter.RegistryCore.runWithPMHDict = _run
    vodal.RegistryRenderer._getErrorTree = _error_tree
    common.METADATA_PREFIXES[:] = _FORMATS


def _run(core: Any, raw: Mapping[str, list[str]]) -> Any:
    """Answer a request; DaCHS calls this with all arguments, each as a list."""
    arguments = _checked(raw)
    return OAI.PMH[_now(), _repeated(arguments), _content(arguments)]


def _error_tree(renderer: Any, error: Exception, raw: Mapping[str, list[str]]) -> Any:
    """Return the document of an error; DaCHS calls this with whatever was raised."""
    if isinstance(error, common.OAIError):
        name = type(error).__name__
        code, message = name[0].lower() + name[1:], str(error)
    else:
        # The protocol has no code for a failure of the server.
        code, message = "badArgument", "The request could not be answered; the server's log says why"
    arguments = {}
    if code not in ("badVerb", "badArgument"):
        arguments = {name: values[0] for name, values in raw.items()}
    return OAI.PMH[_now(), _repeated(arguments), OAI.error(code=code)[message]]


def _repeated(arguments: Mapping[str, str]) -> Any:
    return _Request(**{"since" if name == "from" else name: value for name, value in arguments.items()})[_base_url()]


def _now() -> Any:
    return OAI.responseDate[datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]


def _base_url() -> str:
    return str(builders._getOAIURL(_registry()))


def _registry() -> Any:
    return base.caches.getRD(common.SERVICELIST_ID).getById("registry")


def _checked(raw: Mapping[str, list[str]]) -> dict[str, str]:
    verbs = raw.get("verb", [])
    if len(verbs) != 1 or verbs[0] not in _ARGUMENTS:
        raise common.BadVerb(f"exactly one verb is wanted, one of {', '.join(_ARGUMENTS)}")
    needed, further = _ARGUMENTS[verbs[0]]
    for name, values in raw.items():
        if name != "verb" and name not in needed | further:
            raise common.BadArgument(f"{verbs[0]} knows no argument {name}")
        if len(values) != 1:
            raise common.BadArgument(f"{name} is given {len(values)} times")
    arguments = {name: values[0] for name, values in raw.items()}
    if "resumptionToken" in arguments:
        if len(arguments) > 2:
            raise common.BadArgument("a resumptionToken comes with no other argument but the verb")
        return arguments
    missing = sorted(needed - set(arguments))
    if missing:
        raise common.BadArgument(f"{verbs[0]} needs {' and '.join(missing)}")
    return arguments


def _content(arguments: Mapping[str, str]) -> Any:
    verb = arguments["verb"]
    if verb == "Identify":
        return builders.getIdentifyElement(_registry())
    if verb == "ListSets":
        if "resumptionToken" in arguments:
            raise common.BadResumptionToken("the list of sets is given in one part")
        return OAI.ListSets[OAI.set[OAI.setSpec[_SET], OAI.setName["Resources for the Virtual Observatory"]]]
    if verb == "ListMetadataFormats":
        if "identifier" in arguments:
            _row_of(arguments["identifier"])
        return builders.getListMetadataFormatsElement()
    if verb == "GetRecord":
        maker = _maker(arguments["metadataPrefix"])
        return OAI.GetRecord[_record(_row_of(arguments["identifier"]), maker)]
    return _list(arguments)


def _maker(prefix: str) -> Any:
    if prefix not in _MAKERS:
        raise common.CannotDisseminateFormat(f"formats are {' and '.join(_MAKERS)}, not {prefix!r}")
    return _MAKERS[prefix]


@dataclass(frozen=True)
class _Part:
    """Which part of which list is wanted."""

    verb: str
    prefix: str
    since: str = ""
    until: str = ""
    start: int = 0
    state: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "_Part":
        if "resumptionToken" not in arguments:
            if arguments.get("set", _SET) != _SET:
                raise common.NoRecordsMatch(f"there is one set, {_SET}")
            found = cls(
                arguments["verb"], arguments["metadataPrefix"], arguments.get("from", ""), arguments.get("until", "")
            )
            _maker(found.prefix)
            return found
        try:
            values = json.loads(base64.urlsafe_b64decode(arguments["resumptionToken"].encode("ascii")))
            found = cls(**values)
            _maker(found.prefix)
            _interval(found)
            wrong = not isinstance(found.start, int) or found.start < 0 or found.verb != arguments["verb"]
        except (ValueError, TypeError, binascii.Error, common.OAIError):
            wrong = True
        if wrong:
            raise common.BadResumptionToken("this token was not given for this verb")
        return found

    def token(self, start: int, state: str) -> str:
        values = {**vars(self), "start": start, "state": state}
        return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode("ascii")


def _list(arguments: Mapping[str, str]) -> Any:
    part = _Part.of(arguments)
    size = int(base.getConfig("ivoa", "oaipmhPageSize"))
    rows, total, state = _rows(part, size)
    if part.state and part.state != state:
        raise common.BadResumptionToken("the records have changed meanwhile: begin anew")
    if not rows:
        raise common.NoRecordsMatch("no record matches")
    if part.verb == "ListIdentifiers":
        content = OAI.ListIdentifiers[[_header(row) for row in rows]]
    else:
        content = OAI.ListRecords[list(_records(rows, _maker(part.prefix)))]
    end = part.start + len(rows)
    if part.start or end < total:
        token = _Token(completeListSize=str(total), cursor=str(part.start))
        content[token[part.token(end, state)] if end < total else token]
    return content


def _records(rows: list[Any], maker: Any) -> Iterator[Any]:
    for row in rows:
        try:
            yield _record(row, maker)
        except Exception as error:
            # The others are given, as DaCHS does.
            base.ui.notifyError(f"No record can be made of {row['ivoid']}: {error}")


_MEMBERS = """SELECT r.*, r.deleted OR NOT EXISTS (SELECT FROM dc.sets AS s WHERE s.sourcerd = r.sourcerd
            AND s.resid = r.resid AND s.setname = %(set)s AND NOT s.deleted) AS gone
        FROM dc.resources AS r WHERE EXISTS (SELECT FROM dc.sets AS s WHERE s.sourcerd = r.sourcerd
            AND s.resid = r.resid AND s.setname = %(set)s)"""


def _rows(part: _Part, size: int) -> tuple[list[Any], int, str]:
    """Return the rows of a part, how many there are in all, and a text that changes with the records."""
    start, end = _interval(part)
    values = {"set": _SET, "start": start, "end": end, "size": size, "offset": part.start}
    within = "(%(start)s IS NULL OR rectimestamp >= %(start)s) AND (%(end)s IS NULL OR rectimestamp < %(end)s)"
    with base.getTableConn() as connection:
        rows = list(
            connection.queryToDicts(
                f"SELECT * FROM ({_MEMBERS}) AS m WHERE {within} ORDER BY ivoid LIMIT %(size)s OFFSET %(offset)s",
                values,
            )
        )
        ((total, latest),) = connection.query(
            f"""SELECT count(*) FILTER (WHERE {within}), concat(count(*), ' ', max(rectimestamp))
                FROM ({_MEMBERS}) AS m""",
            values,
        )
    return rows, total, latest


def _row_of(identifier: str) -> Any:
    with base.getTableConn() as connection:
        # IVOA identifiers are compared without regard to case (IVOA Identifiers 2.0, section 2.1)
        found = list(
            connection.queryToDicts(
                f"SELECT * FROM ({_MEMBERS}) AS m WHERE lower(ivoid) = lower(%(ivoid)s)",
                {"set": _SET, "ivoid": identifier},
            )
        )
    if len(found) != 1:
        raise common.IdDoesNotExist(f"there is no record {identifier}")
    return found[0]


def _interval(part: _Part) -> tuple[datetime.datetime | None, datetime.datetime | None]:
    """Return the moments between which records were changed, the second one excluded."""
    if part.since and part.until and len(part.since) != len(part.until):
        raise common.BadArgument("from and until must have the same granularity")
    start, end = _moment(part.since, "from"), _moment(part.until, "until")
    if start and end and start > end:
        raise common.BadArgument("from is after until")
    if end:
        # all of that day, or of that second: the stamps have fractions of it
        end += _DAY if len(part.until) == len("2026-11-22") else _SECOND
    return start, end


def _moment(text: str, name: str) -> datetime.datetime | None:
    if not text:
        return None
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"):
        try:
            moment = datetime.datetime.strptime(text, form)
        except ValueError:
            continue
        if moment.strftime(form) == text:
            return moment
    raise common.BadArgument(f"{name} must be like 2026-11-22 or 2026-11-22T12:00:00Z")


def _header(row: Any) -> Any:
    return OAI.header(status="deleted" if row["gone"] else None)[
        OAI.identifier[row["ivoid"]],
        OAI.datestamp[row["rectimestamp"].strftime("%Y-%m-%dT%H:%M:%SZ")],
        OAI.setSpec[_SET],
    ]


def _record(row: Any, maker: Any) -> Any:
    header = _header(row)
    if row["gone"]:
        return OAI.record[header]
    resource = identifiers.getResobFromRestup({"deleted": False, "sourceRD": row["sourcerd"], "resId": row["resid"]})
    # DaCHS has it from when the RD was loaded, and of some resources from a file's date
    # (which it would round to the next second)
    resource.setMeta("_metadataUpdated", row["rectimestamp"].replace(microsecond=0))
    return OAI.record[header, OAI.metadata[maker(resource, {_SET})]]
