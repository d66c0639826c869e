"""Which hosts are on the public web, and connections to no others."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from functools import lru_cache

from newscrawl.errors import PrivateHost

_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa")
# IANA's special-purpose registries, multicast and reserved space, as of November 2026.
_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24"
        " 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24"
        " 224.0.0.0/4 240.0.0.0/4"
    ).split()
)
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")  # the rest is loopback, private, link- or site-local, multicast
_NOT_PUBLIC_6 = tuple(map(ipaddress.IPv6Network, "2001::/23 2001:db8::/32 3fff::/20".split()))
#: IPv6 networks with embedded IPv4 addresses, and the bits after these: mapped, NAT64, 6to4.
_CARRIERS = (
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)


@lru_cache(maxsize=4096)
def is_private(host: str) -> bool:
    """Whether a host name or address literal is not on the public web, by the name alone."""
    name = host.strip("[]").rstrip(".").lower()
    if name in ("", "localhost") or name.endswith(_LOCAL_SUFFIXES):
        return True
    address = _address(name)
    return address is not None and not is_public(address)


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is public, by the registries instead of the interpreter's version.

    An IPv6 address with an embedded IPv4 address is judged by that.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    for network, shift in _CARRIERS:
        if address in network:
            return is_public(ipaddress.IPv4Address(int(address) >> shift & 0xFFFF_FFFF))
    return address in _GLOBAL_6 and not any(address in network for network in _NOT_PUBLIC_6)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address of a literal, in any notation that sockets accept (`127.1`, `0x7f000001`)."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return _loose_ipv4(name)


def _loose_ipv4(name: str) -> ipaddress.IPv4Address | None:
    parts = name.split(".")
    if len(parts) > 4 or not all(part and part[0].isdigit() for part in parts):
        return None
    try:
        numbers = [int(part, 8 if part[:1] == "0" and part.isdigit() else 0) for part in parts]
        value = sum(number << (24 - 8 * i) for i, number in enumerate(numbers[:-1])) + numbers[-1]
        return ipaddress.IPv4Address(value)
    except ValueError:
        return None


def named_hosts(words: str) -> frozenset[str]:
    """The hosts of a list such as `intranet 127.0.0.1:8000`, in lower case."""
    return frozenset(re.split(r"[\s,]+", words.strip().lower())) - {""}


def allowed_hosts() -> frozenset[str]:
    """The private hosts that the user allows, by NEWSCRAWL_PRIVATE_HOSTS in the environment."""
    return named_hosts(os.environ.get("NEWSCRAWL_PRIVATE_HOSTS", ""))


def connect_public(host: str, port: int, timeout: float, allowed: frozenset[str]) -> socket.socket:
    """A connection to the address that was judged, so that a name cannot lead elsewhere afterwards.

    `allowed` has hosts that may be private, with or without a port. Raises PrivateHost, OSError.
    """
    free = bool(allowed & {host.lower(), f"{host.lower()}:{port}"})
    if is_private(host) and not free:
        raise PrivateHost(host)
    failure: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if is_private(str(address[0])) and not free:
            raise PrivateHost(host, str(address[0]))
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(timeout)
            made.connect(address)
        except OSError as error:
            made.close()
            failure = error
        else:
            return made
    raise failure or OSError(f"no address of {host}")
