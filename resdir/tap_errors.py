"""What TAP says when something is wrong: in words of who asked, with near names, and without the server's paths.

DaCHS 2.7 says of a name that several tables have that there is none, quotes the SQL that it made (with the name of
its cursor), names its files where an upload cannot be read, and fails over an upload that was not sent. Knows DaCHS;
may import ``ingest``.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from gavo import adql, base, svcs
from gavo.protocols import adqlglue, tap, taprunner

from ingest.home import Home

_TABLE = re.compile(r"\b(?:FROM|JOIN|,)\s+([A-Za-z_]\w*\.[A-Za-z_]\w*)", re.IGNORECASE)
_UPLOAD = re.compile(r"While ingesting upload (\w+): (?:\S*/uwsjobs/\S+:? ?)?(.*)", re.DOTALL)
_CANCELED = "57014"


def explain() -> None:
    """Let queries that fail say why; a second call would only wrap once more."""
    adqlglue.morphADQL = _explained(adqlglue.morphADQL)
    svcs.mapDBErrors = _explain_database
    taprunner.runTAPJobNoState = _with_limits(taprunner.runTAPJobNoState)
    tap.mangleUploads = _with_any_form(tap.mangleUploads)


def explain_sizes() -> None:
    """Let uploads that are too large say how large they may be; for the server, which alone has DaCHS' web pages."""
    from gavo.web import common

    if not hasattr(common, "_UploadLimiter"):  # DaCHS 2.11 counts elsewhere, with a message of its own
        return

    class PlainLimiter(common._UploadLimiter):  # type: ignore[misc]
        """DaCHS says that it takes 0 bytes when a larger number was announced."""

        def finish(self) -> Any:
            try:
                return super().finish()
            except svcs.RequestEntityTooLarge:
                limits = Home.from_environment().settings
                sync, large = (limits.number(f"limits.{name}") for name in ("sync_upload_bytes", "upload_bytes"))
                message = f"the upload is too large: /tap/sync takes {sync} bytes, /tap/async {large}"
                raise svcs.RequestEntityTooLarge(message) from None

    common._UploadLimiter = PlainLimiter


def _explained(original: Callable[..., Any]) -> Callable[..., Any]:
    """Translate ADQL; where a name is not known, name those that are near."""

    @wraps(original)
    def morphed(query: str, *arguments: Any, **options: Any) -> Any:
        try:
            return original(query, *arguments, **options)
        except adql.AmbiguousColumn as error:
            raise _no_column(str(error), query, options.get("tdsForUploads") or [], several=True) from error
        except adql.ColumnNotFound as error:
            raise _no_column(str(error.lookedFor), query, options.get("tdsForUploads") or []) from error
        except base.NotFoundError as error:
            if error.what != "table":
                raise
            raise _no_table(str(error.lookedFor)) from error
        except (adql.ParseException, adql.ParseSyntaxException) as error:
            raise _no_syntax(error, query) from error

    return morphed


def _no_column(name: str, query: str, uploads: Iterable[Any], several: bool = False) -> Exception:
    """Say that several tables of the query have a column, or that none has, and what they have that is like it."""
    known = {str(column.name).lower() for table in uploads for column in table}
    holders = []
    for table in dict.fromkeys(found.lower() for found in _TABLE.findall(query)):
        columns = [str(column.name).lower() for column in _columns(table)]
        known.update(columns)
        if name in columns:
            holders.append(table)
    if several or len(holders) > 1:
        written = f"{holders[0]}.{name}" if holders else f"table.{name}"
        return _plain(f"the column {name} is in several of these tables", f"write it as {written}")
    return _plain(f"there is no column {name} in these tables", _suggestion(name, known))


def _columns(table: str) -> Sequence[Any]:
    try:
        return list(base.caches.getMTH(None).getTableDefForTable(table))
    except base.NotFoundError:
        return []


def _no_table(name: str) -> Exception:
    if name.startswith("public."):
        # DaCHS looks there for what has no schema, and for what was not uploaded
        name = name.removeprefix("public.")
        remedy = "name tables with their schema (oidb.oidb); an upload is TAP_UPLOAD and the name in UPLOAD"
        return _plain(f"there is no table {name} here, and no upload of that name", remedy)
    return _plain(f"there is no table {name} here", _suggestion(name.lower(), base.caches.getMTH(None).getTAPTables()))


def _suggestion(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else "/tap/tables and TAP_SCHEMA list all"


def _no_syntax(error: Any, query: str) -> Exception:
    place = int(getattr(error, "loc", 0))
    line = query.count("\n", 0, place) + 1
    column = place - (query.rfind("\n", 0, place) + 1) + 1
    told = re.sub(r", found .*| *\(at char.*", "", str(error), flags=re.DOTALL)
    there = query[place : place + 30].split("\n")[0] or "the end of the query"
    said = (
        f"this is no ADQL that can be read: line {line}, column {column}: {told[:1].lower()}{told[1:]}, found {there!r}"
    )
    return _plain(said)


def _explain_database(kind: Any, error: Any, trace: Any) -> None:
    """Raise, for an exception of the database, what to tell; others again."""
    if isinstance(error, base.NotFoundError):
        raise _no_table(str(error.lookedFor)) if error.what == "table" else error
    if not isinstance(error, base.DBError):
        raise error
    base.ui.notifyWarning(f"Failed query: {error}")
    if error.pgcode == _CANCELED:
        raise _plain("the query took longer than it may and was ended") from error
    told = getattr(error, "diag", None)
    message = (told and told.message_primary) or str(error).split("\n")[0]
    raise _plain(message, (told and told.message_hint) or None) from error


def _with_limits(original: Callable[..., Any]) -> Callable[..., Any]:
    """Run a TAP job; name the limit that ended it, and no file of ours."""

    @wraps(original)
    def run(parameters: Any, identifier: str, profile: str, timeout: float) -> Any:
        if (parameters.get("maxrec") or 0) < 0:
            raise _plain(f"MAXREC is {parameters['maxrec']}: a whole number, not negative, is wanted")
        try:
            return original(parameters, identifier, profile, timeout)
        except base.Error as error:
            message = getattr(error, "msg", None) or str(error)
            if message.startswith("the query took longer"):
                raise _plain(f"{message}: the limit is {timeout:g} s", _more_time(timeout)) from error
            upload = _UPLOAD.match(message)
            if upload:
                raise _plain(f"the upload {upload[1]} is no VOTable that can be read: {upload[2]}") from error
            raise

    return run


def _more_time(timeout: float) -> str:
    limits = Home.from_environment().settings
    if timeout < limits.number("limits.async_seconds"):
        return f"an asynchronous query (/tap/async) may take {limits.number('limits.async_seconds')} s"
    return "ask for less: TOP, a smaller area, fewer joins"


def _with_any_form(original: Callable[..., Any]) -> Callable[..., Any]:
    """Read UPLOAD also of a request that is no form with files; DaCHS 2.11 does, and has no such attribute."""

    @wraps(original)
    def mangled(request: Any) -> Any:
        if getattr(request, "fields", {}) is None:
            request.fields = {}
        return original(request)

    return mangled


def _plain(message: str, hint: str | None = None) -> Exception:
    error: Exception = base.ReportableError(f"{message}; {hint}" if hint else message)
    return error
