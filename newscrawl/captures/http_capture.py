"""Capture: the HTTP answer in a WARC record, decoded, whatever its headers claim."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from newscrawl.crawl.middlewares.decompression import decompressed
from newscrawl.errors import BrokenStream, NotAPage, TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastwarc.warc import WarcRecord

MAX_BYTES: Final = 10 * 1024 * 1024  #: of a page, decompressed, as DOWNLOAD_MAXSIZE

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_END = re.compile(rb"\r?\n\r?\n")
_LONGEST_HEAD = 1 << 18  # bytes
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[^\r\n]{0,200}\r?\n")
_DECODED = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as a crawler got it."""

    url: str
    status: int  #: 200 for what came without a status: HTTP/0.9, and files
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)  #: decoded as to the transfer, not as to characters
    fetched: datetime  #: aware
    address: str | None = None  #: IP address of the server

    def header(self, name: str) -> str | None:
        """The value of a header, whose name is given in lower case; None without one."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def content_type(self) -> str | None:
        """The header's value."""
        return self.header("content-type")


def url_of(record: WarcRecord) -> str:
    """The address that a record is of; WARC 0.17 and 0.18 write it in angle brackets. Empty without one."""
    url = record.headers.get("WARC-Target-URI") or ""
    return url.strip().removeprefix("<").removesuffix(">")


def date_of(record: WarcRecord) -> datetime | None:
    """When a record was captured, UTC; None if it does not say."""
    text = (record.headers.get("WARC-Date") or "").strip()
    if re.fullmatch(r"\d{14}", text):  # of old writers
        text = f"{text[:8]}T{text[8:]}Z"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def capture_of(record: WarcRecord, url: str, fetched: datetime) -> Capture:
    """The answer in a record of type `response` or `resource`; reads its content.

    Raises NotAPage, with the reason, for one that is not whole or not HTTP.
    """
    if record.content_length > 2 * MAX_BYTES:
        raise NotAPage("too large")
    if record.headers.get("WARC-Truncated"):
        raise NotAPage("cut short by its crawler")
    try:
        content = record.reader.read()
    except (OSError, ValueError):  # FastWARC's; the iterator finds it again
        raise NotAPage("a damaged record") from None
    if len(content) != record.content_length:
        raise NotAPage("a damaged record")
    kind = (record.headers.get("Content-Type") or "").lower()
    if kind.startswith("application/http") or content.startswith(b"HTTP/"):
        return _answer(content, url, fetched, record.headers.get("WARC-IP-Address"))
    if not kind.startswith(("text/", "application/xhtml", "application/json")) or "dns" in kind:
        raise NotAPage("not a page")
    return Capture(url, 200, (("Content-Type", kind),), content, fetched)


def _answer(content: bytes, url: str, fetched: datetime, address: str | None) -> Capture:
    status = _STATUS.match(content)
    if status is None:
        if content.startswith(b"HTTP/") or not content:
            raise NotAPage("not an HTTP answer")
        return Capture(url, 200, (), content, fetched, address)  # HTTP/0.9
    end = _END.search(content, 0, _LONGEST_HEAD)
    if end is None:
        raise NotAPage("an answer without a body")
    headers = _headers(content[: end.start()])
    body = content[end.end() :]
    if int(status[1]) == 200:
        body = _decoded(body, {name.lower(): value for name, value in reversed(headers)})
    return Capture(url, int(status[1]), tuple(headers), body, fetched, address)


def _headers(head: bytes) -> list[tuple[str, str]]:
    """The fields of a head; lines that are none are left out, folded ones joined."""
    found: list[tuple[str, str]] = []
    for line in head.decode("latin-1").splitlines()[1:]:
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        elif colon and name.strip():
            found.append((name.strip(), value.strip()))
    return found


def _decoded(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body without chunks and compression. Many crawlers keep it decoded, under the headers as sent."""
    chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    if chunked:
        body = _without_chunks(body)
    named = [name.strip().lower() for name in headers.get("content-encoding", "").split(",") if name.strip()]
    length = headers.get("content-length", "")
    if not chunked and not named and length.isdecimal() and len(body) < int(length):
        raise NotAPage("an answer that broke off")
    try:
        while named and named[-1] in _DECODED:
            body = decompressed(body, named.pop(), MAX_BYTES)
    except BrokenStream:
        raise NotAPage("an answer that broke off") from None
    except TooLarge:
        raise NotAPage("too large") from None
    if named:
        raise NotAPage("an unknown compression")
    if len(body) > MAX_BYTES:
        raise NotAPage("too large")
    return body


def _without_chunks(body: bytes) -> bytes:
    """The content of a chunked body; as it is if it is not chunked in spite of its header."""
    parts: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        part = body[size.end() : size.end() + length]
        if not length:
            return b"".join(parts)
        parts.append(part)
        if len(part) < length:
            raise NotAPage("an answer that broke off")
        at = size.end() + length
        at += 2 if body[at : at + 2] == b"\r\n" else 1 if body[at : at + 1] == b"\n" else 0
    if not parts or at < len(body):
        return body
    raise NotAPage("an answer that broke off")  # the last chunk is missing
