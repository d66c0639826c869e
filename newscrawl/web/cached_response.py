"""CachedResponse: a whole response with its ETag and compressed form, ready to be sent many times."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass, field

from newscrawl.web.security import Headers, with_ours

_COMPRESSED = (b"text/", b"application/json", b"application/atom", b"application/rss", b"application/feed",
               b"application/problem", b"application/openapi", b"image/svg")  # fmt: skip
_SMALL = 860  # bytes that fit into one packet anyway
_LEVEL = 6
_KEPT = (b"cache-control", b"content-security-policy", b"vary", b"etag")
_GZIP = re.compile(rb"(?:^|,)\s*(?:x-)?(gzip|\*)\s*(?:;\s*q\s*=\s*([0-9.]+))?\s*(?=,|$)", re.IGNORECASE)


@dataclass(slots=True)
class CachedResponse:
    """The response to GET; HEAD and conditional requests are answered from it."""

    status: int
    headers: Headers  #: all but Content-Length and Content-Encoding
    body: bytes
    etag: bytes | None  #: weak: the same for both encodings; None unless the status is 200
    compresses: bool
    _gzipped: bytes | None = None
    _ready: dict[bool, Headers] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, given: Headers, body: bytes) -> CachedResponse:
        headers = with_ours(
            [(name, value) for name, value in given if name.lower() != b"content-length"], status
        )
        kind = next((value for name, value in headers if name == b"content-type"), b"")
        compresses = kind.startswith(_COMPRESSED) and len(body) > _SMALL
        etag = None
        if status == 200:
            etag = b'W/"%s"' % hashlib.blake2b(body, digest_size=12).hexdigest().encode()
            headers.append((b"etag", etag))
        if kind.startswith(_COMPRESSED):
            said = [value for name, value in headers if name == b"vary"]
            headers = [pair for pair in headers if pair[0] != b"vary"]
            headers.append((b"vary", b", ".join([*said, b"accept-encoding"])))
        return cls(status, headers, body, etag, compresses)

    def for_request(self, request: Headers) -> tuple[int, Headers, bytes]:
        """Status, headers and body for a request with these headers (names in lower case)."""
        tags = accepts = b""
        for name, value in request:
            if name == b"if-none-match":
                tags += b"," + value
            elif name == b"accept-encoding":
                accepts += b"," + value
        if self.etag is not None and tags and _names(tags, self.etag):
            return 304, [*(pair for pair in self.headers if pair[0] in _KEPT)], b""
        zipped = self.compresses and _takes_gzip(accepts)
        return self.status, self._headers(zipped=zipped), self._gzip() if zipped else self.body

    @property
    def size(self) -> int:
        """Approximate bytes in memory."""
        return len(self.body) + len(self._gzipped or b"") + 1024

    def or_unchanged(self, before: CachedResponse | None) -> CachedResponse:
        """Itself; or the previous one if nothing changed, which may be compressed already."""
        if before is not None and before.etag == self.etag and before.headers == self.headers:
            return before
        return self

    def _headers(self, *, zipped: bool) -> Headers:
        if zipped not in self._ready:
            length = len(self._gzip() if zipped else self.body)
            coding = [(b"content-encoding", b"gzip")] if zipped else []
            self._ready[zipped] = [*self.headers, *coding, (b"content-length", b"%d" % length)]
        return self._ready[zipped]

    def _gzip(self) -> bytes:
        if self._gzipped is None:
            self._gzipped = gzip.compress(self.body, _LEVEL, mtime=0)
        return self._gzipped


def _names(tags: bytes, etag: bytes) -> bool:
    """Whether If-None-Match names the tag, strong or weak, or any."""
    bare = etag.removeprefix(b"W/")
    return any(tag.strip().removeprefix(b"W/") in (bare, b"*") for tag in tags.split(b","))


def _takes_gzip(accepts: bytes) -> bool:
    """Whether Accept-Encoding accepts gzip; `q=0` refuses it."""
    if not accepts:
        return False
    for match in _GZIP.finditer(accepts):
        return match[2] is None or match[2].strip(b"0.") != b""
    return False
