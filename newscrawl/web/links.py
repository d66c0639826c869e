"""Addresses of our own pages, and of external ones that may be linked to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, urlencode, urlsplit

_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_OF_A_NETWORK = ("local", "internal", "localhost", "lan", "home", "arpa", "test", "invalid")
_UNFIT = re.compile(r"[\x00-\x20\x7f\\<>\"`]")
LINK_LIMIT = 2000  #: maximum characters of a linked address
HOSTS_LIMIT = 20  #: hosts whose pictures one page may load


def part(text: str) -> str:
    """A text as one segment of a path."""
    return quote(text.encode("utf-8", "replace"), safe="")


def post_path(post_id: str) -> str:
    """`/post/eastmoney:202202262290280232`"""
    return "/post/" + quote(post_id.encode("utf-8", "replace"), safe=":")


def with_query(path: str, **values: str | None) -> str:
    """A path with a query of the values that are not None."""
    said = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(said)}" if said else path


def web_address(url: str | None) -> str | None:
    """An http(s) address that a page may link to; None for anything else, `javascript:` above all."""
    text = (url or "").strip()
    if not text.lower().startswith(("http://", "https://")) or len(text) > LINK_LIMIT or _UNFIT.search(text):
        return None
    return text if host_of(text) else None


def host_of(url: str | None) -> str | None:
    """`finance.eastmoney.com`; None if the address has no host or cannot be parsed."""
    try:
        return urlsplit(url or "").hostname or None
    except ValueError:
        return None


def picture_address(url: str) -> str | None:
    """An address from which a browser may load a picture: https, a public name, the default port.

    None for IP addresses, names in a local network and invalid addresses: our pages must not make a
    browser send requests into its own network.
    """
    text = web_address(url)
    if text is None or picture_host(text) is None:
        return None
    return "https:" + text.partition(":")[2]


def picture_host(url: str) -> str | None:
    """The host of a picture's address, if it may be loaded; otherwise None."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        plain = parts.port in (None, 80, 443) and "@" not in parts.netloc
    except ValueError:
        return None
    if not plain or not _HOST.fullmatch(host) or host.rpartition(".")[2] in _OF_A_NETWORK:
        return None
    return None if _is_number(host) else host


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
