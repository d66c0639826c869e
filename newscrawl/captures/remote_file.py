"""RemoteFile: a file on a web server, read as one streams it, from any place on.

A connection that breaks is made again where it broke (`Range`), with growing pauses. No link of a page leads
here, but a redirect of the server might lead into a private network, which is refused.
"""

from __future__ import annotations

import http.client
import io
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from newscrawl.errors import FetchFailed, PrivateHost, UsageError
from newscrawl.text.public_hosts import connect_public, is_private

if TYPE_CHECKING:
    from typing import Self

TIMEOUT: Final = 60.0  #: seconds without a byte
TRIES: Final = 8  #: for the same place of the file
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 300.0  # seconds between two tries
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_BUSY = frozenset({403, 408, 425, 429, 500, 502, 503, 504})  # Common Crawl answers 403 and 503 to haste


class RemoteFile(io.RawIOBase):
    """A readable, seekable file at a URL. `allowed`: private hosts that may be asked, `127.0.0.1:8000`.

    Raises FetchFailed if the server does not give it, or gives another file than before.
    """

    def __init__(
        self,
        url: str,
        *,
        user_agent: str,
        allowed: frozenset[str] = frozenset(),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self.url = url
        self.size: int | None = None  #: bytes, once a byte was read
        self.etag: str | None = None
        self._agent, self._allowed, self._pause = user_agent, allowed, pause
        self._position = 0
        self._connection: http.client.HTTPConnection | None = None
        self._answer: http.client.HTTPResponse | None = None
        self._at = 0  # where the open answer stands
        self._modified: str | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END and self.size is None:
            raise io.UnsupportedOperation(f"{self.url}: its length is not known")
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size or 0}[whence]
        self._position = base + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; b"" at the end only."""
        for attempt in range(TRIES):
            if self.size is not None and self._position >= self.size:
                return b""
            wait: float | None = None
            try:
                if self._answer is None or self._at != self._position:
                    wait = self._open()
                if wait is None:
                    assert self._answer is not None
                    data = self._answer.read(size if size >= 0 else None)
                    if data or self.size is None:
                        self._position += len(data)
                        self._at = self._position
                        return data
                words = "it breaks off" if wait is None else f"HTTP {self._status}"
            except (OSError, http.client.HTTPException) as error:
                words = str(error) or type(error).__name__
            self._close_answer()
            if attempt < TRIES - 1:
                self._pause(max(wait or 0.0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**attempt)))
        raise FetchFailed(f"{self.url} cannot be read at byte {self._position}: {words}")

    def close(self) -> None:
        self._close_answer()
        super().close()

    def __enter__(self) -> Self:
        return self

    def _open(self) -> float | None:
        """Asks for the file from our position on. Returns None, or the seconds to wait for a busy server."""
        self._close_answer()
        url = self.url
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._ask(url)
            self._status = answer.status
            if answer.status in _REDIRECTS and (target := answer.headers.get("Location")):
                url = urljoin(url, target)
                self._close_answer()
                continue
            return self._taken(answer)
        raise FetchFailed(f"{self.url}: more than {_MOST_REDIRECTS} redirects")

    def _ask(self, url: str) -> http.client.HTTPResponse:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise FetchFailed(f"{self.url} leads to {url!r}, which is not an http address")
        self._connection = _connection(url, self._allowed)
        headers = {"User-Agent": self._agent, "Accept-Encoding": "identity"}
        if self._position:
            headers["Range"] = f"bytes={self._position}-"
            if known := (self.etag if self.etag and not self.etag.startswith("W/") else self._modified):
                headers["If-Range"] = known
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._connection.request("GET", target, headers=headers)
        self._answer = self._connection.getresponse()
        return self._answer

    def _taken(self, answer: http.client.HTTPResponse) -> float | None:
        if answer.status in _BUSY:
            return _seconds(answer.headers.get("Retry-After"))
        if answer.status == 416 and self.size is None:
            self.size = self._position
            return 0.0
        if answer.status not in (200, 206):
            raise FetchFailed(f"{self.url} is not there: HTTP {answer.status}")
        self._check_same(answer)
        if self._position and answer.status == 200:
            self._skip(answer, self._position)  # a server without ranges
        self._at = self._position
        return None

    def _check_same(self, answer: http.client.HTTPResponse) -> None:
        size, etag = _size_of(answer), answer.headers.get("ETag")
        known = (self.size, self.etag)
        if (self.size is not None and size not in (None, self.size)) or (
            self.etag is not None and etag not in (None, self.etag)
        ):
            raise FetchFailed(f"{self.url} changed while it was read: {known} became {(size, etag)}")
        self.size = self.size if size is None else size
        self.etag = self.etag or etag
        self._modified = answer.headers.get("Last-Modified")

    def _skip(self, answer: http.client.HTTPResponse, size: int) -> None:
        while size > 0:
            data = answer.read(min(size, 1 << 20))
            if not data:
                raise ConnectionResetError("it breaks off")
            size -= len(data)

    def _close_answer(self) -> None:
        for one in (self._answer, self._connection):
            if one is not None:
                with suppress(OSError):
                    one.close()
        self._answer = self._connection = None


def fetch_whole(url: str, most: int, **options: Any) -> bytes:
    """A small file. Raises FetchFailed, also if it has more than `most` bytes."""
    parts: list[bytes] = []
    with RemoteFile(url, **options) as file:
        while data := file.read(1 << 16):
            parts.append(data)
            if sum(map(len, parts)) > most:
                raise FetchFailed(f"{url} has more than {most:,} bytes, which is not what was expected")
    return b"".join(parts)


def agent() -> str:
    """Our User-Agent."""
    from newscrawl.settings import USER_AGENT

    return USER_AGENT


def _connection(url: str, allowed: frozenset[str]) -> http.client.HTTPConnection:
    """A connection to the address that was judged, so that a name cannot lead elsewhere afterwards."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    made: http.client.HTTPConnection
    if parts.scheme == "https":
        made = http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    else:
        made = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        made.sock = connect_public(host, port, TIMEOUT, allowed)
    except PrivateHost as error:  # of the user's address, or of a name or redirect of the server
        raise (UsageError if is_private(host) else FetchFailed)(str(error)) from None
    if isinstance(made, http.client.HTTPSConnection):
        made.sock = ssl.create_default_context().wrap_socket(made.sock, server_hostname=host)
    return made


def _size_of(answer: http.client.HTTPResponse) -> int | None:
    """The size of the whole file."""
    if answer.status == 206:
        _, _, total = (answer.headers.get("Content-Range") or "").rpartition("/")
        return int(total) if total.isdecimal() else None
    length = answer.headers.get("Content-Length") or ""
    return int(length) if length.isdecimal() else None


def _seconds(value: str | None) -> float:
    return min(float(value), _LONGEST_PAUSE) if value and value.strip().isdecimal() else 0.0
