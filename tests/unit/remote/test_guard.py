"""Which addresses the server asks for strangers: public ones only."""

import ipaddress

import pytest

from ingest.remote.guard import FetchError, check_url, is_public, networks

PRIVATE = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
    *("::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "198.18.0.1", "192.0.2.1", "240.0.0.1"),
]
NO_ADDRESSES = [
    *("ftp://example.org/a", "file:///etc/passwd", "gopher://example.org", "//example.org/a", "example.org/a", ""),
    *("http://", "http:///a", "http://user@example.org/", "http://user:pass@example.org/", "http://example.org:99999/"),
    *(
        "http://example.org:0/",
        "http://exa mple.org/",
        "http://example.org/\r\nX: y",
        "http://[::1/",
        "http://" + "a" * 3000,
    ),
    *("HTTP\0://example.org", "javascript:alert(1)"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_whatever_their_name(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(FetchError, match="not on the public internet"):
        check_url("https://data.example.org/a.fits", resolver=lambda host, port: [address])


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(FetchError, match="not on the public internet"):
        check_url("http://x.example.org/", resolver=lambda host, port: ["93.184.216.34", "127.0.0.1"])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://127.1/",
        "http://[::1]/",
        "http://localhost/",
    ],
)
def test_spellings_of_loopback(url: str) -> None:
    with pytest.raises(FetchError):
        check_url(url)


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(FetchError, match="is no address"):
        check_url(url, resolver=lambda host, port: ["93.184.216.34"])


def test_public_ones_pass_and_operators_can_allow_networks() -> None:
    where = check_url("https://data.example.org/a", resolver=lambda host, port: ["93.184.216.34"])
    assert (where.host, where.port, str(where.address)) == ("data.example.org", 443, "93.184.216.34")
    allowed = networks("127.0.0.0/8, ::1/128")
    assert check_url("http://localhost:8000/a", allowed, lambda host, port: ["127.0.0.1"]).port == 8000


def test_a_name_without_address() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise OSError

    with pytest.raises(FetchError, match="has no address"):
        check_url("http://nowhere.example/", resolver=nobody)
