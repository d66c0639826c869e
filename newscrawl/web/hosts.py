"""Whose name a request may call us by.

A page on the web can let its own name point to 127.0.0.1 and so read, in the reader's browser, what is served
on the reader's machine alone (DNS rebinding). The Host header tells: it still has that page's name.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_PORT = re.compile(r":\d*$")


def names_of(bound: str, address: str) -> frozenset[str] | None:
    """The names by which pages on the address `bound` are known beside loopback's own; None: all are.

    address: where readers find the pages, if a proxy stands before them.
    """
    if not ipaddress.ip_address(bound.partition("%")[0]).is_loopback:
        return None
    host = urlsplit(address).hostname
    return frozenset([host] if host else [])


def is_ours(host: str, names: frozenset[str] | None) -> bool:
    """Whether a request with this Host header (`localhost:8000`, `[::1]:8000`) means us; empty: no header."""
    name = _PORT.sub("", host.strip()).strip("[]").lower().rstrip(".")
    if names is None or not host or name in names or name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
