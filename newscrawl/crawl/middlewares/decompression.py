"""Decompresses responses completely, or marks them as truncated.

Scrapy's own middleware takes the beginning of a truncated stream for the page.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import DownloadCancelledError, NotConfigured
from scrapy.http import TextResponse
from scrapy.responsetypes import responsetypes

from newscrawl.errors import BrokenStream, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

BROKEN_OFF = "dataloss"  #: Scrapy's flag for a truncated body
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_ZLIB = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
_CHUNK = 65_536  # bytes per decompressor call
_TEXT_TYPES = (b"text/", b"application/xhtml", b"application/json", b"application/xml", b"application/rss")
# Bytes that plain text does not contain: a body without them was sent uncompressed despite its header.
_CONTROLS = frozenset(range(32)) - set(b"\t\n\f\r\x1b")


class WholeDecompression(HttpCompressionMiddleware):
    """Decompresses gzip, deflate, br and zstd.

    A truncated body gets the flag BROKEN_OFF, so that the retry middleware requests it again. A compression
    header on a plain body is ignored; gzipped text without a header is decompressed.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler=crawler)
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("COMPRESSION_ENABLED"):
            raise NotConfigured
        return cls(crawler)

    def process_response(  # type: ignore[override]  # without the deprecated spider argument
        self, request: Request, response: Response
    ) -> Response:
        if request.method == "HEAD":
            return response
        try:
            return whole(response, request.meta.get("download_maxsize", self._most))
        except BrokenStream:
            return response.replace(flags=[*response.flags, BROKEN_OFF])
        except TooLarge as error:
            raise DownloadCancelledError(f"{response.url}: {error}") from error


def whole(response: Response, most: int) -> Response:
    """The response with a decompressed body. Raises BrokenStream, TooLarge."""
    named = _encodings(response)
    if not named or not response.body:
        return response
    body = response.body
    while named and named[-1] in _DECODERS:
        body = decompressed(body, named[-1], most)
        named.pop()
    kind = responsetypes.from_args(headers=response.headers, url=response.url, body=body)
    plain: Response
    if issubclass(kind, TextResponse):
        plain = response.replace(body=body, cls=kind, encoding=None)
    else:
        plain = response.replace(body=body)
    if named:
        plain.headers["Content-Encoding"] = b", ".join(name.encode() for name in named)
    else:
        plain.headers.pop("Content-Encoding", None)
    return plain


def _encodings(response: Response) -> list[str]:
    """A body's compressions, outermost last; gzip for gzipped text without a header."""
    headers = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
    named = [name for part in headers.split(",") if (name := part.strip())]
    if not named and isinstance(response, TextResponse) and response.body.startswith(_GZIP):
        kind = (response.headers.get("Content-Type") or b"text/").lower()
        return ["gzip"] if kind.startswith(_TEXT_TYPES) else []
    return named


def decompressed(body: bytes, encoding: str, most: int) -> bytes:
    """The whole body; unchanged if it is plain text despite `encoding`.

    `most` is the maximum size in bytes; 0: none. Raises BrokenStream, TooLarge.
    """
    return _DECODERS[encoding](body, most)


def _gunzip(body: bytes, most: int) -> bytes:
    if not body.startswith(_GZIP):
        return _plain(body)
    parts: list[bytes] = []
    size = 0
    while body.startswith(_GZIP):  # a file of several members
        part, body = _member(body, most - size if most else 0)
        size += len(part)
        parts.append(part)
    return b"".join(parts)  # ignores what follows the last member (zeros, a comment)


def _member(body: bytes, most: int) -> tuple[bytes, bytes]:
    """A gzip member and the rest; its checksum is ignored, and may be missing."""
    start = _header_end(body)
    inflate = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    part = _pumped(inflate, body[start:], most)
    if not inflate.eof:
        raise BrokenStream
    return part, inflate.unused_data[8:]


def _header_end(body: bytes) -> int:
    """Offset of a gzip member's deflate stream (RFC 1952, 2.3). Raises BrokenStream."""
    if len(body) < 10:
        raise BrokenStream
    flags, end = body[3], 10
    if flags & 4:
        end += 2 + int.from_bytes(body[end : end + 2], "little")
    for flag in (8, 16):  # name, comment
        if flags & flag:
            zero = body.find(b"\0", end)
            if zero < 0:
                raise BrokenStream
            end = zero + 1
    return end + (2 if flags & 2 else 0)


def _inflate(body: bytes, most: int) -> bytes:
    """`deflate` is the zlib format in RFC 9110; some servers send a raw stream."""
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        inflate = zlib.decompressobj(wbits=bits)
        try:
            part = _pumped(inflate, body, most)
        except BrokenStream:
            continue
        if inflate.eof:
            return part
    if body[:2] in _ZLIB:
        raise BrokenStream
    return _plain(body)


def _unbrotli(body: bytes, most: int) -> bytes:
    import brotli

    stream = brotli.Decompressor()
    parts: list[bytes] = []
    size, data = 0, body
    try:
        while not stream.is_finished():
            part = stream.process(data, output_buffer_limit=_CHUNK)
            if not part and not data:
                break
            size, data = size + len(part), b""
            _check_size(size, most)
            parts.append(part)
    except brotli.error:
        return _plain(body)
    return b"".join(parts) if stream.is_finished() else _plain(body)


def _unzstd(body: bytes, most: int) -> bytes:
    if not body.startswith(_ZSTD):
        if _ZSTD.startswith(body):
            raise BrokenStream
        return _plain(body)
    import sys

    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    parts: list[bytes] = []
    size = 0
    while body.startswith(_ZSTD):
        stream = zstd.ZstdDecompressor()
        data = body
        while not stream.eof:
            try:
                part = stream.decompress(data, _CHUNK)
            except zstd.ZstdError as error:
                raise BrokenStream from error
            if not part and stream.needs_input:
                raise BrokenStream
            size, data = size + len(part), b""
            _check_size(size, most)
            parts.append(part)
        body = stream.unused_data
    return b"".join(parts)


def _pumped(stream: zlib._Decompress, data: bytes, most: int) -> bytes:
    """A zlib stream's output, read in chunks. Raises BrokenStream for an invalid stream, TooLarge."""
    parts: list[bytes] = []
    size = 0
    while data:
        try:
            part = stream.decompress(data, _CHUNK)
        except zlib.error as error:
            raise BrokenStream from error
        size += len(part)
        _check_size(size, most)
        parts.append(part)
        data = stream.unconsumed_tail if not stream.eof else b""
    return b"".join(parts)


def _check_size(size: int, most: int) -> None:
    if most and size > most:
        raise TooLarge(f"over {most} bytes once decompressed")


def _plain(body: bytes) -> bytes:
    """A body that is plain text despite its header. Raises BrokenStream if it is not."""
    start = body[:_CHUNK]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or not _CONTROLS.intersection(start):
        return body
    raise BrokenStream


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
