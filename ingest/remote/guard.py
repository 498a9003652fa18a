"""Which addresses oivo fetches for others: public ones only, whatever a name resolves to.

Somebody who submits a URL must not make the server ask its own services or its neighbours' (SSRF). Pure but for the
resolver. May import ``ingest.errors``.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ingest.errors import OivoError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: Resolves a host to the texts of its addresses.
Resolver = Callable[[str, int], Sequence[str]]

_LONGEST = 2000


class FetchError(OivoError):
    """Something cannot be fetched."""


@dataclass(frozen=True)
class Destination:
    """Where a request goes: an address that was looked at, so that a name cannot change its mind afterwards.

    Attributes
    ----------
    url
        As it was given.
    host, port
        From the URL.
    address
        The one to connect to.
    """

    url: str
    host: str
    port: int
    address: Address


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host.

    Raises
    ------
    OSError
        When it has none.
    """
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def networks(text: str) -> tuple[Network, ...]:
    """Return the networks in a setting, with blanks or commas between.

    Raises
    ------
    ValueError
        When one is none.
    """
    return tuple(ipaddress.ip_network(part) for part in text.replace(",", " ").split())


def check_url(url: str, allowed: Sequence[Network] = (), resolver: Resolver = resolve) -> Destination:
    """Return where a URL leads, if oivo may go there.

    Parameters
    ----------
    allowed
        Networks that are fine although they are not public.

    Raises
    ------
    FetchError
        For another scheme, credentials in it, a host without address, or one with an address that is not public:
        all of them must be.
    """
    parts = _split(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in resolver(host, port)]
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise FetchError(f"the host {host[:100]!r} has no address", place=url, remedy="look for a misspelling")
    for address in addresses:
        if not is_public(address) and not any(address in network for network in allowed):
            raise FetchError(
                f"the host {host[:100]!r} is not on the public internet",
                place=url,
                remedy="upload the file itself, or let the operator allow the network (remote.allow)",
            )
    return Destination(url, host, port, addresses[0])


def _split(url: str) -> SplitResult:
    wanted = "http:// or https:// and a host, without name and password, is wanted"
    if len(url) > _LONGEST or any(ord(char) <= 32 or ord(char) == 127 for char in url):
        raise FetchError(f"is no address: {wanted}", place=url[:100])
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchError(f"is no address: {wanted}", place=url[:100]) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or port == 0:
        raise FetchError(f"is no address: {wanted}", place=url[:100])
    return parts


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the public internet, also one that is hidden in another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in ipaddress.ip_network("64:ff9b::/96"):  # NAT64
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
