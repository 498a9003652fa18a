"""Uploads by URL: what a TAP query names is fetched by the rules for everything that others name (``ingest.remote``).

DaCHS 2.7 and 2.11 fetch any http, https or ftp address, without a limit of size: of the server itself and of its
neighbours, too, wherever redirects lead. Here the table is fetched first, with the guard, and DaCHS is given it as an
inline upload; in sync and in async, whose runner is another process. Knows DaCHS; may import ``ingest``.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from gavo import base
from gavo.protocols import dali, tap, taprunner

from ingest.home import Home
from ingest.remote.guard import FetchError
from ingest.submission.remote import fetcher_of

#: How DaCHS writes what came with the request itself.
_INLINE = "file://"
_KINDS = ("param:", "http://", "https://")


def guard() -> None:
    """Put the guard in front of everything that DaCHS fetches for a request."""
    taprunner._ingestUploads = _with_guard(taprunner._ingestUploads)
    tap.parseUploadString = _of_known_kinds(tap.parseUploadString)
    dali.URLUpload = _refused
    # the registry records tell what is taken
    tap.UPLOAD_METHODS.pop("upload-ftp", None)


def _of_known_kinds(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse at once what can never be fetched: DaCHS takes file: for its own files."""

    @wraps(original)
    def parsed(text: str) -> Any:
        uploads = original(text)
        for name, source in uploads:
            if not source.startswith(_KINDS):
                raise base.ValidationError(
                    f"{name} is {source.partition(':')[0][:20]!r}: only param:, http: and https: are taken", "UPLOAD"
                )
        return uploads

    return parsed


def _with_guard(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def ingest(job: Any, uploads: Any, connection: Any) -> Any:
        return original(job, list(_fetched(job, uploads or [])), connection)

    return ingest


def _fetched(job: Any, uploads: Any) -> Iterator[tuple[str, str]]:
    """Yield the uploads as files of the job, fetching those that are elsewhere."""
    home = Home.from_environment()
    for number, (name, source) in enumerate(uploads):
        if source.startswith(_INLINE):
            yield name, source
            continue
        try:
            content = fetcher_of(home, home.settings.number("limits.upload_bytes")).fetch(source).content
        except FetchError as error:
            raise base.ValidationError(f"{name}: {error}", "UPLOAD") from error
        file = f"fetched-{number}"
        with job.openFile(file, "wb") as stream:
            stream.write(content)
        yield name, f"{_INLINE}{file}"


def _refused(url: str, name: str) -> Any:
    """Stand in for DaCHS' fetching of uploads to other services than TAP: none of ours takes any."""
    raise base.ValidationError("only TAP takes uploads here", "UPLOAD")
