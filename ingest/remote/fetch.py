"""Fetches a file from an address that somebody named: guarded, limited, with its digest.

May import this package's ``guard``.
"""

import hashlib
import ipaddress
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from ingest.remote.guard import Destination, FetchError, Network, Resolver, check_url, resolve

_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
#: A server that sends less than this is holding the line on purpose.
_SLOWEST = 10_000


@dataclass(frozen=True)
class Fetched:
    """What was at an address."""

    url: str
    content: bytes
    sha256: str


@dataclass(frozen=True)
class Fetcher:
    """Fetches files for oivo.

    Attributes
    ----------
    max_bytes
        Size that a file may have.
    allowed
        Networks that are fine although they are not public.
    agent
        User-Agent: who asks.
    resolver
        Gives the addresses of a host.
    """

    max_bytes: int
    allowed: Sequence[Network] = ()
    agent: str = "oivo"
    resolver: Resolver = resolve

    def fetch(self, url: str) -> Fetched:
        """Return what is at an address.

        Raises
        ------
        FetchError
            When it may not be asked, does not answer, or sends too much.
        """
        parts: list[bytes] = []
        digest = hashlib.sha256()
        with self._answer(url) as response:
            for chunk in self._chunks(url, response):
                parts.append(chunk)
                digest.update(chunk)
        return Fetched(url, b"".join(parts), digest.hexdigest())

    def digest(self, url: str) -> tuple[int, str]:
        """Return size and SHA-256 of what is at an address, keeping nothing."""
        size, digest = 0, hashlib.sha256()
        with self._answer(url) as response:
            for chunk in self._chunks(url, response):
                size += len(chunk)
                digest.update(chunk)
        return size, digest.hexdigest()

    def _chunks(self, url: str, response: httpx.Response) -> Iterator[bytes]:
        """Yield the bytes as they are sent, not unpacked: a file.fits.gz stays one."""
        size, began = 0, time.monotonic()
        for chunk in response.iter_raw():
            size += len(chunk)
            if size > self.max_bytes:
                raise FetchError(f"is larger than {self.max_bytes} bytes", place=url)
            if time.monotonic() - began > 60 and size < _SLOWEST * (time.monotonic() - began):
                raise FetchError("is sent too slowly", place=url, remedy="try again later")
            yield chunk

    @contextmanager
    def _answer(self, url: str) -> Iterator[httpx.Response]:
        where = url
        with httpx.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False) as client:
            for _ in range(_REDIRECTS + 1):
                request = self._request(client, check_url(where, self.allowed, self.resolver))
                try:
                    response = client.send(request, stream=True)
                except httpx.HTTPError as error:
                    raise FetchError(f"does not answer: {error}", place=url, remedy="try again later") from error
                if response.has_redirect_location:
                    where = urljoin(where, response.headers["location"])
                    response.close()
                    continue
                try:
                    if response.status_code != 200:
                        raise FetchError(f"answers with status {response.status_code}", place=url)
                    yield response
                except httpx.HTTPError as error:
                    raise FetchError(f"broke off: {error}", place=url, remedy="try again") from error
                finally:
                    response.close()
                return
        raise FetchError("leads from one address to the next without end", place=url)

    def _request(self, client: httpx.Client, where: Destination) -> httpx.Request:
        """Ask the address that was checked, in the name of the host."""
        address = f"[{where.address}]" if isinstance(where.address, ipaddress.IPv6Address) else str(where.address)
        url = httpx.URL(where.url)
        host = where.host if url.port is None else f"{where.host}:{url.port}"
        headers = {"host": host, "user-agent": self.agent, "accept-encoding": "identity"}
        return client.build_request(
            "GET", url.copy_with(host=address), headers=headers, extensions={"sni_hostname": where.host}
        )
