"""DataCite's REST API: DOIs made, changed and looked up, with patience.

https://support.datacite.org/docs/api. May import ``ingest.errors`` and this package's ``account``.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import httpx

from ingest.doi.account import Account
from ingest.errors import OivoError

Event = Literal["publish", "hide"]

_MEDIA_TYPE = "application/vnd.api+json"
#: Statuses after which the same request can succeed.
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_TRIES = 5
#: Seconds: pauses after failures are doubled up to the longest; between requests is the pace. DataCite allows several
#: requests a second (https://support.datacite.org/docs/rate-limit).
_FIRST_PAUSE, _LONGEST_PAUSE, _PACE = 1.0, 300.0, 0.2
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_LONGEST_MESSAGE = 500


class DataciteError(OivoError):
    """DataCite refuses a request, or cannot be reached."""


class RefusedError(DataciteError):
    """DataCite does not take this metadata; other collections may go well."""


class TakenError(RefusedError):
    """The DOI exists already."""


class UnknownError(RefusedError):
    """There is no such DOI."""


class StoppedError(DataciteError):
    """Nothing more can be registered now: the account is wrong, or DataCite does not answer."""


@dataclass(frozen=True)
class Known:
    """A DOI as DataCite has it; ``url`` is empty for a draft without one."""

    doi: str
    state: str
    url: str


class Client:
    """Speaks to DataCite in the name of an account.

    Parameters
    ----------
    wait
        Sleeps for some seconds.
    """

    def __init__(self, account: Account, wait: Callable[[float], object] = time.sleep) -> None:
        self._account = account
        self._wait = wait
        self._last = 0.0
        self._http = httpx.Client(
            auth=httpx.BasicAuth(account.repository, account.password),
            timeout=_TIMEOUT,
            headers={
                "user-agent": f"oivo (Virtual Observatory of optical interferometry; mailto:{account.contact})",
                "accept": _MEDIA_TYPE,
            },
            follow_redirects=False,
            # a proxy of the machine is for what is elsewhere
            trust_env=urlsplit(account.api_url).scheme == "https",
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def create(self, attributes: dict[str, Any], event: Event) -> Known:
        """Make a DOI.

        Raises
        ------
        TakenError
            When it exists.
        RefusedError
            When the metadata are not taken: the message names the field.
        StoppedError
            When the account is refused, or nobody answers.
        """
        return self._send("POST", "/dois", _document(attributes, event), attributes["doi"])

    def update(self, attributes: dict[str, Any], event: Event) -> Known:
        """Change a DOI's metadata, address and state.

        Raises
        ------
        UnknownError
            When there is none.
        RefusedError, StoppedError
            As `create`.
        """
        doi = attributes["doi"]
        return self._send("PUT", f"/dois/{quote(doi, safe='')}", _document(attributes, event), doi)

    def find(self, doi: str) -> Known:
        """Return what DataCite has of a DOI.

        Raises
        ------
        UnknownError
            When there is none, or it belongs to others and is not public.
        StoppedError
            As `create`.
        """
        return self._send("GET", f"/dois/{quote(doi, safe='')}", None, doi)

    def _send(self, method: str, path: str, document: dict[str, Any] | None, doi: str) -> Known:
        problem = ""
        for failures in range(1, _TRIES + 1):
            self._keep_pace()
            wanted: float | None = None
            try:
                reply = self._http.request(
                    method,
                    f"{self._account.api_url}{path}",
                    json=document,
                    headers={"content-type": _MEDIA_TYPE} if document else None,
                )
                if reply.is_success:
                    known = _known(reply, doi)
                    if known:
                        return known
                    problem = "an answer that cannot be read"
                elif reply.status_code in _PASSING:
                    problem = f"status {reply.status_code}"
                    wanted = _seconds(reply.headers.get("retry-after", ""))
                else:
                    raise _refusal(reply, doi, self._account)
            except httpx.TransportError as error:
                problem = str(error) or type(error).__name__
            if failures < _TRIES:
                self._wait(_pause(failures, wanted))
        raise StoppedError(
            f"no good answer: {problem}", place=self._account.api_url, remedy="call again later: it goes on where it is"
        )

    def _keep_pace(self) -> None:
        remaining = self._last + _PACE - time.monotonic()
        if remaining > 0:
            self._wait(remaining)
        self._last = time.monotonic()


def _document(attributes: dict[str, Any], event: Event) -> dict[str, Any]:
    return {"data": {"type": "dois", "id": attributes["doi"], "attributes": attributes | {"event": event}}}


def _known(reply: httpx.Response, doi: str) -> Known | None:
    """Return the DOI in a reply; None when the reply is about nothing, or about another."""
    try:
        told = reply.json()["data"]["attributes"]
        known = Known(str(told["doi"]).lower(), str(told["state"]), str(told.get("url") or ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return known if known.doi == doi and known.state in ("draft", "registered", "findable") else None


def _refusal(reply: httpx.Response, doi: str, account: Account) -> DataciteError:
    told = _errors(reply)
    status = reply.status_code
    if status in (401, 403):
        return StoppedError(
            f"DataCite refuses the account {account.repository} for {doi} (status {status})",
            remedy="look at doi.repository, doi.password_file, doi.prefix and doi.api_url",
        )
    if status == 404:
        return UnknownError("DataCite knows no such DOI, or not this account", place=doi, remedy="doi.repository")
    if status == 409 or (status == 422 and any("taken" in title for _, title in told)):
        return TakenError("exists already", place=doi)
    said = "; ".join(f"{source}: {title}" if source else title for source, title in told)
    return RefusedError(
        f"DataCite does not take it (status {status}): {said[:_LONGEST_MESSAGE] or 'without a reason'}", place=doi
    )


def _errors(reply: httpx.Response) -> list[tuple[str, str]]:
    """Return the fields that a reply complains about, and what is wrong with each."""
    try:
        entries = reply.json()["errors"]
        return [
            (_line(entry.get("source") or ""), _line(entry.get("title") or entry.get("detail") or ""))
            for entry in entries
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _line(told: object) -> str:
    """Return a text; JSON:API's ``source`` may also be an object with a pointer."""
    if isinstance(told, dict):
        told = told.get("pointer") or told.get("parameter") or ""
    return " ".join(str(told).split())


def _seconds(text: str) -> float | None:
    return float(text) if text.strip().isdecimal() else None


def _pause(failures: int, wanted: float | None) -> float:
    """Return how long to wait, s: as long as is asked for, else longer each time, and not with all others."""
    if wanted is not None:
        return min(wanted, _LONGEST_PAUSE)
    return min(_FIRST_PAUSE * 2.0 ** (failures - 1), _LONGEST_PAUSE) * random.uniform(0.5, 1.0)
