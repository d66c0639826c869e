"""The headers of every answer: nothing may run, nothing may be loaded from elsewhere, nobody may frame us."""

from __future__ import annotations

from collections.abc import Iterable

Headers = list[tuple[bytes, bytes]]

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src {pictures}; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
PAGE_CACHE = "public, max-age=2, stale-if-error=300"
NO_CACHE = "no-store"

_ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


def policy(picture_hosts: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of a page; `picture_hosts` may be asked for pictures, over https."""
    pictures = " ".join(["'self'", *(f"https://{host}" for host in picture_hosts)])
    return _POLICY.format(pictures=pictures)


_PLAIN_POLICY = policy().encode()


def with_ours(given: Iterable[tuple[bytes, bytes]], status: int) -> Headers:
    """An answer's own headers and ours; a policy or a caching of its own stays."""
    headers = [(name.lower(), value) for name, value in given]
    names = {name for name, _ in headers}
    headers += _ALWAYS
    if b"content-security-policy" not in names:
        headers.append((b"content-security-policy", _PLAIN_POLICY))
    if b"cache-control" not in names:
        headers.append((b"cache-control", (PAGE_CACHE if status == 200 else NO_CACHE).encode()))
    return headers
