"""Addresses: of our own pages, and of others' as far as they may be linked to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, urlencode, urlsplit

_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_OF_A_NETWORK = ("local", "internal", "localhost", "lan", "home", "arpa", "test", "invalid")
_UNFIT = re.compile(r"[\x00-\x20\x7f\\<>\"`]")
LINK_LIMIT = 2000  #: characters of an address that is linked to
HOSTS_LIMIT = 20  #: hosts whose pictures one page may load


def part(text: str) -> str:
    """A text as one part of a path."""
    return quote(text.encode("utf-8", "replace"), safe="")


def post_path(post_id: str) -> str:
    """`/post/eastmoney:202202262290280232`"""
    return "/post/" + quote(post_id.encode("utf-8", "replace"), safe=":")


def with_query(path: str, **values: str | None) -> str:
    """A path with the values that are given."""
    said = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(said)}" if said else path


def web_address(url: str | None) -> str | None:
    """An http(s) address that a page may link to; None for anything else, `javascript:` first of all."""
    text = (url or "").strip()
    if not text.lower().startswith(("http://", "https://")) or len(text) > LINK_LIMIT or _UNFIT.search(text):
        return None
    return text if host_of(text) else None


def host_of(url: str | None) -> str | None:
    """`finance.eastmoney.com`; None where the address has no host or cannot be read."""
    try:
        return urlsplit(url or "").hostname or None
    except ValueError:
        return None


def picture_address(url: str) -> str | None:
    """Where a reader's browser may ask for a picture: over https, of a public name on the usual port.

    None for numbers, names of a local network and everything that is no address: a page of ours must
    not make its reader's browser knock at the reader's own network.
    """
    text = web_address(url)
    if text is None or picture_host(text) is None:
        return None
    return "https:" + text.partition(":")[2]


def picture_host(url: str) -> str | None:
    """The host of a picture's address, where it may be asked; else None."""
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
