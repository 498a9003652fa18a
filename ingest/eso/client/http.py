"""Requests to ESO's archive: kept-alive connections, patience with its failures, and who we are.

May import ``ingest.errors``.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx

from ingest.errors import OivoError

Answer = TypeVar("Answer")

#: Statuses after which the same request can succeed.
_PASSING = (408, 425, 429, 500, 502, 503, 504)


class EsoError(OivoError):
    """ESO's archive refuses a request, or answers something that cannot be used."""


class UnreachableError(EsoError):
    """ESO's archive does not answer, or only with errors of its own."""


class DamagedReplyError(Exception):
    """A reply is not whole, or not the one that was asked for: another try may bring it."""


@dataclass(frozen=True)
class Manners:
    """How we behave as a client.

    Attributes
    ----------
    contact
        E-mail address that the archive's operators can write to.
    tries
        Requests before a thing is given up for now.
    first_pause, longest_pause
        Seconds to wait after the first failure, doubled after each further one up to the longest; a random share
        is taken off, so that workers do not come back all at once.
    timeout
        Seconds without a byte.
    """

    contact: str
    tries: int = 5
    first_pause: float = 1.0
    longest_pause: float = 300.0
    timeout: float = 60.0

    @property
    def user_agent(self) -> str:
        """What servers see of us."""
        return f"oivo (Virtual Observatory of optical interferometry; {self.contact})"

    def pause(self, failures: int, wanted: float | None) -> float:
        """Return how long to wait, s, after that many failures; as long as the server wants, if it says."""
        if wanted is not None:
            return min(wanted, self.longest_pause)
        longest = min(self.first_pause * 2.0 ** (failures - 1), self.longest_pause)
        return longest * random.uniform(0.5, 1.0)


class Fetcher:
    """Sends requests from any number of threads, each with its own kept-alive connection.

    Parameters
    ----------
    manners
        Who we are and how patient.
    wait
        Sleeps for some seconds; returns True when the work is to end. Nothing ends it by default.
    """

    def __init__(self, manners: Manners, wait: Callable[[float], bool | None] = time.sleep) -> None:
        self.manners = manners
        self._wait = wait
        self._local = threading.local()
        self._clients: list[httpx.Client] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for client in self._clients:
                client.close()
            self._clients.clear()

    def get(self, url: str, read: Callable[[httpx.Response], Answer]) -> Answer:
        """GET a URL, exactly as it is written, and read the reply.

        Parameters
        ----------
        read
            Makes the answer of a reply with status 200; raises `DamagedReplyError` where another try may help.

        Raises
        ------
        UnreachableError
            When all tries failed.
        EsoError
            When the server refuses the request.
        """
        return self._patiently(lambda client: client.get(url), url, read)

    def post(self, url: str, form: dict[str, str], read: Callable[[httpx.Response], Answer]) -> Answer:
        """POST a form and read the reply; see `get`."""
        return self._patiently(lambda client: client.post(url, data=form), url, read)

    def _patiently(
        self, send: Callable[[httpx.Client], httpx.Response], url: str, read: Callable[[httpx.Response], Answer]
    ) -> Answer:
        problem = ""
        for failures in range(1, self.manners.tries + 1):
            wanted = None
            try:
                reply = send(self._client())
                if reply.status_code == 200:
                    return read(reply)
                problem = f"status {reply.status_code}"
                if reply.status_code not in _PASSING:
                    raise EsoError(f"the archive answered with {problem}", place=url)
                wanted = _retry_after(reply)
            except DamagedReplyError as error:
                problem = str(error)
            except httpx.TransportError as error:
                problem = str(error) or type(error).__name__
            if failures < self.manners.tries and self._wait(self.manners.pause(failures, wanted)):
                break
        raise UnreachableError(f"no good answer: {problem}", place=url, remedy="try again later")

    def _client(self) -> httpx.Client:
        client: httpx.Client | None = getattr(self._local, "client", None)
        if client is None or client.is_closed:
            client = httpx.Client(
                timeout=self.manners.timeout,
                headers={"User-Agent": self.manners.user_agent},
                follow_redirects=True,
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            )
            self._local.client = client
            with self._lock:
                self._clients.append(client)
        return client


def _retry_after(reply: httpx.Response) -> float | None:
    """Return the seconds that the server asks to wait: a number, or until a moment."""
    text = reply.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
