"""Tells whether somebody sits at the machine that serves the page."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

_LEFT_BY_PROXIES = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own, seen from nowhere else.

    Names under `localhost` are: RFC 6761, 6.3.

    >>> [is_loopback(host) for host in ("127.0.0.2", "::1", "localhost", "0.0.0.0", "localhost.example.org")]
    [True, True, True, False, False]
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def comes_from_here(address: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a request was made on this machine, by somebody who meant this machine.

    A page elsewhere whose name was made to mean 127.0.0.1 says so in Host and Origin; a proxy leaves a trace.

    Args:
        address: of who asks; None where it is loopback.
        headers: of the request.
    """
    if any(name in headers for name in _LEFT_BY_PROXIES):
        return False
    asked = [f"//{headers['Host']}"] if "Host" in headers else []
    asked += [headers["Origin"]] if "Origin" in headers else []
    return (address is None or is_loopback(address)) and all(is_loopback(_host(url)) for url in asked)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
