"""URLs: the canonical form of an article's address, and the identity made of it."""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from newscrawl.errors import UsageError
from newscrawl.text.tracking import is_tracking, without_session

if TYPE_CHECKING:
    from tldextract import TLDExtract

_PORT = re.compile(r":(\d*)$")
# Labels of at most 63 characters; a dot may end the last.
_LABEL = r"[^\s\x00-\x2c./\x3a-\x40\x5b-\x5e`\x7b-\x7f]{1,63}"  # of ASCII letters, digits, - and _
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@lru_cache(maxsize=4096)
def canonical_url(url: str) -> str:
    """An address in one form, RFC 3986 6.2.2 and 6.2.3: lower-case scheme and host, no default port, no
    fragment, no dot segments, unreserved characters as themselves and all others percent-encoded in upper
    case; without tracking parameters and session ids, the other parameters sorted by name.

    Never raises; what is not an http(s) address comes back stripped. Mobile twins (`wap.`, `m.`) are other
    addresses here: a source that has them says which is which.

    >>> canonical_url("HTTPS://Example.com:443?utm_source=x&b=2&a=1#top")
    'https://example.com/?a=1&b=2'
    >>> canonical_url("https://example.com/x/../%7euser/%e4%bd%a0;jsessionid=AB12?")
    'https://example.com/~user/%E4%BD%A0'
    """
    try:
        parts = urlsplit(safe_url_string(url.strip()))
    except ValueError:
        return url.strip()
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.netloc:
        return url.strip()
    host = parts.netloc.rpartition("@")[2].lower()
    if (port := _PORT.search(host)) and port[1] in ("", _DEFAULT_PORTS[scheme]):
        host = host[: port.start()]
    host = host.rstrip(".")
    path = without_session(_without_dots(_ESCAPED.sub(_unescaped, parts.path)))
    return urlunsplit((scheme, host, path or "/", _query(parts.query, host), ""))


def _unescaped(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match.group().upper()


def _without_dots(path: str) -> str:
    """RFC 3986 5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in (".", ".."):
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _query(query: str, host: str) -> str:
    """The parameters that name the page, sorted by name; bytes of any encoding stay what they are."""
    kept = []
    for part in query.split("&"):
        name, _, value = part.removeprefix("amp;").partition("=")  # of `&amp;amp;`, escaped twice
        pair = unquote_to_bytes(name.replace("+", " ")), unquote_to_bytes(value.replace("+", " "))
        shown = pair[0].decode("utf-8", "replace")
        if part and not is_tracking(shown, pair[1].decode("utf-8", "replace"), host):
            kept.append((shown, quote_plus(pair[0]), quote_plus(pair[1])))
    return "&".join(f"{name}={value}" for _, name, value in sorted(kept, key=itemgetter(0)))


def joined(base: str, href: str) -> str | None:
    """A link of the page at `base`, made whole; None unless it is a web address (see `is_web_address`).

    >>> joined("https://example.com/a/", "b.html"), joined("https://example.com/", "http://[bad/")
    ('https://example.com/a/b.html', None)
    """
    try:
        address = urljoin(base, href.strip())
    except ValueError:
        return None
    return address if is_web_address(address) else None


def is_web_address(url: str) -> bool:
    """Whether a server could be asked for it: http or https, a host that could exist, a port below 65,536.

    Never raises. Python's `urlsplit`, its `.port`, w3lib and Scrapy's Request raise for the others.

    >>> [is_web_address(f"https://{host}/") for host in ("example.org:8080", "example.org:99999", "a b.org")]
    [True, False, False]
    """
    if not url[:8].lower().startswith(("http://", "https://")):
        return False
    try:
        url.encode()  # not half a pair of UTF-16, as JSON may hold
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "\\" in parts.netloc:  # which browsers and w3lib take for the end of the host
        return False
    return port != 0 and (_HOST.fullmatch(host) is not None or "[" in parts.netloc) and len(host) <= 253


def check_address(url: str) -> str:
    """An address that somebody typed, stripped, its scheme in lower case.

    Raises UsageError for what no server can be asked for.
    """
    word = url.strip()
    try:
        parts = urlsplit(word)
        right = parts.scheme in _DEFAULT_PORTS and parts.hostname and (parts.port or 1)
    except ValueError as error:
        raise UsageError(
            f"{url!r} is not a valid address ({error}); write it as https://example.org/"
        ) from None
    if not right or " " in parts.netloc:
        raise UsageError(f"{url!r} is not an http address; write it as https://example.org/")
    return parts.scheme + word[len(parts.scheme) :]


def identity(url: str) -> str:
    """`url:` and 32 hex digits, the same for http and https and for all forms of one address."""
    address = canonical_url(url)
    if address.startswith("http://"):
        address = f"https://{address[7:]}"
    return f"url:{hashlib.sha256(address.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


@lru_cache(maxsize=1024)
def site_of(host: str) -> str:
    """The part of a host that a whole site shares: one label more than the public suffix that it ends in.

    >>> [site_of(host) for host in ("news.example.com.cn", "www.shanghai.gov.cn", "ann.github.io", "[::1]")]
    ['example.com.cn', 'shanghai.gov.cn', 'ann.github.io', '[::1]']
    """
    return _public_suffixes()(host).top_domain_under_public_suffix or host


@cache
def _public_suffixes() -> TLDExtract:
    """The Public Suffix List as the package brings it; nothing is downloaded or written."""
    from tldextract import TLDExtract  # slow to import

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
