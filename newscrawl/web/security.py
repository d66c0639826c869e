"""What protects readers in every response, and which Host headers are accepted.

The headers forbid scripts, resources of other sites and framing. The check of the Host header prevents DNS
rebinding: a web page can point its own name at 127.0.0.1 and then read, in a reader's browser, what is served
on that machine only. The Host header still carries the page's name.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

Headers = list[tuple[bytes, bytes]]

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src {pictures}; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
PAGE_CACHE = "public, max-age=2, stale-if-error=300"
NO_CACHE = "no-store"

_PORT = re.compile(r":\d*$")
_ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


def policy(picture_hosts: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of a page, which may load pictures from `picture_hosts` over https."""
    pictures = " ".join(["'self'", *(f"https://{host}" for host in picture_hosts)])
    return _POLICY.format(pictures=pictures)


_PLAIN_POLICY = policy().encode()


def with_ours(given: Iterable[tuple[bytes, bytes]], status: int) -> Headers:
    """A response's headers with ours added; its own policy and cache-control take precedence."""
    headers = [(name.lower(), value) for name, value in given]
    names = {name for name, _ in headers}
    headers += _ALWAYS
    if b"content-security-policy" not in names:
        headers.append((b"content-security-policy", _PLAIN_POLICY))
    if b"cache-control" not in names:
        headers.append((b"cache-control", (PAGE_CACHE if status == 200 else NO_CACHE).encode()))
    return headers


def names_of(bound: str, address: str) -> frozenset[str] | None:
    """The Host names to accept on the bound address, besides those of loopback; None accepts any.

    address: the public address of the site, if it is behind a proxy.
    """
    if not ipaddress.ip_address(bound.partition("%")[0]).is_loopback:
        return None
    host = urlsplit(address).hostname
    return frozenset([host] if host else [])


def is_ours(host: str, names: frozenset[str] | None) -> bool:
    """Whether to accept a request with this Host header (`localhost:8000`); empty: no header."""
    name = _PORT.sub("", host.strip()).strip("[]").lower().rstrip(".")
    if names is None or not host or name in names or name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
